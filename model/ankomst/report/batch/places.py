"""Municipalities: bubbles at their places, and all of them in order with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.batch.charts import plain, series_of
from ankomst.report.batch.outline import Ring, read_outline
from ankomst.report.chart import theme
from ankomst.report.chart.forest import hover, panel_titles
from ankomst.report.chart.key import key_html, point_sample
from ankomst.report.chart.native import Chart, Panel
from ankomst.report.chart.panels import BOUNDS, Measure, measure
from ankomst.report.document.context import records, safe, unclear
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.report.batch.context import BatchContext

Window = tuple[tuple[float, float], tuple[float, float]]
PANELS = (("ever_employed", ""), ("net_cost", "municipality"))
BETTER_HIGH = ("ever_employed",)
GOOD, NEUTRAL, BAD = "#0b4f7d", "#eef1f4", "#b03a06"
GOOD_IS_LOW = [[0.0, GOOD], [0.5, NEUTRAL], [1.0, BAD]]
GOOD_IS_HIGH = [[0.0, BAD], [0.5, NEUTRAL], [1.0, GOOD]]
WHOLE: Window = ((7.9, 15.3), (54.5, 57.8))
CAPITAL: Window = ((11.9, 12.75), (55.48, 56.0))
"""West and east, south and north of the two windows, in degrees."""
MIDDLE = math.cos(math.radians(56.0))
"""A degree of longitude in degrees of latitude, in the middle of the country."""
NAMED = 6
ENDS = 12
"""Municipalities at each end in a chart of slides."""
SMALLEST, LARGEST = 6.0, 26.0
"""Diameters of bubbles, pixels."""


def place_rows(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Return the differences of one scenario by municipality, for the outcomes shown."""
    rows = table[table["scenario"] == scenario]
    rows = rows.assign(payer=rows["payer"].astype(object).where(rows["payer"].notna(), ""))
    wanted = [pair in PANELS for pair in zip(rows["outcome"], rows["payer"], strict=True)]
    rows = rows[wanted & rows["estimate"].notna().to_numpy()].copy()
    # An interval from a handful of newcomers may reach where no share can lie.
    shares = rows["unit"] == "share"
    rows.loc[shares, ["low", "high"]] = rows.loc[shares, ["low", "high"]].clip(-1.0, 1.0)
    return rows


def bubbles(
    table: pd.DataFrame,
    centres: pd.DataFrame,
    scenario: str,
    context: BatchContext,
    outline: Path | None = None,
) -> Drawn | None:
    """Draw each municipality at its place: size by newcomers, colour by difference.

    Parameters
    ----------
    table : DataFrame
        The batch's table ``municipalities``.
    centres : DataFrame
        name, longitude and latitude (degrees).
    scenario : str
    context : BatchContext
    outline : Path, optional
        A GeoJSON whose borders are drawn below the bubbles.

    Raises
    ------
    OutputError
        The GeoJSON cannot be read.
    """
    texts = context.texts
    rows = place_rows(table, scenario).merge(centres, left_on="municipality", right_on="name", how="inner")
    rows = rows[rows["longitude"].notna() & rows["latitude"].notna()]
    if len(rows) == 0:
        return None
    parts = [rows[(rows["outcome"] == name) & (rows["payer"] == payer)].copy() for name, payer in PANELS]
    parts = [part for part in parts if len(part)]
    measures = [measure(part, context) for part in parts]
    titles = [item.title for item in measures] + [texts.get("batch.places.capital")] * len(parts)
    figure = make_subplots(
        rows=2,
        cols=len(parts),
        horizontal_spacing=0.12,
        vertical_spacing=0.06,
        row_heights=[0.6, 0.4],
        subplot_titles=titles,
    )
    panel_titles(figure)
    borders = read_outline(outline) if outline is not None else []
    for column, (part, item) in enumerate(zip(parts, measures, strict=True), start=1):
        part[BOUNDS] *= item.factor
        for row in (1, 2):
            if borders:
                _borders(figure, borders, row, column)
            _bubbles(figure, part, item, context, row, column)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    for k in range(2 * len(parts)):
        row, column = k // len(parts) + 1, k % len(parts) + 1
        window = WHOLE if row == 1 and _inside(rows, WHOLE).all() else CAPITAL if row == 2 else None
        if window is not None:
            (west, east), (south, north) = window
            figure.update_xaxes(range=[west * MIDDLE, east * MIDDLE], row=row, col=column)
            figure.update_yaxes(range=[south, north], row=row, col=column)
        figure.update_yaxes(scaleanchor=f"x{k + 1 if k else ''}", scaleratio=1, row=row, col=column)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=720,
        margin={"t": 52, "b": 12, "l": 8, "r": 76},
        showlegend=False,
    )
    everything = pd.concat(
        [part.assign(unit=plain(item.axis)) for part, item in zip(parts, measures, strict=True)],
        ignore_index=True,
    )
    columns = [
        "scenario",
        "municipality",
        "longitude",
        "latitude",
        "arrived",
        "outcome",
        "payer",
        "months",
        "unit",
        *BOUNDS,
        "level",
        "n",
        "verdict",
    ]
    samples = [
        (point_sample(theme.INK, "circle"), texts.get("batch.places.clear")),
        (point_sample(theme.UNCLEAR, "circle", hollow=True), texts.get("batch.places.unclear")),
    ]
    return Drawn(
        "places",
        texts.get("batch.places.title", scenario=context.name(scenario)),
        texts.get("batch.places.lead"),
        context.footer(everything, "difference", texts.get("batch.places.footer")),
        figure,
        key_html(samples),
        everything[columns],
        ends(parts[0], measures[0], context),
    )


