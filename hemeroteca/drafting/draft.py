"""A survey → what a first profile says, with what speaks for each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from attrs import evolve, frozen

from archive.counting import count_of
from archive.extract import extract
from archive.model import Article
from archive.sites.profile import load_profile
from crawler.discovery.article_ids import ArticleIds, guess_article_id
from hemeroteca.drafting.evidence import FEWEST, FIELDS, FieldName, Truth, lacks_zone, near, truths
from hemeroteca.drafting.layouts import DraftedLayout, layouts_of
from hemeroteca.drafting.patterns import dated
from hemeroteca.drafting.proving import Judgement, is_right, judge, values_in
from hemeroteca.drafting.survey import Sample, Survey, languages, stories_in
from hemeroteca.drafting.toml import toml_of
from hemeroteca.drafting.zones import ZoneGuess, guess_zone

_ENOUGH = 5
"""Samples from which on floors are drawn from them."""
_MOST_FRESH = 5
_MOST_FEEDS, _MOST_HOSTS = 20, 10
_FLOORS: tuple[FieldName, ...] = ("title", "lead", "body", "published", "authors")
_ALWAYS = frozenset(("title", "body", "published"))


@frozen(kw_only=True)
class Draft:
    """What a profile is written from."""

    name: str
    title: str
    domains: tuple[str, ...]
    lang: str | None
    lang_note: str
    editions: tuple[tuple[str, str], ...]
    zone: ZoneGuess
    sections: tuple[tuple[str, str], ...]
    """(address, name)."""
    feeds: tuple[str, ...]
    sitemaps: tuple[tuple[str, str], ...]
    """(address or pattern, what it is)."""
    past_sitemaps: tuple[str, ...]
    """Patterns that hold for former months only."""
    turning: tuple[tuple[str, str], ...]
    article_id: ArticleIds | None
    """None where the addresses show no clear pattern."""
    crawl_delay: float | None
    private: bool
    floors: tuple[tuple[str, float], ...]
    least_listed: int | None
    wanted: int
    asked: int
    samples: int
    judged: tuple[Judgement, ...]
    layouts: tuple[DraftedLayout, ...]
    unzoned: int = 0
    """Samples whose time the profile reads without the time zone, which evidence tells."""

    @property
    def rules(self) -> int:
        """Fields that have a rule."""
        return sum(one.source is not None for one in self.judged)

    @property
    def shortage(self) -> str | None:
        """What is missing, where too few articles could be looked at for a rule."""
        if not self.wanted or self.samples >= FEWEST:
            return None
        told = f"Too few samples for rules: {self.samples}, and {FEWEST} are needed"
        if self.wanted < FEWEST:
            return f"{told}; draft again with more --samples"
        return f"{told}; draft again with --article URL for each of {FEWEST} articles or more"


def draft_of(found: Survey) -> Draft:
    """Return the draft of a survey. Its rules are proved once more: the profile reads every sample."""
    front, samples = found.front, found.samples
    told = truths(samples, front.title)
    judged = tuple(judge(name, samples, told[name]) for name in FIELDS)
    lang, note = _language(found)
    stories = [one.link.url for one in stories_in(found.lists.mentions, front.scope)]
    stories += [one.url for one in front.stories]
    sections = tuple((one.url, one.title or "") for one in front.sections)
    sitemaps, past = _sitemaps(found)
    draft = Draft(
        name=front.name,
        title=front.title,
        domains=_hosts(found),
        lang=lang,
        lang_note=note,
        editions=front.editions,
        zone=guess_zone(samples, told["published"], front.url),
        sections=sections,
        feeds=tuple(dict.fromkeys((*front.feeds, *found.lists.feeds)))[:_MOST_FEEDS],
        sitemaps=sitemaps,
        past_sitemaps=past,
        turning=found.lists.turning[:3],
        article_id=guess_article_id(stories, [address for address, _ in sections]),
        crawl_delay=front.crawl_delay,
        private=front.is_private,
        floors=(),
        least_listed=_least_listed(found),
        wanted=found.wanted,
        asked=found.asked,
        samples=len(samples),
        judged=judged,
        layouts=(),
    )
    return _proved(draft, found, told)


def _hosts(found: Survey) -> tuple[str, ...]:
    """Return the host of the front page, and those of the paper's other hosts that lists name articles on."""
    links = {one.link.url for one in stories_in(found.lists.mentions, found.front.scope)}
    counts = Counter(urlsplit(url).netloc.rpartition("@")[2].lower() for url in links)
    others = (host for host, count in counts.most_common(_MOST_HOSTS) if count >= FEWEST)
    return tuple(dict.fromkeys((found.front.host, *others)))


