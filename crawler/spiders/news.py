"""The one spider. What it does at a site is in the site's profile; without one it looks for what newspapers
have in common.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import timedelta
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
from archive.extract.page import ParsedPage, parse
from archive.http import Payload, payload_of
from archive.model import Found, FoundBy, StoredCapture
from archive.process import is_page, page_of
from archive.warc.reader import read_capture
from crawler.discovery import feeds, loadmore, sections, sitemaps
from crawler.discovery.links import Candidate, url_likeness
from crawler.discovery.stories import next_page_of, stories_of
from crawler.politeness import BUSY
from crawler.queued import BACKFILL, FIRST, LISTS, NEW, Link, Queued
from crawler.reasons import reason_of
from crawler.recorder import ArchiveStoppedError
from crawler.robots import RobotsForbiddenError
from crawler.scheduler import QUEUED
from crawler.session import Session, session_of

logger = logging.getLogger(__name__)

_FORBIDDEN = -9998
"""Failure code: robots.txt forbids it."""
_GONE = frozenset((404, 410))
_HOPS = {"sitemap": "M"}
RECENT = timedelta(days=3)
"""Age up to which an article of a sitemap is new, and fetched before known ones are checked."""


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
        for url, role in self.session.target.seeds:
            if role in ("article", "capture"):
                self._add(url, role, Found(by="user"), kind="capture" if role == "capture" else "article")
            else:
                self._add(url, role, Found(by="seed"), priority=FIRST)
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
            self._read_list(queued.link.role, data, stored, queued)
        except Exception:  # a list that breaks a reader must not take the others with it
            logger.exception("could not read the list %s", stored.capture.url)
            self.session.counts["failures"] += 1
            self.session.trouble[f"unreadable list {stored.capture.url}"] += 1

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
            counts["gone"] += 1
            twin = sitemaps.twin_of(response.url) if queued.link.role == "sitemap" else None
            if twin is not None and queued.link.found.by == "seed":
                self._add(twin, "sitemap", Found(by="sitemap", via=response.url), depth=queued.link.depth)
        else:
            counts["failures"] += 1
            self.session.trouble[f"status {response.status}"] += 1
            if response.status in BUSY:  # the server asks for less, not for never
                self.session.queue.leave(queued.id)
                return
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
        self.session.settle(queued, "failed", reason)

    def _note_failed(self, queued: Queued) -> None:
        if queued.link.kind == "article":
            self.session.observer.page_failed()
        elif queued.link.kind == "list" and queued.link.depth == 0 and queued.link.role != "robots":
            self.session.observer.list_failed(queued.link.url)

    # lists

    def _read_list(self, role: str, data: bytes, stored: StoredCapture, queued: Queued) -> None:
        url, now = stored.capture.url, stored.capture.fetched_at
        site = self.session.target.site
        zone = site.timezone if site else None
        head = data[:2048].lower()
        if role == "robots":
            self._add_all(sitemaps.sitemaps_of_robots(data, url), "sitemap", "robots", queued)
        elif role == "loadmore":
            section = queued.link.found.via
            more = loadmore.read_more(data, url, section, self.session.scope, now)
            following = [more.next_url] if more.next_url else []
            self._follow(list(more.stories), "loadmore", queued, url, following=following, via=section)
        elif b"<urlset" in head or b"<sitemapindex" in head or role == "sitemap":
            self._read_sitemap(sitemaps.read_sitemap(data, url, now, timezone=zone), queued, url)
        elif role == "feed" or feeds.looks_like_feed(data):
            found = feeds.read_feed(data, url, now, lang=site.lang if site else None, timezone=zone)
            self._add_stories(
                [one for one in found if self.session.scope.contains(one.url)], "feed", queued, url
            )
        elif is_page(stored):
            parsed = parse(page_of(stored, self.session.settings, Payload(data, complete=True, problem=None)))
            if parsed is not None:
                self._read_section(role, parsed, queued, url)

    def _read_section(self, role: str, parsed: ParsedPage, queued: Queued, url: str) -> None:
        scope, site = self.session.scope, self.session.target.site
        following = next_page_of(parsed, scope)
        self._follow(stories_of(parsed, scope), "section", queued, url, following=following)
        if site is not None and queued.link.depth == 0:
            for more in loadmore.first_urls(parsed, site):
                self._add(more, "loadmore", self._found("loadmore", queued, url))
        if role == "front":
            # A paper that is not known: everything that it announces.
            self._add_all(sections.feeds_of(parsed), "feed", "feed", queued)
            for section in sections.sections_of(parsed, scope):
                found = self._found("section", queued, url, section)
                self._add(section.url, "section", found, priority=LISTS - 10)

    def _follow(
        self,
        stories: list[Candidate],
        by: FoundBy,
        queued: Queued,
        url: str,
        *,
        following: list[str],
        via: str | None = None,
    ) -> None:
        """Queue the stories of a list, and its next page while there is something new.

        With `since` until it is reached, new or not.
        """
        fresh = self._add_stories(stories, by, queued, url)
        since, depth = self.session.since, queued.link.depth + 1
        reached = sections.all_older(stories, since)
        if not stories or reached or depth >= self.session.settings.max_depth or not (fresh or since):
            return
        role = "loadmore" if by == "loadmore" else "section"
        for page in following:
            self._add(page, role, self._found(by, queued, via or url), depth=depth, priority=LISTS - depth)

    def _read_sitemap(self, sitemap: sitemaps.Sitemap, queued: Queued, url: str) -> None:
        site, since, depth = self.session.target.site, self.session.since, queued.link.depth + 1
        shards = sorted(sitemap.shards, key=lambda shard: shard.rank, reverse=True)
        if since is not None:
            shards = [shard for shard in shards if not shard.is_before(since)]
        else:
            shards = shards[: self.session.settings.max_depth]
        if depth < self.session.settings.max_depth:
            for shard in shards:
                found = self._found("sitemap", queued, url)
                self._add(shard.url, "sitemap", found, depth=depth, priority=LISTS - depth)
        least = 3 if site is not None and site.article_id is not None else 1
        scope = self.session.scope
        pages = [
            page
            for page in sitemap.pages
            if scope.contains(page.url) and url_likeness(page.url, scope) >= least
        ]
        self._add_stories(pages, "sitemap", queued, url)

    # links

    def _found(self, by: FoundBy, queued: Queued, via: str, candidate: Candidate | None = None) -> Found:
        inherited = queued.link.found.section
        return Found(
            by=by,
            via=via,
            hop=queued.link.found.hop + _HOPS.get(by, "L"),
            section=(candidate.section if candidate else None) or inherited,
            position=candidate.position if candidate else None,
            title=candidate.title if candidate else None,
            date=candidate.date if candidate else None,
        )

    def _add_stories(self, stories: Iterable[Candidate], by: FoundBy, queued: Queued, url: str) -> bool:
        """Queue stories that are not older than `since`; return whether any of the list is still to be
        fetched.
        """
        fresh, named, unknown = False, [], []
        counts, since, scope = self.session.counts, self.session.since, self.session.scope
        recent = self.session.started_at - RECENT
        for story in stories:
            counts["listed"] += 1
            if sections.is_older(story.date, since):
                counts["older"] += 1
                continue
            found = self._found(by, queued, url, story)
            # Sitemaps name old and new; what has no date there is taken for old.
            recent_one = by != "sitemap" or (
                story.date is not None and not sections.is_older(story.date, recent)
            )
            priority = NEW if recent_one else BACKFILL
            link = Link(url=scope.plain(story.url), key=scope.key(story.url), priority=priority, found=found)
            named.append(link.key)
            if self.session.queue.add(link):
                counts["found"] += 1
                unknown.append(link.key)
                fresh = True
            else:
                fresh = fresh or not self.session.queue.frontier.is_settled(self.session.queue.site, link.key)
        if queued.link.depth == 0:
            self.session.observer.listed(queued.link.url, named, unknown)
        return fresh

    def _add_all(self, urls: Iterable[str], role: str, by: FoundBy, queued: Queued) -> None:
        for url in urls:
            self._add(url, role, self._found(by, queued, queued.link.url), priority=LISTS - 5)

    def _add(
        self, url: str, role: str, found: Found, *, kind: Any = "list", depth: int = 0, priority: int = LISTS
    ) -> None:
        key = self.session.scope.key(url) if kind == "article" else f"{kind}:{url}"
        link = Link(url=url, key=key, kind=kind, role=role, priority=priority, depth=depth, found=found)
        if self.session.queue.add(link):
            self.session.counts["lists" if kind == "list" else "found"] += 1


def payload_from(response: Response, stored: StoredCapture, limit: int) -> Payload:
    """Return the decoded body of an answer, from its capture; of a revisit, which keeps no body, from the
    response.

    `response.body` is without transfer coding, but still in its content coding.
    """
    if stored.record_type == "response":
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
