"""WARC files of which the index does not know all, or cannot."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from attrs import frozen

from archive.index.faults import explained
from archive.settings import Settings

_WALKED_OVER = 1 << 20
"""Blocks above this many bytes are not kept in memory."""


@frozen(kw_only=True)
class Behind:
    """Files (as in WarcLocation.file) that are longer than the index knows, or unknown to it."""

    unread: list[str]
    """With records that the index has not seen."""
    torn: list[str]
    """The index has all their records; what follows is none, and no reading makes it one."""


def files_behind(settings: Settings) -> Behind:
    """Return the files that the index does not know to their end. Raises IndexStoreError."""
    from archive.warc.reader import OPEN_SUFFIX, file_name, warc_files

    try:
        database = sqlite3.connect(f"{settings.index_path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            known = dict(database.execute("SELECT file, size FROM warc_files"))
        finally:
            database.close()
    except sqlite3.Error as error:
        raise explained(settings.index_path, error) from error
    behind = Behind(unread=[], torn=[])
    for path in warc_files(settings.collection):
        name = file_name(path, settings.collection)
        if known.get(name, -1) < path.stat().st_size:
            unread = name not in known or path.name.endswith(OPEN_SUFFIX) or _has_record(path, known[name])
            (behind.unread if unread else behind.torn).append(name)
    return behind


def _has_record(path: Path, start: int) -> bool:
    """Tell whether a whole record begins at a byte of a file or behind it."""
    from archive.warc.scan import RawRecord, scan

    with path.open("rb") as file:
        found = scan(file, path.stat().st_size, start=start, max_block=_WALKED_OVER)
        return any(isinstance(item, RawRecord) for item in found)
