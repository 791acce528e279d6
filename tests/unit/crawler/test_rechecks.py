"""Known articles in the queue: what is due comes back, in its place, durably; how it is asked for."""

import sqlite3
from types import SimpleNamespace

import attrs
import pytest

from archive.index.store import Index
from archive.model import Found
from archive.settings import Settings
from archive.sites.profile import load_profile
from crawler.discovery.links import Scope
from crawler.frontier import Frontier, Link, Visit
from crawler.queued import BACKFILL, NEW
from crawler.rechecks import Rechecks, limits_of
from crawler.revisit import DAY, Habits, Limits, first_seen
from crawler.site_queue import SiteQueue

NOW = 1_795_000_000.0


def link(number, **more):
    return Link(
        url=f"https://bao.example/bài-{number}.html",
        key=f"id:{number}",
        found=Found(by="section", title="Đường sắt – 高铁", section="Kinh tế"),
        **more,
    )


def visit(number, due=NOW, **more):
    return Visit(article=number, due=due, evidence=attrs.evolve(first_seen(NOW - 100.0), **more))


@pytest.fixture
def frontier(tmp_path):
    opened = Frontier(tmp_path / "frontier.db")
    yield opened
    opened.close()


def fetch_all(queue):
    found = []
    while (queued := queue.next()) is not None:
        found.append(queued)
    return found


def known(frontier, *numbers, due=NOW):
    for number in numbers:
        frontier.note_known("site", "run0", link(number), visit(number, due=due))
    frontier.flush()


def test_new_articles_then_known_ones_that_are_due_then_backfill(frontier):
    known(frontier, 1)
    known(frontier, 2, due=NOW + 60)
    known(frontier, 3, due=None)
    queue = SiteQueue(frontier, "site", "run1")
    queue.add(link(10, priority=BACKFILL))
    queue.add(link(11, priority=NEW))
    assert frontier.arm("site", "run1", NOW) == 1
    taken = fetch_all(queue)
    assert [one.link.key for one in taken] == ["id:11", "id:1", "id:10"]
    assert [one.is_recheck for one in taken] == [False, True, False]
    assert taken[1].visit == visit(1)
    assert taken[1].link.found.section == "Kinh tế"
    assert frontier.next_due("site") == NOW


def test_what_is_due_is_on_disk_before_it_is_handed_out(frontier, tmp_path):
    known(frontier, 1, 2)
    frontier.arm("site", "run1", NOW)
    other = sqlite3.connect(tmp_path / "frontier.db")
    assert other.execute(
        "SELECT count(*) FROM url WHERE state = 'queued' AND role = 'recheck'"
    ).fetchone() == (2,)
    other.close()
    later = Frontier(tmp_path / "frontier.db")  # as after a kill
    assert len(fetch_all(SiteQueue(later, "site", "run2"))) == 2
    later.close()


def test_a_check_and_what_became_of_it_are_one_transaction(frontier):
    known(frontier, 1)
    frontier.arm("site", "run1", NOW)
    queue = SiteQueue(frontier, "site", "run1")
    (queued,) = fetch_all(queue)
    frontier.note("site", queued.id, visit(1, due=NOW + DAY, checks=1))
    queue.settle(queued.id, "done", article=True)
    frontier.flush()
    assert frontier.arm("site", "run2", NOW + 1) == 0
    assert frontier.next_due("site") == NOW + DAY
    assert not queue.add(link(1))  # listed again: known, and not due


def test_habits_are_the_sums_of_a_site(frontier):
    assert frontier.habits("site") == Habits()
    for number in (1, 2):
        frontier.note_known(
            "site", "run", link(number), visit(number, checks=4, changes=number, exposure=0.5)
        )
    frontier.note_known("other", "run", link(3), visit(3, checks=9))
    assert frontier.habits("site") == Habits(checks=8, changes=3, exposure=1.0)
    assert frontier.known_articles("site") == {1, 2}


def test_a_file_of_the_first_version_gets_visits(tmp_path):
    path = tmp_path / "frontier.db"
    old = Frontier(path)
    old.add("site", "run", link(1))
    old.close()
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE visit")
        database.execute("PRAGMA user_version = 1")
    database.close()
    again = Frontier(path)
    known(again, 2)
    assert again.arm("site", "run", NOW) == 1
    assert len(fetch_all(SiteQueue(again, "site", "run"))) == 2
    again.close()


