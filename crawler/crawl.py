"""Run crawls: one Scrapy process, one spider a site, all in one event loop.

    with locks held:  repair torn WARC tails → index catches up → pages left without fields are extracted
    → a run record a site → crawl → a run record a site

`run` and `capture` may be called once a process: Twisted's reactor cannot be started again.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import define, field
from scrapy.core.downloader import contextfactory  # noqa: F401 -- see below
from scrapy.crawler import Crawler

from archive.errors import IndexDamagedError, LockedError
from archive.index.store import Index
from archive.locks import hold_collection, hold_site, site_of_lock
from archive.parallel import read_many_pages
from archive.process import Processor, bring_into_order
from archive.settings import Settings
from archive.sites.broken import BrokenProfile
from archive.sites.profile import Site
from archive.sites.registry import Registry
from archive.summary import NO_WORD, RunSummary
from archive.warc.records import WarcInfo
from archive.warc.writer import WarcWriter
from crawler.alarming import tell_all
from crawler.chromium import Chromium
from crawler.desk import Desk
from crawler.frontier import Frontier
from crawler.logs import log_json_lines
from crawler.plan import plan_capture, plan_crawl
from crawler.politeness import Politeness, is_open, slot_host
from crawler.rechecks import Rechecks, limits_of
from crawler.recorder import Recorder
from crawler.refusals import broken_of, refusals, rehearsed, unfetched
from crawler.session import Occasion, Progress, Session, Target, attach, new_run_id
from crawler.settings import RENDER_SETTINGS, log_file, scrapy_settings, user_agent
from crawler.site_queue import SiteQueue
from crawler.spiders.news import NewsSpider
from crawler.stopping import StoppableProcess

# contextfactory: as it is imported it takes a picture of the call stack, source lines included, three times.
# From deep within our own imports that is a tenth of the time of starting.

logger = logging.getLogger(__name__)


def run(
    settings: Settings,
    targets: Iterable[str] = (),
    *,
    since: datetime | None = None,
    limit: int | None = None,
    delay: float | None = None,
    allow_private: bool | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    occasion: Occasion | None = None,
    on_broken: Callable[[BrokenProfile], None] | None = None,
    on_begin: Callable[[], None] | None = None,
) -> list[RunSummary]:
    """Crawl sites and return one summary each, in the order asked for.

    Args:
        settings: of the collection.
        targets: profile names or URLs; none: the profiles in the collection's sites/ folder.
        since: links that a list dates before this moment (aware) are left; lists are followed back to it.
        limit: articles to fetch at most, a site.
        delay: seconds between two requests to a host, over what profile and settings say.
        allow_private: allow private and loopback addresses, over the settings.
        dry_run: fetch and write nothing; the summaries say where each crawl would begin (`detail`).
        progress: called with a site's name and its counts so far.
        occasion: the slot of the schedule that it is for.
        on_broken: called, before anything is fetched, for each site asked for whose profile has a mistake;
            the others are crawled.
        on_begin: called once it is sure that something asked for can be crawled, before anything is written.

    Raises UsageError; ProfileError, BrowserError where no site asked for can be crawled; LockedError where
    all of them are being crawled by another process; IndexStoreError, WarcWriteError where the archive cannot
    be opened.
    """
    settings = _chosen(settings, allow_private)
    registry = Registry.load(settings.sites_folder, strict=False)
    plan = plan_crawl(registry, list(targets), since, datetime.now(UTC))
    return _go(
        settings,
        registry,
        plan,
        since=since,
        limit=limit,
        delay=delay,
        dry_run=dry_run,
        progress=progress,
        occasion=occasion,
        on_broken=on_broken,
        on_begin=on_begin,
    )


def capture(
    settings: Settings,
    urls: Iterable[str],
    *,
    delay: float | None = None,
    allow_private: bool | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    on_broken: Callable[[BrokenProfile], None] | None = None,
    on_begin: Callable[[], None] | None = None,
) -> list[RunSummary]:
    """Archive these URLs as they are, known or not, and index what is an article; one summary a site.

    A capture that was interrupted goes on where it stopped when it is asked for the same URLs again. Raises
    as `run`.
    """
    settings = _chosen(settings, allow_private)
    registry = Registry.load(settings.sites_folder, strict=False)
    plan = plan_capture(registry, urls)
    return _go(
        settings,
        registry,
        plan,
        since=None,
        limit=None,
        delay=delay,
        dry_run=dry_run,
        progress=progress,
        on_broken=on_broken,
        on_begin=on_begin,
    )


def _chosen(settings: Settings, allow_private: bool | None) -> Settings:
    return settings if allow_private is None else attrs.evolve(settings, allow_private=allow_private)


def _go(
    settings: Settings,
    registry: Registry,
    plan: list[Target],
    *,
    since: datetime | None,
    limit: int | None,
    delay: float | None,
    dry_run: bool,
    progress: Progress | None,
    occasion: Occasion | None = None,
    on_broken: Callable[[BrokenProfile], None] | None = None,
    on_begin: Callable[[], None] | None = None,
) -> list[RunSummary]:
    for profile in broken_of(plan):
        if on_broken is not None:
            on_broken(profile)
    refused = {} if dry_run else refusals(settings, plan)
    if on_begin is not None:
        on_begin()
    if dry_run:
        return [rehearsed(target) for target in plan]
    able = [target for target in plan if target.name not in refused]
    with open_house(settings, registry, able) as house:
        read_many_pages()
        logging.raiseExceptions = False  # a log on a full disk must not drown the line that says so
        json_log = settings.log_format == "json"
        if json_log:
            log_json_lines(log_file(settings), "INFO")
        process = StoppableProcess(scrapy_settings(settings) | {"LOG_INSTALL_ROOT_HANDLER": not json_log})
        sessions: list[Session] = []
        try:
            for target in house.free:
                crawler = process.create_crawler(NewsSpider)
                session = house.admit(
                    crawler,
                    target,
                    since=since,
                    limit=limit,
                    delay=delay,
                    progress=progress,
                    occasion=occasion,
                )
                sessions.append(session)
                process.crawl(crawler)
            process.start()
        finally:
            for session in sessions:
                session.recorder.close()
        done = {session.target.name: _result(session) for session in sessions}
        tell_all(settings, done.values())
        for session in sessions:
            if isinstance(session.recorder.failure, IndexDamagedError):
                raise session.recorder.failure
        return [
            done.get(target.name)
            or unfetched(
                target, "failed", refused.get(target.name) or f"another run holds site {target.name}"
            )
            for target in plan
        ]


def _result(session: Session) -> RunSummary:
    """Return the run's summary; what failed after it was made (closing the archive) counts too."""
    summary = session.summary
    failure = session.recorder.failure
    if summary is None:
        detail = str(failure) if failure else "the crawl could not be started; see the log"
        return attrs.evolve(
            session.start_summary(), finished_at=datetime.now(UTC), status="failed", detail=detail
        )
    if failure is not None and summary.status != "failed":
        return attrs.evolve(summary, status="failed", detail=f"the archive could not be closed: {failure}")
    return summary


