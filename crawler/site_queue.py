"""What one run of one site still has to fetch, as the scheduler asks for it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from crawler.frontier import TAKE, Frontier, Link, Queued, State


class SiteQueue:
    """The rows of one site in one run: what is being fetched, what is ready, how many articles may still be
    fetched.
    """

    def __init__(
        self,
        frontier: Frontier,
        site: str,
        run: str,
        limit: int | None = None,
        *,
        arm: Callable[[float], None] | None = None,
        gate: Callable[[str], float | None] | None = None,
    ) -> None:
        """`limit`: articles to fetch in this run at most. `arm`: puts what has become due into the queue.
        `gate`: seconds until a URL may be asked for; None: not in this run.
        """
        self.frontier = frontier
        self.site = site
        self.run = run
        self.limit = limit
        self._arm = arm
        self._gate: Callable[[str], float | None] = gate or (lambda _: 0.0)
        self.blocked = 0.0
        """Seconds until one of the hosts of what is ready may be asked; 0: none is held."""
        self._left: set[int] = set()
        self._ready: deque[Queued] = deque()
        self._under_way: dict[int, Queued] = {}
        self._articles = 0
        self._stale = True
        self._later = 0.0

    def add(self, link: Link) -> bool:
        """Queue a link; see Frontier.add."""
        added = self.frontier.add(self.site, self.run, link)
        self._stale |= added
        return added

    def is_known(self, key: str) -> bool:
        """Tell whether an earlier run has fetched a link."""
        return self.frontier.was_fetched(self.site, key, before=self.run)

    def next(self) -> Queued | None:
        """Return the next link to fetch, None where there is none now; `blocked` then says how long it is
        until a host may be asked again.
        """
        self.blocked = 0.0
        if self._is_full:
            return None
        if self._stale or not self._ready:
            self._refill()
        passed_over: list[Queued] = []
        found: Queued | None = None
        while self._ready and found is None and self.frontier.failure is None:
            queued = self._ready.popleft()
            if queued.id in self._under_way:
                continue
            wait = self._gate(queued.link.url)
            if wait == 0:
                found = self._under_way[queued.id] = queued
            elif wait is None:
                self._left.add(queued.id)
            else:
                passed_over.append(queued)
                self.blocked = min(wait, self.blocked or wait)
        self._ready.extendleft(reversed(passed_over))
        return found

    def leave(self, row_id: int) -> None:
        """Leave a link to the next run: it stays queued, and is not handed out any more in this one."""
        if self._under_way.pop(row_id, None) is not None:
            self._left.add(row_id)

    @property
    def _is_full(self) -> bool:
        """Whether what is under way may fill the limit: a section's address, too, may turn out to be an
        article's.
        """
        return self.limit is not None and self._articles + len(self._under_way) >= self.limit

    def _refill(self) -> None:
        # What is under way or left is still queued in the database: so many rows more are needed to see past
        # it.
        self._stale = False
        # What becomes due while there is other work is checked too; for it alone a run does not go on: where
        # more becomes due than can be fetched it would never end.
        if self._arm is not None and any(not one.is_recheck for one in self._under_way.values()):
            self._arm(time.time())
        taken = self.frontier.take(self.site, TAKE + len(self._under_way) + len(self._left))
        self._ready = deque(
            queued for queued in taken if queued.id not in self._under_way and queued.id not in self._left
        )

    def settle(self, row_id: int, state: State, detail: str | None = None, *, article: bool = False) -> None:
        """Say what became of a link that was handed out; `article`: it counts towards the limit."""
        if self._under_way.pop(row_id, None) is None:
            return
        self._articles += article
        self.frontier.settle(row_id, state, self.run, detail)

    def postpone(self, row_id: int, retries: int, seconds: float) -> None:
        """Give a link back for a later try."""
        if self._under_way.pop(row_id, None) is None:
            return
        self.frontier.postpone(row_id, retries, seconds)
        self._later = max(self._later, time.time() + seconds)

    @property
    def has_pending(self) -> bool:
        """Whether a link is ready or will be after a wait; links past the limit do not count."""
        if self._is_full:
            return False
        if self._stale or not self._ready:
            self._refill()
        if self.frontier.failure is not None:
            return False
        return time.time() < self._later or any(
            self._gate(queued.link.url) is not None for queued in self._ready
        )
