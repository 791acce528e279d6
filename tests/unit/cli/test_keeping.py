"""init, extract, export, verify, import: what writes or checks."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from archive.importing import import_file
from archive.index.search import Search
from archive.index.store import Index
from archive.settings import load_settings, setting_fields
from archive.warc.reader import warc_files
from archive.warc.scan import RawRecord, scan
from hemeroteca.commands.collection import settings_template
from tests.stored_pages import HOST, STORIES, captures, make_collection, page_of, revisits_of, url_of, write
from tests.unit.warc.test_zstandard import packed, records_of


def test_init_makes_a_collection_and_refuses_to_overwrite(run, tmp_path):
    folder = tmp_path / "presse 新闻"
    plan = run("init", folder, "--dry-run")
    assert plan.exit_code == 0
    assert not folder.exists()
    made = run("init", folder, "--operator", 'Bibliothèque "nationale"', "--contact", "archive@example.org")
    assert made.exit_code == 0
    assert "hemeroteca crawl" in made.stderr
    assert {path.name for path in folder.iterdir()} >= {"hemeroteca.toml", "sites", "warc", "log", "index.db"}
    settings = load_settings(folder, environ={})
    assert settings.operator == 'Bibliothèque "nationale"'
    text = (folder / "hemeroteca.toml").read_bytes()
    again = run("init", folder)
    assert again.exit_code == 2
    assert (folder / "hemeroteca.toml").read_bytes() == text
    assert run("search", "x", "-C", folder).exit_code == 4


def test_the_settings_file_names_every_setting_with_its_meaning():
    text = settings_template()
    for name, attribute in setting_fields().items():
        assert f"\n# {name} = " in text
        assert attribute.metadata["doc"] in text


def test_the_settings_file_with_all_comments_taken_off_is_the_defaults(tmp_path):
    lines = [line.removeprefix("# ") for line in settings_template().splitlines() if " = " in line]
    (tmp_path / "hemeroteca.toml").write_text("\n".join(lines), encoding="utf-8")
    assert load_settings(tmp_path, environ={}) == load_settings(tmp_path / "none", environ={}).__class__(
        collection=tmp_path
    )


def test_extract_a_saved_page(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_bytes(page_of(STORIES[0]))
    Path("page.html.gz").write_bytes(gzip.compress(page_of(STORIES[0])))
    plain = run(
        "extract", "page.html", "--url", url_of(STORIES[0]), "--json", "--fetched-at", "2026-11-01T08:00:00Z"
    )
    packed = run(
        "extract",
        "page.html.gz",
        "--url",
        url_of(STORIES[0]),
        "--json",
        "--fetched-at",
        "2026-11-01T09:00:00+01:00",
    )
    piped = run(
        "extract",
        "-",
        "--url",
        url_of(STORIES[0]),
        "--json",
        "--fetched-at",
        "2026-11-01",
        input=page_of(STORIES[0]),
    )
    found = json.loads(plain.stdout)
    assert found["verdict"] == "article"
    assert found["article"]["title"] == STORIES[0].title
    assert plain.stdout == packed.stdout == piped.stdout
    table = run("extract", "page.html", "--url", url_of(STORIES[0]))
    assert STORIES[0].title in " ".join(table.stdout.split())
    assert "←" in table.stdout
    assert run("extract", "none.html", "--url", "https://x.example/").exit_code == 2
    assert run("extract", "page.html", "--url", "https://x.example/", "--fetched-at", "noon").exit_code == 2
    both = run("extract", "page.html", "page.html.gz", "--url", url_of(STORIES[0]), "--jsonl")
    assert [json.loads(line)["file"] for line in both.stdout.splitlines()] == ["page.html", "page.html.gz"]


def test_extract_uses_the_collections_own_profiles(run, press, tmp_path):
    page = tmp_path / "page.html"
    page.write_bytes(page_of(STORIES[0]))
    found = json.loads(run("extract", page, "--url", url_of(STORIES[0]), "--json", settings=press).stdout)
    assert found["provenance"]["layout"] == "first"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_manifest_gives_a_line_for_a_line_in_order(jobs, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = []
    for number in range(1, 15):
        for story in STORIES:
            name = f"{story.lang}-{number}.html" + (".gz" if number % 2 else "")
            data = page_of(story, number)
            Path(name).write_bytes(gzip.compress(data) if number % 2 else data)
            lines.append(
                {"id": name, "path": name, "url": url_of(story, number), "fetched_at": "2026-11-01T08:00:00Z"}
            )
    Path("cut.html.gz").write_bytes(gzip.compress(page_of(STORIES[0]))[:-30])
    Path("noise.html").write_bytes(bytes(range(256)) * 40)
    Path("empty.html").write_bytes(b"")
    texts = [json.dumps(line) for line in lines]
    texts[3:3] = [
        "",
        '{"id": "broken',
        '["no object"]',
        '{"id": "gone", "path": "gone.html", "url": "https://x.example/"}',
    ]
    texts += [
        json.dumps({"id": name, "path": name, "url": "https://x.example/a"})
        for name in ("cut.html.gz", "noise.html", "empty.html")
    ]
    texts.append(
        json.dumps({"id": "when", "path": "empty.html", "url": "https://x.example/", "fetched_at": "noon"})
    )
    Path("in.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8")
    result = run(
        "extract",
        "--manifest",
        "in.jsonl",
        "--output",
        "out.jsonl",
        "--jobs",
        jobs,
        "--fetched-at",
        "2026-11-01",
    )
    assert result.exit_code == 3
    assert result.stdout == ""
    out = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(out) == len(texts)  # a line for a line, a blank one too
    assert all(set(line) == {"id", "verdict", "article", "issues", "provenance"} for line in out)
    assert [line["id"] for line in out[3:7]] == [None, None, None, "gone"]
    assert [line["verdict"] for line in out[3:7]] == ["undecodable"] * 4
    assert [line["id"] for line in out[7:-4]] == [line["id"] for line in lines[3:]]
    assert {line["verdict"] for line in out[7:-4]} == {"article"}
    assert out[-4]["id"] == "cut.html.gz"
    assert any(issue["code"] == "truncated" for issue in out[-4]["issues"])
    assert out[-1]["verdict"] == "undecodable"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n \t\r\n\n", "\n\ufeff\n"])
def test_blank_lines_at_the_end_of_a_manifest_stand_for_nothing(end, run, tmp_path):
    page = tmp_path / "trang báo.html"
    page.write_bytes(page_of(STORIES[1]))
    line = json.dumps({"id": "báo", "path": str(page), "url": url_of(STORIES[1])})
    manifest = tmp_path / "in.jsonl"
    manifest.write_bytes(f"\ufeff{line}{end}".encode())
    result = run("extract", "--manifest", manifest, "--output", "-", "--jobs", "1")
    assert (result.exit_code, [json.loads(one)["id"] for one in result.stdout.splitlines()]) == (0, ["báo"])
    assert result.stderr.endswith("1 page extracted\n")
    assert "would extract 1 page to -" in run("extract", "--manifest", manifest, "--dry-run").stderr
    manifest.write_bytes(f"\n\n{line}\n\n{line}{end}".encode())
    answered = run("extract", "--manifest", manifest, "--output", "-", "--jobs", "1")
    assert answered.exit_code == 3
    ids = [json.loads(one)["id"] for one in answered.stdout.splitlines()]
    assert ids == [None, None, "báo", None, "báo"]


def test_a_manifest_through_pipes_and_the_same_every_time(run, tmp_path):
    page = tmp_path / "page.html"
    page.write_bytes(page_of(STORIES[1]))
    line = json.dumps({"id": 7, "path": str(page), "url": url_of(STORIES[1])}) + "\n"
    first, second = (
        run("extract", "--manifest", "-", "--output", "-", "--fetched-at", "2026-11-01", input=line)
        for _ in range(2)
    )
    assert first.exit_code == 0
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["id"] == 7


def test_export_jsonl_with_its_manifest(run, press, tmp_path):
    target = tmp_path / "all.jsonl"
    result = run("export", "-o", target, settings=press)
    assert (result.exit_code, result.stdout) == (0, "")
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 10
    assert rows[0].keys() >= {"id", "version", "captured_at", "warc", "blocks", "photos", "related"}
    manifest = json.loads((tmp_path / "all.jsonl.manifest.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert manifest["articles"] == 10


def test_a_device_or_a_link_is_never_replaced(run, press, tmp_path):
    """Files appear whole, by renaming: under a name that is a device's that would take its place."""
    pipe, real, link = tmp_path / "pipe", tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    os.mkfifo(pipe)
    page = tmp_path / "in.jsonl"
    page.write_text('{"id": 1, "path": "none.html", "url": "https://a.example/"}\n', encoding="utf-8")
    real.write_text("old")
    link.symlink_to(real)
    for command in (["export", "--force", "-o"], ["extract", "--manifest", page, "--output"]):
        refused = run(*command, pipe, settings=press)
        assert refused.exit_code == 2
        assert "no ordinary file" in refused.stderr
        assert pipe.is_fifo()
        assert run(*command, tmp_path / "none" / "x", settings=press).exit_code == 2
        run(*command, link, settings=press)
        assert link.is_symlink()
        assert real.read_text(encoding="utf-8") != "old"
        real.write_text("old")


