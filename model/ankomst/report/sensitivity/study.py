"""The tables of a sensitivity analysis as its page reads them, and what leads among factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from ankomst.errors import DataError
from ankomst.report.document.context import missing, records
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]
_INDICES = ("quantity", "sample", "factor", "index", "rank", "estimate", "low", "high", "n")


REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "quantities": (
        *("quantity", "scenario", "baseline", "outcome", "payer", "months", "unit", "label", "label_da"),
        "better",
    ),
    "spread": (
        *("quantity", "sample", "mean", "sd", "low", "high", "share_positive", "noise_share_run"),
        *("noise_share", "n", "replicates"),
    ),
    "factors": (
        *("factor", "unit", "low", "high", "central", "distribution", "grade", "source", "group"),
        *("in_morris", "in_sobol"),
    ),
}


OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "morris": (
        *("quantity", "factor", "rank", "mu", "mu_low", "mu_high", "mu_star", "mu_star_low"),
        *("mu_star_high", "sigma", "noise", "clear", "n"),
    ),
    "sobol": (*_INDICES, "raw"),
    "emulator_indices": _INDICES,
    "interactions": (
        *("quantity", "sample", "factor_1", "factor_2", "estimate", "low", "high", "n", "method"),
    ),
    "convergence": ("quantity", "sample", "factor", "index", "n", "estimate", "low", "high"),
    "given_data": (
        *("quantity", "sample", "factor", "method", "rank", "estimate", "low", "high", "dummy", "clear", "n"),
    ),
    "tornado": (
        *("quantity", "sample", "factor", "rank", "mean", "at_low", "at_low_low", "at_low_high"),
        *("at_high", "at_high_low", "at_high_high", "n"),
    ),
    "emulator": ("quantity", "sample", "q2", "q2_low", "q2_high", "rmse", "folds", "used", "limit", "n"),
    "ranking": ("criterion", "scenario", "p_best", "low", "high", "mean_rank", "n"),
    "dependence": (),
}
"""Columns that the page needs of each table."""


_SAMPLES = ("sobol", "draws", "batch", "groups", "morris")


@dataclass(frozen=True)
class StoredSensitivity:
    """What a sensitivity analysis found: its tables, with the checks made.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables by name, with the columns of `REQUIRED` and `OPTIONAL`.

    Raises
    ------
    DataError
        A table lacks a column, or a required table is missing or empty.
    """

    tables: Mapping[str, pd.DataFrame]

    def __post_init__(self) -> None:
        for name, columns in REQUIRED.items():
            if self.table(name) is None:
                raise DataError(
                    f"table '{name}' is missing or empty", where=_file(name), allowed=", ".join(columns)
                )
        for name, columns in (REQUIRED | OPTIONAL).items():
            table = self.table(name)
            lacking = [] if table is None else [column for column in columns if column not in table.columns]
            if lacking:
                raise DataError(
                    f"table '{name}' lacks the column(s) {', '.join(lacking)}",
                    where=_file(name),
                    allowed=", ".join(columns),
                )

    def table(self, name: str) -> pd.DataFrame | None:
        """Return a table, or None where it is missing or empty."""
        found = self.tables.get(name)
        return None if found is None or len(found) == 0 else found

    @property
    def quantities(self) -> list[Row]:
        """Quantities, a row each."""
        return records(self.tables["quantities"])

    @property
    def factors(self) -> list[Row]:
        """Factors, a row each, the dummy among them where the table has it."""
        return records(self.tables["factors"])

    @property
    def assumed(self) -> frozenset[str]:
        """Names of the factors whose ranges are assumed."""
        return frozenset(str(row["factor"]) for row in self.factors if row["grade"] == "assumption")

    def rows(self, name: str, quantity: object) -> pd.DataFrame:
        """Return the rows of a quantity; none where the table is missing."""
        table = self.table(name)
        if table is None:
            return pd.DataFrame(columns=list(OPTIONAL.get(name, ())))
        return table[table["quantity"] == quantity]

    def spread(self, quantity: object) -> Row | None:
        """Return the spread of a quantity over one sample of points, those of the Sobol design first."""
        rows = sorted(records(self.rows("spread", quantity)), key=lambda row: _order(str(row["sample"])))
        return rows[0] if rows else None

    @property
    def replicates(self) -> dict[str, int]:
        """Return the replicates of a point by sample."""
        return {str(row["sample"]): int(row["replicates"]) for row in records(self.tables["spread"])}

    def index_sets(self, quantity: object) -> list[tuple[str, str, pd.DataFrame]]:
        """Return (table, sample, rows) of the variance-based indices that there are, parameters first."""
        found = []
        for table in ("sobol", "emulator_indices"):
            for sample, rows in self.samples(table, quantity):
                if (rows["index"] == "total").any():
                    found.append((table, sample, rows))
        return found

    def pair_sets(self, quantity: object) -> list[tuple[str, str, pd.DataFrame]]:
        """Return (method, sample, rows) of the second-order indices that there are."""
        return [
            (str(method), sample, rows[rows["method"] == method])
            for sample, rows in self.samples("interactions", quantity)
            for method in dict.fromkeys(rows["method"])
        ]

    def samples(self, name: str, quantity: object) -> list[tuple[str, pd.DataFrame]]:
        """Return (sample, rows) of a quantity, without rows that hold no number; single parameters first."""
        rows = self.rows(name, quantity)
        value = "at_low" if name == "tornado" else "estimate"
        rows = rows[rows[value].notna()]
        names = sorted(dict.fromkeys(rows["sample"]), key=_order)
        return [(str(sample), rows[rows["sample"] == sample]) for sample in names]


def _order(sample: object) -> int:
    return _SAMPLES.index(str(sample)) if sample in _SAMPLES else len(_SAMPLES)


def _file(name: str) -> str:
    return f"tables/{name}.csv"


@dataclass(frozen=True)
class Leading:
    """Which factors lead a ranking, as far as the intervals allow.

    Parameters
    ----------
    rows : list of Row
        The first of those clear of the dummy, and those clear of it whose intervals overlap its own. Empty
        where no factor is clear of the dummy.
    after : Row or None
        The next largest, where the first is clear.
    open : int
        Factors not clear of the dummy whose intervals are so wide that they may be as large.
    clear : int
        Factors clear of the dummy.
    count : int
        Factors ranked, the dummy left out.
    """

    rows: list[Row]
    after: Row | None
    open: int
    clear: int
    count: int

    @property
    def alone(self) -> bool:
        """Whether one factor is clear of all others."""
        return len(self.rows) == 1 and self.open == 0


def clear_of_dummy(rows: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows of indices lie above zero and above the whole interval of the dummy."""
    dummy = rows.loc[rows["factor"] == LUCK, "high"].max()
    floor = 0.0 if missing(dummy) else max(0.0, float(dummy))
    return (rows["low"] > floor) & (rows["factor"] != LUCK)


