"""Levels by month since arrival in a batch: outcomes, states, and grants with their deadweight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.simulation.codes import STATES
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.metrics.rows import as_rows
from ankomst.studies.metrics.summary import DKK
from ankomst.studies.stats.intervals import levels
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.studies.metrics.record import RunValues

Array = np.ndarray[Any, Any]
STATE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "classes": ("assessment", "language_class"),
    "placement": ("internship", "subsidised_job"),
    "work": (
        *("trainee_job", "employed", "employed_12", "employed_25", "employed_37"),
        *("employed_12_top_up", "employed_25_top_up", "self_employed"),
    ),
    "education": ("education",),
    "job_centre": ("job_centre",),
    "self_supported": ("self_supported",),
    "disability_pension": ("disability_pension",),
    "left": ("left",),
}
"""Statuses and recorded states that are shown together; everybody is in one of them each month."""


def curve_levels(
    runs: RunValues, names: Sequence[str], scenarios: Sequence[str], *, level: float = LEVEL
) -> pd.DataFrame:
    """Return outcomes by month since arrival.

    Parameters
    ----------
    runs : RunValues
    names : sequence of str
        Of `summary.CURVES`.
    scenarios : sequence of str
    level : float

    Returns
    -------
    DataFrame
        scenario, outcome, months, unit, and the columns of `intervals.levels`.
    """
    kept, months = runs.layout.families["curve"].labels
    tables = []
    for scenario in scenarios:
        values = runs.values(scenario, "curve")
        for name in names:
            labels = pd.DataFrame({"outcome": name, "months": months, "unit": OUTCOMES[name].unit})
            tables.append(_table(scenario, labels, as_rows(values[..., kept.index(name), :]), level))
    return pd.concat(tables, ignore_index=True)


def state_levels(
    runs: RunValues, scenarios: Sequence[str], months: Sequence[int], *, level: float = LEVEL
) -> pd.DataFrame:
    """Return the share of all who arrived in each group of states, at the end of some months.

    Returns
    -------
    DataFrame
        scenario, state (of STATE_GROUPS), months, unit, and the columns of `intervals.levels`.
    """
    every = runs.layout.families["state"].labels[1]
    at = [every.index(month) for month in months]
    tables = []
    for scenario in scenarios:
        values = runs.values(scenario, "state")[..., at]
        for group, states in STATE_GROUPS.items():
            mine = [STATES.index(name) for name in states if name in STATES]
            labels = pd.DataFrame({"state": group, "months": list(months), "unit": "share"})
            tables.append(_table(scenario, labels, as_rows(values[..., mine, :].sum(axis=-2)), level))
    return pd.concat(tables, ignore_index=True)


def grants_by_month(runs: RunValues, scenarios: Sequence[str], *, level: float = LEVEL) -> pd.DataFrame:
    """Return grants paid in each month since arrival, and the part that is deadweight.

    Returns
    -------
    DataFrame
        scenario, part (paid or deadweight), months, unit (DKK per newcomer, in the month, undiscounted), and
        the columns of `intervals.levels`. Deadweight is NaN where it is not known by month: grants above a
        benchmark and the bonus are paid to municipalities, not for persons.
    """
    parts, months = runs.layout.families["grant_month"].labels
    tables = []
    for scenario in scenarios:
        values = runs.values(scenario, "grant_month")
        for k, part in enumerate(parts):
            labels = pd.DataFrame({"part": part, "months": months, "unit": DKK})
            tables.append(_table(scenario, labels, as_rows(values[..., k, :]), level))
    return pd.concat(tables, ignore_index=True)


def _table(scenario: str, labels: pd.DataFrame, rows: Array, level: float) -> pd.DataFrame:
    table = pd.concat([labels, levels(rows, level)], axis=1)
    table.insert(0, "scenario", scenario)
    return table
