"""A line with its interval as a band: the building block of figures over months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import panel_titles
from ankomst.report.document.context import Context, safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

BAND = 0.22
_BOUNDS = ["estimate", "low", "high"]


@dataclass(frozen=True)
class Line:
    """How a line looks: colour, pattern and the name under which it is shown."""

    colour: str
    dash: str
    name: str


def level_and_difference(titles: Sequence[str], *, paired: bool) -> go.Figure:
    """Return an empty figure over months: the level, and below it the paired difference where there is one.

    Parameters
    ----------
    titles : sequence of str
        Of the two panels; a single panel has none.
    paired : bool
        Whether there is a difference to draw.
    """
    figure = make_subplots(
        rows=2 if paired else 1,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.1,
        row_heights=[0.58, 0.42] if paired else None,
        subplot_titles=titles if paired else None,
    )
    panel_titles(figure)
    return figure


def add_line(
    figure: go.Figure,
    frame: pd.DataFrame,
    line: Line,
    context: Context,
    *,
    row: int = 1,
    col: int = 1,
    differs: bool = False,
    legend: bool = True,
    shade: float = BAND,
) -> None:
    """Draw shares in percent by month, the interval as a band behind the line.

    Parameters
    ----------
    frame : DataFrame
        Columns ``months``, ``estimate``, ``low``, ``high`` (shares).
    line : Line
    context : Context
    row, col : int
        Panel.
    differs : bool
        Whether the numbers are differences, which are written with a sign and one more decimal.
    legend : bool
        Whether the legend names the line.
    shade : float
        Opacity of the band.
    """
    texts, decimals = context.texts, 2 if differs else 1
    frame = frame.sort_values("months")
    months = frame["months"].tolist()
    percent = 100 * frame[_BOUNDS]
    spoken = []
    for estimate, low, high in percent.itertuples(index=False, name=None):
        amount = texts.number(estimate, decimals, sign=differs)
        spoken.append(f"{amount} [{texts.span(low, high, decimals, sign=differs)}]")
    place: dict[str, Any] = {"row": row, "col": col}
    figure.add_trace(
        go.Scatter(
            x=months + months[::-1],
            y=percent["high"].tolist() + percent["low"].tolist()[::-1],
            fill="toself",
            fillcolor=theme.fade(line.colour, shade),
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
        ),
        **place,
    )
    figure.add_trace(
        go.Scatter(
            x=months,
            y=percent["estimate"].tolist(),
            mode="lines",
            line={"color": line.colour, "width": 2, "dash": line.dash},
            name=safe(line.name),
            customdata=spoken,
            hovertemplate="%{customdata}",
            showlegend=legend,
        ),
        **place,
    )
