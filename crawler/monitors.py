"""What a run says of itself: counts while it goes, a summary at its end, and whether the profile's floors
held.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter

from archive.counting import count_of
from archive.errors import HemerotecaError
from archive.index.store import Index
from archive.process import Processor
from archive.sites.schema import Expect
from archive.summary import Alarm, RunSummary, SourceState
from archive.warc.writer import WarcWriter
from crawler.comparing import past_runs
from crawler.discovery.sources import reasons_of, words_of
from crawler.drift import Case, PastRun, alarms
from crawler.outcome import closed_hours, nothing_found
from crawler.session import Session, session_of

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.25
QUEUE_SECONDS = 5.0
"""Counting a long queue takes a while: it is done this often."""


class TerseFormatter(LogFormatter):
    """Scrapy's log lines, those of each page and item only where the log would take them."""

    def __init__(self, level: int) -> None:
        """`level`: of the log."""
        self._level = level

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TerseFormatter:
        """Read LOG_LEVEL."""
        level = crawler.settings["LOG_LEVEL"]
        return cls(level if isinstance(level, int) else logging.getLevelNamesMapping().get(level, 0))

    def crawled(self, request: Request, response: Response, spider: Spider) -> Any:
        """None below the log's level."""
        return super().crawled(request, response, spider) if self._level <= logging.DEBUG else None

    def scraped(self, item: Any, response: Any, spider: Spider) -> Any:
        """None below the log's level."""
        return super().scraped(item, response, spider) if self._level <= logging.DEBUG else None


class RunMonitor:
    """Scrapy extension: counts fetches, reports progress, stores the run's summary."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        """Listen."""
        self._session = session
        self._reported = 0.0
        self._counted = 0.0
        connect = crawler.signals.connect
        connect(self._downloaded, signals.response_downloaded)
        connect(self._report, signals.request_reached_downloader)
        connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunMonitor:
        """Find the session of the crawler."""
        return cls(crawler, session_of(crawler))

    def _downloaded(self, response: Response) -> None:
        self._session.counts["fetched"] += 1
        self._session.counts["bytes"] += len(response.body)
        self._report()

    def _report(self, **_: Any) -> None:
        now = time.monotonic()
        if self._session.progress is not None and now - self._reported >= PROGRESS_SECONDS:
            self._reported = now
            if now - self._counted >= QUEUE_SECONDS:
                self._counted = now
                self._count_queue()
            self._session.progress(self._session.target.name, dict(self._session.counts))

    def _count_queue(self) -> None:
        queue = self._session.queue
        self._session.counts["queued"] = queue.frontier.pending(queue.site)

    async def _closed(self, reason: str) -> None:
        session = self._session
        self._count_queue()
        summary = summarise(session, reason, datetime.now(UTC))
        session.summary = summary
        told = {"site": summary.site, "run_id": summary.run_id, "counts": summary.counts}
        logger.info("run %s of %s: %s", summary.run_id, summary.site, summary.status, extra=told)
        for alarm in summary.alarms:
            logger.warning("alarm: %s", in_words(alarm), extra={**told, "alarms": [attrs.asdict(alarm)]})

        def last(writer: WarcWriter, index: Index) -> None:
            if session.recorder.failure is not None:  # what was under way is read now: the run has its end
                processor = Processor(session.registry, writer, index, session.settings)
                processor.heal([file.file for file in writer.files])
            index.put(writer.write_run(summary))

        await session.recorder.last_word(last)
        if session.progress is not None:
            session.progress(session.target.name, dict(session.counts))


def summarise(session: Session, reason: str, now: datetime) -> RunSummary:
    """Return the run's record. `reason` is why Scrapy closed the spider."""
    counts = {name: number for name, number in sorted(session.counts.items()) if number}
    sources = session.sources.states(now) if session.target.mode == "crawl" else ()
    waits = closed_hours(session, now) if reason == "finished" else None
    empty = nothing_found(session) if reason == "finished" else None
    # A run that its hours cut short says nothing of how the site does.
    found = alarms_of(session, sources) if reason == "finished" and waits is None else ()
    found = (empty, *found) if empty is not None else found
    found += _retired(session.sources.retired(sources), found)
    status, detail = _status(session, reason, found)
    if empty is not None:
        status = "failed"
    elif waits is not None:
        detail = "; ".join(part for part in (waits, detail) if part)
    return attrs.evolve(
        session.start_summary(),
        finished_at=now,
        status=status,
        counts=counts,
        detail=detail,
        observed=session.observer.observed(session.counts) if session.whole and waits is None else {},
        alarms=found,
        sources=sources,
        revisits=session.rechecks.outlook(now),
    )


