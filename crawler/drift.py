"""Does a run differ from the site's earlier ones by more than chance? Pure functions over observed figures.

A share (articles with a lead, articles in a layout, new articles that a feed names) is judged as a draw
from the shares of earlier runs, which differ among themselves (beta-binomial): an alarm needs a drop that
is both large (`MATERIAL`) and less likely than `UNLIKELY`. So three articles without a lead mean nothing
where leads come and go, and much where every article had one. A run is no measure for later ones in what it
had an alarm for.

Names of the figures: `crawler.observing`. Codes of the alarms: `archive.model.ALARM_CODES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import median

from attrs import field, frozen

from archive.counting import count_of
from archive.sites.schema import Expect
from archive.summary import Alarm
from crawler.habits import (
    ALWAYS,
    ENOUGH,
    FEW,
    FEWEST,
    MATERIAL,
    Habit,
    fell,
    habit_of,
    is_far_shorter,
    is_under,
)
from crawler.observing import UNKNOWN_LAYOUT

RUNS = 40
"""Earlier runs that count."""
TOGETHER = 2
"""Earlier runs that are looked at together with this one."""
MANY = 12
"""Earlier runs from which the habits of what comes and goes can be told."""
INSTEAD = ("consent_wall", "no_articles", "refused", "redesign")
"""Alarms of runs that saw something else than the site's articles as they are: the whole run says nothing of
what articles look like, also in what it had no alarm for.
"""
_SILENCING = ("consent_wall", "refused", "forbidden", "list_dead", "list_stale", "few_listed", "no_news")
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

    def had(self, *codes: str) -> bool:
        """Tell whether the run had one of these alarms, whatever it was about."""
        return any(code in codes for code, _ in self.alarmed)

    @property
    def lost_most(self) -> bool:
        """So many fields at once are a redesign of a site that has no layouts in its profile."""
        return sum(code == "field_lost" for code, _ in self.alarmed) >= FEW


@frozen(kw_only=True)
class Case:
    """One run, and what it is compared with."""

    started_at: datetime
    figures: Figures
    past: Sequence[PastRun]
    """Earlier whole runs, oldest first."""
    expect: Expect = field(factory=Expect)
    why: Mapping[str, str] = field(factory=dict)
    """Address of a list that gave nothing → why."""
    partial: bool = False
    """Only a part of the site was asked for: counts of lists mean nothing."""

    def of(self, name: str) -> float:
        """Return a figure, 0 where there is none."""
        return self.figures.get(name, 0.0)

    def before(self, code: str, subject: str = "") -> list[Figures]:
        """Return the figures of earlier runs that had no such alarm."""
        return [run.figures for run in self.past if (code, subject) not in run.alarmed]

    def articles_before(self, code: str, subject: str = "") -> list[Figures]:
        """Return the same without runs that saw other pages in the place of the site's articles."""
        return [
            run.figures
            for run in self.past
            if (code, subject) not in run.alarmed and not run.had(*INSTEAD) and not run.lost_most
        ]

    def lists_before(self, code: str, url: str) -> list[Figures]:
        """Return the figures of earlier runs that had no such alarm, and in which a list was itself."""
        return [
            run.figures
            for run in self.past
            if (code, url) not in run.alarmed
            and not (run.had("consent_wall", "refused") and run.figures.get(f"list:{url}", 0.0) <= 0)
        ]


def alarms(case: Case) -> tuple[Alarm, ...]:
    """Return what a person should look at. One cause has one alarm: a wall is not also a redesign."""
    found: list[Alarm] = [*_refusals(case), *_walls(case)]
    explained = bool(found)
    if not explained:
        redesign = list(_layouts(case))
        found += redesign or [*_fields(case), *_texts(case)]
    if not case.partial:
        found += _lists(case, walled=any(alarm.code == "consent_wall" for alarm in found))
        if not explained:
            found += _rhythm(case)
    return tuple(found)


def _share_alarm(
    case: Case, code: str, subject: str, hits: str, tries: str, *, in_bouts: int = FEWEST
) -> Habit | None:
    """Return the habit that a share has broken, None where it has not.

    In this run alone; or, where runs have few articles each, in this one and the last ones together.
    `in_bouts`: earlier runs that it takes to know what comes and goes.
    """
    before = case.articles_before(code, subject)
    for together in (0, TOGETHER):
        older, last = before[: len(before) - together], before[len(before) - together :]
        habit = habit_of([(one.get(hits, 0.0), one.get(tries, 0.0)) for one in older])
        if habit is None or not case.of(tries) or case.of(hits) / case.of(tries) > habit.share - MATERIAL:
            continue
        if habit.share < ALWAYS and habit.runs < in_bouts:
            continue
        recent = [case.figures, *last] if together else [case.figures]
        if fell(sum(one.get(hits, 0.0) for one in recent), sum(one.get(tries, 0.0) for one in recent), habit):
            return habit
    return None


