"""The front of work against public cost, with the shipped designs named beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.decision.context import FOUND, SHIPPED, objectives, triple
from ankomst.report.decision.figure_robustness import sourced
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.decision.context import Axis, DecisionContext, Row

FRONT: Final = theme.PAYER_COLOURS["municipality"]
OWN: Final = theme.PAYER_COLOURS["state"]
_HEIGHT, _TOP, _BOTTOM = 620, 12, 64
_LINE = 19
"""Least distance of two labels, pixels."""
_LABELS = 0.42
"""Room at the right for the labels, as a part of the width of the points."""
_PAD = 0.05


def front_figure(
    designs: pd.DataFrame, trials: pd.DataFrame | None, context: DecisionContext
) -> Drawn | None:
    """Draw work against public cost; None where the table lacks one of the two.

    Parameters
    ----------
    designs : DataFrame
        ``designs``: cost is the objective whose name begins with net_cost, work the first of the others.
    trials : DataFrame or None
        What the search tried, drawn faintly.
    context : DecisionContext
    """
    names = pair(designs)
    if names is None:
        return None
    texts, rows = context.texts, records(designs)
    cost, work = names
    across = context.axis("DKK", [row[cost] for row in rows])
    up = context.axis("share" if "rate" in work else "months", [row[work] for row in rows])
    figure = go.Figure()
    spans = {name: _span(designs, name, axis.factor) for name, axis in ((cost, across), (work, up))}
    if trials is not None and {cost, work} <= set(trials.columns):
        _trials(figure, trials, (cost, across.factor), (work, up.factor))
    front = numbered(designs)
    _line(figure, rows, (cost, across), (work, up))
    for origin, on_front in ((FOUND, False), (SHIPPED, False), (SHIPPED, True), (FOUND, True)):
        chosen = [row for row in rows if (row["origin"], row["on_front"] == "yes") == (origin, on_front)]
        _marks(figure, chosen, (cost, across), (work, up), front, context)
    shipped = [row for row in rows if row["origin"] == SHIPPED]
    _labels(figure, shipped, (cost, across), (work, up), spans, context)
    for name, axis, update in ((cost, across, figure.update_xaxes), (work, up, figure.update_yaxes)):
        title = texts.label("decision.objective", name)
        low, high = spans[name]
        update(title_text=f"{safe(title)} ({axis.unit})", zeroline=False, range=[low, high])
    width = spans[cost][1] - spans[cost][0]
    figure.update_xaxes(
        range=[spans[cost][0], spans[cost][1] + _LABELS * width],
        tickvals=ticks(*spans[cost]),
        tickformat=",",
    )
    figure.update_layout(
        template=theme.template(texts.separators), height=_HEIGHT, showlegend=False,
        margin={"l": 64, "r": 12, "t": _TOP, "b": _BOTTOM},
    )  # fmt: skip
    return Drawn(
        name="front",
        title=texts.get("decision.figure.front.title"),
        lead=texts.get("decision.figure.front.lead"),
        footer=sourced(
            texts.get(
                "decision.figure.front.footer",
                level=context.level,
                n=texts.number(float(designs["n"].max())),
            ),
            "draws_text",
            context,
        ),
        figure=figure,
        key=_key(rows, context, trials=trials is not None),
    )


def pair(designs: pd.DataFrame) -> tuple[str, str] | None:
    """Return the objectives of cost and of work of a table of designs, or None."""
    found = objectives(designs)
    costs = [name for name in found if name.startswith("net_cost")]
    works = [name for name in found if "employ" in name or "work" in name]
    return (costs[0], works[0]) if costs and works else None


def numbered(designs: pd.DataFrame) -> dict[str, int]:
    """Return the numbers of the designs on the front, from the lowest cost to the highest."""
    names = pair(designs)
    on_front = designs[designs["on_front"] == "yes"]
    ordered = on_front.sort_values(names[0], kind="stable") if names else on_front
    return {str(name): number for number, name in enumerate(ordered["design"], start=1)}


def ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers from low to high; the axis goes on beyond them, below the labels."""
    raw = (high - low) / 5
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * size for factor in (1, 2, 5, 10) if factor * size >= raw)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(k * step, 10) for k in range(first, last + 1)]


def _span(designs: pd.DataFrame, name: str, factor: float) -> tuple[float, float]:
    low = factor * float(designs[[name, f"{name}_low"]].min().min())
    high = factor * float(designs[[name, f"{name}_high"]].max().max())
    pad = _PAD * (high - low or 1.0)
    return low - pad, high + pad


def _trials(
    figure: go.Figure, trials: pd.DataFrame, cost: tuple[str, float], work: tuple[str, float]
) -> None:
    trials = trials[trials["feasible"].astype(str).str.lower().isin(("yes", "true"))]
    figure.add_trace(
        go.Scatter(
            x=(cost[1] * trials[cost[0]]).tolist(), y=(work[1] * trials[work[0]]).tolist(), mode="markers",
            marker={"size": 4, "color": theme.fade(theme.RULE, 0.6)}, hoverinfo="skip",
        )
    )  # fmt: skip


def _line(figure: go.Figure, rows: list[Row], cost: tuple[str, Axis], work: tuple[str, Axis]) -> None:
    """Draw the front as steps: between two designs nothing is reached but the work of the cheaper one."""
    on_front = (row for row in rows if row["on_front"] == "yes")
    ordered: list[Row] = []
    for row in sorted(on_front, key=lambda row: float(row[cost[0]])):
        # A design may be on the front within the noise and yet lie below the line.
        if not ordered or row[work[0]] > ordered[-1][work[0]]:
            ordered.append(row)
    figure.add_trace(
        go.Scatter(
            x=[cost[1].factor * row[cost[0]] for row in ordered],
            y=[work[1].factor * row[work[0]] for row in ordered],
            mode="lines", line={"color": FRONT, "width": 1.5, "shape": "hv"}, hoverinfo="skip",
        )
    )  # fmt: skip


