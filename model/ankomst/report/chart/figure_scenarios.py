"""Scenarios of a run: employment by months since arrival, and differences from the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, stack
from ankomst.report.chart.key import key_html, line_sample
from ankomst.report.chart.lines import BAND, add_line, level_and_difference
from ankomst.report.chart.panels import COST, WORK, outcome_rows, panels_figure, verdict_key
from ankomst.report.document.context import choose, require
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded, row_height

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from ankomst.report.document.run_context import RunContext

CURVES = ("scenario", "months", "outcome", "unit", "estimate", "low", "high", "n")
DIFFERENCES = (*("scenario", "outcome", "payer", "months", "unit", "estimate", "low", "high", "n"), "verdict")
# Bands of more scenarios than this lie over each other.
_FEW = 4
Figures = Sequence[tuple[str, Sequence[tuple[str, str]]]]
LEVEL, DIFFERENCE = "employment_rate", "employment_rate_difference"


def curve_rows(table: pd.DataFrame | None, context: RunContext, outcome: str = LEVEL) -> pd.DataFrame:
    """Return the rows of one outcome, which every scenario must have."""
    rows = choose(require(table, "curves", CURVES), "curves", outcome=outcome)
    for name in context.scenarios if outcome == LEVEL else context.others:
        choose(rows, "curves", scenario=name)
    return rows


def draw_employment(table: pd.DataFrame | None, context: RunContext) -> Drawn:
    """Draw the share in work by months since arrival, and below the paired difference if the table has it.

    Parameters
    ----------
    table : DataFrame
        ``curves``: scenario, months, outcome, unit, estimate, low, high, n. Outcome ``employment_rate``,
        optionally also ``employment_rate_difference`` (paired, from the baseline).
    context : RunContext
    """
    texts, rows = context.texts, curve_rows(table, context)
    paired = bool(context.others) and DIFFERENCE in set(require(table, "curves", CURVES)["outcome"])
    titles = [texts.get("panel.employed"), texts.get("run.panel_difference")]
    figure = level_and_difference(titles, paired=paired)
    shade = BAND if len(context.scenarios) <= _FEW else BAND / 2
    for name in context.scenarios:
        part = rows[rows["scenario"] == name]
        add_line(figure, part, context.line(name), context, legend=False, shade=shade)
    figure.update_yaxes(
        title_text=texts.get("axis.employed"),
        rangemode="tozero",
        ticksuffix=texts.get("word.percent", amount=""),
        row=1,
        col=1,
    )
    if paired:
        differing = curve_rows(table, context, DIFFERENCE)
        for name in context.others:
            part = differing[differing["scenario"] == name]
            add_line(
                figure, part, context.line(name), context, row=2, differs=True, legend=False, shade=shade
            )
        figure.update_yaxes(title_text=texts.get("axis.employed_difference"), row=2, col=1)
    last = int(rows["months"].max())
    figure.update_layout(
        template=theme.template(texts.separators),
        height=700 if paired else 440,
        hovermode="x unified",
        margin={"t": 40 if paired else 16, "l": 72},
        showlegend=False,
    )
    figure.update_xaxes(tick0=0, dtick=12, range=[0, last + 1], showgrid=False, showticklabels=True)
    figure.update_xaxes(title_text=texts.get("axis.months_since_arrival"), row=2 if paired else 1, col=1)
    samples = [
        (line_sample(line.colour, line.dash), context.marked(name))
        for name, line in ((name, context.line(name)) for name in context.scenarios)
    ]
    return Drawn(
        "employment",
        texts.get("run.employment.title"),
        texts.get("run.employment.lead"),
        context.footer(rows, "value", texts.get("note.thin_band"), *context.dagger_note(context.scenarios)),
        figure,
        key_html(samples),
    )


def difference_rows(table: pd.DataFrame | None, context: RunContext) -> pd.DataFrame:
    """Return the differences of all scenarios of the page."""
    rows = require(table, "differences", DIFFERENCES)
    for name in context.others:
        choose(rows, "differences", scenario=name)
    return rows[rows["scenario"].isin(context.others)]


def draw_differences(
    table: pd.DataFrame | None, context: RunContext, figures: Figures = (("work", WORK), ("cost", COST))
) -> list[Drawn]:
    """Draw differences from the baseline: as a rule work and Danish, and net cost by payer.

    Parameters
    ----------
    table : DataFrame
        ``differences``: scenario, outcome, payer, months, unit, estimate, low, high, n, verdict.
    context : RunContext
    figures : sequence of (str, sequence of (str, str))
        Name of each figure (work, cost or more), and the outcomes and payers of its panels.
    """
    texts, rows = context.texts, difference_rows(table, context)
    bars = (texts.get("note.thin_bar"), *context.dagger_note(context.others))
    drawn = []
    extra: tuple[str, ...]
    for name, shown in figures:
        panels = [outcome_rows(rows, "differences", outcome, payer) for outcome, payer in shown]
        panels = [part.assign(row=part["scenario"]) for part in panels]
        extra = (texts.get("run.cost.footer"),) if name == "cost" else ()
        drawn.append(
            Drawn(
                name,
                texts.get(f"run.{name}.title"),
                texts.get(f"run.{name}.lead"),
                context.footer(rows, "difference", *extra, *bars),
                _forest(panels, context),
                key_html(verdict_key(panels, context, baseline=True)),
            )
        )
    return drawn


def _forest(panels: list[pd.DataFrame], context: RunContext) -> go.Figure:
    labels = [(name, context.marked(name)) for name in context.scenarios]
    marks = {
        name: Mark(context.line(name).colour, "circle", context.name(name), size=8)
        for name in context.scenarios
    }
    return panels_figure(
        panels,
        stack([("", labels)], folded),
        marks,  # type: ignore[arg-type]  # names are hashable
        context,
        title=context.texts.get("axis.scenario"),
        row_height=row_height([label for _, label in labels]),
        origin=context.baseline if context.baseline in context.titles else None,
    )
