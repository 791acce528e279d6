"""Buttons and answers of papers without a rule for them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.page import parse
from archive.model import Page
from crawler.discovery.endless import buttons_of, read_endless
from crawler.discovery.guesses import FEEDS, SITEMAPS, guess, next_guess
from crawler.discovery.links import Scope
from crawler.discovery.paging import next_pages
from crawler.discovery.sections import feed_links

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE = "https://journal.example/monde/"
API = "https://journal.example/api/list?page=2&per=2"
SCOPE = Scope.of(None, BASE)


def page(body, url=BASE):
    parsed = parse(
        Page(
            url=url,
            payload=f"<html><body><p>x</p>{body}".encode(),
            content_type="text/html; charset=utf-8",
            fetched_at=NOW,
        )
    )
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        (
            '<button class="btn load-more" data-url="/api/list?page=2">Plus</button>',
            "https://journal.example/api/list?page=2",
        ),
        ('<a class=x data-next-url="/monde/ajax/2">Xem thêm</a>', "https://journal.example/monde/ajax/2"),
        (
            '<div class="infinite-scroll" data-endpoint="/v1/posts?offset=20"></div>',
            "https://journal.example/v1/posts?offset=20",
        ),
        ('<button hx-get="/more?cursor=abc">加载更多</button>', "https://journal.example/more?cursor=abc"),
        ('<button data-url="/api?page=2">المزيد</button>', "https://journal.example/api?page=2"),
        ('<button data-url="/api?page=2">โหลดเพิ่มเติม</button>', "https://journal.example/api?page=2"),
        ('<button class="share" data-url="/a-story-2">Partager</button>', None),
        ('<button class="load-more" data-url="https://evil.example/api?page=2">+</button>', None),
        ('<button class="load-more" data-url="/api/{zone}?page=2">+</button>', None),
        ('<button class="load-more" data-url="/api/all">+</button>', None),
    ],
)
def test_buttons(markup, found):
    assert buttons_of(page(markup), SCOPE) == ([found] if found else [])


def test_an_answer_of_any_form_gives_its_stories_and_where_it_goes_on():
    stories = [
        {
            "headline": f"Une histoire de train numéro {n} — 高铁",
            "permalink": f"/monde/histoire-{n}-123456.html",
            "publishedAt": f"2026-11-2{n}",
        }
        for n in range(2)
    ]
    menu = [
        {"title": "Accueil", "url": "/"},
        {"title": "Sport", "url": "/sport/"},
        {"title": "Nous", "url": "https://x.example/a-b-c-d-e"},
    ]
    more = read_endless(
        json.dumps({"menu": menu, "d": {"rows": stories, "paging": {"hasNext": True}}}).encode(),
        API,
        BASE,
        SCOPE,
        NOW,
    )
    assert [(one.title, one.url, one.date, one.position) for one in more.stories] == [
        (
            f"Une histoire de train numéro {n} — 高铁",
            f"https://journal.example/monde/histoire-{n}-123456.html",
            f"2026-11-2{n}",
            n + 1,
        )
        for n in range(2)
    ]
    assert more.next_url == "https://journal.example/api/list?page=3&per=2"
    named = {"rows": stories, "next": "/api/list?cursor=zz"}
    assert (
        read_endless(json.dumps(named).encode(), API, BASE, SCOPE, NOW).next_url
        == "https://journal.example/api/list?cursor=zz"
    )
    for last in (
        {"rows": stories, "has_more": False},
        {"rows": [], "has_more": True},
        {"rows": stories, "next": "https://evil.example/?page=3"},
    ):
        following = read_endless(json.dumps(last).encode(), API, BASE, SCOPE, NOW).next_url
        assert following is None or following.startswith("https://journal.example/")


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (1764000000, "2025-11-24T16:00:00+00:00"),
        (1764000000.5, "2025-11-24T16:00:00.500000+00:00"),
        (1764000000000, "2025-11-24T16:00:00+00:00"),
        ("1764000000", "2025-11-24T16:00:00+00:00"),
        ("1764000000123", "2025-11-24T16:00:00.123000+00:00"),
        ("2025-11-24T16:00:00+07:00", "2025-11-24T16:00:00+07:00"),
        ("24/11/2025", "2025-11-24"),
        ({"rendered": "2025-11-24"}, "2025-11-24"),
        (7, None),
        (True, None),
        (float("nan"), None),
        ([1764000000], None),
        ("17640000001764000000", None),
    ],
)
@pytest.mark.parametrize("name", ["date", "publish_time", "timestamp", "createdAt"])
def test_dates_of_json(name, value, date):
    stories = [
        {"title": f"Bản tin số {n} của nhà ga", "url": f"/the-gioi/ban-tin-{n}-123456.html", name: value}
        for n in range(2)
    ]
    more = read_endless(json.dumps({"rows": stories}).encode(), API, BASE, SCOPE, NOW)
    assert [story.date for story in more.stories] == [date] * (0 if value != value else 2)


def test_offsets_go_on_by_what_was_given_and_html_in_json_is_read():
    markup = "".join(
        f'<h3><a href="/monde/histoire-{n}-123456.html">Une histoire de train numéro {n}</a></h3>'
        for n in range(3)
    )
    answer = json.dumps({"success": True, "data": {"html": markup}}).encode()
    more = read_endless(answer, "https://journal.example/ajax?offset=20&n=3", BASE, SCOPE, NOW)
    assert len(more.stories) == 3
    assert more.next_url == "https://journal.example/ajax?offset=23&n=3"
    more = read_endless(markup.encode(), "https://journal.example/ajax/2", BASE, SCOPE, NOW)
    assert (len(more.stories), more.next_url) == (3, "https://journal.example/ajax/3")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["/a-b-c-d-e-12345.html", "<a href=/x>y</a>", "https://journal.example/n"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["url", "title", "date", "next", "items", "more", "link"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(values | st.binary(max_size=200))
def test_no_answer_breaks_it(answer):
    data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    read_endless(data, API, BASE, SCOPE, NOW)


def test_an_answer_without_end_is_read_to_a_bound():
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    assert read_endless(deep, API, BASE, SCOPE, NOW).stories == ()
    wide = json.dumps([[{"title": "x", "url": "/y"}] * 50] * 5_000).encode()
    assert read_endless(wide, API, BASE, SCOPE, NOW).next_url is None


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<a href='?before=2026-01-01'>Articles plus anciens</a>", f"{BASE}?before=2026-01-01"),
        ("<a href='?max_id=77'>Older posts</a>", f"{BASE}?max_id=77"),
        ("<a href='?cursor=abc'>更早的新闻</a>", f"{BASE}?cursor=abc"),
        ("<a href='?before=1'>Tin cũ hơn</a>", f"{BASE}?before=1"),
        ("<a class='pager-next' href='?page=2'><i></i></a>", f"{BASE}?page=2"),
        ("<a href='/sport/?before=1'>Older</a>", None),
        ("<a href='/monde/'>Older</a>", None),
    ],
)
def test_older_pages(markup, found):
    assert next_pages(page(markup), SCOPE) == ([found] if found else [])


def test_links_to_feeds_are_told_by_their_addresses():
    body = "".join(
        f'<a href="{href}">x</a>'
        for href in (
            "/rss",
            "/feed/",
            "/flux/monde.rss",
            "/rss/monde.xml",
            "/comments/feed/",
            "/monde/",
            "https://x.example/rss",
            "/rssel-story-12345.html",
        )
    )
    assert feed_links(page(body), SCOPE) == [
        f"https://journal.example{path}" for path in ("/rss", "/feed/", "/flux/monde.rss", "/rss/monde.xml")
    ]


def test_guesses_are_made_one_after_the_other():
    for role, ladder in (("sitemap", SITEMAPS), ("feed", FEEDS)):
        url, seen = guess(role, "https://journal.example/robots.txt"), []
        while url is not None:
            seen.append(url.removeprefix("https://journal.example"))
            url = next_guess(role, url)
        assert tuple(seen) == ladder
    assert next_guess("section", "https://journal.example/rss") is None
    assert next_guess("feed", "https://journal.example/mine.xml") is None
