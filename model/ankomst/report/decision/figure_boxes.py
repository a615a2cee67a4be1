"""Boxes of the discovery in their two most restricting parameters, with the points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.decision.box_words import base_words, inside_n, real_boxes, restrictions, standing
from ankomst.report.decision.context import triple
from ankomst.report.decision.figure_robustness import identifier, sourced
from ankomst.report.document.context import records, require
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.decision.context import DecisionContext, Row

FLIPS: Final = theme.PAYER_COLOURS["state"]
NOT: Final = theme.PAYER_COLOURS["municipality"]
MOST: Final = 1500
"""More points than these make a page heavy and a cloud no clearer."""
_FAINT = 0.22
_HEIGHT = 520


def box_figures(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> list[Drawn]:
    """Draw a figure per box that restricts something, where the points are there.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``boxes``, ``box_limits`` and ``discovery_points``; without one of them there is nothing to draw.
    context : DecisionContext
    """
    if not {"boxes", "box_limits", "discovery_points"} <= tables.keys():
        return []
    points = tables["discovery_points"]
    drawn = []
    for row in records(real_boxes(tables["boxes"])):
        limits = restrictions(tables, row["question"], row["box"])
        mine = points[points["question"] == row["question"]]
        if limits and len(mine):
            drawn.append(_figure(row, limits, mine, context))
    return drawn


def _figure(row: Row, limits: list[Row], points: pd.DataFrame, context: DecisionContext) -> Drawn:
    texts = context.texts
    axes = limits[:2]
    second = str(axes[1]["factor"]) if len(axes) > 1 else "value"
    require(points, "discovery_points", [*(str(limit["factor"]) for limit in limits), second])
    # Evenly through the table: its order may mean something.
    kept = np.unique(np.linspace(0, len(points) - 1, min(MOST, len(points))).astype(int))
    shown = points.iloc[kept]
    figure = go.Figure()
    _points(figure, shown, str(axes[0]["factor"]), second, limits[2:])
    _frame(figure, axes)
    figure.update_xaxes(title_text=folded(context.factor_axis(axes[0]["factor"]), 60), zeroline=False)
    title = context.factor_axis(second) if len(axes) > 1 else texts.get("decision.figure.boxes.value")
    figure.update_yaxes(title_text=folded(title, 48), zeroline=False, automargin=True)
    for limit, update in zip(axes, (figure.update_xaxes, figure.update_yaxes), strict=False):
        slack = 0.03 * (limit["range_high"] - limit["range_low"])
        update(range=[limit["range_low"] - slack, limit["range_high"] + slack])
    figure.update_layout(
        template=theme.template(texts.separators), height=_HEIGHT, showlegend=False,
        margin={"l": 10, "r": 16, "t": 12, "b": 64},
    )  # fmt: skip
    question = context.question(row["question"])
    names = {"first": context.factor_inside(axes[0]["factor"])}
    names |= {"second": context.factor_inside(second)} if len(axes) > 1 else {}
    return Drawn(
        name=f"box-{identifier(row['question'])}-{row['box']}",
        title=texts.get(
            f"decision.figure.boxes.title{'' if len(axes) > 1 else '_one'}", question=question, **names
        ),
        lead=_lead(row, context),
        footer=sourced(
            texts.get(
                "decision.figure.boxes.footer",
                box=row["box"],
                level=context.level,
                test_n=texts.number(inside_n(row, tested=True)),
                shown=texts.number(len(shown)),
                n=texts.number(len(points)),
            ),
            "discovery_text",
            context,
        ),
        figure=figure,
        key=key_html(
            [
                (point_sample(FLIPS, "diamond"), texts.get("decision.figure.boxes.flips", question=question)),
                (point_sample(NOT, "circle", hollow=True), texts.get("decision.figure.boxes.flips_not")),
                (line_sample(theme.INK, width=3), texts.get("decision.figure.boxes.frame")),
            ]
        ),
    )


def _lead(row: Row, context: DecisionContext) -> str:
    key = standing(row)
    return context.texts.get(
        f"decision.figure.boxes.lead_{key}",
        density=context.share(*triple(row, "test_density")),
        base=base_words(row, context),
    )


def _points(figure: go.Figure, points: pd.DataFrame, across: str, along: str, further: list[Row]) -> None:
    """Draw the points; those that miss a further condition of the box are faint."""
    inside = np.ones(len(points), dtype=bool)
    for limit in further:
        values = points[str(limit["factor"])].to_numpy(dtype=float)
        inside &= (values >= limit["low"]) & (values <= limit["high"])
    flips = points["flips"].to_numpy() == 1
    for which, strong in ((~inside, False), (inside, True)):
        for side, colour, symbol in ((~flips, NOT, "circle-open"), (flips, FLIPS, "diamond")):
            chosen = points[which & side]
            marker: dict[str, Any] = {"symbol": symbol, "size": 7, "color": colour}
            marker["opacity"] = 0.85 if strong else _FAINT
            figure.add_trace(
                go.Scatter(
                    x=chosen[across].round(5).tolist(),
                    y=chosen[along].round(5).tolist(),
                    mode="markers",
                    marker=marker,
                    hoverinfo="skip",
                )
            )


def _frame(figure: go.Figure, axes: list[Row]) -> None:
    """Draw the box; an axis without a limit of its own is crossed from end to end."""
    first = axes[0]
    upright: dict[str, Any] = {"yref": "paper", "y0": 0, "y1": 1}
    if len(axes) > 1:
        upright = {"y0": axes[1]["low"], "y1": axes[1]["high"]}
    figure.add_shape(
        type="rect",
        x0=first["low"],
        x1=first["high"],
        line={"color": theme.INK, "width": 3},
        fillcolor="rgba(29,39,51,0.05)",
        layer="below" if len(axes) < 2 else "above",
        **upright,
    )
