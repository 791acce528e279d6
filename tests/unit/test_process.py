"""From a stored capture to the index: what is a page, and what becomes of it."""

import gzip
from datetime import UTC, datetime

import pytest

from archive.index.store import Index
from archive.model import Capture, RevisitOf, StoredCapture, StoredExtraction, WarcLocation
from archive.process import Processor, is_page, looks_like_html, page_of
from archive.settings import Settings
from archive.sites.registry import Registry
from archive.warc.reader import stored, warc_files
from archive.warc.writer import WarcInfo, WarcWriter

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = """<html lang=vi><head><title>Đường sắt</title><meta property=og:type content=article>
<meta property=article:published_time content=2026-11-20T08:00:00+07:00></head><body><article><h1>Khởi công tuyến đường sắt tốc độ cao</h1>
<p>Sáng 20/11, tuyến đường sắt tốc độ cao Hà Nội – Vinh đã được khởi công trước sự chứng kiến của đông đảo người dân.</p>
<p>高速铁路今日正式开工，总长约三百公里，预计五年内建成通车，届时将大大缩短两地之间的旅行时间。</p>
<p>La ligne à grande vitesse sera longue de trois cents kilomètres et doit être achevée dans cinq ans.</p></article></body></html>""".encode()


def capture(
    body=PAGE,
    kind="text/html; charset=utf-8",
    status=200,
    url="https://bao.example/a-1.html",
    more="",
    **extra,
):
    kind = f"Content-Type: {kind}\r\n" if kind else ""
    head = f"HTTP/1.1 {status} X\r\n{kind}{more}Content-Length: {len(body)}\r\n\r\n".encode()
    return Capture(url=url, fetched_at=NOW, request=b"GET / HTTP/1.1\r\n\r\n", head=head, body=body, **extra)


def as_stored(one, record_type="response"):
    location = WarcLocation(
        file="warc/x.warc.gz", offset=0, length=1, record_id="<urn:uuid:00000000-0000-4000-8000-000000000000>"
    )
    return StoredCapture(capture=one, location=location, record_type=record_type)


@pytest.mark.parametrize(
    ("one", "page"),
    [
        (capture(), True),
        (capture(kind="application/xhtml+xml"), True),
        (capture(kind="TEXT/HTML"), True),
        (capture(kind=""), True),
        (capture(kind="text/plain"), True),
        (capture(kind="application/octet-stream", body=b"\xef\xbb\xbf \n<!DOCTYPE HTML>"), True),
        (capture(kind="", body=gzip.compress(PAGE), more="Content-Encoding: gzip\r\n"), True),
        (capture(kind="text/plain", body=b"User-agent: *"), False),
        (capture(kind="application/json", body=b'{"a": "<html>"}'), False),
        (capture(kind="application/rss+xml", body=b"<rss/>"), False),
        (capture(kind="text/xml", body=b"<rss><title>&lt;html</title></rss>"), False),
        (
            capture(
                kind="text/xml", body=b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">'
            ),
            True,
        ),
        (capture(kind="image/jpeg", body=b"\xff\xd8"), False),
        (capture(status=404), False),
        (capture(status=301), False),
        (capture(status=206), True),
        (capture(url="https://bao.example/robots.txt"), False),
        (Capture(url="https://bao.example/", fetched_at=NOW), False),
    ],
)
def test_what_is_a_page(one, page):
    assert is_page(as_stored(one)) is page


def test_html_by_its_first_bytes():
    assert looks_like_html(b"<!-- c --><p>")
    assert not looks_like_html(b"")
    assert not looks_like_html(b"%PDF-1.7 <html>")


@pytest.fixture
def archive(tmp_path):
    settings = Settings(collection=tmp_path)
    info = WarcInfo(software="hemeroteca/test", run_id="run")
    with (
        Index.open(settings.index_path, create=True) as index,
        WarcWriter(tmp_path, info, prefix="t", roll_over_bytes=10**9, fsync_seconds=0) as writer,
    ):
        yield Processor(Registry.load(builtin=False), writer, index, settings)


def keep(archive, one):
    written = archive.writer.write_capture(one)
    archive.index.put(written)
    return written


def test_a_page_is_extracted_written_and_indexed(archive):
    written = keep(archive, capture())
    found = archive.process(written)
    assert found is not None
    assert found.extraction.verdict == "article"
    assert found.extraction.article is not None
    assert found.extraction.article.title == "Khởi công tuyến đường sắt tốc độ cao"
    assert (found.capture_record_id, found.url, found.fetched_at) == (
        written.location.record_id,
        written.capture.url,
        NOW,
    )
    archive.writer.close()
    (read,) = [
        one
        for path in warc_files(archive.settings.collection)
        for one in stored(path, collection=archive.settings.collection)
        if isinstance(one, StoredExtraction)
    ]
    assert read.extraction == found.extraction
    assert read.extracted_at == found.extracted_at
    assert [row.verdict for row in archive.index.extractable()] == ["article"]


def test_what_is_no_page_is_left_alone(archive):
    assert archive.process(keep(archive, capture(kind="application/json", body=b"{}"))) is None


def test_a_cut_page_says_so(archive):
    found = archive.process(keep(archive, capture(truncated="length")))
    assert found is not None
    assert [issue.code for issue in found.extraction.issues].count("truncated") == 1


def test_a_revisit_is_read_with_the_payload_of_its_original(archive):
    first = keep(archive, capture())
    same = RevisitOf(
        record_id=first.location.record_id,
        url=first.capture.url,
        fetched_at=NOW,
        payload_digest=first.payload_digest,
    )
    again = keep(archive, capture(revisit_of=same))
    assert again.record_type == "revisit"
    assert again.capture.body == b""
    found = archive.process(again)
    assert found is not None
    assert found.extraction.article is not None
    assert "高速铁路" in found.extraction.article.body


def test_heal_reads_what_was_never_read_and_no_more(archive):
    first, second = (
        keep(archive, capture()),
        keep(archive, capture(url="https://bao.example/b-2.html", body=PAGE + b" ")),
    )
    keep(archive, capture(url="https://bao.example/feed", kind="application/rss+xml", body=b"<rss/>"))
    archive.process(first)
    archive.writer.sync()
    assert archive.heal([second.location.file]) == 1
    assert archive.heal([second.location.file]) == 0


def test_the_payload_is_bounded(archive, tmp_path):
    settings = Settings(collection=tmp_path, max_payload_bytes=1000)
    bomb = capture(body=gzip.compress(b"<html>" + b" " * 10_000_000), more="Content-Encoding: gzip\r\n")
    assert len(page_of(as_stored(bomb), settings).payload) == 1000
