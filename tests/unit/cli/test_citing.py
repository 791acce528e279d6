"""cite, and export of citations."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import timedelta

import pybtex.database
import pytest
import rispy

from archive.index.schema import KNOWN_MIGRATIONS
from archive.warc.reader import warc_files
from tests.stored_pages import HOST, START, STORIES, capture_of, page_of, url_of, write


@pytest.fixture(scope="session")
def refs(press):
    from archive.index.search import Query, Search

    with Search.open(press.index_path) as search:
        return [article.ref for article in search.articles(Query(sort="oldest"))]


def test_cite_is_text_unless_told_otherwise(run, press, refs):
    result = run("cite", url_of(STORIES[0]), url_of(STORIES[1]), settings=press)
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = result.stdout.splitlines()
    assert first.startswith(
        "VNA. “Hanoï accueille le sommet de l’ONU sur la cybercriminalité”. Le Journal, 2026-10-01. "
    )
    assert (
        f"A library, id {refs[0]}, version 1; captured 2026-11-01T08:01:00Z; WARC record <urn:uuid:" in second
    )


def test_cite_by_address_by_the_beginning_of_an_id_and_from_stdin(run, press, refs):
    shown = run("cite", refs[0], settings=press).stdout
    for name in (url_of(STORIES[1]), refs[0][:8], refs[0].upper()):
        assert run("cite", name, settings=press).stdout == shown
    listed = run("cite", "-", settings=press, input=f"# mine\n{refs[0]}\n\n{refs[0]}\n").stdout
    assert listed == shown  # once, however often it is named


@pytest.mark.parametrize(
    ("style", "read"),
    [
        ("bibtex", lambda text: list(pybtex.database.parse_string(text, "bibtex").entries)),
        ("ris", lambda text: [record["id"] for record in rispy.loads(text)]),
        ("csl", lambda text: [item["id"] for item in json.loads(text)]),
    ],
)
def test_cite_and_export_write_the_same(style, read, run, press, refs, tmp_path):
    cited = run("cite", "--format", style, "-", settings=press, input="\n".join(refs))
    assert cited.exit_code == 0
    keys = read(cited.stdout_bytes.decode())
    assert keys == [f"journal-{ref}-v1" for ref in refs]
    ending = {"bibtex": "bib"}.get(style, style)
    target = tmp_path / f"all.{ending}"
    assert run("export", "-o", target, settings=press).exit_code == 0
    assert target.read_bytes() == cited.stdout_bytes
    piped = run("export", "--format", style, "-o", "-", settings=press)
    assert piped.stdout_bytes == cited.stdout_bytes
    manifest = json.loads((tmp_path / f"all.{ending}.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["format"], manifest["articles"]) == (style, 10)
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["x.jsonl", "x.csv", "x.bib", "x.ris", "x.csl"])
def test_the_manifest_says_what_was_asked_and_what_it_came_from(name, run, press, tmp_path):
    assert run("export", "sommet", "--lang", "fr", "-o", tmp_path / name, settings=press).exit_code == 0
    manifest = json.loads((tmp_path / f"{name}.manifest.json").read_text(encoding="utf-8"))
    assert manifest["asked"] == {"text": "sommet", "lang": ["fr"], "sort": "oldest"}
    assert manifest["articles"] == 2
    assert manifest["index_schema"] == KNOWN_MIGRATIONS[-1]
    assert manifest["software"].startswith("hemeroteca/")
    (file,) = warc_files(press.collection)
    assert manifest["warc_files"] == [{"file": str(file.relative_to(press.collection)), "articles": 2}]


def test_json_holds_the_citation_and_what_it_is_made_of(run, press, refs):
    (one,) = json.loads(run("cite", refs[2], "--json", settings=press).stdout)
    assert (one["id"], one["version"], one["newspaper"]) == (refs[2], 1, "Le Journal")
    assert one["citation"] == run("cite", refs[2], settings=press).stdout.strip()
    assert one["warc"]["record_id"] == one["record_id"]
    rows = run("cite", *refs[:3], "--format", "csl", "--jsonl", settings=press).stdout.splitlines()
    items = json.loads(run("cite", *refs[:3], "--format", "csl", settings=press).stdout)
    assert [json.loads(row)["citation"] for row in rows] == items


def test_what_is_not_there_is_named(run, press, refs):
    partly = run("cite", refs[0], "zzzzzzzzzzzz", settings=press)
    assert (partly.exit_code, len(partly.stdout.splitlines())) == (3, 1)
    assert "zzzzzzzzzzzz: no such article" in partly.stderr
    for words in (["zzzzzzzzzzzz"], ["zzzzzzzzzzzz", "yyyyyyyyyyyy"], [refs[0], "--version", "7"]):
        none = run("cite", *words, settings=press)
        assert (none.exit_code, none.stdout) == (4, "")
        assert len(none.stderr.splitlines()) == len(
            [word for word in words if "zz" in word or "yy" in word] or [1]
        )
    assert (
        json.loads(run("cite", "zzzzzzzzzzzz", "yyyyyyyyyyyy", "--json", settings=press).stdout or "[]") == []
    )
    assert run("cite", "-", settings=press, input="").exit_code == 4
    assert run("cite", settings=press).exit_code == 2
    assert run("cite", refs[0], "--format", "mla", settings=press).exit_code == 2


def test_formats_and_endings_of_citations(run, press, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("export", "--format", "csl", "-o", "x.json", settings=press).exit_code == 0
    assert len(json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))) == 10
    wrong = run("export", "--format", "ris", "-o", "y.bib", settings=press)
    assert (wrong.exit_code, "a name of bibtex" in wrong.stderr) == (2, True)
    assert run("export", "-o", "y.json", settings=press).exit_code == 2


def test_citations_agree_with_the_table(run, press, refs, tmp_path):
    table = run("export", "--format", "csv", "-o", "-", settings=press).stdout
    rows = {row["id"]: row for row in csv.DictReader(table.splitlines(keepends=True))}
    for one in json.loads(run("cite", *refs, "--json", settings=press).stdout):
        row = rows[one["id"]]
        assert (one["title"], one["published"], one["url"]) == (row["title"], row["published"], row["url"])
        assert (one["captured_at"], one["record_id"]) == (row["captured_at"], row["warc_record_id"])


def test_a_cited_record_is_found_by_its_id_and_its_digest(run, fresh):
    url = url_of(STORIES[2])
    write(fresh, [capture_of(url, page_of(STORIES[2], title="河内会议"), START + timedelta(days=1))])
    for number in (1, 2):
        (cited,) = json.loads(run("cite", url, "--version", number, "--json", settings=fresh).stdout)
        record = cited["record_id"]
        for name in (record, record[1:-1], record[10:-1], record[10:-1].upper(), cited["payload_digest"]):
            for form in ("--html", "--headers", "--warc", "--json", "--text"):
                found = run("show", name, form, settings=fresh)
                by_id = run("show", url, "--version", number, form, settings=fresh)
                assert (found.exit_code, found.stderr) == (0, "")
                assert found.stdout_bytes == by_id.stdout_bytes
        assert record in run("show", record, settings=fresh).stdout
        assert record.encode() in run("show", url, "--version", number, "--warc", settings=fresh).stdout_bytes


def test_of_captures_with_one_payload_the_first_is_shown(run, fresh):
    url = url_of(STORIES[0])
    (later,) = write(fresh, [capture_of(url, page_of(STORIES[0]), START + timedelta(days=1), packed=True)])
    (cited,) = json.loads(run("cite", url, "--json", settings=fresh).stdout)
    found = run("show", cited["payload_digest"].lower(), "--json", settings=fresh)
    assert json.loads(found.stdout)["warc"]["record_id"] == cited["record_id"]
    assert "2 captures hold this payload; the first, of 2026-11-01T08:00:00 UTC" in found.stderr
    other = run("show", later.location.record_id, "--json", settings=fresh)
    assert json.loads(other.stdout)["warc"]["record_id"] == later.location.record_id
    assert json.loads(other.stdout)["captured_at"] == later.capture.fetched_at.isoformat()


def test_records_that_are_not_there_or_no_article(run, fresh):
    for name in ("<urn:uuid:00000000-0000-4000-8000-000000000000>", "sha1:" + "A" * 32, "<x>"):
        result = run("show", name, settings=fresh)
        assert (result.exit_code, result.stdout) == (4, "")
        assert f"{name}: no capture in " in result.stderr
    (front,) = write(
        fresh, [capture_of(f"{HOST}/", b"<html><body>A la une</body></html>", START)], extract=False
    )
    record = front.location.record_id
    assert run("show", record, "--html", settings=fresh).stdout == "<html><body>A la une</body></html>"
    none = run("show", record, "--json", settings=fresh)
    assert (none.exit_code, "but not an article (not read as a page); --html" in none.stderr) == (4, True)
    assert run("show", record, "--version", "1", settings=fresh).exit_code == 2
