"""Whatever the bytes: a result, the same twice, with no markup and no control characters in it."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.extract import extract
from archive.model import ISSUE_CODES, Page

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        "Hà Nội",
        "Le ministre a déclaré jeudi que",
        "政府周四提交了",
        "قدمت الحكومة",
        "รัฐบาล",
        "26/12/2024 08:37",
        "Photo : VNA",
        "(AFP) -",
        "&lt;b&gt;",
        "&#0;",
        "\x07",
        "\u2028",
        "By Jean Dupont",
        "404",
        "Voir plus",
        "<",
        ">",
        "&",
        '"',
        "…" * 40,
        "x" * 300,
    ]
)
TAGS = st.sampled_from(
    [
        "html",
        "head",
        "body",
        "article",
        "main",
        "div",
        "p",
        "h1",
        "h2",
        "h3",
        "span",
        "a",
        "b",
        "br",
        "figure",
        "figcaption",
        "img",
        "ul",
        "li",
        "table",
        "tr",
        "td",
        "time",
        "script",
        "style",
        "nav",
        "aside",
        "footer",
        "meta",
        "section",
        "blockquote",
        "noscript",
        "title",
        "svg",
        "template",
        "amp-img",
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        ' class="lead"',
        ' class="caption credit"',
        ' class="related"',
        ' href="/a-b-c-d-12345.html"',
        ' href="javascript:x"',
        ' src="data:x"',
        ' srcset="a 1x, b 2x,"',
        ' itemprop="author"',
        ' datetime="2024-13-45"',
        " hidden",
        ' style="display:none"',
        ' property="og:title" content="A &amp;lt;i&amp;gt;"',
        ' name="author" content="\x01"',
        ' type="application/ld+json"',
        ' id="',
    ]
)


@st.composite
def markup(draw):
    parts = draw(
        st.lists(
            st.one_of(
                WORDS, st.text(max_size=40), st.tuples(TAGS, ATTRIBUTES), TAGS.map(lambda t: f"</{t}>")
            ),
            max_size=60,
        )
    )
    return "".join(f"<{part[0]}{part[1]}>" if isinstance(part, tuple) else part for part in parts)


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        yield from texts(list(value.values()))


def check(payload, content_type="text/html; charset=utf-8"):
    page = Page(
        url="https://news.example/a-b-c-d-1.html", payload=payload, content_type=content_type, fetched_at=NOW
    )
    result = extract(page)
    assert result.verdict != "bug", result.issues
    assert {issue.code for issue in result.issues} <= set(ISSUE_CODES)
    assert extract(page) == result
    if result.article is not None:
        for text in texts(attrs.asdict(result.article)):
            assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in text), text
            text.encode("utf-8")
        result.article.content_digest  # noqa: B018 - must be computable


@given(markup())
@settings(deadline=None, max_examples=250)
def test_any_markup(html):
    check(html.encode("utf-8", "surrogatepass"))


@given(
    st.binary(max_size=600),
    st.sampled_from([None, "text/html", "text/html; charset=gbk", "text/html; charset=nonsense"]),
)
@settings(deadline=None, max_examples=150)
def test_any_bytes(payload, content_type):
    check(payload, content_type)


ARTICLE = (
    '<html lang=fr><head><title>Une réunion - Le Quotidien</title><meta property="og:title" content="Une réunion à Hanoï">'
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Une réunion à Hanoï","datePublished":"2026-11-20T02:25:00Z",'
    '"author":{"@type":"Person","name":"Marie Curie"}}</script></head><body><nav><a href="/x/">Rubrique</a></nav><article>'
    '<h1>Une réunion à Hanoï</h1><p class="chapo">Un chapô qui dit l’essentiel de ce qui suit dans le texte.</p>'
    '<figure><img src="/i.jpg"><figcaption>La ministre. Photo : VNA</figcaption></figure>'
    + "".join(
        f"<p>Paragraphe {n} : le gouvernement a présenté jeudi un projet de loi très attendu dans le pays.</p>"
        for n in range(6)
    )
    + '<div class="related"><h3>Lire aussi</h3><a href="/un-autre-article-1234.html">Un autre article du jour</a></div></article></body></html>'
).encode()


@given(st.data())
@settings(deadline=None, max_examples=250)
def test_a_whole_page_mutilated(data):
    page = bytearray(ARTICLE)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(page) - 1))
        length = data.draw(st.integers(0, 120))
        with_ = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b"<", b">", b'"', b"</div>", b"<table>", b"\xff", b"\x00"]),
            )
        )
        page[at : at + length] = with_
        if not page:
            break
    check(bytes(page))
