"""WARC files of which the index does not know all."""

from __future__ import annotations

import sqlite3

from archive.index.faults import explained
from archive.settings import Settings


def files_behind(settings: Settings) -> list[str]:
    """Return the files (as in WarcLocation.file) that are longer than the index knows, or unknown to it."""
    from archive.warc.reader import file_name, warc_files

    try:
        database = sqlite3.connect(f"{settings.index_path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            known = dict(database.execute("SELECT file, size FROM warc_files"))
        finally:
            database.close()
    except sqlite3.Error as error:
        raise explained(settings.index_path, error) from error
    behind = []
    for path in warc_files(settings.collection):
        name = file_name(path, settings.collection)
        if known.get(name, -1) < path.stat().st_size:
            behind.append(name)
    return behind
