"""What knowing a group of parameters exactly would be worth at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.decision.context import alone, triple
from ankomst.report.decision.figure_robustness import MEAN, sourced
from ankomst.report.decision.words import capital, ordered_groups
from ankomst.report.document.context import missing, records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded
from ankomst.studies.decision.information import EVERYTHING

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.decision.context import DecisionContext, Row

_ROW, _AROUND = 44, 84


def information_figure(table: pd.DataFrame, context: DecisionContext) -> Drawn:
    """Draw a bar per group with its interval, the most valuable first, and the value of knowing all.

    Parameters
    ----------
    table : DataFrame
        ``information``.
    context : DecisionContext
    """
    texts = context.texts
    rows = ordered_groups(table)
    everything = next((row for row in records(table) if row["group"] == EVERYTHING), None)
    figure = go.Figure()
    for clear in (True, False):
        _bars(
            figure,
            [(k, row) for k, row in enumerate(rows) if (row["clear"] == "yes") == clear],
            context,
            clear=clear,
        )
    evpi = float(rows[0]["evpi"])
    if not missing(evpi):
        figure.add_vline(x=evpi, line={"color": theme.INK, "width": 1.5, "dash": "dash"})
    figure.update_xaxes(title_text=texts.get("decision.figure.information.axis"), nticks=6, tickformat=",")
    figure.update_yaxes(
        tickvals=list(range(len(rows))), range=[len(rows) - 0.4, -0.6], automargin=True, showgrid=False,
        ticktext=[folded(capital(context.group(row["group"])), 24) for row in rows], ticks="", zeroline=False,
    )  # fmt: skip
    figure.update_layout(
        template=theme.template(texts.separators), height=_AROUND + _ROW * len(rows), showlegend=False,
        margin={"l": 10, "r": 16, "t": 12, "b": 56}, bargap=0.4,
    )  # fmt: skip
    bounded = everything is not None
    known = triple(everything, "evppi", "low", "high") if everything is not None else alone(evpi)
    amount = context.amount(known, rows[0]["unit"])
    return Drawn(
        name="information",
        title=texts.get("decision.figure.information.title"),
        lead=texts.get(
            "decision.figure.information.lead",
            evpi=texts.get(f"decision.figure.information.evpi{'' if bounded else '_alone'}", amount=amount),
        ),
        footer=sourced(
            texts.get(
                "decision.figure.information.footer",
                level=context.level,
                n=texts.number(float(rows[0]["n"])),
                method="; ".join(dict.fromkeys(str(row["method"]) for row in rows)),
            ),
            "draws_text",
            context,
        ),
        figure=figure,
        key=_key(context),
    )


def _bars(figure: go.Figure, rows: list[tuple[int, Row]], context: DecisionContext, *, clear: bool) -> None:
    values = [triple(row, "evppi", "low", "high") for _, row in rows]
    colour = MEAN if clear else theme.UNCLEAR
    figure.add_trace(
        go.Bar(
            x=[value[0] for value in values], y=[place for place, _ in rows], orientation="h",
            marker={"color": theme.fade(colour, 0.55) if clear else theme.PAPER,
                    "line": {"color": colour, "width": 1.5}},
            error_x={
                "type": "data", "symmetric": False, "color": theme.INK if clear else colour, "thickness": 2,
                "width": 5, "array": [value[2] - value[0] for value in values],
                "arrayminus": [value[0] - value[1] for value in values],
            },
            customdata=[safe(context.amount(value, row["unit"]))
                        for value, (_, row) in zip(values, rows, strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip


def _key(context: DecisionContext) -> str:
    def said(name: str) -> str:
        return context.texts.get(f"decision.figure.information.{name}")

    return key_html(
        [
            (point_sample(MEAN, "circle"), said("clear")),
            (point_sample(theme.UNCLEAR, "circle", hollow=True), said("unclear")),
            (line_sample(theme.INK, "dash", 1.5), said("line")),
        ]
    )
