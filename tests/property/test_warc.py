"""What holds for any capture, any file size, any cut."""

import gzip
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.codings import remove_coding
from archive.errors import TornRecordError
from archive.http import entity_body, head_length, parse_head, payload_of, split_message
from archive.model import Capture, Failure, Found, RevisitOf, StoredFile
from archive.warc.fields import escape, one_line, parse_date, sha1, unescape, uri, warc_date
from archive.warc.gzipped import gzip_member
from archive.warc.reader import read_capture, stored, warc_files
from archive.warc.repair import repair_torn
from archive.warc.scan import Damage, scan
from archive.warc.verify import faults_only, verify_file
from tests.unit.warc.samples import page, same, writer

RELAXED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])

moments = st.datetimes(datetime(1990, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
texts = st.text(max_size=40)
bits = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from(
            [b"\r\n", b"\n", b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n"]
        ),
        st.sampled_from(
            [b"Content-Encoding: gzip\r\n", b"5\r\nabcde\r\n", b"0\r\n\r\n", b"\x1f\x8b\x08", b"WARC/1.1\r\n"]
        ),
    ),
    max_size=8,
).map(b"".join)
urls = st.builds(lambda path: "https://báo.vn/" + path, texts).map(uri)
founds = st.builds(
    Found,
    by=st.sampled_from(["seed", "section", "feed", "sitemap", "link", "user"]),
    via=st.none() | urls,
    hop=st.text("LEXRPIMS", max_size=5),
    section=st.none() | texts,
    position=st.none() | st.integers(1, 10**6),
    title=st.none() | texts,
    date=st.none() | texts,
)
captures = st.builds(
    Capture,
    url=urls,
    fetched_at=moments,
    request=bits,
    head=bits,
    body=bits | st.binary(max_size=20_000),
    ip=st.none() | st.ip_addresses().map(str),
    protocol=st.lists(st.sampled_from(["http/1.1", "http/1.0", "tls/1.3"]), max_size=2).map(tuple),
    cipher=st.none() | st.just("TLS_AES_128_GCM_SHA256"),
    truncated=st.none() | st.sampled_from(["length", "time", "disconnect", "unspecified"]),
    interim=bits,
    duration_ms=st.none() | st.integers(0, 10**7),
    found=founds,
    failure=st.none() | st.builds(Failure, code=st.integers(-9999, -1), reason=texts),
    revisit_of=st.none()
    | st.builds(
        RevisitOf,
        record_id=st.uuids().map(lambda one: f"<urn:uuid:{one}>"),
        url=urls,
        fetched_at=moments,
        payload_digest=st.binary(max_size=3).map(sha1),
    ),
)


class Folder:
    """A fresh collection for each example."""

    def __enter__(self):
        self.path = Path(tempfile.mkdtemp())
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path)


def expected(capture):
    """What the archive keeps of a capture: all of it, but for the body of a revisit."""
    if not (capture.head or capture.body):
        failure = capture.failure or Failure(code=-404, reason="no response came")
        return attrs.evolve(capture, revisit_of=None, failure=failure)
    return attrs.evolve(capture, body=b"") if capture.revisit_of else capture


@RELAXED
@given(capture=captures)
def test_any_capture_comes_back_byte_for_byte(capture):
    with Folder() as folder:
        with writer(folder) as warc:
            said = warc.write_capture(capture)
            (file,) = warc.close()
        path = folder / file.file
        read, state = stored(path, collection=folder)
        assert attrs.asdict(read.capture) == attrs.asdict(expected(capture))
        assert same(read, said)
        assert same(state, file)
        assert list(verify_file(path)) == []
        if capture.head or capture.body:
            assert same(read_capture(folder, said.location), said)


@FEW
@given(some=st.lists(captures, min_size=1, max_size=8), size=st.integers(1, 6000))
def test_any_list_of_captures_with_any_roll_over(some, size):
    with Folder() as folder:
        with writer(folder, roll_over_bytes=size) as warc:
            said = [warc.write_capture(capture) for capture in some]
            files = warc.close()
        read = [one for path in warc_files(folder) for one in stored(path, collection=folder)]
        assert {one.file for one in read if isinstance(one, StoredFile)} == {one.file for one in files}
        by_id = {one.location.record_id: one for one in read if not isinstance(one, StoredFile)}
        assert len(by_id) == len(said)
        assert all(same(by_id[one.location.record_id], one) for one in said)
        for file in files:
            assert file.size == (folder / file.file).stat().st_size
            assert file.size <= size or file.records <= 4  # a capture is never parted


