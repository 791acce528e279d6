"""The one spider. What it does at a site is in the site's profile; without one it looks for what newspapers
have in common.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache, partial
from typing import Any, Self

import attrs
from attrs import field, frozen
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure as TxFailure

from archive.codings import remove_coding
from archive.errors import HemerotecaError
from archive.http import Payload, payload_of
from archive.model import StoredCapture
from archive.process import is_page
from archive.warc.reader import read_capture
from crawler.lists import ListReader
from crawler.politeness import BUSY
from crawler.queued import Queued
from crawler.reasons import reason_of
from crawler.recorder import ArchiveStoppedError
from crawler.robots import RobotsForbiddenError
from crawler.scheduler import QUEUED
from crawler.session import Session, session_of

logger = logging.getLogger(__name__)

_FORBIDDEN = -9998
"""Failure code: robots.txt forbids it."""
_GONE = frozenset((404, 410))


@frozen(eq=False)
class PageItem:
    """A page in the archive, on its way to the extractor."""

    stored: StoredCapture = field(repr=False)
    payload: Callable[[], Payload] = field(repr=False)
    """Decodes the body when it is asked for: not in the event loop, and not while the page waits its turn."""
    queued: Queued


class NewsSpider(Spider):
    """Goes where the session's target says; links go to the frontier, pages to the pipeline."""

    name = "news"

    def __init__(self, session: Session, **_: Any) -> None:
        """Take the name of the site."""
        super().__init__(name=session.target.name)
        self.session = session
        self.lists = ListReader(session)
        site = session.target.site
        self.private_hosts = frozenset(site.politeness.private_hosts) if site else frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_: Any, **__: Any) -> Self:
        """Find the session of the crawler."""
        spider = cls(session_of(crawler))
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Put the seeds into the frontier; what an earlier run left there goes on by itself."""
        self.lists.begin()
        return
        yield

    # answers

    def parse(self, response: Response, **_: Any) -> Iterator[PageItem]:
        """Read one answer that is in the archive: find links where it is a list, hand it on where it is a
        page.
        """
        queued: Queued = response.meta[QUEUED]
        stored: StoredCapture = response.meta["stored"]
        if response.status >= 400:
            self._bad_status(response, queued)
            return
        if response.status == 304:
            self._not_modified(stored, queued)
            return
        payload = cache(partial(payload_from, response, stored, self.session.settings.max_payload_bytes))
        if queued.link.kind == "list" and 200 <= response.status < 300:
            self._try_list(payload().data, stored, queued)
        if is_page(stored):
            yield PageItem(stored, payload, queued)
        else:
            self.session.settle(queued, "failed" if queued.is_recheck else "done")

    def _try_list(self, data: bytes, stored: StoredCapture, queued: Queued) -> None:
        try:
            self.lists.read(data, stored, queued)
        except Exception:  # a list that breaks a reader must not take the others with it
            logger.exception("could not read the list %s", stored.capture.url)
            self.session.counts["failures"] += 1
            self.session.trouble[f"unreadable list {stored.capture.url}"] += 1
            self.lists.note(queued, "unreadable")

    def _not_modified(self, stored: StoredCapture, queued: Queued) -> None:
        """Take the server's word that a page is the one that the archive has; a list is read from there."""
        session, earlier = self.session, stored.capture.revisit_of
        session.counts["not_modified"] += 1
        location = session.index.location_of(earlier.record_id) if earlier is not None else None
        if queued.is_recheck and location is not None:
            session.note_check(queued, session.rechecks.outcome(queued, stored, changed=False, article=None))
        elif queued.link.kind == "list" and location is not None:
            archived = read_capture(session.settings.collection, location)
            limit = session.settings.max_payload_bytes
            # What it says of days is meant for the day on which it was confirmed.
            capture = attrs.evolve(archived.capture, fetched_at=stored.capture.fetched_at)
            archived = attrs.evolve(archived, capture=capture)
            self._try_list(payload_of(capture, limit).data, archived, queued)
            session.settle(queued, "done")
        else:
            session.settle(queued, "failed" if queued.is_recheck else "done", "status 304")

    def _bad_status(self, response: Response, queued: Queued) -> None:
        counts = self.session.counts
        self._note_failed(queued)
        if response.status in _GONE:
            if queued.link.kind == "list":
                self.lists.missing(queued, response.url, response.status)
            else:
                counts["gone"] += 1
        else:
            counts["failures"] += 1
            self.session.trouble[f"status {response.status}"] += 1
            if response.status in BUSY:  # the server asks for less, not for never
                self.session.queue.leave(queued.id)
                self.session.note_missed(queued, f"status {response.status}; asked again by the same command")
                return
            self.lists.note(queued, "failed", detail=f"status {response.status}")
        self.session.settle(queued, "failed", f"status {response.status}")

    def failed(self, failure: TxFailure) -> None:
        """Note a fetch that gave no answer; what there was of it is in the archive."""
        queued: Queued = failure.request.meta[QUEUED]  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, (ArchiveStoppedError, HemerotecaError)):
            return  # stays queued: nothing was stored
        counts = self.session.counts
        reason = error.failure.reason if isinstance(error, RobotsForbiddenError) else reason_of(error)
        if isinstance(error, RobotsForbiddenError) and error.failure.code == _FORBIDDEN:
            counts["precluded"] += 1
            self.session.settle(queued, "precluded", reason)
            return
        counts["failures"] += 1
        self._note_failed(queued)
        self.session.trouble[reason] += 1
        self.lists.note(queued, "failed", detail=reason)
        self.session.settle(queued, "failed", reason)

    def _note_failed(self, queued: Queued) -> None:
        if queued.link.kind == "article":
            self.session.observer.page_failed()
        elif queued.link.kind == "list" and queued.link.depth == 0 and queued.link.role != "robots":
            self.session.observer.list_failed(queued.link.url)


def payload_from(response: Response, stored: StoredCapture, limit: int) -> Payload:
    """Return the decoded body of an answer, from its capture; of a revisit, which keeps no body, from the
    response.

    `response.body` is without transfer coding, but still in its content coding.
    """
    if stored.record_type != "revisit":
        return payload_of(stored.capture, limit)
    data, whole, problem = response.body, True, None
    codings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
    for coding in reversed(
        [one.strip() for one in codings.split(",") if one.strip() not in ("", "identity")]
    ):
        data, fault = remove_coding(coding, data, limit)
        if fault is not None:
            whole, problem = whole and fault.whole, problem or fault.detail
    return Payload(data, whole, problem)
