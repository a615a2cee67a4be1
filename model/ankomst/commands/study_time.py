"""Saying what a study takes before it is run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.errors import ExperimentError
from ankomst.studies.engine.evaluation import evaluation
from ankomst.studies.engine.runs import default_workers
from ankomst.studies.engine.worker import carry_out

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.engine.evaluation import Measures


def time_of(measures: Measures, seed: int, evaluations: int, workers: int | None) -> tuple[float, float, int]:
    """Time one evaluation of a study, after one that compiles.

    Returns
    -------
    tuple
        Seconds of one evaluation, seconds of all, and the workers that share them.

    Raises
    ------
    ExperimentError
        The model cannot be evaluated.
    """
    task = evaluation(measures, {}, seed, 0)
    carry_out(task)
    clock = time.perf_counter()
    (report,) = carry_out(task).runs
    spent = time.perf_counter() - clock
    if report.row is None:
        raise ExperimentError(f"the model cannot be evaluated: {report.error}")
    count = workers or default_workers()
    return spent, spent * evaluations / count, count


def say_time(
    measures: Measures, seed: int, evaluations: int, place: Path, workers: int | None, *, as_json: bool
) -> None:
    """Say how many evaluations a study has and how long they take, from one that is timed.

    Raises
    ------
    ExperimentError
        The model cannot be evaluated.
    """
    spent, seconds, count = time_of(measures, seed, evaluations, workers)
    if as_json:
        console.print_json(
            {
                "out": str(place),
                "evaluations": evaluations,
                "seconds_an_evaluation": spent,
                "seconds": seconds,
            }
        )
        return
    console.out_console().print(
        f"{evaluations:,} evaluations, {spent:.2f} s each: about {seconds / 60:.0f} minutes with {count} "
        f"workers, into {place}",
    )
