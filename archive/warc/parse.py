"""Records back into captures, extractions and runs: ours, and those of other crawlers."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Literal, get_args

from attrs import define

from archive.http import split_message
from archive.model import (
    DOM_TYPE,
    Capture,
    Failure,
    Found,
    FoundBy,
    RevisitOf,
    StoredCapture,
    StoredExtraction,
    StoredFailure,
    StoredRun,
    Truncation,
    WarcLocation,
)
from archive.warc.blocks import UnreadableJsonError, read_extraction_body, run_from_json
from archive.warc.fields import first, parse_date, read_fields, unescape
from archive.warc.records import FIELDS_TYPE, JSON_TYPE, NOT_MODIFIED, RUN_URI, Pairs

_TRUNCATIONS = frozenset(get_args(Truncation))
_FOUND_BY = frozenset(get_args(FoundBy))
_RECORD_TYPES: dict[str, Literal["response", "revisit", "conversion"]] = {
    "response": "response",
    "revisit": "revisit",
    "conversion": "conversion",
}
_NOT_MODIFIED_10 = NOT_MODIFIED.replace("/1.1/", "/1.0/")


class Fields:
    """The header of a stored record, by lower-case name. Repeated names keep every value."""

    __slots__ = ("_first", "pairs", "record_id", "type", "url")

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self._first = {name.lower(): value for name, value in reversed(pairs)}
        get = self._first.get
        self.type = get("warc-type", "").lower()
        """WARC-Type in lower case."""
        identity = get("warc-record-id", "")
        self.record_id = identity if not identity or identity[0] == "<" else f"<{identity}>"
        """WARC-Record-ID with its angle brackets, which a few writers leave out."""
        url = get("warc-target-uri", "")
        self.url = url[1:-1] if url[:1] == "<" and url[-1:] == ">" else url
        """WARC-Target-URI, without the angle brackets that wget 1.19 and 1.20 put round it."""

    def get(self, name: str) -> str:
        """Return the first value of a field, "" where there is none. `name` in lower case."""
        return self._first.get(name, "")

    def get_all(self, name: str) -> list[str]:
        """Return every value. `name` in lower case."""
        if name not in self._first:
            return []
        return [value for key, value in self.pairs if key.lower() == name]

    @property
    def date(self) -> datetime | None:
        """WARC-Date, aware UTC."""
        return parse_date(self.get("warc-date"))

    @property
    def media_type(self) -> str:
        """Content-Type in lower case, without parameters."""
        return self.get("content-type").partition(";")[0].strip().lower()


@define(eq=False)
class StoredRecord:
    """A record with its place: what `scan` gives once its block is known to be whole."""

    fields: Fields
    block: bytes
    location: WarcLocation

    @property
    def is_exchange(self) -> bool:
        """True for what can be a capture: an HTTP response or revisit."""
        fields = self.fields
        if fields.type not in {"response", "revisit"} or not fields.url:
            return False
        if fields.media_type == "application/http":
            return True
        return not fields.media_type and (not self.block or self.block[:5] == b"HTTP/")

    @property
    def is_rendering(self) -> bool:
        """True for a page's DOM; other conversions (texts, pictures) are no captures."""
        fields = self.fields
        return (
            fields.type == "conversion"
            and bool(fields.url)
            and bool(fields.get("warc-refers-to"))
            and fields.get("content-type").lower().replace(" ", "") == DOM_TYPE
        )

    @property
    def is_failure(self) -> bool:
        """True for our metadata record of a fetch that gave no response."""
        return (
            self.fields.type == "metadata"
            and self.fields.media_type == FIELDS_TYPE
            and not self.fields.get("warc-concurrent-to")
            and b"hemeroteca-fetch-status:" in self.block
        )


