"""One run over one site: what its spider, scheduler, pipeline and monitors share. Found by crawler, never
global.
"""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import attrs
from attrs import define, frozen
from scrapy.crawler import Crawler

from archive.index.store import Index
from archive.model import Article
from archive.settings import Settings
from archive.sites.broken import BrokenProfile
from archive.sites.profile import Site
from archive.sites.registry import Registry
from archive.summary import RunSummary, SkippedSlots
from crawler.chromium import Chromium
from crawler.discovery.links import Scope
from crawler.discovery.sources import SourceBook
from crawler.missed import Missed
from crawler.observing import Observer
from crawler.politeness import Politeness
from crawler.queued import Link, Queued, State
from crawler.rechecks import Outcome, Rechecks
from crawler.recorder import Recorder
from crawler.site_queue import SiteQueue

_MAX_PUBLISHED = 2_000
_PAGES = frozenset(("front", "section"))
"""Roles of lists that are pages."""
Mode = Literal["crawl", "capture"]
Role = Literal["front", "section", "feed", "sitemap", "loadmore", "robots", "article", "capture"]
Progress = Callable[[str, dict[str, int]], None]
"""Called with the site and its counts so far, a few times a second at most."""


@frozen(kw_only=True)
class Target:
    """What one run of one site is asked to do."""

    name: str
    """Profile name, else the host."""
    site: Site | None
    mode: Mode
    seeds: tuple[tuple[str, Role], ...]
    """Where it begins: (URL, what it is)."""
    patterns: Mapping[str, str] = attrs.field(factory=dict)
    """Of addresses that a pattern with dates was filled to: the pattern."""
    broken: BrokenProfile | None = None
    """Its profile, where that has a mistake: then nothing is fetched."""

    @property
    def scope(self) -> Scope:
        """What belongs to the site."""
        return Scope.of(self.site, self.seeds[0][0] if self.seeds else "")


@frozen(kw_only=True)
class Occasion:
    """The slot of the schedule that a run is for."""

    slot: datetime
    skipped: Callable[[str], tuple[SkippedSlots, ...]] = attrs.field(eq=False)
    """Slots of a site that were not run, and that no run's record tells yet."""


@define(kw_only=True, eq=False)
class Session:
    """One run over one site."""

    target: Target
    settings: Settings
    registry: Registry
    run_id: str
    started_at: datetime
    queue: SiteQueue
    recorder: Recorder
    index: Index
    """For look-ups from the event loop."""
    rechecks: Rechecks
    politeness: Politeness = attrs.field(factory=Politeness)
    """Shared by all sites of a process."""
    since: datetime | None = None
    progress: Progress | None = None
    occasion: Occasion | None = None
    whole: bool = True
    """The whole site as its profile says: only such runs are compared with each other."""
    observer: Observer = attrs.field(factory=Observer)
    counts: Counter[str] = attrs.field(factory=Counter)
    names_known: bool = False
    """Whether a list names an article that an earlier run has fetched."""
    trouble: Counter[str] = attrs.field(factory=Counter)
    """Reasons of failures."""
    missed: Missed = attrs.field(factory=Missed)
    """Of a capture: what was asked for and could not be had."""
    published: OrderedDict[str, str] = attrs.field(factory=OrderedDict)
    """When the last articles of a crawl that looks back were published, by address: the index knows it a
    moment later."""
    scope: Scope = attrs.field(init=False)
    _skipped: tuple[SkippedSlots, ...] = attrs.field(init=False)
    sources: SourceBook = attrs.field(init=False)
    """The lists of the site: which rest, what the others gave."""
    summary: RunSummary | None = None
    browser: Chromium | None = None
    """Renders pages, where the profile asks for it; shared by all sites of a process."""

    def __attrs_post_init__(self) -> None:
        """Compute what is asked for often."""
        self.scope = self.target.scope
        self._skipped = self.occasion.skipped(self.target.name) if self.occasion else ()
        target = self.target
        known = self.index.sources(target.name) if target.mode == "crawl" else ()
        seeds = [url for url, role in target.seeds if role != "robots"]
        self.sources = SourceBook(known, self.started_at, seeds, target.patterns)

    def start_summary(self) -> RunSummary:
        """Return the record of this run as it begins."""
        occasion, name = self.occasion, self.target.name
        return RunSummary(
            run_id=self.run_id,
            kind=self.target.mode,
            site=name,
            started_at=self.started_at,
            slot=occasion.slot if occasion else None,
            skipped=self._skipped,
        )

    def is_rendered(self, link: Link) -> bool:
        """Tell whether the profile has a link's page rendered."""
        render = self.target.site.render if self.target.site is not None else None
        if render is None or not render.wanted:
            return False
        if link.kind == "capture":
            return True
        return render.articles if link.kind == "article" else render.sections and link.role in _PAGES

    def settle(self, queued: Queued, state: State, detail: str | None = None) -> None:
        """Say what became of a link that gave no page. Of an article that the archive has, it is the check
        that failed: the article stays done.
        """
        if queued.is_recheck and state != "done":
            self.rechecks.failed(queued)
            state = "done"
        self.queue.settle(queued.id, state, detail)
        if state != "done":
            self.note_missed(queued, detail)

    def note_missed(self, queued: Queued, why: str | None) -> None:
        """Keep the name of what a capture could not have: somebody asked for each one."""
        if self.target.mode == "capture":
            self.missed.add(queued.link.url, why)

    def note_check(self, queued: Queued, outcome: Outcome) -> None:
        """Say what a check of a known article has shown."""
        self.counts["rechecks"] += 1
        self.counts["new_versions" if outcome.changed else "unchanged"] += 1
        self.rechecks.checked(queued, outcome)
        self.queue.settle(queued.id, "done", article=True)

    def note_published(self, article: Article) -> None:
        """Remember for a while when an article was published, where lists are followed back in time."""
        if self.since is not None and article.published is not None:
            self.published[article.url] = article.published
            if len(self.published) > _MAX_PUBLISHED:
                self.published.popitem(last=False)


def new_run_id(now: datetime | None = None) -> str:
    """Return an id that sorts by time and is unique among machines."""
    return f"{(now or datetime.now(UTC)):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


_SESSIONS: WeakKeyDictionary[Crawler, Session] = WeakKeyDictionary()


def attach(crawler: Crawler, session: Session) -> None:
    """Give a crawler its session; before its engine is made."""
    _SESSIONS[crawler] = session


def session_of(crawler: Crawler) -> Session:
    """Return the crawler's session. Raises RuntimeError where it has none."""
    try:
        return _SESSIONS[crawler]
    except KeyError:
        raise RuntimeError("this crawler has no session: crawls are started by crawler.crawl.run()") from None


def front_page(url: str) -> str:
    """Return the front page of a URL's host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
