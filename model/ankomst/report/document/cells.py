"""Cells of a workbook: plain values, number formats by unit, names of sheets that every program takes."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ankomst.policy.tables.table_numbers import FORMULA
from ankomst.report.chart.chart_numbers import number_code
from ankomst.report.chart.figure_words import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = bool | int | float | str | dt.datetime | dt.date | None

LONGEST_NAME: Final = 31
_LONGEST_TEXT: Final = 32_000
_BAD_NAME: Final = re.compile(r"[\[\]:*?/\\]")
_MEASURED: Final = frozenset(
    {"estimate", "low", "high", "se", "mean", "median", "sd", "value", "published", "published_low",
     "published_high", "distance", "difference"}
)  # fmt: skip
_PLAIN: Final = frozenset({"year", "seed", "arrival_year", "draw", "rank", "place"})
_NARROWEST, _WIDEST = 8, 46


def value_of(value: object) -> Value:  # noqa: PLR0911  # a return for every type
    """Return a value as a cell holds it; what is missing leaves the cell empty."""
    if isinstance(value, str):
        return clean(value)[:_LONGEST_TEXT]
    if isinstance(value, list | tuple | dict | set | np.ndarray):
        return clean(value)[:_LONGEST_TEXT]
    if value is None or value is pd.NA or value is pd.NaT or pd.isna(value):  # type: ignore[call-overload]
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        # A workbook holds fifteen digits of a number.
        return int(value) if abs(int(value)) < 10**15 else str(value)
    if isinstance(value, float | np.floating):
        return (
            float(value)
            if math.isfinite(value)
            else "\N{INFINITY}"
            if value > 0
            else "\N{MINUS SIGN}\N{INFINITY}"
        )
    if isinstance(value, pd.Timestamp | dt.datetime):
        return pd.Timestamp(value).tz_localize(None).to_pydatetime()
    if isinstance(value, dt.date):
        return value
    return clean(value)[:_LONGEST_TEXT]


def put(cell: Cell, value: object) -> None:
    """Write a value into a cell; a text never becomes a formula."""
    held = value_of(value)
    cell.value = held
    if isinstance(held, str):
        cell.data_type = "s"
        if held.startswith(FORMULA):
            cell.quotePrefix = True


def code_of(column: str, unit: object, column_code: str) -> str:
    """Return the number format of a cell by its column and the unit of its row."""
    if column == "level":
        return "0.#%"
    if column not in _MEASURED or not isinstance(unit, str):
        return column_code
    if unit == "share":
        return "0.0%"
    if unit.startswith("DKK"):
        return "#,##0"
    return "#,##0.00" if unit in {"months", "hours", "factor", "points"} else column_code


def column_code(name: str, values: pd.Series) -> str:
    """Return the number format of a column that no unit decides."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "General"
    found = values.to_numpy(dtype=float, na_value=np.nan)
    found = found[np.isfinite(found)]
    if len(found) == 0:
        return "General"
    if name in _PLAIN:
        return "0"
    if (found == np.round(found)).all():
        return "#,##0"
    largest = float(np.abs(found).max())
    decimals = max(0, min(6, 3 - math.floor(math.log10(largest)))) if largest > 0 else 0
    return number_code(decimals)


def sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """Return a name for a sheet: short enough, without forbidden signs, and unlike the others."""
    name = " ".join(_BAD_NAME.sub(" ", clean(wanted)).split()).strip("' ") or "Sheet"
    name = name[:LONGEST_NAME].strip("' ")
    used = {other.lower() for other in taken}
    number, found = 2, name
    while found.lower() in used or found.lower() == "history":
        ending = f" {number}"
        found = name[: LONGEST_NAME - len(ending)].strip("' ") + ending
        number += 1
    return found


def fit_columns(sheet: Worksheet, first: int, texts: Sequence[Sequence[str]]) -> None:
    """Set the widths of columns by the texts that stand in them."""
    for k, column in enumerate(texts):
        longest = max((len(text) for text in column), default=0)
        letter = sheet.cell(1, first + k).column_letter
        sheet.column_dimensions[letter].width = min(_WIDEST, max(_NARROWEST, longest + 3))
