"""The draft as text: what stands in pages is data in it, and the strict loader takes it."""

from __future__ import annotations

import tomllib

import pytest
from attrs import evolve

from archive.extract.page import parse
from archive.model import Page
from archive.sites.profile import load_profile
from crawler.discovery.links import Candidate, Scope
from crawler.discovery.sections import feeds_of, generic_stories, sections_of
from hemeroteca.drafting import front as front_module
from hemeroteca.drafting.draft import draft_of
from hemeroteca.drafting.evidence import Truth
from hemeroteca.drafting.front import Front, language_tag
from hemeroteca.drafting.patterns import dated
from hemeroteca.drafting.survey import Lists, Mention, Survey
from hemeroteca.drafting.toml import toml_of
from hemeroteca.drafting.zones import guess_zone
from tests.unit.drafting.papers import HOST, NOW, body_of, feed, sample_of, title_of

EVIL = 'x"\n[[layout]]\nid = "evil"\r\x00\x1b[31m\u2028\u202e"""\'\'\' \\u0041 \ud800'


def front_of(html, *, sitemaps=(), url=HOST + "/", crawl_delay=None):
    parsed = parse(
        Page(
            url=url,
            payload=html.encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
            fetched_at=NOW,
        )
    )
    assert parsed is not None
    scope = Scope.of(None, url)
    return Front(
        url=url,
        host=url.split("/")[2],
        scope=scope,
        title=front_module._name_of(parsed) or "Le Journal",
        lang=language_tag(parsed.declared_lang),
        sections=tuple(sections_of(parsed, scope)),
        feeds=tuple(feeds_of(parsed)),
        sitemaps=tuple(sitemaps),
        stories=tuple(generic_stories(parsed, scope)),
        editions=front_module._editions(parsed, None),
        crawl_delay=crawl_delay,
        is_private=False,
        parsed=parsed,
    )


def load(text):
    return load_profile(text, "journal", {}), tomllib.loads(text)


def test_whatever_a_page_says_stays_data():
    """Names, addresses, hreflang, feeds: quoted, or one line of comment; no key, no table, no control character."""
    evil = EVIL.replace('"', "&quot;")
    html = (
        f'<html lang="fr"><head><title>{evil}</title><meta property="og:site_name" content="{evil}">'
        f'<link rel="alternate" hreflang="vi" href="https://vn.example/{evil}">'
        f'<link rel="alternate" hreflang="{evil}" href="/x">'
        f'<link rel="alternate" type="application/rss+xml" href="/rss/{{year}}{evil}.xml"></head>'
        f'<body><nav><a href="/monde/{{month:9999999999}}/">{evil[:30]}</a><a href="/sport/">{evil[:38]}</a></nav></body></html>'
    )
    front = front_of(html, sitemaps=[f"{HOST}/{{year}}{{evil}}.xml", f"{HOST}/a'b\"c.xml"], crawl_delay=2.5)
    mentions = [Mention(by="section", via=f"{HOST}/{EVIL}", link=one, section=EVIL) for one in front.stories]
    lists = Lists(
        mentions=tuple(mentions), pages=(front.parsed,), turning=((f"{HOST}/{EVIL}", f"{HOST}/{EVIL}"),)
    )
    text = toml_of(draft_of(Survey(front=front, lists=lists)))
    site, table = load(text)
    assert set(table) <= {"name", "domains", "discover", "politeness", "expect", "article_id"}
    assert site.layouts == ()
    assert site.politeness.delay == 2.5
    assert all(char.isprintable() or char == "\n" for char in text)
    assert all(len(line) < 4_200 for line in text.splitlines())
    assert len(site.title) <= 120
    text.encode("utf-8")


def test_a_page_of_nothing_but_lists_of_everything_is_bounded():
    links = "".join(f'<a hreflang="a{chr(97 + n % 26)}" href="/e{n}/">x</a>' for n in range(5_000))
    nav = "".join(f'<a href="/s{n}/">Section {n}</a>' for n in range(5_000))
    feeds = "".join(f'<link rel=alternate type="application/rss+xml" href="/f{n}.xml">' for n in range(5_000))
    front = front_of(f"<html><head>{feeds}</head><body>{links}<nav>{nav}</nav></body></html>")
    text = toml_of(draft_of(Survey(front=front, lists=Lists())))
    load(text)
    assert len(text) < 20_000


