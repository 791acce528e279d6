"""Every way in which an index can differ from its archive is found."""

from __future__ import annotations

import sqlite3

import pytest

from archive.errors import IndexStoreError
from archive.fixity import verify_index
from archive.index.store import Index
from archive.process import rebuild
from archive.warc.reader import warc_files
from tests.stored_pages import STORIES, captures, make_collection, revisits_of, url_of, write


@pytest.fixture
def press(tmp_path):
    return make_collection(tmp_path / "press", 1)


def codes(settings):
    return {fault.code for fault in verify_index(settings)}


def change(settings, statement):
    with Index.open(settings.index_path) as index:  # has the functions that the triggers call
        changed = index._db.execute(statement).rowcount
    assert changed > 0


def test_an_index_that_agrees_has_no_fault(press):
    assert list(verify_index(press)) == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "UPDATE captures SET url = 'https://other.example/' WHERE id = (SELECT min(id) FROM captures)",
            "row_differs",
        ),
        ("UPDATE captures SET offset = offset + 1 WHERE id = (SELECT min(id) FROM captures)", "row_differs"),
        (
            "UPDATE captures SET payload_digest = 'sha1:AAAA' WHERE id = (SELECT max(id) FROM captures)",
            "row_differs",
        ),
        (
            "UPDATE captures SET record_id = '<urn:uuid:0>' WHERE id = (SELECT max(id) FROM captures)",
            "row_without_record",
        ),
        (
            "UPDATE extractions SET verdict = 'listing' WHERE id = (SELECT min(id) FROM extractions)",
            "row_differs",
        ),
        ("UPDATE versions SET title = 'Altered' WHERE id = (SELECT min(id) FROM versions)", "row_differs"),
        ("UPDATE versions SET body = body || '.' WHERE id = (SELECT min(id) FROM versions)", "row_differs"),
        ("UPDATE photos SET caption = 'Altered'", "row_differs"),
        ("UPDATE related_links SET url = 'https://other.example/'", "row_differs"),
        ("DELETE FROM related_links", "row_differs"),
        (
            "UPDATE articles SET title = 'Altered' WHERE id = (SELECT min(id) FROM articles)",
            "derived_differs",
        ),
        ("UPDATE warc_files SET size = size - 1", "file_behind"),
        ("UPDATE warc_files SET size = size + 1", "file_changed"),
        ("DELETE FROM warc_files", "file_unknown"),
    ],
)
def test_a_changed_row_is_found(press, statement, code):
    change(press, statement)
    assert code in codes(press)


def test_a_missing_row_is_found(press):
    database = sqlite3.connect(press.index_path)
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("DELETE FROM captures WHERE id = (SELECT min(id) FROM captures)")
    database.commit()
    database.close()
    assert "row_missing" in codes(press)


def test_files_that_one_side_does_not_know_are_found(press):
    path = warc_files(press.collection)[0]
    copy = path.with_name("copied.warc.gz")
    copy.write_bytes(path.read_bytes())
    assert "file_unknown" in codes(press)
    copy.unlink()
    path.rename(press.collection / "moved-away.warc.gz")
    assert codes(press) == {"file_missing"}


def test_no_index_and_no_database_are_told(press):
    press.index_path.write_bytes(b"not a database" * 100)
    with pytest.raises(IndexStoreError, match="index rebuild"):
        list(verify_index(press))
    press.index_path.unlink()
    with pytest.raises(IndexStoreError, match="index rebuild"):
        list(verify_index(press))


@pytest.fixture
def revisited(tmp_path):
    """Return a collection whose second file holds revisits of what the first one holds."""
    press = make_collection(tmp_path / "press", 0)
    write(press, revisits_of(write(press, captures(1))))
    return press


def test_revisits_whose_originals_are_lost_are_named(revisited, tmp_path):
    assert list(verify_index(revisited)) == []
    first, second = warc_files(revisited.collection)
    first.rename(tmp_path / first.name)
    lost = [fault for fault in verify_index(revisited) if fault.code == "original_missing"]
    assert [fault.url for fault in lost] == [url_of(story) for story in STORIES]
    done = rebuild(revisited)
    assert (done.lost_originals, done.originals_elsewhere) == (5, 0)
    assert [fault for fault in verify_index(revisited) if fault.is_note] == []
    assert list(verify_index(revisited)) == lost
    assert list(verify_index(revisited, [second.relative_to(revisited.collection).as_posix()])) == lost
    (tmp_path / first.name).rename(first)  # back, and not in the index yet: nothing is lost
    assert codes(revisited) == {"file_unknown"}


def test_an_imported_revisit_may_stand_on_what_is_elsewhere(revisited, tmp_path):
    first, second = warc_files(revisited.collection)
    imported = revisited.warc_folder / "imported" / second.name
    imported.parent.mkdir()
    second.rename(imported)
    first.unlink()
    done = rebuild(revisited)
    assert (done.lost_originals, done.originals_elsewhere) == (0, 5)
    found = list(verify_index(revisited))
    assert {(fault.code, fault.is_note) for fault in found} == {("original_elsewhere", True)}
    assert len(found) == 5
