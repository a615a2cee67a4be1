"""Disks that are full or can only be read: said in one sentence, and nothing that is finished is lost."""

from __future__ import annotations

import errno
import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tests.studies.batch_support import FakePool, Killed, bits, finished_in, resumed, run
from tests.studies.study_kinds import KINDS, Counting, numbers

from ankomst.errors import AnkomstError, OutputError
from ankomst.studies.engine import chunks
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.registry import Ledger
from ankomst.studies.engine.study_folder import StudyFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ankomst.studies.schema.experiment import Experiment

RUNS = 40


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Mount a small disk in memory, where that is permitted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, check=False, capture_output=True)
    except OSError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)  # noqa: S607


@pytest.mark.usefixtures("no_tables")
def test_a_disk_that_can_only_be_read_is_said_and_still_read(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "size=20m"):
        run(small, disk / "out")
        remount(disk, "ro")
        for out, options in ((disk / "out", {"resume": True}), (disk / "new", {})):
            with pytest.raises(OutputError, match=r"Read-only file system; allowed: [^\n]+$"):
                run(small, out, **options)
        assert bits(disk / "out", small) == wanted


@pytest.mark.usefixtures("no_tables")
@pytest.mark.parametrize("size", ["4k", "60k", "120k", "200k", "300k", "360k"])
def test_a_full_disk_loses_no_run(small: Experiment, tmp_path: Path, wanted: str, size: str) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, f"size={size}"):
        with pytest.raises(OutputError, match=r"(full|No space left on device).*; allowed: [^\n]+$"):
            run(small, disk / "out")
        finished = finished_on_full_disk(disk / "out")
        remount(disk, "size=60m")
        pool, said = resumed(small, disk / "out")
        assert said == []
        assert not finished & set(pool.ids)
        assert bits(disk / "out", small) == wanted


@pytest.mark.compiled
@pytest.mark.usefixtures("no_thread_limit")
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_loses_nothing_of_any_kind(tmp_path: Path, kind: str) -> None:
    """The disk is as large as the finished study but for a part that ends somewhere within it."""
    study, disk = KINDS[kind].load(tmp_path), tmp_path / "disk"
    KINDS[kind].run(study, tmp_path / "whole", pool=Serial())
    needed = sum(
        -(-path.stat().st_size // 4096) for path in (tmp_path / "whole").rglob("*") if path.is_file()
    )
    for share in (0.2, 0.5, 0.8):
        with mounted(disk, f"size={int(share * needed) * 4}k"):
            with pytest.raises(OutputError, match=r"(full|No space left on device).*; allowed: [^\n]+$"):
                KINDS[kind].run(study, disk / "out", pool=Serial())
            finished, pool = finished_on_full_disk(disk / "out"), Counting()
            remount(disk, "size=60m")
            KINDS[kind].run(study, disk / "out", pool=pool, resume=True)
            assert not finished & set(pool.ids)
            assert numbers(disk / "out") == numbers(tmp_path / "whole")


def finished_on_full_disk(out: Path) -> set[str]:
    try:
        return finished_in(out)
    except AnkomstError:
        return set()


@pytest.mark.usefixtures("no_tables")
@pytest.mark.parametrize("call", [0, 1, 3])
def test_a_disk_that_is_full_when_a_part_is_written_loses_nothing(
    small: Experiment, tmp_path: Path, wanted: str, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    real, calls = chunks.pq.write_table, iter(range(call))

    def full(*given: Any, **options: Any) -> None:  # noqa: ANN401
        if next(calls, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(*given, **options)

    with monkeypatch.context() as patched:
        patched.setattr(chunks.pq, "write_table", full)
        with pytest.raises(OutputError, match="No space left on device; everything finished so far is kept"):
            run(small, tmp_path)
    assert not list((tmp_path / "runs").glob(".ankomst-*"))
    finished = finished_in(tmp_path)
    assert len(finished) >= 12 * (call + 1) if call < 3 else len(finished) == RUNS
    pool, _ = resumed(small, tmp_path)
    assert not finished & set(pool.ids)
    assert bits(tmp_path, small) == wanted


@pytest.mark.usefixtures("no_tables")
def test_a_disk_that_is_full_when_runs_are_entered_loses_nothing(
    small: Experiment, tmp_path: Path, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Ledger.plan

    def small_file(ledger: Ledger, *given: Any, **options: Any) -> None:  # noqa: ANN401
        real(ledger, *given, **options)
        pages = ledger._base.execute("PRAGMA page_count").fetchone()[0]
        ledger._base.execute(f"PRAGMA max_page_count = {pages + 20}")

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "plan", small_file)
        with pytest.raises(OutputError, match="the disk is full; everything finished so far is kept"):
            run(small, tmp_path)
    finished = finished_in(tmp_path)
    assert finished
    pool, _ = resumed(small, tmp_path)
    assert not finished & set(pool.ids)
    assert bits(tmp_path, small) == wanted


@pytest.mark.usefixtures("no_tables")
def test_what_stopped_a_batch_is_said_also_when_failures_cannot_be_written(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutputError("the file cannot be written")

    def stop(_: object) -> None:
        monkeypatch.setattr(StudyFolder, "write_failures", full)
        raise Killed

    with pytest.raises(Killed):
        run(small, tmp_path, FakePool(stop))
