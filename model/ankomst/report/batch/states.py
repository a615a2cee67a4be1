"""What newcomers do month by month: flows between statuses, and the share in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

from ankomst.report.batch.charts import series_of
from ankomst.report.chart import theme
from ankomst.report.chart.key import block_sample, key_html
from ankomst.report.chart.native import Chart, Panel
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ankomst.report.batch.context import BatchContext

COLOURS: Final = {
    "classes": "#0072B2",
    "placement": "#a8447f",
    "work": "#00835f",
    "education": "#7a6a00",
    "job_centre": "#D55E00",
    "self_supported": "#5b5ea6",
    "disability_pension": "#5a6672",
    "left": "#9aa5b1",
}
"""Colour of each group of states."""
_WIDE, _LOW = 0.001, 0.999
_NAMED = 0.005
_PERCENT = 100.0


def months_shown(follow_up: int) -> list[int]:
    """Return the months between which flows are drawn."""
    return [month for month in (1, 12, 36, 60, 120) if month < follow_up] + [follow_up]


def flows(table: pd.DataFrame, levels: pd.DataFrame, scenario: str, context: BatchContext) -> Drawn:
    """Draw who moves from which status to which, for one scenario.

    Parameters
    ----------
    table : DataFrame
        From `batch_flows.flows`: one repeated run.
    levels : DataFrame
        From `state_levels`, all runs: the chart of slides and workbook.
    scenario : str
    context : BatchContext
    """
    texts = context.texts
    months = [*dict.fromkeys(table["from_months"]), int(table["to_months"].max())]
    nodes, places = _nodes(table, months)
    rows = records(table)

    def percent(share: float) -> str:
        return texts.get("word.percent", amount=texts.number(_PERCENT * share))

    labels = [
        f"{texts.label('batch.short', state)} {percent(share)}" if share >= _NAMED else ""
        for (_, state), share in nodes.items()
    ]
    hovers = [_hover(row, context) for row in rows]
    order = list(nodes)
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            textfont={"size": 12, "color": theme.INK, "family": theme.FONT},
            node={
                "label": labels,
                "x": [places[node][0] for node in order],
                "y": [places[node][1] for node in order],
                "color": [COLOURS[state] for _, state in order],
                "pad": 14,
                "thickness": 16,
                "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [order.index((row["from_months"], row["from_state"])) for row in rows],
                "target": [order.index((row["to_months"], row["to_state"])) for row in rows],
                "value": [float(row["share"]) for row in rows],
                "color": [theme.fade(COLOURS[str(row["from_state"])], 0.28) for row in rows],
                "customdata": hovers,
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )
    for k, month in enumerate(months):
        figure.add_annotation(
            text=f"<b>{texts.get('batch.flows.month', month=texts.number(month))}</b>",
            x=k / (len(months) - 1),
            y=1.03,
            xref="paper",
            yref="paper",
            xanchor="left" if k == 0 else "right" if k == len(months) - 1 else "center",
            yanchor="bottom",
            showarrow=False,
            font={"size": 13, "color": theme.INK},
        )
    figure.update_layout(
        template=theme.template(texts.separators), height=620, margin={"t": 44, "b": 16, "l": 8, "r": 8}
    )
    n = int(table["n"].iloc[0])
    error = _PERCENT * 1.96 * 0.5 / n**0.5
    footer = texts.get(
        "batch.flows.footer", n=texts.number(n), error=texts.number(error, 1), newcomers=context.newcomers
    )
    shown = dict.fromkeys(state for _, state in order)
    samples = [
        (block_sample(COLOURS[state]), texts.label("batch.state", state))
        for state in COLOURS
        if state in shown
    ]
    return Drawn(
        "flows",
        texts.get("batch.flows.title", scenario=context.name(scenario)),
        texts.get("batch.flows.lead"),
        footer,
        figure,
        key_html(samples),
        table,
        _stacked(levels[levels["scenario"] == scenario], months, context),
    )


def _hover(row: dict[str, Any], context: BatchContext) -> str:
    texts = context.texts
    start, end = (safe(texts.label("batch.state", row[f"{side}_state"])) for side in ("from", "to"))
    share = texts.get("word.percent", amount=texts.number(_PERCENT * float(row["share"]), 1))
    return f"{start} → {end}: {share} ({texts.number(float(row['people']))})"


def _nodes(
    table: pd.DataFrame, months: Sequence[int]
) -> tuple[dict[tuple[int, str], float], dict[tuple[int, str], tuple[float, float]]]:
    """Return the share of each (month, state), and its place: months along, states from work downwards."""
    nodes: dict[tuple[int, str], float] = {}
    places: dict[tuple[int, str], tuple[float, float]] = {}
    order = [
        "work",
        "education",
        "placement",
        "classes",
        "job_centre",
        "self_supported",
        "disability_pension",
        "left",
    ]
    for k, month in enumerate(months):
        side = "from" if k == 0 else "to"
        here = table[table[f"{side}_months"] == month].groupby(f"{side}_state")["share"].sum()
        gap = 0.026
        room = 1.0 - gap * (len(here) - 1)
        top = 0.0
        for state in (name for name in order if name in here.index):
            share = float(here[state])
            nodes[month, state] = share
            middle = top + room * share / 2
            places[month, state] = (
                min(max(k / (len(months) - 1), _WIDE), _LOW),
                min(max(middle, _WIDE), _LOW),
            )
            top += room * share + gap
    return nodes, places


def _stacked(levels: pd.DataFrame, months: Sequence[int], context: BatchContext) -> Chart:
    """Return the share in each state by month, as bars."""
    texts = context.texts
    series = []
    for state, colour in COLOURS.items():
        rows = levels[levels["state"] == state].set_index("months").reindex(list(months)).reset_index()
        for name in ("estimate", "low", "high"):
            rows[name] *= _PERCENT
        if (rows["estimate"] > 0).any():
            series.append(series_of(rows, texts.label("batch.state", state), colour))
    categories = tuple(texts.get("batch.flows.month", month=texts.number(month)) for month in months)
    panel = Panel("", texts.get("batch.flows.axis"), tuple(series), categories=categories)
    footer = context.footer(levels, "value", "")
    return Chart("stacked", (panel,), texts.get("batch.chart.flows"), footer)
