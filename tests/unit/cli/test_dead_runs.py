"""`runs` of runs that were killed: whether one still goes is known from the lock that it holds."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from archive.index.store import Index
from archive.locks import hold, hold_site, is_held, lock_of_run, site_of_lock
from archive.model import StoredRun, WarcLocation
from archive.summary import RunSummary

RUNS = (
    ("crawl-old", "crawl", "journal"),
    ("capture", "capture", "journal"),
    ("import", "import", None),
    ("reextract", "reextract", "journal"),
    ("crawl-new", "crawl", "journal"),
    ("other", "crawl", "báo điện tử"),
)
"""In time; the two crawls of one site cannot both go, nor can an import beside a re-extraction."""


@pytest.fixture
def press(fresh):
    with Index.open(fresh.index_path) as index:
        for number, (run_id, kind, site) in enumerate(RUNS):
            summary = RunSummary(
                run_id=run_id, kind=kind, site=site, started_at=datetime(2026, 11, 20, number, tzinfo=UTC),
            )  # fmt: skip
            place = WarcLocation(file="warc/x", offset=number, length=1, record_id=f"<urn:uuid:{number}>")
            index.put(StoredRun(location=place, run=summary))
    return fresh


def states(run, settings, *words):
    shown = run("runs", *words, "--json", settings=settings)
    return {row["run_id"]: row["status"] for row in json.loads(shown.stdout or "[]")}


def locked(settings, *held):
    stack = ExitStack()
    for kind, site in held:
        if site is None or kind in ("import", "reextract"):
            stack.enter_context(hold(lock_of_run(settings.log_folder, kind, site), what="it"))
        else:
            stack.enter_context(hold_site(settings.log_folder, site_of_lock(kind, site)))
    return stack


@pytest.mark.parametrize(
    ("held", "going"),
    [
        ((), set()),
        ((("crawl", "journal"),), {"crawl-new"}),
        ((("capture", "journal"), ("import", None)), {"capture", "reextract"}),
        ((("crawl", "báo điện tử"), ("crawl", "elsewhere")), {"other"}),
    ],
)
def test_a_run_that_holds_no_lock_is_interrupted(held, going, run, press):
    with locked(press, *held):
        names = {name for name, _, _ in RUNS}
        found = states(run, press)
        assert found == dict.fromkeys(names - going, "interrupted") | dict.fromkeys(going, "running")
        assert set(states(run, press, "--failed", "--limit", "9")) == names - going
        shown = run("runs", settings=press).stdout
        assert shown.count("ended without a word") == len(names - going)
    with locked(press, *held):  # looking has left no lock behind
        pass


def test_looking_writes_nothing(run, press):
    def files():
        found = (path for path in press.collection.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in found if not path.name.endswith(("-wal", "-shm"))}

    before = files()
    assert set(states(run, press).values()) == {"interrupted"}
    assert files() == before


def test_a_lock_that_may_not_be_looked_at_says_nothing(tmp_path):
    path = tmp_path / "x.lock"
    assert is_held(path) is False
    path.mkdir()
    loop = tmp_path / "loop.lock"
    loop.symlink_to(loop)
    assert is_held(loop) is None
    if os.geteuid() != 0:
        path.chmod(0)
        assert is_held(path) is None
