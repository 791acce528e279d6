"""The pace of a host: what holds it, what slows it, and that others go on."""

from datetime import datetime

import pytest

from archive.errors import ProfileError
from archive.sites.profile import load_profile
from crawler.frontier import Frontier, Link
from crawler.politeness import FIRST_HOLD, LONGEST_DELAY, PATIENCE, Politeness, is_open, slot_host
from crawler.site_queue import SiteQueue


def test_a_host_keeps_its_delay_whoever_asks():
    politeness = Politeness()
    assert politeness.wait("a.example", 100.0) == 0
    politeness.started("a.example", 100.0, 2.0)
    assert politeness.wait("a.example", 100.5) == 1.5
    assert politeness.wait("b.example", 100.5) == 0
    assert politeness.wait("a.example", 102.0) == 0


def test_retry_after_holds_the_whole_host_and_then_slows_it():
    politeness = Politeness()
    pace = politeness.of("a.example")
    pace.answered(100.0, 429, 0.1, 30.0)
    pace.answered(100.2, 429, 0.1, 30.0)  # was under way already: says nothing new
    assert politeness.wait("a.example", 110.2) == pytest.approx(20.0)
    assert pace.strikes == 1
    assert pace.delay(2.0) == 4.0
    assert pace.delay(0.0) == 1.0
    for _ in range(10):
        pace.answered(140.0, 200, 0.1, None)
    assert pace.strikes == 0
    assert pace.delay(2.0) == 2.0


def test_refusals_without_a_time_hold_longer_each_time_and_end_the_run_for_the_host():
    politeness = Politeness()
    pace, now, holds = politeness.of("a.example"), 0.0, []
    while (wait := politeness.wait("a.example", now)) is not None:
        now += wait
        pace.answered(now, 503, 0.1, None)
        holds.append(pace.held_until - now)
    assert holds == [FIRST_HOLD * 2**number for number in range(PATIENCE)]
    assert pace.delay(2.0) <= LONGEST_DELAY


def test_a_wait_longer_than_a_run_closes_the_host():
    politeness = Politeness()
    politeness.of("a.example").answered(0.0, 503, 0.1, 3600.0)
    assert politeness.wait("a.example", 1.0) is None


def test_a_slow_host_is_asked_no_faster_than_it_answers():
    pace = Politeness().of("a.example")
    for _ in range(20):
        pace.answered(0.0, 200, 8.0, None)
    assert 7 < pace.delay(2.0) <= 8
    assert pace.delay(0.0) == 0  # not to wait is what was asked for
    for _ in range(50):
        pace.answered(0.0, 200, 1000.0, None)
    assert pace.delay(2.0) <= LONGEST_DELAY


def test_slot_host():
    assert slot_host("https://Báo.Example:8443/a") == "báo.example"
    assert slot_host("http://[::1]:80/") == "::1"
    assert slot_host("http://[broken/") == ""


@pytest.mark.parametrize(
    ("hours", "clock", "answer"),
    [
        ((), "03:00", True),
        (((60, 300),), "01:00", True),
        (((60, 300),), "05:00", False),
        (((1320, 360),), "23:30", True),
        (((1320, 360),), "05:59", True),
        (((1320, 360),), "12:00", False),
        (((0, 60), (720, 780)), "12:30", True),
    ],
)
def test_hours(hours, clock, answer):
    assert is_open(hours, datetime.fromisoformat(f"2026-11-24T{clock}")) is answer


def profile(hours):
    return load_profile(
        f'name = "Báo"\ndomains = ["bao.example"]\n[politeness]\nhours = {hours}\n', "bao", {}
    )


def test_hours_of_a_profile():
    assert profile('"22:00-06:00"').politeness.hours == ((1320, 360),)
    assert profile('["00:30-5:00", "12:00 – 24:00"]').politeness.hours == ((30, 300), (720, 1440))
    for bad in ('"22-6"', '"25:00-26:00"', '"06:00-06:00"', "5", '"24:30-1:00"'):
        with pytest.raises(ProfileError, match="politeness"):
            profile(bad)


def test_other_hosts_go_on_while_one_is_held(tmp_path):
    frontier = Frontier(tmp_path / "frontier.db")
    waits = {"slow.example": 5.0, "shut.example": None, "free.example": 0.0}
    queue = SiteQueue(frontier, "site", "run", gate=lambda url: waits[slot_host(url)])
    for number, host in enumerate(("slow.example", "shut.example", "free.example") * 3):
        queue.add(Link(url=f"https://{host}/{number}", key=f"id:{number}"))
    taken = [queue.next() for _ in range(4)]
    assert [slot_host(one.link.url) for one in taken if one] == ["free.example"] * 3
    assert queue.blocked == 5.0
    assert queue.has_pending
    waits["slow.example"] = 0.0
    first = queue.next()
    assert first is not None
    assert first.link.url == "https://slow.example/0"  # in their order
    assert queue.next() is not None
    assert queue.next() is not None
    assert queue.next() is None
    assert not queue.has_pending  # what is left is for the next run
    assert frontier.pending("site") == 9
    frontier.close()
