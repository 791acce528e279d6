"""Files of other crawlers, damaged files, and files that mean harm."""

import gc
import gzip
import io

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.errors import IntegrityError, NothingFoundError, TornRecordError
from archive.http import payload_of
from archive.model import StoredCapture, StoredFile, WarcLocation
from archive.warc.reader import payload, read_capture, read_record, stored
from archive.warc.verify import faults_only, verify_file
from tests.unit.warc.samples import HTML, REQUEST, chunked, ok, page, same, writer

DATE = "2020-02-03T04:05:06Z"


def record(kind, block, *, version="1.0", **fields):
    lines = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{kind}>", "WARC-Date": DATE}
    lines |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines["Content-Length"] = str(len(block))
    pairs = [f"{name}: {value}\r\n" for name, values in lines.items() for value in str(values).split("|")]
    return f"WARC/{version}\r\n{''.join(pairs)}\r\n".encode() + block + b"\r\n\r\n"


RESPONSE = record("response", ok(b"Content-Type: text/html") + HTML, WARC_Target_URI="http://x.vn/",
                  Content_Type="application/http; msgtype=response", WARC_IP_Address="1.2.3.4")  # fmt: skip
REQUESTED = record(
    "request", REQUEST, WARC_Target_URI="http://x.vn/", Content_Type="application/http;msgtype=request"
)
WARCINFO = record(
    "warcinfo", b"software: Wget/1.21\r\nisPartOf: their-run\r\n", Content_Type="application/warc-fields"
)


def save(tmp_path, *members, name="x.warc.gz", packed=True):
    path = tmp_path / "warc" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(gzip.compress(member) if packed else member for member in members))
    return path


def captures(path, collection, **options):
    return [one for one in stored(path, collection=collection, **options) if isinstance(one, StoredCapture)]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("order", ["request first", "response first"])
@pytest.mark.parametrize("link", ["none", "on the request", "on the response"])
def test_pairs_of_other_crawlers(tmp_path, packed, order, link):
    one, two = RESPONSE, REQUESTED
    if link == "on the request":
        two = REQUESTED.replace(b"WARC-Date", b"WARC-Concurrent-To: <urn:uuid:response>\r\nWARC-Date", 1)
    if link == "on the response":
        one = RESPONSE.replace(b"WARC-Date", b"WARC-Concurrent-To: <urn:uuid:request>\r\nWARC-Date", 1)
    members = [WARCINFO, two, one] if order == "request first" else [WARCINFO, one, two]
    path = save(tmp_path, *members, name="x.warc.gz" if packed else "x.warc", packed=packed)
    (found,) = captures(path, tmp_path)
    assert (found.capture.request, found.capture.body) == (REQUEST, HTML)
    assert (found.capture.url, found.capture.ip, found.run_id) == ("http://x.vn/", "1.2.3.4", None)
    assert found.capture.fetched_at.isoformat() == "2020-02-03T04:05:06+00:00"
    again = read_capture(tmp_path, found.location)
    assert again.capture.body == HTML
    assert again.capture.request == (REQUEST if order == "response first" else b"")


def test_records_of_different_captures_are_not_paired(tmp_path):
    other = REQUESTED.replace(b"http://x.vn/", b"http://y.vn/")
    later = REQUESTED.replace(b"04:05:06", b"04:05:07")
    pointing = REQUESTED.replace(b"WARC-Date", b"WARC-Concurrent-To: <urn:uuid:else>\r\nWARC-Date", 1)
    for member in (other, later, pointing):
        path = save(tmp_path, RESPONSE, member)
        assert [one.capture.request for one in captures(path, tmp_path)] == [b""]


def test_wget_brackets_and_bare_ids_and_1_1(tmp_path):
    block = ok() + HTML
    path = save(
        tmp_path,
        record(
            "response",
            block,
            version="1.1",
            WARC_Target_URI="<http://x.vn/ ข่าว>",
            WARC_Record_ID="urn:uuid:bare",
            Content_Type="application/http",
            WARC_Truncated="whatever",
            WARC_Date="2020-02-03T04:05:06.123456789Z",
            WARC_Protocol="h2|tls/1.3",
        ),
    )
    (found,) = captures(path, tmp_path)
    assert found.capture.url == "http://x.vn/ ข่าว"
    assert found.location.record_id == "<urn:uuid:bare>"
    assert found.capture.fetched_at.microsecond == 123456
    assert found.capture.truncated == "unspecified"
    assert found.capture.protocol == ("h2", "tls/1.3")
    assert read_capture(tmp_path, found.location).capture.body == HTML


