"""Comparing runs: what breaks is named, what is chance is not."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from archive.sites.schema import Expect
from archive.summary import ALARM_CODES
from crawler.drift import Case, PastRun, alarms
from crawler.habits import beta_binomial_tail, is_far_shorter

START = datetime(2026, 11, 1, tzinfo=UTC)
FEED, SECTION = "http://127.0.0.1/rss.xml", "http://127.0.0.1/経済/"


def figures(rng: random.Random, articles: int | None = None) -> dict[str, float]:
    """Return what an ordinary run of an ordinary paper gives."""
    count = rng.randrange(9) if articles is None else articles

    def some(share: float) -> float:
        return float(sum(rng.random() < share for _ in range(count)))

    found = {
        "pages": float(count), "articles": float(count), "listed": 60.0 + rng.randrange(6), "new": float(count),
        "answers": 20.0 + count, "refused": float(rng.random() < 0.1), "forbidden": float(rng.randrange(2)),
        f"list:{FEED}": 30.0, f"fresh:{FEED}": float(count), f"list:{SECTION}": 12.0, f"fresh:{SECTION}": some(0.3),
        "fill:title": float(count), "fill:body": float(count), "fill:published": float(count),
        "fill:lead": some(0.6), "fill:authors": some(0.5), "layout:modern": some(0.7),
    }  # fmt: skip
    if count:
        found |= {"text": 1500.0 + rng.randrange(-400, 400), "lag": 600.0 + rng.randrange(3000)}
        found["layout:old"] = count - found["layout:modern"]
    return found


def history(rng: random.Random, runs: int = 30) -> list[PastRun]:
    first = PastRun(started_at=START, figures={**figures(rng, 80), f"fresh:{FEED}": 30.0})
    return [
        first,
        *(
            PastRun(started_at=START + timedelta(hours=number), figures=figures(rng))
            for number in range(1, runs)
        ),
    ]


def case(
    rng: random.Random, changed: dict[str, float], *, runs: int = 30, articles: int = 5, **options
) -> Case:
    past = history(rng, runs)
    now = {**figures(rng, articles), **changed}
    return Case(started_at=START + timedelta(hours=runs), figures=now, past=past, **options)


BROKEN = {
    "redesign": {"layout:?": 5, "layout:modern": 0, "layout:old": 0},
    "field_lost": {"fill:published": 0},
    "text_lost": {"text": 300},
    "consent_wall": {"same": 5},
    "no_articles": {"articles": 0, "fill:title": 0},
    "list_dead": {f"list:{FEED}": -1},
    "list_stale": {f"fresh:{FEED}": 0},
    "refused": {"pages": 0, "articles": 0, "unread": 5, "refused": 5},
    "forbidden": {"forbidden": 9, "pages": 0, "articles": 0},
    "few_listed": {"listed": 12},
    "late": {"lag": 30_000},
}


@pytest.mark.parametrize("code", BROKEN)
@pytest.mark.parametrize("seed", range(5))
def test_what_breaks_is_named_in_the_next_run(code, seed):
    found = alarms(case(random.Random(seed), BROKEN[code]))
    assert [alarm.code for alarm in found] == [code], found
    assert all(alarm.detail for alarm in found)


def test_every_code_can_be_raised():
    # nothing_found is of one run alone: tests/e2e/test_operating.py
    assert set(BROKEN) | {"no_news", "nothing_found"} == set(ALARM_CODES)


@pytest.mark.parametrize("seed", range(150))
def test_ordinary_runs_raise_nothing(seed):
    """4,200 runs; any seed would ask for more than is promised: what is seldom by chance is seen some day."""
    rng = random.Random(seed)
    past = history(rng, 12)
    for number in range(12, 40):
        now = PastRun(started_at=START + timedelta(hours=number), figures=figures(rng))
        assert alarms(Case(started_at=now.started_at, figures=now.figures, past=past[-40:])) == ()
        past.append(now)


def test_silence_is_told_when_it_is_longer_than_ever():
    rng = random.Random(1)
    past = history(rng)
    quiet = {**figures(rng, 0)}
    assert alarms(Case(started_at=START + timedelta(hours=33), figures=quiet, past=past)) == ()
    (alarm,) = alarms(Case(started_at=START + timedelta(hours=60), figures=quiet, past=past))
    assert alarm.code == "no_news"


def test_a_breakage_does_not_become_a_habit():
    rng = random.Random(2)
    past = history(rng)
    for number in range(30, 65):
        now = {**figures(rng, 5), "fill:published": 0.0}
        moment = START + timedelta(hours=number)
        found = alarms(Case(started_at=moment, figures=now, past=past[-40:]))
        assert [(alarm.code, alarm.subject) for alarm in found] == [("field_lost", "published")], number
        past.append(PastRun(started_at=moment, figures=now, alarmed=frozenset({("field_lost", "published")})))


INSTEAD = {
    "consent_wall": {"same": 5, "text": 238, f"list:{SECTION}": 0, f"fresh:{SECTION}": 0, "listed": 30},
    "no_articles": {"articles": 0, "text": 40},
    "refused": {"pages": 1, "articles": 1, "unread": 4, "refused": 6, f"list:{SECTION}": -1, "listed": 0},
    "redesign": {"layout:?": 5, "text": 0},
}


def after(rng: random.Random, earlier: str, runs: int = 8, since: int = 2) -> list[PastRun]:
    """Return ordinary runs, one that saw something else in the articles' place, and ordinary ones again."""
    past = history(rng, runs)
    lost = {f"fill:{name}": 0.0 for name in ("published", "lead", "authors")}
    seen = figures(rng, 5) | lost | {"layout:modern": 0.0, "layout:old": 0.0, "lag": 40_000.0}
    alarmed = frozenset({(earlier, ""), ("list_dead", SECTION)})
    past.append(
        PastRun(started_at=START + timedelta(hours=runs), figures=seen | INSTEAD[earlier], alarmed=alarmed)
    )
    for number in range(runs + 1, runs + 1 + since):
        past.append(PastRun(started_at=START + timedelta(hours=number), figures=figures(rng, 4)))
    return past


