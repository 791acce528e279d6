"""The dispatcher under a simulated clock: every slot has a run or a reason, and no site is crawled twice at once."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from archive.errors import ScheduleError
from bench.schedule_month import PLANS, simulate
from crawler.dispatch import GRACE, Dispatcher
from crawler.ledger import Ledger
from crawler.schedule import Plan, Visit

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
HOURLY = Plan(site="人民报", rhythm="0 * * * *")


class Crawl:
    """A crawl that ends when it is told to."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.asked = self.killed = False

    def ended(self) -> int | None:
        return self.code

    def stop(self) -> None:
        self.asked = True

    def kill(self) -> None:
        self.killed = True
        self.code = -9


class House:
    """A ledger, and schedulers over it."""

    def __init__(self, path) -> None:
        self.ledger = Ledger(path / "schedule.db")
        self.begun: list[tuple[str, datetime, Crawl]] = []
        self.locked: set[str] = set()
        self.visits: list[Visit] = []

    def scheduler(self, **options) -> Dispatcher:
        return Dispatcher(
            ledger=self.ledger, begin=self.begin, held=lambda site: site in self.locked,
            visits=lambda _: self.visits, **options,
        )  # fmt: skip

    def begin(self, plan: Plan, slot: datetime) -> Crawl:
        crawl = Crawl()
        self.begun.append((plan.target, slot, crawl))
        return crawl

    def told(self) -> list[tuple[str, str, str | None]]:
        """Return slot, state and reason, oldest first."""
        return [(f"{row.slot:%H:%M}", row.state, row.reason) for row in reversed(self.ledger.history())]


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.ledger.close()


def at(hour: int, minute: int = 0, second: int = 1) -> datetime:
    return START.replace(hour=hour, minute=minute, second=second)


@pytest.mark.parametrize("seed", range(2))
def test_days_with_outages(tmp_path, seed):
    outcome = simulate(tmp_path, 1.5, seed)
    assert outcome.unaccounted == []
    assert (outcome.twice, outcome.overlaps) == (0, 0)
    assert outcome.begun == outcome.states["ran"] + outcome.states["lost"] + outcome.states["running"]
    assert outcome.slots == sum(outcome.states.values()) > 150
    assert len(PLANS) == 9


def test_a_slot_that_is_a_second_past_is_run(house):
    scheduler = house.scheduler()
    scheduler.tick([HOURLY], at(6, 59))
    assert house.begun == []
    scheduler.tick([HOURLY], at(7))
    assert [(target, f"{slot:%H:%M:%S}") for target, slot, _ in house.begun] == [("人民报", "07:00:00")]


def test_after_an_outage_the_last_slot_is_made_up_for(house):
    house.scheduler().tick([HOURLY], at(6, 30))
    house.scheduler().tick([HOURLY], at(10, 20))
    assert [f"{slot:%H:%M}" for _, slot, _ in house.begun] == ["10:00"]
    missed = "no scheduler was running"
    assert house.told() == [(f"0{hour}:00", "skipped", missed) for hour in (7, 8, 9)] + [
        ("10:00", "running", None)
    ]


def test_with_skip_nothing_is_made_up_for(house):
    plan = Plan(site="báo", rhythm="0 * * * *", catch_up="skip")
    house.scheduler().tick([plan], at(6, 30))
    scheduler = house.scheduler()
    scheduler.tick([plan], at(10, 20))
    assert house.begun == []
    assert [row[1:] for row in house.told()] == [("skipped", "no scheduler was running")] * 4
    scheduler.tick([plan], at(11, 4))
    assert [f"{slot:%H:%M}" for _, slot, _ in house.begun] == ["11:00"]


def test_a_long_run_holds_up_the_next_and_swallows_those_between(house):
    scheduler = house.scheduler()
    scheduler.tick([HOURLY], at(6, 30))
    scheduler.tick([HOURLY], at(7))
    for hour in (8, 9):
        scheduler.tick([HOURLY], at(hour))
    assert len(house.begun) == 1
    house.begun[0][2].code = 0
    scheduler.tick([HOURLY], at(9, 10))
    assert [f"{slot:%H:%M}" for _, slot, _ in house.begun] == ["07:00", "09:00"]
    assert house.told() == [
        ("07:00", "ran", None),
        ("08:00", "skipped", "the run of 2026-11-24 07:00 UTC was still going"),
        ("09:00", "running", None),
    ]