def _retired(states: Iterable[SourceState], found: Sequence[Alarm]) -> tuple[Alarm, ...]:
    """Return alarms for lists that are not asked every time any more, where there is none for them yet."""
    named = {alarm.subject for alarm in found}
    return tuple(
        Alarm(code="list_dead", subject=state.url, detail=words_of(state))
        for state in states
        if state.url not in named
    )


def _status(session: Session, reason: str, found: Sequence[Alarm]) -> tuple[Any, str | None]:
    if reason == "shutdown":
        return "interrupted", "stopped on request; the next crawl goes on"
    if reason != "finished":
        failure = session.recorder.failure
        return "failed", f"{reason}: {failure}" if failure else reason
    return (
        _status_of_capture(session) if session.target.mode == "capture" else _status_of_crawl(session, found)
    )


def _status_of_crawl(session: Session, found: Sequence[Alarm]) -> tuple[Any, str | None]:
    counts = session.counts
    worst = "; ".join(
        f"{text} ({number}×)" if number > 1 else text
        for text, number in session.trouble.most_common(3)
        if not any(other != text and other.endswith(f": {text}") for other in session.trouble)
    )
    answered = (
        counts["articles"]
        + counts["listings"]
        + counts["known"]
        + counts["rechecks"]
        + session.names_known
        + sum(number for name, number in counts.items() if name.startswith("verdict_"))
    )
    if not answered and counts["failures"]:
        return "failed", f"nothing could be fetched: {worst}"
    if not answered and counts["precluded"]:
        return "failed", "robots.txt forbids all that was asked for"
    if not answered and counts["gone"]:
        return (
            "failed",
            f"nothing was found: {count_of(counts['gone'], 'address is', 'addresses are')} not there",
        )
    if not answered and counts["redirect_loops"]:
        return "failed", "nothing was found: the redirects lead in a circle"
    # Addresses that are no more there are no failures of a crawl: it meets them everywhere.
    if counts["failures"] or found:
        told = [in_words(alarm) for alarm in found]
        return "partly", "; ".join([*told, *([worst] if counts["failures"] else [])])
    return "done", None


def _status_of_capture(session: Session) -> tuple[Any, str | None]:
    missed, asked = session.missed, len(session.target.seeds)
    if missed.total:
        return "failed" if missed.total >= asked else "partly", missed.words(asked)
    if session.trouble:  # a list that could not be read
        return "partly", "; ".join(text for text, _ in session.trouble.most_common(3))
    return "done", None


def in_words(alarm: Alarm) -> str:
    """Return an alarm as one line."""
    return " ".join(part for part in (alarm.code, alarm.subject) if part) + f": {alarm.detail}"


def alarms_of(session: Session, sources: Iterable[SourceState] = ()) -> tuple[Alarm, ...]:
    """Compare the run with the profile's floors and with the site's earlier runs."""
    if session.target.mode != "crawl":
        return ()
    site, started = session.target.site, session.started_at
    expect = site.expect if site is not None else Expect()
    past: list[PastRun] = []
    if session.whole:
        try:
            past = past_runs(session.settings, session.target.name, expect, before=started.isoformat())
        except HemerotecaError as error:  # the run itself is archived: only the comparison is missing
            logger.warning("not compared with earlier runs: %s", error)
    return alarms(
        Case(
            started_at=started,
            figures=session.observer.observed(session.counts),
            past=past,
            why=reasons_of(sources),
            expect=expect,
            partial=not session.whole,
        )
    )
