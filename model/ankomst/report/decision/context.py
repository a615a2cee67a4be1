"""Language, facts, names and numbers of the page of `ankomst decide`, and the columns that it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

from ankomst.policy.parameters import load_registry
from ankomst.report.document.context import Context, missing, require
from ankomst.report.document.parameter_names import parameter_name
from ankomst.report.document.run_context import DASH
from ankomst.report.document.texts import Texts, load_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "robustness": (
        *("scenario", "criterion", "label", "label_da", "better", "unit", "mean", "mean_low", "mean_high"),
        *("effect_low", "effect_high", "probability", "verdict"),
        *("low", "high", "worst_decile", "worst_decile_low", "worst_decile_high", "mean_regret"),
        *("regret_90", "max_regret", "p_best", "p_best_low", "p_best_high", "satisficing"),
        *("satisficing_low", "satisficing_high", "threshold", "n", "replicates", "level"),
    ),
    "boxes": (
        *("question", "box", "coverage", "density", "density_low", "density_high", "base_share", "n_inside"),
        *("n", "level", "test_density", "test_density_low", "test_density_high", "test_coverage", "test_n"),
    ),
    "box_limits": ("question", "box", "factor", "low", "high", "range_low", "range_high", "qp"),
    "discovery_points": ("question", "point", "flips"),
    "thresholds": (
        *("solve", "label", "label_da", "quantity", "unit", "quantity_unit", "mean_threshold", "low", "high"),
        *("draw_median", "draw_low", "draw_high", "share_crossing", "share_already", "from", "to"),
        *("central", "wanted", "n", "replicates", "level", "status"),
    ),
    "threshold_curves": ("solve", "value", "mean", "low", "high", "n", "level"),
    "information": ("group", "evppi", "low", "high", "evpi", "unit", "method", "clear", "n", "level"),
    "designs": ("design", "origin", "on_front", "p_on_front", "n", "level"),
    "design_outcomes": (
        *("design", "origin", "quantity", "label", "label_da", "unit", "mean", "low", "high", "n", "level"),
    ),
    "dominance": (
        *("design", "verdict", "by", "gain", "gain_low", "gain_high", "cost", "cost_low", "cost_high", "n"),
        "level",
    ),
    "trials": ("trial", "feasible"),
}
"""Columns that the page needs of each table; a design has further ones for its variables and objectives."""

SHIPPED, FOUND = "shipped", "found"
_PLAIN = ("factor", "elasticity", "ratio", "score", "weight", "log")
"""Units that are not written behind a number."""
_THOUSANDS_FROM = 10_000.0
_MILLION = 1e6
_LEADING = 1.5
_FINE = 2.0
"""Width in per cent below which a share is written with a decimal."""
_DESIGN: Final = {*COLUMNS["designs"], "interval"}

Row = dict[str, Any]
Triple = tuple[float, float, float]
"""An estimate with the bounds of its interval; NaN bounds are none."""


@cache
def decision_texts(lang: str) -> Texts:
    """Return the texts of a language with those of this page.

    Raises
    ------
    ValueError
        There are no texts in that language.
    """
    return load_texts(lang, "decision")


def checked(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of the page that have rows.

    Raises
    ------
    ValueError
        A table lacks a column, or there is nothing to show.
    """
    found = {
        name: require(tables[name], name, columns)
        for name, columns in COLUMNS.items()
        if name in tables and len(tables[name])
    }
    if not found:
        raise ValueError(f"there is nothing to show: none of the tables {', '.join(COLUMNS)} has rows")
    return found


def triple(row: Row, name: str, low: str = "", high: str = "") -> Triple:
    """Return an estimate of a row with its bounds: the columns NAME_low and NAME_high, or those named."""
    return float(row[name]), float(row[low or f"{name}_low"]), float(row[high or f"{name}_high"])


def alone(value: object) -> Triple:
    """Return a value without an interval."""
    return float(value), math.nan, math.nan  # type: ignore[arg-type]  # a cell that holds a number


