"""Records to disk: one open file at a time, whole records only, flushed before anyone is told of them.

A record is one gzip member of level 1 (WARC 1.1 annex D). The records of one capture go out in one write.
"Written" means handed to the kernel; "durable" means fsynced, at the latest `fsync_seconds` after.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from attrs import define

from archive.errors import WarcWriteError
from archive.model import (
    Capture,
    Extraction,
    Rendering,
    StoredCapture,
    StoredExtraction,
    StoredFailure,
    StoredFile,
    StoredRun,
    WarcLocation,
)
from archive.summary import RunSummary
from archive.warc.blocks import read_extraction_body, run_from_json
from archive.warc.fields import parse_date, utc
from archive.warc.gzipped import gzip_member
from archive.warc.reader import OPEN_SUFFIX
from archive.warc.records import (
    Record,
    WarcInfo,
    as_converted,
    as_stored,
    capture_records,
    conversion_records,
    extraction_record,
    run_record,
    warcinfo_record,
)
from archive.warc.repair import Repair, repair_torn

__all__ = ["Repair", "WarcInfo", "WarcWriter", "compress", "repair_torn"]

_serial = itertools.count()
_UNSAFE = re.compile(r"[^A-Za-z0-9._]+")
_NEW_SUFFIX = ".new"
_ROOM_FOR_HEADERS = 2048


def compress(record: Record) -> bytes:
    """Return the record as one gzip member."""
    return gzip_member(record.head, record.block, b"\r\n\r\n")


def safe_name(text: str, fallback: str) -> str:
    """Keep what every file system and every tool takes in a file name, at most 60 characters."""
    return _UNSAFE.sub("-", text).strip("-.")[:60] or fallback


@define(eq=False)
class _OpenFile:
    """The file being written."""

    fd: int
    path: Path
    """With `.open`."""
    name: str
    """As in WarcLocation.file."""
    warcinfo: Record
    run_id: str | None
    size: int
    records: int = 1
    dirty: bool = True
    """Written since the last fsync."""

    @property
    def warcinfo_id(self) -> str:
        return self.warcinfo.record_id

    @property
    def stored(self) -> StoredFile:
        return StoredFile(
            file=self.name,
            size=self.size,
            records=self.records,
            warcinfo_id=self.warcinfo_id,
            run_id=self.run_id,
            started_at=parse_date(self.warcinfo.get("WARC-Date")),
        )


class WarcWriter:
    """Writes captures, extractions and runs. Safe to call from several threads; one file is open at a time.

    The first write opens the file `warc/YYYY/MM/PREFIX-TIMESTAMP-SERIAL-HOST-PID.warc.gz.open`, which is
    locked (flock) as long as this writer lives.

    After a WarcWriteError nothing more can be written: every later call raises it again. What was written
    before stays whole and is closed as usual.
    """

    def __init__(
        self,
        collection: Path,
        info: WarcInfo,
        *,
        prefix: str,
        roll_over_bytes: int,
        fsync_seconds: float,
    ) -> None:
        self._collection = collection.absolute()
        self._info = info
        self._prefix = safe_name(prefix, "hemeroteca")
        self._host = safe_name(info.hostname or socket.gethostname(), "localhost")
        self._roll_over_bytes = roll_over_bytes
        self._fsync_seconds = fsync_seconds
        self._lock = threading.RLock()
        self._open_file: _OpenFile | None = None
        self._closed_files: list[StoredFile] = []
        self._failure: WarcWriteError | None = None
        self._closing = threading.Event()
        self._syncer: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def files(self) -> list[StoredFile]:
        """Files closed so far and the open one, each as far as it is written."""
        with self._lock:
            opened = [self._open_file.stored] if self._open_file else []
            return [*self._closed_files, *opened]

    def write_capture(self, capture: Capture) -> StoredCapture | StoredFailure:
        """Write one exchange. Returns it as it will be read back, once the kernel has its bytes.

        In a revisit the body is left out, there and in what is returned. Raises WarcWriteError.
        """
        with self._lock:
            room = len(capture.head) + len(capture.body) + len(capture.request) + _ROOM_FOR_HEADERS
            file = self._file(room)
            records = capture_records(capture, file.warcinfo_id)
            location = self._append(records)[0]
        main = records[0]
        kept = as_stored(capture)
        if main.type == "metadata":
            return StoredFailure(capture=kept, location=location, run_id=self._info.run_id or None)
        return StoredCapture(
            capture=kept,
            location=location,
            record_type="revisit" if main.type == "revisit" else "response",
            payload_digest=main.get("WARC-Payload-Digest"),
            run_id=self._info.run_id or None,
        )

    def write_rendering(self, rendering: Rendering) -> StoredCapture:
        """Write what a browser made of a page. Returns it as it will be read back. Raises WarcWriteError."""
        with self._lock:
            file = self._file(len(rendering.html) + _ROOM_FOR_HEADERS)
            records = conversion_records(rendering, file.warcinfo_id)
            location = self._append(records)[0]
        return StoredCapture(
            capture=as_converted(rendering),
            location=location,
            record_type="conversion",
            payload_digest=records[0].get("WARC-Payload-Digest"),
            run_id=self._info.run_id or None,
            converted_from=rendering.of.location.record_id,
        )

    def write_extraction(
        self, extraction: Extraction, of: StoredCapture, extracted_at: datetime
    ) -> StoredExtraction:
        """Write what was read from a capture. Raises WarcWriteError."""
        with self._lock:
            file = self._file()
            record = extraction_record(
                extraction,
                capture_record_id=of.location.record_id,
                url=of.capture.url,
                fetched_at=of.capture.fetched_at,
                extracted_at=extracted_at,
                warcinfo_id=file.warcinfo_id,
            )
            location = self._append([record])[0]
        as_read = read_extraction_body(record.block)
        return StoredExtraction(
            extraction=as_read.extraction,
            capture_record_id=of.location.record_id,
            url=as_read.url,
            fetched_at=as_read.captured_at,
            extracted_at=utc(extracted_at),
            location=location,
        )

    def write_run(self, run: RunSummary) -> StoredRun:
        """Write a run summary. Raises WarcWriteError."""
        with self._lock:
            file = self._file()
            record = run_record(run, file.warcinfo_id, datetime.now(UTC))
            location = self._append([record])[0]
        return StoredRun(run=run_from_json(record.block), location=location)

    def sync(self) -> None:
        """Force everything written so far to the disk. Raises WarcWriteError."""
        with self._lock:
            file = self._open_file
            if file is None or not file.dirty:
                return
            file.dirty = False
            try:
                os.fsync(file.fd)
            except OSError as error:
                raise self._failed(file.path, error) from error

    def close(self) -> list[StoredFile]:
        """Finish the open file: fsync, take `.open` away, fsync the folder. Returns every file written.

        Can be called again. Raises WarcWriteError.
        """
        self._closing.set()
        with self._lock:
            self._finish_file()
            closed = list(self._closed_files)
        if self._syncer is not None and self._syncer is not threading.current_thread():
            self._syncer.join()
            self._syncer = None
        return closed

    def _file(self, room: int = 0) -> _OpenFile:
        """Return the open file, a new one where `room` bytes would make this one too large."""
        if self._failure is not None:
            raise self._failure
        file = self._open_file
        full = file is not None and file.size + room > self._roll_over_bytes
        if full and file is not None and file.records > 1:
            self._finish_file()
        if self._open_file is None:
            self._open_file = self._new_file()
            if self._fsync_seconds > 0 and self._syncer is None:
                self._closing.clear()
                self._syncer = threading.Thread(
                    target=self._sync_now_and_then, daemon=True, name="warc-fsync"
                )
                self._syncer.start()
        return self._open_file

    def _new_file(self) -> _OpenFile:
        now = datetime.now(UTC)
        folder = self._collection / "warc" / f"{now:%Y}" / f"{now:%m}"
        stamp = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}"
        path = folder
        try:
            _make_folder(folder)
            while True:
                name = f"{self._prefix}-{stamp}-{next(_serial):05d}-{self._host}-{os.getpid()}.warc.gz"
                path = folder / (name + OPEN_SUFFIX)
                if not path.exists() and not (folder / name).exists():
                    with contextlib.suppress(FileExistsError):
                        return self._begin(path, name, now)
        except OSError as error:
            raise self._failed(path, error) from error

    def _begin(self, path: Path, name: str, now: datetime) -> _OpenFile:
        """Lock the file and write its warcinfo before it gets its name: a `.open` file that is not locked
        is then always one whose writer is gone.
        """
        early = path.with_name(name + _NEW_SUFFIX)
        fd = os.open(early, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        record = warcinfo_record(self._info, name, now)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            data = compress(record)
            _write_all(fd, [data])
            early.rename(path)
            _fsync_folder(path.parent)
        except OSError:
            early.unlink(missing_ok=True)
            os.close(fd)
            raise
        relative = (path.parent / name).relative_to(self._collection).as_posix()
        return _OpenFile(fd, path, relative, record, self._info.run_id or None, size=len(data))

    def _append(self, records: list[Record]) -> list[WarcLocation]:
        """Write records in one go: all of them, or, after an error, none."""
        file = self._file()
        members = [compress(record) for record in records]
        length = sum(map(len, members))
        offset = file.size
        try:
            _write_all(file.fd, members)
            file.dirty = True
            file.records += len(records)
            file.size = offset + length
        except BaseException as error:  # Ctrl-C too must not leave half a record before the next one
            with contextlib.suppress(OSError):  # what cannot be cut now is cut by repair_torn
                os.ftruncate(file.fd, offset)
                os.lseek(file.fd, offset, os.SEEK_SET)
            if isinstance(error, OSError):
                raise self._failed(file.path, error) from error
            raise
        if self._fsync_seconds <= 0:
            self.sync()
        return list(_places(file.name, offset, records, members))

    def _finish_file(self) -> None:
        file, self._open_file = self._open_file, None
        if file is None:
            return
        final = file.path.with_name(file.path.name.removesuffix(OPEN_SUFFIX))
        try:
            os.fsync(file.fd)
            if os.fstat(file.fd).st_size == file.size:  # else repair_torn has to look at it
                file.path.rename(final)
            _fsync_folder(final.parent)
        except OSError as error:
            raise self._failed(file.path, error) from error
        finally:
            os.close(file.fd)
            self._closed_files.append(file.stored)

    def _failed(self, path: Path, error: OSError) -> WarcWriteError:
        self._failure = WarcWriteError(
            f"{path}: the archive cannot be written: {error.strerror or error}. Nothing more is fetched; "
            "make room or repair the permissions, then run it again."
        )
        return self._failure

    def _sync_now_and_then(self) -> None:
        """Bound what a power failure can take, also while no capture comes. An error is raised by the next
        write.
        """
        while not self._closing.wait(self._fsync_seconds):
            with self._lock:
                file = self._open_file
                if file is None or not file.dirty:
                    continue
                file.dirty = False
                fd = os.dup(file.fd)
            try:
                os.fsync(fd)  # outside the lock: writing goes on meanwhile
            except OSError as error:
                with self._lock:
                    self._failed(file.path, error)
            finally:
                os.close(fd)


def _places(file: str, offset: int, records: list[Record], members: list[bytes]) -> Iterator[WarcLocation]:
    for record, member in zip(records, members, strict=True):
        yield WarcLocation(file=file, offset=offset, length=len(member), record_id=record.record_id)
        offset += len(member)


def _write_all(fd: int, parts: list[bytes]) -> None:
    length = sum(map(len, parts))
    written = os.writev(fd, parts)
    if written < length:  # a full disk takes what fits, and says so at the next call
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(fd, rest) :]


def _make_folder(folder: Path) -> None:
    """Create a folder so that it survives a power failure: the entry in each parent is fsynced too."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _fsync_folder(made.parent)


def _fsync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