# what is answered at all


def _refusals(case: Case) -> Iterator[Alarm]:
    pages, unread = case.of("pages"), case.of("unread")
    answers, refused = case.of("answers"), case.of("refused")
    past = case.before("refused")
    habit = habit_of([(it.get("pages", 0.0), it.get("pages", 0.0) + it.get("unread", 0.0)) for it in past])
    if fell(pages, pages + unread, habit) or (pages + unread >= ENOUGH and unread > pages):
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
    lists = _walled(case)
    words = []
    if pages >= FEW and same >= FEW and same >= pages * 0.5 and not _is_often_same(case):
        words.append(f"{same:.0f} of {pages:.0f} addresses show one and the same text")
    if len(lists) > 1:
        words.append(f"{count_of(len(lists), 'list')} show one and the same text and name no article")
    if words:
        yield Alarm(code="consent_wall", detail="; ".join(words))
    elif pages >= FEW:
        habit = _share_alarm(case, "no_articles", "", "articles", "pages")
        if habit is not None or (not case.past and pages >= ENOUGH and articles < pages * 0.2):
            was = f", before {habit.share:.0%}" if habit else ""
            yield Alarm(code="no_articles", detail=f"{articles:.0f} of {pages:.0f} pages are articles{was}")


def _is_often_same(case: Case) -> bool:
    """Tell whether half of the pages of an earlier run had one text, and it was no wall."""
    return any(
        one.get("same", 0.0) >= one["pages"] * 0.5
        for one in case.before("consent_wall")
        if one.get("pages", 0.0) >= FEW
    )


def _walled(case: Case) -> list[str]:
    """Return the lists that show the same text without a story, where each named stories before."""
    shown = (
        key.removeprefix("blank:")
        for key, lists in case.figures.items()
        if key.startswith("blank:") and lists > 1
    )
    return [url for url in shown if case.of(f"list:{url}") <= 0 and _usually_named(case, url)]


# what articles look like


def _layouts(case: Case) -> Iterator[Alarm]:
    articles, unknown = case.of("articles"), case.of(f"layout:{UNKNOWN_LAYOUT}")
    if articles < 1:
        return
    name = f"layout:{UNKNOWN_LAYOUT}"
    before = case.articles_before("redesign")
    known = habit_of(
        [(one.get("articles", 0.0) - one.get(name, 0.0), one.get("articles", 0.0)) for one in before]
    )
    if fell(articles - unknown, articles, known) or (
        known is None and articles >= ENOUGH and unknown > articles / 2
    ):
        was = f", before {1 - known.share:.0%}" if known else ""
        yield Alarm(
            code="redesign",
            detail=f"{unknown:.0f} of {articles:.0f} articles match no layout of the profile{was}",
        )
        return
    before = _with_settled(case, before)
    for layout in sorted({key for one in before for key in one if key.startswith("layout:") and key != name}):
        habit = habit_of([(one.get(layout, 0.0), one.get("articles", 0.0)) for one in before])
        if fell(case.of(layout), articles, habit) and habit is not None:
            yield Alarm(
                code="redesign",
                subject=layout.removeprefix("layout:"),
                detail=f"{case.of(layout):.0f} of {articles:.0f} articles have it, before {habit.share:.0%}",
            )
            return


def _with_settled(case: Case, before: list[Figures]) -> list[Figures]:
    """Add runs with an alarm for a layout of the profile that has gone, once it is so in run after run.

    The profile knows what has come in its place, so somebody has looked.
    """
    settled: list[Figures] = []
    for moved, runs in groupby(case.past, key=lambda run: run.had("redesign") and not _is_unknown(run)):
        row = list(runs)
        settled += [run.figures for run in row] if moved and len(row) >= FEWEST else []
    return [*before, *settled]


def _is_unknown(run: PastRun) -> bool:
    return ("redesign", "") in run.alarmed or run.had("consent_wall", "no_articles", "refused")


def _fields(case: Case) -> Iterator[Alarm]:
    articles = case.of("articles")
    if articles < 1:
        return
    names = sorted({key.partition(":")[2] for key in case.figures if key.startswith("fill:")})
    for name in names:
        filled = case.of(f"fill:{name}")
        floor = case.expect.fill.get(name)
        if floor is not None and articles >= ENOUGH and is_under(int(filled), int(articles), floor):
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
    before = [
        (one["text"], one.get("articles", 0.0)) for one in case.articles_before("text_lost") if "text" in one
    ]
    usual = [length for length, articles in before if articles >= 1]
    length = case.of("text")
    is_tiny = len(usual) >= FEWEST and length < min(usual) / 2 and length < median(usual) / 3
    if is_tiny or is_far_shorter(length, case.of("articles"), before):
        words = f"half of the articles have at most {length:.0f} characters, before {median(usual):.0f}"
        yield Alarm(code="text_lost", detail=words)


