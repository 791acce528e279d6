"""Captures, extractions and runs as WARC/1.1 records, and back. Bytes of the wire are never touched.

The records of one capture: response (or revisit), request, metadata, in this order, of one WARC-Date and one
WARC-Target-URI, joined by WARC-Concurrent-To the first. A fetch without any response: metadata, request.
Written by hand because WARC libraries rewrite HTTP heads (see docs/decisions).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import attrs
from attrs import field, frozen

from archive.http import entity_of, head_length, split_message, status_of
from archive.model import DOM_TYPE, Capture, Extraction, Failure, Rendering, RevisitOf
from archive.summary import RunSummary
from archive.warc.blocks import article_to_dict, extraction_from_json, extraction_to_json, run_to_json
from archive.warc.blocks import extraction_body as _extraction_body
from archive.warc.fields import (
    escape,
    first,
    one_line,
    sha1,
    uri,
    utc,
    warc_date,
    write_fields,
)

__all__ = [
    "Record",
    "WarcInfo",
    "article_to_dict",
    "as_stored",
    "capture_records",
    "conversion_records",
    "extraction_from_json",
    "extraction_record",
    "extraction_to_json",
    "failure_records",
    "run_record",
    "warcinfo_record",
]

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
RUN_URI = "urn:hemeroteca:run:"
RESPONSE_TYPE = "application/http;msgtype=response"
REQUEST_TYPE = "application/http;msgtype=request"
FIELDS_TYPE = "application/warc-fields"
JSON_TYPE = "application/json"

Pairs = tuple[tuple[str, str], ...]


@frozen
class Record:
    """One WARC record: named fields in order (without Content-Length) and the block."""

    headers: Pairs
    block: bytes = field(repr=False)

    def get(self, name: str) -> str | None:
        """Return the first value of a field, whatever the case of its name."""
        return first(self.headers, name)

    @property
    def type(self) -> str:
        """WARC-Type in lower case."""
        return (self.get("WARC-Type") or "").lower()

    @property
    def record_id(self) -> str:
        """WARC-Record-ID with its angle brackets."""
        return self.get("WARC-Record-ID") or ""

    @property
    def head(self) -> bytes:
        """The record header as it stands in a file, blank line included (WARC 1.1 §4)."""
        lines = "".join([f"{name}: {value}\r\n" for name, value in self.headers])
        return f"WARC/1.1\r\n{lines}Content-Length: {len(self.block)}\r\n\r\n".encode()


@frozen(kw_only=True)
class WarcInfo:
    """Who crawls, how, and for which run: the warcinfo record of every file."""

    software: str
    operator: str = ""
    contact: str = ""
    user_agent: str = ""
    robots: str = "obey"
    """"obey" or "ignore"."""
    hostname: str = ""
    run_id: str = ""
    site: str | None = None


def new_record_id() -> str:
    """Return a fresh WARC-Record-ID."""
    bits = int.from_bytes(os.urandom(16), "big")  # a random UUID (RFC 9562 §5.4), without uuid.UUID's checks
    digits = f"{bits & ~(0xF000C << 60) | 0x40008 << 60:032x}"
    return f"<urn:uuid:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}>"


def warcinfo_record(info: WarcInfo, filename: str, now: datetime) -> Record:
    """Describe a file and its run (WARC 1.1 §6.2). `filename` is its final name, without `.open`."""
    pairs = [
        ("software", info.software),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", CONFORMS_TO),
        ("robots", info.robots),
        ("isPartOf", info.run_id),
        ("hostname", info.hostname),
        ("operator", info.operator),
        ("http-header-user-agent", info.user_agent),
        ("http-header-from", info.contact if "@" in info.contact else ""),
        ("hemeroteca-contact", info.contact),
        ("hemeroteca-run", info.run_id),
        ("hemeroteca-site", info.site or ""),
    ]
    block = write_fields((name, one_line(value)) for name, value in pairs if one_line(value))
    headers = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", new_record_id()),
        ("WARC-Date", warc_date(now)),
        ("WARC-Filename", one_line(filename)),
    ]
    return _record(headers, FIELDS_TYPE, block)


def as_stored(capture: Capture) -> Capture:
    """Return the capture as it will be read back: the URL as it stands in the record, UTC to the
    microsecond, and no body in a revisit, whose body is the original's.
    """
    changes: dict[str, Any] = {
        "url": uri(capture.url),
        "fetched_at": utc(capture.fetched_at),
        "ip": one_line(capture.ip or "") or None,
        "cipher": one_line(capture.cipher or "") or None,
        "protocol": tuple(filter(None, map(one_line, capture.protocol))),
    }
    via, original = capture.found.via, capture.revisit_of
    if via is not None and uri(via) != via:
        changes["found"] = attrs.evolve(capture.found, via=uri(via))
    if not (capture.head or capture.body):
        changes["revisit_of"] = None
        changes["failure"] = _with_reason(capture).failure
    elif original is not None:
        changes["body"] = b""
        changes["revisit_of"] = attrs.evolve(
            original, url=uri(original.url), fetched_at=utc(original.fetched_at)
        )
    if capture.fetched_at.tzinfo is UTC and all(getattr(capture, name) == changes[name] for name in changes):
        return capture
    return attrs.evolve(capture, **changes)


def capture_records(capture: Capture, warcinfo_id: str) -> list[Record]:
    """Return the records of one exchange; the first is the one that a WarcLocation points at.

    Without one byte of a response: as `failure_records`.
    """
    if not (capture.head or capture.body):
        return failure_records(capture, warcinfo_id)
    common = _common(capture, warcinfo_id)
    wire = _wire(capture)
    if capture.revisit_of is None:
        response = _response(capture, common, wire)
    else:
        response = _revisit(capture, capture.revisit_of, common, wire)
    records = [response]
    joined = (*common, ("WARC-Concurrent-To", response.record_id))
    if capture.request:
        records.append(_request(capture, joined, wire))
    pairs = _metadata_pairs(capture, response)
    if pairs:
        records.append(_metadata(joined, pairs))
    return records


def failure_records(capture: Capture, warcinfo_id: str) -> list[Record]:
    """Return the metadata record that says why nothing came, and the request as far as it was sent."""
    capture = _with_reason(capture)
    common = _common(capture, warcinfo_id)
    pairs = _metadata_pairs(capture, None)
    metadata = _metadata((*common, *_wire(capture)), pairs)
    if not capture.request:
        return [metadata]
    joined = (*common, ("WARC-Concurrent-To", metadata.record_id))
    return [metadata, _request(capture, joined, _wire(capture))]


def as_converted(rendering: Rendering) -> Capture:
    """Return the capture that a rendering is read back as."""
    page = as_stored(rendering.of.capture)
    return Capture(
        url=page.url,
        fetched_at=utc(rendering.taken_at),
        body=rendering.html,
        truncated=rendering.truncated,
        duration_ms=rendering.duration_ms,
        found=page.found,
    )


def conversion_records(rendering: Rendering, warcinfo_id: str) -> list[Record]:
    """Return the DOM as a conversion of the page's record (WARC 1.1 §6.8), and how it came about."""
    capture = as_converted(rendering)
    common = _common(capture, warcinfo_id)
    headers = [*_opening("conversion", common), ("WARC-Refers-To", rendering.of.location.record_id)]
    if capture.truncated:
        headers.append(("WARC-Truncated", capture.truncated))
    headers.append(("WARC-Payload-Digest", sha1(capture.body)))
    conversion = _record(headers, DOM_TYPE, capture.body)
    pairs = _metadata_pairs(capture, conversion)
    pairs.append(("hemeroteca-renderer", escape(rendering.renderer)))
    pairs.append(("hemeroteca-render-requests", str(rendering.requests)))
    pairs.append(("hemeroteca-render-left-out", str(rendering.left_out)))
    return [conversion, _metadata((*common, ("WARC-Concurrent-To", conversion.record_id)), pairs)]


