"""The numbers of a figure as a tidy table, and as charts that slides and workbooks hold themselves."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

from ankomst.presentation import theme
from ankomst.presentation.chart import Chart, Panel, Series
from ankomst.presentation.figure_marks import Axes, Marks, marks_of, numbers, panels_of, row_names
from ankomst.presentation.figure_words import plain, sample_of
from ankomst.presentation.texts import MINUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ankomst.presentation.page import Drawn

COLUMNS: Final = ("panel", "series", "category", "x", "y", "low", "high", "x_low", "x_high", "text")
_EVERYWHERE: Final = ("series",)
_MOST_SERIES: Final = 10
_SPARE: Final = ("#0072B2", "#D55E00", "#00835f", "#a8447f", "#7a6a00", "#5b5ea6")

Row = tuple[float, float, float, bool]
"""A value, the ends of its interval, and whether its mark is hollow."""


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
    rows = [row for marks in _kept(marks_of(drawn)) for row in _rows(marks, panels[marks.panel])]
    rows += _cells(drawn, panels)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    used = [
        name
        for name in COLUMNS
        if name in _EVERYWHERE
        or not frame[name].map(lambda value: value in {"", None} or value != value).all()  # noqa: PLR0124
    ]
    return frame[used].drop_duplicates().reset_index(drop=True)


def _kept(found: Sequence[Marks]) -> list[Marks]:
    """Leave out faint bars that only repeat the points drawn over them."""
    points = {
        (marks.panel, label, value)
        for marks in found
        if marks.kind == "point"
        for label, value in zip(marks.labels, marks.x, strict=True)
    }
    return [
        marks
        for marks in found
        if not (
            marks.kind == "bar"
            and not marks.series
            and {(marks.panel, label, value) for label, value in zip(marks.labels, marks.x, strict=True)}
            <= points
        )
    ]


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


def chart_of(drawn: Drawn) -> Chart | None:
    """Return the charts of a figure for slides and workbooks.

    Parameters
    ----------
    drawn : Drawn
        Its own chart, if it has one; otherwise it is read off the figure.

    Returns
    -------
    Chart or None
        None where no chart of a slide could show the same, such as of a matrix.
    """
    if drawn.chart is not None:
        return drawn.chart
    panels = panels_of(drawn)
    found = [marks for marks in _kept(marks_of(drawn)) if len(marks.x)]
    if not found or any(axes.matrix for axes in panels.values()):
        return None
    drawn_in = {place: [marks for marks in found if marks.panel == place] for place in panels}
    if any(panels[place].rows for place, here in drawn_in.items() if here):
        if any(here and not panels[place].rows for place, here in drawn_in.items()):
            return None
        return _chart_of_rows(drawn, panels, drawn_in)
    return _chart_of_numbers(drawn, panels, drawn_in)


def _chart_of_rows(drawn: Drawn, panels: dict[str, Axes], drawn_in: dict[str, list[Marks]]) -> Chart | None:
    every = [marks for here in drawn_in.values() for marks in here]
    bars = any(marks.kind == "bar" for marks in every)
    stacked = bars and drawn.figure.layout.barmode in {"relative", "stack"}
    kinds = {"bar"} if bars else {"point"}
    filled = {label for marks in every if marks.kind in kinds for label in marks.labels}
    made = [
        _panel_of_rows(panels[place], [marks for marks in here if marks.kind in kinds], filled)
        for place, here in drawn_in.items()
        if here
    ]
    made = _distinct([panel for panel in made if panel.series])
    return Chart("stacked" if stacked else "bars" if bars else "points", tuple(made)) if made else None


def _distinct(panels: list[Panel]) -> list[Panel]:
    """Give series that only their marks told apart colours of their own, the same in every panel."""
    chosen: dict[str, str] = {}
    for panel in panels:
        for series in panel.series:
            here = {chosen[one.name] for one in panel.series if one.name in chosen}
            if series.name not in chosen:
                free = [colour for colour in _SPARE if colour not in here]
                taken = series.colour in here
                chosen[series.name] = free[0] if taken and free else series.colour
    return [
        replace(panel, series=tuple(replace(one, colour=chosen[one.name]) for one in panel.series))
        for panel in panels
    ]


def _panel_of_rows(axes: Axes, here: list[Marks], filled: set[str]) -> Panel:
    categories = [name for name in row_names(axes).values() if name in filled]
    found: dict[str, dict[str, Row]] = {}
    colours: dict[str, str] = {}
    for marks in here:
        name = marks.series or axes.across
        rows = found.setdefault(name, {})
        for label, x, low, high in zip(marks.labels, marks.x, marks.low, marks.high, strict=True):
            if math.isfinite(x):
                rows.setdefault(label, (x, low, high, marks.look.hollow))
        if name not in colours or not marks.look.hollow:
            colours[name] = marks.colour
    # A mark of the baseline at zero has its row but needs no bar.
    shown = {
        name: rows
        for name, rows in found.items()
        if any(x != 0 or math.isfinite(low) for x, low, _, _ in rows.values())
    }
    merged = _merged(shown, colours, axes.across)
    series = tuple(_series(name, [rows.get(label) for label in categories], colours[name])
                   for name, rows in merged.items())  # fmt: skip
    return Panel(axes.title, axes.across, series, tuple(categories), decimals=_decimals(series))


def _merged(
    shown: dict[str, dict[str, Row]], colours: dict[str, str], name: str
) -> dict[str, dict[str, Row]]:
    """Make one series of those that have a row each, where others have a value in every row."""
    single = [own for own, rows in shown.items() if len(rows) == 1]
    labels = [label for own in single for label in shown[own]]
    alone = len(single) == len(shown)
    if len(single) < 2 or alone or len(set(labels)) < len(labels):
        return shown
    clear = [colours[own] for own in single if colours[own] != theme.UNCLEAR] or [_SPARE[0]]
    colours[name] = max(clear, key=clear.count)
    together = {label: value for own in single for label, value in shown[own].items()}
    return {name: together, **{own: rows for own, rows in shown.items() if own not in single}}


def _series(name: str, rows: Sequence[Row | None], colour: str) -> Series:
    values = tuple(None if row is None else row[0] for row in rows)
    low = tuple(_number(row[1]) if row else None for row in rows)
    high = tuple(_number(row[2]) if row else None for row in rows)
    hollow = tuple(row is not None and row[3] for row in rows)
    some = any(value is not None for value in low)
    # A series that is hollow as a whole has its look from the key.
    mixed = any(hollow) and not all(row[3] for row in rows if row is not None)
    return Series(
        name,
        values,
        low if some else (),
        high if some else (),
        colour or theme.INK,
        hollow=hollow if mixed else (),
    )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _chart_of_numbers(
    drawn: Drawn, panels: dict[str, Axes], drawn_in: dict[str, list[Marks]]
) -> Chart | None:
    every = [marks for here in drawn_in.values() for marks in here]
    lines = [marks for marks in every if marks.kind == "line" and len(marks.x) > 1 and _rises(marks.x)]
    # Among clouds of points a line only joins some of them.
    points = [marks for marks in every if marks.kind == "point"]
    kind = "lines" if lines and len(lines) >= len({marks.series for marks in points}) else "scatter"
    if kind == "scatter" and len({marks.series for marks in points}) > _MOST_SERIES:
        drawn_in = {place: _by_colour(drawn, here) for place, here in drawn_in.items()}
    made = []
    for place, here in drawn_in.items():
        if here:
            axes = panels[place]
            made.append(_panel_of_lines(axes, here) if kind == "lines" else _panel_of_points(axes, here))
    return Chart("lines" if kind == "lines" else "scatter", tuple(made)) if made else None


def _by_colour(drawn: Drawn, here: list[Marks]) -> list[Marks]:
    """Name points by what the legend says of their colour, where each has a name of its own."""
    names: dict[str, str] = {}
    for trace in drawn.figure.data:
        if trace.type == "scatter" and trace.name and list(trace.x or ()) == [None]:
            names.setdefault(sample_of(trace).colour, plain(trace.name))
    return [replace(marks, series=names.get(marks.colour, marks.series)) for marks in here]


def _rises(x: Sequence[float]) -> bool:
    return all(first < second for first, second in pairwise(x))


def _panel_of_lines(axes: Axes, here: list[Marks]) -> Panel:
    lines = [marks for marks in here if marks.kind == "line" and _rises(marks.x)]
    along = tuple(sorted({x for marks in lines for x in marks.x if math.isfinite(x)}))
    series = []
    for marks in lines:
        at = {
            x: (y, low, high, False)
            for x, y, low, high in zip(marks.x, marks.y, marks.low, marks.high, strict=True)
        }
        rows = [at.get(x) for x in along]
        whole = [row if row and math.isfinite(row[0]) else None for row in rows]
        series.append(_series(marks.series or axes.upwards, whole, marks.colour))
    series += _panel_of_points(axes, [marks for marks in here if marks not in lines]).series
    return Panel(axes.title, axes.upwards, tuple(series), (), along, axes.across, _decimals(series))


def _panel_of_points(axes: Axes, here: list[Marks]) -> Panel:
    """Put marks of one name together; points of any colour of a name take its first one."""
    groups: dict[tuple[str, bool], list[Marks]] = {}
    for marks in here:
        groups.setdefault((marks.series or axes.upwards, marks.kind != "point"), []).append(marks)
    series = []
    for (name, joined), group in groups.items():
        rows = [
            (x, (y, low, high, False))
            for marks in group
            for x, y, low, high in zip(marks.x, marks.y, marks.low, marks.high, strict=True)
            if math.isfinite(x) and math.isfinite(y)
        ]
        filled = [marks.colour for marks in group if not marks.look.hollow]
        one = _series(name, [row for _, row in rows], filled[0] if filled else group[0].colour)
        along = tuple(x for x, _ in rows)
        series.append(replace(one, along=along, joined=joined))
    return Panel(axes.title, axes.upwards, tuple(series), (), (), axes.across, _decimals(series))


def _decimals(series: Sequence[Series]) -> int:
    """Return the decimals that show about three digits of the largest value."""
    values = [abs(value) for one in series for value in one.values if value is not None]  # noqa: PD011  # no table
    largest = max(values, default=0.0)
    return 1 if largest == 0 else max(0, min(3, 2 - math.floor(math.log10(largest))))
