"""The shape of index.db: migrations, the full-text index with its triggers, and the reference page.

The full-text index is FTS5 over `articles` (external content: no second copy of the text) and holds *folded*
text. Triggers call `archive_fold()`, which only this program's write connections have: another program
can read and MATCH, but its writes to the text columns fail loudly instead of spoiling the index.
"""

# ruff: noqa: S608  (only names of our own tables and columns are put into SQL; values are bound)
# ruff: noqa: E501  (long SQL, tables and texts are read better whole)

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

from archive.errors import IndexDamagedError, IndexStoreError, SchemaTooNewError
from archive.index.fold import FOLD_VERSION, TOKENIZE, URL_KEY_VERSION, fold
from archive.wording import WORDING_VERSION

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

    from archive.index.tables import Table

TEXT_COLUMNS = ("title", "lead", "body", "captions")
"""Columns of the full-text index, in order."""

MIGRATION_SET = "hemeroteca"
KNOWN_MIGRATIONS = ("0001_first", "0002_runs_observed", "0003_sources", "0004_for_browser")

CANARY_ROWID = -1
CANARY = "hemerotecacanaryŁ"
"""Indexed folded, with no article behind it. Another program's FTS 'rebuild' un-folds the
index and loses it."""
CANARY_MATCH = "hemerotecacanaryl"

_FACTS = {
    "fold_version": FOLD_VERSION,
    "url_key_version": URL_KEY_VERSION,
    "wording_version": WORDING_VERSION,
}

TRIGGERS = ("articles_fts_insert", "articles_fts_delete", "articles_fts_update")


def install_fold(connection: sqlite3.Connection) -> None:
    """Give a connection `archive_fold(text)`, which the triggers call."""
    connection.create_function("archive_fold", 1, fold, deterministic=True)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to this program's shape. Raises SchemaTooNewError for one written by a later program.

    Safe when several processes open a new file at once: it is all one exclusive transaction.
    """
    if not _pending(connection):
        return
    from sqlite_utils import Database  # 0.2 s that only a new or an old file costs

    connection.execute("BEGIN IMMEDIATE")
    try:
        if _pending(connection):
            _migrations().apply(Database(connection, execute_plugins=False, recursive_triggers=False))
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def refuse_foreign(connection: sqlite3.Connection) -> None:
    """Leave another program's database, and what is left of a damaged index, as they are."""
    there = connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchone()
    if there is not None and not applied_migrations(connection):
        raise IndexDamagedError(
            f"no index, but a database with '{there[0]}' in it; move it away, or run `hemeroteca index rebuild`,"
            " which puts an index in its place"
        )


