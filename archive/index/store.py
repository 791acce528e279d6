"""All writes to index.db, and the few look-ups that a crawl needs while it writes.

The index is a cache of what stands in the WARC files: a row is put after its record was written, never
before. Several processes may write at once (WAL, short exclusive transactions, a patient busy timeout).
"""

# ruff: noqa: S608  (only names of our own tables and columns are put into SQL; values are bound)
from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.errors import IndexDamagedError, IndexStoreError
from archive.index import faults, keys, lookups, refresh, rows, schema, sightings
from archive.index.originals import Orphan, orphans
from archive.index.results import CaptureRow, ExtractableRow
from archive.index.rows import Row
from archive.index.sightings import Sighting
from archive.index.statements import CHILDREN_OF_VERSION, UPSERTS
from archive.index.tables import PLACED
from archive.model import (
    RevisitOf,
    Stored,
    StoredCapture,
    StoredExtraction,
    StoredFailure,
    StoredFile,
    StoredRun,
    WarcLocation,
)
from archive.summary import RunSummary, SourceState

BUSY_SECONDS = 60.0
"""How long one writer waits for the others."""
FLUSH_EVERY = 256
"""Objects put within one `batch()` that go into one transaction: the lock is never held for long."""


class Index(faults.Opened):
    """index.db, opened for writing. Safe to use from several threads; one instance a process is enough."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Use `Index.open`."""
        self.path = path
        self._db = connection
        self._lock = threading.RLock()
        self._pending: dict[str, list[Row]] = {}
        self._count = 0
        self._depth = 0
        self._bulk = False

    @classmethod
    def open(cls, path: Path, *, create: bool = False, timeout: float = BUSY_SECONDS) -> Index:
        """Open the index of a collection, bringing an older one up to date.

        `timeout`: seconds to wait for other writers. Raises IndexStoreError (no such folder or file, no
        database, read-only), IndexLockedError and SchemaTooNewError, each with one clear line.
        """
        path = Path(path)
        if not path.parent.is_dir():
            raise IndexStoreError(f"{path.parent}: no such folder; run `hemeroteca init` there first")
        if not create and not path.is_file():
            raise IndexStoreError(f"{path}: no index here; run `hemeroteca index rebuild`")
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
            schema.install_fold(connection)
            connection.create_function("archive_ref", 1, keys.ref_of, deterministic=True)
            connection.create_function("archive_url_key", 1, keys.url_key, deterministic=True)
            schema.refuse_foreign(connection)
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA cache_size = -16000")
            schema.migrate(connection)
            missing = schema.missing_triggers(connection)
            if missing:
                raise IndexDamagedError(
                    f"{path}: the triggers {', '.join(missing)} are missing: new articles would not be found;"
                    " run `hemeroteca index rebuild`"
                )
            refresh.prepare(connection)
            # a folder without write permission shows only here
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except BaseException as error:
            found = faults.told(path, connection, error)
            if connection is not None:
                connection.close()
            if found is not None:
                raise found from error
            raise
        return cls(path, connection)

    def close(self) -> None:
        """Write what is pending and close. A second call does nothing."""
        with self._lock:
            try:
                self._flush()
            finally:
                self._pending, self._count = {}, 0
                self._db.close()

    # writing

    def put(self, stored: Stored) -> None:
        """Take in what stands in a WARC. Outside a batch this is its own transaction.

        Putting the same object again changes nothing. Raises IndexStoreError; what could not be written for
        lack of a lock or of space is tried again with the next put.
        """
        with self._lock:
            self._take(stored)
            self._count += 1
            if self._depth == 0 or self._count >= FLUSH_EVERY:
                self._flush()

    def put_all(self, stored: Iterable[Stored]) -> int:
        """Take in many, in batches; return how many they were."""
        count = 0
        with self.batch():
            for one in stored:
                self.put(one)
                count += 1
        return count

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Group puts into transactions of up to 256 objects.

        What was put before an error inside the block is written all the same: it stands in the archive.
        """
        with self._lock:
            self._depth += 1
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                if self._depth == 0:
                    self._flush()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """For `rebuild` into a new file that nobody else has open: derive everything once, at the end."""
        with self._lock:
            self._flush()
            self._bulk = True
            self._db.execute("PRAGMA synchronous = OFF")
        try:
            with self.batch():
                yield
        finally:
            self._bulk = False
        with self._lock, self._transaction():
            refresh.mark_all(self._db)
            refresh.refresh(self._db)
        with self._lock:
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget(self, file: str, offset: int = 0) -> None:
        """Drop every row of a WARC file's records from an offset on: the file was cut, moved or taken away.

        Fields of versions that were read from a dropped record stay where another reading shows the version.
        """
        with self._lock:
            self._flush()
            with self._transaction():
                lookups.forget(self._db, file, offset)
                refresh.mark_all(self._db)
                refresh.refresh(self._db)

    def optimize(self) -> None:
        """Merge the full-text index into one segment, refresh the planner's statistics, empty the WAL
        file.
        """
        with self._lock:
            self._flush()
            with self._transaction():
                self._db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
                self._db.execute("ANALYZE")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _take(self, stored: Stored) -> None:
        if isinstance(stored, StoredCapture):
            self._add("captures", rows.capture_row(stored))
        elif isinstance(stored, StoredExtraction):
            taken = rows.extraction_rows(stored)
            self._add("extractions", taken.extraction)
            self._add("issues", *taken.issues)
            self._add("related_links", *taken.related)
            if taken.version is not None:
                children = {"photos": taken.photos, "authors": taken.authors, "tags": taken.tags}
                self._add("versions", {**taken.version, "children": children})
        elif isinstance(stored, StoredFailure):
            self._add("failures", rows.failure_row(stored))
        elif isinstance(stored, StoredRun):
            self._add("runs", rows.run_row(stored))
        else:
            self._add("warc_files", rows.file_row(stored))

    def _add(self, table: str, *new: Row) -> None:
        self._pending.setdefault(table, []).extend(new)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise faults.explained(self.path, error) from error
            raise

    def _flush(self) -> None:
        if not self._pending:
            return
        try:
            with self._transaction():
                self._write()
        except UnicodeEncodeError:  # a lone surrogate from a broken page: SQLite's texts are UTF-8
            for table in self._pending.values():
                table[:] = [_encodable(row) for row in table]
            with self._transaction():
                self._write()
        except IndexStoreError as error:
            if not isinstance(error.__cause__, sqlite3.OperationalError):
                self._pending, self._count = {}, 0
            raise
        self._pending, self._count = {}, 0

    def _write(self) -> None:
        pending = self._pending
        for table, statement in UPSERTS.items():
            new = pending.get(table)
            if new and table != "versions":
                self._db.executemany(statement, new)
        self._write_versions(pending.get("versions", ()))
        if not self._bulk:
            read = pending.get("extractions", ())
            captures = [row["id"] for row in pending.get("captures", ())] + [
                row["capture_id"] for row in read
            ]
            articles = [row["article_id"] for row in read if row["article_id"] is not None]
            if captures:
                refresh.mark(self._db, captures, articles)
                refresh.refresh(self._db)

    def _write_versions(self, new: Iterable[Row]) -> None:
        """Give each version the fields of the reading that counts, whatever the order in which they come."""
        best: dict[int, Row] = {}
        for row in new:
            if row["id"] not in best or row["source_order"] > best[row["id"]]["source_order"]:
                best[row["id"]] = row
        winners = []
        for number, row in best.items():
            there = self._db.execute("SELECT source_order FROM versions WHERE id = ?", (number,)).fetchone()
            if there is None or row["source_order"] > there[0]:
                winners.append(row)
                if there is not None:
                    for child in CHILDREN_OF_VERSION:
                        self._db.execute(f"DELETE FROM {child} WHERE version_id = ?", (number,))
        self._db.executemany(UPSERTS["versions"], winners)
        for child in CHILDREN_OF_VERSION:
            self._db.executemany(UPSERTS[child], [one for row in winners for one in row["children"][child]])

    # what a crawl asks while it writes; all of it sees what was put a moment ago

    def known_file(self, file: str) -> StoredFile | None:
        """Return up to where a WARC file is in the index; None where it is not at all."""
        with self._lock:
            self._flush()
            return lookups.known_file(self._db, file)

    def has_capture(self, url: str) -> bool:
        """Say whether this URL, spelled like this, was ever captured, whatever the answer was."""
        return url in self.known_urls((url,))

    def known_urls(self, urls: Iterable[str]) -> set[str]:
        """Return those of the URLs that were ever captured."""
        asked = set(urls)
        with self._lock:
            known = {row["url"] for row in self._pending.get("captures", ()) if row["url"] in asked}
            return known | lookups.known_urls(self._db, asked - known)

    def last_capture(self, url: str) -> CaptureRow | None:
        """Return the latest capture of this URL, spelled like this; renderings do not count.

        Of a "not modified" answer, `etag` and `last_modified` are those of the payload it confirms;
        `payload_of` is what a revisit record of this payload has to refer to.
        """
        with self._lock:
            if any(row["url"] == url for row in self._pending.get("captures", ())):
                self._flush()
            return lookups.last_capture(self._db, url)

    def is_rendered(self, capture: int) -> bool:
        """Return whether the archive has what a browser made of a capture (its id)."""
        with self._lock:
            self._flush()
            return lookups.is_rendered(self._db, capture)

    def by_digest(self, payload_digest: str, url: str) -> RevisitOf | None:
        """Return a whole response with this payload: the first of the same URL, else the first of any;
        or None.
        """
        with self._lock:
            if any(row["payload_digest"] == payload_digest for row in self._pending.get("captures", ())):
                self._flush()
            return lookups.by_digest(self._db, payload_digest, url)

    def location_of(self, record_id: str) -> WarcLocation | None:
        """Return where a capture, failure or extraction stands."""
        with self._lock:
            if any(
                row["record_id"] == record_id for table in PLACED for row in self._pending.get(table.name, ())
            ):
                self._flush()
            return lookups.location_of(self._db, record_id)

    def orphans(self) -> list[Orphan]:
        """Return the revisits whose original the index does not know."""
        with self._lock:
            self._flush()
            return list(orphans(self._db))

    def versions_of(self, article_id: int) -> set[int]:
        """Return the ids of all versions of an article."""
        with self._lock:
            waiting = {
                row["id"] for row in self._pending.get("versions", ()) if row["article_id"] == article_id
            }
            return waiting | sightings.versions_of(self._db, article_id)

    def sightings_of(self, article_id: int) -> list[Sighting]:
        """Return what the captures of an article have shown, oldest first."""
        with self._lock:
            self._flush()
            return sightings.of_article(self._db, article_id)

    def articles_since(self, site: str, since: str) -> set[int]:
        """Return the ids of a site's articles published since a moment (ISO, UTC)."""
        with self._lock:
            self._flush()
            return sightings.article_ids(self._db, site, since)

    def sightings_of_all(self, articles: set[int]) -> list[list[Sighting]]:
        """Return the sightings of each of these articles."""
        with self._lock:
            self._flush()
            return list(sightings.of_articles(self._db, articles))

    def unfinished_runs(self, kind: str, site: str | None = None) -> list[tuple[RunSummary, list[str]]]:
        """Return the runs (of a site) that never told their end, with the WARC files that each wrote."""
        with self._lock:
            self._flush()
            return lookups.unfinished_runs(self._db, kind, site)

    def published_of(self, urls: Iterable[str]) -> dict[str, str]:
        """Return when the articles at these addresses were published; those that are known."""
        with self._lock:
            self._flush()
            return lookups.published_of(self._db, urls)

    def sources(self, site: str) -> tuple[SourceState, ...]:
        """Return how the lists of a site were doing at the end of its last crawl."""
        with self._lock:
            self._flush()
            return lookups.sources(self._db, site)

    def extractable(
        self,
        *,
        site: str | None = None,
        since: str | None = None,
        files: Iterable[str] | None = None,
        stale: Callable[[ExtractableRow], bool] | None = None,
        missing_only: bool = False,
    ) -> Iterator[ExtractableRow]:
        """Yield the captures that were read, or should have been, in the order of the WARC files.

        `site`: of the current reading; `since`: ISO time of capture; `files`: only these; `stale`: keep
        those for
        which it is true; `missing_only`: those never read. The index may be written while this runs.
        """
        place: tuple[str, int] = ("", -1)
        wanted = None if files is None else set(files)
        while True:
            with self._lock:
                self._flush()
                found = lookups.extractable(self._db, place, site, since, missing_only)
            if not found:
                return
            for row in found:
                if (wanted is None or row.file in wanted) and (stale is None or stale(row)):
                    yield row
            place = (found[-1].file, found[-1].offset)


def _encodable(row: Row) -> Row:
    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode("utf-8")
        if isinstance(value, dict):
            return {name: [_encodable(child) for child in children] for name, children in value.items()}
        return value

    return {name: clean(value) for name, value in row.items()}
