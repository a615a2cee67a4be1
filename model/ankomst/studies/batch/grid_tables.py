"""Tidy tables of the headline grid, with intervals (what the demo's page and its CSV files show)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.policy.parameter_table import parameter_table
from ankomst.simulation.codes import ITEMS
from ankomst.studies.batch.grid import BASELINE, DESIGNS, PERIODS, Cell
from ankomst.studies.metrics.economics import (
    Displacement,
    break_even_year,
    displaced_month,
    displacement_cost,
    economics,
)
from ankomst.studies.metrics.summary import PAYERS, RESOURCE, groups, payer_signs
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario

Array = np.ndarray[Any, Any]
Cells = list[dict[tuple[str, str], Cell]]
SHOWN_GRADES = ("assumption", "sign")


class Tables:
    """Tables of a finished grid.

    Parameters
    ----------
    cells : list of dict
        One entry a replicate, from `run_grid`.
    scenarios : mapping from (period, design) to Scenario
    displacement : sequence of float
        Share of extra jobs taken from other workers, one a replicate.
    level : float
        Coverage of the intervals.
    drawn : bool
        Whether each replicate has its own draw of the parameters. Intervals are then where one more run at an
        unknown draw would lie, and not where the mean over replicates would.
    """

    def __init__(
        self,
        cells: Cells,
        scenarios: Mapping[tuple[str, str], Scenario],
        displacement: Sequence[float],
        level: float = statistics.LEVEL,
        *,
        drawn: bool = False,
    ) -> None:
        self.cells = cells
        self.scenarios = scenarios
        self.share = np.array(displacement, dtype=np.float64)
        self.level = level
        self.spread: Callable[[Array], Array] = statistics.unknown_draw if drawn else np.asarray
        self.interval = statistics.INTERVAL_DRAWS if drawn else statistics.INTERVAL
        self.prices: list[Displacement] = [
            displaced_month(scenarios[BASELINE], cell[BASELINE].summary) for cell in cells
        ]
        self.others = [(p, d) for p in PERIODS for d in DESIGNS if (p, d) != BASELINE]
        self._taken = {
            key: np.array(
                [
                    displacement_cost(
                        cell[BASELINE].summary, cell[key].summary, price, share, discounted=True
                    )
                    for cell, price, share in zip(cells, self.prices, self.share, strict=True)
                ]
            )
            for key in [BASELINE, *self.others]
        }

    def all(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        return {
            "employment": self.employment(),
            "differences": self.differences(),
            "grants": self.grants(),
            "groups": self.groups(),
            "accounts": self.accounts(),
            "economics": self.economics(),
            "shares": assumed_parameters(),
        }

    def _pairs(self, key: tuple[str, str], read: Callable[[Any], Any]) -> tuple[Array, Array]:
        below = np.array([read(cell[BASELINE].summary) for cell in self.cells])
        above = np.array([read(cell[key].summary) for cell in self.cells])
        return below, above

    def _difference(self, key: tuple[str, str], below: Array, above: Array) -> dict[str, Any]:
        estimate = self._estimate(above - below)
        return {
            **_label(key),
            **estimate.columns(),
            "correlation": statistics.correlation(below, above),
            "verdict": estimate.verdict,
            "interval": self.interval,
        }

    def _estimate(self, values: Array, *, share: bool = False) -> statistics.Estimate:
        """Estimate a mean over replicates; the interval of a share ends at 0 and 1."""
        found = statistics.mean(self.spread(values), self.level)
        if not share:
            return found
        low, high = (float(np.clip(bound, 0.0, 1.0)) for bound in (found.low, found.high))
        return replace(found, low=low, high=high)

    def employment(self) -> pd.DataFrame:
        """Employment rate by months since arrival for each period, and its difference from the baseline."""
        rows = []
        for period in PERIODS:
            key = (period, BASELINE[1])
            below, above = self._pairs(key, lambda summary: summary.curves["employment_rate"])
            for name, curves in (("employment_rate", above), ("employment_rate_difference", above - below)):
                if name == "employment_rate_difference" and key == BASELINE:
                    continue
                for month in range(curves.shape[1]):
                    estimate = self._estimate(curves[:, month], share=name == "employment_rate")
                    rows.append(
                        {
                            **_label(key),
                            "months": month + 1,
                            "outcome": name,
                            "unit": "share",
                            **estimate.columns(),
                            "interval": self.interval,
                        }
                    )
        return pd.DataFrame(rows)

    def differences(self) -> pd.DataFrame:
        """Months employed and net public cost by payer, every combination less the baseline."""
        rows = []
        for key in self.others:
            below, above = self._pairs(key, lambda summary: summary.months_employed())
            shown = {"outcome": "months_employed", "payer": "", "unit": "months"}
            rows.append({**self._difference(key, below, above), **shown})
            below, above = self._pairs(key, lambda summary: summary.net_cost())
            above = above + self._taken[key][:, :3]
            for k, payer in enumerate(PAYERS):
                shown = {"outcome": "net_cost", "payer": payer, "unit": "DKK per newcomer"}
                rows.append({**self._difference(key, below[:, k], above[:, k]), **shown})
        return pd.DataFrame(rows)

    def grants(self) -> pd.DataFrame:
        """Spending on result grants, its deadweight share and the budget-neutral factor."""
        rows = []
        measures = (
            ("grants_paid", "DKK per newcomer", "paid"),
            ("deadweight", "share", "deadweight"),
            ("budget_scale", "factor", "budget_scale"),
        )
        for key in [BASELINE, *self.others]:
            for measure, unit, name in measures:
                # One factor a design, found on the baseline period's shadow run (details E.10).
                source = (BASELINE[0], key[1]) if measure == "budget_scale" else key
                found = np.array([getattr(cell[source], name) for cell in self.cells])
                estimate = self._estimate(found, share=unit == "share")
                rows.append(
                    {
                        **_label(key),
                        "measure": measure,
                        "unit": unit,
                        **estimate.columns(),
                        "interval": self.interval,
                    }
                )
        return pd.DataFrame(rows)

    def groups(self) -> pd.DataFrame:
        """Who gains and who loses: each period less the baseline, both with the 2013 grants."""
        rows = []
        for period in PERIODS[1:]:
            key = (period, BASELINE[1])
            for dimension, group, mask in groups():
                for outcome, unit, read in (
                    ("months_employed", "months", lambda summary, m=mask: summary.months_employed(m)),
                    (
                        "net_cost_both",
                        "DKK per newcomer",
                        lambda summary, m=mask: summary.net_cost(group=m)[2],
                    ),
                ):
                    below, above = self._pairs(key, read)
                    rows.append(
                        {
                            **self._difference(key, below, above),
                            "dimension": dimension,
                            "group": group,
                            "outcome": outcome,
                            "unit": unit,
                        }
                    )
        return pd.DataFrame(rows)

    def accounts(self) -> pd.DataFrame:
        """Difference by account item and payer for each period, and resource cost; discounted."""
        rows = []
        signs = payer_signs()[:2]
        for period in PERIODS[1:]:
            key = (period, BASELINE[1])
            below, above = self._pairs(key, lambda summary: summary.items())
            for k, payer in enumerate(PAYERS[:2]):
                for item in range(len(ITEMS)):
                    if signs[k, item] and np.any(below[:, item] != above[:, item]):
                        left, right = signs[k, item] * below[:, item], signs[k, item] * above[:, item]
                        rows.append(
                            {**self._difference(key, left, right), "payer": payer, "item": ITEMS[item]}
                        )
                taken = self._taken[key][:, k]
                if self.share.any():
                    rows.append(
                        {
                            **self._difference(key, np.zeros_like(taken), taken),
                            "payer": payer,
                            "item": "displacement",
                        }
                    )
            rows.append(
                {
                    **self._difference(key, below @ RESOURCE, above @ RESOURCE),
                    "payer": "resource",
                    "item": "resource_cost",
                }
            )
        return pd.DataFrame(rows).assign(unit="DKK per newcomer")

    def economics(self) -> pd.DataFrame:
        """Cost per person-year, marginal value of public funds and break-even year of every combination."""
        rows = []
        for key in self.others:
            jobs = np.subtract(*reversed(self._pairs(key, lambda summary: summary.months_employed())))
            cost = np.subtract(*reversed(self._pairs(key, lambda summary: summary.net_cost()[2])))
            income = np.subtract(*reversed(self._pairs(key, lambda summary: summary.disposable_income())))
            taken = self._taken[key]
            years = np.array(
                [
                    break_even_year(cell[BASELINE].summary, cell[key].summary, price, share)
                    for cell, price, share in zip(self.cells, self.prices, self.share, strict=True)
                ]
            )
            entries = economics(
                self.spread(jobs * (1.0 - self.share)), self.spread(cost + taken[:, 2]),
                self.spread(income - taken[:, 3]), years, self.level,
            )  # fmt: skip
            rows += [{**_label(key), **entry} for entry in entries]
        return pd.DataFrame(rows)


def _label(key: tuple[str, str]) -> dict[str, Any]:
    period, design = key
    return {"scenario": f"{period}+{design}", "period": period, "design": design}


def assumed_parameters() -> pd.DataFrame:
    """Parameters behind the answer that no source gives a size for, with unit, range, grade and posterior.

    `value` is the central draw of the posterior, `low` and `high` are the range, `posterior_low` and
    `posterior_high` the interval of the posterior.
    """
    table = parameter_table()
    numbers = table["value"].map(lambda value: isinstance(value, int | float))
    shown = table[table["grade"].isin(SHOWN_GRADES) & numbers]
    return shown.assign(value=shown["value"].astype(float)).reset_index(drop=True)
