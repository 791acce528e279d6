"""schedule.db: which slots of the schedule were run, and why the others were not. SQLite in WAL mode.

Every slot that came due has one row, whatever happened: it ran, or it was skipped for a reason in words.
`upto` of a plan says how far its slots are accounted for; a scheduler that was away finds there what it
missed.

A lease says that a site is being crawled: one a site, taken in the same transaction as the slot's row, and
kept by a heartbeat. Two schedulers beside each other therefore never start the same site. A lease whose
heartbeat has stopped is void unless a process still holds the site's lock file: then the crawl outlived its
scheduler.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

import attrs
from attrs import frozen

from archive.errors import ScheduleError
from archive.sqlite import explained
from archive.summary import SkippedSlots

State = Literal["running", "ran", "skipped", "lost"]
"""running; ran to an end, good or bad; skipped; lost: its scheduler died, and nobody knows how it ended."""

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS slot (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  section TEXT NOT NULL,
  slot TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'ran', 'skipped', 'lost')),
  reason TEXT,
  started_at TEXT,
  finished_at TEXT,
  exit_code INTEGER,
  told INTEGER NOT NULL DEFAULT 0,
  UNIQUE (site, section, slot)
) STRICT;
CREATE INDEX IF NOT EXISTS slot_time ON slot (site, slot);
CREATE INDEX IF NOT EXISTS slot_untold ON slot (site) WHERE state IN ('skipped', 'lost') AND told = 0;
CREATE TABLE IF NOT EXISTS plan (
  site TEXT NOT NULL,
  section TEXT NOT NULL,
  digest TEXT NOT NULL,
  upto TEXT NOT NULL,
  planned TEXT,
  waits_for TEXT,
  PRIMARY KEY (site, section)
) STRICT;
CREATE TABLE IF NOT EXISTS lease (
  site TEXT PRIMARY KEY,
  slot_id INTEGER NOT NULL REFERENCES slot(id),
  holder TEXT NOT NULL,
  heartbeat TEXT NOT NULL
) STRICT;
"""


@frozen
class SlotRow:
    """One slot that came due."""

    id: int
    site: str
    section: str
    slot: datetime
    state: State
    reason: str | None
    started_at: datetime | None
    finished_at: datetime | None
    exit_code: int | None


@frozen
class Mark:
    """How far the slots of a plan are accounted for."""

    digest: str
    upto: datetime
    planned: datetime | None
    """Next slot of an adaptive plan."""
    waits_for: str | None
    """Why a slot that is due has not begun yet."""


@frozen
class Lease:
    """A site that is being crawled for a slot."""

    site: str
    slot_id: int
    holder: str
    heartbeat: datetime


