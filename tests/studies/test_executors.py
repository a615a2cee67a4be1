"""Workers that die, cannot be started or leave Ctrl-C to their parent; a scheduler that is not there."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import CancelledError
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.studies.batch_support import KillerPool, bits, die, experiment, kill_worker, run
from tests.waiting import PATIENCE, waited_for

from ankomst.errors import RunError
from ankomst.studies.batch import plan as planning
from ankomst.studies.batch import runner
from ankomst.studies.batch.plan import plan
from ankomst.studies.engine import executors
from ankomst.studies.engine.executors import Dask, LocalProcesses, Serial, pool_for
from ankomst.studies.engine.registry import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def pool() -> Iterator[LocalProcesses]:
    made = LocalProcesses(2)
    yield made
    made.close()


@pytest.fixture
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    monkeypatch.setattr(runner.store, "git_state", lambda: {"commit": None, "dirty": None})


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def test_this_process_answers_at_once_and_hands_errors_on() -> None:
    pool = Serial()
    assert pool.submit(len, "four").result() == 4
    error = pool.submit(len, 4).exception()
    assert isinstance(error, TypeError)
    assert not pool.worker_died(error)


def test_ctrl_c_in_this_process_is_no_error_of_a_task() -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Serial().submit(interrupted, None)


def test_a_pool_goes_on_after_a_worker_was_killed(pool: LocalProcesses) -> None:
    assert pool.submit(abs, -1).result(timeout=PATIENCE) == 1
    error = pool.submit(signal.raise_signal, signal.SIGKILL).exception(timeout=PATIENCE)
    assert error is not None
    late = pool.submit(abs, -2)  # handed in before anybody looked: the broken pool answers by a future
    assert late.exception(timeout=PATIENCE) is not None
    assert pool.worker_died(error)
    assert pool.submit(abs, -3).result(timeout=PATIENCE) == 3
    assert not pool.worker_died(ValueError("of the task"))


def die_while_handing_in(_: object) -> str:
    """Return something of which half is handed in when the process is killed."""
    from multiprocessing.connection import Connection

    def half(self: Any, buffer: Any) -> None:  # noqa: ANN401
        os.write(self.fileno(), bytes(buffer)[: len(buffer) // 2])
        die()

    Connection._send = half  # type: ignore[attr-defined]
    return "whole" * 100


def test_a_process_that_dies_while_it_hands_in_a_result_holds_up_nobody(
    pool: LocalProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "DEAD_SECONDS", 0.0)
    future = pool.submit(die_while_handing_in, None)
    waited_for(lambda: pool.overdue() or future.done())
    error = future.exception()
    assert error is not None
    assert pool.worker_died(error)
    assert pool.submit(abs, -3).result(timeout=PATIENCE) == 3


def test_a_pool_is_closed_though_half_a_result_was_handed_in(pool: LocalProcesses) -> None:
    pool.submit(die_while_handing_in, None)
    processes = executors._processes_of(pool._pool)
    waited_for(lambda: wait([process.sentinel for process in processes], timeout=0))
    thread = pool._pool._executor_manager_thread  # type: ignore[union-attr]
    pool.close()
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive(), "this process could not end"


@pytest.fixture
def interrupts() -> Iterator[None]:
    """Take notice of Ctrl-C, also where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_for_the_parent_and_closing_ends_the_workers(pool: LocalProcesses) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    assert pool.submit(signal.raise_signal, signal.SIGINT).result(timeout=PATIENCE) is None
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before
    workers = [psutil.Process(pid) for pid in pool._pool._processes]  # type: ignore[union-attr]
    assert len(workers) == 2
    pool.submit(time.sleep, 10 * PATIENCE)  # what they are at is given up
    pool.close()
    assert psutil.wait_procs(workers, timeout=PATIENCE)[1] == []
    pool.close()


def test_workers_that_are_still_starting_take_no_notice_of_ctrl_c(pool: LocalProcesses) -> None:
    pool._started()
    for pid in list(pool._pool._processes):  # type: ignore[union-attr]
        os.kill(pid, signal.SIGINT)
    assert pool.submit(abs, -1).result(timeout=PATIENCE) == 1


def test_a_machine_that_starts_no_processes_is_told_from_a_task_that_kills_them(
    pool: LocalProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "_begin", die)
    error = pool.submit(abs, -1).exception(timeout=PATIENCE)
    assert error is not None
    with pytest.raises(RunError) as problem:
        pool.worker_died(error)
    assert str(problem.value) == (
        "3 times in a row a worker process died before it did anything; everything finished so far is kept; "
        "allowed: memory and rights for new processes, and the same command with --resume; --workers 1 "
        "starts none"
    )


