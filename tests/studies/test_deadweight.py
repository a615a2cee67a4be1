"""Deadweight against a count person by person, and equal budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.studies.support import scenario

from ankomst.policy.levers.grants import grants_2013
from ankomst.simulation.deadweight import (
    budget_scale,
    deadweight,
    scaled,
    spending,
    without_grants,
)
from ankomst.simulation.simulate import budget_neutral, simulate

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

SAMPLE = {"population.newcomers_per_year": 120}
DESIGNS = ("grant_2013", "grant_by_speed", "grant_risk_adjusted", "grant_after_period", "grant_2017")


def pair(policy: Scenario) -> tuple[Result, Result]:
    shadow = simulate(without_grants(policy), seed=3, watched=(*policy.result_grants, *grants_2013()))
    return simulate(policy, seed=3), shadow


@pytest.mark.parametrize("design", DESIGNS)
def test_deadweight_is_what_each_person_would_have_brought_anyway(design: str) -> None:
    policy = scenario(f"three_year+{design}", SAMPLE)
    result, shadow = pair(policy)
    paid: dict[str, float] = {}
    anyway: dict[str, float] = {}
    for g, grant in enumerate(policy.result_grants):
        slot = shadow.milestones.slot_of(grant)
        for person in range(result.n):
            own = float(result.records.grant_paid[person, g])
            needs = result.newcomers.health[person] == 1 or result.newcomers.education[person] == 0
            weight = grant.group_weights.needs_group if needs else grant.group_weights.others
            reached = shadow.newcomers.slot_month[slot, person] >= 0
            other = grant.amount(int(shadow.newcomers.slot_start[slot, person])) * weight if reached else 0.0
            paid[grant.outcome] = paid.get(grant.outcome, 0.0) + own
            anyway[grant.outcome] = anyway.get(grant.outcome, 0.0) + min(own, other)
    found = {entry.outcome: entry for entry in deadweight(result, shadow)}
    for outcome, amount in paid.items():
        assert found[outcome].paid == pytest.approx(amount * result.weight, rel=1e-9)
        assert found[outcome].deadweight == pytest.approx(anyway[outcome] * result.weight, rel=1e-9)
    if not result.bonus_amount:
        assert set(found) == set(paid)
    account = result.accounts(["item"]).set_index("item")["amount"]
    total = sum(account[name] for name in account.index if name.startswith("grant_"))
    assert sum(found[name].paid for name in paid) == pytest.approx(total, rel=1e-9)


def test_a_share_lies_between_nothing_and_all() -> None:
    result, shadow = pair(scenario("three_year", SAMPLE))
    for entry in deadweight(result, shadow):
        assert np.isnan(entry.share) or 0.0 <= entry.share <= 1.0


def test_a_run_is_all_deadweight_against_itself() -> None:
    policy = scenario("three_year", SAMPLE)
    result = simulate(policy, seed=3, watched=policy.result_grants)
    assert all(entry.share == 1.0 for entry in deadweight(result, result) if entry.paid)


def test_grants_above_a_benchmark_are_settled_by_municipality() -> None:
    policy = scenario("three_year+grant_above_benchmark", SAMPLE)
    result, shadow = pair(policy)
    for entry in deadweight(result, shadow):
        assert 0.0 <= entry.deadweight <= entry.paid


@pytest.mark.parametrize("design", ["grant_by_speed", "grant_at_entry", "grant_above_benchmark"])
def test_the_budget_factor_makes_a_design_cost_what_the_rule_of_2013_costs(design: str) -> None:
    policy = scenario(f"three_year+{design}", SAMPLE)
    _, shadow = pair(policy)
    factor = budget_scale(shadow, policy.result_grants)
    assert factor > 0
    target = spending(shadow, grants_2013())
    assert factor * spending(shadow, policy.result_grants) == pytest.approx(target, rel=1e-12)
    if design != "grant_above_benchmark":  # its payments are not a product of an amount and a count
        same = [scaled(grant, factor) for grant in policy.result_grants]
        assert spending(shadow, same) == pytest.approx(target, rel=1e-9)


def test_the_rule_of_2013_needs_no_factor() -> None:
    policy = scenario("three_year", SAMPLE)
    assert budget_scale(pair(policy)[1], policy.result_grants) == 1.0
    assert np.isnan(budget_scale(pair(policy)[1], ()))


def test_the_switch_scales_every_amount_by_one_factor() -> None:
    policy = scenario("three_year+grant_by_speed", SAMPLE | {"accounts.budget_neutral": True})
    neutral = budget_neutral(policy, seed=3)
    ratios = {
        round(after.amount(s) / before.amount(s), 9)
        for before, after in zip(policy.result_grants, neutral.result_grants, strict=True)
        for s in (0, 13, 30)
    }
    assert len(ratios) == 1
    assert ratios != {1.0}
    assert not neutral.accounts.budget_neutral
    result = simulate(policy, seed=3)
    assert result.scenario.result_grants == neutral.result_grants


def test_lines_and_numbers_are_scaled_as_steps_are() -> None:
    policy = scenario("three_year", {"result_grants": [
        {"outcome": "ordinary_job", "schedule": [[0, 40_000], [36, 10_000]]},
        {"outcome": "education", "schedule": 1000},
    ]})  # fmt: skip
    for grant in policy.result_grants:
        for s in (0, 7, 20, 36):
            assert scaled(grant, 1.5).amount(s) == pytest.approx(1.5 * grant.amount(s))
