"""The straight line from a capture to the index, for a crawl, a capture, an import and a re-extraction alike.

    stored capture → page → registry.for_url → extract() → WARC record of the fields → index

What enters is a capture that already stands in a WARC file; what the index gets is read from what was
written. So a rebuilt index equals a live one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from archive.errors import IntegrityError, TornRecordError
from archive.extract import extract
from archive.http import Payload, content_type_of, payload_of, status_of
from archive.index.store import Index
from archive.locks import hold_collection
from archive.model import (
    DOM_TYPE,
    Extraction,
    Issue,
    Page,
    RevisitOf,
    Stored,
    StoredCapture,
    StoredExtraction,
    StoredFile,
    WarcLocation,
)
from archive.settings import Settings
from archive.sites.registry import Registry
from archive.warc.reader import payload as stored_payload
from archive.warc.reader import read_capture, stored, warc_files
from archive.warc.repair import repair_torn
from archive.warc.writer import WarcWriter

_HTML = ("text/html", "application/xhtml+xml")
_SNIFFED = ("", "text/plain", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown")
_HTML_OPENINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<script", b"<!--")
_BATCH = 500

Progress = Callable[[int, str], None]
"""Called with records done so far and the file being read."""


def is_page(stored_capture: StoredCapture) -> bool:
    """Tell whether a capture is extracted: a 2xx answer that is HTML by its header or by its first bytes, or
    a rendering.

    Section pages are pages too (verdict "listing"); robots.txt, feeds, sitemaps and JSON are not.
    """
    if stored_capture.record_type == "conversion":
        return True
    capture = stored_capture.capture
    status = status_of(capture)
    content_type = content_type_of(capture)
    if status is None or not 200 <= status < 300 or not may_be_page(capture.url, content_type):
        return False
    media_type = _media_type(content_type)
    if media_type in _HTML:
        return True
    return looks_like_html(payload_of(capture, 4096).data, xml="xml" in media_type)


def may_be_page(url: str, content_type: str | None) -> bool:
    """Tell whether a successful answer is a page, or may turn out to be one when its first bytes are read."""
    return _media_type(content_type) in (*_HTML, *_SNIFFED) and urlsplit(url).path != "/robots.txt"


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def looks_like_html(data: bytes, *, xml: bool = False) -> bool:
    """Tell by the first bytes whether this is HTML (WHATWG MIME Sniffing §7.1, in short)."""
    start = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if xml or start.startswith(b"<?xml"):
        return b"<html" in start and b'xmlns="http://www.w3.org/1999/xhtml"' in start
    return start.startswith(_HTML_OPENINGS)


def page_of(stored_capture: StoredCapture, settings: Settings, payload: Payload | None = None) -> Page:
    """Return the input of extraction. `payload` is given where it is decoded already, or comes from elsewhere
    (revisits).
    """
    capture = stored_capture.capture
    if payload is None:
        payload = payload_of(capture, settings.max_payload_bytes)
    return Page(
        url=capture.url,
        payload=payload.data,
        content_type=DOM_TYPE if stored_capture.record_type == "conversion" else content_type_of(capture),
        fetched_at=capture.fetched_at,
    )


def extraction_of(
    stored_capture: StoredCapture, payload: Payload, sites: Registry, settings: Settings
) -> Extraction:
    """Extract one page: the same for a crawl and for a re-extraction. Never raises for page content."""
    page = page_of(stored_capture, settings, payload)
    extraction = extract(page, sites.for_url(page.url))
    truncated = stored_capture.capture.truncated
    if (truncated or not payload.complete) and stored_capture.record_type != "revisit":
        extraction = extraction.with_issue(Issue(code="truncated", detail=truncated or payload.problem))
    return extraction


class Processor:
    """Extracts what is a page, writes the fields to the WARC, then to the index."""

    def __init__(self, sites: Registry, writer: WarcWriter, index: Index, settings: Settings) -> None:
        """Keep what every capture needs; nothing is opened here."""
        self.sites = sites
        self.writer = writer
        self.index = index
        self.settings = settings

    def process(
        self, stored_capture: StoredCapture, payload: Payload | None = None
    ) -> StoredExtraction | None:
        """Extract one capture; None where it is no page. Raises WarcWriteError, never for page content."""
        extraction = self.read(stored_capture, payload)
        return None if extraction is None else self.keep(extraction, stored_capture)

    def read(self, stored_capture: StoredCapture, payload: Payload | None = None) -> Extraction | None:
        """Extract one capture and write nothing; None where it is no page."""
        if not is_page(stored_capture):
            return None
        if payload is None:
            payload = self.payload(stored_capture)
        return extraction_of(stored_capture, payload, self.sites, self.settings)

    def keep(self, extraction: Extraction, stored_capture: StoredCapture) -> StoredExtraction:
        """Write what was read to the WARC, then to the index. Raises WarcWriteError, IndexStoreError."""
        written = self.writer.write_extraction(extraction, stored_capture, datetime.now(UTC))
        self.index.put(written)
        return written

    def payload(self, stored_capture: StoredCapture) -> Payload:
        """Return the decoded body; that of a revisit is read from the capture it refers to."""
        limit = self.settings.max_payload_bytes
        if stored_capture.capture.body or stored_capture.record_type != "revisit":
            return payload_of(stored_capture.capture, limit)
        return stored_payload(self.settings.collection, stored_capture, limit, self._resolve)

    def _resolve(self, earlier: RevisitOf) -> WarcLocation | None:
        return self.index.location_of(earlier.record_id)

    def heal(self, files: Iterable[str]) -> int:
        """Extract the pages of these WARC files whose fields are missing: their run was killed in between."""
        count = 0
        for row in list(self.index.extractable(files=files, missing_only=True)):
            if self.sites.broken_for(row.url) is not None:
                continue  # the first run with its profile mended reads it
            if may_be_page(row.url, row.content_type):
                capture = read_capture(self.settings.collection, row.location)
                count += self.process(capture) is not None
        return count


def _relative(path: Path, collection: Path) -> str:
    return path.relative_to(collection).as_posix().removesuffix(".open")


def _read(path: Path, collection: Path, known: StoredFile | None, torn: list[str]) -> Iterator[Stored]:
    """Yield what a file holds beyond `known`, up to a torn tail; the file itself comes last, with its full
    counts.
    """
    try:
        for entry in stored(path, collection=collection, start=known.size if known else 0):
            if known and isinstance(entry, StoredFile):
                yield attrs.evolve(
                    entry,
                    records=known.records + entry.records,
                    warcinfo_id=known.warcinfo_id or entry.warcinfo_id,
                    run_id=known.run_id or entry.run_id,
                    started_at=known.started_at or entry.started_at,
                )
            else:
                yield entry
    except TornRecordError:
        torn.append(_relative(path, collection))


def _feed(index: Index, entries: Iterator[Stored], name: str, done: int, progress: Progress | None) -> int:
    """Put entries into the index in batches; return how many records there have been in all."""
    exhausted = False
    while not exhausted:
        with index.batch():
            for count, entry in enumerate(entries, 1):
                index.put(entry)
                done += not isinstance(entry, StoredFile)
                if count == _BATCH:
                    break
            else:
                exhausted = True
        if progress:
            progress(done, name)
    return done


def catch_up(settings: Settings, index: Index, progress: Progress | None = None) -> int:
    """Give the index the records of WARC files that it has not seen; return how many. See
    `catch_up_files`.
    """
    return sum(_catch_up(settings, index, progress).values())


def catch_up_files(settings: Settings, index: Index, progress: Progress | None = None) -> list[str]:
    """Give the index the records of WARC files that it has not seen; return the names of those files.

    After a crash, or where WARC files were copied into the collection. A file is unseen beyond the size that
    the index knows of it. Torn tails are left to `repair_torn`.
    """
    return list(_catch_up(settings, index, progress))


def bring_into_order(settings: Settings, index: Index) -> list[str]:
    """Repair what dead writers left, and catch up: before anything new is written.

    Returns the files in which pages may be left without fields: a killed run leaves them at the end of its
    files, whether or not the index knows them. Raises WarcWriteError, IndexStoreError.
    """
    repairs = repair_torn(settings.collection)
    for repair in repairs:
        if repair.action != "closed":
            index.forget(repair.file, repair.kept)
    return sorted({*catch_up_files(settings, index), *(repair.file for repair in repairs)})


def _catch_up(settings: Settings, index: Index, progress: Progress | None) -> dict[str, int]:
    done = 0
    files: dict[str, int] = {}
    torn: list[str] = []
    for path in warc_files(settings.collection):
        name = _relative(path, settings.collection)
        known = index.known_file(name)
        if known is None or path.stat().st_size > known.size:
            before = done
            done = _feed(index, _read(path, settings.collection, known, torn), name, done, progress)
            files[name] = done - before
    return files


@attrs.frozen(kw_only=True)
class Rebuilt:
    """What a rebuild has read."""

    files: int
    records: int
    torn: tuple[str, ...]
    """Files whose tail could not be read: `verify` says where, the next crawl repairs those it wrote."""
    lost_originals: int = 0
    """Revisits that stand on captures that are in no file: `verify` names them."""
    originals_elsewhere: int = 0
    """The same of other crawlers' files, where it is usual."""


