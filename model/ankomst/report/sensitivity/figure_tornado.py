"""What a quantity is where a factor is low and where it is high: a row per factor, the widest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, add_points
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.chart.segments import lay_bars
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded
from ankomst.report.sensitivity.figure_indices import lay_factors

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.sensitivity.study import Row
    from ankomst.report.sensitivity.words import Scale, SensitivityContext

LOW, HIGH = "#0072B2", "#D55E00"
_MOST: Final = 12
_SHIFT = 0.17
"""Distance of the two bars of a factor from its middle, in rows: both may lie on one side of the mean."""
_ROW, _AROUND, _WIDTH = 38, 92, 36


def draw_tornado(
    place: str, rows: pd.DataFrame, row: Row, scale: Scale, context: SensitivityContext
) -> Drawn:
    """Draw the mean over the fifth of the points in which a factor is lowest, and highest.

    Parameters
    ----------
    place : str
        Number of the quantity, for the name of the figure.
    rows : DataFrame
        Rows of one quantity and sample of the table ``tornado``; not empty.
    row : Row
        The quantity.
    scale : Scale
        How its numbers are written.
    context : SensitivityContext
    """
    texts = context.texts
    shown = rows.sort_values("rank", kind="stable").head(_MOST).reset_index(drop=True)
    places = np.arange(len(shown))
    sample = str(shown["sample"].iloc[0])
    middle = float(shown["mean"].iloc[0])
    figure = make_subplots(rows=1, cols=1)
    for end, colour, symbol, shift in (
        ("at_low", LOW, "circle", -_SHIFT), ("at_high", HIGH, "diamond", _SHIFT),
    ):  # fmt: skip
        points = shown[[end, f"{end}_low", f"{end}_high"]] * scale.factor
        points.columns = ["estimate", "low", "high"]
        points["y"] = places + shift
        points["close"] = ~((shown[f"{end}_low"] > middle) | (shown[f"{end}_high"] < middle))
        points["hover"] = [
            f"{context.full(one['factor'])}<br>{safe(texts.get(f'sensitivity.key.{end}'))}<br>"
            f"{safe(scale.amount(one[end], one[f'{end}_low'], one[f'{end}_high']))}"
            for one in records(shown)
        ]
        ends = np.column_stack((np.full(len(shown), middle * scale.factor), points["estimate"]))
        lay_bars(figure, ends, points["y"], theme.fade(colour, 0.35), 11)
        add_points(figure, points, Mark(colour, symbol, end, 8))
    figure.add_vline(x=middle * scale.factor, line={"color": theme.INK, "width": 1.5})
    if scale.sign and _reaches_zero(shown):
        figure.add_vline(x=0, line={"color": theme.RULE, "width": 1.5, "dash": "dash"})
    lay_factors(figure, [folded(context.marked(name), _WIDTH) for name in shown["factor"]])
    figure.update_xaxes(title_text=safe(scale.unit), zeroline=False)
    figure.update_layout(
        template=theme.template(texts.separators), height=_AROUND + _ROW * len(shown), showlegend=False,
        margin={"t": 10, "b": 56},
    )  # fmt: skip
    entries = [
        (point_sample(LOW, "circle"), texts.get("sensitivity.key.at_low")),
        (point_sample(HIGH, "diamond"), texts.get("sensitivity.key.at_high")),
        (point_sample(theme.UNCLEAR, "circle", hollow=True), texts.get("sensitivity.key.tornado_close")),
        (line_sample(theme.INK), texts.get("sensitivity.key.mean")),
    ]
    if scale.sign and _reaches_zero(shown):
        entries.append((line_sample(theme.RULE, "dash"), texts.get("sensitivity.key.zero")))
    hidden = len(rows) - len(shown)
    extra = [texts.get("sensitivity.hidden", count=texts.number(hidden))] if hidden else []
    return Drawn(
        name=f"tornado-{sample}-{place}",
        title=texts.get("sensitivity.figure.tornado", label=context.label(row)),
        lead=texts.get(
            "sensitivity.lead.tornado",
            against=context.against(row),
            unit=scale.unit,
            sample=texts.label("sensitivity.sample", sample),
        ),
        footer=context.source("tornado", shown, "tornado", *extra),
        figure=figure,
        key=key_html(entries),
    )


def _reaches_zero(rows: pd.DataFrame) -> bool:
    ends = rows[["at_low_low", "at_low_high", "at_high_low", "at_high_high"]].to_numpy(dtype=float)
    return bool(np.nanmin(ends) < 0 < np.nanmax(ends))
