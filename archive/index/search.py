"""All reads of index.db. A connection that cannot write (mode=ro), beside a running crawl if need be.

Never `immutable=1`: on a file that is being written SQLite then reports damage that is not there.
"""

# ruff: noqa: S608  (only names of our own tables and columns are put into SQL; values are bound)
from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from attrs import evolve, field, frozen

from archive.errors import IndexStoreError, QueryError, UsageError
from archive.index import faults, schema, snippet
from archive.index import query as language
from archive.index.catalogue import Catalogue
from archive.index.labels import install_label, label
from archive.index.results import ArticleRow, Hit, Results, columns
from archive.urls import bare_host

_WEIGHTS = "10.0, 5.0, 1.0, 3.0"
"""bm25 weights of title, lead, body, captions."""
_MANY = 2000
"""From so many matches on, newest-first walks the articles by date instead of sorting the matches."""
_CHUNK = 200

_FACETS = {
    "site": "a.site",
    "lang": "a.lang",
    "section": "a.section",
    "agency": "a.agency",
    "year": "",
    "month": "",
    "author": "x.name",
    "tag": "x.tag",
}
_FACET_TABLES = {"author": "authors", "tag": "tags"}
_NAMES = frozenset(("section", "agency", "author", "tag"))
"""Facets whose values are spelled in more than one way."""
FACETS = tuple(_FACETS)
_PERIODS = {"year": 4, "month": 7, "day": 10}
_UNDATED = "a.sort_at = a.first_captured_at AND a.published IS NULL"
"""No day of publication: the capture's stands in. The first part follows from the second, and is indexed."""
PERIODS = tuple(_PERIODS)
SORTS = ("rank", "newest", "oldest")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def _tuple(value: str | Iterable[str] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


@frozen(kw_only=True)
class Query:
    """What to look for. Without text: everything that passes the filters, newest first.

    Dates are ISO: a year, month or day (the newspaper's own day, else the day of the first capture) or a
    date with time; both ends count. `captured_…` ask when the archive saw the article. Where they filter by
    days, `Results.undated` says for how many the capture's day stands in; facets and periods leave those out.
    """

    text: str = ""
    fields: tuple[str, ...] = field(default=(), converter=_tuple)
    """Only in these: title, lead, body, caption."""
    site: tuple[str, ...] = field(default=(), converter=_tuple)
    lang: tuple[str, ...] = field(default=(), converter=_tuple)
    """`zh` finds zh-hant too."""
    section: tuple[str, ...] = field(default=(), converter=_tuple)
    author: tuple[str, ...] = field(default=(), converter=_tuple)
    tag: tuple[str, ...] = field(default=(), converter=_tuple)
    since: str | None = None
    until: str | None = None
    captured_since: str | None = None
    captured_until: str | None = None
    sort: str = "rank"
    """rank, newest or oldest; rank without text is newest."""
    limit: int = 20
    """0: count only."""
    offset: int = 0
    facet: tuple[str, ...] = field(default=(), converter=_tuple)
    """Of FACETS."""
    per: str | None = None
    """year, month or day."""
    marks: bool = True
    """Make snippets."""


@frozen
class _Plan:
    """A query as SQL: `source` is FROM … WHERE …, with the articles as `a`."""

    parsed: language.ParsedQuery
    conditions: tuple[str, ...]
    values: dict[str, Any]

    @property
    def match(self) -> str:
        return self.parsed.match

    def source(self, more: str = "") -> str:
        where = list(self.conditions)
        if not self.match:
            return f"FROM articles a {more} WHERE {' AND '.join(where) or '1'}"
        where.insert(0, "articles_fts MATCH :match")
        joined = f"articles_fts CROSS JOIN articles a ON a.id = articles_fts.rowid {more}"
        return f"FROM {joined} WHERE {' AND '.join(where)}"

    def narrowed(self, condition: str) -> str:
        """Return the source with one more condition, about days."""
        if not self.match and not self.conditions:  # 3 times as fast: the texts' pages are not read
            return f"FROM articles a INDEXED BY articles_newest WHERE {condition}"
        return evolve(self, conditions=(*self.conditions, condition)).source()


class Search(Catalogue):
    """index.db, opened for reading."""

    @classmethod
    def open(cls, path: Path, *, timeout: float = 30.0) -> Self:
        """Open the index. Raises IndexStoreError (missing, no database, older) and SchemaTooNewError."""
        path = Path(path)
        if not path.is_file():
            raise IndexStoreError(
                f"{path}: no index here; crawl something, or run `hemeroteca index rebuild`"
            )
        uri = f"{path.resolve().as_uri()}?mode=ro"
        try:
            db = sqlite3.connect(
                uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise faults.explained(path, error) from error
        try:
            applied = schema.check_readable(db)
            install_label(db)
        except BaseException as error:
            found = faults.told(path, db, error)
            db.close()
            if found is not None:
                raise found from error
            raise
        return cls(path, db, applied)

    # searching

    def search(self, query: Query) -> Results:
        """Answer a query. Raises QueryError for one that does not parse, UsageError for a bad date or
        facet.
        """
        plan = self._plan(query)
        try:
            total = self._total(plan)
            ranked = self._ranked(plan, query, query.limit, query.offset, total) if query.limit > 0 else []
            return Results(
                total=total,
                hits=tuple(self._hits(ranked, plan, query)),
                match=plan.match,
                facets={name: self._facet(plan, name) for name in query.facet},
                periods=self._periods(plan, query.per) if query.per else (),
                undated=self._undated(plan) if _asks_for_days(query) else None,
            )
        except sqlite3.OperationalError as error:
            raise self._explain(error, query) from error

    def refs(self, query: Query) -> Iterator[str]:
        """Yield the ref of every article that matches, in the query's order, without limit."""
        for row in self.articles(query):
            yield row.ref

    def articles(self, query: Query) -> Iterator[ArticleRow]:
        """Yield every article that matches, in the query's order, whatever `limit` and `offset` say.

        Memory does not grow with the texts: ids first, then rows a few hundred at a time.
        """
        plan = self._plan(query)
        try:
            ids = [number for number, _ in self._ranked(plan, query, -1, 0, self._total(plan))]
        except sqlite3.OperationalError as error:
            raise self._explain(error, query) from error
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            rows = self._articles(chunk)
            # one that a crawl took away meanwhile is not there any more
            yield from (rows[number] for number in chunk if number in rows)

    def explain(self, query: Query) -> str:
        """Return the folded MATCH string, to paste into any other program."""
        return self._plan(query).match

    def _plan(self, query: Query) -> _Plan:
        if query.sort not in SORTS:
            raise UsageError(f"unknown order '{query.sort}' (known: {', '.join(SORTS)})")
        for name in query.facet:
            if name not in _FACETS:
                raise UsageError(f"unknown facet '{name}' (known: {', '.join(FACETS)})")
        if query.per is not None and query.per not in _PERIODS:
            raise UsageError(f"unknown period '{query.per}' (known: {', '.join(PERIODS)})")
        parsed = language.parse(query.text, query.fields)
        conditions: list[str] = []
        values: dict[str, Any] = {"match": parsed.match} if parsed.match else {}
        if query.site:
            conditions.append("a.site IN (SELECT value FROM json_each(:site))")
            hosts = [bare_host(site.lower()) for site in query.site]
            values["site"] = self._spellings("site", "articles", (*query.site, *hosts))
        if query.section:
            conditions.append("archive_label(a.section) IN (SELECT value FROM json_each(:section))")
            values["section"] = json.dumps([label(section) for section in query.section])
        if query.lang:
            tests = []
            for number, lang in enumerate(query.lang):
                tests.append(f"a.lang = :lang{number} OR a.lang LIKE :lang{number} || '-%'")
                values[f"lang{number}"] = lang.lower().replace("_", "-")
            conditions.append(f"({' OR '.join(tests)})")
        for name, table, column in (("author", "authors", "name"), ("tag", "tags", "tag")):
            if wanted := getattr(query, name):
                conditions.append(
                    f"EXISTS (SELECT 1 FROM {table} y WHERE y.version_id = a.version_id"
                    f" AND y.{column} IN (SELECT value FROM json_each(:{name})))"
                )
                values[name] = self._spellings(column, table, wanted)
        _dates(query, conditions, values)
        return _Plan(parsed, tuple(conditions), values)

    def _spellings(self, column: str, table: str, wanted: Iterable[str]) -> str:
        """Return every spelling in a column of the names asked for, as a JSON array.

        They are looked up in the column's own index: the filter itself can then use it, too.
        """
        labels = {label(name) for name in wanted}
        there = self._db.execute(f"SELECT DISTINCT {column} FROM {table}")
        return json.dumps([value for (value,) in there if value and label(value) in labels])

    def _total(self, plan: _Plan) -> int:
        if plan.match and not plan.conditions:
            sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH :match AND rowid >= 0"
        else:
            sql = f"SELECT count(*) {plan.source()}"
        return int(self._db.execute(sql, plan.values).fetchone()[0])

    def _ranked(
        self, plan: _Plan, query: Query, limit: int, offset: int, total: int
    ) -> list[tuple[int, float | None]]:
        values = {**plan.values, "limit": limit, "offset": offset}
        if plan.match and query.sort == "rank":
            score = f"bm25(articles_fts, {_WEIGHTS})"
            source = (
                plan.source()
                if plan.conditions
                else "FROM articles_fts WHERE articles_fts MATCH :match AND rowid >= 0"
            )
            order = "ORDER BY score, 1 LIMIT :limit OFFSET :offset"
            sql = f"SELECT articles_fts.rowid, {score} AS score {source} {order}"
            return [(number, score) for number, score in self._db.execute(sql, values)]
        way = "ASC" if query.sort == "oldest" else "DESC"
        if plan.match and total > _MANY:
            where = " AND ".join(
                ("a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match)", *plan.conditions)
            )
            source = f"FROM articles a INDEXED BY articles_newest WHERE {where}"
        else:
            source = plan.source()
        sql = f"SELECT a.id {source} ORDER BY a.sort_at {way}, a.id {way} LIMIT :limit OFFSET :offset"
        return [(number, None) for (number,) in self._db.execute(sql, values)]

    def _articles(self, ids: list[int]) -> dict[int, ArticleRow]:
        sql = f"SELECT {columns(ArticleRow)} FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0]: ArticleRow(*row) for row in self._db.execute(sql, (json.dumps(ids),))}

    def _hits(self, ranked: list[tuple[int, float | None]], plan: _Plan, query: Query) -> Iterator[Hit]:
        rows = self._articles([number for number, _ in ranked])
        patterns = snippet.patterns_of(plan.parsed.needles) if query.marks else []
        for number, score in ranked:
            row = rows.get(number)
            if row is None:
                continue
            yield Hit(
                ref=row.ref,
                site=row.site,
                lang=row.lang,
                title=row.title,
                title_marked=snippet.mark(row.title, patterns),
                lead=row.lead,
                published=row.published,
                day=row.day,
                url=row.url,
                version=row.version,
                versions=row.versions,
                first_captured_at=row.first_captured_at,
                snippet=snippet.snippet((row.lead, row.body, row.captions), patterns) if query.marks else (),
                rank=score,
            )

    def _facet(self, plan: _Plan, name: str) -> tuple[tuple[str, int], ...]:
        """Count by a column; spellings of one name together, under the most frequent of them."""
        table = _FACET_TABLES.get(name)
        more = f"CROSS JOIN {table} x ON x.version_id = a.version_id" if table else ""
        if name in _PERIODS:
            return self._days(plan, _PERIODS[name], "ORDER BY 2 DESC, 1 LIMIT 100")
        column, source = _FACETS[name], plan.source(more)
        sql = (
            f"SELECT {column} AS value, count(DISTINCT a.id) {source}"
            " GROUP BY value HAVING value IS NOT NULL ORDER BY 2 DESC, 1 LIMIT 100"
        )
        if name in _NAMES:
            sql = (
                "WITH pairs AS MATERIALIZED"
                f" (SELECT DISTINCT a.id AS id, archive_label({column}) AS name, {column} AS value {source}),"
                " spelled AS (SELECT name, value,"
                "   row_number() OVER (PARTITION BY name ORDER BY count(*) DESC, value) AS place"
                "   FROM pairs WHERE value IS NOT NULL GROUP BY name, value),"
                " counted AS (SELECT name, count(DISTINCT id) AS many FROM pairs GROUP BY name)"
                " SELECT s.value, c.many FROM spelled s JOIN counted c ON c.name = s.name WHERE s.place = 1"
                " ORDER BY 2 DESC, 1 LIMIT 100"
            )
        return tuple((str(value), count) for value, count in self._db.execute(sql, plan.values))

    def _periods(self, plan: _Plan, per: str) -> tuple[tuple[str, int], ...]:
        return self._days(plan, _PERIODS[per], "ORDER BY 1")

    def _days(self, plan: _Plan, length: int, order: str) -> tuple[tuple[str, int], ...]:
        """Count by so much of the day of publication; a capture's day is none."""
        source = plan.narrowed(f"NOT ({_UNDATED})")
        sql = f"SELECT substr(a.day, 1, {length}), count(*) {source} GROUP BY 1 {order}"
        return tuple((str(period), count) for period, count in self._db.execute(sql, plan.values))

    def _undated(self, plan: _Plan) -> int:
        sql = f"SELECT count(*) {plan.narrowed(_UNDATED)}"
        return int(self._db.execute(sql, plan.values).fetchone()[0])

    def _explain(self, error: sqlite3.OperationalError, query: Query) -> Exception:
        if "fts5:" in str(error) and "corrupt" not in str(error):
            return QueryError(f"query `{query.text[:80]}` cannot be searched (SQLite: {error})")
        return faults.explained(self.path, error)


def _asks_for_days(query: Query) -> bool:
    return bool(query.per or query.since or query.until or not _PERIODS.keys().isdisjoint(query.facet))


def _dates(query: Query, conditions: list[str], values: dict[str, Any]) -> None:
    """Add the date filters. Texts compare as times; "~" sorts after everything, so a month holds its days."""
    for name in ("since", "until", "captured_since", "captured_until"):
        value = getattr(query, name)
        if value is None:
            continue
        moment, whole_day = _moment(name, value)
        captured, since = name.startswith("captured"), name.endswith("since")
        if captured:
            column = "a.last_captured_at" if since else "a.first_captured_at"
        else:
            column = "a.day" if whole_day else "a.sort_at"
        conditions.append(f"{column} {'>=' if since else '<='} :{name}")
        values[name] = moment if since else moment + "~"


def _moment(name: str, value: str) -> tuple[str, bool]:
    if _DAY.fullmatch(value):
        try:
            datetime.fromisoformat((value + "-01-01")[:10])
        except ValueError:
            raise UsageError(f"{name.replace('_', ' ')}: there is no day {value}") from None
        return value, True
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise UsageError(
            f"{name.replace('_', ' ')}: '{value}' is no ISO date (2026-11, 2026-11-23, 2026-11-23T08:00)"
        ) from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(), False
