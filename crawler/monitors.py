"""What a run says of itself: counts while it goes, a summary at its end, and whether the profile's floors
held.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import Any

import attrs
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter

from archive.model import RunSummary
from crawler.session import Session, session_of

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.25
ENOUGH_ARTICLES = 5
"""Articles of a run from which a share of filled fields means something."""


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
            self._session.progress(self._session.target.name, dict(self._session.counts))

    async def _closed(self, reason: str) -> None:
        session = self._session
        session.counts["queued"] = session.queue.frontier.pending(session.queue.site)
        summary = summarise(session, reason, datetime.now(UTC))
        session.summary = summary
        if not session.recorder.stopped:
            await session.recorder.run(lambda writer, index: index.put(writer.write_run(summary)))
        if session.progress is not None:
            session.progress(session.target.name, dict(session.counts))


def summarise(session: Session, reason: str, now: datetime) -> RunSummary:
    """Return the run's record. `reason` is why Scrapy closed the spider."""
    counts = {name: number for name, number in sorted(session.counts.items()) if number}
    status, detail = _status(session, reason)
    return attrs.evolve(session.start_summary(), finished_at=now, status=status, counts=counts, detail=detail)


def _status(session: Session, reason: str) -> tuple[Any, str | None]:
    counts = session.counts
    if reason == "shutdown":
        return "interrupted", "stopped on request; the next crawl goes on"
    if reason != "finished":
        failure = session.recorder.failure
        return "failed", f"{reason}: {failure}" if failure else reason
    worst = "; ".join(
        f"{text} ({number}×)" if number > 1 else text
        for text, number in session.trouble.most_common(3)
        if not any(other != text and other.endswith(f": {text}") for other in session.trouble)
    )
    answered = (
        counts["articles"]
        + counts["listings"]
        + counts["known"]
        + sum(number for name, number in counts.items() if name.startswith("verdict_"))
    )
    if not answered and counts["failures"]:
        return "failed", f"nothing could be fetched: {worst}"
    if not answered and counts["precluded"]:
        return "failed", "robots.txt forbids all that was asked for"
    if not answered and counts["gone"]:
        return "failed", f"nothing was found: {_of(counts['gone'], 'address is', 'addresses are')} not there"
    if not answered and counts["redirect_loops"]:
        return "failed", "nothing was found: the redirects lead in a circle"
    broken = floors_broken(session)
    if counts["failures"] or broken:
        return "partly", "; ".join([*broken, *([worst] if counts["failures"] else [])])
    return "done", None


def _of(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def floors_broken(session: Session) -> list[str]:
    """Return which floors of the profile's [expect] this run stayed under: a redesign shows here first."""
    site, counts = session.target.site, session.counts
    if site is None or session.target.mode != "crawl":
        return []
    broken: list[str] = []
    least = site.expect.articles
    limited = session.queue.limit is not None or session.since is not None
    if least is not None and counts["listed"] < least and not limited:
        broken.append(f"expected at least {least} articles in the lists, found {counts['listed']}")
    articles = counts["articles"]
    if articles >= ENOUGH_ARTICLES:
        for name, share in sorted(site.expect.fill.items()):
            filled = session.filled[name] / articles
            if filled < share:
                broken.append(f"expected {name} in {share:.0%} of articles, found {filled:.0%}")
    return broken
