"""Does a run differ from the site's earlier ones by more than chance? Pure functions over observed figures.

A share (articles with a lead, articles in a layout, new articles that a feed names) is judged as a draw
from the shares of earlier runs, which differ among themselves (beta-binomial): an alarm needs a drop that
is both large (`MATERIAL`) and less likely than `UNLIKELY`. So three articles without a lead mean nothing
where leads come and go, and much where every article had one. A run is no measure for later ones in what it
had an alarm for.

Names of the figures: `crawler.observing`. Codes of the alarms: `archive.model.ALARM_CODES`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from attrs import field, frozen

from archive.counting import count_of
from archive.sites.schema import Expect
from archive.summary import Alarm
from crawler.observing import UNKNOWN_LAYOUT

UNLIKELY = 1e-4
"""A share that would be seen this seldom is no chance."""
SELDOM = 1e-5
"""The same for what comes and goes: a site has a dozen such shares, and each run gives chance a try at
each."""
FLOOR_CHANCE = 0.02
"""A share under a declared floor counts where chance alone would give it less often."""
MATERIAL = 0.25
"""A share has to fall by this much to be worth a person's time."""
RUNS = 40
"""Earlier runs that count."""
TOGETHER = 2
"""Earlier runs that are looked at together with this one."""
FEWEST = 4
"""Earlier runs from which habits can be told."""
MANY = 12
"""Earlier runs from which the habits of what comes and goes can be told."""
ALWAYS = 0.95
"""A share below it comes and goes, and that in bouts (one story in six languages, a day of columns), so that
a few runs which happen to agree prove nothing."""
FEW = 3
"""Pages of one run from which it can be compared with earlier runs."""
ENOUGH = 5
"""Articles of one run from which a share means something without earlier runs."""
_QUIET = timedelta(hours=6)
_LATE = 3600.0

Figures = Mapping[str, float]


@frozen(kw_only=True)
class PastRun:
    """An earlier run of the site, as far as it is compared."""

    started_at: datetime
    figures: Figures
    alarmed: frozenset[tuple[str, str]] = field(factory=frozenset)
    """(code, subject) of its alarms."""


@frozen(kw_only=True)
class Case:
    """One run, and what it is compared with."""

    started_at: datetime
    figures: Figures
    past: Sequence[PastRun]
    """Earlier whole runs, oldest first."""
    expect: Expect = field(factory=Expect)
    partial: bool = False
    """Only a part of the site was asked for: counts of lists mean nothing."""

    def of(self, name: str) -> float:
        """Return a figure, 0 where there is none."""
        return self.figures.get(name, 0.0)

    def before(self, code: str, subject: str = "") -> list[Figures]:
        """Return the figures of earlier runs that had no such alarm."""
        return [run.figures for run in self.past if (code, subject) not in run.alarmed]


def alarms(case: Case) -> tuple[Alarm, ...]:
    """Return what a person should look at. One cause has one alarm: a wall is not also a redesign."""
    found: list[Alarm] = [*_refusals(case), *_walls(case)]
    explained = bool(found)
    if not explained:
        redesign = list(_layouts(case))
        found += redesign or [*_fields(case), *_texts(case)]
    if not case.partial:
        found += _lists(case)
        if not explained:
            found += _rhythm(case)
    return tuple(found)


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
class _Habit:
    """A share in earlier runs: the pooled share, its weight, and in how many runs it was seen."""

    share: float
    weight: float
    runs: int


def _habit(draws: Sequence[tuple[float, float]]) -> _Habit | None:
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
    return _Habit(share, max(weight, 1.0), len(seen))


def _fell(hits: float, tries: float, habit: _Habit | None) -> bool:
    if habit is None or tries < 1:
        return False
    if hits / tries > habit.share - MATERIAL:
        return False
    limit = UNLIKELY if habit.share >= ALWAYS else SELDOM
    return beta_binomial_tail(int(hits), int(tries), habit.share, habit.weight) < limit


def _under(hits: int, tries: int, floor: float) -> bool:
    """Tell whether a share is under a floor by more than the chance of few tries; a floor of 1 has none."""
    if hits / tries >= floor:
        return False
    chance = sum(math.comb(tries, k) * floor**k * (1 - floor) ** (tries - k) for k in range(hits + 1))
    return chance < FLOOR_CHANCE


