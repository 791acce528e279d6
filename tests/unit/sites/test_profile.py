"""The strict loader: every mistake of a file at once, one line each, with its path."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from lxml import html

from archive.errors import ProfileError
from archive.sites.profile import load_family, load_profile

GOOD = """
name = "Le Journal d'essai"
domains = ["journal.example", "www.journal.example", "localhost:8000"]
lang = "fr"
timezone = "Europe/Paris"
article_id = '/a(\\d+)\\.html|-id(\\d+)$'
rewrite = [{ from = '/amp/', to = '/' }]

[discover]
sections = "https://journal.example/monde/"
sitemaps = ["https://journal.example/sitemap-{year}-{month:02}.xml"]
[discover.stories]
each = "css:article"
[politeness]
delay = 0.5
private_hosts = ["127.0.0.1:8000"]
[schedule]
every = "30min"
[expect]
articles = 3
fill = { title = 1.0, body = 0.9 }

[[layout]]
id = "new"
from = 2024-01-01
probe = "div.body"
title = ["css:h1.title", "meta:og:title"]
published = { from = "css:time::attr(datetime)", timezone = "Asia/Tokyo", formats = ["%d/%m/%Y %H:%M"] }
paragraphs = "css:div.body > p"
[layout.photos]
each = "css:figure"

[[layout]]
id = "old"
until = 2023-12-31
title = "css:h2"
break_paragraphs = "css:td.text"
"""


def mistakes(text, families=None):
    with pytest.raises(ProfileError) as caught:
        load_profile(text, "essai", families or {})
    return caught.value.mistakes


def test_a_good_profile_is_read_whole():
    site = load_profile(GOOD, "essai", {})
    assert (site.name, site.title, site.lang, site.timezone) == (
        "essai",
        "Le Journal d'essai",
        "fr",
        "Europe/Paris",
    )
    assert site.domains == ("journal.example", "www.journal.example", "localhost:8000")
    assert site.discover.sections == ("https://journal.example/monde/",)
    assert (
        site.discover.sitemaps[0].format(year=2024, month=7) == "https://journal.example/sitemap-2024-07.xml"
    )
    assert site.politeness.delay == 0.5
    assert site.politeness.concurrency is None
    assert site.politeness.private_hosts == ("127.0.0.1:8000",)
    assert site.schedule.every == "30min"
    assert site.expect.fill == {"title": 1.0, "body": 0.9}
    new, old = site.layouts
    assert [source.text for source in new.title.sources] == ["css:h1.title", "meta:og:title"]
    assert new.published.timezone == "Asia/Tokyo"
    assert new.from_ == date(2024, 1, 1)
    assert old.until == date(2023, 12, 31)
    assert new.declares_body
    assert old.declares_body


def test_article_ids_take_the_first_group_that_matched():
    site = load_profile(GOOD, "essai", {})
    assert site.key_for("https://journal.example/monde/a123.html") == "123"
    assert site.key_for("https://journal.example/le-titre-id77") == "77"
    assert site.key_for("https://journal.example/monde/") is None
    assert (
        site.key_for("x" * 100_000 + "/a1.html") is None
    )  # bounded: a regular expression sees 10,000 characters
    assert site.plain_url("https://journal.example/amp/a1.html") == "https://journal.example/a1.html"


def test_every_mistake_is_told_at_once_with_file_and_path():
    text = """
