"""Random numbers that belong to a job: thresholds that are used up by hazards, the same in every scenario."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.support import finished, scenario, small_model, uniforms

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from ankomst.simulation.engine import IntroductionModel

SHORT = {"population__arrival_years": 2, "horizon__follow_up_months": 48}
FOR_EVER = {"separation.separation": 0.0, "exits.emigration": 0.0}
"""Jobs are never lost: whoever has one keeps the thresholds drawn for it."""
NO_SEARCH = {f"job_finding.h0_{name}": 1e-300 for name in (
    "refugee", "reunified_with_refugee", "reunified_with_other"
)} | {"exits.business_start": 0.0}  # fmt: skip
QUIET = {"exits.emigration": 0.0, "exits.education_entry": 0.0, "exits.disability": 0.0}


def threshold(model: IntroductionModel, person: int, job: int, word: int) -> float:
    """Return an exponential number of a job, drawn one by one."""
    ident = int(model.population.ident[person])
    return -math.log(1.0 - uniforms(ident, job, c.STREAM_JOB, *model.key)[word])


def by_person(model: IntroductionModel, name: str) -> dict[int, float]:
    """Return a field by the id of the person."""
    return dict(zip(model.population.ident.tolist(), getattr(model.newcomers, name).tolist(), strict=True))


def test_the_first_threshold_is_the_persons_own_whatever_the_period_and_the_arrivals() -> None:
    models = [
        finished(scenario(spec, **SHORT, **changes), parameters=NO_SEARCH, newcomers_per_year=sample)
        for spec, changes, sample in (
            ("three_year", {}, 60),
            ("one_year", {}, 60),
            ("three_year", {"introduction_period__base_months": 36}, 240),
            ("three_year", {"danish__class_hours": 0, "placements__capacity": 0.5}, 60),
        )
    ]
    first, *others = (by_person(model, "until_job") for model in models)
    assert len(first) == 120
    for other in others:
        assert {ident: other[ident] for ident in first} == pytest.approx(first, rel=1e-12)
    for person in range(20):
        assert models[0].newcomers.until_job[person] == pytest.approx(threshold(models[0], person, 0, 2))


@pytest.mark.compiled
def test_the_thresholds_of_a_job_are_the_same_whenever_it_begins() -> None:
    models = [
        finished(scenario(spec, **SHORT), parameters=FOR_EVER, newcomers_per_year=sample)
        for spec, sample in (("three_year", 300), ("one_year_flexible_concentrated", 300), ("one_year", 600))
    ]
    found = []
    for model in models:
        n = model.newcomers
        people = np.flatnonzero(n.status == c.EMPLOYED)
        assert set(n.jobs[people].tolist()) == {1}
        for person in people[:30]:
            assert n.until_loss[person] == pytest.approx(threshold(model, person, 1, 1), rel=1e-14)
            assert n.until_job[person] == pytest.approx(threshold(model, person, 1, 2), rel=1e-14)
        found.append({int(model.population.ident[k]): n.until_loss[k] for k in people})
    began = [by_person(model, "first_job") for model in models]
    both = found[0].keys() & found[1].keys() & found[2].keys()
    assert len(both) > 100
    assert any(began[0][ident] != began[1][ident] for ident in both)
    for ident in both:
        assert found[0][ident] == found[1][ident] == found[2][ident]


def test_search_uses_a_threshold_up_and_a_job_begins_when_nothing_is_left() -> None:
    policy = scenario(**SHORT, trainee_job__slots=0.0)
    model = small_model(policy, parameters=QUIET | {"placements.places": 0.0}, newcomers_per_year=240)
    n = model.newcomers
    begun = 0
    while model.month < model.months:
        before, status, jobs = n.until_job.copy(), n.status.copy(), n.jobs.copy()
        left = n.until_loss.copy()
        model.step()
        first, last = max(0, model.month - model.follow_up), min(model.month, model.arrival_months)
        here = np.zeros(n.ident.size, dtype=np.bool_)
        here[model.population.starts[first] : model.population.starts[last]] = True
        hired = here & (n.jobs > jobs)
        begun += int(hired.sum())
        assert np.all(n.jobs[hired] == jobs[hired] + 1)
        assert np.all(n.status[hired] == c.EMPLOYED)
        worked = here & (status == c.EMPLOYED)
        np.testing.assert_array_equal(n.until_job[worked], before[worked])
        assert np.all((n.until_loss[worked] <= 0.0) == (n.status[worked] != c.EMPLOYED))
        assert np.all(n.until_loss[worked] < left[worked])
        searched = here & ~hired & np.isin(status, (c.JOB_CENTRE, c.ASSESSMENT))
        assert np.all(n.until_job[searched] < before[searched])
        assert np.all(n.until_job[searched] > 0.0)
    assert begun > 200


@pytest.mark.parametrize(
    ("changes", "parameters", "status"),
    [
        ({"trainee_job__slots": 0.2, "trainee_job__months": 3}, {"levers.trainee_hired": 0.0}, c.TRAINEE_JOB),
        ({}, {"exits.business_start": 0.2, "constants.business_closing": 0.5}, c.SELF_EMPLOYED),
        ({"placements__first_offer_month": 0}, {"placements.worth_internship": 0.0}, c.INTERNSHIP),
    ],
)
def test_what_is_no_job_leaves_what_remains_of_the_threshold(
    changes: dict[str, Any], parameters: dict[str, float], status: int
) -> None:
    model = finished(
        scenario(**SHORT, **changes),
        parameters=NO_SEARCH | {"exits.business_start": 0.0} | parameters,
        newcomers_per_year=60,
    )
    assert np.any(model.records.whole[fields.H_STATUS] == status)
    assert np.all(model.newcomers.jobs == 0)
    for person in range(model.population.size):
        assert model.newcomers.until_job[person] == pytest.approx(threshold(model, person, 0, 2), rel=1e-12)


def test_the_offer_of_a_host_comes_after_the_search_of_the_month() -> None:
    """A host that hires with probability 1 - exp(-x) uses up x, of what search leaves."""
    model = small_model(
        scenario(interactions=False, placements__first_offer_month=0, **SHORT),
        parameters=NO_SEARCH | QUIET | {"placements.places": 1.0, "placements.subsidised_share": 0.0},
        newcomers_per_year=60,
    )
    n = model.newcomers
    n.eta[:] = math.log(0.01)  # search uses up a hundredth a month where it is full
    changed = 0
    for _ in range(model.months):
        ends = (n.status == c.INTERNSHIP) & (n.months_in_status == 2)
        before = n.until_job.copy()
        model.step()
        done = np.flatnonzero(ends & (n.status != c.INTERNSHIP) & (n.status != c.EMPLOYED))
        for person in done:
            s = model.month - 1 - model.population.arrival[person]
            k = model.rules.table[fields.SEARCH_T + c.INTERNSHIP, s]
            worth = model.rules.worth_internship * (model.rules.worth_women if n.female[person] else 1.0)
            used = (k + worth) * n.hazard[person]
            assert before[person] - n.until_job[person] == pytest.approx(used, rel=1e-9)
        changed += done.size
    assert changed > 20