def capture_of(
    main: StoredRecord,
    request: StoredRecord | None,
    metadata: StoredRecord | None,
    run_id: str | None,
) -> StoredCapture | StoredFailure | None:
    """Put a capture together from its records; None where the first has no usable date."""
    fields = main.fields
    fetched_at = fields.date
    if fetched_at is None:
        return None
    failed = fields.type == "metadata"
    described = main if failed else metadata
    notes = dict(_lower(read_fields(described.block))) if described is not None else {}
    if fields.type == "conversion":
        head, body = b"", main.block
    else:
        head, body = (b"", b"") if failed else _head_and_body(main, notes)
    truncated = fields.get("warc-truncated").lower()
    if failed or fields.type == "revisit":
        truncated = notes.get("hemeroteca-truncated", "")
    elif truncated and truncated not in _TRUNCATIONS:
        truncated = "unspecified"
    capture = Capture(
        url=fields.url,
        fetched_at=fetched_at,
        request=request.block if request is not None else b"",
        head=head,
        body=body,
        ip=fields.get("warc-ip-address") or None,
        protocol=tuple(fields.get_all("warc-protocol")),
        cipher=fields.get("warc-cipher-suite") or None,
        truncated=truncated if truncated in _TRUNCATIONS else None,  # type: ignore[arg-type]
        interim=_unbase64(notes.get("hemeroteca-interim-head", "")),
        duration_ms=_integer(notes.get("fetchtimems")),
        found=_found(notes),
        failure=_failure(notes),
        revisit_of=_revisit_of(fields) if fields.type == "revisit" else None,
        for_browser="hemeroteca-for-browser" in notes,
    )
    if failed:
        return StoredFailure(capture=capture, location=main.location, run_id=run_id)
    return StoredCapture(
        capture=capture,
        location=main.location,
        record_type=_RECORD_TYPES[fields.type],
        payload_digest=fields.get("warc-payload-digest") or None,
        run_id=run_id,
        converted_from=fields.get("warc-refers-to") if fields.type == "conversion" else None,
    )


def extraction_of(record: StoredRecord) -> StoredExtraction | None:
    """Return an extraction of ours; None for any other record, and for a schema that is not known here."""
    fields = record.fields
    if fields.type != "metadata" or fields.media_type != JSON_TYPE or not fields.get("warc-refers-to"):
        return None
    extracted_at = fields.date
    if extracted_at is None or b'"extraction"' not in record.block:
        return None
    try:
        stored = read_extraction_body(record.block)
    except UnreadableJsonError:
        return None
    return StoredExtraction(
        extraction=stored.extraction,
        capture_record_id=fields.get("warc-refers-to"),
        url=stored.url,
        fetched_at=stored.captured_at,
        extracted_at=extracted_at,
        location=record.location,
    )


def run_of(record: StoredRecord) -> StoredRun | None:
    """Return a run of ours; None for any other record."""
    if record.fields.type != "resource" or not record.fields.url.startswith(RUN_URI):
        return None
    try:
        return StoredRun(run=run_from_json(record.block), location=record.location)
    except UnreadableJsonError:
        return None


def run_id_of(warcinfo: StoredRecord) -> str | None:
    """Return the run that a warcinfo of ours names; None for those of other crawlers."""
    return first(read_fields(warcinfo.block), "hemeroteca-run")


def _head_and_body(main: StoredRecord, notes: dict[str, str]) -> tuple[bytes, bytes]:
    block = main.block
    if main.fields.type == "revisit" and not block:
        return _unbase64(notes.get("hemeroteca-not-modified-head", "")), b""
    length = _integer(notes.get("hemeroteca-head-length"))
    if length is not None and 0 <= length <= len(block):
        return block[:length], block[length:]
    return split_message(block)


def _found(notes: dict[str, str]) -> Found:
    by = notes.get("hemeroteca-found-by", "")
    texts = {name: notes.get(f"hemeroteca-found-{name}") for name in ("section", "title", "date")}
    return Found(
        by=by if by in _FOUND_BY else "seed",  # type: ignore[arg-type]
        via=notes.get("via"),
        hop=unescape(notes.get("hopsfromseed", "")),
        position=_integer(notes.get("hemeroteca-found-position")),
        **{name: unescape(text) if text is not None else None for name, text in texts.items()},
    )


def _failure(notes: dict[str, str]) -> Failure | None:
    code = _integer(notes.get("hemeroteca-fetch-status"))
    if code is None:
        return None
    return Failure(code=code, reason=unescape(notes.get("hemeroteca-fetch-reason", "")))


def _revisit_of(fields: Fields) -> RevisitOf | None:
    """What the record says of its original. WARC 1.0 has no Refers-To-Date: the date is then its own."""
    url, date = fields.get("warc-refers-to-target-uri"), parse_date(fields.get("warc-refers-to-date"))
    own = fields.date
    if own is None:
        return None
    digest = fields.get("warc-payload-digest") or None
    return RevisitOf(
        record_id=fields.get("warc-refers-to"),
        url=url.strip("<>") or fields.url,
        fetched_at=date or own,
        payload_digest=digest,
    )


def _lower(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in pairs]


def _integer(text: str | None) -> int | None:
    try:
        return int(text) if text is not None and len(text) < 20 else None
    except ValueError:
        return None


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
