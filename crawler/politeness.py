"""How gently each host is asked. One `Politeness` a process: sites that share a host share its pace.

The delay of a profile or of the settings, and Crawl-delay, are the least. On top of them:

- "429 Too Many Requests" and "503 Service Unavailable" hold the whole host, not only the URL: as long as
  Retry-After says (RFC 9110 §10.2.3), else longer each time. Afterwards it is asked more slowly, and at the
  old pace again after enough good answers. A host that goes on refusing, or names a wait that is longer than
  a run should last, is left alone for the rest of the run; its links stay queued.
- A host that takes long to answer is asked no faster than it answers.
- Outside the hours of a profile nothing is asked.

Other hosts go on meanwhile. All times are of a monotonic clock, given by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from attrs import define, field

BUSY = frozenset((429, 503))
LONGEST_WAIT = 600.0
"""Seconds that are waited for within a run; a host that asks for more is left to the next one."""
FIRST_HOLD = 5.0
"""Seconds for which a host is held that names no time; doubled each time."""
LONGEST_DELAY = 30.0
PATIENCE = 6
"""Refusals without a good answer in between after which a host is left alone for the run."""
GOOD_ANSWERS = 10
"""Until a host that has refused is asked faster again."""
_SMOOTHING = 0.3


@define(eq=False)
class Pace:
    """What is known of one host."""

    held_until: float = 0.0
    next_at: float = 0.0
    strikes: int = 0
    """How much more slowly it is asked: the delay doubles with each."""
    refused: int = 0
    """Times in a row that it refused."""
    good: int = 0
    latency: float = 0.0
    """Smoothed seconds to an answer."""
    closed: bool = False

    def delay(self, base: float) -> float:
        """Return the seconds between two requests."""
        slow = self.latency if base > 0 else 0.0  # no delay was asked for: not to wait is meant
        careful = max(base, 0.5) * 2.0**self.strikes if self.strikes else 0.0
        return max(base, min(max(slow, careful), LONGEST_DELAY))

    def answered(self, now: float, status: int, latency: float, retry_after: float | None) -> None:
        """Take note of an answer."""
        self.latency += _SMOOTHING * (min(latency, LONGEST_DELAY) - self.latency)
        if status not in BUSY:
            self.refused = 0
            self.good += status < 500
            if self.good >= GOOD_ANSWERS:
                self.good, self.strikes = 0, max(0, self.strikes - 1)
            return
        # What was under way when it refused says nothing new.
        first = now >= self.held_until
        self.refused += first
        self.strikes += first and self.delay(1.0) < LONGEST_DELAY
        self.good = 0
        hold = FIRST_HOLD * 2.0 ** (self.refused - 1) if retry_after is None else retry_after
        self.closed |= hold > LONGEST_WAIT or self.refused >= PATIENCE
        self.held_until = max(self.held_until, now + min(hold, LONGEST_WAIT))


@define(eq=False)
class Politeness:
    """The paces of all hosts."""

    _paces: dict[str, Pace] = field(factory=dict)

    def of(self, host: str) -> Pace:
        """Return the pace of a host."""
        return self._paces.setdefault(host, Pace())

    def wait(self, host: str, now: float) -> float | None:
        """Return the seconds until a host may be asked, 0 where it may be now, None where not in this run."""
        pace = self.of(host)
        if pace.closed:
            return None
        return max(0.0, pace.held_until - now, pace.next_at - now)

    def started(self, host: str, now: float, base: float) -> None:
        """Take note of a request; `base`: the delay that holds for the host."""
        pace = self.of(host)
        pace.next_at = now + pace.delay(base)


def slot_host(url: str) -> str:
    """Return what a pace belongs to: the host, whatever the port, as Scrapy's slots have it."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_open(hours: Iterable[tuple[int, int]], local: datetime) -> bool:
    """Tell whether a time of day is within the hours (minutes since midnight; over midnight where the first
    is the greater one); always where there are none.
    """
    hours = tuple(hours)
    minute = local.hour * 60 + local.minute
    return not hours or any(
        start <= minute < end if start < end else minute >= start or minute < end for start, end in hours
    )


def hours_in_words(hours: Iterable[tuple[int, int]]) -> str:
    """Return hours as people write them: 22:00–06:00."""
    return ", ".join(f"{start // 60:02}:{start % 60:02}–{end // 60:02}:{end % 60:02}" for start, end in hours)
