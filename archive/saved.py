"""Saved pages: HTML files outside any archive, extracted as a capture would be.

One file by `page_of_file`, or a manifest: JSON Lines in, JSON Lines out, one line for one line, in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

import orjson
from attrs import frozen

from archive.codings import remove_coding
from archive.extract import EXTRACTOR, extract
from archive.model import Extraction, Issue, Page, Provenance
from archive.parallel import Died, ordered, read_many_pages
from archive.sites.registry import Registry
from archive.warc.blocks import extraction_to_json

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_TOGETHER = 32
_worker_sites: Registry | None = None


def page_of_file(
    path: Path, *, url: str, fetched_at: datetime, content_type: str | None, limit: int
) -> tuple[Page, str | None]:
    """Return the page of an HTML file, gzipped or not, and what is wrong with its compression, if anything.

    At most `limit` bytes of payload are read. Raises OSError.
    """
    with path.open("rb") as file:
        return page_of_bytes(
            file.read(limit + 1), url=url, fetched_at=fetched_at, content_type=content_type, limit=limit
        )


def page_of_bytes(
    data: bytes, *, url: str, fetched_at: datetime, content_type: str | None, limit: int
) -> tuple[Page, str | None]:
    """Return the page of the bytes of such a file."""
    problem = None
    if data.startswith(_GZIP):
        data, fault = remove_coding("gzip", data, limit)
        problem = fault.detail if fault and not fault.whole else None
    return Page(url=url, payload=data[:limit], content_type=content_type, fetched_at=fetched_at), problem


def extract_saved(page: Page, problem: str | None, sites: Registry) -> Extraction:
    """Extract a saved page; a broken compression becomes an issue."""
    extraction = extract(page, sites.for_url(page.url))
    return extraction.with_issue(Issue(code="truncated", detail=problem)) if problem else extraction


@frozen(kw_only=True)
class Line:
    """One line of the output of a manifest."""

    json: bytes
    """Without the line end."""
    readable: bool
    """False where the input line or its file could not be read at all."""


@frozen(kw_only=True)
class ManifestOptions:
    """What holds for every line."""

    now: datetime
    """Capture time of lines that give none."""
    folders: tuple[Path, ...]
    """Where relative paths are looked for, in order."""
    sites_folders: tuple[Path, ...] = ()
    limit: int


def entries_of(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a manifest up to the last that is not blank.

    A blank line between others is answered like one that cannot be read, so that the n-th line of the
    output always answers the n-th; blank lines at the end (an editor's, `echo >>`) stand for nothing.
    """
    blank = 0
    for line in lines:
        if not line.removeprefix(_BOM).strip():
            blank += 1
            continue
        yield from repeat(b"\n", blank)
        blank = 0
        yield line


def extract_manifest(lines: Iterable[bytes], options: ManifestOptions, *, jobs: int) -> Iterator[Line]:
    """Extract every page that a manifest lists; each of its `entries_of` is answered, in order.

    Raises ProfileError for the user's own profiles; nothing for what lines and pages hold.
    """
    # Read ahead of the workers' results: a worker that dies leaves the line that killed it to answer for.
    taken: deque[bytes] = deque()

    def remember() -> Iterator[bytes]:
        for line in entries_of(lines):
            taken.append(line)
            yield line

    work = ordered(
        partial(_extract_lines, options=options),
        remember(),
        jobs=jobs,
        together=_TOGETHER,
        initializer=_load_sites,
        arguments=(options.sites_folders,),
    )
    for result in work:
        line = taken.popleft()
        if isinstance(result, Died):
            yield _unreadable(
                _id_of(line), "extractor_bug", "bug", f"the extractor's process died: {result.reason}"
            )
        else:
            yield result


def _load_sites(folders: tuple[Path, ...]) -> None:
    global _worker_sites  # noqa: PLW0603  # one registry a process, loaded once
    read_many_pages()
    _worker_sites = Registry.load(*folders)


def _extract_lines(lines: Sequence[bytes], *, options: ManifestOptions) -> list[Line]:
    return [_extract_line(line, options) for line in lines]


def _extract_line(line: bytes, options: ManifestOptions) -> Line:
    entry: Any = None
    try:
        entry = orjson.loads(line.removeprefix(_BOM))
        page, problem = _page(entry, options)
    except (OSError, ValueError, TypeError) as error:
        identity = entry.get("id") if isinstance(entry, dict) else None
        return _unreadable(identity, "undecodable", "undecodable", _reason(error))
    assert _worker_sites is not None
    try:
        body = extraction_to_json(extract_saved(page, problem, _worker_sites))
    except Exception as error:  # noqa: BLE001  # a line for a line, whatever the page holds
        return _unreadable(entry.get("id"), "extractor_bug", "bug", f"{type(error).__name__}: {error}")
    return Line(json=b'{"id":' + orjson.dumps(entry.get("id")) + b"," + body[1:], readable=True)


def _page(entry: Any, options: ManifestOptions) -> tuple[Page, str | None]:
    if not isinstance(entry, dict):
        raise TypeError("not a JSON object")
    for name in ("path", "url"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise TypeError(f"'{name}' is missing")
    stated = entry.get("fetched_at")
    fetched_at = options.now
    if stated is not None:
        fetched_at = datetime.fromisoformat(stated)
        fetched_at = (
            fetched_at.replace(tzinfo=UTC) if fetched_at.tzinfo is None else fetched_at.astimezone(UTC)
        )
    content_type = entry.get("content_type")
    return page_of_file(
        _found(entry["path"], options.folders),
        url=entry["url"],
        fetched_at=fetched_at,
        content_type=content_type if isinstance(content_type, str) else None,
        limit=options.limit,
    )


def _found(path: str, folders: tuple[Path, ...]) -> Path:
    candidates = [folder / path for folder in folders]
    return next((candidate for candidate in candidates if candidate.is_file()), candidates[0])


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _id_of(line: bytes) -> Any:
    try:
        entry = orjson.loads(line)
    except ValueError:
        return None
    return entry.get("id") if isinstance(entry, dict) else None


def _unreadable(identity: Any, code: str, verdict: Any, detail: str) -> Line:
    detail = detail.encode("utf-8", "backslashreplace").decode()
    extraction = Extraction(
        verdict=verdict,
        article=None,
        issues=(Issue(code=code, detail=detail, severity="error"),),
        provenance=Provenance(site="", extractor=EXTRACTOR),
    )
    body = extraction_to_json(extraction)
    return Line(json=b'{"id":' + orjson.dumps(identity) + b"," + body[1:], readable=False)
