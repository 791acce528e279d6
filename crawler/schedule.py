"""When a site is due: from what is declared to the slots of any span of time. Pure: no clock, no file.

A slot is a moment (UTC) at which a run is to begin. Three kinds of rhythm give them:

    every "1h"       spans of real time, each site at its own minute: 24 runs on a day of 23 hours are 23
    every "1d"       whole days by the calendar of the zone: the same time of day, summer and winter
    cron fields      as Debian's cron reads them: what falls into an hour that is left out runs right after
                     it, what falls into an hour that comes twice runs once (with * in hour or minute: twice)
    adaptive         the next slot comes from what earlier runs found, see `next_adaptive`

A slot outside the window waits until it opens; several that wait become one. Jitter is drawn from the slot
itself, so that the same question has the same answer in every process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from attrs import field, frozen
from cronsim import CronSim

from archive.sites.rhythm import adaptive_bounds, span

DAY = 86_400.0
LEAST, MOST = 900.0, DAY
"""Seconds between two adaptive runs."""
AIM = 3.0
"""New articles that an adaptive run waits for."""
FIRST = 3600.0
"""Seconds to the second adaptive run, when nothing is known yet."""
_LOOK_BACK = timedelta(hours=26)
"""A window can move a slot by almost a day, and a day can have 25 hours."""


@frozen(kw_only=True)
class Plan:
    """What is declared for one site, or for one section of it."""

    site: str
    section: str = ""
    """Its address; empty for the whole site."""
    rhythm: str
    """As written: "1h", "15 6-22 * * *", "adaptive"."""
    timezone: str = "UTC"
    window: str | None = None
    jitter: float = 0.0
    """Seconds."""
    catch_up: Literal["once", "skip"] = "once"
    max_run: float | None = None
    """Seconds."""
    paused: bool = False
    origin: str = field(default="", eq=False)
    """File that declares it."""
    broken: str | None = field(default=None, eq=False)
    """Why nothing can be crawled: its profile has a mistake."""

    @property
    def target(self) -> str:
        """What `hemeroteca crawl` is asked for."""
        return self.section or self.site

    @property
    def is_adaptive(self) -> bool:
        """Whether the next slot depends on what runs found."""
        return adaptive_bounds(self.rhythm) is not None

    @property
    def digest(self) -> str:
        """Changes where the slots change."""
        parts = (self.rhythm, self.timezone, self.window or "", f"{self.jitter:g}")
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@frozen
class Visit:
    """One run as the adaptive rhythm sees it."""

    at: datetime
    new: int
    """Articles that it found and the run before it did not."""


def slots(plan: Plan, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the slots in (after, until], in order, of a plan that is not adaptive."""
    last = after.astimezone(UTC)
    back = _LOOK_BACK if plan.window else timedelta()
    for raw, following in _pairs(_raw(plan, after - back - timedelta(seconds=plan.jitter))):
        if raw > until:
            return
        slot = _placed(plan, raw, following)
        if slot > until:
            # A later slot is never earlier: what waits for a window waits behind this one.
            return
        if slot > last:
            yield slot
            last = slot


def next_slot(plan: Plan, after: datetime) -> datetime:
    """Return the first slot after a moment, of a plan that is not adaptive."""
    return next(slots(plan, after, datetime.max.replace(tzinfo=UTC)))


def next_adaptive(plan: Plan, visits: Sequence[Visit], after: datetime) -> datetime:
    """Return when the next run should begin: when about `AIM` new articles will have come.

    `visits`: earlier runs, oldest first. What a run found came since the run before it; spread over those
    hours it gives a rate for each hour of the day, which is drawn towards the rate of all hours where
    little is known. So a paper that sleeps at night is not asked at night.
    """
    bounds = adaptive_bounds(plan.rhythm) or (None, None)
    least, most = bounds[0] or LEAST, bounds[1] or MOST
    zone = ZoneInfo(plan.timezone)
    if len(visits) < 2:
        wait = min(max(FIRST, least), most)
    else:
        wait = _until_enough(_hourly(visits, zone), after, zone, least, most)
    raw = after.astimezone(UTC) + timedelta(seconds=wait)
    return _placed(plan, raw, raw + timedelta(seconds=wait))


