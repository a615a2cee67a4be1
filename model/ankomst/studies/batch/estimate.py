"""What a batch will take, before it is started: runs, time and disk, from one run that is timed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ankomst.errors import RunError
from ankomst.studies.batch.plan import BatchPlan, plan
from ankomst.studies.batch.scenario_work import ScenarioWork, pays_grants, shadow_policy
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.worker import carry_out

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.engine.worker import Task
    from ankomst.studies.schema.experiment import Experiment

PROBE_NEWCOMERS = 7000
"""A year at most in the run that is timed; larger samples take time in proportion."""
WARM_UP_NEWCOMERS = 60
START_SECONDS = 4.0
"""Until local workers have loaded the program."""
COMPRESSED = 0.88
"""Size of a row in a part, as a share of its numbers; measured on headline runs."""
LEDGER_BYTES = 400.0
"""A line of the ledger."""


@dataclass(frozen=True)
class BatchEstimate:
    """What a batch will take.

    Attributes
    ----------
    runs, finished : int
        All runs, and those that the folder holds already.
    most_runs : int
        Runs if a precision is asked for and its cap is reached; else `runs`.
    shadow_runs : int
        Further simulations for the deadweight of grants.
    seconds_a_run : float
        Of one core, measured now.
    seconds : float
        From start to end, for what is left of `runs`.
    bytes : float
        On disk, all runs.
    """

    runs: int
    finished: int
    most_runs: int
    shadow_runs: int
    seconds_a_run: float
    seconds: float
    bytes: float


def estimate(experiment: Experiment, out: Path, workers: int) -> BatchEstimate:
    """Lay out an experiment and time one run of its baseline.

    Raises
    ------
    RunError
        The baseline itself fails.
    """
    everything = plan(experiment)
    finished = _finished(out) & {run.id for run in everything.runs}
    left = {run.id for run in everything.runs} - finished
    shadows = sum(_shadows(task) for task in everything.tasks(left)) if experiment.deadweight else 0
    each = _seconds(everything)
    most = len(everything.runs)
    if experiment.precision is not None:
        most = most // experiment.replicates * max(experiment.replicates, experiment.precision.at_most)
    return BatchEstimate(
        runs=len(everything.runs),
        finished=len(finished),
        most_runs=most,
        shadow_runs=shadows,
        seconds_a_run=each,
        seconds=(len(left) + shadows) * each / workers + START_SECONDS,
        bytes=len(everything.runs) * (8.0 * everything.layout.size * COMPRESSED + LEDGER_BYTES),
    )


def _finished(out: Path) -> set[str]:
    if not (out / NAME).is_file():
        return set()
    with Ledger(out / NAME, readonly=True) as ledger:
        return ledger.ids("done")


def _shadows(task: Task) -> int:
    """Count the simulations of a task that are no run of the batch themselves."""
    scenarios = [job.scenario for job in task.jobs if job.scenario.rules == "at_date"]
    scaled = [
        scenario for scenario in scenarios if scenario.accounts.budget_neutral and pays_grants(scenario)
    ]
    paying = {
        shadow_policy(scenario) for scenario in scenarios if scenario not in scaled and pays_grants(scenario)
    }
    own = {shadow_policy(scenario) for scenario in scenarios if not pays_grants(scenario)}
    return len(paying - own) + 2 * len(scaled)  # those scaled to a budget are priced on a further run


def _seconds(everything: BatchPlan) -> float:
    """Time one run of the baseline on one core."""
    baseline = everything.experiment.baseline
    run = next(run for run in everything.runs if run.scenario == baseline)
    task, asked = everything.task_of(run), everything.experiment.newcomers_per_year
    size = min(PROBE_NEWCOMERS, asked)
    for newcomers in (WARM_UP_NEWCOMERS, size):
        clock = time.perf_counter()
        work = ScenarioWork(newcomers, everything.layout, deadweight=False)
        (report,) = carry_out(replace(task, work=work)).runs
        spent = time.perf_counter() - clock
        if report.row is None:
            raise RunError(f"the baseline {baseline} cannot be run: {report.error}")
    return spent * asked / size
