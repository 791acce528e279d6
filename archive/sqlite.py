"""What SQLite's errors mean for whoever runs the archive, in one line: what is wrong, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

_DAMAGE = re.compile(
    "SQLITE_(CORRUPT|NOTADB|FORMAT|IOERR_SHORT_READ)|malformed|not a database|corrupt|Could not decode"
    "|no such (table|column|index)|vtable constructor"
)
"""Names of SQLite's codes, and words of errors that have none; what the migrations made cannot be missing."""
_LOCKED = re.compile("SQLITE_(BUSY|LOCKED)|locked|busy")
_FORBIDDEN = re.compile("SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|readonly|unable to open")
_FULL = re.compile("SQLITE_(FULL|IOERR)|full|disk I/O")
_LONGEST = 120


def explained(path: Path, error: Exception, *, damaged: str) -> str:
    """Return the line. `damaged`: what to say where the file is no database, or a broken one."""
    words = _words(error)
    if _DAMAGE.search(words):
        advice = damaged
    elif _LOCKED.search(words):
        advice = "is locked by another process; wait for it, or look for one that hangs"
    elif _FORBIDDEN.search(words):
        advice = "cannot be opened or written; look at the permissions of the file and of its folder"
    elif _FULL.search(words):
        advice = "cannot be written; look for free space on the disk"
    else:
        advice = "cannot be used"
    return f"{path}: {advice} (SQLite: {one_line(str(error))})"


def is_locked(error: Exception) -> bool:
    """Tell whether another process holds the database."""
    return bool(_LOCKED.search(_words(error))) and not is_damage(error)


def is_damage(error: Exception) -> bool:
    """Tell whether the file is no database, or a broken one."""
    return bool(_DAMAGE.search(_words(error)))


def one_line(words: str) -> str:
    """Shorten what may quote the garbage of a damaged page."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _words(error: Exception) -> str:
    return f"{getattr(error, 'sqlite_errorname', None) or ''} {error}"
