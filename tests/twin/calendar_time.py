"""Who arrives in which year, and what calendar time makes of a run (docs/ODD.md 2.5 and 7.17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ankomst.policy.arrivals import read_arrivals

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario


def real_people_by_year(scenario: Scenario) -> list[float]:
    """Real people who arrive in each year of arrivals."""
    population = scenario.population
    if population.arrivals is None:
        return [population.real_inflow_per_year] * population.arrival_years
    if isinstance(population.arrivals, Mapping):
        return [population.arrivals[year] for year in sorted(population.arrivals)]
    return list(read_arrivals(population.arrivals).people)


def weight_of(scenario: Scenario) -> float:
    """Real people that one newcomer of the sample stands for: one number for the whole run."""
    people = real_people_by_year(scenario)
    return sum(people) / len(people) / scenario.population.newcomers_per_year


def months_of_run(scenario: Scenario) -> int:
    """Calendar months until the last newcomer has been followed to the end."""
    return 12 * len(real_people_by_year(scenario)) + scenario.horizon.follow_up_months - 1


def national_demand(scenario: Scenario, month: int) -> float:
    """Points of employment in the calendar month; each entry of a path holds from its date on, 0 before."""
    path = scenario.national_demand
    if not isinstance(path, Mapping):
        return float(path)
    today = dt.date(scenario.first_year + month // 12, month % 12 + 1, 1)
    points = 0.0
    for day in sorted(path):
        if day <= today:
            points = path[day]
    return points
