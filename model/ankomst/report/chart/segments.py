"""Horizontal bars and marks by row, few traces for many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from ankomst.report.chart import theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import numpy.typing as npt


def lay_bars(
    figure: go.Figure, ends: npt.NDArray[np.float64], places: Iterable[float], colour: str, width: float
) -> None:
    """Draw a horizontal bar per row in one trace.

    Parameters
    ----------
    ends : ndarray, shape (rows, 2)
        Left and right end; a row with a NaN is left out.
    places : iterable of float
        Place of each row.
    colour : str
    width : float
        Pixels.
    """
    across: list[float | None] = []
    along: list[float | None] = []
    for (low, high), place in zip(ends.tolist(), places, strict=True):
        if low == low and high == high:  # noqa: PLR0124  # a NaN is not equal to itself
            across += [low, high, None]
            along += [place, place, None]
    figure.add_trace(
        go.Scatter(
            x=across,
            y=along,
            mode="lines",
            line={"color": colour, "width": width},
            hoverinfo="skip",
            showlegend=False,
        )
    )


def lay_marks(
    figure: go.Figure,
    at: Iterable[float],
    places: Iterable[float],
    colour: str,
    symbol: str,
    hover: Sequence[str] = (),
    size: float = 9,
) -> None:
    """Draw a mark per row in one trace; `hover` holds one text per row, already escaped."""
    extra: dict[str, Any] = (
        {"customdata": list(hover), "hovertemplate": "%{customdata}<extra></extra>"}
        if hover
        else {"hoverinfo": "skip"}
    )
    outlined = symbol.endswith("-open") or symbol.startswith("line")
    figure.add_trace(
        go.Scatter(
            x=[None if value != value else value for value in at],  # noqa: PLR0124  # NaN
            y=list(places),
            mode="markers",
            marker={
                "symbol": symbol,
                "size": size,
                "color": colour,
                "line": {"width": 2 if outlined else 1, "color": colour if outlined else theme.PAPER},
            },
            showlegend=False,
            **extra,
        )
    )
