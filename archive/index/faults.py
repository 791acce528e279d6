"""What SQLite complains of → one line that says what to do, with its exit code: the same for all who open the
index.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from archive import sqlite
from archive.errors import IndexDamagedError, IndexLockedError, IndexStoreError

_DAMAGED = (
    "is damaged, or no SQLite database; run `hemeroteca index rebuild`,"
    " which makes it anew from the WARC files"
)
_OF_VALUES = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
"""What reading a value raises that a damaged page gave."""


def explained(path: Path, error: sqlite3.Error) -> IndexStoreError:
    """Turn SQLite's words into one line that says what to do."""
    line = sqlite.explained(path, error, damaged=_DAMAGED)
    if sqlite.is_damage(error):
        return IndexDamagedError(line)
    return IndexLockedError(line) if sqlite.is_locked(error) else IndexStoreError(line)


def damaged(path: Path, words: str) -> IndexDamagedError:
    """Return the error of an index that is no SQLite database, or a damaged one."""
    return IndexDamagedError(f"{path}: {_DAMAGED} (SQLite: {words})")


def told(
    path: Path, connection: sqlite3.Connection | None, error: BaseException | None
) -> IndexStoreError | None:
    """Return what to raise in the place of an error that reading or writing met; None for one that is no
    fault of the index.

    Damage that shows only in the middle of reading is told as that of opening is. A damaged page may also
    give values that are none: only then, where it costs nobody, the whole file is looked at.
    """
    if isinstance(error, sqlite3.Error):
        return explained(path, error)
    if isinstance(error, IndexStoreError) and str(path) not in str(error):
        return type(error)(f"{path}: {error}")
    if isinstance(error, _OF_VALUES) and connection is not None and (found := damage_of(connection)):
        return damaged(path, found)
    return None


class Opened(ABC):
    """An index that is opened, for reading or for writing: what a `with` block over it meets is told by
    `told`.
    """

    path: Path
    _db: sqlite3.Connection

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if found := told(self.path, self._db, error):
                raise found from error
        finally:
            self.close()


def damage_of(connection: sqlite3.Connection) -> str | None:
    """Return the first fault that SQLite finds in the tables; None for a sound file. Reads all pages."""
    try:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")
        for (name,) in names.fetchall():
            # table by table: later SQLites would compare the folded full text with the text it was made of
            quoted = str(name).replace("'", "''")
            ((found, *_), *_) = connection.execute(f"PRAGMA quick_check('{quoted}')").fetchall()
            if found != "ok":
                return sqlite.one_line(str(found))
    except sqlite3.ProgrammingError:  # closed
        return None
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the words themselves may be garbage
        return sqlite.one_line(str(error))
    return None
