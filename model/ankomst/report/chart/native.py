"""What a figure shows, as numbers that a slide or a workbook can hold in a chart of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["lines", "points", "bars", "stacked", "areas", "scatter"]
"""lines: values over numbers, bands as thin lines; points: an estimate with its interval for each category;
bars and stacked: a bar for each category; areas: stacked over numbers; scatter: pairs of numbers."""


Numbers = tuple[float | None, ...]
ROWS: Final = ("points", "bars", "stacked")
"""Kinds whose panels have categories."""


def _reach(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else max(0.0, end - start)


@dataclass(frozen=True)
class Series:
    """One series of a panel.

    Parameters
    ----------
    name : str
        As the legend says it.
    values : tuple of float or None
        One per category, or per number of `Panel.along`; None where there is none.
    low, high : tuple of float or None
        Ends of the interval in the unit of the values; empty where the series has none.
    colour : str
        ``#rrggbb``.
    along : tuple of float
        For scatter: the horizontal place of each value; otherwise empty (`Panel.along` holds). Among lines:
        points that have places of their own.
    hollow : tuple of bool
        Which values are drawn hollow and grey, as too close to call; empty where none is.
    joined : bool
        Whether a line goes through the values that have places of their own, in their order.
    """

    name: str
    values: Numbers
    low: Numbers = ()
    high: Numbers = ()
    colour: str = ""
    along: tuple[float, ...] = ()
    hollow: tuple[bool, ...] = ()
    joined: bool = False

    @property
    def lengths(self) -> tuple[Numbers, Numbers]:
        """How far each interval reaches above and below its value; None where either is missing.

        An interval that does not hold its value would have a bar backwards, which no program draws: zero.
        """
        nothing: Numbers = (None,) * len(self.values)
        above = tuple(map(_reach, self.values, self.high or nothing))
        below = tuple(map(_reach, self.low or nothing, self.values))
        return above, below


@dataclass(frozen=True)
class Panel:
    """One chart: what stands along, and its series.

    Parameters
    ----------
    title : str
        Empty where the figure has one panel.
    unit : str
        Title of the axis of values, with the unit.
    series : tuple of Series
    categories : tuple of str
        Labels of the rows of points, bars and stacked; empty for the others.
    along : tuple of float
        Numbers along the other axis of lines and areas.
    along_title : str
        Title of that axis.
    decimals : int
        Decimals that a reader needs.
    """

    title: str
    unit: str
    series: tuple[Series, ...]
    categories: tuple[str, ...] = ()
    along: tuple[float, ...] = ()
    along_title: str = ""
    decimals: int = 1


@dataclass(frozen=True)
class Chart:
    """The native charts of one figure, side by side.

    Parameters
    ----------
    kind : Kind
    panels : tuple of Panel
    lead, footer : str
        What is said above and below the charts; the figure's own words where they are left out, which hold
        where the charts look as the figure does.
    """

    kind: Kind
    panels: tuple[Panel, ...] = field(default=())
    lead: str = ""
    footer: str = ""
