"""Runs under `rules: denmark` for the tests, and the law's amounts by calendar month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from tests.simulation.support import SMALL_TABLE

from ankomst.policy.scenario import build_scenario
from ankomst.simulation import codes

if TYPE_CHECKING:
    from tests.simulation.lever_runs import Array

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.engine import IntroductionModel

FIRST_YEAR = 2010
DENMARK: dict[str, Any] = {
    "rules": "denmark",
    "population.arrivals": dict.fromkeys(range(FIRST_YEAR, 2019), 300),
    "population.newcomers_per_year": 300,
    "horizon.follow_up_months": 72,
}
OFTEN = {"exits.disability": 0.02, "exits.education_entry": 0.02}
"""Pensions and education often enough to be seen among 2,700 people in six municipalities."""
HOURS = 37 * 52 / 12


def bare(keys: dict[str, Any]) -> Scenario:
    """Return a scenario that sets these keys and nothing else, so that the law moves all others."""
    return build_scenario({}, {"population.municipalities": SMALL_TABLE} | keys)


def month_of(year: int, number: int = 1) -> int:
    return 12 * (year - FIRST_YEAR) + number - 1


def calendar(model: IntroductionModel) -> Array:
    """Calendar month t of each person and month since arrival, shape (n, months)."""
    return np.asarray(model.population.arrival[:, None] + np.arange(model.follow_up))


def by_day(values: dict[tuple[int, int], float], t: Array) -> Array:
    """Value in force in each month, of values by (year, month) from which they hold."""
    starts = [month_of(*key) for key in sorted(values)]
    ordered = np.array([values[key] for key in sorted(values)])
    return np.asarray(ordered[np.searchsorted(starts, t, side="right") - 1])


def cells(model: IntroductionModel, amount: Array) -> Array:
    """Add up amounts of persons and months by arrival month, shape (arrival months, months)."""
    found = np.zeros((model.arrival_months, model.follow_up))
    np.add.at(found, model.population.arrival, amount)
    return found


def booked(model: IntroductionModel, item: str) -> Array:
    return np.asarray(model.records.ledger_cohort[:, :, codes.ITEMS.index(item)])


def same(one: Array, two: Array) -> None:
    np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-6)
    assert one.sum() > 0


def index(t: Array) -> Array:
    values = {
        (2010, 1): 1.0, (2014, 1): 1.015, (2015, 1): 1.03, (2016, 1): 1.05, (2017, 1): 1.07, (2018, 1): 1.09,
        (2019, 1): 1.115, (2021, 1): 1.165, (2024, 1): 1.29,
    }  # fmt: skip
    return by_day(values, t)
