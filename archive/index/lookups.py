"""The questions that a crawl and a re-extraction ask the index while it is written. SQL and nothing else."""

# ruff: noqa: S608  (only names of our own tables and columns are put into SQL; values are bound)
# ruff: noqa: E501  (long SQL, tables and texts are read better whole)

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.index.keys import record_id_number, url_key
from archive.index.results import CaptureRow, ExtractableRow, RunRow, columns
from archive.index.sources import load
from archive.index.tables import PLACED
from archive.locks import is_held, lock_of_run
from archive.model import RevisitOf, StoredFile, WarcLocation
from archive.summary import NO_WORD, RunSummary, SkippedSlots, SourceState

_CHUNK = 400


def known_file(db: sqlite3.Connection, file: str) -> StoredFile | None:
    """Return up to where a file is known."""
    row = db.execute(
        "SELECT size, records, warcinfo_id, run_id, started_at FROM warc_files WHERE file = ?", (file,)
    ).fetchone()
    if row is None:
        return None
    size, records, warcinfo_id, run_id, started_at = row
    return StoredFile(
        file=file,
        size=size,
        records=records,
        warcinfo_id=warcinfo_id,
        run_id=run_id,
        started_at=datetime.fromisoformat(started_at) if started_at else None,
    )


def known_urls(db: sqlite3.Connection, urls: Iterable[str]) -> set[str]:
    """Return those of the URLs that have a capture."""
    asked = [(url_key(url), url) for url in urls]
    known: set[str] = set()
    for start in range(0, len(asked), _CHUNK):
        pairs = json.dumps(asked[start : start + _CHUNK])
        known.update(
            url
            for (url,) in db.execute(
                "SELECT j.value ->> 1 FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM captures c"
                " WHERE c.url_key = j.value ->> 0 AND c.url = j.value ->> 1)",
                (pairs,),
            )
        )
    return known


def last_capture(db: sqlite3.Connection, url: str) -> CaptureRow | None:
    """Return the latest capture of a URL."""
    names = columns(CaptureRow, "c")
    for name in ("etag", "last_modified"):
        names = names.replace(f"c.{name}", f"coalesce(c.{name}, p.{name})")
    row = db.execute(
        f"SELECT {names} FROM captures c LEFT JOIN captures p ON p.id = c.refers_to_id"
        " WHERE c.url_key = ? AND c.url = ? AND c.record_type <> 'conversion'"
        " ORDER BY c.fetched_at DESC, c.id DESC LIMIT 1",
        (url_key(url), url),
    ).fetchone()
    return CaptureRow(*row) if row else None


def is_rendered(db: sqlite3.Connection, capture: int) -> bool:
    """Return whether a browser made something of a capture."""
    return (
        db.execute(
            "SELECT 1 FROM captures WHERE refers_to_id = ? AND record_type = 'conversion' LIMIT 1", (capture,)
        ).fetchone()
        is not None
    )


def by_digest(db: sqlite3.Connection, payload_digest: str, url: str) -> RevisitOf | None:
    """Return a whole response with this payload; empty bodies are not worth a reference."""
    row = db.execute(
        "SELECT record_id, url, fetched_at FROM captures"
        " WHERE payload_digest = ? AND record_type = 'response' AND truncated IS NULL AND body_bytes > 0"
        " ORDER BY url <> ?, fetched_at, id LIMIT 1",
        (payload_digest, url),
    ).fetchone()
    if row is None:
        return None
    record_id, of_url, fetched_at = row
    return RevisitOf(
        record_id=record_id,
        url=of_url,
        fetched_at=datetime.fromisoformat(fetched_at),
        payload_digest=payload_digest,
    )


def location_of(db: sqlite3.Connection, record_id: str) -> WarcLocation | None:
    """Return where a record stands."""
    for table in PLACED:
        key, value = ("record_id", record_id) if table.name == "runs" else ("id", record_id_number(record_id))
        row = db.execute(
            f"SELECT file, offset, length FROM {table.name} WHERE {key} = ?",
            (value,),
        ).fetchone()
        if row is not None:
            return WarcLocation(file=row[0], offset=row[1], length=row[2], record_id=record_id)
    return None


