"""Published figures against what the model says of them: prior and posterior predictive, in judged sd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from ankomst.report.calibration.context import CLEAR, FAINT, STRONG, yes
from ankomst.report.chart import theme
from ankomst.report.chart.forest import lay_rows, stack
from ankomst.report.chart.key import block_sample, key_html, line_sample, point_sample
from ankomst.report.chart.segments import lay_bars, lay_marks
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from ankomst.report.calibration.context import CalibrationContext, Row, StoredCalibration

# A normal distribution holds 90 % within this many sd.
_NORMAL = {0.5: 0.674, 0.8: 1.282, 0.9: 1.645, 0.95: 1.96}
_LEAST, _MOST = 4.0, 10.0
_ROW = 24


def draw_predictive(study: StoredCalibration, context: CalibrationContext) -> Drawn:
    """Draw a row per published figure: judged uncertainty, prior and posterior predictive, central draw.

    Parameters
    ----------
    study : StoredCalibration
        Its table ``targets``.
    context : CalibrationContext
    """
    texts, frame = context.texts, _in_sd(study.targets)
    blocks = []
    for kind in ("target", "effect"):
        rows = records(frame[frame["kind"] == kind])
        entries: list[tuple[Hashable, str]] = [(row["target"], context.target(row)) for row in rows]
        if entries:
            blocks.append((texts.get(f"calibration.kinds.{kind}"), entries))
    places = stack(blocks)
    frame = frame[frame["target"].isin(list(places.places))].copy()
    frame["y"] = [places.places[name] for name in frame["target"]]
    extent = _extent(frame)
    level = float(context.facts.get("level", 0.9))
    judged = _NORMAL.get(round(level, 2), 1.645)
    inside = yes(frame["inside"])
    figure = go.Figure().set_subplots(1, 1)
    clipped = frame[["prior_low_sd", "prior_high_sd"]].clip(-extent, extent)
    lay_bars(figure, clipped.to_numpy(), frame["y"], FAINT, 11)
    for part, colour in ((frame[inside], CLEAR), (frame[~inside], STRONG)):
        lay_bars(figure, part[["low_sd", "high_sd"]].clip(-extent, extent).to_numpy(), part["y"], colour, 4)
        hover = [_hover(row, context) for row in records(part)]
        median = part["median_sd"].clip(-extent, extent)
        lay_marks(figure, median, part["y"], colour, "circle", hover)
    lay_marks(
        figure,
        frame["central_sd"].where(frame["central_sd"].abs() <= extent),
        frame["y"],
        theme.INK,
        "diamond-open",
    )
    lay_rows(figure, places, 1, "")
    figure.update_yaxes(ticklabelstandoff=8)
    figure.add_vrect(
        x0=-judged, x1=judged, fillcolor=theme.fade("#00835f", 0.12), line_width=0, layer="below"
    )
    figure.update_xaxes(range=[-extent, extent], title_text=texts.get("calibration.axis.sd"), nticks=9)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=110 + round(_ROW * places.end),
        margin={"t": 26, "b": 52, "r": 230},
        showlegend=False,
        annotations=[
            _right(-0.9, f"<b>{texts.get('calibration.axis.published')}</b>"),
            *(_right(row["y"], _said(row, context)) for row in records(frame)),
        ],
    )
    footer = " ".join(
        (
            context.draws_note(int(frame["n"].min())),
            texts.get("calibration.footer.predictive", level=context.level),
        )
    )
    return Drawn(
        "predictive",
        texts.get("calibration.figure.predictive.title"),
        texts.get("calibration.figure.predictive.lead"),
        footer,
        figure,
        key_html(_key(context)),
    )


def _in_sd(targets: pd.DataFrame) -> pd.DataFrame:
    """Add the distance of every number from the published figure, in judged sd."""
    frame = targets.copy()
    for name in ("prior_low", "prior_high", "low", "median", "high", "central"):
        frame[f"{name}_sd"] = ((frame[name] - frame["value"]) / frame["sd"]).round(3)
    return frame


def _extent(frame: pd.DataFrame) -> float:
    """Return the half width of the panel: all of the posterior if that is readable, seldom the prior."""
    ends = frame[["low_sd", "high_sd"]].to_numpy(dtype=float)
    return float(np.clip(1.1 * np.nanmax(np.abs(ends), initial=0.0), _LEAST, _MOST))


def _said(row: Row, context: CalibrationContext) -> str:
    median = context.amount(row["median"], row, unit=False)
    span = context.amounts(row["low"], row["high"], row)
    return safe(f"{context.amount(row['value'], row)};  {median} [{span}]")


def _right(place: float, text: str) -> dict[str, object]:
    return {
        "xref": "paper",
        "yref": "y",
        "x": 1.015,
        "y": place,
        "xanchor": "left",
        "showarrow": False,
        "text": text,
        "font": {"size": 11, "color": theme.INK},
    }


def _hover(row: Row, context: CalibrationContext) -> str:
    said = context.texts.get(
        "calibration.hover.predictive",
        value=context.amount(row["value"], row),
        sd=context.amount(row["sd"], row),
        median=context.amount(row["median"], row),
        span=context.amounts(row["low"], row["high"], row),
        prior_median=context.amount(row["prior_median"], row),
        prior_span=context.amounts(row["prior_low"], row["prior_high"], row),
        central=context.amount(row["central"], row),
    )
    return f"<b>{safe(context.target(row))}</b><br>{safe(said).replace('; ', '<br>')}"


def _key(context: CalibrationContext) -> list[tuple[str, str]]:
    texts = context.texts
    samples = (
        ("inside", line_sample(CLEAR, width=4)),
        ("outside", line_sample(STRONG, width=4)),
        ("prior", block_sample(FAINT)),
        ("central", point_sample(theme.INK, "diamond", hollow=True)),
        ("band", block_sample("#dff0eb")),
    )
    return [(sample, texts.get(f"calibration.key.{name}")) for name, sample in samples]
