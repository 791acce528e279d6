"""Formats write every document, whatever its texts hold."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys

import pytest

from archive.errors import UsageError
from archive.export import COLUMNS, FORMATS, document, documents, export_to_file
from archive.index.search import Query, Search
from tests.stored_pages import STORIES, make_collection, url_of


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    return make_collection(tmp_path_factory.mktemp("export") / "press", 2)


def test_a_document_leads_back_to_its_bytes(press):
    from archive.model import WarcLocation
    from archive.warc.reader import read_capture

    with Search.open(press.index_path) as search:
        found = document(search, search.article(url_of(STORIES[2])))
    place = WarcLocation(**found["warc"])
    capture = read_capture(press.collection, place).capture
    assert capture.url == found["url"] == url_of(STORIES[2])
    assert found["captured_at"] == capture.fetched_at.isoformat()
    assert [block["text"] for block in found["blocks"]] == list(STORIES[2].paragraphs)


def test_both_formats_tell_of_the_same_articles(press):
    with Search.open(press.index_path) as search:
        articles = list(search.articles(Query(sort="oldest")))
        outs = {name: io.BytesIO() for name in ("jsonl", "csv")}
        counts = {name: FORMATS[name](documents(search, articles), out) for name, out in outs.items()}
    assert set(counts.values()) == {10}
    lines = [json.loads(line) for line in outs["jsonl"].getvalue().splitlines()]
    table = list(csv.DictReader(io.StringIO(outs["csv"].getvalue().decode("utf-8"), newline="")))
    assert tuple(table[0]) == COLUMNS
    assert [row["id"] for row in table] == [line["id"] for line in lines]
    for row, line in zip(table, lines, strict=True):
        assert row["title"] == line["title"]
        assert row["body"] == "\n\n".join(block["text"] for block in line["blocks"])
        assert row["warc_offset"] == str(line["warc"]["offset"])


def test_the_table_survives_quotes_commas_and_line_ends():
    one = dict.fromkeys(COLUMNS) | {
        "id": "x",
        "title": 'Il dit : "non", puis\r\nsort',
        "blocks": [{"kind": "paragraph", "text": "a,b"}, {"kind": "quote", "text": "河内"}],
        "photos": [{"caption": "=1+1"}, {"caption": None}],
        "authors": ["Trần Văn A", "B"],
        "tags": [],
        "dateline": {"raw": "Hanoï –"},
        "warc": None,
    }
    out = io.BytesIO()
    assert FORMATS["csv"]([one], out) == 1
    row = next(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8"), newline="")))
    assert row["title"] == one["title"]
    assert row["body"] == "a,b\n\n河内"
    assert row["authors"] == "Trần Văn A; B"
    assert row["captions"] == "=1+1"
    assert row["warc_file"] == ""


def test_a_failed_export_leaves_the_old_file(press, tmp_path):
    target = tmp_path / "data.jsonl"
    target.write_text("old", encoding="utf-8")

    def broken():
        raise OSError(28, "No space left on device")
        yield

    with Search.open(press.index_path) as search:
        with pytest.raises(OSError, match="No space"):
            export_to_file(search, broken(), "jsonl", target, settings=press, asked={})
        with pytest.raises(UsageError, match="known: jsonl, csv, parquet, bibtex, ris, csl"):
            export_to_file(search, [], "xlsx", target, settings=press, asked={})
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["data.jsonl"]


def test_parquet_holds_what_lines_of_json_hold(press, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra hemeroteca[parquet]")
    target = tmp_path / "data.parquet"
    with Search.open(press.index_path) as search:
        articles = list(search.articles(Query(sort="oldest")))
        known = list(documents(search, articles))
        manifest = export_to_file(search, articles, "parquet", target, settings=press, asked={})
    assert (manifest["articles"], manifest["bytes"]) == (10, target.stat().st_size)
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    rows = parquet.read_table(target).to_pylist()
    for row, one in zip(rows, known, strict=True):
        assert row.pop("body") == "\n\n".join(block["text"] for block in one["blocks"])
        assert row.pop("captured_at").isoformat() == one.pop("captured_at")
        assert row == one


def test_parquet_without_its_library_says_what_to_install(press, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with (
        Search.open(press.index_path) as search,
        pytest.raises(UsageError, match=r"pip install 'hemeroteca\[parquet\]'"),
    ):
        export_to_file(
            search, search.articles(Query()), "parquet", tmp_path / "x.parquet", settings=press, asked={}
        )
    assert list(tmp_path.iterdir()) == []
