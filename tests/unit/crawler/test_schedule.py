"""Slots: right across changes of clocks, windows and outages, and the same whoever asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule import Plan, Visit, next_adaptive, next_slot, slots

PARIS = ZoneInfo("Europe/Paris")


def local(plan: Plan, day: datetime, until: datetime) -> list[str]:
    zone = ZoneInfo(plan.timezone)
    return [
        f"{slot.astimezone(zone):%m-%d %H:%M %Z}"
        for slot in slots(plan, day.astimezone(UTC), until.astimezone(UTC))
    ]


def test_a_fixed_time_runs_once_on_the_days_on_which_clocks_change():
    plan = Plan(site="courrier", rhythm="30 2 * * *", timezone="Europe/Paris")
    spring = local(plan, datetime(2026, 3, 28, tzinfo=PARIS), datetime(2026, 3, 31, tzinfo=PARIS))
    assert spring == ["03-28 02:30 CET", "03-29 03:00 CEST", "03-30 02:30 CEST"]
    autumn = local(plan, datetime(2026, 10, 24, tzinfo=PARIS), datetime(2026, 10, 27, tzinfo=PARIS))
    assert autumn == ["10-24 02:30 CEST", "10-25 02:30 CEST", "10-26 02:30 CET"]


def test_every_hour_is_every_hour_of_real_time():
    cron = Plan(site="courrier", rhythm="0 * * * *", timezone="Europe/Paris")
    span = Plan(site="courrier", rhythm="1h", timezone="Europe/Paris")
    for plan in (cron, span):
        for day, hours in (
            (datetime(2026, 3, 29, tzinfo=PARIS), 23),
            (datetime(2026, 10, 25, tzinfo=PARIS), 25),
        ):
            found = list(
                slots(
                    plan,
                    day.astimezone(UTC) - timedelta(seconds=1),
                    (day + timedelta(days=1)).astimezone(UTC) - timedelta(seconds=1),
                )
            )
            assert len(found) == hours
            assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


def test_whole_days_keep_their_time_of_day():
    plan = Plan(site="báo", rhythm="1d", timezone="Europe/Paris")
    times = {
        slot.astimezone(PARIS).time()
        for slot in slots(plan, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
    }
    assert len(times) <= 2  # one, and what becomes of it on a night that leaves it out
    days = [
        slot.astimezone(PARIS).date()
        for slot in slots(plan, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
    ]
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=1)}


def test_what_falls_outside_the_window_waits_and_becomes_one():
    plan = Plan(site="الأهرام", rhythm="0 * * * *", timezone="Africa/Cairo", window="22:00-02:00")
    zone = ZoneInfo("Africa/Cairo")
    day = datetime(2026, 11, 24, 12, tzinfo=zone)
    found = [f"{slot.astimezone(zone):%d %H:%M}" for slot in slots(plan, day, day + timedelta(days=1))]
    assert found == ["24 22:00", "24 23:00", "25 00:00", "25 01:00"]
    noon = Plan(site="الأهرام", rhythm="30 12 * * *", timezone="Africa/Cairo", window="22:00-02:00")
    assert f"{next_slot(noon, day).astimezone(zone):%d %H:%M}" == "24 22:00"


def test_a_day_fits_into_any_window():
    plan = Plan(site="santiago", rhythm="1d", timezone="America/Santiago", window="23:30-00:30", jitter=7200)
    zone = ZoneInfo("America/Santiago")
    start = datetime(2026, 8, 1, tzinfo=UTC)
    found = list(slots(plan, start, start + timedelta(days=90)))
    assert len(found) == 90
    # On the night of 6 September the clock goes from 00:00 to 01:00: the window ends an hour later by its face.
    times = {
        f"{slot.astimezone(zone):%H:%M}" for slot in found if slot.astimezone(zone).date() != date(2026, 9, 6)
    }
    assert all(at >= "23:30" or at < "00:30" for at in times)


def test_jitter_is_drawn_and_stays_the_same():
    plan = Plan(site="人民报", rhythm="0 * * * *", jitter=600)
    start = datetime(2026, 11, 24, tzinfo=UTC)
    found = list(slots(plan, start, start + timedelta(days=2)))
    late = {slot.minute * 60 + slot.second for slot in found}
    assert len(late) > 30
    assert max(late) < 600
    assert found == list(slots(plan, start, start + timedelta(days=2)))
    assert found != list(
        slots(Plan(site="other", rhythm="0 * * * *", jitter=600), start, start + timedelta(days=2))
    )


plans = st.builds(
    Plan,
    site=st.sampled_from(["báo", "人民报", "x"]),
    rhythm=st.sampled_from(
        ["7min", "15min", "1h", "5h", "1d", "3d", "*/20 * * * *", "15 6-22 * * *", "30 2 * * *", "0 0 * * 1"]
    ),
    timezone=st.sampled_from(
        ["UTC", "Europe/Paris", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    window=st.sampled_from([None, "06:00-23:00", "22:00-04:00", "02:15-02:45"]),
    jitter=st.sampled_from([0.0, 60.0, 900.0, 7200.0]),
)
seconds = st.integers(
    int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 12, 31, tzinfo=UTC).timestamp())
)
moments = seconds.map(lambda second: datetime.fromtimestamp(second, UTC))


@given(plan=plans, start=moments, cuts=st.lists(st.floats(0, 5 * 24), min_size=1, max_size=4))
def test_the_slots_are_the_same_however_often_one_looks(plan, start, cuts):
    end = start + timedelta(days=5)
    at_once = list(slots(plan, start, end))
    assert at_once == sorted(set(at_once))
    assert all(start < slot <= end for slot in at_once)
    looks = [start, *sorted(start + timedelta(hours=hours) for hours in cuts), end]
    piecewise = [slot for one, two in pairwise(looks) for slot in slots(plan, one, two)]
    assert piecewise == at_once
    if at_once:
        assert next_slot(plan, start) == at_once[0]


@given(plan=plans, start=moments)
def test_slots_lie_in_the_window(plan, start):
    zone = ZoneInfo(plan.timezone)
    for slot in slots(plan, start, start + timedelta(days=3)):
        at = f"{slot.astimezone(zone):%H:%M}"
        if plan.window == "06:00-23:00":
            assert "06:00" <= at < "23:00"
        if plan.window == "22:00-04:00":
            assert at >= "22:00" or at < "04:00"


def test_an_adaptive_plan_asks_by_day_and_sleeps_at_night():
    plan = Plan(site="nhandan-vi", rhythm="adaptive", timezone="Asia/Ho_Chi_Minh")
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    start = datetime(2026, 11, 1, tzinfo=zone)
    visits = [
        Visit(at := start + timedelta(hours=hour), 6 if 7 <= at.hour < 22 else 0) for hour in range(24 * 10)
    ]
    morning, night = datetime(2026, 11, 12, 9, tzinfo=zone), datetime(2026, 11, 12, 23, tzinfo=zone)
    assert timedelta(minutes=15) <= next_adaptive(plan, visits, morning) - morning < timedelta(minutes=50)
    assert next_adaptive(plan, visits, night) - night > timedelta(hours=3)


@given(news=st.lists(st.integers(0, 500), max_size=30), hours=st.floats(0.01, 60))
def test_an_adaptive_plan_keeps_its_bounds(news, hours):
    plan = Plan(site="x", rhythm="adaptive 10min-6h")
    start = datetime(2026, 11, 1, tzinfo=UTC)
    visits = [Visit(start + timedelta(hours=hours * number), new) for number, new in enumerate(news)]
    now = start + timedelta(days=60)
    assert timedelta(minutes=10) <= next_adaptive(plan, visits, now) - now <= timedelta(hours=6, seconds=1)


@pytest.mark.parametrize("rhythm", ["adaptive", "adaptive 1h-2h"])
def test_an_adaptive_plan_knows_nothing_at_first(rhythm):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    assert next_adaptive(Plan(site="x", rhythm=rhythm), [], now) == now + timedelta(hours=1)
