"""Scheduled crawls as a shell runs them: real processes, real clock; killed, doubled, stopped."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from crawler.ledger import Ledger, Mark
from crawler.schedule import Plan
from tests.e2e.crawling import captured
from tests.e2e.pages import HEMEROTECA, hemeroteca
from tests.e2e.paper import Paper, serve

PROFILE = """
name = "Nhà ga"
domains = ["{host}"]
[discover]
sections = ["{url}/politique/", "{url}/the-gioi/"]
[politeness]
delay = 0
private_hosts = ["{host}"]
[schedule]
every = "30min"
timezone = "Asia/Ho_Chi_Minh"
"""
SITE = "nha-ga"


@pytest.fixture
def paper():
    with serve(Paper(6)) as paper:
        yield paper


@pytest.fixture
def press(tmp_path, paper):
    folder = tmp_path / "press"
    (folder / "sites").mkdir(parents=True)
    (folder / "hemeroteca.toml").write_text("", encoding="utf-8")
    host = paper.base_url.removeprefix("http://")
    text = PROFILE.format(host=host, url=paper.base_url)
    (folder / "sites" / f"{SITE}.toml").write_text(text, encoding="utf-8")
    return folder


def away(folder, **ago):
    """Have the schedule accounted for up to some time ago, as after an outage."""
    plan = Plan(site=SITE, rhythm="30min", timezone="Asia/Ho_Chi_Minh")
    with Ledger(folder / "schedule.db") as ledger:
        upto = datetime.now(UTC) - timedelta(**ago)
        ledger.put_mark(SITE, "", Mark(plan.digest, upto, None, None))


def run_due(folder):
    return subprocess.Popen(
        [*HEMEROTECA, "schedule", "run-due", "--jsonl"],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def history(folder):
    done = hemeroteca("schedule", "history", "--jsonl", at=folder)
    return [json.loads(line) for line in done.stdout.splitlines()]


def runs(folder):
    done = hemeroteca("runs", SITE, "--jsonl", at=folder)
    return [json.loads(line) for line in done.stdout.splitlines()]


def wait_for(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def test_what_is_due_is_run_once_and_the_archive_tells_the_gap(press, paper):
    first = hemeroteca("schedule", "run-due", at=press)
    assert (first.returncode, first.stdout) == (0, "")
    assert not paper.asked
    away(press, minutes=125)
    due = hemeroteca("schedule", "run-due", "--jsonl", at=press)
    assert due.returncode == 0, due.stderr
    (ended,) = [json.loads(line) for line in due.stdout.splitlines()]
    assert (ended["site"], ended["exit_code"], ended["reason"]) == (SITE, 0, None)
    rows = history(press)
    assert [row["state"] for row in rows] == ["ran", *["skipped"] * (len(rows) - 1)]
    assert len(rows) in (4, 5)
    (run,) = runs(press)
    assert run["slot"] == rows[0]["slot"].replace(".000", "")
    assert run["skipped"][0]["reason"] == "no scheduler was running"
    assert run["skipped"][0]["count"] == len(rows) - 1
    asked = paper.asked.total()
    again = hemeroteca("schedule", "run-due", at=press)
    assert (again.returncode, paper.asked.total()) == (0, asked)
    assert "before it" in hemeroteca("runs", SITE, at=press).stdout


def test_two_calls_at_once_crawl_once(press, paper):
    paper.wait = 0.1
    away(press, minutes=40)
    both = [run_due(press), run_due(press)]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum(len(out.splitlines()) for out, _ in told) == 1
    assert len(runs(press)) == 1
    assert max(paper.asked[path] for path in paper.paths()) == 1


def lost(press):
    """Return the slots whose scheduler was killed; one or two older ones are skipped, as the clock will have it."""
    return [row for row in history(press) if row["state"] == "lost"]


def test_a_killed_scheduler_and_the_crawl_that_goes_on(press, paper):
    paper.wait = 0.6
    away(press, minutes=40)
    first = run_due(press)
    wait_for(lambda: paper.asked.total() >= 3)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    away(press, minutes=29)  # the next slot may be due, and the lease is old
    database = sqlite3.connect(press / "schedule.db")
    with database:
        database.execute("UPDATE lease SET heartbeat = '2026-01-01T00:00:00+00:00'")
    database.close()
    second = hemeroteca("schedule", "run-due", at=press)
    assert second.returncode == 0, second.stderr
    with Ledger(press / "schedule.db") as ledger:
        assert ledger.lease(SITE) is not None  # the crawl outlived its scheduler, and is left alone
    wait_for(lambda: {row["status"] for row in runs(press)} == {"done"})
    wait_for(lambda: hemeroteca("schedule", "run-due", at=press).returncode == 0 and lost(press))
    assert ["its scheduler ended without a word" in row["reason"] for row in lost(press)] == [True]
    assert set(captured(press).values()) <= {1, 2}  # lists may be fetched by a run of their own
    assert max(paper.asked[path] for path in paper.paths()) == 1


def test_a_daemon_ends_in_order(press, paper):
    paper.wait = 0.5
    away(press, minutes=40)
    daemon = subprocess.Popen(
        [sys.executable, "-m", "hemeroteca", "-C", str(press), "schedule", "daemon"],
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: paper.asked.total() >= 3)
    os.kill(daemon.pid, signal.SIGTERM)
    _, said = daemon.communicate(timeout=90)
    assert daemon.returncode == 0, said
    assert said.splitlines()[-1] == "ended"
    assert history(press)[0]["reason"] == "the scheduler was ended; the next run goes on with its queue"
    assert runs(press)[0]["status"] == "interrupted"
    paper.wait = 0
    done = hemeroteca("crawl", SITE, at=press)
    assert done.returncode == 0, done.stderr
    assert {paper.asked[path] for path in paper.paths() if not path.startswith("/经济/")} == {1}


def test_bad_schedules_are_told_in_one_line(press):
    for words, line in (
        (("set", SITE, "soon"), "'soon' is not a rhythm"),
        (("set", SITE, "1s"), "'1s' is too often: a run every minute (1min) is the most"),
        (("set", SITE, "adaptive 10s-1h"), "'adaptive 10s-1h' is too often"),
        (("set", SITE, "61 * * * *"), "is not a cron expression: Bad minute"),
        (("set", "nowhere", "1h"), "there is no site 'nowhere'"),
        (("set", SITE, "1h", "--window", "25:00-26:00"), "is not a window"),
        (("set", SITE, "1h", "--section", "sport"), "is no section of the profile"),
    ):
        done = hemeroteca("schedule", *words, at=press)
        assert done.returncode == 2, done
        assert line in done.stderr
        assert not (press / "schedule.toml").exists()
    (press / "schedule.toml").write_text(f'[{SITE}]\nevery = "1h"\nevry = 2\n', encoding="utf-8")
    done = hemeroteca("schedule", "list", at=press)
    assert done.returncode == 2
    assert f"{SITE}.evry: unknown key (did you mean every?)" in done.stderr


def test_what_is_set_stands_in_the_file_with_its_comments(press):
    (press / "schedule.toml").write_text(f'# của tôi\n[{SITE}]\nevery = "2h"  # đủ rồi\n', encoding="utf-8")
    assert hemeroteca("schedule", "set", SITE, "10min", "--section", "politique", at=press).returncode == 0
    assert hemeroteca("schedule", "pause", SITE, at=press).returncode == 0
    text = (press / "schedule.toml").read_text(encoding="utf-8")
    assert "# của tôi" in text
    assert "# đủ rồi" in text
    rows = json.loads(hemeroteca("schedule", "list", "--json", at=press).stdout)
    assert [(row["every"], row["paused"], row["timezone"]) for row in rows] == [
        ("2h", True, "Asia/Ho_Chi_Minh"),
        ("10min", True, "Asia/Ho_Chi_Minh"),
    ]
    assert hemeroteca("schedule", "next", at=press).returncode == 4
    assert hemeroteca("schedule", "resume", SITE, at=press).returncode == 0
    assert len(json.loads(hemeroteca("schedule", "next", "--count", "7", "--json", at=press).stdout)) == 7
    lines = hemeroteca("schedule", "next", "--count", "7", at=press).stdout.splitlines()
    assert all(f"  {SITE}" in line for line in lines)
    assert any(line.endswith("/politique/") for line in lines)
    done = hemeroteca("schedule", "set", SITE, "off", at=press)
    assert done.returncode == 0
    assert f"{SITE}: still scheduled by " in done.stderr  # by its profile
    profile = press / "sites" / f"{SITE}.toml"
    profile.write_text(profile.read_text(encoding="utf-8").partition("[schedule]")[0], encoding="utf-8")
    assert f"{SITE}: not scheduled any more" in hemeroteca("schedule", "set", SITE, "off", at=press).stderr
