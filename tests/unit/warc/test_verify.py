"""Any byte that changes is found; nothing that is right is found wrong."""

import base64
import hashlib
import random

import pytest

from archive.errors import IntegrityError
from archive.warc.scan import RawRecord, scan
from archive.warc.verify import CODES, faults_only, require_whole, verify_file
from tests.unit.warc.samples import CAPTURES, EXTRACTION, HTML, WHEN, chunked, ok, writer
from tests.unit.warc.test_foreign import RESPONSE, WARCINFO, record, save


def codes(path):
    return [fault.code for fault in verify_file(path)]


def contents(path):
    """Every byte of every record, whatever the gzip round it."""
    with path.open("rb") as handle:
        items = list(scan(handle, path.stat().st_size))
    return [(i.headers, i.block, i.offset, i.length) if isinstance(i, RawRecord) else i for i in items]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    with writer(folder) as warc:
        said = [warc.write_capture(CAPTURES[name]) for name in ("plain", "chunked gzip", "failed", "revisit")]
        warc.write_extraction(EXTRACTION, said[0], WHEN)
        (file,) = warc.close()
    return folder / file.file


def test_a_good_file_has_neither_faults_nor_notes(small):
    assert codes(small) == []
    require_whole(small)


@pytest.mark.parametrize("seed", range(4))
def test_every_flipped_byte_is_found(small, tmp_path, seed):
    whole = small.read_bytes()
    before = contents(small)
    chance = random.Random(seed)
    places = chance.sample(range(len(whole)), 44) + chance.sample(range(600), 3) + chance.sample(range(18), 3)
    path = tmp_path / "x.warc.gz"
    for place in places:
        data = bytearray(whole)
        data[place] ^= 1 << chance.randrange(8) if chance.random() < 0.5 else chance.randrange(1, 256)
        path.write_bytes(data)
        if not faults_only(path):  # then no byte of any record may have changed (see verify_file)
            assert contents(path) == before


@pytest.mark.parametrize("seed", range(2))
def test_every_flipped_byte_of_an_uncompressed_file_is_found_where_a_digest_covers_it(small, tmp_path, seed):
    parts, covered = [], []
    for headers, block, *_ in contents(small):
        head = ("WARC/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers) + "\r\n").encode()
        start = sum(map(len, parts)) + len(head)
        covered += range(start, start + len(block))
        parts += [head, block, b"\r\n\r\n"]
    whole = b"".join(parts)
    path = tmp_path / "x.warc"
    path.write_bytes(whole)
    assert codes(path) == []
    chance = random.Random(seed)
    for place in chance.sample(covered, 40):
        data = bytearray(whole)
        data[place] ^= chance.randrange(1, 256)
        path.write_bytes(data)
        assert "block_digest" in codes(path)
    for place in chance.sample(range(len(whole)), 60):
        data = bytearray(whole)
        data[place] ^= chance.randrange(1, 256)
        path.write_bytes(data)
        codes(path)  # never a traceback


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 100, 700, -30, -11, -5])
def test_a_cut_file_is_torn(small, tmp_path, cut):
    whole = small.read_bytes()
    path = tmp_path / "x.warc.gz"
    path.write_bytes(whole[:-cut])
    found = [fault.code for fault in faults_only(path)]
    assert found
    assert set(found) <= {"torn", "concurrent_target", "empty_file"}
    with pytest.raises(IntegrityError, match="byte"):
        require_whole(path)


def digest(name, data, text):
    found = hashlib.new(name, data).digest()
    return f"{name}:{found.hex() if text == 'hex' else base64.b32encode(found).decode()}"


