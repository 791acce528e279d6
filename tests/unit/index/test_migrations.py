"""An index of an earlier version is brought up to date where it is written."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from archive.index.search import Search
from archive.index.store import Index
from archive.model import StoredRun, WarcLocation
from archive.summary import Alarm, RunSummary, SkippedSlots

ADDED = ("slot", "skipped", "observed", "alarms")
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)


def test_runs_of_the_first_version_get_their_new_columns(tmp_path):
    path = tmp_path / "index.db"
    Index.open(path, create=True).close()
    database = sqlite3.connect(path)
    with database:
        for name in ADDED:
            database.execute(f"ALTER TABLE runs DROP COLUMN {name}")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = '0002_runs_observed'")
        database.execute(
            "INSERT INTO runs (run_id, kind, site, started_at, status, counts, record_id, file, offset, length)"
            " VALUES ('r1', 'crawl', 'báo', '2026-11-23T00:00:00+00:00', 'running', '{}', '<urn:1>', 'w', 0, 1)"
        )
    database.close()
    gap = SkippedSlots(first=NOW, last=NOW, count=1, reason="paused", section="http://127.0.0.1/体育/")
    run = RunSummary(
        run_id="r2", kind="crawl", site="báo", started_at=NOW, slot=NOW, skipped=(gap,), observed={"articles": 3.0},
        alarms=(Alarm(code="redesign", detail="x"),),
    )  # fmt: skip
    where = WarcLocation(file="w", offset=2, length=1, record_id="<urn:2>")
    with Index.open(path) as index:
        index.put(StoredRun(run=run, location=where))
        (old, _), (new, _) = sorted(index.unfinished_runs("crawl", "báo"), key=lambda it: it[0].run_id)
    assert (old.slot, old.skipped) == (None, ())
    assert (new.slot, new.skipped) == (NOW, (gap,))
    with Search.open(path) as search:
        rows = search.runs(site="báo")
    assert [(row.run_id, row.observed, [alarm["code"] for alarm in row.alarms]) for row in rows] == [
        ("r2", {"articles": 3.0}, ["redesign"]),
        ("r1", {}, []),
    ]


def test_captures_of_an_earlier_version_were_for_no_browser(tmp_path):
    path = tmp_path / "index.db"
    Index.open(path, create=True).close()
    database = sqlite3.connect(path)
    with database:
        database.execute("ALTER TABLE captures DROP COLUMN for_browser")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = '0004_for_browser'")
        database.execute(
            "INSERT INTO captures (id, record_id, record_type, url, url_key, host, fetched_at, status, found_by, hop,"
            " file, offset, length) VALUES (1, '<urn:1>', 'response', 'https://bao.vn/a', 'bao.vn/a', 'bao.vn',"
            " '2026-11-23T00:00:00+00:00', 200, 'seed', '', 'w', 0, 1)"
        )
    database.close()
    with Index.open(path) as index:
        row = index.last_capture("https://bao.vn/a")
        assert row is not None
        assert row.for_browser == 0
        assert [one.url for one in index.extractable(missing_only=True)] == ["https://bao.vn/a"]
