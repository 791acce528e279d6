"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from archive.errors import UsageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a system answers that has no room for more."""


def in_words(error: Exception, path: Path | None = None) -> str:
    """Return what went wrong, where, and what to do where the disk is full; `path` if it names none."""
    if not isinstance(error, OSError):
        return str(error)
    place = error.filename or path
    where = f"{place}: " if place else ""
    advice = "; make room, then run it again" if error.errno in _FULL else ""
    return f"{where}{error.strerror or error}{advice}"


def ordinary_file(path: Path) -> Path:
    """Return where a file is to be put in the place of `path`, links followed.

    Raises UsageError where it cannot be: no folder for it, or a device, a pipe or a folder stands there,
    which must not be replaced.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder; make it first")
    if target.exists() and not target.is_file():
        raise UsageError(f"{path}: is no ordinary file; write to - and redirect it there")
    return target


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that appears under its name only when the block ends well; till then the old one stays.

    Raises UsageError as `ordinary_file`, and OSError, which names the file where the disk is full.
    """
    target = ordinary_file(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        if error.errno in _FULL and error.filename in (None, str(part)):
            error.filename = str(path)
        raise
    finally:
        part.unlink(missing_ok=True)