@pytest.mark.parametrize("earlier", INSTEAD)
@pytest.mark.parametrize("code", BROKEN)
@pytest.mark.parametrize("since", [1, 2, 3])
def test_what_was_broken_and_mended_hides_no_later_breakage(earlier, code, since):
    rng = random.Random(since)
    past = after(rng, earlier, since=since)
    moment = past[-1].started_at + timedelta(hours=1)
    now = {**figures(rng, 5), **BROKEN[code]}
    assert [it.code for it in alarms(Case(started_at=moment, figures=now, past=past))] == [code]
    assert alarms(Case(started_at=moment, figures=figures(rng, 5), past=past)) == ()


def test_many_fields_lost_at_once_are_no_measure_for_the_others():
    rng = random.Random(11)
    past = history(rng, 10)
    lost = {f"fill:{name}": 0.0 for name in ("published", "lead", "authors", "body")}
    told = frozenset(("field_lost", name) for name in ("published", "lead", "authors"))
    past.append(PastRun(started_at=START + timedelta(hours=10), figures=figures(rng, 5) | lost, alarmed=told))
    past += [PastRun(started_at=START + timedelta(hours=11), figures=figures(rng, 5))]
    now = figures(rng, 5) | {"fill:body": 0.0}
    found = alarms(Case(started_at=START + timedelta(hours=12), figures=now, past=past))
    assert [(it.code, it.subject) for it in found] == [("field_lost", "body")]


def test_a_layout_that_gave_way_to_another_of_the_profile_is_told_a_few_times():
    rng = random.Random(12)
    past: list[PastRun] = [
        attrs.evolve(run, figures=run.figures | {"layout:modern": run.figures["articles"], "layout:old": 0.0})
        for run in history(rng, 20)
    ]
    told = []
    for number in range(20, 60):
        now = {**figures(rng, 20), "layout:modern": 0.0, "layout:old": 0.0, "layout:mới": 20.0}
        moment = START + timedelta(hours=number)
        found = frozenset(
            (it.code, it.subject) for it in alarms(Case(started_at=moment, figures=now, past=past[-40:]))
        )
        assert {code for code, _ in found} <= {"redesign"}
        past.append(PastRun(started_at=moment, figures=now, alarmed=found))
        told.append(bool(found))
    assert told[0]
    assert told == sorted(told, reverse=True), "over once, it does not come back"
    assert 4 <= sum(told) <= 8


