"""Figures of a validation: published points against the model's intervals, and how the residual was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.document.context import missing, records, safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.document.context import Context

DECIMALS = {
    "share": 1, "points": 1, "points_a_month": 1, "ratio": 1, "people": 0, "grants": 0, "municipalities": 0,
    "DKK": 0,
}  # fmt: skip
PUBLISHED, WITHOUT, WITH = "#D55E00", theme.INK, "#0072B2"
_SHIFT = 0.22
"""Distance of the model's bars from the published point, in rows."""
_ROW, _AXIS, _TOP = 52, 74, 16


def scaled(value: object, unit: object) -> float:
    """Return a number as it is written: shares in per cent."""
    return float(value) * (100.0 if unit == "share" else 1.0)  # type: ignore[arg-type]


def case_figure(name: str, rows: pd.DataFrame, context: Context) -> Drawn | None:
    """Draw the quantities of a case, one panel a unit; None where no quantity has a number.

    Parameters
    ----------
    name : str
        Of the case.
    rows : DataFrame
        Its rows of the table `validation`.
    context : Context
        With the texts of the page of validation.
    """
    texts = context.texts
    shown = rows[rows["median"].notna() | rows["published"].notna() | rows["published_low"].notna()]
    if len(shown) == 0:
        return None
    units = list(dict.fromkeys(shown["unit"]))
    panels = [shown[shown["unit"] == unit] for unit in units]
    sizes = [panel["quantity"].nunique() for panel in panels]
    height = _ROW * sum(sizes) + _AXIS * len(units) + _TOP
    figure = make_subplots(
        rows=len(units),
        cols=1,
        row_heights=sizes,
        vertical_spacing=min(0.9, _AXIS / height) if len(units) > 1 else 0,
    )
    for number, (unit, panel) in enumerate(zip(units, panels, strict=True), start=1):
        _panel(figure, number, str(unit), panel, context)
    figure.update_layout(
        template=theme.template(texts.separators), height=height, showlegend=False,
        margin={"l": 10, "r": 16, "t": _TOP, "b": 56},
    )  # fmt: skip
    first = records(rows)[0]
    return Drawn(
        name=name,
        title=texts.pick((first["title"], first["title_da"])),
        lead=texts.get("validation.figure_lead", level=context.level),
        footer=texts.get(
            "validation.footer",
            draws=texts.number(float(rows["n"].max())),
            interval=texts.get(f"validation.interval_{context.facts['origin']}"),
        ),
        figure=figure,
        key=_key(shown, context),
    )


def search_figure(table: pd.DataFrame, context: Context, label: str, unit: str) -> Drawn:
    """Draw what the fitted figure becomes with each addition to demand that was tried."""
    texts, rows = context.texts, records(table)
    first = rows[0]
    n = texts.number(float(first["n"]))
    figure = go.Figure(
        go.Scatter(
            x=[row["points"] for row in rows],
            y=[scaled(row["value"], unit) for row in rows],
            mode="lines+markers",
            line={"color": WITH},
            hovertemplate="%{x:.1f}: %{y:.1f}<extra></extra>",
        )
    )
    figure.add_hline(y=scaled(first["published"], unit), line={"color": PUBLISHED, "width": 2})
    figure.add_vline(x=first["fitted"], line={"color": theme.RULE, "dash": "dot"})
    figure.update_layout(
        template=theme.template(texts.separators), height=340, showlegend=False,
        xaxis={"title": {"text": texts.get("validation.search_x")}},
        yaxis={"title": {"text": texts.get(f"validation.unit_{unit}")}},
        margin={"t": 16},
    )  # fmt: skip
    return Drawn(
        name="residual",
        title=texts.get("validation.search_title"),
        lead=texts.get("validation.search_lead", n=n),
        footer=texts.get("validation.search_footer", label=label, n=n),
        figure=figure,
    )


def _panel(figure: go.Figure, number: int, unit: str, panel: pd.DataFrame, context: Context) -> None:
    texts, place = context.texts, {"row": number, "col": 1}
    quantities = list(dict.fromkeys(panel["quantity"]))
    labels = []
    for y, quantity in enumerate(quantities):
        rows = records(panel[panel["quantity"] == quantity])
        labels.append(safe(texts.pick((rows[0]["label"], rows[0]["label_da"]))))
        _published(figure, rows[0], unit, float(y), place)
        for row in rows:
            _model(figure, row, unit, float(y), place, context)
    if unit == "points":
        figure.add_vline(x=0.0, line={"color": theme.RULE}, **place)
    figure.update_xaxes(
        title={"text": texts.get(f"validation.unit_{unit}"), "standoff": 4}, rangemode="tozero", **place
    )
    figure.update_yaxes(
        tickvals=list(range(len(quantities))), ticktext=labels, range=[len(quantities) - 0.4, -0.6],
        automargin=True, showgrid=False, zeroline=False, ticks="outside",
        ticklen=10, tickcolor="rgba(0,0,0,0)", **place,
    )  # fmt: skip


def _published(
    figure: go.Figure, row: Mapping[str, Any], unit: str, y: float, place: Mapping[str, Any]
) -> None:
    if not missing(row["published_low"]):
        ends = [scaled(row[name], unit) for name in ("published_low", "published_high")]
        figure.add_trace(
            go.Scatter(
                x=ends, y=[y, y], mode="lines", line={"color": PUBLISHED, "width": 6},
                hovertemplate="%{x:.1f}<extra></extra>",
            ),
            **place,
        )  # fmt: skip
    if not missing(row["published"]):
        figure.add_trace(
            go.Scatter(
                x=[scaled(row["published"], unit)], y=[y], mode="markers",
                marker={"symbol": "diamond", "size": 12, "color": PUBLISHED}, cliponaxis=False,
                hovertemplate="%{x:.1f}<extra></extra>",
            ),
            **place,
        )  # fmt: skip


def _model(
    figure: go.Figure, row: Mapping[str, Any], unit: str, y: float, place: Mapping[str, Any], context: Context
) -> None:
    if missing(row["median"]):
        return
    texts, residual = context.texts, row["residual"] == "with"
    low, middle, high = (scaled(row[name], unit) for name in ("low", "median", "high"))
    said = f"{texts.number(middle, DECIMALS[unit])} ({texts.span(low, high, DECIMALS[unit])})"
    colour = WITH if residual else WITHOUT
    figure.add_trace(
        go.Scatter(
            x=[middle],
            y=[y + (_SHIFT if residual else -_SHIFT)],
            mode="markers",
            marker={"size": 8, "color": colour, "symbol": "circle-open" if residual else "circle"},
            error_x={
                "type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low],
                "color": colour, "thickness": 2, "width": 4,
            },
            hovertemplate=f"{said}<extra></extra>",
        ),
        **place,
    )  # fmt: skip


def _key(shown: pd.DataFrame, context: Context) -> str:
    texts, sides = context.texts, set(shown["residual"])
    sample = point_sample(PUBLISHED, "diamond") if shown["published"].notna().any() else ""
    sample += line_sample(PUBLISHED, width=5) if shown["published_low"].notna().any() else ""
    entries = [(sample, texts.get("validation.key_published"))] if sample else []
    if "with" in sides:
        entries.append((point_sample(WITHOUT, "circle"), texts.get("validation.key_without_residual")))
        entries.append((point_sample(WITH, "circle", hollow=True), texts.get("validation.key_with")))
    else:
        entries.append((point_sample(WITHOUT, "circle"), texts.get("validation.key_without")))
    return key_html(entries)
