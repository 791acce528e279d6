"""The handler with the real recorder: what stands in the WARC files is what went over the wire, the index says
the same, and a crawl whose archive cannot be written stops."""

import asyncio
import os
from datetime import UTC, datetime

import pytest

from archive.errors import IndexStoreError, WarcWriteError
from archive.index.store import Index
from archive.model import Capture, StoredCapture, StoredFailure, StoredFile
from archive.process import rebuild
from archive.settings import load_settings
from archive.warc.reader import read_capture, stored, warc_files
from archive.warc.repair import repair_torn
from archive.warc.verify import verify_file
from archive.warc.writer import WarcInfo
from crawler.desk import COMMIT_SECONDS
from crawler.recorder import ArchiveStoppedError, Recorder, store
from tests.e2e.crawling import tables
from tests.hostile.exact import FAILURES, crawl, route_jobs
from tests.hostile.server import HTML, PAGE, Answer, Server, ok

INFO = WarcInfo(software="test", run_id="run-1", site="báo")


def read_all(collection):
    return [one for path in warc_files(collection) for one in stored(path, collection=collection)]


def captures_of(collection):
    return [one for one in read_all(collection) if isinstance(one, StoredCapture)]


@pytest.fixture(scope="module")
def archived(certificate, tmp_path_factory):
    """Every route, over http and https, into a real collection."""
    collection = tmp_path_factory.mktemp("collection")
    with Server(certificate=certificate) as server:
        jobs = [job for scheme in ("http", "https") for job in route_jobs(server, scheme)]
        job = {"requests": jobs, "private_hosts": ["127.0.0.1"], "collection": str(collection)}
        outcome = crawl({**job, "archive": {"warc_roll_over_bytes": 150_000}})
    return collection, server, outcome


def test_the_files_are_closed_and_faultless(archived):
    collection, _, outcome = archived
    files = warc_files(collection)
    assert outcome["reason"] == "finished"
    assert len(files) > 2
    assert [path.name for path in files if path.name.endswith(".open")] == []
    assert [fault for path in files for fault in verify_file(path)] == []


def test_records_are_the_wire(archived):
    collection, server, _ = archived
    waiting = {}
    for one in captures_of(collection):
        scheme, _, rest = one.capture.url.partition("://")
        waiting.setdefault((scheme, "/" + rest.split("/", 1)[1]), []).append(one.capture)
    whole = 0
    for hit in server.hits:
        name = hit.target.split("?")[0].removeprefix("/")
        if name in {"empty-reply", "hang-at-once"}:
            continue
        capture = waiting[hit.scheme, hit.target].pop(0)
        assert capture.request == hit.received
        got = capture.interim + capture.head + capture.body
        if capture.revisit_of is not None:
            assert (capture.interim + capture.head) in hit.sent
            assert capture.body == b""
        else:
            assert hit.sent.startswith(got), name
            whole += got == hit.sent
    assert whole > 40  # the others are revisits: most routes send the same page
    assert not any(waiting.values())


def test_failures_are_records(archived):
    failures = [one for one in read_all(archived[0]) if isinstance(one, StoredFailure)]
    assert all(one.capture.request for one in failures)
    # A server may close a kept connection just as the next request goes out (RFC 9112 §9.5): that exchange
    # is a failure of its own, and the page is asked for again.
    dead = [one for one in failures if one.capture.failure.reason.startswith("the kept connection was dead")]
    assert {one.capture.failure.code for one in dead} <= {-3}
    answered = {
        one.capture.url for one in read_all(archived[0]) if one not in dead and hasattr(one, "capture")
    }
    assert {one.capture.url for one in dead} <= answered
    assert sorted(one.capture.failure.code for one in failures if one not in dead) == [-404, -404, -4, -4]
    kept = {
        one.capture.url.split("/", 3)[3].split("?")[0]
        for one in captures_of(archived[0])
        if one.capture.failure
    }
    assert kept == FAILURES.keys() - {"empty-reply", "hang-at-once"}


