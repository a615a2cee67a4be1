"""What each month of a run is like for everybody: demand, reception, readiness (docs/ODD.md 6.3, 7.19)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ankomst.policy import law
from ankomst.policy.arrivals import received_by_year
from ankomst.simulation.kernels.arrays import Conditions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.inflow import Inflow
    from ankomst.simulation.kernels.arrays import Floats

READY_PRE: Final = dt.date(2013, 7, 1)
"""Month from which the share classed as job-ready leaves its level before the reform."""


def conditions(
    scenario: Scenario, parameters: Mapping[str, Any], inflow: Inflow, months: int
) -> tuple[Conditions, ...]:
    """Return the conditions of every month of a run.

    Parameters
    ----------
    scenario : Scenario
    parameters : mapping
        Values by dotted name.
    inflow : Inflow
        Who arrives when: reception is congested by the run's own newcomers.
    months : int
        Months of the run.
    """
    women, ready_women = parameters["period.women"], parameters["readiness.ready_women"]
    congested = np.zeros(months)
    if scenario.rules == "denmark":
        congested = parameters["period.congestion"] * reception(scenario, inflow, months)
    return tuple(
        Conditions(demand, (term, women * term), (share, ready_women * share))
        for demand, term, share in zip(
            _demand(scenario, months), congested.tolist(), _ready(scenario, parameters, months), strict=True
        )
    )


def reception(scenario: Scenario, inflow: Inflow, months: int) -> Floats:
    """Return how many more people reception is used to than come, as a logarithm, shape (months,).

    The logarithm of mean monthly arrivals of refugees and their family in the 36 months before over those in
    the twelve months before: exactly 0 for a constant inflow, and 0 where nobody came. Years outside the run
    are as published where the run has the arrivals of Denmark, and otherwise as its first and its last year.
    """
    first, own = scenario.first_year, inflow.received.tolist()
    known = dict(zip(range(first, first + len(own)), own, strict=True))
    if scenario.population.arrivals == "denmark":
        known = received_by_year() | known
    years = range(first - 3, first + -(-months // 12) + 1)
    people = np.array([known[min(max(year, min(known)), max(known))] for year in years])
    t = np.arange(months)
    now, passed = t // 12 + 3, t % 12  # the calendar year, and its months that have passed
    before = people[now - 1]
    # Differences to the year before: a constant inflow gives exactly the same means.
    short = before + (people[now] - before) * passed / 12
    lately = (people[now] - before) * passed + (people[now - 2] - before) * 12
    long = before + (lately + (people[now - 3] - before) * (12 - passed)) / 36
    some = (short > 0.0) & (long > 0.0)
    return np.where(some, np.log(np.where(some, long, 1.0) / np.where(some, short, 1.0)), 0.0)


def _ready(scenario: Scenario, parameters: Mapping[str, Any], months: int) -> list[float]:
    """Return the share of men on benefit who are classed as job-ready, by month."""
    before = float(parameters["readiness.ready_pre"])
    if scenario.rules != "denmark" or law.sets(scenario, "placements", "job_ready_from_day_one"):
        reformed = scenario.placements.job_ready_from_day_one
        return [float(parameters["constants.ready_reform"]) if reformed else before] * months
    path = parameters["constants.ready_path"]
    known = [READY_PRE, *(dt.date.fromisoformat(f"{month}-01") for month in path)]
    shares = [before, *path.values()]
    run = scenario.first_year * 12 + np.arange(months)
    found = np.interp(run, [day.year * 12 + day.month - 1 for day in known], shares)
    return [float(share) for share in found]


def _demand(scenario: Scenario, months: int) -> list[float]:
    """Return national demand by month, percentage points of employment (docs/ODD.md 6.3)."""
    path = scenario.national_demand
    if not isinstance(path, dict):
        return [float(path)] * months
    found = []
    for t in range(months):
        now = (scenario.first_year + t // 12, t % 12 + 1)
        passed = [day for day in path if (day.year, day.month) <= now]
        found.append(float(path[max(passed)]) if passed else 0.0)
    return found
