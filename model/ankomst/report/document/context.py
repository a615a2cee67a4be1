"""What every figure and table of a page shares: language, facts of the study, names, order and checks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.policy.parameters import load_registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from ankomst.report.document.texts import Texts

TOO_CLOSE = "too close to call"
UNCLEAR = "direction unclear"
NO_DIFFERENCE = "no difference"
_ELASTICITY = "municipality.effort_elasticity"


@dataclass(frozen=True)
class Context:
    """Language and facts of one page.

    Parameters
    ----------
    texts : Texts
        Texts of the page's language.
    facts : mapping
        Facts of the study: ``baseline``, ``level``, ``draws``, ``replicates``, ``newcomers_per_year``,
        ``arrival_years``, ``follow_up_months``, ``scenario_titles``, ``period_order``, ``design_order``, ...
    """

    texts: Texts
    facts: Mapping[str, Any]

    @property
    def baseline(self) -> str:
        """Identifier of the baseline, such as ``three_year+grant_2013``."""
        return str(self.facts["baseline"])

    @property
    def periods(self) -> list[str]:
        """Introduction periods in the order to show."""
        return [str(name) for name in self.facts["period_order"]]

    @property
    def designs(self) -> list[str]:
        """Grant designs in the order to show."""
        return [str(name) for name in self.facts["design_order"]]

    @property
    def level(self) -> str:
        """Level of the intervals in percent, as text."""
        percent = 100 * float(self.facts.get("level", 0.95))
        return self.texts.number(percent, 0 if abs(percent - round(percent)) < 1e-9 else 1)

    @property
    def years(self) -> str:
        """Years of follow-up, as text."""
        years = float(self.facts["follow_up_months"]) / 12
        return self.texts.number(years, 0 if years.is_integer() else 1)

    def title(self, name: str) -> str:
        """Return a scenario's full title in the page's language, from its file."""
        entry = self.facts.get("scenario_titles", {}).get(name)
        return self.texts.pick(list(entry[:2])) if entry else name.replace("_", " ")

    def _name(self, section: str, name: str) -> str:
        known = f"{section}.{name}" in self.texts.entries
        return self.texts.label(section, name) if known else self.title(name)

    def period(self, name: str) -> str:
        """Short name of an introduction period."""
        return self._name("period", name)

    def design(self, name: str) -> str:
        """Short name of a grant design."""
        return self._name("design", name)

    def scenario(self, period: str, design: str) -> str:
        """Short name of a combination."""
        return f"{self.period(period)} + {self.design(design)}"

    @property
    def draws(self) -> int:
        """Draws of the parameters: 1 is the central draw of the posterior."""
        return int(self.facts.get("draws", 1))

    def say(self, key: str, **values: object) -> str:
        """Return a text; with several draws its wording for draws, where there is one."""
        known = f"{key}_draws"
        chosen = known if self.draws > 1 and known in self.texts.entries else key
        return self.texts.get(chosen, **values)

    def elasticity_note(self) -> str:
        """Say that the reaction of municipalities to grants has not been measured."""
        known = load_registry()[_ELASTICITY]
        low, high = known.range or (known.value, known.value)
        stated = {"value": known.value, "low": low, "high": high, **self.facts.get("effort_elasticity", {})}
        return self.say(
            "note.elasticity",
            **{
                name: self.texts.number(float(value), _decimals(float(value)))
                for name, value in stated.items()
            },
        )

    def band(self, kind: str = "difference") -> str:
        """Say what an interval means and contains.

        Parameters
        ----------
        kind : {"difference", "value"}
        """
        way = "point"
        if self.draws > 1:
            way = "draws" if int(self.facts["replicates"]) > 1 else "single"
        return self.texts.get(f"band.{way}", level=self.level, what=self.texts.get(f"band.{kind}"))

    @property
    def parameters(self) -> str:
        """Name the parameter sets of the runs."""
        way = "point" if self.draws == 1 else "draws"
        return self.texts.get(f"band.at_{way}", draws=self.texts.number(self.draws))


def _decimals(value: float) -> int:
    text = f"{value:.4f}".rstrip("0")
    return len(text.partition(".")[2])


def span_of_n(counts: pd.Series[Any], texts: Texts) -> str:
    """Write the number of runs, as a span where rows differ."""
    low, high = float(counts.min()), float(counts.max())
    return texts.number(low) if low == high else texts.span(low, high)


def require(frame: pd.DataFrame | None, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return the table, or say what it lacks.

    Raises
    ------
    ValueError
        If the table is missing, has no rows or lacks a column.
    """
    if frame is None:
        raise ValueError(f"table '{name}' is missing")
    if len(frame) == 0:
        raise ValueError(f"table '{name}' is empty: there is nothing to show")
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise ValueError(f"table '{name}' lacks the column(s) {', '.join(lacking)}")
    return frame


def require_facts(facts: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise ValueError if facts of the page are missing."""
    lacking = [name for name in names if name not in facts]
    if lacking:
        raise ValueError(f"the facts of the page lack {', '.join(lacking)}")


def choose(frame: pd.DataFrame, name: str, **wanted: object) -> pd.DataFrame:
    """Return the rows where every column has the wanted value; no such row is an error."""
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
        if len(frame) == 0:
            raise ValueError(f"table '{name}' has no rows with {column} = {value!r}")
    return frame


def unclear(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which rows are too close to call: the interval holds zero, is missing, or the verdict says so."""
    low, high = frame["low"].to_numpy(dtype=float), frame["high"].to_numpy(dtype=float)
    # Not (low > 0 or high < 0) is also true where an interval is missing: nothing is claimed without one.
    close: npt.NDArray[np.bool_] = ~((low > 0) | (high < 0))
    if "verdict" in frame.columns:
        close |= frame["verdict"].isin((TOO_CLOSE, UNCLEAR)).to_numpy(dtype=bool)
    return close


def decimals_for(row: Mapping[str, Any], usual: int) -> int:
    """Return the decimals to write: one more where the usual ones would round a clear bound to zero."""
    low, high = float(row["low"]), float(row["high"])
    clear = low > 0 or high < 0
    return usual + 1 if clear and min(abs(low), abs(high)) < 0.5 * 10.0**-usual else usual


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def missing(value: object) -> bool:
    """Tell whether a cell of a table is empty."""
    return bool(value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)))


def in_order(present: Sequence[str], order: Sequence[str]) -> list[str]:
    """Return the names present, first those of the order in its order, then any others."""
    names = list(dict.fromkeys(present))
    return [name for name in order if name in names] + [name for name in names if name not in order]


def safe(text: str) -> str:
    """Escape a text for Plotly, which reads a few HTML tags in its labels."""
    return escape(text, quote=False)
