"""The INSERT statements, made from the tables: base columns only, and in each conflict the rule that decides.

`ON CONFLICT DO UPDATE`, never `INSERT OR REPLACE`: that deletes rows behind the back of the full-text index.
"""

# ruff: noqa: S608  (only names of our own tables and columns are put into SQL; values are bound)
from __future__ import annotations

from archive.index.tables import (
    AUTHORS,
    CAPTURES,
    EXTRACTIONS,
    FAILURES,
    ISSUES,
    PHOTOS,
    RELATED_LINKS,
    RUNS,
    TAGS,
    VERSIONS,
    WARC_FILES,
    Table,
)

CHILDREN_OF_VERSION = ("photos", "authors", "tags")


def base_columns(table: Table) -> list[str]:
    """Return the columns that come from a record, not from other rows."""
    return [column.name for column in table.columns if not column.doc.startswith("*Derived.*")]


def _insert(table: Table) -> str:
    names = base_columns(table)
    values = ", ".join(f":{name}" for name in names)
    return (
        f"INSERT INTO {table.name} ({', '.join(f'{chr(34)}{n}{chr(34)}' for n in names)}) VALUES ({values})"
    )


def _upsert(table: Table, key: str, rule: str) -> str:
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in base_columns(table) if name != key)
    return f"{_insert(table)} ON CONFLICT({key}) DO UPDATE SET {changes} WHERE {rule}"


def _first_place(table: Table) -> str:
    """Of two copies of one record (the same file imported twice) the one that stands first counts."""
    return f"(excluded.file, excluded.offset) <= ({table.name}.file, {table.name}.offset)"


def _order(table: str, alias: str) -> str:
    terms = {
        "runs": "{0}.finished_at IS NOT NULL, coalesce({0}.finished_at, ''), {0}.file, {0}.offset",
        "warc_files": "{0}.size, {0}.records, coalesce({0}.warcinfo_id, ''), coalesce({0}.started_at, '')",
    }
    return "(" + terms[table].format(alias) + ")"


UPSERTS = {
    "captures": _upsert(CAPTURES, "id", _first_place(CAPTURES)),
    "failures": _upsert(FAILURES, "id", _first_place(FAILURES)),
    "extractions": _upsert(EXTRACTIONS, "id", _first_place(EXTRACTIONS)),
    "versions": _upsert(VERSIONS, "id", "excluded.source_order > versions.source_order"),
    "issues": _insert(ISSUES) + " ON CONFLICT DO NOTHING",
    "related_links": _insert(RELATED_LINKS) + " ON CONFLICT DO NOTHING",
    **{table.name: _insert(table) + " ON CONFLICT DO NOTHING" for table in (PHOTOS, AUTHORS, TAGS)},
    "runs": _upsert(RUNS, "run_id", f"{_order('runs', 'excluded')} >= {_order('runs', 'runs')}"),
    "warc_files": _upsert(
        WARC_FILES, "file", f"{_order('warc_files', 'excluded')} >= {_order('warc_files', 'warc_files')}"
    ),
}
"""Table → statement with named parameters, in the order in which they may run."""
