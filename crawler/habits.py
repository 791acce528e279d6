"""A share that was seen in earlier runs, and whether what is seen now is less by more than chance.

The share of one run is a draw from the shares of earlier ones, which differ among themselves (beta-binomial).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from attrs import frozen

UNLIKELY = 1e-4
"""A share that would be seen this seldom is no chance."""
SELDOM = 1e-5
"""The same for what comes and goes: a site has a dozen such shares, and each run gives chance a try at
each."""
FLOOR_CHANCE = 0.02
"""A share under a declared floor counts where chance alone would give it less often."""
MATERIAL = 0.25
"""A share has to fall by this much to be worth a person's time."""
FEWEST = 4
"""Earlier runs from which habits can be told."""
ALWAYS = 0.95
"""A share below it comes and goes, and that in bouts (one story in six languages, a day of columns), so that
a few runs which happen to agree prove nothing."""
FEW = 3
"""Pages of one run from which it can be compared with earlier runs."""
SHORTER = 0.6
"""Part of its usual length that a text must have lost the rest of, to be worth a person's time."""
LEAST_SPREAD = 0.25
"""Of the logarithm of an article's length: no paper writes all of them equally long."""
SIGMAS = 5.0
"""So far from the usual length, it is no chance; how much lengths vary is known from few runs only."""
ENOUGH = 5
"""Articles of one run from which a share means something without earlier runs."""


def beta_binomial_tail(hits: int, tries: int, share: float, weight: float) -> float:
    """Return the probability of at most `hits` of `tries`, where the share itself varies about `share`.

    `weight`: how little it varies; as that many earlier draws would pin it down.
    """
    a, b = share * weight, (1.0 - share) * weight
    norm = _log_beta(a, b)
    return min(
        1.0,
        sum(
            math.exp(
                math.lgamma(tries + 1)
                - math.lgamma(k + 1)
                - math.lgamma(tries - k + 1)
                + _log_beta(k + a, tries - k + b)
                - norm
            )
            for k in range(hits + 1)
        ),
    )


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


@frozen
class Habit:
    """A share in earlier runs: the pooled share, its weight, and in how many runs it was seen."""

    share: float
    weight: float
    runs: int


def habit_of(draws: Sequence[tuple[float, float]]) -> Habit | None:
    """Return the habit of (hits, tries) of earlier runs; None where too little is known."""
    seen = [(hits, tries) for hits, tries in draws if tries > 0]
    total = sum(tries for _, tries in seen)
    if len(seen) < FEWEST or total < ENOUGH:
        return None
    share = (sum(hits for hits, _ in seen) + 0.5) / (total + 1.0)
    # How much runs differ beyond what the drawing of a few articles explains (method of moments).
    within = sum(tries * (hits / tries - share) ** 2 for hits, tries in seen)
    chance = share * (1 - share) * (len(seen) - 1)
    spread = total - sum(tries * tries for _, tries in seen) / total
    excess = max(within - chance, 0.0) / max(spread, 1.0)
    rho = min(excess / (share * (1 - share)), 0.9)
    weight = min((1 - rho) / rho, total + 1.0) if rho > 0 else total + 1.0
    return Habit(share, max(weight, 1.0), len(seen))


def fell(hits: float, tries: float, habit: Habit | None) -> bool:
    """Tell whether a share is materially under its habit, and by more than chance."""
    if habit is None or tries < 1:
        return False
    if hits / tries > habit.share - MATERIAL:
        return False
    limit = UNLIKELY if habit.share >= ALWAYS else SELDOM
    return beta_binomial_tail(int(hits), int(tries), habit.share, habit.weight) < limit


def is_under(hits: int, tries: int, floor: float) -> bool:
    """Tell whether a share is under a floor by more than the chance of few tries; a floor of 1 has none."""
    if hits / tries >= floor:
        return False
    chance = sum(math.comb(tries, k) * floor**k * (1 - floor) ** (tries - k) for k in range(hits + 1))
    return chance < FLOOR_CHANCE


def is_far_shorter(length: float, articles: float, before: Sequence[tuple[float, float]]) -> bool:
    """Tell whether the median length of articles is materially under that of earlier runs, and not by chance.

    `before`: (median length, articles) of earlier runs. Lengths vary by factors, so their logarithms are
    compared; and medians of few articles vary more than those of many.
    """
    known = [(value, number) for value, number in before if value > 0 and number >= FEW]
    if len(known) < 2 * FEWEST or articles < FEW:
        return False
    usual = median(value for value, _ in known)
    if length > usual * SHORTER:
        return False
    varies = sum(number * math.log(value / usual) ** 2 for value, number in known) / len(known)
    chance = max(math.sqrt(varies), LEAST_SPREAD) / math.sqrt(articles)
    return math.log(usual / max(length, 1.0)) > SIGMAS * chance