def test_no_cut_body_is_a_revisit(archived):
    revisits = [one for one in captures_of(archived[0]) if one.record_type == "revisit"]
    assert revisits
    assert all(one.capture.truncated is None for one in revisits)
    assert all(one.capture.revisit_of.payload_digest == one.payload_digest for one in revisits)


def test_the_index_is_what_a_rebuild_gives(archived):
    settings = load_settings(archived[0], {})
    live = tables(settings.index_path)
    rebuild(settings)
    made_anew = tables(settings.index_path)
    assert live["captures"]
    assert live["failures"]
    for name, rows in live.items():
        assert made_anew[name] == rows, name


def test_a_second_crawl_makes_revisits_of_what_is_known(tmp_path):
    with Server() as server:
        urls = [
            server.url("http", path)
            for path in ("/plain", "/gzipped", "/not-modified", "/cut-length", "/missing")
        ]
        job = {"private_hosts": ["127.0.0.1"], "collection": str(tmp_path)}
        own = ok(HTML, b'ETag: "a"', body=PAGE.replace("越南".encode(), "老挝".encode()))
        server.routes["/not-modified"] = lambda a: a.send(own)
        crawl({**job, "requests": [{"url": url} for url in urls]})
        server.routes["/not-modified"] = lambda a: a.send(b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n')
        crawl({**job, "requests": [{"url": url} for url in urls]})
    by_url = {}
    for one in sorted(captures_of(tmp_path), key=lambda one: one.capture.fetched_at):
        by_url.setdefault(one.capture.url.rsplit("/", 1)[1], []).append(one)
    kinds = {name: [one.record_type for one in both] for name, both in by_url.items()}
    assert kinds["cut-length"] == ["response", "response"]
    assert kinds["missing"] == ["response", "response"]  # too small to gain from it
    assert kinds["not-modified"][1] == "revisit"
    first, second = by_url["not-modified"]
    assert second.capture.revisit_of.url == first.capture.url
    assert second.capture.head.startswith(b"HTTP/1.1 304")
    assert kinds["plain"][1] == "revisit"
    referred = {one.location.record_id for one in captures_of(tmp_path)}
    assert by_url["plain"][1].capture.revisit_of.record_id in referred
    assert [fault for path in warc_files(tmp_path) for fault in verify_file(path)] == []


def noise(a: Answer) -> None:
    a.send(ok(HTML, body=os.urandom(150_000)))
    a.keep = True


def test_a_full_disk_stops_the_crawl(tmp_path):
    """The kernel refuses to let any file grow past 2 MB: the archive fails after a dozen pages."""
    with Server() as server:
        server.routes["/noise"] = noise
        job = {
            "requests": [{"url": server.url("http", f"/noise?n={number}")} for number in range(200)],
            "private_hosts": ["127.0.0.1"],
            "collection": str(tmp_path),
            "file_size_limit": 2_000_000,
            "settings": {"CONCURRENT_REQUESTS": 4, "CONCURRENT_REQUESTS_PER_DOMAIN": 4},
        }
        outcome = crawl(job)
        asked = len(server.hits)
    assert outcome["reason"] == "archive_failed"
    assert "WarcWriteError" in outcome["failure"]
    repair_torn(tmp_path)
    kept = {one.capture.url for one in captures_of(tmp_path)}
    seen = {response["url"] for response in outcome["responses"]}
    assert len(kept) >= 10
    assert seen <= kept  # evidence first
    assert asked <= len(kept) + 8  # what was under way, and nothing later
    assert [fault for path in warc_files(tmp_path) for fault in verify_file(path)] == []


# -- the recorder alone --------------------------------------------------------------------------------


def capture(url="https://báo.example/tin/1", body=PAGE, **more):
    values = {
        "url": url,
        "fetched_at": datetime.now(UTC),
        "request": b"GET /tin/1 HTTP/1.1\r\n\r\n",
        "head": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        "body": body,
        "protocol": ("http/1.1",),
    }
    return Capture(**values | more)


@pytest.fixture
def recorder(tmp_path):
    settings = load_settings(tmp_path, {})
    running = Recorder(settings, INFO).start()
    yield running
    running.close()


def test_an_answer_means_readable_in_the_file_and_soon_in_the_index(recorder, tmp_path):
    async def work():
        kept = await recorder.keep(capture())
        assert read_capture(tmp_path, kept.location).capture.body == PAGE
        assert (
            await recorder.run(lambda _writer, index: index.location_of(kept.location.record_id))
            == kept.location
        )
        await asyncio.sleep(4 * COMMIT_SECONDS)
        return kept

    kept = asyncio.run(work())
    index = Index.open(tmp_path / "index.db")
    assert index.location_of(kept.location.record_id) == kept.location
    index.close()


def test_many_at_once_all_come_back_as_themselves(recorder):
    async def work():
        captures = [capture(f"https://báo.example/{number}", b"%d" % number) for number in range(300)]
        return await asyncio.gather(*(recorder.keep(each) for each in captures))

    kept = asyncio.run(work())
    assert [one.capture.body for one in kept] == [b"%d" % number for number in range(300)]
    assert len({one.location.offset for one in kept}) == 300


def test_identical_payloads_within_one_batch_are_stored_once(recorder):
    async def work():
        return await asyncio.gather(*(recorder.keep(capture(f"https://báo.example/{n}")) for n in range(20)))

    kept = asyncio.run(work())
    assert [one.record_type for one in kept] == ["response"] + ["revisit"] * 19


@pytest.mark.parametrize(
    "more",
    [
        {"truncated": "disconnect"},
        {"head": b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n"},
        {"request": b"HEAD /tin/1 HTTP/1.1\r\n\r\n"},
        {"body": b""},
        {"body": b"<p>ng\xe1\xba\xafn</p>"},
        {"head": b"HTTP/1.1 304 Not Modified\r\n\r\n", "body": b"", "url": "https://báo.example/never-seen"},
    ],
)
def test_what_is_never_a_revisit(recorder, more):
    for _ in range(2):
        kept = recorder.run_now(lambda writer, index: store(capture(**more), writer, index))
        assert kept.record_type == "response"


def test_a_job_that_fails_fails_alone(recorder):
    def bug(_writer, _index):
        raise ZeroDivisionError("一个错误")

    async def work():
        return await asyncio.gather(
            recorder.keep(capture()), recorder.run(bug), recorder.keep(capture()), return_exceptions=True
        )

    first, failed, last = asyncio.run(work())
    assert isinstance(failed, ZeroDivisionError)
    assert isinstance(first, StoredCapture)
    assert isinstance(last, StoredCapture)
    assert not recorder.stopped


@pytest.mark.parametrize(
    ("error", "kind"), [(WarcWriteError, WarcWriteError), (IndexStoreError, IndexStoreError)]
)
def test_after_a_failed_write_nothing_more_is_taken(recorder, error, kind):
    stopped = []
    recorder.on_stop(lambda: stopped.append(True))

    def fail(_writer, _index):
        raise error("đĩa đầy")

    async def work():
        with pytest.raises(kind):
            await recorder.run(fail)
        with pytest.raises(ArchiveStoppedError):
            await recorder.keep(capture())

    asyncio.run(work())
    assert stopped == [True]
    assert recorder.stopped


def test_close_finishes_what_waits_and_may_be_called_again(tmp_path):
    recorder = Recorder(load_settings(tmp_path, {}), INFO).start()

    async def work():
        return await asyncio.gather(
            *(recorder.keep(capture(f"https://báo.example/{n}", b"%d" % n)) for n in range(70))
        )

    kept = asyncio.run(work())
    files = recorder.close()
    assert recorder.close() == files
    assert [file.file for file in files] == [kept[0].location.file]
    assert (tmp_path / files[0].file).stat().st_size == files[0].size
    ends = [one for one in read_all(tmp_path) if isinstance(one, StoredFile)]
    index = Index.open(tmp_path / "index.db")
    assert index.known_file(files[0].file) == ends[0]
    index.close()
    with pytest.raises(ArchiveStoppedError):
        recorder.run_now(lambda _writer, _index: None)


def test_an_archive_that_cannot_be_opened_is_said_at_once(tmp_path):
    settings = load_settings(tmp_path / "nowhere", {})
    with pytest.raises(IndexStoreError):
        Recorder(settings, INFO).start()
