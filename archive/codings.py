"""Content codings removed within bounds: gzip, deflate, br, zstd (RFC 9110 §8.4.1, RFC 7932, RFC 8878). Pure.

`remove_coding` never raises. It stops at a limit, so that a few kilobytes cannot become gigabytes, and of a
broken stream it gives what stands before the break.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Protocol, cast

import brotli
from attrs import frozen
from isal import isal_zlib

if sys.version_info >= (3, 14):  # pragma: no cover - the standard library's own from there on
    from compression import zstd
else:
    from backports import zstd

_SALVAGE_STEP = 512
_CUT = "the stream ends too early"


@frozen
class CodingFault:
    """Why the result of `remove_coding` is not simply the decoded data."""

    detail: str
    whole: bool
    """True where no byte is missing: the data was only labelled wrongly."""


class _Decoder(Protocol):
    """One stream: `feed(data, room)` gives about `room` bytes at most and keeps the input it did not need."""

    finished: bool

    def feed(self, data: bytes | memoryview, room: int) -> bytes: ...
    def rest(self) -> bytes: ...


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._inner = isal_zlib.decompressobj(wbits=wbits)
        self.finished = False
        self._held = b""

    def feed(self, data: bytes | memoryview, room: int) -> bytes:
        out: bytes = self._inner.decompress(b"".join((self._held, data)) if self._held else data, room)
        self._held = self._inner.unconsumed_tail
        self.finished = self._inner.eof
        return out

    def rest(self) -> bytes:
        unused: bytes = self._inner.unused_data
        return unused


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self.finished = False

    def feed(self, data: bytes | memoryview, room: int) -> bytes:
        parts = [self._inner.process(bytes(data), output_buffer_limit=room)]
        size = len(parts[0])
        while (
            parts[-1] and size < room and not self._inner.is_finished()
        ):  # of a cut stream it holds some back
            parts.append(self._inner.process(b"", output_buffer_limit=room - size))
            size += len(parts[-1])
        self.finished = self._inner.is_finished()
        return b"".join(parts)

    def rest(self) -> bytes:
        return b""


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstd.ZstdDecompressor()
        self.finished = False

    def feed(self, data: bytes | memoryview, room: int) -> bytes:
        out = self._inner.decompress(data, room)
        self.finished = self._inner.eof
        return out

    def rest(self) -> bytes:
        return self._inner.unused_data


_ISAL_ERROR = cast("type[Exception]", isal_zlib.error)  # its stub says it is an instance
_ERRORS = (_ISAL_ERROR, zlib.error, brotli.error, zstd.ZstdError, EOFError, ValueError, MemoryError)


def remove_coding(coding: str, data: bytes, limit: int) -> tuple[bytes, CodingFault | None]:
    """Decode `data` from one content coding, at most `limit` bytes.

    Returns the decoded bytes and what was wrong: None for nothing. Data that is not in that coding at all
    comes back as it is, with a fault that says so; so does data in a coding that nobody here knows.
    """
    if coding in {"gzip", "x-gzip"}:
        makers = [_gzip] if data[:2] == b"\x1f\x8b" else []
    elif coding == "deflate":  # some servers send the bare stream (RFC 9110 §8.4.1.2, note)
        makers = [_deflate, _bare_deflate] if _looks_like_zlib(data) else [_bare_deflate]
    elif coding == "br":
        makers = [_Brotli]
    elif coding == "zstd":
        makers = [_Zstd] if _looks_like_zstd(data) else []
    else:
        return data, CodingFault(f"content coding '{coding[:40]}' is not known; kept as sent", whole=True)
    best, detail = b"", ""
    for make in makers:
        out, fault = _decode(make, data, limit)
        if fault is None:
            return out, None
        best, detail = out, fault
        if best:
            break
    if best or (detail and coding in {"gzip", "x-gzip", "zstd"}):  # these two say by a magic what they are
        return best, CodingFault(f"{coding}: {detail}", whole=False)
    cut = detail == _CUT
    return data[:limit], CodingFault(f"labelled {coding} but is not; kept as sent", whole=not cut)


def _gzip() -> _Decoder:
    return _Zlib(31)


def _deflate() -> _Decoder:
    return _Zlib(15)


def _bare_deflate() -> _Decoder:
    return _Zlib(-15)


def _decode(make: Callable[[], _Decoder], data: bytes, limit: int) -> tuple[bytes, str | None]:
    """Decode one stream after another (gzip members, zstd frames); what follows the last is ignored."""
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest:
        try:
            decoder = make()
            out = decoder.feed(rest, limit - size + 1)
        except _ERRORS:
            if parts:
                break  # padding or junk after a whole stream: browsers ignore it too
            parts.append(_salvage(make, rest, limit))
            return parts[0], "the stream is broken"
        parts.append(out)
        size += len(out)
        if size > limit:
            return b"".join(parts)[:limit], f"longer than {limit} bytes"
        if not decoder.finished:
            return b"".join(parts), _CUT
        rest = decoder.rest()
    return b"".join(parts), None


def _salvage(make: Callable[[], _Decoder], data: bytes, limit: int) -> bytes:
    """Give what stands before the break: a decoder that raises keeps back what that call had decoded, so
    the step that raises is done again byte by byte.
    """
    good = _steps(make(), data, _SALVAGE_STEP, 0, limit)[1]
    decoder = make()
    try:
        start = decoder.feed(data[:good], limit) if good else b""
    except _ERRORS:  # pragma: no cover - the same bytes have just been taken
        return b""
    if len(start) >= limit or decoder.finished:
        return start
    return start + _steps(decoder, data, 1, good, limit - len(start))[0]


def _steps(decoder: _Decoder, data: bytes, step: int, at: int, limit: int) -> tuple[bytes, int]:
    parts: list[bytes] = []
    size = 0
    while at < len(data) and size < limit and not decoder.finished:
        try:
            parts.append(decoder.feed(memoryview(data)[at : at + step], limit - size))
        except _ERRORS:
            break
        size += len(parts[-1])
        at += step
        if step == 1 and len(parts) > _SALVAGE_STEP:
            break
    return b"".join(parts), min(at, len(data))


def _looks_like_zlib(data: bytes) -> bool:
    return len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


def _looks_like_zstd(data: bytes) -> bool:
    return data[:4] == b"\x28\xb5\x2f\xfd" or (data[1:4] == b"\x2a\x4d\x18" and data[0] & 0xF0 == 0x50)
