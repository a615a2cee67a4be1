"""Language, facts, names and numbers of the page of a calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ankomst.report.chart import theme
from ankomst.report.document.context import Context, missing, require, safe
from ankomst.report.document.run_context import DAGGER, DASH
from ankomst.report.document.texts import Texts, load_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

ASSUMED = "assumption"
YES = "yes"
# What decides 1 against 3 years of introduction, found by the pilot.
DECIDING: Final = (
    "municipality.ordinary_intensity",
    "municipality.specialist_gap",
    "danish.drop_out_after",
    "job_finding.b_effort",
    "municipality.effort_elasticity",
)
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "targets": (
        *("target", "group_of", "kind", "months", "unit", "value", "sd", "noise", "prior_low"),
        *("prior_median", "prior_high", "low", "median", "high", "mean", "inside", "width_ratio"),
        *("distance", "central", "n", "definition", "source"),
    ),
    "parameters": (
        *("parameter", "unit", "grade", "free", "range_low", "range_high", "start", "prior_median", "low"),
        *("median", "high", "mean", "central", "narrowing", "informed", "at_low", "at_high", "n"),
    ),
    "correlations": ("parameter", "other", "correlation"),
    "sensitivity": ("target", "parameter", "correlation", "slope", "r2"),
    "rounds": (
        *("round", "members", "distance_median", "distance_low", "distance_high", "spread", "effective"),
        *("accepted",),
    ),
}
"""Columns that the page needs of each table."""

# Counted over spells or jobs, not at a month since arrival; the definition says when.
_OWN_WINDOW: Final = ("job_after_placement", "job_duration")

CLEAR: Final = theme.PAYER_COLOURS["municipality"]
STRONG: Final = theme.PAYER_COLOURS["state"]
FAINT: Final = "#d5dbe1"
OPEN: Final = theme.UNCLEAR

Row = dict[str, Any]


@cache
def calibration_texts(lang: str) -> Texts:
    """Return the texts of a language with those of this page."""
    return load_texts(lang, "calibration")


@dataclass(frozen=True)
class StoredCalibration:
    """What a calibration found: its tables, with the checks made, and the draws of its posterior.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables by name, with the columns of `COLUMNS`.
    draws : DataFrame, shape (draws, parameters)
        A row per draw, a column per parameter with a range.

    Raises
    ------
    ValueError
        If a table is missing or empty, or lacks a column, or the draws lack a parameter.
    """

    tables: Mapping[str, pd.DataFrame]
    draws: pd.DataFrame

    def __post_init__(self) -> None:
        for name, columns in COLUMNS.items():
            frame = self.tables.get(name)
            # Nothing may trade off, and nothing may be sensitive: an empty table is an answer there.
            if frame is not None and len(frame) == 0 and name in {"correlations", "sensitivity"}:
                continue
            require(frame, name, columns)
        require(self.draws, "draws", [str(name) for name in self.parameters["parameter"]])

    @property
    def targets(self) -> pd.DataFrame:
        """Published figures, a row each."""
        return self.tables["targets"]

    @property
    def parameters(self) -> pd.DataFrame:
        """Parameters with a range, a row each."""
        return self.tables["parameters"]

    @cached_property
    def informed(self) -> pd.DataFrame:
        """Free parameters that the data narrow, the most narrowed first."""
        rows = self.parameters
        return rows[yes(rows["informed"])].sort_values("narrowing", ascending=False, kind="stable")

    @cached_property
    def deciding(self) -> pd.DataFrame:
        """Parameters that decide 1 against 3 years of introduction, the least narrowed first."""
        rows = self.parameters
        return rows[rows["parameter"].isin(DECIDING)].sort_values("narrowing", kind="stable")

    @property
    def chance(self) -> float:
        """Size that a rank correlation of two unrelated columns of the draws seldom exceeds."""
        return 2.0 / math.sqrt(max(len(self.draws) - 1, 1))

    def directions(self) -> int | None:
        """Return how many directions of the parameter space the published figures inform.

        A direction counts where the figures say more of it than the prior does: singular values above one of
        the linear sensitivities, in units of judged sd and luck per prior sd. None where the tables cannot
        say.
        """
        found = self.tables.get("sensitivity")
        prior = self.tables.get("prior_predictive")
        if found is None or prior is None or len(found) == 0:
            return None
        slopes = found.pivot_table(index="target", columns="parameter", values="slope", aggfunc="first")
        targets = self.targets.set_index("target")
        names = [name for name in slopes.index if name in prior.columns and name in targets.index]
        if not names:
            return None
        wide = prior[names].std().to_numpy(dtype=float)
        unit = np.hypot(targets.loc[names, "sd"].to_numpy(float), targets.loc[names, "noise"].to_numpy(float))
        scaled = slopes.loc[names].fillna(0.0).to_numpy(float) * (wide / unit)[:, None]
        if not np.isfinite(scaled).all():
            return None
        return int((np.linalg.svd(scaled, compute_uv=False) > 1.0).sum())


def yes(column: pd.Series[Any]) -> pd.Series[bool]:
    """Tell where a column says yes; a file read without care has True for it."""
    return column.astype(str).str.lower().isin(("yes", "true"))


class CalibrationContext(Context):
    """Language and facts of the page of a calibration."""

    def parameter(self, name: object) -> str:
        """Return a parameter's short name; without a text, the last part of its dotted name."""
        key = f"parameter.{name}"
        return self.texts.entries.get(key, str(name).rpartition(".")[2].replace("_", " "))

    def both(self, name: object) -> str:
        """Return the short and the dotted name of a parameter, for sentences."""
        return f"{self.parameter(name)} ({name})"

    def group(self, name: object) -> str:
        """Return the name of a parameter's group."""
        return self.texts.label("parameter_group", str(name).partition(".")[0])

    def target(self, row: Row) -> str:
        """Return a published figure's short name, with its months unless it has a window of its own."""
        said = self.texts.label("target", row["group_of"])
        if row["unit"] == "weeks" or row["group_of"] in _OWN_WINDOW or missing(row["months"]):
            return said
        if float(row["months"]) <= 0:
            return said
        months = self.texts.get("calibration.months", months=self.texts.number(float(row["months"])))
        return f"{said}, {months}"

    def amount(self, value: float, row: Row, *, unit: bool = True) -> str:
        """Write a number of a target in its unit: shares in percent, differences of shares in points."""
        share, decimals = _share(row), target_decimals(row)
        written = self.texts.number((100 if share else 1) * float(value), decimals)
        if not unit or written == DASH:
            return written
        if share and str(row["kind"]) == "effect":
            return self.texts.get("calibration.points", amount=written)
        if share:
            return self.texts.get("word.percent", amount=written)
        named = self.texts.entries.get(f"target_unit.{row['unit']}", str(row["unit"]))
        return written if missing(row["unit"]) or row["unit"] == "ratio" else f"{written} {named}"

    def amounts(self, low: float, high: float, row: Row) -> str:
        """Write an interval of a target, without its unit."""
        factor = 100 if _share(row) else 1
        return self.texts.span(factor * float(low), factor * float(high), target_decimals(row))

    def percent(self, share: float) -> str:
        """Write a share as a whole percentage, without the sign."""
        return self.texts.number(100 * float(share))

    def value(self, value: float, row: Row) -> str:
        """Write a parameter's value with the decimals that its range asks for."""
        return self.texts.number(float(value), parameter_decimals(row))

    def values(self, low: float, high: float, row: Row) -> str:
        """Write an interval of a parameter."""
        return self.texts.span(float(low), float(high), parameter_decimals(row))

    def marked(self, row: Row) -> str:
        """Return a parameter's short name, with a dagger where it is assumed."""
        name = self.parameter(row["parameter"])
        return f"{name}\N{NO-BREAK SPACE}{DAGGER}" if row["grade"] == ASSUMED else name

    def label(self, row: Row) -> str:
        """Return the label of a parameter in a figure: its short name and, below, its dotted name."""
        small = f'<span style="color:{theme.MUTED};font-size:10px">{safe(str(row["parameter"]))}</span>'
        return f"{safe(self.marked(row))}<br>{small}"

    def code(self, row: Row) -> str:
        """Return the short name of a parameter and its dotted name as HTML of a table."""
        return f'{safe(self.marked(row))}<br><code class="small">{safe(str(row["parameter"]))}</code>'

    def draws_note(self, n: int) -> str:
        """Say how many draws a figure rests on, and how they were run."""
        texts = self.texts
        return texts.get(
            "calibration.footer.draws",
            n=texts.number(n),
            replicates=texts.number(float(self.facts["replicates"])),
            newcomers=texts.number(float(self.facts["newcomers_per_year"])),
            effects=texts.number(float(self.facts["effects_newcomers_per_year"])),
        )


def _share(row: Row) -> bool:
    return str(row["unit"]).startswith("share")


def target_decimals(row: Row) -> int:
    """Return the decimals with which a target is written, by its judged sd."""
    sd = float(row["sd"]) * (100 if _share(row) else 1)
    return 1 if not math.isfinite(sd) or sd <= 0 else min(max(0, math.ceil(0.5 - math.log10(sd))), 4)


def parameter_decimals(row: Row) -> int:
    """Return the decimals with which a parameter is written, by the width of its range."""
    width = float(row["range_high"]) - float(row["range_low"])
    return max(0, 2 - math.floor(math.log10(width) + 0.5)) if width > 0 else 3


def placed(values: Sequence[float] | pd.Series[Any] | np.ndarray[Any, Any], row: Row) -> list[float]:
    """Return values as places in a parameter's range, 0 to 1, rounded so that a page stays small."""
    low, width = float(row["range_low"]), float(row["range_high"]) - float(row["range_low"])
    places: list[float] = np.round((np.asarray(values, dtype=float) - low) / width, 4).tolist()
    return places