def test_records_that_are_no_captures_are_passed_over(tmp_path):
    uri = {"WARC_Target_URI": "dns:x.vn"}
    path = save(
        tmp_path,
        WARCINFO,
        record("resource", b"{}", Content_Type="application/json", WARC_Target_URI="urn:pageinfo:x"),
        record("response", b"20200203 x.vn. A 1.2.3.4", Content_Type="text/dns", **uri),
        record("conversion", b"text", Content_Type="text/plain", **uri),
        record(
            "metadata", b'{"schema":1,"extraction":{}}', Content_Type="application/json", WARC_Refers_To="<a>"
        ),
        record("continuation", b"text", **uri),
        record("neu", b""),
        RESPONSE,
    )
    found = list(stored(path, collection=tmp_path))
    assert [type(one) for one in found] == [StoredCapture, StoredFile]
    assert found[-1].records == 8
    assert found[-1].run_id is None


def written_by_warcio():
    buffer = io.BytesIO()
    warc = WARCWriter(buffer, gzip=True)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    made = warc.create_warc_record("http://x.vn/", "response", payload=io.BytesIO(HTML), http_headers=head)
    warc.write_record(made)
    digest = made.rec_headers["WARC-Payload-Digest"]
    again = warc.create_revisit_record("http://y.vn/", digest, "http://x.vn/", DATE, http_headers=head)
    warc.write_record(again)
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_of_warcio(tmp_path):
    data = written_by_warcio()
    gc.collect()  # it leaves temporary files open; their warnings are to come up here
    path = save(tmp_path)
    path.write_bytes(data)
    one, two = captures(path, tmp_path)
    assert (one.record_type, two.record_type) == ("response", "revisit")
    assert payload_of(one.capture, 10**6).data == HTML
    original = two.capture.revisit_of
    assert (original.url, original.fetched_at.year) == ("http://x.vn/", 2020)
    assert original.payload_digest == one.payload_digest
    assert payload(tmp_path, two, 10**6, lambda _: one.location).data == HTML
    assert [fault.code for fault in verify_file(path)] == ["no_warcinfo"]


def test_a_file_gzipped_as_a_whole(tmp_path):
    second = RESPONSE.replace(b"urn:uuid:response", b"urn:uuid:second__").replace(b"x.vn/", b"x.vn/2")
    path = save(tmp_path, WARCINFO + RESPONSE + REQUESTED + second)
    found = captures(path, tmp_path)
    assert [one.capture.url for one in found] == ["http://x.vn/", "http://x.vn/2"]
    assert [one.capture.request for one in found] == [REQUEST, b""]
    for one in found:
        assert read_capture(tmp_path, one.location, whole=False).capture.url == one.capture.url
    assert "member_not_record" in {fault.code for fault in verify_file(path)}
    assert faults_only(path) == []


def test_large_blocks_are_not_held(tmp_path):
    big = record(
        "response",
        ok() + b"x" * 5_000_000,
        WARC_Target_URI="http://x.vn/big",
        Content_Type="application/http",
    )
    path = save(tmp_path, WARCINFO, big, RESPONSE, REQUESTED)
    found = list(stored(path, collection=tmp_path, max_block=1_000_000))
    assert [one.capture.url for one in found[:-1]] == ["http://x.vn/"]
    assert found[-1].records == 4


