"""Everything derived, computed by SQL from base rows: the same statements for one live batch and for all
at once.

Two temporary tables say what may have changed, `dirty_captures` and `dirty_articles`. Nothing here looks
at the order in which rows came in, which is what makes a live index and a rebuilt one equal.
"""

# ruff: noqa: S608  (only names of our own tables and columns are put into SQL; values are bound)
from __future__ import annotations

import sqlite3
from collections.abc import Iterable

TEMPORARY = (
    "CREATE TEMP TABLE IF NOT EXISTS dirty_captures(id INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS dirty_articles(id INTEGER PRIMARY KEY)",
    """CREATE TEMP TABLE IF NOT EXISTS sightings(
         article_id INTEGER, captured_at TEXT, capture_id INTEGER, version_id INTEGER,
         extraction_id INTEGER)""",
    """CREATE TEMP TABLE IF NOT EXISTS latest(
         article_id INTEGER PRIMARY KEY, version_id INTEGER, extraction_id INTEGER, capture_id INTEGER,
         captures INTEGER, first_at TEXT, last_at TEXT)""",
)

_CURRENT_EXTRACTIONS = """
UPDATE extractions AS e SET current = (e.id = (
    SELECT o.id FROM extractions o WHERE o.capture_id = e.capture_id
    ORDER BY o.extracted_at DESC, o.record_id DESC LIMIT 1))
WHERE e.capture_id IN (SELECT id FROM dirty_captures)
"""

# a new reading of a capture also changes the revisits that stand on it
_REVISITS_OF_DIRTY = """
INSERT OR IGNORE INTO dirty_captures
WITH RECURSIVE down(id) AS (
    SELECT id FROM dirty_captures
    UNION
    SELECT c.id FROM down CROSS JOIN captures c ON c.refers_to_id = down.id)
SELECT id FROM down
"""

_ARTICLES_OF_DIRTY = """
INSERT OR IGNORE INTO dirty_articles
SELECT e.article_id FROM dirty_captures d CROSS JOIN extractions e ON e.capture_id = d.id
WHERE e.article_id IS NOT NULL
UNION
SELECT c.article_id FROM dirty_captures d CROSS JOIN captures c ON c.id = d.id WHERE c.article_id IS NOT NULL
"""

# its own current reading, else that of the capture whose payload it repeats; a chain may be longer in
# foreign files
_CAPTURES = """
WITH RECURSIVE up(start, here, depth) AS (
    SELECT id, id, 0 FROM dirty_captures
    UNION ALL
    SELECT up.start, c.refers_to_id, up.depth + 1 FROM up CROSS JOIN captures c ON c.id = up.here
    WHERE c.refers_to_id IS NOT NULL AND c.record_type = 'revisit' AND NOT c.for_browser AND up.depth < 8
      AND NOT EXISTS (SELECT 1 FROM extractions e WHERE e.capture_id = up.here)),
reading AS (
    SELECT up.start, up.depth > 0 AS inherited, e.id, e.verdict, e.site, e.article_id, e.version_id
    FROM up CROSS JOIN extractions e ON e.capture_id = up.here AND e.current = 1)
UPDATE captures SET extraction_id = r.id, inherited = r.inherited, verdict = r.verdict, site = r.site,
    article_id = r.article_id, version_id = r.version_id
FROM reading r
WHERE captures.id = r.start
  AND (captures.extraction_id IS NOT r.id OR captures.inherited IS NOT r.inherited)
"""

_SIGHTINGS = """
INSERT INTO sightings
SELECT e.article_id, e.captured_at, e.capture_id, e.version_id, e.id
FROM dirty_articles d CROSS JOIN extractions e ON e.article_id = d.id WHERE e.current = 1
UNION ALL
SELECT c.article_id, c.fetched_at, c.id, c.version_id, c.extraction_id
FROM dirty_articles d CROSS JOIN captures c ON c.article_id = d.id WHERE c.inherited = 1
"""

_LATEST = """
INSERT INTO latest
SELECT article_id, version_id, extraction_id, capture_id, captures, first_at, last_at FROM (
    SELECT *, count(*) OVER article AS captures, min(captured_at) OVER article AS first_at,
        max(captured_at) OVER article AS last_at,
        row_number() OVER (PARTITION BY article_id ORDER BY captured_at DESC, capture_id DESC) AS place
    FROM sightings WINDOW article AS (PARTITION BY article_id))
WHERE place = 1
"""

