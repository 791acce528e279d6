"""The rule language, source by source, on pages in several languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract.page import parse
from archive.extract.rules import DateValue, Rules, Value
from archive.model import Page
from archive.sites.profile import load_profile
from archive.sites.sources import SourceError, source

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = """<!doctype html><html lang="vi"><head>
<meta property="og:title" content="Tiêu đề &amp; phụ đề"><meta name="Author" content="Trần An">
<meta name="keywords" content=" ">
<script type="application/ld+json">{"@graph": [
 {"@type": "Organization", "name": "报社"},
 {"@type": ["NewsArticle"], "headline": "Le titre", "wordCount": 321, "isAccessibleForFree": true,
  "author": [{"@type": "Person", "name": "Ana"}, {"@type": "Person", "name": "أمل"}],
  "image": {"url": "https://x.example/a.jpg"},
  "breadcrumb": {"itemListElement": [{"item": {"name": "Chính trị"}}, {"item": {"name": "Đối ngoại"}}]}}
]}</script></head><body>
<h1 class="a title">  Hanoï&nbsp;: <b>un</b> titre<br>en deux lignes </h1><h1 class="title">Autre</h1>
<p class="empty"> &nbsp; </p><p class="lead">เรื่องย่อ</p>
<time datetime="2024-12-26 08:37" data-time="1735177032">26/12/2024 - 08:37 GMT+7</time>
<div class="box"><a href="/x" title="X">x</a><a href="/y">y</a></div><div class="box"><a href="/x">x</a></div>
<script>var h1 = "no";</script></body></html>"""


def rule(toml):
    text = f'name="x"\ndomains=["x.example"]\n[[layout]]\nid="a"\ntitle = {toml}\n'
    return load_profile(text, "x", {}).layouts[0].title


@pytest.fixture
def rules():
    page = Page(url="https://x.example/", payload=PAGE.encode(), content_type="text/html", fetched_at=NOW)
    return Rules(parse(page), lang="fr", timezone="Asia/Ho_Chi_Minh")


def first(rules, toml):
    found = rules.first(rule(toml))
    return found and found.text


@pytest.mark.parametrize(
    ("toml", "value"),
    [
        ('"css:h1"', "Hanoï : un titre en deux lignes"),
        ('"css:h1.title.a"', "Hanoï : un titre en deux lignes"),
        ('"css:h1 b::text"', "un"),
        ('"css:a::attr(title)"', "X"),
        ('"css:.box a:not([title])"', "y"),
        ('"xpath://h1[2]"', "Autre"),
        ('"xpath:string(//a[2]/@href)"', "/y"),
        ('"xpath:count(//a)"', "3"),
        ('"xpath:count(//a) > 1"', None),
        ('"meta:og:title"', "Tiêu đề & phụ đề"),
        ('"meta:author"', "Trần An"),
        ('"meta:keywords"', None),
        ('"meta:nothing"', None),
        ('"ld:headline"', "Le titre"),
        ('"ld:NewsArticle.headline"', "Le titre"),
        ('"ld:Organization.name"', "报社"),
        ('"ld:NewsArticle.author"', "Ana"),
        ('"ld:NewsArticle.image"', "https://x.example/a.jpg"),
        ('"ld:NewsArticle.wordCount"', "321"),
        ('"ld:NewsArticle.isAccessibleForFree"', None),
        ('"ld:NewsArticle.breadcrumb.itemListElement.item.name"', "Chính trị"),
        ('"ld:Person.age"', None),
        ('["css:.empty", "css:.none", "css:.lead"]', "เรื่องย่อ"),
        ('{ from = "css:h1", strip = ["^Hanoï ?: ", "en .*$"] }', "un titre"),
        ('{ from = "css:h1", strip = [".+"] }', None),
        ('{ from = ["css:h1", "css:.lead"], pattern = "(?:(x+)|(titre) en)" }', "titre"),
        ('{ from = ["css:h1"], pattern = "titre en" }', "titre en"),
        ('{ from = ["css:h1", "css:time"], pattern = "\\\\d{4}" }', "2024"),
        ("[]", None),
    ],
)
def test_the_first_value_that_is_not_empty_wins(rules, toml, value):
    assert first(rules, toml) == value
    assert rules.issues == []


def test_every_value_of_the_first_source_that_has_any(rules):
    assert [v.text for v in rules.every(rule('["css:i", "css:.box a", "css:h1"]'))] == ["x", "y"]
    assert [v.text for v in rules.every(rule('"ld:NewsArticle.author.name"'))] == ["Ana", "أمل"]
    assert rules.every(rule('"css:i"')) == []
    assert rules.every(None) == []


def test_rules_inside_a_node_see_that_node_alone(rules):
    second = rules.nodes(rule('"css:.box"'))[1]
    assert [v.text for v in rules.values(rule('"css:a::attr(href)"'), second)] == ["/x"]
    assert rules.first(rule('"css:.box a"'), second).text == "x"  # the node itself counts
    assert rules.first(rule('"css:h1"'), second) is None


def test_a_list_of_selectors_gives_the_order_of_the_page(rules):
    nodes = rules.nodes(rule('"css:.box, .lead, h1.title, time"'))
    assert [node.tag for node in nodes] == ["h1", "h1", "p", "time", "div", "div"]
    texts = [v.text for v in rules.values(rule('"css:.lead::text, .box a::text, h1 b::text"'))]
    assert texts == ["un", "เรื่องย่อ", "x", "y", "x"]


@pytest.mark.parametrize(
    "selector",
    [
        ".box a", ".box", "div.box > a", ".box a::attr(href)", "h1.title", "h1.title, .box", ".box .none", ".none a",
        ".a.title b", "body .box a", ".box + .box a", ".box ~ .box", ":not(.box) > b", ":is(.box, .lead)",
        "div:has(.none), .lead", "*", ".title::text", "h1:first-of-type", '[class~="box"]', ".box a, .lead, .none b",
    ],
)  # fmt: skip
def test_looking_classes_up_finds_what_a_walk_of_the_page_finds(rules, selector):
    compiled = source(f"css:{selector}")
    walked = [str(item) if isinstance(item, str) else item for item in compiled.xpath(rules.parsed.tree)]
    looked_up = rules._select(compiled, None)
    assert looked_up == walked
    every = {id(node) for node in rules.all_nodes(rule(f"'css:{selector}'"))}
    assert every == {id(node) for node in walked if not isinstance(node, str)}


@pytest.mark.parametrize(
    ("toml", "iso", "raw"),
    [
        ('"css:time::attr(datetime)"', "2024-12-26T08:37:00+07:00", "2024-12-26 08:37"),
        ('"css:time::attr(data-time)"', "2024-12-26T08:37:12+07:00", "1735177032"),
        ('"css:time"', "2024-12-26T08:37:00+07:00", "26/12/2024 - 08:37 GMT+7"),
        ('["css:h1", "css:.box a", "css:time::attr(datetime)"]', "2024-12-26T08:37:00+07:00", "2024-12-26 08:37"),
        ('{ from = "css:time::attr(datetime)", timezone = "Asia/Tokyo" }', "2024-12-26T08:37:00+09:00", "2024-12-26 08:37"),
        ('{ from = "css:time", pattern = "^\\\\S+", formats = ["%d/%m/%Y"] }', "2024-12-26", "26/12/2024"),
        ('{ from = "css:time", pattern = "[\\\\d/]+ - [\\\\d:]+", formats = ["%Y", "%d/%m/%Y - %H:%M"] }',
         "2024-12-26T08:37:00+07:00", "26/12/2024 - 08:37"),
    ],
)  # fmt: skip
def test_the_first_value_that_is_a_date_wins(rules, toml, iso, raw):
    found = rules.date(rule(toml))
    assert isinstance(found, DateValue)
    assert (found.iso, found.raw) == (iso, raw)


def test_a_date_that_cannot_be_read_is_handed_back(rules):
    found = rules.date(rule('["css:.none", "css:.lead"]'))
    assert isinstance(found, Value)
    assert found.text == "เรื่องย่อ"
    assert rules.date(rule('"css:.none"')) is None


def test_regular_expressions_see_a_bounded_text():
    page = Page(
        url="https://x.example/", payload=b"<p>" + b"a" * 50_000 + b"z", content_type=None, fetched_at=NOW
    )
    rules = Rules(parse(page))
    assert rules.first(rule('{ from = "css:p", pattern = "z" }')) is None
    assert len(rules.first(rule('{ from = "css:p", strip = ["z"] }')).text) == 10_000


def test_a_rule_that_fails_on_a_page_is_an_issue_once(rules):
    bad = rule('["css:h1"]').__class__(
        (source("xpath://x[format-number(., '#', 'none') = 1]"), source("css:.lead"))
    )
    broken = source("xpath:$nothing")
    assert rules.first(bad.__class__((broken, source("css:.lead")))).text == "เรื่องย่อ"
    assert rules.first(bad.__class__((broken,))) is None
    assert [issue.code for issue in rules.issues] == ["rule_failed"]
    assert "$nothing" in rules.issues[0].detail


@pytest.mark.parametrize(
    "text", ["h1", "css:", "css: ", "jq:.a", "css:a::before", "xpath:///", "xpath:foo(", "ld:."]
)
def test_bad_sources_are_refused(text):
    with pytest.raises(SourceError):
        source(text).check()
