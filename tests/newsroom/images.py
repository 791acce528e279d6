"""Tiny real pictures, made in code: one flat colour each, so that different photos have different bytes."""

from __future__ import annotations

import struct
import zlib


def png(seed: int, size: int = 16) -> bytes:
    """Return a PNG of one colour (ISO/IEC 15948)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    colour = bytes((seed * 37 % 256, seed * 91 % 256, seed * 151 % 256))
    rows = (b"\0" + colour * size) * size
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def jpeg(seed: int) -> bytes:
    """Return a baseline grey JPEG of 8 by 8 pixels, one flat tone (ITU-T T.81)."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    tone = seed * 53 % 255 - 127
    # Huffman tables: sixteen 4-bit codes less one for DC sizes 0 to 11, one 1-bit code (end of block) for AC.
    counts = bytes([0, 0, 0, 12] + [0] * 12)
    size = abs(tone).bit_length()
    extra = tone if tone > 0 else tone + (1 << size) - 1
    bits = f"{size:04b}" + (f"{extra:0{size}b}" if size else "") + "0"
    bits += "1" * (-len(bits) % 8)
    scan = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)).replace(b"\xff", b"\xff\x00")
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + segment(0xDB, b"\0" + bytes([8] * 64))
        + segment(0xC0, struct.pack(">BHHBBBB", 8, 8, 8, 1, 1, 0x11, 0))
        + segment(0xC4, b"\x00" + counts + bytes(range(12)))
        + segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + scan
        + b"\xff\xd9"
    )
