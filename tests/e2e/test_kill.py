"""A crawl killed in the middle loses nothing that it acknowledged, and the next one fetches what is
missing."""

import signal
import sqlite3
import time
from contextlib import closing
from urllib.parse import unquote

import pytest

from archive.index.search import Search
from archive.model import StoredCapture, StoredExtraction
from tests.e2e.crawling import archived, captured, crawl, faults, live_and_rebuilt, start
from tests.e2e.paper import Paper, serve

ARTICLES = 60
UNDER_WAY = 16
"""Requests at once at most: what was under way may be fetched twice."""


def until(paper, number, process):
    deadline = time.monotonic() + 60
    while paper.asked.total() < number and process.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def acknowledged(collection):
    """Return the URLs that the queue calls done."""
    path = collection / "frontier.db"
    if not path.exists():
        return set()
    database = sqlite3.connect(path)
    rows = database.execute("SELECT url FROM url WHERE state = 'done' AND kind = 'article'").fetchall()
    database.close()
    return {unquote(row[0]) for row in rows}


def states(collection):
    """Return what is said of the runs that the index knows, latest first."""
    with Search.open(collection / "index.db") as search:
        return [run.status for run in search.runs(locks=collection / "log")]


@pytest.mark.parametrize("moments", [(1, 15), (45,), (9, 10, 30)])
def test_killed_and_started_again(tmp_path, moments):
    with serve(Paper(ARTICLES, wait=0.02)) as paper:
        wanted = {paper.base_url + path for path in paper.paths()}
        for moment in moments:
            process = start(tmp_path / "c", f"{paper.base_url}/")
            until(paper, moment + paper.asked.total() if moment != moments[0] else moment, process)
            assert set(states(tmp_path / "c")[:1]) <= {"running"}
            process.signal(signal.SIGKILL)
            assert process.end()[0] == -signal.SIGKILL
            assert set(states(tmp_path / "c")) <= {"interrupted"}
            assert acknowledged(tmp_path / "c") <= set(captured(tmp_path / "c"))
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/")
    assert summary["status"] == "done", summary
    counted = captured(tmp_path / "c")
    assert wanted <= set(counted)
    twice = [url for url in wanted if counted[url] > 1]
    assert len(twice) <= UNDER_WAY * len(moments)
    assert faults(tmp_path / "c") == []
    assert not list((tmp_path / "c" / "warc").rglob("*.open"))

    everything = archived(tmp_path / "c")
    extracted = {one.capture_record_id for one in everything if isinstance(one, StoredExtraction)}
    pages = {
        one.location.record_id
        for one in everything
        if isinstance(one, StoredCapture) and ".html" in one.capture.url
    }
    assert pages <= extracted
    live, rebuilt = live_and_rebuilt(tmp_path / "c")
    assert len(live["articles"]) == ARTICLES
    assert {name: rows for name, rows in live.items() if rows != rebuilt[name]} == {}


def checked(collection):
    """Return how often the queue has each article checked, by URL, and how many wait for a check."""
    with closing(sqlite3.connect(collection / "frontier.db")) as database:
        rows = database.execute("SELECT url, checks FROM url JOIN visit USING (id)").fetchall()
        waiting = database.execute("SELECT count(*) FROM url WHERE state = 'queued'").fetchone()[0]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return {unquote(url): checks for url, checks in rows}, waiting


