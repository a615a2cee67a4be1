"""What a worker does: simulate the runs of one draw and replicate, and hand back their rows.

A task holds everything that it needs, so that it can go to another process or machine. Runs of a task share
people where they can, and share the counterfactual run behind the deadweight of their grants. A run that
fails takes no other with it.
"""

from __future__ import annotations

import platform
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

from ankomst.errors import AnkomstError
from ankomst.policy.rates import load_rates
from ankomst.simulation.deadweight import deadweight, without_grants
from ankomst.simulation.simulate import budget_neutral, simulate
from ankomst.studies.design.people import same_people
from ankomst.studies.engine import store
from ankomst.studies.engine.at_work import at_work
from ankomst.studies.metrics.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.newcomers import Population
    from ankomst.simulation.result import Result
    from ankomst.studies.metrics.record import Layout

PACKAGES = ("numba", "numpy", "scipy")
"""Packages that can move the last bit of a result."""
DECIDING = ("policy", "simulation", "studies/design", "studies/metrics")
"""Folders that decide what is in a row, beside this file and that of evaluations."""


@dataclass(frozen=True)
class Job:
    """One run of a task: the name that its content has, and its scenario."""

    id: str
    name: str
    scenario: Scenario


@dataclass(frozen=True)
class Task:
    """Runs of one draw and replicate.

    Attributes
    ----------
    jobs : tuple of Job
    draw : dict
        Parameter values of the draw, by dotted name; what a scenario sets itself holds above it.
    seed, stream : int
        Seed of the batch, and the number that gives the pair of draw and replicate its own luck.
    newcomers_per_year : int
    layout : Layout
    deadweight : bool
        Whether shadow runs are made for scenarios that pay grants.
    """

    jobs: tuple[Job, ...]
    draw: Mapping[str, Any]
    seed: int
    stream: int
    newcomers_per_year: int
    layout: Layout
    deadweight: bool


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


@dataclass
class _Common:
    """What the runs of a task have in common."""

    task: Task
    people: list[tuple[Scenario, Population]] = field(default_factory=list)
    shadows: dict[str, Result] = field(default_factory=dict)

    def simulate(self, scenario: Scenario, watched: Sequence[ResultGrant] = ()) -> Result:
        known = next((people for first, people in self.people if same_people(first, scenario)), None)
        result = simulate(
            scenario,
            newcomers_per_year=self.task.newcomers_per_year,
            seed=self.task.seed,
            replicate=self.task.stream,
            parameters=self.values(scenario),
            watched=watched,
            population=known,
        )
        if known is None:
            self.people.append((scenario, result.population))
        return result

    def values(self, scenario: Scenario) -> dict[str, Any]:
        return scenario.parameter_values(self.task.draw)


def carry_out(task: Task) -> TaskReport:
    """Simulate the runs of a task; whatever goes wrong with one of them stands in its report."""
    with ONE_THREAD:
        common = _Common(task)
        reports = [_guarded(job, common) for job in _in_order(task)]
    return TaskReport(tuple(reports), code_version(), platform.node())


@cache
def code_version() -> str:
    """Return the SHA-256 (hex) of everything but the inputs that decides the bits of a run.

    These are the rules, their data, what is recorded, and the versions of Python and the numerical packages;
    comments and docstrings are not among them.
    """
    root = store.PACKAGE
    files = [path for folder in DECIDING for path in (root / folder).rglob("*")]
    files += [Path(__file__), Path(__file__).with_name("evaluation.py")]
    packages = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    return store.code_hash(root, files, "; ".join([platform.python_version(), *packages]), store.instructions)


def pays_grants(scenario: Scenario) -> bool:
    """Whether a scenario pays result grants or a bonus for results."""
    return bool(scenario.result_grants) or _bonus(scenario) > 0.0


def shadow_policy(scenario: Scenario) -> str:
    """Return the hash of a scenario without its grants: scenarios with the same one share a shadow run."""
    return without_grants(scenario).policy_hash


def _bonus(scenario: Scenario) -> float:
    own, rates, when = scenario.bonus_extra_job, load_rates(), scenario.date
    if own is not None:
        return float(own)
    known = not rates.extrapolated("bonus_extra_job", when)
    return float(rates.value("bonus_extra_job", when)) if known else 0.0


def _in_order(task: Task) -> list[Job]:
    """Put runs that share a shadow run together, and those without grants last: by then they are made."""
    if not task.deadweight:
        return list(task.jobs)
    groups: dict[str, list[Job]] = {}
    for job in task.jobs:
        groups.setdefault(shadow_policy(job.scenario), []).append(job)
    return [job for group in groups.values() for job in sorted(group, key=_needs_none)]


def _needs_none(job: Job) -> bool:
    return not pays_grants(job.scenario)


def _guarded(job: Job, common: _Common) -> RunReport:
    clock = time.perf_counter()
    try:
        with at_work(job.id):
            row = _run(job.scenario, common)
    except AnkomstError as problem:
        return RunReport(job.id, time.perf_counter() - clock, error="; ".join(map(str, problem.problems)))
    except Exception as problem:  # noqa: BLE001 - a fault of one run is a row in the ledger, not the end
        said = " ".join(str(problem).split())
        error = f"{type(problem).__name__}: {said}" if said else type(problem).__name__
        return RunReport(job.id, time.perf_counter() - clock, error=error, trace=traceback.format_exc())
    return RunReport(job.id, time.perf_counter() - clock, row=row)


def _run(scenario: Scenario, common: _Common) -> np.ndarray[Any, Any]:
    task = common.task
    if not task.deadweight or scenario.rules != "at_date":
        return record(common.simulate(scenario), task.layout)
    if not pays_grants(scenario):
        known = common.shadows.get(shadow_policy(scenario))
        return record(known or common.simulate(scenario), task.layout, [])
    if scenario.accounts.budget_neutral:
        held = _scaled(scenario, common)
        shadow = common.simulate(without_grants(held), held.result_grants)
    else:
        held, shadow = scenario, _shadow(scenario, common)
    result = common.simulate(held)
    return record(result, task.layout, deadweight(result, shadow))


def _scaled(scenario: Scenario, common: _Common) -> Scenario:
    """Return a scenario with `budget_neutral` as it will be run: its grants scaled."""
    return budget_neutral(
        scenario,
        newcomers_per_year=common.task.newcomers_per_year,
        seed=common.task.seed,
        replicate=common.task.stream,
        parameters=common.values(scenario),
    )


def _shadow(scenario: Scenario, common: _Common) -> Result:
    """Return the run without grants that watches the grants of all scenarios that differ in them only."""
    key = shadow_policy(scenario)
    if key not in common.shadows:
        watched: list[ResultGrant] = []
        for job in common.task.jobs:
            if shadow_policy(job.scenario) == key:
                watched += [grant for grant in job.scenario.result_grants if grant not in watched]
        common.shadows = {key: common.simulate(without_grants(scenario), watched)}  # one at a time in memory
    return common.shadows[key]


def only(task: Task, *jobs: Job) -> Task:
    """Return a task with some of its runs."""
    return replace(task, jobs=jobs)
