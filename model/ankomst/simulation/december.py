"""Payments that are settled once a year, per municipality: the bonus per extra job and benchmark grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.codes import BONUS_EXTRA_JOB, EMPLOYED, GRANT_JOB, NEVER, TRAINEE_JOB
from ankomst.simulation.yearly import book_evenly, present

if TYPE_CHECKING:
    from ankomst.simulation.benchmark import Benchmark
    from ankomst.simulation.engine import IntroductionModel

Array = np.ndarray[Any, Any]
FAMILY = 2
"""Origins below this one are refugees and those reunified with them."""


def bonus_amount(model: IntroductionModel) -> float:
    """DKK per extra person in work: the scenario's, or the rate of the month (0 before there was one)."""
    held = model.regime.scenario
    own, when = held.bonus_extra_job, held.date
    if own is not None:
        return float(own)
    if model.rates.extrapolated("bonus_extra_job", when):
        return 0.0
    return float(model.rates.value("bonus_extra_job", when))


def pay_bonus(model: IntroductionModel) -> None:
    """Pay the bonus for each refugee or family member in work above the year before (T4, item 17).

    The first December of a run only sets the level: the model has no year before it.
    """
    people, n = present(model), model.newcomers
    status = n.status[people]
    working = people[((status == EMPLOYED) | (status == TRAINEE_JOB)) & (n.origin[people] < FAMILY)]
    jobs = np.bincount(n.municipality[working], minlength=model.table.size)
    model.december_jobs.append(jobs)
    amount = bonus_amount(model)
    if amount and len(model.december_jobs) > 1:
        extra = np.maximum(0, jobs - model.december_jobs[-2])
        book_evenly(model, BONUS_EXTRA_JOB, amount * extra, working)


def pay_benchmark(model: IntroductionModel, account: Benchmark) -> None:
    """Settle results above the expected number, and begin a new year (details T5)."""
    n = model.newcomers
    reached = n.slot_month[account.slot].astype(np.int64)
    this_year = (
        (reached != NEVER) & (reached + model.population.arrival > model.month - 12) & (n.supported == 0)
    )
    persons = np.flatnonzero(this_year)
    results = np.bincount(n.municipality[persons], minlength=model.table.size)
    payment = account.grant.amount(0) * np.maximum(0.0, results - account.expected)
    account.payments.append(payment)
    account.expected[:] = 0.0
    if account.paid:
        book_evenly(model, GRANT_JOB, payment, persons)
