"""Files on disk: names, roll-over, durability, full disks, dead writers."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import attrs
import pytest

from archive.errors import WarcWriteError
from archive.model import StoredCapture, StoredFile
from archive.warc.reader import OPEN_SUFFIX, read_capture, stored, warc_files
from archive.warc.verify import faults_only, verify_file
from archive.warc.writer import repair_torn
from tests.unit.warc.samples import INFO, RANDOM_PAGE, page, same, writer

ROOT = Path(__file__).resolve().parents[3]
NAME = re.compile(r"test-\d{17}-\d{5}-archive\.example\.org-\d+\.warc\.gz")


def captures_in(path, collection):
    return [one for one in stored(path, collection=collection) if isinstance(one, StoredCapture)]


def test_nothing_written_leaves_nothing(tmp_path):
    warc = writer(tmp_path)
    assert warc.close() == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_open_locked_and_readable_while_it_is_written(tmp_path):
    warc = writer(tmp_path)
    said = warc.write_capture(page())
    (path,) = warc_files(tmp_path)
    assert path.name.endswith(OPEN_SUFFIX)
    assert NAME.fullmatch(path.name.removesuffix(OPEN_SUFFIX))
    assert path.parent.relative_to(tmp_path).as_posix() == time.strftime("warc/%Y/%m", time.gmtime())
    assert same(read_capture(tmp_path, said.location), said)
    assert same(captures_in(path, tmp_path)[0], said)
    assert [fault.code for fault in verify_file(path)] == ["still_open"]
    with path.open("rb") as handle, pytest.raises(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert repair_torn(tmp_path) == []
    before = warc.files
    (file,) = warc.close()
    assert before == [file]
    assert warc_files(tmp_path) == [tmp_path / file.file]
    assert file.size == (tmp_path / file.file).stat().st_size
    assert warc.close() == [file]
    assert same(read_capture(tmp_path, said.location), said)


def test_roll_over(tmp_path):
    with writer(tmp_path, roll_over_bytes=3000) as warc:
        said = [warc.write_capture(page(number)) for number in range(20)]
        files = warc.close()
    assert len(files) > 5
    assert all(file.size <= 3000 for file in files)
    assert {one.location.file for one in said} == {file.file for file in files}
    assert len({file.warcinfo_id for file in files}) == len(files)
    for one in said:
        assert same(read_capture(tmp_path, one.location), one)
    for file in files:
        path = tmp_path / file.file
        assert list(verify_file(path)) == []
        *_, last = stored(path, collection=tmp_path)
        assert same(last, file)


def test_a_capture_larger_than_a_file_gets_one_of_its_own(tmp_path):
    with writer(tmp_path, roll_over_bytes=5000) as warc:
        small, large, after = (
            warc.write_capture(one) for one in (page(1), page(2, body=RANDOM_PAGE), page(3))
        )
        files = warc.close()
    assert [file.records for file in files] == [4, 4, 4]
    assert same(read_capture(tmp_path, large.location), large)
    assert len({one.location.file for one in (small, large, after)}) == 3


def test_many_writers_at_once_never_share_a_file(tmp_path):
    writers = [writer(tmp_path, roll_over_bytes=2500) for _ in range(4)]

    def work(warc):
        for number in range(12):
            warc.write_capture(page(number))
        warc.close()

    threads = [threading.Thread(target=work, args=(warc,)) for warc in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    files = [file.file for warc in writers for file in warc.files]
    assert len(files) == len(set(files)) == len(warc_files(tmp_path))
    assert sum(len(captures_in(path, tmp_path)) for path in warc_files(tmp_path)) == 48


def test_one_writer_serves_many_threads(tmp_path):
    warc = writer(tmp_path)
    said = []

    def work(start):
        said.extend(warc.write_capture(page(number)) for number in range(start, start + 25))

    threads = [threading.Thread(target=work, args=(100 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (file,) = warc.close()
    assert file.records == 1 + 3 * 100
    assert all(same(read_capture(tmp_path, one.location), one) for one in said)
    assert list(verify_file(tmp_path / file.file)) == []


def fsynced(monkeypatch):
    calls = []
    real = os.fsync

    def fsync(fd):
        calls.append(str(Path(f"/proc/self/fd/{fd}").readlink()))
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    return calls


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc to see which file is fsynced")
def test_closing_syncs_the_file_before_its_new_name_and_the_folder_after(tmp_path, monkeypatch):
    calls = fsynced(monkeypatch)
    warc = writer(tmp_path)
    warc.write_capture(page())
    folders = {path.relative_to(tmp_path).as_posix() for path in map(Path, calls)}
    assert {".", "warc", time.strftime("warc/%Y", time.gmtime())} <= folders
    del calls[:]
    (file,) = warc.close()
    final = tmp_path / file.file
    assert calls == [f"{final}{OPEN_SUFFIX}", str(final.parent)]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc to see which file is fsynced")
def test_what_is_written_is_synced_within_the_time_set(tmp_path, monkeypatch):
    calls = fsynced(monkeypatch)
    with writer(tmp_path, fsync_seconds=0) as warc:
        warc.write_capture(page())
        assert calls[-1].endswith(OPEN_SUFFIX)
    del calls[:]

    def times():
        return sum(call.endswith(OPEN_SUFFIX) for call in calls)

    with writer(tmp_path, fsync_seconds=0.05) as warc:
        warc.write_capture(page())
        deadline = time.monotonic() + 10
        while not times() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert times() >= 1
        time.sleep(0.3)
        before = times()
        time.sleep(0.3)
        assert times() == before  # nothing new to force to the disk
        warc.write_capture(page())
        warc.sync()
        assert times() > before


def keep_writing(warc):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        warc.write_capture(page())
        time.sleep(0.01)


def test_an_fsync_that_fails_stops_the_writer(tmp_path, monkeypatch):
    warc = writer(tmp_path, fsync_seconds=0.02)
    warc.write_capture(page())

    def fsync(_):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(WarcWriteError, match="Input/output error"):
            keep_writing(warc)
    warc.close()


def test_no_folder_no_archive(tmp_path):
    (tmp_path / "warc").write_text("a file stands where the folder should")
    warc = writer(tmp_path)
    with pytest.raises(WarcWriteError, match=r"warc.*(exists|directory)"):
        warc.write_capture(page())
    with pytest.raises(WarcWriteError):
        warc.write_capture(page())
    assert warc.close() == []


def test_an_interrupted_write_leaves_no_half_record(tmp_path, monkeypatch):
    warc = writer(tmp_path)
    said = [warc.write_capture(page(1))]

    def writev(fd, parts):
        os.write(fd, parts[0][:100])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "writev", writev)
        with pytest.raises(KeyboardInterrupt):
            warc.write_capture(page(2))
    said.append(warc.write_capture(page(3)))
    (file,) = warc.close()
    assert list(verify_file(tmp_path / file.file)) == []
    assert [same(read_capture(tmp_path, one.location), one) for one in said] == [True, True]
    assert file.records == 7


FULL_DISK = """
    import resource, sys
    from pathlib import Path
    from archive.errors import WarcWriteError
    from tests.unit.warc.samples import page, writer, RANDOM_PAGE
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    warc = writer(Path(sys.argv[1]))
    acknowledged = []
    try:
        for number in range(100):
            acknowledged.append(warc.write_capture(page(number, body=RANDOM_PAGE)).location.record_id)
    except WarcWriteError as error:
        print(error, file=sys.stderr)
    for _ in range(2):
        try:
            warc.write_capture(page())
        except WarcWriteError:
            acknowledged.append("refused")
    warc.close()
    print("\\n".join(acknowledged))
