"""Fields by a layout: bodies, photos, boxes of links, section pages; and how they are joined with generic ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import EXTRACTOR, extract
from archive.extract.cards import image_url, is_caption
from archive.extract.declared import declared, stories
from archive.extract.page import parse
from archive.model import Page
from archive.sites.profile import load_profile
from archive.sites.registry import Registry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEAD = 'name="Báo thử"\ndomains=["x.example"]\nlang="vi"\ntimezone="Asia/Ho_Chi_Minh"\narticle_id=\'-post(\\d+)\'\n'
URL = "https://x.example/bai-post12.html"
LONG = (
    "Đây là một đoạn văn đủ dài để trông giống như văn bản của một bài báo thật sự, có dấu câu và nhiều chữ."
)


def site_of(layout, head=HEAD):
    return load_profile(f'{head}[[layout]]\nid="a"\n{layout}', "thu", {})


def page_of(html, url=URL):
    return Page(url=url, payload=html.encode(), content_type="text/html; charset=utf-8", fetched_at=NOW)


def read(layout, html, url=URL):
    site = site_of(layout)
    return declared(parse(page_of(html, url)), site, site.layouts[0])


BODY = """<div class=b><h2>Tiểu mục</h2><p>Một <i>đoạn</i><span class=ad>QUẢNG CÁO</span> văn.</p>
<div class=ad><p>Quảng cáo</p></div><blockquote><p>Trích dẫn</p></blockquote><ul><li>第一项</li><li>العنصر الثاني</li></ul>
<p> </p><p>ย่อหน้า<br>สุดท้าย</p></div>"""


def test_blocks_stand_in_page_order_without_what_is_dropped():
    found = read(
        'paragraphs="css:.b p"\nsubheads="css:.b h2"\nquotes="css:.b blockquote"\nitems="css:.b li"\ndrop="css:.ad"\n',
        BODY,
    )
    assert [(block.kind, block.text) for block in found.values["blocks"]] == [
        ("subhead", "Tiểu mục"),
        ("paragraph", "Một đoạn văn."),
        ("quote", "Trích dẫn"),
        ("item", "第一项"),
        ("item", "العنصر الثاني"),
        ("paragraph", "ย่อหน้า สุดท้าย"),
    ]
    assert found.origins["blocks"] == "css:.b p"


def test_what_lies_in_another_block_or_in_what_is_dropped_is_no_block_of_its_own_however_deep():
    html = (
        "<div class=b><p>Đầu</p><blockquote><div><div><p>引用</p><p>二</p></div></div></blockquote>"
        "<div class=ad><section><p>โฆษณา</p><p>ซ้ำ</p></section></div><div><section><p>النهاية</p></section></div></div>"
    )
    found = read('paragraphs="css:.b p"\nquotes="css:.b blockquote"\ndrop="css:.ad"\n', html)
    assert [(block.kind, block.text) for block in found.values["blocks"]] == [
        ("paragraph", "Đầu"),
        ("quote", "引用 二"),
        ("paragraph", "النهاية"),
    ]


def test_all_sources_of_drop_count():
    found = read('paragraphs="css:.b > *"\ndrop=["css:h2", "css:.ad", "css:.none"]\n', BODY)
    assert [block.text for block in found.values["blocks"]][:2] == ["Một đoạn văn.", "Trích dẫn"]


def test_text_parted_by_br():
    html = """<td class=t><div class=photo><img src=a.jpg><span>Chú thích</span></div><br>
    Đoạn một <b>đậm</b>,<br/> đoạn hai.<br><br><h3>Tiểu mục</h3>第三段<br/><blockquote>Trích</blockquote>
    <script>x</script>cuối –VNA<br></td>"""
    found = read('break_paragraphs="css:.t"\ndrop="css:.photo"\n', f"<table><tr>{html}</tr></table>")
    assert [(block.kind, block.text) for block in found.values["blocks"]] == [
        ("paragraph", "Đoạn một đậm,"),
        ("paragraph", "đoạn hai."),
        ("subhead", "Tiểu mục"),
        ("paragraph", "第三段"),
        ("quote", "Trích"),
        ("paragraph", "cuối –VNA"),
    ]


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("a b.jpg", "https://x.example/a%20b.jpg"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("https://hosthttps://cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("https://cdn.examplehttps://cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        (
            "https://web.example/20200101/https://cdn.example/a.jpg",
            "https://web.example/20200101/https://cdn.example/a.jpg",
        ),
        ("data:image/gif;base64,R0lGODlhAQ", None),
        ("DATA:image/gif;base64,R0lGODlhAQ", None),
        ("javascript:void(0)", None),
        ("", None),
        (None, None),
    ],
)
def test_image_addresses(raw, url):
    assert image_url("https://x.example/dir", raw) == url


@pytest.mark.parametrize(
    ("text", "alt", "good"),
    [
        ("Le ministre à Hanoï", True, True),
        ("10-su-kien-quoc-te-2.jpg", True, False),
        ("Ảnh%20chụp.JPEG", True, False),
        ("Tiêu đề", True, False),
        ("TIÊU ĐỀ", False, False),
        ("Tiêu đề ảnh 1", True, False),
        ("Tiêu đề ảnh 1", False, False),
        ("Tieu de khac hinh anh 12", True, False),
        ("Xem ảnh 1", False, True),
        ("图片 3", True, False),
        ("Ảnh 2", False, False),
        ("", False, False),
    ],
)
def test_what_can_be_a_caption(text, alt, good):
    assert is_caption(text, "Tiêu đề", alt=alt) is good


PHOTOS = """<h1>Tiêu đề</h1>
<figure><img src="data:image/gif;base64,R0lG" data-src="/lazy.jpg" alt="Tiêu đề ảnh 1"><figcaption>Au marché. Photo : VNA</figcaption></figure>
<table class=picture><tr><td class=pic><a class=photo data-desc="Từ data-desc. Ảnh: TTXVN"><img class=cms-photo src=/t.jpg></a></td></tr>
<tr><td class=caption><p>Chú thích bảng (Ảnh: TTXVN)</p></td></tr></table>
<table class=picture><tr><td class=pic><a class=photo data-desc="Từ data-desc. Ảnh: TTXVN"><img src=/u.jpg></a></td></tr></table>
<figure><img src=/v.jpg alt="v-2.jpg"><figcaption>图说</figcaption><cite>摄影：新华社</cite></figure>
<figure><img src=/v.jpg></figure><figure><video></video></figure><figure><img alt="Chỉ alt" src="/w.jpg"></figure>"""


def test_photos_of_several_forms():
    found = read(
        'title="css:h1"\n[layout.photos]\neach="css:figure, table.picture"\ncredit="css:cite"\n'
        'caption=["css:figcaption", "css:td.caption", "css:a.photo::attr(data-desc)", "css:img::attr(alt)"]\n',
        PHOTOS,
    )
    assert [(photo.url, photo.caption, photo.credit, photo.alt) for photo in found.values["photos"]] == [
        ("https://x.example/lazy.jpg", "Au marché.", "VNA", "Tiêu đề ảnh 1"),
        ("https://x.example/t.jpg", "Chú thích bảng", "TTXVN", None),
        ("https://x.example/u.jpg", "Từ data-desc.", "TTXVN", None),
        ("https://x.example/v.jpg", "图说", "新华社", "v-2.jpg"),
        ("https://x.example/w.jpg", "Chỉ alt", None, "Chỉ alt"),
    ]


RELATED = """<div class=box><h3>Voir plus</h3>
<article><a href="/a-post1.amp"><img alt="Bài một"></a><h2><a href="/a-post1.amp">Bài một</a></h2><p>Tóm tắt</p></article>
<article><a href="/b-post2.html"><img alt="Chợ Hà Nội. Ảnh: TTXVN"></a><h2><a href="/b-post2.html">Bài hai</a></h2></article>
<article><h2><a href="/bai-post12.html">Chính bài này</a></h2></article>
<article><h2><a href="/other-slug-post1.html">Bài một, slug khác</a></h2></article></div>
<div class=box><h3>العنوان</h3><article><h2><a href="/c-post3.html">Bài ba</a></h2></article>
<article><h2><a href="javascript:x">Không</a></h2></article></div>"""


def test_related_links_with_their_boxes():
    site = site_of(
        '[layout.related]\neach="css:.box article"\nlink="css:h2 a::attr(href)"\ntitle="css:h2"\nteaser="css:p"\n'
        'caption="css:img::attr(alt)"\nbox="css:h3"\n',
        HEAD + "rewrite = [{ from = '\\.amp$', to = '.html' }]\n",
    )
    found = declared(parse(page_of(RELATED)), site, site.layouts[0]).values["related"]
    rows = [(r.position, r.url, r.title, r.teaser, r.photo_caption, r.photo_credit, r.box) for r in found]
    assert rows == [
        (1, "https://x.example/a-post1.html", "Bài một", "Tóm tắt", None, None, "Voir plus"),
        (2, "https://x.example/b-post2.html", "Bài hai", None, "Chợ Hà Nội.", "TTXVN", "Voir plus"),
        (3, "https://x.example/c-post3.html", "Bài ba", None, None, None, "العنوان"),
    ]


def test_links_and_titles_that_are_not_declared_are_the_cards_first():
    found = read('[layout.related]\neach="css:.box article"\n', RELATED).values["related"]
    assert (found[0].url, found[0].title) == ("https://x.example/a-post1.amp", "Bài một")


def test_stories_of_a_section_page():
    head = HEAD + (
        '[discover.stories]\neach="css:article"\nlink="css:a::attr(href)"\ntitle=["css:a::attr(title)", "css:a"]\n'
        'date="css:time::attr(data-time)"\nteaser="css:p"\nimage="css:img::attr(data-src)"\n'
    )
    html = """<article><a href="/a-post1.html" title="Tiêu đề đầy đủ">Tiêu đề…</a><img src="data:x" data-src="/1.jpg"></article>
    <article><a href="/b-post2.html">乙</a><time data-time=1735177032></time></article><article>no link</article>
    <article><a href="/khac-post1.html">Một</a><p>Tóm tắt</p><time data-time=1735177032></time></article>"""
    site = load_profile(head, "thu", {})
    found = stories(parse(page_of(html, "https://x.example/")), site)
    assert [(s.url, s.title, s.date, s.teaser, s.image) for s in found] == [
        (
            "https://x.example/a-post1.html",
            "Tiêu đề đầy đủ",
            "2024-12-26T08:37:12+07:00",
            "Tóm tắt",
            "https://x.example/1.jpg",
        ),
        ("https://x.example/b-post2.html", "乙", "2024-12-26T08:37:12+07:00", None, None),
    ]
    assert stories(parse(page_of(html)), site_of("")) == []


def test_issues_say_what_a_layout_did_not_find():
    found = read(
        'title="css:h9"\nkicker="css:h9"\nlead="css:h9"\npublished="css:h9"\nparagraphs="css:h9"\nauthors="css:h9"\n',
        BODY,
    )
    assert {(issue.code, issue.field, issue.severity) for issue in found.issues} == {
        ("field_missing", "title", "warning"),
        ("field_missing", "published", "warning"),
        ("field_missing", "blocks", "warning"),
        ("field_missing", "lead", "info"),
    }
    unread = read('published="css:h2"\n', BODY)
    assert [(issue.code, issue.field) for issue in unread.issues] == [
        ("date_unparsed", "published"),
        ("field_missing", "published"),
    ]
    assert unread.values["published_raw"] == "Tiểu mục"
    future = read('published="css:time"\n', "<time>26/12/2031 08:37</time>")
    assert future.issues[0].code == "date_implausible"
    assert (future.values["published"], future.values["published_raw"]) == (None, "26/12/2031 08:37")


ARTICLE = f"""<html lang=vi><head><title>Tựa</title><meta property="og:type" content="article">
<meta property="og:title" content="Tựa chung của trang"><meta property="article:published_time" content="2026-01-02T03:04:05+07:00">
<link rel=canonical href="https://x.example/ten-post12.html"></head><body><main><article><h1 class=t>Tựa khai báo</h1>
<div class=b><p>Hà Nội (TTXVN) - {LONG}</p><p>{LONG} {LONG} {LONG} {LONG}</p><p>{LONG} {LONG} {LONG} ./.</p></div></article></main></body></html>"""


def test_a_body_is_wholly_declared_or_wholly_generic_and_origins_say_which():
    both = extract(page_of(ARTICLE), site_of('title="css:h1.t"\nparagraphs="css:.b > p"\nlead=[]\n'))
    assert both.verdict == "article"
    assert both.article.title == "Tựa khai báo"
    assert len(both.article.blocks) == 3
    assert both.article.published == "2026-01-02T03:04:05+07:00"
    origins = both.provenance.origins
    assert origins["title"] == "css:h1.t"
    assert origins["blocks"] == "css:.b > p"
    assert origins["published"].startswith("generic:")
    assert "lead" not in origins
    assert both.article.lead is None
    assert both.provenance.layout == "a"
    assert both.provenance.extractor == EXTRACTOR

    generic_body = extract(page_of(ARTICLE), site_of('title="css:h1.t"\nparagraphs="css:.gone > p"\n'))
    assert generic_body.provenance.origins["blocks"].startswith("generic:")
    assert len(generic_body.article.blocks) == 3
    assert ("field_missing", "blocks") in {(issue.code, issue.field) for issue in generic_body.issues}


def test_identity_dateline_sign_off_and_agency():
    article = extract(page_of(ARTICLE), site_of('title="css:h1.t"\nparagraphs="css:.b > p"\n')).article
    assert (article.site, article.key, article.lang) == ("thu", "12", "vi")
    assert article.canonical_url == "https://x.example/ten-post12.html"
    assert (article.dateline.place, article.dateline.agency, article.agency) == ("Hà Nội", "VNA", "VNA")
    assert article.sign_off == "./."
    foreign = extract(page_of(ARTICLE, "https://www.other.example/a"), None)
    assert foreign.article.site == "other.example"
    assert foreign.article.key == foreign.article.canonical_url


@pytest.mark.parametrize("declares", ["all", "some"])
def test_a_paywall_is_told_whoever_read_the_page(declares):
    meta = '<meta property="article:content_tier" content="locked"><title>'
    layout = 'title="css:h1.t"\nparagraphs="css:.b > p"\n'
    if declares == "all":
        names = ("kicker", "lead", "published", "modified", "authors", "section", "tags", "canonical")
        layout += (
            "".join(f"{name} = []\n" for name in names)
            + "[layout.photos]\neach=[]\n[layout.related]\neach=[]\n"
        )
    found = extract(page_of(ARTICLE.replace("<title>", meta)), site_of(layout))
    assert [issue.code for issue in found.issues if issue.code == "paywalled"] == ["paywalled"]
    assert found.article.published == (None if declares == "all" else "2026-01-02T03:04:05+07:00")


def test_an_agency_in_the_authors_place_is_the_agency():
    html = ARTICLE.replace("Hà Nội (TTXVN) - ", "").replace(
        "<h1", "<i class=by>TTXVN</i><i class=by>Trần An</i><h1"
    )
    article = extract(
        page_of(html), site_of('title="css:h1.t"\nparagraphs="css:.b > p"\nauthors="css:.by"\n')
    ).article
    assert article.authors == ("Trần An",)
    assert article.agency == "VNA"


def test_a_page_that_no_layout_knows_is_read_generically_with_an_issue():
    unknown = extract(page_of(ARTICLE), site_of('probe="div.none"\ntitle="css:h9"\n'))
    assert unknown.verdict == "article"
    assert unknown.provenance.layout is None
    assert len(unknown.provenance.layout_digest) == 64  # of what was tried
    assert [issue.code for issue in unknown.issues if issue.code == "layout_unknown"] == ["layout_unknown"]
    assert len(unknown.article.blocks) == 3
    without_layouts = extract(page_of(ARTICLE), load_profile(HEAD, "thu", {}))
    assert "layout_unknown" not in {issue.code for issue in without_layouts.issues}


def test_a_layout_without_a_probe_does_not_make_an_article_of_a_section_page():
    cards = "".join(
        f"<p class=c><a href=/t{n}-post{n}.html>Tiêu đề số {n} của trang chuyên mục</a></p>"
        for n in range(30)
    )
    html = f"<html><head><title>Chuyên mục</title></head><body><h1>Chuyên mục</h1>{cards}</body></html>"
    site = site_of('title="css:h1"\nparagraphs="css:p"\n')
    section = extract(page_of(html, "https://x.example/chinh-tri/"), site)
    assert section.verdict == "listing"
    assert section.article is None
    assert (
        extract(page_of(html), site).verdict == "article"
    )  # an address with an article id: the profile is believed


@pytest.mark.parametrize(
    ("payload", "verdict"),
    [(b"", "empty"), (b"  \n", "empty"), (b"\x89PNG\r\n\x1a\n" + bytes(300), "undecodable")],
)
def test_pages_that_are_none(payload, verdict):
    page = Page(url=URL, payload=payload, content_type="text/html", fetched_at=NOW)
    found = extract(page, site_of('title="css:h1"\n'))
    assert (found.verdict, found.article, found.provenance.site) == (verdict, None, "thu")


def test_a_fault_of_ours_is_a_verdict_not_an_exception():
    page = Page(url=URL, payload=b"<p>x", content_type="text/html", fetched_at=None)  # type: ignore[arg-type]
    found = extract(page, site_of('title="css:p"\nfrom=2024-01-01\n'))
    assert (found.verdict, found.article) == ("bug", None)
    assert found.issues[0].code == "extractor_bug"
    assert "Traceback" in found.issues[0].detail


def test_sister_forms_by_the_builtin_family():
    html = f"""<html><body><h1 class="article__title cms-title">Tiêu đề</h1>
    <div class="article__meta"><time class=time data-time=1735177032>26/12/2024 08:37</time></div>
    <div class="article__body zce-content-body cms-body"><table class=picture><tr><td class=pic><img class=cms-photo src=/p.jpg
    alt="p.jpg"></td></tr><tr><td class=caption><p>Chợ nổi. Ảnh: TTXVN</p></td></tr></table><p>{LONG}</p><h2>Mục</h2>
    <blockquote class=cms-quote><table class=picture><tr><td class=pic><img src=/q.jpg></td></tr></table><p>Lời nói.</p></blockquote>
    <div class=article__source>Theo TTXVN</div></div></body></html>"""
    site = Registry.load().get("baogialai")
    article = extract(page_of(html, "https://baogialai.com.vn/a-post5.html"), site).article
    assert [(block.kind, block.text) for block in article.blocks] == [
        ("paragraph", LONG),
        ("subhead", "Mục"),
        ("quote", "Lời nói."),
    ]
    assert article.published == "2024-12-26T08:37:12+07:00"
    assert [(p.url, p.caption, p.credit) for p in article.photos] == [
        ("https://baogialai.com.vn/p.jpg", "Chợ nổi.", "TTXVN"),
        ("https://baogialai.com.vn/q.jpg", None, None),
    ]
