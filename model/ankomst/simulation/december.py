"""Payments that are settled once a year, per municipality: the bonus per extra job and benchmark grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.codes import BONUS_EXTRA_JOB, EMPLOYED, GRANT_JOB, LEFT, NEVER, TRAINEE_JOB

if TYPE_CHECKING:
    from ankomst.simulation.engine import IntroductionModel

Array = np.ndarray[Any, Any]


def pay_bonus(model: IntroductionModel) -> None:
    """Pay the bonus for each refugee or family member in work above the year before (T4, item 17).

    The first December of a run only sets the level: the model has no year before it.
    """
    amount = model.scenario.bonus_extra_job
    if amount is None:
        amount = model.rates.value("bonus_extra_job", model.scenario.date) if _has_bonus(model) else 0.0
    present = _present(model)
    n = model.newcomers
    status = n.status[present]
    working = present[((status == EMPLOYED) | (status == TRAINEE_JOB)) & (n.origin[present] < 2)]
    jobs = np.bincount(n.municipality[working], minlength=model.table.size)
    before, model.employed_last_december = model.employed_last_december, jobs
    if amount and before is not None:
        _book(model, BONUS_EXTRA_JOB, float(amount) * np.maximum(0, jobs - before), working)


def _has_bonus(model: IntroductionModel) -> bool:
    return not model.rates.extrapolated("bonus_extra_job", model.scenario.date)


def pay_benchmark(model: IntroductionModel) -> None:
    """Pay results above the expected number, and begin a new year (details T5)."""
    benchmark, n = model.benchmark, model.newcomers
    if benchmark is None:
        return
    arrival = model.population.arrival
    for k, g in enumerate(benchmark.grants):
        slot = int(model.milestones.grant_slot[g])
        reached = n.slot_month[slot].astype(np.int64) + arrival
        this_year = (n.slot_month[slot] != NEVER) & (reached > model.month - 12) & (n.supported == 0)
        persons = np.flatnonzero(this_year)
        results = np.bincount(n.municipality[persons], minlength=model.table.size)
        surplus = np.maximum(0.0, results - benchmark.expected[k])
        _book(model, GRANT_JOB, model.milestones.grant_amount[g, 0] * surplus, persons)
    benchmark.expected[:] = 0.0


def _present(model: IntroductionModel) -> Array:
    starts = model.population.starts
    first, last = model.live
    people = np.arange(starts[first], starts[last])
    return people[model.newcomers.status[people] < LEFT]


def _book(model: IntroductionModel, item: int, amount: Array, persons: Array) -> None:
    """Book a municipal amount, spread evenly over the persons who earned it, so that groups add up."""
    n, o = model.newcomers, model.records
    where = n.municipality[persons]
    count = np.bincount(where, minlength=model.table.size)
    share = (amount / np.maximum(count, 1))[where]
    arrival = model.population.arrival[persons]
    s = np.minimum(model.month - arrival, model.follow_up - 1)
    np.add.at(o.ledger_group, (s, n.group[persons].astype(np.int64), item), share)
    np.add.at(o.ledger_cohort, (arrival, s, item), share)
    o.ledger_area[model.month // 12, :, item] += np.where(count > 0, amount, 0.0)
