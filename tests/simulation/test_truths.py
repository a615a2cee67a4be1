"""Truths whatever the parameters (ODD 1.2, P7): closed form, null doses, independence, conservation."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import pytest
from tests.simulation.support import ROOT, finished, payments_of, scenario, small_model
from tests.waiting import PATIENCE

from ankomst.policy.scenario import Scenario
from ankomst.simulation import codes
from ankomst.simulation.accounts import LEDGER, PARTIES, direction
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.kernels import fields

SIGMAS = 5
SMALL = {
    "population__newcomers_per_year": 96,
    "population__arrival_years": 2,
    "horizon__follow_up_months": 48,
}


def fingerprint(model: IntroductionModel) -> str:
    """Digest of all that a run recorded, bit for bit."""
    digest = hashlib.sha256()
    o = model.records
    for array in (o.whole, o.real, o.counts, o.area_counts, o.ledger_area, o.ledger_cohort, o.ledger_group):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


# -- 1: the two-state Markov chain -------------------------------------------------------------------


def without_effects(hire: float, loss: float) -> dict[str, float]:
    """Parameters that leave nothing but one hazard of finding and one of losing a job."""
    names = Scenario().parameter_values()
    zero = {
        name: 0.0
        for name in names
        if name.startswith(("job_finding.b_", "separation.", "exits.", "search.lock_in", "search.class_"))
    }
    return zero | {
        "job_finding.sigma": 0.0,
        **{f"job_finding.h0_{origin}": hire for origin in codes.ORIGINS},
        "separation.separation": loss,
        "search.k_assessment": 1.0,
        "search.k_self_supported": 1.0,
        "placements.places": 0.0,
    }


@pytest.mark.compiled
@pytest.mark.parametrize(("hire", "loss"), [(0.05, 0.03), (0.4, 0.1), (0.01, 0.3)])
def test_without_effects_employment_follows_the_two_state_chain(hire: float, loss: float) -> None:
    n = 1_200 if numba.config.DISABLE_JIT else 24_000
    policy = scenario(
        interactions=False,
        population__newcomers_per_year=n,
        population__arrival_years=1,
        horizon__follow_up_months=36,
    )
    model = finished(policy, parameters=without_effects(hire, loss), record="counts")
    employed = model.records.counts[..., codes.REC_EMPLOYED_12 : codes.REC_EMPLOYED_25_TOP_UP + 1]
    found = employed.sum(axis=(0, 2, 3)) / n
    h, d = 1 - np.exp(-hire), 1 - np.exp(-loss)
    months = np.arange(1, 37)  # the month of arrival is the first in which a job can be found
    expected = h / (h + d) * (1 - (1 - h - d) ** months)
    sd = np.sqrt(expected * (1 - expected) / n)
    assert np.abs(found - expected).max() > 0
    assert np.all(np.abs(found - expected) < SIGMAS * sd)


# -- 2: zero doses, and the same bits whatever the order ---------------------------------------------

JOB = {"outcome": "ordinary_job", "schedule": 46_881}
EDUCATION = {"outcome": "education", "schedule": 46_881}
TEST = {"outcome": "danish_test", "schedule": 35_162, "sustained_months": 0}
ZERO_DOSES: dict[str, dict[str, Any]] = {
    "capacity": {"placements__capacity": 1.0},
    "offers as they are": {"placements__first_offer_month": 4, "placements__targeting": "creaming"},
    "placement lengths": {"placements__internship_months": 3, "placements__subsidy_months": 6},
    "ordinary system": {"ordinary_system__intensity": 0.0, "ordinary_system__specialists": 0.0},
    "intensity": {"introduction_period__introduction_intensity": 1.0},
    "an envelope for three years": {"introduction_period__resources": "per_newcomer"},
    "extension to the same end": {"introduction_period__extension": "needs_test"},
    "the same end, unless self-supporting": {"introduction_period__extension": "until_self_supporting"},
    "basic grant for 36 months": {"introduction_period__basic_grant_months": 36},
    "danish": {"danish": {"class_hours": 12, "evening_hours": 3, "workplace_hours": 0, "right_months": 36}},
    "benefit": {"benefits__level": 1.0},
    "refund of the date": {"benefits__refund": {"active": 0.5, "passive": 0.3}},
    "demand": {"national_demand": {"2013-01-01": 0.0, "2015-01-01": 0.0}},
    "bonus of nothing": {"bonus_extra_job": 0},
    "grants in steps": {
        "result_grants": [JOB | {"schedule": {"0-120": 46_881}}, EDUCATION | {"extra_window_months": 0}, TEST]
    },
    "grants in a line": {"result_grants": [JOB | {"schedule": [[0, 46_881], [48, 46_881]]}, EDUCATION, TEST]},
    "weights of one": {
        "result_grants": [
            grant | {"group_weights": {"needs_group": 1.0, "others": 1.0}} for grant in (JOB, EDUCATION, TEST)
        ]
    },
    "a cap nobody meets": {"result_grants": [JOB | {"cap": 1e10}, EDUCATION, TEST]},
    "hours everybody has": {"result_grants": [JOB | {"minimum_hours": 12}, EDUCATION, TEST]},
    "window of 36": {"result_grants": [grant | {"window_months": 36} for grant in (JOB, EDUCATION, TEST)]},
}


@pytest.fixture(scope="module")
def baseline() -> str:
    return fingerprint(finished(scenario(**SMALL)))


@pytest.mark.parametrize("dose", ZERO_DOSES)
def test_a_zero_dose_equals_the_baseline_bit_for_bit(dose: str, baseline: str) -> None:
    assert fingerprint(finished(scenario(**(SMALL | ZERO_DOSES[dose])))) == baseline


@pytest.mark.parametrize("spec", ["grant_2013", "three_year+grant_2013"])
def test_the_rule_of_2013_is_the_baseline(spec: str, baseline: str) -> None:
    assert fingerprint(finished(scenario(spec, **SMALL))) == baseline


@pytest.mark.compiled
def test_the_seed_decides(baseline: str) -> None:
    assert fingerprint(finished(scenario(**SMALL))) == baseline
    assert fingerprint(finished(scenario(**SMALL), seed=12)) != baseline
    assert fingerprint(finished(scenario(**SMALL), replicate=1)) != baseline
    assert fingerprint(finished(scenario("one_year", **SMALL))) != baseline


def test_a_population_drawn_before_gives_the_same_run(baseline: str) -> None:
    first = small_model(scenario(**SMALL))
    assert fingerprint(finished(scenario(**SMALL), population=first.population)) == baseline


def test_months_of_two_runs_may_alternate(baseline: str) -> None:
    one, other = small_model(scenario(**SMALL)), small_model(scenario("one_year", **SMALL))
    for _ in range(one.months):
        other.step()
        one.step()
    assert fingerprint(one) == baseline
    assert fingerprint(other) == fingerprint(finished(scenario("one_year", **SMALL)))


@pytest.mark.compiled
def test_threads_do_not_change_a_bit(baseline: str) -> None:
    models = [small_model(scenario(**SMALL)) for _ in range(4)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(IntroductionModel.run, models))
    assert {fingerprint(model) for model in models} == {baseline}


@pytest.mark.compiled
def test_another_process_gives_the_same_bits(baseline: str) -> None:
    code = (
        "from tests.simulation.support import finished, scenario\n"
        "from tests.simulation.test_truths import SMALL, fingerprint\n"
        "print(fingerprint(finished(scenario(**SMALL))))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert result.stdout.strip() == baseline


# -- 3: with interactions off nobody matters to anybody ----------------------------------------------


@pytest.mark.parametrize(
    ("spec", "parameters"),
    [
        ("three_year", {}),
        # Municipalities plan from the mean of their clients: where the policy differs from that of 2013, the
        # plan has to be held still for one newcomer not to matter to another.
        ("one_year_flexible+grant_by_speed", {"municipality.effort_elasticity": 0.0}),
    ],
)
def test_without_interactions_one_more_a_month_changes_nobody(
    spec: str, parameters: dict[str, float]
) -> None:
    few, many = (
        finished(
            scenario(spec, interactions=False, **(SMALL | {"population__newcomers_per_year": n})),
            parameters=parameters,
        )
        for n in (96, 108)
    )
    where = {ident: k for k, ident in enumerate(many.population.ident.tolist())}
    same = [where[ident] for ident in few.population.ident.tolist()]
    assert many.population.size == few.population.size + 24
    np.testing.assert_array_equal(few.records.whole, many.records.whole[:, same])
    np.testing.assert_array_equal(few.records.real, many.records.real[:, same])
    np.testing.assert_array_equal(few.newcomers.slot_month, many.newcomers.slot_month[:, same])


def test_with_interactions_they_do_matter() -> None:
    few, many = (finished(scenario(**(SMALL | {"population__newcomers_per_year": n}))) for n in (96, 108))
    where = {ident: k for k, ident in enumerate(many.population.ident.tolist())}
    same = [where[ident] for ident in few.population.ident.tolist()]
    assert not np.array_equal(few.records.whole, many.records.whole[:, same])


# -- 4: conservation ---------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["three_year", "one_year_flexible+grant_2017", "flexible_danish"])
def run(request: pytest.FixtureRequest) -> IntroductionModel:
    return finished(scenario(request.param, **SMALL), parameters={"exits.disability": 0.05})


def test_present_left_pensioned_and_completed_are_those_who_arrived(run: IntroductionModel) -> None:
    starts, counts = run.population.starts, run.records.area_counts
    for t in range(run.months):
        arrived = starts[min(t + 1, run.arrival_months)]
        completed = starts[max(0, t - run.follow_up + 1)]
        assert counts[t].sum() + completed == arrived
    assert np.all(run.records.counts.sum(axis=(0, 2, 3)) == run.population.size)
    status = run.records.whole[fields.H_STATUS]
    assert status.min() >= 0
    assert status.max() <= codes.LEFT
    gone = status[:, :-1] >= codes.DISABILITY_PENSION
    moved = (status[:, 1:] != status[:, :-1]) & (status[:, 1:] != codes.LEFT)
    assert not np.any(gone & moved), "a pension may end in emigration only, and who has left stays away"
    present = (status <= codes.SELF_SUPPORTED).sum(axis=0)
    pensioned, left = ((status == code).sum(axis=0) for code in (codes.DISABILITY_PENSION, codes.LEFT))
    assert np.all(present + pensioned + left == run.population.size)
    assert pensioned[-1] > 0


def test_every_item_has_a_payer_and_a_payee_and_all_parties_sum_to_zero(run: IntroductionModel) -> None:
    assert all(item.payer != item.payee for item in LEDGER)
    balance = np.stack([direction(party) for party in PARTIES])
    assert np.all(balance.sum(axis=0) == 0)
    assert np.all(np.abs(balance).sum(axis=0) == 2)
    o = run.records
    flows = np.zeros((run.months, len(LEDGER)))
    for cohort in range(run.arrival_months):
        flows[cohort : cohort + run.follow_up] += o.ledger_cohort[cohort]
    sums = np.array([[(sign * month).sum() for month in flows] for sign in balance])
    np.testing.assert_allclose(sums.sum(axis=0), 0.0, atol=1e-9 * np.abs(flows).sum())


def test_the_three_ledgers_hold_the_same_money(run: IntroductionModel) -> None:
    o = run.records
    total = o.ledger_cohort.sum(axis=(0, 1))
    np.testing.assert_allclose(o.ledger_group.sum(axis=(0, 1)), total, rtol=1e-12)
    np.testing.assert_allclose(o.ledger_area.sum(axis=(0, 1)), total, rtol=1e-12)
    assert np.all(total >= 0)
    by_s = o.ledger_cohort.sum(axis=0)
    np.testing.assert_allclose(o.ledger_group.sum(axis=1), by_s, rtol=1e-9, atol=1e-6)


def test_state_and_municipality_together_refunds_and_grants_cancel() -> None:
    both = direction("state") + direction("municipality")
    for k, item in enumerate(LEDGER):
        if item.kind != "market":
            assert (both[k] == 0) == (item.kind in {"refund", "grant"}), item.name


def test_grants_paid_are_the_milestones_counted(run: IntroductionModel) -> None:
    paid = payments_of(run)
    grants = run.scenario.result_grants
    total = run.records.ledger_cohort.sum(axis=(0, 1))
    for outcome, item in zip(codes.GRANT_OUTCOMES, range(codes.GRANT_JOB, codes.GRANT_JOB + 4), strict=True):
        notes = [
            (number, note[1])
            for mine in paid
            for number, note in mine.items()
            if grants[number].outcome == outcome
        ]
        assert total[item] == pytest.approx(sum(grants[number].amount(start) for number, start in notes))
        booked = run.records.grant_paid[:, [g.outcome == outcome for g in grants]]
        assert np.count_nonzero(booked) == len(notes)


def test_each_person_is_paid_once_an_outcome(run: IntroductionModel) -> None:
    for outcome in codes.GRANT_OUTCOMES:
        grants = [k for k, grant in enumerate(run.scenario.result_grants) if grant.outcome == outcome]
        assert np.all(np.count_nonzero(run.records.grant_paid[:, grants], axis=1) <= 1)