def _language(found: Survey) -> tuple[str | None, str]:
    """Return the language of all samples, where the host has no edition in another; and what to say of it."""
    counts = languages(found.samples)
    if not found.samples:
        return None, ""
    told = ", ".join(f"{lang} ({count})" for lang, count in counts.most_common(12)) or "not told"
    here = [url for _, url in found.front.editions if found.front.scope.contains(url)]
    if len(counts) == 1 and sum(counts.values()) == len(found.samples) >= 3 and not here:
        return next(iter(counts)), f"of all {len(found.samples)} samples"
    return None, f"samples are in: {told}"


def _sitemaps(found: Survey) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the sitemaps; of an index of months its pattern and its news sitemaps, where it goes on."""
    now = found.front.parsed.page.fetched_at
    shards = dict(found.lists.shards)
    chosen: dict[str, str] = {}
    past: list[str] = []
    for url in (*found.front.sitemaps, *found.lists.found):
        named = shards.get(url, ())
        patterns = dated([shard.url for shard in named], now)
        current = [one for one in patterns if one.is_current]
        past += [one.pattern for one in patterns if not one.is_current]
        if not current:
            chosen.setdefault(url, "")
            continue
        for one in current:
            chosen.setdefault(one.pattern, f"{one.covered} of {count_of(len(named), 'sitemap')} in {url}")
        fresh = [it.url for it in named if it.rank[1]]
        chosen |= dict.fromkeys(fresh[:_MOST_FRESH], "the newest articles")
    return tuple(chosen.items()), tuple(dict.fromkeys(past))


def _floors(articles: Sequence[Article]) -> tuple[tuple[str, float], ...]:
    """Return the share of articles that must have a field: well below what the samples have."""
    if len(articles) < _ENOUGH:
        return ()
    found: list[tuple[str, float]] = []
    for name in _FLOORS:
        share = sum(bool(values_in(name, article)) for article in articles) / len(articles)
        if share == 1.0 and name in _ALWAYS:
            found.append((name, 0.9))
        elif share >= 0.8:
            found.append((name, 0.5))
    return tuple(found)


def _least_listed(found: Survey) -> int | None:
    """Return how many articles a run's lists must name at least: a quarter of what those looked at name."""
    scope = found.front.scope
    listed = {scope.key(one.link.url) for one in found.lists.mentions if one.by in ("section", "feed")}
    return len(listed) // 4 if len(listed) >= 8 else None


def _proved(draft: Draft, found: Survey, told: dict[FieldName, list[Truth | None]]) -> Draft:
    """Keep the rules that do in the profile what they did alone: it is loaded, and reads every sample."""
    for _ in range(len(FIELDS) + 1):
        layouts = layouts_of(draft.judged, found.samples, found.lists.pages)
        kept = {one.field for layout in layouts for one in layout.rules}
        judged = tuple(one if one.field in kept else evolve(one, source=None) for one in draft.judged)
        draft = evolve(draft, judged=judged, layouts=layouts)
        read = _readings(draft, found.samples)
        bad = _failing(draft, found.samples, read, told)
        if not bad:
            return _measured(draft, read, told["published"])
        judged = tuple(evolve(one, source=None) if one.field in bad else one for one in draft.judged)
        draft = evolve(draft, judged=judged)
    return evolve(draft, layouts=(), judged=tuple(evolve(one, source=None) for one in draft.judged))


def _measured(draft: Draft, read: Sequence[Article | None], published: Sequence[Truth | None]) -> Draft:
    """Return the draft with what its readings have, and lack."""
    there = [article for article in read if article is not None]
    pairs = zip(read, published, strict=True)
    unzoned = sum(
        truth is not None and article is not None and lacks_zone(article.published, truth)
        for article, truth in pairs
    )
    return evolve(draft, floors=_floors(there), unzoned=unzoned)


def _readings(draft: Draft, samples: Sequence[Sample]) -> list[Article | None]:
    """Return the samples as the profile reads them."""
    site = load_profile(toml_of(draft), draft.name, {})
    return [extract(sample.page, site).article for sample in samples]


def _failing(
    draft: Draft,
    samples: Sequence[Sample],
    read: Sequence[Article | None],
    told: dict[FieldName, list[Truth | None]],
) -> set[FieldName]:
    """Return the fields whose rules do not hold: not right where they were, or something else is lost."""
    bad: set[FieldName] = set()
    for layout in draft.layouts:
        for place in layout.samples:
            article = read[place]
            for one in draft.judged:
                given = values_in(one.field, article) if article is not None else ()
                truth = told[one.field][place]
                if one not in layout.rules:
                    before = values_in(one.field, samples[place].article)
                    lost = one.source is not None and not _alike(one.field, given, before)
                else:
                    lost = place in one.right and truth is not None and not is_right(one.field, given, truth)
                if lost:
                    bad.add(one.field)
    return bad


def _alike(name: FieldName, given: tuple[str, ...], before: tuple[str, ...]) -> bool:
    """Tell whether two readings are one; the profile's time zone may have been added to a date."""
    return given == before or (
        name == "published" and bool(given) and bool(before) and near(given[0], before[0])
    )
