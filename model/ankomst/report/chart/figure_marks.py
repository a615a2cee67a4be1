"""What a Plotly figure draws, read back as marks: values, intervals, rows and names."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ankomst.report.chart.figure_ranges import Axes, Marks, Numbers, with_ranges
from ankomst.report.chart.figure_words import (
    KeyEntry,
    entries,
    heading,
    hexed,
    identifier,
    name_of,
    plain,
    sample_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go
    from plotly.basedatatypes import BaseLayoutHierarchyType, BaseTraceHierarchyType, BaseTraceType

    from ankomst.report.document.page import Drawn

_NUMBER: Final = re.compile(r"^[+\N{MINUS SIGN}-]?[\d.,\s%]+$")
_FAR: Final = 0.5
"""Rows lie one apart; what lies farther from the label is no mark of the row."""


def numbers(values: object) -> Numbers:
    """Return the numbers of a trace; what is none is NaN."""
    if values is None:
        return []
    found = []
    for value in list(values):  # type: ignore[call-overload]  # lists, tuples and arrays
        try:
            found.append(math.nan if value is None else float(value))
        except (TypeError, ValueError):
            found.append(math.nan)
    return found


def panels_of(drawn: Drawn) -> dict[str, Axes]:
    """Return the panels of a figure by place, in the order of their first trace."""
    figure = drawn.figure
    found: dict[str, Axes] = {}
    for trace in figure.data:
        place = _place(trace)
        if place and place not in found:
            found[place] = _axes(figure, place, trace)
    across = [axes.across for axes in found.values() if axes.across]
    upwards = [axes.upwards for axes in found.values() if axes.upwards]
    # Panels above and beside each other share the titles that only the outer ones have.
    return {
        place: replace(
            axes,
            across=axes.across or (across[0] if across else ""),
            upwards=axes.upwards or (upwards[0] if upwards and not axes.rows else ""),
        )
        for place, axes in found.items()
    }


def _place(trace: BaseTraceType) -> str:
    if trace.type not in {"scatter", "bar", "heatmap", "histogram", "scattergl"}:
        return ""
    return f"{trace.xaxis or 'x'}{trace.yaxis or 'y'}"


def _axes(figure: go.Figure, place: str, trace: BaseTraceType) -> Axes:
    across = _axis(figure, "x", trace.xaxis)
    upwards = _axis(figure, "y", trace.yaxis)
    rows = _rows(upwards)
    title = _title(figure, trace.xaxis or "x", across, upwards)
    # Three labels of a scale from low to high make no matrix.
    matrix = bool(rows) and len(across.ticktext or ()) > 3
    return Axes(place, title, plain(across.title.text), plain(upwards.title.text), rows, matrix)


def _axis(figure: go.Figure, letter: str, name: str | None) -> BaseLayoutHierarchyType:
    return figure.layout[f"{letter}axis{(name or letter).removeprefix(letter)}"]


def _rows(axis: BaseLayoutHierarchyType) -> dict[float, str]:
    """Return the labels of an axis of rows by place; none where the labels are numbers of a scale."""
    if not axis.ticktext or axis.type == "log":
        return {}
    labels = [str(label) for label in axis.ticktext]
    if all(_NUMBER.match(plain(label)) for label in labels if label):
        return {}
    return dict(zip(numbers(axis.tickvals), labels, strict=False))


def _title(
    figure: go.Figure, name: str, across: BaseLayoutHierarchyType, upwards: BaseLayoutHierarchyType
) -> str:
    """Return the title above a panel: an annotation at its upper edge."""
    if upwards.domain is None or across.domain is None:
        return ""
    middle, top = sum(across.domain) / 2, upwards.domain[1]
    for note in figure.layout.annotations:
        on_paper = note.xref == "paper" and note.yref == "paper"
        above = on_paper and abs(note.x - middle) < 1e-6 and abs(note.y - top) < 1e-6
        inside = note.xref == f"{name} domain" and note.yanchor == "bottom" and (note.y or 0) >= 1
        if above or (inside and note.xanchor != "right"):
            return plain(note.text)
    return ""


def marks_of(drawn: Drawn) -> list[Marks]:
    """Return everything that a figure draws in numbers, in the order in which it is drawn."""
    panels, key = panels_of(drawn), entries(drawn.key)
    legend = {trace.name for trace in drawn.figure.data if trace.showlegend and trace.name}
    found: list[Marks] = []
    bands: list[tuple[str, str, Numbers, Numbers]] = []
    for trace in drawn.figure.data:
        place = _place(trace)
        if not place or trace.type == "heatmap":
            continue
        if trace.type != "bar" and trace.fill in {"toself", "tonext", "tonexty"}:
            bands.append((place, hexed(trace.fillcolor), numbers(trace.x), numbers(trace.y)))
            continue
        found += _marks(trace, panels[place], key, legend)
    found = [_banded(marks, bands) for marks in found]
    # Places inside the cells of a matrix have no unit.
    found = [marks for marks in _named(found) if not panels[marks.panel].matrix]
    found += _frames(drawn, panels, key)
    return with_ranges(found)


def _named(found: list[Marks]) -> list[Marks]:
    """Give traces that only differ in being hollow the name of those that are filled."""
    names: dict[str, str] = {}
    looks: dict[str, set[bool]] = {}
    for marks in found:
        # A name of the program stands behind the bar: "shown|own".
        shown, _, own = marks.series.partition("|")
        if own:
            looks.setdefault(own, set()).add(marks.look.hollow)
            if own not in names or not marks.look.hollow:
                names[own] = shown
    for panel in {marks.panel for marks in found}:
        here = {own for marks in found if marks.panel == panel and (own := marks.series.partition("|")[2])}
        if len(here) == 1 and len(looks[min(here)]) == 2:
            # One series in two looks: the key says what the looks mean, not what the series is.
            names[min(here)] = ""
    return [
        replace(marks, series=names[own]) if (own := marks.series.partition("|")[2]) else marks
        for marks in found
    ]


def _marks(trace: BaseTraceType, axes: Axes, key: Sequence[KeyEntry], legend: set[str]) -> list[Marks]:
    x, y = numbers(trace.x), numbers(trace.y)
    if not any(map(math.isfinite, x)) or trace.type not in {"scatter", "bar"}:
        return []
    if trace.type == "scatter" and str(trace.mode) == "text":
        return []
    look = sample_of(trace)
    if trace.type == "scatter" and "markers" not in str(trace.mode):
        decoration = trace.hoverinfo == "skip"
        if axes.rows and not axes.matrix:
            return _ranges(axes, look, x, y, name_of(look, key))
        if decoration and (any(math.isnan(value) for value in x) or len(x) < 3):
            return []
    own = plain(trace.name)
    called = own if own and (not identifier(own) or own in legend) else name_of(look, key)
    series = (
        called
        if not own or not identifier(own) or own in legend
        else f"{called or own.replace('_', ' ')}|{own}"
    )
    kind = "bar" if trace.type == "bar" else "point" if str(trace.mode).startswith("markers") else "line"
    nothing = [math.nan] * len(x)
    across = _ends(trace.error_x, x)
    upwards = _ends(trace.error_y, y)
    low, high = across if axes.rows else upwards
    x_low, x_high = (nothing, nothing) if axes.rows else across
    if trace.type == "scatter" and trace.line.shape == "hv":
        x, y = _stepped(x, y)
        low = high = x_low = x_high = [math.nan] * len(x)
    labels = _labels(trace, axes, y, kind)
    return [Marks(axes.panel, kind, series, look.colour, look, x, y, low, high, x_low, x_high, labels)]


def _stepped(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    across, upwards = x[:1], y[:1]
    for k in range(1, len(x)):
        across += [x[k], x[k]]
        upwards += [y[k - 1], y[k]]
    return across, upwards


def _ends(bars: BaseTraceHierarchyType, middle: Numbers) -> tuple[Numbers, Numbers]:
    plus, minus = numbers(bars.array), numbers(bars.arrayminus)
    if len(plus) != len(middle):
        return [math.nan] * len(middle), [math.nan] * len(middle)
    minus = minus if len(minus) == len(middle) else plus
    low = [value - less for value, less in zip(middle, minus, strict=True)]
    high = [value + more for value, more in zip(middle, plus, strict=True)]
    return low, high


def _labels(trace: BaseTraceType, axes: Axes, y: Numbers, kind: str) -> list[str]:
    if axes.rows:
        return [row_label(axes, place) for place in y]
    if kind == "point" and trace.customdata is not None and len(trace.customdata) == len(y):
        # The first line of what is shown when pointing at a mark is its name.
        first = [re.split(r"<br\s*/?>", str(said), maxsplit=1)[0] for said in trace.customdata]
        return [plain(said) for said in first]
    return [""] * len(y)


def row_label(axes: Axes, place: float) -> str:
    """Return the label of the row at a place, under the heading above it; empty where there is none."""
    near = [tick for tick in axes.rows if abs(tick - place) <= _FAR]
    if not near:
        return ""
    tick = min(near, key=lambda value: abs(value - place))
    return row_names(axes)[tick]


def row_names(axes: Axes) -> dict[float, str]:
    """Return the names of all rows by place, those of one label told apart by their headings."""
    names, above = {}, {}
    last = ""
    for place, label in sorted(axes.rows.items()):
        last = plain(label) if heading(label) else last
        names[place] = plain(label, short=True)
        above[place] = "" if heading(label) else last
    said = list(names.values())
    doubled = len(set(said)) < len(said)
    return {
        place: f"{above[place]}: {name}" if doubled and above[place] else name
        for place, name in names.items()
    }


def _ranges(axes: Axes, look: KeyEntry, x: Numbers, y: Numbers, name: str) -> list[Marks]:
    """Read bars that are drawn as lines along the rows."""
    pairs = [
        (first, second, place)
        for first, second, place, other in zip(x, x[1:], y, y[1:], strict=False)
        if math.isfinite(first) and math.isfinite(second) and place == other
    ]
    if not pairs:
        return []
    nothing = [math.nan] * len(pairs)
    low = [min(first, second) for first, second, _ in pairs]
    high = [max(first, second) for first, second, _ in pairs]
    places = [place for _, _, place in pairs]
    labels = [row_label(axes, place) for place in places]
    return [
        Marks(
            axes.panel, "range", name, look.colour, look, nothing, places, low, high, nothing, nothing, labels
        )
    ]


def _banded(marks: Marks, bands: list[tuple[str, str, Numbers, Numbers]]) -> Marks:
    """Give a line the band of its colour that runs over the same numbers."""
    if marks.kind != "line" or not all(map(math.isnan, marks.low)):
        return marks
    for place, colour, x, y in bands:
        half = len(x) // 2
        if place == marks.panel and colour == marks.colour and x[:half] == marks.x == x[half:][::-1]:
            ends = list(zip(y[:half], y[half:][::-1], strict=True))
            return replace(marks, low=[min(pair) for pair in ends], high=[max(pair) for pair in ends])
    return marks


def _frames(drawn: Drawn, panels: dict[str, Axes], key: Sequence[KeyEntry]) -> list[Marks]:
    """Read rectangles among points of two numbers, such as the box of a discovery."""
    found = []
    for shape in drawn.figure.layout.shapes or ():
        axes = panels.get(f"{shape.xref or 'x'}{shape.yref or 'y'}")
        if shape.type != "rect" or axes is None or axes.rows:
            continue
        look = KeyEntry("line", hexed(shape.line.color), hollow=False, dashed=False, name="")
        x = numbers([shape.x0, shape.x1, shape.x1, shape.x0, shape.x0])
        y = numbers([shape.y0, shape.y0, shape.y1, shape.y1, shape.y0])
        nothing = [math.nan] * 5
        found.append(
            Marks(axes.panel, "frame", name_of(look, key), look.colour, look, x, y, nothing, nothing, nothing,
                  nothing, [""] * 5)
        )  # fmt: skip
    return found
