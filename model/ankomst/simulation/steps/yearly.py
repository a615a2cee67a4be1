"""Costs that no single person causes, and the yearly count behind result targets (docs/ODD.md 7.18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.simulation.codes import ADVISORY_TEAM, LEFT, LEVER_COST
from ankomst.simulation.steps.membership import in_work

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Array
    from ankomst.simulation.state import RunState, TargetCount

TARGET_MONTH = 24
"""Months since arrival at which result targets look at employment."""
FEWEST = 10.0
"""Newcomers, of the country, that a municipality needs for its result to count (docs/ODD.md 7.18)."""


def fixed_costs(state: RunState) -> None:
    """Book a month of the advisory team and of partnerships with companies (docs/ODD.md 7.18).

    They are booked in the months in which people arrive: a year of them serves a year's newcomers, and the
    newcomers of later years, who are not in the run, bear those of later years.
    """
    held = state.regime.scenario
    team, partnerships = held.governance.advisory_team, held.placements.partnerships
    if state.month >= state.arrival_months or not (team or partnerships):
        return
    people = present(state)
    where = state.newcomers.municipality[people]
    if team and people.size:
        amount = state.rates.value("advisory_team", held.date) / 12.0 / state.weight
        here = np.bincount(where, minlength=state.table.size)
        book_evenly(state, ADVISORY_TEAM, amount * here / people.size, people)
    if partnerships:
        price = state.rates.price("lever_cost", held.date)["partnership_per_municipality_year"]
        amount = price * partnerships / 12.0 / state.weight
        book_evenly(state, LEVER_COST, np.full(state.table.size, amount), people)


def present(state: RunState) -> Array:
    """Return the newcomers who are followed and have not left, pensioners included."""
    starts = state.population.starts
    first, last = state.live
    people = np.arange(starts[first], starts[last])
    return np.asarray(people[state.newcomers.status[people] < LEFT])


def book_evenly(state: RunState, item: int, amount: Array, persons: Array) -> None:
    """Book municipal amounts, spread evenly over the given persons there, so that groups add up.

    Parameters
    ----------
    state : RunState
    item : int
        Position in `codes.ITEMS`.
    amount : ndarray, shape (m,)
        DKK of the sample; nothing is booked where a municipality has none of the persons.
    persons : ndarray of int
        Indices of newcomers.
    """
    n, o = state.newcomers, state.records
    where = n.municipality[persons]
    count = np.bincount(where, minlength=state.table.size)
    share = (amount / np.maximum(count, 1))[where]
    arrival = state.population.arrival[persons]
    s = np.minimum(state.month - arrival, state.follow_up - 1)
    group = n.group[persons].astype(np.int64)
    np.add.at(o.ledger_group[:, :, item], (s, group), share)
    np.add.at(o.ledger_cohort[:, :, item], (arrival, s), share)
    o.ledger_area[state.month // 12, :, item] += np.where(count > 0, amount, 0.0)


def count_targets(state: RunState) -> None:
    """Add those who are in month 24 since arrival to the count behind result targets."""
    cohort = state.month - TARGET_MONTH
    if not 0 <= cohort < state.arrival_months or state.follow_up <= TARGET_MONTH:
        return  # nobody is followed so long
    starts, so_far = state.population.starts, state.target_count
    mine = slice(starts[cohort], starts[cohort + 1])
    status, where = state.newcomers.status[mine], state.newcomers.municipality[mine]
    so_far.people[:] += np.bincount(where, status < LEFT, minlength=state.table.size)
    so_far.working[:] += np.bincount(where, in_work(status), minlength=state.table.size)


def shortfall(so_far: TargetCount, weight: float) -> Array:
    """Return how far each municipality lies below the national mean, as a share of it, and count anew."""
    people, working = so_far.people.copy(), so_far.working.copy()
    so_far.people[:] = 0.0
    so_far.working[:] = 0.0
    if working.sum() == 0.0:
        return np.zeros(people.size)
    mean = working.sum() / people.sum()
    own = working / np.maximum(people, 1.0)
    counted = people * weight >= FEWEST
    return np.asarray(np.where(counted & (own < mean), (mean - own) / mean, 0.0))
