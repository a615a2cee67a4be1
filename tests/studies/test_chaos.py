"""Studies that are killed at any moment, on every kind of worker: the same bits as undisturbed ones."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import pytest
from tests.studies.batch_support import Killed, bits, driver, experiment, finished_in, run
from tests.studies.study_kinds import KINDS, Counting, finished_rows, numbers
from tests.studies.support import ROOT
from tests.waiting import PATIENCE, waited_for

from ankomst.errors import RunError
from ankomst.studies.engine import chunks
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.registry import NAME, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from ankomst.studies.schema.experiment import Experiment

REPLICATES, FEW = 25, 12
RUNS = 4 * REPLICATES
KILLS = 4
EARLY = 2
"""Kills within two seconds of the end of the imports; the others come when a number of runs is over."""

pytestmark = pytest.mark.compiled


def undisturbed(folder: Path, replicates: int) -> tuple[Experiment, Path]:
    """Return a batch that was run in this process, without a disturbance."""
    wanted = experiment(folder, replicates=replicates, newcomers_per_year=120)
    run(wanted, folder / "undisturbed", Serial())
    return wanted, folder / "undisturbed"


def tables(out: Path) -> dict[str, bytes]:
    found = {path.name: path.read_bytes() for path in (out / "tables").glob("*.csv")}
    assert found
    return found


def start_and_kill(command: list[str], moment: Callable[[Iterator[str]], None]) -> bool:
    """Start a batch, kill it at a moment, and see that no worker outlives it; say whether it still ran."""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as batch:
        assert batch.stdout is not None
        moment(iter(batch.stdout.readline, ""))
        with_it = psutil.Process(batch.pid).children(recursive=True) if batch.poll() is None else []
        running = batch.poll() is None
        batch.kill()
    _, alive = psutil.wait_procs(with_it, timeout=PATIENCE)
    assert alive == []
    return running


def after_runs(count: int, delay: float) -> Callable[[Iterator[str]], None]:
    def moment(lines: Iterator[str]) -> None:
        for line in lines:
            if line.split()[0].isdigit() and int(line.split()[0]) >= count:
                break
        time.sleep(delay)

    return moment


def after_seconds(delay: float) -> Callable[[Iterator[str]], None]:
    def moment(lines: Iterator[str]) -> None:
        next(lines)
        time.sleep(delay)

    return moment


def driven(*arguments: object, call: str) -> str:
    """Carry out a function of `killing` in a process of its own, and return what it prints."""
    command = driver(*arguments, call=call, module="killing")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_killed_ten_times_gives_the_same_bits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    said = driven(kind, str(tmp_path), call="drive_killed")
    with capsys.disabled():
        print(f"\n{kind}: {said.strip()}")
    assert numbers(tmp_path / "out") == numbers(tmp_path / "whole")


@pytest.mark.parametrize("workers", ["local", "dask"])
def test_a_killed_worker_changes_no_bit_of_any_kind(tmp_path: Path, workers: str) -> None:
    said = driven(workers, str(tmp_path), call="drive_deaths")
    assert said.split()[1::2] == list(KINDS)
    for kind, tiny in KINDS.items():
        tiny.run(tiny.load(tmp_path / kind), tmp_path / kind / "whole", pool=Serial())
        assert numbers(tmp_path / kind / "out") == numbers(tmp_path / kind / "whole"), kind


@pytest.mark.parametrize("kind", KINDS)
def test_other_code_is_refused_in_one_sentence(tmp_path: Path, kind: str) -> None:
    study, out = KINDS[kind].load(tmp_path), tmp_path / "out"
    stopped_after(kind, study, out, 5)
    before = finished_rows(out)
    with Ledger(out / NAME) as ledger:
        ledger.note(code="of an earlier version")
    with pytest.raises(RunError) as error:
        KINDS[kind].run(study, out, pool=(pool := Counting()), resume=True)
    assert str(error.value) == (
        f"{out}: the {len(before)} finished runs were made by other code, data or packages and cannot be "
        "joined with new ones; allowed: the code they were made by, --restart to throw them away, --out DIR "
        "for a new folder"
    )
    assert (pool.ids, finished_rows(out)) == ([], before)
    KINDS[kind].run(study, out, pool=(pool := Counting()), restart=True)
    assert before.keys() <= set(pool.ids)


class FailsFirst(Counting):
    """Workers of which the first task that they are handed comes to nothing."""

    def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
        first = not self.ids
        future = super().submit(function, argument)
        if first:
            future = type(future)()
            future.set_exception(ValueError("made to fail"))
        return future


@pytest.mark.parametrize("kind", ["batch", "calibration", "validation", "decision"])
def test_failed_runs_are_listed_left_and_retried_when_asked(tmp_path: Path, kind: str) -> None:
    study, out, said = KINDS[kind].load(tmp_path), tmp_path / "out", list[str]()
    KINDS[kind].run(study, tmp_path / "whole", pool=Serial())
    KINDS[kind].run(study, out, pool=FailsFirst(), say=said.append)
    assert "a run failed: ValueError: made to fail" in said
    failures = (out / "failures.csv").read_text(encoding="utf-8")
    assert failures.count("ValueError: made to fail") == (4 if kind == "batch" else 1)
    KINDS[kind].run(study, out, pool=(left := Counting()), resume=True)
    assert left.ids == []
    assert (out / "failures.csv").read_text(encoding="utf-8") == failures
    KINDS[kind].run(study, out, pool=(again := Counting()), resume=True, retry_failed=True)
    assert all(key in again.ids for key in [line.rpartition(",")[2] for line in failures.splitlines()[1:]])
    assert not (out / "failures.csv").exists()
    assert tables(out) == tables(tmp_path / "whole")


def test_a_sensitivity_that_failed_runs_end_goes_on_when_they_are_retried(tmp_path: Path) -> None:
    kind, out = KINDS["sensitivity"], tmp_path / "out"
    study = kind.load(tmp_path)
    kind.run(study, tmp_path / "whole", pool=Serial())
    with pytest.raises(RunError, match="1 of 4 blocks of the stage morris"):
        kind.run(study, out, pool=FailsFirst())
    with pytest.raises(RunError, match="1 of 4 blocks of the stage morris"):
        kind.run(study, out, pool=(left := Counting()), resume=True)
    assert left.ids == []
    kind.run(study, out, pool=Serial(), resume=True, retry_failed=True)
    assert not (out / "failures.csv").exists()
    assert tables(out) == tables(tmp_path / "whole")


SHORT = np.zeros(2).tobytes()
FIRST, SET_SUM = "WHERE id = (SELECT min(id) FROM waiting)", "UPDATE runs SET crc ="
CONTRADICTIONS = {
    "a chunk is not listed": ("DELETE FROM parts WHERE name = 'part-00001.parquet'", 0),
    "runs are said to be in another chunk": (
        "UPDATE runs SET part = 'part-00002.parquet' WHERE part = 'part-00001.parquet'", 24
    ),
    "runs have other labels": ("UPDATE runs SET scenario = 'other', draw = 99, replicate = 99", 0),
    "a waiting row is too short, with the checksum of what it is": (
        f"{SET_SUM} {zlib.crc32(SHORT)} {FIRST}; UPDATE waiting SET row = x'{SHORT.hex()}' {FIRST}", 1  # noqa: S608
    ),
}  # fmt: skip
"""What a registry says wrongly, and how many runs are run again for it."""


@pytest.mark.parametrize("kind", ["batch", "sensitivity"])
@pytest.mark.parametrize("wrong", CONTRADICTIONS)
def test_a_registry_that_says_something_wrong_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, wrong: str
) -> None:
    monkeypatch.setattr(chunks, "RUNS", 12)
    study, out, (change, again) = KINDS[kind].load(tmp_path), tmp_path / "out", CONTRADICTIONS[wrong]
    KINDS[kind].run(study, tmp_path / "whole", pool=Serial())
    stopped_after(kind, study, out, 28)
    sound = finished_rows(out)
    with Ledger(out / NAME) as ledger:
        ledger._base.executescript(change)
    KINDS[kind].run(study, out, pool=(pool := Counting()), resume=True)
    assert len(set(pool.ids) & sound.keys()) == again
    assert numbers(out) == numbers(tmp_path / "whole")


def test_a_batch_killed_from_outside_gives_the_same_bits_and_leaves_no_worker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted, whole = undisturbed(tmp_path, REPLICATES)
    out, chance = tmp_path / "out", np.random.default_rng(4)
    command = driver(str(tmp_path), str(out), "2", REPLICATES)
    moments = [after_seconds(delay) for delay in chance.uniform(0.0, 2.0, EARLY)]
    counts = np.sort(chance.integers(1, RUNS - 10, KILLS - EARLY))
    moments += [
        after_runs(int(count), delay)
        for count, delay in zip(counts, chance.uniform(0.0, 0.06, KILLS - EARLY), strict=True)
    ]
    clock = time.perf_counter()
    killed, kept = 0, [set[str]()]
    for moment in moments:
        killed += start_and_kill(command, moment)
        kept.append(finished_in(out))
        assert kept[-2] <= kept[-1]  # nothing finished is ever lost
    last = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE)
    lines = last.stdout.splitlines()
    with capsys.disabled():
        print(
            f"\nkilled {killed} times while it ran, with {', '.join(str(len(ids)) for ids in kept[1:])} of "
            f"{RUNS} runs finished; {time.perf_counter() - clock:.0f} s"
        )
    assert killed == KILLS
    assert lines[-1] == f"counts {RUNS} 0 0"
    assert bits(out, wanted) == bits(whole, wanted)
    assert tables(out) == tables(whole)


def stopped_after(kind: str, study: Any, out: Path, runs: int) -> None:  # noqa: ANN401
    """Run a study that is gone once some runs are over."""

    def stop(over: int, _: int) -> None:
        if over >= runs:
            raise Killed

    with pytest.raises(Killed):
        KINDS[kind].run(study, out, pool=Serial(), progress=stop)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage(out: Path) -> None:
    """Damage three rows of the registry, each in another way, and one bit of a chunk if there is any."""
    with Ledger(out / NAME) as ledger:
        first, second, third = sorted(ledger.waiting())[:3]
        ledger._base.execute("UPDATE waiting SET row = zeroblob(8) WHERE id = ?", (first,))
        ledger._base.execute("UPDATE waiting SET row = zeroblob(length(row)) WHERE id = ?", (second,))
        ledger._base.execute("DELETE FROM waiting WHERE id = ?", (third,))
    for path in sorted((out / chunks.FOLDER).glob("*.parquet"))[:1]:
        flip(path)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_damaged_is_run_again_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(chunks, "RUNS", 12)
    study, out, said = KINDS[kind].load(tmp_path), tmp_path / "out", list[str]()
    KINDS[kind].run(study, tmp_path / "whole", pool=Serial())
    stopped_after(kind, study, out, 16)
    before = finished_rows(out)
    damage(out)
    sound = finished_rows(out)
    assert sound.items() < before.items()
    pool = Counting()
    KINDS[kind].run(study, out, pool=pool, resume=True, say=said.append)
    assert sorted(pool.ids) == sorted(finished_rows(out).keys() - sound.keys())
    assert any("3 rows in ledger.sqlite are damaged" in line for line in said)
    assert numbers(out) == numbers(tmp_path / "whole")
    (out / NAME).write_bytes(b"garbage " * 999)
    KINDS[kind].run(study, out, pool=(pool := Counting()), resume=True, say=said.append)
    assert any("the ledger is damaged" in line for line in said)
    assert pool.ids == [], "the chunks hold everything"
    assert numbers(out) == numbers(tmp_path / "whole")


def test_a_scheduler_that_is_gone_is_said_and_finished_runs_are_kept(tmp_path: Path) -> None:
    wanted, whole = undisturbed(tmp_path, FEW)
    out, file = tmp_path / "out", tmp_path / "scheduler.json"
    dask, quiet = [sys.executable, "-m", "dask"], subprocess.DEVNULL
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *options]
    worker = [*dask, "worker", "--nthreads", "2", "--local-directory", str(tmp_path), *options]
    with (
        subprocess.Popen(scheduler, cwd=tmp_path, stdout=quiet, stderr=quiet) as head,
        subprocess.Popen(worker, cwd=ROOT, stdout=quiet, stderr=quiet) as hand,
    ):
        try:
            address = wait_for_address(file)
            command = driver(str(tmp_path), str(out), address, FEW)
            with (
                (tmp_path / "errors").open("w") as errors,
                subprocess.Popen(
                    command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
                ) as batch,
            ):
                assert batch.stdout is not None
                lines = iter(batch.stdout.readline, "")
                after_runs(12, 0.0)(lines)
                head.kill()
                said = [line for line in lines if line.startswith("error")]
                assert batch.wait(timeout=PATIENCE) == 1, (tmp_path / "errors").read_text()
        finally:
            hand.terminate()
            head.kill()
    sentence = (
        f"error --scheduler {address}: the Dask scheduler is gone; everything finished so far is kept; "
        "allowed: a running scheduler, and the same command with --resume\n"
    )
    assert said == [sentence], (tmp_path / "errors").read_text()
    told: list[int] = []
    run(wanted, out, Serial(), resume=True, progress=lambda over, _: told.append(over))
    assert told[0] >= 12
    assert bits(out, wanted) == bits(whole, wanted)


def wait_for_address(file: Path) -> str:
    waited_for(lambda: file.is_file() and file.stat().st_size)
    return str(json.loads(file.read_text())["address"])
