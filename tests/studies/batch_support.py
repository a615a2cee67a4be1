"""A small batch for the tests of the runner and its store, and workers that need no simulation."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import zlib
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.studies.support import SHORT

from ankomst.errors import AnkomstError
from ankomst.studies.batch.plan import plan
from ankomst.studies.batch.runner import run_batch
from ankomst.studies.engine.executors import Dask, LocalProcesses
from ankomst.studies.engine.registry import Ledger
from ankomst.studies.engine.stored_runs import StoredRuns
from ankomst.studies.engine.worker import RunReport, TaskReport, code_version
from ankomst.studies.schema.experiment import load_experiment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ankomst.studies.batch.runner import BatchResult
    from ankomst.studies.engine.worker import Task
    from ankomst.studies.schema.experiment import Experiment

Array = np.ndarray[Any, Any]
SCENARIOS = ("three_year+no_grant", "one_year+grant_2013", "one_year+no_grant")
OVERRIDES = SHORT | {"horizon.follow_up_months": 24}
NEWCOMERS = 36


def experiment(
    folder: Path, *, replicates: int = 5, asked: int | None = None, **more: Any  # noqa: ANN401
) -> Experiment:  # fmt: skip
    """Return a batch of four scenarios, 36 newcomers each, written to a file in a folder first.

    Parameters
    ----------
    folder : Path
    replicates : int
        As the file says.
    asked : int, optional
        Replicates that are asked for in place of those.
    **more
        Keys of the file.
    """
    changes = OVERRIDES | more.pop("overrides", {})
    keys: dict[str, Any] = {
        "kind": "batch", "title": "Small", "title_da": "Lille", "source": "a test",
        "baseline": "three_year+grant_2013", "scenarios": list(SCENARIOS), "months": [12, 24],
        "draws": "point", "newcomers_per_year": NEWCOMERS, "replicates": replicates, "seed": 1,
    }  # fmt: skip
    lines = [f"{key}: {_yaml(value)}" for key, value in (keys | more).items()]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "small.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_experiment(path, changes, replicates=asked)


def _yaml(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_yaml(part) for part in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def row_of(key: str, size: int) -> Array:
    """Return numbers that depend on the id of a run only, with values that lose bits easily."""
    row = np.random.default_rng(zlib.crc32(key.encode())).normal(size=size)
    row[:4] = np.nan, -0.0, np.inf, 5e-324
    return row


def fake_report(task: Task) -> TaskReport:
    """Return what a worker would, without a simulation."""
    reports = (RunReport(job.id, 0.01, row=row_of(job.id, task.work.layout.size)) for job in task.jobs)
    return TaskReport(tuple(reports), code_version(), "here")


class WorkerDiedError(Exception):
    """A pretended death of a worker."""


class FakePool:
    """Workers that hand in made-up rows at once, and do what a test asks before that.

    Parameters
    ----------
    before : callable, optional
        Called with each task; what it raises is the outcome of the task.
    """

    shared_fate = False

    def __init__(self, before: Callable[[Task], None] | None = None, workers: int = 2) -> None:
        self.workers = workers
        self.tasks: list[Task] = []
        self.closed = False
        self._before = before

    def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
        """Answer a call at once."""
        del function
        self.tasks.append(argument)
        future: Future[Any] = Future()
        try:
            if self._before is not None:
                self._before(argument)
            future.set_result(fake_report(argument))
        except Exception as error:  # noqa: BLE001 - the future carries it
            future.set_exception(error)
        return future

    def worker_died(self, error: BaseException) -> bool:
        """Whether a test pretended so."""
        return isinstance(error, WorkerDiedError)

    def overdue(self) -> dict[str, str]:
        """Return nothing: every call has been answered."""
        return {}

    def end(self, runs: Collection[str]) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Note that it was called."""
        self.closed = True

    @property
    def ids(self) -> list[str]:
        """Return the ids of the runs that were handed in."""
        return [job.id for task in self.tasks for job in task.jobs]