class Ledger:
    """schedule.db. Several processes may have it open; what belongs together goes into `transaction`."""

    def __init__(self, path: Path) -> None:
        """Open or create it. Raises ScheduleError."""
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30.0)
            self._db.execute("PRAGMA journal_mode = WAL")
            # A power cut may undo the last rows: a slot is then run a second time, never two at once.
            self._db.execute("PRAGMA synchronous = NORMAL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise ScheduleError(f"{path}: written by a later hemeroteca; upgrade, or move it away")
            if version < _VERSION:
                self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT")
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _explained(self, error: sqlite3.Error) -> ScheduleError:
        damaged = "is damaged; move it away: schedules stand in schedule.toml, what ran stands in the archive"
        return ScheduleError(explained(self._path, error, damaged=damaged))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do what the block does wholly or not at all, alone among all processes. Raises ScheduleError."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._explained(error) from error
        finally:
            if self._db.in_transaction:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")

    def _ask(self, question: str, *values: Any) -> list[Any]:
        try:
            return self._db.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise self._explained(error) from error

    # plans

    def mark(self, site: str, section: str) -> Mark | None:
        """Return how far a plan is accounted for; None for one never seen."""
        rows = self._ask(
            "SELECT digest, upto, planned, waits_for FROM plan WHERE site = ? AND section = ?", site, section
        )
        return Mark(rows[0][0], _time(rows[0][1]), _maybe(rows[0][2]), rows[0][3]) if rows else None

    def put_mark(self, site: str, section: str, mark: Mark) -> None:
        """Say how far a plan is accounted for."""
        self._ask(
            "INSERT INTO plan VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (site, section) DO UPDATE SET digest ="
            " excluded.digest, upto = excluded.upto, planned = excluded.planned,"
            " waits_for = excluded.waits_for",
            site,
            section,
            mark.digest,
            _text(mark.upto),
            _text(mark.planned) if mark.planned else None,
            mark.waits_for,
        )

    def forget_plan(self, site: str, section: str) -> None:
        """Begin a plan anew: its slots before the next look are nobody's."""
        self._ask("DELETE FROM plan WHERE site = ? AND section = ?", site, section)

    # slots

    def skip(self, site: str, section: str, moments: Iterable[datetime], reason: str) -> None:
        """Record that slots were not run, and why."""
        rows = [(site, section, _text(moment), reason) for moment in moments]
        try:
            self._db.executemany(
                "INSERT INTO slot (site, section, slot, state, reason) VALUES (?, ?, ?, 'skipped', ?)"
                " ON CONFLICT DO NOTHING",
                rows,
            )
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def begin(self, site: str, section: str, slot: datetime, holder: str, now: datetime) -> int | None:
        """Take the site's lease for a slot and return the slot's id; None where it has its row already."""
        found = self._ask(
            "INSERT INTO slot (site, section, slot, state, started_at) VALUES (?, ?, ?, 'running', ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            site,
            section,
            _text(slot),
            _text(now),
        )
        if not found:
            return None
        self._ask("INSERT INTO lease VALUES (?, ?, ?, ?)", site, found[0][0], holder, _text(now))
        return int(found[0][0])

    def end(
        self, slot_id: int, state: State, now: datetime, reason: str | None, exit_code: int | None = None
    ) -> None:
        """Record how a slot that had begun ended, and give the site free."""
        self._ask(
            "UPDATE slot SET state = ?, finished_at = ?, reason = ?, exit_code = ? WHERE id = ?",
            state,
            _text(now),
            reason,
            exit_code,
            slot_id,
        )
        self._ask("DELETE FROM lease WHERE slot_id = ?", slot_id)

    def lease(self, site: str) -> Lease | None:
        """Return the site's lease."""
        rows = self._ask("SELECT site, slot_id, holder, heartbeat FROM lease WHERE site = ?", site)
        return Lease(rows[0][0], rows[0][1], rows[0][2], _time(rows[0][3])) if rows else None

    def leases(self) -> list[Lease]:
        """Return all leases."""
        rows = self._ask("SELECT site, slot_id, holder, heartbeat FROM lease ORDER BY site")
        return [Lease(site, slot_id, holder, _time(beat)) for site, slot_id, holder, beat in rows]

    def beat(self, holder: str, now: datetime) -> set[int]:
        """Keep the leases of a holder alive; return their slots."""
        rows = self._ask(
            "UPDATE lease SET heartbeat = ? WHERE holder = ? RETURNING slot_id", _text(now), holder
        )
        return {int(slot_id) for (slot_id,) in rows}

    def slot(self, slot_id: int) -> SlotRow:
        """Return one slot."""
        return _slot(self._ask(f"{_SELECT} WHERE id = ?", slot_id)[0])

    def running_at(self, site: str, moment: datetime) -> SlotRow | None:
        """Return the slot of the site that was being run at a moment."""
        rows = self._ask(
            f"{_SELECT} WHERE site = ? AND started_at <= ? AND (finished_at IS NULL OR finished_at > ?)"
            " AND state IN ('running', 'ran', 'lost') ORDER BY started_at DESC LIMIT 1",
            site,
            _text(moment),
            _text(moment),
        )
        return _slot(rows[0]) if rows else None

    def history(self, site: str | None = None, *, state: str | None = None, limit: int = -1) -> list[SlotRow]:
        """Return slots, newest first."""
        rows = self._ask(
            f"{_SELECT} WHERE (?1 IS NULL OR site = ?1) AND (?2 IS NULL OR state = ?2)"
            " ORDER BY slot DESC, site, section LIMIT ?3",
            site,
            state,
            limit,
        )
        return [_slot(row) for row in rows]

    def totals(self) -> list[tuple[str, str, int]]:
        """Return how many slots of each site are in each state."""
        return self._ask("SELECT site, state, count(*) FROM slot GROUP BY 1, 2 ORDER BY 1, 2")

    # what the archive is told

    def untold(self, site: str) -> list[SkippedSlots]:
        """Return the slots of a site without a run that no run's record has told yet."""
        rows = self._ask(
            "SELECT section, slot, coalesce(reason, state) FROM slot WHERE site = ? AND told = 0"
            " AND state IN ('skipped', 'lost') ORDER BY section, slot",
            site,
        )
        gaps: list[SkippedSlots] = []
        for section, slot, reason in rows:
            at = _time(slot)
            if gaps and (gaps[-1].section, gaps[-1].reason) == (section, reason):
                gaps[-1] = attrs.evolve(gaps[-1], last=at, count=gaps[-1].count + 1)
            else:
                gaps.append(SkippedSlots(first=at, last=at, count=1, reason=reason, section=section))
        return gaps

    def told(self, site: str, gaps: Iterable[SkippedSlots]) -> None:
        """Note that the archive has these."""
        spans = json.dumps([[gap.section, _text(gap.first), _text(gap.last)] for gap in gaps])
        self._ask(
            "UPDATE slot SET told = 1 WHERE site = ?1 AND told = 0 AND EXISTS ("
            "SELECT 1 FROM json_each(?2) AS gap WHERE section = json_extract(gap.value, '$[0]')"
            " AND slot BETWEEN json_extract(gap.value, '$[1]') AND json_extract(gap.value, '$[2]'))",
            site,
            spans,
        )


_SELECT = "SELECT id, site, section, slot, state, reason, started_at, finished_at, exit_code FROM slot"


def _slot(row: Any) -> SlotRow:
    number, site, section, slot, state, reason, started, finished, code = row
    return SlotRow(number, site, section, _time(slot), state, reason, _maybe(started), _maybe(finished), code)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