def _hourly(visits: Sequence[Visit], zone: ZoneInfo) -> list[float]:
    """Return the articles an hour that each hour of the day brings."""
    found, watched = [0.0] * 24, [0.0] * 24
    for before, visit in pairwise(visits):
        length = (visit.at - before.at).total_seconds()
        if not 0 < length <= 3 * DAY:
            continue
        steps = max(1, round(length / 1800))
        for step in range(steps):
            hour = (before.at + (visit.at - before.at) * ((step + 0.5) / steps)).astimezone(zone).hour
            found[hour] += visit.new / steps
            watched[hour] += length / steps / 3600
    mean = sum(found) / (sum(watched) or 1.0)
    return [(found[hour] + mean * 2.0) / (watched[hour] + 2.0) for hour in range(24)]


def _until_enough(
    hourly: Sequence[float], after: datetime, zone: ZoneInfo, least: float, most: float
) -> float:
    step, waited, come = 300.0, 0.0, 0.0
    while waited < most and come < AIM:
        moment = (after + timedelta(seconds=waited)).astimezone(zone)
        come += hourly[moment.hour] * step / 3600
        waited += step
    return min(max(waited, least), most)


def _raw(plan: Plan, after: datetime) -> Iterator[datetime]:
    """Yield the moments of the rhythm from `after` on, before window and jitter."""
    seconds = span(plan.rhythm)
    if seconds is None:
        yield from _cron(plan.rhythm, after.astimezone(ZoneInfo(plan.timezone)))
    elif seconds % DAY == 0:
        yield from _days(plan, int(seconds // DAY), after)
    else:
        phase = _share(f"{plan.site}\0{plan.section}") * seconds
        number = int((after.timestamp() - phase) // seconds)
        while True:
            moment = datetime.fromtimestamp(int(number * seconds + phase), UTC)
            if moment >= after:
                yield moment
            number += 1


def _cron(fields: str, after: datetime) -> Iterator[datetime]:
    for moment in CronSim(fields, after):
        yield moment.astimezone(UTC)


def _days(plan: Plan, days: int, after: datetime) -> Iterator[datetime]:
    zone, share = ZoneInfo(plan.timezone), _share(f"{plan.site}\0{plan.section}")
    at = time(int(share * 24), int(share * 1440) % 60)
    if plan.window:
        at = _bounds(plan.window)[0]
    day = after.astimezone(zone).date()
    while True:
        if day.toordinal() % days == int(share * days):
            # A time of day that a change of clocks leaves out becomes the one an hour later.
            moment = datetime.combine(day, at, zone).astimezone(UTC)
            if moment >= after:
                yield moment
        day += timedelta(days=1)


def _pairs(moments: Iterable[datetime]) -> Iterator[tuple[datetime, datetime]]:
    following = iter(moments)
    one = next(following)
    for two in following:
        yield one, two
        one = two


def _placed(plan: Plan, raw: datetime, following: datetime) -> datetime:
    """Return the slot of a moment: in the window, and later by its jitter, but never as late as the next."""
    opened, left = raw, (following - raw).total_seconds() / 2
    if plan.window:
        opened, closes = _in_window(plan.window, ZoneInfo(plan.timezone), raw)
        left = (
            (closes - opened).total_seconds() if opened != raw else min(left, (closes - raw).total_seconds())
        )
    late = _share(f"{plan.site}\0{plan.section}\0{opened.timestamp():.0f}") * min(
        plan.jitter, max(left - 1, 0)
    )
    return (opened + timedelta(seconds=int(late))).replace(microsecond=0)


def _in_window(window: str, zone: ZoneInfo, moment: datetime) -> tuple[datetime, datetime]:
    """Return the moment, or the next opening where it is outside; and when the window closes after that."""
    opens, closes = _bounds(window)
    local = moment.astimezone(zone)
    for offset in (-1, 0, 1, 2):
        day = local.date() + timedelta(days=offset)
        start = datetime.combine(day, opens, zone).astimezone(UTC)
        end = datetime.combine(day + timedelta(days=closes <= opens), closes, zone).astimezone(UTC)
        if start <= moment < end:
            return moment.astimezone(UTC), end
        if start > moment and end > start:
            return start, end
    raise AssertionError("a window opens every day")


def _bounds(window: str) -> tuple[time, time]:
    opens, closes = (time.fromisoformat(part.strip()) for part in window.split("-"))
    return opens, closes


def _share(text: str) -> float:
    """Return a number in [0, 1) that is always the same for a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / (1 << 48)
