"""Runs in memory: scenarios at some draws and replicates, simulated on threads; a row stays of each run."""

from __future__ import annotations

from collections import Counter
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.simulation.simulate import simulate
from ankomst.studies.design.people import same_people
from ankomst.studies.design.seeds import stream
from ankomst.studies.engine.runs import Progress, run_all
from ankomst.studies.metrics.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.newcomers import Population
    from ankomst.simulation.result import Result
    from ankomst.studies.metrics.record import Layout

Array = np.ndarray[Any, Any]
DRAWS, REPLICATES, NEWCOMERS = 20, 2, 1400
"""Posterior draws, replicates of each, and newcomers a year, where nothing else is asked for."""


class RunsInMemory:
    """The rows of some scenarios as arrays over draws and replicates (see `RunValues`).

    Parameters
    ----------
    rows : mapping of str to ndarray, shape (draws, replicates, layout.size)
        By name of the scenario; NaN where there is no run.
    baseline : str
        The name of one of them.
    layout : Layout
    """

    def __init__(self, rows: Mapping[str, Array], baseline: str, layout: Layout) -> None:
        self.rows, self.baseline, self.layout = rows, baseline, layout
        self.scenarios = tuple(rows)
        self.draws, self.replicates = rows[baseline].shape[:2]

    def values(self, scenario: str, family: str) -> Array:
        """Return a family of a scenario, shape (draws, replicates, *family.shape); NaN where no run is."""
        return self.layout.split(self.rows[scenario])[family]


class SharedPeople:
    """Populations that several runs share: drawn by the first that needs them, let go after the last.

    Parameters
    ----------
    scenarios : sequence of Scenario
    wanted : sequence of tuple
        Every run: position of its scenario, draw and replicate.
    """

    def __init__(self, scenarios: Sequence[Scenario], wanted: Sequence[tuple[int, int, int]]) -> None:
        kinds: list[int] = []
        self._kind: list[int] = []
        for k, scenario in enumerate(scenarios):
            known = next((first for first in kinds if same_people(scenarios[first], scenario)), None)
            if known is None:
                kinds.append(k)
            self._kind.append(k if known is None else known)
        self._left = Counter((self._kind[k], draw, replicate) for k, draw, replicate in wanted)
        self._people: dict[tuple[int, int, int], Population] = {}
        self._lock = Lock()

    def get(self, k: int, draw: int, replicate: int) -> Population | None:
        """Return the people of scenario k at a draw and replicate, if they have been drawn."""
        with self._lock:
            return self._people.get((self._kind[k], draw, replicate))

    def keep(self, k: int, draw: int, replicate: int, people: Population) -> None:
        """Keep the people of a finished run as long as another run needs them."""
        key = (self._kind[k], draw, replicate)
        with self._lock:
            self._left[key] -= 1
            if self._left[key]:
                self._people.setdefault(key, people)
            else:
                self._people.pop(key, None)


def sample_of(scenario: Scenario, newcomers_per_year: int | None) -> int:
    """Return the newcomers a year to simulate: as asked, or the scenario's own, at most `NEWCOMERS`."""
    return newcomers_per_year or min(NEWCOMERS, scenario.population.newcomers_per_year)


def run_rows(
    scenarios: Sequence[Scenario],
    layout: Layout,
    *,
    draws: Sequence[Mapping[str, Any]],
    replicates: int,
    seed: int,
    newcomers_per_year: int,
    wanted: Sequence[tuple[int, int, int]] | None = None,
    read: Callable[[int, int, int, Result], None] = lambda *_: None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Array]:
    """Simulate scenarios at draws and replicates and keep the row of each run.

    Parameters
    ----------
    scenarios : sequence of Scenario
    layout : Layout
        What is kept of a run.
    draws : sequence of mapping
        Parameter values by dotted name; what a scenario sets itself holds above them.
    replicates : int
        Of each draw. Draw and replicate have the random stream that they have in a batch.
    seed : int
    newcomers_per_year : int
    wanted : sequence of tuple, optional
        Runs as (scenario, draw, replicate), where not all are wanted.
    read : callable, optional
        Called with scenario, draw, replicate and result, before the result is let go; on several threads.
    workers : int, optional
        Threads; the results do not depend on it.
    progress : callable, optional
        Called with finished and all runs.

    Returns
    -------
    list of ndarray, one a scenario, shape (draws, replicates, layout.size)
        NaN where no run was wanted.
    """
    if wanted is None:
        wanted = [
            (k, draw, replicate)
            for draw in range(len(draws))
            for replicate in range(replicates)
            for k in range(len(scenarios))
        ]
    people = SharedPeople(scenarios, wanted)
    rows = [np.full((len(draws), replicates, layout.size), np.nan) for _ in scenarios]

    def once(k: int, draw: int, replicate: int) -> None:
        result = simulate(
            scenarios[k],
            newcomers_per_year=newcomers_per_year,
            seed=seed,
            replicate=stream(draw, replicate),
            parameters=scenarios[k].parameter_values(draws[draw]),
            population=people.get(k, draw, replicate),
        )
        people.keep(k, draw, replicate, result.population)
        rows[k][draw, replicate] = record(result, layout)
        read(k, draw, replicate, result)

    run_all([partial(once, *run) for run in wanted], workers, progress)
    return rows


def enough_runs(draws: int, replicates: int) -> None:
    """Refuse a design from which no interval follows.

    Raises
    ------
    RunError
    """
    if replicates < 1:
        raise RunError(f"replicates is {replicates}", allowed="1 or more")
    if draws * replicates < 2:
        raise RunError(
            f"replicates is {replicates} at one parameter set: an interval needs pairs",
            allowed="2 or more replicates, or more draws",
        )
