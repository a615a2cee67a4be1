"""Payments that are settled once a year, per municipality: the bonus per extra job and benchmark grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.codes import BONUS_EXTRA_JOB, EMPLOYED, GRANT_JOB, LEFT, NEVER, TRAINEE_JOB

if TYPE_CHECKING:
    from ankomst.simulation.benchmark import Benchmark
    from ankomst.simulation.engine import IntroductionModel

Array = np.ndarray[Any, Any]
FAMILY = 2
"""Origins below this one are refugees and those reunified with them."""


def bonus_amount(model: IntroductionModel) -> float:
    """DKK per extra person in work: the scenario's, or the rate on its date (0 before there was one)."""
    own, when = model.scenario.bonus_extra_job, model.scenario.date
    if own is not None:
        return float(own)
    if model.rates.extrapolated("bonus_extra_job", when):
        return 0.0
    return float(model.rates.value("bonus_extra_job", when))


def pay_bonus(model: IntroductionModel) -> None:
    """Pay the bonus for each refugee or family member in work above the year before (T4, item 17).

    The first December of a run only sets the level: the model has no year before it.
    """
    present, n = _present(model), model.newcomers
    status = n.status[present]
    working = present[((status == EMPLOYED) | (status == TRAINEE_JOB)) & (n.origin[present] < FAMILY)]
    jobs = np.bincount(n.municipality[working], minlength=model.table.size)
    model.december_jobs.append(jobs)
    amount = bonus_amount(model)
    if amount and len(model.december_jobs) > 1:
        extra = np.maximum(0, jobs - model.december_jobs[-2])
        _book(model, BONUS_EXTRA_JOB, amount * extra, working)


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
        _book(model, GRANT_JOB, payment, persons)


def _present(model: IntroductionModel) -> Array:
    starts = model.population.starts
    first, last = model.live
    people = np.arange(starts[first], starts[last])
    return np.asarray(people[model.newcomers.status[people] < LEFT])


def _book(model: IntroductionModel, item: int, amount: Array, persons: Array) -> None:
    """Book a municipal amount, spread evenly over the persons who earned it, so that groups add up."""
    n, o = model.newcomers, model.records
    where = n.municipality[persons]
    count = np.bincount(where, minlength=model.table.size)
    share = (amount / np.maximum(count, 1))[where]
    arrival = model.population.arrival[persons]
    s = np.minimum(model.month - arrival, model.follow_up - 1)
    group = n.group[persons].astype(np.int64)
    np.add.at(o.ledger_group[:, :, item], (s, group), share)
    np.add.at(o.ledger_cohort[:, :, item], (arrival, s), share)
    o.ledger_area[model.month // 12, :, item] += np.where(count > 0, amount, 0.0)
