"""Prior against posterior of every parameter, a row each, scaled to the parameter's range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ankomst.report.calibration.context import CLEAR, FAINT, OPEN, STRONG, placed, yes
from ankomst.report.chart import theme
from ankomst.report.chart.forest import lay_rows, stack
from ankomst.report.chart.key import block_sample, key_html, line_sample, point_sample
from ankomst.report.chart.segments import lay_bars, lay_marks
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from ankomst.report.calibration.context import CalibrationContext, Row, StoredCalibration

_ROW, _MOST_ROWS = 31, 26
_TITLED = 3

Block = tuple[str, pd.DataFrame]


def draw_posteriors(study: StoredCalibration, context: CalibrationContext) -> list[Drawn]:
    """Draw the informed and the deciding parameters in one figure, and the others by group in further ones.

    Parameters
    ----------
    study : StoredCalibration
        Its table ``parameters`` and its draws.
    context : CalibrationContext
    """
    texts, parameters = context.texts, study.parameters
    informed = study.informed
    deciding = study.deciding[~study.deciding["parameter"].isin(informed["parameter"])]
    first = [
        (texts.get("calibration.block.informed"), informed),
        (texts.get("calibration.block.deciding"), deciding),
    ]
    first = [(heading, rows) for heading, rows in first if len(rows)]
    drawn = []
    if first:
        title = texts.get("calibration.figure.informed.title")
        drawn.append(_figure("informed", title, "informed", first, study, context))
    shown = {name for _, rows in first for name in rows["parameter"]}
    others = parameters[~parameters["parameter"].isin(shown)]
    for number, blocks in enumerate(_sheets(others, context), start=1):
        names = [heading for heading, _ in blocks]
        listed = texts.listing(names) if len(names) <= _TITLED else ", ".join(names)
        title = texts.get("calibration.figure.posterior.title", groups=listed)
        drawn.append(_figure(f"posterior-{number}", title, "posterior", blocks, study, context))
    return drawn


def _sheets(others: pd.DataFrame, context: CalibrationContext) -> list[list[Block]]:
    """Put the groups on as few figures as stay readable, in the order of the table."""
    sheets: list[list[Block]] = []
    taken = _MOST_ROWS
    groups = others["parameter"].astype(str).str.partition(".")[0]
    for _, rows in others.groupby(groups, sort=False):
        heading = context.group(rows["parameter"].iloc[0])
        if taken + len(rows) > _MOST_ROWS:
            sheets.append([])
            taken = 0
        sheets[-1].append((heading, rows.sort_values("narrowing", ascending=False, kind="stable")))
        taken += len(rows)
    return sheets


def _figure(
    name: str,
    title: str,
    words: str,
    blocks: Sequence[Block],
    study: StoredCalibration,
    context: CalibrationContext,
) -> Drawn:
    texts = context.texts
    labelled: list[tuple[str, list[tuple[Hashable, str]]]] = []
    labels = {}
    for heading, rows in blocks:
        keys: list[tuple[Hashable, str]] = []
        for row in records(rows):
            labels[str(row["parameter"])] = context.label(row)
            keys.append((row["parameter"], str(row["parameter"])))
        labelled.append((heading, keys))
    places = stack(labelled, lambda label: labels[label])
    frame = pd.concat([rows for _, rows in blocks])
    frame["y"] = [places.places[parameter] for parameter in frame["parameter"]]
    figure = go.Figure().set_subplots(1, 1)
    _lay(figure, frame, study, context)
    lay_rows(figure, places, 1, "")
    figure.update_yaxes(ticklabelstandoff=8)
    figure.update_xaxes(
        range=[-0.02, 1.17],
        tickvals=[0, 0.5, 1],
        ticktext=[texts.get(f"calibration.axis.{end}") for end in ("low", "middle", "high")],
        title_text=texts.get("calibration.axis.range"),
        zeroline=False,
    )
    figure.update_layout(
        template=theme.template(texts.separators),
        height=110 + round(_ROW * places.end),
        margin={"t": 26, "b": 52, "r": 16},
        showlegend=False,
    )
    footer = " ".join(
        (
            context.draws_note(len(study.draws)),
            texts.get("calibration.footer.posterior", level=context.level),
        )
    )
    lead = texts.get(f"calibration.figure.{words}.lead")
    return Drawn(name, title, lead, footer, figure, key_html(_key(context)))


def _lay(
    figure: go.Figure, frame: pd.DataFrame, study: StoredCalibration, context: CalibrationContext
) -> None:
    whole = np.repeat([[0.0, 1.0]], len(frame), axis=0)
    lay_bars(figure, whole, frame["y"], FAINT, 14)
    known = yes(frame["informed"])
    for part, colour in ((frame[~known], OPEN), (frame[known], CLEAR)):
        rows = records(part)
        thin = np.array([placed([row["low"], row["high"]], row) for row in rows]).reshape(-1, 2)
        half = [study.draws[row["parameter"]].quantile([0.25, 0.75]) for row in rows]
        thick = np.array([placed(ends, row) for ends, row in zip(half, rows, strict=True)]).reshape(-1, 2)
        lay_bars(figure, thin, part["y"], colour, 2.5)
        lay_bars(figure, thick, part["y"], colour, 8)
        middle = [placed([row["median"]], row)[0] for row in rows]
        hover = [_hover(row, context) for row in rows]
        lay_marks(figure, middle, part["y"], colour, "circle", hover, 12)
    rows = records(frame)
    for column, colour, symbol in (
        ("start", theme.INK, "line-ns"),
        ("central", STRONG, "diamond-open"),
    ):
        at = [placed([row[column]], row)[0] for row in rows]
        lay_marks(figure, at, frame["y"], colour, symbol, (), 12 if symbol == "line-ns" else 9)
    figure.add_trace(
        go.Scatter(
            x=[1.1] * len(rows),
            y=frame["y"].tolist(),
            mode="text",
            text=[
                context.texts.get("word.percent", amount=context.percent(row["narrowing"])) for row in rows
            ],
            textfont={"size": 12, "color": theme.INK},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.add_annotation(
        x=1.1,
        y=1,
        yref="y domain",
        yanchor="bottom",
        showarrow=False,
        text=context.texts.get("calibration.axis.narrowing"),
        font={"size": 12, "color": theme.MUTED},
    )


def _hover(row: Row, context: CalibrationContext) -> str:
    said = context.texts.get(
        "calibration.hover.posterior",
        median=context.value(row["median"], row),
        span=context.values(row["low"], row["high"], row),
        unit=row["unit"],
        range=context.values(row["range_low"], row["range_high"], row),
        start=context.value(row["start"], row),
        central=context.value(row["central"], row),
        percent=context.percent(row["narrowing"]),
    )
    name = safe(context.both(row["parameter"]))
    return f"<b>{name}</b><br>{safe(said).replace('; ', '<br>')}"


def _key(context: CalibrationContext) -> list[tuple[str, str]]:
    texts = context.texts
    samples = (
        ("range", block_sample(FAINT)),
        ("informed", line_sample(CLEAR, width=5)),
        ("open", line_sample(OPEN, width=5)),
        ("start", point_sample(theme.INK, "tick")),
        ("central", point_sample(STRONG, "diamond", hollow=True)),
    )
    return [(sample, texts.get(f"calibration.key.{name}")) for name, sample in samples]
