"""An evaluation: what is measured on the model at one set of parameter values, as a task with one job.

Every kind of study but a batch asks for many of them. What is measured is up to the study: any object that is
a `Measures`. An evaluation is named by its content, so that a finished one is found again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ankomst.studies.engine.worker import RunJob, Task, run_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.studies.engine.worker import Simulate

Array = np.ndarray[Any, Any]


class Measures(Protocol):
    """What is measured at a set of parameter values; must be picklable.

    Attributes
    ----------
    names : tuple of str
        One a number, in the order of `measure`.
    digest : str
        SHA-256 (hex) of everything that decides the numbers besides draw, random stream and code.
    """

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102 - described above
    @property
    def digest(self) -> str: ...  # noqa: D102

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> Array:
        """Simulate with the values of a draw and return the numbers, shape (names,)."""
        ...


@dataclass(frozen=True)
class Measuring:
    """The work of an evaluation."""

    measures: Measures

    def start(self, task: Task) -> Simulate:
        """Return what measures at the draw of the task."""
        measure = self.measures.measure
        return lambda _: np.asarray(measure(task.draw, task.seed, task.stream), dtype=np.float64)


def evaluation(measures: Measures, draw: Mapping[str, Any], seed: int, stream: int) -> Task:
    """Return an evaluation under the name that its content has."""
    job = RunJob(run_id(measures.digest, sorted(draw.items()), seed, stream))
    return Task((job,), draw, seed, stream, Measuring(measures))
