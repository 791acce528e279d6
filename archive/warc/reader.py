"""WARC files read back: whole files in order, and single captures by their place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from attrs import define, evolve, field

from archive.errors import IntegrityError, NothingFoundError, TornRecordError
from archive.http import Payload, payload_of
from archive.model import (
    RevisitOf,
    Stored,
    StoredCapture,
    StoredFailure,
    StoredFile,
    WarcLocation,
)
from archive.warc.parse import Fields, StoredRecord, capture_of, extraction_of, run_id_of, run_of
from archive.warc.records import FIELDS_TYPE, Pairs
from archive.warc.scan import DEFAULT_MAX_BLOCK, Damage, RawRecord, record_bytes, records_in, scan
from archive.warc.zstandard import FRAME, Dictionary, dictionary_of

OPEN_SUFFIX = ".open"
WARC_ENDINGS = (".warc.gz", ".warc", ".warc.zst")
_FOLLOWING = 16 << 10
"""Bytes read behind a response for its request and metadata records."""
_LONGEST_CHAIN = 8

_run_ids: dict[tuple[str, str], str | None] = {}
_run_ids_lock = threading.Lock()


def warc_files(collection: Path) -> list[Path]:
    """Return every WARC file of a collection, those being written included, sorted by name."""
    folder = collection / "warc"
    names = (f"*{ending}{living}" for ending in WARC_ENDINGS for living in ("", OPEN_SUFFIX))
    return sorted(path for name in names for path in folder.rglob(name) if path.is_file())


def file_name(path: Path, collection: Path) -> str:
    """Return a file's name as in WarcLocation.file: relative to the collection, POSIX, without `.open`.

    A file outside the collection keeps its absolute path, which `read_record` then refuses.
    """
    path = path.absolute()
    base = collection.absolute()
    name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()
    return name.removesuffix(OPEN_SUFFIX)


@define(eq=False)
class _Group:
    """Records that may be of one capture: adjacent, and joined by id or by URL and date."""

    main: StoredRecord | None = None
    request: StoredRecord | None = None
    metadata: StoredRecord | None = None
    ids: set[str] = field(factory=set)
    start: int = 0

    def takes(self, record: StoredRecord) -> bool:
        """Say whether the record belongs to this group and its place in it is free."""
        slot = _slot(record)
        if slot is None or getattr(self, slot) is not None or not self.ids:
            return False
        concurrent = record.fields.get_all("warc-concurrent-to")
        if any(target in self.ids for target in concurrent):
            return True
        members = [member for member in (self.main, self.request, self.metadata) if member is not None]
        if any(record.fields.record_id in member.fields.get_all("warc-concurrent-to") for member in members):
            return True
        if concurrent or any(member.fields.get("warc-concurrent-to") for member in members):
            return False
        other = members[0].fields
        return other.url == record.fields.url and other.get("warc-date") == record.fields.get("warc-date")

    def add(self, record: StoredRecord) -> None:
        """Put the record in its place."""
        setattr(self, _slot(record) or "main", record)
        if not self.ids:
            self.start = record.location.offset
        self.ids.add(record.fields.record_id)

    def capture(self, run_id: str | None) -> StoredCapture | StoredFailure | None:
        """Return what the group makes; None where it has no response."""
        if self.main is None:
            return None
        return capture_of(self.main, self.request, self.metadata, run_id)


def _slot(record: StoredRecord) -> str | None:
    if record.is_exchange or record.is_rendering or record.is_failure:
        return "main"
    fields = record.fields
    if fields.type == "request" and fields.media_type in {"application/http", ""}:
        return "request"
    return "metadata" if fields.type == "metadata" and fields.media_type == FIELDS_TYPE else None


def stored(
    path: Path, *, collection: Path, start: int = 0, max_block: int = DEFAULT_MAX_BLOCK
) -> Iterator[Stored]:
    """Read what a WARC file holds, from byte `start` (the `size` of an earlier StoredFile) to its end.

    Captures come with their request and metadata; records of other crawlers that are no captures are passed
    over, and so are blocks above `max_block` bytes. Last comes the StoredFile, with `records` counted from
    `start`. Records behind damage are still given.

    Raises TornRecordError after all that, where a stretch of the file could not be read. Of a file that is
    still being written (`.open`) the last capture is held back while its records are not all there, the
    metadata being the last of them: `size` then ends before it.
    """
    name = file_name(path, collection)
    with path.open("rb") as handle:
        size = path.stat().st_size
        reading = _Reading(name, collection)
        if start:
            reading.warcinfo_before(handle, size)
        for item in scan(handle, size, start=start, max_block=max_block):
            yield from reading.take(item)
        yield from reading.finish(start, living=path.name.endswith(OPEN_SUFFIX))
    if reading.damages:
        raise TornRecordError("; ".join(reading.damages))


@define(eq=False)
class _Reading:
    """What is known so far of the file that is read."""

    name: str
    collection: Path
    group: _Group = field(factory=_Group)
    damages: list[str] = field(factory=list)
    torn: bool = False
    records: int = 0
    end: int | None = None
    runs: dict[str, str | None] = field(factory=dict)
    first: Fields | None = None
    warcinfo_id: str | None = None

    def warcinfo_before(self, handle: BinaryIO, size: int) -> None:
        """Read the first record of a file that is read from its middle."""
        item = next(scan(handle, size), None)
        if isinstance(item, RawRecord):
            self._opening(self._record(item))

    def take(self, item: RawRecord | Damage) -> Iterator[Stored]:
        """Take the next record; give what is complete with it."""
        if isinstance(item, Damage):
            self.damages.append(
                f"{self.name}: bytes {item.offset} to {item.end} are no whole WARC record ({item.reason})"
            )
            self.torn = item.at_tail
            return
        self.records += 1
        self.end = item.offset + item.length
        record = self._record(item)
        if self.first is None:
            self._opening(record)
        elif record.fields.type == "warcinfo":
            self.runs[record.fields.record_id] = run_id_of(record)
        if item.block is None:
            return
        if self.group.takes(record):
            self.group.add(record)
            return
        yield from self._flush()
        if _slot(record) is not None:
            self.group.add(record)
            return
        other = extraction_of(record) or run_of(record)
        if other is not None:
            yield other

    def finish(self, start: int, *, living: bool) -> Iterator[Stored]:
        """Give the last capture and the file itself."""
        end = self.end if self.end is not None else start
        if living and self.group.ids and (self.torn or self.group.metadata is None):
            end = self.group.start
            self.records -= len(self.group.ids)
        else:
            yield from self._flush()
        run_id = self.runs.get(self.warcinfo_id) if self.warcinfo_id else None
        yield StoredFile(
            file=self.name,
            size=end,
            records=self.records,
            warcinfo_id=self.warcinfo_id,
            run_id=run_id,
            started_at=self.first.date if self.first is not None else None,
        )

    def _flush(self) -> Iterator[Stored]:
        group, self.group = self.group, _Group()
        if group.main is not None:
            named = group.main.fields.get("warc-warcinfo-id") or self.warcinfo_id
            capture = group.capture(self.runs.get(named) if named else None)
            if capture is not None:
                yield capture

    def _opening(self, record: StoredRecord) -> None:
        self.first = record.fields
        if record.fields.type == "warcinfo":
            self.warcinfo_id = record.fields.record_id
            self.runs[self.warcinfo_id] = run_id_of(record)

    def _record(self, item: RawRecord) -> StoredRecord:
        fields = Fields(item.headers)
        location = WarcLocation(
            file=self.name, offset=item.offset, length=item.length, record_id=fields.record_id
        )
        return StoredRecord(fields, item.block or b"", location)


def _open(collection: Path, file: str) -> BinaryIO:
    """Open a file that a WarcLocation names, under its final name or while it is being written."""
    relative = PurePosixPath(file)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\0" in file:
        raise IntegrityError(f"'{file}' is not a path inside the collection")
    path = collection.joinpath(*relative.parts)
    for candidate in (path, path.with_name(path.name + OPEN_SUFFIX), path):  # it may be renamed meanwhile
        try:
            return candidate.open("rb")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise IntegrityError(f"{candidate}: {error.strerror}") from error
    raise NothingFoundError(f"{path}: the WARC file is missing")


def read_record(collection: Path, location: WarcLocation) -> tuple[Pairs, bytes]:
    """Read one record: its header fields in order, and its block.

    Raises TornRecordError where no whole record of that id stands there, NothingFoundError where the file is
    missing, IntegrityError for a path outside the collection.
    """
    with _open(collection, location.file) as handle:
        record, _ = _read_at(handle, location, following=0)
    return record.fields.pairs, record.block


def read_bytes(collection: Path, location: WarcLocation) -> bytes:
    """Read one record as it stands, header and block, only its compression taken off.

    Raises as `read_record`.
    """
    with _open(collection, location.file) as handle:
        _read_at(handle, location, following=0)  # says what is wrong, if anything is
        handle.seek(location.offset)
        data = handle.read(location.length)
        return record_bytes(data, _dictionary(handle, data))


def read_capture(collection: Path, location: WarcLocation, *, whole: bool = True) -> StoredCapture:
    """Read one capture; with `whole`, its request and metadata records too where they follow directly.

    Without `whole`: url, fetched_at, head, body, and what else the response record itself says.
    Raises as `read_record`; TornRecordError also for a record that is no capture.
    """
    with _open(collection, location.file) as handle:
        main, behind = _read_at(handle, location, following=_FOLLOWING if whole else 0)
        group = _Group()
        if not (main.is_exchange or main.is_rendering or main.is_failure):
            raise TornRecordError(f"{_place(location)}: not a capture but a '{main.fields.type}' record")
        group.add(main)
        for record in _following(behind, location, _dictionary(handle, behind)):
            if not group.takes(record):
                break
            group.add(record)
            if group.request is not None and group.metadata is not None:
                break
        run_id = _run_id(collection, handle, location, main.fields.get("warc-warcinfo-id")) if whole else None
    capture = group.capture(run_id)
    if not isinstance(capture, StoredCapture):
        raise TornRecordError(f"{_place(location)}: not a capture of a response")
    return capture


def payload(
    collection: Path,
    stored_capture: StoredCapture,
    limit: int,
    resolve: Callable[[RevisitOf], WarcLocation | None] | None = None,
) -> Payload:
    """Return the payload of a capture, at most `limit` bytes; of a revisit, the payload of its original.

    `resolve` finds the original. Raises as `read_record`; NothingFoundError where there is no original: an
    empty payload would be read as an empty page.
    """
    current = stored_capture
    for _ in range(_LONGEST_CHAIN):
        original = current.capture.revisit_of
        if original is None:
            return payload_of(current.capture, limit)
        if current.capture.body:
            return payload_of(evolve(current.capture, truncated=None), limit)
        location = resolve(original) if resolve is not None else None
        if location is None:
            raise NothingFoundError(
                f"a revisit of {original.url} of {original.fetched_at:%Y-%m-%d %H:%M:%S} UTC, which is in no "
                f"WARC file of this collection"
            )
        current = read_capture(collection, location, whole=False)
    raise NothingFoundError(f"{_place(stored_capture.location)}: revisits that lead to no original")


def _read_at(handle: BinaryIO, location: WarcLocation, following: int) -> tuple[StoredRecord, bytes]:
    """Read the record at a location, and up to `following` bytes behind it."""
    if location.offset < 0 or location.length <= 0:
        raise TornRecordError(f"{_place(location)}: no such place")
    handle.seek(location.offset)
    data = handle.read(location.length + following)
    member, behind = data[: location.length], data[location.length :]
    if len(member) < location.length:
        raise TornRecordError(f"{_place(location)}: the file ends before the record does")
    for record in _records(member, location, _dictionary(handle, member)):
        if not location.record_id or record.fields.record_id == location.record_id:
            return record, behind
    raise TornRecordError(f"{_place(location)}: no whole record {location.record_id} stands there")


def _dictionary(handle: BinaryIO, data: bytes) -> Dictionary | None:
    """Return the dictionary that is needed to read `data` of a file."""
    return dictionary_of(handle) if data[: len(FRAME)] == FRAME else None


def _records(data: bytes, location: WarcLocation, dictionary: Dictionary | None) -> Iterator[StoredRecord]:
    """Give the records in `data`, which begins with the one at `location`."""
    for item in records_in(data, dictionary):
        fields = Fields(item.headers)
        place = WarcLocation(
            file=location.file,
            offset=location.offset + item.offset,
            length=item.length,
            record_id=fields.record_id,
        )
        yield StoredRecord(fields, item.block or b"", place)


def _following(
    behind: bytes, location: WarcLocation, dictionary: Dictionary | None
) -> Iterator[StoredRecord]:
    after = WarcLocation(
        file=location.file, offset=location.offset + location.length, length=len(behind), record_id=""
    )
    yield from _records(behind, after, dictionary)


def _run_id(collection: Path, handle: BinaryIO, location: WarcLocation, warcinfo_id: str) -> str | None:
    """Return the run of a file, from its first record. A warcinfo never changes, so it is read once."""
    if not warcinfo_id:
        return None
    key = (f"{collection}/{location.file}", warcinfo_id)
    if key not in _run_ids:
        handle.seek(0)
        item = next(scan(handle, handle.seek(0, 2)), None)
        run_id = None
        if isinstance(item, RawRecord) and item.block is not None:
            fields = Fields(item.headers)
            if fields.type == "warcinfo" and fields.record_id == warcinfo_id:
                run_id = run_id_of(StoredRecord(fields, item.block, location))
        with _run_ids_lock:
            if len(_run_ids) > 4096:
                _run_ids.clear()
            _run_ids[key] = run_id
    return _run_ids[key]


def _place(location: WarcLocation) -> str:
    return f"{location.file} at byte {location.offset}"
