"""Who gains and who loses: difference of each introduction period by group of newcomers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import (
    Mark,
    add_key,
    add_points,
    add_unclear_key,
    hover,
    lay_rows,
    panel_titles,
    stack,
)
from ankomst.report.document.context import Context, in_order, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

_COLUMNS = ("period", "dimension", "group", "outcome", "estimate", "low", "high", "n", "verdict")
_DIMENSIONS = ("origin", "sex", "health", "education")
_GROUPS = (
    *("refugee", "reunified_with_refugee", "reunified_with_other"),
    *("female", "women", "male", "men"),
    *("impaired", "health_impaired", "unimpaired", "not_impaired", "healthy"),
    *("none", "basic", "upper_secondary", "tertiary"),
)
_PANELS = (
    ("months_employed", 1.0, "panel.months_employed", "axis.difference_months", "word.months"),
    ("net_cost_both", 1000.0, "panel.net_cost_both", "axis.difference_cost", "word.thousand_dkk"),
)
_BOUNDS = ["estimate", "low", "high"]


def groups_figure(table: pd.DataFrame, context: Context) -> go.Figure:
    """Draw a row per group and a panel per outcome.

    Parameters
    ----------
    table : DataFrame
        ``groups``: period, dimension, group, outcome, estimate, low, high, verdict.
    context : Context
        Language and facts.
    """
    texts = context.texts
    require(table, "groups", _COLUMNS)
    table = table[table["period"] != context.base_period]
    require(table, "groups", _COLUMNS)
    periods = in_order(table["period"].tolist(), context.periods)
    blocks = []
    for dimension in in_order(table["dimension"].tolist(), _DIMENSIONS):
        names = in_order(table.loc[table["dimension"] == dimension, "group"].tolist(), _GROUPS)
        rows = [((dimension, name), texts.label("group", name)) for name in names]
        blocks.append((texts.label("dimension", dimension), rows))
    places = stack(blocks)
    figure = make_subplots(
        rows=1,
        cols=len(_PANELS),
        horizontal_spacing=0.04,
        subplot_titles=[texts.get(panel[2]) for panel in _PANELS],
    )
    panel_titles(figure)
    for column, (outcome, unit, _, axis, wording) in enumerate(_PANELS, start=1):
        for period in periods:
            rows_of = (table["outcome"] == outcome) & (table["period"] == period)
            part = table[rows_of].copy()
            if len(part) == 0:
                raise ValueError(f"table 'groups' has no rows with outcome '{outcome}' and period '{period}'")
            part[_BOUNDS] = part[_BOUNDS] / unit
            pairs = zip(part["dimension"], part["group"], strict=True)
            part["y"] = [places.places[pair] + dodge(period, periods) for pair in pairs]
            part["name"] = [
                f"{texts.label('group', name)}: {context.period(period)}" for name in part["group"]
            ]
            part["hover"] = hover(context, "name", part, 2, wording)
            add_points(figure, part, _mark(period, context), col=column)
        figure.update_xaxes(title_text=texts.get(axis), row=1, col=column)
    lay_rows(figure, places, len(_PANELS), texts.get("axis.group"), ruled=True)
    for period in periods:
        add_key(figure, _mark(period, context))
    add_unclear_key(figure, context)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=200 + 40 * int(places.end),
        margin={"t": 84, "b": 88},
        legend={"title": {"text": texts.get("legend.period") + ":&nbsp;"}},
    )
    return figure


def dodge(name: str, names: Sequence[str]) -> float:
    """Return how far a series is moved from the middle of its row, so that series do not cover each other."""
    if len(names) < 2:
        return 0.0
    return (names.index(name) - (len(names) - 1) / 2) * 0.56 / (len(names) - 1) * min(1.0, len(names) / 3)


def _mark(period: str, context: Context) -> Mark:
    return Mark(
        theme.colour(period, context.periods),
        theme.symbol(period, context.periods),
        context.period(period),
        size=8,
    )


def groups_footer(table: pd.DataFrame, context: Context) -> str:
    """Return the footer of the figure."""
    texts = context.texts
    shown = texts.get("note.shown_design", design=context.design(context.base_design))
    return context.footer(require(table, "groups", _COLUMNS), "note.band_difference", shown)
