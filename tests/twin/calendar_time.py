"""Who arrives in which year, and what calendar time makes of a run (docs/ODD.md 2.5 and 7.17)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ankomst.policy.arrivals import read_arrivals, received_by_year

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


def congestion(scenario: Scenario, parameters: Mapping[str, Any], month: int) -> float:
    """R: how many fewer refugees and family came lately than in three years, as a log; 0 at a fixed date."""
    if scenario.rules != "denmark":
        return 0.0
    by_year = refugees_and_family(scenario, parameters)
    if scenario.population.arrivals == "denmark":
        by_year = received_by_year() | by_year
    first, last = min(by_year), max(by_year)

    def came_in(t: int) -> float:
        year = scenario.first_year + t // 12
        return by_year[min(max(year, first), last)] / 12

    lately = sum(came_in(t) for t in range(month - 12, month)) / 12
    usually = sum(came_in(t) for t in range(month - 36, month)) / 36
    return math.log(usually / lately) if usually > 0 and lately > 0 else 0.0


def refugees_and_family(scenario: Scenario, parameters: Mapping[str, Any]) -> dict[int, float]:
    """Real refugees and family of refugees in each year of arrivals."""
    population = scenario.population
    shares = parameters["population.origin_shares"]
    usual = shares["refugee"] + shares["reunified_with_refugee"]
    people = real_people_by_year(scenario)
    first = scenario.first_year
    found = {first + k: number * usual / sum(shares.values()) for k, number in enumerate(people)}
    if population.arrivals is None or isinstance(population.arrivals, Mapping):
        return found
    table = read_arrivals(population.arrivals)
    for year, counts in zip(table.years, table.by_origin or (), strict=False):
        found[year] = counts[0] + counts[1]
    return found


def ready_share(scenario: Scenario, parameters: Mapping[str, Any], month: int) -> float:
    """Share of men among clients who are classed as job-ready in the month (docs/ODD.md 7.19)."""
    before = float(parameters["readiness.ready_pre"])
    offers = scenario.placements
    own = "placements" in scenario.model_fields_set and "job_ready_from_day_one" in offers.model_fields_set
    if scenario.rules != "denmark" or own:
        return float(parameters["constants.ready_reform"]) if offers.job_ready_from_day_one else before
    points = [((2013, 7), before)]
    for name, share in parameters["constants.ready_path"].items():
        year, number = name.split("-")
        points.append(((int(year), int(number)), share))
    now = (scenario.first_year + month // 12, month % 12 + 1)
    earlier = [point for point in points if point[0] <= now]
    later = [point for point in points if point[0] > now]
    if not earlier:
        return points[0][1]
    if not later:
        return points[-1][1]
    (start, low), (end, high) = earlier[-1], later[0]
    length = 12 * (end[0] - start[0]) + end[1] - start[1]
    passed = 12 * (now[0] - start[0]) + now[1] - start[1]
    return float(low + (high - low) * passed / length)
