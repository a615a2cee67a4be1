"""Employment by months since arrival, one line per introduction period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.report.chart import theme
from ankomst.report.chart.lines import BAND, Line, add_line, level_and_difference
from ankomst.report.document.context import Context, choose, in_order, require

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_COLUMNS = ("period", "design", "months", "outcome", "estimate", "low", "high", "n")
LEVEL, DIFFERENCE = "employment_rate", "employment_rate_difference"
_MARKED_MONTHS = (12, 36)


def employment_rows(table: pd.DataFrame, context: Context, outcome: str = LEVEL) -> pd.DataFrame:
    """Return the rows of one outcome under the baseline's grant design."""
    rows = require(table, "employment", _COLUMNS)
    return choose(rows, "employment", design=context.base_design, outcome=outcome)


def employment_figure(table: pd.DataFrame, context: Context) -> go.Figure:
    """Draw the share in work by months since arrival, and below the paired difference if the table has it.

    Parameters
    ----------
    table : DataFrame
        ``employment``: period, design, months, outcome, estimate, low, high (shares). Outcome
        ``employment_rate``, optionally also ``employment_rate_difference`` (paired, from the baseline).
    context : Context
        Language and facts.
    """
    texts, rows = context.texts, employment_rows(table, context)
    paired = bool((table["outcome"] == DIFFERENCE).any())
    titles = [texts.get("panel.employed")]
    titles.append(texts.get("panel.employed_difference", period=context.period_phrase(context.base_period)))
    figure = level_and_difference(titles, paired=paired)
    _lines(figure, rows, context, 1)
    figure.update_yaxes(
        title_text=texts.get("axis.employed"),
        rangemode="tozero",
        ticksuffix=texts.get("word.percent", amount=""),
        row=1,
        col=1,
    )
    if paired:
        _lines(figure, employment_rows(table, context, DIFFERENCE), context, 2)
        figure.update_yaxes(title_text=texts.get("axis.employed_difference"), row=2, col=1)
    last = int(rows["months"].max())
    _mark_months(figure, last, context)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=720 if paired else 470,
        hovermode="x unified",
        margin={"t": 84 if paired else 60, "l": 72},
        legend={"title": {"text": texts.get("legend.period") + ":&nbsp;"}},
    )
    figure.update_xaxes(tick0=0, dtick=12, range=[0, last + 1], showgrid=False, showticklabels=True)
    figure.update_xaxes(title_text=texts.get("axis.months_since_arrival"), row=2 if paired else 1, col=1)
    return figure


def _lines(figure: go.Figure, rows: pd.DataFrame, context: Context, panel: int) -> None:
    differs = panel == 2
    # With draws the bands of the levels lie on each other: all hold the same uncertainty of the parameters.
    shade = BAND / 3 if context.draws > 1 else BAND
    for period in in_order(rows["period"].tolist(), context.periods):
        line = Line(
            theme.colour(period, context.periods),
            theme.dash(period, context.periods),
            context.period(period),
        )
        part = rows[rows["period"] == period]
        add_line(figure, part, line, context, row=panel, differs=differs, legend=not differs, shade=shade)


def _mark_months(figure: go.Figure, last: int, context: Context) -> None:
    for month in (month for month in _MARKED_MONTHS if month < last):
        figure.add_vline(x=month, line={"color": theme.RULE, "width": 1, "dash": "dot"})
        figure.add_annotation(
            text=context.texts.get("mark.period_end", month=month),
            x=month,
            y=0.01,
            xref="x",
            yref="y domain",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 11, "color": theme.MUTED},
        )


def employment_footer(table: pd.DataFrame, context: Context) -> str:
    """Return the footer of the figure."""
    texts = context.texts
    return context.footer(
        employment_rows(table, context),
        "note.band_mean",
        texts.get("note.thin_band"),
        texts.get("note.shown_design", design=context.design(context.base_design)),
    )
