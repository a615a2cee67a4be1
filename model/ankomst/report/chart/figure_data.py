"""The numbers of a figure as a tidy table, and as charts that slides and workbooks hold themselves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pandas as pd

from ankomst.report.chart.figure_charts import chart_of, drawn_marks
from ankomst.report.chart.figure_marks import marks_of, numbers, panels_of, row_names
from ankomst.report.chart.figure_words import plain
from ankomst.report.document.texts import MINUS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ankomst.report.chart.figure_ranges import Axes, Marks
    from ankomst.report.document.page import Drawn

__all__ = ["chart_of", "data_of"]

COLUMNS: Final = ("panel", "series", "category", "x", "y", "low", "high", "x_low", "x_high", "text")
_EVERYWHERE: Final = ("series",)


def data_of(drawn: Drawn) -> pd.DataFrame:
    """Return the tidy rows of a figure, in the units of the figure.

    Parameters
    ----------
    drawn : Drawn
        Its own data, if it has any; otherwise they are read off the figure.

    Returns
    -------
    DataFrame
        Of a figure of rows: series, category, x (the value), low and high; of a figure of numbers against
        numbers: series, x, y, low and high (of y), x_low and x_high; panel where there are several. Columns
        that hold nothing are left out.
    """
    if drawn.data is not None:
        return drawn.data
    panels = panels_of(drawn)
    rows = [row for marks in drawn_marks(marks_of(drawn)) for row in _rows(marks, panels[marks.panel])]
    rows += _cells(drawn, panels)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    used = [
        name
        for name in COLUMNS
        if name in _EVERYWHERE
        or not frame[name].map(lambda value: value in {"", None} or value != value).all()  # noqa: PLR0124
    ]
    return frame[used].drop_duplicates().reset_index(drop=True)


def _rows(marks: Marks, axes: Axes) -> list[dict[str, object]]:
    series = marks.series or ("" if axes.matrix else axes.across if axes.rows else axes.upwards)
    rows = []
    for k, (x, y) in enumerate(zip(marks.x, marks.y, strict=True)):
        if math.isnan(x) and math.isnan(marks.low[k]):
            continue
        rows.append(
            {
                "panel": axes.title or (axes.panel if not axes.across else ""),
                "series": series,
                "category": marks.labels[k],
                "x": x,
                "y": math.nan if axes.rows and not axes.matrix else y,
                "low": marks.low[k],
                "high": marks.high[k],
                "x_low": marks.x_low[k],
                "x_high": marks.x_high[k],
                "text": "",
            }
        )
    return rows


def _cells(drawn: Drawn, panels: dict[str, Axes]) -> list[dict[str, object]]:
    """Return a row per cell of a matrix: its row, its column and its value or its words."""
    rows: list[dict[str, object]] = []
    for trace in drawn.figure.data:
        axes = panels.get(f"{getattr(trace, 'xaxis', None) or 'x'}{getattr(trace, 'yaxis', None) or 'y'}")
        if axes is None or not axes.rows:
            continue
        if trace.type == "heatmap":
            x, y = numbers(trace.x), numbers(trace.y)
            cells = [
                (across, place, value, "")
                for place, line in zip(y or range(len(trace.z)), trace.z, strict=True)
                for across, value in zip(x or range(len(line)), numbers(line), strict=True)
                if math.isfinite(value)
            ]
        elif axes.matrix and trace.mode == "text":
            words = [plain(word) for word in trace.text or ()]
            cells = [
                (across, place, *_read(word))
                for across, place, word in zip(numbers(trace.x), numbers(trace.y), words, strict=True)
                if word
            ]
        else:
            continue
        columns = drawn.figure.layout[f"xaxis{(trace.xaxis or 'x')[1:]}"]
        beside = dict(zip(numbers(columns.tickvals), map(plain, columns.ticktext or ()), strict=False))
        names = row_names(axes)
        beside = {place: _in_full(label, names.values()) for place, label in beside.items()}
        rows += [
            {"panel": axes.title, "series": beside.get(across, ""), "category": names.get(place, ""),
             "x": value, "text": word}
            for across, place, value, word in cells
        ]  # fmt: skip
    return rows


def _in_full(label: str, names: Iterable[str]) -> str:
    """Return the name that a number at the end of the labels of rows stands for."""
    found = [name for name in names if label.isdigit() and name.endswith(f" {label}")]
    return found[0] if len(found) == 1 else label


def _read(word: str) -> tuple[float, str]:
    """Return a word of a cell as a number if it is one, otherwise as it stands."""
    try:
        return float(word.replace(MINUS, "-").replace(",", ".")), ""
    except ValueError:
        return math.nan, word
