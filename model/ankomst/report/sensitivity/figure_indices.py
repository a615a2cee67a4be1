"""Variance-based indices and indices from given data: a row per factor, the dummy among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, add_points, panel_titles
from ankomst.report.chart.key import block_sample, key_html, line_sample, point_sample
from ankomst.report.chart.segments import lay_marks
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ankomst.report.sensitivity.study import Row
    from ankomst.report.sensitivity.words import SensitivityContext

TOTAL, FIRST, DUMMY = "#0072B2", "#D55E00", theme.UNCLEAR
_MOST: Final = 14
"""Factors shown; the table holds all."""
_ROW, _AROUND, _WIDTH = 38, 92, 36
_FADE = 0.7
"""Light enough for an interval to be seen over its bar."""


def draw_indices(
    place: str, table: str, sample: str, rows: pd.DataFrame, row: Row, context: SensitivityContext
) -> Drawn:
    """Draw total and first-order indices with their intervals.

    Parameters
    ----------
    place : str
        Number of the quantity, for the name of the figure.
    table, sample : str
        Name of the table, ``sobol`` or ``emulator_indices``, and the points it is from.
    rows : DataFrame
        The indices of one quantity, in shares of the variance; at least one total index.
    row : Row
        The quantity.
    context : SensitivityContext
    """
    texts = context.texts
    emulated = table == "emulator_indices"
    kind = "emulator" if emulated else "groups" if sample == "groups" else "sobol"
    names, hidden = _shown(rows[rows["index"] == "total"], _MOST)
    figure = go.Figure()
    for index, colour in (("total", TOTAL), ("first", FIRST)):
        part = rows[(rows["index"] == index) & rows["factor"].isin(names)]
        if len(part):
            _bars(figure, part, names, index, colour, context)
    dummy = rows[(rows["factor"] == LUCK) & (rows["index"] == "total")]
    if len(dummy):
        figure.add_vline(
            x=100 * float(dummy["high"].max()), line={"color": DUMMY, "dash": "dot", "width": 1.5}
        )
    lay_factors(figure, [folded(context.marked(name), _WIDTH) for name in names])
    figure.update_xaxes(title_text=texts.get("sensitivity.axis.share"))
    figure.update_layout(
        template=theme.template(texts.separators), height=_AROUND + _ROW * len(names), barmode="group",
        bargap=0.28, bargroupgap=0.06, showlegend=False, margin={"t": 10, "b": 56},
    )  # fmt: skip
    entries = [(block_sample(theme.fade(TOTAL, _FADE)), texts.get("sensitivity.key.total"))]
    if (rows["index"] == "first").any():
        entries.append((block_sample(theme.fade(FIRST, _FADE)), texts.get("sensitivity.key.first")))
    entries.append((line_sample(theme.INK), texts.get("sensitivity.key.interval", level=context.level)))
    if len(dummy):
        entries.append((line_sample(DUMMY, "dot"), texts.get("sensitivity.key.dummy")))
    extra = [texts.get("sensitivity.hidden", count=texts.number(hidden))] if hidden else []
    return Drawn(
        name=f"{'emulator' if emulated else 'indices'}-{sample}-{place}",
        title=texts.get(f"sensitivity.figure.indices_{kind}", label=context.label(row)),
        lead=texts.get(f"sensitivity.lead.indices_{kind}", against=context.against(row)),
        footer=context.source(table, rows, "emulator" if emulated else "indices", *extra),
        figure=figure,
        key=key_html(entries),
    )


def draw_given(place: str, rows: pd.DataFrame, row: Row, context: SensitivityContext) -> Drawn:
    """Draw indices from given data, a panel per method with the dummy's threshold.

    Parameters
    ----------
    place : str
    rows : DataFrame
        Rows of one quantity and sample of the table ``given_data``; not empty.
    row : Row
        The quantity.
    context : SensitivityContext
    """
    texts = context.texts
    methods = list(dict.fromkeys(rows["method"]))
    sample = str(rows["sample"].iloc[0])
    names, hidden = _shown(rows[rows["method"] == methods[0]], _MOST)
    titles = [texts.label("sensitivity.method", method) for method in methods]
    figure = make_subplots(
        rows=1, cols=len(methods), shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=titles
    )
    panel_titles(figure)
    for column, method in enumerate(methods, start=1):
        part = rows[(rows["method"] == method) & rows["factor"].isin(names)].copy()
        part["y"] = [names.index(str(name)) for name in part["factor"]]
        part["close"] = part["clear"] != "yes"
        part["hover"] = [_said(one, context) for one in records(part)]
        add_points(figure, part, Mark(TOTAL, "circle", str(method)), col=column)
        lay_marks(figure, part["dummy"], part["y"], theme.INK, "line-ns", size=12)
        figure.data[-1].update(
            xaxis=f"x{column if column > 1 else ''}", yaxis=f"y{column if column > 1 else ''}"
        )
        figure.update_xaxes(
            title_text=texts.get("sensitivity.axis.index"), nticks=5, rangemode="tozero", row=1, col=column
        )
    lay_factors(figure, [folded(context.marked(name), _WIDTH) for name in names])
    figure.update_layout(
        template=theme.template(texts.separators), height=_AROUND + 20 + 34 * len(names), showlegend=False,
        margin={"t": 34, "b": 56},
    )  # fmt: skip
    entries = [
        (point_sample(TOTAL, "circle"), texts.get("sensitivity.key.given_clear", level=context.level)),
        (point_sample(theme.UNCLEAR, "circle", hollow=True), texts.get("sensitivity.key.given_close")),
        (point_sample(theme.INK, "tick"), texts.get("sensitivity.key.given_dummy")),
    ]
    extra = [texts.get("sensitivity.hidden", count=texts.number(hidden))] if hidden else []
    return Drawn(
        name=f"given-{sample}-{place}",
        title=texts.get("sensitivity.figure.given", label=context.label(row)),
        lead=texts.get(
            "sensitivity.lead.given",
            against=context.against(row),
            sample=texts.label("sensitivity.sample", sample),
        ),
        footer=context.source("given_data", rows, "given", *extra),
        figure=figure,
        key=key_html(entries),
    )


def lay_factors(figure: go.Figure, labels: Sequence[str]) -> None:
    """Put the labels of factors, already escaped, at the left, the first at the top."""
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=list(labels), range=[len(labels) - 0.5, -0.5],
        automargin=True, showgrid=False, zeroline=False, ticks="outside",
        ticklen=6, tickcolor="rgba(0,0,0,0)",
    )  # fmt: skip


def _shown(rows: pd.DataFrame, most: int) -> tuple[list[str], int]:
    """Return the factors to show by rank, the dummy last, and how many are left out."""
    ranked = [str(name) for name in rows.sort_values("rank", kind="stable")["factor"]]
    names = [name for name in ranked if name != LUCK]
    return names[:most] + [LUCK] * (LUCK in ranked), max(0, len(names) - most)


def _bars(
    figure: go.Figure,
    rows: pd.DataFrame,
    names: list[str],
    index: str,
    colour: str,
    context: SensitivityContext,
) -> None:
    found = [one for one in records(rows) if one["factor"] in names]
    values = [100 * float(one["estimate"]) for one in found]
    said = context.texts.get(f"sensitivity.key.{index}")
    hover = [
        f"{context.full(one['factor'])}<br>{safe(said)}<br>"
        f"{context.share(one['estimate'], one['low'], one['high'])}"
        for one in found
    ]
    figure.add_trace(
        go.Bar(
            x=values,
            y=[names.index(str(one["factor"])) for one in found],
            orientation="h",
            marker={
                "color": [theme.fade(DUMMY if one["factor"] == LUCK else colour, _FADE) for one in found]
            },
            error_x=_whiskers(found, values),
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        )
    )


def _whiskers(found: list[Row], values: list[float]) -> dict[str, Any]:
    ends = [(100 * float(one["low"]), 100 * float(one["high"])) for one in found]
    return {
        "type": "data", "symmetric": False, "color": theme.INK, "thickness": 1.4, "width": 3,
        "array": [high - value for (_, high), value in zip(ends, values, strict=True)],
        "arrayminus": [value - low for (low, _), value in zip(ends, values, strict=True)],
    }  # fmt: skip


def _said(row: Row, context: SensitivityContext) -> str:
    texts = context.texts
    interval = texts.get("word.interval", level=context.level, span=texts.span(row["low"], row["high"], 3))
    threshold = f"{texts.get('sensitivity.column.dummy')}: {texts.number(row['dummy'], 3)}"
    value = texts.number(row["estimate"], 3)
    return f"{context.full(row['factor'])}<br>{value}<br>{safe(interval)}<br>{safe(threshold)}"
