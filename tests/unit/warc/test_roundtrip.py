"""What is written is what is read: byte for byte, field for field."""

import base64
import hashlib
import re
import uuid
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archive.errors import NothingFoundError
from archive.model import (
    Capture,
    Extraction,
    Found,
    Provenance,
    StoredCapture,
    StoredExtraction,
    StoredFailure,
    StoredFile,
    StoredRun,
)
from archive.summary import RunSummary
from archive.warc.gzipped import gzip_member
from archive.warc.reader import payload, read_capture, read_record, stored, warc_files
from archive.warc.records import (
    article_to_dict,
    capture_records,
    extraction_from_json,
    extraction_to_json,
    new_record_id,
)
from archive.warc.verify import verify_file
from tests.unit.warc.samples import (
    CAPTURES,
    EXTRACTION,
    HTML,
    INFO,
    NOISE,
    ORIGINAL,
    RANDOM_PAGE,
    WHEN,
    chunked,
    ok,
    page,
    same,
    writer,
)


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Every sample in one file: the collection, what the writer said, what the reader says."""
    folder = tmp_path_factory.mktemp("collection")
    with writer(folder) as warc:
        run = RunSummary(
            run_id=INFO.run_id, kind="crawl", site="vietnamplus-fr", started_at=WHEN, counts={"fetched": 3}
        )
        said = [warc.write_run(run)]
        said += [warc.write_capture(capture) for capture in CAPTURES.values()]
        said.append(warc.write_extraction(EXTRACTION, said[1], WHEN + timedelta(seconds=9)))
        said.append(warc.write_run(attrs.evolve(run, finished_at=WHEN, status="done", detail="xong")))
        said += warc.close()
    (path,) = warc_files(folder)
    return folder, path, said, list(stored(path, collection=folder))


def test_the_reader_gives_exactly_what_the_writer_said(everything):
    _, _, said, read = everything
    assert [type(one).__name__ for one in read] == [type(one).__name__ for one in said]
    for one, other in zip(said, read, strict=True):
        assert same(one, other)
    assert isinstance(read[-1], StoredFile)


@pytest.mark.parametrize("name", CAPTURES)
def test_every_byte_and_field_comes_back(everything, name):
    _, _, _, read = everything
    captures = [one for one in read if isinstance(one, StoredCapture | StoredFailure)]
    found = captures[list(CAPTURES).index(name)]
    assert attrs.asdict(found.capture) == attrs.asdict(CAPTURES[name])
    assert found.run_id == INFO.run_id


def test_single_captures_are_read_by_their_place(everything):
    folder, _, said, _ = everything
    for one in said:
        if isinstance(one, StoredCapture):
            assert same(read_capture(folder, one.location), one)
            part = read_capture(folder, one.location, whole=False)
            assert (part.capture.url, part.capture.request) == (one.capture.url, b"")
            if one.record_type == "response" and one.capture.head.startswith(b"HTTP/1.1"):
                assert (part.capture.head, part.capture.body) == (one.capture.head, one.capture.body)


def test_extraction_and_run_come_back(everything):
    _, _, said, read = everything
    (extraction,) = (one for one in read if isinstance(one, StoredExtraction))
    assert extraction.extraction == EXTRACTION
    assert list(extraction.extraction.provenance.origins) == ["b", "a"]
    assert extraction.capture_record_id == said[1].location.record_id
    assert (extraction.url, extraction.fetched_at) == (said[1].capture.url, said[1].capture.fetched_at)
    assert extraction.extracted_at == WHEN + timedelta(seconds=9)
    first, last = (one.run for one in read if isinstance(one, StoredRun))
    assert (first.status, first.counts, first.finished_at) == ("running", {"fetched": 3}, None)
    assert (last.status, last.finished_at, last.detail) == ("done", WHEN, "xong")


def test_records_follow_the_standard(everything):
    folder, _, said, _ = everything
    headers = dict(read_record(folder, said[1].location)[0])
    assert headers["WARC-Type"] == "response"
    assert headers["WARC-Date"] == "2026-11-23T08:15:01.000043Z"
    assert headers["Content-Type"] == "application/http;msgtype=response"
    assert headers["WARC-IP-Address"] == "2001:db8::1"
    assert headers["WARC-Cipher-Suite"] == "TLS_AES_256_GCM_SHA384"
    assert [value for name, value in read_record(folder, said[1].location)[0] if name == "WARC-Protocol"] == [
        "http/1.1", "tls/1.3",
    ]  # fmt: skip
    named = dict(zip(CAPTURES, said[1:], strict=False))
    headers = dict(read_record(folder, named["truncated"].location)[0])
    assert headers["WARC-Truncated"] == "disconnect"
    headers, block = read_record(folder, named["revisit"].location)
    headers = dict(headers)
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert headers["WARC-Truncated"] == "length"
    assert headers["WARC-Refers-To"] == ORIGINAL.record_id
    assert headers["WARC-Refers-To-Target-URI"] == ORIGINAL.url
    assert headers["WARC-Refers-To-Date"] == "2026-11-22T08:15:00.000042Z"
    assert headers["WARC-Payload-Digest"] == ORIGINAL.payload_digest
    assert block == CAPTURES["revisit"].head
    headers, block = read_record(folder, named["not modified"].location)
    assert dict(headers)["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert block == b""


def test_the_records_of_one_capture_are_joined():
    response, request, metadata = capture_records(page(), "<urn:uuid:info>")
    assert (response.type, request.type, metadata.type) == ("response", "request", "metadata")
    for record in (request, metadata):
        assert record.get("WARC-Concurrent-To") == response.record_id
        for name in ("WARC-Date", "WARC-Target-URI", "WARC-Warcinfo-ID"):
            assert record.get(name) == response.get(name)
    lines = metadata.block.decode().split("\r\n")
    assert lines[:4] == [
        "via: https://fr.vietnamplus.vn/politique/?a=1%20b",
        "hopsFromSeed: L",
        "fetchTimeMs: 187",
        "hemeroteca-found-by: section",
    ]
    assert "hemeroteca-found-title: %20100 %25 vrai%0D%0ATiêu đề 标题 عنوان หัวข้อ%20" in lines


def test_payload_digests_of_one_page_are_equal_however_it_was_chunked():
    head = ok(b"Content-Encoding: gzip", b"Transfer-Encoding: chunked")
    digests = {
        capture_records(page(head=head, body=chunked(RANDOM_PAGE, step)), "<i>")[0].get("WARC-Payload-Digest")
        for step in (7, 1000, 10**6)
    }
    wanted = base64.b32encode(hashlib.sha1(RANDOM_PAGE).digest()).decode()
    assert digests == {f"sha1:{wanted}"}


def test_other_readers_agree(everything):
    _, path, said, _ = everything
    total = said[-1].records
    with path.open("rb") as file:
        blocks = [
            (r.rec_headers.get_header("WARC-Record-ID"), r.content_stream().read())
            for r in WarcioIterator(file, no_record_parse=True)
        ]
    assert len(blocks) == total
    fast = []
    for record in FastIterator(str(path), parse_http=False):
        record.freeze()
        assert record.verify_block_digest()
        fast.append((record.record_id, record.reader.read()))
    assert fast == blocks
    assert list(verify_file(path)) == []
    offsets = [r.stream_pos for r in FastIterator(str(path), parse_http=False)]
    assert {one.location.offset for one in said[:-1]} < set(offsets)


def test_bad_operator_input_breaks_no_header(tmp_path):
    evil = "Nguyễn\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\x00\x85\u2028"
    info = attrs.evolve(
        INFO, operator=evil, contact=evil, hostname="../../etc/\n", user_agent=evil, site="a/b"
    )
    hostile = page(
        url="https://x.fr/a b\r\nX: y<>\u2028",
        ip="1.1.1.1\r\nX: y",
        cipher="\r\n",
        protocol=("http/1.1\n", "\r"),
        found=Found(by="link", via="https://x.fr/\r\nhemeroteca-found-by: user", title="a\r\nvia: b"),
    )
    with writer(tmp_path, info=info, prefix="../../x y\n") as warc:
        said = warc.write_capture(hostile)
        (file,) = warc.close()
    assert file.file.startswith("warc/20")
    assert file.file.count("/") == 3
    (path,) = warc_files(tmp_path)
    assert list(verify_file(path)) == []
    read, whole = stored(path, collection=tmp_path)
    assert same(read, said)
    assert read.capture.url == "https://x.fr/a%20b%0D%0AX:%20y%3C%3E%E2%80%A8"
    assert read.capture.found.by == "link"
    assert read.capture.found.title == "a\r\nvia: b"
    assert (read.capture.ip, read.capture.cipher, read.capture.protocol) == (
        "1.1.1.1 X: y",
        None,
        ("http/1.1",),
    )
    assert whole.records == 4


def test_times_are_kept_in_utc(tmp_path):
    hanoi = datetime(2026, 11, 23, 15, 15, 0, 999999, tzinfo=timezone(timedelta(hours=7)))
    with writer(tmp_path) as warc:
        said = warc.write_capture(page(fetched_at=hanoi))
        warc.close()
    assert said.capture.fetched_at == hanoi
    assert said.capture.fetched_at.tzinfo is UTC
    assert read_capture(tmp_path, said.location).capture.fetched_at == hanoi


def test_a_silent_fetch_is_a_failure(tmp_path):
    with writer(tmp_path) as warc:
        said = warc.write_capture(
            Capture(url="https://x.vn/", fetched_at=WHEN, request=b"GET / HTTP/1.1\r\n\r\n")
        )
        warc.close()
    assert isinstance(said, StoredFailure)
    assert said.capture.failure.code == -404
    assert same(next(stored(warc_files(tmp_path)[0], collection=tmp_path)), said)


def test_payload_of_a_revisit_is_its_originals(everything):
    folder, _, said, _ = everything
    named = dict(zip(CAPTURES, said[1:], strict=False))
    asked = []

    def resolve(original):
        asked.append(original)
        return named["chunked gzip"].location

    found = payload(folder, named["revisit"], 10**6, resolve)
    assert (found.data, found.complete) == (NOISE, True)
    assert asked == [ORIGINAL]
    assert payload(folder, named["plain"], 10**6, None).data == HTML + b"1"
    with pytest.raises(NothingFoundError, match=re.escape(ORIGINAL.url)):
        payload(folder, named["not modified"], 10**6, lambda _: None)
    with pytest.raises(NothingFoundError, match="lead to no original"):
        payload(folder, named["revisit"], 10**6, lambda _: named["revisit"].location)


def test_json_of_an_extraction():
    assert extraction_from_json(extraction_to_json(EXTRACTION)) == EXTRACTION
    article = article_to_dict(EXTRACTION.article)
    assert list(article)[:4] == ["url", "canonical_url", "site", "key"]
    assert article["blocks"][1] == {"kind": "quote", "text": "« Deux »"}
    assert article["dateline"] == {"raw": "Hanoï (VNA) –", "place": "Hanoï", "agency": "VNA"}
    assert article["authors"] == ["Nguyễn Văn A"]


def test_a_lone_surrogate_does_not_stop_an_extraction(tmp_path):
    broken = Extraction(
        verdict="bug",
        article=attrs.evolve(EXTRACTION.article, title="a\ud800b"),
        provenance=Provenance(site="x"),
    )
    with writer(tmp_path) as warc:
        said = warc.write_extraction(broken, warc.write_capture(page()), WHEN)
        warc.close()
    assert said.extraction.article.title == "a\ufffdb"
    read = list(stored(warc_files(tmp_path)[0], collection=tmp_path))
    assert same(read[1], said)


def test_record_ids_are_random_uuids():
    ids = {new_record_id() for _ in range(1000)}
    assert len(ids) == 1000
    for one in ids:
        made = uuid.UUID(one.removeprefix("<urn:uuid:").removesuffix(">"))
        assert (made.version, made.variant) == (4, uuid.RFC_4122)


def test_compressed_bodies_are_stored_and_text_is_deflated():
    packed = len(gzip_member(b"", RANDOM_PAGE, b"\r\n\r\n"))
    assert len(RANDOM_PAGE) < packed < len(RANDOM_PAGE) + 200
    assert len(gzip_member(b"", HTML * 200, b"\r\n\r\n")) < len(HTML) * 20


def test_a_missing_file_is_named(everything, tmp_path):
    _, _, said, _ = everything
    with pytest.raises(NothingFoundError, match="missing"):
        read_capture(tmp_path, said[1].location)
