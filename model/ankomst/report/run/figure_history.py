"""Model against published employment: a panel per year of arrival, every miss drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, panel_titles
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.chart.lines import BAND, Line, add_line
from ankomst.report.document.context import in_order, missing, records, safe
from ankomst.report.document.history import (
    cohort_name,
    cohort_order,
    cohort_rows,
    history_rows,
    origins_name,
    points,
    whom,
)
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.report.document.run_context import RunContext

PANELS_ACROSS = 3
MISS: Final = "#D55E00"
_PANEL_HEIGHT = 265
_HIGHEST_WORD = 92.0
# Orange is for misses; lines are told apart by colour and pattern.
_COLOURS: Final = ("#0072B2", theme.INK, "#00835f", "#a8447f", "#7a6a00")
_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash")
# Published figures of the same month stand beside each other, in months.
_ASIDE = 3.0
_ORIGINS: Final = (
    *("refugee", "reunified_with_refugee", "refugee+reunified_with_refugee", "reunified_with_other"),
    "all",
)
_MODEL: Final = ("estimate", "low", "high")
_PUBLISHED: Final = ("published", "published_low", "published_high")


def draw_history(history: pd.DataFrame | None, cohorts: pd.DataFrame | None, context: RunContext) -> Drawn:
    """Draw the model's line and the published points of every cohort, joined by the distance.

    Parameters
    ----------
    history : DataFrame
        Published and simulated shares, see `ankomst.report.document.history.HISTORY`.
    cohorts : DataFrame
        The model's curve for every cohort, see `ankomst.report.document.history.COHORTS`.
    context : RunContext
    """
    texts, found, curves = context.texts, history_rows(history), cohort_rows(cohorts)
    names = cohort_order([*curves["cohort"], *found["cohort"]])
    origins = in_order([str(name) for name in found["origins"]], _ORIGINS)
    # Only the lines that something published stands beside.
    curves = curves[curves["origins"].astype(str).isin(origins)]
    looks = {
        name: Line(
            _COLOURS[place % len(_COLOURS)], _DASHES[place % len(_DASHES)], origins_name(name, context)
        )
        for place, name in enumerate(origins)
    }
    across = min(PANELS_ACROSS, len(names))
    down = -(-len(names) // across)
    figure = make_subplots(
        rows=down,
        cols=across,
        shared_yaxes=True,
        horizontal_spacing=0.035,
        vertical_spacing=min(0.07, 0.2 / down),
        subplot_titles=[safe(texts.get("run.history.panel", cohort=cohort_name(name))) for name in names],
        specs=[
            [{} if row * across + col < len(names) else None for col in range(across)] for row in range(down)
        ],
    )
    panel_titles(figure)
    top = 0.0
    for place, name in enumerate(names):
        row, col = place // across + 1, place % across + 1
        mine = found[found["cohort"] == name]
        for origin, part in curves[curves["cohort"] == name].groupby("origins", sort=False, dropna=False):
            add_line(
                figure, part, looks[str(origin)], context, row=row, col=col, legend=False, shade=BAND / 2
            )
            top = max(top, 100 * float(part["high"].max()))
        top = max([top, *(_published(figure, one, looks, context, row, col) for one in _beside(mine))])
        if len(mine) == 0:
            _nothing(figure, context, row, col)
        if place + across >= len(names):
            figure.update_xaxes(title_text=texts.get("axis.months_since_arrival"), row=row, col=col)
    last = int(pd.concat([curves["months"], found["months"]]).max())
    figure.update_xaxes(
        tick0=0, dtick=12 if last <= 72 else 24, range=[0, last + 5], showgrid=False, showticklabels=True
    )
    figure.update_yaxes(
        range=[0, min(1.12 * top, 104)], ticksuffix=context.texts.get("word.percent", amount="")
    )
    figure.update_yaxes(title_text=texts.get("axis.in_work"), col=1)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=70 + _PANEL_HEIGHT * down,
        margin={"t": 34, "l": 72, "b": 60},
        showlegend=False,
    )
    return Drawn(
        "history",
        texts.get("run.history.title"),
        texts.get("run.history.lead"),
        " ".join((context.footer(found, "value"), texts.get("run.history.footer"))),
        figure,
        key_html(_key(looks, found, context)),
    )


def _beside(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a panel with the place of each, so that none of one month hides another."""
    placed: list[dict[str, Any]] = []
    for months, part in rows.groupby("months", sort=True):
        middle = (len(part) - 1) / 2
        ordered = records(part.sort_values("published"))
        for place, row in enumerate(ordered):
            # One label of the year a month is enough; the rightmost has it.
            label = place == len(ordered) - 1
            placed.append({**row, "x": float(str(months)) + _ASIDE * (place - middle), "label": label})
    return placed


