"""The compiled month against the plain twin, person by person and month by month (truth 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.support import scenario, small_model, twin_of
from tests.twin import statuses as st

from ankomst.simulation import fields
from ankomst.simulation.codes import NEVER

if TYPE_CHECKING:
    from tests.twin.model import TwinModel
    from tests.twin.newcomer import Newcomer

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.engine import IntroductionModel

MONTHS = 60
SAMPLE = {"population__newcomers_per_year": 120, "population__arrival_years": 3}
OFTEN = {
    "exits.emigration": 0.004,
    "exits.disability": 0.04,
    "exits.education_entry": 0.04,
    "placements.worth_internship": 40.0,
    "municipality.responsive_share": 0.93,
}
"""Rare events, made frequent enough to be seen among 360 people in six municipalities."""
GRANTS_OF_EVERY_KIND = [
    {"outcome": "ordinary_job", "schedule": 9_000, "sustained_months": 3, "self_supported_eligible": False},
    {"outcome": "ordinary_job", "schedule": {"0-24": 75_000, "24-48": 20_000}, "minimum_hours": 37},
    {"outcome": "education", "schedule": 8_000, "sustained_months": 0, "window_months": 48},
    {"outcome": "self_support", "schedule": [[0, 20_000], [40, 5_000]], "sustained_months": 3},
    {"outcome": "danish_test", "schedule": 5_000, "sustained_months": 0, "extra_window_months": 6},
    {"outcome": "danish_test", "schedule": 4_000, "sustained_months": 0, "window_months": 60},
]
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "three_year": ("three_year", {}),
    "concentrated": ("one_year_flexible_concentrated", {}),
    "grant_2017_early_offers": ("grant_2017+offer_within_six_months", {}),
    "speed_and_lower_benefit": ("grant_by_speed+lower_benefit", {}),
    "above_benchmark": ("one_year+grant_above_benchmark", {}),
    "risk_adjusted_after_period": ("one_year_strong_ordinary+grant_risk_adjusted", {}),
    "flexible_danish": ("flexible_danish+grant_sustained_12", {}),
    "needs_first": (
        "one_year+grant_after_period",
        {"placements__targeting": "needs_first", "placements__first_offer_deadline_months": 9},
    ),
    "until_self_supporting": (
        "grant_2017",
        {
            "date": "2017-01-01",
            "introduction_period": {
                "base_months": 12,
                "max_months": 60,
                "extension": "until_self_supporting",
            },
            "danish__right_months": 60,
            "placements": {"job_ready_from_day_one": True, "capacity": 2.2, "first_offer_month": 1},
        },
    ),
    "interactions_off": ("grant_at_entry", {"interactions": False}),
    "work_first": (
        "three_year",
        {
            "placements__job_ready_from_day_one": True,
            "placements__first_offer_month": 1,
            "placements__capacity": 2.2,
            "placements__targeting": "equal",
            "introduction_period__early_exit_months": 4,
        },
    ),
    "no_classes": (
        "no_grant",
        {
            "danish": {"class_hours": 0, "workplace_hours": 6, "right_months": None},
            "placements": {"internship_months": 1, "subsidy_months": 2},
            "introduction_period__introduction_intensity": 1.6,
            "national_demand": {"2014-03-01": 2.0, "2016-01-01": -4.0},
        },
    ),
    "grants_of_every_kind": (
        "one_year_flexible",
        {
            "date": "2015-09-01",
            "result_grants": GRANTS_OF_EVERY_KIND,
            "benefits__refund": "flat_50",
            "introduction_period__extension_reasons": ["language", "no_education"],
        },
    ),
    "no_benefit": ("three_year", {"benefits__level": 0.0}),
    "refund_by_status": ("no_grant", {"benefits__refund": {"active": 0.65, "passive": 0.35}}),
}
COUNTERS = (
    "hours", "rushed", "danish_education", "ever_placed", "months_in_status", "work_months", "tenure", "idle",
    "introduction_end", "active_streak", "benefit_months", "months_without_benefit", "test_month",
    "first_job", "first_stable_job", "placed", "self_support_months",
)  # fmt: skip
TWIN_NAMES = {"first_job": "first_job_month", "placed": "placement_started"}
STATES = ("language", "practice", "class_hours")


@pytest.mark.parametrize("case", CASES)
def test_same_lives_as_the_twin(case: str) -> None:
    spec, changes = CASES[case]
    policy = scenario(spec, horizon__follow_up_months=MONTHS, **(SAMPLE | changes))
    model = small_model(policy, parameters=OFTEN if case != "three_year" else None)
    twin = twin_of(model)
    for _ in range(model.months):
        model.step()
        twin.step()
        same_month(model, twin)
    assert model.population.size >= 300
    assert np.count_nonzero(np.bincount(model.population.municipality)) >= 3
    same_histories(model, twin)
    same_milestones(model, twin, policy)
    same_plans(model, twin)


def same_month(model: IntroductionModel, twin: TwinModel) -> None:
    """Compare every state of those still followed, and what their municipalities are like."""
    t = model.month - 1
    n = model.newcomers
    followed = [i for i, who in enumerate(twin.newcomers) if t - who.arrival_month < MONTHS]
    people = [twin.newcomers[i] for i in followed]
    status = [who.status for who in people]
    assert status == n.status[followed].tolist(), f"status in month {t}"
    here = np.array([who.status not in st.GONE for who in people])
    for name in COUNTERS:
        theirs = np.array([int(getattr(who, TWIN_NAMES.get(name, name))) for who in people])
        mine = getattr(n, name)[followed].astype(np.int64)
        judged = here if name != "self_support_months" else here & (n.supported[followed] == 0)
        differ = np.flatnonzero(judged & (theirs != mine))
        assert differ.size == 0, f"{name} of {followed[differ[0]]} in month {t}"
    for name in STATES:
        theirs = np.array([getattr(who, name) for who in people])
        close(getattr(n, name)[followed][here], theirs[here], f"{name} in month {t}")
    searching = [k for k, who in enumerate(people) if who.log_hazard is not None]
    theirs = np.array([people[k].log_hazard for k in searching])
    close(n.log_hazard[followed][searching], theirs, f"log hazard in month {t}")
    crowding = np.array([home.crowding for home in twin.municipalities])
    close(model.areas.real[:, fields.M_CROWD], crowding, f"crowding in month {t}")


def close(mine: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any], what: str) -> None:
    np.testing.assert_allclose(mine, theirs, rtol=0.0, atol=1e-9, err_msg=what)


def same_histories(model: IntroductionModel, twin: TwinModel) -> None:
    """Compare what was recorded, which later readers use."""
    o = model.records
    present = np.array([[m["status"] not in st.GONE for m in who.history] for who in twin.newcomers])
    whole = {
        "status": fields.H_STATUS,
        "hours": fields.H_HOURS,
        "introduction_end": fields.H_PERIOD,
        "work_months": fields.H_WORK_MONTHS,
    }
    for name, row in whole.items():
        theirs = np.array([[month[name] for month in who.history] for who in twin.newcomers])
        np.testing.assert_array_equal(o.whole[row], theirs, err_msg=name)
    for name, row in {"language": fields.H_LANGUAGE, "practice": fields.H_PRACTICE}.items():
        theirs = np.array([[month[name] for month in who.history] for who in twin.newcomers])
        close(o.real[row][present], theirs[present], name)


def same_milestones(model: IntroductionModel, twin: TwinModel, policy: Scenario) -> None:
    """Compare month and start of every result a grant rewards, paid or not."""
    n = model.newcomers
    for number, grant in enumerate(policy.result_grants):
        slot = model.milestones.grant_slot[number]
        theirs = [who.reached[number] or (NEVER, NEVER) for who in twin.newcomers]
        mine = zip(n.slot_month[slot].tolist(), n.slot_start[slot].tolist(), strict=True)
        assert list(mine) == theirs, grant.outcome
    paid = model.records.grant_paid
    for i, who in enumerate(twin.newcomers):
        for number, grant in enumerate(policy.result_grants):
            amount = 0.0 if grant.benchmark else twin_payment(who, number)
            assert paid[i, number] == pytest.approx(amount, abs=1e-9)


def twin_payment(who: Newcomer, number: int) -> float:
    """What the twin's milestone is worth, DKK."""
    grant, milestone = who.model.policy.result_grants[number], who.milestones[number]
    weights = grant.group_weights
    weight = weights.needs_group if who.needs_group else weights.others
    return 0.0 if milestone is None else grant.amount(milestone[1]) * weight


def same_plans(model: IntroductionModel, twin: TwinModel) -> None:
    """Compare each January's effort, language effort and quality, and the period expected at the end."""
    names = {"effort": "e", "language_effort": "language_effort", "quality": "Q"}
    assert len(model.plans) == -(-model.months // 12)
    for plan in model.plans:
        for mine, theirs in names.items():
            seen = np.array([home.history[plan["year"]][theirs] for home in twin.municipalities])
            close(plan[mine], seen, f"{mine} in year {plan['year']}")
    expected = np.array([home.expected_months for home in twin.municipalities])
    close(np.array([home.expected_period for home in model.municipalities]), expected, "expected period")
