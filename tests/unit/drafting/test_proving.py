from __future__ import annotations

import time

import pytest

from archive.extract.found import key
from hemeroteca.drafting.evidence import FIELDS, Truth, lacks_zone, near, truths
from hemeroteca.drafting.layouts import layouts_of
from hemeroteca.drafting.proving import judge
from tests.unit.drafting.papers import PARAGRAPHS, body_of, feed, sample_of, section, title_of

PAPER = "Le Journal"


def odd_page(lang, n, *, more="", slot="<div class='k9'>{title}</div>", head=""):
    """A page whose only heading is the paper's name."""
    title = slot.format(title=title_of(lang, n), n=n)
    return (
        f"<html lang={lang}><head><title>{PAPER}</title>{head}</head><body><div><h1>{PAPER}</h1></div><div>{title}{more}"
        f"<div class='texte'>{body_of(lang, n)}</div></div></body></html>"
    )


def judged(name, samples):
    return judge(name, samples, truths(samples, PAPER)[name])


@pytest.mark.parametrize("lang", ["fr", "vi", "zh", "ar", "th"])
def test_a_headline_that_only_the_feed_tells(lang):
    samples = [sample_of(odd_page(lang, n), n, feed(n, title_of(lang, n))) for n in range(4)]
    found = judged("title", samples)
    assert found.known == {0, 1, 2, 3}
    assert not found.generic
    assert found.is_chrome
    assert found.source == "css:div.k9"
    assert found.right == {0, 1, 2, 3}


def test_no_rule_where_the_generic_extractor_is_right():
    page = "<html lang=fr><head><title>{t} | Le Journal</title></head><body><article><h1 class=q>{t}</h1>{b}</article></body></html>"
    samples = [
        sample_of(page.format(t=title_of("fr", n), b=body_of("fr", n)), n, feed(n, title_of("fr", n)))
        for n in range(5)
    ]
    found = judged("title", samples)
    assert len(found.generic) == 5
    assert found.source is None


def test_two_samples_are_too_few():
    samples = [sample_of(odd_page("fr", n), n, feed(n, title_of("fr", n))) for n in range(2)]
    assert judged("title", samples).source is None


def test_what_is_the_same_on_every_sample_is_the_sites_own():
    """A feed that says the same of every story, and a page that shows just that, prove nothing."""
    samples = [
        sample_of(
            odd_page("fr", n, more="<b class=s>Le fil de la rédaction</b>"),
            n,
            feed(n, "Le fil de la rédaction"),
        )
        for n in range(4)
    ]
    assert judged("title", samples).known == frozenset()
    fixed = [
        sample_of(odd_page("fr", n, more="<b class=r>Monde</b>"), n, section(n, "Monde")) for n in range(4)
    ]
    assert judged("section", fixed).source is None


def test_sources_that_contradict_each_other_tell_nothing():
    samples = [
        sample_of(
            odd_page("fr", n), n, feed(n, title_of("fr", n)), feed(n, f"Autre chose, dit le fil numéro {n}")
        )
        for n in range(4)
    ]
    assert judged("title", samples).known == frozenset()


def test_a_rule_that_is_wrong_somewhere_is_none():
    """The place holds the headline on three pages, and another text on the fourth."""
    samples = [sample_of(odd_page("fr", n), n, feed(n, title_of("fr", n))) for n in range(3)]
    html = odd_page("fr", 7, slot="<div class='k9'>Nos partenaires du jour</div><div class='w'>{title}</div>")
    samples.append(sample_of(html, 7, feed(7, title_of("fr", 7))))
    assert judged("title", samples).source is None


def test_a_section_in_the_page_and_one_in_a_meta_element():
    names = ("Monde", "Économie", "Monde", "Sport")
    shown = [
        sample_of(odd_page("fr", n, more=f"<i class=rub>{name}</i>"), n, section(n, name))
        for n, name in enumerate(names)
    ]
    found = judged("section", shown)
    assert (found.source, len(found.right)) == ("css:i.rub", 4)
    hidden = [
        sample_of(
            odd_page("fr", n, head=f"<meta name='sailthru.rubrique' content='{name}'>"), n, section(n, name)
        )
        for n, name in enumerate(names)
    ]
    assert judged("section", hidden).source == "meta:sailthru.rubrique"


