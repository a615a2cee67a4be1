"""Employment by months since arrival, and the forests of differences, of a batch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ankomst.report.batch.charts import lines, plain, points
from ankomst.report.chart.figure_scenarios import DIFFERENCE, LEVEL, draw_differences, draw_employment
from ankomst.report.chart.native import Chart
from ankomst.report.chart.panels import BOUNDS, COST, WORK, measure

if TYPE_CHECKING:
    from ankomst.report.batch.context import BatchContext
    from ankomst.report.document.page import Drawn

MOST_ROWS = 40
ABREAST = 3
"""Panels beside each other."""
_PERCENT = 100.0


def employment(levels: pd.DataFrame, curves: pd.DataFrame | None, context: BatchContext) -> Drawn:
    """Draw the share in work by month, and the paired difference from the baseline below.

    Parameters
    ----------
    levels : DataFrame
        From `curve_levels`, of the scenarios of the context.
    curves : DataFrame, optional
        Differences by month, the batch's table ``curves``.
    context : BatchContext
        Of the scenarios to show.
    """
    texts = context.texts
    columns = ["scenario", "months", "outcome", "unit", *BOUNDS, "n"]
    parts = [levels.loc[levels["outcome"] == LEVEL, columns]]
    if curves is not None and len(curves):
        mine = curves[(curves["outcome"] == LEVEL) & curves["scenario"].isin(context.others)]
        parts.append(mine[columns].assign(outcome=DIFFERENCE))
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    drawn = draw_employment(rows, context)
    shown = rows.copy()
    shown[BOUNDS] *= _PERCENT
    shown["unit"] = ["%" if name == LEVEL else "percentage points" for name in shown["outcome"]]
    panels = []
    for outcome, title, unit in (
        (LEVEL, "panel.employed", "axis.employed"),
        (DIFFERENCE, "run.panel_difference", "axis.employed_difference"),
    ):
        of = [
            (context.marked(name), context.line(name).colour, part)
            for name in context.scenarios
            if len(part := shown[(shown["outcome"] == outcome) & (shown["scenario"] == name)])
        ]
        if of:
            along = texts.get("axis.months_since_arrival")
            panels.append(lines(of, texts.get(title), plain(texts.get(unit)), along, 1))
    lead = f"{drawn.lead} {texts.get('batch.employment.lead')}"
    return replace(drawn, lead=lead, data=shown, chart=Chart("lines", tuple(panels)))


def differences(table: pd.DataFrame, context: BatchContext) -> list[Drawn]:
    """Draw the differences in work and Danish, and in net cost by payer, a row per scenario.

    Parameters
    ----------
    table : DataFrame
        The batch's table ``differences``.
    context : BatchContext
    """
    rows = whole(table)
    figures = _figures(rows)
    found: list[Drawn] = []
    for drawn, (_, shown) in zip(draw_differences(rows, context, figures), figures, strict=True):
        panels, data = [], []
        for outcome, payer in shown:
            part = rows[(rows["outcome"] == outcome) & (rows["payer"] == payer)]
            part = part[part["scenario"].isin(context.others)].copy()
            item = measure(part, context)
            part[BOUNDS] *= item.factor
            unit = plain(item.axis)
            panels.append(
                points(
                    part,
                    "scenario",
                    context.marked,
                    f"{item.name}, {item.when}",
                    unit,
                    context.line(context.others[0]).colour,
                    item.decimals,
                )
            )
            data.append(part.assign(unit=unit))
        columns = ["scenario", "outcome", "payer", "months", "unit", *BOUNDS, "level", "n", "verdict"]
        frame = pd.concat(data, ignore_index=True)[columns]
        made = replace(drawn, data=frame, chart=Chart("points", tuple(panels)))
        again = sum(each.name.partition("-")[0] == drawn.name for each in found)
        found.append(replace(made, name=f"{drawn.name}-{again + 1}") if again else made)
    return found


def _figures(rows: pd.DataFrame) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the outcomes and payers of each figure: those that the batch has, three beside each other."""
    pairs = dict.fromkeys(zip(rows["outcome"], rows["payer"], strict=True))
    present = [pair for pair in pairs if pair[0] != "displacement"]
    figures = [
        (name, [pair for pair in of if pair in present]) for name, of in (("work", WORK), ("cost", COST))
    ]
    others = [pair for pair in present if pair not in (*WORK, *COST)]
    figures += [("more", others[k : k + ABREAST]) for k in range(0, len(others), ABREAST)]
    return [(name, shown) for name, shown in figures if shown]


def whole(table: pd.DataFrame) -> pd.DataFrame:
    """Return the differences of all newcomers, not split by group."""
    rows = table[table["dimension"] == "all"]
    return rows.assign(payer=rows["payer"].astype(object).where(rows["payer"].notna(), ""))
