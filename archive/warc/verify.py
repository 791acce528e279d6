"""Every digest of a WARC file computed again, by the standard, and everything else that can be wrong with it.

Streaming: memory does not grow with the file or with its records. Works for the files of other crawlers too;
what is merely unusual there is a note, not a fault. Payload digests are taken over the body with its transfer
coding removed and its content coding kept (WARC 1.1 §5.9): `warcio check` and `fastwarc check -p` take the
chunked body and so find fault with files that are right (warcio#74).
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from attrs import define, field, frozen

from archive.errors import IntegrityError
from archive.http import Dechunker, entity_of, parse_head, split_message, transfer_codings
from archive.warc.blocks import UnreadableJsonError, read_extraction_body, run_from_json
from archive.warc.fields import parse_date
from archive.warc.parse import Fields
from archive.warc.records import IDENTICAL, JSON_TYPE, RUN_URI, Pairs
from archive.warc.scan import MAGIC, Damage, RawRecord, scan

_MAX_BLOCK = 4 << 20
_LONGEST_HTTP_HEAD = 1 << 20

CODES: dict[str, tuple[Literal["fault", "note"], str]] = {
    "unreadable": ("fault", "The file cannot be opened or read."),
    "empty_file": ("fault", "The file holds no record."),
    "torn": ("fault", "The file ends inside a record."),
    "damaged": ("fault", "A stretch of the file is no whole record: its CRC, framing or header is broken."),
    "block_digest": ("fault", "The block does not have the digest that was recorded for it."),
    "payload_digest": ("fault", "The payload does not have the digest that was recorded for it."),
    "header_missing": ("fault", "A mandatory field is missing: WARC-Record-ID, WARC-Type or WARC-Date."),
    "header_bad": ("fault", "A field has a value that the standard does not allow."),
    "record_end": ("fault", "The record is not followed by two line ends, or by something else."),
    "duplicate_id": ("fault", "Two records have the same WARC-Record-ID."),
    "concurrent_target": ("fault", "WARC-Concurrent-To names a record that is not in this file."),
    "concurrent_mismatch": ("fault", "Records of one capture differ in WARC-Date or WARC-Target-URI."),
    "revisit_incomplete": ("fault", "A revisit lacks its profile or, for an identical payload, its digest."),
    "revisit_mismatch": ("fault", "A revisit and its original, both in this file, have different digests."),
    "warcinfo_target": ("fault", "WARC-Warcinfo-ID names a record that is not in this file."),
    "json": ("fault", "An extraction or a run of ours cannot be read back."),
    "gzip_header": ("fault", "A gzip header differs from those of the other records of this file."),
    "payload_digest_raw": (
        "note",
        "The payload digest is that of the chunked body, not the standard's.",
    ),
    "digest_unknown": ("note", "A digest of a kind that is not known here; not checked."),
    "digest_missing": ("note", "The record has no block digest; only its framing was checked."),
    "no_warcinfo": ("note", "The file does not begin with a warcinfo record."),
    "member_not_record": ("note", "Records share a gzip member: the file cannot be read at random."),
    "still_open": ("note", "The file is being written, or its writer died (repair closes it)."),
}
"""Closed list. A note alone does not make a file bad."""


@frozen(kw_only=True)
class Fault:
    """One thing that is wrong, or to be known, about a WARC file."""

    file: str
    offset: int
    """Of the record; 0 where it is about the file."""
    record_id: str | None
    url: str | None = None
    """WARC-Target-URI, where the record's header can be read."""
    code: str
    """A key of `CODES`."""
    detail: str

    @property
    def is_note(self) -> bool:
        """True where nothing is wrong: the file stays as good as it was."""
        return CODES[self.code][0] == "note"


