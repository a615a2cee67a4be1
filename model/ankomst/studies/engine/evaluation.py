"""An evaluation: what is measured on the model at one set of parameter values, as a task for a worker.

Calibration and validation ask for many of them. What is measured is up to the study: any object that is a
`Measures`. An evaluation is named by its content, so that a finished one is found again.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ankomst.errors import AnkomstError
from ankomst.studies.engine.at_work import at_work
from ankomst.studies.engine.worker import ONE_THREAD, RunReport, TaskReport, code_version

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = np.ndarray[Any, Any]


class Measures(Protocol):
    """What is measured at a set of parameter values; must be picklable.

    Attributes
    ----------
    names : tuple of str
        One a number, in the order of `measure`.
    digest : str
        SHA-256 (hex) of everything that decides the numbers besides draw, luck and code.
    """

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102 - described above
    @property
    def digest(self) -> str: ...  # noqa: D102

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> Array:
        """Simulate with the values of a draw and return the numbers, shape (names,)."""
        ...


@dataclass(frozen=True)
class Evaluation:
    """A task of one evaluation.

    Attributes
    ----------
    id : str
    measures : Measures
    draw : dict
        Parameter values by dotted name.
    seed, stream : int
        Seed of the study and number of the luck: evaluations with both the same share their luck.
    """

    id: str
    measures: Measures
    draw: Mapping[str, Any]
    seed: int
    stream: int

    @property
    def jobs(self) -> tuple[Evaluation, ...]:
        """Return itself: a task has one evaluation."""
        return (self,)


def evaluation(measures: Measures, draw: Mapping[str, Any], seed: int, stream: int) -> Evaluation:
    """Return an evaluation under the name that its content has."""
    content = [code_version(), measures.digest, sorted(draw.items()), seed, stream]
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return Evaluation(hashlib.sha256(text.encode()).hexdigest()[:32], measures, draw, seed, stream)


def evaluate(task: Evaluation) -> TaskReport:
    """Carry out an evaluation; whatever goes wrong stands in its report."""
    clock = time.perf_counter()
    with ONE_THREAD:
        try:
            with at_work(task.id):
                found = task.measures.measure(task.draw, task.seed, task.stream)
            row = np.asarray(found, dtype=np.float64)
            report = RunReport(task.id, time.perf_counter() - clock, row=row)
        except AnkomstError as problem:
            report = RunReport(
                task.id, time.perf_counter() - clock, error="; ".join(map(str, problem.problems))
            )
        except Exception as problem:  # noqa: BLE001 - a fault of one evaluation is no end of the study
            error = f"{type(problem).__name__}: {' '.join(str(problem).split())}"
            seconds = time.perf_counter() - clock
            report = RunReport(task.id, seconds, error=error, trace=traceback.format_exc())
    return TaskReport((report,), code_version(), platform.node())