def _marks(
    figure: go.Figure,
    rows: list[Row],
    cost: tuple[str, Axis],
    work: tuple[str, Axis],
    front: dict[str, int],
    context: DecisionContext,
) -> None:
    if not rows:
        return
    shipped, on_front = rows[0]["origin"] == SHIPPED, rows[0]["on_front"] == "yes"
    colour = OWN if shipped else FRONT if on_front else theme.UNCLEAR
    symbol = "diamond" if shipped and on_front else "diamond-open" if shipped else "circle"
    symbol = "circle-open" if not shipped and not on_front else symbol
    hovers = [
        "<br>".join(
            (
                f"<b>{safe(context.design_name(row))}</b>",
                safe(_said(row, cost[0], "DKK", context)),
                safe(_said(row, work[0], "share" if "rate" in work[0] else "months", context)),
            )
        )
        for row in rows
    ]
    text = {"text": [f"<b>{front[str(row['design'])]}</b>" for row in rows]} if on_front else {}
    figure.add_trace(
        go.Scatter(
            x=[cost[1].factor * row[cost[0]] for row in rows],
            y=[work[1].factor * row[work[0]] for row in rows],
            error_x=_error(rows, *cost, colour),
            error_y=_error(rows, *work, colour),
            mode="markers+text" if on_front else "markers",
            marker={"symbol": symbol, "size": (24 if shipped else 19) if on_front else 10, "color": colour,
                    "line": {"width": 1 if on_front else 2, "color": theme.PAPER if on_front else colour}},
            textfont={"color": theme.PAPER, "size": 10},
            textposition="middle center",
            customdata=hovers,
            hovertemplate="%{customdata}<extra></extra>",
            **text,
        )
    )  # fmt: skip


def _said(row: Row, name: str, unit: str, context: DecisionContext) -> str:
    return context.amount(triple(row, name), unit, sign=True)


def _error(rows: list[Row], name: str, axis: Axis, colour: str) -> dict[str, Any]:
    return {
        "type": "data", "symmetric": False, "color": theme.fade(colour, 0.7), "thickness": 1.5, "width": 3,
        "array": [axis.factor * (row[f"{name}_high"] - row[name]) for row in rows],
        "arrayminus": [axis.factor * (row[name] - row[f"{name}_low"]) for row in rows],
    }  # fmt: skip


def spread_out(places: list[float], least: float, low: float, high: float) -> list[float]:
    """Return places in the same order, at least so far apart, each as near to its own as a sweep gets it."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = list(places)
    floor = low
    for k in order:
        moved[k] = max(places[k], floor)
        floor = moved[k] + least
    ceiling = high
    for k in reversed(order):
        moved[k] = min(moved[k], ceiling)
        ceiling = moved[k] - least
    return moved


def _labels(
    figure: go.Figure,
    rows: list[Row],
    cost: tuple[str, Axis],
    work: tuple[str, Axis],
    spans: dict[str, tuple[float, float]],
    context: DecisionContext,
) -> None:
    """Write the names of the shipped designs in a column at the right, each with a thin line to its mark."""
    if not rows:
        return
    (left, right), (low, high) = spans[cost[0]], spans[work[0]]
    pixel = (high - low) / (_HEIGHT - _TOP - _BOTTOM)
    own = [work[1].factor * float(row[work[0]]) for row in rows]
    places = spread_out(own, _LINE * pixel, low + 10 * pixel, high - 10 * pixel)
    column = right + 0.03 * (right - left)
    across: list[float | None] = []
    along: list[float | None] = []
    for row, start, end in zip(rows, own, places, strict=True):
        across += [cost[1].factor * float(row[cost[0]]), right, column, None]
        along += [start, end, end, None]
    figure.add_trace(
        go.Scatter(x=across, y=along, mode="lines", line={"color": theme.RULE, "width": 1}, hoverinfo="skip")
    )
    for row, place in zip(rows, places, strict=True):
        figure.add_annotation(
            x=column, y=place, text=f" {folded(context.short(row), 34, 1)}", showarrow=False,
            xanchor="left", font={"size": 12, "color": theme.INK}, bgcolor="rgba(255,255,255,0.85)",
            borderpad=1,
        )  # fmt: skip


def _key(rows: list[Row], context: DecisionContext, *, trials: bool) -> str:
    kinds = {(row["origin"], row["on_front"] == "yes") for row in rows}
    samples = {
        "found": (point_sample(FRONT, "circle"), (FOUND, True) in kinds),
        "other": (point_sample(theme.UNCLEAR, "circle", hollow=True), (FOUND, False) in kinds),
        "shipped_front": (point_sample(OWN, "diamond"), (SHIPPED, True) in kinds),
        "shipped": (point_sample(OWN, "diamond", hollow=True), (SHIPPED, False) in kinds),
        "line": (line_sample(FRONT, width=1.5), True),
        "trial": (point_sample(theme.RULE, "circle"), trials),
    }
    entries = [
        (sample, context.texts.get(f"decision.figure.front.{name}"))
        for name, (sample, there) in samples.items()
        if there
    ]
    return key_html(entries)