def _share_alarm(
    case: Case, code: str, subject: str, hits: str, tries: str, *, in_bouts: int = FEWEST
) -> _Habit | None:
    """Return the habit that a share has broken, None where it has not.

    In this run alone; or, where runs have few articles each, in this one and the last ones together.
    `in_bouts`: earlier runs that it takes to know what comes and goes.
    """
    before = case.before(code, subject)
    for together in (0, TOGETHER):
        older, last = before[: len(before) - together], before[len(before) - together :]
        habit = _habit([(one.get(hits, 0.0), one.get(tries, 0.0)) for one in older])
        if habit is None or not case.of(tries) or case.of(hits) / case.of(tries) > habit.share - MATERIAL:
            continue
        if habit.share < ALWAYS and habit.runs < in_bouts:
            continue
        recent = [case.figures, *last] if together else [case.figures]
        if _fell(
            sum(one.get(hits, 0.0) for one in recent), sum(one.get(tries, 0.0) for one in recent), habit
        ):
            return habit
    return None


# what is answered at all


def _refusals(case: Case) -> Iterator[Alarm]:
    pages, unread = case.of("pages"), case.of("unread")
    answers, refused = case.of("answers"), case.of("refused")
    past = case.before("refused")
    habit = _habit([(it.get("pages", 0.0), it.get("pages", 0.0) + it.get("unread", 0.0)) for it in past])
    if _fell(pages, pages + unread, habit) or (pages + unread >= ENOUGH and unread > pages):
        yield Alarm(
            code="refused", detail=f"{unread:.0f} of {pages + unread:.0f} articles could not be fetched"
        )
    elif answers >= ENOUGH and refused > answers * MATERIAL:
        usual = [it.get("refused", 0.0) / it["answers"] for it in past if it.get("answers")]
        if not usual or refused / answers > max(usual) + MATERIAL / 2:
            yield Alarm(code="refused", detail=f"{refused:.0f} of {answers:.0f} requests failed")
    forbidden, usual = case.of("forbidden"), [it.get("forbidden", 0.0) for it in case.before("forbidden")]
    if forbidden >= FEW and len(usual) >= FEWEST and forbidden > 2 * max(usual) + 2:
        what = count_of(round(forbidden), "address", "addresses")
        words = f"robots.txt forbids {what}, before at most {max(usual):.0f}"
        yield Alarm(code="forbidden", detail=words)


def _walls(case: Case) -> Iterator[Alarm]:
    pages, articles, same = case.of("pages"), case.of("articles"), case.of("same")
    if pages < FEW:
        return
    if same >= FEW and same >= pages * 0.5:
        usual = [
            one.get("same", 0.0) / one["pages"] for one in case.before("consent_wall") if one.get("pages")
        ]
        if not usual or max(usual) < 0.5:
            yield Alarm(
                code="consent_wall", detail=f"{same:.0f} of {pages:.0f} addresses show one and the same text"
            )
            return
    habit = _share_alarm(case, "no_articles", "", "articles", "pages")
    if habit is not None or (not case.past and pages >= ENOUGH and articles < pages * 0.2):
        was = f", before {habit.share:.0%}" if habit else ""
        yield Alarm(code="no_articles", detail=f"{articles:.0f} of {pages:.0f} pages are articles{was}")


# what articles look like


def _layouts(case: Case) -> Iterator[Alarm]:
    articles, unknown = case.of("articles"), case.of(f"layout:{UNKNOWN_LAYOUT}")
    if articles < 1:
        return
    name = f"layout:{UNKNOWN_LAYOUT}"
    before = case.before("redesign")
    known = _habit(
        [(one.get("articles", 0.0) - one.get(name, 0.0), one.get("articles", 0.0)) for one in before]
    )
    if _fell(articles - unknown, articles, known) or (
        known is None and articles >= ENOUGH and unknown > articles / 2
    ):
        was = f", before {1 - known.share:.0%}" if known else ""
        yield Alarm(
            code="redesign",
            detail=f"{unknown:.0f} of {articles:.0f} articles match no layout of the profile{was}",
        )
        return
    for layout in sorted(key for one in before for key in one if key.startswith("layout:") and key != name):
        habit = _habit([(one.get(layout, 0.0), one.get("articles", 0.0)) for one in before])
        if _fell(case.of(layout), articles, habit) and habit is not None:
            yield Alarm(
                code="redesign",
                subject=layout.removeprefix("layout:"),
                detail=f"{case.of(layout):.0f} of {articles:.0f} articles have it, before {habit.share:.0%}",
            )
            return