def test_rules_are_in_the_draft_and_say_how_many_samples_agree():
    page = (
        "<html lang=vi><head><title>Le Journal</title></head><body><div><h1>Le Journal</h1></div>"
        "<div class=k9>{t}</div><div class=texte>{b}</div></body></html>"
    )
    samples = tuple(
        sample_of(page.format(t=title_of("vi", n), b=body_of("vi", n)), n, feed(n, title_of("vi", n)))
        for n in range(6)
    )
    front = front_of("<html lang=vi><title>Le Journal</title></html>")
    draft = draft_of(Survey(front=front, lists=Lists(), asked=7, samples=samples))
    text = toml_of(draft)
    site, table = load(text)
    assert draft.rules == 1
    assert table["layout"][0]["title"] == "css:div.k9"
    assert "6 of 6 samples agree; generic: 0" in text
    assert "6 of 7 articles" in text
    assert table["lang"] == "vi"
    assert table["expect"]["fill"] == {"title": 0.9, "body": 0.9}
    assert site.expect.articles is None


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (["/news-2026-1.xml", "/news-2026-2.xml", "/news-2026-3.xml"], "/news-{year}-{month}.xml"),
        (["/news-2026-01.xml", "/news-2026-02.xml", "/news-2025-11.xml"], "/news-{year}-{month:02}.xml"),
        (
            ["/s/2026/02/28.xml", "/s/2026/03/01.xml", "/s/2026/03/02.xml"],
            "/s/{year}/{month:02}/{day:02}.xml",
        ),
        (["/y2025.xml", "/y2026.xml"], "/y{year}.xml"),
        (["/a-202602.xml", "/a-202603.xml"], "/a-{year}{month:02}.xml"),
    ],
)
def test_patterns_of_sitemaps(urls, expected):
    found = dated([HOST + url for url in urls], NOW)
    assert (found[0].pattern, found[0].covered) == (HOST + expected, len(urls))
    assert found[0].is_current


def test_patterns_that_are_none_or_of_the_past():
    assert dated([f"{HOST}/map-1.xml", f"{HOST}/map-2.xml", f"{HOST}/a-2026.xml"], NOW) == []
    assert not dated([f"{HOST}/m-2019-01.xml", f"{HOST}/m-2019-02.xml"], NOW)[0].is_current
    assert dated([f"{HOST}/{{x}}-2026-01.xml", f"{HOST}/{{x}}-2026-02.xml"], NOW) == []


def zoned(lang, published, told=None, url=HOST + "/"):
    page = (
        "<html lang={l}><head><meta property='article:published_time' content='{p}'></head>"
        "<body><article><h1>{t}</h1>{b}</article></body></html>"
    )
    samples = [
        sample_of(page.format(l=lang, p=iso, t=title_of(lang, n), b=body_of(lang, n)), n)
        for n, iso in enumerate(published)
    ]
    truths = [
        Truth(values=(iso,), sources=("feed",)) if iso else None for iso in told or [None] * len(samples)
    ]
    return guess_zone(samples, truths, url)


@pytest.mark.parametrize(
    ("lang", "published", "url", "zone"),
    [
        ("vi", ["2026-02-10T08:15:00+07:00"], HOST, "Asia/Ho_Chi_Minh"),
        ("fr", ["2026-02-10T08:15:00+07:00"], "https://fr.journal.vn/", "Asia/Ho_Chi_Minh"),
        ("fr", ["2026-02-10T08:15:00+01:00"], "https://journal.fr/", "Europe/Paris"),
        ("fr", ["2026-02-10T08:15:00+01:00"], HOST, None),  # Paris or Tunis
        ("fr", ["2026-02-10T08:15:00+01:00", "2025-07-10T08:15:00+02:00"], HOST, "Europe/Paris"),
        ("fr", ["2026-02-10T07:15:00+00:00"], "https://journal.fr/", None),  # UTC is nobody's wall clock
        ("fr", ["2026-02-10T08:15:00+05:00"], "https://journal.fr/", None),
        ("zh", ["2026-02-10T08:15:00+08:00"], HOST, "Asia/Shanghai"),
        ("th", ["2026-02-10T08:15:00+07:00"], "https://journal.io/", "Asia/Bangkok"),
        ("ar", ["2026-02-10T08:15:00+03:00"], HOST, None),
        (
            "fr",
            ["2026-02-10T08:15:00-03:00"],
            "https://journal.com.br/",
            None,
        ),  # ten zones, told apart before 2019
    ],
)
def test_a_zone_only_where_it_is_certain(lang, published, url, zone):
    found = zoned(lang, published, url=url)
    assert found.name == zone
    assert found.reason