def test_what_stays_lost_is_a_habit_in_the_end():
    rng = random.Random(13)
    past, told = history(rng, 40), []
    for number in range(40, 120):
        now = {**figures(rng, 5), "fill:published": 0.0}
        moment = START + timedelta(hours=number)
        found = {
            (it.code, it.subject) for it in alarms(Case(started_at=moment, figures=now, past=past[-40:]))
        }
        past.append(PastRun(started_at=moment, figures=now, alarmed=frozenset(found)))
        told.append(bool(found))
    assert told == sorted(told, reverse=True)
    assert 30 <= sum(told) <= 40


def test_a_wall_is_named_where_only_lists_meet_it():
    rng, other = random.Random(14), "http://127.0.0.1/văn-hóa/"
    past = [
        PastRun(started_at=run.started_at, figures={**run.figures, f"list:{other}": 10.0})
        for run in history(rng)
    ]
    nothing = {**figures(rng, 0), "listed": 0.0, f"list:{FEED}": 30.0}
    empty = {f"{kind}:{url}": 0.0 for kind in ("list", "fresh") for url in (SECTION, other)}
    wall = {f"blank:{url}": 2.0 for url in (SECTION, other)}

    def told(*changes: dict[str, float]) -> list[tuple[str, str]]:
        now = dict(nothing)
        for change in changes:
            now |= change
        case = Case(started_at=START + timedelta(hours=30), figures=now, past=past)
        return [(it.code, it.subject) for it in alarms(case)]

    assert told(empty, wall) == [("consent_wall", "")]
    assert told(empty) == [("list_dead", other), ("list_dead", SECTION)]
    assert told(empty, {f"blank:{SECTION}": 1.0, f"blank:{other}": 1.0}) == told(empty)
    assert told(empty, wall, {f"list:{FEED}": -1.0}) == [("consent_wall", ""), ("list_dead", FEED)]
    strangers = {"blank:http://127.0.0.1/a": 2.0, "blank:http://127.0.0.1/b": 2.0}
    assert told({f"list:{SECTION}": 12.0, f"list:{other}": 10.0, "listed": 60.0}, strangers) == []


def test_a_feed_that_freezes_at_what_nobody_had_before_is_stale():
    """Its old stories are new to the archive, and half of what is new; none of them stands in a section."""
    rng = random.Random(15)
    past = history(rng, 12)
    now = figures(rng, 5) | {"new": 10.0, f"fresh:{FEED}": 5.0}
    moment = START + timedelta(hours=12)
    assert alarms(Case(started_at=moment, figures=now, past=past)) == ()
    (found,) = alarms(Case(started_at=moment, figures=now | {f"alone:{FEED}": 5.0}, past=past))
    assert (found.code, found.subject) == ("list_stale", FEED)
    assert found.detail.startswith("names 0 of the 5 new articles that other lists name, before 9")


def test_a_dead_list_is_told_with_the_reason():
    rng = random.Random(16)
    why = {FEED: "is not there (status 410)"}
    (found,) = alarms(case(rng, BROKEN["list_dead"], why=why))
    assert found.detail == "is not there (status 410), before 30"


def test_silence_behind_a_wall_is_no_habit():
    rng = random.Random(17)
    past = [*history(rng, 20)]
    past = [attrs.evolve(run, figures=run.figures | {"new": 3.0}) for run in past]
    walled = frozenset({("consent_wall", "")})
    past += [
        PastRun(started_at=START + timedelta(hours=number), figures=figures(rng, 0), alarmed=walled)
        for number in range(20, 60)
    ]
    past += [PastRun(started_at=START + timedelta(hours=60 + it), figures=figures(rng, 3)) for it in range(3)]
    now = Case(started_at=START + timedelta(hours=80), figures=figures(rng, 0), past=past)
    assert [alarm.code for alarm in alarms(now)] == ["no_news"]


def test_a_paper_with_one_article_a_run_is_told_of_within_three():
    rng = random.Random(7)
    past = [
        PastRun(started_at=START + timedelta(hours=number), figures=figures(rng, 1)) for number in range(30)
    ]
    told = []
    for number in range(30, 33):
        now = {**figures(rng, 1), "fill:published": 0.0}
        moment = START + timedelta(hours=number)
        told = [(it.code, it.subject) for it in alarms(Case(started_at=moment, figures=now, past=past))]
        past.append(PastRun(started_at=moment, figures=now, alarmed=frozenset(told)))
    assert told == [("field_lost", "published")]


