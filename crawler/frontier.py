"""The durable queue of what is still to be fetched: frontier.db, SQLite in WAL mode.

A link is stored before it is handed out, and marked done after its capture (and its fields, where it is a
page) stand in the WARC. A process killed in between leaves the row queued, and the next run goes on with it;
whether the capture made it into the archive is then asked of the index, which has caught up with the WARC
files by that time.

Writes are gathered and committed together: before rows are handed out, every `FLUSH_ROWS` rows, and at the
latest after `FLUSH_SECONDS`. A mark lost with the process costs a look into the index, never a second fetch.

A queue that cannot be read or written (full disk, damaged file) ends the crawl: it says so once, through
`on_failure`, and is empty from then on; what the archive has by then stays.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import attrs
import orjson
from attrs import define, frozen

from archive.errors import FrontierError
from archive.model import Found

State = Literal["queued", "done", "failed", "precluded"]
Kind = Literal["list", "article", "capture"]
"""list: section, feed, sitemap, load-more: fetched anew at every run. article: fetched once, unless it
failed. capture: asked for by the user, fetched at every run."""

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
"""
_VERSION = 1

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
_TAKE = """
SELECT id, url_key, url, kind, role, priority, depth, found, retries FROM url
WHERE site = ? AND state = 'queued' AND not_before <= ? ORDER BY priority DESC, id LIMIT ?
"""
_SETTLE = "UPDATE url SET state = ?, detail = ?, attempts = attempts + ?, run = ?, retries = 0 WHERE id = ?"
_POSTPONE = "UPDATE url SET retries = ?, not_before = ? WHERE id = ?"


@frozen(kw_only=True)
class Link:
    """One URL to fetch, with all that the spider needs to go on with it after a restart."""

    url: str
    key: str
    """What makes two URLs the same for the queue: "id:…" with the article id, else the canonical URL."""
    kind: Kind = "article"
    role: str = "article"
    """What the spider does with the answer: section, feed, sitemap, loadmore, front, robots, article,
    capture."""
    priority: int = 50
    depth: int = 0
    """Pages of one list followed in a row up to this one."""
    found: Found = attrs.field(factory=Found)


@frozen(kw_only=True)
class Queued:
    """A link on its way out of the queue."""

    id: int
    link: Link
    retries: int = 0
    """Times that it was tried in this run before."""


@define
class _Pending:
    """Writes not yet committed."""

    links: list[tuple[object, ...]] = attrs.field(factory=list)
    settled: list[tuple[object, ...]] = attrs.field(factory=list)
    postponed: list[tuple[object, ...]] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.links) + len(self.settled) + len(self.postponed)


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
        return [
            Queued(
                id=row[0],
                retries=row[8],
                link=Link(
                    url=row[2],
                    key=row[1],
                    kind=row[3],
                    role=row[4],
                    priority=row[5],
                    depth=row[6],
                    found=_load(row[7]),
                ),
            )
            for row in rows
        ]

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
    words = str(error)
    if "not a database" in words or "malformed" in words:
        advice = "is damaged; delete it: what was fetched stands in the archive, the rest is found again"
    elif "locked" in words or "busy" in words:
        advice = "is locked by another process; wait for it, or look for one that hangs"
    else:
        advice = "cannot be read or written; look for free space on the disk and for permissions"
    return FrontierError(f"{path}: {advice} (SQLite: {words})")


def _dump(found: Found) -> bytes:
    return orjson.dumps(
        {name: value for name, value in attrs.asdict(found).items() if value not in (None, "")}
    )


def _load(data: bytes) -> Found:
    return Found(**orjson.loads(data))


class SiteQueue:
    """The rows of one site in one run: what is being fetched, what is ready, how many articles may still be
    fetched.
    """

    def __init__(self, frontier: Frontier, site: str, run: str, limit: int | None = None) -> None:
        """`limit`: articles to fetch in this run at most."""
        self.frontier = frontier
        self.site = site
        self.run = run
        self.limit = limit
        self._ready: deque[Queued] = deque()
        self._under_way: dict[int, Queued] = {}
        self._articles = 0
        self._stale = True
        self._later = 0.0

    def add(self, link: Link) -> bool:
        """Queue a link; see Frontier.add."""
        added = self.frontier.add(self.site, self.run, link)
        self._stale |= added
        return added

    def next(self) -> Queued | None:
        """Return the next link to fetch, None where there is none now."""
        if self._is_full:
            return None
        if self._stale or not self._ready:
            self._refill()
        while self._ready and self.frontier.failure is None:
            queued = self._ready.popleft()
            if queued.id not in self._under_way:
                self._under_way[queued.id] = queued
                return queued
        return None

    @property
    def _is_full(self) -> bool:
        """Whether what is under way may fill the limit: a section's address, too, may turn out to be an
        article's.
        """
        return self.limit is not None and self._articles + len(self._under_way) >= self.limit

    def _refill(self) -> None:
        # What is under way is still queued in the database, so as many rows more are needed to see past it.
        self._stale = False
        wanted = TAKE + len(self._under_way)
        self._ready = deque(
            queued for queued in self.frontier.take(self.site, wanted) if queued.id not in self._under_way
        )

    def settle(self, row_id: int, state: State, detail: str | None = None, *, article: bool = False) -> None:
        """Say what became of a link that was handed out; `article`: it counts towards the limit."""
        if self._under_way.pop(row_id, None) is None:
            return
        self._articles += article
        self.frontier.settle(row_id, state, self.run, detail)

    def postpone(self, row_id: int, retries: int, seconds: float) -> None:
        """Give a link back for a later try."""
        if self._under_way.pop(row_id, None) is None:
            return
        self.frontier.postpone(row_id, retries, seconds)
        self._later = max(self._later, time.time() + seconds)

    @property
    def has_pending(self) -> bool:
        """Whether a link is ready or will be after a wait; links past the limit do not count."""
        if self._is_full:
            return False
        if self._stale or not self._ready:
            self._refill()
        if self.frontier.failure is not None:
            return False
        return bool(self._ready) or time.time() < self._later
