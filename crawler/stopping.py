"""How a crawl ends when somebody asks it to (Ctrl-C, SIGTERM, the longest run that a schedule allows).

Nothing more goes out. What is under way gets a moment, then it is cut off: a server that never answers, or a
Crawl-delay of minutes, must not hold the end up until its host kills the process. A link that was cut off or
never went out stays in the frontier, and the next run fetches it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from crawler.recorder import ArchiveStoppedError, refuse_waiting

GRACE_SECONDS = 3.0
"""What is under way may still take so long."""
STOP_ASKED = object()
"""Scrapy signal: nothing more goes out."""
TIME_IS_UP = object()
"""Scrapy signal: what is under way is cut off."""


class StopAskedError(ArchiveStoppedError):
    """The crawl was asked to end before this was fetched: the link stays queued."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("given up: the crawl was asked to end")


class StoppableProcess(AsyncCrawlerProcess):
    """Scrapy's process, whose first signal ends a crawl within seconds; a second one ends it at once."""

    async def stop(self) -> None:
        """Stop all crawls; return when they have ended."""
        for crawler in list(self.crawlers):
            _end(crawler)
        await super().stop()


def _end(crawler: Crawler) -> None:
    if not crawler.crawling:
        return  # asked before
    engine: Any = crawler.engine
    loop = asyncio.get_running_loop()

    def refuse() -> None:
        refuse_waiting(engine.downloader, StopAskedError)

    def refuse_soon(**_: Any) -> None:
        loop.call_soon(refuse)

    def cut_off() -> None:
        crawler.signals.send_catch_log(TIME_IS_UP)
        refuse()

    crawler.signals.send_catch_log(STOP_ASKED)
    refuse()
    # What a robots.txt has let through only now would wait for its host's turn.
    crawler.signals.connect(refuse_soon, signals.request_reached_downloader, weak=False)
    loop.call_later(GRACE_SECONDS, cut_off)
