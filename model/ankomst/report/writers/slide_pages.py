"""How the charts of a figure are divided over slides: panels beside each other, rows below each other."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ankomst.report.chart.chart_numbers import shared, span
from ankomst.report.chart.native import ROWS
from ankomst.report.chart.native_axes import LABEL
from ankomst.report.chart.native_chart import labelled, single
from ankomst.report.chart.text_size import height, lines, text_width
from ankomst.report.writers.slide_parts import HEIGHT, INNER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.report.chart.native import Chart, Kind, Panel
    from ankomst.report.document.texts import Texts

_LABELS: Final = (0.6, 3.9)
"""Least and greatest room for the labels of rows, inches."""
_NARROWEST: Final = 2.1
_BAR: Final = 0.12
"""Least height of a bar, inches."""
_MOST_PANELS: Final = {"points": 4, "bars": 4, "stacked": 4, "lines": 3, "areas": 3, "scatter": 2}


@dataclass(frozen=True)
class Page:
    """One slide of a figure: its panels, what is said of its rows, and the ends of the axes of each panel."""

    panels: tuple[Panel, ...]
    said: str = ""
    ends: tuple[tuple[float, float], ...] = ()
    across: tuple[float, float] = (0.0, 0.0)


def label_room(panels: Sequence[Panel]) -> float:
    """Return the room that the labels of rows ask for: one line if it is short, otherwise a few."""
    widest = max(
        (text_width(name, LABEL) for panel in panels for name in labelled(panel.categories)), default=0.0
    )
    return min(_LABELS[1], max(_LABELS[0], widest + 0.3))


def pages(chart: Chart, texts: Texts) -> list[Page]:
    """Divide a chart over slides: few enough panels beside each other, few enough rows below each other."""
    found: list[Page] = []
    ends = _shared_ends(chart)
    across = (0.0, 0.0)
    if chart.kind in {"lines", "areas"} and len({panel.along_title for panel in chart.panels}) == 1:
        across = shared(chart.panels, "along")
    for group in _groups(chart):
        own = tuple(ends[panel.unit] if panel.unit in ends else span(panel, chart.kind) for panel in group)
        if chart.kind not in ROWS:
            found.append(Page(group, "", own if chart.kind in {"lines", "areas"} else (), across))
            continue
        count = len(group[0].categories)
        parts = divided(count, _rows_that_fit(group, chart.kind))
        for first, last in parts:
            said = texts.get("slides.rows_of", first=first + 1, last=last, count=count) + "."
            cut = tuple(_cut(panel, first, last) for panel in group)
            found.append(Page(cut, said if len(parts) > 1 else "", own))
    return found


def _shared_ends(chart: Chart) -> dict[str, tuple[float, float]]:
    """Return the ends of the axes that panels of one unit share: lines are compared by their height."""
    if chart.kind not in {"lines", "areas", "stacked"}:
        return {}
    units = {panel.unit for panel in chart.panels}
    return {
        unit: shared([panel for panel in chart.panels if panel.unit == unit], chart.kind) for unit in units
    }


def divided(count: int, most: int) -> list[tuple[int, int]]:
    """Divide a number of things into parts of nearly the same size, none larger than `most`."""
    parts = max(1, math.ceil(count / most))
    places = [round(k * count / parts) for k in range(parts + 1)]
    return list(pairwise(places))


def _groups(chart: Chart) -> list[tuple[Panel, ...]]:
    """Return the panels that stand together: those of the same rows, and no more than there is room for."""
    most = _MOST_PANELS[chart.kind]
    if chart.kind in ROWS:
        room = INNER - label_room(chart.panels)
        most = max(1, min(most, int(room // _NARROWEST)))
    together: list[list[Panel]] = []
    for panel in chart.panels:
        if not panel.series:
            continue
        if together and (chart.kind not in ROWS or together[-1][0].categories == panel.categories):
            together[-1].append(panel)
        else:
            together.append([panel])
    found: list[tuple[Panel, ...]] = []
    for panels in together:
        found += [tuple(panels[first:last]) for first, last in divided(len(panels), most)]
    return found


def _rows_that_fit(panels: Sequence[Panel], kind: Kind) -> int:
    """Return how many rows a slide holds with letters that can be read."""
    room = HEIGHT - 3.8
    labels = label_room(panels)
    deepest = max(
        (lines(name, LABEL, labels - 0.2) for panel in panels for name in labelled(panel.categories)),
        default=1,
    )
    series = (
        1
        if kind == "stacked" or all(single(panel) for panel in panels)
        else max(len(p.series) for p in panels)
    )
    return max(1, int(room // max(height(deepest, LABEL) + 0.04, _BAR * series + 0.06)))


def _cut(panel: Panel, first: int, last: int) -> Panel:
    """Return some rows of a panel, without the series that have nothing there."""
    kept = []
    for series in panel.series:
        values = series.values[first:last]
        if any(value is not None for value in values):
            low, high = series.low[first:last], series.high[first:last]
            hollow = series.hollow[first:last]
            kept.append(replace(series, values=values, low=low, high=high, hollow=hollow))
    return replace(panel, series=tuple(kept), categories=panel.categories[first:last])
