"""Rules of the twin that figures worked out by hand can check."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ankomst.policy.parameters import uncalibrated_values
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import build_scenario

from . import statuses as st
from .calendar_time import months_of_run, national_demand, weight_of
from .governance import learnt_quality, percentile, result_pressure
from .grants import in_force, positions
from .inputs import reference_newcomers
from .model import TwinModel
from .money import Money
from .random_draw import constant_draw, random_draw
from .sample import small_country, small_population

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HIGHEST = 1 - 2.0**-33
DENMARK = {"rules": "denmark", "population": {"newcomers_per_year": 100, "arrivals": {2015: 150, 2016: 50}}}


def model_of(
    settings: Mapping[str, Any],
    draw: Callable[[int, int, int, int], float] | None = None,
    changes: Mapping[str, Any] | None = None,
    places: int = 3,
) -> TwinModel:
    scenario = build_scenario({"population": {"newcomers_per_year": 40}} | dict(settings))
    return TwinModel(
        scenario,
        scenario.parameter_values(uncalibrated_values()) | dict(changes or {}),
        load_rates(),
        small_population(40, 12, places, 1),
        small_country(places, scenario, 1),
        draw or random_draw(1),
    )


def money_of(
    settings: Mapping[str, Any], day: dt.date | None = None, changes: Mapping[str, float] | None = None
) -> Money:
    scenario = build_scenario(settings)
    policy = scenario if day is None else scenario.in_force(day)
    return Money(policy, scenario.parameter_values(uncalibrated_values()) | dict(changes or {}), load_rates())


def test_a_trainee_job_lasts_its_months_and_is_one_spell() -> None:
    settings = {"trainee_job": {"slots": 0.2, "months": 5}, "placements": {"first_offer_month": 60}}
    model = model_of(settings, constant_draw(HIGHEST), {"exits.education_entry": 0.0})
    model.run(20)
    trained = [who for who in model.newcomers if any(month["trainee_completed"] for month in who.history)]
    assert trained
    for who in trained:
        start = next(s for s, month in enumerate(who.history) if month["placement_started"] == 3)
        spell = who.history[start : start + 6]
        assert [month["status"] for month in spell[:5]] == [st.TRAINEE_JOB] * 5
        assert [month["tenure"] for month in spell[:5]] == [0, 1, 2, 3, 4]
        assert [month["trainee_completed"] for month in spell] == [0, 0, 0, 0, 0, 1]
        assert spell[5]["status"] in (st.LANGUAGE_CLASS, st.JOB_CENTRE), "the highest draw: not hired"
        assert spell[5]["work_months"] == 5
        assert (who.first_job_month, who.first_stable_job) == (start, start)
        assert not any(month["hours"] for month in who.history)


def test_from_trainee_to_employee_the_spell_goes_on_and_hours_count_anew() -> None:
    model = model_of({"trainee_job": {"slots": 0.2, "months": 2}}, changes={"levers.trainee_hired": 1.0})
    model.run(30)
    hired = [
        (who, s)
        for who in model.newcomers
        for s, month in enumerate(who.history)
        if month["trainee_completed"] and month["status"] == st.EMPLOYED
    ]
    assert hired
    for who, s in hired:
        assert who.history[s]["tenure"] == 2
        assert who.history[s]["hours"] in (12, 25, 37)


def test_a_business_closes_into_the_status_before_work() -> None:
    changes = {"exits.business_start": 0.5, "constants.business_closing": 1.0}
    model = model_of({}, changes=changes)
    model.run(24)
    after = {
        (who.supported, then["status"])
        for who in model.newcomers
        for now, then in zip(who.history, who.history[1:], strict=False)
        if now["status"] == st.SELF_EMPLOYED and then["status"] not in {st.SELF_EMPLOYED, st.LEFT}
    }
    assert (True, st.SELF_SUPPORTED) in after
    assert (False, st.LANGUAGE_CLASS) in after
    assert {status for supported, status in after if supported} == {st.SELF_SUPPORTED}
    assert all(
        month["tenure"] == month["months_in_status"] == 0
        for who in model.newcomers
        for month in who.history
        if month["business_started"]
    )


def test_result_targets_press_those_below_the_mean() -> None:
    model = model_of({"governance": {"result_targets": True}})
    weight = weight_of(model.scenario)
    assert weight == 7_000 / 40
    for home, counted, in_work in zip(model.municipalities, (4, 4, 0), (1, 3, 0), strict=True):
        home.counted, home.counted_in_work = counted, in_work
    pressure = model.parameters["municipality.target_pressure"]
    assert result_pressure(model) == pytest.approx([1 + pressure * 0.5, 1.0, 1.0])
    assert [home.counted for home in model.municipalities] == [0, 0, 0], "the next year starts anew"


def test_practice_spreads_faster_with_advice_and_exchange() -> None:
    def share_of_gap(settings: Mapping[str, Any], month: int) -> float:
        model = model_of(settings, places=4)
        model.month = month
        low, high = model.municipalities[:2]
        low.practice_quality, high.practice_quality = 0.8, 1.2
        return (learnt_quality(model, low) - 0.8) / (percentile([0.8, 1.2], 0.75) - 0.8)

    assert share_of_gap({}, 0) == 0
    assert share_of_gap({}, 12) == pytest.approx(0.03)
    assert share_of_gap({"governance": {"peer_exchange": 0.06}}, 12) == pytest.approx(0.09)
    advised = {"governance": {"advisory_team": True}}
    assert [share_of_gap(advised, month) for month in (12, 48)] == pytest.approx([0.03, 0.08])


def test_regional_agreements_lift_the_worse_half() -> None:
    alone = [home.language_quality for home in model_of({}, places=6).municipalities]
    agreed = [
        home.language_quality for home in model_of({"danish": {"regional": 1}}, places=6).municipalities
    ]
    for region in (slice(0, 3), slice(3, 6)):
        low, middle, high = sorted(alone[region])
        assert sorted(agreed[region]) == pytest.approx([(low + middle) / 2, middle, high])


def test_benefit_ceiling_and_rates_of_another_day() -> None:
    def benefits(settings: Mapping[str, Any]) -> list[float]:
        return [money_of(settings).benefit(children=kind, earlier=False) for kind in (False, True)]

    assert benefits({"benefits": {"ceiling": 11_000, "level": 1.1}}) == pytest.approx([11_000, 11_000])
    moved = benefits({"date": "2014-01-01", "benefits": {"rates_of": "2016-01-01", "level": 0.5}})
    assert moved == pytest.approx([0.5 * 5_945 * 1.015 / 1.05, 0.5 * 11_888 * 1.015 / 1.05])
    assert money_of({"benefits": {"refund_of": "2016-01-01"}}).by_weeks
    assert not money_of({"date": "2017-01-01", "benefits": {"refund_of": "2013-07-01"}}).by_weeks


@pytest.mark.parametrize(
    ("day", "earlier", "later"),
    [("2015-08-31", 10_849, 10_849), ("2015-09-01", 10_849, 5_945), ("2016-07-01", 5_945, 5_945)],
)
def test_the_lower_benefit_comes_by_arrival_first(day: str, earlier: float, later: float) -> None:
    money = money_of(DENMARK, dt.date.fromisoformat(day))
    assert money.benefit(children=False, earlier=True) == earlier
    assert money.benefit(children=False, earlier=False) == later


def test_net_wage_is_that_of_the_worked_example() -> None:
    an_hour = 18_000 / (37 * 52 / 12)
    assert money_of({}, changes={"economy.entry_wage": an_hour}).net_wage == pytest.approx(
        18_000 - 70_205 / 12, abs=0.1
    )


def test_grants_of_the_law_have_positions_and_amounts_by_month() -> None:
    scenario = build_scenario(DENMARK)
    known = positions(scenario)
    assert [grant.outcome for grant in known] == ["ordinary_job", "education", "danish_test"] * 2
    assert [grant.window_months for grant in known] == [36] * 3 + [60] * 3
    before, after = (in_force(known, scenario.in_force(scenario.month(t))) for t in (17, 18))
    assert [None if grant is None else grant.amount(40) for grant in before] == [
        48_440,
        48_440,
        36_331,
        None,
        None,
        None,
    ]
    assert [None if grant is None else grant.amount(40) for grant in after] == [
        None,
        None,
        None,
        50_000,
        50_000,
        32_000,
    ]


def test_reforms_reach_people_by_arrival_or_by_calendar() -> None:
    scenario = build_scenario(DENMARK)
    people, country = small_population(60, 24, 3, 2), small_country(3, scenario, 2)
    model = TwinModel(scenario, scenario.parameter_values(), load_rates(), people, country, random_draw(2))
    model.run(60)
    for who in model.newcomers:
        assert who.arrived_before_lower_benefit == (who.arrival_month < 8)
        assert who.period.base_months == (36 if who.arrival_month < 18 else 12)
    assert {grant.minimum_hours for grant in model.policy.result_grants} == {0, 20}


def test_a_longer_right_to_danish_reaches_those_still_entitled() -> None:
    settings = {
        "rules": "denmark",
        "population": {"newcomers_per_year": 20, "arrivals": {2010: 100, 2011: 100}},
    }
    scenario = build_scenario(settings)
    people, country = small_population(40, 24, 2, 3), small_country(2, scenario, 3)
    model = TwinModel(scenario, scenario.parameter_values(), load_rates(), people, country, random_draw(3))
    model.run(50)
    # In January 2014 (month 48) the first to arrive are in month 48; the right of 36 months ends at 39.
    for who in model.newcomers:
        assert who.right_months == (60 if 48 - who.arrival_month < 39 else 36)


def test_arrivals_by_year_set_weight_length_and_local_capacity() -> None:
    scenario = build_scenario(DENMARK | {"horizon": {"follow_up_months": 48}})
    assert weight_of(scenario) == 1.0
    assert months_of_run(scenario) == 24 + 47
    assert reference_newcomers(0.5, scenario) == 7_000


def test_demand_path_holds_from_its_dates_on() -> None:
    scenario = build_scenario({"national_demand": {"2013-03-01": 1.0, "2014-01-01": -2.0}})
    assert [national_demand(scenario, t) for t in (0, 1, 2, 11, 12)] == [0, 0, 1, 1, -2]


def test_percentile_interpolates() -> None:
    assert percentile([4, 1, 3, 2], 0.75) == pytest.approx(3.25)
    assert percentile([7], 0.75) == 7
