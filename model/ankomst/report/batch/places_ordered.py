"""All municipalities in the order of their difference, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from ankomst.report.batch.charts import plain
from ankomst.report.batch.places import PANELS, ends, place_rows
from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, add_points, hover
from ankomst.report.chart.key import key_html, point_sample
from ankomst.report.chart.panels import BOUNDS, measure
from ankomst.report.document.context import safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.batch.context import BatchContext


def ordered(table: pd.DataFrame, scenario: str, context: BatchContext) -> Drawn | None:
    """Draw all municipalities in order of their difference, with its interval.

    Parameters
    ----------
    table : DataFrame
        The batch's table ``municipalities``.
    scenario : str
    context : BatchContext
    """
    texts, rows = context.texts, place_rows(table, scenario)
    outcome, payer = PANELS[-1]
    part = rows[(rows["outcome"] == outcome) & (rows["payer"] == payer)].copy()
    if len(part) == 0:
        return None
    item = measure(part, context)
    part[BOUNDS] *= item.factor
    part = part.sort_values("estimate")
    # An interval of a handful of people can be wider than the country's differences: it is cut at the edge.
    reach = 1.25 * float(part["estimate"].abs().max())
    half = -(-len(part) // 2)
    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.16)
    for column, rows_of in enumerate((part.iloc[:half], part.iloc[half:]), start=1):
        names = rows_of["municipality"].astype(str).tolist()
        piece = rows_of.assign(y=range(len(names)), name=names)
        piece["hover"] = hover(context, "name", piece, item.decimals, item.amount)
        piece["low"], piece["high"] = (
            piece["low"].clip(lower=-1.4 * reach),
            piece["high"].clip(upper=1.4 * reach),
        )
        add_points(figure, piece, Mark(theme.PAYER_COLOURS["municipality"], "circle", "", size=6), col=column)
        figure.update_yaxes(
            range=[half - 0.4, -0.6],
            tickvals=list(range(len(names))),
            ticktext=[safe(name) for name in names],
            tickfont={"size": 11},
            automargin=True,
            ticks="",
            showgrid=False,
            zeroline=False,
            row=1,
            col=column,
        )
        figure.update_xaxes(title_text=plain(item.axis), range=[-reach, reach], nticks=6, row=1, col=column)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=120 + 17 * half,
        margin={"t": 12, "b": 60},
        showlegend=False,
        shapes=[],
    )
    samples = [
        (point_sample(theme.PAYER_COLOURS["municipality"], "circle"), texts.get("run.key.clear")),
        (point_sample(theme.UNCLEAR, "circle", hollow=True), texts.get("run.key.unclear")),
    ]
    columns = [
        "scenario",
        "municipality",
        "arrived",
        "outcome",
        "payer",
        "months",
        *BOUNDS,
        "level",
        "n",
        "verdict",
    ]
    return Drawn(
        "places_ordered",
        texts.get("batch.ordered.title", scenario=context.name(scenario)),
        texts.get("batch.ordered.lead"),
        context.footer(part, "difference", texts.get("batch.ordered.footer")),
        figure,
        key_html(samples),
        part[columns].assign(unit=plain(item.axis)),
        ends(part, item, context),
    )
