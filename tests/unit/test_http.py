"""HTTP messages as servers really send them."""

import gzip
import random
import zlib
from datetime import UTC, datetime

import brotli
import pytest

from archive.codings import zstd
from archive.http import (
    Dechunker,
    content_type_of,
    entity_body,
    parse_head,
    payload_of,
    split_message,
    status_of,
)
from archive.model import Capture

HTML = "<p>Hà Nội – l’été 新闻 أخبار ข่าว</p>".encode() * 200
LIMIT = 1 << 20


def capture(head: bytes, body: bytes, **more) -> Capture:
    return Capture(
        url="https://x.vn/", fetched_at=datetime(2026, 1, 1, tzinfo=UTC), head=head, body=body, **more
    )


def ok(*lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", *lines, b"", b""))


@pytest.mark.parametrize(
    ("line", "version", "status", "reason"),
    [
        (b"HTTP/1.1 200 OK", "HTTP/1.1", 200, "OK"),
        ("HTTP/1.1 200 Très Bien".encode(), "HTTP/1.1", 200, "Très Bien"),
        ("HTTP/1.1 200 Très Bien".encode("latin-1"), "HTTP/1.1", 200, "Très Bien"),
        (b"HTTP/1.0 404", "HTTP/1.0", 404, ""),
        (b"HTTP/1.1  503   Busy  now ", "HTTP/1.1", 503, "Busy  now"),
        (b"ICY 200 OK", "ICY", 200, "OK"),
        (b"HTTP/2 204 ", "HTTP/2", 204, ""),
        (b"HTTP/1.1 2000 OK", "", None, ""),
        (b"HTTP/1.1", "", None, ""),
        (b"<html>", "", None, ""),
        (b"", "", None, ""),
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_status_line(line, version, status, reason, end):
    head = parse_head(line + end + b"A: b" + end + end)
    assert (head.version, head.status, head.reason) == (version, status, reason)
    assert head.get("a") == "b"
    assert status_of(capture(line + end + end, b"")) == status


def test_headers_keep_case_order_and_repeats_and_are_unfolded():
    head = parse_head(
        b"HTTP/1.1 200 OK\r\nsErVeR: nginx\r\nX-Dup: 1\r\nno colon here\r\nx-dup:2\r\n"
        b"X-Fold: a\r\n\t b\r\nX-Latin: caf\xe9\r\nEmpty:\r\n: nameless\r\n\r\n"
    )
    assert head.headers == (
        ("sErVeR", "nginx"),
        ("X-Dup", "1"),
        ("x-dup", "2"),
        ("X-Fold", "a b"),
        ("X-Latin", "café"),
        ("Empty", ""),
    )
    assert head.get_all("X-DUP") == ["1", "2"]
    assert head.get("nothing") is None


@pytest.mark.parametrize(
    ("block", "head", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", b"body\r\n\r\n"),
        (b"HTTP/1.1 200 OK\nA: b\n\nbody", b"HTTP/1.1 200 OK\nA: b\n\n", b"body"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\nbody", b"HTTP/1.1 200 OK\r\nA: b\r\n\n", b"body"),
        (b"HTTP/1.1 200 OK\r\nA: b", b"HTTP/1.1 200 OK\r\nA: b", b""),
        (b"not a head at all", b"", b"not a head at all"),
        (b"", b"", b""),
    ],
)
def test_split_message(block, head, body):
    assert split_message(block) == (head, body)


CHUNKED = parse_head(ok(b"Transfer-Encoding: Chunked"))


@pytest.mark.parametrize(
    ("body", "data", "complete"),
    [
        (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde", True),
        (b'3;name="v;x"\r\nabc\r\n0;last\r\nX-Trailer: leak\r\n\r\nexcess', b"abc", True),
        (b"3\nabc\n0\n\n", b"abc", True),
        (b"0003 \r\nabc\r\n0\r\n\r\n", b"abc", True),
        (b"A\r\n0123456789\r\n0\r\n", b"0123456789", True),
        (b"3\r\nabc\r\n", b"abc", False),
        (b"3\r\nab", b"ab", False),
        (b"1f", b"", False),
        (b"", b"", False),
        (b"3\r\nabc\r\nzz\r\nrest", b"abc", False),
        (b"ffffffffffffffffffffff\r\nabc", b"abc", False),
        (b"<html>never chunked</html>", b"<html>never chunked</html>", True),
    ],
)
def test_dechunking_is_lenient(body, data, complete):
    assert entity_body(CHUNKED, body) == (data, complete)
    dechunker = Dechunker()
    pieces = b"".join(piece for byte in body for piece in map(bytes, dechunker.feed(bytes([byte]))))
    assert (pieces, dechunker.close()) == (data, complete)


def test_transfer_encoding_wins_over_content_length():
    head = parse_head(ok(b"Content-Length: 2", b"Transfer-Encoding: chunked"))
    assert entity_body(head, b"3\r\nabc\r\n0\r\n\r\n") == (b"abc", True)


def test_gzip_as_transfer_coding_is_removed():
    packed = gzip.compress(HTML)
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    assert entity_body(parse_head(ok(b"Transfer-Encoding: gzip, chunked")), body) == (HTML, True)
    assert (
        entity_body(parse_head(ok(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked")), body)[0]
        == HTML
    )


@pytest.mark.parametrize(
    ("head", "body", "complete"),
    [
        (ok(b"Content-Length: 3"), b"abc", True),
        (ok(b"Content-Length: 4"), b"abc", False),
        (ok(b"Content-Length: 2"), b"abc", True),
        (ok(b"Content-Length: four"), b"abc", True),
        (ok(b"Content-Length: \xc2\xb2"), b"abc", True),
        (ok(b"Content-Length: -1"), b"abc", True),
        (ok(), b"abc", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b"", True),
        (b"", b"abc", True),
    ],
)
def test_content_length(head, body, complete):
    assert entity_body(parse_head(head), body) == (body, complete)


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstd.compress,
}


def bare_deflate(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-15)


@pytest.mark.parametrize("coding", ENCODERS)
def test_content_codings(coding):
    found = payload_of(capture(ok(b"Content-Encoding: " + coding.encode()), ENCODERS[coding](HTML)), LIMIT)
    assert (found.data, found.complete, found.problem) == (HTML, True, None)


@pytest.mark.parametrize("coding", ENCODERS)
def test_an_empty_coded_body_is_empty(coding):
    found = payload_of(capture(ok(b"Content-Encoding: " + coding.encode()), ENCODERS[coding](b"")), LIMIT)
    assert (found.data, found.complete) == (b"", True)


def test_bare_deflate_and_several_codings_and_several_members():
    assert payload_of(capture(ok(b"Content-Encoding: deflate"), bare_deflate(HTML)), LIMIT).data == HTML
    twice = brotli.compress(gzip.compress(HTML))
    assert payload_of(capture(ok(b"Content-Encoding: gzip, br"), twice), LIMIT).data == HTML
    assert (
        payload_of(capture(ok(b"Content-Encoding: gzip", b"content-encoding: br"), twice), LIMIT).data == HTML
    )
    members = gzip.compress(HTML[:999]) + gzip.compress(HTML[999:])
    assert payload_of(capture(ok(b"Content-Encoding: gzip"), members), LIMIT).data == HTML
    frames = zstd.compress(HTML[:999]) + zstd.compress(HTML[999:])
    assert payload_of(capture(ok(b"Content-Encoding: zstd"), frames), LIMIT).data == HTML
    padded = gzip.compress(HTML) + b"\0" * 20
    found = payload_of(capture(ok(b"Content-Encoding: gzip"), padded), LIMIT)
    assert (found.data, found.problem) == (HTML, None)


@pytest.mark.parametrize("coding", [*ENCODERS, "identity", "none", "rot13"])
def test_a_wrong_label_gives_the_body_as_it_is(coding):
    found = payload_of(capture(ok(b"Content-Encoding: " + coding.encode()), HTML), LIMIT)
    assert (found.data, found.complete) == (HTML, True)
    assert (found.problem is None) == (coding in {"identity", "none"})


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_broken_stream_gives_what_stands_before_the_break(coding):
    page = random.Random(7).randbytes(400_000).hex().encode()
    packed = ENCODERS[coding](page)
    head = ok(b"Content-Encoding: " + coding.encode())
    cut = payload_of(capture(head, packed[: len(packed) // 2]), LIMIT)
    assert page.startswith(cut.data)
    assert len(cut.data) > len(page) // 3
    assert not cut.complete
    assert "too early" in cut.problem
    if coding in {"gzip", "deflate"}:  # these two carry a checksum
        flipped = bytearray(packed)
        flipped[-2] ^= 0x40
        broken = payload_of(capture(head, bytes(flipped)), LIMIT)
        assert page.startswith(broken.data)
        assert len(broken.data) > len(page) * 0.99
        assert (broken.complete, broken.problem) == (False, f"{coding}: the stream is broken")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stops_at_the_limit(coding):
    bomb = ENCODERS[coding](bytes(20_000_000))
    found = payload_of(capture(ok(b"Content-Encoding: " + coding.encode()), bomb), 100_000)
    assert (len(found.data), found.complete) == (100_000, False)
    assert "100000" in found.problem
    nested = gzip.compress(ENCODERS[coding](bytes(20_000_000)))
    both = payload_of(capture(ok(b"Content-Encoding: " + coding.encode() + b", gzip"), nested), 100_000)
    assert len(both.data) <= 100_000


def test_plain_bodies_obey_the_limit_and_truncation_shows():
    found = payload_of(capture(ok(), b"x" * 50), 10)
    assert (found.data, found.complete) == (b"x" * 10, False)
    cut = payload_of(capture(ok(), b"abc", truncated="time"), LIMIT)
    assert (cut.data, cut.complete, cut.problem) == (b"abc", False, "truncated: time")
    head_only = capture(ok(b"Content-Length: 900"), b"", request=b"HEAD / HTTP/1.1\r\n\r\n")
    assert payload_of(head_only, LIMIT).complete


def test_content_type_as_sent():
    assert content_type_of(capture(ok(b"content-TYPE:  text/html; charset=TIS-620 "), b"")) == (
        "text/html; charset=TIS-620"
    )
    assert content_type_of(capture(ok(), b"")) is None
    assert content_type_of(capture(b"", b"")) is None
