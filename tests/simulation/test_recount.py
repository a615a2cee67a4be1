"""The ledger against the independent recount from histories and dated rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.recount.ledger import ITEMS, recount
from tests.simulation.support import finished, payments_of, people_of, places_of, scenario

from ankomst.simulation import codes
from ankomst.simulation.accounts import direction
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.engine import IntroductionModel

pytestmark = pytest.mark.compiled

SAMPLE = {
    "population__newcomers_per_year": 96,
    "population__arrival_years": 3,
    "horizon__follow_up_months": 60,
}
OFTEN = {
    "exits.disability": 0.03,
    "exits.education_entry": 0.03,
    "exits.business_start": 0.01,
    "levers.trainee_interruption": 0.05,
}
CAPPED = [
    {
        "outcome": "ordinary_job",
        "schedule": {"0-12": 60_000, "12-60": 30_000},
        "sustained_months": 3,
        "window_months": 60,
        "group_weights": {"needs_group": 1.6, "others": 0.6},
        "cap": 9_000_000,
    },
    {"outcome": "education", "schedule": [[0, 40_000], [60, 10_000]], "window_months": 60},
    {"outcome": "danish_test", "schedule": 35_162, "sustained_months": 0, "extra_window_months": 24},
    {"outcome": "self_support", "schedule": 10_000, "sustained_months": 6, "window_months": 60},
]
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "rules of 2013": ("three_year", {}),
    "one year": (
        "one_year+grant_after_period",
        {"accounts__staff_refunded": True, "accounts__outside_classes_refunded": True},
    ),
    "concentrated": ("one_year_flexible_concentrated+grant_at_entry", {"benefits__refund": "flat_50"}),
    "ladder of 2017": (
        "grant_2017+one_year_flexible",
        {"date": "2017-01-01", "introduction_period__basic_grant_months": 24},
    ),
    "benefit of 2015": ("flexible_danish+lower_benefit", {"date": "2015-09-01"}),
    "caps, weights, lines": ("grant_sustained_12", {"result_grants": CAPPED}),
    "bonus": ("offer_within_six_months", {"bonus_extra_job": 25_000}),
    "flat refund in 2017": ("three_year", {"date": "2017-01-01", "benefits__refund": "flat_50"}),
    "sample of a seventieth": ("three_year", {"population__real_inflow_per_year": 672.0}),
    "refund by status": ("no_grant", {"benefits__refund": {"active": 0.65, "passive": 0.35}}),
    "trainees and businesses": (
        "trainee_job+entrepreneurs+regional_danish",
        {"trainee_job__slots": 0.05, "trainee_job__months": 8, "danish__workplace_hours": 3},
    ),
    "levers that cost": (
        "mentors+outreach+coordinated_cases+fast_assessment+partnerships+advisory_team+one_plan",
        {"date": "2016-03-01", "assessment__deadline_months": 6, "outreach__self_supported_share": 0.7},
    ),
    "credit, ceiling, rates of other days": (
        "in_work_credit",
        {
            "date": "2014-06-01",
            "benefits": {"ceiling": 9_500, "rates_of": "2016-01-01", "refund_of": "2017-01-01", "level": 1.2},
            "trainee_job__slots": 0.03,
        },
    ),
    "reform with the refund of 2013": (
        "reform_2016",
        {
            "benefits__refund_of": "2013-07-01",
            "population__arrivals": {2016: 900.0, 2017: 1_900.0},
            "placements__partnerships": 0.3,
            "governance__advisory_team": True,
        },
    ),
    "Denmark from 2010": (
        "history_2010_2018",
        {"population__arrivals": {2010: 4_000, 2011: 5_000, 2012: 3_000}, "trainee_job__slots": 0.02},
    ),
    "Denmark from 2014": (
        "history_2010_2018+mentors+partnerships",
        {"population__arrivals": {2014: 6_000, 2015: 10_000, 2016: 7_000}, "taxes__in_work_credit": 700},
    ),
}
SELDOM = {
    "grant_job", "grant_education", "grant_danish", "grant_self_support", "bonus_extra_job", "trainee_bonus",
    "trainee_school", "advisory_team", "lever_cost",
}  # fmt: skip
EXPECTED = {
    "trainees and businesses": {"trainee_bonus", "trainee_school", "lever_cost"},
    "levers that cost": {"advisory_team", "lever_cost"},
    "credit, ceiling, rates of other days": {"trainee_bonus", "trainee_school"},
    "reform with the refund of 2013": {"advisory_team", "lever_cost", "grant_job"},
    "Denmark from 2010": {"trainee_bonus", "trainee_school", "grant_job", "grant_danish"},
    "Denmark from 2014": {"bonus_extra_job", "lever_cost", "grant_job", "grant_education", "grant_danish"},
}
"""Items that are nothing under most policies, and those of them that a case must book."""


def histories_of(model: IntroductionModel) -> dict[str, Any]:
    """Recorded histories as the recount reads them."""
    o, n = model.records, model.newcomers
    whole = {
        "status": fields.H_STATUS,
        "hours": fields.H_HOURS,
        "work_months": fields.H_WORK_MONTHS,
        "placement_started": fields.H_STARTED,
        "benefit_months": fields.H_BENEFIT_MONTHS,
        "introduction_end": fields.H_PERIOD,
        "tenure": fields.H_TENURE,
    }
    tables: dict[str, Any] = {name: o.whole[row] for name, row in whole.items()}
    tables["business_started"] = o.whole[fields.H_EVENT] == 1
    tables["trainee_completed"] = o.whole[fields.H_EVENT] == 2
    status = tables["status"]
    tables["language"] = o.real[fields.H_LANGUAGE]
    # Who has left learns nothing more; their last class stays in the record.
    tables["class_hours"] = np.where(status == codes.LEFT, 0.0, o.real[fields.H_CLASS_HOURS])
    tables["placement_started"] = np.where(status == codes.LEFT, 0, tables["placement_started"])
    s = np.arange(status.shape[1])[None, :]
    calendar = (model.population.arrival[:, None] + s) // 12
    place = model.population.municipality[:, None]
    intensity = np.stack([plan["intensity"] for plan in model.plans])  # (year, kind, municipality)
    kind = np.where(s < tables["introduction_end"], 0, 1 + n.needs[:, None])
    client = np.isin(status, [0, 1, 2, 3, 8])
    tables["w"] = np.where(client, intensity[calendar, kind, place], 0.0)
    tables["milestones"] = payments_of(model)
    return tables


def recounted(model: IntroductionModel, policy: Scenario) -> dict[str, np.ndarray[Any, Any]]:
    traits: Mapping[str, Any] = people_of(model)
    counted = recount(
        histories_of(model),
        traits,
        places_of(model),
        [plan["effort"] for plan in model.plans],
        [plan["language_effort"] for plan in model.plans],
        policy,
        model.parameters,
        model.rates,
        model.weight,
        model.arrival_months,
    )
    return {item: np.array(months) for item, months in counted.items()}


ALSO_UNCOMPILED = ("caps, weights, lines", "trainees and businesses", "Denmark from 2014")
"""Cases that together reach every line of the accounts; the others need the compiled month to be quick."""


@pytest.mark.parametrize(
    "case",
    [case if case in ALSO_UNCOMPILED else pytest.param(case, marks=pytest.mark.compiled) for case in CASES],
)
def test_every_item_is_what_the_histories_and_rates_say(case: str) -> None:
    spec, changes = CASES[case]
    policy = scenario(spec, **(SAMPLE | changes))
    model = finished(policy, parameters=OFTEN)
    counted = recounted(model, policy)
    ledger = model.records.ledger_cohort * model.weight
    for k, item in enumerate(codes.ITEMS):
        months = np.zeros(model.months)
        for cohort in range(model.arrival_months):
            months[cohort : cohort + model.follow_up] += ledger[cohort, :, k]
        total = ledger[:, :, k].sum()
        assert total == pytest.approx(counted[item].sum(), rel=1e-9, abs=1e-6), item
        if item != "bonus_extra_job":  # spread over persons, some in their last month
            np.testing.assert_allclose(months, counted[item], rtol=1e-9, atol=1e-6, err_msg=item)
    assert {item for item in ITEMS if counted[item].sum() > 0} >= set(ITEMS) - SELDOM | EXPECTED.get(
        case, set()
    )


def test_the_cap_and_the_bonus_bite_in_these_runs() -> None:
    policy = scenario("grant_sustained_12", **(SAMPLE | {"result_grants": CAPPED}))
    model = finished(policy, parameters=OFTEN)
    noted = sum(0 in mine for mine in payments_of(model))
    paid = np.count_nonzero(model.records.grant_paid[:, 0])
    assert 0 < paid < noted
    spec, changes = CASES["bonus"]
    bonus = finished(scenario(spec, **(SAMPLE | changes))).records.ledger_area[:, :, codes.BONUS_EXTRA_JOB]
    assert bonus[0].sum() == 0, "the first December only sets the level"
    assert bonus.sum() > 0


def test_between_state_and_municipality_refunds_grants_and_basic_grant_cancel() -> None:
    policy = scenario("one_year_flexible+grant_2017", **SAMPLE)
    total = finished(policy).records.ledger_cohort.sum(axis=(0, 1))
    state, municipality = direction("state"), direction("municipality")
    between = {
        "benefit_refund", "wage_subsidy_refund", "programme_refund", "basic_grant", "pension_refund",
        "grant_job", "grant_education", "grant_danish", "grant_self_support", "bonus_extra_job",
    }  # fmt: skip
    moved = np.array([item in between for item in codes.ITEMS])
    assert total[moved].sum() > 0
    assert (state * total)[moved].sum() == pytest.approx(total[moved].sum())
    assert (municipality * total)[moved].sum() == pytest.approx(-total[moved].sum())
    both = (state + municipality) * total
    np.testing.assert_array_equal(both[moved], 0.0)
    paid_out = {"benefit", "top_up", "wage_subsidy", "danish_classes", "staff", "placement"}
    assert set(ITEMS) == set(codes.ITEMS)
    assert all(both[k] > 0 for k, item in enumerate(codes.ITEMS) if item in paid_out)


def test_grants_above_a_benchmark_are_twice_the_surplus_of_results() -> None:
    policy = scenario("grant_above_benchmark", **SAMPLE)
    model = finished(policy)
    grant = policy.result_grants[0]
    slot = model.milestones.grant_slot[0]
    n = model.newcomers
    (account,) = model.benchmarks
    rates = account.rates
    expected = np.zeros((-(-model.months // 12), model.table.size))
    results = np.zeros_like(expected)
    status, end = model.records.whole[fields.H_STATUS], model.records.whole[fields.H_PERIOD]
    for i in range(model.population.size):
        if n.supported[i]:
            continue
        place, arrival = model.population.municipality[i], int(model.population.arrival[i])
        for s in range(model.follow_up):
            if status[i, s] < codes.DISABILITY_PENSION and s < end[i, s] and s < 36:
                rate = rates[n.origin[i], n.female[i], n.needs[i], s // 12]
                expected[(arrival + s) // 12, place] += rate
        if n.slot_month[slot, i] >= 0:
            results[(arrival + int(n.slot_month[slot, i])) // 12, place] += 1
    full = model.months // 12  # a year that ends before its December is not settled
    due = grant.amount(0) * np.maximum(0.0, results - expected)[:full]
    booked = model.records.ledger_area[:, :, codes.GRANT_JOB]
    np.testing.assert_allclose(booked[:full], due, rtol=1e-9, atol=1e-6)
    assert due.sum() > 0