@pytest.fixture
def rechecks(frontier, tmp_path):
    with Index.open(tmp_path / "index.db", create=True) as index:
        yield Rechecks(
            frontier=frontier, site="site", run="run1", index=index, scope=Scope(site=None, host="bao.example"), limits=Limits()
        )  # fmt: skip


def capture(**more):
    row = {
        "status": 200, "truncated": None, "refers_to": None, "refers_to_at": None, "fetched_at": "2026-11-18T05:06:40+00:00",
        "etag": '"a1"', "last_modified": "Wed, 18 Nov 2026 05:00:00 GMT", "payload_digest": "sha1:A", "version_id": 1,
    }  # fmt: skip
    return SimpleNamespace(**row | more)


def test_conditions(frontier, rechecks):
    known(frontier, 1)
    rechecks.arm(NOW)
    (queued,) = fetch_all(SiteQueue(frontier, "site", "run1"))
    both = {"If-None-Match": '"a1"', "If-Modified-Since": "Wed, 18 Nov 2026 05:00:00 GMT"}
    assert rechecks.conditions(queued, capture(), NOW) == both
    assert rechecks.conditions(queued, capture(etag=None), NOW) == {
        k: v for k, v in both.items() if "Mod" in k
    }
    assert rechecks.conditions(queued, capture(status=304, refers_to="<urn:x>"), NOW) == both
    for unfit in (
        None,
        capture(truncated="length"),
        capture(status=500),
        capture(etag="a\r\nCookie: b", last_modified="x" * 2000),
    ):
        assert rechecks.conditions(queued, unfit, NOW) == {}
    rechecks.habits = Habits(misread=1)
    assert rechecks.conditions(queued, capture(), NOW) == {}


def test_a_list_is_asked_for_whole_once_a_day(frontier, rechecks):
    queue = SiteQueue(frontier, "site", "run1")
    queue.add(Link(url="https://bao.example/", key="list:/", kind="list", role="section"))
    (queued,) = fetch_all(queue)
    fresh = capture(fetched_at="2026-11-18T05:06:40+00:00")
    moment = 1_794_978_400.0
    assert rechecks.conditions(queued, fresh, moment)
    stale = capture(refers_to="<urn:x>", status=304, refers_to_at="2026-11-10T05:06:40+00:00")
    assert rechecks.conditions(queued, stale, moment) == {}


def test_a_run_goes_on_for_new_articles_and_not_for_what_becomes_due(frontier):
    calls = []
    queue = SiteQueue(frontier, "site", "run1", arm=calls.append)
    queue.add(link(1))
    (new,) = fetch_all(queue)
    assert queue.next() is None
    assert calls
    calls.clear()
    queue.settle(new.id, "done")
    known(frontier, 2)
    frontier.arm("site", "run1", NOW)
    assert len(fetch_all(SiteQueue(frontier, "site", "run1", arm=calls.append))) == 1
    assert not calls


def test_a_check_that_the_archive_has_is_not_made_again(frontier, rechecks):
    known(frontier, 1)
    rechecks.arm(NOW)
    (queued,) = fetch_all(SiteQueue(frontier, "site", "run1"))
    assert not rechecks.has_answer(queued, None, NOW)
    assert not rechecks.has_answer(queued, capture(fetched_at="2026-11-18T05:06:39+00:00"), NOW)
    assert not rechecks.has_answer(queued, capture(fetched_at="2027-01-01T00:00:00+00:00", status=500), NOW)
    assert rechecks.has_answer(queued, capture(fetched_at="2027-01-01T00:00:00+00:00", status=304), NOW)
    noted = attrs.evolve(queued, visit=visit(1, due=NOW + 60))  # noted, and killed before it was settled
    assert rechecks.has_answer(noted, capture(), NOW)


def test_limits_of_settings_and_profile(tmp_path):
    settings = Settings(collection=tmp_path, revisit_risk=0.5, revisit_days=10)
    assert limits_of(settings, None) == Limits(risk=0.5, until=10 * DAY)
    text = 'name = "Báo"\ndomains = ["bao.example"]\n[revisit]\nrisk = 0.02\nleast = "1h"\nmost = "2d"\nuntil = "90d"\n'
    site = load_profile(text, "bao", {})
    assert limits_of(settings, site) == Limits(risk=0.02, least=3600, most=2 * DAY, until=90 * DAY)
