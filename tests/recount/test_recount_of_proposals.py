"""The recount of trainee jobs, businesses, credits, lever costs and dated rules, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ankomst.policy.scenario import build_scenario

from .one_person import by_month, totals
from .person_month import (
    ASSESSMENT,
    EMPLOYED,
    INTERNSHIP,
    JOB_CENTRE,
    LANGUAGE_CLASS,
    LEFT,
    PENSION,
    SELF_EMPLOYED,
    SELF_SUPPORTED,
    SUBSIDISED_JOB,
    TRAINEE_JOB,
)

FULL_TIME_MONTH = 37 * 52 / 12
FROM_JANUARY_2015: dict[str, Any] = {"rules": "denmark", "population": {"arrivals": {2015: 7_000}}}


def test_a_trainee_job_pays_wage_bonuses_and_school() -> None:
    scenario = build_scenario({"date": "2017-01-01", "trainee_job": {"slots": 0.01, "months": 8}})
    year = totals(
        [*[TRAINEE_JOB] * 8, EMPLOYED],
        scenario,
        tenure=list(range(9)),
        placement_started=[3] + [0] * 8,
        trainee_completed=[0] * 8 + [1],
        hours=[0] * 8 + [37],
    )
    assert year["wage"] == pytest.approx(8 * 75 * FULL_TIME_MONTH + 115 * 1.07 * FULL_TIME_MONTH)
    assert year["trainee_bonus"] == 40_000
    assert year["trainee_school"] == pytest.approx(8 * 1_500 * 1.07 * 20 / 8)
    assert year["placement"] == 0
    assert year["labour_market_contribution"] == pytest.approx(0.08 * year["wage"])


def test_who_leaves_in_the_last_month_earns_no_bonus() -> None:
    gone = totals([TRAINEE_JOB, LEFT], tenure=[5, 0], trainee_completed=[0, 1])
    assert gone["trainee_bonus"] == 0
    assert totals([TRAINEE_JOB], tenure=[6])["trainee_bonus"] == pytest.approx(20_000 / 1.05), (
        "moved back from 2016"
    )
    assert totals([EMPLOYED], tenure=[6])["trainee_bonus"] == 0


def test_a_business_earns_four_fifths_of_the_wage_and_is_taxed_like_it() -> None:
    month = totals([SELF_EMPLOYED])
    assert month["self_employed_income"] == pytest.approx(0.8 * 115 * FULL_TIME_MONTH)
    assert month["wage"] == month["benefit"] == 0
    assert month["labour_market_contribution"] == pytest.approx(0.08 * month["self_employed_income"])
    assert month["municipal_tax"] > 0


@pytest.mark.parametrize(
    ("status", "hours", "share"),
    [
        (EMPLOYED, 37, 1),
        (EMPLOYED, 12, 12 / 37),
        (TRAINEE_JOB, 0, 1),
        (SELF_EMPLOYED, 0, 1),
        (SUBSIDISED_JOB, 0, 0),
    ],
)
def test_the_in_work_credit_is_a_negative_tax(status: int, hours: int, share: float) -> None:
    with_credit = totals([status], build_scenario({"taxes": {"in_work_credit": 1_000}}), hours=[hours])
    without = totals([status], hours=[hours])
    assert with_credit["state_tax"] - without["state_tax"] == pytest.approx(-1_000 * share)
    spent = with_credit["indirect_tax"] - without["indirect_tax"]
    assert spent == pytest.approx(1_000 * share * (1 - 1 / 1.325))


LEVERS: dict[str, tuple[dict[str, Any], dict[str, Any], list[int]]] = {
    "mentor": ({"civil_society": {"mentor_share": 0.6}}, {}, [500] * 24 + [0] * 2),
    "no mentor": ({"civil_society": {"mentor_share": 0.4}}, {}, [0] * 26),
    "outreach": (
        {"outreach": {"self_supported_share": 0.6}},
        {"status": [SELF_SUPPORTED] * 25 + [EMPLOYED], "female": 1, "supported": 1},
        [525] * 25 + [0],
    ),
    "outreach to a man": (
        {"outreach": {"self_supported_share": 0.6}},
        {"status": [SELF_SUPPORTED] * 26, "supported": 1},
        [0] * 26,
    ),
    "coordination": (
        {"coordination": {"health": 0.5}},
        {"status": [JOB_CENTRE] * 25 + [EMPLOYED], "health": 1},
        [750] * 25 + [0],
    ),
    "guidance": (
        {"assessment": {"deadline_months": 3, "guidance_share": 0.9}},
        {"education": 2, "v": 0.8},
        [0] * 3 + [6_000] + [0] * 22,
    ),
    "guidance before": (
        {"assessment": {"deadline_months": 3, "guidance_share": 0.9}},
        {"education": 2, "v": 0.4},
        [0] * 26,
    ),
    "business": (
        {"entrepreneurship": {"support": 0.5}},
        {"status": [LANGUAGE_CLASS, SELF_EMPLOYED] * 12 + [PENSION, LEFT], "business_started": [0, 1] * 13},
        [0, 15_000] * 12 + [0, 0],
    ),
}


@pytest.mark.parametrize("lever", LEVERS)
def test_what_a_lever_costs_by_month(lever: str) -> None:
    settings, changes, expected = LEVERS[lever]
    statuses = changes.get("status", [LANGUAGE_CLASS] * 26)
    others = {name: value for name, value in changes.items() if name != "status"}
    counted = by_month(statuses, build_scenario(settings), **others)
    assert counted["lever_cost"] == pytest.approx(expected)


def test_partnerships_and_advice_are_paid_for_where_somebody_is_while_people_arrive() -> None:
    scenario = build_scenario({"placements": {"partnerships": 0.2}, "governance": {"advisory_team": True}})
    counted = by_month([ASSESSMENT, PENSION, LEFT, LEFT], scenario, weight=70.0, arrival_months=3)
    assert counted["lever_cost"] == pytest.approx([1_250_000 * 0.2 / 12] * 2 + [0, 0]), "the country's money"
    assert counted["advisory_team"] == pytest.approx([250_000] * 2 + [0, 0])
    assert sum(by_month([ASSESSMENT] * 2, scenario, arrival_months=0)["lever_cost"]) == 0


def test_regional_agreements_lower_the_price_of_classes() -> None:
    agreed = totals([INTERNSHIP], build_scenario({"danish": {"regional": 1}}), class_hours=[3.6])
    assert agreed["danish_classes"] == pytest.approx(
        0.95 * totals([INTERNSHIP], class_hours=[3.6])["danish_classes"]
    )


def test_ceiling_and_rates_of_another_day() -> None:
    ceiling = build_scenario({"benefits": {"ceiling": 9_000}})
    assert totals([JOB_CENTRE], ceiling, children=1)["benefit"] == 9_000
    moved = build_scenario({"date": "2014-01-01", "benefits": {"rates_of": "2016-01-01"}})
    assert totals([JOB_CENTRE], moved)["benefit"] == pytest.approx(5_945 * 1.015 / 1.05)


def test_refund_of_another_day() -> None:
    later = build_scenario({"benefits": {"refund_of": "2016-01-01"}})
    assert totals([JOB_CENTRE], later, benefit_months=[13])["benefit_refund"] == pytest.approx(0.2 * 10_500)
    assert totals([PENSION], later)["pension_refund"] == pytest.approx(0.2 * 15_000)
    subsidised = totals([SUBSIDISED_JOB], later, benefit_months=[13])
    assert subsidised["wage_subsidy_refund"] == pytest.approx(0.2 * subsidised["wage_subsidy"])
    flat = build_scenario({"benefits": {"refund_of": "2016-01-01", "refund": "flat_50"}})
    assert totals([JOB_CENTRE], flat, benefit_months=[13])["benefit_refund"] == pytest.approx(5_250)


def test_dated_rules_use_the_prices_of_the_month() -> None:
    statuses = [JOB_CENTRE] * 27
    scenario = build_scenario(FROM_JANUARY_2015)
    counted = by_month(statuses, scenario, benefit_months=[20] * 27)
    assert counted["benefit"] == [10_849] * 18 + [5_945] * 9, "arrived before September 2015"
    later = by_month(statuses, scenario, arrival_month=8)["benefit"]
    assert later == [0] * 8 + [5_945] * 27
    shares = [
        refund / benefit
        for refund, benefit in zip(counted["benefit_refund"], counted["benefit"], strict=True)
    ]
    assert shares == pytest.approx([0.3] * 12 + [0.2] * 15)
    assert counted["basic_grant"] == [2_604] * 12 + [2_640] * 12 + [3_960] * 3
    pension = by_month([PENSION] * 13, scenario)
    assert pension["pension_refund"] == pytest.approx([0.35 * 15_000 * 1.03] * 12 + [0.2 * 15_000 * 1.05])


def test_dated_grants_pay_the_amount_of_the_month_of_the_result() -> None:
    scenario = build_scenario(FROM_JANUARY_2015)
    paid = [
        by_month([EMPLOYED] * 30, scenario, milestones={number: (s, 5)})["grant_job"]
        for number, s in ((0, 17), (3, 18), (3, 24))
    ]
    assert [(month.index(max(month)), max(month)) for month in paid] == [
        (17, 48_440),
        (18, 75_000),
        (24, 76_500),
    ]


def test_the_bonus_of_a_december_is_at_the_rate_of_that_december() -> None:
    scenario = build_scenario(FROM_JANUARY_2015)
    rising = [EMPLOYED if t >= 30 else JOB_CENTRE for t in range(36)]
    assert by_month(rising, scenario)["bonus_extra_job"][35] == 25_000
    earlier = [EMPLOYED if t >= 20 else JOB_CENTRE for t in range(36)]
    assert sum(by_month(earlier, scenario)["bonus_extra_job"]) == 0
