"""A look at a newspaper: its front page, some of its lists, some of its articles.

Each step is a capture like any other: robots.txt and Crawl-delay are obeyed, private addresses refused.
All is archived first, and read from the archive then.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Literal

from attrs import evolve, field, frozen

from archive.counting import count_of
from archive.errors import NothingFoundError, TornRecordError
from archive.extract import extract
from archive.extract.page import ParsedPage, parse
from archive.index.search import Query, Search
from archive.index.store import Index
from archive.model import Article, Page
from archive.reextract import Options, reextract
from archive.settings import Settings
from archive.summary import RunSummary
from archive.urls import host_of
from crawler.apart import capture_apart
from crawler.discovery import endless, guesses
from crawler.discovery.article_ids import guess_article_id
from crawler.discovery.feeds import Entry, looks_like_feed, read_entries
from crawler.discovery.links import Candidate, Scope, url_likeness
from crawler.discovery.sections import feeds_of, section_name
from crawler.discovery.sitemaps import Shard, read_sitemap
from crawler.discovery.stories import next_page_of, stories_of
from crawler.settings import user_agent
from hemeroteca.archived import Archived
from hemeroteca.drafting.front import Front, read_front

MOST_SAMPLES = 40
_MOST_FEEDS, _MOST_SECTIONS, _MOST_SITEMAPS, _MOST_SHARDS = 4, 4, 3, 2
_MOST_MENTIONS = 500
"""Stories of one list that are looked at."""
ListKind = Literal["front", "section", "feed", "sitemap"]
Fetch = Callable[[Sequence[str]], list[RunSummary]]


@frozen(kw_only=True)
class Mention:
    """What one list says of a story."""

    by: ListKind
    via: str
    """The list's address."""
    link: Candidate
    summary: str | None = None
    authors: tuple[str, ...] = ()
    text: str | None = None
    """The story's text as HTML."""
    section: str | None = None
    """Name of the section whose page lists it."""

    @property
    def is_told(self) -> bool:
        """Whether the list is one of stories alone: a feed, cards, a sitemap of news. Other sitemaps name
        every page.
        """
        return self.by != "sitemap" or self.link.title is not None


@frozen(kw_only=True, eq=False)
class Lists:
    """What the lists of a newspaper gave."""

    mentions: tuple[Mention, ...] = ()
    shards: tuple[tuple[str, tuple[Shard, ...]], ...] = ()
    """Of each sitemap index: its address, and the sitemaps that it names."""
    pages: tuple[ParsedPage, ...] = field(default=(), repr=False)
    """The front page and the sections."""
    turning: tuple[tuple[str, str], ...] = ()
    """How lists go on: (list, address of what comes next)."""
    feeds: tuple[str, ...] = ()
    """Those that sections announce."""
    found: tuple[str, ...] = ()
    """Sitemaps that nothing named, and that are there all the same."""


@frozen(kw_only=True, eq=False)
class Sample:
    """An article of the newspaper, as the generic extractor reads it, and what lists say of it."""

    page: Page
    parsed: ParsedPage = field(repr=False)
    article: Article
    mentions: tuple[Mention, ...]


@frozen(kw_only=True, eq=False)
class Survey:
    """All that a draft is made from."""

    front: Front
    lists: Lists
    wanted: int = 0
    """Articles that were to be looked at."""
    asked: int = 0
    """Those that were found, and asked for."""
    samples: tuple[Sample, ...] = ()
    """Those of them that are there, and are articles."""


class SurveyError(NothingFoundError):
    """The front page could not be fetched."""

    exit_code = 1