def extraction_record(
    extraction: Extraction,
    *,
    capture_record_id: str,
    url: str,
    fetched_at: datetime,
    extracted_at: datetime,
    warcinfo_id: str,
) -> Record:
    """Return what was read from a capture, as a metadata record that refers to it (WARC 1.1 §6.6)."""
    headers = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", new_record_id()),
        ("WARC-Date", warc_date(extracted_at)),
        ("WARC-Target-URI", uri(url)),
        ("WARC-Refers-To", capture_record_id),
        ("WARC-Warcinfo-ID", warcinfo_id),
    ]
    return _record(headers, JSON_TYPE, _extraction_body(extraction, uri(url), utc(fetched_at)))


def run_record(run: RunSummary, warcinfo_id: str, now: datetime) -> Record:
    """Return a run summary as a resource record."""
    headers = [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", new_record_id()),
        ("WARC-Date", warc_date(now)),
        ("WARC-Target-URI", RUN_URI + uri(run.run_id)),
        ("WARC-Warcinfo-ID", warcinfo_id),
    ]
    return _record(headers, JSON_TYPE, run_to_json(run))


def _record(headers: Iterable[tuple[str, str]], content_type: str, block: bytes) -> Record:
    return Record(
        (*headers, ("Content-Type", content_type), ("WARC-Block-Digest", sha1(block))),
        block,
    )


def _with_reason(capture: Capture) -> Capture:
    """A fetch that gave nothing is a failure, also where nobody said so."""
    if capture.failure is not None:
        return capture
    return attrs.evolve(capture, failure=Failure(code=-404, reason="no response came"))


