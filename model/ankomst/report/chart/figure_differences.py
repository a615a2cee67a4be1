"""Difference of every combination from the baseline: months in work, and net cost by payer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import (
    Mark,
    Rows,
    add_key,
    add_origin,
    add_points,
    add_unclear_key,
    hover,
    lay_rows,
    panel_titles,
    stack,
)
from ankomst.report.document.context import Context, choose, in_order, require

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

COLUMNS = ("period", "design", "outcome", "payer", "estimate", "low", "high", "n", "verdict")
PAYERS = ("municipality", "state", "both")
_BOUNDS = ["estimate", "low", "high"]


def outcome_rows(table: pd.DataFrame, outcome: str, payer: str = "") -> pd.DataFrame:
    """Return the rows of one outcome (and payer) of the table of differences."""
    rows = choose(require(table, "differences", COLUMNS), "differences", outcome=outcome)
    return choose(rows, "differences", payer=payer) if payer else rows


def _rows(table: pd.DataFrame, context: Context) -> Rows:
    blocks = []
    present = [*context.periods, *table["period"].tolist()]
    for period in in_order(present, context.periods):
        designs = table.loc[table["period"] == period, "design"].tolist()
        if period == context.base_period:
            designs.append(context.base_design)
        marked = [
            (
                (period, design),
                f"{context.design(design)} {context.texts.get('word.baseline_mark')}"
                if f"{period}+{design}" == context.baseline
                else context.design(design),
            )
            for design in in_order(designs, context.designs)
        ]
        if marked:
            blocks.append((context.period(period), marked))
    return stack(blocks)


def differences_figure(table: pd.DataFrame, context: Context) -> go.Figure:
    """Draw a row per combination and a panel per outcome.

    Parameters
    ----------
    table : DataFrame
        ``differences``: period, design, outcome, payer, estimate, low, high, verdict.
    context : Context
        Language and facts.
    """
    texts = context.texts
    require(table, "differences", COLUMNS)
    panels = [("months_employed", "", 1.0, texts.get("panel.months_employed"))]
    for payer in PAYERS:
        title = texts.get("panel.net_cost", payer=texts.label("payer", payer)).replace(": ", ":<br>")
        panels.append(("net_cost", payer, 1000.0, title))
    figure = make_subplots(
        rows=1, cols=len(panels), horizontal_spacing=0.04, subplot_titles=[panel[3] for panel in panels]
    )
    panel_titles(figure)
    places = _rows(table, context)
    for column, (outcome, payer, unit, _) in enumerate(panels, start=1):
        rows = outcome_rows(table, outcome, payer)
        _panel(figure, rows, context, places, column, unit)
        figure.update_xaxes(
            title_text=texts.get("axis.difference_cost" if payer else "axis.difference_months"),
            nticks=5,
            row=1,
            col=column,
        )
    lay_rows(figure, places, len(panels), texts.get("axis.period_design"))
    for period in in_order(table["period"].tolist(), context.periods):
        add_key(figure, Mark(theme.colour(period, context.periods), "circle", context.period(period)))
    add_unclear_key(figure, context)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=190 + 21 * int(places.end),
        margin={"t": 104, "b": 88},
        legend={"title": {"text": texts.get("legend.period") + ":&nbsp;"}},
    )
    return figure


def _panel(
    figure: go.Figure, rows: pd.DataFrame, context: Context, places: Rows, column: int, unit: float
) -> None:
    for period in in_order(rows["period"].tolist(), context.periods):
        part = rows[rows["period"] == period].copy()
        part[_BOUNDS] = part[_BOUNDS] / unit
        part["y"] = [places.places[period, design] for design in part["design"]]
        part["name"] = [context.scenario(period, design) for design in part["design"]]
        part["hover"] = hover(context, "name", part, 2, "word.months" if unit == 1 else "word.thousand_dkk")
        mark = Mark(theme.colour(period, context.periods), "circle", context.period(period), size=7)
        add_points(figure, part, mark, col=column)
    origin = places.places.get((context.base_period, context.base_design))
    if origin is not None:
        add_origin(figure, origin, context.texts.get("legend.baseline"), column)


def differences_footer(table: pd.DataFrame, context: Context) -> str:
    """Return the footer of the figure."""
    rows = require(table, "differences", COLUMNS)
    return context.footer(
        rows, "note.band_difference", context.texts.get("note.thin_bar"), context.elasticity_note()
    )