def _published(
    figure: go.Figure,
    row: Mapping[str, Any],
    looks: Mapping[str, Line],
    context: RunContext,
    at: int,
    col: int,
) -> float:
    """Draw one published figure, the model's value and the distance; return the highest place used."""
    x = row["x"]
    look, comparable = looks[str(row["origins"])], bool(row["comparable"])
    published, estimate = 100 * float(row["published"]), 100 * float(row["estimate"])
    reached = not missing(row["estimate"])
    miss = reached and comparable and bool(row["miss"])
    place: dict[str, Any] = {"row": at, "col": col}
    ends = [published, estimate] if reached else [published]
    if reached:
        figure.add_trace(
            go.Scatter(
                x=[x, x],
                y=ends,
                mode="lines",
                line={
                    "color": MISS if miss else theme.RULE,
                    "width": 3.5 if miss else 2,
                    "dash": "solid" if comparable else "dot",
                },
                hoverinfo="skip",
                showlegend=False,
            ),
            **place,
        )
        _point(figure, row, Mark(look.colour, "circle", "", 7), _MODEL, _spoken(row, context), place)
    outline = look.colour if comparable else theme.UNCLEAR
    mark = Mark(outline, "diamond", "", 9)
    _point(figure, row, mark, _PUBLISHED, _spoken(row, context), place)
    if miss:
        _word(
            figure,
            x,
            sum(ends) / 2,
            points(float(row["distance"]), context),
            aside=True,
            colour=MISS,
            place=place,
        )
    bounds = [100 * float(row[name]) for name in ("published_high", "high") if not missing(row[name])]
    highest = max([*ends, *bounds])
    if row["label"] and not missing(row["year"]):
        # An interval of few small runs may leave the panel; the year must not.
        top = min(highest, _HIGHEST_WORD)
        _word(figure, x, top, f"{float(row['year']):.0f}", aside=False, colour=theme.MUTED, place=place)
    return highest


def _nothing(figure: go.Figure, context: RunContext, row: int, col: int) -> None:
    """Say in a panel that nothing was published, so that it is not taken for a hit."""
    figure.add_annotation(
        text=context.texts.get("run.history.nothing"),
        x=0.5,
        y=0.02,
        xref="x domain",
        yref="y domain",
        yanchor="bottom",
        showarrow=False,
        font={"size": 11, "color": theme.MUTED},
        row=row,
        col=col,
    )


def _point(
    figure: go.Figure,
    row: Mapping[str, Any],
    mark: Mark,
    bounds: tuple[str, str, str],
    spoken: str,
    place: Mapping[str, Any],
) -> None:
    """Draw a point with its interval, if it has one; published points are hollow."""
    middle, low, high = (100 * float(row[name]) for name in bounds)
    published = bounds[0] == "published"
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [high - middle],
        "arrayminus": [middle - low],
        "color": mark.colour,
        "thickness": 1.2,
        "width": 3 if published else 0,
    }
    figure.add_trace(
        go.Scatter(
            x=[row["x"]],
            y=[middle],
            mode="markers",
            marker={
                "symbol": mark.symbol,
                "size": mark.size,
                "color": theme.PAPER if published else mark.colour,
                "line": {"width": 1.6, "color": mark.colour},
            },
            error_y=None if missing(low) or missing(high) else bars,
            customdata=[spoken],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        ),
        **place,
    )


def _word(
    figure: go.Figure, x: float, y: float, text: str, *, aside: bool, colour: str, place: Mapping[str, Any]
) -> None:
    """Write beside or above a point, on a ground that keeps lines from crossing the letters."""
    figure.add_annotation(
        x=x,
        y=y,
        text=safe(text),
        showarrow=False,
        xanchor="left" if aside else "center",
        yanchor="middle" if aside else "bottom",
        xshift=5 if aside else 0,
        yshift=0 if aside else 5,
        font={"size": 10, "color": colour},
        bgcolor=theme.fade(theme.PAPER, 0.8),
        borderpad=0,
        **place,
    )


def _spoken(row: Mapping[str, Any], context: RunContext) -> str:
    texts = context.texts
    said = [
        f"<b>{safe(whom(row, context))}</b>",
        safe(texts.get("run.history.said_published", share=texts.number(100 * float(row["published"]), 1))),
    ]
    if not missing(row["estimate"]):
        model = texts.number(100 * float(row["estimate"]), 1)
        said.append(safe(texts.get("run.history.said_model", share=model)))
        amount = points(float(row["distance"]), context)
        said.append(safe(texts.get("word.points", amount=amount)))
    if not row["comparable"]:
        said.append(safe(texts.get("run.history.not_comparable")))
    return "<br>".join(said)


def _key(looks: Mapping[str, Line], found: pd.DataFrame, context: RunContext) -> list[tuple[str, str]]:
    texts = context.texts
    first = next(iter(looks.values())).colour
    entries = [
        (line_sample(line.colour, line.dash), texts.get("run.history.key_model", whom=line.name))
        for line in looks.values()
    ]
    entries += [
        (point_sample(first, "circle"), texts.get("run.history.key_point")),
        (point_sample(first, "diamond", hollow=True), texts.get("run.history.key_published")),
        (line_sample(MISS, width=4), texts.get("run.history.key_miss")),
        (line_sample(theme.RULE), texts.get("run.history.key_hit")),
    ]
    if not found["comparable"].all():
        entries.append(
            (point_sample(theme.UNCLEAR, "diamond", hollow=True), texts.get("run.history.key_orientation"))
        )
    return entries