# what the lists give


def _lists(case: Case, *, walled: bool) -> Iterator[Alarm]:
    listed, least = case.of("listed"), case.expect.articles
    dead: list[Alarm] = []
    for key in sorted(key for key in case.figures if key.startswith("list:")):
        url, named = key.removeprefix("list:"), case.of(key)
        usual = _usually_named(case, url)
        if usual is None or (walled and named == 0 and f"blank:{url}" in case.figures):
            continue
        if named <= 0:
            what = "names no article" if named == 0 else case.why.get(url, "answers with an error")
            dead.append(Alarm(code="list_dead", subject=url, detail=f"{what}, before {usual:.0f}"))
        elif words := _is_stale(case, url):
            dead.append(Alarm(code="list_stale", subject=url, detail=words))
    yield from dead
    fewest = [
        run.figures.get("listed", 0.0)
        for run in case.past
        if ("few_listed", "") not in run.alarmed and not run.had("consent_wall", "refused")
    ]
    if least is not None and listed < least:
        words = f"expected at least {count_of(least, 'article')} in the lists, found {listed:.0f}"
        yield Alarm(code="few_listed", detail=words)
    elif not dead and not walled and len(fewest) >= FEWEST and listed < min(fewest) / 2:
        words = (
            f"the lists name {count_of(round(listed), 'article')}, at least {min(fewest):.0f} in earlier runs"
        )
        yield Alarm(code="few_listed", detail=words)


def _usually_named(case: Case, url: str) -> float | None:
    """Return how many stories a list names; None where it is not known, or it names none now and then."""
    key = f"list:{url}"
    usual = [one[key] for one in case.lists_before("list_dead", url) if key in one]
    known = len(usual) >= FEWEST and median(usual) >= FEW and min(usual[-FEWEST:]) > 0
    return median(usual) if known else None


def _is_stale(case: Case, url: str) -> str | None:
    """Say that a list names too few of the new articles; of those that other lists name, where it always had
    them: what a list alone names may be old, and is new only here.
    """
    runs = _usual_news(case, url)
    habit = habit_of([(one.get(f"fresh:{url}", 0.0), one.get("new", 0.0)) for one in runs])
    fresh, new, alone = case.of(f"fresh:{url}"), case.of("new"), case.of(f"alone:{url}")
    if habit is not None and fell(fresh, new, habit):
        return f"names {fresh:.0f} of the {new:.0f} new articles, before {habit.share:.0%}"
    others = [(one, one.get(f"alone:{url}", 0.0)) for one in runs]
    shared = habit_of(
        [(one.get(f"fresh:{url}", 0.0) - own, one.get("new", 0.0) - own) for one, own in others]
    )
    if shared is not None and shared.share >= ALWAYS and fell(fresh - alone, new - alone, shared):
        words = f"{fresh - alone:.0f} of the {new - alone:.0f} new articles that other lists name"
        return f"names {words}, before {shared.share:.0%}"
    return None


def _usual_news(case: Case, url: str) -> list[Figures]:
    """Return earlier runs for what they found new; not those with a backlog, of which lists name a part."""
    runs = [
        run.figures
        for run in case.past
        if f"fresh:{url}" in run.figures
        and run.figures.get(f"list:{url}", 0.0) > 0
        and ("list_stale", url) not in run.alarmed
        and not run.had("consent_wall", "refused")
    ]
    usual = median([one.get("new", 0.0) for one in runs]) if runs else 0.0
    return [one for one in runs if one.get("new", 0.0) <= 3 * usual + ENOUGH]


def _rhythm(case: Case) -> Iterator[Alarm]:
    if len(case.past) < 2 * FEWEST:
        return
    with_news = [number for number, run in enumerate(case.past) if run.figures.get("new", 0.0) > 0]
    # A silence that a wall or a dead list explains is not how the paper keeps silent.
    silences = [
        case.past[later].started_at - case.past[earlier].started_at
        for earlier, later in pairwise(with_news)
        if not any(run.had(*_SILENCING) for run in case.past[earlier + 1 : later])
    ]
    if case.of("new") == 0 and len(silences) >= FEWEST - 1:
        longest = max(silences)
        quiet = case.started_at - case.past[with_news[-1]].started_at
        if quiet > max(3 * longest, _QUIET):
            words = f"nothing new for {_hours(quiet)}, at most {_hours(longest)} before"
            yield Alarm(code="no_news", detail=words)
    lags = [one["lag"] for one in case.articles_before("late") if "lag" in one]
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
