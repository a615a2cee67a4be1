"""Random valid scenarios: people and money are conserved, values are legal, bits repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.support import SMALL_TABLE
from tests.simulation.test_truths import fingerprint

from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import Scenario, build_scenario
from ankomst.simulation import codes
from ankomst.simulation.accounts import PARTIES, direction
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from ankomst.policy.parameter_values import Parameter

EXAMPLES = 60
RANGED = [p for p in load_registry().values() if p.range is not None]
NEWEST = [p for p in RANGED if p.group in {"readiness", "period"} or p.name == "placements.sub_places"]
SHARES = st.floats(0, 1)
OUTCOMES = st.sampled_from(codes.GRANT_OUTCOMES)
SCHEDULES = (
    st.floats(0, 200_000)
    | st.just({"0-12": 75_000, "12-24": 50_000, "24-36": 25_000})
    | st.just([[0, 75_000], [36, 0]])
)


@st.composite
def grants(draw: st.DrawFn) -> dict[str, Any]:
    outcome = draw(OUTCOMES)
    return {
        "outcome": outcome,
        "schedule": draw(SCHEDULES),
        "sustained_months": 0 if outcome == "danish_test" else draw(st.integers(0, 60)),
        "minimum_hours": draw(st.sampled_from([0, 20, 30, 37])),
        "window_months": draw(st.just("introduction_period") | st.integers(1, 120)),
        "extra_window_months": draw(st.integers(0, 24)),
        "group_weights": {"needs_group": draw(st.floats(0, 3)), "others": draw(st.floats(0, 3))},
        "cap": draw(st.none() | st.floats(0, 5e6)),
        "self_supported_eligible": draw(st.booleans()),
        "benchmark": outcome == "ordinary_job" and draw(st.booleans()),
    }


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    base = draw(st.integers(1, 48))
    return {
        "base_months": base,
        "max_months": draw(st.integers(base, 72)),
        "extension": draw(st.sampled_from(["never", "needs_test", "until_self_supporting"])),
        "early_exit_months": draw(st.none() | st.integers(1, base)),
        "resources": draw(st.sampled_from(["per_month", "per_newcomer"])),
        "introduction_intensity": draw(st.floats(0, 3)),
        "basic_grant_months": draw(st.just("in_period") | st.integers(0, 60)),
    }


@st.composite
def offers(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(st.integers(0, 12))
    return {
        "first_offer_month": first,
        "first_offer_deadline_months": draw(st.none() | st.integers(max(1, first), 24)),
        "capacity": draw(st.floats(0, 5)),
        "partnerships": draw(SHARES),
        "job_ready_from_day_one": draw(st.booleans()),
        "targeting": draw(st.sampled_from(["creaming", "equal", "needs_first"])),
        "internship_months": draw(st.integers(1, 12)),
        "subsidy_months": draw(st.integers(1, 24)),
    }


@st.composite
def scenarios(draw: st.DrawFn) -> tuple[Scenario, dict[str, float]]:
    dated = draw(st.booleans())
    fixed = draw(st.sampled_from(["2010-01-01", "2013-07-01", "2015-09-01", "2017-01-01", "2024-01-01"]))
    data = {
        **({"rules": "denmark"} if dated else {"date": fixed}),
        "interactions": draw(st.booleans()),
        "introduction_period": draw(periods()),
        "ordinary_system": {"intensity": draw(st.floats(0, 1)), "specialists": draw(st.floats(0, 1))},
        "danish": {
            "class_hours": draw(st.floats(0, 37)),
            "evening_hours": draw(st.floats(0, 20)),
            "workplace_hours": draw(st.floats(0, 20)),
            "right_months": draw(st.none() | st.integers(0, 120)),
            "regional": draw(SHARES),
        },
        "placements": draw(offers()),
        "result_grants": draw(st.lists(grants(), max_size=5)),
        "bonus_extra_job": draw(st.none() | st.floats(0, 100_000)),
        "assessment": {
            "months": draw(st.integers(0, 12)),
            "asylum_information": draw(SHARES),
            "deadline_months": draw(st.integers(0, 60)),
            "guidance_share": draw(SHARES),
        },
        "governance": {
            "result_targets": draw(st.booleans()),
            "advisory_team": draw(st.booleans()),
            "peer_exchange": draw(st.floats(0, 0.1)),
        },
        "entrepreneurship": {"support": draw(SHARES)},
        "civil_society": {"mentor_share": draw(SHARES)},
        "outreach": {"self_supported_share": draw(SHARES)},
        "coordination": {"health": draw(SHARES)},
        "trainee_job": {
            "slots": draw(st.floats(0, 0.2)),
            "months": draw(st.integers(1, 36)),
            "max_months_since_arrival": draw(st.integers(1, 60)),
            "school_weeks": draw(st.floats(0, 104)),
        },
        "taxes": {"in_work_credit": draw(st.floats(0, 10_000))},
        "dispersal": draw(st.sampled_from(["quota", "demand_weighted"])),
        "benefits": {
            "ceiling": draw(st.none() | st.floats(0, 20_000)),
            "rates_of": draw(st.sampled_from([None, "2013-07-01", "2017-01-01"])),
            "refund_of": draw(st.sampled_from([None, "2013-07-01", "2017-01-01"])),
            "level": draw(st.floats(0, 2)),
            "refund": draw(st.sampled_from([None, "flat_50", {"active": 0.6, "passive": 0.1}])),
        },
        "national_demand": draw(st.floats(-20, 20)),
        "population": {
            "newcomers_per_year": draw(st.integers(60, 120)),
            "real_inflow_per_year": draw(st.floats(50, 60_000)),
            "arrival_years": draw(st.integers(1, 2)),
            "arrivals": draw(st.sampled_from([None, {2014: 400, 2015: 90}, {2016: 1, 2017: 5_000}])),
            "municipalities": draw(st.sampled_from([None, SMALL_TABLE])),
        },
        "horizon": {"follow_up_months": draw(st.integers(12, 40))},
        "accounts": {"staff_refunded": draw(st.booleans()), "outside_classes_refunded": draw(st.booleans())},
    }
    changed: list[Parameter] = draw(st.lists(st.sampled_from(RANGED), max_size=6))
    changed += draw(st.lists(st.sampled_from(NEWEST), max_size=10, unique=True))
    parameters = {}
    for parameter in changed:
        assert parameter.range is not None
        low, high = parameter.range
        value = draw(st.sampled_from([low, high]) | st.floats(low, high))
        parameters[parameter.name] = round(value) if parameter.integer else value
    return build_scenario(data), parameters


@pytest.mark.compiled
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
@given(scenarios(), st.integers(0, 1_000))
def test_random_valid_scenarios(drawn: tuple[Scenario, dict[str, float]], seed: int) -> None:
    policy, parameters = drawn
    one, two = (
        IntroductionModel(policy, seed=seed, record="persons", parameters=parameters) for _ in range(2)
    )
    for _ in range(one.months):
        one.step()
        legal_municipalities(one)
    two.run()
    assert fingerprint(one) == fingerprint(two)
    everybody_is_somewhere(one)
    legal_histories(one)
    money_is_conserved(one)


def legal_municipalities(model: IntroductionModel) -> None:
    a = model.areas.real
    assert np.isfinite(a).all()
    chi = model.parameters["search.crowding"]
    assert np.all((a[:, fields.M_CROWD] > 0) & (a[:, fields.M_CROWD] <= 1 + 1 / chi + 1e-12))
    for home in model.municipalities:
        assert 0.25 - 1e-12 <= home.effort / home.first_effort <= 4 + 1e-12
        assert 0.5 <= home.language_effort <= 2.0
        assert 0 < home.expected_period <= max(period.max_months for period, _, _ in model.periods)
    assert np.all(a[:, fields.M_EMPLOYED] <= a[:, fields.M_PRESENT])


def everybody_is_somewhere(model: IntroductionModel) -> None:
    starts = model.population.starts
    for t in range(model.months):
        arrived, completed = starts[min(t + 1, model.arrival_months)], starts[max(0, t - model.follow_up + 1)]
        assert model.records.area_counts[t].sum() == arrived - completed
    assert np.all(model.records.counts.sum(axis=(0, 2, 3)) == model.population.size)


def legal_histories(model: IntroductionModel) -> None:
    n, o = model.newcomers, model.records
    columns = [getattr(n, name) for name in fields.PERSON.names or ()]
    for array in (*columns, o.real, o.ledger_area, o.ledger_cohort, o.ledger_group, o.grant_paid):
        assert np.isfinite(array).all()
    status, hours = o.whole[fields.H_STATUS], o.whole[fields.H_HOURS]
    assert set(np.unique(status).tolist()) <= set(range(codes.COMPLETED))
    assert set(np.unique(hours).tolist()) <= {0, 12, 25, 37}
    assert np.array_equal(hours > 0, status == codes.EMPLOYED)
    never_supported = n.supported == 0
    clients = np.isin(status, [0, 1, 2, 3, 8])
    assert not clients[~never_supported].any()
    assert not (status[never_supported] == codes.SELF_SUPPORTED).any()
    language, practice = o.real[fields.H_LANGUAGE], o.real[fields.H_PRACTICE]
    assert language.min() >= 0
    assert language.max() <= 6
    assert np.all(np.diff(language, axis=1) >= 0)
    assert practice.min() >= 0
    ends = o.whole[fields.H_PERIOD]
    assert ends.min() >= 0
    assert ends.max() <= max(period.max_months for period, _, _ in model.periods)
    reached, begun = n.slot_month, n.slot_start
    assert np.array_equal(reached == codes.NEVER, begun == codes.NEVER)
    assert np.all(begun <= reached)
    gone = status[:, :-1] == codes.LEFT
    assert np.all(status[:, 1:][gone] == codes.LEFT)


def money_is_conserved(model: IntroductionModel) -> None:
    o = model.records
    total = o.ledger_cohort.sum(axis=(0, 1))
    # The in-work credit is a negative state tax, and raises what is taxed indirectly.
    assert np.all(np.delete(total, codes.STATE_TAX) >= -1e-6)
    np.testing.assert_allclose(o.ledger_group.sum(axis=(0, 1)), total, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(o.ledger_area.sum(axis=(0, 1)), total, rtol=1e-9, atol=1e-6)
    balances = [(direction(party) * total).sum() for party in PARTIES]
    assert abs(sum(balances)) <= 1e-9 * np.abs(total).sum() + 1e-6
    grants = model.milestones.grants
    for k, outcome in enumerate(codes.GRANT_OUTCOMES):
        mine = [g for g, grant in enumerate(grants) if grant.outcome == outcome and not grant.benchmark]
        if not any(grant.benchmark for grant in grants):
            booked = total[codes.GRANT_JOB + k]
            np.testing.assert_allclose(o.grant_paid[:, mine].sum(), booked, rtol=1e-9, atol=1e-6)
    caps = model.areas.real[:, fields.M_CAP_PAID :]
    for g, grant in enumerate(grants):
        assert grant.cap is None or caps[:, g].max() <= grant.cap + 1e-6
