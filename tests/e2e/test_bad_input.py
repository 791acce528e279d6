"""Bad input of every kind, as a shell sees it: one clear line, the right exit code, nothing lost."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import resource
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

from archive.index.store import Index
from archive.model import StoredCapture, StoredExtraction, StoredFailure
from tests.e2e.crawling import archived, faults
from tests.e2e.pages import HEMEROTECA, hemeroteca, hemerotecas, serve
from tests.e2e.paper import Paper
from tests.e2e.paper import serve as serve_paper
from tests.stored_pages import PROFILE, make_collection

FAILED, USAGE, PARTLY, NOTHING, INTEGRITY, LOCKED = 1, 2, 3, 4, 5, 6
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FETCH = ("--allow-private", "--delay", "0")
TEXT = (
    "<p>La gare de Hanoï accueille le train numéro cinq, a déclaré lundi le chef de la gare centrale.</p>" * 4
)


def article(title, body=TEXT):
    date = '<meta property="article:published_time" content="2026-11-20T08:00:00+07:00">'
    return (
        f'<!doctype html><html lang="fr"><head><title>{title}</title><meta property="og:type" content="article">'
        f"{date}</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    )


def files_of(folder):
    """Return the digest of every file that holds something of value: not locks, logs, or SQLite's side files."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "log" and not path.name.endswith(("-shm", "-wal"))
    }


def refused(result, code, *words):
    """Hold a result against: this exit code, no data, one line, no traceback, these words."""
    assert result.returncode == code, result
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert "unexpected" not in result.stderr
    for word in words:
        assert word in result.stderr, (word, result.stderr)


@pytest.fixture(scope="module")
def pages():
    with serve() as served:
        yield served


@pytest.fixture
def press(tmp_path):
    """Five articles in a collection."""
    return make_collection(tmp_path / "press", 1, profile=PROFILE).collection


@pytest.fixture
def empty(tmp_path):
    """A collection with nothing in it."""
    (tmp_path / "c" / "sites").mkdir(parents=True)
    (tmp_path / "c" / "hemeroteca.toml").touch()
    return tmp_path / "c"


WRONG = [
    (("extract", "none.html", "--url", "https://a.example/"), USAGE, ("none.html", "no such file")),
    (("extract", "sites", "--url", "https://a.example/"), USAGE, ("sites", "folder")),
    (("extract", "--manifest", "none.jsonl", "--output", "o"), USAGE, ("none.jsonl", "no such file")),
    (("import", "none.warc.gz"), USAGE, ("none.warc.gz", "no such file")),
    (("verify", "none.warc.gz"), USAGE, ("none.warc.gz", "no such file")),
    (("reextract", "none.warc.gz"), USAGE, ("none.warc.gz", "no such file")),
    (("capture", "--from", "none.txt"), USAGE, ("none.txt", "no such file", "one URL a line")),
    (("export", "--ids", "none.txt", "-o", "-"), USAGE, ("none.txt", "no such file")),
    (("crawl", "vietnamplus-fx"), USAGE, ("vietnamplus-fx", "did you mean", "hemeroteca sites list")),
    (("crawl", "journal", "--since", "2024-13-45"), USAGE, ("--since", "2024-13-45")),
    (("crawl", "journal", "--since", "2999-01-01"), USAGE, ("--since 2999-01-01: lies in the future",)),
    (("search", "x", "--until", "the day after never"), USAGE, ("--until", "2024-12-31")),
    (("search", "x", "--limit", "-1"), USAGE, ("--limit", "-1")),
    (("crawl", "journal", "--limit", "-1"), USAGE, ("--limit", "-1")),
    (("crawl", "http://127.0.0.1:99999/"), USAGE, ("99999",)),
    (("capture", "ftp://a.example/"), USAGE, ("ftp://a.example/", "http")),
    (("capture", "un journal"), USAGE, ("un journal", "http")),
    (("show", "zzzzzz"), NOTHING, ("zzzzzz", "hemeroteca search")),
    (("search", "x", "--in", "nofield"), USAGE, ("nofield", "title, lead, body, caption")),
    (("reextract", "--fields", "nofield"), USAGE, ("nofield", "title")),
    (("searhc", "x"), USAGE, ("searhc", "did you mean 'search'")),
]
QUERIES = {
    "l'ONU AND (x OR": ("character 14", "OR"),
    '"jamais fermé': ("character 1", "quote"),
    "NEAR(": ("NEAR(",),
    "((((((((": ("(",),
    "*": ("no letter",),
    "a NOT": ("NOT",),
    "-x": ("-x",),
    "^": ("no letter",),
    "）（": (),
    "\x1b[31mrouge": None,
    "title:": None,
    "col:umn:x": None,
    "'; DROP TABLE articles; --": None,
    "a" * 10_000: None,
    " OR ".join(["x"] * 3_000): None,
    "(" * 3_000 + "x" + ")" * 3_000: None,
    "œ’ß’ł": None,
    "\u202eabc": None,
}


