"""Marks of a figure, and intervals that are drawn as lines along its rows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ankomst.report.chart.figure_words import KeyEntry

Numbers = list[float]


@dataclass(frozen=True)
class Axes:
    """One panel: its title, the titles of its axes, and the rows at its left.

    Parameters
    ----------
    panel : str
        Its place in the figure, such as ``x2y2``.
    title, across, upwards : str
        Of the panel, the horizontal and the vertical axis.
    rows : dict of float to str
        Labels by place of an axis of rows; empty where the vertical axis holds numbers.
    matrix : bool
        Whether both axes hold labels, as in a matrix.
    """

    panel: str
    title: str
    across: str
    upwards: str
    rows: dict[float, str]
    matrix: bool = False


@dataclass(frozen=True)
class Marks:
    """The marks of one trace.

    Parameters
    ----------
    panel : str
    kind : str
        line, point, bar, range (an interval without a value), frame or cell.
    series, colour : str
    look : KeyEntry
    x, y : list of float
    low, high : list of float
        Ends of the interval of the value: of x where the panel has rows, otherwise of y; NaN where none.
    x_low, x_high : list of float
        Ends across, where marks of two numbers have both.
    labels : list of str
        What each mark is called, if it is.
    """

    panel: str
    kind: str
    series: str
    colour: str
    look: KeyEntry
    x: Numbers
    y: Numbers
    low: Numbers
    high: Numbers
    x_low: Numbers
    x_high: Numbers
    labels: list[str]


def with_ranges(found: list[Marks]) -> list[Marks]:
    """Give points without an interval the widest range of their row and colour; drop bars that end at one."""
    ranges = [marks for marks in found if marks.kind == "range"]
    if not ranges:
        return found
    values = {
        (marks.panel, place, round(value, 9))
        for marks in found
        if marks.kind != "range"
        for place, value in zip(marks.y, marks.x, strict=True)
    }
    used: set[tuple[int, int]] = set()
    changed = []
    for marks in found:
        if marks.kind == "point" and all(map(math.isnan, marks.low)):
            changed.append(_ranged(marks, ranges, used))
        elif marks.kind != "range":
            changed.append(marks)
    for number, marks in enumerate(ranges):
        kept = [
            k
            for k, (place, low, high) in enumerate(zip(marks.y, marks.low, marks.high, strict=True))
            if (number, k) not in used
            and not {(marks.panel, place, round(end, 9)) for end in (low, high)} & values
        ]
        if kept:
            changed.append(_chosen(marks, kept))
    return changed


def _ranged(marks: Marks, ranges: list[Marks], used: set[tuple[int, int]]) -> Marks:
    low, high = list(marks.low), list(marks.high)
    taken: set[tuple[int, int]] = set()
    for k, (value, place) in enumerate(zip(marks.x, marks.y, strict=True)):
        best: tuple[float, int, int] | None = None
        for number, other in enumerate(ranges):
            if other.panel != marks.panel or other.colour != marks.colour:
                continue
            for j, (at, left, right) in enumerate(zip(other.y, other.low, other.high, strict=True)):
                around = at == place and left <= value <= right and (left < value < right or left == right)
                if around and (best is None or right - left > best[0]):
                    best = (right - left, number, j)
        if best is not None:
            low[k], high[k] = ranges[best[1]].low[best[2]], ranges[best[1]].high[best[2]]
            taken.add(best[1:])
    used |= taken
    return replace(marks, low=low, high=high)


def _chosen(marks: Marks, kept: list[int]) -> Marks:
    def some(values: Numbers) -> Numbers:
        return [values[k] for k in kept]

    return replace(
        marks, x=some(marks.x), y=some(marks.y), low=some(marks.low), high=some(marks.high),
        x_low=some(marks.x_low), x_high=some(marks.x_high), labels=[marks.labels[k] for k in kept],
    )  # fmt: skip
