"""The folder of a batch: refused, claimed, mended, cleared; a disk that is full or cannot be written."""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.studies.batch_support import FakePool, Killed, bits, experiment, finished_in, resumed, run

from ankomst.errors import OutputError, RunError
from ankomst.studies.batch import runner
from ankomst.studies.engine import chunks, store, study_folder, study_runs
from ankomst.studies.engine.registry import Ledger

if TYPE_CHECKING:
    from ankomst.studies.schema.experiment import Experiment

LEDGER = "ledger.sqlite"
RUNS = 40
pytestmark = pytest.mark.usefixtures("no_tables")


def part(out: Path, number: int) -> Path:
    return out / "runs" / f"part-{number:05d}.parquet"


def ids_of(path: Path) -> set[str]:
    return set(chunks.read_ids(path))


# -- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "foreign",
    ["thesis.txt", "manifest.json", "runs/model.bin", "runs/mine.parquet", "tables/mine.csv", ".unfinished"],
)
@pytest.mark.parametrize("restart", [False, True])
def test_a_folder_with_something_else_is_left_alone(
    small: Experiment, tmp_path: Path, foreign: str, restart: bool
) -> None:
    out = tmp_path / "out"
    (out / foreign).parent.mkdir(parents=True)
    (out / foreign).write_text("mine")
    before = sorted(out.rglob("*"))
    with pytest.raises(OutputError) as error:
        run(small, out, restart=restart)
    assert str(error.value) == (
        f"{out}: the folder holds something else than a batch and is left alone; allowed: a new or empty "
        "folder, or one with an earlier batch (--out DIR)"
    )
    assert sorted(out.rglob("*")) == before
    assert (out / foreign).read_text() == "mine"


def test_a_file_is_no_folder(small: Experiment, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="is not a folder; allowed: a folder, --out DIR"):
        run(small, tmp_path / "out")
    with pytest.raises(OutputError, match="the folder cannot be made: Not a directory"):
        run(small, tmp_path / "out" / "below")


def test_finished_runs_are_neither_repeated_nor_thrown_away_unasked(
    small: Experiment, tmp_path: Path
) -> None:
    run(small, tmp_path)
    before = bits(tmp_path, small)
    with pytest.raises(OutputError) as error:
        run(small, tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: the folder holds a batch with 40 finished runs; allowed: --resume to go on, --restart "
        "to throw them away, --out DIR for another folder"
    )
    pool, said = resumed(small, tmp_path)
    assert (pool.tasks, said) == ([], [])
    assert bits(tmp_path, small) == before


def test_failed_runs_count_as_a_batch_too(small: Experiment, tmp_path: Path) -> None:
    def fails(_: object) -> None:
        raise ValueError("no")

    run(small, tmp_path, FakePool(fails))
    with pytest.raises(OutputError, match="the folder holds a batch with 40 failed runs"):
        run(small, tmp_path)


def test_parts_without_a_ledger_count_as_a_batch_too(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path)
    (tmp_path / LEDGER).unlink()
    with pytest.raises(OutputError, match="the folder holds a batch with finished runs"):
        run(small, tmp_path)


def test_two_batches_cannot_work_in_one_folder(small: Experiment, tmp_path: Path) -> None:
    seen: list[str] = []

    def second(_: object) -> None:
        if not seen:
            with pytest.raises(OutputError) as error:
                run(small, tmp_path, resume=True)
            seen.append(str(error.value))

    run(small, tmp_path, FakePool(second))
    assert seen[0].startswith(
        f"{tmp_path}: another batch is running in this folder (process {os.getpid()} on {platform.node()}, "
        "since 20"
    )
    assert seen[0].endswith("; allowed: to wait for it, or another folder (--out DIR)")
    resumed(small, tmp_path)  # the lock is free again


