"""Rows of estimates with their intervals: the building block of most figures."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.document.context import Context, records, safe, unclear

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    import pandas as pd


@dataclass(frozen=True)
class Rows:
    """Vertical places of labelled rows under bold headings.

    Parameters
    ----------
    places : dict
        Row key to its place; place 0 is the topmost.
    ticks : list of float
        Places that have a label.
    labels : list of str
        Their labels.
    headings : list of float
        Places of the headings.
    end : float
        Place below the last row.
    """

    places: dict[Hashable, float]
    ticks: list[float]
    labels: list[str]
    headings: list[float]
    end: float


def stack(
    blocks: Sequence[tuple[str, Sequence[tuple[Hashable, str]]]], write: Callable[[str], str] = safe
) -> Rows:
    """Stack blocks of (heading, [(key, label), ...]); an empty heading takes no row.

    `write` turns a label into what Plotly shows; it must escape it.
    """
    places: dict[Hashable, float] = {}
    ticks: list[float] = []
    labels: list[str] = []
    headings: list[float] = []
    place = 0.0
    for heading, rows in blocks:
        if heading:
            ticks.append(place)
            labels.append(f"<b>{safe(heading)}</b>")
            headings.append(place)
            place += 1
        for key, label in rows:
            places[key] = place
            ticks.append(place)
            labels.append(write(label))
            place += 1
    return Rows(places, ticks, labels, headings, place)


def lay_rows(figure: go.Figure, rows: Rows, columns: int, title: str, *, ruled: bool = False) -> None:
    """Put the labels at the left, and a thin rule above every heading, or above every row if `ruled`."""
    for column in range(1, columns + 1):
        figure.update_yaxes(
            range=[rows.end - 0.4, -0.6],
            tickvals=rows.ticks,
            ticktext=rows.labels,
            showticklabels=column == 1,
            ticks="",
            showgrid=False,
            zeroline=False,
            automargin=True,
            title_text=title if column == 1 else None,
            row=1,
            col=column,
        )
    # One list of shapes: adding them one by one takes seconds.
    figure.update_layout(
        shapes=[
            _rule(
                place - 0.5, 2 if ruled and place in rows.headings else 1, "" if column == 1 else str(column)
            )
            for column in range(1, columns + 1)
            for place in (rows.ticks if ruled else rows.headings)
        ]
    )


def _rule(height: float, width: float, panel: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": f"x{panel} domain",
        "yref": f"y{panel}",
        "x0": 0,
        "x1": 1,
        "y0": height,
        "y1": height,
        "line": {"color": theme.GRID, "width": width},
    }


@dataclass(frozen=True)
class Mark:
    """How a series of points looks: colour, symbol and the name under which the legend shows it."""

    colour: str
    symbol: str
    name: str
    size: float = 9


def add_points(
    figure: go.Figure,
    frame: pd.DataFrame,
    mark: Mark,
    *,
    row: int = 1,
    col: int = 1,
    compare: bool = True,
) -> None:
    """Draw estimates with intervals; what is too close to call is hollow and grey.

    Parameters
    ----------
    frame : DataFrame
        Columns ``estimate``, ``low``, ``high`` in the unit of the axis, ``y`` (place) and ``hover``;
        optionally ``y_low`` and ``y_high`` for an interval upwards too, and ``close`` (too close to call),
        ``close_x`` and ``close_y`` (the same for each of the two intervals).
    mark : Mark
        Look of the points.
    compare : bool
        Whether the numbers are differences, which can be too close to call.
    """
    if "close" in frame.columns:
        close = frame["close"].to_numpy(dtype=bool)
    else:
        close = unclear(frame) if compare else frame["estimate"].isna().to_numpy(dtype=bool)
    across = frame["close_x"].to_numpy(dtype=bool) if "close_x" in frame.columns else close
    upwards = frame["close_y"].to_numpy(dtype=bool) if "close_y" in frame.columns else close
    # Plotly has one colour of bars per series: a series per verdict.
    for hollow, grey_x, grey_y in product((True, False), repeat=3):
        part = frame[(close == hollow) & (across == grey_x) & (upwards == grey_y)]
        if len(part) == 0:
            continue
        bars: dict[str, Any] = {"error_x": _bars(part, "estimate", "low", "high", mark.colour, grey_x)}
        if "y_low" in part.columns:
            bars["error_y"] = _bars(part, "y", "y_low", "y_high", mark.colour, grey_y)
        figure.add_trace(
            go.Scatter(
                x=part["estimate"].tolist(),
                y=part["y"].tolist(),
                mode="markers",
                marker={
                    "symbol": mark.symbol,
                    "size": mark.size,
                    "color": theme.PAPER if hollow else mark.colour,
                    "line": {"width": 1.6, "color": theme.UNCLEAR if hollow else mark.colour},
                },
                customdata=part["hover"].tolist(),
                hovertemplate="%{customdata}<extra></extra>",
                name=safe(mark.name),
                showlegend=False,
                **bars,
            ),
            row=row,
            col=col,
        )


def _bars(part: pd.DataFrame, middle: str, low: str, high: str, colour: str, grey: bool) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": (part[high] - part[middle]).fillna(0.0).tolist(),
        "arrayminus": (part[middle] - part[low]).fillna(0.0).tolist(),
        "color": theme.UNCLEAR if grey else colour,
        "thickness": 1.6,
        "width": 0,
    }


def add_origin(figure: go.Figure, place: float, name: str, column: int) -> None:
    """Mark the row of the baseline at zero."""
    figure.add_trace(
        go.Scatter(
            x=[0],
            y=[place],
            mode="markers",
            marker={"symbol": "line-ns", "size": 13, "line": {"width": 2.5, "color": theme.INK}},
            hovertemplate=name + "<extra></extra>",
            showlegend=False,
        ),
        row=1,
        col=column,
    )


def panel_titles(figure: go.Figure) -> None:
    """Set the size of subplot titles, which Plotly draws larger than the rest."""
    figure.update_annotations(font={"size": 13, "color": theme.INK})


def hover(
    context: Context, name: str, frame: pd.DataFrame, decimals: int, unit: str, *, compare: bool = True
) -> list[str]:
    """Text shown when pointing at each row: name, estimate, interval and, for a difference, the verdict.

    Parameters
    ----------
    name : str
        Column that holds the row's name.
    unit : str
        Text key with ``{amount}``.
    """
    texts = context.texts
    close = unclear(frame)
    lines: list[str] = []
    for index, row in enumerate(records(frame)):
        amount = texts.get(unit, amount=texts.number(float(row["estimate"]), decimals, sign=compare))
        interval = texts.get(
            "word.interval",
            level=context.level,
            span=texts.span(float(row["low"]), float(row["high"]), decimals, sign=compare),
        )
        verdict = f"<br>{texts.get('legend.unclear')}" if compare and close[index] else ""
        lines.append(f"<b>{safe(str(row[name]))}</b><br>{amount}<br>{interval}{verdict}")
    return lines