nmae = "x"
domains = []
timezone = "Asie/Hanoi"
article_id = '(\\d+'
[discover]
sections = ["ftp://a.example/", "/monde/"]
sitemaps = ["https://a.example/{jahr}.xml"]
[politeness]
delay = -1
[schedule]
every = "soon"
[expect]
fill = { titel = 1.0, lead = 7 }
[[layout]]
id = "a"
titel = "css:h1"
title = "h1"
lead = ["css:..["]
kicker = "xpath://*[unknown(.)]"
published = { from = "css:time", formats = ["%d %B %Y"], zone = "x", pattern = "[" }
from = "yesterday"
[layout.related]
link = "css:a"
each = 'css:..['
[[layout]]
id = "a"
extends = "zzz/2024"
"""
    lines = mistakes(text)
    assert all(line.startswith("essai.toml: ") for line in lines)
    said = "\n".join(lines)
    for part in (
        "nmae: unknown key (did you mean name?)",
        "name is missing",
        "domains: at least one is needed",
        "timezone: 'Asie/Hanoi' is not a time zone",
        "article_id: '(\\\\d+' is not a regular expression",
        "discover.sections[0]: 'ftp://a.example/' is not an http",
        "discover.sections[1]: '/monde/' is not an http",
        "discover.sitemaps[0]: unknown placeholder {jahr}",
        "politeness.delay: must be at least 0",
        "schedule.every: 'soon' is not a rhythm",
        "expect.fill.titel: unknown field (did you mean title?)",
        "expect.fill.lead: must be a share from 0 to 1",
        "layout[0].titel: unknown key (did you mean title?)",
        "layout[0].title: 'h1' has no scheme",
        "layout[0].lead[0]: 'css:..[' is not a selector: ",
        "layout[0].kicker: 'xpath://*[unknown(.)]' is not an XPath: ",
        "layout[0].published.formats[0]: '%d %B %Y' uses %B: only numbers",
        "layout[0].published.zone: unknown key",
        "layout[0].published.pattern: '[' is not a regular expression",
        "layout[0].from: 'yesterday' is not a day",
        "layout[0].related.each: 'css:..[' is not a selector: ",
        "layout[1].id: 'a' is the id of another layout",
        "layout[1].extends: 'zzz/2024': there is no family 'zzz'",
    ):
        assert part in said, f"{part!r} not in:\n{said}"
    assert len(lines) == 23, said
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", "not TOML"),
        ('layout = { id = "x" }', "layout: write [[layout]] with two brackets"),
        ("layout = 3", "layout: must be tables"),
        ('[[layout]]\ntitle = "css:h1"', "layout[0]: id is missing"),
        ('[[layout]]\nid = "a"\ntitle = 3', "layout[0].title: must be text, not a number"),
        ('[[layout]]\nid = "a"\ntitle = ""', "layout[0].title: must not be empty"),
        ('[[layout]]\nid = "a"\ntitle = { strip = ["x"] }', "layout[0].title: from is missing"),
        ('[[layout]]\nid = "a"\n[layout.photos]\nimage = "css:img"', "layout[0].photos: each is missing"),
        (
            '[[layout]]\nid = "a"\nfrom = 2024-02-01\nuntil = 2024-01-01',
            "from 2024-02-01 is after until 2024-01-01",
        ),
        ('[[layout]]\nid = "a"\nfrom = 2024-02-01T10:00:00Z', "layout[0].from: must be a day without a time"),
        (
            '[[layout]]\nid = "a"\n[[layout]]\nid = "b"\nprobe = "p"',
            "layout[1]: is never reached: 'a' covers",
        ),
        (
            '[[layout]]\nid="a"\nprobe="p"\n[[layout]]\nid="b"\nprobe="css:p"',
            "layout[1]: is never reached: 'a' has the",
        ),
        ('rewrite = [{ from = "(x)", to = "\\\\2" }]', "rewrite[0].to:"),
        ('rewrite = ["x"]', "rewrite[0]: must be a table with from"),
        ("schedule = 5", "schedule: must be a table, not a number"),
        ('[discover]\nextends = "zcee"', "discover.extends: there is no family 'zcee' (did you mean zce?)"),
        ("[discover.load_more]\nitems = 'a'", "discover.load_more: endpoint is missing"),
    ],
)
def test_one_mistake_one_line(change, expected):
    base = 'name = "x"\ndomains = ["x.example"]\n' if change else "name = \n"
    family = load_family('[[layout]]\nid = "2024"\ntitle = "css:h1"\n', "zce")
    lines = mistakes(base + change, {"zce": family})
    assert any(expected in line for line in lines), lines
    assert len(lines) == 1, lines


@pytest.mark.parametrize("domain", ["https://x.example/", "x example", "x.example:port", "me@x.example"])
def test_domains_are_hosts(domain):
    lines = mistakes(f'name = "x"\ndomains = ["{domain}"]\n')
    assert "domains[0]: " in lines[0]


def test_domains_may_carry_a_port_or_be_addresses():
    text = 'name = "x"\ndomains = ["LOCALHOST:8000", "127.0.0.1:9", "[::1]:80", "báo.vn"]\n'
    assert load_profile(text, "x", {}).domains == ("localhost:8000", "127.0.0.1:9", "[::1]:80", "báo.vn")


def test_a_bad_name_is_a_mistake():
    with pytest.raises(ProfileError, match="is not a profile name"):
        load_profile('name = "x"\ndomains = ["x.example"]\n', "Über Alles", {})


FAMILY = """
[discover]
next_page = "css:a.next::attr(href)"
[discover.load_more]
items = "data.list"
zone = "css:button::attr(data-zone)"
[[layout]]
id = "2024"
probe = "div.b"
title = "css:h1"
paragraphs = "css:div.b > p"
[layout.photos]
each = "css:figure"
caption = "css:figcaption"
[[layout]]
id = "amp"
extends = "fam/2024"
probe = ["html[amp]", "div.b"]
"""


def profile(extra):
    head = 'name = "x"\ndomains = ["x.example"]\n'
    return load_profile(head + extra, "x", {"fam": load_family(FAMILY, "fam")})


def test_a_layout_is_merged_with_its_family_key_by_key():
    site = profile(
        '[[layout]]\nid = "mine"\nextends = "fam/amp"\ntitle = "css:h2"\n[layout.photos]\ncredit = "css:i"\n'
    )
    (layout,) = site.layouts
    assert layout.id == "mine"
    assert [probe.text for probe in layout.probe] == ["css:html[amp]", "css:div.b"]
    assert layout.title.sources[0].text == "css:h2"
    assert layout.paragraphs.sources[0].text == "css:div.b > p"
    assert layout.photos.each.sources[0].text == "css:figure"
    assert layout.photos.credit.sources[0].text == "css:i"


def test_a_layout_may_extend_another_of_its_file():
    site = profile(
        '[[layout]]\nid = "b"\nextends = "a"\nprobe = "i"\n[[layout]]\nid = "a"\nprobe = "b"\ntitle = "css:h1"\n'
    )
    assert site.layouts[0].title.sources[0].text == "css:h1"


def test_a_circle_of_layouts_is_a_mistake():
    lines = mistakes(
        'name = "x"\ndomains = ["x.example"]\n[[layout]]\nid = "a"\nextends = "b"\n[[layout]]\nid = "b"\nextends = "a"\n'
    )
    assert any("leads in a circle" in line for line in lines), lines


def test_discovery_is_inherited_and_an_endpoint_only_where_the_site_names_one():
    with_endpoint = profile(
        '[discover]\nextends = "fam"\n[[discover.load_more]]\nendpoint = "/api/{zone}-{page}.html"\n'
    )
    (more,) = with_endpoint.discover.load_more
    assert (more.endpoint, more.items, more.zone.sources[0].text) == (
        "/api/{zone}-{page}.html",
        "data.list",
        "css:button::attr(data-zone)",
    )
    assert with_endpoint.discover.next_page.sources[0].text == "css:a.next::attr(href)"
    assert profile('[discover]\nextends = "fam"\n').discover.load_more == ()


def layout_of(extra, head='timezone = "Asia/Tokyo"\n'):
    return load_profile(
        f'name = "x"\ndomains = ["x.example"]\n{head}[[layout]]\nid = "a"\n{extra}', "x", {}
    ).layouts[0]


def test_the_digest_changes_with_what_can_change_a_result_and_with_nothing_else():
    digest = layout_of('title = "css:h1"\nlead = "css:.l"\n').digest
    same = (
        'lead = ["css:.l"] # a comment\ntitle = { from = "css:h1" }\n',
        'until = 2024-01-01\ntitle = "css:h1"\nlead = "css:.l"\n',
        'from = 2020-01-01\ntitle = "css:h1"\nlead = "css:.l"\n',
    )
    assert {layout_of(text).digest for text in same} == {digest}
    others = (
        'title = "css:h2"\nlead = "css:.l"\n',
        'title = ["css:h1", "css:h2"]\nlead = "css:.l"\n',
        'title = { from = "css:h1", strip = ["x"] }\nlead = "css:.l"\n',
        'title = "css:h1"\nlead = "css:.l"\nkicker = []\n',
        'title = "css:h1"\nlead = "css:.l"\nprobe = "p"\n',
        'title = "css:h1"\nlead = "css:.l"\n[layout.photos]\neach = "css:img"\n',
    )
    heads = ("", 'timezone = "Asia/Seoul"\n', 'timezone = "Asia/Tokyo"\nlang = "ja"\n')
    changed = [layout_of(text).digest for text in others]
    changed += [layout_of('title = "css:h1"\nlead = "css:.l"\n', head).digest for head in heads]
    assert len({digest, *changed}) == len(changed) + 1
    assert len(digest) == 64


def test_the_digest_is_of_the_layout_with_its_family():
    extended = profile('[[layout]]\nid = "a"\nextends = "fam/2024"\n')
    written_out = profile(
        '[[layout]]\nid = "a"\nprobe = "div.b"\ntitle = "css:h1"\nparagraphs = "css:div.b > p"\n'
        '[layout.photos]\neach = "css:figure"\ncaption = "css:figcaption"\n'
    )
    assert extended.layouts[0].digest == written_out.layouts[0].digest
    assert extended.digest_of("a") == extended.layouts[0].digest
    assert extended.digest_of("gone") is None


def test_the_layout_is_chosen_by_day_then_by_probe():
    site = load_profile(GOOD, "essai", {})
    new = html.document_fromstring("<html><body><div class=body><p>x</p></div></body></html>")
    other = html.document_fromstring("<html><body><p>x</p></body></html>")

    def chosen(tree, *when):
        layout = site.layout_for(tree, datetime(*when, tzinfo=UTC))
        return layout and layout.id

    assert chosen(new, 2026, 1, 1) == "new"
    assert chosen(new, 2024, 1, 1, 0, 0) == "new"
    assert chosen(new, 2023, 12, 31, 23, 59) == "old"
    assert chosen(other, 2023, 5, 1) == "old"
    assert chosen(other, 2026, 1, 1) is None


def test_days_are_of_utc():
    from datetime import timedelta, timezone

    site = load_profile(GOOD, "essai", {})
    tree = html.document_fromstring("<html><body><div class=body></div></body></html>")
    hanoi = timezone(timedelta(hours=7))
    assert site.layout_for(tree, datetime(2024, 1, 1, 6, 59, tzinfo=hanoi)).id == "old"
    assert site.layout_for(tree, datetime(2024, 1, 1, 7, 0, tzinfo=hanoi)).id == "new"


def test_all_probes_must_match():
    text = 'name="x"\ndomains=["x.example"]\n[[layout]]\nid="a"\nprobe=["p.a", "xpath://b", "css:i"]\n'
    site = load_profile(text, "x", {})
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert site.layout_for(html.document_fromstring("<p class=a><b></b><i></i>"), now)
    assert site.layout_for(html.document_fromstring("<p class=a><b></b>"), now) is None