class _Hash(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...
    def digest(self) -> bytes: ...


@define(eq=False)
class _Digest:
    """A labelled digest (§5.8) that is being checked. Base32 or hex, in either case."""

    wanted: str
    hash: _Hash = field(init=False)
    known: bool = field(init=False, default=True)

    def __attrs_post_init__(self) -> None:
        name = self.wanted.partition(":")[0].strip().lower().replace("-", "")
        if name not in {"sha1", "sha256", "sha512", "sha384", "sha224", "md5"}:
            name, self.known = "sha1", False
        self.hash = hashlib.new(name, usedforsecurity=False)

    def matches(self) -> bool:
        found, value = self.hash.digest(), self.wanted.partition(":")[2].strip()
        base32 = base64.b32encode(found).decode("ascii").rstrip("=")
        return value.lower() == found.hex() or value.rstrip("=").upper() == base32


@define(eq=False)
class _Check:
    """Digests of one record, fed with its block in one piece or in many."""

    fields: Fields
    block: _Digest | None = field(init=False)
    payload: _Digest | None = field(init=False)
    raw: _Digest | None = field(init=False, default=None)
    """Over the body as it stands, to name files that were digested that way."""
    _http: bool = field(init=False, default=False)
    _head: bytes | None = field(init=False, default=b"")
    _dechunker: Dechunker | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        get = self.fields.get
        self.block = _Digest(get("warc-block-digest")) if get("warc-block-digest") else None
        wanted = get("warc-payload-digest")
        self.payload = _Digest(wanted) if wanted and self.fields.type != "revisit" else None
        # without HTTP round it, the block is the payload (§5.9)
        self._http = self.payload is not None and self.fields.media_type == "application/http"

    def whole(self, data: bytes) -> None:
        """Take a block that is held in memory."""
        if self.block is not None:
            self.block.hash.update(data)
        if self.payload is None:
            return
        if not self._http:
            self.payload.hash.update(data)
            return
        head, body = split_message(data)
        entity = entity_of(head, body)
        self.payload.hash.update(entity)
        if entity is not body:
            self.raw = _Digest(self.payload.wanted)
            self.raw.hash.update(body)

    def feed(self, piece: memoryview) -> None:
        """Take the next piece of a block that is too large for memory."""
        if self.block is not None:
            self.block.hash.update(piece)
        if self.payload is None:
            return
        if not self._http:
            self.payload.hash.update(piece)
        elif self._head is None:
            self._body(bytes(piece))
        else:
            self._head += bytes(piece)
            head, body = split_message(self._head)
            if (head and body) or len(self._head) > _LONGEST_HTTP_HEAD:
                self._begin(head)
                self._head = None
                self._body(body)

    def _begin(self, head: bytes) -> None:
        codings = transfer_codings(parse_head(head))
        if not codings or self.payload is None:
            return
        self._dechunker = Dechunker()
        self.raw = _Digest(self.payload.wanted)
        if codings != ["chunked"]:  # `gzip, chunked` of many megabytes: never met, not checked
            self.payload.known = False

    def _body(self, data: bytes) -> None:
        if self.raw is not None:
            self.raw.hash.update(data)
        if self.payload is not None:
            pieces = [data] if self._dechunker is None else self._dechunker.feed(data)
            for piece in pieces:
                self.payload.hash.update(piece)


@frozen
class _Seen:
    """What is kept of a record to check others against it."""

    url: str
    date: str
    payload_digest: str


Report = tuple[str, str]


def verify_file(path: Path) -> Iterator[Fault]:
    """Check a file to its end, whatever it holds; never raises for its content.

    Yields faults and notes (`Fault.is_note`). A change of one byte anywhere is found, except where it changes
    no byte of any record: the time, flag and system bytes of the gzip header of a file's only record, and
    the unused bits at the end of a deflate stream.
    """
    try:
        with path.open("rb") as handle:
            yield from _Verifier(str(path)).run(handle, os.fstat(handle.fileno()).st_size)
    except OSError as error:
        yield Fault(
            file=str(path), offset=0, record_id=None, code="unreadable", detail=error.strerror or str(error)
        )


def faults_only(path: Path) -> list[Fault]:
    """Return the faults of a file, notes left out."""
    return [fault for fault in verify_file(path) if not fault.is_note]


def require_whole(path: Path) -> None:
    """Raise IntegrityError with the first fault of a file, if it has one."""
    fault = next((fault for fault in verify_file(path) if not fault.is_note), None)
    if fault is not None:
        raise IntegrityError(f"{fault.file} at byte {fault.offset}: {fault.detail}")


@define(eq=False)
class _Verifier:
    file: str
    seen: dict[str, _Seen] = field(factory=dict)
    pending: list[tuple[int, Fields, str, str]] = field(factory=list)
    """Offset, record, code and target of references that are checked at the end of the file."""
    warcinfos: set[str] = field(factory=set)
    ours: bool = False
    gzip_header: bytes = b""
    shared_members: bool = False
    records: int = 0
    large: _Check | None = None

    def run(self, handle: BinaryIO, size: int) -> Iterator[Fault]:
        if self.file.endswith(".open"):
            yield self._fault(0, None, "still_open", "a writer has not finished it")
        for item in scan(handle, size, max_block=_MAX_BLOCK, large=self._large):
            if isinstance(item, Damage):
                code = "torn" if item.at_tail and "ends" in item.reason else "damaged"
                yield self._fault(item.offset, None, code, f"{item.reason}; readable again at {item.end}")
                self.large = None
                continue
            fields = Fields(item.headers)
            for code, detail in self._record(item, fields, handle):
                yield self._fault(item.offset, fields, code, detail)
        for offset, fields, code, detail in self._references():
            yield self._fault(offset, fields, code, detail)
        if not self.records:
            yield self._fault(0, None, "empty_file", "no record in it")

    def _fault(self, offset: int, fields: Fields | None, code: str, detail: str) -> Fault:
        record_id = fields.record_id or None if fields else None
        url = fields.url or None if fields else None
        return Fault(file=self.file, offset=offset, record_id=record_id, url=url, code=code, detail=detail)

    def _large(self, headers: Pairs) -> Callable[[memoryview], None]:
        self.large = _Check(Fields(headers))
        return self.large.feed

    def _record(self, item: RawRecord, fields: Fields, handle: BinaryIO) -> Iterator[Report]:
        self.records += 1
        if self.records == 1:
            yield from self._first(item, fields)
        if fields.type == "warcinfo":
            self.warcinfos.add(fields.record_id)
        yield from self._form(item, fields)
        yield from self._digests(item, fields)
        yield from self._content(item, fields)
        if self.ours and item.alone:
            yield from self._gzip(item, handle)
        if fields.record_id in self.seen:
            yield "duplicate_id", f"{fields.record_id} stands here again"
        self.seen[fields.record_id] = _Seen(
            fields.url, fields.get("warc-date"), fields.get("warc-payload-digest")
        )
        offset = item.offset
        targets = [("concurrent_target", target) for target in fields.get_all("warc-concurrent-to")]
        targets += [("warcinfo_target", target) for target in fields.get_all("warc-warcinfo-id")]
        if fields.type == "revisit":
            targets.append(("revisit_mismatch", fields.get("warc-refers-to")))
        self.pending += [(offset, fields, code, target) for code, target in targets]

    def _first(self, item: RawRecord, fields: Fields) -> Iterator[Report]:
        if fields.type != "warcinfo":
            yield "no_warcinfo", f"the first record is a '{fields.type}'"
        elif item.block is not None:
            self.ours = b"hemeroteca-run:" in item.block

    def _form(self, item: RawRecord, fields: Fields) -> Iterator[Report]:
        for name in ("warc-record-id", "warc-type", "warc-date"):
            if not fields.get(name):
                yield "header_missing", f"no {name}"
        if fields.get("warc-date") and parse_date(fields.get("warc-date")) is None:
            yield "header_bad", f"WARC-Date '{fields.get('warc-date')[:40]}'"
        if not item.well_ended:
            yield "record_end", "no two line ends behind the block"
        if not item.alone and not self.shared_members:
            self.shared_members = True
            yield "member_not_record", "several records in one gzip member"
        if fields.type == "revisit":
            if not fields.get("warc-profile"):
                yield "revisit_incomplete", "no WARC-Profile"
            elif fields.get("warc-profile") == IDENTICAL and not fields.get("warc-payload-digest"):
                yield "revisit_incomplete", "identical payload, but no WARC-Payload-Digest"

    def _digests(self, item: RawRecord, fields: Fields) -> Iterator[Report]:
        if item.block is None:
            check, self.large = self.large or _Check(fields), None
        else:
            check = _Check(fields)
            check.whole(item.block)
        if check.block is None:
            yield "digest_missing", "no WARC-Block-Digest"
        elif not check.block.known:
            yield "digest_unknown", check.block.wanted[:60]
        elif not check.block.matches():
            yield "block_digest", f"not {check.block.wanted[:120]}"
        payload = check.payload
        if payload is None:
            return
        if not payload.known:
            yield "digest_unknown", payload.wanted[:60]
        elif not payload.matches():
            raw = check.raw is not None and check.raw.matches()
            yield "payload_digest_raw" if raw else "payload_digest", f"not {payload.wanted[:120]}"

    def _content(self, item: RawRecord, fields: Fields) -> Iterator[Report]:
        """Read back what is ours."""
        if not self.ours or item.block is None or fields.media_type != JSON_TYPE:
            return
        try:
            if fields.type == "metadata":
                read_extraction_body(item.block)
            elif fields.url.startswith(RUN_URI):
                run_from_json(item.block)
        except UnreadableJsonError as error:
            yield "json", str(error)[:200]

    def _gzip(self, item: RawRecord, handle: BinaryIO) -> Iterator[Report]:
        """Our files have one gzip header throughout, so that even a changed time stamp shows."""
        place = handle.tell()
        handle.seek(item.offset)
        header = handle.read(10)
        handle.seek(place)
        if header[:2] == MAGIC[:2]:
            self.gzip_header = self.gzip_header or header
            if header != self.gzip_header:
                yield "gzip_header", f"{header.hex()} where the first record has {self.gzip_header.hex()}"

    def _references(self) -> Iterator[tuple[int, Fields, str, str]]:
        for offset, fields, code, target in self.pending:
            other = self.seen.get(target)
            if code == "concurrent_target":
                if other is None:
                    yield offset, fields, code, f"{target} is not in this file"
                elif (other.url, other.date) != (fields.url, fields.get("warc-date")):
                    yield offset, fields, "concurrent_mismatch", f"{target} has another date or target"
            elif code == "warcinfo_target":
                if target not in self.warcinfos and self.warcinfos:
                    yield offset, fields, code, f"{target} is no warcinfo of this file"
            elif other is not None:
                digests = {other.payload_digest, fields.get("warc-payload-digest")} - {""}
                if len(digests) > 1:
                    yield offset, fields, code, f"the original has {other.payload_digest}"
