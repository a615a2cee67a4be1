"""Figures by permit: recounted by plain loops, as before without a wait, lower with a longer one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from ankomst.simulation import codes as c
from ankomst.simulation.engine import IntroductionModel
from ankomst.studies.metrics.named import NAMED
from ankomst.studies.metrics.waits import waits
from ankomst.studies.metrics.watched_runs import BOOM, DatedRun, month_of, watch_dates
from ankomst.studies.validation.study import scenarios

WAITING = {"observation.wait": 2.4, "observation.wait_boom": 1.2}
JOBS = (c.EMPLOYED, c.SUBSIDISED_JOB, c.TRAINEE_JOB)


def model(changed: dict[str, Any]) -> IntroductionModel:
    history = scenarios()["history"]
    return IntroductionModel(
        history, seed=5, newcomers_per_year=500, parameters=history.parameter_values(changed)
    )


@cache
def watched(wait: float, boom: float, delta: float = 1.0) -> DatedRun:
    changed = {"observation.wait": wait, "observation.wait_boom": boom, "observation.delta": delta}
    return watch_dates(model(changed))


@cache
def lives() -> tuple[IntroductionModel, list[list[int]]]:
    """Return a run and everybody's status at the end of each of its months."""
    run, months = model(WAITING), []
    for _ in range(month_of(2020) + 1):
        run.step()
        months.append(run.newcomers.status.tolist())
    return run, months


def permit(i: int) -> int:
    run, _ = lives()
    return int(run.population.arrival[i] - waits(run.population, run.parameters, BOOM)[i])


def share(statuses: list[int], states: tuple[int, ...]) -> float:
    here = [status for status in statuses if status != c.LEFT]
    return sum(status in states for status in here) / len(here)


def after_three(first: int, last: int) -> list[tuple[int, int]]:
    """Return municipality and status three years after permits of some months, refugees and family."""
    run, months = lives()
    people, counted = run.population, []
    for i in range(people.size):
        when = permit(i)
        age = people.age[i] + (35 - (people.arrival[i] - when)) / 12
        if people.origin[i] < 2 and first <= when <= last and 21 <= age < 65:
            counted.append((int(people.municipality[i]), months[when + 35][i]))
    return counted


@pytest.mark.parametrize("year", [2015, 2016, 2017, 2018])
def test_men_by_year_of_permit_are_those_of_a_plain_count(year: int) -> None:
    run, months = lives()
    people = run.population
    men = [
        i
        for i in range(people.size)
        if people.origin[i] == 0 and not people.female[i] and month_of(year) <= permit(i) < month_of(year + 1)
    ]
    first, second = (share([months[month_of(year + k)][i] for i in men], (c.EMPLOYED,)) for k in (1, 2))
    found = watched(2.4, 1.2)
    assert NAMED[f"men_{year}"].read(found) == pytest.approx(first)
    assert NAMED[f"men_slope_{year}"].read(found) == pytest.approx(100 * (second - first) / 12)


@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("barometer_2015", (month_of(2012), month_of(2012, 12))),
        ("barometer_2018", (month_of(2015, 7), month_of(2015, 9))),
    ],
)
def test_the_barometer_is_that_of_a_plain_count(name: str, months: tuple[int, int]) -> None:
    counted = share([status for _, status in after_three(*months)], JOBS)
    assert NAMED[name].read(watched(2.4, 1.2)) == pytest.approx(counted)
    assert NAMED[name].read(watched(2.4, 1.2, 0.9)) == pytest.approx(0.9 * counted)


@pytest.mark.parametrize("least", [1, 5])
def test_municipalities_with_too_few_people_are_left_out(least: int) -> None:
    people: dict[int, list[int]] = {}
    for where, status in after_three(month_of(2014, 10), month_of(2015, 9)):
        if status != c.LEFT:
            people.setdefault(where, []).append(status)
    counted = sum(share(each, JOBS) >= 0.4 for each in people.values() if len(each) >= least)
    found = DatedRun(**{**vars(watched(2.4, 1.2)), "n_min": least})
    assert counted > 0
    assert NAMED["forty_2018"].read(found) == counted


@pytest.mark.parametrize(("name", "months"), [("before", (1, 8)), ("under", (9, 12))])
def test_ever_in_work_counts_months_from_the_permit(name: str, months: tuple[int, int]) -> None:
    run, _ = lives()
    people, first_job = run.population, run.newcomers.first_job
    men = [
        i
        for i in range(people.size)
        if people.origin[i] == 0
        and not people.female[i]
        and month_of(2015, months[0]) <= people.arrival[i] <= month_of(2015, months[1])
    ]
    for limit in (10, 12):
        ever = [i for i in men if first_job[i] >= 0 and people.arrival[i] + first_job[i] - permit(i) < limit]
        assert NAMED[f"ever_{limit}_{name}"].read(watched(2.4, 1.2)) == pytest.approx(len(ever) / len(men))


def test_without_a_wait_the_permit_is_the_arrival() -> None:
    run, _ = lives()
    none = waits(run.population, {"observation.wait": 0.0, "observation.wait_boom": 0.0}, BOOM)
    assert not none.any()


def test_waits_have_their_mean_and_change_no_life() -> None:
    run, months = lives()
    people, found = run.population, waits(run.population, WAITING, BOOM)
    refugees = people.origin == 0
    longer = refugees & (people.arrival >= BOOM[0]) & (people.arrival <= BOOM[1])
    assert not found[~refugees].any()
    assert found[longer].mean() == pytest.approx(3.6, abs=0.4)
    assert found[refugees & ~longer].mean() == pytest.approx(2.4, abs=0.2)
    january = month_of(2019)
    assert np.array_equal(watched(0.0, 0.0).januaries[2019], months[january])


def test_who_waits_longer_has_been_here_for_a_shorter_time() -> None:
    for year in (2015, 2016, 2017, 2018):
        men = NAMED[f"men_{year}"]
        assert men.read(watched(3.5, 2.0)) <= men.read(watched(0.0, 0.0))
    ever = NAMED["ever_12_under"]
    assert ever.read(watched(3.5, 2.0)) < ever.read(watched(0.0, 0.0))
