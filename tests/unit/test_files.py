from __future__ import annotations

import errno

import pytest

from archive.errors import UsageError
from archive.files import in_words, whole_file


def test_a_file_appears_whole(tmp_path):
    path = tmp_path / "données 数据.json"
    path.write_text("of yesterday", encoding="utf-8")
    with whole_file(path) as file:
        file.write("aujourd’hui".encode())
        assert path.read_text(encoding="utf-8") == "of yesterday"
    assert path.read_text(encoding="utf-8") == "aujourd’hui"
    assert list(tmp_path.iterdir()) == [path]


def write_half(path, error):
    with whole_file(path) as file:
        file.write(b"half")
        raise error


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")]
)
def test_what_goes_wrong_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "a"
    path.write_bytes(b"of yesterday")
    with pytest.raises(type(error)):
        write_half(path, error)
    assert path.read_bytes() == b"of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_of_two_files_the_one_that_does_not_fit_is_named(tmp_path):
    with pytest.raises(OSError, match="No space") as told, whole_file(tmp_path / "a"), whole_file(tmp_path / "b"):  # fmt: skip
        raise OSError(errno.ENOSPC, "No space left on device")
    assert in_words(told.value) == f"{tmp_path / 'b'}: No space left on device; make room, then run it again"
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be(tmp_path):
    for path in (tmp_path, tmp_path / "none" / "a"):
        with pytest.raises(UsageError), whole_file(path):
            pass


def test_errors_in_words(tmp_path):
    assert in_words(PermissionError(errno.EACCES, "Permission denied", "a")) == "a: Permission denied"
    assert (
        in_words(OSError(errno.EIO, "Input/output error"), tmp_path / "b")
        == f"{tmp_path / 'b'}: Input/output error"
    )
    assert in_words(ValueError("what it says")) == "what it says"
