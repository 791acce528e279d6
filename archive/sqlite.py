"""What SQLite's errors mean for whoever runs the archive, in one line: what is wrong, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

# Names of SQLite's codes, and words of errors that have none. What was made with the file cannot be missing.
_DAMAGE = re.compile(
    "SQLITE_(CORRUPT|NOTADB|FORMAT|IOERR_SHORT_READ)|malformed|not a database|corrupt|Could not decode"
    "|no such (table|column|index)|vtable constructor"
)
_LOCKED = re.compile("SQLITE_(BUSY|LOCKED)|locked|busy")
_FORBIDDEN = re.compile("SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|readonly|unable to open")
_FULL = re.compile("SQLITE_(FULL|IOERR)|full|disk I/O")


def explained(path: Path, error: Exception, *, damaged: str) -> str:
    """Return the line. `damaged`: what to say where the file is no database, or a broken one."""
    told = _told(error)
    if is_damage(error):
        advice = damaged
    elif is_locked(error):
        advice = "is locked by another process; wait for it, or look for one that hangs"
    elif _FORBIDDEN.search(told):
        advice = "cannot be read or written; look at the permissions of the file and of its folder"
    elif _FULL.search(told):
        advice = "cannot be written; look for free space on the disk"
    else:
        advice = "cannot be used"
    return f"{path}: {advice} (SQLite: {one_line(str(error))})"


def is_damage(error: Exception) -> bool:
    """Tell whether the file is no database, or a broken one."""
    return _DAMAGE.search(_told(error)) is not None


def is_locked(error: Exception) -> bool:
    """Tell whether another process holds the database."""
    return _LOCKED.search(_told(error)) is not None


def one_line(words: str) -> str:
    """Shorten words of SQLite, which may quote the garbage of a damaged page."""
    line = " ".join(words.split())
    return line if len(line) <= 120 else line[:119] + "…"


def _told(error: Exception) -> str:
    return f"{getattr(error, 'sqlite_errorname', None) or ''} {error}"
