"""Scrapy's view of the frontier: which request comes next, and where redirects and retries go."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import attrs
from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from archive.index.results import CaptureRow
from archive.model import Found
from crawler.politeness import slot_host
from crawler.queued import Link, Queued
from crawler.session import Session, session_of

if TYPE_CHECKING:
    from scrapy import Spider

QUEUED = "queued"
"""Key of `request.meta` under which the row of the frontier travels."""
_WAKE = "wake"
MAX_REDIRECTS = 10
RETRY_BASE_SECONDS = 1.0


class FrontierScheduler(BaseScheduler):
    """Hands out links of the frontier, durable before they are fetched."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        """Work on the session's queue."""
        self._crawler = crawler
        self._session = session
        self._queue = session.queue
        self._callbacks: dict[str, Any] = {}
        self._alarm: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Find the session of the crawler."""
        return cls(crawler, session_of(crawler))

    def open(self, spider: Spider) -> None:
        """Take the spider's methods: every request of the frontier is answered there."""
        self._callbacks = {"callback": spider.parse, "errback": spider.failed}  # type: ignore[attr-defined]

    def close(self, reason: str) -> None:  # noqa: ARG002
        """Commit what is pending; the file itself is closed with the last site."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._queue.frontier.flush()

    def has_pending_requests(self) -> bool:
        """Whether anything is ready or will be."""
        return self._queue.has_pending

    def next_request(self) -> Request | None:
        """Return the next request; an article that the archive has by now is marked done instead."""
        while (queued := self._queue.next()) is not None:
            last = (
                None if queued.link.kind == "capture" else self._session.index.last_capture(queued.link.url)
            )
            rendered = self._session.is_rendered(queued.link)
            if queued.link.kind == "article" and self._has_answer(queued, last):
                self._session.counts["known"] += 1
                self._queue.settle(queued.id, "done", "in the archive")
                continue
            self._started(queued.link.url)
            return self._request(queued, last, rendered=rendered)
        if self._queue.blocked:
            self._wake_in(self._queue.blocked)
        return None

    def _started(self, url: str) -> None:
        """Take note of a request to its host, whose delay may be longer than the settings' (Crawl-delay)."""
        host = slot_host(url)
        assert self._crawler.engine is not None
        slot = self._crawler.engine.downloader.slots.get(host)
        base = slot.delay if slot is not None else self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._session.politeness.started(host, time.monotonic(), base)

    def _wake_in(self, seconds: float) -> None:
        """Have the engine look again after a while; one such call at a time is enough."""
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds + 0.001
        if self._alarm is not None and not self._alarm.cancelled() and loop.time() < self._alarm.when() <= at:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = loop.call_at(at, self._wake)

    def _has_answer(self, queued: Queued, last: CaptureRow | None) -> bool:
        """Whether the page was captured, by a run that was killed before it could say so, or before
        frontier.db was lost; of one that is due again, since then.
        """
        if last is not None and last.for_browser and not self._session.index.is_rendered(last.id):
            return False  # what the browser would have made of it is not there
        if queued.is_recheck:
            answered = self._session.rechecks.has_answer(queued, last, time.time())
            if answered:
                self._session.rechecks.catch_up(queued)
            return answered
        # A redirect does not count: where it leads may not have come into the queue any more.
        status = last.status if last is not None else None
        return status is not None and (200 <= status < 300 or status == 304)

    def _request(self, queued: Queued, last: CaptureRow | None, *, rendered: bool) -> Request:
        found = queued.link.found
        if queued.is_recheck:
            found = attrs.evolve(found, by="revisit", position=None, title=None, date=None)
        meta: dict[str, Any] = {QUEUED: queued, "found": found, "handle_httpstatus_all": False}
        if queued.retries:
            meta["retry_times"] = queued.retries
        headers = self._session.rechecks.conditions(queued, last, time.time())
        if rendered:
            # A page that is the same may show other things: its own word does not count.
            headers = {}
            meta |= {"render": True, "for_browser": True}
        return Request(queued.link.url, headers=headers, meta=meta, dont_filter=True, **self._callbacks)

    def enqueue_request(self, request: Request) -> bool:
        """Take back a retry, take in the target of a redirect; others do not come this way."""
        if request.meta.get(_WAKE):
            return True
        queued: Queued | None = request.meta.get(QUEUED)
        if queued is None:
            return False
        if request.meta.get("redirect_urls"):
            return self._redirect(queued, request)
        times = int(request.meta.get("retry_times", 0))
        wait = float(request.meta.get("retry_after", RETRY_BASE_SECONDS * 3 ** (times - 1)))
        self._queue.postpone(queued.id, times, wait)
        asyncio.get_running_loop().call_later(wait + 0.01, self._wake)
        return True

    def _wake(self) -> None:
        """Have the engine look again: by itself it does so every five seconds only."""
        engine = self._crawler.engine
        if engine.running and engine.spider is not None:
            engine.crawl(Request("data:,", meta={_WAKE: True}))

    def _redirect(self, queued: Queued, request: Request) -> bool:
        """The redirect itself is in the archive; where it leads goes into the queue if it belongs to the
        site.
        """
        link, source = queued.link, request.meta["redirect_urls"][-1]
        hops = len(link.found.hop) - len(link.found.hop.rstrip("R"))
        seed = link.found.by in ("seed", "user")
        loops = hops >= MAX_REDIRECTS or request.url in (link.url, link.found.via if hops else None)
        followed = not loops and (seed or self._session.scope.contains(request.url))
        if not followed:
            way = "redirects in a circle, or too often, at last to" if loops else "redirects to"
            self._session.settle(queued, "precluded", f"{way} {request.url}")
            self._session.counts["redirect_loops" if loops else "redirects_off_site"] += 1
            return False
        if seed and not self._session.scope.contains(request.url) and self._session.target.site is None:
            # The front page of a paper that has moved: it is the new host that is meant.
            self._session.scope = attrs.evolve(self._session.scope, host=request.url.split("/")[2].lower())
        found = attrs.evolve(link.found, by="redirect", via=source, hop=link.found.hop + "R")
        # In this order: a process killed in between asks again, and loses nothing.
        added = self._queue.add(_moved(link, request.url, found, self._session))
        if queued.is_recheck:
            self._session.rechecks.moved(queued)
        self._queue.settle(queued.id, "done", f"redirects to {request.url}")
        return added


def _moved(link: Link, url: str, found: Found, session: Session) -> Link:
    key = session.scope.key(url)
    if key == link.key:
        # The same article under another address (a corrected slug): its row is settled, so the address tells
        # them apart.
        key = f"url:{url}"
    if seed_kind := link.kind == "capture":
        key = f"capture:{url}"
    role = "article" if link.role == "recheck" else link.role
    return attrs.evolve(
        link, url=url, key=key, role=role, found=found, kind="capture" if seed_kind else link.kind
    )
