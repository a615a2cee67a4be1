"""The twin by itself: conservation, legal states, limits and repeatability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import build_scenario

from . import statuses as st
from .model import TwinModel
from .random_draw import constant_draw, random_draw
from .sample import small_country, small_population

if TYPE_CHECKING:
    from collections.abc import Mapping

PEOPLE, ARRIVAL_MONTHS, PLACES, MONTHS = 40, 12, 3, 30

SCENARIOS: dict[str, dict[str, Any]] = {
    "three_year": {},
    "one_year": {"introduction_period": {"base_months": 12, "max_months": 12}},
    "flexible": {
        "introduction_period": {
            "base_months": 12,
            "extension": "needs_test",
            "early_exit_months": 6,
            "resources": "per_newcomer",
        },
        "placements": {
            "first_offer_month": 1,
            "first_offer_deadline_months": 6,
            "targeting": "needs_first",
        },
    },
    "until_self_supporting": {
        "date": "2017-01-01",
        "introduction_period": {
            "base_months": 12,
            "max_months": 60,
            "extension": "until_self_supporting",
        },
        "placements": {"job_ready_from_day_one": True, "first_offer_month": 1, "targeting": "equal"},
        "benefits": {"refund": {"active": 0.5, "passive": 0.3}},
        "danish": {"right_months": None, "class_hours": 0},
    },
    "other_grants": {
        "result_grants": [
            {"outcome": "ordinary_job", "schedule": {"0-12": 75000, "12-24": 50000}, "minimum_hours": 20},
            {"outcome": "self_support", "schedule": [[0, 9000], [36, 0]], "window_months": 60},
            {
                "outcome": "education",
                "schedule": 9000,
                "sustained_months": 0,
                "self_supported_eligible": False,
            },
        ],
        "benefits": {"refund": "flat_50"},
    },
    "alone": {"interactions": False, "national_demand": {"2014-01-01": 2.0}},
    "proposals": {
        "trainee_job": {"slots": 0.1, "months": 6},
        "entrepreneurship": {"support": 1.0},
        "civil_society": {"mentor_share": 0.5},
        "outreach": {"self_supported_share": 0.5},
        "coordination": {"health": 1.0},
        "assessment": {"asylum_information": 1.0, "deadline_months": 3, "guidance_share": 0.9},
        "governance": {"result_targets": True, "advisory_team": True, "peer_exchange": 0.1},
        "placements": {"partnerships": 0.5},
        "danish": {"regional": 1.0},
        "taxes": {"in_work_credit": 1_000},
        "benefits": {"ceiling": 10_000, "rates_of": "2015-09-01", "refund_of": "2016-01-01"},
    },
    "denmark": {"rules": "denmark", "population": {"newcomers_per_year": PEOPLE, "arrivals": {2015: 7_000}}},
}
NO_BUSINESS = {"exits.business_start": 0.0}


def twin(
    settings: Mapping[str, Any],
    seed: int = 1,
    changes: Mapping[str, Any] | None = None,
    months: int = MONTHS,
) -> TwinModel:
    scenario = build_scenario({"population": {"newcomers_per_year": PEOPLE}} | dict(settings))
    model = TwinModel(
        scenario,
        scenario.parameter_values() | dict(changes or {}),
        load_rates(),
        small_population(PEOPLE, ARRIVAL_MONTHS, PLACES, seed),
        small_country(PLACES, scenario, seed),
        random_draw(seed),
    )
    model.run(months)
    return model


@pytest.mark.parametrize("settings", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_people_are_conserved_and_their_months_are_legal(settings: Mapping[str, Any]) -> None:
    model = twin(settings)
    assert len(model.newcomers) == PEOPLE
    assert len(model.agents) == PEOPLE + PLACES
    for newcomer in model.newcomers:
        months = newcomer.history
        assert len(months) == MONTHS - newcomer.arrival_month
        before = None
        for month in months:
            assert st.ASSESSMENT <= month["status"] < st.COMPLETED
            assert 0 <= month["language"] <= 6
            assert (month["hours"] > 0) == (month["status"] == st.EMPLOYED)
            assert month["top_up"] == 0 or month["hours"] < 37
            if before is not None:
                assert month["language"] >= before["language"]
                assert month["work_months"] - before["work_months"] in (0, 1)
                assert before["status"] not in st.ABSORBED or month["status"] == before["status"]
            before = month


def test_trainee_jobs_and_businesses_come_from_their_levers_only() -> None:
    def seen(settings: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> set[int]:
        model = twin(settings, changes=changes)
        return {month["status"] for who in model.newcomers for month in who.history}

    assert {st.TRAINEE_JOB, st.SELF_EMPLOYED}.isdisjoint(seen({}, NO_BUSINESS))
    assert st.SELF_EMPLOYED in seen({}, {"exits.business_start": 0.02})
    assert st.TRAINEE_JOB in seen(SCENARIOS["proposals"], NO_BUSINESS)


@pytest.mark.parametrize("settings", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_one_payment_a_person_and_outcome(settings: Mapping[str, Any]) -> None:
    model = twin(settings)
    for newcomer in model.newcomers:
        outcomes = [
            grant.outcome
            for grant, milestone in zip(model.grants, newcomer.milestones, strict=True)
            if milestone is not None
        ]
        assert len(outcomes) == len(set(outcomes))


def test_a_run_repeats_itself() -> None:
    one, two, other = twin({}), twin({}), twin({}, seed=2)
    assert [who.history for who in one.newcomers] == [who.history for who in two.newcomers]
    assert [who.history for who in one.newcomers] != [who.history for who in other.newcomers]


def test_without_hazards_nobody_works() -> None:
    names = ("h0_refugee", "h0_reunified_with_refugee", "h0_reunified_with_other")
    model = twin({}, changes=NO_BUSINESS | {f"job_finding.{name}": 0.0 for name in names})
    assert all(month["status"] not in st.WORKING for who in model.newcomers for month in who.history)
    assert all(who.first_job_month == -1 for who in model.newcomers)
    assert any(month["status"] == st.INTERNSHIP for who in model.newcomers for month in who.history)


def test_the_reference_policy_leaves_effort_where_it_was() -> None:
    model = twin({})
    for home in model.municipalities:
        for year in home.history.values():
            assert year["e"] == home.effort_at_start
            assert year["language_effort"] == 1.0
            assert year["N"] == 36


def test_no_grants_lower_the_effort_of_the_responsive_only() -> None:
    model = twin({"result_grants": []})
    for home in model.municipalities:
        last = home.history[2]
        assert (last["e"] < home.effort_at_start) == home.responsive
        assert (last["language_effort"] < 1) == home.responsive


def test_follow_up_ends_and_counts_add_up() -> None:
    model = twin({"horizon": {"follow_up_months": 12}})
    assert all(len(who.history) == 12 for who in model.newcomers)
    assert {who.status for who in model.newcomers} <= {st.COMPLETED, st.LEFT, st.DISABILITY_PENSION}


def test_with_the_highest_draws_nothing_happens_by_chance() -> None:
    scenario = build_scenario({"population": {"newcomers_per_year": PEOPLE}})
    model = TwinModel(
        scenario,
        scenario.parameter_values() | {"exits.education_entry": 0.0},
        load_rates(),
        small_population(PEOPLE, ARRIVAL_MONTHS, PLACES, 1),
        small_country(PLACES, scenario, 1),
        constant_draw(1 - 2.0**-33),
    )
    model.run(MONTHS)
    refugee = next(who for who in model.newcomers if not who.supported)
    statuses = [month["status"] for month in refugee.history]
    assert statuses[:3] == [st.ASSESSMENT, st.LANGUAGE_CLASS, st.LANGUAGE_CLASS]
    assert all(who.status != st.LEFT and who.test_month == -1 for who in model.newcomers)
