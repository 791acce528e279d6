"""Conversion records: written, read back, verified; those of others are left alone."""

from datetime import UTC, datetime

import attrs
import pytest

from archive.model import DOM_TYPE, Capture, Found, Rendering, StoredCapture
from archive.process import is_page, page_of
from archive.settings import load_settings
from archive.warc.reader import payload, read_capture, read_record, stored
from archive.warc.records import WarcInfo
from archive.warc.verify import verify_file
from archive.warc.writer import WarcWriter, compress

HTML = '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="gb2312"></head><body><p>Bão số 3 đổ bộ 台风</p></body></html>'


@pytest.fixture
def written(tmp_path):
    page = Capture(
        url="https://báo.example/a", fetched_at=datetime(2026, 11, 24, 8, tzinfo=UTC), request=b"GET /a HTTP/1.1\r\n\r\n",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", body=b"<div id=app></div>",
        found=Found(by="section", via="https://báo.example/", hop="L", title="Bão"), for_browser=True,
    )  # fmt: skip
    with WarcWriter(
        tmp_path, WarcInfo(software="t", run_id="r"), prefix="t", roll_over_bytes=10**9, fsync_seconds=0
    ) as writer:
        of = writer.write_capture(page)
        rendering = Rendering(
            of=of, html=HTML.encode(), taken_at=datetime(2026, 11, 24, 8, 0, 2, tzinfo=UTC), duration_ms=1900,
            renderer="Chromium/156", requests=4, left_out=2, truncated="time",
        )  # fmt: skip
        kept = writer.write_rendering(rendering)
    (path,) = (tmp_path / "warc").rglob("*.warc.gz")
    return tmp_path, path, of, kept


def test_what_is_written_is_what_is_read(written):
    folder, path, of, kept = written
    page, rendering, _ = stored(path, collection=folder)
    assert page.capture.for_browser
    for read in (rendering, read_capture(folder, kept.location)):
        assert attrs.asdict(read) == attrs.asdict(kept)
    assert rendering.record_type == "conversion"
    assert rendering.converted_from == of.location.record_id
    assert rendering.capture.found == page.capture.found
    assert not rendering.capture.for_browser
    assert [fault for fault in verify_file(path) if not fault.is_note] == []


def test_the_record_says_what_it_is(written):
    folder, _, of, kept = written
    pairs, block = read_record(folder, kept.location)
    fields = dict(pairs)
    assert fields["WARC-Type"] == "conversion"
    assert fields["Content-Type"] == DOM_TYPE
    assert fields["WARC-Refers-To"] == of.location.record_id
    assert fields["WARC-Truncated"] == "time"
    assert fields["WARC-Payload-Digest"] == fields["WARC-Block-Digest"] == kept.payload_digest
    assert block.decode() == HTML


def test_a_rendering_is_a_page_in_utf8_whatever_its_markup_says(written):
    folder, _, _, kept = written
    assert is_page(kept)
    page = page_of(kept, load_settings(folder, {}))
    assert page.payload == HTML.encode()
    assert page.content_type == DOM_TYPE
    assert payload(folder, kept, 1 << 20).problem == "truncated: time"


@pytest.mark.parametrize(
    ("content_type", "refers_to"),
    [("text/plain", True), ("image/png", True), ("text/html", True), (DOM_TYPE, False)],
)
def test_conversions_of_other_kinds_are_no_captures(tmp_path, content_type, refers_to):
    from archive.warc.records import Record, sha1

    headers = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("WARC-Date", "2026-11-24T08:00:00Z"),
    ]
    headers += [("WARC-Target-URI", "https://x.example/"), ("Content-Type", content_type)]
    headers += [("WARC-Refers-To", "<urn:uuid:2>")] if refers_to else []
    path = tmp_path / "other.warc.gz"
    path.write_bytes(compress(Record((*headers, ("WARC-Block-Digest", sha1(b"<p>x</p>"))), b"<p>x</p>")))
    assert not [one for one in stored(path, collection=tmp_path) if isinstance(one, StoredCapture)]