def test_a_time_without_a_zone_beside_the_instant_that_a_feed_gives():
    told = ["2026-02-10T01:15:00+00:00", "2026-02-11T02:00:00+00:00"]
    assert zoned("vi", ["2026-02-10T08:15:00", "2026-02-11T09:00:00"], told).name == "Asia/Ho_Chi_Minh"
    assert zoned("vi", ["2026-02-10T08:22:00", "2026-02-11T09:07:00"], told).name is None
    assert zoned("vi", ["2026-02-10", ""], told).name is None


def test_hosts_on_which_lists_name_articles_belong_to_the_paper():
    front = front_of("<html lang=fr><title>Le Journal</title></html>")
    links = [f"https://sport.journal.example/a/un-titre-de-journal-{n}.html" for n in range(10_000, 10_004)]
    links += [
        "https://blog.journal.example/a/un-titre-de-journal-10009.html",
        "https://other.example/a-b-c-d-e-f.html",
    ]
    mentions = tuple(Mention(by="front", via=HOST, link=Candidate(url=url)) for url in links)
    text = toml_of(draft_of(Survey(front=front, lists=Lists(mentions=mentions))))
    assert load(text)[1]["domains"] == ["journal.example", "sport.journal.example"]


@pytest.mark.parametrize(
    ("lang", "url", "zone", "written"),
    [
        ("fr", HOST + "/", "+01:00", None),
        ("th", HOST + "/", "+07:00", "Asia/Bangkok"),
        ("fr", "https://journal.fr/", "+01:00", "Europe/Paris"),
    ],
)
def test_times_without_the_zone_that_the_feed_tells(lang, url, zone, written):
    """Where evidence leaves one zone it is written, and the profile reads with it; else the draft says what lacks."""
    page = (
        "<html lang={l}><body><article><h1>{t}</h1><p class=d><time>2026-02-{d} 08:15</time></p>{b}</article>"
        "</body></html>"
    )
    samples = tuple(
        sample_of(
            page.format(l=lang, d=10 + n, t=title_of(lang, n), b=body_of(lang, n)),
            n,
            feed(n, title_of(lang, n), date=f"2026-02-{10 + n}T08:15:00{zone}"),
        )
        for n in range(4)
    )
    assert samples[0].article.published == "2026-02-10T08:15:00"
    front = front_of(f"<html lang={lang}><title>Le Journal</title></html>", url=url)
    draft = draft_of(Survey(front=front, lists=Lists(), wanted=4, asked=4, samples=samples))
    text = toml_of(draft)
    assert load(text)[1].get("timezone") == written
    assert (
        "published: the generic extractor agrees with 4 of 4 samples; in 4 without the time zone" in text
    ) is (written is None)
    assert draft.unzoned == (0 if written else 4)


def test_one_is_one_and_too_few_are_said():
    page = "<html lang=fr><body><article><h1>{t}</h1>{b}</article></body></html>"
    sample = sample_of(page.format(t=title_of("fr", 1), b=body_of("fr", 1)), 1, feed(1, title_of("fr", 1)))
    front = front_of("<html lang=fr><title>Le Journal</title></html>")
    found = Survey(front=front, lists=Lists(), wanted=8, asked=1, samples=(sample,))
    text = toml_of(draft_of(found))
    assert "1 of 1 article that was looked at could be read" in text
    assert "the generic extractor agrees with 1 of 1 sample\n" in text
    assert "Too few samples for rules: 1, and 3 are needed; draft again with --article URL" in text
    few = evolve(found, wanted=1)
    assert "3 are needed; draft again with more --samples" in toml_of(draft_of(few))
    assert "Too few" not in toml_of(draft_of(Survey(front=front, lists=Lists())))
