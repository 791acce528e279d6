"""Servers that take a connection and never answer: a crawl asked to end does so within seconds, and loses no
link."""

import signal
import sqlite3
import time
from contextlib import closing, contextmanager, suppress

import pytest

from archive.model import StoredFailure
from tests.e2e.crawling import archived, captured, crawl, faults, live_and_rebuilt, start
from tests.e2e.paper import Paper, serve
from tests.hostile.server import Listeners

SOON = 20.0
"""Seconds in which a crawl has ended, on a machine that has much else to do; about four on one at rest.
Without the cut it would be three times `timeout`, which is 120 here."""
SETTINGS = {"timeout": 120.0}


@contextmanager
def silent():
    """A port that takes connections and what they bring, and says nothing."""
    listeners, taken = Listeners(), []

    def serve_nothing(sock):
        taken.append(time.monotonic())
        with suppress(ConnectionError):  # cut off, it is reset
            while sock.recv(65536):
                pass
        listeners.release(sock)

    try:
        yield listeners.listen("127.0.0.1", serve_nothing), taken
    finally:
        listeners.close()


def until(condition, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition() and process.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def asked_to_end(process, number=signal.SIGTERM):
    """Return what the crawl says, and how many seconds it took to end."""
    began = time.monotonic()
    process.signal(number)
    code, out, err = process.end()
    assert code == 0, err[-3000:]
    assert "Traceback" not in err, err[-3000:]
    return out, time.monotonic() - began


def queued(collection):
    with closing(sqlite3.connect(collection / "frontier.db")) as database:
        return {row[0] for row in database.execute("SELECT url FROM url WHERE state = 'queued'")}


def given_up(collection):
    """Return the failures of the archive: (URL, code, whether the request is there)."""
    return [
        (one.capture.url, one.capture.failure.code, bool(one.capture.request))
        for one in archived(collection)
        if isinstance(one, StoredFailure)
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "ctrl-c"])
def test_what_does_not_answer_is_left_to_the_next_run(tmp_path, number):
    collection = tmp_path / "c"
    with serve(Paper(24, wait=0.01)) as paper:
        process = start(collection, f"{paper.base_url}/", settings=SETTINGS)
        until(lambda: paper.asked.total() >= 12, process)
        paper.gate.clear()
        before = paper.asked.total()
        until(lambda: paper.asked.total() > before, process)
        out, seconds = asked_to_end(process, number)
        waiting, cut = queued(collection), given_up(collection)
        had = set(captured(collection))
        paper.gate.set()
        (summary,) = crawl(collection, f"{paper.base_url}/", settings=SETTINGS)
        wanted = {paper.base_url + path for path in paper.paths()}
    assert '"interrupted"' in out
    assert seconds < SOON
    assert cut
    assert {(code, sent) for _, code, sent in cut} == {(-7000, True)}
    assert {url for url, _, _ in cut} <= waiting
    assert summary["status"] == "done", summary
    assert {one: captured(collection)[one] for one in wanted} == dict.fromkeys(wanted, 1)
    assert not wanted <= had
    assert queued(collection) == set()
    assert faults(collection) == []
    live, rebuilt = live_and_rebuilt(collection)
    assert {name for name, rows in live.items() if rows != rebuilt[name]} == set()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_robots_txt_that_never_comes(tmp_path, scheme):
    collection = tmp_path / "c"
    with silent() as (port, taken):
        front = f"{scheme}://127.0.0.1:{port}/"
        process = start(collection, front, settings=SETTINGS | {"handshake_timeout": 120.0})
        until(lambda: taken, process)
        out, seconds = asked_to_end(process)
    assert '"interrupted"' in out
    assert seconds < SOON
    assert queued(collection) == {front, f"{front}robots.txt"}
    assert [code for _, code, _ in given_up(collection)] == [-7000]
    assert faults(collection) == []


def test_a_host_whose_turn_comes_in_minutes(tmp_path):
    collection = tmp_path / "c"
    with serve(Paper(9)) as paper:
        paper.robots = "User-agent: *\nCrawl-delay: 100\n"
        process = start(collection, f"{paper.base_url}/", settings=SETTINGS)
        until(lambda: paper.asked["/robots.txt"], process)
        out, seconds = asked_to_end(process)
    assert '"interrupted"' in out
    assert seconds < SOON
    assert f"{paper.base_url}/" in queued(collection) | set(captured(collection))


def test_a_second_signal_ends_at_once(tmp_path):
    with silent() as (port, taken):
        process = start(tmp_path / "c", f"http://127.0.0.1:{port}/", settings=SETTINGS)
        until(lambda: taken, process)
        process.signal(signal.SIGTERM)
        time.sleep(0.3)  # two signals that wait for the same process at once are one
        process.signal(signal.SIGTERM)
        process.end(SOON)
    assert queued(tmp_path / "c")
    assert faults(tmp_path / "c") == []


def test_tls_that_is_never_answered_is_given_up_soon(tmp_path):
    collection = tmp_path / "c"
    with silent() as (port, taken):
        began = time.monotonic()
        (summary,) = crawl(
            collection, f"https://127.0.0.1:{port}/", settings=SETTINGS | {"handshake_timeout": 1.0}
        )
        seconds = time.monotonic() - began
    assert summary["status"] == "failed"
    assert "http://" in summary["detail"]
    assert len(taken) == 2
    assert seconds < SETTINGS["timeout"] / 2
    codes = [code for url, code, _ in given_up(collection) if url.endswith("robots.txt")]
    assert codes == [-2, -2, -61]  # asked twice; as the place to find sitemaps it is not asked for again
    assert faults(collection) == []
