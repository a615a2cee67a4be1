"""A reform taken apart: what each part adds, averaged over the orders in which the parts can come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, Rows, stack
from ankomst.report.chart.key import key_html, point_sample
from ankomst.report.chart.panels import COST, WORK, equal_rows, measure, panels_figure, verdict_key
from ankomst.report.document.context import records, require
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded, row_height

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from ankomst.report.document.run_context import RunContext

COLUMNS = (
    *("part", "part_title_en", "part_title_da", "outcome", "payer", "months", "unit", "estimate", "low"),
    *("high", "n", "first", "last"),
)
TOTAL = "total"
_PART = "#0072B2"
_ORDER = (*WORK, *COST)


def part_rows(table: pd.DataFrame | None, context: RunContext) -> tuple[list[pd.DataFrame], dict[str, str]]:
    """Return the rows of every outcome, each with all parts and the total, and the titles of the parts."""
    rows = require(table, "decomposition", COLUMNS)
    titles: dict[str, str] = {}
    for row in records(rows[rows["part"] != TOTAL]):
        titles.setdefault(str(row["part"]), context.texts.pick([row["part_title_en"], row["part_title_da"]]))
    if not titles:
        raise ValueError("table 'decomposition' has no parts")
    titles[TOTAL] = context.texts.get("run.decomposition.total")
    pairs = list(dict.fromkeys(zip(rows["outcome"], rows["payer"], strict=True)))
    pairs.sort(key=lambda pair: _ORDER.index(pair) if pair in _ORDER else len(_ORDER))
    panels = []
    for outcome, payer in pairs:
        part = rows[(rows["outcome"] == outcome) & (rows["payer"] == payer)]
        if sorted(part["part"]) != sorted(titles):
            raise ValueError(
                f"table 'decomposition' must hold each part and the total once for {outcome} {payer}"
            )
        panels.append(part.assign(row=part["part"]))
    return panels, titles


def draw_decomposition(table: pd.DataFrame | None, context: RunContext) -> list[Drawn]:
    """Draw a panel per outcome, a row per part; work and money each in a figure of its own.

    Parameters
    ----------
    table : DataFrame
        ``decomposition``: part, part_title_en, part_title_da, outcome, payer, months, unit, estimate, low,
        high, n, first, last; part ``total`` is the whole difference.
    context : RunContext
    """
    panels, titles = part_rows(table, context)
    money = [rows for rows in panels if measure(rows, context).money]
    work = [rows for rows in panels if not measure(rows, context).money]
    drawn = []
    if work:
        drawn.append(_drawn("decomposition", "run.decomposition.title", work, titles, context))
    if money:
        drawn.append(_drawn("decomposition-cost", "run.decomposition.title_cost", money, titles, context))
    return drawn


def _drawn(
    name: str, title: str, panels: list[pd.DataFrame], titles: dict[str, str], context: RunContext
) -> Drawn:
    texts = context.texts
    labels: list[tuple[Hashable, str]] = [(part, said) for part, said in titles.items() if part != TOTAL]
    places = stack([("", labels), (titles[TOTAL], [])], folded)
    places.places[TOTAL] = places.end - 1
    marks: dict[Hashable, Mark] = {
        part: Mark(theme.INK if part == TOTAL else _PART, "circle", said, size=9)
        for part, said in titles.items()
    }
    figure = panels_figure(
        panels,
        places,
        marks,
        context,
        title=texts.get("axis.part"),
        row_height=max(36, row_height(list(titles.values()))),
    )
    _ends(figure, panels, places, context)
    key = [
        *verdict_key(panels, context, baseline=False),
        (point_sample(theme.MUTED, "triangle-right", hollow=True), texts.get("run.decomposition.first")),
        (point_sample(theme.MUTED, "triangle-left", hollow=True), texts.get("run.decomposition.last")),
    ]
    return Drawn(
        name,
        texts.get(title),
        texts.get("run.decomposition.lead"),
        context.footer(pd.concat(panels), "difference", texts.get("note.thin_bar")),
        figure,
        key_html(key),
    )


def _ends(figure: go.Figure, panels: Sequence[pd.DataFrame], places: Rows, context: RunContext) -> None:
    """Draw the effect of each part when it comes first and when it comes last, a little below the average."""
    texts = context.texts
    for column, rows in enumerate(panels, start=1):
        item = measure(rows, context)
        parts = rows[
            (rows["part"] != TOTAL) & ~(equal_rows(rows) & (rows["first"] == 0) & (rows["last"] == 0))
        ]
        for name, symbol in (("first", "triangle-right"), ("last", "triangle-left")):
            amounts: list[Any] = (parts[name] * item.factor).tolist()
            spoken = [
                f"{texts.get(f'run.decomposition.{name}')}<br>"
                + texts.get(item.amount, amount=texts.number(float(amount), item.decimals, sign=True))
                for amount in amounts
            ]
            figure.add_trace(
                go.Scatter(
                    x=amounts,
                    y=[places.places[part] + 0.26 for part in parts["part"]],
                    mode="markers",
                    marker={
                        "symbol": symbol,
                        "size": 8,
                        "color": theme.PAPER,
                        "line": {"width": 1.3, "color": theme.MUTED},
                    },
                    customdata=spoken,
                    hovertemplate="%{customdata}<extra></extra>",
                    showlegend=False,
                ),
                row=1,
                col=column,
            )
