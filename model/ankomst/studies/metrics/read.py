"""Reading metrics from a run: all of them in one pass over its arrays."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.accounts import GROUP_DIMENSIONS, discount_factors, group_members
from ankomst.simulation.codes import GROUPS, ITEMS
from ankomst.simulation.outcomes import OUTCOMES, OutcomeOptions
from ankomst.simulation.spread import ACROSS, across, person_values
from ankomst.studies.metrics.metric import COST, DEADWEIGHT, MUNICIPALITY, SEX_RATIO
from ankomst.studies.metrics.summary import PAYERS, payer_signs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ankomst.simulation.deadweight import Deadweight
    from ankomst.simulation.result import Result
    from ankomst.studies.metrics.metric import Group, Metric

Array = np.ndarray[Any, Any]


def read(result: Result, metrics: Sequence[Metric], lost: Sequence[Deadweight] | None = None) -> Array:
    """Read numbers from a run.

    Parameters
    ----------
    result : Result
    metrics : sequence of Metric
    lost : sequence of Deadweight, optional
        From the run and its counterfactual run, for metrics that need it.

    Returns
    -------
    ndarray, shape (metrics,)
        Each in its `unit`: sums over the group's people over sums of those it is a share of; NaN where the
        group is empty.

    Raises
    ------
    RunError
        The run was not followed as far as a metric needs, lacks its counterfactual run, or does not know its
        year or municipality.
    """
    return _RunReader(result, lost).numbers(metrics)


class _RunReader:
    """What several metrics share of one run, computed once."""

    def __init__(self, result: Result, lost: Sequence[Deadweight] | None) -> None:
        self.result, self.lost = result, lost
        self._ledgers: dict[tuple[bool, Group], Array] = {}

    def numbers(self, metrics: Sequence[Metric]) -> Array:
        found = np.empty(len(metrics))
        alike: dict[tuple[str, OutcomeOptions, tuple[int, ...]], list[int]] = {}
        for k, each in enumerate(metrics):
            self._refuse(each)
            if each.outcome == DEADWEIGHT:
                found[k] = self._wasted(each)
            elif each.year:
                found[k] = self._of_year(each)
            elif MUNICIPALITY in dict(each.group):
                values = person_values(self.result, each.outcome, each.months)
                found[k] = values[self._living(each)].mean() if self._living(each).any() else np.nan
            elif each.across in ACROSS:
                found[k] = across(self.result, each.outcome, each.across, each.months)
            elif each.outcome == COST:
                found[k] = self._cost(each)
            else:
                options = OutcomeOptions(age=each.age, hours=each.hours, discounted=bool(each.discounted))
                alike.setdefault((each.outcome, options, each.arrived), []).append(k)
        for (outcome, options, arrived), places in alike.items():
            months = sorted({month for k in places for month in metrics[k].span})
            top, bottom = self._parts(outcome, months, options, arrived)
            for k in places:
                rows = [months.index(month) for month in metrics[k].span]
                found[k] = _rate(top[rows], bottom[rows], metrics[k])
        return found

    def _refuse(self, metric: Metric) -> None:
        """Refuse what the run does not reach."""
        if metric.needs.months > self.result.months:
            raise RunError(
                f"{metric} needs newcomers who are followed for {metric.needs.months} months",
                allowed=f"up to {self.result.months} months",
            )
        if metric.needs.counterfactual and self.lost is None:
            raise RunError(f"{metric} needs the run without grants beside the run", allowed="both runs")

    def _parts(
        self, outcome: str, months: Sequence[int], options: OutcomeOptions, arrived: tuple[int, ...]
    ) -> tuple[Array, Array]:
        """Return numerator and denominator by month and group of everybody, or of some years of arrival."""
        parts = OUTCOMES[outcome].parts
        if not arrived:
            return parts(self.result, months, options)
        first = self.result.scenario.first_year
        known = range(first, first + self.result.records.counts.shape[0])
        years = [year for year in known if arrived[0] <= year <= arrived[-1]]
        if not years:
            raise RunError(
                f"nobody arrives in {arrived[0]} to {arrived[-1]}", allowed=f"{known[0]} to {known[-1]}"
            )
        found = [
            parts(self.result, months, replace(options, discounted=False, cohort=year - first))
            for year in years
        ]
        return np.sum([top for top, _ in found], axis=0), np.sum([bottom for _, bottom in found], axis=0)

    def _ledger(self, metric: Metric) -> Array:
        """Return the amounts of the group's newcomers, DKK, shape (months, items)."""
        key = (bool(metric.discounted), metric.group)
        if key not in self._ledgers:
            amounts = self.result.records.ledger_group
            mask = members(metric.group)
            mine = amounts.sum(axis=1) if mask is None else amounts[:, mask].sum(axis=1)
            factor = discount_factors(self.result.months, self.result.discount_rate)
            self._ledgers[key] = mine * factor[:, None] if metric.discounted else mine
        return self._ledgers[key]

    def _cost(self, metric: Metric) -> float:
        """Return the net cost of the first months, of all items or of one, DKK per newcomer of the group."""
        if metric.across == SEX_RATIO:
            return _women_over_men(
                lambda sex: self._cost(replace(metric, across="", group=(*metric.group, sex)))
            )
        mask = members(metric.group)
        newcomers = self.result.newcomers.group
        people = self.result.n if mask is None else int(mask[newcomers].sum())
        return _signed(self._ledger(metric)[: metric.months], metric) / people if people else float("nan")

    def _of_year(self, metric: Metric) -> float:
        """Return the net cost in a calendar year, DKK per newcomer of the run or of the municipalities."""
        area, first = self.result.records.ledger_area, self.result.scenario.first_year
        if not first <= metric.year < first + area.shape[0]:
            raise RunError(
                f"{metric} lies outside the years of the run",
                allowed=f"{first} to {first + area.shape[0] - 1}",
            )
        amounts = area[metric.year - first]
        if not metric.group:
            return _signed(amounts.sum(axis=0), metric) / self.result.n
        living = self._living(metric)
        people = int(living.sum())
        where = self._municipalities(metric)
        return _signed(amounts[where].sum(axis=0), metric) / people if people else float("nan")

    def _municipalities(self, metric: Metric) -> list[int]:
        """Return the positions of a metric's municipalities."""
        known, names = list(self.result.table.name), dict(metric.group)[MUNICIPALITY]
        for name in names:
            if name not in known:
                raise RunError(
                    f"there is no municipality {name}",
                    allowed="names of the scenario's table",
                    nearest=nearest_name(name, known),
                )
        return [known.index(name) for name in names]

    def _living(self, metric: Metric) -> Array:
        """Tell who was placed in a metric's municipalities, shape (n,)."""
        return np.isin(self.result.newcomers.municipality, self._municipalities(metric))

    def _wasted(self, metric: Metric) -> float:
        """Return grants for results that would have come without them, DKK per newcomer."""
        whole = metric.months == self.result.months  # what municipalities are paid is known in all only
        amounts = [
            entry.deadweight if whole else entry.by_month[: metric.months].sum() for entry in self.lost or ()
        ]
        return float(np.sum(amounts)) / (self.result.weight * self.result.n)


