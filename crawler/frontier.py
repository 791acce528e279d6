"""The durable queue of what is still to be fetched: frontier.db, SQLite in WAL mode.

A link is stored before it is handed out, and marked done after its capture (and its fields, where it is a
page) stand in the WARC. A process killed in between leaves the row queued, and the next run goes on with it;
whether the capture made it into the archive is then asked of the index, which has caught up with the WARC
files by that time.

Writes are gathered and committed together: before rows are handed out, every `FLUSH_ROWS` rows, and at the
latest after `FLUSH_SECONDS`. A mark lost with the process costs a look into the index, never a second fetch.

Of each article it also keeps what its captures have shown (`visit`, see crawler.revisit), and from when it is
to be asked for again. An article that is due goes back into the queue, in one transaction, before it is
fetched, so that a killed run leaves it there. All of it can be made anew from the index, and so from the WARC
files (crawler.rechecks).

A queue that cannot be read or written (full disk, damaged file) ends the crawl: it says so once, through
`on_failure`, and is empty from then on; what the archive has by then stays.
"""

# ruff: noqa: S608  (only names of our own columns are put into SQL; values are bound)
from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import orjson
from attrs import define

from archive.errors import FrontierError
from archive.model import Found
from archive.sqlite import explained
from archive.summary import Revisits
from crawler.queued import RECHECK, Link, Queued, State, Visit
from crawler.revisit import Evidence, Habits

__all__ = ["Frontier", "Link", "Queued", "State", "Visit"]

FLUSH_ROWS = 256
FLUSH_SECONDS = 0.5
TAKE = 128
MAX_ATTEMPTS = 3
"""Runs in which a failing article is tried again; lists are tried at every run."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS url (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  url_key TEXT NOT NULL,
  url TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('list', 'article', 'capture')),
  role TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'done', 'failed', 'precluded')),
  priority INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  run TEXT NOT NULL,
  found BLOB NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  retries INTEGER NOT NULL DEFAULT 0,
  not_before REAL NOT NULL DEFAULT 0,
  detail TEXT,
  UNIQUE (site, url_key)
) STRICT;
CREATE INDEX IF NOT EXISTS url_queue ON url (site, priority DESC, id) WHERE state = 'queued';
CREATE TABLE IF NOT EXISTS visit (
  id INTEGER PRIMARY KEY REFERENCES url(id),
  site TEXT NOT NULL,
  article INTEGER NOT NULL,
  due REAL,
  origin REAL NOT NULL,
  checked REAL NOT NULL,
  checks INTEGER NOT NULL,
  changes INTEGER NOT NULL,
  exposure REAL NOT NULL,
  confirmed INTEGER NOT NULL,
  misread INTEGER NOT NULL,
  failed INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS visit_due ON visit (site, due) WHERE due IS NOT NULL;
"""
_VERSION = 2
"""2: with visits. A file of version 1 gets the table, and its rows from the index."""

_ADD = """
INSERT INTO url (site, url_key, url, kind, role, state, priority, depth, run, found)
VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)
ON CONFLICT (site, url_key) DO UPDATE SET
  url = excluded.url, kind = excluded.kind, role = excluded.role, state = 'queued', priority =
  excluded.priority, depth = excluded.depth, run = excluded.run, found = excluded.found, not_before = 0,
  retries = 0, attempts = CASE WHEN excluded.kind = 'article' THEN attempts ELSE 0 END
WHERE (excluded.kind <> 'article' AND (url.run <> excluded.run OR url.kind = 'article'))
   OR (url.state = 'failed' AND url.run <> excluded.run AND url.attempts < 3)
"""
_EVIDENCE = tuple(attribute.name for attribute in attrs.fields(Evidence))
_TAKE = f"""
SELECT u.id, u.url_key, u.url, u.kind, u.role, u.priority, u.depth, u.found, u.retries, v.article, v.due,
  {", ".join(f"v.{name}" for name in _EVIDENCE)}
FROM url u LEFT JOIN visit v ON v.id = u.id
WHERE u.site = ? AND u.state = 'queued' AND u.not_before <= ? ORDER BY u.priority DESC, u.id LIMIT ?
"""
_VISIT = f"""
INSERT INTO visit (id, site, article, due, {", ".join(_EVIDENCE)})
VALUES (?, ?, ?, ?, {", ".join("?" * len(_EVIDENCE))})
ON CONFLICT (id) DO UPDATE SET article = excluded.article, due = excluded.due,
  {", ".join(f"{name} = excluded.{name}" for name in _EVIDENCE)}
"""
_KNOWN = """
INSERT INTO url (site, url_key, url, kind, role, state, priority, depth, run, found)
VALUES (?, ?, ?, 'article', 'article', 'done', ?, 0, ?, ?)
ON CONFLICT (site, url_key) DO UPDATE SET url = excluded.url WHERE url.state <> 'queued'
RETURNING id
"""
_ARM = """
UPDATE url SET state = 'queued', role = 'recheck', priority = ?, run = ?, depth = 0, not_before = 0,
  retries = 0
WHERE id IN (SELECT id FROM visit WHERE site = ? AND due <= ?) AND state <> 'queued'
"""
_REVISITS = """
SELECT count(DISTINCT article), total(due <= ?), min(CASE WHEN due > ? THEN due END) FROM visit WHERE site = ?
"""
_SETTLE = "UPDATE url SET state = ?, detail = ?, attempts = attempts + ?, run = ?, retries = 0 WHERE id = ?"
_POSTPONE = "UPDATE url SET retries = ?, not_before = ? WHERE id = ?"


