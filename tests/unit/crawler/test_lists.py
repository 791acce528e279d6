"""Section pages and load-more endpoints, of papers that are known and of papers that are not."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.page import parse
from archive.model import Page
from archive.sites.profile import load_profile
from archive.sites.registry import Registry
from crawler.discovery.backfill import all_older, is_older
from crawler.discovery.links import Scope, url_likeness
from crawler.discovery.loadmore import first_urls, read_more
from crawler.discovery.paging import next_pages
from crawler.discovery.sections import feeds_of, section_name, sections_of
from crawler.discovery.stories import next_page_of, stories_of
from tests.kit import SHARED, needs_shared

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def page(body, url="https://journal.example/politique/", head="", lang="fr"):
    text = f"<!doctype html><html lang={lang}><head><meta charset=utf-8><title>Politique | Journal</title>{head}</head><body>{body}</body></html>"
    parsed = parse(
        Page(url=url, payload=text.encode(), content_type="text/html; charset=utf-8", fetched_at=NOW)
    )
    assert parsed is not None
    return parsed


def scope(url="https://journal.example/"):
    return Scope.of(None, url)


TITLES = {
    "fr": [
        "Le Vietnam lance une ligne à grande vitesse entre Hanoï et Vinh",
        "La récolte de café s’annonce record dans le Centre",
        "Un pont enjambe enfin le Mékong",
    ],
    "vi": [
        "Khởi công tuyến đường sắt tốc độ cao Hà Nội – Vinh",
        "Giá cà phê tăng kỷ lục ở Tây Nguyên",
        "Cây cầu mới bắc qua sông Mê Kông",
    ],
    "zh": ["河内至荣市高速铁路今日正式开工", "西原咖啡价格创历史新高", "湄公河上新桥建成通车"],
    "ar": [
        "فيتنام تطلق خطا للسكك الحديدية فائقة السرعة بين هانوي وفينه",
        "محصول القهوة يسجل رقما قياسيا في الوسط",
        "جسر جديد يعبر نهر الميكونغ أخيرا",
    ],
    "th": [
        "เวียดนามเริ่มก่อสร้างรถไฟความเร็วสูงสายฮานอย-วิญ",
        "ราคากาแฟพุ่งสูงสุดเป็นประวัติการณ์ในที่ราบสูง",
        "สะพานข้ามแม่น้ำโขงแห่งใหม่เปิดใช้แล้ว",
    ],
}


@pytest.mark.parametrize("lang", sorted(TITLES))
def test_stories_of_a_paper_in_any_language(lang):
    cards = "".join(
        f'<div class="card"><a href="/{lang}/tin-{n}-10{n}234.html"><img src=x.jpg></a><h3><a href="/{lang}/tin-{n}-10{n}234.html?utm_source=home">{title}</a></h3>'
        f"<time datetime=2026-11-2{n}T08:00:00+07:00>…</time><p>…</p></div>"
        for n, title in enumerate(TITLES[lang])
    )
    furniture = (
        '<nav><a href="/politique-interieure-12345.html">Politique intérieure et étrangère</a></nav>'
        '<div class="breadcrumb"><a href="/a-b-c-d-e-99999.html">Vous êtes ici dans la rubrique</a></div>'
        '<ul class="tags"><li><a href="/tag/duong-sat-cao-toc">Đường sắt cao tốc Bắc – Nam</a></ul>'
        '<a href="/auteur/nguyen-van-a-123456">Nguyễn Văn A, envoyé spécial permanent</a>'
        '<a href="https://other.example/une-tres-longue-histoire-1234567.html">Une très longue histoire ailleurs</a>'
        '<a href="https://journal.example/photo-1234567.jpg">Une photo en très grande taille ici</a>'
        '<footer><a href="/mentions-legales-et-donnees-personnelles">Mentions légales et données personnelles</a></footer>'
    )
    found = stories_of(page(furniture + cards, lang=lang), scope())
    assert [story.title for story in found] == TITLES[lang]
    assert [story.position for story in found] == [1, 2, 3]
    assert [story.date for story in found] == [f"2026-11-2{n}T08:00:00+07:00" for n in range(3)]
    assert len({story.section for story in found}) == 1


def test_the_whole_headline_is_taken_from_the_title_attribute():
    body = '<h2><a href="/une-histoire-123456.html" title="Une histoire bien plus longue que la place">Une histoire bien plus…</a></h2>'
    assert stories_of(page(body), scope())[0].title == "Une histoire bien plus longue que la place"


@pytest.mark.parametrize(
    ("url", "least", "most"),
    [
        ("https://j.example/2026/11/23/une-histoire-de-train", 2, 3),
        ("https://j.example/une-histoire-de-train-post237365.vnp", 2, 3),
        ("https://j.example/gia-ca-phe-tang-ky-luc-o-tay-nguyen", 2, 3),
        ("https://j.example/news?id=1234567", 2, 3),
        ("https://j.example/?p=1234", 1, 2),
        ("https://j.example/%E6%B2%B3%E5%86%85%E8%87%B3", 2, 3),
        ("https://j.example/", 0, 0),
        ("https://j.example/politique/", 0, 1),
        ("https://j.example/tag/train-a-grande-vitesse-123456", 0, 0),
        ("https://j.example/auteur/jean-dupont-12345", 0, 0),
        ("https://j.example/uploads/2026/11/photo-1234567.jpg", 0, 0),
        ("https://j.example/politique/page/2", 0, 0),
        ("https://j.example/rss/home.rss", 0, 0),
    ],
)
def test_urls_that_look_like_articles(url, least, most):
    assert least <= url_likeness(url, scope("https://j.example/")) <= most


@pytest.mark.parametrize(
    ("markup", "url", "expected"),
    [
        (
            '<a rel="next" href="?page=2">2</a>',
            "https://journal.example/politique/",
            "https://journal.example/politique/?page=2",
        ),
        (
            "<a href='/politique/page/3/'>Suivant »</a>",
            "https://journal.example/politique/page/2/",
            "https://journal.example/politique/page/3/",
        ),
        (
            "<a href='/politique/?trang=2'>2</a><a href='/politique/?trang=3'>3</a>",
            "https://journal.example/politique/",
            "https://journal.example/politique/?trang=2",
        ),
        (
            "<a href='/politique?page=2'>下一页</a>",
            "https://journal.example/politique/",
            "https://journal.example/politique?page=2",
        ),
        (
            "<a href='/politique?page=2'>ถัดไป</a>",
            "https://journal.example/politique/",
            "https://journal.example/politique?page=2",
        ),
        (
            "<a href='/politique?page=2'>الصفحة التالية</a>",
            "https://journal.example/politique/",
            "https://journal.example/politique?page=2",
        ),
        ("<a href='/sport/?page=2'>2</a>", "https://journal.example/politique/", None),
        ("<a href='/politique/?page=7'>7</a>", "https://journal.example/politique/", None),
        (
            "<a href='https://evil.example/politique/?page=2' rel=next>2</a>",
            "https://journal.example/politique/",
            None,
        ),
    ],
)
def test_the_next_page(markup, url, expected):
    assert next_pages(page(markup, url=url), scope()) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("label", "href"),
    [
        ("Seite 2", "?seite=2"),
        ("Trang 2", "/politique/trang-2"),
        ("第2页", "?page=2"),
        ("2ページ目", "?page=2"),
        ("الصفحة ٢", "?page=2"),
        ("หน้า ๒", "?page=2"),
        ("Página 2 de 10", "/politique/pagina/2"),
        ("Go to page 2", "?page=2"),
        ("Next Page »", "/politique/page/2"),
        ("« Précédent", "/politique/page/2/"),
        ("← Articles précédents", "/politique/page/2/"),
        ("Older posts", "/politique/page/2/"),
        ("‹ 前へ", "?page=2"),
        ("Nächste Seite", "?seite=2"),
        ("Następna strona", "/politique/strona/2"),
        ("2", "?offset=20"),
        ("Tiếp theo", "?start=20"),
    ],
)
def test_a_link_to_the_next_number_leads_on_in_the_words_of_any_paper(label, href):
    far = '<a href="?page=9">9</a><a href="/politique/page/3">« Précédent</a><a href="?start=900">46</a>'
    markup = f'<a href="/politique/">1</a><a href="{href}">{label}</a>{far}'
    (found,) = next_pages(page(markup), scope())
    assert found in {f"https://journal.example{path}{href}" for path in ("", "/politique/")}


def test_what_leads_back_does_not_lead_on():
    url = "https://journal.example/politique/page/3/"
    back = '<a href="/politique/page/2/">« Précédent</a><a href="/politique/page/2/">Seite 2</a>'
    assert next_pages(page(back, url=url), scope()) == []
    back = '<a href="?start=20">Précédent</a><a href="?start=40">3</a>'
    assert next_pages(page(back, url="https://journal.example/politique/?start=40"), scope()) == []
    long = "<a href='?page=2'>2 blessés dans un accident de la route près de la gare</a>"
    assert next_pages(page(long), scope()) == []


def test_a_json_feed_of_the_type_of_all_json_is_told_by_its_address():
    head = (
        '<link rel="alternate" type="application/json" title="JSON Feed" href="/feed.json">'
        '<link rel="alternate" type="application/json" href="/feed/json">'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">'
        '<link rel="alternate" type="application/json+oembed" href="/oembed?format=feed">'
    )
    assert feeds_of(page("", head=head)) == [
        f"https://journal.example{path}" for path in ("/feed.json", "/feed/json")
    ]


def test_a_front_page_names_its_sections_and_feeds():
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/rss">'
        '<link rel="alternate" type="application/atom+xml" title="Comments" href="/comments/feed">'
        '<link rel="alternate" hreflang="en" href="https://en.journal.example/">'
    )
    body = (
        '<nav><a href="/">Accueil</a><a href="/politique/">Politique</a><a href="/the-gioi/">Thế giới</a><a href="/connexion">Connexion</a>'
        '<a href="/politique/">Politique</a><a href="https://en.other.example/">English</a><a href="/une-histoire-123456.html">Une histoire</a></nav>'
    )
    parsed = page(body, url="https://journal.example/", head=head)
    assert feeds_of(parsed) == ["https://journal.example/rss"]
    assert [(one.section, one.url) for one in sections_of(parsed, scope())] == [
        ("Politique", "https://journal.example/politique/"),
        ("Thế giới", "https://journal.example/the-gioi/"),
    ]
    assert section_name(parsed) == "Politique"


NAV = (
    '<nav><a href="/">La Gare</a> <a href="/văn-hóa/">Văn hóa</a> <a href="/政治/">政治</a>'
    ' <a href="/ثقافة/">ثقافة</a></nav>'
)


@pytest.mark.parametrize(
    ("path", "head", "body", "reached_by", "name"),
    [
        ("/văn-hóa/", "<title>La Gare</title>", NAV, None, "Văn hóa"),
        ("/政治/", "<title>La Gare</title>", NAV, None, "政治"),
        ("/政治/?page=2", "<title>La Gare</title>", NAV, None, "政治"),
        ("/ثقافة/", "<title>La Gare</title>", NAV + "<h1>ثقافة وفنون</h1>", None, "ثقافة وفنون"),
        ("/văn-hóa/", "<title>La Gare</title>", NAV + "<h1>La Gare</h1>", None, "Văn hóa"),
        ("/khac/", "<title>La Gare</title>", NAV, "Chuyện khác", "Chuyện khác"),
        ("/khac/", "<title>Chuyện khác - La Gare</title>", NAV, None, "Chuyện khác"),
        ("/khac/", "<title>La Gare</title>", NAV, None, None),
        ("/khac/", "<title>Nhà ga</title><meta property=og:site_name content='Nhà ga'>", NAV, None, None),
    ],
)
def test_the_name_of_a_section_is_not_that_of_the_paper(path, head, body, reached_by, name):
    known = load_profile('name = "La Gare"\ndomains = ["journal.example"]\n', "gare", {})
    html = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    url = f"https://journal.example{path}"
    parsed = parse(Page(url=url, payload=html, content_type="text/html; charset=utf-8", fetched_at=NOW))
    assert section_name(parsed, Scope.of(known, "https://journal.example/"), reached_by) == name


def test_scope_of_a_stranger_and_of_a_profile():
    stranger = Scope.of(None, "http://www.journal.example:8080/")
    assert stranger.contains("http://journal.example:8080/a")
    assert stranger.contains("http://m.journal.example:8080/a")
    assert not stranger.contains("http://journal.example/a")
    assert not stranger.contains("http://notjournal.example:8080/a")
    assert not stranger.contains("mailto:a@journal.example")
    profile = load_profile('name="J"\ndomains=["journal.example"]\narticle_id=\'-post(\\d+)\'', "j", {})
    known = Scope.of(profile, "https://journal.example/")
    assert known.contains("https://journal.example/x")
    assert not known.contains("https://en.journal.example/x")
    assert (
        known.key("https://journal.example/a-post12.html")
        == known.key("https://journal.example/b-post12.amp")
        == "id:12"
    )
    assert stranger.key("http://www.journal.example:8080/a?utm_source=x") == stranger.key(
        "https://m.journal.example:8080/a/"
    )


PROFILE = """
name = "Báo"
domains = ["bao.example"]
lang = "vi"
timezone = "Asia/Ho_Chi_Minh"
[discover]
next_page = "css:a.more::attr(href)"
[discover.stories]
each = "css:li.s"
title = "css:a"
date = "css:time::attr(datetime)"
[[discover.load_more]]
endpoint = "https://api.bao.example/more-{zone}-{page}.html"
zone = "css:button::attr(data-zone)"
items = "data.contents"
html = "data.html"
date = "date"
more = "data.more"
"""


@pytest.fixture
def bao():
    return Scope.of(load_profile(PROFILE, "bao", {}), "https://bao.example/")


def test_a_profile_says_what_a_story_is(bao):
    body = "<ul><li class=s><a href=/1>Ngắn</a><time datetime=2026-11-20></time><li class=s><a href=https://x.example/>Khác</a></ul><h2><a href=/mot-bai-bao-rat-dai-123456.html>Không phải ở đây đâu nhé bạn</a></h2><a class=more href='?trang=2'>Xem thêm</a>"
    parsed = page(body, url="https://bao.example/kinh-te/")
    (story,) = stories_of(parsed, bao)
    assert (story.url, story.title, story.date, story.section) == (
        "https://bao.example/1",
        "Ngắn",
        "2026-11-20",
        "Politique",
    )
    assert next_page_of(parsed, bao) == ["https://bao.example/kinh-te/?trang=2"]


def test_a_page_that_the_rules_do_not_fit_is_read_as_a_strangers(bao):
    body = "<h2><a href=/mot-bai-bao-rat-dai-123456.html>Một bài báo rất dài ở đây</a></h2>"
    assert [story.title for story in stories_of(page(body, url="https://bao.example/"), bao)] == [
        "Một bài báo rất dài ở đây"
    ]


def test_load_more_begins_after_the_page_itself_and_ends_when_it_says_so(bao):
    parsed = page("<button data-zone=131>Xem thêm</button>", url="https://bao.example/kinh-te/")
    assert bao.site is not None
    (url,) = first_urls(parsed, bao.site)
    assert url == "https://api.bao.example/more-131-2.html"
    answer = {
        "data": {
            "contents": [
                {"title": "Giá &amp; cà phê", "url": "/a-1", "date": 1735177032},
                {"title": 5, "url": None},
                "x",
            ],
            "more": True,
        }
    }
    more = read_more(json.dumps(answer).encode(), url, "https://bao.example/kinh-te/", bao, NOW)
    assert [(one.url, one.title, one.date) for one in more.stories] == [
        ("https://bao.example/a-1", "Giá & cà phê", "2024-12-26T08:37:12+07:00")
    ]
    assert more.next_url == "https://api.bao.example/more-131-3.html"
    answer["data"]["more"] = False
    assert read_more(json.dumps(answer).encode(), url, None, bao, NOW).next_url is None
    assert read_more(b'{"data":{"contents":[],"more":true}}', url, None, bao, NOW).next_url is None
    markup = {"data": {"html": "<ul><li class=s><a href=/b-2>Bài hai</a></ul>", "more": 1}}
    more = read_more(json.dumps(markup).encode(), url, "https://bao.example/kinh-te/", bao, NOW)
    assert [one.url for one in more.stories] == ["https://bao.example/b-2"]
    assert first_urls(page("<p>Không có nút</p>", url="https://bao.example/"), bao.site) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda c: (
            st.lists(c, max_size=3)
            | st.dictionaries(
                st.sampled_from(["data", "contents", "html", "more", "url", "title", "date"]), c, max_size=4
            )
        ),
    )
)
def test_no_answer_breaks_load_more(answer):
    known = Scope.of(load_profile(PROFILE, "bao", {}), "https://bao.example/")
    read_more(json.dumps(answer).encode(), "https://api.bao.example/more-1-2.html", None, known, NOW)


@given(st.text(alphabet="<>/=\"' ahrefh2timelidv123-.é漢ข\x00", max_size=300))
def test_no_page_breaks_a_list(markup):
    parsed = parse(
        Page(
            url="https://journal.example/",
            payload=f"<html><body>x{markup}".encode(),
            content_type="text/html",
            fetched_at=NOW,
        )
    )
    if parsed is not None:
        stories_of(parsed, scope())
        next_pages(parsed, scope())
        sections_of(parsed, scope())
        feeds_of(parsed)


def test_since():
    since = datetime(2026, 11, 20, tzinfo=UTC)
    assert is_older("2026-11-19", since)
    assert not is_older("2026-11-20", since)
    assert is_older("2026-11-20T01:00:00+07:00", since)
    assert not is_older("2026-11-20T01:00:00", since)
    assert not is_older("bald", since)
    assert not is_older(None, since)
    assert not all_older([], since)


@needs_shared
def test_the_seed_replica_section():
    replica = SHARED / "seed" / "replica"
    expected = json.loads((replica / "expected_section.json").read_text())
    wanted = [(one["url"], one["title"], one["date"]) for one in expected["stories"]]
    fetched = datetime(2024, 12, 27, tzinfo=UTC)
    parsed = parse(
        Page(
            url=expected["url"],
            payload=(replica / "section.html").read_bytes(),
            content_type="text/html",
            fetched_at=fetched,
        )
    )
    assert parsed is not None
    profile = Registry.load().for_url(expected["url"])
    assert profile is not None
    for known in (Scope.of(profile, expected["url"]), Scope.of(None, expected["url"])):
        found = stories_of(parsed, known)
        assert sorted((one.url, one.title, one.date) for one in found) == sorted(wanted)
        assert {one.section for one in found} == {"Politique"}
        assert next_page_of(parsed, known) == ["https://fr.vietnamplus.vn/politique/?page=2"]
    (endpoint,) = first_urls(parsed, profile)
    assert endpoint.endswith(expected["next"]["api"])
    stories, pages = [], []
    url = endpoint.replace("-2.html", "-1.html")
    while url is not None:
        pages.append(url)
        data = (replica / "api" / url.rpartition("/")[2]).read_bytes()
        more = read_more(data, url, expected["url"], Scope.of(profile, expected["url"]), fetched)
        stories += more.stories
        url = more.next_url
    assert len(pages) == 2
    assert sorted((one.url, one.title, one.date) for one in stories) == sorted(wanted)


def test_services_are_no_sections():
    menu = "".join(
        f'<a href="{path}">{name}</a>'
        for path, name in {
            "/politique/": "Politique", "/weather/": "Weather", "/thoi-tiet/": "Thời tiết", "/%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9/": "رياضة",
            "/horoscope/": "Horoscope", "/jeux/": "Jeux", "/boutique/": "Boutique", "/live-score/": "Direct", "/文化/": "文化",
        }.items()
    )  # fmt: skip
    found = sections_of(page(f"<nav>{menu}</nav>", url="https://journal.example/"), scope())
    assert [one.title for one in found] == ["Politique", "رياضة", "文化"]
