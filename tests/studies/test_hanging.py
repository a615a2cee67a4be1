"""A run that does not end: its worker is ended, it counts as failed, and everything else goes on."""

from __future__ import annotations

import csv
import os
import signal
import threading
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest
from tests.studies.batch_support import FakePool, bits, experiment, fake_report, row_of, run
from tests.studies.calibration_support import MadeUp

from ankomst.studies.batch import runner
from ankomst.studies.batch.plan import plan
from ankomst.studies.engine import at_work, dispatch, executors, scenario_work, worker
from ankomst.studies.engine.dispatch import carried_out
from ankomst.studies.engine.evaluation import evaluation
from ankomst.studies.engine.executors import Dask, LocalProcesses, Serial, pool_for

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from ankomst.studies.engine.worker import Task, TaskReport

LIMIT = 3.0
"""Seconds; the made-up runs take milliseconds."""
SAID = "the run did not end within 3 s (--run-limit), so that its worker was ended"


def wait_forever() -> None:
    threading.Event().wait()


def stop_the_process() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def carry_out_hanging(hanging: dict[str, Callable[[], None]], task: Task) -> TaskReport:
    """Carry out a task with made-up rows; some runs never end."""

    def made_up(_: object, common: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
        run_id, _ = at_work._begun[threading.get_ident()]
        hanging.get(run_id, int)()
        return row_of(run_id, common.work.layout.size)

    with mock.patch.object(scenario_work, "_run", made_up):
        return worker.carry_out(task)


class Hanging:
    """A pool whose workers hang in some runs."""

    hanging: dict[str, Callable[[], None]]

    def submit(self, function: Callable[..., Any], argument: object) -> Future[Any]:
        """Hand in a call in place of the function's."""
        del function
        call = partial(carry_out_hanging, self.hanging)
        return super().submit(call, argument)  # type: ignore[misc,no-any-return]


class HangingProcesses(Hanging, LocalProcesses):
    """Processes on this machine."""


class HangingDask(Hanging, Dask):
    """A Dask cluster on this machine."""


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    monkeypatch.setattr(runner.store, "git_state", lambda: {"commit": None, "dirty": None})


def check_that_only_hanging_runs_fail(pool: Any, hangs: dict[int, Callable[[], None]], folder: Path) -> None:  # noqa: ANN401
    wanted = experiment(folder, replicates=4)
    runs = plan(wanted).runs
    pool.hanging = {runs[k].id: hang for k, hang in hangs.items()}
    finished = run(wanted, folder / "out", pool)
    assert finished.counts == {"done": 16 - len(hangs), "failed": len(hangs), "pending": 0}
    with (folder / "out" / "failures.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["scenario"], int(row["replicate"]), row["message"]) for row in rows] == [
        (runs[k].scenario, runs[k].replicate, SAID) for k in hangs
    ]
    again = run(wanted, folder / "out", once := FakePool(), resume=True, retry_failed=True)
    assert again.counts["done"] == 16
    assert sorted(once.ids) == sorted(pool.hanging)
    run(wanted, folder / "undisturbed")
    assert bits(folder / "out", wanted) == bits(folder / "undisturbed", wanted)


def test_processes_that_hang_are_ended_and_their_runs_fail(tmp_path: Path) -> None:
    # The second run of the first task and the third of the second, one in each process.
    hangs = {1: wait_forever, 6: stop_the_process}
    check_that_only_hanging_runs_fail(HangingProcesses(2, LIMIT), hangs, tmp_path)


def test_a_worker_of_a_cluster_that_hangs_is_started_anew(tmp_path: Path) -> None:
    check_that_only_hanging_runs_fail(HangingDask("local", 1, LIMIT), {6: wait_forever}, tmp_path)


@pytest.mark.usefixtures("no_thread_limit")
def test_an_evaluation_is_noted_too() -> None:
    seen = []

    class Looks(MadeUp):
        """Figures that look at what this thread is at."""

        def measure(self, draw: Any, seed: int, stream: int) -> np.ndarray[Any, Any]:  # noqa: ANN401
            del draw, seed, stream
            seen.append(at_work._begun[threading.get_ident()][0])
            return np.zeros(4)

    task = evaluation(Looks(), {}, 1, 3)
    worker.carry_out(task)
    assert seen == [task.jobs[0].id]
    assert threading.get_ident() not in at_work._begun


def test_what_only_lost_its_worker_is_not_tried_alone(tmp_path: Path) -> None:
    wanted = experiment(tmp_path, replicates=6)
    runs = plan(wanted).runs
    late = {runs[2].id: "too long", runs[3].id: "too long"}

    class Pool(FakePool):
        """One worker hangs in two of the four runs of the first task; four tasks are under way."""

        shared_fate = True
        ended: Collection[str] = ()

        def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
            if self.ended:
                return super().submit(function, argument)
            self.tasks.append(argument)
            return Future()  # under way

        def overdue(self) -> dict[str, str]:
            return {} if self.ended else late

        def end(self, runs: Collection[str]) -> None:
            self.ended = runs

    tasks = list(plan(wanted).tasks({each.id for each in runs}))
    with mock.patch("ankomst.studies.engine.dispatch.LOOK_SECONDS", 0.01):
        reports = list(carried_out(iter(tasks), pool := Pool()))
    assert sorted(pool.ended) == sorted(late)
    assert [(found[0].id, found[0].error) for found in reports[:2]] == list(late.items())
    tried = [[job.id for job in task.jobs] for task in pool.tasks]
    whole = [[job.id for job in task.jobs] for task in tasks]
    assert tried == [*whole[:4], whole[0][:2], *whole[1:4], *whole[4:]]
    ended = [[report.id for report in found] for found in reports[2:]]
    assert ended == tried[4:]


def test_processes_that_were_stopped_before_they_took_a_task_are_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = LocalProcesses(2)
    for future in [pool.submit(abs, -1) for _ in range(8)]:
        future.result()
    stopped = executors._processes_of(pool._pool)
    for process in stopped:
        assert process.pid
        os.kill(process.pid, signal.SIGSTOP)
    killed: list[Any] = []
    real = executors._kill

    def kill(stalled: Any) -> None:  # noqa: ANN401
        monkeypatch.setattr(executors, "STALLED_SECONDS", 600.0)  # new ones may take their time
        killed.extend(executors._processes_of(stalled))
        real(stalled)

    monkeypatch.setattr(executors, "_kill", kill)
    monkeypatch.setattr(executors, "STALLED_SECONDS", 1.0)
    wanted = experiment(tmp_path, replicates=2)
    with mock.patch.object(dispatch, "carry_out", fake_report):
        assert run(wanted, tmp_path / "out", pool).counts == {"done": 8, "failed": 0, "pending": 0}
    assert killed[: len(stopped)] == stopped


def test_the_limit_reaches_the_workers() -> None:
    pool = pool_for(3, None, 7.5)
    assert isinstance(pool, LocalProcesses)
    assert pool.run_limit == 7.5
    assert pool_for(3, None).run_limit == 600.0  # type: ignore[attr-defined]
    assert Serial().overdue() == {}


def test_a_note_is_shown_while_a_run_lasts_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    import multiprocessing

    monkeypatch.setattr(at_work, "_shown", None)
    board = at_work.Board(multiprocessing.get_context("spawn"), 2)
    board.show_here()
    assert board.begun() == {}
    with at_work.at_work("a run"):
        assert list(board.begun()) == ["a run"]
        assert board.begun()["a run"] >= 0.0
    assert board.begun() == {}
