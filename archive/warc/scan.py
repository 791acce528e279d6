"""The one walk over a WARC file, record by record: for reading, repairing and verifying alike.

Gzip is taken member by member (Zstandard: frame by frame) with CRC and length checked, so that offsets and
lengths are exact, a torn tail is told from a whole one, and the records after damage are still found. Blocks
above a bound pass by without being held in memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal, cast

from attrs import field, frozen
from isal import isal_zlib

from archive.http import blank_line_end
from archive.warc.fields import first, read_fields
from archive.warc.records import Pairs
from archive.warc.zstandard import FRAME, Dictionary, Inflater, dictionary_of, is_zstandard, skippable_end
from archive.warc.zstandard import Error as ZstdError

MAGIC = b"\x1f\x8b\x08"
DEFAULT_MAX_BLOCK = 256 << 20
_STEP = 32 << 10
_BUFFER = 512 << 10
_LONGEST_HEAD = 256 << 10
_OPENING = b"WARC/"
_VERSION = re.compile(rb"WARC/\d\.\d+\r?\n")
_ISAL_ERROR = cast("type[Exception]", isal_zlib.error)

Compression = Literal["gzip", "zstd"]
_SIGNS: dict[Compression | None, bytes] = {"gzip": MAGIC, "zstd": FRAME, None: b"WARC/1."}

Feed = Callable[[memoryview], None]


@frozen
class RawRecord:
    """One record as it stands in the file."""

    offset: int
    """Of its gzip member or Zstandard frame; of the record itself in an uncompressed file."""
    length: int
    """Bytes on disk. In a file whose members hold several records: to the end of the file, at most."""
    version: str
    """ "WARC/1.1"."""
    headers: Pairs
    block: bytes | None = field(repr=False)
    """None where it is longer than the bound."""
    block_length: int
    well_ended: bool
    """Two line ends follow the block, and nothing else stands in the member."""
    alone: bool
    """False where its gzip member holds other records too."""


@frozen
class Damage:
    """A stretch of file that holds no whole record."""

    offset: int
    end: int
    """Where the next record that can be read begins; the size of the file where there is none."""
    reason: str
    at_tail: bool
    """Nothing readable follows."""


class _DamageError(Exception):
    """Inside this module: what stands here is no whole record. `end`: where the walk can go on, if known."""

    def __init__(self, reason: str, end: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.end = reason, end


class _File:
    """Reads ahead, at any offset, into one buffer."""

    def __init__(self, handle: BinaryIO, size: int) -> None:
        self._handle, self.size = handle, size
        self._buffer = memoryview(bytearray(min(_BUFFER, size)))
        self._base = self._filled = 0

    def at(self, offset: int, length: int) -> memoryview:
        """Return up to `length` bytes from `offset`, empty at the end. Valid until the next call."""
        length = min(length, self.size - offset, len(self._buffer))
        if length <= 0:
            return memoryview(b"")
        start = offset - self._base
        if start < 0 or start + length > self._filled:
            self._handle.seek(offset)
            self._base, self._filled, start = offset, 0, 0
            while self._filled < len(self._buffer):
                count = cast("io.BufferedReader", self._handle).readinto(self._buffer[self._filled :])
                if not count:
                    break
                self._filled += count
        return self._buffer[start : min(start + length, self._filled)]


class _Source:
    """The bytes of one gzip member, or of an uncompressed file, with what is read ahead of them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.ahead = b""
        self.taken = 0

    def more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self.ahead = self.ahead + piece if self.ahead else piece
        return True

    def take(self, length: int) -> bytes:
        data, self.ahead = self.ahead[:length], self.ahead[length:]
        self.taken += len(data)
        return data

    def head(self) -> bytes:
        """Take the record header, blank line included."""
        while len(self.ahead) < len(_OPENING) and self.more():
            pass
        if self.ahead[: len(_OPENING)] != _OPENING[: len(self.ahead)]:
            raise _DamageError("no WARC version line")
        while True:
            end = blank_line_end(self.ahead)
            if end >= 0:
                return self.take(end)
            if len(self.ahead) > _LONGEST_HEAD:
                raise _DamageError("no end of the record header")
            if not self.more():
                raise _DamageError("the file ends inside a record header")

    def block(self, length: int, bound: int, feed: Feed | None) -> bytes | None:
        """Take the block; one above the bound is fed on in pieces, or just passed over."""
        if len(self.ahead) >= length <= bound:
            return self.take(length)
        parts: list[bytes] = []
        left = length
        while left:
            if not self.ahead and not self.more():
                raise _DamageError(f"the block ends {left} bytes before its Content-Length")
            part = self.take(left)
            left -= len(part)
            if length <= bound:
                parts.append(part)
            elif feed is not None:
                feed(memoryview(part))
        return b"".join(parts) if length <= bound else None

    def line_ends(self) -> bool:
        """Take the two line ends after a block; say whether they were there."""
        while len(self.ahead) < 4 and self.more():
            pass
        found = self.ahead[:4] == b"\r\n\r\n"
        count = 4 if found else len(self.ahead[:4]) - len(self.ahead[:4].lstrip(b"\r\n"))
        self.take(count)
        return found


