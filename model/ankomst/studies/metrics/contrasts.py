"""Quantities of a study: differences between paired scenarios, levels, and what a ranking's leader loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.metrics.pairs import better
from ankomst.studies.metrics.reading_labels import labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.metrics.readings import Reading

Array = np.ndarray[Any, Any]
LEADER = "lost_by_leader"
COLUMNS = (
    "quantity", "scenario", "baseline", "outcome", "payer", "months", "unit", "label", "label_da", "better",
)  # fmt: skip


@dataclass(frozen=True)
class Contrast:
    """One quantity: a reading of a scenario, less that of the baseline where there is one.

    Attributes
    ----------
    reading : Reading
    scenario : str
    baseline : str
        Empty for a level.
    """

    reading: Reading
    scenario: str
    baseline: str

    @property
    def key(self) -> str:
        """Return the name of the quantity in tables: reading:scenario."""
        return f"{self.reading.key}:{self.scenario}"

    def values(self, rows: Array, names: Sequence[str]) -> Array:
        """Return the quantity from rows of a study's measures.

        Parameters
        ----------
        rows : ndarray, shape (..., names)
        names : sequence of str
            Names of the measures.

        Returns
        -------
        ndarray, shape (...)
        """
        found = rows[..., names.index(self.key)]
        if self.baseline:
            found = found - rows[..., names.index(f"{self.reading.key}:{self.baseline}")]
        return np.asarray(found)

    def described(self) -> dict[str, Any]:
        """Return its row of the table of quantities."""
        english, danish = labels(self.reading)
        ends = (f": {self.scenario}",) * 2
        if self.baseline:
            ends = (f": {self.scenario} less {self.baseline}", f": {self.scenario} minus {self.baseline}")
        row = (
            self.key, self.scenario, self.baseline, self.reading.outcome, self.reading.payer,
            self.reading.months, self.reading.unit, english + ends[0], danish + ends[1],
            better(self.reading.outcome),
        )  # fmt: skip
        return dict(zip(COLUMNS, row, strict=True))


@dataclass(frozen=True)
class Lead:
    """What is lost by always choosing the scenario that is best on average: 0 where it is best.

    Attributes
    ----------
    reading : Reading
    scenarios : tuple of str
        All that are ranked, the baseline first.
    leader : str
    """

    reading: Reading
    scenarios: tuple[str, ...]
    leader: str

    @property
    def key(self) -> str:
        """Return the name of the quantity in tables."""
        return f"{LEADER}.{self.reading.key}:{self.leader}"

    def values(self, rows: Array, names: Sequence[str]) -> Array:
        """Return the quantity from rows of a study's measures, shape (...); see `Contrast.values`."""
        good = ranked_values(self.reading, self.scenarios, rows, names)
        return np.asarray(good.max(axis=-1) - good[..., self.scenarios.index(self.leader)])

    def described(self) -> dict[str, Any]:
        """Return its row of the table of quantities."""
        english, danish = labels(self.reading)
        row = (
            self.key, self.leader, "", self.reading.outcome, self.reading.payer, self.reading.months,
            self.reading.unit,
            f"Lost by always choosing {self.leader}: {english[0].lower()}{english[1:]}",
            f"Tabt ved altid at vælge {self.leader}: {danish[0].lower()}{danish[1:]}",
            "lower",
        )  # fmt: skip
        return dict(zip(COLUMNS, row, strict=True))


Quantity = Contrast | Lead


def contrasts(readings: Sequence[Reading], scenarios: Sequence[str]) -> tuple[Contrast, ...]:
    """Return the quantities of a study: differences from the first scenario; its levels where it is alone."""
    baseline, *others = scenarios
    if not others:
        return tuple(Contrast(each, baseline, "") for each in readings)
    return tuple(Contrast(each, name, baseline) for name in others for each in readings)


def leader_of(reading: Reading, scenarios: Sequence[str], rows: Array, names: Sequence[str]) -> Lead:
    """Return the quantity of the scenario that is best in the mean of all points; rows (..., names)."""
    good = ranked_values(reading, scenarios, rows, names)
    mean = good.reshape(-1, len(scenarios)).mean(axis=0)
    return Lead(reading, tuple(scenarios), scenarios[int(np.argmax(mean))])


def ranked_values(reading: Reading, scenarios: Sequence[str], rows: Array, names: Sequence[str]) -> Array:
    """Return the differences from the first scenario with more being better, shape (..., scenarios)."""
    values = np.stack([rows[..., names.index(f"{reading.key}:{name}")] for name in scenarios], axis=-1)
    sign = -1.0 if better(reading.outcome) == "lower" else 1.0
    return np.asarray(sign * (values - values[..., :1]))


def quantities_table(quantities: Sequence[Quantity]) -> pd.DataFrame:
    """Return the table of quantities, a row each."""
    return pd.DataFrame([each.described() for each in quantities], columns=list(COLUMNS))
