"""Section pages whose list stands in their data alone, as frameworks write it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.state import stories_in_data
from crawler.discovery.stories import stories_of
from tests.unit.crawler.test_lists import TITLES, page, scope

MENU = [{"title": "Politique", "url": "/politique/"}, {"name": "Sport et culture", "url": "/sport/"}]
FAR = {
    "title": "Une histoire d’un tout autre journal que celui-ci",
    "url": "https://else.example/a-b-c-d-e-1234567",
}


def address(n):
    return f"/2026/11/2{n}/une-histoire-de-train-{n}-123456{n}.html"


def items(lang):
    return [
        {
            "headline": title,
            "canonical_url": address(n),
            "publishedAt": f"2026-11-2{n}T08:00:00Z",
            "tags": MENU,
        }
        for n, title in enumerate(TITLES[lang])
    ]


def state(lang):
    return {"config": {"menu": MENU, "x": "y" * 300}, "props": {"list": [FAR, *items(lang)], "total": 3}}


def escaped(value):
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def next_stream(value):
    """Write a value as Next.js streams it: rows cut into pieces wherever it pleases."""
    stream = f'1:"$Sreact.fragment"\n2:T5,<p>\n\n7:["$","div",null,{escaped(value)}]\n'
    pieces = [stream[at : at + 150] for at in range(0, len(stream), 150)]
    return "".join(f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in pieces)


def nuxt_table(value):
    """Write a value as Nuxt 3 does: a table, in which objects and lists hold places."""
    table = []

    def put(one):
        at = len(table)
        table.append(None)
        if isinstance(one, dict):
            table[at] = {name: put(inner) for name, inner in one.items()}
        elif isinstance(one, list):
            table[at] = [put(inner) for inner in one]
        else:
            table[at] = one
        return at

    put(value)
    return f'<script type="application/json" id="__NUXT_DATA__">{escaped(table)}</script>'


FORMS = {
    "next pages": lambda value: (
        f'<script id="__NEXT_DATA__" type="application/json">{escaped(value)}</script>'
    ),
    "next stream": next_stream,
    "nuxt": nuxt_table,
    "assigned": lambda value: (
        f"<script>var a=1;window.__INITIAL_STATE__ = {escaped(value)};(function(){{}})()</script>"
    ),
    "undefined": lambda value: (
        f"<script>window['__DATA__']={escaped(value)[:-1]},\"user\":undefined}};</script>"
    ),
    "parsed": lambda value: f"<script>window.__STATE__=JSON.parse({json.dumps(escaped(value))});</script>",
    "constant": lambda value: f"<script type=module>const initialState = {escaped(value)};</script>",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", TITLES)
def test_a_list_that_a_script_builds_is_read_from_the_data(form, lang):
    body = f'<div id="app"><h1>Politique</h1></div>{FORMS[form](state(lang))}'
    found = stories_of(page(body, lang=lang), scope())
    assert [story.title for story in found] == TITLES[lang]
    assert [story.url for story in found] == [f"https://journal.example{address(n)}" for n in range(3)]
    assert [story.date[:10] for story in found] == [f"2026-11-2{n}" for n in range(3)]
    assert [story.position for story in found] == [1, 2, 3]
    assert {story.section for story in found} == {"Politique"}


@pytest.mark.parametrize("lang", TITLES)
def test_the_list_of_json_ld(lang):
    entries = [
        {"@type": "ListItem", "position": n + 1, "name": title, "url": address(n)}
        for n, title in enumerate(TITLES[lang])
    ]
    entries[1] = {
        "@type": "ListItem",
        "item": {"@type": "NewsArticle", "headline": TITLES[lang][1], "@id": address(1)},
    }
    node = {"@type": "CollectionPage", "mainEntity": {"@type": "ItemList", "itemListElement": entries}}
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [{"@type": "ListItem", "name": "x", "item": address(7)}],
    }
    head = f'<script type="application/ld+json">{escaped([crumbs, node])}</script>'
    found = stories_in_data(page("", head=head), scope())
    assert [(story.title, story.url) for story in found] == [
        (title, f"https://journal.example{address(n)}") for n, title in enumerate(TITLES[lang])
    ]


def test_what_a_page_shows_is_not_looked_for_in_its_data():
    cards = "".join(
        f'<article><h2><a href="{address(n)}">{title}</a></h2></article>'
        for n, title in enumerate(TITLES["fr"])
    )
    other = [
        {
            "title": "Une autre histoire que la liste ne montre pas",
            "url": "/2026/11/20/une-autre-1234599.html",
        }
    ]
    found = stories_of(page(cards + FORMS["assigned"]({"more": other * 9, "x": "y" * 300})), scope())
    assert [story.title for story in found] == TITLES["fr"]


def test_a_menu_in_the_data_is_no_list():
    data = {"menu": MENU * 30, "own": {"title": "Toute la politique du pays", "url": "/politique/"}}
    assert stories_of(page(FORMS["next pages"](data)), scope()) == []


def test_copies_of_an_article_in_the_data_are_one_story():
    (first, *_) = items("fr")
    copies = [{**first, "canonical_url": f"/amp{address(0)}"}, first, first]
    (found,) = stories_in_data(page(FORMS["nuxt"]({"list": copies, "x": "y" * 300})), scope())
    assert found.url == f"https://journal.example{address(0)}"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(address(1)),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["url", "title", "name", "x", "@type"]), inner)
    ),
)


@given(values, st.sampled_from(sorted(FORMS)))
def test_no_data_breaks_it(value, form):
    stories_of(page(FORMS[form]({"v": value, "x": "y" * 300})), scope())


@pytest.mark.parametrize(
    "script",
    [
        "window.a=" * 20_000,
        "window.a={" * 20_000,
        "window.a=" + "[" * 100_000,
        "window.a={:undefined" * 2_000,
        "window.a=JSON.parse(" * 20_000,
        "self.__next_f.push([" * 20_000,
    ],
)
def test_a_hostile_script_ends_soon(script):
    assert stories_in_data(page(f"<script>{script}</script>"), scope()) == []
