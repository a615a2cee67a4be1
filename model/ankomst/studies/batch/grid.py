"""The headline grid: four introduction periods times eight designs of result grants, all paired.

Per replicate and period the run without grants doubles as the shadow run: it watches the milestones of all
eight designs, so that one run serves the deadweight of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.policy.grants import ResultGrant, grants_2013
from ankomst.policy.scenario import Scenario, load_scenario
from ankomst.simulation.deadweight import budget_scale, deadweight, without_grants
from ankomst.simulation.result import Result, simulate
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.engine.runs import Progress, run_all
from ankomst.studies.metrics.summary import Summary, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ankomst.simulation.newcomers import Population

PERIODS = ("three_year", "one_year", "one_year_flexible", "one_year_flexible_concentrated")
DESIGNS = (
    "grant_2013", "no_grant", "grant_by_speed", "grant_at_entry", "grant_sustained_12", "grant_risk_adjusted",
    "grant_after_period", "grant_above_benchmark",
)  # fmt: skip
BASELINE = ("three_year", "grant_2013")


@dataclass(frozen=True)
class Cell:
    """One combination in one replicate; with draws, replicate k is run with draw k."""

    summary: Summary
    paid: float
    """Result grants per newcomer, DKK, undiscounted."""
    deadweight: float
    """Share of grants paid for results that the shadow run reaches too; NaN without grants."""
    budget_scale: float
    """Factor on the amounts that makes the design cost what the 2013 rule costs on the shadow run."""


def load_grid(folder: Path, overrides: Mapping[str, Any] | None = None) -> dict[tuple[str, str], Scenario]:
    """Compose the 32 scenarios of the grid from a folder of scenario files."""
    return {
        (period, design): load_scenario(f"{folder / period}.yaml+{folder / design}.yaml", overrides)
        for period in PERIODS
        for design in DESIGNS
    }


def run_grid(
    scenarios: Mapping[tuple[str, str], Scenario],
    *,
    replicates: int,
    seed: int,
    newcomers_per_year: int | None = None,
    draws: Sequence[Mapping[str, float]] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[dict[tuple[str, str], Cell]]:
    """Run the grid; one entry a replicate.

    Parameters
    ----------
    scenarios : mapping from (period, design) to Scenario
    replicates, seed : int
    newcomers_per_year : int, optional
    draws : sequence of mappings, optional
        Parameters by dotted name, one a replicate: all scenarios of replicate k are run with draw k, each
        replicate with its own luck. The registry's values if left out.
    workers : int, optional
        Threads; the result does not depend on it.
    progress : callable, optional
        Called with finished and all runs.

    Raises
    ------
    RunError
        Scenarios have other simulated people than the first.
    """
    named = {"+".join(key): scenario for key, scenario in scenarios.items()}
    refuse_other_people(named, next(iter(named)), newcomers_per_year=newcomers_per_year)
    designs = len({design for _, design in scenarios})
    jobs = [
        partial(
            _period,
            scenarios,
            period,
            replicate,
            seed,
            newcomers_per_year,
            None if draws is None else draws[replicate],
        )
        for replicate in range(replicates)
        for period in dict.fromkeys(period for period, _ in scenarios)
    ]

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(done * designs, total * designs)

    parts = run_all(jobs, workers, report)
    cells: list[dict[tuple[str, str], Cell]] = [{} for _ in range(replicates)]
    for k, part in enumerate(parts):
        cells[k * replicates // len(parts)].update(part)
    return cells


def _period(
    scenarios: Mapping[tuple[str, str], Scenario], period: str, replicate: int, seed: int, sample: int | None,
    draw: Mapping[str, float] | None,
) -> dict[tuple[str, str], Cell]:  # fmt: skip
    """Run every design under one introduction period, on the same people."""
    mine = {design: scenario for (name, design), scenario in scenarios.items() if name == period}
    watched: list[ResultGrant] = list(grants_2013())
    for scenario in mine.values():
        watched += [grant for grant in scenario.result_grants if grant not in watched]
    run = partial(simulate, newcomers_per_year=sample, seed=seed, replicate=replicate, parameters=draw)
    shadow = run(without_grants(next(iter(mine.values()))), watched=watched)
    people: Population = shadow.population
    cells = {}
    for design, scenario in mine.items():
        result = run(scenario, population=people) if scenario.result_grants else shadow
        cells[period, design] = _cell(result, shadow, scenario)
    return cells


def _cell(result: Result, shadow: Result, scenario: Scenario) -> Cell:
    entries = deadweight(result, shadow) if result is not shadow else []
    paid = sum(entry.paid for entry in entries)
    lost = sum(entry.deadweight for entry in entries)
    return Cell(
        summary=summarise(result),
        paid=paid / (result.weight * result.n),
        deadweight=lost / paid if paid else float("nan"),
        budget_scale=budget_scale(shadow, scenario.result_grants) if scenario.result_grants else float("nan"),
    )


def values(
    cells: list[dict[tuple[str, str], Cell]], key: tuple[str, str], read: Callable[[Any], Any]
) -> np.ndarray[Any, Any]:
    """Read a number or an array of one combination in every replicate; first axis replicates."""
    return np.array([read(cell[key]) for cell in cells])
