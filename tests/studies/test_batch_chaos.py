"""Batches that are killed at random moments, on every kind of worker: the same bits as undisturbed ones."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from tests.studies.batch_support import bits, driver, experiment, finished_in, run
from tests.studies.support import ROOT
from tests.waiting import PATIENCE, waited_for

from ankomst.studies.engine.executors import Serial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ankomst.studies.schema.experiment import Experiment

REPLICATES, FEW = 50, 12
RUNS = 4 * REPLICATES
KILLS = 10
EARLY = 4
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


def test_a_batch_killed_ten_times_gives_the_same_bits(
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


def test_every_kind_of_worker_gives_the_same_bits_also_when_one_is_killed(tmp_path: Path) -> None:
    wanted, whole = undisturbed(tmp_path, FEW)
    command = driver(str(tmp_path), FEW, 16, call="drive_each")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if "counts" in line] == [f"counts {4 * FEW} 0 0"] * 4
    for out in ("1", "dask:2", "2 with a death", "dask:2 with a death"):
        assert bits(tmp_path / out, wanted) == bits(whole, wanted), out


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
