"""The plane of a Morris screening: how much a factor moves a quantity, and how unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, add_points
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.sensitivity.study import Row
    from ankomst.report.sensitivity.words import Scale, SensitivityContext

CLEAR: Final = "#0072B2"
_LABELS: Final = 8
_HEIGHT, _TOP, _BOTTOM, _MARGIN = 470, 14, 56, 236
_LETTERS = 32
_BETWEEN = 36
"""Pixels between two labels, enough for two lines."""


def draw_morris(place: str, rows: pd.DataFrame, row: Row, scale: Scale, context: SensitivityContext) -> Drawn:
    """Draw mu star against sigma with the level that luck alone gives.

    Parameters
    ----------
    place : str
        Number of the quantity, for the name of the figure.
    rows : DataFrame
        Rows of one quantity of the table ``morris``; not empty.
    row : Row
        The quantity.
    scale : Scale
        How its numbers are written.
    context : SensitivityContext
    """
    texts = context.texts
    ordered = rows.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)
    points = ordered[["mu_star", "mu_star_low", "mu_star_high", "sigma"]] * scale.factor
    points.columns = ["estimate", "low", "high", "y"]
    points["close"] = ordered["clear"] != "yes"
    # The many that are not clear of luck would bury the others under their bars; pointing shows the interval.
    for end in ("low", "high"):
        points[end] = points[end].where(~points["close"], points["estimate"])
    points["hover"] = [_hover(one, scale, context) for one in records(ordered)]
    figure = make_subplots(rows=1, cols=1)
    add_points(figure, points, Mark(CLEAR, "circle", "", 8))
    # With one replicate nothing is known of luck.
    known = bool(ordered["noise"].notna().any())
    noise = float(ordered["noise"].median()) * scale.factor if known else 0.0
    if known:
        figure.add_vline(x=noise, line={"color": theme.INK, "dash": "dot", "width": 1.5})
    right, top = 1.04 * max(points["high"].max(), noise, 1e-12), 1.1 * max(points["y"].max(), 1e-12)
    labelled = points[~points["close"]].head(_LABELS)
    names = [context.marked(ordered["factor"][place]) for place in labelled.index]
    _labels(figure, labelled, names, (right, top))
    # At the left end a whisker may reach below zero, where mu star cannot be.
    figure.update_xaxes(title_text=f"μ* ({safe(scale.unit)})", range=[-0.02 * right, right])
    figure.update_yaxes(title_text=f"σ ({safe(scale.unit)})", range=[-0.03 * top, top])
    figure.update_layout(
        template=theme.template(texts.separators), height=_HEIGHT, showlegend=False,
        margin={"t": _TOP, "b": _BOTTOM, "r": _MARGIN if names else 16, "l": 66},
    )  # fmt: skip
    entries = [
        (point_sample(CLEAR, "circle"), texts.get("sensitivity.key.morris_clear", level=context.level)),
        (point_sample(theme.UNCLEAR, "circle", hollow=True), texts.get("sensitivity.key.morris_close")),
        *([(line_sample(theme.INK, "dot"), texts.get("sensitivity.key.noise"))] if known else []),
    ]
    return Drawn(
        name=f"morris-{place}",
        title=texts.get("sensitivity.figure.morris", label=context.label(row)),
        lead=texts.get(
            "sensitivity.lead.morris",
            against=context.against(row),
            count=texts.number(int((rows["factor"] != LUCK).sum())),
        ),
        footer=context.source("morris", rows, "morris"),
        figure=figure,
        key=key_html(entries),
    )


def _labels(figure: go.Figure, points: pd.DataFrame, names: list[str], corner: tuple[float, float]) -> None:
    """Write names at the right margin, far enough apart not to overlap, each with a line to its point."""
    if not names:
        return
    right, top = corner
    step = 1.03 * top * _BETWEEN / (_HEIGHT - _TOP - _BOTTOM)
    # From the top down, so that the lines cross as little as may be.
    order = points.sort_values(["y", "estimate"], ascending=[False, True], kind="stable")
    by_index = dict(zip(points.index, names, strict=True))
    heights = np.minimum(order["y"].to_numpy(dtype=float), top - step / 2)
    for k in range(1, len(heights)):
        heights[k] = min(heights[k], heights[k - 1] - step)
    # What would fall below the axis is pushed up again.
    lowest = step / 2
    for k in range(len(heights) - 1, -1, -1):
        heights[k] = max(heights[k], lowest)
        lowest = heights[k] + step
    across: list[float | None] = []
    along: list[float | None] = []
    for (index, point), height in zip(order.iterrows(), heights.tolist(), strict=True):
        across += [float(point["estimate"]), right, None]
        along += [float(point["y"]), height, None]
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=5, y=height, yref="y", yanchor="middle",
            text=folded(by_index[index], _LETTERS, 2), showarrow=False, align="left",
            font={"size": 12, "color": theme.INK},
        )  # fmt: skip
    line = {"color": theme.RULE, "width": 0.8}
    figure.add_trace(
        go.Scatter(x=across, y=along, mode="lines", line=line, hoverinfo="skip", showlegend=False)
    )
    # Lines lie below the points.
    figure.data = (figure.data[-1], *figure.data[:-1])


def _hover(row: Row, scale: Scale, context: SensitivityContext) -> str:
    texts = context.texts
    size = scale.amount(row["mu_star"], row["mu_star_low"], row["mu_star_high"], sign=False)
    mean = scale.amount(row["mu"], row["mu_low"], row["mu_high"], sign=True)
    spread, noise = (f"{scale.number(row[name], sign=False)} {scale.unit}" for name in ("sigma", "noise"))
    column = "sensitivity.column"
    said = (
        f"μ*: {size}", f"μ: {mean}", f"σ: {spread}", f"{texts.get(f'{column}.noise')}: {noise}",
    )  # fmt: skip
    return "<br>".join((context.full(row["factor"]), *map(safe, said)))
