"""Begins what is due, each crawl a process of its own, and sees that every slot is accounted for.

One `Dispatcher` is `schedule run-due` (until nothing is due and nothing runs) or `schedule daemon` (until
it is told to end). It keeps nothing that is not in the ledger: any number of them may run beside or after
each other, and may be killed at any moment.

A slot that is due waits while its site is being crawled or no process is free. Of several that wait, the
last is run and the others are recorded as skipped; with catch_up = "skip" none is run that is later than
`LATE`.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from attrs import define, field

from archive.counting import count_of
from crawler.ledger import Ledger, Mark, State
from crawler.schedule import Plan, Visit, next_adaptive, next_slot, slots

BEAT_SECONDS = 15.0
"""A scheduler looks, and says that it lives, at least this often while it has crawls."""
LEASE_SECONDS = 90.0
"""Without a sign of life for so long, a scheduler counts as dead."""
LATE = timedelta(minutes=5)
"""With catch_up = "skip": a run that could not begin by then is left out."""
GRACE = timedelta(seconds=120)
"""After `max_run` a crawl is asked to stop; after so much more it is killed."""

_ENDS = {0: None, 3: "partly done", 1: "failed", 130: "interrupted; the next run goes on with its queue"}
_LOCKED = 6


class Crawl(Protocol):
    """A crawl in a process of its own."""

    def ended(self) -> int | None:
        """Return the exit code (negative: the signal that killed it), None while it runs."""

    def stop(self) -> None:
        """Ask it to end in order."""

    def kill(self) -> None:
        """End it."""


@define(eq=False)
class _Going:
    plan: Plan
    slot: datetime
    started: datetime
    crawl: Crawl
    stopped: str | None = None
    """Why it was asked to stop."""


def new_holder() -> str:
    """Return a name for a scheduler that no other has."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


