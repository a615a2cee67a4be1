"""Cost against employment: the map of all combinations, and the designs of the baseline's period enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.figure_differences import outcome_rows
from ankomst.report.chart.forest import Mark, add_key, add_points, add_unclear_key, panel_titles
from ankomst.report.document.context import Context, in_order, records, unclear

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ["period", "design"]
# Room around the points for the names of the quadrants.
_PADDING = 0.22


def map_rows(table: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Join months in work and net public cost of each combination.

    Months are ``estimate``, ``low``, ``high``; cost in thousand DKK is ``y``, ``y_low``, ``y_high``;
    ``close`` tells that at least one of the two intervals holds zero.
    """
    months = outcome_rows(table, "months_employed")
    cost = outcome_rows(table, "net_cost", "both")
    left = months[[*_KEYS, "estimate", "low", "high", "n"]].assign(close_x=unclear(months))
    right = cost[[*_KEYS, "estimate", "low", "high"]].assign(close_y=unclear(cost))
    right = right.rename(columns={"estimate": "y", "low": "y_low", "high": "y_high"})
    right[["y", "y_low", "y_high"]] = right[["y", "y_low", "y_high"]] / 1000
    rows = left.merge(right, on=_KEYS, validate="one_to_one")
    if len(rows) == 0:
        raise ValueError("table 'differences' has no combination with both months_employed and net_cost")
    rows["close"] = rows["close_x"] | rows["close_y"]
    rows["hover"] = [_hover(row, context) for row in records(rows)]
    return rows


def _hover(row: dict[str, object], context: Context) -> str:
    texts = context.texts

    def part(unit: str, middle: str, low: str, high: str, close: str) -> str:
        amount = texts.get(unit, amount=texts.number(float(str(row[middle])), 2, sign=True))
        span = texts.span(float(str(row[low])), float(str(row[high])), 2, sign=True)
        verdict = f" ({texts.get('legend.unclear')})" if row[close] else ""
        return f"{amount} [{span}]{verdict}"

    name = context.scenario(str(row["period"]), str(row["design"]))
    months = part("word.months", "estimate", "low", "high", "close_x")
    cost = part("word.thousand_dkk", "y", "y_low", "y_high", "close_y")
    return f"<b>{name}</b><br>{months}<br>{cost}"


def map_figure(table: pd.DataFrame, context: Context) -> go.Figure:
    """Draw the map above, and the designs inside the baseline's period enlarged below.

    Parameters
    ----------
    table : DataFrame
        ``differences``.
    context : Context
        Language and facts.
    """
    texts, rows = context.texts, map_rows(table, context)
    inside = rows[rows["period"] == context.base_period]
    panels = [rows, inside] if len(inside) else [rows]
    titles = [
        texts.get("panel.all", count=len(rows) + 1),
        texts.get("panel.zoom", period=context.period_phrase(context.base_period)),
    ]
    figure = make_subplots(
        rows=len(panels), cols=1, vertical_spacing=0.14, subplot_titles=titles[: len(panels)]
    )
    panel_titles(figure)
    for number, part in enumerate(panels, start=1):
        _panel(figure, part, context, number)
        figure.update_xaxes(title_text=texts.get("axis.map_months", years=context.years), row=number, col=1)
        figure.update_yaxes(title_text=texts.get("axis.map_cost"), row=number, col=1)
    for period in in_order(rows["period"].tolist(), context.periods):
        add_key(figure, Mark(theme.colour(period, context.periods), "circle", context.period(period)))
    add_unclear_key(figure, context)
    add_key(figure, Mark(theme.INK, "cross-thin", texts.get("legend.baseline")))
    for design in in_order(rows["design"].tolist(), context.designs):
        mark = Mark(theme.MUTED, theme.symbol(design, context.designs), context.design(design))
        add_key(figure, mark, legend="legend2")
    below = {**_legend(texts.get("legend.design")), "y": 0, "yanchor": "bottom"}
    figure.update_layout(
        template=theme.template(texts.separators),
        height=1000 if len(panels) == 2 else 560,
        margin={"t": 96, "b": 130, "l": 80},
        legend=_legend(texts.get("legend.period")),
        legend2=below,
    )
    return figure


def _legend(title: str) -> dict[str, object]:
    return {
        "title": {"text": title + ":&nbsp;", "font": {"size": 12, "color": theme.MUTED}},
        "orientation": "h",
        "xref": "container",
        "yref": "container",
        "x": 0,
        "y": 1,
        "yanchor": "top",
        "font": {"size": 12},
        "itemsizing": "constant",
        "itemclick": False,
        "itemdoubleclick": False,
    }


def _panel(figure: go.Figure, rows: pd.DataFrame, context: Context, number: int) -> None:
    for (period, design), part in rows.groupby(_KEYS, sort=False):
        mark = Mark(
            theme.colour(str(period), context.periods),
            theme.symbol(str(design), context.designs),
            context.scenario(str(period), str(design)),
            size=11,
        )
        add_points(figure, part, mark, row=number)
    figure.add_trace(
        go.Scatter(
            x=[0],
            y=[0],
            mode="markers",
            marker={"symbol": "cross-thin", "size": 16, "line": {"width": 2.5, "color": theme.INK}},
            hovertemplate=context.texts.get("legend.baseline") + "<extra></extra>",
            showlegend=False,
        ),
        row=number,
        col=1,
    )
    across = _range(rows["low"].min(), rows["high"].max())
    upwards = _range(rows["y_low"].min(), rows["y_high"].max())
    figure.update_xaxes(range=across, row=number, col=1)
    figure.update_yaxes(range=upwards, row=number, col=1)
    _quadrants(figure, context, number)


def _range(low: float, high: float) -> list[float]:
    # Zero stays inside with room on both sides, so that all four quadrants are seen.
    low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or 1.0
    return [low - _PADDING * span, high + _PADDING * span]


def _quadrants(figure: go.Figure, context: Context, number: int) -> None:
    corners = {
        "less_dearer": (0.008, 0.99, "left", "top"),
        "more_dearer": (0.992, 0.99, "right", "top"),
        "less_cheaper": (0.008, 0.01, "left", "bottom"),
        "more_cheaper": (0.992, 0.01, "right", "bottom"),
    }
    suffix = "" if number == 1 else str(number)
    for name, (x, y, xanchor, yanchor) in corners.items():
        figure.add_annotation(
            text=f"<i>{context.texts.get(f'quadrant.{name}')}</i>",
            x=x,
            y=y,
            xref=f"x{suffix} domain",
            yref=f"y{suffix} domain",
            xanchor=xanchor,
            yanchor=yanchor,
            showarrow=False,
            font={"size": 12, "color": theme.MUTED},
        )


def map_footer(table: pd.DataFrame, context: Context) -> str:
    """Return the footer of the figure."""
    return context.footer(
        map_rows(table, context),
        "note.band_difference",
        context.texts.get("note.map_hollow"),
        context.elasticity_note(),
    )