"""


def run(code, folder, **options):
    command = [sys.executable, "-c", textwrap.dedent(code), str(folder)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True, **options
    )


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path):
    result = run(FULL_DISK, tmp_path)
    *acknowledged, first, second = result.stdout.split()
    assert (first, second) == ("refused", "refused")
    assert "File too large" in result.stderr
    assert "Traceback" not in result.stderr
    (path,) = warc_files(tmp_path)
    assert path.name.endswith(".warc.gz")
    assert list(verify_file(path)) == []
    assert [one.location.record_id for one in captures_in(path, tmp_path)] == acknowledged
    assert len(acknowledged) == 5


ENDLESS = """
    import sys
    from pathlib import Path
    from tests.unit.warc.samples import page, writer, RANDOM_PAGE
    warc = writer(Path(sys.argv[1]), roll_over_bytes=1_000_000)
    number = 0
    while True:
        number += 1
        print(warc.write_capture(page(number, body=RANDOM_PAGE)).location.record_id, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(ENDLESS), str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        acknowledged = [process.stdout.readline().strip() for _ in range(40)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.read().split("\n")[:-1]
    (repair,) = repair_torn(tmp_path)
    assert repair.action in {"closed", "cut"}
    assert repair_torn(tmp_path) == []
    found = [one for path in warc_files(tmp_path) for one in captures_in(path, tmp_path)]
    assert {one.location.record_id for one in found} >= set(acknowledged)
    assert [fault for path in warc_files(tmp_path) for fault in faults_only(path)] == []


def abandoned(folder, count=3):
    """A file whose writer is gone, and what it had acknowledged."""
    with writer(folder) as warc:
        said = [warc.write_capture(page(number)) for number in range(count)]
        (file,) = warc.close()
    path = folder / file.file
    left = path.with_name(path.name + OPEN_SUFFIX)
    path.rename(left)
    return left, said


def test_a_whole_file_is_only_closed(tmp_path):
    left, said = abandoned(tmp_path)
    size = left.stat().st_size
    (repair,) = repair_torn(tmp_path)
    assert (repair.action, repair.kept, repair.lost, repair.records, repair.tail) == (
        "closed",
        size,
        0,
        10,
        None,
    )
    assert not left.exists()
    assert len(captures_in(tmp_path / repair.file, tmp_path)) == len(said)


@pytest.mark.parametrize("junk", [b"\0" * 5000, b"\x1f\x8b\x08\0\0\0", os.urandom(300), b"WARC/1.1\r\n"])
def test_a_torn_tail_is_cut_and_kept_beside(tmp_path, junk):
    left, _ = abandoned(tmp_path)
    size = left.stat().st_size
    with left.open("ab") as file:
        file.write(junk)
    (repair,) = repair_torn(tmp_path)
    assert (repair.action, repair.kept, repair.lost, repair.records) == ("cut", size, len(junk), 10)
    assert (tmp_path / repair.tail).read_bytes() == junk
    assert faults_only(tmp_path / repair.file) == []


def test_a_file_without_a_record_is_set_aside(tmp_path):
    folder = tmp_path / "warc" / "2026" / "11"
    folder.mkdir(parents=True)
    for number, content in enumerate((b"", b"\x1f\x8b", b"nothing of a WARC")):
        (folder / f"{number}.warc.gz.open").write_bytes(content)
        (folder / f"{number}.warc.gz.torn").write_bytes(b"from an earlier crash")
    repairs = repair_torn(tmp_path)
    assert [repair.action for repair in repairs] == ["set_aside"] * 3
    assert [(tmp_path / repair.tail).read_bytes() for repair in repairs] == [
        b"",
        b"\x1f\x8b",
        b"nothing of a WARC",
    ]
    assert warc_files(tmp_path) == []
    assert (folder / "0.warc.gz.torn").read_bytes() == b"from an earlier crash"


def test_records_behind_damage_keep_their_place(tmp_path):
    left, said = abandoned(tmp_path, count=6)
    data = bytearray(left.read_bytes())
    data[said[2].location.offset + 60] ^= 0xFF
    left.write_bytes(data)
    (repair,) = repair_torn(tmp_path)
    assert (repair.action, repair.kept) == ("closed", len(data))
    assert same(read_capture(tmp_path, said[5].location), said[5])


def test_an_uncompressed_file_is_repaired_too(tmp_path):
    from archive.warc.records import capture_records, warcinfo_record

    folder = tmp_path / "warc"
    folder.mkdir()
    records = [warcinfo_record(INFO, "x.warc", page().fetched_at), *capture_records(page(), "<urn:uuid:1>")]
    whole = b"".join(record.head + record.block + b"\r\n\r\n" for record in records)
    (folder / "x.warc.open").write_bytes(whole + b"WARC/1.1\r\nWARC-Type: resp")
    (repair,) = repair_torn(tmp_path)
    assert (repair.action, repair.kept, repair.records) == ("cut", len(whole), 4)
    assert (folder / "x.warc").read_bytes() == whole


def test_files_grow_as_they_are_read(tmp_path):
    warc = writer(tmp_path)
    said = [warc.write_capture(page(1))]
    (path,) = warc_files(tmp_path)
    *first, state = stored(path, collection=tmp_path)
    assert same(first[0], said[0])
    assert isinstance(state, StoredFile)
    assert state.size == path.stat().st_size
    said.append(warc.write_capture(page(2)))
    *second, later = stored(path, collection=tmp_path, start=state.size)
    assert [same(one, other) for one, other in zip(second, said[1:], strict=True)] == [True]
    (file,) = warc.close()
    assert attrs.evolve(later, records=state.records + later.records) == file
