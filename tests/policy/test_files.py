"""Reading files that people bring: what is no regular file of a sound size is refused in one sentence."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ankomst.errors import DataError
from ankomst.policy.files import read_bytes


def read(path: Path, most: int = 100) -> bytes:
    return read_bytes(path, most=most, kind=DataError, wanted="a table")


def test_content_comes_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbfa;b\r\n")
    assert read(path) == b"\xef\xbb\xbfa;b\r\n"


def test_a_file_of_just_the_size_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"x" * 100)
    assert len(read(path)) == 100
    path.write_bytes(b"x" * 101)
    with pytest.raises(DataError, match="larger than 100"):
        read(path)
    path.write_bytes(b"x" * 1_000_001)
    with pytest.raises(DataError, match="larger than 1 MB"):
        read(path, 1_000_000)


def test_a_named_pipe_a_device_and_a_folder_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    for path, words in ((pipe, "not a regular file"), (Path(os.devnull), "not a regular file"),
                        (Path("/dev/zero"), "not a regular file"), (tmp_path, "is a folder")):  # fmt: skip
        with pytest.raises(DataError, match=words):
            read(path)


def test_a_missing_file_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "arrivals.csv").write_text("year,people\n")
    with pytest.raises(DataError, match=r"does not exist.*did you mean 'arrivals\.csv'"):
        read(tmp_path / "arivals.csv")
    with pytest.raises(DataError, match="does not exist"):
        read(tmp_path / "nowhere" / "arrivals.csv")
    with pytest.raises(DataError, match="not a usable path"):
        read(Path("a\0b"))
