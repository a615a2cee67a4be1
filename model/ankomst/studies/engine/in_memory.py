"""Scenarios in some replicates, each simulated once on threads; what is read of a run is all that stays."""

from __future__ import annotations

from collections import Counter
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from ankomst.simulation.simulate import simulate
from ankomst.studies.design.people import same_people
from ankomst.studies.engine.runs import Progress, run_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.newcomers import Population
    from ankomst.simulation.result import Result

T = TypeVar("T")


class SharedPeople:
    """The populations of a batch: drawn by the first run that needs them, let go after the last.

    Parameters
    ----------
    scenarios : sequence of Scenario
    wanted : sequence of tuple
        Every run: position of its scenario, and replicate.
    """

    def __init__(self, scenarios: Sequence[Scenario], wanted: Sequence[tuple[int, int]]) -> None:
        kinds: list[int] = []
        self._kind: list[int] = []
        for k, scenario in enumerate(scenarios):
            found = next((first for first in kinds if same_people(scenarios[first], scenario)), None)
            if found is None:
                kinds.append(k)
            self._kind.append(k if found is None else found)
        self._left = Counter((self._kind[k], replicate) for k, replicate in wanted)
        self._people: dict[tuple[int, int], Population] = {}
        self._lock = Lock()

    def get(self, k: int, replicate: int) -> Population | None:
        """Return the people of scenario k, if they have been drawn in this replicate."""
        with self._lock:
            return self._people.get((self._kind[k], replicate))

    def keep(self, k: int, replicate: int, people: Population) -> None:
        """Keep the people of a finished run as long as another run of the replicate needs them."""
        key = (self._kind[k], replicate)
        with self._lock:
            self._left[key] -= 1
            if self._left[key]:
                self._people.setdefault(key, people)
            else:
                self._people.pop(key, None)


def run_some(
    scenarios: Sequence[Scenario],
    wanted: Sequence[tuple[int, int]],
    read: Callable[[int, Result], T],
    *,
    seed: int,
    newcomers_per_year: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[T]:
    """Simulate scenarios in some replicates and read each run.

    Parameters
    ----------
    scenarios : sequence of Scenario
    wanted : sequence of tuple
        Every run: position of its scenario, and replicate. Runs of a replicate share people where they can:
        side by side they need the least memory.
    read : callable
        Called with the scenario's position and the result; what it returns is kept.
    seed : int
    newcomers_per_year : int, optional
    parameters : mapping, optional
        A draw used in all.
    workers : int, optional
        Threads; the results do not depend on it.
    progress : callable, optional
        Called with finished and all runs.

    Returns
    -------
    list
        What was read, in the order of `wanted`.
    """
    people = SharedPeople(scenarios, wanted)

    def once(k: int, replicate: int) -> T:
        result = simulate(
            scenarios[k],
            newcomers_per_year=newcomers_per_year,
            seed=seed,
            replicate=replicate,
            parameters=parameters,
            population=people.get(k, replicate),
        )
        people.keep(k, replicate, result.population)
        return read(k, result)

    return run_all([partial(once, k, replicate) for k, replicate in wanted], workers, progress)


def run_each(
    scenarios: Sequence[Scenario],
    read: Callable[[int, Result], T],
    *,
    replicates: int,
    seed: int,
    newcomers_per_year: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[list[T]]:
    """Simulate every scenario once a replicate; return what was read by scenario and replicate.

    The arguments are those of `run_some`.
    """
    wanted = [(k, replicate) for replicate in range(replicates) for k in range(len(scenarios))]
    found = run_some(
        scenarios,
        wanted,
        read,
        seed=seed,
        newcomers_per_year=newcomers_per_year,
        workers=workers,
        progress=progress,
    )
    return [found[k :: len(scenarios)] for k in range(len(scenarios))]