def leading(rows: pd.DataFrame, clear: pd.Series[bool], value: str = "estimate") -> Leading:
    """Return which factors lead.

    Parameters
    ----------
    rows : DataFrame
        A row per factor with the column `value` and its interval: ``low`` and ``high`` for ``estimate``,
        else ``VALUE_low`` and ``VALUE_high``.
    clear : Series of bool
        Which rows are clear of the dummy.
    value : str
    """
    low, high = ("low", "high") if value == "estimate" else (f"{value}_low", f"{value}_high")
    ranked = rows[(rows["factor"] != LUCK) & rows[value].notna()]
    ranked = ranked.sort_values(value, ascending=False, kind="stable")
    sure = clear.reindex(ranked.index)
    if not sure.any():
        return Leading([], None, 0, 0, len(ranked))
    first = ranked[sure].iloc[0]
    # A factor with a wide interval may lie above the first clear one: then nothing is alone in front.
    rivals = ranked[(ranked[high] >= first[low]) & (ranked.index != first.name)]
    found = records(ranked.loc[[first.name, *rivals.index[sure[rivals.index]]]])
    others = records(ranked[ranked.index != first.name])
    after = others[0] if others and len(rivals) == 0 else None
    return Leading(found, after, int((~sure[rivals.index]).sum()), int(sure.sum()), len(ranked))
