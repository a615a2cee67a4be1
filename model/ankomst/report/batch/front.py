"""Cost against employment: every scenario, the front of those that none beats, and regret as colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from ankomst.report.batch.charts import numbers, plain
from ankomst.report.batch.employment import whole
from ankomst.report.chart import theme
from ankomst.report.chart.key import block_sample, key_html, line_sample, point_sample
from ankomst.report.chart.native import Chart, Panel, Series
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    from ankomst.report.batch.context import BatchContext

THOUSAND = 1e-3
SCALE = [[0.0, "#00835f"], [0.5, "#e0c35c"], [1.0, "#b03a06"]]
"""From no regret to the largest."""
NAMED = 10
COLUMN = 0.27
"""Share of the width that a column of names takes."""
_SHADE = "rgba(90,102,114,0.10)"
_ROOM = 0.12


def front_rows(table: pd.DataFrame, regret: pd.DataFrame) -> pd.DataFrame:
    """Join work and cost of each scenario, with its mean regret in net social benefit.

    Returns
    -------
    DataFrame
        scenario, work, work_low, work_high (months), cost, cost_low, cost_high and regret (thousand DKK per
        newcomer), n, on_front; the baseline lies at zero without an interval.
    """
    rows = whole(table)
    work = rows[rows["outcome"] == "months_employed"].set_index("scenario")
    cost = rows[(rows["outcome"] == "net_cost") & (rows["payer"] == "both")].set_index("scenario")
    lost = regret[regret["criterion"] == "net_social_benefit"].set_index("scenario")["mean_regret"]
    base = str(rows["baseline"].iloc[0])
    found = [
        {"scenario": base, "work": 0.0, "cost": 0.0, "regret": THOUSAND * float(lost.get(base, float("nan")))}
    ]
    for name in work.index.intersection(cost.index, sort=False):
        one: dict[str, object] = {"scenario": name, "n": work.loc[name, "n"]}
        for label, table_, factor in (("work", work, 1.0), ("cost", cost, THOUSAND)):
            for column, ending in (("estimate", ""), ("low", "_low"), ("high", "_high")):
                one[label + ending] = factor * float(table_.loc[name, column])
        found.append({**one, "regret": THOUSAND * float(lost.get(name, float("nan")))})
    frame = pd.DataFrame(found)
    beaten = [
        (
            (frame["work"] >= row.work)
            & (frame["cost"] <= row.cost)
            & ((frame["work"] > row.work) | (frame["cost"] < row.cost))
        ).any()
        for row in frame.itertuples()
    ]
    frame["on_front"] = [not each for each in beaten]
    return frame


def front(table: pd.DataFrame, regret: pd.DataFrame, context: BatchContext) -> Drawn | None:
    """Draw cost against employment; None where the batch does not compare both.

    Parameters
    ----------
    table, regret : DataFrame
        The batch's tables ``differences`` and ``regret``.
    context : BatchContext
    """
    texts, rows = context.texts, front_rows(table, regret)
    if len(rows) < 2:
        return None
    figure = go.Figure()
    across = _range(rows, "work")
    upwards = _range(rows, "cost")
    if len(rows) > NAMED:  # room for a column of names
        across[1] += COLUMN / (1.0 - COLUMN) * (across[1] - across[0])
    best = rows[rows["on_front"]].sort_values("work")
    _shade(figure, best, across, upwards)
    figure.add_trace(
        go.Scatter(
            x=rows["work"].tolist(),
            y=rows["cost"].tolist(),
            mode="markers",
            error_x=_bars(rows, "work"),
            error_y=_bars(rows, "cost"),
            marker={
                "size": 13,
                "color": rows["regret"].tolist(),
                "colorscale": SCALE,
                "cmin": 0.0,
                "cmax": float(rows["regret"].max() or 1.0),
                "line": {"width": 1.4, "color": theme.INK},
                "colorbar": {
                    "title": {"text": texts.get("batch.front.regret"), "side": "right", "font": {"size": 12}},
                    "thickness": 14,
                    "len": 0.9,
                    "tickfont": {"size": 12},
                },
            },
            customdata=[_hover(row, context) for row in records(rows)],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    _names(figure, rows, across, upwards, context)
    figure.update_xaxes(title_text=texts.get("axis.map_months", years=context.years), range=across)
    figure.update_yaxes(title_text=texts.get("axis.map_cost"), range=upwards)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=560,
        # Room for the scale of colours: an image does not make it by itself.
        margin={"t": 20, "l": 88, "b": 60, "r": 92},
        showlegend=False,
    )
    samples = [
        (point_sample(theme.INK, "circle"), texts.get("batch.front.point")),
        (line_sample(theme.MUTED, "dot"), texts.get("batch.front.line")),
        (block_sample("#c9cfd6"), texts.get("batch.front.beaten")),
    ]
    return Drawn(
        "front",
        texts.get("batch.front.title"),
        texts.get("batch.front.lead"),
        context.footer(
            rows[rows["n"].notna()],
            "difference",
            texts.get("batch.front.footer"),
            *context.dagger_note(context.others),
        ),
        figure,
        key_html(samples),
        rows,
        _chart(rows, context),
    )


def _chart(rows: pd.DataFrame, context: BatchContext) -> Chart:
    """Return the chart of slides: a key can name a few, so the beaten ones of many are one series."""
    texts, few = context.texts, len(rows) <= NAMED
    named = rows["on_front"] | (rows["scenario"] == context.baseline) | few
    series = [
        _series(part, context.marked(str(name)), context.line(str(name)).colour)
        for name, part in rows[named].groupby("scenario", sort=False)
    ]
    if not few and not named.all():
        beaten = texts.get("batch.chart.beaten", count=texts.number(int((~named).sum())))
        series.insert(0, _series(rows[~named], beaten, theme.UNCLEAR))
    panel = Panel(
        "",
        plain(texts.get("axis.map_cost")),
        tuple(series),
        along_title=texts.get("axis.map_months", years=context.years),
        decimals=1,
    )
    return Chart("scatter", (panel,), texts.get("batch.chart.front_few" if few else "batch.chart.front"))


def _series(rows: pd.DataFrame, name: str, colour: str) -> Series:
    return Series(
        name,
        numbers(rows["cost"]),
        numbers(rows["cost_low"]),
        numbers(rows["cost_high"]),
        colour,
        along=tuple(rows["work"].astype(float)),
    )


def _range(rows: pd.DataFrame, name: str) -> list[float]:
    low = min(0.0, float(rows[[name, f"{name}_low"]].min().min()))
    high = max(0.0, float(rows[[name, f"{name}_high"]].max().max()))
    span = (high - low) or 1.0
    return [low - _ROOM * span, high + _ROOM * span]


def _bars(rows: pd.DataFrame, name: str) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": (rows[f"{name}_high"] - rows[name]).fillna(0.0).tolist(),
        "arrayminus": (rows[name] - rows[f"{name}_low"]).fillna(0.0).tolist(),
        "color": theme.UNCLEAR,
        "thickness": 1.2,
        "width": 0,
    }


def _shade(figure: go.Figure, best: pd.DataFrame, across: list[float], upwards: list[float]) -> None:
    """Shade what a scenario of the front beats: no more work at no less cost; draw the front as steps."""
    # Left of a point of the front its cost is the least; to the right the next one's.
    edge_x, edge_y = [across[0]], [float(best["cost"].iloc[0])]
    for work, cost in best[["work", "cost"]].to_numpy(dtype=float).tolist():
        edge_x += [edge_x[-1], work]
        edge_y += [cost, cost]
    edge_x.append(edge_x[-1])
    edge_y.append(upwards[1])
    figure.add_trace(
        go.Scatter(
            x=[*edge_x, across[0]],
            y=[*edge_y, upwards[1]],
            fill="toself",
            mode="lines",
            fillcolor=_SHADE,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.add_trace(
        go.Scatter(
            x=edge_x,
            y=edge_y,
            mode="lines",
            line={"color": theme.MUTED, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )
    )


def _names(
    figure: go.Figure, rows: pd.DataFrame, across: list[float], upwards: list[float], context: BatchContext
) -> None:
    """Write names: beside the points where they are few, else of front and baseline in a column at the right.

    The column stands in the order of the costs, so that the lines to the points cross as little as can be.
    """
    crowded = len(rows) > NAMED
    shown = rows[rows["on_front"] | (rows["scenario"] == context.baseline)] if crowded else rows
    middle = (rows["work"].min() + rows["work"].max()) / 2
    shown = shown.sort_values("cost", ascending=False)
    for k, (name, work, cost) in enumerate(zip(shown["scenario"], shown["work"], shown["cost"], strict=True)):
        right = crowded or work <= middle
        at: dict[str, Any] = {"ax": 26 if right else -26, "ay": 24 if k % 2 else -24}
        if crowded:
            share = (k + 0.5) / len(shown)
            at = {
                "axref": "x",
                "ayref": "y",
                "ax": across[1] - COLUMN * (across[1] - across[0]),
                "ay": upwards[1] - share * (upwards[1] - upwards[0]),
            }
        figure.add_annotation(
            x=work,
            y=cost,
            text=folded(context.marked(str(name)), 34, 3),
            showarrow=True,
            arrowhead=0,
            arrowwidth=0.8,
            arrowcolor=theme.MUTED if crowded else theme.RULE,
            xanchor="left" if right else "right",
            align="left" if right else "right",
            font={"size": 12, "color": theme.INK},
            bgcolor="rgba(255,255,255,0.75)",
            **at,
        )


def _hover(row: dict[str, object], context: BatchContext) -> str:
    texts = context.texts

    def said(name: str, unit: str, decimals: int) -> str:
        amount = texts.get(unit, amount=texts.number(float(str(row[name])), decimals, sign=True))
        low, high = (float(str(row[f"{name}_{end}"])) for end in ("low", "high"))
        span = texts.span(low, high, decimals, sign=True)
        return f"{amount} [{span}]"

    lost = texts.get("word.thousand_dkk", amount=texts.number(float(str(row["regret"])), 1))
    return (
        f"<b>{safe(context.name(str(row['scenario'])))}</b><br>{said('work', 'word.months', 2)}<br>"
        f"{said('cost', 'word.thousand_dkk', 1)}<br>{texts.get('batch.front.regret_short')}: {lost}"
    )
