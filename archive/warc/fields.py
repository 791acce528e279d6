"""`application/warc-fields`, header values and digests: the small grammar that WARC records are made of.

WARC 1.1 §4 (fields), §5.8 (labelled digests), §5.4 (dates).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import unquote_to_bytes

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_URI = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff<>]")
_NOT_IN_VALUE = re.compile(
    r"%|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\A[ \t\u3000\xa0]|[ \t\u3000\xa0]\Z"
)
_BLANKS = " \t\r"
_FOLD = frozenset(" \t")
_BASE32 = [a + b for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"]
_SHIFTS = range(150, -1, -10)
_DATE = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d):?(\d\d):?(\d\d)?(?:\.(\d+))?)?)?)?\s*Z?\Z")


def one_line(text: str) -> str:
    """Make a header value of any text: control characters, line ends among them, become spaces.

    No operator name, cipher name or host can break a header with this.
    """
    return " ".join(_CONTROL.sub(" ", text).split()) if _CONTROL.search(text) else text.strip()


def uri(text: str) -> str:
    """Percent-encode what cannot stand in a WARC-Target-URI: spaces, control characters, `<`, `>`.

    Everything else stays as requested, non-ASCII letters too (they are written as UTF-8).
    """
    return _NOT_IN_URI.sub(_percent, text) if _NOT_IN_URI.search(text) else text


def escape(value: str) -> str:
    """Make one line of a value, reversibly: `%`, control characters and outer spaces are percent-encoded."""
    return _NOT_IN_VALUE.sub(_percent, value) if _NOT_IN_VALUE.search(value) else value


def unescape(value: str) -> str:
    """Undo `escape`."""
    return unquote_to_bytes(value).decode("utf-8", "surrogatepass") if "%" in value else value


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))


def write_fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Write warc-fields: one `name: value` a line, CRLF, UTF-8."""
    return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("utf-8", "replace")


def read_fields(block: bytes) -> list[tuple[str, str]]:
    """Read warc-fields or the fields of a record header, in order, leniently: LF ends a line, folded lines
    are joined, lines without a colon are left out, undecodable bytes are read as Latin-1.
    """
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = block.decode("latin-1")
    fields: list[tuple[str, str]] = []
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if line[:1] in _FOLD and fields and line.strip():
            fields[-1] = (fields[-1][0], " ".join((fields[-1][1], line.strip(_BLANKS))))
        elif colon:
            fields.append((name.strip(_BLANKS), value.strip(_BLANKS)))
    return fields


def first(fields: Iterable[tuple[str, str]], name: str) -> str | None:
    """Return the first value of a field, whatever the case of its name."""
    wanted = name.lower()
    for key, value in fields:
        if key == name or key.lower() == wanted:
            return value
    return None


def sha1(*parts: bytes | memoryview) -> str:
    """Return `sha1:` and upper-case Base32 (WARC 1.1 §5.8, community recommendation)."""
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    number = int.from_bytes(digest.digest(), "big")  # two letters at a time: base64.b32encode is slow
    return "sha1:" + "".join([_BASE32[number >> shift & 1023] for shift in _SHIFTS])


def utc(moment: datetime) -> datetime:
    """Return the same moment in UTC; a naive one is taken for UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def warc_date(moment: datetime) -> str:
    """Write a WARC-Date with microseconds: 2026-11-23T08:15:00.000042Z."""
    return utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_date(text: str | None) -> datetime | None:
    """Read a WARC-Date of any precision (1.1: year to nanosecond; 1.0: seconds; also 14 digits)."""
    match = _DATE.match(text.strip()) if text else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction = match.groups()
    try:
        return datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),
            int((fraction or "0")[:6].ljust(6, "0")),
            UTC,
        )
    except ValueError:
        return None