@pytest.mark.compiled
@pytest.mark.usefixtures("no_tables")
def test_a_task_that_always_kills_its_worker_fails_and_its_neighbours_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "TASK_RUNS", 1)
    small = experiment(tmp_path, replicates=3)
    killer = plan(small).runs[6]
    finished = run(small, tmp_path / "out", KillerPool(killer.id, workers=1))
    assert finished.counts == {"done": 11, "failed": 1, "pending": 0}
    with Ledger(tmp_path / "out" / "ledger.sqlite", readonly=True) as ledger:
        (entry,) = ledger.entries("failed")
    assert entry.id == killer.id
    assert entry.message == "the worker died 2 times (killed, or out of memory)"
    text = (tmp_path / "out" / "failures.csv").read_text()
    assert killer.scenario in text
    run(small, tmp_path / "out", Serial(), resume=True, retry_failed=True)
    run(small, tmp_path / "undisturbed", Serial())
    assert bits(tmp_path / "out", small) == bits(tmp_path / "undisturbed", small)


@pytest.mark.compiled
@pytest.mark.usefixtures("no_tables")
def test_a_worker_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    small, pool, left = experiment(tmp_path, replicates=10), LocalProcesses(2), [12]

    def kill(over: int, total: int) -> None:
        del total
        if left and over >= left[0]:
            left.clear()
            kill_worker(pool)

    assert run(small, tmp_path / "out", pool, progress=kill).counts == {"done": 40, "failed": 0, "pending": 0}
    assert left == []
    run(small, tmp_path / "undisturbed", Serial())
    assert bits(tmp_path / "out", small) == bits(tmp_path / "undisturbed", small)


@pytest.mark.compiled
@pytest.mark.usefixtures("no_tables", "interrupts")
def test_ctrl_c_while_processes_work_leaves_no_process_and_everything_resumable(tmp_path: Path) -> None:
    small, before = experiment(tmp_path, replicates=10), {child.pid for child in children()}

    def interrupt(over: int, total: int) -> None:
        del total
        if over >= 8:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(small, tmp_path / "out", LocalProcesses(2), progress=interrupt)
    left = [
        child for child in children() if child.pid not in before and "resource_tracker" not in _command(child)
    ]
    assert psutil.wait_procs(left, timeout=PATIENCE)[1] == []
    with Ledger(tmp_path / "out" / "ledger.sqlite", readonly=True) as ledger:
        assert 8 <= ledger.counts()["done"] < 40
    run(small, tmp_path / "out", Serial(), resume=True)
    run(small, tmp_path / "undisturbed", Serial())
    assert bits(tmp_path / "out", small) == bits(tmp_path / "undisturbed", small)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers: "),
        ("tcp://no such host:8786", "no Dask scheduler answers: "),
        ("nonsense", "no Dask scheduler answers: "),
    ],
)
def test_a_scheduler_that_is_not_there_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 1)
    threads = threading.active_count()
    with pytest.raises(RunError) as error:
        Dask(address)
    text = str(error.value)
    assert text.startswith(f"--scheduler {address}: {said}")
    assert text.endswith("; allowed: the address of a running one, such as tcp://host:8786, or local")
    assert "\n" not in text
    assert threading.active_count() < threads + 10


def test_a_lost_connection_is_no_failure_of_a_task() -> None:
    class Client:
        status = "connecting"

    lost: Any = object.__new__(Dask)
    lost._client, lost.address = Client(), "tcp://far:8786"
    for error in (CancelledError(), ValueError("whatever")):
        with pytest.raises(
            RunError, match=r"--scheduler tcp://far:8786: the Dask scheduler is gone; .* --resume"
        ):
            lost.worker_died(error)
    lost._client.status = "running"
    with pytest.raises(RunError, match="the Dask scheduler is gone"):
        lost.worker_died(CancelledError())
    assert not lost.worker_died(ValueError("of the task"))


def test_the_command_line_gets_the_workers_it_asks_for() -> None:
    assert isinstance(pool_for(1, None), Serial)
    several = pool_for(3, None)
    assert isinstance(several, LocalProcesses)
    assert several.workers == 3
    with pytest.raises(RunError, match="workers is 0; allowed: 1 or more"):
        pool_for(0, None)
