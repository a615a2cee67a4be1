"""What each published figure depends on: rank correlations with the parameters over the prior."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.key import block_sample, key_html
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.calibration.context import CalibrationContext, StoredCalibration

LIMIT: Final = 0.25
# Light enough for numbers in ink.
_RISES, _FALLS = "#ee8f52", "#5ba7d6"
_ROW = 22


def draw_sensitivity(study: StoredCalibration, context: CalibrationContext) -> Drawn | None:
    """Draw a heat map: a row per parameter that any published figure depends on, a column per figure.

    Parameters
    ----------
    study : StoredCalibration
        Its tables ``sensitivity`` and ``targets``; ``prior_predictive`` gives n where it is there.
    context : CalibrationContext

    Returns
    -------
    Drawn or None
        None where no correlation reaches the limit.
    """
    texts, found = context.texts, study.tables["sensitivity"]
    limit = threshold(study)
    sizes = found.assign(size=found["correlation"].abs()).groupby("parameter")["size"].max()
    strong = sizes[sizes >= limit]
    if len(strong) == 0:
        return None
    names = [str(name) for name in study.parameters["parameter"] if name in strong.index]
    targets = records(study.targets)
    columns = [str(row["target"]) for row in targets]
    table = _matrix(found, "correlation", names, columns)
    values = [[None if math.isnan(value) else round(value, 3) for value in line] for line in table]
    rows = {str(row["parameter"]): row for row in records(study.parameters)}
    labels = [context.marked(rows[name]) for name in names]
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(range(len(columns))),
            y=list(range(len(names))),
            zmin=-1,
            zmax=1,
            colorscale=[[0, _FALLS], [0.5, theme.PAPER], [1, _RISES]],
            xgap=1,
            ygap=1,
            text=[
                ["" if value is None or abs(value) < limit else _short(value, context) for value in line]
                for line in values
            ],
            texttemplate="%{text}",
            textfont={"size": 10, "color": theme.INK},
            customdata=_hover(found, names, columns, study, context),
            hovertemplate="%{customdata}<extra></extra>",
            colorbar={
                "title": {
                    "text": texts.get("calibration.axis.correlation"),
                    "side": "right",
                    "font": {"size": 12},
                },
                "tickfont": {"size": 11},
                "thickness": 10,
                "len": min(1.0, 320 / (_ROW * len(names) + 1)),
                "tickvals": [-1, -0.5, 0, 0.5, 1],
                "ticktext": [texts.number(tick, 1, sign=True) for tick in (-1, -0.5, 0, 0.5, 1)],
                "outlinewidth": 0,
            },
        )
    )
    figure.update_xaxes(
        side="top",
        tickvals=list(range(len(columns))),
        ticktext=[safe(context.target(row)) for row in targets],
        tickangle=-60,
        range=[-0.5, len(columns) - 0.5],
    )
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[safe(label) for label in labels],
        range=[len(names) - 0.5, -0.5],
    )
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(showgrid=True, zeroline=False, ticks="", automargin=True, tickfont={"size": 11})
    figure.update_layout(
        template=theme.template(texts.separators),
        height=230 + _ROW * len(names),
        margin={"t": 10, "b": 12, "r": 10},
        showlegend=False,
    )
    prior = study.tables.get("prior_predictive")
    footer = texts.get(
        "calibration.footer.sensitivity" if prior is not None else "calibration.footer.sensitivity_unknown",
        n=texts.number(0 if prior is None else len(prior)),
        limit=texts.number(limit, 2),
        shown=texts.number(len(names)),
        total=texts.number(found["parameter"].nunique()),
    )
    key = [
        (block_sample(colour), texts.get(f"calibration.key.{name}"))
        for name, colour in (("rises", _RISES), ("falls", _FALLS))
    ]
    return Drawn(
        "sensitivity",
        texts.get("calibration.figure.sensitivity.title"),
        texts.get("calibration.figure.sensitivity.lead"),
        footer,
        figure,
        key_html(key),
    )


def threshold(study: StoredCalibration) -> float:
    """Return the correlation from which a number is written: what chance gives seldom reaches it."""
    prior = study.tables.get("prior_predictive")
    return LIMIT if prior is None else max(LIMIT, 3.0 / math.sqrt(max(len(prior) - 1, 1)))


def _matrix(found: pd.DataFrame, value: str, names: list[str], columns: list[str]) -> list[list[float]]:
    table = found.pivot_table(
        index="parameter", columns="target", values=value, aggfunc="first", dropna=False
    )
    lines: list[list[float]] = table.reindex(index=names, columns=columns).to_numpy(dtype=float).tolist()
    return lines


def _short(value: float, context: CalibrationContext) -> str:
    return context.texts.number(value, 1)


def _hover(
    found: pd.DataFrame,
    names: list[str],
    columns: list[str],
    study: StoredCalibration,
    context: CalibrationContext,
) -> list[list[str]]:
    texts = context.texts
    said = {str(row["target"]): context.target(row) for row in records(study.targets)}
    parts = [_matrix(found, value, names, columns) for value in ("correlation", "slope", "r2")]
    lines = []
    for name, *numbers in zip(names, *parts, strict=True):
        line = []
        for column, value, slope, share in zip(columns, *numbers, strict=True):
            words = texts.get(
                "calibration.hover.sensitivity",
                correlation=texts.number(value, 2, sign=True),
                slope=texts.number(slope, 2, sign=True),
                r2=context.percent(share),
            ).replace("; ", "<br>")
            line.append(f"<b>{safe(said[column])}</b><br>{safe(context.both(name))}<br>{words}")
        lines.append(line)
    return lines