def test_a_date_in_an_attribute_and_authors_in_names_that_say_nothing():
    dates = [f"2026-02-{10 + n}T06:15:00+00:00" for n in range(4)]
    samples = []
    for n, date in enumerate(dates):
        more = f"<div class=u1 data-date='2026-02-{10 + n} 07:15'></div><i class=u2>Léonie Roux{n}</i><i class=u2>Trần Văn An</i>"
        authors = (f"Léonie Roux{n}", "Trần Văn An")
        samples.append(sample_of(odd_page("fr", n, more=more), n, feed(n, date=date, authors=authors)))
    published, authors = judged("published", samples), judged("authors", samples)
    assert published.source == "css:div.u1::attr(data-date)"
    assert authors.source == "css:i.u2"
    assert len(published.right) == len(authors.right) == 4


def test_a_text_that_only_a_full_feed_tells():
    """The generic extractor takes the notice, which is longer, for the text."""
    samples = []
    for n in range(4):
        lines = [PARAGRAPHS["fr"].format(n=n + step) for step in (0, 10, 20)]
        text = "".join(f"<li><a href='/monde/x-{n}.html'>{line}</a></li>" for line in lines)
        notice = "".join(f"<p>{PARAGRAPHS['vi'].format(n=step)}</p>" for step in range(8))
        html = f"<html lang=fr><body><h1>{title_of('fr', n)}</h1><ul class=corps>{text}</ul><div>{notice}</div></body></html>"
        full = "".join(f"<p>{line}</p>" for line in lines)
        samples.append(sample_of(html, n, feed(n, title_of("fr", n), text=full)))
    found = judged("body", samples)
    assert len(found.known) == 4
    assert not found.generic
    assert found.source == "css:ul.corps > li"


def test_names_that_are_no_names_make_no_selector():
    slot = """<div class='a"b ]{{}} 1x é' id="x'\\"][*">{title}</div>"""
    samples = [sample_of(odd_page("fr", n, slot=slot), n, feed(n, title_of("fr", n))) for n in range(4)]
    found = judged("title", samples)
    assert found.source is None or all(sign not in found.source for sign in "\"'[]{}\\*é")


def test_templates_are_told_apart_by_a_probe():
    """A rule for one template must not take from the other what the generic extractor finds there."""
    plain = "<html lang=fr><head><title>{t}</title></head><body><article class=usual><h1>{t}</h1>{b}</article></body></html>"
    samples = [sample_of(odd_page("fr", n), n, feed(n, title_of("fr", n))) for n in range(4)]
    samples += [
        sample_of(plain.format(t=title_of("fr", n), b=body_of("fr", n)), n, feed(n, title_of("fr", n)))
        for n in range(20, 24)
    ]
    found = judged("title", samples)
    assert found.lost == {4, 5, 6, 7}
    first, second = layouts_of([found], samples, [])
    assert (first.samples, first.rules) == ({0, 1, 2, 3}, (found,))
    assert first.probe in {"div.k9", "div.texte"}
    assert (second.samples, second.rules, second.probe) == ({4, 5, 6, 7}, (), "article.usual")
    # With nothing to tell them apart, there is no rule.
    twins = [
        sample_of(
            odd_page("fr", n, slot="<div class=k9></div><p class=q>{title}</p>"),
            n,
            feed(n, title_of("fr", n)),
        )
        for n in range(30, 32)
    ]
    assert layouts_of([found], [*samples[:4], *samples[:4]], []) == ()
    assert judged("title", twins).source is None


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2026-02-10T06:15:00+00:00", "2026-02-10T13:15:00+07:00", True),
        ("2026-02-10T06:15:00+00:00", "2026-02-10T09:15:00+00:00", False),
        ("2026-02-10T13:15:00", "2026-02-10T06:15:00+00:00", True),
        ("2026-02-10T13:17:40", "2026-02-10T06:15:00+00:00", False),
        ("2026-02-10", "2026-02-09T23:15:00+00:00", True),
        ("2026-02-10", "2026-02-12T23:15:00+00:00", False),
        ("soon", "2026-02-10", False),
    ],
)
def test_when_two_dates_are_one(first, second, same):
    assert near(first, second) is same
    assert near(second, first) is same


