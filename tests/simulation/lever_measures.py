"""What the sign tests of the levers look at: one number for each person, or for each municipality."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from tests.simulation.lever_runs import WORK, Array, history, in_status, status

from ankomst.simulation import codes
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.kernels import fields

Measure = Callable[[IntroductionModel], Array]


def of(who: Measure, what: Measure) -> Any:  # noqa: ANN401
    """Return a measure of some people only; whom it picks must not depend on the dose."""
    return lambda model: what(model)[who(model)]


def in_need(model: IntroductionModel) -> Array:
    return np.asarray(model.population.needs == 1)


def impaired(model: IntroductionModel) -> Array:
    return np.asarray(model.population.health == 1)


def men(model: IntroductionModel) -> Array:
    return np.asarray(model.population.female == 0)


def men_on_benefit(model: IntroductionModel) -> Array:
    return np.asarray(men(model) & (model.population.supported == 0))


def supported_women(model: IntroductionModel) -> Array:
    return np.asarray((model.population.female == 1) & (model.population.supported == 1))


def refugees(model: IntroductionModel) -> Array:
    return np.asarray(model.population.origin < 2)


def educated_assessed(model: IntroductionModel) -> Array:
    return np.asarray((model.population.education >= 2) & (model.population.v < 0.5))


def educated_left_out(model: IntroductionModel) -> Array:
    """Those who are assessed at a share of 0.9 and were not at 0.5."""
    v = model.population.v
    return np.asarray((model.population.education >= 2) & (v >= 0.5) & (v < 0.9))


def below_the_median_of_the_region(model: IntroductionModel) -> Array:
    """Newcomers in municipalities whose teaching is worse than in half of their region."""
    quality, region = model.traits.language_quality, np.array(model.table.region)
    below = np.zeros(model.table.size, dtype=np.bool_)
    for name in set(model.table.region):
        below |= (region == name) & (quality < np.median(quality[region == name]))
    return np.asarray(below[model.population.municipality])


def months_of(*wanted: int) -> Measure:
    return lambda model: np.asarray(in_status(model, *wanted).sum(axis=1))


def months_in_period(model: IntroductionModel) -> Array:
    inside = np.arange(model.follow_up) < history(model, fields.H_PERIOD)
    return np.asarray((inside & (status(model) < codes.LEFT)).sum(axis=1))


def work_after_a_year(model: IntroductionModel) -> Array:
    return np.asarray(in_status(model, *WORK)[:, 12:].sum(axis=1))


def early_work(model: IntroductionModel) -> Array:
    """Months in work out of the first fifteen."""
    return np.asarray(in_status(model, *WORK)[:, :15].sum(axis=1))


def modules_after(months: int) -> Measure:
    return lambda model: np.asarray(model.records.real[fields.H_LANGUAGE, :, months - 1])


def job_grants(model: IntroductionModel) -> Array:
    chosen = [grant.outcome == "ordinary_job" for grant in model.milestones.grants]
    return np.asarray(model.records.grant_paid[:, chosen].sum(axis=1))


def planned(name: str) -> Measure:
    """What the municipalities plan in their last January."""
    return lambda model: np.asarray(model.plans[-1][name])


def placements(model: IntroductionModel) -> Array:
    return np.asarray(np.isin(history(model, fields.H_STARTED), (1, 2)).sum(axis=1))


def placed_within_six_months(model: IntroductionModel) -> Array:
    return np.asarray((history(model, fields.H_STARTED)[:, :6] > 0).any(axis=1))


def business_starts(model: IntroductionModel) -> Array:
    return np.asarray((history(model, fields.H_EVENT) == codes.EVENT_BUSINESS).sum(axis=1))


def demand_where_placed(model: IntroductionModel) -> Array:
    return np.asarray(model.traits.demand[model.population.municipality])
