"""Writing: every kind of stored object, every look-up of a crawl, several writers, and files that cannot be used."""

# ruff: noqa: PT012  (tables of cases)
from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import attrs
import pytest

from archive.errors import IndexStoreError
from archive.index.search import Query, Search
from archive.index.store import Index
from archive.model import Block, Issue
from tests.unit.index.stories import (
    FILE,
    LINK,
    PHOTO,
    article,
    capture,
    extraction,
    failure,
    file,
    location,
    moment,
    record_id,
    run,
    story,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "index.db"


@pytest.fixture
def index(path):
    with Index.open(path, create=True) as index:
        yield index


def rows(path: Path, sql: str, *values) -> list[tuple]:
    db = sqlite3.connect(path)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


URL = "https://a.example/1"


def test_a_capture_row_holds_what_the_record_says(index, path):
    index.put(capture("c", URL, 5, status=404, headers='ETag: "abc"\r\nLast-Modified: Mon\r\n'))
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    row = dict(db.execute("SELECT * FROM captures").fetchone())
    db.close()
    assert row["record_id"] == "<urn:uuid:c>"
    assert row["fetched_at"] == "2026-03-01T06:05:00+00:00"
    assert (row["status"], row["content_type"], row["etag"], row["last_modified"]) == (
        404, "text/html; charset=utf-8", '"abc"', "Mon",
    )  # fmt: skip
    assert (row["found_by"], row["section"], row["position"], row["feed_title"]) == (
        "section",
        "Monde",
        2,
        "Titre",
    )
    assert (row["file"], row["offset"], row["length"]) == (FILE, 5000, 100)
    assert row["body_bytes"] == 6
    assert row["article_id"] is None


def test_versions_a_b_a_give_two_versions_and_three_captures(index, path):
    shots = [capture(f"c{n}", URL, n * 60) for n in range(3)]
    for n, (shot, title) in enumerate(zip(shots, ["A", "B", "A"], strict=True)):
        index.put(shot)
        index.put(extraction(f"e{n}", shot, article(URL, title, "Texte")))
    assert rows(path, "SELECT number, title, captures, current FROM versions ORDER BY number") == [
        (1, "A", 2, 1), (2, "B", 1, 0),
    ]  # fmt: skip
    assert rows(
        path, "SELECT title, captures, versions, version, first_captured_at, last_captured_at FROM articles"
    ) == [("A", 3, 2, 1, "2026-03-01T06:00:00+00:00", "2026-03-01T08:00:00+00:00")]
    with Search.open(path) as search:
        found = search.article(URL)
        assert [row.version_id for row in search.captures(found)] == [
            search.version(found, 1).id, search.version(found, 2).id, search.version(found, 1).id,
        ]  # fmt: skip


def test_reading_again_adds_numbers_and_never_renumbers(index, path):
    first, second = capture("c1", URL, 0), capture("c2", URL, 60)
    index.put_all([first, extraction("e1", first, article(URL, "Titre", "Menu Texte"))])
    index.put_all([second, extraction("e2", second, article(URL, "Titre neuf", "Menu Texte"))])
    before = dict(rows(path, "SELECT content_digest, number FROM versions"))
    index.put(extraction("e1b", first, article(URL, "Titre", "Texte"), at=500, extractor="hemeroteca/2"))
    index.put(
        extraction("e2b", second, article(URL, "Titre neuf", "Texte"), at=501, extractor="hemeroteca/2")
    )
    after = dict(rows(path, "SELECT content_digest, number FROM versions"))
    assert {digest: after[digest] for digest in before} == before
    assert rows(path, "SELECT number, body, captures, current FROM versions ORDER BY number") == [
        (1, "Menu Texte", 0, 0), (2, "Menu Texte", 0, 0), (3, "Texte", 1, 0), (4, "Texte", 1, 1),
    ]  # fmt: skip
    assert rows(path, "SELECT title, body, version, captures, versions FROM articles") == [
        ("Titre neuf", "Texte", 4, 2, 4)
    ]


def test_the_order_of_arrival_does_not_matter_an_extraction_may_come_first(index, path):
    shot = capture("c", URL)
    index.put(extraction("e", shot, article(URL, "Titre", "Texte")))
    assert rows(path, "SELECT title, captures FROM articles") == [("Titre", 1)]
    index.put(shot)
    assert rows(path, "SELECT verdict, site, inherited FROM captures") == [("article", "gazette", 0)]
    assert rows(path, "SELECT title, captures FROM articles") == [("Titre", 1)]


def test_a_revisit_without_reading_of_its_own_shows_what_its_payload_shows(index, path):
    first = capture("c1", URL, 0)
    again, third = capture("c2", URL, 60, revisit_of=first), capture("c3", URL, 120, revisit_of=first)
    index.put_all([again, first, third])
    index.put(extraction("e1", first, article(URL, "Titre", "Texte")))
    assert rows(path, "SELECT record_id, inherited, verdict FROM captures ORDER BY fetched_at") == [
        ("<urn:uuid:c1>", 0, "article"), ("<urn:uuid:c2>", 1, "article"), ("<urn:uuid:c3>", 1, "article"),
    ]  # fmt: skip
    assert rows(path, "SELECT captures, last_captured_at FROM articles") == [(3, "2026-03-01T08:00:00+00:00")]
    # a new reading of the payload moves all three
    index.put(extraction("e1b", first, article(URL, "Titre", "Texte entier"), at=900))
    assert rows(path, "SELECT body, captures FROM articles") == [("Texte entier", 3)]
    assert rows(path, "SELECT DISTINCT v.number FROM captures c JOIN versions v ON v.id = c.version_id") == [
        (2,)
    ]


def test_an_article_that_no_current_reading_finds_leaves_the_search_but_not_the_archive(index, path):
    shot = capture("c", URL)
    index.put_all([shot, extraction("e", shot, article(URL, "Ancien", "Texte", key="wrong"))])
    with Search.open(path) as search:
        old = search.article(URL)
    index.put(extraction("e2", shot, article(URL, "Ancien", "Texte", key="right"), at=60))
    with Search.open(path) as search:
        assert search.search(Query(text="ancien")).total == 1
        new = search.article(URL)
        assert new.ref != old.ref
        kept = search.article(old.ref)
        assert (kept.title, kept.captures, kept.key) == ("Ancien", 0, "wrong")
    index.put(extraction("e3", shot, None, at=120))
    assert rows(path, "SELECT count(*) FROM articles") == [(0,)]
    assert rows(path, "SELECT verdict, article_id FROM captures") == [("listing", None)]
    assert rows(path, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'ancien'") == [(0,)]


def test_fields_outside_the_digest_come_from_the_latest_capture(index, path):
    first, second = capture("c1", URL, 0), capture("c2", URL, 60)
    late = extraction(
        "e2", second, article(URL, "Titre", "Texte", section="Monde", tags=("paix",), photos=(PHOTO,))
    )
    same = attrs.evolve(PHOTO, url="https://a.example/old.jpg")
    early = extraction(
        "e1", first, article(URL, "Titre", "Texte", section="Une", tags=("a", "b"), photos=(same,))
    )
    index.put_all([first, second, late])
    index.put(early)
    assert rows(path, "SELECT section, captures, versions FROM articles") == [("Monde", 2, 1)]
    assert rows(path, "SELECT tag FROM tags") == [("paix",)]
    assert rows(path, "SELECT url FROM photos") == [("https://a.example/p.jpg",)]


def test_putting_twice_changes_nothing(index, path):
    things = [
        *story("1", URL, "Titre", "Texte", related=(LINK,), photos=(PHOTO,)),
        failure("f", URL),
        run("r"),
        file(9, 1),
    ]
    index.put_all(things)
    once = {t: rows(path, f"SELECT * FROM {t} ORDER BY 1, 2") for t in TABLES}
    index.put_all(things)
    assert {t: rows(path, f"SELECT * FROM {t} ORDER BY 1, 2") for t in TABLES} == once


TABLES = [
    "articles",
    "versions",
    "photos",
    "authors",
    "tags",
    "captures",
    "extractions",
    "related_links",
    "issues",
    "failures",
    "runs",
    "warc_files",
    "facts",
]


def test_runs_and_files_keep_what_is_known_last(index, path):
    index.put(run("r", status="done", end=30))
    index.put(run("r"))
    assert rows(path, "SELECT status, finished_at FROM runs") == [("done", "2026-03-01T06:30:00+00:00")]
    index.put(file(900, 9))
    index.put(file(100, 1))
    known = index.known_file(FILE)
    assert (known.size, known.records, known.started_at) == (900, 9, moment(0))
    assert index.known_file("warc/none.warc.gz") is None


def test_look_ups_see_what_was_put_a_moment_ago_in_the_same_batch(index):
    shot = capture("c", URL, headers='ETag: "v1"\r\n')
    with index.batch():
        index.put(shot)
        assert index.has_capture(URL)
        assert index.known_urls([URL, "https://a.example/2"]) == {URL}
        assert index.last_capture(URL).etag == '"v1"'
        assert index.by_digest("sha1:c", URL).record_id == "<urn:uuid:c>"
        assert index.location_of("<urn:uuid:c>") == shot.location
    assert not index.has_capture("https://a.example/1?x=1")
    assert index.last_capture("https://a.example/2") is None
    assert index.location_of("<urn:uuid:none>") is None


def test_many_urls_at_once(index):
    index.put_all(capture(f"c{n}", f"https://a.example/{n}", n) for n in range(0, 1000, 2))
    asked = [f"https://a.example/{n}" for n in range(1000)]
    assert index.known_urls(asked) == {f"https://a.example/{n}" for n in range(0, 1000, 2)}


def test_only_whole_responses_can_be_referred_to(index):
    first = capture("c1", URL, 0, digest="sha1:same")
    index.put(capture("cut", URL, -5, digest="sha1:same", truncated="length"))
    index.put(capture("void", URL, -4, digest="sha1:void", body=b""))
    assert index.by_digest("sha1:same", URL) is None
    assert index.by_digest("sha1:void", URL) is None
    index.put(capture("other", "https://a.example/other", -3, digest="sha1:same"))
    index.put(capture("revisit", URL, -2, digest="sha1:same", revisit_of=first))
    assert index.by_digest("sha1:same", URL).url == "https://a.example/other"
    index.put(first)
    of = index.by_digest("sha1:same", URL)
    assert (of.record_id, of.url, of.fetched_at, of.payload_digest) == (
        record_id("c1"),
        URL,
        moment(0),
        "sha1:same",
    )


def test_a_not_modified_answer_keeps_the_validators_of_its_payload(index):
    first = capture("c1", URL, 0, headers='ETag: "v1"\r\nLast-Modified: Mon\r\n')
    index.put_all([first, capture("c2", URL, 60, status=304, revisit_of=first)])
    last = index.last_capture(URL)
    assert (last.record_id, last.etag, last.last_modified) == (record_id("c2"), '"v1"', "Mon")
    assert last.payload_of.record_id == record_id("c1")
    assert last.payload_of.fetched_at == moment(0)
    assert last.time == moment(60)


def test_what_can_be_read_again(index):
    read, unread, robots = (
        capture("c1", URL, 1),
        capture("c2", URL, 2),
        capture("c3", "https://a.example/robots.txt", 3),
    )
    gone = capture("c4", URL, 4, status=404)
    index.put_all([read, unread, robots, gone, extraction("e1", read, article(URL, "T", "x"))])
    found = list(index.extractable())
    assert [row.record_id for row in found] == [record_id("c1"), record_id("c2"), record_id("c3")]
    assert (found[0].extractor, found[0].extraction_record_id) == ("hemeroteca/1", record_id("e1"))
    assert found[1].result_digest is None
    assert [row.record_id for row in index.extractable(missing_only=True)] == [
        record_id("c2"),
        record_id("c3"),
    ]
    assert [row.record_id for row in index.extractable(site="gazette")] == [record_id("c1")]
    assert [row.record_id for row in index.extractable(files=["warc/other.warc.gz"])] == []
    assert [row.record_id for row in index.extractable(since="2026-03-01T06:03")] == [record_id("c3")]
    assert [row.record_id for row in index.extractable(stale=lambda row: row.extractor is None)] == [
        record_id("c2"), record_id("c3"),
    ]  # fmt: skip


def test_more_to_read_again_than_fits_in_one_piece_while_it_is_written(index):
    shots = [capture(f"c{n}", f"https://a.example/{n}", n) for n in range(900)]
    index.put_all(shots)
    seen = []
    for n, row in enumerate(index.extractable(missing_only=True)):
        seen.append(row.record_id)
        index.put(extraction(f"e{n}", shots[n], None))
        if n > 450:
            break
    assert seen == [shot.location.record_id for shot in shots[:452]]


def test_a_text_with_a_lone_surrogate_is_kept_readable(index, path):
    index.put_all(story("1", URL, "Ti\ud800tre", "Texte \udfff fin", authors=("A\udc00",)))
    assert rows(path, "SELECT title, body, authors FROM versions") == [("Ti?tre", "Texte ? fin", '["A?"]')]
    assert rows(path, "SELECT name FROM authors") == [("A?",)]


def test_block_texts_of_any_kind_come_back_as_they_were(index, path):
    blocks = (
        Block(kind="paragraph", text="Un."), Block(kind="pre", text="a\n\nb\n"), Block(kind="subhead", text=""),
        Block(kind="quote", text="联合国 🇻🇳"),
    )  # fmt: skip
    found = attrs.evolve(article(URL, "T"), blocks=blocks)
    shot = capture("c", URL)
    index.put_all([shot, extraction("e", shot, found)])
    with Search.open(path) as search:
        assert search.document(search.article(URL)) == found


def test_issues_are_kept_with_their_reading(index, path):
    shot = capture("c", URL)
    issue = Issue(code="field_missing", field="lead", detail="rien", severity="info")
    index.put_all([shot, extraction("e", shot, article(URL, "T", "x"), issues=(issue,))])
    with Search.open(path) as search:
        (kept,) = search.issues(search.article(URL).extraction_id)
        assert (kept.code, kept.field, kept.detail, kept.severity) == (
            "field_missing",
            "lead",
            "rien",
            "info",
        )
        assert search.stats().issues == {"field_missing": 1}


def test_an_error_inside_a_batch_loses_nothing_that_was_put(index, path):
    with pytest.raises(RuntimeError), index.batch():
        index.put(capture("c", URL))
        raise RuntimeError
    assert rows(path, "SELECT count(*) FROM captures") == [(1,)]


def test_a_locked_file_is_one_clear_line_and_the_rows_come_with_the_next_put(path):
    with Index.open(path, create=True, timeout=0.1) as index:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(IndexStoreError, match="locked by another process") as error:
            index.put(capture("c1", URL))
        assert "\n" not in str(error.value)
        other.execute("ROLLBACK")
        other.close()
        index.put(capture("c2", URL, 1))
        assert rows(path, "SELECT count(*) FROM captures") == [(2,)]


def test_forgetting_a_file_takes_its_rows_and_what_hung_on_them(index, path):
    index.put_all(story("1", URL, "Un", "Texte", related=(LINK,), photos=(PHOTO,), tags=("a",)))
    other = capture("c9", "https://a.example/9", 9, file="warc/b.warc.gz")
    index.put_all(
        [other, extraction("e9", other, article("https://a.example/9", "Neuf", "Texte")), file(1000, 5)]
    )
    index.forget(FILE)
    assert rows(path, "SELECT title FROM articles") == [("Neuf",)]
    assert rows(path, "SELECT title FROM versions") == [("Neuf",)]
    for table in ("photos", "tags", "related_links", "warc_files"):
        assert rows(path, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_forgetting_from_an_offset_keeps_what_stands_before(index, path):
    one, two = story("1", URL, "Un", "Texte"), story("2", URL, "Deux", "Texte", minutes=10)
    index.put_all([*one, *two, file(20_000, 4)])
    index.forget(FILE, 10_000)
    assert rows(path, "SELECT title, captures, versions FROM articles") == [("Un", 1, 1)]
    assert index.known_file(FILE).size == 10_000
    index.put_all(two)
    assert rows(path, "SELECT title, captures, versions FROM articles") == [("Deux", 2, 2)]


def test_optimize_keeps_the_index_searchable(index, path):
    index.put_all(story("1", URL, "Hà Nội", "Texte"))
    index.optimize()
    with Search.open(path) as search:
        assert search.search(Query(text="hà nội")).total == 1
        assert search.status().ok


def test_several_threads_share_one_index(index, path):
    def work(name: str) -> None:
        for n in range(30):
            index.put(capture(f"{name}-{n}", f"https://a.example/{name}/{n}", n))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(path, "SELECT count(*) FROM captures") == [(90,)]


WRITER = """
import sys
from pathlib import Path
from archive.index.store import Index
from tests.unit.index.stories import story
name = sys.argv[2]
with Index.open(Path(sys.argv[1]), create=True) as index:
    for n in range(100):
        things = story(f"{name}-{n}", f"https://a.example/{n}", f"Titre {name}", f"Texte {name} {n}", minutes=n)
        if n % 3:
            with index.batch():
                for thing in things:
                    index.put(thing)
        else:
            for thing in things:
                index.put(thing)
"""


def test_three_processes_write_at_once_and_nothing_is_lost(path):
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, name], env=environment, stderr=subprocess.PIPE)
        for name in ("un", "deux", "trois")
    ]
    for writer in writers:
        _, complaint = writer.communicate(timeout=200)
        assert writer.returncode == 0, complaint.decode()
    assert rows(path, "SELECT count(*) FROM captures") == [(300,)]
    assert rows(path, "SELECT count(*) FROM extractions WHERE current = 1") == [(300,)]
    assert rows(path, "SELECT count(*), min(captures), min(versions) FROM articles") == [(100, 3, 3)]
    assert rows(path, "SELECT count(*) FROM versions") == [(300,)]
    with Search.open(path) as search:
        assert search.search(Query(text="titre")).total == 100
        assert search.status().ok


