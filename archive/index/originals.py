"""Revisits whose original, the capture that holds their payload, is not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

from attrs import frozen

_IMPORTED = "warc/imported/"


@frozen(kw_only=True)
class Orphan:
    """A revisit without its original."""

    record_id: str
    url: str
    file: str
    offset: int
    original: str
    """WARC-Record-ID that it refers to."""
    original_url: str
    original_at: str
    foreign: bool
    """Of a file that was imported, or that another crawler wrote: its original may rightly be elsewhere, as
    such crawlers leave out what an earlier crawl of theirs has.
    """


def orphans(db: sqlite3.Connection, present: Collection[str] | None = None) -> Iterator[Orphan]:
    """Yield the revisits whose original has no row, or one in a file that is not among those present."""
    rows = db.execute(
        "SELECT c.record_id, c.url, c.file, c.offset, c.refers_to, c.refers_to_url, c.refers_to_at,"
        " coalesce(w.run_id, c.run_id), p.file FROM captures c"
        " LEFT JOIN captures p ON p.id = c.refers_to_id LEFT JOIN warc_files w ON w.file = c.file"
        # WARC-Refers-To is optional (WARC 1.1 §6.7); without it there is no record to look for
        " WHERE c.record_type = 'revisit' AND c.refers_to <> '' ORDER BY c.file, c.offset"
    )
    for record_id, url, file, offset, original, original_url, original_at, run_id, found in rows:
        if found is not None and (present is None or found in present):
            continue
        if present is not None and file not in present:
            continue
        yield Orphan(
            record_id=record_id,
            url=url,
            file=file,
            offset=offset,
            original=original,
            original_url=original_url,
            original_at=original_at,
            foreign=run_id is None or file.startswith(_IMPORTED),
        )