def url_at(db: sqlite3.Connection, file: str, offset: int) -> str | None:
    """Return the address of the capture, failure or extraction whose record covers a place in a file."""
    # only what covers it: the record right before may be of another page
    covers = "{0}.file = :file AND {0}.offset <= :offset AND {0}.offset + {0}.length > :offset"
    row = db.execute(
        f"SELECT c.url FROM captures c WHERE {covers.format('c')}"
        f" UNION ALL SELECT f.url FROM failures f WHERE {covers.format('f')}"
        " UNION ALL SELECT c.url FROM extractions e JOIN captures c ON c.id = e.capture_id"
        f" WHERE {covers.format('e')} LIMIT 1",
        {"file": file, "offset": offset},
    ).fetchone()
    return str(row[0]) if row is not None else None


def _gap(gap: dict[str, Any]) -> SkippedSlots:
    times = {name: datetime.fromisoformat(gap[name]) for name in ("first", "last")}
    return SkippedSlots(**{**gap, **times})


def runs(
    db: sqlite3.Connection, site: str | None, *, failed: bool, limit: int, locks: Path | None
) -> list[RunRow]:
    """Return runs, newest first. Without a folder of locks, a run of two days ago is taken for dead."""
    dead = None if locks is None else json.dumps(_dead(db, locks))
    told = columns(RunRow).replace(" status,", " told AS status,").replace(" detail,", " word AS detail,")
    rows = db.execute(
        f"WITH known AS (SELECT *, status = 'running' AND CASE WHEN ?4 IS NULL"
        "   THEN ?2 AND started_at < strftime('%Y-%m-%dT%H:%M:%S', 'now', '-2 days')"
        "   ELSE run_id IN (SELECT value FROM json_each(?4)) END AS dead FROM runs WHERE ?1 IS NULL OR site = ?1),"
        " told AS (SELECT *, CASE WHEN dead AND ?4 IS NOT NULL THEN 'interrupted' ELSE status END AS told,"
        "   CASE WHEN dead AND ?4 IS NOT NULL THEN ?5 ELSE detail END AS word FROM known)"
        f" SELECT {told} FROM told WHERE NOT ?2 OR dead OR status NOT IN ('done', 'running')"
        " ORDER BY started_at DESC, run_id LIMIT ?3",
        (site, failed, limit, dead, NO_WORD),
    )
    return [RunRow(*row) for row in rows]


def _dead(db: sqlite3.Connection, locks: Path) -> list[str]:
    """Return the runs that say they are running and are not: of those that need one lock only the latest can
    hold it.
    """
    found, seen = [], set()
    for run_id, kind, site in db.execute(
        "SELECT run_id, kind, site FROM runs WHERE status = 'running' ORDER BY started_at DESC, run_id"
    ).fetchall():
        lock = lock_of_run(locks, kind, site)
        if lock in seen or is_held(lock) is False:
            found.append(run_id)
        seen.add(lock)
    return found


def unfinished_runs(
    db: sqlite3.Connection, kind: str, site: str | None
) -> list[tuple[RunSummary, list[str]]]:
    """Return the runs (of a site) whose last record says that they are running, and their files."""
    found = []
    for run_id, of_site, started_at, counts, slot, skipped in db.execute(
        "SELECT run_id, site, started_at, counts, slot, skipped FROM runs WHERE status = 'running' AND kind = ?1"
        " AND (?2 IS NULL OR site = ?2)",
        (kind, site),
    ).fetchall():
        run = RunSummary(
            run_id=run_id,
            kind=kind,  # type: ignore[arg-type]  # one of its words, or there is no such row
            site=of_site,
            started_at=datetime.fromisoformat(started_at),
            counts=json.loads(counts),
            slot=datetime.fromisoformat(slot) if slot else None,
            skipped=tuple(_gap(gap) for gap in json.loads(skipped)),
        )
        files = db.execute("SELECT file FROM warc_files WHERE run_id = ? ORDER BY file", (run_id,)).fetchall()
        found.append((run, [file for (file,) in files]))
    return found


def published_of(db: sqlite3.Connection, urls: Iterable[str]) -> dict[str, str]:
    """Return when the articles at these addresses were published, as they state it; those that are known."""
    by_key: dict[str, list[str]] = {}
    for url in urls:
        by_key.setdefault(url_key(url), []).append(url)
    found: dict[str, str] = {}
    for key, spelled in by_key.items():
        row = db.execute(
            "SELECT a.published FROM captures c JOIN articles a ON a.id = c.article_id"
            " WHERE c.url_key = ? AND a.published IS NOT NULL ORDER BY c.fetched_at DESC LIMIT 1",
            (key,),
        ).fetchone()
        if row is not None:
            found |= dict.fromkeys(spelled, row[0])
    return found


