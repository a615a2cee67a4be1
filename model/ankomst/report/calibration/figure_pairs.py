"""The most informed parameters against each other: draws, their spread, and rank correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go

from ankomst.report.calibration.context import CLEAR, STRONG, placed
from ankomst.report.chart import theme
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from ankomst.report.calibration.context import CalibrationContext, StoredCalibration

MOST: Final = 12
# More draws than these make a page heavy and a cloud no clearer.
SHOWN: Final = 160
_BINS = 10
_INSIDE = 0.06


def draw_pairs(study: StoredCalibration, context: CalibrationContext) -> Drawn | None:
    """Draw a matrix of panels in one: clouds below the diagonal, rank correlations above it.

    Parameters
    ----------
    study : StoredCalibration
        Its informed parameters and draws.
    context : CalibrationContext

    Returns
    -------
    Drawn or None
        None where fewer than two parameters are informed.
    """
    rows = records(study.informed.head(MOST))
    if len(rows) < 2:
        return None
    texts, count = context.texts, len(rows)
    draws = study.draws[[row["parameter"] for row in rows]]
    unit = np.array([placed(draws[row["parameter"]], row) for row in rows])
    ranks = draws.rank().corr().to_numpy(dtype=float)
    # Evenly through the file: its order may mean something.
    kept = unit[:, np.unique(np.linspace(0, unit.shape[1] - 1, min(SHOWN, unit.shape[1])).astype(int))]
    figure = go.Figure()
    _clouds(figure, kept)
    _spreads(figure, unit)
    names = [safe(context.parameter(row["parameter"])) for row in rows]
    _correlations(figure, ranks, study.chance, names, context)
    frames = [_box(column, line) for line in range(count) for column in range(count)]
    labels = [
        f"{folded(context.parameter(row['parameter']), 26, 2)} <b>{number}</b>"
        for number, row in enumerate(rows, start=1)
    ]
    figure.update_xaxes(
        range=[0, count],
        tickvals=[place + 0.5 for place in range(count)],
        ticktext=[f"<b>{number}</b>" for number in range(1, count + 1)],
    )
    figure.update_yaxes(
        range=[count, 0],
        tickvals=[place + 0.5 for place in range(count)],
        ticktext=labels,
    )
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(showgrid=False, zeroline=False, ticks="", automargin=True, tickfont={"size": 11})
    figure.update_layout(
        template=theme.template(texts.separators),
        height=60 + 58 * count,
        margin={"t": 10, "b": 40},
        showlegend=False,
        shapes=frames,
    )
    footer = texts.get(
        "calibration.footer.pairs",
        shown=texts.number(kept.shape[1]),
        n=texts.number(len(draws)),
        limit=texts.number(study.chance, 2),
    )
    key = [(point_sample(CLEAR, "circle"), texts.get("calibration.key.draw"))]
    key.append((line_sample(theme.INK, "dash", 1.5), texts.get("calibration.key.even")))
    return Drawn(
        "pairs",
        texts.get("calibration.figure.pairs.title"),
        texts.get("calibration.figure.pairs.lead"),
        footer,
        figure,
        key_html(key),
    )


def _cell(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return places 0 to 1 as places within a panel, off its frame."""
    return _INSIDE + (1 - 2 * _INSIDE) * values


def _clouds(figure: go.Figure, unit: npt.NDArray[np.float64]) -> None:
    """Draw all clouds as one trace: a matrix of axes would take a browser seconds."""
    across, along = [], []
    for line in range(len(unit)):
        for column in range(line):
            across.append(column + _cell(unit[column]))
            along.append(line + 1 - _cell(unit[line]))
    figure.add_trace(
        go.Scatter(
            x=np.concatenate(across).round(3).tolist(),
            y=np.concatenate(along).round(3).tolist(),
            mode="markers",
            marker={"size": 3, "color": theme.fade(CLEAR, 0.45)},
            hoverinfo="skip",
        )
    )


def _spreads(figure: go.Figure, unit: npt.NDArray[np.float64]) -> None:
    """Draw the share of draws along each range, and where an even spread would lie."""
    across: list[float | None] = []
    along: list[float | None] = []
    even_x: list[float | None] = []
    even_y: list[float | None] = []
    for place, values in enumerate(unit):
        counts, edges = np.histogram(values.clip(0, 1), bins=_BINS, range=(0.0, 1.0))
        top = max(int(counts.max()), 1)
        heights = 0.9 * counts / top
        floor = place + 1
        xs = place + _cell(np.repeat(edges, 2))
        ys = floor - np.concatenate([[0.0], np.repeat(heights, 2), [0.0]])
        across += [*xs.round(3).tolist(), None]
        along += [*ys.round(3).tolist(), None]
        level = floor - 0.9 * len(values) / _BINS / top
        even_x += [place, place + 1, None]
        even_y += [level, level, None]
    figure.add_trace(
        go.Scatter(
            x=across,
            y=along,
            mode="lines",
            fill="toself",
            fillcolor=theme.fade(CLEAR, 0.3),
            line={"color": CLEAR, "width": 1},
            hoverinfo="skip",
        )
    )
    look: dict[str, Any] = {"color": theme.INK, "width": 1, "dash": "dash"}
    figure.add_trace(go.Scatter(x=even_x, y=even_y, mode="lines", line=look, hoverinfo="skip"))


def _correlations(
    figure: go.Figure,
    ranks: npt.NDArray[np.float64],
    chance: float,
    names: list[str],
    context: CalibrationContext,
) -> None:
    texts, count = context.texts, len(ranks)
    pairs = [(line, column) for line in range(count) for column in range(line + 1, count)]
    values = [float(ranks[pair]) for pair in pairs]
    colours = [theme.UNCLEAR if abs(value) < chance else STRONG if value > 0 else CLEAR for value in values]
    figure.add_trace(
        go.Scatter(
            x=[column + 0.5 for _, column in pairs],
            y=[line + 0.5 for line, _ in pairs],
            mode="text",
            text=[texts.number(value, 2, sign=True) for value in values],
            textfont={
                "size": [round(11 + 6 * min(abs(value), 1.0)) for value in values],
                "color": colours,
            },
            customdata=[f"{names[line]}<br>{names[column]}" for line, column in pairs],
            hovertemplate="%{customdata}<br><b>%{text}</b><extra></extra>",
        )
    )


def _box(column: int, line: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": column,
        "x1": column + 1,
        "y0": line,
        "y1": line + 1,
        "line": {"color": theme.GRID, "width": 1},
        "layer": "below",
    }


def strongest(study: StoredCalibration, most: int) -> pd.DataFrame:
    """Return the pairs of parameters that trade off most, beyond what chance alone gives.

    Parameters
    ----------
    study : StoredCalibration
        Its table ``correlations``.
    most : int
        How many at most.
    """
    frame = study.tables["correlations"]
    if len(frame) == 0:
        return frame
    size = frame["correlation"].abs()
    order = size.sort_values(ascending=False, kind="stable").index
    return frame.loc[order][size.loc[order] >= limit_of_pairs(study)].head(most)


def limit_of_pairs(study: StoredCalibration) -> float:
    """Return the rank correlation from which a pair is listed: the largest of so many is not chance."""
    pairs = max(len(study.tables["correlations"]), 1)
    # About what the largest of so many independent correlations of unrelated columns reaches.
    extreme = np.sqrt(2.0 * np.log(2.0 * pairs))
    return float(max(extreme, 2.0) / np.sqrt(max(len(study.draws) - 1, 1)))
