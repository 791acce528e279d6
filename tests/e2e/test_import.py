"""`hemeroteca import` killed in the middle: the same command finishes what was begun."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from archive.warc.reader import warc_files
from tests.e2e.crawling import faults, live_and_rebuilt
from tests.stored_pages import make_collection

HEMEROTECA = [sys.executable, "-m", "hemeroteca"]
PAGES = 40
"""Of each of five languages."""


def said(*arguments):
    return subprocess.run(
        [*HEMEROTECA, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    return warc_files(
        make_collection(tmp_path_factory.mktemp("foreign") / "c", PAGES, extract=False).collection
    )[0]


def copied(mine):
    return list((mine / "warc" / "imported").glob("[!.]*"))


def extracting(mine):
    """Tell whether fields stand on the disk: more than the first records of the import's own file."""
    return any(path.stat().st_size > 5000 for path in (mine / "warc").rglob("*-import-*"))


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("reached", [copied, extracting])
def test_an_interrupted_import_is_finished_by_the_same_command(tmp_path, foreign, reached, sign):
    mine = tmp_path / "mine"
    assert said("init", mine).returncode == 0
    process = subprocess.Popen(
        [*HEMEROTECA, "import", foreign, "--jobs", "1", "-C", mine], stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not reached(mine) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(sign)
    process.communicate(timeout=60)
    again = said("import", foreign, "-C", mine)
    assert again.returncode == 0, again.stderr
    assert said("search", "--count", "-C", mine).stdout == f"{PAGES * 5}\n"
    assert faults(mine) == []
    assert not list((mine / "warc").rglob("*.open"))
    states = {run["status"] for run in json.loads(said("runs", "--json", "-C", mine).stdout)}
    assert "running" not in states
    live, rebuilt = live_and_rebuilt(mine)
    assert {name: rows for name, rows in live.items() if rows != rebuilt[name]} == {}