def quantum(low: float, high: float) -> float:
    """Return the power of ten to which an estimate is rounded, 1 to 7 % of its interval's width.

    A bound that is clear of zero is not rounded to it. An interval without width keeps three digits.
    """
    width = abs(high - low) or abs(low) / 10 or 1.0
    step = 10.0 ** (math.floor(math.log10(width / _LEADING)) - 1)
    nearest = min(abs(low), abs(high))
    while nearest > 0 and nearest < step / 2 and (low > 0 or high < 0):
        step /= 10
    return step


@dataclass(frozen=True)
class Axis:
    """How numbers of a unit are drawn: the factor from the table, and the unit in words."""

    factor: float
    unit: str


class DecisionContext(Context):
    """Language and facts of the page of a decision."""

    def share(self, value: float, low: float = math.nan, high: float = math.nan) -> str:
        """Write a share as a percentage, with its interval where there is one."""
        width = 100.0 * (high - low)
        decimals = 1 if math.isfinite(width) and width < _FINE and 0 < value < 1 else 0
        texts = self.texts
        said = texts.get("word.percent", amount=texts.number(100.0 * value, decimals))
        if not math.isfinite(width):
            return said
        return f"{said} ({texts.span(100.0 * low, 100.0 * high, decimals)})"

    def counted(self, share: float, n: float) -> str:
        """Write a share of n draws with Wilson's interval at the level of the page."""
        z = NormalDist().inv_cdf(0.5 + float(self.facts["level"]) / 2)
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return self.share(share, max(centre - half, 0.0), min(centre + half, 1.0))

    def amount(
        self,
        estimate: Triple,
        unit: object,
        *,
        sign: bool = False,
        level: bool = False,
    ) -> str:
        """Write an amount with its interval: 'DKK 1,200 (300 to 2,300)'.

        Parameters
        ----------
        estimate : tuple of float
            Value, low and high in the unit of the table; without an interval, NaN bounds.
        unit : object
            Of the table: shares are written as percentage points, or as per cent if `level`.
        sign : bool
            Whether to write a plus.
        level : bool
            Whether it is a level and not a difference.
        """
        kind, factor = _kind(unit), 100.0 if _kind(unit) == "share" else 1.0
        value, low, high = (factor * part for part in estimate)
        if missing(value):
            return DASH
        with_interval = math.isfinite(low) and math.isfinite(high)
        step = quantum(low, high) if with_interval else quantum(value, value)
        step = max(step, 1.0) if kind == "DKK" and abs(value) >= 1 else step
        decimals = max(0, -round(math.log10(step)))
        if not with_interval:
            decimals = len(f"{value:.{decimals}f}".partition(".")[2].rstrip("0"))
        written = self.texts.number(round(value / step) * step, decimals, sign=sign)
        said = self._with_unit(written, kind, unit, level=level)
        if not with_interval:
            return said
        ends = [round(end / step) * step for end in (low, high)]
        return f"{said} ({self.texts.span(ends[0], ends[1], decimals, sign=sign)})"

    def _with_unit(self, written: str, kind: str, unit: object, *, level: bool) -> str:
        texts = self.texts
        if kind == "share":
            return texts.get("word.percent" if level else "word.points", amount=written)
        if kind in {"DKK", "months"}:
            return texts.get("word.dkk" if kind == "DKK" else "word.months", amount=written)
        known = "" if str(unit).startswith(_PLAIN) else self.unit(unit)
        return f"{written} {known}" if known else written

    def millions(self, estimate: Triple, factor: float) -> str:
        """Write so many times an amount in DKK, in millions, with its interval."""
        ends = [factor * part / _MILLION for part in estimate]
        decimals = max(0, -round(math.log10(quantum(ends[1], ends[2]))))
        said = self.texts.get("decision.million", amount=self.texts.number(ends[0], decimals))
        return f"{said} ({self.texts.span(ends[1], ends[2], decimals)})"

    def axis(self, unit: object, values: Sequence[float], *, level: bool = False) -> Axis:
        """Return how a figure shows the values of a unit."""
        texts, kind = self.texts, _kind(unit)
        if kind == "share":
            return Axis(100.0, texts.get(f"decision.axis_unit.{'percent' if level else 'points'}"))
        if kind == "DKK":
            large = max((abs(value) for value in values if not missing(value)), default=0) >= _THOUSANDS_FROM
            key = "thousand" if large else "dkk"
            return Axis(1e-3 if large else 1.0, texts.get(f"decision.axis_unit.{key}"))
        return Axis(1.0, self.unit(unit))

    def unit(self, unit: object) -> str:
        """Return a unit in the page's language; what it is per or of is left to the name."""
        text = "" if missing(unit) else str(unit)
        prefix = "decision.unit."
        known = [
            key
            for key in self.texts.entries
            if key.startswith(prefix) and text.startswith(key[len(prefix) :])
        ]
        return self.texts.get(max(known, key=len)) if known else text

    def factor(self, name: object) -> str:
        """Return the short name of a factor."""
        return parameter_name(str(name), self.texts.lang)

    def factor_inside(self, name: object) -> str:
        """Return the short name of a factor as it stands inside a sentence."""
        said = self.factor(name)
        # A language is a proper name in English.
        return said if said.startswith("Danish") else said[:1].lower() + said[1:]

    def factor_axis(self, name: object) -> str:
        """Return the name of a factor with its unit."""
        registry = load_registry()
        unit = self.unit(registry[str(name)].unit) if str(name) in registry else ""
        return f"{self.factor(name)} ({unit})" if unit else self.factor(name)

    def group(self, name: object) -> str:
        """Return the name of a group of parameters, or of a parameter, as it stands inside a sentence."""
        key = f"decision.group.{name}"
        if key in self.texts.entries:
            return self.texts.get(key)
        return self.factor_inside(name) if "." in str(name) else str(name).replace("_", " ")

    def label(self, row: Row) -> str:
        """Return the label of a row in the page's language."""
        return self.texts.pick((row["label"], row["label_da"]))

    def quantity(self, row: Row) -> str:
        """Return the words of the quantity of a row: its label, and what is compared with what."""
        scenario = str(row["quantity"]).partition(":")[2]
        if not scenario or scenario == self.baseline:
            return self.label(row)
        names = {"scenario": self.title(scenario), "baseline": self.title(self.baseline)}
        return f"{self.label(row)}: {self.texts.get('decision.minus', **names)}"

    def solve(self, row: Row) -> str:
        """Return the name of a threshold search: what must be how large for what."""
        name = str(row["solve"])
        other = row.get("label_solve_da")
        return self.texts.pick((name, name if missing(other) else other))

    def wanted(self, row: Row) -> str:
        """Return the value that a threshold search wants the difference to reach."""
        value = float(row["wanted"])
        return (
            self.amount(alone(value), row["quantity_unit"], sign=True)
            if value
            else self.texts.get("decision.zero")
        )

    def question(self, name: object) -> str:
        """Return the clause that is true of a point that flips: the fact ``question_titles``, or the name."""
        entry = self.facts.get("question_titles", {}).get(str(name))
        return self.texts.pick(entry) if entry else self.texts.get("decision.flips", question=str(name))

    def design_name(self, row: Row) -> str:
        """Return the name of a design: a title for a shipped one, its number for a found one."""
        if str(row["origin"]) == SHIPPED:
            name = str(row["design"])
            return self.title(name) if name in self.facts["scenario_titles"] else self.design(name)
        return self.found(row["design"])

    def found(self, name: object) -> str:
        """Return the name of a found design: 'found 3' for ``found_3``."""
        number = str(name).removeprefix(f"{FOUND}_")
        if number == str(name):
            return number.replace("_", " ")
        return self.texts.get("decision.found_design", number=number)

    def short(self, row: Row) -> str:
        """Return the short name of a shipped design, for labels."""
        return self.design(str(row["design"]))


def objectives(designs: pd.DataFrame) -> list[str]:
    """Return the objectives of a table of designs: columns with an interval of their own."""
    columns = [str(name) for name in designs.columns]
    return [name for name in columns if f"{name}_low" in columns and f"{name}_high" in columns]


def variables(designs: pd.DataFrame) -> list[str]:
    """Return the design variables of a table of designs: what is neither known nor an objective."""
    known = {f"{name}{end}" for name in objectives(designs) for end in ("", "_low", "_high")}
    return [str(name) for name in designs.columns if str(name) not in known | _DESIGN]


def _kind(unit: object) -> str:
    text = str(unit)
    return next((kind for kind in ("DKK", "months", "share") if text.startswith(kind)), "")
