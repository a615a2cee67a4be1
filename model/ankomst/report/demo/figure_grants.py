"""Result grants: spending, deadweight and the scale that makes spending equal, by design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.figure_groups import dodge
from ankomst.report.chart.forest import Mark, add_key, add_points, hover, lay_rows, panel_titles, stack
from ankomst.report.document.context import Context, in_order, require

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

COLUMNS = ("period", "design", "measure", "estimate", "low", "high", "n")
# measure, factor to the unit of the axis, decimals, wording of an amount
_PANELS = (
    ("grants_paid", 0.001, 1, "word.thousand_dkk"),
    ("deadweight", 100.0, 1, "word.percent"),
    ("budget_scale", 1.0, 2, "word.times"),
)
_BOUNDS = ["estimate", "low", "high"]


def grants_figure(table: pd.DataFrame, context: Context) -> go.Figure:
    """Draw a row per design, a panel per measure and a colour per introduction period.

    Parameters
    ----------
    table : DataFrame
        ``grants``: period, design, measure, estimate, low, high.
    context : Context
        Language and facts.
    """
    texts = context.texts
    table = require(table, "grants", COLUMNS)
    periods = in_order(table["period"].tolist(), context.periods)
    designs = in_order(table["design"].tolist(), context.designs)
    mark_of_baseline = texts.get("word.baseline_mark")
    places = stack(
        [
            (
                "",
                [
                    (name, f"{context.design(name)} {mark_of_baseline}")
                    if name == context.base_design
                    else (name, context.design(name))
                    for name in designs
                ],
            )
        ]
    )
    panels = [panel for panel in _PANELS if _shown(table, panel[0]).any()]
    if not panels:
        raise ValueError("table 'grants' holds none of grants_paid, deadweight, budget_scale")
    figure = make_subplots(
        rows=1,
        cols=len(panels),
        horizontal_spacing=0.05,
        subplot_titles=[texts.get(f"panel.{panel[0]}") for panel in panels],
    )
    panel_titles(figure)
    for column, (measure, factor, decimals, wording) in enumerate(panels, start=1):
        rows = table[_shown(table, measure)]
        for period in in_order(rows["period"].tolist(), context.periods):
            part = rows[rows["period"] == period].copy()
            part[_BOUNDS] = part[_BOUNDS] * factor
            part["y"] = [places.places[name] + dodge(period, periods) for name in part["design"]]
            part["name"] = [context.scenario(period, name) for name in part["design"]]
            part["hover"] = hover(context, "name", part, decimals, wording, compare=False)
            add_points(figure, part, _mark(period, context), col=column, compare=False)
        top = factor * float(rows["high"].max()) if measure != "deadweight" else 100.0
        # A little room left of zero, where the markers of "no grant" stand.
        figure.update_xaxes(
            title_text=texts.get(f"axis.{measure}"),
            range=[-0.05 * top, 1.06 * top],
            nticks=6,
            row=1,
            col=column,
        )
    lay_rows(figure, places, len(panels), texts.get("axis.design"), ruled=True)
    for period in periods:
        add_key(figure, _mark(period, context))
    figure.update_layout(
        template=theme.template(texts.separators),
        height=180 + 56 * int(places.end),
        margin={"t": 84, "b": 70},
        legend={"title": {"text": texts.get("legend.period") + ":&nbsp;"}},
    )
    return figure


def _shown(table: pd.DataFrame, measure: str) -> pd.Series[bool]:
    return (table["measure"] == measure) & table["estimate"].notna()


def _mark(period: str, context: Context) -> Mark:
    return Mark(
        theme.colour(period, context.periods),
        theme.symbol(period, context.periods),
        context.period(period),
        size=8,
    )


def grants_footer(table: pd.DataFrame, context: Context) -> str:
    """Return the footer of the figure."""
    texts = context.texts
    extra = (texts.get("note.thin_bar"), texts.get("note.no_share"), context.elasticity_note())
    return context.footer(require(table, "grants", COLUMNS), "note.band_level", *extra)
