"""Who pays: difference in each item of the accounts, by payer and introduction period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, add_key, add_points, add_unclear_key, hover, lay_rows, stack
from ankomst.report.document.context import Context, in_order, require

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("period", "design", "payer", "item", "estimate", "low", "high", "n")
PAYERS = ("municipality", "state", "resource")
_BOUNDS = ["estimate", "low", "high"]
# Items below this share of the largest difference are left to the table.
_SMALL = 0.01


def period_rows(table: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Return the rows that compare introduction periods under the baseline's grant design."""
    table = require(table, "accounts", COLUMNS)
    rows = table[(table["design"] == context.base_design) & (table["period"] != context.base_period)]
    return require(rows, "accounts", COLUMNS)


def _large(rows: pd.DataFrame) -> tuple[list[str], int, float]:
    """Return the items to show, largest first, the number left out, and the bound below which they stay."""
    size = rows.assign(size=rows["estimate"].abs()).groupby("item")["size"].max()
    bound = _SMALL * float(size.max())
    kept = size[(size >= bound) & (size > 0)].sort_values(ascending=False)
    return [str(name) for name in kept.index], int((size < bound).sum()), bound


def accounts_figure(table: pd.DataFrame, context: Context) -> go.Figure:
    """Draw a row per item, a panel per introduction period and a colour per payer.

    Parameters
    ----------
    table : DataFrame
        ``accounts``: period, design, payer, item, estimate, low, high (differences from the baseline, DKK).
    context : Context
        Language and facts.
    """
    texts, rows = context.texts, period_rows(table, context)
    items, _, _ = _large(rows)
    if not items:
        raise ValueError("table 'accounts' holds no difference other than zero")
    periods = in_order(rows["period"].tolist(), context.periods)
    payers = in_order(rows["payer"].tolist(), PAYERS)
    resources = set(rows.loc[rows["payer"] == "resource", "item"])
    money = [(name, texts.label("item", name)) for name in items if name not in resources]
    real = [(name, texts.label("item", name)) for name in items if name in resources]
    places = stack([("", money), *([(texts.get("panel.resource"), real)] if real else [])])
    figure = make_subplots(
        rows=1,
        cols=len(periods),
        horizontal_spacing=0.03,
        shared_xaxes="all",
        subplot_titles=[context.period(name).replace(", ", ",<br>") for name in periods],
    )
    figure.update_annotations(font={"size": 13})
    shift = {"municipality": -0.17, "state": 0.17}
    for column, period in enumerate(periods, start=1):
        for payer in payers:
            chosen = (rows["period"] == period) & (rows["payer"] == payer) & rows["item"].isin(items)
            part = rows[chosen].copy()
            if len(part) == 0:
                continue
            part[_BOUNDS] = part[_BOUNDS] / 1000
            part["y"] = [places.places[name] + shift.get(payer, 0.0) for name in part["item"]]
            payer_name = texts.label("payer", payer)
            part["name"] = [f"{texts.label('item', name)}: {payer_name}" for name in part["item"]]
            part["hover"] = hover(context, "name", part, 2, "word.thousand_dkk")
            _stems(figure, part, payer, column)
            add_points(figure, part, _mark(payer, context), col=column)
        figure.update_xaxes(title_text=texts.get("axis.difference_cost"), nticks=6, row=1, col=column)
    lay_rows(figure, places, len(periods), texts.get("axis.item"), ruled=True)
    for payer in payers:
        add_key(figure, _mark(payer, context))
    add_unclear_key(figure, context)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=208 + 32 * int(places.end),
        margin={"t": 96, "b": 88},
        legend={"title": {"text": texts.get("legend.payer") + ":&nbsp;"}},
    )
    return figure


def _stems(figure: go.Figure, part: pd.DataFrame, payer: str, column: int) -> None:
    """Draw a faint bar from zero to each estimate, so that sizes are compared at a glance."""
    figure.add_trace(
        go.Bar(
            x=part["estimate"].tolist(),
            y=part["y"].tolist(),
            orientation="h",
            width=0.3,
            marker={"color": theme.fade(_colour(payer), 0.3), "line": {"width": 0}},
            hoverinfo="skip",
            showlegend=False,
        ),
        row=1,
        col=column,
    )


def _colour(payer: str) -> str:
    return theme.PAYER_COLOURS.get(payer, theme.MUTED)


def _mark(payer: str, context: Context) -> Mark:
    place = theme.symbol(payer, ["state", "municipality", "resource"])
    return Mark(_colour(payer), place, context.texts.label("payer", payer), size=7)


def accounts_footer(table: pd.DataFrame, context: Context) -> str:
    """Return the footer of the figure."""
    texts, rows = context.texts, period_rows(table, context)
    _, left_out, bound = _large(rows)
    extra = [
        texts.get("note.thin_bar"),
        texts.get("note.transfers"),
        texts.get("note.shown_design", design=context.design(context.base_design)),
    ]
    if left_out:
        amount = texts.get("word.dkk", amount=texts.number(bound))
        extra.append(texts.get("note.left_out", count=left_out, amount=amount))
    return context.footer(rows, "note.band_difference", *extra)
