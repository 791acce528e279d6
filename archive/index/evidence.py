"""What stands behind a version: the reading that gave its fields, and the capture that is cited for it."""

from __future__ import annotations

from attrs import frozen

from archive.errors import NothingFoundError
from archive.index.catalogue import Catalogue
from archive.index.results import ArticleRow, CaptureRow, ExtractionRow

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