@define
class _Pending:
    """Writes not yet committed."""

    links: list[tuple[object, ...]] = attrs.field(factory=list)
    settled: list[tuple[object, ...]] = attrs.field(factory=list)
    postponed: list[tuple[object, ...]] = attrs.field(factory=list)
    visits: list[tuple[object, ...]] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.links) + len(self.settled) + len(self.postponed) + len(self.visits)


class Frontier:
    """frontier.db. One connection for all sites of a process; not for use by several threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the queue. Raises FrontierError where it cannot be read or written."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self.failure: FrontierError | None = None
        """Why it ended, if it had to."""
        self.on_failure: list[Callable[[FrontierError], None]] = []
        """Called once, where an operation fails."""
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30.0)
            self._prepare()
        except sqlite3.Error as error:
            raise _explained(path, error) from error
        self._pending = _Pending()
        self._flushed = time.monotonic()
        self._seen: dict[tuple[str, str, str], None] = {}

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        # NORMAL: a commit survives the death of the process; a power cut may undo the last ones, which only
        # costs a second look at the links of those pages.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA user_version = {_VERSION}")

    def _fail(self, error: sqlite3.Error) -> None:
        if self.failure is None:
            self.failure = _explained(self._path, error)
            for call in self.on_failure:
                call(self.failure)

    def _ask(self, question: str, *values: object) -> list[Any]:
        """Return the rows that answer; none once the queue has failed."""
        if self.failure is None:
            try:
                return self._db.execute(question, values).fetchall()
            except sqlite3.Error as error:
                self._fail(error)
        return []

    def add(self, site: str, run: str, link: Link) -> bool:
        """Queue a link; False where it is queued already, was fetched before (article) or in this run (list).

        The answer counts links of this run once; whether an earlier run has fetched it is decided by the
        database.
        """
        if self._known(site, run, link):
            return False
        self._pending.links.append(
            (
                site,
                link.key,
                link.url,
                link.kind,
                link.role,
                link.priority,
                link.depth,
                run,
                _dump(link.found),
            )
        )
        self._maybe_flush()
        return True

    def _known(self, site: str, run: str, link: Link) -> bool:
        """Look in the last links seen, then in the database: most links of a page have been seen on the page
        before.
        """
        memo = (site, run, f"{link.kind}\0{link.key}")
        if memo in self._seen:
            return True
        if len(self._seen) >= 20_000:
            for old in list(self._seen)[:10_000]:
                del self._seen[old]
        self._seen[memo] = None
        rows = self._ask(
            "SELECT kind, state, run, attempts FROM url WHERE site = ? AND url_key = ?", site, link.key
        )
        if not rows:
            return self.failure is not None
        kind, state, last_run, attempts = rows[0]
        if link.kind != "article":
            return bool(last_run == run and kind != "article")
        return not (state == "failed" and last_run != run and attempts < MAX_ATTEMPTS)

    def is_settled(self, site: str, key: str) -> bool:
        """Tell whether a link was fetched, given up or precluded; False where it waits, or was never seen."""
        self.flush_links()
        rows = self._ask("SELECT state FROM url WHERE site = ? AND url_key = ?", site, key)
        return bool(rows) and rows[0][0] != "queued"

    def was_fetched(self, site: str, key: str, *, before: str) -> bool:
        """Tell whether an earlier run has fetched a link. What waits to be committed is of this one."""
        rows = self._ask("SELECT state, run FROM url WHERE site = ? AND url_key = ?", site, key)
        return bool(rows) and rows[0][0] == "done" and rows[0][1] != before

    def flush_links(self) -> None:
        """Commit where links wait that a question could be about."""
        if self._pending.links:
            self.flush()

    def take(self, site: str, limit: int = TAKE) -> list[Queued]:
        """Return the next links of a site, best first, all of them durable. They stay queued until they are
        settled.
        """
        self.flush()
        rows = self._ask(_TAKE, site, time.time(), limit)
        return [_queued(row) for row in rows]

    def settle(self, row_id: int, state: State, run: str, detail: str | None = None) -> None:
        """Say what became of a link: done (its capture is in the WARC), failed, or precluded (robots.txt,
        address).
        """
        self._pending.settled.append((state, detail, int(state == "failed"), run, row_id))
        self._maybe_flush()

    def postpone(self, row_id: int, retries: int, seconds: float) -> None:
        """Put a link back for a later try of the same run."""
        self._pending.postponed.append((retries, time.time() + seconds, row_id))
        self._maybe_flush()

    def note(self, site: str, row_id: int, visit: Visit) -> None:
        """Keep what an article's captures have shown; committed together with what became of its link."""
        evidence = attrs.astuple(visit.evidence)
        self._pending.visits.append((row_id, site, visit.article, visit.due, *evidence))
        self._maybe_flush()

    def note_known(self, site: str, run: str, link: Link, visit: Visit) -> None:
        """Take in an article that the archive has and the queue does not know as such."""
        self.flush()
        values = (site, link.key, link.url, link.priority, run, _dump(link.found))
        for (row_id,) in self._ask(_KNOWN, *values):
            self.note(site, row_id, visit)

    def known_articles(self, site: str) -> set[int]:
        """Return the ids, in the index, of the articles of a site that have visits."""
        self.flush()
        return {number for (number,) in self._ask("SELECT article FROM visit WHERE site = ?", site)}

    def habits(self, site: str) -> Habits:
        """Return the record of a site: sums over its articles."""
        self.flush()
        question = "SELECT sum(checks), sum(changes), sum(exposure), sum(misread) FROM visit WHERE site = ?"
        for checks, changes, exposure, misread in self._ask(question, site):
            if checks is not None:
                return Habits(checks=checks, changes=changes, exposure=exposure, misread=misread)
        return Habits()

    def arm(self, site: str, run: str, now: float) -> int:
        """Put the articles that are due by now into the queue, durably; return how many."""
        self.flush()
        if self.failure is not None:
            return 0
        try:
            return self._db.execute(_ARM, (RECHECK, run, site, now)).rowcount
        except sqlite3.Error as error:
            self._fail(error)
            return 0

    def next_due(self, site: str) -> float | None:
        """Return when the next article of a site is due, in seconds since 1970; None where none ever is."""
        self.flush()
        rows = self._ask("SELECT min(due) FROM visit WHERE site = ?", site)
        return rows[0][0] if rows else None

    def revisits(self, site: str, now: float) -> Revisits:
        """Return how many articles of a site are known and due, and when the next one is."""
        self.flush()
        rows = self._ask(_REVISITS, now, now, site)
        known, due, following = rows[0] if rows else (0, 0, None)
        at = datetime.fromtimestamp(following, UTC).replace(microsecond=0) if following is not None else None
        return Revisits(known=known, due=int(due), next_at=at)

    def pending(self, site: str) -> int:
        """Return how many links of a site are queued, those being fetched and those to wait included."""
        self.flush()
        rows = self._ask("SELECT count(*) FROM url WHERE site = ? AND state = 'queued'", site)
        return int(rows[0][0]) if rows else 0

    def states(self, site: str) -> dict[str, int]:
        """Return how many links of a site are in each state."""
        self.flush()
        return dict(self._ask("SELECT state, count(*) FROM url WHERE site = ? GROUP BY state", site))

    def unfinished_run(self, site: str) -> str | None:
        """Return the last run that left links of this site in the queue, None where none did."""
        self.flush()
        rows = self._ask(
            "SELECT run FROM url WHERE site = ? AND state = 'queued' ORDER BY id DESC LIMIT 1", site
        )
        return str(rows[0][0]) if rows else None

    def _maybe_flush(self) -> None:
        if len(self._pending) >= FLUSH_ROWS or time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Commit what has been gathered, in one transaction."""
        pending, self._flushed = self._pending, time.monotonic()
        if not len(pending) or self.failure is not None:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(_ADD, pending.links)
            self._db.executemany(_SETTLE, pending.settled)
            self._db.executemany(_POSTPONE, pending.postponed)
            self._db.executemany(_VISIT, pending.visits)
            self._db.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            if not isinstance(error, sqlite3.Error):
                raise
            self._fail(error)
        else:
            self._pending = _Pending()

    def close(self) -> None:
        """Commit and close."""
        self.flush()
        self._db.close()


def _explained(path: Path, error: sqlite3.Error) -> FrontierError:
    damaged = "is damaged; delete it: what was fetched stands in the archive, the rest is found again"
    return FrontierError(explained(path, error, damaged=damaged))


def _dump(found: Found) -> bytes:
    return orjson.dumps(
        {name: value for name, value in attrs.asdict(found).items() if value not in (None, "")}
    )


def _load(data: bytes) -> Found:
    return Found(**orjson.loads(data))


def _queued(row: Any) -> Queued:
    number, key, url, kind, role, priority, depth, found, retries, article, due, *evidence = row
    link = Link(url=url, key=key, kind=kind, role=role, priority=priority, depth=depth, found=_load(found))
    if article is None:
        return Queued(id=number, link=link, retries=retries)
    visit = Visit(article=article, due=due, evidence=Evidence(**dict(zip(_EVIDENCE, evidence, strict=True))))
    return Queued(id=number, link=link, retries=retries, visit=visit)
