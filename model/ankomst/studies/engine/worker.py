"""What a worker does: carry out the runs of a task, and hand back a row of numbers for each.

A task holds everything that it needs, so that it can go to another process or machine. A run that fails takes
no other with it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import threading
import time
import traceback
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from threadpoolctl import ThreadpoolController

from ankomst.errors import AnkomstError
from ankomst.studies.engine import store
from ankomst.studies.engine.at_work import at_work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    Simulate = Callable[["RunJob"], "np.ndarray[Any, Any]"]

PACKAGES = ("numba", "numpy", "scipy")
"""Packages that can move the last bit of a result."""
DECIDING = ("policy", "simulation", "studies/design", "studies/metrics")
"""Folders that decide what is in a row, beside the files of the worker."""
WORKER = ("worker.py", "evaluation.py", "scenario_work.py")


@dataclass(frozen=True)
class RunJob:
    """One run of a task: the name that its content has, and its scenario where the work runs several."""

    id: str
    scenario: Any = None


class Work(Protocol):
    """What is simulated and read for the jobs of a task; must be picklable."""

    def start(self, task: Task) -> Simulate:
        """Return what gives the row of each job; the jobs of a task may share what it keeps."""
        ...


@dataclass(frozen=True)
class Task:
    """Runs that one worker carries out together.

    Attributes
    ----------
    jobs : tuple of RunJob
    draw : dict
        Parameter values of the draw, by dotted name.
    seed, stream : int
        Seed of the study, and random stream: runs with both the same share their random numbers.
    work : Work
    """

    jobs: tuple[RunJob, ...]
    draw: Mapping[str, Any]
    seed: int
    stream: int
    work: Work

    def only(self, *jobs: RunJob) -> Self:
        """Return a task with some of its runs."""
        return replace(self, jobs=jobs)


@dataclass(frozen=True)
class RunReport:
    """A finished run: its row, or why there is none."""

    id: str
    seconds: float
    row: np.ndarray[Any, Any] | None = None
    error: str = ""
    trace: str = ""


@dataclass(frozen=True)
class TaskReport:
    """What a worker hands back."""

    runs: tuple[RunReport, ...]
    code: str
    host: str


class _OneThread:
    """Keeps numerical libraries at one thread: sums must not depend on how many a worker has.

    The limit is that of the process. Dask may carry out several tasks in one: the last to end lifts it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limits: Any = None
        self._found: tuple[int, ThreadpoolController] | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._limits is None:
                self._limits = self._libraries().limit(limits=1)

    def _libraries(self) -> ThreadpoolController:
        """Return the numerical libraries; looked for again only when something has been imported since."""
        modules = len(sys.modules)
        if self._found is None or self._found[0] != modules:
            self._found = modules, ThreadpoolController()
        return self._found[1]

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._limits is not None:
                self._limits.restore_original_limits()
                self._limits = None


ONE_THREAD = _OneThread()


def carry_out(task: Task) -> TaskReport:
    """Carry out the runs of a task; whatever goes wrong with one of them stands in its report."""
    with ONE_THREAD:
        simulate = task.work.start(task)
        reports = [_guarded(job, simulate) for job in task.jobs]
    return TaskReport(tuple(reports), code_version(), platform.node())


@cache
def code_version() -> str:
    """Return the SHA-256 (hex) of everything but the inputs that decides the bits of a run.

    These are the rules, their data, what is recorded, and the versions of Python and the numerical packages;
    comments and docstrings are not among them.
    """
    root = store.PACKAGE
    files = [path for folder in DECIDING for path in (root / folder).rglob("*")]
    files += [Path(__file__).with_name(name) for name in WORKER]
    packages = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    return store.code_hash(root, files, "; ".join([platform.python_version(), *packages]), store.instructions)


def run_id(*content: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return the name of a run: a hash of the code and of everything else that decides its row.

    The same content has the same name in every folder, so that finished runs are found again.
    """
    text = json.dumps([code_version(), *content], allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _guarded(job: RunJob, simulate: Simulate) -> RunReport:
    clock = time.perf_counter()
    try:
        with at_work(job.id):
            row = simulate(job)
    except AnkomstError as problem:
        return RunReport(job.id, time.perf_counter() - clock, error="; ".join(map(str, problem.problems)))
    except Exception as problem:  # noqa: BLE001 - a fault of one run is a row of the registry, not the end
        said = " ".join(str(problem).split())
        error = f"{type(problem).__name__}: {said}" if said else type(problem).__name__
        return RunReport(job.id, time.perf_counter() - clock, error=error, trace=traceback.format_exc())
    return RunReport(job.id, time.perf_counter() - clock, row=row)