# replaced readings count for the number of a version and, where nothing else shows it, for its dates
_VERSIONS = """
WITH read AS (
    SELECT e.version_id, min(e.extracted_at) AS first_extracted_at,
        min(e.extracted_at || ' ' || e.captured_at) AS first_order,
        min(e.captured_at) AS first_at, max(e.captured_at) AS last_at
    FROM dirty_articles d CROSS JOIN extractions e ON e.article_id = d.id GROUP BY e.version_id),
seen AS (
    SELECT version_id, count(*) AS captures, min(captured_at) AS first_at, max(captured_at) AS last_at
    FROM sightings GROUP BY version_id),
derived AS (
    SELECT v.id, coalesce(seen.captures, 0) AS captures, coalesce(seen.first_at, read.first_at) AS first_at,
        coalesce(seen.last_at, read.last_at) AS last_at, read.first_extracted_at,
        row_number() OVER (PARTITION BY v.article_id ORDER BY read.first_order, v.content_digest) AS number,
        coalesce(v.id = latest.version_id, 0) AS current
    FROM dirty_articles d CROSS JOIN versions v ON v.article_id = d.id
    LEFT JOIN read ON read.version_id = v.id
    LEFT JOIN seen ON seen.version_id = v.id
    LEFT JOIN latest ON latest.article_id = v.article_id)
UPDATE versions SET number = n.number, current = n.current, captures = n.captures,
    first_captured_at = n.first_at, last_captured_at = n.last_at, first_extracted_at = n.first_extracted_at
FROM derived n
WHERE versions.id = n.id
"""

_ARTICLES_GONE = """
DELETE FROM articles WHERE id IN (SELECT id FROM dirty_articles) AND id NOT IN (SELECT article_id FROM latest)
"""

_COPIED = [
    "site",
    "lang",
    "key",
    "url",
    "canonical_url",
    "section",
    "agency",
    "published",
    "modified",
    "authors",
    "kicker",
    "title",
    "lead",
    "captions",
    "body",
]
_SET = ", ".join(
    f"{name} = excluded.{name}"
    for name in (
        *_COPIED, "day", "sort_at", "first_captured_at", "last_captured_at", "captures", "versions",
        "version_id", "version", "extraction_id", "capture_id", "url_key",
    )
)  # fmt: skip

_ARTICLES = f"""
INSERT INTO articles (id, ref, day, sort_at, first_captured_at, last_captured_at, captures, versions,
    version_id, version, extraction_id, capture_id, url_key, {", ".join(_COPIED)})
SELECT l.article_id, archive_ref(l.article_id), coalesce(v.published_day, substr(l.first_at, 1, 10)),
    coalesce(v.published_at, l.first_at), l.first_at, l.last_at, l.captures,
    (SELECT count(*) FROM versions o WHERE o.article_id = l.article_id), v.id, v.number, l.extraction_id,
    l.capture_id, archive_url_key(v.canonical_url), {", ".join(f"v.{name}" for name in _COPIED)}
FROM latest l CROSS JOIN versions v ON v.id = l.version_id
WHERE true
ON CONFLICT(id) DO UPDATE SET {_SET}
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Create the temporary tables on a write connection."""
    for statement in TEMPORARY:
        connection.execute(statement)


def mark(connection: sqlite3.Connection, captures: Iterable[int], articles: Iterable[int]) -> None:
    """Note captures and articles whose derived columns may have changed."""
    connection.executemany(
        "INSERT OR IGNORE INTO dirty_captures VALUES (?)", [(number,) for number in captures]
    )
    connection.executemany(
        "INSERT OR IGNORE INTO dirty_articles VALUES (?)", [(number,) for number in articles]
    )


def mark_all(connection: sqlite3.Connection) -> None:
    """Note everything."""
    connection.execute(
        "INSERT OR IGNORE INTO dirty_captures SELECT id FROM captures"
        " UNION SELECT capture_id FROM extractions"
    )
    connection.execute(
        "INSERT OR IGNORE INTO dirty_articles SELECT id FROM articles UNION SELECT article_id FROM versions"
    )


def refresh(connection: sqlite3.Connection) -> None:
    """Recompute what is derived for everything marked; inside the caller's transaction."""
    run = connection.execute
    run(_REVISITS_OF_DIRTY)
    run(_CURRENT_EXTRACTIONS)
    run(_ARTICLES_OF_DIRTY)  # those they showed before …
    run(_CAPTURES)
    run(_ARTICLES_OF_DIRTY)  # … and those they show now
    if run("SELECT 1 FROM dirty_articles LIMIT 1").fetchone():
        run(_SIGHTINGS)
        run(_LATEST)
        run(_VERSIONS)
        run(_ARTICLES_GONE)
        run(_ARTICLES)
        run("DELETE FROM sightings")
        run("DELETE FROM latest")
    run("DELETE FROM dirty_articles")
    run("DELETE FROM dirty_captures")
