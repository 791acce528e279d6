"""Locks between processes: a crawl of a site, a rebuild of the index.

Advisory `fcntl` locks on files in the collection's log folder. The kernel drops them when their process ends,
however it ends, so no stale lock can keep an archive shut.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import LockedError

COLLECTION_LOCK = "collection.lock"
REEXTRACT_LOCK = "reextract.lock"
"""Of re-extractions and imports."""


@contextmanager
def hold(path: Path, *, shared: bool = False, what: str) -> Iterator[None]:
    """Hold a lock file while the block runs.

    `what` names in the error what is locked ("site x", "this collection").
    Raises LockedError at once where another process holds it; OSError where the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            by = f" (process {holder})" if holder and not shared else ""
            raise LockedError(
                f"another run holds {what}{by}: {path}; wait for its end and try again"
            ) from error
        if not shared:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def hold_collection(log_folder: Path, *, shared: bool) -> Iterator[None]:
    """Hold the whole collection: shared by everything that writes WARC files, alone by a rebuild of the
    index.
    """
    with hold(log_folder / COLLECTION_LOCK, shared=shared, what="this collection"):
        yield


@contextmanager
def hold_site(log_folder: Path, site: str) -> Iterator[None]:
    """Hold one site of a collection alone: two crawls of one site at once would fetch everything twice."""
    with hold(_site_lock(log_folder, site), what=f"site {site}"):
        yield


def site_of_lock(kind: str, site: str) -> str:
    """Return the name under which a crawl or a capture of a site holds it: the two do not stand in each
    other's way.
    """
    return f"capture-{site}" if kind == "capture" else site


def lock_of_run(log_folder: Path, kind: str, site: str | None) -> Path:
    """Return the lock file that a run of this kind holds to its end."""
    if kind in ("crawl", "capture") and site is not None:
        return _site_lock(log_folder, site_of_lock(kind, site))
    return log_folder / REEXTRACT_LOCK


def is_held(path: Path) -> bool | None:
    """Tell whether a process, this machine's or one that shares its files, holds a lock file alone.

    None where nobody may look. Nothing is written; a lock that is free is held for a moment, together with
    whoever else looks: to be asked only where there is a reason to think that it is held.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return None
    finally:
        os.close(descriptor)
    return False


def site_holder(log_folder: Path, site: str) -> int | None:
    """Return the process that holds a site, None where none does.

    The lock itself is tried only where the process that wrote its number lives: trying it holds it for a
    moment, and would refuse a crawl that begins in that moment.
    """
    path = _site_lock(log_folder, site)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        said = os.pread(descriptor, 20, 0).strip()
        if not said.isdigit() or not _lives(int(said)):
            return None
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(said)
    finally:
        os.close(descriptor)
    return None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _site_lock(log_folder: Path, site: str) -> Path:
    name = "".join(char if char.isalnum() or char in "._-" else "_" for char in site)
    return log_folder / f"{name}.lock"