SETTINGS = [
    (b"delai = 3\n", ("unknown key 'delai'", "delay")),
    (b'delay = "soon"\n', ("delay must be a number", "'soon'")),
    (b"delay = -1\n", ("delay", ">= 0")),
    (b"concurrency = 1.5\n", ("concurrency must be a whole number", "1.5")),
    (b'obey_robots = "no"\n', ("obey_robots must be true or false", "'no'")),
    (b"operator = 3\n", ("operator must be text in quotes", "3")),
    (b"delay = [\n", ("TOML",)),
    (b"\xff\xfed\x00\n", ("TOML",)),
]
HEAD = 'name = "Le Journal"\ndomains = ["a.example"]\n'
PROFILES = [
    (f'{HEAD}langg = "fr"\n', ("langg: unknown key", "did you mean lang?")),
    (f'{HEAD}[[layout]]\nid = "x"\ntitle = "css:h1[["\n', ("layout[0].title", "css:h1[[")),
    (f'{HEAD}[[layout]]\nid = "x"\ntitle = "xpath://h1[@"\n', ("layout[0].title", "xpath://h1[@")),
    (f'{HEAD}[[layout]]\nid = "x"\nfrom = "yesterday"\n', ("layout[0].from", "2024-01-31")),
    (f'{HEAD}[discover]\nsections = ["politique"]\n', ("discover.sections[0]", "politique")),
    (f'{HEAD}article_id = "("\n', ("article_id",)),
    ('name = "Le Journal\n', ("TOML",)),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Every command of the tables above, run once; nothing may have changed anything."""
    root = tmp_path_factory.mktemp("answers")
    whole = make_collection(root / "press", 1, profile=PROFILE).collection
    commands = [words for words, _, _ in WRONG] + [("search", "--", query) for query in QUERIES]
    for kind, cases in (("settings", SETTINGS), ("profile", PROFILES)):
        for number, (text, _) in enumerate(cases):
            folder = root / f"{kind}{number}"
            (folder / "sites").mkdir(parents=True)
            if kind == "settings":
                (folder / "hemeroteca.toml").write_bytes(text)
            else:
                (folder / "hemeroteca.toml").touch()
                (folder / "sites" / "bad.toml").write_text(text, encoding="utf-8")
            commands.append(("-C", folder, *(("stats",) if kind == "settings" else ("sites", "check"))))
    before = files_of(root)
    results = hemerotecas(commands, at=whole, streams=tmp_path_factory.mktemp("streams"))
    assert files_of(root) == before
    return parted(results)


def parted(results):
    """Part the results by table."""
    tables, place = {}, 0
    for name, size in (
        ("wrong", len(WRONG)),
        ("queries", len(QUERIES)),
        ("settings", len(SETTINGS)),
        ("profiles", len(PROFILES)),
    ):
        tables[name] = results[place : place + size]
        place += size
    return tables


@pytest.mark.parametrize("number", range(len(WRONG)), ids=lambda n: " ".join(WRONG[n][0][:2]))
def test_what_cannot_be(answers, number):
    refused(answers["wrong"][number], *WRONG[number][1:2], *WRONG[number][2])


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: ascii(query)[:24])
def test_odd_queries(answers, query):
    """None: an answer, with or without articles; words: refused, with them."""
    result = answers["queries"][list(QUERIES).index(query)]
    assert not UNSEEN.search(result.stdout + result.stderr)
    if QUERIES[query] is None and result.returncode in (0, NOTHING):
        assert result.stderr.count("\n") in (1, 2), "what was found, and perhaps a hint"
    else:
        refused(result, USAGE, *QUERIES[query] or ())


@pytest.mark.parametrize("number", range(len(SETTINGS)), ids=lambda n: ascii(SETTINGS[n][0])[:24])
def test_broken_settings(answers, number):
    refused(answers["settings"][number], USAGE, f"settings{number}/hemeroteca.toml: ", *SETTINGS[number][1])


@pytest.mark.parametrize("number", range(len(PROFILES)), ids=lambda n: PROFILES[n][0].splitlines()[-1][:24])
def test_a_broken_profile(answers, number):
    refused(answers["profiles"][number], USAGE, f"profile{number}/sites/bad.toml: ", *PROFILES[number][1])


def test_no_collection(tmp_path):
    for words in (("search", "x"), ("verify",), ("import", "x.warc.gz")):
        refused(
            hemeroteca(*words, at=tmp_path), NOTHING, "no collection here", "hemeroteca init", str(tmp_path)
        )
    refused(
        hemeroteca("-C", tmp_path / "none", "crawl", "http://127.0.0.1:9/", at=tmp_path),
        USAGE,
        "none",
        "hemeroteca init",
    )
    assert list(tmp_path.iterdir()) == []


def test_settings_with_a_byte_order_mark_and_in_the_environment(press):
    (press / "hemeroteca.toml").write_bytes(b"\xef\xbb\xbfdelay = 1\n")
    assert hemeroteca("stats", at=press).returncode == 0
    refused(
        hemeroteca("stats", at=press, environment={"HEMEROTECA_TIMEOUT": "soon"}),
        USAGE,
        "HEMEROTECA_TIMEOUT",
        "soon",
    )


def test_every_mistake_of_a_profile_is_a_line(press):
    (press / "sites" / "bad.toml").write_text('title = "x"\nzone = 3\n', encoding="utf-8")
    before = files_of(press)
    for command in (("sites", "check"), ("crawl", "bad"), ("reextract",)):
        result = hemeroteca(*command, at=press)
        lines = result.stderr.splitlines()
        assert result.returncode == USAGE
        assert len(lines) == 4
        assert all("bad.toml" in line for line in lines)
    assert files_of(press) == before
    assert hemeroteca("search", "sommet", at=press).returncode == 0  # reading needs no profile


# archive and index


def damage(path):
    """Change bytes in the middle of the second half of a file."""
    data = bytearray(path.read_bytes())
    place = len(data) * 3 // 4
    data[place : place + 40] = bytes(byte ^ 0x5A for byte in data[place : place + 40])
    path.write_bytes(data)


def garbled(path):
    path.write_bytes(b"\x00\x01not a WARC" * 300)


def test_a_damaged_warc(press):
    (warc,) = (press / "warc").rglob("*.gz")
    damage(warc)
    after = warc.read_bytes()
    checked = hemeroteca("verify", "--json", at=press)
    assert checked.returncode == INTEGRITY
    assert checked.stderr.count("\n") == 1
    found = json.loads(checked.stdout)["faults"]
    assert found
    assert {fault["file"] for fault in found} == {warc.relative_to(press).as_posix()}
    assert found[0]["offset"] is not None
    rebuilt = hemeroteca("index", "rebuild", at=press)
    assert rebuilt.returncode == PARTLY
    assert warc.name in rebuilt.stderr
    assert "hemeroteca verify" in rebuilt.stderr
    assert hemeroteca("search", "--count", at=press).stdout in ("4\n", "5\n")  # what is whole is found again
    assert warc.read_bytes() == after


def test_a_warc_that_is_none(press):
    (warc,) = (press / "warc").rglob("*.gz")
    whole = warc.read_bytes()
    garbled(warc)
    assert hemeroteca("verify", at=press).returncode == INTEGRITY
    again = hemeroteca("reextract", at=press)
    assert again.returncode == PARTLY
    assert "5 unreadable" in again.stdout
    assert all(line.startswith("unreadable: http") for line in again.stderr.splitlines())
    assert warc.read_bytes() == b"\x00\x01not a WARC" * 300
    assert hemeroteca("search", "--count", at=press).stdout == "5\n"  # the index still knows what it read
    assert hemeroteca("index", "rebuild", at=press).returncode == PARTLY
    warc.write_bytes(whole)
    assert hemeroteca("index", "rebuild", at=press).returncode == 0
    assert hemeroteca("search", "--count", at=press).stdout == "5\n"
    assert hemeroteca("verify", at=press).returncode == 0


def test_import_of_what_is_no_warc(press, tmp_path):
    (tmp_path / "page.warc.gz").write_bytes(b"<html>" * 100)
    before = files_of(press)
    refused(hemeroteca("import", tmp_path / "page.warc.gz", at=press), FAILED, "page.warc.gz", "WACZ")
    assert files_of(press) == before


CRAWLS = (("capture", "http://127.0.0.1:9/", *FETCH), ("crawl", "http://127.0.0.1:9/", *FETCH))
WRITERS = (("reextract",), *CRAWLS)
READERS = (
    ("search", "sommet"),
    ("show", "https://journal.example/fr/article-fr-1.html"),
    ("export", "-o", "-"),
    ("stats",),
    ("runs",),
    ("verify",),
    ("index", "status"),
    ("sites", "show", "journal"),
    ("sites", "drift"),
)


def closed(path):
    """Return a database, all of it in its one file."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path.read_bytes()


def put(path, data):
    """Put a file in the place of a database."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(data)


def spoiled(path, table):
    """Fill the first page of a table with ones."""
    data = bytearray(closed(path))
    database = sqlite3.connect(path)
    (size,) = database.execute("PRAGMA page_size").fetchone()
    (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    database.close()
    data[(root - 1) * size : root * size] = b"\xff" * size
    return bytes(data)


def junk(_path):
    return "ceci n'est pas une base de données, 不是数据库\n".encode() * 400


def half(path):
    data = closed(path)
    return data[: len(data) // 8192 * 4096]


def garbled_schema(path):
    data = bytearray(closed(path))
    data[100:4096] = b"\x9a\xb6" * 1998  # behind the header of the file
    return bytes(data)


def another_program(path):
    put(path, b"")
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE accounts(amount)")
    database.commit()
    database.close()
    return path.read_bytes()


@pytest.mark.parametrize("made", [junk, half, garbled_schema, another_program])
def test_an_index_that_is_none(press, tmp_path, made):
    """Every command that opens it says so in one line, and leaves it as it is."""
    put(press / "index.db", made(press / "index.db"))
    before = files_of(press)
    for result in hemerotecas([*READERS, *WRITERS], at=press, streams=tmp_path):
        refused(result, INTEGRITY, str(press / "index.db"), "hemeroteca index rebuild")
    assert files_of(press) == before
    assert hemeroteca("index", "rebuild", at=press).returncode == 0
    assert hemeroteca("search", "--count", at=press).stdout == "5\n"
    assert hemeroteca("verify", at=press).returncode == 0


def test_an_index_with_a_hole_in_it(press):
    """Damage that shows only in the middle of reading is told as that of opening is."""
    assert hemeroteca(*CRAWLS[0], at=press).returncode == FAILED  # so that there is a run
    index = press / "index.db"
    whole = closed(index)
    url = "https://journal.example/fr/article-fr-1.html"
    holes = {
        "articles": [("search", "sommet"), ("search",), ("export", "-o", "-"), ("export", "-o", "x.csv"), ("show", "a")],
        "versions": [("show", url), ("versions", url), ("diff", url), ("cite", url)],
        "captures": [("stats",), ("verify",), ("index", "status"), ("reextract",)],
        "runs": [("runs",), ("sites", "drift"), *CRAWLS],
        "warc_files": [("reextract",), ("verify",), *CRAWLS],
        "articles_fts_data": [("search", "sommet"), ("index", "status"), ("index", "optimize")],
        "related_links": [("related", url), ("verify",), ("index", "status")],
    }  # fmt: skip
    for table, commands in holes.items():
        put(index, whole)
        data = spoiled(index, table)
        for words in commands:
            put(index, data)
            result = hemeroteca(*words, at=press)
            refused(result, INTEGRITY, str(index), "hemeroteca index rebuild")
            assert not (press / "x.csv").exists()
    assert hemeroteca("index", "rebuild", at=press).returncode == 0
    assert hemeroteca("verify", at=press).returncode == 0
    assert hemeroteca("search", "--count", at=press).stdout == "5\n"


def test_a_later_index(press, tmp_path):
    database = sqlite3.connect(press / "index.db")
    database.execute(
        "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) VALUES ('hemeroteca', '9999_later', '')"
    )
    database.commit()
    database.close()
    before = files_of(press)
    for result in hemerotecas([*READERS, *WRITERS], at=press, streams=tmp_path):
        refused(result, FAILED, str(press / "index.db"), "9999_later", "later hemeroteca")
    assert {name: one for name, one in files_of(press).items() if name != "frontier.db"} == before


HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_locked_index(press):
    before = files_of(press)
    command = [sys.executable, "-c", HOLD, str(press / "index.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        began = time.monotonic()
        for words in WRITERS:
            result = hemeroteca(*words, at=press, environment={"HEMEROTECA_LOCK_SECONDS": "0.3"})
            refused(result, LOCKED, str(press / "index.db"), "locked by another process")
        assert time.monotonic() - began < 30
        assert hemeroteca("search", "sommet", at=press).returncode == 0  # readers do not wait
        holder.stdin.close()
    assert {name: one for name, one in files_of(press).items() if name != "frontier.db"} == before
    assert hemeroteca("reextract", at=press).returncode == 0


def test_a_damaged_queue(press):
    (press / "frontier.db").write_bytes(b"not a queue" * 1000)
    before = files_of(press)
    refused(hemeroteca("crawl", "http://127.0.0.1:9/", *FETCH, at=press), FAILED, "frontier.db", "delete it")
    assert files_of(press) == before


class FatPaper(Paper):
    """Pages that do not compress away."""

    def _article(self, path):
        noise = hashlib.shake_256(path.encode()).hexdigest(8_000)
        return super()._article(path) + f"<!--{noise}-->"


@pytest.mark.parametrize("limit", [60_000, 240_000])
def test_a_full_disk(empty, limit):
    """No file may grow over so many bytes: the queue, then the index or the model is the first to fail."""
    Index.open(empty / "index.db", create=True).close()

    def small_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with serve_paper(FatPaper(40)) as paper:
        stopped = hemeroteca("crawl", f"{paper.base_url}/", *FETCH, at=empty, preexec_fn=small_disk)
        assert stopped.returncode == FAILED, stopped
        assert stopped.stderr.count("\n") == 1, stopped.stderr
        assert "Traceback" not in stopped.stderr
        assert "free space" in stopped.stderr or "make room" in stopped.stderr or "full" in stopped.stderr
        first = {one.capture.url for one in archived(empty) if isinstance(one, StoredCapture)}
        assert hemeroteca("verify", at=empty).returncode == 0
        went_on = hemeroteca("crawl", f"{paper.base_url}/", *FETCH, at=empty)
        assert went_on.returncode == 0, went_on.stderr
    assert hemeroteca("verify", at=empty).returncode == 0
    assert hemeroteca("search", "--count", at=empty).stdout == "40\n"
    everything = archived(empty)
    assert first <= {one.capture.url for one in everything if isinstance(one, StoredCapture)}
    assert "bug" not in {one.extraction.verdict for one in everything if isinstance(one, StoredExtraction)}
    assert '"running"' not in hemeroteca("runs", "--json", at=empty).stdout


def test_a_disk_that_runs_full_under_what_is_written_beside_a_crawl(press, tmp_path):
    """Each thing appears whole or not at all, and nothing of it is left lying about."""
    (tmp_path / "in.jsonl").write_text(
        '{"id": 1, "path": "none.html", "url": "https://a.example/"}\n' * 200, encoding="utf-8"
    )
    (press / "old.jsonl").write_text("of yesterday", encoding="utf-8")
    (press / "old.jsonl.manifest.json").write_text("of yesterday, too", encoding="utf-8")
    before = files_of(tmp_path)

    def small_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))

    for words in (
        ("export", "-o", "old.jsonl", "--force"),
        ("export", "-o", "new.csv"),
        ("extract", "--manifest", tmp_path / "in.jsonl", "--output", "out.jsonl"),
        ("index", "rebuild"),
        ("init", tmp_path / "new"),
        ("import", *(press / "warc").rglob("*.gz"), "-C", tmp_path / "other"),
    ):
        if "import" in words:
            assert hemeroteca("init", tmp_path / "other", at=press).returncode == 0
            before = files_of(tmp_path)
        result = hemeroteca(*words, at=press, preexec_fn=small_disk)
        assert result.returncode == FAILED, (words, result)
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1, result.stderr
        assert "make room" in result.stderr or "free space" in result.stderr, (words, result.stderr)
        assert files_of(tmp_path) == before, words
    assert hemeroteca("init", tmp_path / "new", at=press).returncode == 0
    assert hemeroteca("index", "rebuild", at=press).returncode == 0
    assert hemeroteca("verify", at=press).returncode == 0


# the network


def test_a_new_collection_is_told_before_pages_are_fetched_into_it(tmp_path):
    with serve("127.0.0.2") as gone:
        url = f"{gone.base_url}/a-12345.html"
    for folder in ("báo chí", "新闻"):
        (tmp_path / folder).mkdir()
        for command, *more in (("crawl", "--dry-run"), ("capture", "--dry-run"), ("capture",), ("capture",)):
            there = (tmp_path / folder / "warc").exists()
            result = hemeroteca(command, url, *FETCH, *more, at=tmp_path / folder)
            (told,) = [line for line in result.stderr.splitlines() if "no collection in" in line] or [""]
            assert bool(told) != there, result.stderr
            assert there or f"{tmp_path / folder}: " in told
            assert there or ("without --dry-run" in told) == bool(more)
            assert there or bool(more) != (tmp_path / folder / "warc").exists()


def test_sites_that_cannot_be_reached(empty):
    with serve("127.0.0.2") as gone:
        refusing = f"{gone.base_url}/a-12345.html"
    with serve("127.0.0.3") as plain:
        urls = (refusing, plain.base_url.replace("http", "https") + "/", "http://nowhere.invalid/")
        result = hemeroteca("capture", *urls, *FETCH, at=empty)
    assert result.returncode == FAILED
    lines = dict(line.split(": ", 1) for line in result.stderr.splitlines())
    assert lines.keys() == {"127.0.0.2", "127.0.0.3", "nowhere.invalid"}
    assert "connection refused" in lines["127.0.0.2"]
    assert "TLS" in lines["127.0.0.3"]
    assert "no such host" in lines["nowhere.invalid"]
    recorded = {
        one.capture.url: one.capture.failure.code for one in archived(empty) if isinstance(one, StoredFailure)
    }
    assert {recorded[url] for url in urls} == {-61}
    assert recorded["http://nowhere.invalid/robots.txt"] == -1
    assert recorded[f"{gone.base_url}/robots.txt"] == -2
    assert faults(empty) == []


def test_a_hostile_title(empty, pages, tmp_path):
    title = "Rouge \x1b[31m alerte \x07 \x9b2J \u202e ésrever \x1b]0;pwned\x07 &#27;[2J &#155;1m"
    link = '<aside class="related"><h3>À lire</h3><a href="/autre-99999.html">Lien \x1b[1m \u202e long titre</a></aside>'
    url = pages.put(
        "/monde/hostile-12345.html",
        article(title, TEXT + f"<p>Un \x1b[8mcorps\x1b[0m caché. {TEXT}</p>{link}"),
    )
    evil = pages.put("/\x1b[31m-12346.html".replace("\x1b", "%1B"), article("Adresse"))
    seen = [hemeroteca("capture", url, evil, *FETCH, at=empty)]
    commands = [
        ("search", "gare"), ("search", "gare", "--json"), ("show", url), ("show", url, "--text"), ("show", url, "--json"),
        ("show", url, "--rules"), ("versions", url), ("diff", url), ("related", url), ("runs",), ("stats",), ("export", "-o", "-"),
        ("cite", url), ("cite", url, "--format", "bibtex"), ("cite", url, "--format", "ris"), ("cite", url, "--json"),
        ("reextract", "--dry-run", "--diff", "--jobs", "1"), ("show", url, "--html"),
    ]  # fmt: skip
    *more, page = hemerotecas(commands, at=empty, streams=tmp_path)
    seen += more
    for result in seen:
        assert not UNSEEN.search(result.stdout + result.stderr), result.args
    assert "alerte" in seen[1].stdout
    assert "\x1b[31m" in page.stdout  # the bytes themselves are shown to those who ask for them


def test_pages_that_are_bombs(empty, pages):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [
        packer.compress(b"<p>" + b"a" * ((1 << 20) - 3)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    ]
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + parts[0] + parts[1] * 4095  # 4 GB
    urls = {
        "gzip": pages.put("/monde/bombe-10001.html", packed, Content_Encoding="gzip"),
        "twice": pages.put("/monde/bombe-10002.html", gzip.compress(packed), Content_Encoding="gzip, gzip"),
        "large": pages.put(
            "/monde/grande-10003.html", article("Une grande page", TEXT * (50_000_000 // len(TEXT)))
        ),
        "deep": pages.put(
            "/monde/profonde-10004.html",
            article("Une page profonde", TEXT + "<div>" * 100_000 + TEXT + "</div>" * 100_000),
        ),
        "good": pages.put("/monde/bonne-10005.html", article("Une bonne page")),
    }
    began = time.monotonic()
    with subprocess.Popen(
        [*HEMEROTECA, "capture", *urls.values(), *FETCH],
        cwd=empty,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        peak = [0]
        watch = threading.Thread(target=watch_memory, args=(process, peak))
        watch.start()
        _, errors = process.communicate(timeout=100)
        watch.join()
    assert process.returncode == 0, errors
    assert time.monotonic() - began < 60
    assert 0 < peak[0] < 1_000, peak  # MB; the bombs are 4 GB
    read = {one.url: one.extraction for one in archived(empty) if isinstance(one, StoredExtraction)}
    assert read[urls["good"]].article.title == "Une bonne page"
    assert read[urls["deep"]].article.title == "Une page profonde"
    assert read[urls["large"]].article.title == "Une grande page"
    codes = {name: {issue.code for issue in read[url].issues} for name, url in urls.items()}
    assert codes["large"] >= {"truncated"}
    assert codes["deep"] >= {"too_deep"}
    assert codes["gzip"] & {"truncated", "too_large"}
    assert codes["twice"] & {"truncated", "too_large"}
    assert faults(empty) == []


def watch_memory(process, peak):
    """Note the most memory that a process uses, in MB."""
    while process.poll() is None:
        try:
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text("ascii"))
        except OSError:
            return
        if found:
            peak[0] = max(peak[0], int(found[1]) // 1024)
        time.sleep(0.02)


def test_redirects_in_a_circle(empty, pages):
    pages.put("/cercle-20001.html", "", status=302, Location="/cercle-20002.html")
    pages.put("/cercle-20002.html", "", status=301, Location="/cercle-20001.html")
    pages.put("/soi-20003.html", "", status=302, Location="/soi-20003.html")
    for number in range(20):
        pages.put(f"/suite-{number}.html", "", status=307, Location=f"/suite-{number + 1}.html")
    urls = [pages.url(path) for path in ("/cercle-20001.html", "/soi-20003.html", "/suite-0.html")]
    result = hemeroteca("capture", *urls, *FETCH, "--json", at=empty)
    assert result.returncode == FAILED
    assert "circle" in json.loads(result.stdout)[0]["detail"]
    assert json.loads(result.stdout)[0]["counts"]["redirect_loops"] == 3
    assert max(number for path, number in pages.asked.items() if "robots" not in path) == 1
    assert sum(pages.asked[f"/suite-{number}.html"] for number in range(21)) == 11
    assert faults(empty) == []


def test_xml_bombs_in_feeds_and_sitemaps(empty, pages):
    entities = '<!ENTITY lol0 "lol">' + "".join(
        f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 12)
    )
    stories = [
        pages.put(
            f"/monde/recit-3000{n}.html",
            article(
                f"Récit numéro {n}",
                f"{TEXT}<p>Ce récit est le numéro {n} de la série, et il ne ressemble à aucun autre.</p>",
            ),
        )
        for n in range(3)
    ]
    outside = f'<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY net SYSTEM "{pages.url("/by-entity")}">'
    feed = "<rss><channel><item><title>{}</title><link>{}</link></item></channel></rss>"
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{entities}]>'
    lists = [
        pages.put("/bombe.rss", bomb + feed.format("&lol11;", stories[0]), "application/rss+xml"),
        pages.put(
            "/bombe.xml",
            f"{bomb}<urlset><url><loc>{stories[1]}</loc><lastmod>&lol11;</lastmod></url>"
            "<url><loc>file:///etc/passwd</loc></url></urlset>",
            "application/xml",
        ),
        pages.put(
            "/dehors.rss",
            f'<?xml version="1.0"?><!DOCTYPE x [{outside}]>' + feed.format("&file;&net;", stories[2]),
            "application/rss+xml",
        ),
    ]
    began = time.monotonic()
    result = hemeroteca("crawl", *lists, *FETCH, "--json", at=empty)
    assert time.monotonic() - began < 30
    assert result.returncode == 0, result.stderr
    assert {pages.asked[story.removeprefix(pages.base_url)] for story in stories} == {1}
    assert pages.asked["/by-entity"] == 0
    told = [one.capture.found.title or "" for one in archived(empty) if isinstance(one, StoredCapture)]
    assert not [title for title in told if "root:" in title or len(title) > 100]


def test_a_page_cannot_make_the_archive_ask_private_addresses(empty, pages):
    with serve() as other:
        secret = other.put("/secret-40001.html", article("Un secret"))
        host, target = pages.base_url.removeprefix("http://"), other.base_url.removeprefix("http://")
        (empty / "sites" / "journal.toml").write_text(
            f'name = "J"\ndomains = ["{host}", "{target}", "169.254.169.254"]\narticle_id = \'-(\\d+)\'\n'
            f'[discover]\nsections = ["{pages.url("/liste")}"]\n'
            f'[politeness]\ndelay = 0.0\nprivate_hosts = ["{host}"]\n',
            encoding="utf-8",
        )
        links = (
            "http://169.254.169.254/latest/meta-data-40003",
            secret,
            "/vers-40004.html",
            "/bonne-40005.html",
        )
        cards = "".join(
            f'<article><h2><a href="{it}">Un titre assez long, {it}</a></h2></article>' for it in links
        )
        pages.put("/liste", f"<html><body><main>{cards}</main></body></html>")
        pages.put("/vers-40004.html", "", status=302, Location=other.url("/secret-40002.html"))
        pages.put("/bonne-40005.html", article("Une bonne page"))
        result = hemeroteca("crawl", "journal", at=empty)
        assert not other.asked
    assert result.returncode == PARTLY
    assert result.stderr.count("\n") == 1
    assert "private address" in result.stderr
    assert "--allow-private" in result.stderr
    recorded = {
        one.capture.url: one.capture.failure.code for one in archived(empty) if isinstance(one, StoredFailure)
    }
    wanted = {links[0], secret, other.url("/secret-40002.html")}
    assert {url: code for url, code in recorded.items() if "robots.txt" not in url} == dict.fromkeys(
        wanted, -5000
    )
    assert hemeroteca("search", "--count", at=empty).stdout == "1\n"
    asked = hemeroteca("crawl", secret, at=empty)  # named by the user: refused just the same
    assert asked.returncode == FAILED
