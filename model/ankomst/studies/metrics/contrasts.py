"""Contrasts: what differs between two runs of one draw and one random stream, and what a leader loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.metrics.labels import both, labels
from ankomst.studies.metrics.pairs import better

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.metrics.metric import Metric

Array = np.ndarray[Any, Any]
DIFFERENCE, RATIO = "difference", "ratio"
LEADER = "lost_by_leader"
COLUMNS = (
    "quantity", "scenario", "baseline", "outcome", "payer", "months", "unit", "label", "label_da", "better",
)  # fmt: skip


def number_name(metric: Metric, scenario: str) -> str:
    """Return the name of a number among those that a study evaluates: metric:scenario."""
    return f"{metric}:{scenario}"


@dataclass(frozen=True)
class Contrast:
    """One number of a study: a metric of a run, or what differs between two runs.

    Attributes
    ----------
    metric : Metric
    scenario : str
        Name of the run.
    baseline : str
        Name of the run that it is compared with; empty for a level.
    how : {"difference", "ratio"}
        Scenario less baseline, or scenario over baseline.
    per : Metric, optional
        Makes it a ratio of differences: the difference over that of this metric.
    """

    metric: Metric
    scenario: str
    baseline: str = ""
    how: str = DIFFERENCE
    per: Metric | None = None

    @property
    def key(self) -> str:
        """Return the name in tables: metric:scenario, with the other metric behind a slash."""
        return number_name(self.metric, self.scenario) + (f"/{self.per}" if self.per else "")

    @property
    def unit(self) -> str:
        """Return the unit of the number."""
        if self.per:
            return f"{self.metric.unit} / {self.per.unit}"
        return "ratio" if self.baseline and self.how == RATIO else self.metric.unit

    def values(self, rows: Array, names: Sequence[str]) -> Array:
        """Return the number from rows of evaluated numbers.

        Parameters
        ----------
        rows : ndarray, shape (..., names)
        names : sequence of str
            As of `number_name`.

        Returns
        -------
        ndarray, shape (...)
            NaN where a ratio has nothing below.
        """
        after = rows[..., names.index(number_name(self.metric, self.scenario))]
        if not self.baseline:
            return np.asarray(after)
        before = rows[..., names.index(number_name(self.metric, self.baseline))]
        if self.how == RATIO:
            return _over(after, before)
        if self.per is None:
            return np.asarray(after - before)
        return _over(after - before, Contrast(self.per, self.scenario, self.baseline).values(rows, names))

    def described(self) -> dict[str, Any]:
        """Return its row of the table of quantities."""
        text = "per" if self.per else self.how if self.baseline else "level"
        other = labels(self.per) if self.per else ""
        label = both(text, self.metric, scenario=self.scenario, baseline=self.baseline, other=other)
        return _row(self, self.metric, self.scenario, self.baseline, label, better(self.metric.outcome))


@dataclass(frozen=True)
class Lead:
    """What is lost by always choosing the scenario that is best on average: 0 where it is best.

    Attributes
    ----------
    metric : Metric
    scenarios : tuple of str
        All that are ranked, the baseline first.
    leader : str
    """

    metric: Metric
    scenarios: tuple[str, ...]
    leader: str

    @property
    def key(self) -> str:
        """Return the name in tables."""
        return f"{LEADER}.{number_name(self.metric, self.leader)}"

    @property
    def unit(self) -> str:
        """Return the unit of the number."""
        return self.metric.unit

    def values(self, rows: Array, names: Sequence[str]) -> Array:
        """Return the number from rows of evaluated numbers, shape (...); see `Contrast.values`."""
        good = ranked_values(self.metric, self.scenarios, rows, names)
        return np.asarray(good.max(axis=-1) - good[..., self.scenarios.index(self.leader)])

    def described(self) -> dict[str, Any]:
        """Return its row of the table of quantities."""
        label = both("leader", self.metric, scenario=self.leader)
        return _row(self, self.metric, self.leader, "", label, "lower")


def contrasts(metrics: Sequence[Metric], scenarios: Sequence[str]) -> tuple[Contrast, ...]:
    """Return the contrasts of a study: differences from the first scenario; levels where it is alone."""
    baseline, *others = scenarios
    if not others:
        return tuple(Contrast(each, baseline) for each in metrics)
    return tuple(Contrast(each, name, baseline) for name in others for each in metrics)


def leader_of(metric: Metric, scenarios: Sequence[str], rows: Array, names: Sequence[str]) -> Lead:
    """Return the loss of the scenario that is best in the mean of all points; rows (..., names)."""
    good = ranked_values(metric, scenarios, rows, names)
    mean = good.reshape(-1, len(scenarios)).mean(axis=0)
    return Lead(metric, tuple(scenarios), scenarios[int(np.argmax(mean))])


def differences(metric: Metric, scenarios: Sequence[str], rows: Array, names: Sequence[str]) -> Array:
    """Return a metric's differences from the first scenario, shape (..., scenarios)."""
    values = np.stack([rows[..., names.index(number_name(metric, name))] for name in scenarios], axis=-1)
    return np.asarray(values - values[..., :1])


def ranked_values(metric: Metric, scenarios: Sequence[str], rows: Array, names: Sequence[str]) -> Array:
    """Return the differences from the first scenario with more being better, shape (..., scenarios)."""
    sign = -1.0 if better(metric.outcome) == "lower" else 1.0
    return np.asarray(sign * differences(metric, scenarios, rows, names))


def quantities_table(each: Sequence[Contrast | Lead]) -> pd.DataFrame:
    """Return the table of quantities, a row each."""
    return pd.DataFrame([one.described() for one in each], columns=list(COLUMNS))


def _row(
    one: Contrast | Lead, metric: Metric, scenario: str, baseline: str, label: tuple[str, str], good: str
) -> dict[str, Any]:
    when = metric.months or metric.year
    cells = (one.key, scenario, baseline, metric.outcome, metric.payer, when, one.unit, *label, good)
    return dict(zip(COLUMNS, cells, strict=True))


def _over(above: Array, below: Array) -> Array:
    """Return a ratio, NaN where nothing is below."""
    known = np.where(below == 0.0, np.nan, below)
    return np.asarray(above / known)
