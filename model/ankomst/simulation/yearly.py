"""Costs that no single person causes, and the yearly count behind result targets (sections 10 and 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.codes import ADVISORY_TEAM, LEFT, LEVER_COST
from ankomst.simulation.membership import in_work

if TYPE_CHECKING:
    from ankomst.simulation.engine import IntroductionModel

Array = np.ndarray[Any, Any]
TARGET_MONTH = 24
"""Months since arrival at which result targets look at employment."""
FEWEST = 10.0
"""Newcomers, of the country, that a municipality needs for its result to count (details C8)."""


def fixed_costs(model: IntroductionModel) -> None:
    """Book a month of the advisory team and of partnerships with companies (T4, items 22 and 23).

    They are booked in the months in which people arrive: a year of them serves a year's newcomers, and the
    newcomers of later years, who are not in the run, bear those of later years.
    """
    held = model.regime.scenario
    team, partnerships = held.governance.advisory_team, held.placements.partnerships
    if model.month >= model.arrival_months or not (team or partnerships):
        return
    people = present(model)
    where = model.newcomers.municipality[people]
    if team and people.size:
        amount = model.rates.value("advisory_team", held.date) / 12.0 / model.weight
        here = np.bincount(where, minlength=model.table.size)
        book_evenly(model, ADVISORY_TEAM, amount * here / people.size, people)
    if partnerships:
        price = model.rates.price("lever_cost", held.date)["partnership_per_municipality_year"]
        amount = price * partnerships / 12.0 / model.weight
        book_evenly(model, LEVER_COST, np.full(model.table.size, amount), people)


def present(model: IntroductionModel) -> Array:
    """Return the newcomers who are followed and have not left, pensioners included."""
    starts = model.population.starts
    first, last = model.live
    people = np.arange(starts[first], starts[last])
    return np.asarray(people[model.newcomers.status[people] < LEFT])


def book_evenly(model: IntroductionModel, item: int, amount: Array, persons: Array) -> None:
    """Book municipal amounts, spread evenly over the given persons there, so that groups add up.

    Parameters
    ----------
    model : IntroductionModel
    item : int
        Position in `codes.ITEMS`.
    amount : ndarray, shape (m,)
        DKK of the sample; nothing is booked where a municipality has none of the persons.
    persons : ndarray of int
        Indices of newcomers.
    """
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


class TargetCount:
    """Newcomers counted two years after arrival, by municipality, since last January."""

    def __init__(self, size: int) -> None:
        self.people = np.zeros(size)
        self.working = np.zeros(size)

    def count(self, model: IntroductionModel) -> None:
        """Add those who are in month 24 since arrival."""
        cohort = model.month - TARGET_MONTH
        if not 0 <= cohort < model.arrival_months:
            return
        starts = model.population.starts
        mine = slice(starts[cohort], starts[cohort + 1])
        status, where = model.newcomers.status[mine], model.newcomers.municipality[mine]
        here = status < LEFT
        self.people += np.bincount(where, here, minlength=self.people.size)
        self.working += np.bincount(where, in_work(status), minlength=self.people.size)

    def shortfall(self, weight: float) -> Array:
        """Return how far each municipality lies below the national mean, as a share of it, and start anew."""
        people, working = self.people.copy(), self.working.copy()
        self.people[:] = 0.0
        self.working[:] = 0.0
        if working.sum() == 0.0:
            return np.zeros(people.size)
        mean = working.sum() / people.sum()
        own = working / np.maximum(people, 1.0)
        counted = people * weight >= FEWEST
        return np.asarray(np.where(counted & (own < mean), (mean - own) / mean, 0.0))