def _bubbles(
    figure: go.Figure, part: pd.DataFrame, item: Measure, context: BatchContext, row: int, column: int
) -> None:
    texts, close = context.texts, unclear(part)
    reach = float(part.loc[~close, "estimate"].abs().quantile(0.95)) if (~close).any() else 1.0
    spoken = hover(context, "municipality", part, item.decimals, item.amount)
    people = [texts.get("batch.places.people", people=texts.number(count)) for count in part["arrived"]]
    size = ((part["arrived"] / part["arrived"].max()) ** 0.5 * LARGEST).clip(lower=SMALLEST)
    # The large ones first, so that the small ones lie on top of them.
    order = part["arrived"].to_numpy().argsort()[::-1]
    colours = GOOD_IS_HIGH if item.outcome in BETTER_HIGH else GOOD_IS_LOW
    figure.add_trace(
        go.Scatter(
            x=(part["longitude"] * MIDDLE).to_numpy()[order].tolist(),
            y=part["latitude"].to_numpy()[order].tolist(),
            mode="markers",
            marker={
                "size": size.to_numpy()[order].tolist(),
                "color": [0.0 if close[k] else float(part["estimate"].iloc[k]) for k in order],
                "colorscale": colours,
                "cmin": -reach,
                "cmax": reach,
                "line": {"width": 1.2, "color": [theme.UNCLEAR if close[k] else theme.INK for k in order]},
                "opacity": 0.92,
                "showscale": row == 1,
                "colorbar": {
                    "title": {"text": plain(item.axis), "side": "right", "font": {"size": 12}},
                    "thickness": 12,
                    "len": 0.52,
                    "y": 0.72,
                    "x": 0.44 if column == 1 else 1.0,
                    "xanchor": "left",
                    "tickfont": {"size": 11},
                    "nticks": 6,
                },
            },
            customdata=[f"{spoken[k]}<br>{people[k]}" for k in order],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        ),
        row=row,
        col=column,
    )
    window = WHOLE if row == 1 else CAPITAL
    for place in _apart(part[_inside(part, window)], window):
        figure.add_annotation(
            x=place["longitude"] * MIDDLE,
            y=place["latitude"],
            text=safe(str(place["municipality"])),
            showarrow=False,
            xanchor="left",
            xshift=9,
            font={"size": 11, "color": theme.INK},
            bgcolor="rgba(255,255,255,0.6)",
            row=row,
            col=column,
        )


def _inside(rows: pd.DataFrame, window: Window) -> pd.Series[bool]:
    (west, east), (south, north) = window
    return rows["longitude"].between(west, east) & rows["latitude"].between(south, north)


def _apart(rows: pd.DataFrame, window: Window) -> list[dict[str, Any]]:
    """Choose large municipalities whose names do not cover each other."""
    (west, east), (south, north) = window
    chosen: list[dict[str, Any]] = []
    for place in records(rows.sort_values("arrived", ascending=False)):
        near = any(
            abs(place["longitude"] - other["longitude"]) < 0.26 * (east - west)
            and abs(place["latitude"] - other["latitude"]) < 0.055 * (north - south)
            for other in chosen
        )
        if not near and place["longitude"] < west + 0.82 * (east - west) and len(chosen) < NAMED:
            chosen.append(place)
    return chosen


def _borders(figure: go.Figure, rings: list[Ring], row: int, column: int) -> None:
    across: list[float | None] = []
    upwards: list[float | None] = []
    for ring in rings:
        across += [*(x * MIDDLE for x, _ in ring), None]
        upwards += [*(y for _, y in ring), None]
    figure.add_trace(
        go.Scatter(
            x=across,
            y=upwards,
            mode="lines",
            line={"color": theme.RULE, "width": 0.7},
            hoverinfo="skip",
            showlegend=False,
        ),
        row=row,
        col=column,
    )


def ends(rows: pd.DataFrame, item: Measure, context: BatchContext) -> Chart:
    """Return the municipalities with the lowest and the highest differences, which a slide can hold.

    Parameters
    ----------
    rows : DataFrame
        municipality, estimate, low and high in the unit of the figure.
    item : Measure
    context : BatchContext
    """
    rows = rows.sort_values("estimate")
    if len(rows) > 2 * ENDS:
        rows = pd.concat([rows.iloc[:ENDS], rows.iloc[-ENDS:]])
    title = f"{item.name}, {item.when}: {context.texts.get('batch.places.ends', count=ENDS)}"
    panel = Panel(
        title,
        plain(item.axis),
        (series_of(rows, item.name, theme.PAYER_COLOURS["municipality"]),),
        categories=tuple(rows["municipality"].astype(str)),
        decimals=item.decimals,
    )
    return Chart("points", (panel,), context.texts.get("batch.chart.places", count=ENDS))


def widest(table: pd.DataFrame, scenarios: list[str]) -> str:
    """Return the scenario whose net cost for municipalities differs most from the baseline's."""
    rows = table[
        (table["outcome"] == "net_cost") & (table["payer"] == "municipality") & (table["dimension"] == "all")
    ]
    sizes = {str(row["scenario"]): abs(float(row["estimate"])) for row in records(rows)}
    return max(scenarios, key=lambda name: sizes.get(name, 0.0))