def scan(
    handle: BinaryIO,
    size: int,
    *,
    start: int = 0,
    max_block: int = DEFAULT_MAX_BLOCK,
    large: Callable[[Pairs], Feed] | None = None,
) -> Iterator[RawRecord | Damage]:
    """Walk over the records from offset `start` up to `size`.

    A block longer than `max_block` is not held: `large(headers)` may give a function that gets it piece by
    piece. Whether the file is compressed is seen from its first bytes, never from its name.
    """
    file = _File(handle, size)
    compression = _compression(bytes(file.at(start, 4))) or _compression(bytes(file.at(0, 4)))
    dictionary = dictionary_of(handle) if compression == "zstd" else None
    walk = _Walk(file, compression, dictionary=dictionary, max_block=max_block, large=large)
    offset = start
    while offset < size:
        try:
            yield from walk.records(offset)
            offset = walk.end
        except _DamageError as damage:
            end = damage.end if damage.end is not None else walk.resume(walk.record_start + 1)
            yield Damage(walk.record_start, end, damage.reason, at_tail=end >= size)
            offset = end


def _compression(start: bytes) -> Compression | None:
    if start[:2] == MAGIC[:2]:
        return "gzip"
    return "zstd" if is_zstandard(start) else None


def _walk_in(data: bytes, dictionary: Dictionary | None) -> _Walk:
    compression = _compression(data[:4])
    # one member cannot become larger than this: deflate packs at most 1032 to 1
    bound = DEFAULT_MAX_BLOCK if compression == "zstd" else len(data) * 1040 + 1024
    return _Walk(_Held(data), compression, dictionary=dictionary, max_block=bound, large=None)


def record_bytes(data: bytes, dictionary: Dictionary | None = None) -> bytes:
    """Return a record's own bytes, its gzip or Zstandard taken off; what stands before any damage."""
    walk, parts = _walk_in(data, dictionary), list[bytes]()
    if walk.compression is None:
        return data
    try:
        for part in walk.inflate(0):
            parts.append(part)
    except _DamageError:
        pass
    return b"".join(parts)


def records_in(data: bytes, dictionary: Dictionary | None = None) -> Iterator[RawRecord]:
    """Give the whole records that `data` begins with; stop where there is no further one.

    `dictionary`: that of its file, where it is compressed with Zstandard.
    """
    size = len(data)
    walk = _walk_in(data, dictionary)
    offset = 0
    try:
        while offset < size:
            yield from walk.records(offset)
            offset = walk.end
    except _DamageError:
        return


class _Held(_File):
    """The same over bytes that are already in memory."""

    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._data = memoryview(data)

    def at(self, offset: int, length: int) -> memoryview:
        return self._data[offset : offset + length]


