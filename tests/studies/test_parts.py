"""Parts: bits kept, damage found, nothing half written."""

from __future__ import annotations

import errno
import hashlib
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.studies.batch_support import Killed, experiment, row_of

from ankomst.errors import OutputError
from ankomst.studies.batch.plan import BatchPlan, plan
from ankomst.studies.engine import chunks, store
from ankomst.studies.engine.registry import KnownRun

if TYPE_CHECKING:
    from pathlib import Path

Array = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> BatchPlan:
    return plan(experiment(tmp_path_factory.mktemp("experiment")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / chunks.FOLDER).mkdir()
    return tmp_path


def write(folder: Path, small: BatchPlan, number: int = 1) -> tuple[Path, list[KnownRun], Array]:
    entries = [
        KnownRun(run.id, run.scenario, run.draw, run.replicate, "done", 1, 0.1, 0, "", "", None)
        for run in small.runs
    ]
    rows = np.stack([row_of(run.id, small.layout.size) for run in small.runs])
    rows[0, 5:6] = np.frombuffer(b"\x01\x00\x00\x00\x00\x00\xf8\x7f")  # a NaN with a payload
    return chunks.write_part(folder, number, entries, list(rows), small.layout), entries, rows


def test_a_part_keeps_every_bit(folder: Path, small: BatchPlan) -> None:
    path, entries, rows = write(folder, small)
    assert path.name == "part-00001.parquet"
    assert path.stat().st_mode & 0o777 == 0o644
    assert chunks.read_ids(path) == [entry.id for entry in entries]
    assert chunks.read_rows(path, small.layout).tobytes() == rows.tobytes()
    for name, values in small.layout.split(rows).items():
        kept = chunks.read_family(path, small.layout, name).reshape(values.shape)
        assert kept.tobytes() == np.ascontiguousarray(values).tobytes(), name
    assert store.digest(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [found.name for found in (folder / chunks.FOLDER).iterdir()] == [path.name]


def test_a_part_can_be_read_by_other_programs(folder: Path, small: BatchPlan) -> None:
    path, entries, rows = write(folder, small)
    table = pq.read_table(path).to_pandas()
    assert list(table.columns[:4]) == ["id", "scenario", "draw", "replicate"]
    assert list(table["scenario"]) == [entry.scenario for entry in entries]
    scalars = small.layout.split(rows)["scalar"]
    assert np.array_equal(np.stack(table["scalar"].tolist()), scalars, equal_nan=True)


def test_a_flipped_byte_is_found(folder: Path, small: BatchPlan) -> None:
    path, _, _ = write(folder, small)
    whole, wanted = path.read_bytes(), store.digest(path)
    assert chunks.is_whole(path, wanted)
    for place in np.linspace(len(whole) * 0.3, len(whole) * 0.9, 5).astype(int):
        broken = bytearray(whole)
        broken[place] ^= 1
        path.write_bytes(broken)
        assert not chunks.is_whole(path, wanted)
        with pytest.raises(OutputError, match=r"part-00001.parquet: the part cannot be read: [^\n]+$"):
            chunks.read_rows(path, small.layout)


@pytest.mark.parametrize("left", [0, 3, 1000])
def test_a_part_cut_short_is_found(folder: Path, small: BatchPlan, left: int) -> None:
    path, _, _ = write(folder, small)
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(OutputError, match="the part cannot be read"):
        chunks.read_ids(path)


def test_a_part_without_a_family_is_said(folder: Path, small: BatchPlan) -> None:
    path = folder / chunks.FOLDER / "part-00001.parquet"
    pq.write_table(pa.table({"id": ["a"]}), path)
    with pytest.raises(OutputError, match="the part has no column"):
        chunks.read_rows(path, small.layout)


def test_a_missing_part_is_said(folder: Path) -> None:
    with pytest.raises(OutputError, match="the part cannot be read"):
        chunks.read_ids(folder / chunks.FOLDER / "part-00009.parquet")


@pytest.mark.parametrize("at", ["write_table", "fsync", "replace"])
def test_a_full_disk_leaves_nothing_half_written(
    folder: Path, small: BatchPlan, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    place = {"write_table": (pq, "write_table"), "fsync": (os, "fsync"), "replace": (store.Path, "replace")}[
        at
    ]
    monkeypatch.setattr(*place, full)
    with pytest.raises(OutputError) as error:
        write(folder, small)
    assert str(error.value) == (
        f"{folder}/runs/part-00001.parquet: the part cannot be written: No space left on device; everything "
        "finished so far is kept in the ledger; allowed: space and the right to write, then the same command "
        "with --resume"
    )
    assert list((folder / chunks.FOLDER).iterdir()) == []


def test_what_a_kill_left_half_written_is_removed(
    folder: Path, small: BatchPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(store.Path, "replace", killed)
        patched.setattr(store.Path, "unlink", killed)
        with pytest.raises(Killed):
            write(folder, small)
    (half,) = (folder / chunks.FOLDER).iterdir()
    assert store.TEMPORARY.fullmatch(half.name)
    path, _, _ = write(folder, small)
    store.clear_temporary(folder / chunks.FOLDER)
    assert list((folder / chunks.FOLDER).iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "number", "part"),
    [
        ("part-00012.parquet", 12, True),
        ("part-123456.parquet", 123_456, True),
        ("part-00012.parquet.damaged", 12, False),
        ("part-12.parquet", None, False),
        (".part-00012.parquet.abc.parquet", None, False),
        ("mine.parquet", None, False),
    ],
)
def test_names_of_parts(name: str, number: int | None, part: bool) -> None:
    assert chunks.number_of(name) == number
    assert chunks.is_part(name) is part