def whole_file():
    folder = Path(tempfile.mkdtemp())
    try:
        with writer(folder) as warc:
            for number in range(4):
                warc.write_capture(page(number))
            (file,) = warc.close()
        data = (folder / file.file).read_bytes()
        with (folder / file.file).open("rb") as handle:
            ends = [record.offset + record.length for record in scan(handle, len(data))]
        return data, ends
    finally:
        shutil.rmtree(folder)


WHOLE, ENDS = whole_file()


@RELAXED
@given(cut=st.integers(0, len(WHOLE)), zeros=st.sampled_from([0, 0, 700]))
def test_any_cut_is_repaired_to_exactly_the_whole_members(cut, zeros):
    with Folder() as folder:
        path = folder / "warc" / "x.warc.gz.open"
        path.parent.mkdir()
        torn = WHOLE[:cut] + bytes(zeros)
        path.write_bytes(torn)
        (repair,) = repair_torn(folder)
        whole = [end for end in ENDS if torn[:end] == WHOLE[:end]]  # zeros may be just what was missing
        kept = max(whole, default=0)
        rest = (folder / repair.tail).read_bytes() if repair.tail else b""
        assert (repair.kept, repair.lost, rest) == (kept, len(torn) - kept, torn[kept:])
        assert repair.records == len(whole)
        if kept:
            final = folder / "warc" / "x.warc.gz"
            assert final.read_bytes() == WHOLE[:kept]
            assert {fault.code for fault in faults_only(final)} <= {"concurrent_target"}
            *_, state = stored(final, collection=folder)
            assert state.size == kept
        else:
            assert repair.action == "set_aside"


@RELAXED
@given(
    data=st.binary(max_size=3000),
    start=st.sampled_from([b"", b"WARC/1.1\r\n", b"\x1f\x8b\x08"]),
    packed=st.booleans(),
)
def test_no_file_content_gives_a_traceback(data, start, packed):
    with Folder() as folder:
        path = folder / "warc" / "x.warc.gz"
        path.parent.mkdir()
        content = start + data
        path.write_bytes(gzip.compress(content) if packed else content)
        list(verify_file(path))
        try:
            *_, state = stored(path, collection=folder)
        except TornRecordError:
            return
        assert isinstance(state, StoredFile)


@RELAXED
@given(before=st.binary(max_size=50), data=st.binary(max_size=3000))
def test_a_walk_covers_every_byte_once(before, data):
    with Folder() as folder:
        path = folder / "x"
        content = WHOLE[: ENDS[1]] + before + WHOLE[ENDS[1] : ENDS[2]] + data
        path.write_bytes(content)
        with path.open("rb") as handle:
            items = list(scan(handle, len(content)))
        at = 0
        for item in items:
            assert item.offset == at or (content[:2] != b"\x1f\x8b")
            at = item.end if isinstance(item, Damage) else item.offset + item.length
        assert at == len(content)


@RELAXED
@given(head=st.binary(max_size=20), block=st.binary(max_size=5000), times=st.integers(1, 40))
def test_members_are_plain_gzip(head, block, times):
    member = gzip_member(head, block * times, b"\r\n\r\n")
    assert gzip.decompress(member) == head + block * times + b"\r\n\r\n"


@settings(deadline=None, max_examples=200)
@given(head=bits, body=bits)
def test_http_never_raises(head, body):
    capture = Capture(url="x", fetched_at=datetime(2026, 1, 1, tzinfo=UTC), head=head, body=body)
    found = payload_of(capture, 100)
    assert len(found.data) <= 100
    entity_body(parse_head(head), body)
    one, two = split_message(body)
    assert one + two == body
    assert head_length(body) == len(one)


@settings(deadline=None, max_examples=200)
@given(
    coding=st.sampled_from(["gzip", "deflate", "br", "zstd", "x"]),
    start=st.sampled_from([b"", b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x78\x9c", b"\x28\xb5\x2f\xfd"]),
    data=st.binary(max_size=300),
)
def test_codings_never_raise(coding, start, data):
    out, _ = remove_coding(coding, start + data, 1000)
    assert len(out) <= 1000


@settings(deadline=None, max_examples=300)
@given(text=st.text())
def test_fields_of_any_text(text):
    assert unescape(escape(text)) == text
    for made in (escape(text), one_line(text), uri(text)):
        assert "\r" not in made
        assert "\n" not in made
        made.encode()
    assert uri(uri(text)) == uri(text)
    assert not set(uri(text)) & set(" <>")


@given(moment=moments)
def test_dates(moment):
    assert parse_date(warc_date(moment)) == moment