class _Walk:
    def __init__(
        self,
        file: _File,
        compression: Compression | None,
        *,
        dictionary: Dictionary | None,
        max_block: int,
        large: Callable[[Pairs], Feed] | None,
    ) -> None:
        self.file, self.compression, self.dictionary = file, compression, dictionary
        self.max_block, self.large = max_block, large
        self.end = 0
        self.record_start = 0

    def records(self, offset: int) -> Iterator[RawRecord]:
        self.record_start = offset
        if self.compression is not None:
            yield from self._member(offset)
        else:
            yield from self._plain(offset)

    def resume(self, offset: int) -> int:
        """Return the offset of the next record that opens well, or the size of the file."""
        sign = _SIGNS[self.compression]
        while offset < self.file.size:
            window = bytes(self.file.at(offset, _BUFFER))
            at = window.find(sign)
            while at >= 0:
                if self._opens(offset + at):
                    return offset + at
                at = window.find(sign, at + 1)
            if len(window) <= len(sign):
                break
            offset += len(window) - len(sign) + 1
        return self.file.size

    def _opens(self, offset: int) -> bool:
        if self.compression is None:
            return _VERSION.match(bytes(self.file.at(offset, 16))) is not None
        try:
            if self.compression == "zstd":
                pieces = Inflater(self.dictionary).feed(bytes(self.file.at(offset, _STEP)))
                return _VERSION.match(next(pieces, b"")[:64]) is not None
            first = isal_zlib.decompressobj(wbits=31).decompress(self.file.at(offset, _STEP), 64)
        except (_ISAL_ERROR, ZstdError):
            return False
        return _VERSION.match(first) is not None

    def inflate(self, offset: int) -> Iterator[bytes]:
        """Give the bytes of the member at `offset`, and set `end` behind it once it is found whole."""
        if self.compression == "zstd":
            yield from self._inflate_frame(offset)
            return
        inflater = isal_zlib.decompressobj(wbits=31)
        step = _STEP
        while True:
            raw = self.file.at(offset, step)
            if not raw:
                raise _DamageError("the file ends inside a gzip member", self.file.size)
            try:
                data = inflater.decompress(raw)
            except _ISAL_ERROR as error:
                raise _DamageError(f"gzip: {error}") from error
            if inflater.eof:
                self.end = offset + len(raw) - len(inflater.unused_data)
                if data:
                    yield data
                return
            offset += len(raw)
            if data:
                yield data

    def _inflate_frame(self, offset: int) -> Iterator[bytes]:
        end = skippable_end(bytes(self.file.at(offset, 8)))
        if end is not None:
            if offset + end > self.file.size:
                raise _DamageError("the file ends inside a skippable frame", self.file.size)
            self.end = offset + end
            return
        inflater = Inflater(self.dictionary)
        while not inflater.eof:
            raw = bytes(self.file.at(offset, _STEP))
            if not raw:
                raise _DamageError("the file ends inside a zstd frame", self.file.size)
            try:
                yield from inflater.feed(raw)
            except ZstdError as error:
                raise _DamageError(f"zstd: {error}") from error
            offset += len(raw)
        self.end = offset - len(inflater.unused_data)

    def _member(self, offset: int) -> Iterator[RawRecord]:
        self.end = -1
        source = _Source(self.inflate(offset))
        if not source.more():
            return  # an empty member holds nothing; some writers end a file with one
        alone = True
        while True:
            try:
                version, headers, block, length, ended = self._record(source)
            except _DamageError as damage:
                if damage.end is None and self._drained(source):
                    raise _DamageError(damage.reason, self.end) from damage
                raise
            if not source.ahead:
                source.more()
            last = not source.ahead
            alone = alone and last
            if not last and not source.ahead.startswith(_OPENING):
                if not self._drained(source):  # pragma: no cover - _drained raises
                    return
                last, alone, ended = True, True, False
            stop = self.end if last else self.file.size
            yield RawRecord(offset, stop - offset, version, headers, block, length, ended, alone)
            if last:
                return

    def _drained(self, source: _Source) -> bool:
        """Read the member to its end, so that `end` is known; damage inside it is raised."""
        source.ahead = b""
        while source.more():
            source.ahead = b""
        return True

    def _plain(self, offset: int) -> Iterator[RawRecord]:
        source = _Source(self._chunks(offset))
        while True:
            while source.ahead[:1] in {b"\r", b"\n"} or (not source.ahead and source.more()):
                source.take(len(source.ahead) - len(source.ahead.lstrip(b"\r\n")))
            self.record_start = offset + source.taken
            if not source.ahead:
                self.end = self.file.size
                return
            version, headers, block, length, ended = self._record(source)
            stop = offset + source.taken
            if not ended and stop < self.file.size and not source.ahead.startswith(_OPENING):
                raise _DamageError("the block does not end where its Content-Length says")
            yield RawRecord(
                self.record_start,
                stop - self.record_start,
                version,
                headers,
                block,
                length,
                ended,
                alone=True,
            )

    def _chunks(self, offset: int) -> Iterator[bytes]:
        while True:
            data = bytes(self.file.at(offset, _STEP))
            if not data:
                return
            offset += len(data)
            yield data

    def _record(self, source: _Source) -> tuple[str, Pairs, bytes | None, int, bool]:
        head = source.head()
        match = _VERSION.match(head)
        if match is None:
            raise _DamageError("no WARC version line")
        headers = tuple(read_fields(head[match.end() :].rstrip(b"\r\n")))
        declared = first(headers, "Content-Length") or ""
        if not (declared.isascii() and declared.isdigit() and len(declared) < 19):
            raise _DamageError("no usable Content-Length")
        length = int(declared)
        feed = self.large(headers) if self.large is not None and length > self.max_block else None
        block = source.block(length, self.max_block, feed)
        ended = source.line_ends()
        return match[0].decode("ascii").strip(), headers, block, length, ended
