"""The shape of the file: readable by others, guarded against them, described to the last column."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlite_utils

from archive.errors import SchemaTooNewError
from archive.index import schema
from archive.index.schema import reference_markdown
from archive.index.search import Query, Search
from archive.index.store import Index
from archive.index.tables import TABLES
from tests.unit.index.stories import story

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "schema.md"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "index.db"
    with Index.open(path, create=True) as index:
        index.put_all(story("1", "https://a.example/1", "Hà Nội đã", "联合国 l’ONU"))
    return path


def test_every_column_of_the_file_is_described_and_the_other_way_round(path):
    with sqlite3.connect(path) as db:
        for table in TABLES:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table.name})")]
            assert columns == [column.name for column in table.columns]
            assert table.doc
            assert all(column.doc for column in table.columns)
        made = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()
    others = {name for name in made if not name.startswith(("articles_fts", "sqlite_", "_sqlite_"))}
    assert others == {table.name for table in TABLES}


def test_reference_page_is_current():
    assert REFERENCE.read_text(encoding="utf-8") == reference_markdown(), "run `make docs`"


def test_other_programs_recognise_the_full_text_index(path):
    db = sqlite_utils.Database(path)
    assert db["articles"].detect_fts() == "articles_fts"
    assert [row["title"] for row in db["articles"].search("ha noi")] == ["Hà Nội đã"]
    db.close()


def test_plain_sqlite_reads_and_matches_but_cannot_write_texts(path):
    db = sqlite3.connect(path)
    assert db.execute(
        "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '\"联合 合国\"'"
    ).fetchone() == (1,)
    assert db.execute("SELECT title FROM articles").fetchone() == ("Hà Nội đã",)
    with pytest.raises(sqlite3.OperationalError, match="archive_fold"):
        db.execute("UPDATE articles SET title = 'x'")
    db.execute("UPDATE articles SET section = 'x'")  # no text column: nothing to fold
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")
    db.close()


def test_foreign_keys_hold(path):
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def test_the_canary_dies_when_somebody_rebuilds_the_full_text_index(path):
    with Search.open(path) as search:
        assert search.status().ok
        assert search.search(Query(text=schema.CANARY)).total == 0
        assert list(search.articles(Query(text="hemerotecacanary*"))) == []
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
    db.close()
    with Search.open(path) as search:
        status = search.status()
        assert not status.canary_ok
        assert not status.ok


def test_a_missing_trigger_is_noticed_and_a_migration_brings_it_back(path):
    db = sqlite3.connect(path)
    db.execute("DROP TRIGGER articles_fts_update")
    assert schema.missing_triggers(db) == ["articles_fts_update"]
    db.commit()
    with Search.open(path) as search:
        assert search.status().missing_triggers == ("articles_fts_update",)
        assert not search.status().ok
    schema.make_triggers(db)
    assert schema.missing_triggers(db) == []
    db.close()


def test_transform_by_sqlite_utils_drops_the_triggers_which_is_why_migrations_make_them_anew(path):
    db = sqlite_utils.Database(path)
    schema.install_fold(db.conn)
    db["articles"].transform(rename={"kicker": "overline"})
    assert schema.missing_triggers(db.conn)
    schema.make_triggers(db.conn)
    assert schema.missing_triggers(db.conn) == []
    db.close()


def test_a_file_of_a_later_program_is_refused(path):
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) VALUES ('hemeroteca', '0999_later', '')"
        )
    db.close()
    for opener in (Index.open, Search.open):
        with pytest.raises(SchemaTooNewError, match=r"index\.db.*0999_later.*upgrade"):
            opener(path)


def test_another_folding_is_noticed(path):
    with sqlite3.connect(path) as db:
        db.execute("UPDATE facts SET value = '0' WHERE name = 'fold_version'")
    db.close()
    with Search.open(path) as search:
        assert not search.status().fold_ok
        assert not search.status().ok