def test_what_stands_behind_damage_is_still_read(tmp_path):
    with writer(tmp_path) as warc:
        said = [warc.write_capture(page(number)) for number in range(5)]
        (file,) = warc.close()
    path = tmp_path / file.file
    data = bytearray(path.read_bytes())
    data[said[1].location.offset + 30] ^= 0xFF
    path.write_bytes(bytes(data) + b"tail")
    found = []
    with pytest.raises(TornRecordError, match=r"bytes \d+ to \d+ are no whole WARC record.*; ") as error:
        found.extend(stored(path, collection=tmp_path))
    assert error.value.exit_code == 5
    assert [one.capture.url for one in found[:-1]] == [said[n].capture.url for n in (0, 2, 3, 4)]
    assert found[-1].size == file.size
    with pytest.raises(TornRecordError, match="no whole record"):
        read_capture(tmp_path, said[1].location)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    "junk",
    [
        b"not a WARC",
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: -5\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: 50\r\n\r\nshort\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: \xd9\xa5\r\n\r\n",
        b"WARC/1.0\r\n" + b"A: b\r\n" * 60_000,
        b"",
    ],
)
def test_junk_between_records(tmp_path, packed, junk):
    path = save(tmp_path, WARCINFO, junk, RESPONSE, name="x.warc.gz" if packed else "x.warc", packed=packed)
    found = []
    try:
        found.extend(stored(path, collection=tmp_path))
    except TornRecordError:
        assert junk
    else:
        assert not junk
    assert [one.capture.body for one in found if isinstance(one, StoredCapture)] == [HTML]
    assert bool(faults_only(path)) == bool(junk)


def test_a_record_with_extra_bytes_in_its_member_is_read_and_reported(tmp_path):
    path = save(tmp_path, WARCINFO, RESPONSE + b"junk", REQUESTED)
    (found,) = captures(path, tmp_path)
    assert (found.capture.body, found.capture.request) == (HTML, REQUEST)
    assert [fault.code for fault in faults_only(path)] == ["record_end"]


@pytest.mark.parametrize(
    "file", ["../x.warc.gz", "/etc/passwd", "warc/../../x", "", "warc/a\0b", "warc/../warc/x.warc.gz"]
)
def test_paths_outside_the_collection_are_refused(tmp_path, file):
    save(tmp_path, RESPONSE)
    with pytest.raises(IntegrityError, match="inside the collection"):
        read_record(tmp_path, WarcLocation(file=file, offset=0, length=10, record_id="<urn:uuid:response>"))


@pytest.mark.parametrize(
    ("offset", "length", "record_id"),
    [
        (0, 10**6, "<urn:uuid:response>"),
        (3, 100, ""),
        (-1, 10, ""),
        (0, 0, ""),
        (10**6, 10, ""),
        (0, 100, "<other>"),
    ],
)
def test_wrong_places_are_named_not_crashed_on(tmp_path, offset, length, record_id):
    save(tmp_path, RESPONSE)
    place = WarcLocation(file="warc/x.warc.gz", offset=offset, length=length, record_id=record_id)
    with pytest.raises(TornRecordError, match=r"warc/x\.warc\.gz at byte"):
        read_record(tmp_path, place)


def test_a_place_that_holds_no_capture(tmp_path):
    path = save(tmp_path, WARCINFO)
    place = WarcLocation(
        file="warc/x.warc.gz", offset=0, length=path.stat().st_size, record_id="<urn:uuid:warcinfo>"
    )
    with pytest.raises(TornRecordError, match="not a capture"):
        read_capture(tmp_path, place)
    with pytest.raises(NothingFoundError):
        read_capture(tmp_path, WarcLocation(file="warc/none", offset=0, length=1, record_id=""))


def test_a_living_file_holds_back_a_capture_that_is_not_all_there(tmp_path):
    with writer(tmp_path) as warc:
        said = [warc.write_capture(page(number)) for number in range(3)]
        (file,) = warc.close()
    data = (tmp_path / file.file).read_bytes()
    path = tmp_path / (file.file + ".open")
    (tmp_path / file.file).unlink()
    last = said[2].location
    path.write_bytes(data[: last.offset + last.length + 20])
    found = []
    with pytest.raises(TornRecordError):
        found.extend(stored(path, collection=tmp_path))
    assert [same(one, other) for one, other in zip(found[:-1], said[:2], strict=True)] == [True, True]
    assert found[-1].size == last.offset
    path.write_bytes(data)
    again, state = stored(path, collection=tmp_path, start=found[-1].size)
    assert same(again, said[2])
    assert (state.size, state.run_id, again.run_id) == (file.size, file.run_id, file.run_id)


def test_chunked_bodies_of_others(tmp_path):
    block = ok(b"Transfer-Encoding: chunked") + chunked(HTML)
    path = save(
        tmp_path, record("response", block, WARC_Target_URI="http://x.vn/", Content_Type="application/http")
    )
    (found,) = captures(path, tmp_path)
    assert payload_of(found.capture, 10**6).data == HTML
