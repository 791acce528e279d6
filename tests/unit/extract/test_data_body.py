"""Bodies that stand only in the data of a page, in the forms in which content systems write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import extract
from archive.extract.data_body import body_in_data
from archive.extract.page import parse
from archive.model import Page
from tests.unit.extract.test_flow import TEXTS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TITLE = "Le port de Grande-Anse rouvre ses quais aux pêcheurs"
OTHER = "Un tout autre sujet, dont le texte n’est pas celui de cette page. " * 12


def texts(lang):
    return [TEXTS[lang].format(n=n) for n in range(1, 6)]


def html_of(lines):
    first, *rest = lines
    photo = "<figure><img src=a.jpg><figcaption>Le quai nord</figcaption></figure>"
    return f"<p>{first}</p>{photo}<h2>Le quai nord</h2>{''.join(f'<p>{line}</p>' for line in rest)}"


def boxed_html_of(lines):
    photo = "<div class=img-box><img src=a.jpg></div><div class=caption>Le quai nord. Photo : AFP</div>"
    sign = "<div class=writer-wrap><span class=name>Jeanne Roux</span></div>"
    whole = html_of(lines)
    return f"{whole.replace('<h2>', f'{photo}$$AD_1$$<h2>', 1)}{sign}"


def arc(lines):
    first, *rest = lines
    photo = {"type": "image", "caption": "Le quai nord", "url": "a.jpg"}
    more = {"type": "interstitial_link", "content": "Lire aussi : la pêche", "url": "/a/b"}
    parts = [{"type": "text", "content": line} for line in rest]
    return [
        {"type": "text", "content": first},
        photo,
        {"type": "header", "content": "Le quai nord"},
        more,
        *parts,
    ]


def contentful(lines):
    def node(kind, *inner):
        return {"nodeType": kind, "data": {}, "content": list(inner)}

    def text(value, *marks):
        return {"nodeType": "text", "value": value, "marks": list(marks), "data": {}}

    first, *rest = lines
    head = node("heading-2", text("Le quai nord"))
    asset = node("embedded-asset-block", text("Le quai nord, photo"))
    split = [node("paragraph", text(line[:9], "bold"), text(line[9:])) for line in rest]
    return {"json": node("document", node("paragraph", text(first)), asset, head, *split)}


def portable(lines):
    def block(text, style="normal"):
        halves = [{"_type": "span", "text": text[:7]}, {"_type": "span", "text": text[7:]}]
        return {"_type": "block" if style == "normal" else "heading", "style": style, "children": halves}

    first, *rest = lines
    return [
        block(first),
        {"_type": "image", "alt": "Le quai"},
        block("Le quai nord", "h2"),
        *map(block, rest),
    ]


def editor(lines):
    first, *rest = lines
    parts = [{"type": "paragraph", "data": {"text": line}} for line in (first, *rest)]
    parts.insert(1, {"type": "header", "data": {"text": "Le quai nord", "level": 2}})
    return {"time": 1, "blocks": parts, "version": "2.2"}


FORMS = {
    "html": ("body", html_of),
    "escaped": ("contentHtml", html_of),
    "boxed": ("contentHtml", boxed_html_of),
    "arc": ("content_elements", arc),
    "contentful": ("content", contentful),
    "portable": ("body", portable),
    "editor": ("content", editor),
}


def page(
    data, head=f'<meta property="og:title" content="{TITLE}">', body='<div id="__next"></div>', lang="fr"
):
    script = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    html = (
        f"<html lang={lang}><head><meta charset=utf-8>{head}<meta property=og:type content=article></head>"
        f'<body>{body}<script id="__NEXT_DATA__" type="application/json">{script}</script></body></html>'
    )
    return Page(
        url="https://journal.example/2026/11/le-port-rouvre-ses-quais-123456.html",
        payload=html.encode(),
        content_type="text/html",
        fetched_at=NOW,
    )


def data(title, **body):
    other = {
        "headline": "Une autre histoire que celle de la page",
        "url": "/a/b-c-d-1234567",
        "body": OTHER * 4,
    }
    story = {
        "headline": title,
        "url": "/2026/11/le-port-rouvre-ses-quais-123456.html",
        **body,
        "related": [other],
    }
    return {"props": {"top": [other, other], "article": story}, "x": "y" * 200}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", TEXTS)
def test_a_body_that_only_the_data_hold(form, lang):
    name, write = FORMS[form]
    lines = texts(lang)
    found = extract(page(data(TITLE, **{name: write(lines)}), lang=lang))
    assert found.verdict == "article"
    assert found.article.title == TITLE
    blocks = [(block.kind, block.text) for block in found.article.blocks]
    assert blocks == [
        ("paragraph", lines[0]),
        ("subhead", "Le quai nord"),
        *(("paragraph", line) for line in lines[1:]),
    ]
    assert found.provenance.origins["blocks"] == "generic:data"


def test_the_text_of_another_story_is_never_taken():
    parsed = parse(page(data("Une troisième histoire, sans rapport", body=html_of(texts("fr")))))
    assert body_in_data(parsed, TITLE) == ()
    assert body_in_data(parsed, None) == ()
    assert len(body_in_data(parsed, "Une troisième histoire, sans rapport")) == 6


def test_what_a_page_shows_goes_before_its_data():
    shown = [text.replace("mardi", "jeudi") for text in texts("fr")]
    body = f"<article><h1>{TITLE}</h1>{''.join(f'<p>{line}</p>' for line in shown)}</article>"
    found = extract(page(data(TITLE, body=html_of(texts("fr"))), body=body)).article
    assert [block.text for block in found.blocks] == shown


def test_a_list_of_teasers_under_the_name_of_the_page_is_no_body():
    teasers = [
        {"title": f"Une histoire du port {n}", "slug": f"a-b-c-{n}", "text": OTHER[:200]} for n in range(9)
    ]
    parsed = parse(page({"title": TITLE, "content": {"items": teasers}, "x": "y" * 200}))
    assert body_in_data(parsed, TITLE) == ()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from([TITLE, OTHER, f"<p>{OTHER}", "<"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["headline", "title", "body", "content", "type", "text", "children"]), inner
        )
    ),
)


@given(values)
def test_no_data_breaks_it(value):
    found = extract(page({"v": value, "x": "y" * 200}))
    assert found.verdict != "bug"


@pytest.mark.parametrize(
    "body", [["<"] * 100_000, [[["<p>a"] * 50] * 50] * 40, [{"type": "p", "content": ["a"] * 900}] * 900]
)
def test_a_hostile_body_ends_soon(body):
    story = {"headline": TITLE, "body": body, "content": body}
    extract(page({"a": story, "b": {"headline": TITLE, "data": story}, "x": "y" * 200}))
