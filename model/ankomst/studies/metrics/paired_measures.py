"""What a sensitivity analysis or a decision measures at one point: outcomes of paired scenarios."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.deadweight import deadweight, without_grants
from ankomst.simulation.simulate import budget_neutral, simulate
from ankomst.studies.design.people import people_of
from ankomst.studies.metrics.contrasts import number_name
from ankomst.studies.metrics.metric import union
from ankomst.studies.metrics.read import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.deadweight import Deadweight
    from ankomst.simulation.newcomers import Population
    from ankomst.simulation.result import Result
    from ankomst.studies.design.perturbations import Perturbation
    from ankomst.studies.metrics.metric import Metric, Needs

Array = np.ndarray[Any, Any]
ONLY = "scenarios"
"""Key of a draw that names the scenarios to simulate, joined by commas; all without it."""
KEPT = 6
"""Populations that a process keeps: points of a block share their luck, and so their people."""
_PEOPLE: OrderedDict[tuple[Any, ...], Population] = OrderedDict()


@dataclass(frozen=True)
class PairedMeasures:
    """Metrics of several scenarios that share draw and luck, as `engine.evaluation.Measures`.

    Attributes
    ----------
    scenarios : dict
        Scenarios by name, the baseline first.
    metrics : tuple of Metric
    newcomers_per_year : int
        Sample of every run [people a year].
    changes : tuple of Perturbation
        What keys of a draw that are no parameters change in the scenarios.
    """

    scenarios: Mapping[str, Scenario]
    metrics: tuple[Metric, ...]
    newcomers_per_year: int
    changes: tuple[Perturbation, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return one name a number, scenario by scenario; see `number_name`."""
        return tuple(number_name(each, name) for name in self.scenarios for each in self.metrics)

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of what decides the numbers besides draw, luck and code."""
        content = [
            {name: scenario.policy_hash for name, scenario in self.scenarios.items()},
            [str(each) for each in self.metrics],
            self.newcomers_per_year,
            [repr(change) for change in self.changes],
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @cached_property
    def _needs(self) -> Needs:
        return union(self.metrics)

    @cached_property
    def _people(self) -> dict[str, str]:
        """Digest of who arrives, by scenario; empty where the draw has a say in it."""
        return {
            name: ""
            if scenario.dispersal == "demand_weighted"
            else hashlib.sha256(repr(people_of(scenario)).encode()).hexdigest()
            for name, scenario in self.scenarios.items()
        }

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> Array:
        """Simulate the scenarios at one point.

        Parameters
        ----------
        draw : mapping
            Parameter values by dotted name, keys that a change takes, and `ONLY`.
        seed, stream : int
            Luck: the same in all scenarios.

        Returns
        -------
        ndarray, shape (scenarios * metrics,)
            NaN for scenarios that were not asked for.
        """
        taken = {key for key in draw if any(change.takes(key) for change in self.changes)}
        values = {key: value for key, value in draw.items() if key not in taken and key != ONLY}
        traits = tuple(sorted(item for item in values.items() if item[0].startswith("population.")))
        only = str(draw[ONLY]).split(",") if ONLY in draw else tuple(self.scenarios)
        found = np.full((len(self.scenarios), len(self.metrics)), np.nan)
        for k, (name, given) in enumerate(self.scenarios.items()):
            if name not in only:
                continue
            scenario, people = given, self._people[name]
            for change in self.changes:
                mine = {key: draw[key] for key in taken if change.takes(key)}
                if mine and name in change.scenarios:
                    scenario = change.applied(scenario, mine)
                    people = "" if change.people else people
            key = (seed, stream, self.newcomers_per_year, people, traits) if people else None
            run = {
                "newcomers_per_year": self.newcomers_per_year,
                "seed": seed,
                "replicate": stream,
                "parameters": scenario.parameter_values(values),
            }
            result, lost = self._run(scenario, run, _PEOPLE.get(key) if key else None)
            if key:
                _keep(key, result.population)
            found[k] = read(result, self.metrics, lost)
        return found.ravel()

    def _run(
        self, scenario: Scenario, run: Mapping[str, Any], people: Population | None
    ) -> tuple[Result, list[Deadweight] | None]:
        """Simulate what the metrics need of a scenario, the run without grants only where one needs it."""
        if not self._needs.counterfactual:
            return simulate(scenario, **run, population=people, until=self._needs.until), None
        if scenario.accounts.budget_neutral:
            scenario = budget_neutral(scenario, **run)
        result = simulate(scenario, **run, population=people)
        counterfactual = simulate(
            without_grants(scenario), **run, population=result.population, watched=scenario.result_grants
        )
        return result, deadweight(result, counterfactual)


def _keep(key: tuple[Any, ...], people: Population) -> None:
    """Put people last in the line of those that are let go; other threads of a Dask worker do the same."""
    _PEOPLE.pop(key, None)
    _PEOPLE[key] = people
    while len(_PEOPLE) > KEPT:
        _PEOPLE.popitem(last=False)
