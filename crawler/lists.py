"""Lists read: what a section, feed, sitemap or endpoint offers goes into the queue, and how each list does is
noted.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from attrs import frozen

from archive.extract.page import ParsedPage, parse
from archive.http import Payload
from archive.model import Found, FoundBy, StoredCapture
from archive.process import is_page, page_of
from archive.summary import SourceOutcome
from archive.text import squash, text_of
from crawler.discovery import backfill, endless, feeds, guesses, loadmore, sections, sitemaps
from crawler.discovery.links import Candidate, url_likeness
from crawler.discovery.stories import next_page_of, stories_of
from crawler.queued import BACKFILL, FIRST, LISTS, NEW, Link, Queued
from crawler.session import Session

RECENT = timedelta(days=3)
"""Age up to which an article of a sitemap is new, and fetched before known ones are checked."""
AFTER_ARTICLES = NEW - 1
"""Of the next page of a list without dates: the articles of this one first, which have some."""
_HOPS = {"sitemap": "M"}
_TRACKED = frozenset(("section", "feed", "sitemap"))
MAX_TURNED = 20_000
"""Pages of one list that a backfill turns."""
_MAX_CHAINS = 512
_AROUND = frozenset(("a", "nav", "header", "footer", "head", "script", "style", "noscript", "template"))


@frozen
class _Turn:
    """A page of a list whose next page is in the queue."""

    keys: frozenset[str]
    stories: tuple[Candidate, ...]


class ListReader:
    """Reads the lists of one run over one site."""

    def __init__(self, session: Session) -> None:
        """Work for a session."""
        self._session = session
        self._turns: OrderedDict[str, _Turn] = OrderedDict()
        """By address of the next page; lost with the process, which costs a look at one page more."""

    def begin(self) -> None:
        """Put the seeds into the frontier; what an earlier run left there goes on by itself."""
        for url, role in self._session.target.seeds:
            if role in ("article", "capture"):
                self.add(url, role, Found(by="user"), kind="capture" if role == "capture" else "article")
            else:
                self.add(url, role, Found(by="seed"), priority=FIRST)

    def read(self, data: bytes, stored: StoredCapture, queued: Queued) -> None:
        """Take in one list. May raise what a reader raises; a list that breaks one must not end the crawl."""
        url, now, role = stored.capture.url, stored.capture.fetched_at, queued.link.role
        site = self._session.target.site
        zone, lang = (site.timezone, site.lang) if site else (None, None)
        head = data[:2048].lower()
        if role == "robots":
            named = sitemaps.sitemaps_of_robots(data, url)
            self._add_all(named, "sitemap", "robots", queued)
            if not named:
                self._guess("sitemap", queued, url)
        elif role == "loadmore":
            self._read_more(data, url, queued, now)
        elif feeds.looks_like_feed(data) or (role == "feed" and not _is_html(head)):
            # Also where a sitemap was expected: a feed may be named as one (sitemaps.org, "Other formats").
            self._read_feed(feeds.read_feed(data, url, now, lang=lang, timezone=zone), queued, url)
        elif b"<urlset" in head or b"<sitemapindex" in head or role == "sitemap":
            self._read_sitemap(sitemaps.read_sitemap(data, url, now, timezone=zone), queued, url)
        elif is_page(stored):
            parsed = parse(
                page_of(stored, self._session.settings, Payload(data, complete=True, problem=None))
            )
            if parsed is not None:
                self._read_section(role, parsed, queued, url)
        else:
            self.note(queued, "unreadable")

    def missing(self, queued: Queued, url: str, status: int) -> None:
        """Take in that a list is not there (404, 410): its twin, or the next place where it could be."""
        link = queued.link
        if link.role == "robots":  # most small papers have none, and none is needed (RFC 9309 §2.3.1.3)
            self._guess("sitemap", queued, url)
            return
        if not link.found.hop.endswith(guesses.GUESSED):
            self._session.counts["gone"] += 1
        twin = sitemaps.twin_of(url) if link.role == "sitemap" and link.found.by == "seed" else None
        if twin is not None:
            self._session.sources.rename(twin, url)
            self.add(twin, "sitemap", Found(by="sitemap", via=url), depth=link.depth)
        self._guess_on(queued)
        self.note(queued, "gone", detail=f"status {status}")

    # each kind

    def _read_more(self, data: bytes, url: str, queued: Queued, now: datetime) -> None:
        """Read an endpoint by its rule, else by what endpoints have in common."""
        section, scope = queued.link.found.via, self._session.scope
        if scope.site is not None and loadmore.rule_of(url, scope.site) is not None:
            more = loadmore.read_more(data, url, section, scope, now)
        else:
            more = endless.read_endless(data, url, section or url, scope, now)
        following = [more.next_url] if more.next_url else []
        self._follow(list(more.stories), "loadmore", queued, url, following=following, via=section)

    def _read_feed(self, found: list[Candidate], queued: Queued, url: str) -> None:
        self.note(queued, "good" if found else "empty", newest=_newest(found))
        if not found:
            self._guess_on(queued)
        scope = self._session.scope
        self._add_stories([one for one in found if scope.contains(one.url)], "feed", queued, url)

    def _read_section(self, role: str, parsed: ParsedPage, queued: Queued, url: str) -> None:
        scope, site = self._session.scope, self._session.target.site
        if role == "feed":
            # A page that lists the feeds; they are taken once, or two such pages would lead to each other.
            named = sections.feeds_of(parsed) + sections.feed_links(parsed, scope)
            if queued.link.depth == 0:
                self._add_all([one for one in named if one != url], "feed", "feed", queued, depth=1)
            if not named:
                self._guess_on(queued)
            self.note(queued, "good" if named else "unreadable")
            return
        stories = stories_of(parsed, scope, queued.link.found.section)
        self.note(queued, "good" if stories else "empty", newest=_newest(stories))
        if not stories and queued.link.depth == 0:
            self._session.observer.list_is_blank(queued.link.url, squash(text_of(parsed.tree, _is_around)))
        following = next_page_of(parsed, scope)
        if queued.link.depth == 0:
            by_rule = loadmore.first_urls(parsed, site) if site is not None else []
            for more in by_rule or ([] if following else endless.buttons_of(parsed, scope)):
                self.add(more, "loadmore", self._found("loadmore", queued, url))
        self._follow(stories, "section", queued, url, following=following)
        if role == "front":
            self._read_front(parsed, queued, url)

    def _read_front(self, parsed: ParsedPage, queued: Queued, url: str) -> None:
        """A paper that is not known: everything that it announces."""
        named = sections.feeds_of(parsed) or sections.feed_links(parsed, self._session.scope)
        self._add_all(named, "feed", "feed", queued)
        listed = sections.sections_of(parsed, self._session.scope)
        if not named and not listed:
            self._guess("feed", queued, url)
        for section in listed:
            found = self._found("section", queued, url, section)
            self.add(section.url, "section", found, priority=LISTS - 10)

    def _read_sitemap(self, sitemap: sitemaps.Sitemap, queued: Queued, url: str) -> None:
        session, depth = self._session, queued.link.depth + 1
        site, since, scope = session.target.site, session.since, session.scope
        listed = bool(sitemap.pages or sitemap.shards)
        self.note(queued, "good" if listed else "empty", newest=_newest(sitemap.pages))
        if not listed:
            self._guess_on(queued)
        shards = sorted(sitemap.shards, key=lambda shard: shard.rank, reverse=True)
        if since is not None:
            shards = [shard for shard in shards if not shard.is_before(since)]
        else:
            shards = shards[: session.settings.max_depth]
        if depth < session.settings.max_depth:
            for shard in shards:
                found = self._found("sitemap", queued, url)
                self.add(shard.url, "sitemap", found, depth=depth, priority=LISTS - depth)
        least = 3 if site is not None and site.article_id is not None else 1
        pages = [
            page
            for page in sitemap.pages
            if scope.contains(page.url) and url_likeness(page.url, scope) >= least
        ]
        self._add_stories(pages, "sitemap", queued, url)

    # turning pages

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
        """Queue the stories of a list, and its next page while there is something new; with `since` until it
        is reached, new or not.
        """
        session, depth = self._session, queued.link.depth + 1
        since, scope = session.since, session.scope
        turn = self._turns.pop(queued.link.url, None)
        keys = frozenset(scope.key(story.url) for story in stories)
        # What stood on the page before as well is a box beside the list, or a page that repeats for ever.
        own = [story for story in stories if turn is None or scope.key(story.url) not in turn.keys]
        if since is not None and turn is not None and self._is_reached(list(turn.stories)):
            return  # of the page before, which had no dates: now it has, those of its articles
        fresh = self._add_stories(stories, by, queued, url)
        if not own or (since is None and (not fresh or depth >= session.settings.max_depth)):
            return
        if since is not None and (depth >= MAX_TURNED or self._is_reached(own)):
            return
        role = "loadmore" if by == "loadmore" else "section"
        dated = since is None or any(story.date or backfill.day_in(story.url) for story in own)
        priority = max(LISTS - depth, NEW + 1) if dated else AFTER_ARTICLES
        for page in following:
            self._remember(page, _Turn(keys, tuple(own)))
            self.add(page, role, self._found(by, queued, via or url), depth=depth, priority=priority)

    def _is_reached(self, stories: list[Candidate]) -> bool:
        """Tell whether a list has come to what is older than `since`, by its dates and the archive's."""
        undated = [story.url for story in stories if story.date is None]
        published = self._session.index.published_of(undated[:200]) if undated else {}
        published |= {url: self._session.published[url] for url in undated if url in self._session.published}
        return backfill.all_older(stories, self._session.since, published)

    def _remember(self, page: str, turn: _Turn) -> None:
        self._turns[page] = turn
        if len(self._turns) > _MAX_CHAINS:
            self._turns.popitem(last=False)

    # how lists do

    def note(
        self, queued: Queued, outcome: SourceOutcome, *, detail: str | None = None, newest: str | None = None
    ) -> None:
        """Note what a list gave; later pages of it, shards and redirects of redirects say nothing of it."""
        link = queued.link
        if link.kind != "list" or link.depth or link.role not in _TRACKED or link.found.hop.endswith("RR"):
            return
        guessed = link.found.hop.endswith(guesses.GUESSED)
        name = (link.found.via or link.url) if link.found.by == "redirect" else link.url
        self._session.sources.note(name, link.role, outcome, detail=detail, newest=newest, guessed=guessed)

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
        session = self._session
        fresh, named, unknown = False, [], []
        counts, since, scope = session.counts, session.since, session.scope
        # An article before its copies (AMP, mobile, print): they share a key, and the first one is fetched.
        for story in sorted(stories, key=lambda story: scope.is_twin(story.url)):
            counts["listed"] += 1
            if backfill.story_is_older(story, since):
                counts["older"] += 1
                continue
            found = self._found(by, queued, url, story)
            link = Link(
                url=scope.plain(story.url),
                key=scope.key(story.url),
                priority=self._priority(story, by),
                found=found,
            )
            named.append(link.key)
            if session.queue.add(link):
                counts["found"] += 1
                unknown.append(link.key)
                fresh = True
            else:
                fresh = fresh or not session.queue.frontier.is_settled(session.queue.site, link.key)
                session.names_known = session.names_known or session.queue.is_known(link.key)
        if queued.link.depth == 0:
            session.observer.listed(queued.link.url, named, unknown)
        return fresh

    def _priority(self, story: Candidate, by: FoundBy) -> int:
        """Sitemaps name old and new; what has no date there is taken for old."""
        recent = self._session.started_at - RECENT
        old = by == "sitemap" and (story.date is None or backfill.is_older(story.date, recent))
        return BACKFILL if old else NEW

    def _add_all(
        self, urls: Iterable[str], role: str, by: FoundBy, queued: Queued, *, depth: int = 0
    ) -> None:
        for url in urls:
            self.add(url, role, self._found(by, queued, queued.link.url), priority=LISTS - 5, depth=depth)

    def _guess(self, role: str, queued: Queued, url: str) -> None:
        """Look where papers have their sitemap or feed by custom, where nothing names any."""
        if self._session.target.site is None or self._session.target.seeds[0][1] == "front":
            self._add_guess(guesses.guess(cast("Any", role), url), role, queued)

    def _guess_on(self, queued: Queued) -> None:
        link = queued.link
        following = (
            guesses.next_guess(link.role, link.url) if link.found.hop.endswith(guesses.GUESSED) else None
        )
        if following is not None:
            self._add_guess(following, link.role, queued)

    def _add_guess(self, url: str, role: str, queued: Queued) -> None:
        hop = queued.link.found.hop.removesuffix(guesses.GUESSED) + guesses.GUESSED
        by: FoundBy = "sitemap" if role == "sitemap" else "feed"
        self.add(url, role, Found(by=by, via=queued.link.url, hop=hop), priority=LISTS - 5)

    def add(
        self, url: str, role: str, found: Found, *, kind: Any = "list", depth: int = 0, priority: int = LISTS
    ) -> None:
        """Queue one link; a list that rests is left."""
        session = self._session
        if kind == "list" and depth == 0 and role in _TRACKED and session.sources.rests(url):
            session.counts["resting"] += 1
            return
        key = session.scope.key(url) if kind == "article" else f"{kind}:{url}"
        link = Link(url=url, key=key, kind=kind, role=role, priority=priority, depth=depth, found=found)
        if session.queue.add(link):
            session.counts["lists" if kind == "list" else "found"] += 1


def _newest(stories: Iterable[Candidate]) -> str | None:
    return max((story.date for story in stories if story.date), default=None)


def _is_around(element: Any) -> bool:
    """Tell what is no text of a page's own: links, and what stands on each page of a site."""
    return element.tag in _AROUND


def _is_html(head: bytes) -> bool:
    return b"<html" in head or b"<!doctype html" in head
