"""WARC and WACZ files of other crawlers into the collection: copied whole, never edited, then indexed and
extracted.

A file becomes `warc/imported/NAME-SHA256.warc.gz`, with the first sixteen digits of its SHA-256; the same
bytes are taken once. Of a WACZ (a zip file) the members `archive/*.warc.gz` (`.warc`, `.warc.zst`) are taken,
under names of ours.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from attrs import frozen

from archive.errors import HemerotecaError, UsageError
from archive.settings import Settings
from archive.warc.reader import WARC_ENDINGS
from archive.warc.scan import RawRecord, scan
from archive.warc.writer import safe_name
from archive.warc.zstandard import is_zstandard

_STEP = 1 << 20
_LARGEST_RATIO = 1000
_GZIP, _WARC, _ZIP = b"\x1f\x8b", b"WARC/", b"PK\x03\x04"


class ImportRefusedError(HemerotecaError):
    """A file that is no WARC or WACZ, or a WACZ that is not safe to unpack."""


@frozen(kw_only=True)
class Imported:
    """One WARC file that was taken in, or was there already."""

    source: str
    """As it was named; for a member of a WACZ with `!` and the member's name."""
    file: str
    """As in WarcLocation.file."""
    sha256: str
    state: Literal["taken", "known"]
    size: int


def import_file(settings: Settings, path: Path, *, dry_run: bool = False) -> Iterator[Imported]:
    """Copy the WARC files of one source into the collection, one after the other.

    Raises UsageError (no such file), ImportRefusedError, OSError.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name WARC or WACZ files")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_ZIP):
        yield from _members(settings, path, dry_run=dry_run)
    elif start.startswith((_GZIP, _WARC)) or is_zstandard(start[:4]):
        with path.open("rb") as file:
            yield _take(settings, file, str(path), path.name, path.stat().st_size, dry_run=dry_run)
    else:
        raise ImportRefusedError(f"{path}: neither a WARC (.warc, .warc.gz, .warc.zst) nor a WACZ file")


def _members(settings: Settings, path: Path, *, dry_run: bool) -> Iterator[Imported]:
    """Take the WARC files out of a WACZ. No name in it is ever used as a path."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if _is_warc_member(info)]
            if not members:
                raise ImportRefusedError(f"{path}: no archive/*.warc.gz in this zip file: not a WACZ")
            for info in members:
                if info.file_size > _LARGEST_RATIO * max(info.compress_size, 1024):
                    raise ImportRefusedError(
                        f"{path}!{info.filename}: {info.file_size} bytes out of {info.compress_size}: refused"
                    )
                with archive.open(info) as member:
                    name = info.filename.rpartition("/")[2]
                    source = f"{path}!{info.filename}"
                    yield _take(settings, member, source, name, info.file_size, dry_run=dry_run)  # type: ignore[arg-type]  # readable is enough
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ImportRefusedError(f"{path}: {error}") from error


def _is_warc_member(info: zipfile.ZipInfo) -> bool:
    return info.filename.startswith("archive/") and info.filename.endswith(WARC_ENDINGS) and not info.is_dir()


def _take(
    settings: Settings, source: BinaryIO, shown: str, name: str, size: int, *, dry_run: bool
) -> Imported:
    folder = settings.warc_folder / "imported"
    if dry_run:
        digest, read = _copy(source, None, size)
        return _answer(settings, shown, name, digest, read)
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size:
        raise ImportRefusedError(f"{shown}: {size} bytes do not fit on the disk of {folder}")
    with _beside(folder) as (part, file):
        digest, read = _copy(source, file, size)
        if not any(isinstance(item, RawRecord) for item in scan(file, read)):
            raise ImportRefusedError(f"{shown}: no WARC record in it can be read")
        answer = _answer(settings, shown, name, digest, read)
        if answer.state == "taken":
            file.flush()
            os.fsync(file.fileno())
            part.replace(settings.collection / answer.file)
            _fsync_folder(folder)
    return answer


@contextmanager
def _beside(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    part = folder / f".{os.getpid()}.part"
    try:
        with part.open("w+b") as file:
            yield part, file
    finally:
        part.unlink(missing_ok=True)


def _copy(source: BinaryIO, target: BinaryIO | None, size: int) -> tuple[str, int]:
    """Copy, counting and hashing; a member that is longer than it says is refused."""
    digest, read = hashlib.sha256(), 0
    while chunk := source.read(_STEP):
        read += len(chunk)
        if read > size:
            raise ImportRefusedError(f"more than the {size} bytes that it states: refused")
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest(), read


def _answer(settings: Settings, shown: str, name: str, digest: str, size: int) -> Imported:
    folder = settings.warc_folder / "imported"
    ending = next((one for one in WARC_ENDINGS if name.endswith(one)), ".warc.gz")
    there = sorted(folder.glob(f"*-{digest[:16]}.warc*")) if folder.is_dir() else []
    stem = safe_name(re.sub(r"(\.warc)?(\.gz|\.zst)?$", "", name), "warc")
    path = there[0] if there else folder / f"{stem}-{digest[:16]}{ending}"
    return Imported(
        source=shown,
        file=path.relative_to(settings.collection).as_posix(),
        sha256=digest,
        state="known" if there else "taken",
        size=size,
    )


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
