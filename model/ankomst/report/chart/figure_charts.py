"""Charts that slides and workbooks hold themselves, read off the figures of the pages."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ankomst.report.chart import theme
from ankomst.report.chart.figure_marks import marks_of, panels_of, row_names
from ankomst.report.chart.figure_words import plain, sample_of
from ankomst.report.chart.native import Chart, Panel, Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.report.chart.figure_ranges import Axes, Marks
    from ankomst.report.document.page import Drawn

_MOST_SERIES: Final = 10
_SPARE: Final = ("#0072B2", "#D55E00", "#00835f", "#a8447f", "#7a6a00", "#5b5ea6")

Row = tuple[float, float, float, bool]
"""A value, the ends of its interval, and whether its mark is hollow."""


def drawn_marks(found: Sequence[Marks]) -> list[Marks]:
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
    found = [marks for marks in drawn_marks(marks_of(drawn)) if len(marks.x)]
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
    if stacked:
        # White bars among stacked ones are hatched, not too close to call.
        made = [
            replace(panel, series=tuple(replace(one, hollow=()) for one in panel.series)) for panel in made
        ]
    return Chart("stacked" if stacked else "bars" if bars else "points", tuple(made)) if made else None


def _distinct(panels: list[Panel]) -> list[Panel]:
    """Give series that only their marks told apart colours of their own, the same in every panel."""
    chosen: dict[str, str] = {}
    own: dict[str, str] = {}
    for panel in panels:
        for series in panel.series:
            # Grey only says that something is too close to call here; elsewhere the series has its colour.
            if own.get(series.name, theme.UNCLEAR) == theme.UNCLEAR:
                own[series.name] = series.colour
    for panel in panels:
        for series in panel.series:
            here = {chosen[one.name] for one in panel.series if one.name in chosen}
            if series.name not in chosen:
                free = [colour for colour in _SPARE if colour not in here]
                taken = own[series.name] in here
                chosen[series.name] = free[0] if taken and free else own[series.name]
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
    return Series(
        name,
        values,
        low if some else (),
        high if some else (),
        colour or theme.INK,
        hollow=hollow if any(hollow) else (),
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
    values = [abs(value) for one in series for value in one.values if value is not None]  # no table
    largest = max(values, default=0.0)
    return 1 if largest == 0 else max(0, min(3, 2 - math.floor(math.log10(largest))))
