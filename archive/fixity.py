"""Every row of the index against the record that it was made from, and every WARC file against the index.

Rows are computed anew from each record, by the functions that the index itself uses, and compared column by
column; rows that no record answers to, and files that one side does not know, are faults too.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import frozen

from archive.counting import count_of
from archive.errors import HemerotecaError, IndexStoreError, TornRecordError
from archive.index import originals, rows
from archive.index.faults import damage_of, damaged, explained, told
from archive.index.rows import Row
from archive.index.schema import check_readable
from archive.model import (
    Stored,
    StoredCapture,
    StoredExtraction,
    StoredFailure,
    StoredFile,
    StoredRun,
    WarcLocation,
)
from archive.settings import Settings
from archive.warc.reader import read_record, stored, warc_files

_TABLES = ("captures", "failures", "extractions", "runs")
_CHILDREN = ("issues", "related_links")
_VERSION_CHILDREN = ("photos", "authors", "tags")
_OF_A_COPY = frozenset({
    "file", "offset", "length", "run_id",
    "duration_ms", "found_by", "via", "hop", "section", "position", "feed_title", "feed_date",
})  # fmt: skip
"""Columns in which two copies of one record may differ: they are of its file, or of the records beside it."""

Step = Callable[[int, str], None]


@frozen(kw_only=True)
class IndexFault:
    """One contradiction between the index and the archive."""

    file: str
    """WARC file, or index.db where no file is concerned."""
    offset: int | None
    record_id: str | None
    url: str | None = None
    """Of the record."""
    code: str
    """row_missing, row_differs, row_without_record, file_missing, file_unknown, file_behind, file_changed,
    derived_differs; original_missing, original_elsewhere (a revisit whose payload is in no file here).
    """
    detail: str

    @property
    def is_note(self) -> bool:
        """True where nothing is wrong: the index has not read that far yet, and says so; or another crawler's
        revisit stands on what that crawler has.
        """
        return self.code in ("file_unknown", "file_behind", "original_elsewhere")


def verify_index(
    settings: Settings, files: Collection[str] | None = None, progress: Step | None = None
) -> Iterator[IndexFault]:
    """Compare the index with the WARC files, all of them or those named. Raises IndexStoreError."""
    path = settings.index_path
    if not path.is_file():
        raise IndexStoreError(f"{path}: no index here; run `hemeroteca index rebuild`")
    try:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise explained(path, error) from error
    database.row_factory = sqlite3.Row
    try:
        check_readable(database)
        if damage := damage_of(database):
            raise damaged(path, damage)
        yield from _Comparison(database, settings).all(files, progress)
    except Exception as error:
        if found := told(path, database, error):
            raise found from error
        raise
    finally:
        database.close()


class _Comparison:
    def __init__(self, database: sqlite3.Connection, settings: Settings) -> None:
        self.database = database
        self.collection = settings.collection
        self.done = 0

    def all(self, files: Collection[str] | None, progress: Step | None) -> Iterator[IndexFault]:
        known = {row["file"]: row for row in self.database.execute("SELECT * FROM warc_files")}
        present: set[str] = set()
        unread: list[Path] = []
        for path in warc_files(self.collection):
            name = path.relative_to(self.collection).as_posix().removesuffix(".open")
            present.add(name)
            if name not in known or known[name]["size"] < path.stat().st_size:
                unread.append(path)
            if files is None or name in files:
                yield from self.file(path, name, known.get(name), progress)
        yield from self.orphans(files, present, unread)
        if files is None:
            for name in sorted(known.keys() - present):
                yield IndexFault(
                    file=name,
                    offset=None,
                    record_id=None,
                    code="file_missing",
                    detail="the index has rows of a file that is gone",
                )
            yield from self.unplaced(present)
            yield from self.derived()

    def file(
        self, path: Path, name: str, known: sqlite3.Row | None, progress: Step | None
    ) -> Iterator[IndexFault]:
        if known is None:
            yield IndexFault(
                file=name,
                offset=None,
                record_id=None,
                code="file_unknown",
                detail="not in the index; any crawl, reextract or `hemeroteca index rebuild` takes it in",
            )
            return
        seen: dict[str, set[str]] = {table: set() for table in _TABLES}
        try:
            for entry in stored(path, collection=self.collection):
                yield from self.entry(entry, known, seen)
                self.done += 1
                if progress:
                    progress(self.done, name)
        except TornRecordError:
            pass  # what is torn is told by the verification of the file itself
        for table in _TABLES:
            for row in self.database.execute(
                f"SELECT record_id, offset FROM {table} WHERE file = ?",  # noqa: S608  # our own table names
                (name,),
            ):
                if row["record_id"] not in seen[table]:
                    yield IndexFault(
                        file=name,
                        offset=row["offset"],
                        record_id=row["record_id"],
                        code="row_without_record",
                        detail=f"{table}: no such record in the file",
                    )

    def entry(self, entry: Stored, known: sqlite3.Row, seen: dict[str, set[str]]) -> Iterator[IndexFault]:
        if isinstance(entry, StoredFile):
            if known["size"] != entry.size:
                yield IndexFault(
                    file=entry.file,
                    offset=None,
                    record_id=None,
                    code="file_behind" if known["size"] < entry.size else "file_changed",
                    detail=f"the index knows {count_of(known['size'], 'byte')}, the file has {entry.size}"
                    + ("; any crawl or reextract takes the rest in" if known["size"] < entry.size else ""),
                )
            return
        location = entry.location
        table, expected = _row_of(entry)
        seen[table].add(location.record_id)
        if location.offset >= known["size"]:
            return  # written since the index was; the file's size tells it
        key = "run_id" if table == "runs" else "id"
        actual = self.one(table, key, expected[key])
        if table == "runs" and actual is not None and actual["record_id"] != location.record_id:
            return  # a run's earlier record; its last one counts
        if actual is not None and self.is_copy(entry.location, actual):
            expected = {name: value for name, value in expected.items() if name not in _OF_A_COPY}
        for detail in self.differences(table, expected, actual, entry):
            yield IndexFault(
                file=location.file,
                offset=location.offset,
                record_id=location.record_id,
                code="row_missing" if actual is None else "row_differs",
                detail=detail,
            )

    def is_copy(self, location: WarcLocation, row: sqlite3.Row) -> bool:
        """Tell whether a row is of another copy of this record, which stands where the row says.

        Files that were imported may share records; the index keeps one place of each.
        """
        if row["record_id"] != location.record_id or (row["file"], row["offset"]) == (
            location.file,
            location.offset,
        ):
            return False
        place = WarcLocation(
            file=row["file"], offset=row["offset"], length=row["length"], record_id=row["record_id"]
        )
        try:
            read_record(self.collection, place)
        except (HemerotecaError, OSError):
            return False
        return True

    def differences(
        self, table: str, expected: Row, actual: sqlite3.Row | None, entry: Stored
    ) -> Iterator[str]:
        if actual is None:
            yield f"{table}: the record has no row"
            return
        yield from _columns(table, expected, actual)
        if isinstance(entry, StoredExtraction):
            taken = rows.extraction_rows(entry)
            yield from self.children("issues", "extraction_id", expected["id"], taken.issues)
            yield from self.children("related_links", "extraction_id", expected["id"], taken.related)
            if taken.version is not None:
                yield from self.version(taken.version, taken)

    def version(self, expected: Row, taken: rows.ExtractionRows) -> Iterator[str]:
        actual = self.one("versions", "id", expected["id"])
        if actual is None:
            yield "versions: the version has no row"
        elif actual["source_id"] == expected["source_id"]:
            yield from _columns("versions", expected, actual)
            for child in _VERSION_CHILDREN:
                yield from self.children(child, "version_id", expected["id"], getattr(taken, child))

    def children(self, table: str, key: str, number: int, expected: list[Row]) -> Iterator[str]:
        actual = self.database.execute(
            f"SELECT * FROM {table} WHERE {key} = ? ORDER BY position",  # noqa: S608
            (number,),
        ).fetchall()
        if len(actual) != len(expected):
            yield f"{table}: {count_of(len(actual), 'row')}, the record has {len(expected)}"
            return
        for one, row in zip(expected, actual, strict=True):
            yield from _columns(table, one, row)

    def one(self, table: str, key: str, value: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.database.execute(
            f"SELECT * FROM {table} WHERE {key} = ?",  # noqa: S608
            (value,),
        ).fetchone()
        return row

    def orphans(
        self, files: Collection[str] | None, present: set[str], unread: list[Path]
    ) -> Iterator[IndexFault]:
        """Revisits of these files whose original is in no file at all: the page cannot be read any more."""
        found = [it for it in originals.orphans(self.database, present) if files is None or it.file in files]
        beyond = _record_ids(unread, self.collection) if found else frozenset()
        for orphan in found:
            if orphan.original not in beyond:
                yield IndexFault(
                    file=orphan.file,
                    offset=orphan.offset,
                    record_id=orphan.record_id,
                    url=orphan.url,
                    code="original_elsewhere" if orphan.foreign else "original_missing",
                    detail=f"a revisit of {orphan.original_url} of {orphan.original_at[:19]} UTC, record "
                    f"{orphan.original}, which is in no WARC file of this collection",
                )

    def unplaced(self, present: set[str]) -> Iterator[IndexFault]:
        """Rows whose file is not there."""
        for table in _TABLES:
            for row in self.database.execute(
                f"SELECT file, count(*) AS rows FROM {table} GROUP BY file ORDER BY file"  # noqa: S608
            ):
                if row["file"] not in present:
                    yield IndexFault(
                        file=row["file"],
                        offset=None,
                        record_id=None,
                        code="file_missing",
                        detail=f"{table}: {count_of(row['rows'], 'row')} of a file that is not there",
                    )

    def derived(self) -> Iterator[IndexFault]:
        """Articles against the versions that they show: derived from rows that were compared."""
        columns = (
            "title",
            "kicker",
            "lead",
            "captions",
            "body",
            "published",
            "modified",
            "section",
            "url",
            "key",
            "site",
        )
        differs = " OR ".join(f"a.{name} IS NOT v.{name}" for name in columns)
        for row in self.database.execute(
            "SELECT a.ref AS ref, v.id AS version FROM articles a LEFT JOIN versions v ON v.id = a.version_id"  # noqa: S608
            f" WHERE v.id IS NULL OR {differs} ORDER BY a.ref"
        ):
            yield IndexFault(
                file="index.db",
                offset=None,
                record_id=None,
                code="derived_differs",
                detail=f"article {row['ref']} is not what its version says; run `hemeroteca index rebuild`",
            )


def _record_ids(paths: list[Path], collection: Path) -> Collection[str]:
    """Return the ids of all records of files that the index has not read to their end."""
    found: set[str] = set()
    for path in paths:
        with suppress(HemerotecaError, OSError):  # told by the verification of the file itself
            found.update(
                entry.location.record_id
                for entry in stored(path, collection=collection)
                if not isinstance(entry, StoredFile)
            )
    return found


def _row_of(entry: StoredCapture | StoredFailure | StoredExtraction | StoredRun) -> tuple[str, Row]:
    if isinstance(entry, StoredCapture):
        return "captures", rows.capture_row(entry)
    if isinstance(entry, StoredFailure):
        return "failures", rows.failure_row(entry)
    if isinstance(entry, StoredRun):
        return "runs", rows.run_row(entry)
    return "extractions", rows.extraction_rows(entry).extraction


def _columns(table: str, expected: Row, actual: sqlite3.Row) -> Iterator[str]:
    names = actual.keys()
    for name, value in expected.items():
        if name in names and _text(actual[name]) != _text(value):
            yield f"{table}.{name}: the index has {_short(actual[name])}, the record {_short(value)}"


def _text(value: Any) -> Any:
    """A lone surrogate of a broken page stands in the index as a question mark: SQLite's texts are UTF-8."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "…"
