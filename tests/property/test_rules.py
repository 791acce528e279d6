"""Rules never raise, whatever the page and whatever the URL; and the same page gives the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from archive.extract import extract
from archive.extract.declared import declared, stories
from archive.extract.page import parse
from archive.model import Page
from archive.sites.registry import Registry

SITE = Registry.load().get("vietnamplus-fr")
WORDS = st.text(
    alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>&\"'/= \n\x00éạ中ุع")), max_size=40
)
CLASSES = st.sampled_from(
    [
        "article__body cms-body", "article__title cms-title", "article__sapo cms-desc", "story", "story__heading", "box-heading",
        "detail-latest", "details__headline", "details__summary", "article-body", "article-photo", "article__avatar", "cms-photo",
        "article__meta", "time", "picture", "caption", "zone--timeline", "abf-cate", "rennab", "", "\xa0", "x\x0cy",
    ]
)  # fmt: skip
TAGS = st.sampled_from(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "span",
        "a",
        "img",
        "figure",
        "figcaption",
        "table",
        "tr",
        "td",
        "article",
        "section",
        "time",
        "ul",
        "li",
        "blockquote",
        "br",
        "script",
        "style",
        "html",
        "head",
        "body",
        "amp-img",
        "meta",
        "link",
        "svg",
        "template",
        "base",
    ]
)
VALUES = st.one_of(
    WORDS,
    st.sampled_from(
        ["data:image/gif;base64,R0", "https://ahttps://b/c.jpg", "http://[::1", "//", "/a-post12.vnp", "2024-12-26 08:37",
         "99999999999", "31/02/2024 25:61", "javascript:1", "http://x:99999/", "ảnh 1"]
    ),
)  # fmt: skip


@st.composite
def elements(draw):
    tag = draw(TAGS)
    names = draw(
        st.lists(
            st.sampled_from(["href", "src", "data-src", "datetime", "alt", "content", "title", "amp"]),
            max_size=3,
        )
    )
    attributes = "".join(f' {name}="{draw(VALUES)}"' for name in names)
    return f'<{tag} class="{draw(CLASSES)}"{attributes}>', draw(st.sampled_from([f"</{tag}>", ""]))


HTML = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda element, parts: element[0] + "".join(parts) + element[1],
        elements(),
        st.lists(inner, max_size=4),
    ),
    max_leaves=30,
)
PAYLOADS = st.one_of(HTML.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=300))
URLS = st.one_of(VALUES, st.just("https://fr.vietnamplus.vn/a-post12.vnp"), st.text(max_size=30))
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def page_of(payload, url, now=NOW):
    return Page(url=url, payload=payload, content_type="text/html; charset=utf-8", fetched_at=now)


@given(PAYLOADS, URLS)
def test_every_layout_reads_every_page(payload, url):
    parsed = parse(page_of(payload, url))
    if parsed is None:
        return
    for layout in SITE.layouts:
        found = declared(parsed, SITE, layout)
        for photo in found.values["photos"]:
            assert photo.url is None or photo.url.startswith(("http://", "https://"))
        assert [link.position for link in found.values["related"]] == list(
            range(1, len(found.values["related"]) + 1)
        )
        assert all(block.text for block in found.values["blocks"])
    stories(parsed, SITE)


@given(PAYLOADS, URLS)
@example(b'<p class="article__body cms-body">00000000000000000000</p>', "a://[")
def test_extraction_always_gives_a_verdict_and_never_a_bug(payload, url):
    found = extract(page_of(payload, url), SITE)
    assert found.verdict != "bug", found.issues
    assert (found.article is not None) == (found.verdict == "article")


@given(PAYLOADS)
def test_the_same_page_gives_the_same_in_another_zone_of_the_same_moment(payload):
    url = "https://fr.vietnamplus.vn/a-post12.vnp"
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert extract(page_of(payload, url), SITE) == extract(page_of(payload, url, there), SITE)
