"""Sign tests (truth 6): paired runs on the whole country, with bounds from the spread of the differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ankomst.policy.scenario import Scenario, build_scenario
from ankomst.simulation.codes import EMPLOYED
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.kernels import fields

pytestmark = pytest.mark.compiled

MONTHS = 72
SIGMAS = 3
START = Scenario().parameter_values()
JOB = {"outcome": "ordinary_job", "schedule": 46_881}
Array = np.ndarray[Any, Any]


def run(parameters: dict[str, float] | None = None, **changes: Any) -> IntroductionModel:  # noqa: ANN401
    settings: dict[str, Any] = {
        "population": {"newcomers_per_year": 6_000, "arrival_years": 2},
        "horizon": {"follow_up_months": MONTHS},
    }
    model = IntroductionModel(
        build_scenario(settings | changes), seed=1, record="persons", parameters=parameters
    )
    model.run()
    return model


@pytest.fixture(scope="module")
def base() -> IntroductionModel:
    return run()


def employed(model: IntroductionModel) -> Array:
    return np.asarray(model.records.whole[fields.H_STATUS] == EMPLOYED)


def difference(more: Array, less: Array) -> tuple[float, float]:
    """Mean of the paired differences of persons, and its standard error."""
    paired = more.astype(np.float64) - less
    return float(paired.mean()), float(paired.std() / np.sqrt(paired.size))


MORE_EMPLOYMENT: dict[str, dict[str, Any]] = {
    "language speed": {"parameters": {"danish.language_speed": 1.3 * START["danish.language_speed"]}},
    "demand": {"national_demand": 2.0},
    "places": {"parameters": {"placements.places": 1.5 * START["placements.places"]}},
    "capacity": {"placements": {"capacity": 1.5}},
    "intensity": {"introduction_period": {"introduction_intensity": 1.5}},
    "intensity without more places": {
        "introduction_period": {"introduction_intensity": 1.5},
        "parameters": {"placements.places": START["placements.places"] / 1.5},
    },
}


@pytest.mark.parametrize("lever", MORE_EMPLOYMENT)
def test_more_of_it_gives_more_months_in_work(lever: str, base: IntroductionModel) -> None:
    mean, error = difference(employed(run(**MORE_EMPLOYMENT[lever])).sum(axis=1), employed(base).sum(axis=1))
    assert mean > SIGMAS * error


def test_effort_works_through_its_coefficient() -> None:
    period = {"introduction_intensity": 1.5}
    none, some = (run({"job_finding.b_effort": value}, introduction_period=period) for value in (0.0, 0.5))
    mean, error = difference(employed(some).sum(axis=1), employed(none).sum(axis=1))
    assert mean > SIGMAS * error


def test_a_lower_benefit_brings_men_into_work_early_and_fades(base: IntroductionModel) -> None:
    lower = run(benefits={"level": 0.6})
    n = base.newcomers
    on_benefit = n.supported == 0
    men, women = on_benefit & (n.female == 0), on_benefit & (n.female == 1)

    def gain(who: Array, first: int, last: int) -> tuple[float, float]:
        months = slice(first, last)
        return difference(employed(lower)[who, months].sum(axis=1), employed(base)[who, months].sum(axis=1))

    early, early_error = gain(men, 6, 24)
    late, late_error = gain(men, MONTHS - 18, MONTHS)
    assert early > SIGMAS * early_error
    assert early - late > SIGMAS * np.hypot(early_error, late_error)
    assert late < early / 2
    hers, her_error = gain(women, 6, 24)
    assert early - hers > SIGMAS * np.hypot(early_error, her_error)


@pytest.mark.parametrize("stake", [100_000, 200_000])
def test_a_larger_stake_sharpens_the_choice_of_the_job_ready(stake: float) -> None:
    # Effort is held still: only who gets a place may change, not how many places there are.
    fixed = {"municipality.effort_elasticity": 0.0}
    now, larger = (run(fixed, result_grants=[JOB | {"schedule": amount}]) for amount in (46_881, stake))
    placed = [(model.records.whole[fields.H_STARTED] > 0).sum(axis=1) for model in (larger, now)]
    readiness = now.newcomers.eta
    clients = now.newcomers.supported == 0
    low, high = np.quantile(readiness[clients], [1 / 3, 2 / 3])
    easiest, hardest = clients & (readiness > high), clients & (readiness <= low)
    gained, gained_error = difference(placed[0][easiest], placed[1][easiest])
    lost, lost_error = difference(placed[0][hardest], placed[1][hardest])
    assert gained > SIGMAS * gained_error
    assert lost < -SIGMAS * lost_error
