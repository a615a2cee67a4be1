"""What a calibration measures at one set of parameter values: runs, and the numbers read from them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.simulate import simulate
from ankomst.studies.design.people import same_people
from ankomst.studies.metrics.contrasts import number_name
from ankomst.studies.metrics.metric import union
from ankomst.studies.metrics.read import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.newcomers import Population
    from ankomst.studies.metrics.contrasts import Contrast
    from ankomst.studies.metrics.metric import Metric

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class TargetRun:
    """A run of an evaluation: scenario, sample [people a year], and what is read from it."""

    scenario: Scenario
    newcomers_per_year: int
    metrics: tuple[Metric, ...]

    @property
    def until(self) -> int | None:
        """Return the months that everybody is followed; None to the end of the run."""
        return union(self.metrics).until


@dataclass(frozen=True)
class TargetMeasures:
    """What is simulated and read at one set of parameter values.

    Attributes
    ----------
    runs : dict of TargetRun
        By the names under which the contrasts know them.
    contrasts : dict of Contrast
        By name of the target.
    replicates : int
        Replicates that every number is the mean of.
    """

    runs: Mapping[str, TargetRun]
    contrasts: Mapping[str, Contrast]
    replicates: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the numbers."""
        return tuple(self.contrasts)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the runs and of what is read from them; published values are no part of it."""
        content = [
            [
                [name, run.scenario.policy_hash, run.newcomers_per_year, list(map(str, run.metrics))]
                for name, run in self.runs.items()
            ],
            [repr(each) for each in self.contrasts.items()],
            self.replicates,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> Array:
        """Simulate with the values of a draw.

        Parameters
        ----------
        draw : mapping
            Parameter values by dotted name; what a scenario sets itself holds above them.
        seed, stream : int
            The same numbers give the same luck to every draw.

        Returns
        -------
        ndarray, shape (targets,)
        """
        found = [self._once(draw, seed, stream * self.replicates + k) for k in range(self.replicates)]
        return np.asarray(np.mean(found, axis=0))

    def _once(self, draw: Mapping[str, Any], seed: int, replicate: int) -> Array:
        people: list[tuple[TargetRun, Population]] = []
        names: list[str] = []
        found: list[Array] = []
        for name, run in self.runs.items():
            known = (
                population
                for other, population in people
                if other.newcomers_per_year == run.newcomers_per_year
                and same_people(other.scenario, run.scenario)
            )
            result = simulate(
                run.scenario,
                newcomers_per_year=run.newcomers_per_year,
                seed=seed,
                replicate=replicate,
                parameters=run.scenario.parameter_values(draw),
                population=next(known, None),
                until=run.until,
            )
            people.append((run, result.population))
            names += [number_name(metric, name) for metric in run.metrics]
            found.append(read(result, run.metrics))
        row = np.concatenate(found)
        return np.array([contrast.values(row, names) for contrast in self.contrasts.values()])