def survey(
    settings: Settings,
    url: str,
    *,
    samples: int,
    articles: Sequence[str] = (),
    allow_private: bool | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Survey:
    """Look at a newspaper; `tell` is told of each step. `articles`: addresses of some of its articles, which
    are looked at before those that its lists name.

    Raises SurveyError, KeyboardInterrupt, and as `crawler.crawl.capture`.
    """
    for summary in _fetch(settings, [url], allow_private=allow_private):
        if summary.status == "failed":
            raise SurveyError(summary.detail or f"{url}: {summary.status}")
    with Search.open(settings.index_path) as search:
        front = read_front(Archived(settings, search), url, user_agent(settings))
    if strange := next((one for one in articles if not front.scope.contains(one)), None):
        raise SurveyError(f"{strange}: not an address of {front.host}")
    count = min(max(samples, len(articles)), MOST_SAMPLES)
    result = Survey(front=front, lists=_front_lists(front), wanted=count)
    if count:
        # A page out in the world must not lead to private addresses, even where the user may go there.
        fetch = partial(_fetch, settings, allow_private=allow_private if front.is_private else None)
        result = _sampled(settings, fetch, result, articles, tell)
    return result


def _fetch(settings: Settings, urls: Sequence[str], *, allow_private: bool | None) -> list[RunSummary]:
    summaries = capture_apart(settings, urls, allow_private=allow_private) if urls else []
    if any(summary.status == "interrupted" for summary in summaries):
        raise KeyboardInterrupt
    return summaries


def read_again(settings: Settings, profile: str, found: Survey) -> int:
    """Have the survey's pages read with the profile that was made of it: they are its site's from now on.

    Return how many articles of the host stand in the collection that were read without it.
    """
    since = found.front.parsed.page.fetched_at.isoformat()
    with Index.open(settings.index_path, timeout=settings.lock_seconds) as index:
        reextract(settings, index, Options(site=profile, since=since, stale=True))
    with Search.open(settings.index_path) as search:
        return search.search(Query(site=host_of(found.front.url).removeprefix("www."), limit=0)).total


def _front_lists(front: Front) -> Lists:
    mentions = (Mention(by="front", via=front.url, link=story) for story in front.stories)
    return Lists(mentions=tuple(mentions), pages=(front.parsed,))


def _sampled(
    settings: Settings, fetch: Fetch, result: Survey, articles: Sequence[str], tell: Callable[[str], None]
) -> Survey:
    front, sections_named = result.front, [one.url for one in result.front.sections]
    choice = partial(choose, scope=front.scope, count=result.wanted, given=articles, sections=sections_named)
    guessed = () if front.sitemaps else (guesses.guess("sitemap", front.url),)
    sections = front.sections[:_MOST_SECTIONS]
    machine = [*front.feeds[:_MOST_FEEDS], *(front.sitemaps or guessed)[:_MOST_SITEMAPS]]
    tell(f"{front.url}: looking at {count_of(len(machine) + len(sections), 'list')}")
    fetch([*machine, *(section.url for section in sections)])
    with Search.open(settings.index_path) as search:
        archived = Archived(settings, search)
        read = [_read_list(archived, url, front.scope) for url in machine]
        read += [_read_section(archived, section, front.scope) for section in sections]
    lists = _joined([result.lists, *read])
    there = {url for url, one in zip(machine, read, strict=False) if one.mentions or one.shards}
    lists = evolve(lists, found=tuple(url for url in guessed if url in there))
    more = [url for url in lists.feeds if url not in front.feeds][:_MOST_FEEDS] + _shards_to_ask(lists)
    chosen = choice(lists.mentions)
    if chosen:
        tell(f"{front.url}: looking at {count_of(len(chosen), 'article')}")
    fetch([*more, *chosen])
    with Search.open(settings.index_path) as search:
        archived = Archived(settings, search)
        lists = _joined([lists, *(_read_list(archived, url, front.scope) for url in more)])
    if not chosen:  # only sitemaps name its articles, or their addresses look like no article's
        chosen = choice(lists.mentions) or choice(lists.mentions, doubtful=True)
        tell(f"{front.url}: looking at {count_of(len(chosen), 'article')}")
        fetch(chosen)
    with Search.open(settings.index_path) as search:
        samples = _read_samples(Archived(settings, search), chosen, lists.mentions, front.scope)
    return evolve(result, lists=lists, asked=len(chosen), samples=samples)


def _joined(lists: Iterable[Lists]) -> Lists:
    parts = list(lists)
    return Lists(
        mentions=tuple(one for part in parts for one in part.mentions),
        shards=tuple(one for part in parts for one in part.shards),
        pages=tuple(one for part in parts for one in part.pages),
        turning=tuple(one for part in parts for one in part.turning),
        feeds=tuple(dict.fromkeys(one for part in parts for one in part.feeds)),
        found=tuple(one for part in parts for one in part.found),
    )


def _shards_to_ask(lists: Lists) -> list[str]:
    """Return the newest sitemap of each index: it names the day's articles with their titles and dates."""
    newest = [max(shards, key=lambda shard: shard.rank).url for _, shards in lists.shards if shards]
    return newest[:_MOST_SHARDS]


def _page(archived: Archived, url: str) -> Page | None:
    """Return what stands in the archive at a URL; None for what could not be fetched, or not be read."""
    row = archived.latest(url)
    try:
        return archived.page(row) if row is not None else None
    except (TornRecordError, NothingFoundError):
        return None


def _read_list(archived: Archived, url: str, scope: Scope) -> Lists:
    """Read a feed, a sitemap or a sitemap index, whatever it is."""
    page = _page(archived, url)
    if page is None:
        return Lists()
    if looks_like_feed(page.payload):
        entries = read_entries(page.payload, page.url, page.fetched_at)[:_MOST_MENTIONS]
        return Lists(
            mentions=tuple(_of_entry(entry, url) for entry in entries if scope.contains(entry.link.url))
        )
    sitemap = read_sitemap(page.payload, page.url, page.fetched_at)
    pages = [one for one in sitemap.pages if scope.contains(one.url)][:_MOST_MENTIONS]
    shards = tuple(shard for shard in sitemap.shards if scope.contains(shard.url))
    return Lists(
        mentions=tuple(Mention(by="sitemap", via=url, link=one) for one in pages),
        shards=((url, shards),) if shards else (),
    )


def _of_entry(entry: Entry, url: str) -> Mention:
    return Mention(
        by="feed", via=url, link=entry.link, summary=entry.summary, authors=entry.authors, text=entry.text
    )


def _read_section(archived: Archived, section: Candidate, scope: Scope) -> Lists:
    page = _page(archived, section.url)
    parsed = parse(page) if page is not None else None
    if parsed is None:
        return Lists()
    name = section_name(parsed) or section.title
    stories = stories_of(parsed, scope)[:_MOST_MENTIONS]
    following = next_page_of(parsed, scope) or endless.buttons_of(parsed, scope)
    return Lists(
        mentions=tuple(Mention(by="section", via=section.url, link=one, section=name) for one in stories),
        pages=(parsed,),
        turning=tuple((section.url, url) for url in following[:1]),
        feeds=tuple(feeds_of(parsed)),
    )


def stories_in(mentions: Iterable[Mention], scope: Scope) -> list[Mention]:
    """Return those that name an article: by its address, or by a list of stories, whatever the address.

    Of such a list only what cannot be an article is left out, a tag's page or a game.
    """
    return [one for one in mentions if url_likeness(one.link.url, scope) >= (1 if one.is_told else 2)]


def choose(
    mentions: Sequence[Mention],
    scope: Scope,
    count: int,
    *,
    given: Sequence[str] = (),
    sections: Iterable[str] = (),
    doubtful: bool = False,
) -> list[str]:
    """Return the addresses of `count` articles: those given, then from each list in turn, in its order.

    Of a list first those whose addresses look most like an article's, of a section those that no other
    section names too: "most read" stands beside every list. An address with an id where the stories have
    theirs is an article's, too. `doubtful`: whatever is named may be one.
    """
    stories = list(mentions) if doubtful else _and_those_with_id(mentions, scope, sections)
    by_list: dict[str, dict[str, Mention]] = defaultdict(dict)
    listed: Counter[str] = Counter()
    for mention in stories:
        if not scope.is_twin(mention.link.url):
            key = scope.key(mention.link.url)
            if by_list[mention.via].setdefault(key, mention) is mention:
                listed[key] += mention.by == "section"
    order = {"feed": 0, "section": 1, "front": 2, "sitemap": 3}
    rows = [row for row in by_list.values() if row]
    rows.sort(key=lambda row: order[next(iter(row.values())).by])
    waiting = [sorted(row, key=partial(_rank, row, listed, scope)) for row in rows]
    chosen = {scope.key(url): scope.plain(url) for url in given}
    while any(waiting) and len(chosen) < count:
        for row, keys in zip(rows, waiting, strict=True):
            keys[:] = [key for key in keys if key not in chosen]
            if keys and len(chosen) < count:
                chosen[keys[0]] = scope.plain(row[keys[0]].link.url)
    return list(chosen.values())


def _and_those_with_id(mentions: Sequence[Mention], scope: Scope, sections: Iterable[str]) -> list[Mention]:
    stories = stories_in(mentions, scope)
    ids = guess_article_id([one.link.url for one in stories], sections)
    pattern = re.compile(ids.pattern) if ids is not None else None
    if pattern is None:
        return stories
    known = {id(one) for one in stories}
    return [one for one in mentions if id(one) in known or pattern.search(one.link.url)]


def _rank(row: Mapping[str, Mention], listed: Counter[str], scope: Scope, key: str) -> tuple[int, bool]:
    mention = row[key]
    likeness = min(url_likeness(mention.link.url, scope), 2)
    return 2 * (not mention.is_told) * (likeness < 2) - likeness, listed[key] > 1


def _read_samples(
    archived: Archived, urls: Iterable[str], mentions: Iterable[Mention], scope: Scope
) -> tuple[Sample, ...]:
    by_key: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_key[scope.key(mention.link.url)].append(mention)
    found: list[Sample] = []
    for url in urls:
        page = _page(archived, url)
        parsed = parse(page) if page is not None else None
        article = extract(page).article if page is not None else None
        if page is not None and parsed is not None and article is not None:
            named = tuple(by_key[scope.key(url)])
            found.append(Sample(page=page, parsed=parsed, article=article, mentions=named))
    return tuple(found)


def languages(samples: Iterable[Sample]) -> Counter[str]:
    """Return the languages of articles, and of how many each is."""
    return Counter(sample.article.lang for sample in samples if sample.article.lang)