def test_missing_folder_and_missing_file(tmp_path):
    with pytest.raises(IndexStoreError, match="no such folder"):
        Index.open(tmp_path / "none" / "index.db", create=True)
    with pytest.raises(IndexStoreError, match="no index here"):
        Index.open(tmp_path / "index.db")
    with pytest.raises(IndexStoreError, match="no index here"):
        Search.open(tmp_path / "index.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(path):
    path.write_text("not a database, but long enough to look like one " * 40, encoding="utf-8")
    for opener in (Index.open, Search.open):
        with pytest.raises(IndexStoreError, match="rebuild") as error:
            opener(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)


def test_a_locked_file_cannot_be_opened_for_writing(path):
    Index.open(path, create=True).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(IndexStoreError, match="locked by another process"):
        Index.open(path, timeout=0.1)
    with Search.open(path) as search:  # readers are not kept out
        assert search.status().captures == 0
    other.close()


def test_a_file_without_write_permission(path):
    Index.open(path, create=True).close()
    if (
        os.geteuid() == 0
    ):  # permissions do not stop root: a file system mounted read-only gives SQLite's same error
        db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        with pytest.raises(sqlite3.OperationalError, match="readonly") as error:
            db.execute("CREATE TABLE x(y)")
        db.close()
        from archive.index.faults import explained

        assert "look at the permissions" in str(explained(path, error.value))
        return
    path.chmod(0o400)
    with pytest.raises(IndexStoreError, match="look at the permissions"):
        Index.open(path)


def test_closing_twice_is_fine_and_pending_rows_are_written(path):
    index = Index.open(path, create=True)
    index.put(capture("c", URL))
    index.close()
    index.close()
    assert rows(path, "SELECT count(*) FROM captures") == [(1,)]


def test_a_record_in_two_files_counts_once_at_its_first_place(index, path):
    copy = capture("c", URL, offset=7, file="warc/copy.warc.gz")
    index.put(copy)
    index.put(capture("c", URL, offset=3, file="warc/a.warc.gz"))
    index.put(copy)
    assert index.location_of(record_id("c")) == location("c", 3, "warc/a.warc.gz")
