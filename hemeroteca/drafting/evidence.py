"""What lists and the page itself say of an article, without asking the extractor.

A *claim* is a text and the family of sources that makes it: those of one family are written by one hand (og:
and twitter: titles), those of different families agree only where the thing is so. What a family says of
every sample alike is about the site, not about the article, and does not count.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

from attrs import frozen

from archive.dates import parse_date
from archive.extract.found import key
from archive.extract.generic import plain_lines
from archive.extract.page import ld_text, parse
from archive.extract.title import site_names, without_site
from archive.model import Page
from archive.text import break_paragraphs, weight
from hemeroteca.drafting.survey import Sample

FieldName = Literal["title", "lead", "published", "authors", "section", "body"]
FIELDS: tuple[FieldName, ...] = ("title", "lead", "published", "authors", "section", "body")
FEWEST = 3
"""Samples from which on agreement is no accident."""
_OUTSIDE = frozenset(("feed", "sitemap", "section", "front"))
"""Families that stand outside the page."""
_CUT = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?|\[&hellip;\])\s*$")
_NAME_BESIDE = re.compile(r"\s+[|•·»–—-]\s+|\s*[|｜_]\s*")
"""What stands between a title and the name of the paper."""
_SHORTEST_LEAD, _SHORTEST_TEXT = 40, 200
_LONGEST_CLAIM = 4_000
_LONGEST_TEXT = 60_000


@frozen(kw_only=True)
class Truth:
    """What a field of a sample is, by evidence. Texts are kept as `archive.extract.found.key` folds them."""

    values: tuple[str, ...]
    """Of authors several, of a date one in ISO 8601; else one."""
    sources: tuple[str, ...]


Claims = list[tuple[str, tuple[str, ...]]]


def truths(samples: Sequence[Sample], paper: str) -> dict[FieldName, list[Truth | None]]:
    """Return what each field of each sample is; None where nothing tells, or where sources contradict."""
    found: dict[FieldName, list[Truth | None]] = {}
    for name in FIELDS:
        around = _name_around(samples) if name == "title" else ("", "")
        claims = [list(_claims(name, sample, paper, around)) for sample in samples]
        chrome = _chrome(name, claims)
        found[name] = [_truth(name, [one for one in said if one not in chrome]) for said in claims]
    return found


def _name_around(samples: Sequence[Sample]) -> tuple[str, str]:
    """Return what the titles of all pages begin with and end with, where a name of the paper is there."""
    titles = sorted({sample.parsed.title[:_LONGEST_CLAIM] for sample in samples})
    if len(titles) < FEWEST:
        return "", ""
    before = list(_NAME_BESIDE.finditer(shared_start(titles)))
    ending = shared_start([title[::-1] for title in titles])[::-1]
    after = _NAME_BESIDE.search(ending)
    return titles[0][: before[-1].end()] if before else "", ending[after.start() :] if after else ""


def _claims(
    name: FieldName, sample: Sample, paper: str, around: tuple[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if name == "title":
        claims: Iterable[tuple[str, tuple[str, ...]]] = _titles(sample, paper, around)
    elif name == "lead":
        claims = _leads(sample)
    elif name == "published":
        claims = _dates(sample)
    elif name == "authors":
        claims = _authors(sample)
    elif name == "section":
        claims = ((one.by, (key(one.section),)) for one in sample.mentions if one.section)
    else:
        claims = _texts(sample)
    for family, values in claims:
        if values and all(values):
            yield family, values


def _chrome(name: FieldName, claims: Sequence[Claims]) -> set[tuple[str, tuple[str, ...]]]:
    """Return the claims that are made of all samples; of texts, which are never the same, of several."""
    counts = Counter(claim for said in claims for claim in set(said))
    families = Counter(family for said in claims for family in {family for family, _ in said})
    texts = name in ("title", "lead", "body")
    return {
        claim
        for claim, count in counts.items()
        if count >= FEWEST and (texts or count == families[claim[0]] == len(claims))
    }


def _truth(name: FieldName, claims: Claims) -> Truth | None:
    """Return what most families say. A claim of the page alone does not do where it could be wrong alike."""
    families: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for family, values in claims:
        families[values].add(family)
    if not families:
        return None
    if name in ("published", "lead", "body"):  # held against the page itself
        first = claims[0]
        return Truth(values=first[1], sources=tuple(sorted(families[first[1]])))
    ranked = sorted(families.items(), key=lambda it: -len(it[1]))
    values, sources = ranked[0]
    if len(ranked) > 1 and len(ranked[1][1]) == len(sources):
        return None
    if len(sources) < 2 and not sources & _OUTSIDE:
        return None
    return Truth(values=values, sources=tuple(sorted(sources)))


def _titles(sample: Sample, paper: str, around: tuple[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    parsed = sample.parsed
    names = [*site_names(parsed), paper]
    said: list[tuple[str, str]] = [(one.by, one.link.title or "") for one in sample.mentions]
    said += [("ld", ld_text(node.get("headline"))) for node in parsed.articles[:1]]
    said += [("meta", parsed.first_meta("og:title", "twitter:title") or ""), ("title", parsed.title)]
    for family, whole in said:
        bare = whole[:_LONGEST_CLAIM].removeprefix(around[0]).removesuffix(around[1])
        text = without_site(bare, names)
        if text and not _CUT.search(text):
            yield family, (key(text),)


def _leads(sample: Sample) -> Iterator[tuple[str, tuple[str, ...]]]:
    parsed, body = sample.parsed, [key(block.text) for block in sample.article.blocks]
    said: list[tuple[str, str]] = [(one.by, one.summary or "") for one in sample.mentions]
    said += [("ld", ld_text(node.get("description"))) for node in parsed.articles[:1]]
    said.append(("meta", parsed.first_meta("og:description", "description", "twitter:description") or ""))
    title = key(sample.article.title or "")
    for family, text in said:
        folded = key(_CUT.sub("", text[:_LONGEST_CLAIM]))
        if weight(folded) < _SHORTEST_LEAD or folded == title:
            continue
        if not any(folded in block or (block and block in folded) for block in body):  # the text's own words
            yield family, (folded,)


def _dates(sample: Sample) -> Iterator[tuple[str, tuple[str, ...]]]:
    parsed, now = sample.parsed, sample.page.fetched_at
    for by in ("feed", "sitemap", "section", "front"):
        # A sitemap's date without a title is that of the last edit.
        told = (one for one in sample.mentions if one.by == by and (one.by != "sitemap" or one.link.title))
        yield from ((by, (one.link.date,)) for one in told if one.link.date)
    stated = [("ld", node.get("datePublished")) for node in parsed.articles[:1]]
    stated.append(
        ("meta", parsed.first_meta("article:published_time", "datepublished", "pubdate", "dc.date.issued"))
    )
    for family, raw in stated:
        iso = parse_date(raw[:100], now=now) if isinstance(raw, str) else None
        if iso:
            yield family, (iso,)


def _authors(sample: Sample) -> Iterator[tuple[str, tuple[str, ...]]]:
    parsed = sample.parsed
    yield from ((one.by, tuple(sorted({*map(key, one.authors)}))) for one in sample.mentions if one.authors)
    for node in parsed.articles[:1]:
        stated = node.get("author")
        named = [ld_text(one) for one in (stated if isinstance(stated, list) else [stated])[:20]]
        yield "ld", tuple(sorted({key(name) for name in named if name}))
    meta = parsed.meta.get("author") or parsed.meta.get("article:author") or []
    yield "meta", tuple(sorted({key(name) for name in meta[:20] if "://" not in name}))


def _texts(sample: Sample) -> Iterator[tuple[str, tuple[str, ...]]]:
    for mention in sample.mentions:
        folded = key(_plain_text(mention.text[:_LONGEST_TEXT], sample.page)) if mention.text else ""
        if weight(folded) >= _SHORTEST_TEXT:
            yield mention.by, (folded,)
    for node in sample.parsed.articles[:1]:
        text = node.get("articleBody")
        folded = key(plain_lines(text[:_LONGEST_TEXT])) if isinstance(text, str) else ""
        if weight(folded) >= _SHORTEST_TEXT:
            yield "ld", (folded,)


def _plain_text(markup: str, page: Page) -> str:
    """Return the text of a piece of HTML, as displayed."""
    body = f"<!DOCTYPE html><html><body>{markup}</body></html>".encode("utf-8", "replace")
    parsed = parse(
        Page(url=page.url, payload=body, content_type="text/html; charset=utf-8", fetched_at=page.fetched_at)
    )
    return " ".join(break_paragraphs(parsed.tree)) if parsed is not None else ""


def shared_start(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    first, last = min(texts), max(texts)
    length = next(
        (place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None
    )
    return first[:length]


def near(first: str, second: str) -> bool:
    """Tell whether two dates in ISO 8601 are of one publication.

    Within two hours they are; where one names no zone, if whole quarters of an hour part them; where one
    names no time, if no more than a day does.
    """
    try:
        a, b = datetime.fromisoformat(first), datetime.fromisoformat(second)
    except ValueError:
        return False
    apart = (_aware(a) - _aware(b)).total_seconds()
    if "T" not in first or "T" not in second:
        return abs((a.date() - b.date()).days) <= 1
    if (a.tzinfo is None) == (b.tzinfo is None):
        return abs(apart) <= 2 * 3600
    return abs(apart) <= 15 * 3600 and min(apart % 900, 900 - apart % 900) <= 90


def lacks_zone(given: str | None, truth: Truth) -> bool:
    """Tell whether a date is the evidence's, but says nothing of the time zone, which the evidence tells."""
    moments = (given or "", truth.values[0])
    if not all("T" in one for one in moments) or not near(*moments):
        return False
    own, told = map(datetime.fromisoformat, moments)
    return own.tzinfo is None and told.tzinfo is not None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