def _fields(case: Case) -> Iterator[Alarm]:
    articles = case.of("articles")
    if articles < 1:
        return
    names = sorted({key.partition(":")[2] for key in case.figures if key.startswith("fill:")})
    for name in names:
        filled = case.of(f"fill:{name}")
        floor = case.expect.fill.get(name)
        if floor is not None and articles >= ENOUGH and _under(int(filled), int(articles), floor):
            words = f"expected {name} in {floor:.0%} of articles, found {filled / articles:.0%}"
            yield Alarm(code="field_lost", subject=name, detail=words)
            continue
        habit = _share_alarm(case, "field_lost", name, f"fill:{name}", "articles", in_bouts=MANY)
        if habit is not None:
            words = f"{filled:.0f} of {articles:.0f} articles have {name}, before {habit.share:.0%}"
            yield Alarm(code="field_lost", subject=name, detail=words)


def _texts(case: Case) -> Iterator[Alarm]:
    if case.of("articles") < FEW or "text" not in case.figures:
        return
    usual = [one["text"] for one in case.before("text_lost") if "text" in one and one.get("articles", 0) >= 1]
    length = case.of("text")
    if len(usual) >= FEWEST and length < min(usual) / 2 and length < median(usual) / 3:
        words = f"half of the articles have at most {length:.0f} characters, before {median(usual):.0f}"
        yield Alarm(code="text_lost", detail=words)


# what the lists give


def _lists(case: Case) -> Iterator[Alarm]:
    listed, least = case.of("listed"), case.expect.articles
    dead: list[Alarm] = []
    for key in sorted(key for key in case.figures if key.startswith("list:")):
        url = key.removeprefix("list:")
        usual = [one[key] for one in case.before("list_dead", url) if key in one]
        if len(usual) < FEWEST or median(usual) < 3:
            continue
        named = case.of(key)
        if named <= 0 and min(usual[-FEWEST:]) > 0:
            what = "answers with an error" if named < 0 else "names no article"
            dead.append(Alarm(code="list_dead", subject=url, detail=f"{what}, before {median(usual):.0f}"))
            continue
        habit = _habit(
            [(one.get(f"fresh:{url}", 0.0), one.get("new", 0.0)) for one in _usual_news(case, url)]
        )
        if habit is not None and _fell(case.of(f"fresh:{url}"), case.of("new"), habit):
            words = (
                f"names {case.of(f'fresh:{url}'):.0f} of the {case.of('new'):.0f} new articles,"
                f" before {habit.share:.0%}"
            )
            dead.append(Alarm(code="list_stale", subject=url, detail=words))
    yield from dead
    usual = [one.get("listed", 0.0) for one in case.before("few_listed")]
    if least is not None and listed < least:
        words = f"expected at least {count_of(least, 'article')} in the lists, found {listed:.0f}"
        yield Alarm(code="few_listed", detail=words)
    elif not dead and len(usual) >= FEWEST and listed < min(usual) / 2:
        words = (
            f"the lists name {count_of(round(listed), 'article')}, at least {min(usual):.0f} in earlier runs"
        )
        yield Alarm(code="few_listed", detail=words)


def _usual_news(case: Case, url: str) -> list[Figures]:
    """Return earlier runs for what they found new; not those with a backlog, of which lists name a part."""
    runs = [one for one in case.before("list_stale", url) if f"fresh:{url}" in one]
    usual = median([one.get("new", 0.0) for one in runs]) if runs else 0.0
    return [one for one in runs if one.get("new", 0.0) <= 3 * usual + ENOUGH]


def _rhythm(case: Case) -> Iterator[Alarm]:
    if len(case.past) < 2 * FEWEST:
        return
    moments = [run.started_at for run in case.past if run.figures.get("new", 0.0) > 0]
    if case.of("new") == 0 and len(moments) >= FEWEST:
        longest = max(later - earlier for earlier, later in pairwise(moments))
        quiet = case.started_at - moments[-1]
        if quiet > max(3 * longest, _QUIET):
            words = f"nothing new for {_hours(quiet)}, at most {_hours(longest)} before"
            yield Alarm(code="no_news", detail=words)
    lags = [one["lag"] for one in case.before("late") if "lag" in one]
    gap = (case.started_at - case.past[-1].started_at).total_seconds()
    if "lag" in case.figures and len(lags) >= FEWEST and case.of("articles") >= FEW:
        lag, usual = case.of("lag"), max(lags)
        if lag > 2 * usual + _LATE and lag > gap + 2 * _LATE:
            now, then = _hours(timedelta(seconds=lag)), _hours(timedelta(seconds=usual))
            words = f"half of the new articles are captured {now} or more after publication, before {then}"
            yield Alarm(code="late", detail=words)


def _hours(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return (
        count_of(round(hours * 60), "minute")
        if hours < 2
        else count_of(round(hours), "hour")
        if hours < 72
        else count_of(round(hours / 24), "day")
    )
