"""What displaced workers add to the net cost of a run, priced as its baseline does (docs/ODD.md 7.13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ankomst.simulation.accounts import discount_factors
from ankomst.studies.metrics.economics import displaced_month
from ankomst.studies.metrics.metric import COST, MUNICIPALITY
from ankomst.studies.metrics.read import members
from ankomst.studies.metrics.summary import PAYERS, summarise

if TYPE_CHECKING:
    from ankomst.simulation.result import Result
    from ankomst.studies.metrics.metric import Metric

Array = np.ndarray[Any, Any]


def counts_displaced(metric: Metric) -> bool:
    """Tell whether a metric counts displaced workers: net cost since arrival, of everybody or of groups.

    A single item has none; by calendar year and municipality they are not known.
    """
    part = metric.item or metric.year or metric.across or MUNICIPALITY in dict(metric.group)
    return metric.outcome == COST and not part


@dataclass(frozen=True)
class WorkOfRun:
    """Months in work of a run, and what a month taken from somebody else costs.

    Attributes
    ----------
    arrived : ndarray, shape (groups,)
    employed : ndarray, shape (months, groups)
        Simulated persons in work at the end of each month.
    price : ndarray, shape (payers, months)
        DKK for each newcomer in work, times the share that is taken from others.
    discounts : ndarray, shape (months,)
    """

    arrived: Array
    employed: Array
    price: Array
    discounts: Array

    @classmethod
    def of(cls, result: Result) -> Self:
        """Take what is needed from a run, so that the run itself can be let go."""
        summary = summarise(result)
        month = displaced_month(result.scenario, summary)
        share = result.parameters["economy.displacement"]
        price = share * np.stack([month.municipality, month.state, month.municipality + month.state])
        return cls(
            summary.arrived, summary.employed, price, discount_factors(result.months, result.discount_rate)
        )

    def displaced_by(self, other: WorkOfRun, metric: Metric) -> float:
        """Price the workers whom another run displaces beyond this one, its baseline.

        Parameters
        ----------
        other : WorkOfRun
            Of the same draw and random stream.
        metric : Metric
            One of those that `counts_displaced` names.

        Returns
        -------
        float
            DKK per newcomer of the metric's group; NaN where it is empty.
        """
        before, after = (run.jobs(metric) for run in (self, other))
        price = self.price[PAYERS.index(metric.payer), : metric.months]
        if metric.discounted:
            price = price * self.discounts[: metric.months]
        return float((price * (after - before)).sum())

    def jobs(self, metric: Metric) -> Array:
        """Return the share of a metric's group in work, shape (metric.months,)."""
        mask = members(metric.group)
        mine = slice(None) if mask is None else mask
        people = self.arrived[mine].sum()
        counted = self.employed[: metric.months, mine].sum(axis=1)
        return np.asarray(counted / people) if people else np.full(metric.months, np.nan)
