"""Who gains and who loses: differences by origin, sex, health and education."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from plotly.subplots import make_subplots

from ankomst.report.batch.charts import plain, series_of
from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, add_points, hover, lay_rows, panel_titles, stack
from ankomst.report.chart.key import key_html, point_sample
from ankomst.report.chart.native import Chart, Panel
from ankomst.report.chart.panels import BOUNDS, measure
from ankomst.report.document.context import in_order
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.report.batch.context import BatchContext

DIMENSIONS = ("origin", "sex", "health", "education")
PANELS = (("months_employed", ""), ("net_cost", "both"))
_SHAPES = ("circle", "diamond", "triangle-right", "triangle-left")
_SYMBOLS = ("circle", "diamond", "triangle-right", "triangle-left")
MOST = 4
"""Scenarios beside each other in a row."""


def group_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return the differences by group of single dimensions."""
    rows = table[table["dimension"].isin(DIMENSIONS)]
    rows = rows.assign(payer=rows["payer"].astype(object).where(rows["payer"].notna(), ""))
    wanted = [name in PANELS for name in zip(rows["outcome"], rows["payer"], strict=True)]
    return rows.loc[wanted]  # by row even where there is none


def groups(table: pd.DataFrame, context: BatchContext) -> Drawn | None:
    """Draw a row per group, a panel per outcome and a marker per scenario.

    Parameters
    ----------
    table : DataFrame
        The batch's table ``differences``.
    context : BatchContext
        Of the scenarios to show.
    """
    texts, names = context.texts, context.others[:MOST]
    rows = group_rows(table)
    rows = rows[rows["scenario"].isin(names)]
    if len(rows) == 0:
        return None
    blocks = []
    for dimension in in_order(rows["dimension"].tolist(), DIMENSIONS):
        here = list(dict.fromkeys(rows.loc[rows["dimension"] == dimension, "group"].astype(str)))
        labels = [((dimension, name), texts.label("group", name)) for name in here]
        blocks.append((texts.label("dimension", dimension), labels))
    places = stack(blocks)
    present = [pair for pair in PANELS if ((rows["outcome"] == pair[0]) & (rows["payer"] == pair[1])).any()]
    parts = [rows[(rows["outcome"] == name) & (rows["payer"] == payer)].copy() for name, payer in present]
    measures = [measure(part, context) for part in parts]
    figure = make_subplots(
        rows=1, cols=len(parts), horizontal_spacing=0.04, subplot_titles=[item.title for item in measures]
    )
    panel_titles(figure)
    panels, data = [], []
    for column, (part, item) in enumerate(zip(parts, measures, strict=True), start=1):
        part[BOUNDS] *= item.factor
        data.append(part.assign(unit=plain(item.axis)))
        series = []
        for k, name in enumerate(names):
            mine = part[part["scenario"] == name].copy()
            pairs = list(zip(mine["dimension"], mine["group"], strict=True))
            mine["y"] = [places.places[pair] + dodge(name, names) for pair in pairs]
            mine["name"] = [f"{texts.label('group', group)}: {context.name(name)}" for _, group in pairs]
            mine["hover"] = hover(context, "name", mine, item.decimals, item.amount)
            mark = Mark(context.line(name).colour, _SYMBOLS[k], context.name(name), size=9)
            add_points(figure, mine, mark, col=column)
            series.append(series_of(mine, context.marked(name), mark.colour))
        categories = tuple(texts.label("group", group) for _, group in pairs)
        panels.append(
            Panel(
                f"{item.name}, {item.when}",
                plain(item.axis),
                tuple(series),
                categories=categories,
                decimals=item.decimals,
            )
        )
        figure.update_xaxes(title_text=item.axis, nticks=6, row=1, col=column)
    lay_rows(figure, places, len(parts), texts.get("axis.group"), ruled=True)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=190 + round((22 + 9 * len(names)) * places.end),
        margin={"t": 52, "b": 88},
        showlegend=False,
    )
    samples = [
        (point_sample(context.line(name).colour, _SHAPES[k]), context.marked(name))
        for k, name in enumerate(names)
    ]
    samples.append((point_sample(theme.UNCLEAR, "circle", hollow=True), texts.get("run.key.unclear")))
    columns = [
        "scenario",
        "outcome",
        "payer",
        "months",
        "dimension",
        "group",
        "unit",
        *BOUNDS,
        "level",
        "n",
        "verdict",
    ]
    shown = (
        [context.texts.get("batch.groups.shown", count=len(names))]
        if len(names) < len(context.others)
        else []
    )
    return Drawn(
        "groups",
        texts.get("batch.groups.title"),
        texts.get("batch.groups.lead"),
        context.footer(rows, "difference", *shown, *context.dagger_note(names)),
        figure,
        key_html(samples),
        pd.concat(data, ignore_index=True)[columns],
        Chart("points", tuple(panels), texts.get("batch.chart.groups")),
    )


def dodge(name: str, names: Sequence[str]) -> float:
    """Return how far a series is moved from the middle of its row, so that series do not cover each other."""
    if len(names) < 2:
        return 0.0
    return (names.index(name) - (len(names) - 1) / 2) * 0.56 / (len(names) - 1) * min(1.0, len(names) / 3)
