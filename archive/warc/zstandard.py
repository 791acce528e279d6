"""WARC files compressed with Zstandard (`.warc.zst`): one frame a record, as gzip has one member a record.

The file may begin with a dictionary in a skippable frame of its own kind, itself compressed or not; all its
frames then need it (the WARC-Zstandard proposal of the IIPC, and what ArchiveTeam's files look like).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

if sys.version_info >= (3, 14):  # pragma: no cover - the standard library's own from there on
    from compression import zstd
else:
    from backports import zstd

FRAME = b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_LARGEST_DICTIONARY = 32 << 20
_PIECE = 1 << 20
"""Bytes that come out at once, at most: a few bytes of a frame can stand for megabytes."""

Dictionary = zstd.ZstdDict
Error = zstd.ZstdError


def is_zstandard(start: bytes) -> bool:
    """Tell by the first four bytes."""
    return start == FRAME or _is_skippable(start)


def skippable_end(start: bytes) -> int | None:
    """Return where the skippable frame that begins with these eight bytes ends; None where it is none."""
    if len(start) < 8 or not _is_skippable(start[:4]):
        return None
    return 8 + int.from_bytes(start[4:8], "little")


def _is_skippable(start: bytes) -> bool:
    return len(start) == 4 and start[0] & 0xF0 == 0x50 and start[1:] == _DICTIONARY[1:]


def dictionary_of(handle: BinaryIO) -> Dictionary | None:
    """Return the dictionary that a file begins with; None where there is none, or none that can be read."""
    handle.seek(0)
    start = handle.read(8)
    if start[:4] != _DICTIONARY:
        return None
    length = int.from_bytes(start[4:8], "little")
    return _dictionary(handle.read(length)) if length <= _LARGEST_DICTIONARY else None


@lru_cache(maxsize=4)
def _dictionary(data: bytes) -> Dictionary | None:
    try:
        if data[:4] == FRAME:
            inflater = zstd.ZstdDecompressor()
            data = inflater.decompress(data, _LARGEST_DICTIONARY)
            if not inflater.eof:
                return None
        return Dictionary(data)
    except (zstd.ZstdError, ValueError):
        return None


class Inflater:
    """One frame that is decompressed."""

    def __init__(self, dictionary: Dictionary | None) -> None:
        self._inner = zstd.ZstdDecompressor(dictionary)

    @property
    def eof(self) -> bool:
        """Whether the frame is whole."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """Return what was fed behind the frame."""
        return self._inner.unused_data

    def feed(self, data: bytes | memoryview) -> Iterator[bytes]:
        """Give what the data stands for, piece by piece. Raises Error."""
        piece = self._inner.decompress(data, _PIECE)
        while True:
            if piece:
                yield piece
            if self._inner.eof or self._inner.needs_input:
                return
            piece = self._inner.decompress(b"", _PIECE)
