"""How a quantity moves with one value, and where the mean over the draws crosses zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.key import block_sample, key_html, line_sample
from ankomst.report.decision.context import alone, triple
from ankomst.report.decision.figure_robustness import identifier, sourced
from ankomst.report.decision.words import capital
from ankomst.report.document.context import missing, records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.decision.context import DecisionContext, Row

CURVE: Final = theme.PAYER_COLOURS["municipality"]
ZERO: Final = theme.PAYER_COLOURS["state"]
_BAND = 0.22
_HEIGHT = 400
_EDGES: Final = (("low", "from"), ("high", "to"))


def threshold_figures(
    thresholds: pd.DataFrame, curves: pd.DataFrame | None, context: DecisionContext
) -> list[Drawn]:
    """Draw a figure per threshold that has a curve.

    Parameters
    ----------
    thresholds, curves : DataFrame
        ``thresholds`` and ``threshold_curves``; without curves there is nothing to draw.
    context : DecisionContext
    """
    if curves is None:
        return []
    drawn = []
    for row in records(thresholds):
        curve = curves[curves["solve"] == row["solve"]].sort_values("value")
        if len(curve):
            drawn.append(_figure(row, curve, context))
    return drawn


def _figure(row: Row, curve: pd.DataFrame, context: DecisionContext) -> Drawn:
    texts, status = context.texts, str(row["status"])
    quantity, wanted = context.quantity(row), context.wanted(row)
    axis = context.axis(row["quantity_unit"], curve[["low", "high"]].abs().max().tolist())
    along = context.axis(row["unit"], curve["value"].tolist(), level=True)
    figure = go.Figure()
    if status == "crosses":
        # An end beyond the range that was looked at is missing: the band goes on to the edge.
        ends = [row[end] if missing(row[name]) else row[name] for name, end in _EDGES]
        figure.add_vrect(
            x0=along.factor * ends[0], x1=along.factor * ends[1], fillcolor=theme.fade(ZERO, 0.18),
            line_width=0, layer="below",
        )  # fmt: skip
        figure.add_vline(x=along.factor * float(row["mean_threshold"]), line={"color": ZERO, "width": 2})
    if not missing(row["central"]):
        central = {"color": theme.MUTED, "width": 1.5, "dash": "dot"}
        figure.add_vline(x=along.factor * float(row["central"]), line=central)
    figure.add_hline(y=axis.factor * float(row["wanted"]), line={"color": theme.INK, "width": 1.2})
    _curve(figure, curve, along.factor, axis.factor)
    unit = f" ({along.unit})" if along.unit else ""
    tried = f"{texts.get('decision.figure.threshold.x')}{unit}"
    figure.update_xaxes(title_text=folded(tried, 60), zeroline=False)
    mean = texts.get("decision.figure.threshold.y", unit=axis.unit)
    figure.update_yaxes(title_text=safe(mean), zeroline=False, automargin=True)
    figure.update_layout(
        template=theme.template(texts.separators), height=_HEIGHT, showlegend=False,
        margin={"l": 10, "r": 16, "t": 12, "b": 64},
    )  # fmt: skip
    at = context.amount(triple(row, "mean_threshold", "low", "high"), row["unit"], level=True)
    return Drawn(
        name=f"threshold-{identifier(row['solve'])}",
        title=capital(context.solve(row)),
        lead=texts.get(f"decision.figure.threshold.lead_{status}", at=at, quantity=quantity, wanted=wanted),
        footer=sourced(
            texts.get(
                f"decision.figure.threshold.footer{'_zero' if status == 'crosses' else ''}",
                level=context.level,
                wanted=wanted,
                n=texts.number(float(row["n"])),
                replicates=texts.number(float(row["replicates"])),
            ),
            "solve_text",
            context,
        ),
        figure=figure,
        key=_key(row, context),
    )


def _curve(figure: go.Figure, curve: pd.DataFrame, across: float, up: float) -> None:
    values = (across * curve["value"]).tolist()
    ends = (up * curve["high"]).tolist() + (up * curve["low"]).tolist()[::-1]
    figure.add_trace(
        go.Scatter(
            x=values + values[::-1], y=ends, fill="toself", mode="lines", line={"width": 0},
            fillcolor=theme.fade(CURVE, _BAND), hoverinfo="skip",
        )
    )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=values, y=(up * curve["mean"]).tolist(), mode="lines+markers",
            line={"color": CURVE, "width": 2.5}, marker={"size": 6},
            hovertemplate="%{x:.3~g}: %{y:,.2f}<extra></extra>",
        )
    )  # fmt: skip


def _key(row: Row, context: DecisionContext) -> str:
    texts = context.texts
    entries = [(line_sample(CURVE, width=2.5), texts.get("decision.figure.threshold.curve"))]
    if row["status"] == "crosses":
        sample = block_sample(theme.fade(ZERO, 0.4))
        entries.append((sample, texts.get("decision.figure.threshold.zero", wanted=context.wanted(row))))
    if not missing(row["central"]):
        value = context.amount(alone(row["central"]), row["unit"], level=True)
        said = texts.get("decision.figure.threshold.central", value=value)
        entries.append((line_sample(theme.MUTED, "dot", 1.5), said))
    return key_html(entries)