def test_two_schedulers_share_the_work(house):
    one, two = house.scheduler(), house.scheduler()
    other = Plan(site="báo", rhythm="0 * * * *")
    for scheduler in (one, two):
        scheduler.tick([HOURLY], at(6, 30))
    two.tick([HOURLY, other], at(6, 31))
    one.tick([HOURLY], at(7))
    two.tick([HOURLY, other], at(7, 0, 2))
    assert [target for target, _, _ in house.begun] == ["人民报", "báo"]
    assert set(one.going) != set(two.going)


def test_no_more_crawls_than_there_is_room_for(house):
    plans = [Plan(site=f"site-{number}", rhythm="0 * * * *") for number in range(5)]
    scheduler = house.scheduler(room=2)
    scheduler.tick(plans, at(6, 30))
    scheduler.tick(plans, at(7))
    assert len(house.begun) == 2
    assert scheduler.ledger.mark("site-4", "").waits_for == "no process was free (schedule_processes = 2)"
    while len(house.begun) < 5:
        for _, _, crawl in house.begun:
            crawl.code = 0
        scheduler.tick(plans, at(7, 1))
    assert {row.state for row in house.ledger.history()} <= {"ran", "running"}


def test_the_whole_site_covers_its_sections(house):
    section = Plan(site="人民报", section="http://127.0.0.1/politics/", rhythm="0 * * * *")
    scheduler = house.scheduler()
    scheduler.tick([section, HOURLY], at(6, 30))
    scheduler.tick([section, HOURLY], at(7))
    assert [target for target, _, _ in house.begun] == ["人民报"]
    assert (
        "07:00",
        "skipped",
        "covered by the run of the whole site of 2026-11-24 07:00 UTC",
    ) in house.told()


def test_a_scheduler_that_dies_leaves_its_site_free(house):
    first = house.scheduler()
    first.tick([HOURLY], at(6, 30))
    first.tick([HOURLY], at(7))
    second = house.scheduler()
    second.tick([HOURLY], at(7, 1))
    assert house.ledger.lease("人民报") is not None  # it may only be slow
    second.tick([HOURLY], at(8))
    assert [f"{slot:%H:%M}" for _, slot, _ in house.begun] == ["07:00", "08:00"]
    assert house.told()[0][1:] == (
        "lost",
        "its scheduler ended without a word; last sign of life 2026-11-24 07:00:01 UTC",
    )


def test_a_crawl_that_outlives_its_scheduler_is_not_joined_by_another(house):
    first = house.scheduler()
    first.tick([HOURLY], at(6, 30))
    first.tick([HOURLY], at(7))
    house.locked.add("人民报")
    second = house.scheduler()
    second.tick([HOURLY], at(8))
    assert len(house.begun) == 1
    house.locked.clear()
    second.tick([HOURLY], at(8, 30))
    assert [f"{slot:%H:%M}" for _, slot, _ in house.begun] == ["07:00", "08:00"]


def test_a_crawl_by_hand_is_waited_for(house):
    scheduler = house.scheduler()
    scheduler.tick([HOURLY], at(6, 30))
    house.locked.add("人民报")
    scheduler.tick([HOURLY], at(7))
    assert house.ledger.mark("人民报", "").waits_for == "another process was crawling the site"
    house.locked.clear()
    scheduler.tick([HOURLY], at(7, 20))
    assert [f"{slot:%H:%M}" for _, slot, _ in house.begun] == ["07:00"]