@define(eq=False)
class House:
    """What the sites of one process share: locks, index, frontier."""

    settings: Settings
    registry: Registry
    index: Index
    frontier: Frontier
    desk: Desk
    free: list[Target]
    """Targets that no other process works on."""
    unread: list[str]
    """WARC files in which pages may be left without fields."""
    politeness: Politeness = field(factory=Politeness)
    browser: Chromium | None = None
    """Made with the first site whose pages are rendered."""

    def admit(
        self,
        crawler: Crawler,
        target: Target,
        *,
        since: datetime | None = None,
        limit: int | None = None,
        delay: float | None = None,
        progress: Progress | None = None,
        occasion: Occasion | None = None,
    ) -> Session:
        """Open a run for one site: its recorder, its session, its first run record."""
        run_id, settings, now = new_run_id(), self.settings, datetime.now(UTC)
        for name, value in _site_settings(settings, target, delay).items():
            crawler.settings.set(name, value, priority="cmdline")
        recorder = Recorder(settings, warc_info(settings, run_id, target.name), self.desk).start()
        recorder.attach_to(crawler)
        rechecks = _rechecks(settings, target, self.frontier, self.index, run_id)
        session = Session(
            target=target,
            settings=settings,
            registry=self.registry,
            run_id=run_id,
            started_at=now,
            queue=_queue(
                self.frontier, target, run_id, limit=limit, rechecks=rechecks, politeness=self.politeness
            ),
            recorder=recorder,
            index=self.index,
            rechecks=rechecks,
            politeness=self.politeness,
            since=since,
            progress=progress,
            occasion=occasion,
            whole=limit is None and since is None and is_whole(self.registry, target),
            browser=self._browser_for(crawler, target),
        )
        attach(crawler, session)
        self.frontier.on_failure.append(recorder.stop)
        if self.frontier.failure is not None:
            raise self.frontier.failure
        unread, self.unread = self.unread, []
        recorder.run_now(lambda writer, index: self._begin(session, unread, writer, index))
        session.counts["known"] += rechecks.begin(now)
        return session

    def _browser_for(self, crawler: Crawler, target: Target) -> Chromium | None:
        """Have a site's pages rendered where its profile asks for it; all sites have one browser."""
        if target.site is None or not target.site.render.wanted:
            return None
        steps = crawler.settings.getdict("DOWNLOADER_MIDDLEWARES")
        crawler.settings.set("DOWNLOADER_MIDDLEWARES", steps | RENDER_SETTINGS, priority="cmdline")
        if self.browser is None:
            self.browser = Chromium(self.settings, user_agent(self.settings))
        return self.browser

    def _begin(self, session: Session, unread: list[str], writer: WarcWriter, index: Index) -> None:
        """Say that this run goes; give pages that were left without fields theirs, and dead runs an end."""
        summary = session.start_summary()
        dead = index.unfinished_runs(summary.kind, session.target.name)
        index.put(writer.write_run(summary))
        files = sorted({*unread, *(file for _, written in dead for file in written)})
        if files and self.settings.extract:
            healed = Processor(self.registry, writer, index, self.settings).heal(files)
            logger.info("%d pages of an earlier run had no fields yet", healed)
        for run, _ in dead:  # we hold the lock of the site: nobody else works on them
            index.put(writer.write_run(attrs.evolve(run, status="interrupted", detail=NO_WORD)))


