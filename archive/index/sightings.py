"""What the captures of an article have shown, in order: a crawl plans its next visits by it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from attrs import frozen

_COLUMNS = (
    "c.article_id, c.url, c.fetched_at, c.status, c.version_id, c.etag, c.last_modified,"
    " v.published, v.modified"
)


@frozen
class Sighting:
    """One capture that shows an article."""

    article_id: int
    url: str
    fetched_at: str
    """ISO 8601, UTC."""
    status: int | None
    """304 where the server confirmed an earlier capture."""
    version_id: int
    etag: str | None
    last_modified: str | None
    published: str | None
    """As the version states it."""
    modified: str | None


def of_article(db: sqlite3.Connection, article_id: int) -> list[Sighting]:
    """Return the sightings of an article, oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM captures c JOIN versions v ON v.id = c.version_id"  # noqa: S608 - our columns
        " WHERE c.article_id = ? ORDER BY c.fetched_at, c.id",
        (article_id,),
    )
    return [Sighting(*row) for row in rows]


def article_ids(db: sqlite3.Connection, site: str, since: str) -> set[int]:
    """Return the articles of a site published (or, without a date, first captured) since a moment."""
    rows = db.execute("SELECT id FROM articles WHERE site = ? AND sort_at >= ?", (site, since))
    return {number for (number,) in rows}


def of_articles(db: sqlite3.Connection, wanted: set[int]) -> Iterator[list[Sighting]]:
    """Yield the sightings of each of these articles, oldest first."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted_articles(id INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM wanted_articles")
    db.executemany("INSERT INTO wanted_articles VALUES (?)", [(number,) for number in wanted])
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM wanted_articles w CROSS JOIN captures c ON c.article_id = w.id"  # noqa: S608
        " JOIN versions v ON v.id = c.version_id ORDER BY w.id, c.fetched_at, c.id"
    )
    for _, group in groupby((Sighting(*row) for row in rows), key=lambda one: one.article_id):
        yield list(group)


def versions_of(db: sqlite3.Connection, article_id: int) -> set[int]:
    """Return the ids of all versions of an article."""
    return {number for (number,) in db.execute("SELECT id FROM versions WHERE article_id = ?", (article_id,))}
