"""Reading the index by identity: articles, versions, captures, links, runs, numbers. `search.Search`
adds queries.
"""

# ruff: noqa: S608  (only names of our own tables and columns are put into SQL; values are bound)
# ruff: noqa: E501  (long SQL, tables and texts are read better whole)

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from archive.counting import count_of
from archive.errors import NothingFoundError, UsageError
from archive.index import faults, lookups, schema
from archive.index.results import (
    ArticleRow,
    CaptureRow,
    ExtractionRow,
    IssueRow,
    LinkedFrom,
    PhotoRow,
    RelatedRow,
    RunRow,
    SiteStats,
    Stats,
    Status,
    VersionRow,
    columns,
)

if TYPE_CHECKING:
    from archive.model import Article
    from archive.summary import SourceState

Kind = TypeVar("Kind")

_CANDIDATES = 10
"""Ids shown of those that begin alike."""


class Catalogue(faults.Opened):
    """What can be asked without a search. Every method reads one moment of the index."""

    def __init__(self, path: Path, db: sqlite3.Connection, migrations: list[str]) -> None:
        """Use `Search.open`."""
        self.path = path
        self._db = db
        self.migrations = tuple(migrations)
        """What has made the file's tables; the last one names their shape."""

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _all(self, kind: type[Kind], rest: str, *values: Any, alias: str = "") -> list[Kind]:
        """Return rows of a kind; `rest` is FROM … and what follows."""
        return [kind(*row) for row in self._db.execute(f"SELECT {columns(kind, alias)} {rest}", values)]

    # articles

    def article(self, what: str) -> ArticleRow:
        """Return the article with this ref (or the beginning of one, where only one begins so) or URL.

        Any URL under which it was captured will do, in any spelling. An article that no reading finds any more
        is given from its last version (`captures` is 0; see `successor`). Raises NothingFoundError, and UsageError
        where the beginning of a ref fits several.
        """
        what = what.strip()
        row = self._by_url(what) if "://" in what else self._by_ref(what) or self._by_url(what)
        if row is None:
            raise NothingFoundError(self._why_none(what))
        return row

    def _by_ref(self, what: str) -> ArticleRow | None:
        from archive.index.keys import read_ref, ref_of, refs_beginning

        ref = read_ref(what)
        if ref is None:
            return None
        # versions too: an article that no reading finds any more has left its own table
        found = self._db.execute(
            "SELECT id FROM articles WHERE id BETWEEN ?1 AND ?2"
            " UNION SELECT article_id FROM versions WHERE article_id BETWEEN ?1 AND ?2 ORDER BY 1 LIMIT ?3",
            (*refs_beginning(ref), _CANDIDATES + 1),
        ).fetchall()
        if not found:
            return None
        if len(found) > 1:
            refs = ", ".join(ref_of(number) for (number,) in found[:_CANDIDATES])
            more = " …" if len(found) > _CANDIDATES else ""
            raise UsageError(f"{what} is the beginning of several ids: {refs}{more}; write more of it")
        rows = self._all(ArticleRow, "FROM articles WHERE id = ?", found[0][0])
        return rows[0] if rows else self._replaced(found[0][0])

    def _replaced(self, article_id: int) -> ArticleRow | None:
        """Return an article that no reading finds any more, from its last version: citations resolve."""
        versions = self.versions(article_id)
        if not versions:
            return None
        from archive.index.keys import ref_of, url_key

        last = max(versions, key=lambda version: (version.last_captured_at, version.number))
        capture = self._db.execute(
            "SELECT capture_id FROM extractions WHERE id = ?", (last.source_id,)
        ).fetchone()
        return ArticleRow(
            id=article_id,
            ref=ref_of(article_id),
            site=last.site,
            lang=last.lang,
            day=last.published_day or last.last_captured_at[:10],
            sort_at=last.published_at or last.first_captured_at,
            first_captured_at=min(version.first_captured_at for version in versions),
            last_captured_at=last.last_captured_at,
            captures=0,
            versions=len(versions),
            version_id=last.id,
            version=last.number,
            extraction_id=last.source_id,
            capture_id=capture[0] if capture else 0,
            key=last.key,
            url=last.url,
            canonical_url=last.canonical_url,
            url_key=url_key(last.canonical_url),
            section=last.section,
            agency=last.agency,
            published=last.published,
            modified=last.modified,
            authors=json.dumps(last.authors),
            kicker=last.kicker,
            title=last.title,
            lead=last.lead,
            captions=last.captions,
            body=last.body,
        )

    def successor(self, article: ArticleRow) -> ArticleRow | None:
        """Return the article that the captures of a replaced one show now; None where it is not replaced.

        An article's id is made of its site and key, so a new profile gives it a new one.
        """
        if article.captures:
            return None
        found = self._db.execute(
            "SELECT c.article_id FROM extractions e JOIN captures c ON c.id = e.capture_id"
            " WHERE e.article_id = ?1 AND c.article_id <> ?1"
            " GROUP BY 1 ORDER BY count(DISTINCT c.id) DESC, max(c.fetched_at) DESC, 1 LIMIT 1",
            (article.id,),
        ).fetchone()
        return self.article_by_id(found[0]) if found else None

    def _by_url(self, url: str) -> ArticleRow | None:
        from archive.index.keys import url_key

        key = url_key(url if "://" in url else f"http://{url}")
        found = self._db.execute(
            "SELECT article_id FROM (SELECT article_id, url = ?1 AS exact, fetched_at AS at FROM captures"
            " WHERE url_key = ?2 AND article_id IS NOT NULL"
            " UNION ALL SELECT id, canonical_url = ?1 OR url = ?1, last_captured_at FROM articles WHERE url_key = ?2"
            " UNION ALL SELECT id, 1, last_captured_at FROM articles WHERE url = ?1)"
            " ORDER BY exact DESC, at DESC, article_id LIMIT 1",
            (url, key),
        ).fetchone()
        rows = self._all(ArticleRow, "FROM articles WHERE id = ?", found[0]) if found else []
        return rows[0] if rows else None

    def _why_none(self, what: str) -> str:
        captures = self.captures_of_url(what)
        if captures:
            last = captures[-1]
            verdict = (
                f"read as {last.verdict}" if last.verdict else f"status {last.status}, not read as a page"
            )
            return f"{what}: captured {count_of(len(captures), 'time')}, but not an article ({verdict})"
        return f"{what}: no such article in {self.path}; look for it with `hemeroteca search`"

    def article_by_id(self, article_id: int) -> ArticleRow:
        """Return the article with this number."""
        rows = self._all(ArticleRow, "FROM articles WHERE id = ?", article_id)
        if not rows:
            raise NothingFoundError(f"no article with the number {article_id}")
        return rows[0]

    # versions and what hangs on them

    def versions(self, article: ArticleRow | int) -> list[VersionRow]:
        """Return all versions of an article by number, replaced readings (captures = 0) included."""
        number = article if isinstance(article, int) else article.id
        return self._all(VersionRow, "FROM versions WHERE article_id = ? ORDER BY number", number)

    def version(self, article: ArticleRow | int, number: int | None = None) -> VersionRow:
        """Return one version, the current one where no number is given. Raises NothingFoundError."""
        versions = self.versions(article)
        if number is None and not isinstance(article, int):
            number = article.version
        for version in versions:
            if version.number == number or (number is None and version.current):
                return version
        known = ", ".join(str(version.number) for version in versions)
        raise NothingFoundError(f"no version {number} (there are: {known})")

    def photos(self, version: VersionRow | int) -> list[PhotoRow]:
        """Return the photos of a version in the order of the page."""
        number = version if isinstance(version, int) else version.id
        return self._all(PhotoRow, "FROM photos WHERE version_id = ? ORDER BY position", number)

    def document(self, article: ArticleRow, number: int | None = None) -> Article:
        """Return a version as the extractor gave it; its related links are those of the reading it came
        from.
        """
        from archive.model import Article, Dateline, Photo, RelatedLink

        version = self.version(article, number)
        reading = article.extraction_id if version.id == article.version_id else version.source_id
        dateline = None
        if version.dateline is not None:
            dateline = Dateline(
                raw=version.dateline, place=version.dateline_place, agency=version.dateline_agency
            )
        return Article(
            url=version.url,
            canonical_url=version.canonical_url,
            site=version.site,
            key=version.key,
            lang=version.lang,
            title=version.title,
            kicker=version.kicker,
            lead=version.lead,
            blocks=version.blocks,
            photos=tuple(
                Photo(url=p.url, caption=p.caption, credit=p.credit, alt=p.alt) for p in self.photos(version)
            ),
            related=tuple(
                RelatedLink(
                    url=link.url,
                    title=link.title,
                    teaser=link.teaser,
                    photo_caption=link.photo_caption,
                    photo_credit=link.photo_credit,
                    box=link.box,
                    position=link.place,
                )
                for link in self.links_of(reading)
            ),
            published=version.published,
            published_raw=version.published_raw,
            modified=version.modified,
            authors=version.authors,
            agency=version.agency,
            section=version.section,
            tags=version.tags,
            dateline=dateline,
            sign_off=version.sign_off,
        )

    # related links

    def links_of(self, extraction_id: int) -> list[RelatedRow]:
        """Return the related links that one reading found, with the archived article each leads to, if
        any.
        """
        return [
            RelatedRow(*row)
            for row in self._db.execute(
                "SELECT r.extraction_id, r.position, r.url, r.title, r.teaser, r.photo_caption, r.photo_credit,"
                " r.box, r.place, a.ref, a.title, a.published FROM related_links r"
                " LEFT JOIN articles a ON a.id = coalesce("
                "  (SELECT c.article_id FROM captures c WHERE c.url_key = r.url_key AND c.article_id IS NOT NULL"
                "   ORDER BY c.fetched_at DESC, c.id LIMIT 1),"
                "  (SELECT o.id FROM articles o WHERE o.url_key = r.url_key ORDER BY o.id LIMIT 1))"
                " WHERE r.extraction_id = ? ORDER BY r.position",
                (extraction_id,),
            )
        ]

    def related_out(self, article: ArticleRow) -> list[RelatedRow]:
        """Return the links in the boxes of an article, as its latest capture shows them."""
        return self.links_of(article.extraction_id)

    def related_in(self, article: ArticleRow) -> list[LinkedFrom]:
        """Return the articles whose boxes lead to this one, in any capture's current reading, newest
        first.
        """
        rows = self._db.execute(
            "WITH keys(url_key) AS (SELECT ?2 UNION SELECT url_key FROM captures WHERE article_id = ?1),"
            " links AS (SELECT e.article_id, e.captured_at, r.url, r.title, r.box,"
            "   row_number() OVER (PARTITION BY e.article_id ORDER BY e.captured_at DESC, r.position) AS place"
            "   FROM keys CROSS JOIN related_links r ON r.url_key = keys.url_key"
            "   CROSS JOIN extractions e ON e.id = r.extraction_id AND e.current = 1 AND e.article_id <> ?1)"
            " SELECT a.ref, a.site, a.title, a.published, a.url, l.title, l.box, l.captured_at"
            " FROM links l JOIN articles a ON a.id = l.article_id WHERE l.place = 1"
            " ORDER BY a.sort_at DESC, a.id",
            (article.id, article.url_key),
        )
        return [LinkedFrom(*row) for row in rows]

    def link_graph(self) -> Iterator[tuple[str, str]]:
        """Yield every (ref, ref) of the archive: from the article that shows the link to the one it
        leads to.
        """
        yield from self._db.execute(
            "WITH target(url_key, article_id) AS (SELECT url_key, article_id FROM captures"
            " WHERE article_id IS NOT NULL UNION SELECT url_key, id FROM articles)"
            " SELECT DISTINCT a.ref, b.ref FROM articles a JOIN related_links r ON r.extraction_id = a.extraction_id"
            " JOIN target t ON t.url_key = r.url_key JOIN articles b ON b.id = t.article_id"
            " WHERE a.id <> b.id ORDER BY 1, 2"
        )

    # captures and readings

    def captures(self, article: ArticleRow) -> list[CaptureRow]:
        """Return the captures that show an article, in time."""
        return self._all(CaptureRow, "FROM captures WHERE article_id = ? ORDER BY fetched_at, id", article.id)

    def captures_of_url(self, url: str) -> list[CaptureRow]:
        """Return the captures of a URL in any spelling, in time."""
        from archive.index.keys import url_key

        key = url_key(url if "://" in url else f"http://{url}")
        return self._all(CaptureRow, "FROM captures WHERE url_key = ? ORDER BY fetched_at, id", key)

    def capture(self, what: str | int) -> CaptureRow:
        """Return the capture with this WARC-Record-ID (or number). Raises NothingFoundError."""
        from archive.index.keys import record_id_number

        number = what if isinstance(what, int) else record_id_number(what)
        rows = self._all(CaptureRow, "FROM captures WHERE id = ?", number)
        if not rows:
            raise NothingFoundError(f"{what}: no such capture in {self.path}")
        return rows[0]

    def captures_of_payload(self, digest: str) -> list[CaptureRow]:
        """Return the captures whose records hold the payload with this digest, in time."""
        sql = "FROM captures WHERE payload_digest = ? AND {} ORDER BY fetched_at, id"
        kinds = ("record_type = 'response' AND truncated IS NULL", "record_type <> 'revisit'")  # has an index
        return next(filter(None, (self._all(CaptureRow, sql.format(kind), digest) for kind in kinds)), [])

    def url_at(self, file: str, offset: int) -> str | None:
        """Return the address of the page or failed fetch whose record covers a place in a WARC file."""
        return lookups.url_at(self._db, file, offset)

    def captures_in_order(self) -> Iterator[CaptureRow]:
        """Yield every capture in the order of the WARC files: what `verify` compares with the records."""
        sql = f"SELECT {columns(CaptureRow)} FROM captures ORDER BY file, offset"
        for row in self._db.execute(sql):
            yield CaptureRow(*row)

    def extraction(self, extraction_id: int | None) -> ExtractionRow | None:
        """Return one reading; None for a capture that was never read (pass its `extraction_id`)."""
        rows = self._all(ExtractionRow, "FROM extractions WHERE id = ?", extraction_id)
        return rows[0] if rows else None

    def extractions(self, capture: CaptureRow) -> list[ExtractionRow]:
        """Return all readings of a capture, oldest first."""
        return self._all(
            ExtractionRow,
            "FROM extractions WHERE capture_id = ? ORDER BY extracted_at, record_id",
            capture.id,
        )

    def readings_of_version(self, version_id: int) -> list[ExtractionRow]:
        """Return all readings that found a version, in the order of the captures that were read."""
        rest = "FROM extractions WHERE version_id = ? ORDER BY captured_at, capture_record_id, extracted_at"
        return self._all(ExtractionRow, rest, version_id)

    def issues(self, extraction_id: int) -> list[IssueRow]:
        """Return the issues of a reading."""
        return self._all(IssueRow, "FROM issues WHERE extraction_id = ? ORDER BY position", extraction_id)

    # the whole

    def runs(
        self, site: str | None = None, *, failed: bool = False, limit: int = -1, locks: Path | None = None
    ) -> list[RunRow]:
        """Return runs, newest first; `failed`: only those that did not end well.

        `locks`: the log folder; a run that says that it is running and holds no lock there is given as interrupted.
        """
        from archive.index import lookups

        return lookups.runs(self._db, site, failed=failed, limit=limit, locks=locks)

    def sources(self, site: str) -> tuple[SourceState, ...]:
        """Return how the lists of a site were doing at the end of its last crawl."""
        from archive.index import lookups

        return lookups.sources(self._db, site)

    def seed_of(self, run_id: str) -> str | None:
        """Return the address at which a run began."""
        from archive.index import lookups

        return lookups.seed_of(self._db, run_id)

    def stats(self) -> Stats:
        """Return the collection in numbers."""
        count = {
            table: self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("articles", "versions", "captures", "failures", "extractions", "warc_files")
        }
        size = self._db.execute("SELECT coalesce(sum(size), 0) FROM warc_files").fetchone()[0]
        first, last = self._db.execute("SELECT min(fetched_at), max(fetched_at) FROM captures").fetchone()
        sites = self._db.execute(
            "SELECT site, count(*), sum(versions), sum(captures), min(day), max(day), max(last_captured_at),"
            " sum(published IS NULL)"
            " FROM articles GROUP BY site ORDER BY 2 DESC, 1"
        )
        counted = "SELECT {0}, count(*) FROM {1} GROUP BY 1 ORDER BY 2 DESC, 1"
        current = "issues JOIN extractions e ON e.id = extraction_id AND e.current = 1"
        return Stats(
            articles=count["articles"],
            versions=count["versions"],
            captures=count["captures"],
            failures=count["failures"],
            extractions=count["extractions"],
            files=count["warc_files"],
            warc_bytes=size,
            first_captured_at=first,
            last_captured_at=last,
            sites=tuple(SiteStats(*row) for row in sites),
            verdicts=dict(self._db.execute(counted.format("verdict", "captures WHERE verdict IS NOT NULL"))),
            issues=dict(self._db.execute(counted.format("code", current))),
        )

    def status(self) -> Status:
        """Return whether the index can be relied on; all its pages are read. Raises IndexDamagedError."""
        if damage := faults.damage_of(self._db):
            raise faults.damaged(self.path, damage)
        facts = dict(self._db.execute("SELECT name, value FROM facts"))
        one = self._db.execute
        return Status(
            path=str(self.path),
            files=one("SELECT count(*) FROM warc_files").fetchone()[0],
            captures=one("SELECT count(*) FROM captures").fetchone()[0],
            not_yet_extracted=one(
                "SELECT count(*) FROM captures WHERE extraction_id IS NULL AND content_type LIKE '%html%' AND"
                " (record_type = 'conversion'"
                " OR (record_type = 'response' AND NOT for_browser AND status BETWEEN 200 AND 299))"
            ).fetchone()[0],
            migrations=self.migrations,
            fold_version=facts.get("fold_version", ""),
            fold_ok=schema.facts_hold(facts),
            canary_ok=schema.canary_alive(self._db),
            missing_triggers=tuple(schema.missing_triggers(self._db)),
        )
