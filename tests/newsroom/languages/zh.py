"""Chinese."""

from __future__ import annotations

from tests.newsroom.languages.grammar import Language, Topic

CHINESE = Language(
    code="zh",
    sections=(("business", "经济"), ("environment", "环境")),
    places=({"name": "琥珀港"}, {"name": "高岸市"}, {"name": "云溪县"}, {"name": "白鹭岛"}, {"name": "雾河镇"}, {"name": "杉渡口"}),
    people=(
        {"name": "陈雾霜", "role": "港务局局长"}, {"name": "林启航", "role": "总工程师"}, {"name": "黄柳荫", "role": "河口研究所研究员"},
        {"name": "赵国达", "role": "渔业协会会长"}, {"name": "邓晓云", "role": "合作社代表"},
    ),
    bodies=({"name": "海湾地区委员会"}, {"name": "水利和林业部"}, {"name": "两岸银行"}, {"name": "河口研究所"}, {"name": "海上贸易商会"}),
    topics=(
        Topic(
            section=0,
            slots={"thing": "渔港改造工程", "goal": "接纳更大吨位的船只", "goal2": "缩短船只靠岸等待时间", "count": "艘渔船", "news": "新渔港正式投入使用"},
            tags=("渔港", "海洋经济", "基础设施"),
            captions=("天亮前停靠在北码头的拖网渔船", "屋顶刚刚翻修的水产市场"),
        ),
        Topic(
            section=0,
            slots={"thing": "香米产业链", "goal": "直接向海外市场销售", "goal2": "保证农户的最低收购价", "count": "户农民", "news": "海湾香米首次装船出口"},
            tags=("香米", "出口", "农业"),
            captions=("农民在堤坝下的田里收割水稻", "冬季稻谷沿着村路晾晒"),
        ),
        Topic(
            section=1,
            slots={"thing": "红树林恢复计划", "goal": "保护海岸免受风暴侵袭", "goal2": "让螃蟹和白鹭重返家园", "count": "公顷红树林", "news": "红树林面积逐年扩大"},
            tags=("红树林", "气候变化", "植树"),
            captions=("退潮时种下的红树幼苗", "小学生参加植树日活动"),
        ),
        Topic(
            section=1,
            slots={"thing": "洪水预警网络", "goal": "提前六小时通知沿河居民", "goal2": "全天候测量河水流量", "count": "个监测站", "news": "洪水预警网络开始运行"},
            tags=("洪水", "防灾减灾", "水文"),
            captions=("旧铁桥下的水位监测站", "河水达到本季最高水位"),
        ),
    ),
    titles=(
        "{place}：{news}", "{body}加快推进{thing}", "{thing}将给{place}带来什么", "投资{money}亿元，{thing}落户{place}",
        "到{year}年{place}将新增{n}{count}", "从{place2}到{place}：{news}",
    ),
    kickers=("记者手记", "地方新闻", "深度分析"),
    leads=(
        "该项目自{month}公布以来进展快于预期，但当地居民仍在等待书面承诺。",
        "在期待与担忧之间，{thing}已经在{place}显现初步成效。",
    ),
    openings=(
        "{body}{day}日宣布启动{thing}，总投资{money}亿元，目标是在{place}{goal}，并为周边居民创造更多就业机会。",
        "经过两年的论证，{thing}在{place}进入关键阶段，涉及{n}{count}，{body}的负责人在当天的说明会上表示。",
        "{body}与{place}有关方面近日就{thing}签署协议，力争在{year}年之前{goal}，双方还商定了分阶段实施的办法。",
        "记者从{body}获悉，{thing}的相关工程已于{month}底在{place}全面恢复施工，各项准备工作正在有序进行。",
    ),
    details=(
        "按照计划，工程分三个阶段进行，第一阶段预计于{month}{day}日完工，随后将进行为期一个月的验收。",
        "目前已有{n}{count}从中受益，而去年同期仅有{n2}，增长速度超出了所有人的预料。",
        "工程费用估计为{money}亿元，由国家财政和地方共同承担，其中一部分将用于改善沿线的道路和排水设施。",
        "{place}公布的数据显示，过去十二个月当地的业务量增长了百分之{pct}，创下近年来的最高纪录。",
        "一支由{n2}名技术人员组成的队伍自{month}初以来昼夜在现场工作，周末也没有停工。",
        "线路沿海岸线从{place}延伸至{place2}，全长{km}公里，途中经过多座渔村和两处湿地。",
        "在{place2}附近进行的首批试验结果令人鼓舞，专家认为有关技术已经基本成熟。",
        "项目的另一个目标是{goal2}，这一目标早在{past}年就已写入地区发展规划。",
    ),
    quotes=(
        "{role}{person}说：“我们等得太久了，必须{goal}，现在终于开始行动了。”",
        "{role}{person}在座无虚席的会场强调：“每个家庭都应当从中受益，谁也不能被落下。”",
        "在{role2}{person2}看来，“最重要的是{goal2}，同时不能忘记生活最困难的人”。",
        "{role2}{person2}在{place2}接受采访时表示：“工期一定能够保证，我可以作出承诺。”",
    ),
    background=(
        "这一设想由来已久，最初的方案曾因资金不足于{past}年被否决，此后又经过多次修改。",
        "{body2}的一项研究指出，自{past}年以来，该地区的季节性就业岗位减少了百分之{pct}。",
        "{past}年，一场强风暴摧毁了{place2}的部分设施，重建工作持续了三年之久。",
        "琥珀湾共有{n2}个市镇，居民主要以捕鱼、种稻和造船为生，近年来旅游业也有所发展。",
        "类似的项目已在{place2}实施，并成功地帮助当地{goal2}。",
    ),
    reactions=(
        "各合作社对此持谨慎欢迎的态度，希望有关部门尽快公布实施细则。",
        "一份请愿书在一周之内征集到{n}个签名，签名者大多来自{place2}。",
        "商户们则要求在施工期间保持道路畅通，以免影响年底的生意。",
        "{body2}表示将“高度关注”此事的进展，并派出专家实地了解情况。",
        "多个民间团体要求在{year}年夏季之前进行独立评估，并将结果向社会公开。",
    ),
    outlook=(
        "公众说明会定于{month}{day}日在{place}举行，届时居民可以当面提出意见。",
        "地区议会将于{year}年初作出最后决定，预算案也将同时提交审议。",
        "在此之前，初步成果将向{place2}的居民公布，并听取他们的建议。",
        "如果试验取得成功，这一做法将推广到海湾地区的其他{n2}个市镇。",
    ),
    subheads=("时间紧迫", "居民意见不一", "{past}年的教训", "尚待完成的工作"),
    pull_quotes=("我们的要求并不高，只希望得到书面承诺", "大海总是替我们作决定，但我们可以帮助大海"),
    items=("成立由{n2}人组成的监督委员会，每月开会一次", "为较小的市镇提供{money}亿元专项资金", "在{year}年{month}公布评估报告"),
    months=tuple(f"{number}月" for number in range(1, 13)),
    dateline="越通社{place}——",
    dateline_agency="VNA",
    sign_off="（完）",
    credits=("越通社", "新华社", "黄柳荫/越通社"),
    stop="。",
    space="",
    labels={
        "photo": "图片来源：", "more": "更多新闻", "read_also": "延伸阅读", "most_read": "最受欢迎", "tags": "关键词",
        "share": "分享", "by": "记者 ", "published": "发布时间", "updated": "更新时间", "home": "首页", "search": "搜索",
        "contact": "联系我们", "about": "关于我们", "subscribe": "订阅",
        "newsletter": "订阅每日早报，五分钟了解海湾地区的重要新闻。",
        "advert": "广告", "next": "下一页", "previous": "上一页", "load_more": "加载更多",
        "not_found": "您访问的页面不存在或已被删除。", "weather": "天气", "sports": "体育", "opinion": "观点",
        "rights": "版权所有", "continue": "阅读全文",
    },
)  # fmt: skip
