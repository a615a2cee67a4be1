"""How the fit went, round by round: distance, width of the posterior, effective sample size, acceptance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.calibration.context import CLEAR
from ankomst.report.chart import theme
from ankomst.report.chart.forest import panel_titles
from ankomst.report.document.context import safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.calibration.context import CalibrationContext, StoredCalibration

_PANELS = (("distance", "distance_median", 1.0), ("spread", "spread", 1.0))
# A smoother keeps every member with the same weight and has neither.
_WHERE_KNOWN = (("effective", "effective", 1.0), ("accepted", "accepted", 100.0))


def draw_rounds(study: StoredCalibration, context: CalibrationContext) -> Drawn:
    """Draw a panel per measure over the rounds; a measure that no round has is left out.

    Parameters
    ----------
    study : StoredCalibration
        Its table ``rounds``.
    context : CalibrationContext
    """
    texts, rounds = context.texts, study.tables["rounds"].sort_values("round")
    panels = [*_PANELS, *(panel for panel in _WHERE_KNOWN if rounds[panel[1]].notna().any())]
    lines = (len(panels) + 1) // 2
    figure = make_subplots(
        rows=lines,
        cols=2,
        horizontal_spacing=0.12,
        vertical_spacing=0.24,
        subplot_titles=[safe(texts.get(f"calibration.panel_title.{name}")) for name, _, _ in panels],
    )
    panel_titles(figure)
    for number, (name, column, factor) in enumerate(panels):
        place = {"row": number // 2 + 1, "col": number % 2 + 1}
        figure.add_trace(_line(rounds, name, column, factor, context), **place)
        figure.update_xaxes(
            title_text=texts.get("calibration.axis.round"),
            tickvals=rounds["round"].tolist(),
            zeroline=False,
            **place,
        )
        figure.update_yaxes(title_text=texts.get(f"calibration.axis.{name}"), automargin=True, **place)
        if name == "distance":
            # It falls by orders of magnitude.
            ticks = _ticks(rounds)
            words = [texts.number(tick) for tick in ticks]
            figure.update_yaxes(type="log", tickvals=ticks, ticktext=words, **place)
        else:
            figure.update_yaxes(rangemode="tozero", **place)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=90 + 250 * lines,
        margin={"t": 40, "b": 52, "r": 16},
        showlegend=False,
    )
    members = rounds["members"].iloc[-1]
    footer = texts.get("calibration.footer.rounds", level=context.level, members=texts.number(float(members)))
    return Drawn(
        "rounds",
        texts.get("calibration.figure.rounds.title"),
        texts.get("calibration.figure.rounds.lead"),
        footer,
        figure,
    )


def _ticks(rounds: pd.DataFrame) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten within the distances, or those next to them."""
    low, high = float(rounds["distance_low"].min()), float(rounds["distance_high"].max())
    steps = [step * 10.0**power for power in range(7) for step in (1, 2, 5)]
    return [step for step in steps if 0.5 * low <= step <= 2.0 * high]


def _line(
    rounds: pd.DataFrame, name: str, column: str, factor: float, context: CalibrationContext
) -> go.Scatter:
    texts = context.texts
    values = factor * rounds[column].astype(float)
    bars: dict[str, Any] = {}
    decimals = 2 if name == "spread" else 0
    said = [texts.number(value, decimals) for value in values]
    if name == "distance":
        low, high = rounds["distance_low"].astype(float), rounds["distance_high"].astype(float)
        bars["error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": (high - values).fillna(0.0).tolist(),
            "arrayminus": (values - low).fillna(0.0).tolist(),
            "color": CLEAR,
            "thickness": 1.6,
            "width": 0,
        }
        said = [f"{amount} [{texts.span(a, b)}]" for amount, a, b in zip(said, low, high, strict=True)]
    return go.Scatter(
        x=rounds["round"].tolist(),
        y=[None if value != value else value for value in values],  # noqa: PLR0124  # NaN
        mode="lines+markers",
        line={"color": CLEAR, "width": 2},
        marker={"size": 8, "color": CLEAR},
        customdata=said,
        hovertemplate="%{x}: %{customdata}<extra></extra>",
        **bars,
    )
