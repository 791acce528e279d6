"""Thirty days of schedules under a simulated clock, with outages: `python -m bench.schedule_month [--days N] [--seed N]`.

The real slots, ledger and dispatcher; only the clock and the crawls are simulated (they last, crash, hang). What goes
wrong: the machine is off for hours, the scheduler alone is killed and its crawls go on, a second scheduler runs
beside the first, crawls crash or hang beyond max_run, an operator crawls a site by hand. Printed: what became of the
slots. Exit code 1 if a slot that came due has neither a run nor a reason, or two crawls of one site ran at once.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import define, field

from crawler.dispatch import Dispatcher
from crawler.ledger import Ledger
from crawler.schedule import Plan, Visit, slots

START = datetime(2026, 10, 10, tzinfo=UTC)
"""Both ends of the European summer time fall into the months around it."""

PLANS = (
    Plan(site="vietnamplus-fr", rhythm="1h", timezone="Asia/Ho_Chi_Minh", jitter=300),
    Plan(site="vietnamplus-fr", section="http://127.0.0.2/politique/", rhythm="15min"),
    Plan(site="courrier-de-l-ambre", rhythm="30 2 * * *", timezone="Europe/Paris"),
    Plan(site="人民报", rhythm="*/20 * * * *", timezone="Asia/Shanghai", window="06:00-23:30", max_run=1800),
    Plan(site="الأهرام", rhythm="1d", timezone="Africa/Cairo", window="22:00-04:00", jitter=3600),
    Plan(site="bangkok-post", rhythm="30min", timezone="Asia/Bangkok", catch_up="skip", max_run=2400),
    Plan(site="nhandan-vi", rhythm="adaptive", timezone="Asia/Ho_Chi_Minh"),
    Plan(site="santiago-times", rhythm="0 * * * *", timezone="America/Santiago", window="23:00-01:00"),
    Plan(site="on-holiday", rhythm="2h", paused=True),
)


@define(eq=False)
class SimulatedCrawl:
    """Lasts as long as was drawn for it."""

    site: str
    begun: datetime
    until: datetime
    code: int
    world: World
    asked: bool = False

    def ended(self) -> int | None:
        return self.code if self.world.now >= self.until else None

    def stop(self) -> None:
        if not self.asked:
            self.asked = True
            self.code, self.until = 130, min(self.until, self.world.now + timedelta(seconds=20))

    def kill(self) -> None:
        self.code, self.until = -9, min(self.until, self.world.now)


@define(eq=False)
class World:
    """The clock, the processes, and what happens to them."""

    rng: random.Random
    now: datetime = START
    crawls: list[SimulatedCrawl] = field(factory=list)
    overlaps: int = 0
    crowded: int = 0
    begun: Counter[str] = field(factory=Counter)
    runs: dict[str, list[Visit]] = field(factory=dict)
    room: int = 3

    def alive(self, site: str | None = None) -> list[SimulatedCrawl]:
        self.crawls = [crawl for crawl in self.crawls if crawl.until > self.now]
        return [crawl for crawl in self.crawls if site in (None, crawl.site)]

    def begin(self, plan: Plan, _slot: datetime) -> SimulatedCrawl:
        self.overlaps += bool(self.alive(plan.site))
        drawn = self.rng.random()
        minutes = self.rng.expovariate(1 / 9) + 0.5 if drawn > 0.02 else 600.0
        code = -11 if drawn > 0.98 else self.rng.choice((0, 0, 0, 0, 0, 3))
        crawl = SimulatedCrawl(plan.site, self.now, self.now + timedelta(minutes=minutes), code, self)
        self.crawls.append(crawl)
        self.begun[plan.site] += 1
        night = (self.now.hour + 7) % 24 < 6
        self.runs.setdefault(plan.site, []).append(Visit(self.now, 0 if night else self.rng.randrange(6)))
        return crawl

    def by_hand(self, site: str) -> None:
        """An operator crawls a site, unless it is being crawled: then the lock refuses it."""
        if not self.alive(site):
            until = self.now + timedelta(minutes=self.rng.randrange(5, 90))
            self.crawls.append(SimulatedCrawl(site, self.now, until, 0, self))

    def power_cut(self) -> None:
        self.crawls.clear()


@define(eq=False)
class Outcome:
    """What the month came to."""

    slots: int = 0
    states: Counter[str] = field(factory=Counter)
    reasons: Counter[str] = field(factory=Counter)
    unaccounted: list[tuple[str, str, datetime]] = field(factory=list)
    twice: int = 0
    events: Counter[str] = field(factory=Counter)
    overlaps: int = 0
    begun: int = 0
    ticks: int = 0


def simulate(folder: Path, days: float, seed: int, plans: tuple[Plan, ...] = PLANS) -> Outcome:
    """Live through some days; return what became of every slot."""
    world, outcome = World(random.Random(seed)), Outcome()
    end = START + timedelta(days=days)
    with Ledger(folder / "schedule.db") as ledger:
        schedulers = [_scheduler(ledger, world)]
        for scheduler in schedulers:
            scheduler.tick(plans, world.now)
        trouble = START + timedelta(hours=world.rng.expovariate(1 / 9))
        while world.now < end:
            world.now = _next(world, schedulers, plans, trouble, end)
            if world.now >= trouble:
                schedulers = _trouble(world, schedulers, ledger, outcome, plans)
                trouble = world.now + timedelta(hours=world.rng.expovariate(1 / 9))
            for scheduler in schedulers:
                scheduler.tick(plans, world.now)
                outcome.ticks += 1
        _settle(world, ledger)
        _account(ledger, plans, world, outcome)
    return outcome


def _scheduler(ledger: Ledger, world: World) -> Dispatcher:
    return Dispatcher(
        ledger=ledger, begin=world.begin, held=lambda site: bool(world.alive(site)),
        visits=lambda site: world.runs.get(site, [])[-200:], room=world.room, holder=f"scheduler-{world.rng.random()}",
    )  # fmt: skip


def _next(
    world: World, schedulers: list[Dispatcher], plans: tuple[Plan, ...], trouble: datetime, end: datetime
) -> datetime:
    due = [schedulers[0].next_due(plans, world.now) or end] if schedulers else []
    due = [moment for moment in due if moment > world.now]  # what waits, waits for the end of a crawl
    moments = [
        *due,
        *(crawl.until for crawl in world.alive()),
        trouble,
        end,
        world.now + timedelta(minutes=5),
    ]
    if any(scheduler.going for scheduler in schedulers):
        moments.append(world.now + timedelta(seconds=60))
    return max(min(moments), world.now + timedelta(seconds=world.rng.randrange(1, 30)))


def _trouble(
    world: World, schedulers: list[Dispatcher], ledger: Ledger, outcome: Outcome, plans: tuple[Plan, ...]
) -> list[Dispatcher]:
    kind = world.rng.choice(
        ("machine off", "scheduler killed", "second scheduler", "crawled by hand", "restarted at once")
    )
    outcome.events[kind] += 1
    if kind == "machine off":
        world.power_cut()
        world.now += timedelta(hours=world.rng.choice((0.2, 1, 5, 11, 40)))
        return [_scheduler(ledger, world)]
    if kind == "scheduler killed":
        world.now += timedelta(minutes=world.rng.choice((1, 3, 12, 50)))
        return [_scheduler(ledger, world)]
    if kind == "restarted at once":
        return [_scheduler(ledger, world)]
    if kind == "second scheduler":
        return [*schedulers[-1:], _scheduler(ledger, world)]
    world.by_hand(world.rng.choice([plan.site for plan in plans]))
    return schedulers


def _settle(world: World, ledger: Ledger) -> None:
    """Let what runs come to its end, and dead leases become void; nothing new is begun."""
    for _ in range(40):
        world.now += timedelta(minutes=20)
        last = _scheduler(ledger, world)
        last.tick((), world.now)
    assert not ledger.leases()


def _account(ledger: Ledger, plans: tuple[Plan, ...], world: World, outcome: Outcome) -> None:
    rows = ledger.history()
    found = Counter((row.site, row.section, row.slot) for row in rows)
    outcome.twice = sum(count > 1 for count in found.values())
    for row in rows:
        outcome.states[row.state] += 1
        if row.state in ("skipped", "lost"):
            assert row.reason, row
            outcome.reasons[_kind(row.reason)] += 1
    for plan in plans:
        mark = ledger.mark(plan.site, plan.section)
        assert mark is not None
        if plan.is_adaptive:
            outcome.slots += sum(row.site == plan.site for row in rows)
            continue
        for slot in slots(plan, START, mark.upto):
            outcome.slots += 1
            if (plan.site, plan.section, slot) not in found:
                outcome.unaccounted.append((plan.site, plan.section, slot))
    outcome.overlaps, outcome.begun = world.overlaps, sum(world.begun.values())


def _kind(reason: str) -> str:
    for word in (
        "still going",
        "covered",
        "no scheduler",
        "no process was free",
        "another process",
        "ended without",
        "paused",
    ):
        if word in reason:
            return {"ended without": "its scheduler ended without a word"}.get(word, word)
    return reason


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcome = simulate(Path(folder), asked.days, asked.seed)
    print(
        f"{asked.days:g} days, seed {asked.seed}: {len(PLANS)} schedules, {outcome.slots:,} slots came due, {outcome.begun:,} crawls begun"
    )
    print(
        f"what happened   {', '.join(f'{count} × {kind}' for kind, count in sorted(outcome.events.items()))}"
    )
    print(
        f"slots           {', '.join(f'{count:,} {state}' for state, count in sorted(outcome.states.items()))}"
    )
    for kind, count in outcome.reasons.most_common():
        print(f"  skipped or lost: {count:6,}  {kind}")
    print(
        f"slots with neither a run nor a reason: {len(outcome.unaccounted)}; with two rows: {outcome.twice}"
    )
    print(f"two crawls of one site at once: {outcome.overlaps}")
    print(f"{outcome.ticks:,} looks in {time.perf_counter() - began:.1f} s")
    sys.exit(1 if outcome.unaccounted or outcome.overlaps or outcome.twice else 0)


if __name__ == "__main__":
    main()