@pytest.mark.parametrize("name", ["sha1", "sha256", "md5", "sha512"])
@pytest.mark.parametrize("text", ["hex", "base32"])
@pytest.mark.parametrize("size", [10, 6_000_000])
def test_digests_of_others(tmp_path, name, text, size):
    body = random.Random(1).randbytes(1000) * (size // 1000) + b"0123456789"
    block = ok(b"Transfer-Encoding: chunked") + chunked(body, 100_000)
    fields = {"WARC_Target_URI": "http://x/", "Content_Type": "application/http"}
    good = {"WARC_Block_Digest": digest(name, block, text), "WARC_Payload_Digest": digest(name, body, text)}
    assert codes(save(tmp_path, WARCINFO, record("response", block, **fields, **good)))[1:] == []
    raw = good | {"WARC_Payload_Digest": digest(name, chunked(body, 100_000), text)}
    path = save(tmp_path, WARCINFO, record("response", block, **fields, **raw))
    assert codes(path)[1:] == ["payload_digest_raw"]
    assert faults_only(path) == []
    wrong = good | {"WARC_Payload_Digest": digest(name, b"else", text)}
    path = save(tmp_path, WARCINFO, record("response", block, **fields, **wrong))
    assert codes(path)[1:] == ["payload_digest"]
    wrong = good | {"WARC_Block_Digest": digest(name, b"else", text)}
    path = save(tmp_path, WARCINFO, record("response", block, **fields, **wrong))
    assert codes(path)[1:] == ["block_digest"]


def http(**fields):
    return record(
        "response", ok() + HTML, WARC_Target_URI="http://x/", Content_Type="application/http", **fields
    )


def revisit(**fields):
    return record("revisit", b"", WARC_Profile=IDENTICAL, WARC_Refers_To=ID, **fields)


ID = "<urn:uuid:response>"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
DIGEST = "sha1:" + hashlib.sha1(HTML).hexdigest()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ([http(WARC_Block_Digest="crc32:abcd")], "digest_unknown"),
        ([http(WARC_Date="yesterday")], "header_bad"),
        ([http(WARC_Record_ID="")], "header_missing"),
        ([http(WARC_Concurrent_To="<urn:uuid:nobody>")], "concurrent_target"),
        ([http(WARC_Warcinfo_ID="<urn:uuid:nobody>")], "warcinfo_target"),
        ([http(), http()], "duplicate_id"),
        ([http(), http(WARC_Record_ID="b", WARC_Concurrent_To=ID, WARC_Date="2021")], "concurrent_mismatch"),
        ([record("revisit", b"", WARC_Target_URI="http://x/")], "revisit_incomplete"),
        ([record("revisit", b"", WARC_Profile=IDENTICAL)], "revisit_incomplete"),
        ([http(WARC_Payload_Digest=DIGEST), revisit(WARC_Payload_Digest="sha1:b")], "revisit_mismatch"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, members, code):
    path = save(tmp_path, WARCINFO, *members)
    found = [one for one in codes(path) if one != "digest_missing"]
    assert found == [code]


def test_notes_are_no_faults(tmp_path):
    path = save(tmp_path, RESPONSE)
    assert codes(path) == ["no_warcinfo", "digest_missing"]
    assert faults_only(path) == []


def test_empty_missing_and_foreign_files(tmp_path):
    empty = tmp_path / "e.warc.gz"
    empty.write_bytes(b"")
    assert codes(empty) == ["empty_file"]
    assert codes(tmp_path / "none.warc.gz") == ["unreadable"]
    assert codes(tmp_path) == ["unreadable"]
    empty.write_bytes(b"\x89PNG" * 1000)
    assert codes(empty) == ["damaged", "empty_file"]


def test_an_extraction_that_cannot_be_read_back_is_a_fault(tmp_path):
    info = WARCINFO.replace(b"isPartOf:", b"hemeroteca-run:").replace(
        b"Content-Length: 42", b"Content-Length: 48"
    )
    bad = record("metadata", b'{"schema": 1, "extraction": 5}', Content_Type="application/json")
    path = save(tmp_path, info, bad)
    assert [one for one in codes(path) if one != "digest_missing"] == ["json"]


def test_every_code_is_described():
    assert all(kind in {"fault", "note"} and text.endswith(".") for kind, text in CODES.values())
