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
from ankomst.studies.metrics.displaced_work import WorkOfRun, counts_displaced
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
"""Populations that a process keeps: points of a block share their random stream, and so their people."""
_PEOPLE: OrderedDict[tuple[Any, ...], Population] = OrderedDict()
KEPT_BASELINES = 256
"""Baselines of which a process keeps the months in work: designs of a search are run without it."""
_BASELINES: OrderedDict[tuple[Any, ...], WorkOfRun] = OrderedDict()


@dataclass(frozen=True)
class PairedMeasures:
    """Metrics of several scenarios that share draw and random stream, as `engine.evaluation.Measures`.

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
        """Return the SHA-256 of what decides the numbers besides draw, random stream and code."""
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
            Random stream: the same in all scenarios.

        Returns
        -------
        ndarray, shape (scenarios * metrics,)
            NaN for scenarios that were not asked for.
        """
        only = str(draw[ONLY]).split(",") if ONLY in draw else tuple(self.scenarios)
        found = np.full((len(self.scenarios), len(self.metrics)), np.nan)
        for k, name in enumerate(self.scenarios):
            if name not in only:
                continue
            result, lost = self._run(*self._at(name, draw, seed, stream))
            found[k] = read(result, self.metrics, lost)
            if self._with_displaced and k:
                base = self._baseline(draw, seed, stream)
                work = WorkOfRun.of(result)
                for place in self._with_displaced:
                    found[k, place] += base.displaced_by(work, self.metrics[place])
            elif self._with_displaced:
                key = self._baseline_key(draw, seed, stream)
                _keep(_BASELINES, key, WorkOfRun.of(result), KEPT_BASELINES)
        return found.ravel()

    @cached_property
    def _with_displaced(self) -> tuple[int, ...]:
        """Positions of the metrics that count displaced workers; none where nothing is compared."""
        if len(self.scenarios) == 1:
            return ()
        return tuple(k for k, each in enumerate(self.metrics) if counts_displaced(each))

    def _taken(self, draw: Mapping[str, Any]) -> set[str]:
        """Return the keys of a draw that are no parameters."""
        return {key for key in draw if key == ONLY or any(change.takes(key) for change in self.changes)}

    def _at(
        self, name: str, draw: Mapping[str, Any], seed: int, stream: int
    ) -> tuple[Scenario, dict[str, Any], tuple[Any, ...] | None]:
        """Return a scenario at a point, how it is run, and the key of its people; None if none are kept."""
        taken = self._taken(draw)
        values = {key: value for key, value in draw.items() if key not in taken}
        scenario, people = self.scenarios[name], self._people[name]
        for change in self.changes:
            mine = {key: draw[key] for key in taken if change.takes(key)}
            if mine and name in change.scenarios:
                scenario = change.applied(scenario, mine)
                people = "" if change.people else people
        run = {
            "newcomers_per_year": self.newcomers_per_year,
            "seed": seed,
            "replicate": stream,
            "parameters": scenario.parameter_values(values),
        }
        traits = tuple(sorted(item for item in values.items() if item[0].startswith("population.")))
        return scenario, run, (seed, stream, self.newcomers_per_year, people, traits) if people else None

    def _baseline(self, draw: Mapping[str, Any], seed: int, stream: int) -> WorkOfRun:
        """Return the months in work of the baseline at a point, from its run or from an earlier one."""
        key = self._baseline_key(draw, seed, stream)
        found = _BASELINES.get(key)
        if found is None:
            found = WorkOfRun.of(self._run(*self._at(next(iter(self.scenarios)), draw, seed, stream))[0])
        _keep(_BASELINES, key, found, KEPT_BASELINES)
        return found

    def _baseline_key(self, draw: Mapping[str, Any], seed: int, stream: int) -> tuple[Any, ...]:
        """Name the baseline's run at a point; what only other scenarios take has no say in it."""
        name = next(iter(self.scenarios))
        other = {
            key
            for change in self.changes
            for key in draw
            if change.takes(key) and name not in change.scenarios
        }
        point = tuple(sorted((key, value) for key, value in draw.items() if key not in other and key != ONLY))
        return (self.digest, seed, stream, point)

    def _run(
        self, scenario: Scenario, run: Mapping[str, Any], people: tuple[Any, ...] | None
    ) -> tuple[Result, list[Deadweight] | None]:
        """Simulate what the metrics need of a scenario, the run without grants only where one needs it."""
        if not self._needs.counterfactual:
            return self._simulated(scenario, run, people), None
        if scenario.accounts.budget_neutral:
            scenario = budget_neutral(scenario, **run)
        result = self._simulated(scenario, run, people)
        counterfactual = simulate(
            without_grants(scenario), **run, population=result.population, watched=scenario.result_grants
        )
        return result, deadweight(result, counterfactual)

    def _simulated(self, scenario: Scenario, run: Mapping[str, Any], key: tuple[Any, ...] | None) -> Result:
        """Run a scenario as far as the metrics need, with people who are kept for the next one."""
        until = None if self._needs.counterfactual else self._needs.until
        result = simulate(scenario, **run, population=_PEOPLE.get(key) if key else None, until=until)
        if key:
            _keep(_PEOPLE, key, result.population, KEPT)
        return result


def _keep(kept: OrderedDict[tuple[Any, ...], Any], key: tuple[Any, ...], value: object, most: int) -> None:
    """Put a value last in the line of those that are let go; other threads of a Dask worker do the same."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
