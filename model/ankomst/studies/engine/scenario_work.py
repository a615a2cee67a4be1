"""The work of a batch: simulate scenarios at one draw and replicate, and keep the numbers of each.

Runs of a task share people where they can, and share the counterfactual run behind the deadweight of their
grants.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ankomst.policy.rates import load_rates
from ankomst.simulation.deadweight import budget_neutral, deadweight, without_grants
from ankomst.simulation.result import Result, simulate
from ankomst.studies.design.people import same_people
from ankomst.studies.metrics.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from ankomst.policy.grants import ResultGrant
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.newcomers import Population
    from ankomst.studies.engine.worker import RunJob, Simulate, Task
    from ankomst.studies.metrics.record import Layout


@dataclass(frozen=True)
class ScenarioWork:
    """What is simulated and kept of the scenarios of a task.

    Attributes
    ----------
    newcomers_per_year : int
    layout : Layout
    deadweight : bool
        Whether counterfactual runs are made for scenarios that pay grants.
    """

    newcomers_per_year: int
    layout: Layout
    deadweight: bool

    def start(self, task: Task) -> Simulate:
        """Return what simulates the scenario of each job."""
        return partial(_run, common=_Common(task, self))


@dataclass
class _Common:
    """What the runs of a task have in common."""

    task: Task
    work: ScenarioWork
    people: list[tuple[Scenario, Population]] = field(default_factory=list)
    shadows: dict[str, Result] = field(default_factory=dict)

    def simulate(self, scenario: Scenario, watched: Sequence[ResultGrant] = ()) -> Result:
        known = next((people for first, people in self.people if same_people(first, scenario)), None)
        result = simulate(
            scenario,
            newcomers_per_year=self.work.newcomers_per_year,
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
        """Return the parameters of a run: what a scenario sets itself holds above the draw."""
        return scenario.parameter_values(self.task.draw)


def pays_grants(scenario: Scenario) -> bool:
    """Whether a scenario pays result grants or a bonus for results."""
    return bool(scenario.result_grants) or _bonus(scenario) > 0.0


def shadow_policy(scenario: Scenario) -> str:
    """Return the hash of a scenario without its grants: scenarios with the same one share a shadow run."""
    return without_grants(scenario).policy_hash


def sharing(jobs: Sequence[RunJob]) -> list[list[RunJob]]:
    """Group runs by the counterfactual run that they share, those without grants last: by then it is made."""
    groups: dict[str, list[RunJob]] = {}
    for job in jobs:
        groups.setdefault(shadow_policy(job.scenario), []).append(job)
    return [sorted(group, key=lambda job: not pays_grants(job.scenario)) for group in groups.values()]


def _bonus(scenario: Scenario) -> float:
    own, rates, when = scenario.bonus_extra_job, load_rates(), scenario.date
    if own is not None:
        return float(own)
    known = not rates.extrapolated("bonus_extra_job", when)
    return float(rates.value("bonus_extra_job", when)) if known else 0.0


def _run(job: RunJob, common: _Common) -> np.ndarray[Any, Any]:
    scenario: Scenario = job.scenario
    work = common.work
    if not work.deadweight or scenario.rules != "at_date":
        return record(common.simulate(scenario), work.layout)
    if not pays_grants(scenario):
        known = common.shadows.get(shadow_policy(scenario))
        return record(known or common.simulate(scenario), work.layout, [])
    if scenario.accounts.budget_neutral:
        held = _scaled(scenario, common)
        shadow = common.simulate(without_grants(held), held.result_grants)
    else:
        held, shadow = scenario, _shadow(scenario, common)
    result = common.simulate(held)
    return record(result, work.layout, deadweight(result, shadow))


def _scaled(scenario: Scenario, common: _Common) -> Scenario:
    """Return a scenario with `budget_neutral` as it will be run: its grants scaled."""
    return budget_neutral(
        scenario,
        newcomers_per_year=common.work.newcomers_per_year,
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