def test_the_lock_is_free_after_a_failure_to_open(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path)
    for _ in range(2):
        with pytest.raises(OutputError, match="the folder holds a batch"):
            run(small, tmp_path)
    resumed(small, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_only_be_read_is_said(small: Experiment, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        for out in (tmp_path, tmp_path / "below"):
            with pytest.raises(OutputError, match="Permission denied"):
                run(small, out)
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize("at", ["mkdir", "lock", "ledger"])
def test_a_folder_that_cannot_be_written_is_said(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    out, said = tmp_path / "out", "Permission denied"
    if at == "mkdir":
        monkeypatch.setattr(study_folder.store.Path, "mkdir", refuse)
    elif at == "lock":
        monkeypatch.setattr(study_folder.FileLock, "acquire", refuse)
    else:
        (out / LEDGER).mkdir(parents=True)
        said = "the ledger cannot be used: it is no regular file"
    with pytest.raises(OutputError, match=said):
        run(small, out)


# -- what is mended ----------------------------------------------------------------------------------


def test_a_missing_part_is_said_and_its_runs_are_run_again(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    run(small, tmp_path)
    gone = part(tmp_path, 2)
    lost = ids_of(gone)
    gone.unlink()
    with pytest.raises(
        OutputError, match=r"the part is missing; 12 runs cannot be read; allowed: .*--resume"
    ):
        bits(tmp_path, small)
    pool, said = resumed(small, tmp_path)
    assert said == [f"{gone}: the part is missing; its 12 runs are run again"]
    assert set(pool.ids) == lost
    assert bits(tmp_path, small) == wanted


@pytest.mark.parametrize("damage", ["flipped", "empty", "short"])
def test_a_damaged_part_is_kept_aside_and_its_runs_are_run_again(
    small: Experiment, tmp_path: Path, wanted: str, damage: str
) -> None:
    run(small, tmp_path)
    broken = part(tmp_path, 4)
    lost, content = ids_of(broken), bytearray(broken.read_bytes())
    content[len(content) // 2] ^= 1
    broken.write_bytes({"flipped": content, "empty": b"", "short": content[:5000]}[damage])
    with pytest.raises(OutputError, match="the part is damaged; 4 runs cannot be read"):
        bits(tmp_path, small)
    pool, said = resumed(small, tmp_path)
    assert said == [
        f"{broken}: the part is damaged (kept as part-00004.parquet.damaged); its 4 runs are run again"
    ]
    assert set(pool.ids) == lost
    assert part(tmp_path, 5).is_file()  # the number of a damaged part is not used again
    assert bits(tmp_path, small) == wanted


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "truncated"])
def test_a_ledger_is_made_anew_from_the_parts(
    small: Experiment, tmp_path: Path, wanted: str, damage: str
) -> None:
    run(small, tmp_path)
    path = tmp_path / LEDGER
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "garbage": b"garbage " * 999, "truncated": content[:8192]}[damage])
    with pytest.raises(OutputError, match=r"allowed: --resume"):
        run(small, tmp_path)
    pool, said = resumed(small, tmp_path)
    assert pool.tasks == []
    assert len(said) == (damage in {"garbage", "truncated"})
    for text in said:
        assert text.startswith(f"{path}: the ledger is damaged: ")
        assert text.endswith("(kept as ledger.sqlite.damaged); it is made anew from the parts in runs/")
    assert bits(tmp_path, small) == wanted


def test_a_lost_ledger_and_a_damaged_part_cost_that_part_only(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    run(small, tmp_path)
    lost, broken = ids_of(part(tmp_path, 3)), part(tmp_path, 3)
    (tmp_path / LEDGER).unlink()
    broken.write_bytes(broken.read_bytes()[:-100])
    pool, said = resumed(small, tmp_path)
    assert said == [
        f"{broken}: the part is damaged and no ledger knows it; kept as part-00003.parquet.damaged"
    ]
    assert set(pool.ids) == lost
    assert bits(tmp_path, small) == wanted


def test_rows_that_wait_are_run_again_when_they_are_damaged(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    stop_after(small, tmp_path, tasks=2)
    with Ledger(tmp_path / LEDGER) as ledger:
        torn, kept = sorted(ledger.waiting())[:2]
        ledger._base.execute("UPDATE waiting SET row = zeroblob(8) WHERE id = ?", (torn,))
    with pytest.raises(OutputError, match=r"1 rows in the ledger are damaged; allowed: .*--resume"):
        bits(tmp_path, small)
    pool, said = resumed(small, tmp_path)
    assert said == ["1 rows in ledger.sqlite are damaged: their runs are run again"]
    assert torn in pool.ids
    assert kept not in pool.ids
    assert bits(tmp_path, small) == wanted


@pytest.mark.parametrize("content", ["", '{"kind": "ba', "null"])
def test_a_damaged_manifest_is_said_and_written_anew(small: Experiment, tmp_path: Path, content: str) -> None:
    run(small, tmp_path)
    path = tmp_path / "manifest.json"
    path.write_text(content)
    pool, said = resumed(small, tmp_path)
    assert pool.tasks == []
    assert said == [
        f"{path}: the manifest is damaged and is written anew (kept as manifest.json.damaged); no run is lost"
    ]
    assert path.with_name("manifest.json.damaged").read_text() == content
    assert json.loads(path.read_text())["complete"] is True


def stop_after(small: Experiment, out: Path, tasks: int) -> None:
    """Run a batch that is gone after some tasks."""
    left = iter(range(tasks))

    def stop(_: object) -> None:
        if next(left, None) is None:
            raise Killed

    with pytest.raises(Killed):
        run(small, out, FakePool(stop))


KILL_POINTS = {
    "before the folder has a ledger": (study_folder, "Ledger", 0),
    "before the plan is entered": (Ledger, "plan", 0),
    "before the manifest": (study_folder.manifest, "write", 0),
    "in the first part": (chunks.pq, "write_table", 0),
    "in the third part": (chunks.pq, "write_table", 2),
    "before a part has its name": (store.Path, "replace", 1),
    "between a part and the ledger": (Ledger, "stored", 1),
    "before runs are entered": (Ledger, "enter", 5),
    "before the tables": (runner, "tabulate", 0),
    "before the last manifest": (study_folder.manifest, "write", 1),
}


@pytest.mark.parametrize("point", KILL_POINTS)
def test_a_process_can_be_gone_at_any_point(
    small: Experiment, tmp_path: Path, wanted: str, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    place, name, after = KILL_POINTS[point]
    real, calls = getattr(place, name), iter(range(after))

    def gone(*given: Any, **options: Any) -> Any:  # noqa: ANN401
        if next(calls, None) is None:
            raise Killed
        return real(*given, **options)

    with monkeypatch.context() as patched:
        patched.setattr(place, name, gone)
        with pytest.raises(Killed):
            run(small, tmp_path / "out")
    finished = finished_in(tmp_path / "out")
    pool, said = resumed(small, tmp_path / "out")
    assert said == []
    assert not finished & set(pool.ids)
    assert bits(tmp_path / "out", small) == wanted


@pytest.mark.parametrize("after", range(6))
def test_a_restart_that_is_cut_off_can_be_restarted_or_resumed(
    small: Experiment, tmp_path: Path, wanted: str, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    run(small, tmp_path / "out")
    real, calls = Path.unlink, iter(range(after))

    def gone(path: Path, **options: Any) -> None:  # noqa: ANN401
        if next(calls, None) is None:
            raise Killed
        real(path, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", gone)
        with pytest.raises(Killed):
            run(small, tmp_path / "out", restart=True)
    shutil.copytree(tmp_path / "out", tmp_path / "copy")
    resumed(small, tmp_path / "out")
    run(small, tmp_path / "copy", restart=True)
    assert bits(tmp_path / "out", small) == bits(tmp_path / "copy", small) == wanted


def test_a_part_that_no_ledger_knows_is_taken_in(
    small: Experiment, tmp_path: Path, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "stored", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            run(small, tmp_path)
    orphan = part(tmp_path, 1)
    (tmp_path / LEDGER).unlink()
    pool, _ = resumed(small, tmp_path)
    assert not ids_of(orphan) & set(pool.ids)
    assert bits(tmp_path, small) == wanted


def test_what_half_a_text_file_left_is_removed(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path)
    half, mine = tmp_path / ".ankomst-0123456789abcdef.json", tmp_path / ".manifest.json.swp"
    half.write_text("{")
    mine.write_text("of an editor")
    resumed(small, tmp_path)
    assert not half.exists()
    assert mine.read_text() == "of an editor"


def test_an_experiment_with_other_months_can_use_the_folder_of_one_that_was_killed(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    stop_after(small, tmp_path / "out", tasks=2)
    other = experiment(tmp_path, replicates=10, months=[6, 12, 18, 24])
    with pytest.raises(OutputError, match="the runs in this folder are not those of the experiment"):
        bits(tmp_path / "out", other)
    run(other, tmp_path / "out", resume=True, changed=True)
    bits(tmp_path / "out", other)
    with pytest.raises(OutputError, match="the runs in this folder are not those of the experiment"):
        bits(tmp_path / "out", small)
    pool, said = resumed(small, tmp_path / "out", changed=True)
    assert len(pool.ids) == RUNS - 8  # the rows of two tasks had waited in the ledger
    (line,) = said
    assert line.startswith("40 of 40 finished runs in this folder are not of this experiment as it is now")
    assert bits(tmp_path / "out", small) == wanted


def test_other_code_is_refused_while_its_runs_are_there(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small, tmp_path)
    before = bits(tmp_path, small)
    monkeypatch.setattr(study_runs, "code_version", lambda: "other")
    with pytest.raises(RunError) as error:
        run(small, tmp_path, resume=True)
    assert str(error.value) == (
        f"{tmp_path}: the 40 finished runs were made by other code, data or packages and cannot be joined "
        "with new ones; allowed: the code they were made by, --restart to throw them away, --out DIR for a "
        "new folder"
    )
    assert bits(tmp_path, small) == before