def is_whole(registry: Registry, target: Target) -> bool:
    """Tell whether a run begins at all places where the profile says (or, without one, at the front page)."""
    if target.mode != "crawl":
        return False
    if target.name not in registry:
        return any(role == "front" for _, role in target.seeds)
    return target.seeds == plan_crawl(registry, [target.name], None, datetime.now(UTC))[0].seeds


def _rechecks(settings: Settings, target: Target, frontier: Frontier, index: Index, run_id: str) -> Rechecks:
    """Return the known articles of a site; a capture asks for what it was told to, and for nothing else."""
    return Rechecks(
        frontier=frontier,
        site=target.name,
        run=run_id,
        index=index,
        scope=target.scope,
        limits=limits_of(settings, target.site),
        timezone=target.site.timezone if target.site is not None else None,
        enabled=settings.revisit and target.mode == "crawl",
    )


def _queue(
    frontier: Frontier,
    target: Target,
    run_id: str,
    *,
    limit: int | None,
    rechecks: Rechecks,
    politeness: Politeness,
) -> SiteQueue:
    """A capture has rows of its own, and goes on with those of an interrupted one."""
    if target.mode == "crawl":
        gate = _gate(target.site, politeness)
        return SiteQueue(frontier, target.name, run_id, limit, arm=rechecks.arm, gate=gate)
    name = f"capture/{target.name}"
    run_id = frontier.unfinished_run(name) or run_id
    return SiteQueue(frontier, name, run_id, gate=_gate(None, politeness))


def _gate(site: Site | None, politeness: Politeness) -> Callable[[str], float | None]:
    """Return what says how long it is until a URL may be asked for. A user's own capture has no hours."""
    hours = site.politeness.hours if site is not None else ()
    zone = ZoneInfo(site.timezone) if site is not None and site.timezone else UTC

    def gate(url: str) -> float | None:
        if hours and not is_open(hours, datetime.now(zone)):
            return None
        return politeness.wait(slot_host(url), time.monotonic())

    return gate


def _site_settings(settings: Settings, target: Target, delay: float | None) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    politeness = target.site.politeness if target.site is not None else None
    if delay is None and politeness is not None:
        delay = politeness.delay
    if delay is not None:
        chosen["DOWNLOAD_DELAY"] = delay
    concurrency = settings.concurrency_per_host
    if politeness is not None and politeness.concurrency is not None:
        concurrency = politeness.concurrency
    chosen["CONCURRENT_REQUESTS_PER_DOMAIN"] = concurrency
    # Scrapy 2.19 counts a request as under way one turn of the loop too late: what waited for robots.txt
    # together would go out together. So no more are taken from the frontier than may be under way; what is
    # found meanwhile and is better (a list) does not stand behind them either.
    chosen["CONCURRENT_REQUESTS"] = min(concurrency, settings.concurrency)
    return chosen


def warc_info(settings: Settings, run_id: str, site: str | None) -> WarcInfo:
    """Return what every WARC file of a run says of its making."""
    agent = user_agent(settings)
    return WarcInfo(
        software=agent.split(" ", maxsplit=1)[0] if not settings.user_agent else "hemeroteca",
        operator=settings.operator,
        contact=settings.contact,
        user_agent=agent,
        robots="obey" if settings.obey_robots else "ignore",
        hostname=socket.gethostname(),
        run_id=run_id,
        site=site,
    )


@contextmanager
def open_house(settings: Settings, registry: Registry, plan: list[Target]) -> Iterator[House]:
    """Hold the locks, and bring the archive into order before anything new is written. Raises as `run`."""
    settings.log_folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(hold_collection(settings.log_folder, shared=True))
        free = _hold_sites(stack, settings, plan)
        opened = Index.open(settings.index_path, create=True, timeout=settings.lock_seconds)
        index = stack.enter_context(opened)
        unread = bring_into_order(settings, index)
        frontier = Frontier(settings.frontier_path)
        stack.callback(frontier.close)
        desk = Desk(settings).start()
        stack.callback(desk.close)
        yield House(settings, registry, index, frontier, desk, free, unread)


def _hold_sites(stack: ExitStack, settings: Settings, plan: list[Target]) -> list[Target]:
    free: list[Target] = []
    locked: LockedError | None = None
    for target in plan:
        try:
            stack.enter_context(hold_site(settings.log_folder, site_of_lock(target.mode, target.name)))
        except LockedError as error:
            locked = error
        else:
            free.append(target)
    if locked is not None and not free:
        raise locked
    return free