@define(eq=False, kw_only=True)
class Dispatcher:
    """See the module. `tick` does all there is to do at a moment."""

    ledger: Ledger
    begin: Callable[[Plan, datetime], Crawl]
    """Starts a crawl for a slot. Raises OSError where no process can be started."""
    held: Callable[[str], bool]
    """Tells whether a process holds the lock file of a site."""
    visits: Callable[[str], Sequence[Visit]]
    """Earlier runs of a site, oldest first."""
    room: int = 2
    """Crawls at once, over all schedulers of the collection."""
    holder: str = field(factory=new_holder)
    going: dict[int, _Going] = field(factory=dict)
    ended: list[tuple[Plan, datetime, int | None, str | None]] = field(factory=list)
    """What came to an end since somebody looked: plan, slot, exit code, reason."""
    _following: dict[Plan, tuple[datetime, datetime]] = field(factory=dict)
    """The first slot after a moment, of plans looked at before: computing it is the dear part of a look."""
    _waiting: dict[Plan, tuple[str, datetime]] = field(factory=dict)
    """What a slot that is due waits for, and until when there is nothing new to say of it."""

    def tick(self, plans: Sequence[Plan], now: datetime) -> None:
        """Record what has ended, begin what is due. Raises ScheduleError."""
        self.ledger.beat(self.holder, now)
        self._reap(now)
        self._limit(now)
        self._void_leases(now)
        waiting = [
            (due[-1], plan)
            for plan in plans
            if not self._still_waits(plan, now) and (due := self._due(plan, self._mark(plan, now), now))
        ]
        # The oldest first; of one moment the whole site before its sections, which it covers.
        for _, plan in sorted(waiting, key=lambda it: (it[0], it[1].section != "", it[1].site)):
            self._attend(plan, now)

    def _still_waits(self, plan: Plan, now: datetime) -> bool:
        reason, until = self._waiting.get(plan, ("", now))
        if now < until and self._hindrance(plan)[0] == reason:
            return True
        self._waiting.pop(plan, None)
        return False

    def next_due(self, plans: Sequence[Plan], now: datetime) -> datetime | None:
        """Return when the next slot comes due; None where there is none."""
        moments = []
        for plan in plans:
            mark = self._mark(plan, now)
            moments.append((mark.planned or now) if plan.is_adaptive else self._next(plan, mark.upto))
        return min(moments, default=None)

    def _next(self, plan: Plan, after: datetime) -> datetime:
        known = self._following.get(plan)
        if known is None or known[0] != after:
            known = self._following[plan] = (after, next_slot(plan, after))
        return known[1]

    def stop_all(self, reason: str) -> None:
        """Ask all crawls to end; `tick` records how they did."""
        for going in self.going.values():
            if going.stopped is None:
                going.stopped = reason
                going.crawl.stop()

    def kill_all(self) -> None:
        """End all crawls that are still there."""
        for going in self.going.values():
            going.crawl.kill()

    # what has ended

    def _reap(self, now: datetime) -> None:
        for slot_id, going in list(self.going.items()):
            code = going.crawl.ended()
            if code is None:
                continue
            del self.going[slot_id]
            state, reason = _meaning(code, going)
            with self.ledger.transaction():
                self.ledger.end(slot_id, state, now, reason, code)
                mark = self.ledger.mark(going.plan.site, going.plan.section)
                if going.plan.is_adaptive and mark is not None and mark.digest == going.plan.digest:
                    self._put(going.plan, mark.upto, now)
            self.ended.append((going.plan, going.slot, code, reason))

    def _limit(self, now: datetime) -> None:
        for going in self.going.values():
            longest, length = going.plan.max_run, now - going.started
            if longest is None or length < timedelta(seconds=longest):
                continue
            if going.stopped is None:
                going.stopped = f"stopped after {count_of(longest / 60, 'minute')} (max_run)"
                going.crawl.stop()
            elif length > timedelta(seconds=longest) + GRACE:
                going.crawl.kill()

    def _void_leases(self, now: datetime) -> None:
        for lease in self.ledger.leases():
            if not self._is_dead(lease.holder, lease.heartbeat, now) or self.held(lease.site):
                continue
            with self.ledger.transaction():
                again = self.ledger.lease(lease.site)
                if again == lease:
                    sign = f"{lease.heartbeat:%Y-%m-%d %H:%M:%S}"
                    words = f"its scheduler ended without a word; last sign of life {sign} UTC"
                    self.ledger.end(lease.slot_id, "lost", now, words)

    def _is_dead(self, holder: str, heartbeat: datetime, now: datetime) -> bool:
        return holder != self.holder and now - heartbeat > timedelta(seconds=LEASE_SECONDS)

    # what is due

    def _mark(self, plan: Plan, now: datetime) -> Mark:
        """Return how far a plan is accounted for; one that is new or has changed begins now."""
        mark = self.ledger.mark(plan.site, plan.section)
        if mark is None or mark.digest != plan.digest:
            mark = Mark(plan.digest, now, now if plan.is_adaptive else None, None)
            self.ledger.put_mark(plan.site, plan.section, mark)
        return mark

    def _due(self, plan: Plan, mark: Mark, now: datetime) -> list[datetime]:
        if plan.is_adaptive:
            return [mark.planned] if mark.planned is not None and mark.planned <= now else []
        return list(slots(plan, mark.upto, now)) if self._next(plan, mark.upto) <= now else []

    def _attend(self, plan: Plan, now: datetime) -> None:
        """Run the last slot that is due, or say why not; the earlier ones were missed."""
        begun: int | None = None
        with self.ledger.transaction():
            mark = self._mark(plan, now)
            due = self._due(plan, mark, now)
            if not due:
                return  # another scheduler was here
            if plan.broken is not None:
                self.ledger.skip(plan.site, plan.section, due, plan.broken)
                self._put(plan, due[-1], now)
                self.ended.append((plan, due[-1], None, plan.broken))
                return
            *missed, last = due
            if plan.paused:
                self.ledger.skip(plan.site, plan.section, due, "paused")
                self._put(plan, last, now)
                return
            for moment in missed:
                self.ledger.skip(plan.site, plan.section, [moment], self._why(plan, moment, mark))
            reason, final = self._hindrance(plan)
            late = plan.catch_up == "skip" and now - last > LATE
            if final or late:
                words = reason or self._why(plan, last, mark)
                self.ledger.skip(plan.site, plan.section, [last], words)
                self._put(plan, last, now)
            elif reason is not None:
                upto = missed[-1] if missed else mark.upto
                self.ledger.put_mark(plan.site, plan.section, Mark(mark.digest, upto, mark.planned, reason))
                until = now + LATE if plan.is_adaptive else next_slot(plan, last)
                self._waiting[plan] = (reason, min(until, last + LATE) if plan.catch_up == "skip" else until)
            else:
                begun = self.ledger.begin(plan.site, plan.section, last, self.holder, now)
                self._put(plan, last, now)
        if begun is not None:
            self._start(begun, plan, last, now)

    def _put(self, plan: Plan, upto: datetime, now: datetime) -> None:
        planned = next_adaptive(plan, self.visits(plan.site), now) if plan.is_adaptive else None
        self.ledger.put_mark(plan.site, plan.section, Mark(plan.digest, upto, planned, None))

    def _hindrance(self, plan: Plan) -> tuple[str | None, bool]:
        """Return why a slot cannot begin now, and whether it need not begin later either."""
        lease = self.ledger.lease(plan.site)
        if lease is not None:
            other = self.ledger.slot(lease.slot_id)
            if plan.section and not other.section:
                return f"covered by the run of the whole site of {_clock(other.slot)}", True
            return f"the run of {_clock(other.slot)} was still going", False
        if self.held(plan.site):
            return "another process was crawling the site", False
        if len(self.ledger.leases()) >= self.room:
            return f"no process was free (schedule_processes = {self.room})", False
        return None, False

    def _why(self, plan: Plan, slot: datetime, mark: Mark) -> str:
        """Return why nothing began at a slot that is past."""
        other = self.ledger.running_at(plan.site, slot)
        if other is not None:
            return f"the run of {_clock(other.slot)} was still going"
        return mark.waits_for or "no scheduler was running"

    def _start(self, slot_id: int, plan: Plan, slot: datetime, now: datetime) -> None:
        try:
            crawl = self.begin(plan, slot)
        except OSError as error:
            reason = f"no process could be started: {error.strerror or error}"
            with self.ledger.transaction():
                self.ledger.end(slot_id, "skipped", now, reason)
            self.ended.append((plan, slot, None, reason))
            return
        self.going[slot_id] = _Going(plan, slot, now, crawl)


def _meaning(code: int, going: _Going) -> tuple[State, str | None]:
    if code == _LOCKED:
        return "skipped", "another process was crawling the site"
    if going.stopped is not None:
        return "ran", going.stopped
    if code < 0:
        return "ran", f"killed by signal {-code}"
    return "ran", _ENDS.get(code, f"ended with exit code {code}")


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
