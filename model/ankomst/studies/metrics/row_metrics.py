"""Reading a metric from rows of a batch: the same name as in a run, as far as a row keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.simulation.codes import ITEMS
from ankomst.studies.metrics.metric import COST, DEADWEIGHT, HOURS, MUNICIPALITY
from ankomst.studies.metrics.summary import PAYERS, payer_signs

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.studies.metrics.metric import Metric
    from ankomst.studies.metrics.record import Layout

Array = np.ndarray[Any, Any]
YEAR = 12


def read_row(values: Callable[[str], Array], layout: Layout, metric: Metric) -> Array:
    """Read a metric from rows.

    Parameters
    ----------
    values : callable
        Takes the name of a family and returns it, shape (..., *family.shape).
    layout : Layout
        Of the rows.
    metric : Metric

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    RunError
        The rows do not keep it: another month, an age, a statistic, a union of groups, or part of a cost that
        is kept by whole years only.
    """
    plain = metric.age == "all" and metric.hours == HOURS and not metric.across and not metric.arrived
    if not plain or metric.window != 1 or (metric.outcome != COST and metric.discounted):
        raise _not_kept(metric, "outcomes without age, hours, years of arrival, window or statistic")
    if metric.outcome == DEADWEIGHT:
        return _deadweight(values, layout, metric)
    if metric.outcome == COST and (metric.year or metric.item):
        return _items(values, layout, metric)
    if MUNICIPALITY in dict(metric.group):
        return _municipality(values, layout, metric)
    cell = _cell(layout, metric)
    if metric.months not in layout.months:
        raise _not_kept(metric, f"months {', '.join(map(str, layout.months))}")
    month = layout.months.index(metric.months)
    if metric.outcome == COST:
        payer = PAYERS.index(metric.payer)
        return np.asarray(values("cost")[..., payer, int(bool(metric.discounted)), month, cell])
    outcome = layout.families["outcome"].labels[0].index(metric.outcome)
    return np.asarray(values("outcome")[..., outcome, month, cell])


def _cell(layout: Layout, metric: Metric) -> int:
    """Return the position of a metric's group among the cells of a row."""
    wanted = {dimension: words[0] for dimension, words in metric.group}
    single = all(len(words) == 1 for _, words in metric.group)
    for k, labels in enumerate(layout.cells):
        if single and labels == wanted:
            return k
    kept = dict.fromkeys(",".join(labels) for labels in layout.cells if labels)
    raise _not_kept(metric, f"one category by {'; '.join(kept)}")


def _items(values: Callable[[str], Array], layout: Layout, metric: Metric) -> Array:
    """Return a part of the net cost, or that of a calendar year, for everybody."""
    if metric.group:
        raise _not_kept(metric, "the same for everybody")
    if metric.year:
        years = layout.families["item_calendar"].labels[1]
        if metric.year not in years:
            raise _not_kept(metric, f"years {years[0]} to {years[-1]}")
        amounts = values("item_calendar")[..., years.index(metric.year)]
    else:
        if metric.months > layout.follow_up or (metric.months % YEAR and metric.months != layout.follow_up):
            raise _not_kept(metric, f"whole years since arrival up to {layout.follow_up} months")
        whole = -(-metric.months // YEAR)
        amounts = values("item_year")[..., int(bool(metric.discounted)), :whole].sum(axis=-1)
    signed = amounts * payer_signs()[PAYERS.index(metric.payer)]
    return np.asarray(signed[..., ITEMS.index(metric.item)] if metric.item else signed.sum(axis=-1))


def _municipality(values: Callable[[str], Array], layout: Layout, metric: Metric) -> Array:
    """Return an outcome of one municipality."""
    family, names = layout.families["area_outcome"], dict(metric.group)[MUNICIPALITY]
    if len(names) > 1 or names[0] not in family.labels[1] or metric.months != layout.area_month:
        raise _not_kept(metric, f"one municipality of its table, after {layout.area_month} months")
    if metric.outcome not in family.labels[0]:
        raise _not_kept(metric, ", ".join(family.labels[0][1:]))
    place = family.labels[0].index(metric.outcome), family.labels[1].index(names[0])
    return np.asarray(values("area_outcome")[(..., *place)])


def _deadweight(values: Callable[[str], Array], layout: Layout, metric: Metric) -> Array:
    """Return grants for results that would have come without them, DKK per newcomer."""
    if metric.months > layout.follow_up:
        raise _not_kept(metric, f"months up to {layout.follow_up}")
    if metric.months == layout.follow_up:
        part = layout.families["deadweight"].labels[1].index(DEADWEIGHT)
        return np.asarray(values("deadweight")[..., part].sum(axis=-1))
    part = layout.families["grant_month"].labels[0].index(DEADWEIGHT)
    return np.asarray(values("grant_month")[..., part, : metric.months].sum(axis=-1))


def _not_kept(metric: Metric, allowed: str) -> RunError:
    return RunError(f"the batch does not keep {metric}", allowed=allowed)
