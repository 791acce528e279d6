"""WARC files whose writer died: cut to their last whole record, given their final name. Nothing is lost."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import BinaryIO, Literal

from attrs import frozen

from archive.errors import WarcWriteError
from archive.warc.reader import OPEN_SUFFIX, file_name
from archive.warc.scan import RawRecord, scan

TAIL_SUFFIX = ".torn-tail"
ASIDE_SUFFIX = ".torn"


@frozen(kw_only=True)
class Repair:
    """What was done with one file that a writer had left open."""

    file: str
    """As in WarcLocation.file."""
    action: Literal["closed", "cut", "set_aside"]
    """closed: it was whole. cut: a torn tail was taken off. set_aside: not one whole record in it."""
    records: int
    kept: int
    """Bytes."""
    lost: int
    """Bytes that are no whole record; they stand in `tail`."""
    tail: str | None = None
    """File beside it that holds those bytes, relative to the collection."""


def repair_torn(collection: Path) -> list[Repair]:
    """Repair every `.open` file below the collection's warc folder that no living writer holds.

    Damage with whole records behind it stays where it is, since the index points at those by their offset;
    `verify` reports it. Raises WarcWriteError where the disk does not let it finish; nothing is cut then.
    """
    repairs = []
    for path in sorted((collection / "warc").rglob(f"*.warc*{OPEN_SUFFIX}")):
        repaired = _repair(path, collection)
        if repaired is not None:
            repairs.append(repaired)
    return repairs


def _repair(path: Path, collection: Path) -> Repair | None:
    try:
        with path.open("r+b") as handle:
            if not _abandoned(handle, path):
                return None
            return _repair_locked(handle, path, collection)
    except FileNotFoundError:
        return None  # its writer has just closed it
    except OSError as error:
        raise WarcWriteError(f"{path}: cannot be repaired: {error.strerror or error}") from error


def _abandoned(handle: BinaryIO, path: Path) -> bool:
    """Lock the file; False where its writer lives, or where it was renamed in between."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return path.exists() and os.path.samestat(os.fstat(handle.fileno()), path.stat())


def _repair_locked(handle: BinaryIO, path: Path, collection: Path) -> Repair:
    size = os.fstat(handle.fileno()).st_size
    kept = records = 0
    for item in scan(handle, size, max_block=1 << 20):  # blocks are only walked over
        if isinstance(item, RawRecord):
            kept, records = item.offset + item.length, records + 1
    name = file_name(path, collection)
    if not records:
        aside = _free(path.with_name(path.name.removesuffix(OPEN_SUFFIX) + ASIDE_SUFFIX))
        path.rename(aside)
        _fsync_folder(path.parent)
        return Repair(
            file=name, action="set_aside", records=0, kept=0, lost=size, tail=file_name(aside, collection)
        )
    tail = None
    if kept < size:
        tail = _free(path.with_name(path.name.removesuffix(OPEN_SUFFIX) + TAIL_SUFFIX))
        with tail.open("xb") as copy:
            handle.seek(kept)
            shutil.copyfileobj(handle, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        _fsync_folder(path.parent)
        os.ftruncate(handle.fileno(), kept)
    os.fsync(handle.fileno())
    final = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
    if final.exists():
        raise WarcWriteError(f"{path}: cannot be repaired: {final.name} exists already; rename one of them")
    path.rename(final)
    _fsync_folder(path.parent)
    return Repair(
        file=name,
        action="cut" if tail else "closed",
        records=records,
        kept=kept,
        lost=size - kept,
        tail=file_name(tail, collection) if tail else None,
    )


def _free(path: Path) -> Path:
    """Return the path, numbered where it exists: nothing is ever overwritten."""
    number = 1
    candidate = path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def _fsync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