@pytest.mark.parametrize("moments", [(1, 20), (2, 9, 30)])
def test_killed_while_known_articles_are_checked(tmp_path, moments):
    """What was due stays due until it is checked, and a check that is in the archive is not made again."""
    hours = iter(range(2, 40, 5))  # after the articles' publication

    def clock(hour):
        return f"2026-11-20T{1 + hour:02}:00:00+00:00"

    with serve(Paper(ARTICLES, wait=0.02)) as paper:
        wanted = {paper.base_url + path for path in paper.paths()}
        crawl(tmp_path / "c", f"{paper.base_url}/", moment=clock(next(hours)))
        assert checked(tmp_path / "c") == (dict.fromkeys(wanted, 0), 0)
        moment = clock(next(hours))
        articles = set(paper.paths())

        def asked():
            return sum(number - 1 for path, number in paper.asked.items() if path in articles)

        for number in moments:
            before, deadline = asked(), time.monotonic() + 60
            process = start(tmp_path / "c", f"{paper.base_url}/", moment=moment)
            while asked() < before + number and process.is_alive():
                assert time.monotonic() < deadline
                time.sleep(0.005)
            process.signal(signal.SIGKILL)
            assert process.end()[0] == -signal.SIGKILL
            known, waiting = checked(tmp_path / "c")
            counted = captured(tmp_path / "c")
            assert set(known) == wanted
            assert all(counted[url] > checks for url, checks in known.items())
            assert waiting >= sum(checks == 0 for checks in known.values())
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/", moment=moment)
        assert summary["status"] == "done", summary
        known, waiting = checked(tmp_path / "c")
        assert (set(known.values()), waiting) == ({1}, 0)
        counted = captured(tmp_path / "c")
        assert {url: counted[url] >= 2 for url in wanted} == dict.fromkeys(wanted, True)
        assert sum(counted[url] - 2 for url in wanted) <= UNDER_WAY * len(moments)
        # Nothing more is due at that moment.
        before = asked()
        crawl(tmp_path / "c", f"{paper.base_url}/", moment=moment)
        assert asked() == before
    assert faults(tmp_path / "c") == []
    live, rebuilt = live_and_rebuilt(tmp_path / "c")
    assert len(live["articles"]) == len(live["versions"]) == ARTICLES
    assert {name: rows for name, rows in live.items() if rows != rebuilt[name]} == {}


def test_killed_after_the_capture_and_before_the_fields(tmp_path):
    """A WARC whose last records are captures without fields, as a kill in between leaves it: the next run
    extracts them."""
    from archive.warc.reader import warc_files

    with serve(Paper(12)) as paper:
        crawl(tmp_path / "c", f"{paper.base_url}/")
        (path,) = warc_files(tmp_path / "c")
        last = max(
            (
                one
                for one in archived(tmp_path / "c")
                if isinstance(one, StoredExtraction) and one.extraction.article
            ),
            key=lambda one: one.location.offset,
        )
        with path.open("r+b") as file:
            file.truncate(last.location.offset + last.location.length // 2)
        path.rename(path.with_name(path.name + ".open"))
        (tmp_path / "c" / "index.db").unlink()
        (tmp_path / "c" / "frontier.db").unlink()
        before = paper.asked.copy()
        (summary,) = crawl(tmp_path / "c", f"{paper.base_url}/")
    assert summary["counts"]["known"] == 12
    assert all(paper.asked[path] == before[path] == 1 for path in paper.paths())
    assert faults(tmp_path / "c") == []
    live, rebuilt = live_and_rebuilt(tmp_path / "c")
    assert len(live["articles"]) == 12
    assert {name: rows for name, rows in live.items() if rows != rebuilt[name]} == {}


def test_stopped_by_the_user(tmp_path):
    with serve(Paper(ARTICLES, wait=0.03)) as paper:
        process = start(tmp_path / "c", f"{paper.base_url}/")
        until(paper, 15, process)
        process.signal(signal.SIGINT)
        code, out, err = process.end()
        assert code == 0, err
        assert '"status": "interrupted"' in out or '"status":"interrupted"' in out, err
        assert not list((tmp_path / "c" / "warc").rglob("*.open"))
        first = set(captured(tmp_path / "c"))
        assert len(first) < ARTICLES
        crawl(tmp_path / "c", f"{paper.base_url}/")
    counted = captured(tmp_path / "c")
    assert {counted[paper.base_url + path] for path in paper.paths()} == {1}