def test_a_hostile_page_costs_no_more_than_its_share():
    """A text nested a thousandfold, thousands of dates and names: bounded, whatever comes of it."""
    whole = " ".join(PARAGRAPHS["fr"].format(n=n) for n in range(600))
    full = f"<p>{whole}</p>"
    nested = "<div class=d><section class=e>" * 400 + whole[:40_000] + "</section></div>" * 400
    spans = "".join(
        f"<span class='c{n}' title='2026-02-{1 + n % 28:02} 08:15'>2026-02-11 {n}</span>"
        for n in range(6_000)
    )
    samples = []
    for n in range(3):
        html = odd_page("fr", n, more=nested + spans)
        said = feed(
            n, title_of("fr", n), text=full, date=f"2026-02-{10 + n}T07:15:00+00:00", authors=("Léonie Roux",)
        )
        samples.append(sample_of(html, n, said))
    before = time.process_time()
    told = truths(samples, PAPER)
    for name in FIELDS:
        judge(name, samples, told[name])
    assert time.process_time() - before < 30


@pytest.mark.parametrize("lang", ["fr", "vi", "zh", "ar", "th"])
@pytest.mark.parametrize("pattern", ["{} - Gazette de la Baie", "{} | 海风日报", "Gazette – {}"])
def test_a_headline_with_the_papers_name_is_not_the_headline(lang, pattern):
    """Neither where one list tells the headline, nor where the page says both times the headline and its name."""
    samples = []
    for n in range(5):
        title = title_of(lang, n)
        whole = pattern.format(title)
        html = (
            f"<html lang={lang}><head><title>{whole}</title><meta property='og:title' content='{whole}'></head>"
            f"<body><div><b class=z3>{title}</b> · {n + 3} min</div><div class=z7>{body_of(lang, n)}</div></body></html>"
        )
        samples.append(sample_of(html, n, feed(n, title)))
    assert key(samples[0].article.title) != key(title_of(lang, 0))
    found = judged("title", samples)
    assert not found.generic
    assert (found.known, found.source) == ({0, 1, 2, 3, 4}, "css:b.z3")


def test_a_small_difference_between_headlines_is_none():
    """One that the feed has corrected since, or cut; a piece of a headline is not the headline."""
    page = "<html lang=fr><body><article><h1>{t}</h1>{b}</article></body></html>"
    shown = [title_of("fr", n) for n in range(4)]
    told = [
        shown[0].replace("rouvre", "rouvrira"),
        shown[1],
        f"{shown[2]}, enfin",
        f"{PARAGRAPHS['vi']} {shown[3]}",
    ]
    samples = [
        sample_of(page.format(t=title, b=body_of("fr", n)), n, feed(n, told[n]))
        for n, title in enumerate(shown)
    ]
    assert judged("title", samples).generic == {0, 1, 2}


@pytest.mark.parametrize(
    ("given", "told", "lacks"),
    [
        ("2026-02-10T08:15:00", "2026-02-10T08:15:00+01:00", True),
        ("2026-02-10T08:15:00+01:00", "2026-02-10T07:15:00+00:00", False),
        ("2026-02-10T08:15:00", "2026-02-10T08:15:00", False),
        ("2026-02-10T08:15:00", "2026-02-12T08:15:00+01:00", False),
        ("2026-02-10", "2026-02-10T08:15:00+01:00", False),
        (None, "2026-02-10T08:15:00+01:00", False),
    ],
)
def test_a_date_without_the_zone_that_evidence_tells(given, told, lacks):
    assert lacks_zone(given, Truth(values=(told,), sources=("feed",))) is lacks
