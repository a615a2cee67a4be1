"""Differences with their intervals: a panel per outcome in its own unit, a row per scenario or part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import (
    Mark,
    Rows,
    add_origin,
    add_points,
    hover,
    lay_rows,
    panel_titles,
)
from ankomst.report.chart.key import point_sample
from ankomst.report.document.context import NO_DIFFERENCE, Context, choose, safe

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd
    import plotly.graph_objects as go

PAYERS = ("municipality", "state", "both")
WORK = (("months_employed", ""), ("employment_rate", ""), ("test_pass_rate", ""))
COST = tuple(("net_cost", payer) for payer in PAYERS)
BOUNDS = ["estimate", "low", "high"]
# Outcomes that are summed from arrival on; the others are states at the end of a month.
_SUMMED = ("months_employed", "hours_worked", "net_cost", "grants_paid", "displacement")

_KINDS = {
    "share": ("employed_difference", 100.0, 2, "points"),
    "money": ("difference_cost", 1e-3, 1, "thousand_dkk"),
    "months": ("difference_months", 1.0, 2, "months"),
    "hours": ("difference_hours", 1.0, 0, "hours"),
    "weeks": ("difference_weeks", 1.0, 2, "weeks"),
}


@dataclass(frozen=True)
class Measure:
    """One outcome, with its payer if it is money, and how it is written.

    Parameters
    ----------
    outcome, payer : str
    kind : str
        ``share``, ``money``, ``months``, ``hours`` or ``weeks``.
    name : str
        What it is, without the time.
    when : str
        The time since arrival that it belongs to.
    axis : str
        Title of an axis of differences, with ``<br>``.
    factor : float
        From the unit of the table to the unit of a figure.
    decimals : int
    amount : str
        Text key with ``{amount}``.
    """

    outcome: str
    payer: str
    kind: str
    name: str
    when: str
    axis: str
    factor: float
    decimals: int
    amount: str

    @property
    def money(self) -> bool:
        """Whether it is an amount of money, which figures show in thousands."""
        return self.kind == "money"

    @property
    def title(self) -> str:
        """Title of a panel."""
        return f"{safe(self.name)}<br>{safe(self.when)}"


def measure(rows: pd.DataFrame, context: Context) -> Measure:
    """Describe the outcome of rows that share it, by the first of them."""
    texts, first = context.texts, rows.iloc[0]
    outcome, payer, unit = str(first["outcome"]), str(first["payer"]), str(first["unit"])
    name = texts.label("outcome", outcome)
    if payer:
        name = texts.get("run.of_payer", name=name, payer=texts.label("payer", payer))
    key = "run.within" if outcome in _SUMMED else "run.after"
    when = texts.get(key, time=duration(int(first["months"]), context))
    kind = "money" if unit.startswith("DKK") else unit
    axis, factor, decimals, amount = _KINDS[kind]
    return Measure(
        outcome, payer, kind, name, when, texts.get(f"axis.{axis}"), factor, decimals, f"word.{amount}"
    )


def duration(months: int, context: Context) -> str:
    """Write a time since arrival, in years where they are whole."""
    texts = context.texts
    if months >= 24 and months % 12 == 0:
        return texts.get("word.years", amount=texts.number(months / 12))
    return texts.get("word.months", amount=texts.number(months))


def outcome_rows(table: pd.DataFrame, name: str, outcome: str, payer: str = "") -> pd.DataFrame:
    """Return the rows of one outcome and payer of a table; none is an error."""
    return choose(table, name, outcome=outcome, payer=payer)


def panels_figure(
    panels: Sequence[pd.DataFrame],
    places: Rows,
    marks: Mapping[Hashable, Mark],
    context: Context,
    *,
    title: str,
    row_height: int,
    origin: Hashable = None,
) -> go.Figure:
    """Draw a panel per table of rows of one outcome.

    Parameters
    ----------
    panels : sequence of DataFrame
        Rows of one outcome each: ``row`` (key of the places), outcome, payer, months, unit, estimate, low,
        high; optionally verdict.
    places : Rows
        Places and labels of the rows.
    marks : mapping
        Look and name by row key.
    context : Context
    title : str
        What the rows are.
    row_height : int
        Pixels.
    origin : hashable, optional
        Key of the row of the baseline, which is marked at zero.
    """
    measures = [measure(rows, context) for rows in panels]
    figure = make_subplots(
        rows=1, cols=len(panels), horizontal_spacing=0.03, subplot_titles=[item.title for item in measures]
    )
    panel_titles(figure)
    for column, (rows, item) in enumerate(zip(panels, measures, strict=True), start=1):
        _panel(figure, rows, item, places, marks, context, column)
        if origin is not None:
            add_origin(figure, places.places[origin], context.texts.get("legend.baseline"), column)
        figure.update_xaxes(title_text=item.axis, nticks=5, row=1, col=column)
    lay_rows(figure, places, len(panels), title)
    figure.update_layout(
        template=theme.template(context.texts.separators),
        height=150 + round(row_height * places.end),
        margin={"t": 52, "b": 88},
        showlegend=False,
    )
    return figure


def _panel(
    figure: go.Figure,
    rows: pd.DataFrame,
    item: Measure,
    places: Rows,
    marks: Mapping[Hashable, Mark],
    context: Context,
    column: int,
) -> None:
    rows = rows.copy()
    rows[BOUNDS] = rows[BOUNDS] * item.factor
    rows["y"] = [places.places[key] for key in rows["row"]]
    rows["name"] = [marks[key].name for key in rows["row"]]
    rows["hover"] = hover(context, "name", rows, item.decimals, item.amount)
    equal = equal_rows(rows)
    for key, part in rows[~equal].groupby("row", sort=False):
        add_points(figure, part, marks[key], col=column)
    if equal.any():
        part = rows[equal].copy()
        said = safe(context.texts.phrase(NO_DIFFERENCE))
        part["hover"] = [f"<b>{safe(name)}</b><br>{said}" for name in part["name"]]
        add_points(figure, part, Mark(theme.UNCLEAR, "x-thin", NO_DIFFERENCE), col=column)


def equal_rows(rows: pd.DataFrame) -> pd.Series[bool]:
    """Tell which differences are exactly zero in every pair of runs."""
    if "verdict" in rows.columns:
        return rows["verdict"] == NO_DIFFERENCE
    return (rows[BOUNDS] == 0).all(axis=1)


def verdict_key(panels: Sequence[pd.DataFrame], context: Context, *, baseline: bool) -> list[tuple[str, str]]:
    """Return the entries of a key that say what filled, hollow and missing markers mean."""
    texts = context.texts
    entries = [
        (point_sample(theme.INK, "circle"), texts.get("run.key.clear")),
        (point_sample(theme.UNCLEAR, "circle", hollow=True), texts.get("run.key.unclear")),
    ]
    if any(equal_rows(rows).any() for rows in panels):
        entries.append((point_sample(theme.UNCLEAR, "cross"), texts.get("run.key.equal")))
    if baseline:
        entries.append((point_sample(theme.INK, "tick"), texts.get("legend.baseline")))
    return entries
