"""Thirty days of four scripted newspapers: how many edits each way of re-checking catches, for how many requests.

    python -m bench.month [--seed N] [--days N] [--risk R] [--no-crawl] [--gate]

First the policy alone (crawler.revisit, the code that a crawl runs) under a clock of its own, beside a fixed
hourly re-check and newsdiffs' ladder (15 min, 1 h, 3 h, 3 days, 30 days by the time since the last change).
All of them may look every five minutes. An edit is caught when its wording is captured before the next one
takes its place; those made before an article was seen for the first time do not count.

Then the whole crawl, smaller: `hemeroteca crawl` of a generated newspaper on loopback, every half hour of one
simulated day, each crawl a process whose clock is set to that moment. Its articles are edited at the ages of
the "daily" paper; what the index holds at the end is compared with what the newspaper did: edits caught, and
no version that is no edit, though boxes of related links change all the time.

`--gate` fails where less than 95 % of edits are caught, or more than half of the requests of the hourly
re-check are made (over the month: on its first day an article is asked for far more often than later).
"""

from __future__ import annotations

import argparse
import bisect
import heapq
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.newsdays import DAY, HOUR, MINUTE, PAPERS, Life, lives
from crawler.revisit import Evidence, Habits, Limits, after_check, first_seen, next_check

LOOK = 5 * MINUTE
"""How often there is a chance to ask: the span between two runs of the crawl."""
CAUGHT, REQUESTS = 0.95, 0.50
"""What the gate asks for: edits caught at least, requests of the fixed hourly re-check at most."""

Policy = Callable[[int, float, bool, Life], float | None]
"""(article, time of the check, whether it showed new wording, …) → when to check again."""


@dataclass
class Tally:
    """What one way of re-checking cost and gave."""

    requests: int = 0
    edits: int = 0
    lags: list[float] = field(default_factory=list)
    """Of each edit that was caught, the seconds from the edit to its capture."""

    @property
    def caught(self) -> float:
        """Share of edits."""
        return len(self.lags) / self.edits if self.edits else 1.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.requests + other.requests, self.edits + other.edits, self.lags + other.lags)


class Fixed:
    """The same span between all checks."""

    def __init__(self, span: float) -> None:
        self.span = span

    def __call__(self, article: int, at: float, changed: bool, life: Life) -> float:  # noqa: ARG002
        return at + self.span


class Ladder:
    """newsdiffs' (website/frontend/management/commands/scraper.py): by the time since the last change."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def __call__(self, article: int, at: float, changed: bool, life: Life) -> float | None:
        since = self._since[article] = at if changed else self._since.get(article, life.published)
        age = at - since
        for bound, span in (
            (3 * HOUR, 15 * MINUTE),
            (DAY, HOUR),
            (7 * DAY, 3 * HOUR),
            (30 * DAY, 3 * DAY),
            (360 * DAY, 30 * DAY),
        ):
            if age < bound:
                return at + span
        return None


class Ours:
    """crawler.revisit, with the record of the site taken anew every hour, as runs of a crawl do."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: dict[int, Evidence] = {}
        self._habits, self._sums, self._hour = Habits(), [0, 0, 0.0], -1

    def __call__(self, article: int, at: float, changed: bool, life: Life) -> float | None:
        before = self._known.get(article)
        if before is None:
            evidence = first_seen(at, life.published)
        else:
            evidence = after_check(before, at, changed=changed)
            self._sums[0] += 1
            self._sums[1] += changed
            self._sums[2] += evidence.exposure - before.exposure
        self._known[article] = evidence
        if int(at / HOUR) != self._hour:
            self._hour = int(at / HOUR)
            checks, changes, exposure = self._sums
            self._habits = Habits(checks=int(checks), changes=int(changes), exposure=exposure)
        return next_check(evidence, self._habits, self._limits)


def follow(articles: list[Life], policy: Policy, days: int) -> Tally:
    """Check every article when the policy says so, from the first look after its publication."""
    tally, shown = Tally(), [-1] * len(articles)
    queue = [((math.floor(life.published / LOOK) + 1) * LOOK, number) for number, life in enumerate(articles)]
    heapq.heapify(queue)
    while queue:
        at, number = heapq.heappop(queue)
        if at >= days * DAY:
            break
        life = articles[number]
        stands, first = bisect.bisect_right(life.edits, at), shown[number] < 0
        changed = not first and stands > shown[number]
        if first:
            tally.edits += len(life.edits) - stands
        else:
            tally.requests += 1
        if changed:
            tally.lags.append(at - life.edits[stands - 1])
        shown[number] = stands
        due = policy(number, at, changed, life)
        if due is not None:
            heapq.heappush(queue, (max(at + LOOK, math.ceil(due / LOOK) * LOOK), number))
    return tally


def month(days: int, seed: int, limits: Limits) -> dict[str, Tally]:
    """Run all papers with all policies; print a line each, return the sums."""
    makers: dict[str, Callable[[], Policy]] = {
        "hourly": lambda: Fixed(HOUR),
        "newsdiffs": Ladder,
        "hemeroteca": lambda: Ours(limits),
    }
    sums: dict[str, Tally] = {name: Tally() for name in makers}
    for paper in PAPERS:
        articles = lives(paper, days, seed)
        tallies = {name: follow(articles, make(), days) for name, make in makers.items()}
        for name, tally in tallies.items():
            print(_line(paper.name, name, tally, tallies["hourly"]))
            sums[name] += tally
    for name, tally in sums.items():
        print(_line("all", name, tally, sums["hourly"]))
    return sums


def _line(paper: str, name: str, tally: Tally, fixed: Tally) -> str:
    lags = sorted(tally.lags) or [0.0]
    middle, tenth = lags[len(lags) // 2] / MINUTE, lags[len(lags) * 9 // 10] / MINUTE
    return (
        f"{paper:9} {name:11} {tally.requests:>9,} requests {tally.requests / fixed.requests:6.1%} of hourly"
        f"   {len(tally.lags):>5,} of {tally.edits:>5,} edits caught {tally.caught:6.1%}"
        f"   after {middle:3.0f} min (median), {tenth:3.0f} min (9 of 10)"
    )


def holds(ours: Tally, fixed: Tally) -> bool:
    """Tell whether the gate is passed."""
    return ours.caught >= CAUGHT and ours.requests <= REQUESTS * fixed.requests


def main() -> int:
    """Print all figures; 1 where `--gate` is not passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.month")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument(
        "--risk", type=float, default=Limits().risk, help="as revisit_risk in hemeroteca.toml"
    )
    parser.add_argument("--no-crawl", action="store_true", help="the policy alone")
    parser.add_argument("--gate", action="store_true")
    asked = parser.parse_args()
    began = time.monotonic()
    print(f"{asked.days} days, seed {asked.seed}; the policy alone, a look every {LOOK / MINUTE:.0f} min\n")
    sums = month(asked.days, asked.seed, Limits(risk=asked.risk))
    passed = holds(sums["hemeroteca"], sums["hourly"])
    if not asked.no_crawl:
        from bench.crawled import crawled

        print("\nthe whole crawl, on loopback")
        passed &= crawled(asked.seed)
    print(f"\n{time.monotonic() - began:.0f} s; {'passed' if passed else 'NOT passed'}: at least {CAUGHT:.0%} of edits"
          f" caught with at most {REQUESTS:.0%} of the requests of an hourly re-check")  # fmt: skip
    return int(asked.gate and not passed)


if __name__ == "__main__":
    sys.exit(main())
