"""The runs behind a set of targets, and the numbers that are read from them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.simulate import simulate
from ankomst.studies.design.people import same_people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result
    from ankomst.studies.metrics.quantities import Quantity

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Run:
    """A run of an evaluation: scenario, sample [people a year], months that people are followed."""

    scenario: Scenario
    newcomers_per_year: int
    until: int


@dataclass(frozen=True)
class TargetMeasures:
    """What is simulated and read at one set of parameter values.

    Attributes
    ----------
    runs : tuple of Run
    quantities : tuple of Quantity
    replicates : int
        Replicates that every number is the mean of.
    """

    runs: tuple[Run, ...]
    quantities: tuple[Quantity, ...]
    replicates: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the numbers."""
        return tuple(quantity.name for quantity in self.quantities)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the runs and of what is read from them; published values are no part of it."""
        content = [
            [[run.scenario.policy_hash, run.newcomers_per_year, run.until] for run in self.runs],
            [asdict(quantity) for quantity in self.quantities],
            self.replicates,
        ]
        return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()

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
        ndarray, shape (quantities,)
        """
        found = [self._once(draw, seed, stream * self.replicates + k) for k in range(self.replicates)]
        return np.asarray(np.mean(found, axis=0))

    def _once(self, draw: Mapping[str, Any], seed: int, replicate: int) -> Array:
        results: list[Result] = []
        for run in self.runs:
            known = next(
                (
                    result.population
                    for result, other in zip(results, self.runs, strict=False)
                    if other.newcomers_per_year == run.newcomers_per_year
                    and same_people(other.scenario, run.scenario)
                ),
                None,
            )
            results.append(
                simulate(
                    run.scenario,
                    newcomers_per_year=run.newcomers_per_year,
                    seed=seed,
                    replicate=replicate,
                    parameters=run.scenario.parameter_values(draw),
                    population=known,
                    until=run.until,
                )
            )
        return np.array([quantity.read(results) for quantity in self.quantities])
