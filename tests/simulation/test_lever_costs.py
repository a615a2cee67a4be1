"""Costs of the 23 proposals: what each books, to which payer, counted anew from the lives of a run.

`tests/recount/` recounts every item of a run; here stands what each proposal adds. Prices of 2017 show that
amounts follow the wage index of the date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.lever_counts import (
    above_benchmark,
    advisory_team,
    assessments,
    basic_grant,
    benefits,
    bonus,
    businesses,
    by_month,
    by_speed,
    classes,
    coordination,
    job_grants,
    ladder,
    mentors,
    nothing,
    outreach,
    package,
    partnerships,
    placements,
    profits,
    school,
    staff,
    staff_of_an_envelope,
    trainee_bonus,
    wages,
)
from tests.simulation.lever_runs import (
    ROWS,
    WORK,
    Array,
    accounts_close,
    flows,
    history,
    in_status,
    name_of,
    small_run,
    total,
)

from ankomst.simulation import codes
from ankomst.simulation.accounts import LEDGER
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.simulation.engine import IntroductionModel

pytestmark = pytest.mark.compiled
SAMPLE = {
    "population.newcomers_per_year": 360,
    "population.arrival_years": 3,
    "horizon.follow_up_months": 60,
}
IN_2017 = {"date": "2017-01-01"}
OFTEN = {"exits.emigration": 0.004, "exits.disability": 0.02, "exits.education_entry": 0.02}
"""People who leave in the month of a cost, and pensions, so that the edges are met."""
PAYERS = {item.name: (item.payer, item.payee) for item in LEDGER}


# -- cases -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What a scenario books to an item."""

    row: int
    spec: str
    item: str
    payer: str
    payee: str
    counted: Callable[[IntroductionModel], Array]
    keys: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return name_of(self.row, f"{self.spec}: {self.item}")


M, S, N, E, P = "municipality", "state", "newcomer", "employer", "provider"
WITHOUT_COST = (7, 9, 11, 21)
COSTS = [
    Cost(1, "one_year", "staff", M, P, staff(1, 0.88, 0.88 * 0.58)),
    Cost(1, "one_year", "basic_grant", S, M, basic_grant(2_520, 2_520)),
    Cost(2, "one_year_flexible", "staff", M, P, staff(1, 0.88, 0.88 * 0.58)),
    Cost(2, "one_year_flexible", "basic_grant", S, M, basic_grant(2_520, 2_520)),
    Cost(3, "one_year_flexible_concentrated", "staff", M, P, staff_of_an_envelope),
    Cost(3, "one_year_flexible_concentrated", "basic_grant", S, M, basic_grant(2_520, 2_520)),
    Cost(4, "one_year_strong_ordinary", "staff", M, P, staff(1, 1, 1)),
    Cost(5, "flexible_danish", "danish_classes", M, P, classes(0)),
    Cost(6, "no_grant", "grant_job", S, M, nothing),
    Cost(6, "grant_2013", "grant_job", S, M, job_grants(lambda *_: 46_881)),
    Cost(6, "one_year+grant_2013", "grant_job", S, M, job_grants(lambda *_: 46_881)),
    Cost(6, "grant_by_speed", "grant_job", S, M, job_grants(by_speed)),
    Cost(6, "grant_at_entry", "grant_job", S, M, job_grants(lambda *_: 46_881, sustained=0)),
    Cost(6, "grant_sustained_12", "grant_job", S, M, job_grants(lambda *_: 46_881, sustained=12)),
    Cost(
        6, "grant_risk_adjusted", "grant_job", S, M,
        job_grants(lambda _, need: 46_881 * (1.6 if need else 0.6)),
    ),
    Cost(6, "one_year_result_grants_end", "grant_job", S, M, job_grants(lambda *_: 46_881, window=None)),
    Cost(6, "one_year_basic_grant_ends", "basic_grant", S, M, basic_grant(2_520, 2_520, in_period=True)),
    Cost(6, "one_year+grant_after_period", "grant_job", S, M, job_grants(lambda *_: 46_881, extra=24)),
    Cost(6, "grant_above_benchmark", "grant_job", S, M, above_benchmark),
    Cost(
        6, "grant_2017", "grant_job", S, M,
        job_grants(lambda first, _: 76_500 if first < 36 else 51_000, window=60, hours=20),
    ),
    Cost(6, "grant_2017", "bonus_extra_job", S, M, bonus),
    Cost(7, "result_targets", "staff", M, P, staff(1, 0.88, 0.88 * 0.58)),
    Cost(8, "advisory_team", "advisory_team", S, P, advisory_team, IN_2017),
    Cost(9, "differentiated", "placement", M, P, placements),
    Cost(10, "fast_assessment", "lever_cost", M, P, assessments, IN_2017),
    Cost(11, "one_plan", "staff", M, P, staff(1, 0.88, 0.88 * 0.58)),
    Cost(12, "offer_within_six_months", "placement", M, P, placements, IN_2017),
    Cost(13, "partnerships", "lever_cost", M, P, partnerships, IN_2017),
    Cost(13, "partnerships", "placement", M, P, placements, IN_2017),
    Cost(14, "entrepreneurs", "lever_cost", M, P, businesses, IN_2017),
    Cost(14, "entrepreneurs", "self_employed_income", E, N, profits, IN_2017),
    Cost(15, "mentors", "lever_cost", M, P, mentors, IN_2017),
    Cost(15, "outreach", "lever_cost", M, P, outreach, IN_2017),
    Cost(16, "coordinated_cases", "lever_cost", M, P, coordination, IN_2017),
    Cost(17, "trainee_job", "wage", E, N, wages, IN_2017),
    Cost(17, "trainee_job", "trainee_school", S, P, school, IN_2017),
    Cost(17, "trainee_job", "trainee_bonus", S, E, trainee_bonus, IN_2017),
    Cost(18, "reform_2016", "benefit", M, N, benefits(5_945, 11_888)),
    Cost(18, "reform_2016", "benefit_refund", S, M, ladder),
    Cost(18, "reform_2016", "basic_grant", S, M, basic_grant(3_960, 2_693)),
    Cost(18, "reform_2016", "placement", M, P, placements),
    Cost(
        18, "reform_2016", "grant_job", S, M,
        job_grants(lambda first, _: 76_500 if first < 36 else 51_000, window=60, hours=20),
    ),
    Cost(18, "reform_2016", "bonus_extra_job", S, M, bonus),
    Cost(19, "lower_benefit", "benefit", M, N, benefits(0.6 * 10_500, 0.6 * 13_952)),
    Cost(19, "benefit_ceiling", "benefit", M, N, benefits(10_000, 10_000)),
    Cost(21, "dispersal_by_demand", "placement", M, P, placements),
    Cost(22, "regional_danish", "danish_classes", M, P, classes(0.05)),
    Cost(23, "task_force_package", "lever_cost", M, P, package),
    Cost(23, "task_force_package", "advisory_team", S, P, advisory_team),
    Cost(23, "task_force_package", "placement", M, P, placements),
    Cost(23, "task_force_package", "danish_classes", M, P, classes(0)),
    Cost(23, "task_force_package", "staff", M, P, staff_of_an_envelope),
    Cost(23, "task_force_package", "basic_grant", S, M, basic_grant(2_520, 2_520)),
    Cost(23, "task_force_package", "grant_job", S, M, job_grants(lambda *_: 46_881, extra=24)),
]  # fmt: skip