def die(*_: object) -> None:
    """Take the process with it, as the kernel does where memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


class KillerPool(LocalProcesses):
    """Processes of which every one is killed that gets the run with a given id."""

    def __init__(self, killer: str, workers: int = 2) -> None:
        super().__init__(workers)
        self.killer = killer

    def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
        """Hand in a call."""
        deadly = any(job.id == self.killer for job in argument.jobs)
        return super().submit(die if deadly else function, argument)


def kill_worker(pool: Any) -> None:  # noqa: ANN401
    """Kill one worker of a pool or a local cluster, from one moment to the next."""
    if isinstance(pool, LocalProcesses):
        pids = list(pool._pool._processes)  # type: ignore[union-attr]
    else:
        pids = [worker.pid for worker in pool._cluster.workers.values()]
    os.kill(pids[0], signal.SIGKILL)


def drive(folder: str, out: str, workers: str, replicates: int, kill_at: int = 0) -> None:
    """Run or resume a batch and print how far it is.

    Parameters
    ----------
    folder, out : str
        For the experiment's file, and of the batch.
    workers : str
        A number of processes, dask:NUMBER for a local cluster, or the address of a scheduler.
    replicates : int
        Four runs each.
    kill_at : int
        Finished runs after which one worker is killed.
    """
    print("ready", flush=True)
    left = [kill_at] if kill_at else []
    wanted = experiment(Path(folder), replicates=replicates, newcomers_per_year=120)
    pool: Any
    if workers.isdigit():
        pool = LocalProcesses(int(workers))
    else:
        kind, _, number = workers.partition(":")
        pool = Dask("local", int(number)) if kind == "dask" else Dask(workers)

    def tell(over: int, total: int) -> None:
        print(over, total, flush=True)
        if left and over >= left[0]:
            left.clear()
            kill_worker(pool)

    try:
        finished = run_batch(wanted, Path(out), pool=pool, resume=True, progress=tell, say=print)
    except AnkomstError as error:
        print("error", error, flush=True)
        sys.exit(1)
    assert not left
    print("counts", *finished.counts.values(), flush=True)


def driver(*arguments: object, call: str = "drive", module: str = "batch_support") -> list[str]:
    """Return the command that calls `drive` in a process of its own."""
    code = f"from tests.studies.{module} import {call}; {call}({', '.join(map(repr, arguments))})"
    return [sys.executable, "-c", code]


class Killed(BaseException):
    """Stands for a process that is gone from one moment to the next."""


def run(wanted: Experiment, out: Path, pool: Any = None, **options: Any) -> BatchResult:  # noqa: ANN401
    """Run a batch with made-up rows, or on the workers given."""
    return run_batch(wanted, out, pool=pool or FakePool(), **options)


def resumed(wanted: Experiment, out: Path, *, changed: bool = False) -> tuple[FakePool, list[str]]:
    """Go on with a batch until it is complete; return the workers, and what was said."""
    pool, said = FakePool(), list[str]()
    finished = run(wanted, out, pool, resume=True, changed=changed, say=said.append)
    assert finished.counts == {"done": len(plan(wanted).runs), "failed": 0, "pending": 0}
    assert not list(out.rglob(".ankomst-*"))
    return pool, said


def finished_in(out: Path) -> set[str]:
    """Return the ids of the runs that a ledger holds as finished."""
    if not (out / "ledger.sqlite").is_file():
        return set()
    with Ledger(out / "ledger.sqlite", readonly=True) as ledger:
        return ledger.ids("done")


def bits(path: Path, wanted: Experiment) -> str:
    """Return the SHA-256 of every number of a batch."""
    digest = hashlib.sha256()
    with StoredRuns(path, wanted) as stored:
        for scenario in stored.scenarios:
            for family in stored.layout.families:
                digest.update(stored.values(scenario, family).tobytes())
    return digest.hexdigest()