def rebuild(settings: Settings, progress: Progress | None = None) -> Rebuilt:
    """Make the index anew from the WARC files alone, beside the old one, then put it in its place.

    Extracted fields come from the WARC too: nothing is extracted again (that is `reextract`).
    Raises LockedError while a crawl is under way; IndexStoreError where the disk is full: the old index
    stays.
    """
    with hold_collection(settings.log_folder, shared=False):
        fresh = settings.index_path.with_suffix(".db.new")
        _remove_database(fresh)
        files = warc_files(settings.collection)
        records, torn = 0, list[str]()
        try:
            with closing(Index.open(fresh, create=True)) as index:
                with index.bulk():
                    for path in files:
                        name = _relative(path, settings.collection)
                        entries = _read(path, settings.collection, None, torn)
                        records = _feed(index, entries, name, records, progress)
                foreign = Counter(orphan.foreign for orphan in index.orphans())
        except BaseException:
            _remove_database(fresh)  # on a full disk it would take the room that is needed
            raise
        if _companion(fresh, "-wal").exists():
            raise IntegrityError(f"{fresh} is still in use; the old index stays in place")
        _swap(fresh, settings.index_path)
        return Rebuilt(
            files=len(files),
            records=records,
            torn=tuple(torn),
            lost_originals=foreign[False],
            originals_elsewhere=foreign[True],
        )


def _companion(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        _companion(path, suffix).unlink(missing_ok=True)


def _swap(fresh: Path, path: Path) -> None:
    """Put a closed database in the place of another; a left-over log of the old one must not be read with the
    new.
    """
    for suffix in ("-wal", "-shm"):
        _companion(path, suffix).unlink(missing_ok=True)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
