"""Native charts from tidy rows, so that slides and workbooks hold the very numbers of the figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.report.chart.native import Panel, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

Numbers = tuple[float | None, ...]


def numbers(values: Iterable[float]) -> Numbers:
    """Return numbers as a chart holds them: None where there is none."""
    return tuple(None if not math.isfinite(float(value)) else float(value) for value in values)


def series_of(rows: pd.DataFrame, name: str, colour: str) -> Series:
    """Return rows as a series with its interval, in their order."""
    return Series(name, numbers(rows["estimate"]), numbers(rows["low"]), numbers(rows["high"]), colour)


def points(
    rows: pd.DataFrame,
    key: str,
    label: Callable[[str], str],
    title: str,
    unit: str,
    colour: str,
    decimals: int,
) -> Panel:
    """Return a panel with one row per category of column `key`."""
    return Panel(
        title,
        unit,
        (series_of(rows, title, colour),),
        categories=tuple(label(str(name)) for name in rows[key]),
        decimals=decimals,
    )


def lines(
    parts: Sequence[tuple[str, str, pd.DataFrame]], title: str, unit: str, along_title: str, decimals: int
) -> Panel:
    """Return a panel of lines by month from (name, colour, rows with `months`)."""
    along = numbers(parts[0][2]["months"]) if parts else ()
    return Panel(
        title,
        unit,
        tuple(series_of(rows, name, colour) for name, colour, rows in parts),
        along=tuple(value or 0.0 for value in along),
        along_title=along_title,
        decimals=decimals,
    )


def plain(text: str) -> str:
    """Return an axis title without the line breaks of a figure."""
    return text.replace("<br>", " ")
