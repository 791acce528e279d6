"""The queue: what is known is not fetched twice, what was not settled comes back, also after SIGKILL."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime

import pytest

from archive.model import Found
from archive.summary import Revisits
from crawler.frontier import Frontier, Link, Visit
from crawler.revisit import Evidence
from crawler.site_queue import SiteQueue


def article(number, **more):
    url = f"https://báo.example/bài-{number}.html"
    return Link(
        url=url,
        key=f"id:{number}",
        found=Found(by="section", title="Đường sắt – 高铁 – قطار", position=number),
        **more,
    )


def listing(name, **more):
    return Link(
        url=f"https://example.org/{name}/",
        key=f"list:{name}",
        kind="list",
        role="section",
        priority=100,
        **more,
    )


@pytest.fixture
def frontier(tmp_path):
    opened = Frontier(tmp_path / "frontier.db")
    yield opened
    opened.close()


def drain(queue):
    found = []
    while (queued := queue.next()) is not None:
        found.append(queued)
    return found


def test_lists_come_before_articles_and_facts_survive(frontier):
    queue = SiteQueue(frontier, "site", "run1")
    assert queue.add(article(1))
    assert queue.add(listing("politique"))
    first, second = drain(queue)
    assert [first.link.role, second.link.role] == ["section", "article"]
    assert second.link.found == Found(by="section", title="Đường sắt – 高铁 – قطار", position=1)
    assert second.link.url == "https://báo.example/bài-1.html"


def test_a_link_is_queued_once_and_a_settled_article_never_again(frontier, tmp_path):
    queue = SiteQueue(frontier, "site", "run1")
    assert queue.add(article(1))
    assert not queue.add(article(1))
    (queued,) = drain(queue)
    queue.settle(queued.id, "done")
    assert not queue.add(article(1))
    assert not queue.has_pending
    frontier.flush()
    later = Frontier(tmp_path / "frontier.db")
    assert not SiteQueue(later, "site", "run2").add(article(1))
    assert SiteQueue(later, "other site", "run2").add(article(1))
    later.close()


def test_lists_are_fetched_once_a_run_and_at_every_run(frontier):
    for run in ("run1", "run2"):
        queue = SiteQueue(frontier, "site", run)
        assert queue.add(listing("monde"))
        assert not queue.add(listing("monde"))
        (queued,) = drain(queue)
        queue.settle(queued.id, "done")
        assert not queue.add(listing("monde"))
        assert queue.next() is None


def test_what_is_not_settled_comes_back_with_the_next_run(frontier):
    queue = SiteQueue(frontier, "site", "run1")
    for number in range(5):
        queue.add(article(number))
    handed_out = drain(queue)
    queue.settle(handed_out[0].id, "done")
    assert not queue.has_pending
    again = SiteQueue(frontier, "site", "run2")
    assert {one.link.key for one in drain(again)} == {f"id:{number}" for number in range(1, 5)}


def test_a_failed_article_is_tried_in_three_runs_and_no_more(frontier):
    tried = 0
    for run in range(6):
        queue = SiteQueue(frontier, "site", f"run{run}")
        queue.add(article(1))
        for queued in drain(queue):
            tried += 1
            queue.settle(queued.id, "failed", "status 500")
    assert tried == 3


def test_a_postponed_link_waits_and_keeps_its_attempts(frontier):
    queue = SiteQueue(frontier, "site", "run1")
    queue.add(article(1))
    (queued,) = drain(queue)
    queue.postpone(queued.id, 1, 0.2)
    assert queue.next() is None
    assert queue.has_pending
    time.sleep(0.25)
    again = queue.next()
    assert again is not None
    assert again.retries == 1


def test_the_limit_counts_articles_and_leaves_the_rest_queued(frontier):
    queue = SiteQueue(frontier, "site", "run1", limit=2)
    queue.add(listing("x"))
    for number in range(5):
        queue.add(article(number))
    handed_out = drain(queue)
    assert [one.link.kind for one in handed_out] == ["list", "article"]
    # One of them turns out to be no article: another may be fetched.
    queue.settle(handed_out[0].id, "done", article=False)
    queue.settle(handed_out[1].id, "done", article=True)
    assert len(drain(queue)) == 1
    assert frontier.pending("site") == 4  # one article under way, three that are left


def test_a_list_that_turns_out_to_be_an_article_counts(frontier):
    queue = SiteQueue(frontier, "site", "run1", limit=2)
    for number in range(3):
        queue.add(listing(f"dossier-{number}"))
        queue.add(article(number))
    handed_out = drain(queue)
    assert len(handed_out) == 2
    for one in handed_out:
        queue.settle(one.id, "done", article=True)
    assert queue.next() is None
    assert not queue.has_pending


def test_better_links_found_later_come_first(frontier):
    queue = SiteQueue(frontier, "site", "run1")
    for number in range(300):
        queue.add(article(number))
    assert queue.next() is not None
    queue.add(listing("tout-nouveau"))
    found = queue.next()
    assert found is not None
    assert found.link.kind == "list"


def test_links_under_way_do_not_hide_those_behind_them(frontier):
    queue = SiteQueue(frontier, "site", "run1")
    for number in range(500):
        queue.add(article(number))
    assert len({one.id for one in drain(queue)}) == 500


def test_a_capture_that_was_interrupted_names_its_run(frontier):
    queue = SiteQueue(frontier, "capture/site", "run1")
    queue.add(Link(url="https://a.example/1", key="capture:1", kind="capture", role="capture"))
    queue.add(Link(url="https://a.example/2", key="capture:2", kind="capture", role="capture"))
    first = queue.next()
    assert first is not None
    queue.settle(first.id, "done")
    run = frontier.unfinished_run("capture/site")
    assert run == "run1"
    again = SiteQueue(frontier, "capture/site", run)
    assert not again.add(Link(url="https://a.example/1", key="capture:1", kind="capture", role="capture"))
    assert len(drain(again)) == 1
    assert frontier.unfinished_run("another") is None


def test_two_processes_share_the_file(frontier, tmp_path):
    other = Frontier(tmp_path / "frontier.db")
    for number in range(400):
        frontier.add("a", "run", article(number))
        other.add("b", "run", article(number))
    assert (frontier.pending("a"), other.pending("b")) == (400, 400)
    other.close()


def test_a_url_costs_less_than_a_third_of_a_millisecond(frontier):
    queue = SiteQueue(frontier, "site", "run1")
    number = 5_000
    began = time.process_time()
    for each in range(number):
        queue.add(article(each))
    for _ in range(number):
        queued = queue.next()
        assert queued is not None
        queue.settle(queued.id, "done")
    frontier.flush()
    assert (time.process_time() - began) / number < 0.0003
    assert frontier.states("site") == {"done": number}


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path):
    """The child prints what it was handed out; whatever it printed is in the file, and the file is whole."""
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from crawler.frontier import Frontier, Link
        from crawler.site_queue import SiteQueue
        queue = SiteQueue(Frontier(Path(sys.argv[1])), "site", "run1")
        for page in range(100000):
            for each in range(30):
                queue.add(Link(url=f"https://x.example/{page}-{each}", key=f"id:{page}-{each}"))
            for _ in range(20):
                queued = queue.next()
                print(queued.link.key, flush=True)
                queue.settle(queued.id, "done")
        """
    )
    for _ in range(3):
        path = tmp_path / f"frontier{_}.db"
        child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        seen = [child.stdout.readline().strip() for _ in range(300)]
        os.kill(child.pid, signal.SIGKILL)
        rest, _err = child.communicate()
        seen += rest.splitlines()[:-1]
        database = sqlite3.connect(path)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        keys = {row[0] for row in database.execute("SELECT url_key FROM url")}
        database.close()
        assert set(filter(None, seen)) <= keys
        again = Frontier(path)
        assert SiteQueue(again, "site", "run2").next() is not None
        again.close()


def test_what_is_due_is_told_apart_from_what_will_be_and_what_is_left_alone(frontier):
    for number, due in ((1, 50.0), (2, 150.0), (3, 130.0), (4, None)):
        visit = Visit(article=number, evidence=Evidence(origin=0.0, checked=10.0), due=due)
        frontier.note_known("báo", "run1", article(number), visit)
    told = frontier.revisits("báo", 100.0)
    assert (told.known, told.due, told.next_at) == (4, 1, datetime.fromtimestamp(130, UTC))
    assert frontier.revisits("báo", 160.0).next_at is None
    assert frontier.revisits("other site", 100.0) == Revisits(known=0, due=0)
