"""Result grants by month since arrival, and the part that pays for what would have come anyway."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.batch.charts import lines, plain
from ankomst.report.chart import theme
from ankomst.report.chart.forest import panel_titles
from ankomst.report.chart.key import block_sample, key_html, line_sample
from ankomst.report.chart.native import Chart
from ankomst.report.document.context import records
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.batch.context import BatchContext

PAID, WASTED = "#0072B2", "#8a949e"
MOST = 4
_PERCENT = 100.0


def grants(by_month: pd.DataFrame, economics: pd.DataFrame | None, context: BatchContext) -> Drawn | None:
    """Draw a panel per scenario that pays grants; None where none of them does.

    Parameters
    ----------
    by_month : DataFrame
        From `grants_by_month`, of the scenarios of the context.
    economics : DataFrame, optional
        The batch's table ``economics``, with the share of deadweight; a batch of one scenario has none.
    context : BatchContext
    """
    texts = context.texts
    paid = by_month[by_month["part"] == "paid"]
    names = [
        name for name in context.scenarios if (paid.loc[paid["scenario"] == name, "estimate"] > 0).any()
    ][:MOST]
    if not names:
        return None
    shares = {name: _share(economics, name, context) for name in names}
    figure = make_subplots(
        rows=1,
        cols=len(names),
        shared_yaxes=True,
        horizontal_spacing=0.02,
        subplot_titles=[
            f"{folded(context.name(name), 34 if len(names) < 3 else 30)}<br>{shares[name]}" for name in names
        ],
    )
    panel_titles(figure)
    last = int(by_month.loc[(by_month["part"] == "paid") & (by_month["estimate"] > 0), "months"].max())
    panels, known = [], False
    for column, name in enumerate(names, start=1):
        rows = by_month[(by_month["scenario"] == name) & (by_month["months"] <= last)]
        top = rows[rows["part"] == "paid"]
        lost = rows[rows["part"] == "deadweight"]
        known = known or bool(lost["estimate"].notna().any())
        _areas(figure, top, lost, context, column)
        figure.update_xaxes(
            title_text=texts.get("axis.months_since_arrival"), dtick=12, tick0=0, row=1, col=column
        )
        parts = [(texts.get("batch.grants.paid"), PAID, top)]
        if lost["estimate"].notna().any():
            parts.append((texts.get("batch.grants.deadweight"), WASTED, lost))
        unit, along = texts.get("batch.grants.axis"), texts.get("axis.months_since_arrival")
        panels.append(lines(parts, context.name(name), plain(unit), along, 0))
    figure.update_yaxes(
        title_text=texts.get("batch.grants.axis"), rangemode="tozero", tickformat=",.0f", row=1, col=1
    )
    deepest = max(title.text.count("<br>") for title in figure.layout.annotations)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=420 + 16 * deepest,
        margin={"t": 34 + 17 * deepest, "l": 72, "b": 60},
        showlegend=False,
    )
    samples = [
        (block_sample(PAID), texts.get("batch.grants.extra")),
        (line_sample(PAID), texts.get("batch.grants.paid")),
    ]
    if known:
        samples.insert(0, (block_sample(WASTED), texts.get("batch.grants.deadweight")))
    shown = by_month[by_month["scenario"].isin(names)]
    columns = ["scenario", "part", "months", "unit", "estimate", "low", "high", "level", "n"]
    return Drawn(
        "grants",
        texts.get("batch.grants.title"),
        texts.get("batch.grants.lead"),
        context.footer(shown, "value", texts.get("batch.grants.footer"), context.elasticity_note()),
        figure,
        key_html(samples),
        shown[columns],
        Chart("lines", tuple(panels), texts.get("batch.chart.grants")),
    )


def _areas(
    figure: go.Figure, top: pd.DataFrame, lost: pd.DataFrame, context: BatchContext, column: int
) -> None:
    texts = context.texts
    months = top["months"].tolist()

    def area(values: list[float], colour: str, shade: float, name: str, fill: str) -> None:
        figure.add_trace(
            go.Scatter(
                x=months,
                y=values,
                mode="lines",
                line={"width": 0},
                fill=fill,
                fillcolor=theme.fade(colour, shade),
                hovertemplate=f"{name}: %{{y:,.0f}}<extra></extra>",
                showlegend=False,
            ),
            row=1,
            col=column,
        )

    if lost["estimate"].notna().any():
        area(lost["estimate"].tolist(), WASTED, 0.55, texts.get("batch.grants.deadweight"), "tozeroy")
        area(top["estimate"].tolist(), PAID, 0.55, texts.get("batch.grants.paid"), "tonexty")
    else:
        area(top["estimate"].tolist(), PAID, 0.3, texts.get("batch.grants.paid"), "tozeroy")
    figure.add_trace(
        go.Scatter(
            x=months,
            y=top["estimate"].tolist(),
            mode="lines",
            line={"color": PAID, "width": 1.6},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": (top["high"] - top["estimate"]).fillna(0.0).tolist(),
                "arrayminus": (top["estimate"] - top["low"]).fillna(0.0).tolist(),
                "color": PAID,
                "thickness": 1,
                "width": 0,
            },
            hoverinfo="skip",
            showlegend=False,
        ),
        row=1,
        col=column,
    )


def _share(economics: pd.DataFrame | None, scenario: str, context: BatchContext) -> str:
    """Return the deadweight share of all grants with its interval, as a short text."""
    texts = context.texts
    if economics is None:
        return ""
    rows = economics[
        (economics["scenario"] == scenario)
        & (economics["measure"] == "deadweight_share")
        & (economics["grant"] == "all")
    ]
    found = records(rows)
    if not found or not math.isfinite(float(found[0]["estimate"])):
        return texts.get("batch.grants.unknown")
    row = found[0]
    # A ratio's interval can pass 1; a share cannot.
    low, high = (min(max(float(row[end]), 0.0), 1.0) for end in ("low", "high"))
    return texts.get(
        "batch.grants.share",
        share=texts.number(_PERCENT * float(row["estimate"]), 1),
        span=texts.span(_PERCENT * low, _PERCENT * high, 1),
    )