def seed_of(db: sqlite3.Connection, run_id: str) -> str | None:
    """Return the address at which a run began."""
    row = db.execute(
        "SELECT url FROM captures WHERE run_id = ? AND found_by IN ('seed', 'user')"
        " AND url NOT LIKE '%/robots.txt' ORDER BY fetched_at, id LIMIT 1",
        (run_id,),
    ).fetchone()
    return row[0] if row else None


def sources(db: sqlite3.Connection, site: str) -> tuple[SourceState, ...]:
    """Return how the lists of a site were doing at the end of its last crawl that tells."""
    row = db.execute(
        "SELECT sources FROM runs WHERE site = ? AND kind = 'crawl' AND sources IS NOT NULL"
        " ORDER BY started_at DESC, run_id DESC LIMIT 1",
        (site,),
    ).fetchone()
    return load(row[0]) if row is not None else ()


def extractable(
    db: sqlite3.Connection, place: tuple[str, int], site: str | None, since: str | None, missing_only: bool
) -> list[ExtractableRow]:
    """Return the next captures after a place that were read, or never were: successful responses and
    renderings. Of what was fetched for a browser only the rendering is read.
    """
    conditions = ["(c.file, c.offset) > (:file, :offset)"]
    unread = (
        "(c.record_type = 'conversion'"
        " OR (c.record_type = 'response' AND NOT c.for_browser AND c.status BETWEEN 200 AND 299))"
    )
    conditions.append(f"e.id IS NULL AND {unread}" if missing_only else f"(e.id IS NOT NULL OR {unread})")
    if site is not None:
        conditions.append("e.site = :site")
    if since is not None:
        conditions.append("c.fetched_at >= :since")
    rows = db.execute(
        "SELECT c.record_id, c.record_type, c.url, c.fetched_at, c.status, c.content_type, c.refers_to, c.file,"
        " c.offset, c.length, e.record_id, e.extracted_at, e.verdict, e.site, e.extractor, e.layout,"
        " e.layout_digest, e.result_digest"
        " FROM captures c LEFT JOIN extractions e ON e.capture_id = c.id AND e.current = 1"
        f" WHERE {' AND '.join(conditions)} ORDER BY c.file, c.offset LIMIT :limit",
        {"file": place[0], "offset": place[1], "site": site, "since": since, "limit": _CHUNK},
    )
    return [ExtractableRow(*row) for row in rows]


def forget(db: sqlite3.Connection, file: str, offset: int) -> None:
    """Delete the rows of a file's records from an offset on, and what hung on them."""
    gone = "(SELECT id FROM extractions WHERE file = :file AND offset >= :offset)"
    place = {"file": file, "offset": offset}
    # derived columns that point at what goes are computed anew afterwards
    db.execute(
        "UPDATE captures SET extraction_id = NULL, inherited = 0, verdict = NULL, site = NULL, article_id = NULL,"
        f" version_id = NULL WHERE extraction_id IN {gone}",
        place,
    )
    for child in ("issues", "related_links"):
        db.execute(f"DELETE FROM {child} WHERE extraction_id IN {gone}", place)
    for table in PLACED:
        db.execute(f"DELETE FROM {table.name} WHERE file = :file AND offset >= :offset", place)
    orphans = (
        "(SELECT id FROM versions v WHERE NOT EXISTS (SELECT 1 FROM extractions e WHERE e.version_id = v.id))"
    )
    for child in ("photos", "authors", "tags"):
        db.execute(f"DELETE FROM {child} WHERE version_id IN {orphans}")
    db.execute("INSERT OR IGNORE INTO dirty_articles SELECT article_id FROM versions WHERE id IN " + orphans)
    db.execute(f"DELETE FROM versions WHERE id IN {orphans}")
    if offset == 0:
        db.execute("DELETE FROM warc_files WHERE file = :file", place)
    else:
        db.execute("UPDATE warc_files SET size = min(size, :offset) WHERE file = :file", place)
