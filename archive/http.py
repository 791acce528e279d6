"""HTTP/1 messages as servers really send them: heads, transfer codings, content codings. Pure functions.

Nothing here raises for what a server sent. A broken message gives what can be had of it and says so
(RFC 9112 for framing, RFC 9110 §8.4 for content codings).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import field, frozen

from archive.codings import remove_coding
from archive.model import Capture

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"\s*(\S+)[ \t]+(\d{3})(?:[ \t]+(.*))?\s*\Z", re.DOTALL)
_CHUNK_LINE = re.compile(rb"[ \t]*([0-9A-Fa-f]+)[ \t]*(?:;[^\n]*)?\r?\n")
_CUT_CHUNK_LINE = re.compile(rb"[ \t]*[0-9A-Fa-f]*[ \t]*(?:;[^\n]*)?\r?\Z")
_LONGEST_CHUNK_LINE = 16 << 10
_NO_CODING = frozenset({"", "identity", "none"})


@frozen
class Head:
    """A parsed response head, for reading only: the bytes themselves stay in `Capture.head`."""

    version: str
    """First word of the status line: "HTTP/1.1", "ICY"; "" where the line is not one."""
    status: int | None
    reason: str
    headers: tuple[tuple[str, str], ...] = ()
    """Names as sent; values decoded (UTF-8, else Latin-1), unfolded, without spaces around them."""

    def get(self, name: str) -> str | None:
        """Return the first value of a header, whatever the case of its name."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def get_all(self, name: str) -> list[str]:
        """Return every value of a header, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]


@frozen
class Payload:
    """A body with transfer and content coding removed."""

    data: bytes = field(repr=False)
    complete: bool
    """False where bytes are known to be missing: cut transfer, broken coding, or longer than the limit."""
    problem: str | None = None
    """What was wrong, in one line; None where nothing was."""


def parse_head(head: bytes) -> Head:
    """Parse a response head. Never raises: what is not a status line gives status None, what is not a
    header (no colon) is left out.
    """
    first, _, rest = head.partition(b"\n")
    match = _STATUS_LINE.match(first.rstrip(b"\r"))
    headers: list[tuple[str, str]] = []
    for raw in rest.split(b"\n"):
        line = raw.rstrip(b"\r")
        if not line:
            continue
        if line[:1] in b" \t" and headers:  # obs-fold (RFC 9112 §5.2)
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {_text(line).strip()}".strip())
            continue
        name_bytes, colon, value_bytes = line.partition(b":")
        if colon and name_bytes.strip():
            headers.append((_text(name_bytes).strip(), _text(value_bytes).strip()))
    if match is None:
        return Head("", None, "", tuple(headers))
    version, status, reason = match.groups()
    return Head(_text(version), int(status), _text(reason or b"").strip(), tuple(headers))


def split_message(block: bytes) -> tuple[bytes, bytes]:
    """Part a message into its head, blank line included, and its body. Lines may end in CRLF or LF.

    Without a blank line a block that opens like a status line is all head, anything else is all body.
    """
    length = head_length(block)
    return block[:length], block[length:]


def head_length(block: bytes) -> int:
    """Return the length of the head that `split_message` would part off."""
    end = blank_line_end(block)
    if end >= 0:
        return end
    return len(block) if block[:5] == b"HTTP/" else 0


def blank_line_end(data: bytes) -> int:
    """Return where the first blank line ends, -1 where there is none. Lines may end in CRLF or LF."""
    at = data.find(b"\r\n\r\n")
    if at >= 0 and data.count(b"\n", 0, at) == data.count(b"\r\n", 0, at):
        return at + 4  # no bare LF before it: ten times as fast as the expression
    match = _BLANK_LINE.search(data)
    return match.end() if match is not None else -1


def entity_of(head: bytes, body: bytes) -> bytes:
    """Return the body with its transfer coding removed: what WARC-Payload-Digest is taken over."""
    if b"transfer-encoding" not in head.lower():
        return body
    return entity_body(parse_head(head), body)[0]


def transfer_codings(head: Head) -> list[str]:
    """Return the transfer codings in the order in which they were applied, in lower case."""
    return _codings(head.get_all("Transfer-Encoding"))


def content_codings(head: Head) -> list[str]:
    """Return the content codings in the order in which they were applied, in lower case."""
    return _codings(head.get_all("Content-Encoding"))


def entity_body(head: Head, body: bytes) -> tuple[bytes, bool]:
    """Remove the transfer coding, keep the content coding.

    Returns the entity body and whether it is all there. This is what WARC-Payload-Digest is taken over
    (WARC 1.1 §5.9). `Transfer-Encoding` wins over `Content-Length` (RFC 9112 §6.3). A body that is labelled
    chunked but is not is returned as it is. More bytes than Content-Length says are kept.
    """
    codings = transfer_codings(head)
    if not codings:
        return body, _has_declared_length(head, len(body))
    data, complete = body, True
    if codings[-1] == "chunked":
        codings.pop()
        dechunker = Dechunker()
        data = b"".join(dechunker.feed(body))
        complete = dechunker.close()
    for coding in reversed(codings):
        if coding not in _NO_CODING and coding != "chunked":
            data, fault = remove_coding(coding, data, _TRANSFER_LIMIT)
            complete = complete and fault is None
    return data, complete


_TRANSFER_LIMIT = 256 << 20
"""`Transfer-Encoding: gzip` is so rare that only a bomb reaches this."""


class Dechunker:
    """Remove chunked coding piece by piece (RFC 9112 §7.1), leniently.

    Chunk extensions and trailers are dropped, LF alone ends a line. A body whose first line is no chunk size
    is not chunked at all: it passes as it is. A bad size later on ends the body there.
    """

    def __init__(self) -> None:
        self.chunked: bool | None = None
        """False: the body is not chunked after all. None: not known yet."""
        self._pending = b""
        self._left = 0
        self._state: Callable[[bytes, int, list[bytes | memoryview]], int] | None = self._size
        self._ended = False

    def feed(self, data: bytes) -> list[bytes | memoryview]:
        """Take the next bytes of the body; return the pieces of entity body that they complete."""
        if self._pending:
            data, self._pending = self._pending + data, b""
        out: list[bytes | memoryview] = []
        position = 0
        while self._state is not None and position < len(data):
            after = self._state(data, position, out)
            if after < 0:  # needs more than there is
                self._pending = data[position:]
                break
            position = after
        return out

    def close(self) -> bool:
        """Say whether the last chunk was seen (True also for a body that was not chunked at all)."""
        return self._ended or self.chunked is False

    def _size(self, data: bytes, at: int, _out: list[bytes | memoryview]) -> int:
        match = _CHUNK_LINE.match(data, at)
        if match is None:
            if len(data) - at < _LONGEST_CHUNK_LINE and _CUT_CHUNK_LINE.match(data, at):
                return -1
            if self.chunked is None:
                self.chunked = False
                self._state = self._raw
                return at
            self._state = None
            return len(data)
        self.chunked = True
        self._left = int(match[1], 16)
        if self._left == 0:
            self._ended, self._state = True, None  # trailers and what follows are no part of the body
            return len(data)
        self._state = self._data
        return match.end()

    def _data(self, data: bytes, at: int, out: list[bytes | memoryview]) -> int:
        end = min(at + self._left, len(data))
        out.append(memoryview(data)[at:end])
        self._left -= end - at
        if self._left == 0:
            self._state = self._line_end
        return end

    def _line_end(self, data: bytes, at: int, _out: list[bytes | memoryview]) -> int:
        if data[at : at + 1] == b"\r":
            if len(data) == at + 1:
                return -1
            at += 1
        if data[at : at + 1] == b"\n":
            at += 1
        self._state = self._size
        return at

    def _raw(self, data: bytes, at: int, out: list[bytes | memoryview]) -> int:
        out.append(data[at:])
        return len(data)


def payload_of(capture: Capture, limit: int) -> Payload:
    """Return the body of a capture with transfer and content coding removed, at most `limit` bytes.

    Broken codings give what can be had of them; a body that is not in the coding it is labelled with is
    given as it is. Decompression bombs stop at the limit.
    """
    head = parse_head(capture.head)
    data, complete = entity_body(head, capture.body)
    problem = None if complete else "transfer: the body ends too early"
    if capture.request.startswith(b"HEAD ") and not capture.body:
        complete, problem = True, None
    for coding in reversed(content_codings(head)):
        if coding in _NO_CODING or not data:
            continue
        data, fault = remove_coding(coding, data, limit)
        if fault is not None:
            problem = problem or fault.detail
            complete = complete and fault.whole
    if len(data) > limit:
        data, complete, problem = data[:limit], False, problem or f"longer than {limit} bytes"
    if capture.truncated is not None:
        complete, problem = False, problem or f"truncated: {capture.truncated}"
    return Payload(data, complete, problem)


def status_of(capture: Capture) -> int | None:
    """Return the status code, None where no status line came."""
    match = _STATUS_LINE.match(capture.head.partition(b"\n")[0].rstrip(b"\r"))
    return int(match[2]) if match else None


def content_type_of(capture: Capture) -> str | None:
    """Return the Content-Type header as sent, charset included."""
    return parse_head(capture.head).get("Content-Type") if capture.head else None


def _has_declared_length(head: Head, length: int) -> bool:
    if head.status is not None and (head.status in {204, 304} or head.status < 200):
        return True
    declared = head.get("Content-Length")
    if declared is None:
        return True  # the body ran until the connection was closed
    digits = declared.partition(",")[0].strip()
    return not (digits.isascii() and digits.isdigit() and len(digits) < 20) or length >= int(digits)


def _codings(values: list[str]) -> list[str]:
    names = (name.partition(";")[0].strip().lower() for value in values for name in value.split(","))
    return [name for name in names if name]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
