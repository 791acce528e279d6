"""What SQLite's errors mean for whoever runs the archive, in one line: what is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path


def explained(path: Path, error: Exception, *, damaged: str) -> str:
    """Return the line. `damaged`: what to say where the file is no database, or a broken one."""
    words = str(error)
    if "not a database" in words or "malformed" in words:
        advice = damaged
    elif is_locked(error):
        advice = "is locked by another process; wait for it, or look for one that hangs"
    elif "readonly" in words or "unable to open" in words:
        advice = "cannot be read or written; look at the permissions of the file and of its folder"
    elif "full" in words or "disk I/O" in words:
        advice = "cannot be written; look for free space on the disk"
    else:
        advice = "cannot be used"
    return f"{path}: {advice} (SQLite: {words})"


def is_locked(error: Exception) -> bool:
    """Tell whether another process holds the database."""
    return any(word in str(error) for word in ("locked", "busy"))
