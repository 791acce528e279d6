"""WARC files compressed with Zstandard, with and without a dictionary: read as any other."""

from __future__ import annotations

import sys

import attrs
import pytest

from archive.warc.reader import read_bytes, read_capture, stored, warc_files
from archive.warc.scan import Damage, RawRecord, record_bytes, scan
from archive.warc.verify import verify_file
from tests.stored_pages import make_collection

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OPTIONS = {zstd.CompressionParameter.checksum_flag: 1}


def records_of(path) -> list[bytes]:
    data = path.read_bytes()
    with path.open("rb") as file:
        return [record_bytes(data[it.offset : it.offset + it.length]) for it in scan(file, len(data))]


def packed(records: list[bytes], dictionary: str | None = None) -> bytes:
    """Return a .warc.zst as ArchiveTeam's wget makes them: the dictionary first, in a skippable frame."""
    if dictionary is None:
        return b"".join(zstd.compress(record, options=OPTIONS) for record in records)
    trained = zstd.train_dict(records * 8, 4096)
    stands = zstd.compress(trained.dict_content) if dictionary == "compressed" else trained.dict_content
    head = b"\x5d\x2a\x4d\x18" + len(stands).to_bytes(4, "little") + stands
    return head + b"".join(zstd.compress(it, options=OPTIONS, zstd_dict=trained) for it in records)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return make_collection(tmp_path_factory.mktemp("gz") / "press", 2)


@pytest.mark.parametrize("dictionary", [None, "plain", "compressed"])
def test_the_same_records_stand_in_it(source, tmp_path, dictionary):
    gzipped = warc_files(source.collection)[0]
    path = tmp_path / "warc" / "a.warc.zst"
    path.parent.mkdir()
    path.write_bytes(packed(records_of(gzipped), dictionary))
    assert warc_files(tmp_path) == [path]
    assert [fault for fault in verify_file(path) if not fault.is_note] == []
    ours, theirs = (
        [one for one in stored(file, collection=folder) if hasattr(one, "location")]
        for file, folder in ((gzipped, source.collection), (path, tmp_path))
    )
    assert [one.location.record_id for one in ours] == [one.location.record_id for one in theirs]
    for one, other in zip(ours, theirs, strict=True):
        whole = read_bytes(tmp_path, other.location)
        assert whole == read_bytes(source.collection, one.location)
        if hasattr(one, "capture"):
            read = read_capture(tmp_path, other.location).capture
            assert attrs.asdict(read) == attrs.asdict(one.capture)


@pytest.mark.parametrize("dictionary", [None, "plain"])
def test_damage_is_found_and_what_stands_behind_it(source, tmp_path, dictionary):
    path = tmp_path / "a.warc.zst"
    data = bytearray(packed(records_of(warc_files(source.collection)[0]), dictionary))
    path.write_bytes(data)
    with path.open("rb") as file:
        places = list(scan(file, len(data)))
    assert all(isinstance(place, RawRecord) for place in places)
    data[places[3].offset + places[3].length // 2] ^= 0x55
    path.write_bytes(data[:-7])
    with path.open("rb") as file:
        found = list(scan(file, len(data) - 7))
    damaged = [item for item in found if isinstance(item, Damage)]
    assert [item.offset for item in damaged] == [places[3].offset, places[-1].offset]
    assert [item.offset for item in found if isinstance(item, RawRecord)] == [
        it.offset for number, it in enumerate(places[:-1]) if number != 3
    ]


def test_a_few_bytes_that_stand_for_gigabytes_are_not_held(tmp_path):
    record = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: %d\r\n\r\n"
    block = b"\0" * (64 << 20)
    path = tmp_path / "bomb.warc.zst"
    path.write_bytes(zstd.compress(record % len(block) + block + b"\r\n\r\n"))
    assert path.stat().st_size < 20_000
    with path.open("rb") as file:
        (found,) = scan(file, path.stat().st_size, max_block=1 << 20)
    assert found.block is None
    assert found.block_length == len(block)
