"""Scripted newspapers: when each publishes, and when it edits what it has published, over some days.

What they are like, and why. NewsEdits (Spangher et al., NAACL 2022) has 3.6 versions an article over 22
papers followed by trackers, which prefer front pages; agencies and small papers edit far less. The times
between publication and edits are log-normal, so most come within hours and some after weeks: no power law,
which is what the policy under test assumes. Corrections come late and alone, live reports are edited all day.
Two edits of one article are ten minutes apart at least: wording that stood for a shorter time is counted as
part of the next one.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
APART = 10 * MINUTE


@dataclass(frozen=True)
class Paper:
    """Habits of one newspaper."""

    name: str
    a_day: int
    """Articles a day."""
    edited: float
    """Share of articles that are edited at all, live reports and late corrections aside."""
    more: float
    """Further edits of those, on average."""
    median: float
    """Seconds from publication to the first edit: half of them come sooner."""
    spread: float
    """Standard deviation of its logarithm."""
    late: float
    """Share of articles that are corrected after one to twenty days."""
    live: float
    """Share of articles that are live reports: 8 to 30 edits, half an hour to two hours apart."""


PAPERS = (
    Paper("agency", 40, 0.25, 0.6, 1.0 * HOUR, 1.3, 0.01, 0.002),
    Paper("daily", 30, 0.50, 1.4, 2.5 * HOUR, 1.6, 0.04, 0.02),
    Paper("portal", 50, 0.75, 2.5, 1.2 * HOUR, 1.7, 0.03, 0.03),
    Paper("regional", 15, 0.15, 0.4, 9.0 * HOUR, 1.5, 0.03, 0.0),
)


@dataclass(frozen=True)
class Life:
    """One article: when it is published and edited, in seconds since the beginning."""

    published: float
    edits: tuple[float, ...]


def lives(paper: Paper, days: int, seed: int) -> list[Life]:
    """Return the articles of a paper over some days."""
    rng = random.Random(f"{seed}/{paper.name}")
    found = []
    for day in range(days):
        for _ in range(paper.a_day):
            published = min(day * DAY + rng.triangular(5, 24, 14) * HOUR, days * DAY - 1)
            edits = _apart(published, _ages(paper, rng))
            found.append(Life(published, tuple(moment for moment in edits if moment < days * DAY)))
    return found


def _ages(paper: Paper, rng: random.Random) -> list[float]:
    ages: list[float] = []
    age = 0.0
    if rng.random() < paper.live:
        pace = rng.choice([0.5, 1, 2]) * HOUR
        for _ in range(rng.randrange(8, 31)):
            age += rng.expovariate(1 / pace)
            ages.append(age)
    elif rng.random() < paper.edited:
        ages.append(age := _span(paper.median, paper.spread, rng))
        while rng.random() < paper.more / (1 + paper.more):
            ages.append(age := age + _span(0.6 * paper.median, paper.spread, rng))
    if rng.random() < paper.late:
        ages.append(rng.uniform(1, 20) * DAY)
    return sorted(ages)


def _span(median: float, spread: float, rng: random.Random) -> float:
    return median * math.exp(rng.gauss(0, spread))


def _apart(published: float, ages: list[float]) -> list[float]:
    moments: list[float] = []
    for age in ages:
        moment = published + max(age, MINUTE)
        moments.append(max(moment, moments[-1] + APART) if moments else moment)
    return moments