def test_a_crawl_that_is_too_long_is_asked_to_end_and_then_ended(house):
    plan = Plan(site="báo", rhythm="0 * * * *", max_run=600)
    scheduler = house.scheduler()
    scheduler.tick([plan], at(6, 30))
    scheduler.tick([plan], at(7))
    crawl = house.begun[0][2]
    scheduler.tick([plan], at(7, 9))
    assert not crawl.asked
    scheduler.tick([plan], at(7, 10, 30))
    assert crawl.asked
    assert not crawl.killed
    scheduler.tick([plan], at(7, 10, 30) + GRACE)
    assert crawl.killed
    scheduler.tick([plan], at(7, 14))
    assert house.told() == [("07:00", "ran", "stopped after 10 minutes (max_run)")]


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        (0, "ran", None), (3, "ran", "partly done"), (1, "ran", "failed"), (-11, "ran", "killed by signal 11"),
        (6, "skipped", "another process was crawling the site"),
    ],
)  # fmt: skip
def test_how_a_crawl_ends_is_told(house, code, state, reason):
    scheduler = house.scheduler()
    scheduler.tick([HOURLY], at(6, 30))
    scheduler.tick([HOURLY], at(7))
    house.begun[0][2].code = code
    scheduler.tick([HOURLY], at(7, 5))
    assert house.told() == [("07:00", state, reason)]
    assert [(slot, ended, why) for _, slot, ended, why in scheduler.ended] == [(at(7, 0, 0), code, reason)]


def test_a_pause_is_a_reason(house):
    scheduler = house.scheduler()
    scheduler.tick([HOURLY], at(6, 30))
    paused = Plan(site="人民报", rhythm="0 * * * *", paused=True)
    scheduler.tick([paused], at(8, 30))
    assert house.told() == [("07:00", "skipped", "paused"), ("08:00", "skipped", "paused")]
    scheduler.tick([HOURLY], at(8, 40))
    assert house.begun == []


def test_another_rhythm_begins_anew(house):
    scheduler = house.scheduler()
    scheduler.tick([HOURLY], at(6, 30))
    scheduler.tick([Plan(site="人民报", rhythm="*/10 * * * *")], at(9, 59))
    assert (house.begun, house.told()) == ([], [])


def test_an_adaptive_plan_goes_by_what_its_runs_found(house):
    plan = Plan(site="nhandan-vi", rhythm="adaptive 10min-6h")
    scheduler = house.scheduler()
    scheduler.tick([plan], at(6))
    scheduler.tick([plan], at(6, 0, 2))
    assert len(house.begun) == 1
    house.visits = [Visit(at(6) - timedelta(minutes=30 * number), 20) for number in range(20, 0, -1)]
    house.begun[0][2].code = 0
    scheduler.tick([plan], at(6, 4))
    planned = house.ledger.mark("nhandan-vi", "").planned
    assert at(6, 14) <= planned <= at(6, 24)
    house.scheduler().tick([plan], at(12))
    assert len(house.begun) == 2


def test_the_archive_is_told_of_gaps_once(house):
    house.scheduler().tick([HOURLY], at(6, 30))
    house.scheduler().tick([HOURLY], at(10, 20))
    (gap,) = house.ledger.untold("人民报")
    assert (f"{gap.first:%H:%M}", f"{gap.last:%H:%M}", gap.count) == ("07:00", "09:00", 3)
    house.ledger.told("人民报", [gap])
    assert house.ledger.untold("人民报") == []


def test_a_broken_ledger_is_one_clear_line(tmp_path):
    path = tmp_path / "schedule.db"
    path.write_bytes(b"this is not SQLite at all" * 100)
    with pytest.raises(ScheduleError, match=r"schedule\.db: is damaged; move it away"):
        Ledger(path)
    path.unlink()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(ScheduleError, match="later hemeroteca"):
        Ledger(path)


def test_the_slots_of_a_broken_profile_are_recorded_and_the_others_run(house):
    sound = Plan(site="báo", rhythm="0 * * * *")
    broken = Plan(
        site="人民报", rhythm="0 * * * *", broken="its profile is wrong: sites/人民报.toml: x: unknown key"
    )
    scheduler = house.scheduler()
    scheduler.tick([broken, sound], at(6))
    scheduler.tick([broken, sound], at(8))
    assert [target for target, _, _ in house.begun] == ["báo"]
    rows = house.ledger.history("人民报")
    assert [(f"{row.slot:%H}", row.state, row.reason) for row in rows] == [
        ("08", "skipped", broken.broken),
        ("07", "skipped", broken.broken),
    ]
    assert [(plan.site, code, reason) for plan, _, code, reason in scheduler.ended] == [
        ("人民报", None, broken.broken)
    ]
    scheduler.tick([HOURLY, sound], at(9))  # mended
    assert [target for target, _, _ in house.begun][1:] == ["人民报"]
