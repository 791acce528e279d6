"""What stands behind a version: the reading that gave its fields, and the capture that is cited for it."""

from __future__ import annotations

import re

from attrs import frozen

from archive.errors import NothingFoundError
from archive.index.catalogue import Catalogue
from archive.index.results import ArticleRow, CaptureRow, ExtractionRow

_UUID = re.compile(r"<?(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>?", re.IGNORECASE)
_DIGEST = re.compile(r"(sha1|sha256|sha512|md5):([0-9a-z]+=*)", re.IGNORECASE)
_CHAIN = 8
"""Revisits of revisits that are followed; foreign files hold some."""


@frozen
class Evidence:
    """The record that shows a version."""

    record_id: str
    captured_at: str
    """ISO 8601, UTC."""
    capture: CaptureRow | None
    """None where that record is in no file of the collection."""


def reading_of(search: Catalogue, article: ArticleRow, number: int | None = None) -> ExtractionRow | None:
    """Return the extraction that gave a version's fields."""
    if number is None or number == article.version:
        return search.extraction(article.extraction_id)
    return search.extraction(search.version(article, number).source_id)


def evidence_of(search: Catalogue, article: ArticleRow, number: int | None = None) -> Evidence | None:
    """Return the first capture read as a version, of a revisit the record that holds its payload.

    Captures that come in later do not change it, so a citation stays as it was printed; neither does a newer
    reading of that capture. Only where its record is in no file any more, it is the next one that holds the
    bytes; without such, a record that was read all the same.
    """
    readings = search.readings_of_version(
        article.version_id if number is None else search.version(article, number).id
    )
    for reading in readings:
        capture = payload_holder(search, capture_named(search, reading.capture_record_id))
        if capture is not None:
            return _shown(capture)
    for reading in readings:
        capture = capture_named(search, reading.capture_record_id)
        if capture is not None:
            return _shown(capture)
    return Evidence(readings[0].capture_record_id, readings[0].captured_at, None) if readings else None


def _shown(capture: CaptureRow) -> Evidence:
    return Evidence(capture.record_id, capture.fetched_at, capture)


def capture_named(search: Catalogue, record_id: str | None) -> CaptureRow | None:
    """Return the capture with this WARC-Record-ID; None where its record is in no file."""
    if record_id is None:
        return None
    try:
        return search.capture(record_id)
    except NothingFoundError:
        return None


def captures_called(search: Catalogue, name: str) -> list[CaptureRow] | None:
    """Return the captures that a WARC-Record-ID (whole, without brackets, the bare UUID) or a payload digest
    names, in time; None for what is neither. Raises NothingFoundError where no capture is called so.
    """
    name = name.strip()
    uuid, digest = _UUID.fullmatch(name), _DIGEST.fullmatch(name)
    if digest:
        algorithm, value = digest.groups()
        spelled = dict.fromkeys(
            (name, *(f"{algorithm.lower()}:{it}" for it in (value.upper(), value.lower())))
        )
        found = next(filter(None, map(search.captures_of_payload, spelled)), [])
    elif uuid or (name[:1], name[-1:]) == ("<", ">"):
        ids = (f"<urn:uuid:{uuid[1]}>", f"<urn:uuid:{uuid[1].lower()}>") if uuid else (name,)
        found = [row for row in (capture_named(search, one) for one in dict.fromkeys(ids)) if row][:1]
    else:
        return None
    if not found:
        raise NothingFoundError(
            f"{name}: no capture in {search.path} has this {'digest' if digest else 'record id'}"
        )
    return found


def payload_holder(search: Catalogue, capture: CaptureRow | None) -> CaptureRow | None:
    """Return the capture whose record holds the payload of a capture; None where it is in no file."""
    for _ in range(_CHAIN):
        if capture is None or capture.record_type != "revisit":
            return capture
        capture = capture_named(search, capture.refers_to)
    return None


def files_behind(search: Catalogue, article: ArticleRow) -> set[str]:
    """Return the WARC files behind the current version: of the record that is cited, of the capture whose
    reading gave the fields, and of that one's payload.
    """
    found = evidence_of(search, article)
    reading = reading_of(search, article)
    read = capture_named(search, reading.capture_record_id) if reading else None
    captures = (found.capture if found else None, read, payload_holder(search, read))
    return {capture.file for capture in captures if capture is not None}