def _common(capture: Capture, warcinfo_id: str) -> Pairs:
    return (
        ("WARC-Date", warc_date(capture.fetched_at)),
        ("WARC-Target-URI", uri(capture.url)),
        ("WARC-Warcinfo-ID", warcinfo_id),
    )


def _wire(capture: Capture) -> Pairs:
    """WARC-IP-Address (§5.10), WARC-Protocol and WARC-Cipher-Suite (proposed, in use: specifications #42)."""
    pairs = [("WARC-IP-Address", capture.ip or "")]
    pairs += [("WARC-Protocol", name) for name in capture.protocol]
    pairs.append(("WARC-Cipher-Suite", capture.cipher or ""))
    return tuple((name, one_line(value)) for name, value in pairs if one_line(value))


def _opening(kind: str, common: Pairs) -> list[tuple[str, str]]:
    return [("WARC-Type", kind), ("WARC-Record-ID", new_record_id()), *common]


def _response(capture: Capture, common: Pairs, wire: Pairs) -> Record:
    headers = [*_opening("response", common), *wire]
    if capture.truncated:
        headers.append(("WARC-Truncated", capture.truncated))
    block = capture.head + capture.body
    head, body = capture.head, capture.body
    if head_length(block) != len(head):  # the digest is of what a reader of the block will take for the body
        head, body = split_message(block)
    headers.append(("WARC-Payload-Digest", sha1(entity_of(head, body))))
    return _record(headers, RESPONSE_TYPE, block)


def _revisit(capture: Capture, original: RevisitOf, common: Pairs, wire: Pairs) -> Record:
    """Identical payload: the head, marked as cut (§6.7.2). Not modified: no block at all (§6.7.3), since
    replay tools answer with the original only then; its head stands in the metadata record.
    """
    not_modified = status_of(capture) == 304
    headers = [
        *_opening("revisit", common),
        *wire,
        ("WARC-Profile", NOT_MODIFIED if not_modified else IDENTICAL),
    ]
    if original.record_id:
        headers.append(("WARC-Refers-To", one_line(original.record_id)))
    headers.append(("WARC-Refers-To-Target-URI", uri(original.url)))
    headers.append(("WARC-Refers-To-Date", warc_date(original.fetched_at)))
    digest = original.payload_digest
    if not not_modified:
        headers.append(("WARC-Truncated", "length"))
        digest = digest or sha1(entity_of(capture.head, capture.body))
    if digest:
        headers.append(("WARC-Payload-Digest", one_line(digest)))
    return _record(headers, RESPONSE_TYPE, b"" if not_modified else capture.head)


def _request(capture: Capture, common: Pairs, wire: Pairs) -> Record:
    return _record([*_opening("request", common), *wire], REQUEST_TYPE, capture.request)


def _metadata(common: Pairs, pairs: list[tuple[str, str]]) -> Record:
    return _record(_opening("metadata", common), FIELDS_TYPE, write_fields(pairs))


def _metadata_pairs(capture: Capture, response: Record | None) -> list[tuple[str, str]]:
    """`via`, `hopsFromSeed`, `fetchTimeMs` are the standard's (§6.6), the rest is ours."""
    found = capture.found
    pairs: list[tuple[str, str]] = []
    if found.via is not None:
        pairs.append(("via", uri(found.via)))
    if found.hop:
        pairs.append(("hopsFromSeed", escape(found.hop)))
    if capture.duration_ms is not None:
        pairs.append(("fetchTimeMs", str(capture.duration_ms)))
    pairs.append(("hemeroteca-found-by", found.by))
    for name in ("section", "position", "title", "date"):
        value = getattr(found, name)
        if value is not None:
            pairs.append((f"hemeroteca-found-{name}", escape(str(value))))
    if capture.failure is not None:
        pairs.append(("hemeroteca-fetch-status", str(capture.failure.code)))
        pairs.append(("hemeroteca-fetch-reason", escape(capture.failure.reason)))
    if capture.for_browser:
        pairs.append(("hemeroteca-for-browser", "yes"))
    if capture.interim:
        pairs.append(("hemeroteca-interim-head", _base64(capture.interim)))
    if capture.truncated and (response is None or response.type == "revisit"):
        pairs.append(("hemeroteca-truncated", capture.truncated))  # there WARC-Truncated means another thing
    if response is not None and response.type != "conversion":
        pairs += _head_notes(capture, response)
    return pairs


def _head_notes(capture: Capture, response: Record) -> list[tuple[str, str]]:
    """What the block alone does not tell: where the head of a broken message ends, and the head of a 304."""
    if response.get("WARC-Profile") == NOT_MODIFIED:
        return [("hemeroteca-not-modified-head", _base64(capture.head))]
    if head_length(response.block) != len(capture.head):
        return [("hemeroteca-head-length", str(len(capture.head)))]
    return []


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