def applied_migrations(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the migrations that the file has, in order."""
    table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()
    if table is None:
        return []
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id", (MIGRATION_SET,)
    )
    return [str(name) for (name,) in rows]


def _pending(connection: sqlite3.Connection) -> bool:
    applied = applied_migrations(connection)
    later = [name for name in applied if name not in KNOWN_MIGRATIONS]
    if later:
        raise SchemaTooNewError(
            f"the index was written by a later hemeroteca (it has {later[0]}): upgrade, or delete it and run"
            " `hemeroteca index rebuild`"
        )
    return len(applied) < len(KNOWN_MIGRATIONS)


def check_readable(connection: sqlite3.Connection) -> list[str]:
    """Return the migrations that the file has. Raises IndexStoreError where it is not of this program's
    shape.
    """
    connection.execute("PRAGMA query_only = ON")
    if not applied_migrations(connection):
        raise IndexDamagedError("there is no index in it; run `hemeroteca index rebuild`")
    if _pending(connection):
        raise IndexStoreError("the index is of an earlier hemeroteca; run `hemeroteca index rebuild`")
    return applied_migrations(connection)


def facts_hold(facts: dict[str, str]) -> bool:
    """Say whether the file was made with this program's folding, URL keys and digests of wording."""
    return facts == _FACTS


def _migrations() -> Migrations:
    from sqlite_utils import Migrations

    from archive.index.tables import CAPTURES, RUNS, TABLES

    migrations = Migrations(MIGRATION_SET)

    @migrations(name="0001_first")
    def first(db: Database) -> None:
        for table in TABLES:
            for statement in table.ddl():
                db.conn.execute(statement)
        db.conn.executemany("INSERT INTO facts(name, value) VALUES (?, ?)", list(_FACTS.items()))
        columns = ", ".join(TEXT_COLUMNS)
        # content="articles" with these very quotes: sqlite-utils and Datasette recognise no other spelling
        db.conn.execute(
            f"CREATE VIRTUAL TABLE articles_fts USING fts5({columns}, tokenize='{TOKENIZE}',"
            ' content="articles", content_rowid="id")'
        )
        db.conn.execute(
            "INSERT INTO articles_fts(rowid, title, lead, body, captions) VALUES (?, ?, '', '', '')",
            (CANARY_ROWID, fold(CANARY)),
        )
        make_triggers(db.conn)

    @migrations(name="0002_runs_observed")
    def runs_observed(db: Database) -> None:
        _add_columns(db, RUNS)

    @migrations(name="0003_sources")
    def sources(db: Database) -> None:
        _add_columns(db, RUNS)

    @migrations(name="0004_for_browser")
    def for_browser(db: Database) -> None:
        _add_columns(db, CAPTURES)

    return migrations


def _add_columns(db: Database, table: Table) -> None:
    """Add those that are not there; a new file has them: the first migration makes the tables as they are now."""
    there = {row[1] for row in db.conn.execute(f"PRAGMA table_info({table.name})")}
    for column in table.columns:
        if column.name not in there:
            db.conn.execute(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {column.kind}')


def make_triggers(connection: sqlite3.Connection) -> None:
    """Create the full-text triggers anew and check that they are there.

    Every migration that touches `articles` ends with this: sqlite-utils' `transform()` drops triggers
    silently.
    """
    columns = ", ".join(TEXT_COLUMNS)
    new = ", ".join(f"archive_fold(new.{column})" for column in TEXT_COLUMNS)
    old = ", ".join(f"archive_fold(old.{column})" for column in TEXT_COLUMNS)
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in TEXT_COLUMNS)
    add = f"INSERT INTO articles_fts(rowid, {columns}) VALUES (new.id, {new});"
    remove = f"INSERT INTO articles_fts(articles_fts, rowid, {columns}) VALUES ('delete', old.id, {old});"
    events = {
        "articles_fts_insert": f"AFTER INSERT ON articles BEGIN {add} END",
        "articles_fts_delete": f"AFTER DELETE ON articles BEGIN {remove} END",
        "articles_fts_update": (
            f"AFTER UPDATE OF {columns} ON articles WHEN {changed} BEGIN {remove} {add} END"
        ),
    }
    for name, event in events.items():
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        connection.execute(f"CREATE TRIGGER {name} {event}")
    missing = missing_triggers(connection)
    if missing:
        raise sqlite3.DatabaseError(f"triggers {', '.join(missing)} are missing after a migration")


def missing_triggers(connection: sqlite3.Connection) -> list[str]:
    """Return which full-text triggers the file lacks: without them new articles are not found, silently."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'articles'"
    )
    there = {name for (name,) in rows}
    return [name for name in TRIGGERS if name not in there]


def canary_alive(connection: sqlite3.Connection) -> bool:
    """Say whether the full-text index still holds folded text."""
    row = connection.execute(
        "SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? AND rowid = ?", (CANARY_MATCH, CANARY_ROWID)
    ).fetchone()
    return row is not None


def reference_markdown() -> str:
    """Return docs/reference/schema.md."""
    from archive.index.tables import TABLES

    lines = [
        "# The tables of index.db",
        "",
        "<!-- Generated from archive/index/tables.py by `make docs`; do not edit. -->",
        "",
        (
            "`index.db` is an ordinary SQLite file: `sqlite3`, `sqlite-utils` and Datasette read it. It is a cache of what"
            " stands in the WARC files; `hemeroteca index rebuild` makes it anew, row for row the same. Times are ISO 8601"
            " in UTC (`+00:00`) unless a column says *as stated*. Columns marked *derived* are computed from other rows."
        ),
        "",
        (
            "Full text: `articles_fts` (FTS5; columns title, lead, body, captions; rowid = `articles.id`) holds folded text:"
            " lower case, no diacritics, pairs of characters for scripts written without spaces. Other programs can MATCH"
            " it with folded words (`hemeroteca search --explain` prints them), but cannot write the text columns."
        ),
    ]
    for table in TABLES:
        lines += ["", f"## {table.name}", "", table.doc, "", "| column | type | meaning |", "|---|---|---|"]
        for column in table.columns:
            kind = column.kind.replace(" NOT NULL", "").replace(" DEFAULT 0", "")
            lines.append(f"| {column.name} | {kind} | {column.doc} |")
    return "\n".join(lines) + "\n"
