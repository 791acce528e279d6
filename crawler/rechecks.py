"""The known articles of one site in one run: which are due, how they are asked for, what their answers say.

What is kept of each article stands in the frontier (`visit`). Where it is missing there (frontier.db was
lost, the article came by `capture` or `import`) it is made from the index, whose captures tell the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from attrs import define, field, frozen

from archive.http import parse_head
from archive.index.results import CaptureRow
from archive.index.sightings import Sighting
from archive.index.store import Index
from archive.model import Article, Found, StoredCapture
from archive.settings import Settings
from archive.sites.profile import Site
from archive.summary import Revisits
from crawler.discovery.links import Scope
from crawler.frontier import Frontier
from crawler.queued import Link, Queued, Visit
from crawler.revisit import (
    DAY,
    Evidence,
    Habits,
    Limits,
    after_check,
    after_failure,
    first_seen,
    is_conditional,
    next_check,
)

ARM_SECONDS = 60.0
"""How often a run that goes on looks for articles that have become due meanwhile."""
LIST_TRUST_SECONDS = 24 * 3600.0
"""Age of its payload from which a list is fetched whole: one that stays the same for a day may come from a
server that answers "304 Not Modified" to everything."""


@frozen(kw_only=True)
class Outcome:
    """What a check of a known article has shown."""

    at: datetime
    changed: bool
    """It shows wording that no capture has shown before."""
    edited: float | None = None
    confirmed: bool = False
    misread: bool = False


@define(kw_only=True, eq=False)
class Rechecks:
    """Keeps the visits of one site; see crawler.revisit for the policy."""

    frontier: Frontier
    site: str
    run: str
    index: Index
    scope: Scope
    limits: Limits
    timezone: str | None = None
    """Zone of stated times that name none; else UTC."""
    enabled: bool = True
    habits: Habits = field(factory=Habits)
    _last: dict[int, CaptureRow] = field(factory=dict)
    """Of links under way: the capture that the next one is compared with."""
    _armed: float = 0.0

    # before

    def begin(self, now: datetime) -> int:
        """Take in articles that the queue does not know, put those that are due into it; return how many were
        taken in.
        """
        if not self.enabled:
            return 0
        taken_in = self._restore(now)
        self.habits = self.frontier.habits(self.site)
        self.arm(now.timestamp())
        return taken_in

    def arm(self, now: float) -> None:
        """Put what is due by now into the queue, at most once in `ARM_SECONDS`."""
        if self.enabled and now - self._armed >= ARM_SECONDS:
            self._armed = now
            self.frontier.arm(self.site, self.run, now)

    def _restore(self, now: datetime) -> int:
        since = now - timedelta(seconds=self.limits.until)
        missing = self.index.articles_since(self.site, since.isoformat())
        missing -= self.frontier.known_articles(self.site)
        if not missing:
            return 0
        histories = self.index.sightings_of_all(missing)
        evidence = [self._evidence(history) for history in histories]
        habits = self.frontier.habits(self.site).joined(evidence)
        for history, shown in zip(histories, evidence, strict=True):
            last = history[-1]
            visit = self._visit(last.article_id, shown, habits)
            link = Link(url=last.url, key=self.scope.key(last.url), found=Found(by="revisit"))
            self.frontier.note_known(self.site, self.run, link, visit)
        return len(histories)

    def outlook(self, now: datetime) -> Revisits | None:
        """Return when the known articles are due, as the run leaves them; None where `revisit` is off."""
        return self.frontier.revisits(self.site, now.timestamp()) if self.enabled else None

    # how it is asked for

    def conditions(self, queued: Queued, last: CaptureRow | None, now: float) -> dict[str, str]:
        """Return the headers that let a server answer "304 Not Modified" (RFC 9110 §13.1), where it may."""
        if queued.is_recheck and last is not None:
            self._last[queued.id] = last
        if last is None or not self._may_be_confirmed(queued, last, now):
            return {}
        headers = {"If-None-Match": last.etag, "If-Modified-Since": last.last_modified}
        return {name: value for name, value in headers.items() if value and _is_field_value(value)}

    def _may_be_confirmed(self, queued: Queued, last: CaptureRow, now: float) -> bool:
        whole = not last.truncated and (last.refers_to or last.status in range(200, 300))
        if not whole or not self.enabled:
            return False
        if queued.link.kind == "list":
            payload_at = datetime.fromisoformat(last.refers_to_at or last.fetched_at).timestamp()
            return now - payload_at < LIST_TRUST_SECONDS
        return queued.visit is not None and is_conditional(queued.visit.evidence, self.habits)

    def has_answer(self, queued: Queued, last: CaptureRow | None, now: float) -> bool:
        """Tell whether the archive has this check already: a run was killed before it could say so."""
        visit = queued.visit
        if last is None or visit is None:
            return False
        if visit.due is None or visit.due > now:
            return True
        answered = last.status is not None and (200 <= last.status < 300 or last.status == 304)
        return answered and datetime.fromisoformat(last.fetched_at).timestamp() >= visit.due

    def is_same_page(self, queued: Queued, stored: StoredCapture) -> bool:
        """Tell whether an answer repeats the page that was archived last, byte for byte."""
        last = self._last.get(queued.id)
        return (
            last is not None
            and stored.record_type == "revisit"
            and stored.payload_digest is not None
            and stored.payload_digest == last.payload_digest
            and last.version_id is not None
        )

    # what came of it

    def first(
        self,
        queued: Queued,
        article_id: int,
        article: Article,
        at: datetime,
        history: Sequence[Sighting] = (),
    ) -> None:
        """Note an article whose page was no check; `history`: its captures, this one included, where it was
        known before (under another address, from a capture).
        """
        if self.enabled:
            first = self._first(article.published, article.modified, at)
            evidence = self._evidence(history) if history else first
            self.frontier.note(self.site, queued.id, self._visit(article_id, evidence, self.habits))

    def checked(self, queued: Queued, outcome: Outcome) -> None:
        """Note the answer to a check."""
        self._last.pop(queued.id, None)
        if queued.visit is None:
            return
        before = queued.visit.evidence
        after = after_check(
            before,
            outcome.at.timestamp(),
            changed=outcome.changed,
            edited=outcome.edited,
            confirmed=outcome.confirmed,
            misread=outcome.misread,
        )
        self.habits = Habits(
            checks=self.habits.checks + 1,
            changes=self.habits.changes + outcome.changed,
            exposure=self.habits.exposure + after.exposure - before.exposure,
            misread=self.habits.misread + outcome.misread,
        )
        self.frontier.note(self.site, queued.id, self._visit(queued.visit.article, after, self.habits))

    def failed(self, queued: Queued) -> None:
        """Note that a check gave no article: no answer, an error, a page that is gone."""
        self._last.pop(queued.id, None)
        if queued.visit is not None:
            evidence = after_failure(queued.visit.evidence)
            self.frontier.note(self.site, queued.id, self._visit(queued.visit.article, evidence, self.habits))

    def moved(self, queued: Queued) -> None:
        """Note that an article stands at another address now, which is checked from then on."""
        self._last.pop(queued.id, None)
        if queued.visit is not None:
            self.frontier.note(self.site, queued.id, attrs.evolve(queued.visit, due=None))

    def catch_up(self, queued: Queued) -> None:
        """Make the visit of an article anew from its captures."""
        if queued.visit is not None and (history := self.index.sightings_of(queued.visit.article)):
            visit = self._visit(queued.visit.article, self._evidence(history), self.habits)
            self.frontier.note(self.site, queued.id, visit)

    def outcome(
        self, queued: Queued, stored: StoredCapture, *, changed: bool, article: Article | None
    ) -> Outcome:
        """Return what an answer shows, beside the capture before it."""
        last, head = self._last.get(queued.id), parse_head(stored.capture.head)
        same = last is not None and _same_validators(
            (last.etag, last.last_modified), (head.get("ETag"), head.get("Last-Modified"))
        )
        at = stored.capture.fetched_at
        return Outcome(
            at=at,
            changed=changed,
            edited=self._moment(article.modified, at) if article is not None else None,
            confirmed=head.status == 304,
            misread=changed and same,
        )

    # evidence

    def _visit(self, article_id: int, evidence: Evidence, habits: Habits) -> Visit:
        return Visit(article=article_id, evidence=evidence, due=next_check(evidence, habits, self.limits))

    def _first(self, published: str | None, modified: str | None, at: datetime) -> Evidence:
        return first_seen(at.timestamp(), self._moment(published, at), self._moment(modified, at))

    def _evidence(self, history: Sequence[Sighting]) -> Evidence:
        """Return what the captures of an article have shown, as `first` and `checked` would have noted it."""
        first, *later = history
        evidence = self._first(first.published, first.modified, datetime.fromisoformat(first.fetched_at))
        seen, before = {first.version_id}, first
        for one in later:
            changed = one.version_id not in seen
            at = datetime.fromisoformat(one.fetched_at)
            evidence = after_check(
                evidence,
                at.timestamp(),
                changed=changed,
                edited=self._moment(one.modified, at),
                confirmed=one.status == 304,
                misread=changed
                and _same_validators((before.etag, before.last_modified), (one.etag, one.last_modified)),
            )
            seen.add(one.version_id)
            before = one
        return evidence

    def _moment(self, stated: str | None, at: datetime) -> float | None:
        """Return a time that a page states. Of a day without a time it is the end, or the capture, if that
        came before.
        """
        if not stated:
            return None
        try:
            moment = datetime.fromisoformat(stated)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(self.timezone) if self.timezone else UTC)
            if len(stated) <= len("2026-11-23"):
                return min((moment + timedelta(days=1)).timestamp(), at.timestamp())
            return moment.timestamp()
        except (ValueError, OverflowError):
            return None


def limits_of(settings: Settings, site: Site | None) -> Limits:
    """Return what the profile says, else the collection's settings."""
    said = {} if site is None else attrs.asdict(site.revisit)
    ours = {"risk": settings.revisit_risk, "until": settings.revisit_days * DAY}
    limits = ours | {name: value for name, value in said.items() if value is not None}
    # No risk at all would be to ask all the time.
    return Limits(**limits | {"risk": max(limits["risk"], 1e-6)})


def _same_validators(before: tuple[str | None, str | None], now: tuple[str | None, str | None]) -> bool:
    """Tell whether a server sent the same ETag again, or where it sends none the same Last-Modified."""
    if before[0] or now[0]:
        return before[0] == now[0]
    return before[1] is not None and before[1] == now[1]


def _is_field_value(value: str) -> bool:
    """A stored header goes out again only as one line of visible characters."""
    return value.isascii() and value.isprintable() and len(value) <= 1000
