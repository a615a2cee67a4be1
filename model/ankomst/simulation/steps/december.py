"""Payments that are settled once a year, per municipality: the bonus per extra job and benchmark grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.simulation.codes import (
    BONUS_EXTRA_JOB,
    DISABILITY_PENSION,
    EMPLOYED,
    GRANT_JOB,
    NEVER,
    TRAINEE_JOB,
)
from ankomst.simulation.milestones import REFERENCE_WINDOW
from ankomst.simulation.steps.yearly import book_evenly, present

if TYPE_CHECKING:
    from ankomst.simulation.benchmark import Benchmark
    from ankomst.simulation.state import RunState

FAMILY = 2
"""Origins below this one are refugees and those reunified with them."""


def bonus_amount(state: RunState) -> float:
    """Return DKK per extra person in work: the scenario's, or the rate of the month (0 before its first)."""
    held = state.regime.scenario
    own, when = held.bonus_extra_job, held.date
    if own is not None:
        return float(own)
    if state.rates.extrapolated("bonus_extra_job", when):
        return 0.0
    return float(state.rates.value("bonus_extra_job", when))


def pay_bonus(state: RunState) -> None:
    """Pay the bonus for each refugee or family member in work above the year before (docs/ODD.md 7.11).

    The first December of a run only sets the level: the model has no year before it.
    """
    people, n = present(state), state.newcomers
    status = n.status[people]
    working = people[((status == EMPLOYED) | (status == TRAINEE_JOB)) & (n.origin[people] < FAMILY)]
    jobs = np.bincount(n.municipality[working], minlength=state.table.size)
    state.december_jobs.append(jobs)
    amount = bonus_amount(state)
    if amount and len(state.december_jobs) > 1:
        extra = np.maximum(0, jobs - state.december_jobs[-2])
        book_evenly(state, BONUS_EXTRA_JOB, amount * extra, working)


def expect(state: RunState, account: Benchmark) -> None:
    """Add this month's expectation: clients and ex-clients inside the window, by their group's rate."""
    n, starts = state.newcomers, state.population.starts
    first, last = state.live
    slot = state.milestones.slots[account.slot]
    first, size = max(first, state.month - REFERENCE_WINDOW + 1), account.expected.size
    if first >= last:
        return
    mine = slice(starts[first], starts[last])
    cohort = state.population.arrival[mine]
    s = state.month - cohort
    rate = account.rates[n.origin[mine], n.female[mine], n.needs[mine], s // 12]
    window = n.introduction_end[mine] if slot.window < 0 else slot.window
    counted = (n.supported[mine] == 0) & (n.status[mine] < DISABILITY_PENSION) & (s < window + slot.extra)
    where = (cohort - first) * size + n.municipality[mine]
    for expected in np.bincount(where, rate * counted, minlength=(last - first) * size).reshape(-1, size):
        account.expected[:] += expected


def pay_benchmark(state: RunState, account: Benchmark) -> None:
    """Settle results above the expected number, and begin a new year (docs/ODD.md 7.11)."""
    n = state.newcomers
    reached = n.slot_month[account.slot].astype(np.int64)
    this_year = (
        (reached != NEVER) & (reached + state.population.arrival > state.month - 12) & (n.supported == 0)
    )
    persons = np.flatnonzero(this_year)
    results = np.bincount(n.municipality[persons], minlength=state.table.size)
    payment = account.grant.amount(0) * np.maximum(0.0, results - account.expected)
    account.payments.append(payment)
    account.expected[:] = 0.0
    if account.paid:
        book_evenly(state, GRANT_JOB, payment, persons)