@lru_cache(maxsize=256)
def members(group: Group) -> Array | None:
    """Return which recording groups belong to a metric's group, shape (groups,); None for everybody."""
    if not group:
        return None
    mine, categories = np.ones(GROUPS, dtype=np.bool_), group_members()
    for dimension, words in group:
        mine &= np.isin(categories[dimension], [GROUP_DIMENSIONS[dimension].index(word) for word in words])
    return mine


def _rate(top: Array, bottom: Array, metric: Metric) -> float:
    """Return sum over sum over the people of a metric, mean of its months, or women's rate over men's."""
    if metric.across == SEX_RATIO:
        return _women_over_men(lambda sex: _mean_share(top, bottom, members((*metric.group, sex))))
    return _mean_share(top, bottom, members(metric.group))


def _women_over_men(rate: Callable[[tuple[str, tuple[str, ...]]], float]) -> float:
    women, men = rate(("sex", ("female",))), rate(("sex", ("male",)))
    return women / men if men else float("nan")


def _mean_share(top: Array, bottom: Array, mask: Array | None) -> float:
    return float(np.mean([_share(one, other, mask) for one, other in zip(top, bottom, strict=True)]))


def _share(top: Array, bottom: Array, mask: Array | None) -> float:
    people = bottom.sum() if mask is None else bottom[mask].sum()
    return float((top.sum() if mask is None else top[mask].sum()) / people) if people else float("nan")


def _signed(amounts: Array, metric: Metric) -> float:
    """Return the part of some amounts that a payer pays, less what it receives, DKK."""
    # A sum over axes, no matrix product: that may differ in the last bit with the number of threads.
    signed = amounts * payer_signs()[PAYERS.index(metric.payer)]
    return float((signed[..., ITEMS.index(metric.item)] if metric.item else signed).sum())
