"""What pairs of factors do together beyond what each does alone: a matrix of second-order indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.key import block_sample, key_html
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.sensitivity.study import Row
    from ankomst.report.sensitivity.words import SensitivityContext

# Light enough for numbers in ink.
RISES, FALLS, OPEN = "#ee8f52", "#5ba7d6", "#eceff2"
_MOST: Final = 10
_ROW, _AROUND = 38, 150


def draw_interactions(place: str, rows: pd.DataFrame, row: Row, context: SensitivityContext) -> Drawn | None:
    """Draw the matrix of second-order indices; numbers only where the interval is clear of zero.

    Parameters
    ----------
    place : str
        Number of the quantity, for the name of the figure.
    rows : DataFrame
        Rows of one quantity, sample and method of the table ``interactions``; not empty.
    row : Row
        The quantity.
    context : SensitivityContext

    Returns
    -------
    Drawn or None
        None where no pair is clear of zero.
    """
    texts = context.texts
    if not ((rows["low"] > 0) | (rows["high"] < 0)).any():
        return None
    names, hidden = _shown(rows)
    pairs = {frozenset((str(one["factor_1"]), str(one["factor_2"]))): one for one in records(rows)}
    values: list[list[float | None]] = []
    unclear: list[list[int | None]] = []
    words: list[list[str]] = []
    hover: list[list[str]] = []
    for k, name in enumerate(names[1:], start=1):
        found = [pairs.get(frozenset((name, other))) if j < k else None for j, other in enumerate(names[:-1])]
        clear = [one is not None and (one["low"] > 0 or one["high"] < 0) for one in found]
        values.append(
            [100 * one["estimate"] if sure and one else None for one, sure in zip(found, clear, strict=True)]
        )
        unclear.append([1 if one and not sure else None for one, sure in zip(found, clear, strict=True)])
        words.append(
            [
                texts.number(100 * one["estimate"], 1) if sure and one else ""
                for one, sure in zip(found, clear, strict=True)
            ]
        )
        hover.append([_hover(one, context) if one else "" for one in found])
    figure = go.Figure()
    _cells(figure, unclear, hover, [[0, OPEN], [1, OPEN]], (0, 1))
    largest = max(abs(value) for line in values for value in line if value is not None)
    _cells(figure, values, hover, [[0, FALLS], [0.5, theme.PAPER], [1, RISES]], (-largest, largest), words)
    figure.update_xaxes(
        side="top", tickvals=list(range(len(names) - 1)), tickangle=-40, range=[-0.5, len(names) - 1.5],
        ticktext=[folded(context.marked(name), 24, 2) for name in names[:-1]],
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(names) - 1)), range=[len(names) - 1.5, -0.5],
        ticktext=[folded(context.marked(name), 30, 2) for name in names[1:]],
    )  # fmt: skip
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(showgrid=False, zeroline=False, ticks="", automargin=True, tickfont={"size": 11})
    figure.update_layout(
        template=theme.template(texts.separators), height=_AROUND + _ROW * len(names), showlegend=False,
        margin={"t": 10, "b": 12, "r": 90},
    )  # fmt: skip
    entries = [
        (block_sample(RISES), texts.get("sensitivity.key.pair_more")),
        (block_sample(FALLS), texts.get("sensitivity.key.pair_less")),
        (block_sample(OPEN), texts.get("sensitivity.key.pair_open", level=context.level)),
    ]
    method, sample = str(rows["method"].iloc[0]), str(rows["sample"].iloc[0])
    extra = [texts.get("sensitivity.hidden", count=texts.number(hidden))] if hidden else []
    return Drawn(
        name=f"{'interactions' if method == 'sobol' else 'pairs'}-{sample}-{place}",
        title=texts.get("sensitivity.figure.interactions", label=context.label(row)),
        lead=texts.get(
            "sensitivity.lead.interactions",
            against=context.against(row),
            method=texts.label("sensitivity.method", method),
            sample=texts.label("sensitivity.sample", sample),
        ),
        footer=context.source("interactions", rows, "interactions", *extra),
        figure=figure,
        key=key_html(entries),
    )


def _shown(rows: pd.DataFrame) -> tuple[list[str], int]:
    """Return the factors of the largest pairs, those clear of zero first, and how many are left out."""
    clear = (rows["low"] > 0) | (rows["high"] < 0)
    ordered = rows.assign(clear=clear, size=rows["estimate"].abs())
    ordered = ordered.sort_values(["clear", "size"], ascending=False, kind="stable")
    names = list(
        dict.fromkeys(name for one in records(ordered) for name in (one["factor_1"], one["factor_2"]))
    )
    return [str(name) for name in names[:_MOST]], max(0, len(names) - _MOST)


def _cells(
    figure: go.Figure,
    values: list[list[float | None]] | list[list[int | None]],
    hover: list[list[str]],
    colours: list[list[float | str]],
    ends: tuple[float, float],
    words: list[list[str]] | None = None,
) -> None:
    figure.add_trace(
        go.Heatmap(
            z=values,
            zmin=ends[0],
            zmax=ends[1],
            colorscale=colours,
            showscale=False,
            hoverongaps=False,
            xgap=2,
            ygap=2,
            text=words,
            texttemplate="%{text}" if words else None,
            textfont={"size": 12, "color": theme.INK},
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        )
    )


def _hover(row: Row, context: SensitivityContext) -> str:
    both = "<br>".join(f"<b>{safe(context.marked(row[name]))}</b>" for name in ("factor_1", "factor_2"))
    return f"{both}<br>{safe(context.share(row['estimate'], row['low'], row['high']))}"
