"""The index is a cache: deleted and made anew from the WARC files it is the same, row for row."""

import sqlite3
import subprocess
import sys
import threading

import pytest

from archive.errors import LockedError
from archive.index.store import Index
from archive.locks import hold_collection, hold_site
from archive.process import catch_up, rebuild
from archive.settings import load_settings
from archive.warc.reader import warc_files
from archive.warc.scan import RawRecord, records_in
from tests.e2e.crawling import crawl, live_and_rebuilt, tables
from tests.e2e.paper import Paper, serve

pytestmark = pytest.mark.xdist_group("rebuild")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Three runs: a crawl that misses two pages, one that finds them, and a capture of something known."""
    folder = tmp_path_factory.mktemp("rebuild") / "c"
    paper = Paper(15)
    paper.status = {paper.paths()[2]: 500, paper.paths()[3]: 404}
    paper.robots = "User-agent: *\nDisallow: /the-gioi/bai-viet-10001.html\n"
    with serve(paper):
        crawl(folder, f"{paper.base_url}/", settings={"warc_roll_over_bytes": 30_000})
        paper.status = {}
        crawl(folder, f"{paper.base_url}/")
        crawl(folder, paper.base_url + paper.paths()[0], f"{paper.base_url}/politique/", mode="capture")
    return folder


def test_live_and_rebuilt_are_equal_table_by_table(crawled):
    assert len(warc_files(crawled)) >= 4
    live, again = live_and_rebuilt(crawled)
    assert set(live) == set(again)
    assert {name for name, rows in live.items() if rows} >= {
        "articles",
        "captures",
        "extractions",
        "failures",
        "runs",
        "versions",
        "warc_files",
    }
    assert {name: rows for name, rows in live.items() if rows != again[name]} == {}
    assert len(live["articles"]) == 14


def test_an_index_that_is_missing_catches_up_file_by_file(crawled):
    settings = load_settings(crawled, {})
    whole = tables(settings.index_path)
    settings.index_path.unlink()
    seen = []
    with Index.open(settings.index_path, create=True) as index:
        assert catch_up(settings, index, lambda done, name: seen.append((done, name))) > 50
        assert catch_up(settings, index) == 0
    assert tables(settings.index_path) == whole
    assert len({name for _, name in seen}) == len(warc_files(crawled))


def test_a_file_that_grew_is_read_from_where_it_was_known(tmp_path, crawled):
    """Wherever a reader meets the end of a file that is being written: in the middle of a capture, too."""
    (source,) = warc_files(crawled)[-1:]
    data = source.read_bytes()
    ends = [item.offset + item.length for item in records_in(data) if isinstance(item, RawRecord)]
    assert len(ends) > 8
    settings = load_settings(tmp_path / "c", {})
    whole = settings.collection / source.relative_to(crawled)
    whole.parent.mkdir(parents=True)
    whole.write_bytes(data)
    rebuild(settings)
    expected = tables(settings.index_path)
    growing = whole.with_name(whole.name + ".open")
    for number, end in enumerate(ends):
        whole.rename(growing)
        settings.index_path.unlink()
        with Index.open(settings.index_path, create=True) as index:
            for size in (ends[number // 2], end):
                growing.write_bytes(data[:size])
                catch_up(settings, index)
            growing.write_bytes(data)
            growing.rename(whole)
            catch_up(settings, index)
        assert tables(settings.index_path) == expected, f"read up to byte {end}"


def test_a_rebuild_waits_for_nobody_and_stops_for_a_crawl(crawled):
    settings = load_settings(crawled, {})
    before = settings.index_path.read_bytes()
    with hold_collection(settings.log_folder, shared=True), pytest.raises(LockedError, match="collection"):
        rebuild(settings)
    assert settings.index_path.read_bytes() == before
    assert not settings.index_path.with_suffix(".db.new").exists()


def test_readers_go_on_while_the_index_is_replaced(crawled):
    settings = load_settings(crawled, {})
    reader = sqlite3.connect(f"file:{settings.index_path}?mode=ro", uri=True, check_same_thread=False)
    counts, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            counts.append(reader.execute("SELECT count(*) FROM articles").fetchone()[0])

    thread = threading.Thread(target=read)
    thread.start()
    rebuild(settings)
    stop.set()
    thread.join()
    reader.close()
    assert set(counts) == {14}


def test_a_torn_file_is_named_and_the_rest_is_read(tmp_path, crawled):
    folder = tmp_path / "c"
    for path in warc_files(crawled):
        copy = folder / path.relative_to(crawled)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    torn = warc_files(folder)[0]
    torn.write_bytes(torn.read_bytes()[:-100])
    settings = load_settings(folder, {})
    done = rebuild(settings)
    assert done.torn == (torn.relative_to(folder).as_posix(),)
    assert done.files == len(warc_files(crawled))
    # What was cut off is the end of one record: at most one article is without its fields.
    assert len(tables(settings.index_path)["articles"]) >= 13


def test_locks_end_with_their_process(tmp_path):
    script = "import sys\nfrom pathlib import Path\nfrom archive.locks import hold_site\nwith hold_site(Path(sys.argv[1]), 'báo/x'):\n print('held', flush=True)\n sys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(LockedError, match=str(child.pid)), hold_site(tmp_path, "báo/x"):
        pass
    with hold_site(tmp_path, "another"):
        pass
    child.kill()
    child.communicate()
    with hold_site(tmp_path, "báo/x"):
        pass