def test_export_of_ids_as_a_table(run, press, tmp_path):
    import csv

    refs = run("search", "sommet", "--ids", settings=press).stdout
    target = tmp_path / "some.csv"
    assert run("export", "--ids", "-", "-o", target, settings=press, input=refs).exit_code == 0
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == refs.split()
    assert rows[0]["body"] == "\n\n".join(STORIES[0].paragraphs)
    assert rows[0]["captions"].startswith("La salle")
    piped = run("export", "--ids", "-", "--format", "csv", "-o", "-", settings=press, input=refs)
    assert piped.stdout_bytes == target.read_bytes()


def test_export_of_an_unknown_id_writes_nothing(run, press, tmp_path):
    result = run("export", "--ids", "-", "-o", tmp_path / "x.jsonl", settings=press, input="zzzzzzzzzzzz\n")
    assert result.exit_code == 4
    assert list(tmp_path.iterdir()) == []
    known = run("search", "sommet", "--ids", settings=press).stdout
    for form in ("csv", "jsonl"):
        piped = run(
            "export",
            "--ids",
            "-",
            "-o",
            "-",
            "--format",
            form,
            settings=press,
            input=f"{known}zzzzzzzzzzzz\n",
        )
        assert (piped.exit_code, piped.stdout) == (4, "")
        assert "(nothing was written)" in piped.stderr
    assert run("export", "zebra", "--dry-run", "-o", tmp_path / "x.jsonl", settings=press).exit_code == 4
    assert list(tmp_path.iterdir()) == []
    assert run("export", "-o", tmp_path / "no" / "x.jsonl", settings=press).exit_code == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["sommet", "--ids", "-", "-o", "x.csv"], "--ids names the articles"),
        (["--lang", "fr", "--ids", "-", "-o", "x.csv"], "--ids names the articles"),
        (["--ids", "-", "--sort", "newest", "-o", "x.csv"], "--sort"),
        (["--format", "csv", "-o", "x.jsonl"], "--format says csv"),
        (["--format", "jsonl", "-o", "x.CSV"], "--format says jsonl"),
        (["--format", "jsonl", "-o", "x.jsonl.gz"], "nothing is compressed"),
        (["-o", "x.csv.zst"], "nothing is compressed"),
        (["--json", "-o", "-"], "--json reports on a file"),
        (["--jsonl", "-o", "-"], "--jsonl reports on a file"),
        (["-o", "x.wacz"], "no format is called 'wacz'"),
    ],
)
def test_export_options_that_contradict_each_other(options, told, run, press, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("export", *options, settings=press, input="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_dry_export_reports(run, press):
    result = run("export", "--dry-run", "--json", "-o", "x.csv", settings=press)
    assert json.loads(result.stdout) == {"articles": 10, "format": "csv", "output": "x.csv", "dry_run": True}


@pytest.mark.parametrize("there", ["mine.csv", "mine.csv.manifest.json"])
@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--json",)])
def test_export_takes_no_files_place_unasked(there, more, run, press, tmp_path):
    (tmp_path / there).write_text("trois ans de travail", encoding="utf-8")
    target = tmp_path / "mine.csv"
    refused = run("export", "-o", target, *more, settings=press)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"{there} is there already" in refused.stderr
    assert "--force" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "trois ans de travail"
    assert run("export", "-o", target, "--force", settings=press).exit_code == 0
    manifest = json.loads((tmp_path / "mine.csv.manifest.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["keep.jsonl", "keep.csv"])
def test_export_of_nothing_leaves_the_file_that_is_there(name, run, press, tmp_path):
    target = tmp_path / name
    target.write_text("of yesterday")
    result = run("export", "zebra", "--force", "-o", target, settings=press)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "was not written" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert target.read_text() == "of yesterday"


@pytest.mark.parametrize("name", ["../../evil", "a/b", ".hidden", "..", "", "été", "a b"])
def test_a_new_profile_stays_in_its_folder(name, run, fresh):
    result = run("sites", "new", "http://127.0.0.1:9/", "--name", name, settings=fresh)
    assert result.exit_code == 2
    assert "cannot be the name of a profile" in result.stderr
    assert result.stderr.count("\n") == 1


def test_verify_a_good_collection_and_foreign_files(run, press, tmp_path, monkeypatch):
    assert run("verify", settings=press).exit_code == 0
    report = json.loads(run("verify", "--json", settings=press).stdout)
    assert report["ok"] is True
    monkeypatch.chdir(tmp_path)
    file = warc_files(press.collection)[0]
    copy = tmp_path / "some.warc.gz"
    copy.write_bytes(file.read_bytes())
    assert run("verify", copy).exit_code == 0
    assert run("verify", "none.warc.gz").exit_code == 2
    copy.write_bytes(file.read_bytes()[:-20])
    torn = run("verify", "some.warc.gz")
    assert torn.exit_code == 5
    assert "FAULT" in torn.stdout


def test_verify_of_a_file_by_name_needs_no_index(run, fresh):
    path = warc_files(fresh.collection)[0]
    fresh.index_path.unlink()
    result = run("verify", path, settings=fresh)
    assert result.exit_code == 0, result.stderr
    assert "no index here" in result.stderr
    assert run("verify", settings=fresh).exit_code == 1
    path.write_bytes(path.read_bytes()[:-20])
    assert run("verify", path, settings=fresh).exit_code == 5


def test_verify_finds_a_flipped_byte(run, fresh):
    path = warc_files(fresh.collection)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x20
    path.write_bytes(data)
    result = run("verify", "--jsonl", settings=fresh)
    assert result.exit_code == 5
    faults = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(fault["file"].startswith("warc/") for fault in faults)


def test_verify_names_the_page_of_a_damaged_record(run, fresh):
    path = warc_files(fresh.collection)[0]
    with Search.open(fresh.index_path) as search:
        place = search.captures_of_url(url_of(STORIES[2]))[0].location
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0x20
    path.write_bytes(data)
    faults = json.loads(run("verify", "--json", settings=fresh).stdout)["faults"]
    assert [fault["url"] for fault in faults if fault["code"] == "damaged"] == [url_of(STORIES[2])]
    assert f"at byte {place.offset} {url_of(STORIES[2])}: " in run("verify", settings=fresh).stdout
    assert run("index", "rebuild", settings=fresh).exit_code == 3
    again = json.loads(run("verify", "--json", settings=fresh).stdout)["faults"]
    assert [fault["url"] for fault in again if fault["code"] == "damaged"] == [None]  # and no other page's


def test_verify_of_a_folder_without_a_warc_finds_nothing(run, tmp_path, fresh):
    (tmp_path / "mistyped").mkdir()
    result = run("verify", tmp_path / "mistyped")
    assert (result.exit_code, result.stdout) == (4, "")
    assert f"{tmp_path / 'mistyped'}: no WARC file in this folder" in result.stderr
    run("init", tmp_path / "new")
    assert run("verify", tmp_path / "new").exit_code == 0
    assert run("verify", "-C", tmp_path / "new").exit_code == 0
    warc_files(fresh.collection)[0].unlink()
    assert run("verify", fresh.collection).exit_code == 4


def test_lost_originals_are_told_by_rebuild_and_verify(run, tmp_path):
    press = make_collection(tmp_path / "press", 0)
    write(press, revisits_of(write(press, captures(1))))
    warc_files(press.collection)[0].unlink()
    rebuilt = run("index", "rebuild", "--json", settings=press)
    assert rebuilt.exit_code == 0
    assert json.loads(rebuilt.stdout)["lost_originals"] == 5
    assert "5 revisits on captures that are in no WARC file" in rebuilt.stderr
    verified = run("verify", settings=press)
    assert verified.exit_code == 5
    assert verified.stdout.count("FAULT original_missing: warc/") == 5
    assert f" {url_of(STORIES[4])}: a revisit of {url_of(STORIES[4])}" in verified.stdout


def test_import_takes_once_extracts_and_verifies(run, tmp_path):
    source = make_collection(tmp_path / "other", 1, extract=False)
    warc = warc_files(source.collection)[0]
    wacz = tmp_path / "other.wacz"
    with zipfile.ZipFile(wacz, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr(zipfile.ZipInfo("archive/../../escape.warc.gz"), warc.read_bytes())
    run("init", tmp_path / "mine")
    plan = run("import", warc, "--dry-run", "-C", tmp_path / "mine")
    assert "would be taken" in plan.stdout
    assert not (tmp_path / "mine" / "warc" / "imported").exists()
    first = run("import", warc, wacz, "-C", tmp_path / "mine")
    assert first.exit_code == 0, first.stderr
    assert "there already" in first.stdout
    taken = list((tmp_path / "mine" / "warc" / "imported").iterdir())
    assert [path.read_bytes() for path in taken] == [warc.read_bytes()]
    assert run("search", "sommet", "--count", "-C", tmp_path / "mine").stdout == "1\n"
    assert "import" in run("runs", "-C", tmp_path / "mine").stdout
    assert run("verify", "-C", tmp_path / "mine").exit_code == 0
    assert not (tmp_path / "escape.warc.gz").exists()


def test_import_says_what_is_damaged_and_keeps_the_rest(run, tmp_path):
    source = make_collection(tmp_path / "other", 2, extract=False)
    warc = warc_files(source.collection)[0]
    with Search.open(source.index_path) as search:
        place = search.captures_of_url(url_of(STORIES[1], 1))[0].location
    data = bytearray(warc.read_bytes())
    data[place.offset + place.length // 2] ^= 0xFF
    warc.write_bytes(data)
    run("init", tmp_path / "mine")
    result = run("import", warc, "-C", tmp_path / "mine")
    assert result.exit_code == 3, result.stderr
    assert f"at byte {place.offset}" in result.stderr
    assert run("search", "--count", "-C", tmp_path / "mine").stdout == "9\n"
    (recorded,) = json.loads(run("runs", "--failed", "--json", "-C", tmp_path / "mine").stdout)
    assert (recorded["kind"], recorded["status"]) == ("import", "partly")
    assert f"at byte {place.offset}" in recorded["detail"]
    again = run("import", warc, "-C", tmp_path / "mine", "--json")
    assert again.exit_code == 3  # it is still not whole
    assert json.loads(again.stdout)["extracted"]["new"] == 0
    assert len(json.loads(run("runs", "--json", "-C", tmp_path / "mine").stdout)) == 1  # nothing was done
    assert "damaged" in run("verify", "-C", tmp_path / "mine").stdout


def test_an_import_without_a_sound_page_is_recorded_as_partly_done(run, tmp_path):
    source = make_collection(tmp_path / "other", 1, extract=False)
    warc = warc_files(source.collection)[0]
    with warc.open("rb") as file:
        first, second = list(scan(file, warc.stat().st_size))[:2]
    (tmp_path / "cut.warc.gz").write_bytes(warc.read_bytes()[: second.offset + second.length // 2])
    (tmp_path / "page.html").write_bytes(page_of(STORIES[0]))
    run("init", tmp_path / "mine")
    result = run("import", tmp_path / "cut.warc.gz", tmp_path / "page.html", "-C", tmp_path / "mine")
    assert result.exit_code == 3, result.stderr
    (recorded,) = json.loads(run("runs", "--failed", "--json", "-C", tmp_path / "mine").stdout)
    assert recorded["status"] == "partly"
    assert f"at byte {first.length}" in recorded["detail"]
    assert "1 file refused" in recorded["detail"]


def test_a_torn_imported_file_is_a_fault_of_the_file_and_the_index_is_clean(run, tmp_path):
    source = make_collection(tmp_path / "other", 2, extract=False)
    warc = warc_files(source.collection)[0]
    (tmp_path / "cut.warc.gz").write_bytes(warc.read_bytes()[:-100])
    mine = tmp_path / "mine"
    run("init", mine)
    copied = import_file(load_settings(mine), tmp_path / "cut.warc.gz")
    (file,) = [one.file for one in copied]
    Index.open(mine / "index.db", create=True).close()
    before = json.loads(run("index", "status", "--json", "-C", mine).stdout)
    assert (before["files_behind"], before["files_torn"]) == ([file], [])
    result = run("import", tmp_path / "cut.warc.gz", "-C", mine)
    assert result.exit_code == 3
    for again in ("status", "rebuild", "status"):
        said = run("index", again, "-C", mine)
        assert said.exit_code == (3 if again == "rebuild" else 0)
        assert f"{file}: " in said.stderr
        assert "hemeroteca verify says where" in said.stderr
        assert "any crawl or reextract" not in said.stderr
    assert "0 of them not wholly in the index, 1 with a torn end" in said.stdout
    after = json.loads(run("index", "status", "--json", "-C", mine).stdout)
    assert (after["files_behind"], after["files_torn"]) == ([], [file])
    verified = run("verify", "-C", mine)
    assert verified.exit_code == 5
    assert "FAULT torn" in verified.stdout


def test_an_import_that_only_copied_is_finished_by_the_same_command(run, tmp_path):
    """Killed between the copy and the index."""
    source = make_collection(tmp_path / "other", 2, extract=False)
    warc = warc_files(source.collection)[0]
    run("init", tmp_path / "mine")
    (copied,) = import_file(load_settings(tmp_path / "mine"), warc)
    assert copied.state == "taken"
    again = run("import", warc, "-C", tmp_path / "mine")
    assert again.exit_code == 0, again.stderr
    assert "there already" in again.stdout
    assert "10 pages extracted" in again.stderr
    assert run("search", "--count", "-C", tmp_path / "mine").stdout == "10\n"
    assert len(json.loads(run("runs", "--json", "-C", tmp_path / "mine").stdout)) == 1
    once_more = run("import", warc, "-C", tmp_path / "mine")
    assert (once_more.exit_code, once_more.stderr) == (0, "")
    assert len(json.loads(run("runs", "--json", "-C", tmp_path / "mine").stdout)) == 1


def test_imports_that_share_records_verify(run, tmp_path):
    """A crawl's file, and the same records packed again in another order by another tool."""
    source = make_collection(tmp_path / "other", 2)
    warc = warc_files(source.collection)[0]
    with warc.open("rb") as file:
        records = [record for record in scan(file, warc.stat().st_size) if isinstance(record, RawRecord)]
    data = warc.read_bytes()
    members = [data[record.offset : record.offset + record.length] for record in records]
    packed = tmp_path / "again.warc.gz"
    packed.write_bytes(b"".join([members[0], *members[4:], *members[1:4]]))
    run("init", tmp_path / "mine")
    for name in (warc, packed):
        assert run("import", name, "-C", tmp_path / "mine").exit_code == 0
        verified = run("verify", "-C", tmp_path / "mine")
        assert verified.exit_code == 0, verified.stdout
    # a row that points to where its record does not stand is found all the same
    with Index.open(tmp_path / "mine" / "index.db") as index:
        index._db.execute("UPDATE captures SET offset = offset - 1 WHERE id = (SELECT min(id) FROM captures)")
    assert run("verify", "-C", tmp_path / "mine").exit_code == 5


def test_a_warc_zst_is_imported_searched_shown_and_read_again(run, tmp_path):
    source = make_collection(tmp_path / "other", 2)
    path = tmp_path / "crawl.warc.zst"
    path.write_bytes(packed(records_of(warc_files(source.collection)[0])[:25], "compressed"))
    run("init", tmp_path / "mine")
    imported = run("import", path, "-C", tmp_path / "mine", "--json")
    assert imported.exit_code == 0, imported.stderr
    assert json.loads(imported.stdout)["files"][0]["file"].endswith(".warc.zst")
    assert run("search", "cybercriminalite", "--count", "-C", tmp_path / "mine").stdout != "0\n"
    shown = run("show", url_of(STORIES[0]), "--warc", "-C", tmp_path / "mine")
    assert shown.stdout_bytes.startswith(b"WARC/1.1\r\n")
    assert run("reextract", "-C", tmp_path / "mine").exit_code == 0
    assert run("verify", "-C", tmp_path / "mine").exit_code == 0


def test_import_refuses_what_is_no_warc(run, fresh, tmp_path):
    (tmp_path / "page.html").write_bytes(page_of(STORIES[0]))
    (tmp_path / "empty.wacz").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    with zipfile.ZipFile(tmp_path / "bomb.wacz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.warc", b"WARC/1.1\r\n" + b"\0" * 8_000_000)
    (tmp_path / "page.warc.gz").write_bytes(gzip.compress(page_of(STORIES[0])))
    for name in ("page.html", "empty.wacz", "bomb.wacz", "page.warc.gz"):
        result = run("import", tmp_path / name, settings=fresh)
        assert result.exit_code == 1, name
        assert name in result.stderr
    assert run("import", tmp_path / "none.warc.gz", settings=fresh).exit_code == 2
    assert [path for path in warc_files(fresh.collection) if "imported" in str(path)] == []


def test_a_diff_shows_the_fields_of_pages(run, fresh):
    """Other rules that read the same text are no change of a page: one line counts them."""
    profile = fresh.sites_folder / "journal.toml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("css:article.main h1", "css:.main h1"), encoding="utf-8")
    same = run("reextract", "--stale", "--dry-run", "--diff", "--jobs", "1", settings=fresh)
    assert same.exit_code == 0, same.stderr
    assert "5 pages with the same fields" in same.stdout
    assert url_of(STORIES[0]) not in same.stdout
    asked = run("reextract", "--dry-run", "--diff", "--fields", "provenance", "--jobs", "1", settings=fresh)
    assert asked.stdout.count("css:.main h1") == 5
    lines = run("reextract", "--dry-run", "--jsonl", "--jobs", "1", settings=fresh).stdout.splitlines()
    assert [set(json.loads(line)["fields"]) for line in lines] == [{"provenance"}] * 5
    profile.write_text(text.replace(".content > p", ".content > p:first-child"), encoding="utf-8")
    changed = run("reextract", "--stale", "--dry-run", "--diff", "--jobs", "1", settings=fresh)
    assert changed.stdout.count(HOST) == 5
    assert "\n  blocks\n    - " in changed.stdout
    assert "\n  provenance\n" not in changed.stdout
    assert "same fields" not in changed.stdout
