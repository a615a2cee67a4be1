"""Tables of the page of a batch: key figures, what the money buys, ranks."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from ankomst.report.batch.employment import whole
from ankomst.report.chart.panels import COST, WORK, measure
from ankomst.report.document.context import NO_DIFFERENCE, records
from ankomst.report.document.payers_table import section
from ankomst.report.document.run_context import DASH
from ankomst.report.document.tables import difference_cell, html_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.batch.context import BatchContext

DISPLACEMENT = "displacement"
WIDE = 6
_MONEY = (
    "net_social_benefit",
    "chance_benefits_exceed_costs",
    "cost_per_person_year",
    "mvpf",
    "deadweight_share",
)
_HEADS = {
    "net_social_benefit": "table.column.benefit",
    "chance_benefits_exceed_costs": "table.column.chance",
    "cost_per_person_year": "table.column.per_year",
    "mvpf": "column.mvpf",
    "deadweight_share": "table.column.deadweight",
}
_SHARES = ("chance_benefits_exceed_costs", "deadweight_share")


def key_figures(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> str:
    """Return months in work and net cost by payer, a row per scenario."""
    texts, rows = context.texts, whole(tables["differences"])
    rows = rows[rows["scenario"].isin(context.others) & (rows["outcome"] != DISPLACEMENT)]
    present = list(zip(rows["outcome"], rows["payer"], strict=True))
    # Beside the usual ones as many as a page is wide; all stand in the sheet of differences.
    kept = [pair for pair in (*WORK, *COST) if pair in present] or list(dict.fromkeys(present))[:WIDE]
    cells: dict[str, list[str]] = {name: [escape(context.marked(name))] for name in context.others}
    head = [texts.get("column.scenario")]
    for outcome, payer in kept:
        part = rows[(rows["outcome"] == outcome) & (rows["payer"] == payer)]
        item = measure(part, context)
        factor, decimals = (1.0, 0) if item.money else (item.factor, item.decimals)
        head.append(f"{item.name} {item.when} ({texts.get(f'run.unit.{item.kind}')})")
        for row in records(part):
            scaled = {**row, **{name: factor * float(row[name]) for name in ("estimate", "low", "high")}}
            same = row["verdict"] == NO_DIFFERENCE
            said = f'<span class="close">{escape(texts.phrase(NO_DIFFERENCE))}</span>'
            cells[str(row["scenario"])].append(said if same else difference_cell(scaled, decimals, context))
    note = texts.get("table.key_figures_note", years=context.years, band=context.band())
    html = html_table(head, list(cells.values()), text_columns=1)
    return section("differences", texts.get("table.key_figures"), note, html)


def money(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> str:
    """Return what the money buys, a row per scenario."""
    texts, table = context.texts, tables["economics"]
    rows = table[(table["grant"].fillna("") == "") | (table["grant"] == "all")]
    found = {(str(row["scenario"]), str(row["measure"])): row for row in records(rows)}
    names = [name for name in context.scenarios if any((name, key) in found for key in _MONEY)]
    body = [
        [escape(context.marked(name)), *(_cell(found.get((name, key)), context) for key in _MONEY)]
        for name in names
    ]
    ratio = "table.ratio_draws" if context.draws > 1 else "table.ratio_point"
    note = texts.get("table.money_note", band_ratio=texts.get(ratio))
    html = html_table(
        [texts.get("column.scenario"), *(texts.get(_HEADS[key]) for key in _MONEY)], body, text_columns=1
    )
    return section("economics", texts.get("table.money"), note, html)


def _cell(row: dict[str, Any] | None, context: BatchContext) -> str:
    texts = context.texts
    if row is None:
        return DASH
    if not math.isfinite(float(row["estimate"])):
        words = str(row["text"]) if isinstance(row["text"], str) else ""
        return f'<span class="words">{escape(texts.phrase(words)) or DASH}</span>'
    factor = 100.0 if row["measure"] in _SHARES else 1.0
    decimals = 1 if row["measure"] == "deadweight_share" else 2 if row["measure"] == "mvpf" else 0
    amount = texts.number(factor * float(row["estimate"]), decimals)
    low, high = (factor * float(row[end]) for end in ("low", "high"))
    if not (math.isfinite(low) and math.isfinite(high)):
        return amount
    if row["measure"] in _SHARES:
        low, high = max(low, 0.0), min(high, 100.0)
    span = texts.get("word.bracket", span=texts.span(low, high, decimals))
    return f'{amount}<br><span class="span">{escape(span)}</span>'


def ranks(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> str:
    """Return places, chances of being best and mean regret, by criterion."""
    texts, regret = context.texts, tables["regret"]
    lost = {(row["criterion"], row["scenario"]): float(row["mean_regret"]) for row in records(regret)}
    head = [texts.get("table.column.criterion"), texts.get("column.scenario")]
    head += [texts.get(f"table.column.{name}") for name in ("rank", "span", "best", "regret")]
    body = []
    for (criterion, _), rows in tables["ranking"].groupby(["criterion", "payer"], sort=False, dropna=False):
        for k, row in enumerate(records(rows.sort_values("rank", kind="stable"))):
            months = row["unit"] == "months"
            amount = lost.get((row["criterion"], row["scenario"]), math.nan)
            unit = "word.months" if months else "word.dkk"
            body.append(
                [
                    f"<strong>{escape(texts.label('batch.rank', criterion))}</strong>" if k == 0 else "",
                    escape(context.marked(str(row["scenario"]))),
                    texts.number(float(row["rank"])),
                    f"{texts.number(float(row['low_rank']))} – {texts.number(float(row['high_rank']))}",
                    texts.number(100.0 * float(row["p_best"])),
                    escape(texts.get(unit, amount=texts.number(amount, 2 if months else 0))),
                ]
            )
    cases = texts.get("batch.rank.cases_draws" if context.draws > 1 else "batch.rank.cases_point")
    note = texts.get("table.ranks_note", level=context.level, cases=cases)
    folded = texts.get("table.show") if len(body) > 24 else ""
    return section("ranks", texts.get("table.ranks"), note, html_table(head, body), folded=folded)
