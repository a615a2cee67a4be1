"""Readiness, congestion of reception, two pools of places: null and sign tests (docs/ODD.md 7.6, 7.19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.support import finished, scenario, small_model
from tests.simulation.test_truths import fingerprint
from tests.twin import calendar_time

from ankomst.policy.scenario import Scenario, build_scenario, load_scenario
from ankomst.simulation.codes import EMPLOYED, PLACED_INTERNSHIP, PLACED_SUBSIDISED
from ankomst.simulation.conditions import conditions, reception
from ankomst.simulation.inflow import inflow
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.simulation.engine import IntroductionModel

SMALL = {"population__newcomers_per_year": 96, "horizon__follow_up_months": 36}
FIXED = SMALL | {"population__arrival_years": 2}
DATED = SMALL | {"population__arrivals": {2014: 6_000, 2015: 10_000, 2016: 7_000}}
STEADY = SMALL | {"population__arrivals": {2015: 7_000, 2016: 7_000}}
SETTLED = {"readiness.k_0": 0.2, "readiness.k_inf": 0.7}
START = Scenario().parameter_values()


def bits(spec: str, changes: Mapping[str, Any], **parameters: float) -> str:
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return fingerprint(finished(scenario(spec, **changes), parameters=named))


# -- switched off, and where a rule has nothing to act on ------------------------------------------------

ABSENT: dict[str, tuple[str, dict[str, Any], dict[str, float]]] = {
    "readiness without settling": (
        "three_year",
        FIXED,
        {"readiness__tau": 4, "readiness__ready_pre": 0.3, "readiness__ready_effect": 1},
    ),
    "readiness without settling, dated": (
        "history_2010_2018",
        DATED,
        {"readiness__tau": 4, "readiness__ready_women": 0.8, "readiness__ready_effect": 0},
    ),
    "women's factor without congestion": ("history_2010_2018", DATED, {"period__women": 0.2}),
    "congestion at a fixed date": ("three_year", FIXED, {"period__congestion": 1.5}),
    "congestion at a fixed date, arrivals by year": ("reform_2016", DATED, {"period__congestion": 1.5}),
    "congestion under a constant inflow": ("history_2010_2018", STEADY, {"period__congestion": 1.5}),
    "one pool": ("three_year", FIXED, {"placements__sub_places": -0.04}),
    "the boom without calendar years": ("three_year", FIXED, {"population__female_share_boom": 0.3}),
}
OFF = {
    "readiness__k_0": 1.0,
    "readiness__k_inf": 1.0,
    "period__congestion": 0.0,
    "placements__sub_places": -0.01,
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_switched_off_or_meets_nothing_changes_no_bit(name: str) -> None:
    spec, changes, parameters = ABSENT[name]
    assert bits(spec, changes, **(OFF | parameters)) == bits(spec, changes, **OFF)


def test_where_all_are_ready_and_that_is_all_settling_is_of_no_consequence() -> None:
    ready = {"readiness__ready_pre": 1.0, "readiness__ready_women": 1.0, "readiness__ready_effect": 1.0}
    slow = bits("three_year", FIXED, **ready, readiness__k_0=0.02, readiness__k_inf=0.5, readiness__tau=24)
    assert slow == bits("three_year", FIXED, readiness__k_0=1.0, readiness__k_inf=1.0)
    assert slow != bits("three_year", FIXED, readiness__k_0=0.02)


# -- readiness ---------------------------------------------------------------------------------------------


def shares(policy: Scenario, months: int) -> list[tuple[float, float]]:
    found = conditions(policy, START, inflow(policy, 7_000, START), months)
    return [month.ready for month in found]


def test_the_share_of_the_job_ready_by_date_and_lever() -> None:
    women, before = START["readiness.ready_women"], START["readiness.ready_pre"]
    assert set(shares(build_scenario({}), 24)) == {(before, women * before)}
    first = build_scenario({"placements": {"job_ready_from_day_one": True}})
    assert set(shares(first, 24)) == {(0.7, women * 0.7)}
    history = load_scenario("history_2010_2018")
    path = [men for men, _ in shares(history, 168)]
    known = {(2010, 1): before, (2013, 7): before, (2015, 6): 0.03, (2015, 12): 0.043, (2016, 12): 0.51}
    for (year, month), share in known.items():
        assert path[12 * (year - 2010) + month - 1] == pytest.approx(share, abs=0.001)
    assert path[-1] == 0.74
    own = load_scenario(history, {"placements.job_ready_from_day_one": False})
    assert set(shares(own, 24)) == {(before, women * before)}


def test_readiness_is_a_fixed_place_in_an_order() -> None:
    model = small_model(scenario(**FIXED), newcomers_per_year=2_400)
    drawn = model.population.ready
    assert drawn.mean() == pytest.approx(0.5, abs=0.03)
    np.testing.assert_array_equal(model.newcomers.u_ready, drawn)
    assert abs(np.corrcoef(drawn, model.population.z)[0, 1]) < 0.06


def hours(model: IntroductionModel) -> np.ndarray[Any, Any]:
    return np.asarray(model.records.whole[fields.H_HOURS][:, :15].sum(axis=1) * 52 / 12)


@pytest.mark.compiled
def test_to_be_classed_as_ready_helps_men_and_women_less() -> None:
    sample = {"population__newcomers_per_year": 6_000, "population__arrival_years": 1}
    first, later = (
        finished(
            scenario(horizon__follow_up_months=24, placements__job_ready_from_day_one=on, **sample),
            parameters=SETTLED,
        )
        for on in (True, False)
    )
    gain = hours(first) - hours(later)
    clients = first.newcomers.supported == 0
    men, women = (gain[clients & (first.newcomers.female == sex)] for sex in (0, 1))
    assert men.mean() > 3 * men.std() / np.sqrt(men.size)
    error = np.hypot(men.std() / np.sqrt(men.size), women.std() / np.sqrt(women.size))
    assert men.mean() - women.mean() > 3 * error


# -- reception ---------------------------------------------------------------------------------------------


def congestion(arrivals: object, months: int = 96) -> np.ndarray[Any, Any]:
    policy = build_scenario({"rules": "denmark", "population": {"arrivals": arrivals}})
    return np.asarray(reception(policy, inflow(policy, 7_000, START), months))


@pytest.mark.parametrize("arrivals", ["denmark", {2012: 500, 2013: 900, 2014: 0, 2015: 0, 2016: 30}])
def test_congestion_is_what_a_plain_count_of_months_gives(arrivals: object) -> None:
    policy = build_scenario({"rules": "denmark", "population": {"arrivals": arrivals}})
    plain = [calendar_time.congestion(policy, START, t) for t in range(168)]
    np.testing.assert_allclose(congestion(arrivals, 168), plain, rtol=0, atol=1e-9)


def test_congestion_of_denmark_in_the_middle_of_the_years() -> None:
    found = congestion("denmark", 132)[6::12]
    expected = [-0.15, -0.21, -0.13, -0.20, -0.34, -0.42, -0.21, 0.37, 1.08, 1.10, 0.55]
    np.testing.assert_allclose(found, expected, atol=0.006)


def test_congestion_knows_no_later_month_and_forgets_after_three_years() -> None:
    steady = {2012 + k: 5_000.0 for k in range(7)}
    doubled = {year: people * (1 + (year >= 2014)) for year, people in steady.items()}
    assert np.all(congestion(steady) == 0.0)
    found = congestion(doubled)
    assert np.all(found[:25] == 0.0)  # January 2014 has seen nothing of 2014
    assert np.all(found[25:60] < 0.0)
    assert np.all(found[60:] == 0.0)


@pytest.mark.compiled
def test_many_arrivals_keep_their_own_year_out_of_work() -> None:
    usual = {2014: 8_000, 2015: 8_000, 2016: 8_000}
    work = []
    for arrivals in (usual, usual | {2015: 16_000}):
        policy = scenario(
            "history_2010_2018", population__arrivals=arrivals, interactions=False,
            population__newcomers_per_year=sum(arrivals.values()) // 12, horizon__follow_up_months=24,
        )  # fmt: skip
        model = finished(policy, parameters={"period.congestion": 0.9})
        employed = (model.records.whole[fields.H_STATUS][:, :15] == EMPLOYED).mean(axis=1)
        work.append(dict(zip(model.population.ident.tolist(), employed.tolist(), strict=True)))
    before, own = [
        np.array([work[0][who] - work[1][who] for who in work[0] if who // 65_536 // 12 == year])
        for year in (0, 1)
    ]
    assert own.mean() > 4 * own.std() / np.sqrt(own.size)
    assert own.mean() > 2 * before.mean()


# -- two pools of places -------------------------------------------------------------------------------------


def started(**parameters: float) -> tuple[int, int]:
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    sample = {"population__newcomers_per_year": 1_200, "population__arrival_years": 2}
    model = finished(scenario(horizon__follow_up_months=48, **sample), parameters=named)
    kinds = model.records.whole[fields.H_STARTED]
    return int((kinds == PLACED_INTERNSHIP).sum()), int((kinds == PLACED_SUBSIDISED).sum())


@pytest.mark.compiled
def test_subsidised_jobs_are_a_pool_of_their_own() -> None:
    internships, none = started(placements__sub_places=0.0)
    few, some = started(placements__sub_places=0.01)
    kept, many = started(placements__sub_places=0.04)
    assert none == 0 < some < many
    assert min(few, kept) > 0.98 * internships
    more, same = started(placements__sub_places=0.01, placements__places=1.5 * START["placements.places"])
    assert more > 1.2 * few
    assert same == pytest.approx(some, rel=0.1)


# -- who came in the boom ------------------------------------------------------------------------------------


def test_fewer_women_among_the_refugees_of_the_boom_and_nothing_else() -> None:
    arrivals = {"population__arrivals": {2013: 9_000, 2014: 9_000, 2015: 100}}
    policy = scenario("history_2010_2018", **(SMALL | arrivals))
    usual, boom = (
        small_model(policy, newcomers_per_year=1_200, parameters=changed).population
        for changed in ({}, {"population.female_share_boom": 0.2})
    )
    place, other = np.argsort(usual.ident), np.argsort(boom.ident)
    changed = usual.female[place] != boom.female[other]
    assert changed.any()
    assert np.all(usual.arrival[place][changed] >= 12)
    assert np.all(usual.origin[place][changed] == 0)
    assert np.all(boom.female[other][changed] == 0)
    for name in ("age", "education", "health", "municipality", "z", "ready"):
        np.testing.assert_array_equal(getattr(usual, name)[place], getattr(boom, name)[other])