def test_floors_hold_from_the_first_run():
    expect = Expect(articles=100, fill={"lead": 0.9}, since=date(2026, 11, 1))
    now = {**figures(random.Random(3), 20), "fill:lead": 11.0, "listed": 60.0}
    found = alarms(Case(started_at=START, figures=now, past=[], expect=expect))
    assert [(alarm.code, alarm.subject, alarm.detail) for alarm in found] == [
        ("field_lost", "lead", "expected lead in 90% of articles, found 55%"),
        ("few_listed", "", "expected at least 100 articles in the lists, found 60"),
    ]


def test_a_floor_allows_for_the_chance_of_few_articles():
    expect = Expect(fill={"lead": 0.5, "title": 1.0})
    few = {**figures(random.Random(3), 5), "fill:lead": 2.0}
    assert alarms(Case(started_at=START, figures=few, past=[], expect=expect)) == ()
    few["fill:title"] = 4.0
    assert [
        alarm.subject for alarm in alarms(Case(started_at=START, figures=few, past=[], expect=expect))
    ] == ["title"]


def test_a_first_run_is_judged_by_plain_sense():
    rng = random.Random(4)
    assert alarms(case(rng, {}, runs=1)) == ()
    wall = Case(started_at=START, figures={**figures(rng, 8), "same": 8.0}, past=[])
    new = Case(started_at=START, figures={**figures(rng, 8), "layout:?": 8.0, "layout:modern": 0.0}, past=[])
    assert [alarm.code for alarm in alarms(wall)] == ["consent_wall"]
    assert [alarm.code for alarm in alarms(new)] == ["redesign"]


def test_a_part_of_a_site_says_nothing_of_its_lists():
    assert alarms(case(random.Random(5), {"listed": 3.0, f"list:{FEED}": 0.0}, partial=True)) == ()


def test_two_causes_have_two_alarms():
    found = alarms(case(random.Random(6), BROKEN["field_lost"] | BROKEN["list_dead"]))
    assert {(alarm.code, alarm.subject) for alarm in found} == {
        ("field_lost", "published"),
        ("list_dead", FEED),
    }


def test_what_comes_and_goes_is_judged_from_many_runs():
    def run(hour: int, articles: int, agency: int) -> PastRun:
        now = {**figures(random.Random(hour), articles), "fill:agency": float(agency)}
        return PastRun(started_at=START + timedelta(hours=hour), figures=now)

    def told(past: list[PastRun]) -> list[str]:
        now = {**figures(random.Random(99), 10), "fill:agency": 0.0}
        case = Case(started_at=past[-1].started_at + timedelta(hours=1), figures=now, past=past)
        return [alarm.subject for alarm in alarms(case) if alarm.code == "field_lost"]

    young = [run(0, 60, 48), *(run(hour, 5, 5) for hour in range(1, 7))]
    assert told(young) == []  # a morning of the paper's own stories
    old = [run(0, 60, 48), *(run(hour, 5, 4) for hour in range(1, 30))]
    assert told(old) == ["agency"]
    always = [run(0, 60, 60), *(run(hour, 5, 5) for hour in range(1, 7))]
    assert told(always) == ["agency"]


@pytest.mark.parametrize(
    ("length", "articles", "spread", "short"),
    [
        (695, 5, 0.07, True),  # a wall after long first paragraphs
        (695, 3, 0.07, False),
        (900, 9, 0.07, False),  # short, but not by much
        (695, 5, 0.4, False),  # lengths go up and down here
        (250, 9, 0.4, True),
    ],
)
def test_texts_are_short_beside_what_is_usual(length, articles, spread, short):
    rng = random.Random(18)
    before = [(1300 * math.exp(rng.gauss(0, spread)), float(rng.randrange(4, 9))) for _ in range(16)]
    assert is_far_shorter(length, articles, before) is short
    assert not is_far_shorter(length, articles, before[:7]), "too little is known"


def test_the_tail_is_a_probability():
    assert beta_binomial_tail(10, 10, 0.7, 50) == pytest.approx(1)
    assert beta_binomial_tail(0, 1, 0.7, 50) == pytest.approx(0.3)
    assert beta_binomial_tail(0, 3, 0.5, 1e9) == pytest.approx(0.125, rel=1e-3)
    assert beta_binomial_tail(0, 3, 0.5, 1) > 0.3  # a share that varies much is no surprise
