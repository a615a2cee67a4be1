"""How each policy holds up over the draws: mean, spread, worst tenth, and regret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.key import key_html, line_sample, point_sample
from ankomst.report.decision.context import alone, triple
from ankomst.report.document.context import missing, records, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ankomst.report.decision.context import DecisionContext, Row

MEAN: Final = theme.PAYER_COLOURS["municipality"]
WORST: Final = theme.PAYER_COLOURS["state"]
_UP, _DOWN = 0.14, 0.2
_ROW, _AROUND = 62, 96
_PAD = 0.04
_ENDS: Final = ("low", "high", "mean_low", "mean_high", "worst_decile_low", "worst_decile_high")


def robustness_figures(table: pd.DataFrame, context: DecisionContext) -> list[Drawn]:
    """Draw a figure per criterion: differences from the baseline at the left, regret at the right.

    Parameters
    ----------
    table : DataFrame
        ``robustness``, a row per criterion and scenario, the baseline as well.
    context : DecisionContext
    """
    return [
        _figure(str(name), records(rows), context) for name, rows in table.groupby("criterion", sort=False)
    ]


def _figure(criterion: str, rows: list[Row], context: DecisionContext) -> Drawn:
    texts, first = context.texts, rows[0]
    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.06, column_widths=[0.56, 0.44])
    ends = [float(row[name]) for row in rows for name in _ENDS]
    axis = context.axis(first["unit"], ends)
    regret = context.axis(first["unit"], [row["max_regret"] for row in rows])
    most = regret.factor * max(row["max_regret"] for row in rows) or 1.0
    others = [(place, row) for place, row in enumerate(rows) if row["scenario"] != context.baseline]
    _differences(figure, others, axis.factor, context)
    _regrets(figure, rows, regret.factor, context)
    figure.add_vline(x=0, line={"color": theme.RULE, "width": 1.5}, row=1, col=1)
    labels = [
        context.title(str(row["scenario"]))
        + (f" {texts.get('word.baseline_mark')}" if row["scenario"] == context.baseline else "")
        for row in rows
    ]
    shown = {"tickvals": list(range(len(rows))), "range": [len(rows) - 0.5, -0.5]}
    figure.update_yaxes(
        ticktext=[folded(label, 30) for label in labels], automargin=True, showgrid=False, zeroline=False,
        ticks="", **shown,
    )  # fmt: skip
    figure.update_yaxes(showticklabels=False, row=1, col=2)
    titles = [
        f"{texts.get('decision.figure.robustness.difference')}<br>({axis.unit})",
        f"{texts.get('decision.figure.robustness.regret')}<br>({regret.unit})",
    ]
    for column, title in enumerate(titles, start=1):
        figure.update_xaxes(title_text=title, nticks=6, zeroline=False, row=1, col=column)
    figure.update_xaxes(range=[-_PAD * most, (1 + _PAD) * most], row=1, col=2)
    figure.update_xaxes(range=_range([axis.factor * end for end in ends]), row=1, col=1)
    figure.update_layout(
        template=theme.template(texts.separators), height=_AROUND + _ROW * len(rows), showlegend=False,
        margin={"l": 10, "r": 16, "t": 12, "b": 72},
    )  # fmt: skip
    return Drawn(
        name=f"robustness-{identifier(criterion)}",
        title=texts.get(
            "decision.figure.robustness.title",
            label=context.label(first),
            baseline=context.title(context.baseline),
        ),
        lead=texts.get("decision.figure.robustness.lead"),
        footer=sourced(
            texts.get(
                f"decision.figure.robustness.footer{'' if 'mean_regret_low' in first else '_bare'}",
                level=context.level,
                n=texts.number(float(first["n"])),
                replicates=texts.number(float(first["replicates"])),
            ),
            "draws_text",
            context,
        ),
        figure=figure,
        key=_key(context),
    )


def identifier(name: object) -> str:
    """Return a name that can stand in an id of HTML."""
    return "".join(letter if letter.isalnum() else "-" for letter in str(name))


def sourced(footer: str, fact: str, context: DecisionContext) -> str:
    """Return a footer with where the points come from: the fact, or the draws where it is not known."""
    known = context.facts.get(fact) or context.facts["draws_text"]
    origin = context.texts.pick(known).rstrip(".")
    return f"{footer} {context.texts.get('decision.figure.source', origin=origin)}"


def bar(
    figure: go.Figure, ends: Sequence[float], place: float, colour: str, width: float, column: int = 1
) -> None:
    """Draw a horizontal bar; nothing where an end is missing."""
    if not any(map(missing, ends)):
        figure.add_trace(
            go.Scatter(
                x=list(ends), y=[place, place], mode="lines", line={"color": colour, "width": width},
                hoverinfo="skip", showlegend=False,
            ),
            row=1,
            col=column,
        )  # fmt: skip


def _range(ends: list[float]) -> list[float]:
    """Return the range of an axis that holds all ends and zero, with some room."""
    low = min(0.0, *(end for end in ends if not missing(end)))
    high = max(0.0, *(end for end in ends if not missing(end)))
    room = _PAD * (high - low or 1.0)
    return [low - room, high + room]


def _differences(
    figure: go.Figure, rows: list[tuple[int, Row]], factor: float, context: DecisionContext
) -> None:
    for place, row in rows:
        bar(figure, [factor * row["low"], factor * row["high"]], place - _UP, theme.RULE, 2)
        for name, shift, colour, symbol in (
            ("mean", -_UP, MEAN, "circle"),
            ("worst_decile", _DOWN, WORST, "diamond"),
        ):
            values = triple(row, name)
            bar(figure, [factor * end for end in values[1:]], place + shift, colour, 5)
            said = context.amount(values, row["unit"], sign=True)
            figure.add_trace(
                go.Scatter(
                    x=[factor * values[0]], y=[place + shift], mode="markers",
                    marker={"symbol": symbol, "size": 11, "color": colour,
                            "line": {"width": 1, "color": theme.PAPER}},
                    hovertemplate=f"{safe(said)}<extra></extra>",
                ),
                row=1,
                col=1,
            )  # fmt: skip


def _regrets(figure: go.Figure, rows: list[Row], factor: float, context: DecisionContext) -> None:
    for place, row in enumerate(rows):
        bar(figure, [0.0, factor * row["max_regret"]], place, theme.GRID, 4, 2)
        for name, colour in (("mean_regret", MEAN), ("regret_90", theme.INK)):
            if f"{name}_low" in row:
                bar(figure, [factor * end for end in triple(row, name)[1:]], place, colour, 5, 2)
    for name, symbol, colour in _REGRETS:
        figure.add_trace(
            go.Scatter(
                x=[factor * row[name] for row in rows],
                y=list(range(len(rows))),
                mode="markers",
                cliponaxis=False,
                marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
                customdata=[safe(context.amount(alone(row[name]), row["unit"])) for row in rows],
                hovertemplate="%{customdata}<extra></extra>",
            ),
            row=1,
            col=2,
        )


_REGRETS: Final = (
    ("max_regret", "line-ns", theme.INK),
    ("regret_90", "triangle-right", theme.INK),
    ("mean_regret", "circle", MEAN),
)


def _key(context: DecisionContext) -> str:
    def said(name: str) -> str:
        return context.texts.get(f"decision.figure.robustness.{name}", level=context.level)

    return key_html(
        [
            (point_sample(MEAN, "circle"), said("mean")),
            (line_sample(theme.RULE), said("range")),
            (point_sample(WORST, "diamond"), said("worst")),
            (point_sample(MEAN, "circle"), said("regret_mean")),
            (point_sample(theme.INK, "triangle-right"), said("regret_90")),
            (point_sample(theme.INK, "tick"), said("regret_max")),
        ]
    )
