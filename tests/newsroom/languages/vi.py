"""Vietnamese."""

from __future__ import annotations

from tests.newsroom.languages.grammar import Language, Topic

VIETNAMESE = Language(
    code="vi",
    sections=(("kinh-te", "Kinh tế"), ("moi-truong", "Môi trường")),
    places=(
        {"name": "Cảng Hổ Phách"}, {"name": "Bến Sương"}, {"name": "Phú Vân"},
        {"name": "Đồng Lau"}, {"name": "Hòn Cò"}, {"name": "Thượng Giang"},
    ),
    people=(
        {"name": "bà Trần Thị Sương", "role": "Giám đốc cảng"},
        {"name": "ông Nguyễn Đình Khôi", "role": "kỹ sư trưởng"},
        {"name": "bà Phạm Hồng Liễu", "role": "chuyên gia Viện Cửa sông"},
        {"name": "ông Lê Quốc Đạt", "role": "Chủ tịch Hiệp hội Thủy sản"},
        {"name": "bà Đặng Thùy Vân", "role": "đại diện hợp tác xã"},
    ),
    bodies=(
        {"name": "Ủy ban vùng Vịnh"}, {"name": "Sở Nông nghiệp vùng Vịnh"}, {"name": "Ngân hàng Đôi Bờ"},
        {"name": "Viện Cửa sông"}, {"name": "Hiệp hội Thủy sản vùng Vịnh"},
    ),
    topics=(
        Topic(
            section=0,
            slots={
                "thing": "dự án nâng cấp cảng cá", "goal": "đón tàu có trọng tải lớn hơn", "goal2": "rút ngắn thời gian chờ cập bến",
                "count": "tàu đánh cá", "news": "cảng cá mới đi vào hoạt động",
            },
            tags=("cảng cá", "kinh tế biển", "hạ tầng"),
            captions=("Tàu cá neo đậu tại bến phía bắc trước lúc bình minh", "Chợ cá với mái che vừa được sửa chữa"),
        ),
        Topic(
            section=0,
            slots={
                "thing": "chuỗi liên kết lúa thơm", "goal": "bán thẳng ra thị trường nước ngoài", "goal2": "bảo đảm giá sàn cho nông dân",
                "count": "hộ nông dân", "news": "lúa thơm của vùng Vịnh lên đường xuất khẩu",
            },
            tags=("lúa thơm", "xuất khẩu", "nông nghiệp"),
            captions=("Nông dân thu hoạch lúa bên chân đê", "Lúa vụ đông được phơi dọc đường làng"),
        ),
        Topic(
            section=1,
            slots={
                "thing": "chương trình trồng lại rừng ngập mặn", "goal": "bảo vệ bờ biển trước bão", "goal2": "đưa cua và cò trở lại",
                "count": "hécta rừng đước", "news": "rừng ngập mặn lấn dần ra biển",
            },
            tags=("rừng ngập mặn", "biến đổi khí hậu", "trồng rừng"),
            captions=("Những cây đước non được trồng lúc thủy triều xuống", "Học sinh tham gia ngày hội trồng cây"),
        ),
        Topic(
            section=1,
            slots={
                "thing": "mạng lưới cảnh báo lũ sớm", "goal": "báo cho người dân trước sáu giờ", "goal2": "đo lưu lượng nước liên tục",
                "count": "trạm đo", "news": "mạng lưới cảnh báo lũ bắt đầu vận hành",
            },
            tags=("lũ lụt", "phòng chống thiên tai", "thủy văn"),
            captions=("Trạm đo mực nước dưới chân cầu sắt cũ", "Nước sông lên mức cao nhất trong mùa"),
        ),
    ),
    titles=(
        "{Place}: {news}",
        "{Body} đẩy nhanh {thing}",
        "{Thing}: {money} tỷ đồng và những kỳ vọng ở {place}",
        "Thêm {n} {count} vào năm {year} tại {place}",
        "Từ {place2} đến {place}: {news}",
        "Vì sao {thing} được người dân {place} chờ đợi?",
    ),
    kickers=("Phóng sự", "Chuyện địa phương", "Phân tích"),
    leads=(
        "Được công bố từ {month}, dự án đang tiến nhanh hơn dự kiến, nhưng người dân vẫn chờ những cam kết cụ thể.",
        "Giữa kỳ vọng và lo lắng, {thing} đã bắt đầu cho thấy kết quả đầu tiên ở {place}.",
    ),
    openings=(
        "{Body} ngày {day}/11 công bố {thing} với tổng vốn {money} tỷ đồng, nhằm {goal} tại {place}.",
        "Sau hai năm nghiên cứu, {thing} bước vào giai đoạn quyết định ở {place}, nơi có {n} {count}, theo {body}.",
        "{Body} và chính quyền {place} vừa ký thỏa thuận về {thing}, với mục tiêu {goal} trước năm {year}.",
        "Các hạng mục thuộc {thing} đã được khởi động lại tại {place} từ cuối {month}, {body} cho biết.",
    ),
    details=(
        "Kế hoạch gồm ba giai đoạn, giai đoạn đầu sẽ hoàn thành vào ngày {day} {month}.",
        "Đến nay đã có {n} {count} được hưởng lợi, so với chỉ {n2} của năm ngoái.",
        "Chi phí ước tính {money} tỷ đồng do ngân sách trung ương và địa phương cùng gánh vác.",
        "Theo số liệu công bố tại {place}, sản lượng đã tăng {pct}% trong mười hai tháng.",
        "Một nhóm {n2} kỹ thuật viên làm việc ngày đêm tại hiện trường từ đầu {month}.",
        "Tuyến đường nối {place} với {place2} dài {km} km chạy dọc bờ biển.",
        "Các thử nghiệm đầu tiên gần {place2} cho kết quả đáng khích lệ.",
        "Dự án còn nhằm {goal2}, mục tiêu đã được ghi trong quy hoạch vùng từ năm {past}.",
    ),
    quotes=(
        "“Chúng tôi đã chờ quá lâu; phải {goal}, và nay việc đó đang được làm”, {person}, {role}, phát biểu.",
        "“Mỗi gia đình đều phải được hưởng lợi”, {person}, {role}, nhấn mạnh trước đông đảo người dự.",
        "Theo {person2}, {role2}, “điều cốt yếu là {goal2}, không quên những hộ khó khăn nhất”.",
        "“Tiến độ sẽ được bảo đảm, tôi xin cam kết”, {person2}, {role2}, trả lời tại {place2}.",
    ),
    background=(
        "Đây không phải là chuyện mới: phương án đầu tiên từng bị bác năm {past} vì thiếu vốn.",
        "Từ năm {past}, vùng này đã mất {pct}% việc làm thời vụ, theo nghiên cứu của {body2}.",
        "Năm {past}, một cơn bão đã phá hủy nhiều công trình ở {place2}.",
        "Vịnh Hổ Phách có {n2} xã, phường, sống chủ yếu nhờ nghề cá, trồng lúa và đóng tàu.",
        "Mô hình tương tự ở {place2} đã giúp {goal2}.",
    ),
    reactions=(
        "Về phía các hợp tác xã, thái độ là thận trọng nhưng ủng hộ.",
        "Chỉ trong một tuần, {n} người đã ký vào bản kiến nghị, phần lớn ở {place2}.",
        "Các tiểu thương đề nghị duy trì giao thông trong suốt thời gian thi công.",
        "{Body2} cho biết sẽ theo dõi việc này “hết sức chặt chẽ”.",
        "Một số hội đoàn đề nghị có đánh giá độc lập trước mùa hè {year}.",
    ),
    outlook=(
        "Một cuộc họp công khai sẽ diễn ra ngày {day} {month} tại {place}.",
        "Hội đồng vùng sẽ quyết định lần cuối vào đầu năm {year}.",
        "Trước đó, kết quả bước đầu sẽ được trình bày với người dân {place2}.",
        "Nếu thử nghiệm thành công, mô hình sẽ được mở rộng ra {n2} xã khác trong vịnh.",
    ),
    subheads=("Tiến độ gấp rút", "Người dân còn băn khoăn", "Bài học năm {past}", "Những việc còn lại"),
    pull_quotes=("Chúng tôi không đòi hỏi gì nhiều, chỉ cần cam kết bằng văn bản", "Biển luôn quyết định thay ta, nhưng ta có thể giúp biển"),
    items=("ban giám sát gồm {n2} người, họp hằng tháng", "khoản hỗ trợ {money} tỷ đồng cho các xã nhỏ", "báo cáo công khai vào {month} năm {year}"),
    months=tuple(f"tháng {number}" for number in range(1, 13)),
    dateline="{place} (TTXVN) -",
    dateline_agency="VNA",
    sign_off="./.",
    credits=("TTXVN", "Hồng Liễu/TTXVN", "Reuters/TTXVN"),
    labels={
        "photo": "Ảnh: ", "more": "Tin cùng chuyên mục", "read_also": "Xem thêm", "most_read": "Đọc nhiều", "tags": "Từ khóa",
        "share": "Chia sẻ", "by": "", "published": "Đăng lúc", "updated": "Cập nhật", "home": "Trang chủ", "search": "Tìm kiếm",
        "contact": "Liên hệ", "about": "Giới thiệu", "subscribe": "Đặt báo",
        "newsletter": "Nhận bản tin mỗi sáng: những điều cần biết về vùng Vịnh trong năm phút.",
        "advert": "Quảng cáo", "next": "Trang sau", "previous": "Trang trước", "load_more": "Xem thêm tin",
        "not_found": "Trang này không tồn tại hoặc đã bị gỡ.", "weather": "Thời tiết", "sports": "Thể thao", "opinion": "Ý kiến",
        "rights": "Giữ mọi bản quyền", "continue": "Đọc tiếp",
    },
)  # fmt: skip
