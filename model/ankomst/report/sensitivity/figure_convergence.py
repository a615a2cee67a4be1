"""Whether the indices have settled: estimates with intervals from a growing part of the rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import panel_titles
from ankomst.report.chart.key import key_html, line_sample
from ankomst.report.document.context import records
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.sensitivity.study import Row
    from ankomst.report.sensitivity.words import SensitivityContext

_LOOKS: Final = {"total": ("#0072B2", "solid"), "first": ("#D55E00", "dash")}
_MOST: Final = 5
_COLUMNS: Final = 3
_PANEL, _AROUND = 190, 96


def draw_convergence(place: str, rows: pd.DataFrame, row: Row, context: SensitivityContext) -> Drawn | None:
    """Draw a panel per factor: those largest with all rows, and the dummy.

    Parameters
    ----------
    place : str
        Number of the quantity, for the name of the figure.
    rows : DataFrame
        Rows of one quantity and sample of the table ``convergence``; not empty.
    row : Row
        The quantity.
    context : SensitivityContext

    Returns
    -------
    Drawn or None
        None where there is one number of rows only.
    """
    if rows["n"].nunique() < 2:
        return None
    texts = context.texts
    names = _shown(rows)
    deep = math.ceil(len(names) / _COLUMNS)
    height = _AROUND + _PANEL * deep
    figure = make_subplots(
        rows=deep,
        cols=min(_COLUMNS, len(names)),
        shared_yaxes=True,
        horizontal_spacing=0.03,
        vertical_spacing=min(0.5, 74 / height) if deep > 1 else 0,
        subplot_titles=[folded(context.marked(name), 34, 2) for name in names],
    )
    panel_titles(figure)
    counts = sorted({int(n) for n in rows["n"]})
    for number, name in enumerate(names):
        spot = {"row": number // _COLUMNS + 1, "col": number % _COLUMNS + 1}
        for index, (colour, dash) in _LOOKS.items():
            part = rows[(rows["factor"] == name) & (rows["index"] == index)].sort_values("n")
            if len(part):
                _line(figure, part, colour, dash, spot, context)
        figure.update_xaxes(
            type="log", tickvals=counts, ticktext=[texts.number(n) for n in counts], tickangle=0, **spot
        )
    figure.update_yaxes(zeroline=True, nticks=5)
    for level in range(1, deep + 1):
        figure.update_yaxes(title_text=texts.get("sensitivity.axis.share_short"), row=level, col=1)
    figure.update_layout(
        template=theme.template(texts.separators), height=height, showlegend=False,
        margin={"t": 44, "b": 44, "l": 66},
    )  # fmt: skip
    entries = [
        (line_sample(colour, dash), texts.get(f"sensitivity.key.{index}"))
        for index, (colour, dash) in _LOOKS.items()
        if (rows["index"] == index).any()
    ]
    sample = str(rows["sample"].iloc[0])
    return Drawn(
        name=f"convergence-{sample}-{place}",
        title=texts.get("sensitivity.figure.convergence", label=context.label(row)),
        lead=texts.get(
            "sensitivity.lead.convergence",
            against=context.against(row),
            sample=texts.label("sensitivity.sample", sample),
        ),
        footer=context.source("convergence", rows, "indices"),
        figure=figure,
        key=key_html(entries),
    )


def _shown(rows: pd.DataFrame) -> list[str]:
    last = rows[(rows["n"] == rows["n"].max()) & (rows["index"] == "total")]
    last = last if len(last) else rows[rows["n"] == rows["n"].max()].drop_duplicates("factor")
    ordered = [str(name) for name in last.sort_values("estimate", ascending=False, kind="stable")["factor"]]
    return [name for name in ordered if name != LUCK][:_MOST] + [LUCK] * (LUCK in ordered)


def _line(
    figure: go.Figure,
    rows: pd.DataFrame,
    colour: str,
    dash: str,
    spot: dict[str, int],
    context: SensitivityContext,
) -> None:
    counts = rows["n"].tolist()
    low, high = ((100 * rows[name]).tolist() for name in ("low", "high"))
    # A band is one closed shape: along the lower ends and back along the upper.
    figure.add_trace(
        go.Scatter(
            x=counts + counts[::-1], y=low + high[::-1], fill="toself", mode="none",
            fillcolor=theme.fade(colour, 0.18), hoverinfo="skip", showlegend=False,
        ),
        **spot,
    )  # fmt: skip
    texts = context.texts
    hover = [
        f"n = {texts.number(float(one['n']))}<br>{context.share(one['estimate'], one['low'], one['high'])}"
        for one in records(rows)
    ]
    figure.add_trace(
        go.Scatter(
            x=counts, y=(100 * rows["estimate"]).tolist(), mode="lines+markers",
            line={"color": colour, "width": 2, "dash": dash}, marker={"size": 6},
            customdata=hover, hovertemplate="%{customdata}<extra></extra>", showlegend=False,
        ),
        **spot,
    )  # fmt: skip