@pytest.fixture(scope="module")
def run_of() -> Callable[[str, dict[str, Any]], IntroductionModel]:
    """Return runs of scenarios, each once."""
    done: dict[tuple[str, bool], IntroductionModel] = {}

    def run(spec: str, keys: dict[str, Any]) -> IntroductionModel:
        key = (spec, bool(keys))
        if key not in done:
            done[key] = small_run(SAMPLE | keys, spec, parameters=OFTEN)
        return done[key]

    return run


@pytest.mark.parametrize("case", COSTS, ids=str)
def test_a_proposal_books_what_it_costs_to_its_payer(case: Cost, run_of: Any) -> None:  # noqa: ANN401
    assert PAYERS[case.item] == (case.payer, case.payee)
    model = run_of(case.spec, case.keys)
    booked = flows(model)[:, codes.ITEMS.index(case.item)]
    counted = case.counted(model)
    if case.counted in {bonus, above_benchmark}:  # spread over persons, some in their last month
        assert booked.sum() == pytest.approx(counted.sum(), rel=1e-9)
    else:
        np.testing.assert_allclose(booked, counted, rtol=1e-9, atol=1e-6)
    assert (counted.sum() > 0) == (case.counted is not nothing)


@pytest.mark.parametrize("row", sorted(ROWS), ids=lambda row: f"row {row:02d}")
def test_accounts_of_all_parties_close_in_every_month(row: int, run_of: Any) -> None:  # noqa: ANN401
    for spec, dated in {(case.spec, bool(case.keys)) for case in COSTS if case.row == row} | (
        {("in_work_credit", False)} if row == 20 else set()
    ):
        accounts_close(run_of(spec, IN_2017 if dated else {}))


@pytest.mark.parametrize("row", WITHOUT_COST)
def test_some_proposals_cost_nothing_of_their_own(row: int, run_of: Any) -> None:  # noqa: ANN401
    (spec,) = {case.spec for case in COSTS if case.row == row}
    model = run_of(spec, {})
    assert total(model, "lever_cost") == 0
    assert total(model, "advisory_team") == 0


def test_row_20_the_state_pays_the_credit_in_proportion_to_hours() -> None:
    without_effect = {"job_finding.b_benefit_men": 0.0, "job_finding.b_benefit_women": 0.0}
    credit, none = (
        small_run(
            SAMPLE | {"taxes.in_work_credit": amount, "trainee_job.slots": 0.01}, parameters=without_effect
        )
        for amount in (1_000, 0)
    )
    assert PAYERS["state_tax"] == (N, S)
    full = in_status(credit, codes.TRAINEE_JOB, codes.SELF_EMPLOYED)
    weekly = np.where(full, 37, history(credit, fields.H_HOURS)) * in_status(credit, *WORK)
    lost = flows(none) - flows(credit)
    due = by_month(credit, 1_000.0 * weekly / 37)
    np.testing.assert_allclose(lost[:, codes.STATE_TAX], due, rtol=1e-9, atol=1e-6)
    spent = -lost[:, codes.INDIRECT_TAX]
    np.testing.assert_allclose(spent, (1 - 1 / 1.325) * due, rtol=1e-9, atol=1e-6)
    assert due.sum() > 0


def test_a_baseline_books_none_of_it(run_of: Any) -> None:  # noqa: ANN401
    model = run_of("three_year", {})
    for item in ("lever_cost", "advisory_team", "trainee_bonus", "trainee_school", "bonus_extra_job"):
        assert total(model, item) == 0


def test_every_row_has_a_cost_test() -> None:
    assert {case.row for case in COSTS} | {20} == ROWS
