"""From an experiment to its runs: each named by its content, and the tasks that workers take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankomst.errors import ExperimentError
from ankomst.studies.engine.registry import PlannedRun
from ankomst.studies.engine.scenario_work import ScenarioWork, sharing
from ankomst.studies.engine.worker import RunJob, Task, run_id
from ankomst.studies.metrics.record import Layout, layout_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ankomst.studies.schema.experiment import Experiment

STREAMS = 100_000
"""Replicates that a draw can have: draw 0 has the seeds of `ankomst run`, no two draws share one."""
TASK_RUNS = 8
TASK_NEWCOMERS = 300_000
"""Newcomers that a task may simulate: a killed worker should cost seconds."""


@dataclass(frozen=True)
class BatchPlan:
    """Everything that a batch runs.

    Attributes
    ----------
    experiment : Experiment
    layout : Layout
    replicates : int
        Replicates of each draw.
    runs : tuple of PlannedRun
        By draw, replicate and scenario.
    """

    experiment: Experiment
    layout: Layout
    replicates: int
    runs: tuple[PlannedRun, ...]

    def tasks(self, wanted: Collection[str]) -> Iterator[Task]:
        """Yield the tasks of some runs, given by id.

        Runs of one draw and replicate go together, those that share a shadow run side by side.
        """
        by_pair: dict[tuple[int, int], list[PlannedRun]] = {}
        for run in self.runs:
            if run.id in wanted:
                by_pair.setdefault((run.draw, run.replicate), []).append(run)
        most, experiment = self._most(), self.experiment
        work = ScenarioWork(experiment.newcomers_per_year, self.layout, experiment.deadweight)
        for (draw, replicate), runs in by_pair.items():
            jobs = [RunJob(run.id, experiment.scenarios[run.scenario]) for run in runs]
            for chunk in self._chunks(jobs, most):
                values = experiment.draws.values[draw]
                yield Task(tuple(chunk), values, experiment.seed, stream(draw, replicate), work)

    def task_of(self, run: PlannedRun) -> Task:
        """Return the task of a single run."""
        return next(self.tasks({run.id}))

    def _most(self) -> int:
        people = self.experiment.scenarios[self.experiment.baseline].population
        size = max(1, self.experiment.newcomers_per_year * people.arrival_years)
        return min(TASK_RUNS, max(2, TASK_NEWCOMERS // size))

    def _chunks(self, jobs: list[RunJob], most: int) -> Iterator[list[RunJob]]:
        """Cut the runs of a pair into tasks; those with one counterfactual run stay together if they fit."""
        if not self.experiment.deadweight:
            yield from (jobs[k : k + most] for k in range(0, len(jobs), most))
            return
        chunk: list[RunJob] = []
        for group in sharing(jobs):
            for k in range(0, len(group), most):
                piece = group[k : k + most]
                if chunk and len(chunk) + len(piece) > most:
                    yield chunk
                    chunk = []
                chunk = chunk + piece
        if chunk:
            yield chunk


def stream(draw: int, replicate: int) -> int:
    """Return the replicate number that `simulate` gets: every pair of draw and replicate has its own luck."""
    if replicate >= STREAMS:
        raise ExperimentError(f"replicate {replicate} is too many", allowed=f"at most {STREAMS} replicates")
    return draw * STREAMS + replicate


def plan(experiment: Experiment, replicates: int | None = None) -> BatchPlan:
    """Lay out the runs of an experiment.

    Parameters
    ----------
    experiment : Experiment
    replicates : int, optional
        Replicates of each draw; those of the experiment (its first round) if left out.

    Notes
    -----
    A run's id is the SHA-256 of the policy, the parameters of the draw, the seeds, the sample, what is
    recorded and the code. The same content has the same id in every batch, so that finished runs are found
    again when an experiment is resumed or extended.
    """
    count = experiment.replicates if replicates is None else replicates
    layout = layout_of(experiment.scenarios.values(), experiment.months, experiment.groups)
    policies = {name: scenario.policy_hash for name, scenario in experiment.scenarios.items()}
    common = [experiment.seed, experiment.newcomers_per_year, layout.digest, experiment.deadweight]
    runs = []
    for draw, values in enumerate(experiment.draws.values):
        drawn = sorted(values.items())
        for replicate in range(count):
            shared = [*common, drawn, stream(draw, replicate)]
            runs += [
                PlannedRun(run_id(*shared, policies[name], name), name, draw, replicate) for name in policies
            ]
    return BatchPlan(experiment, layout, count, tuple(runs))
