"""The tables of the page of a run as HTML; every text that comes from a file is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.report.chart.figure_decomposition import TOTAL, part_rows
from ankomst.report.chart.figure_run_accounts import NET, account_rows
from ankomst.report.chart.figure_scenarios import difference_rows
from ankomst.report.chart.panels import BOUNDS, COST, PAYERS, WORK, Measure, equal_rows, measure
from ankomst.report.document.context import NO_DIFFERENCE, choose, in_order, missing, records, require
from ankomst.report.document.history import cohort_name, definition, points, whom
from ankomst.report.document.run_context import DASH, written
from ankomst.report.document.tables import difference_cell, html_table, level_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.report.document.run_context import RunContext

Row = dict[str, Any]
ASSUMPTIONS = ("scenario", "lever", "name", "value", "low", "high", "unit", "grade", "source")
CHANGE = ("sentence", "before", "after")
ASSUMED = "assumption"
# Order of the columns; what the table holds besides comes after, as it stands there.
_OUTCOMES = (WORK[0], WORK[1], ("ordinary_employment_rate", ""), WORK[2], *COST)
# In both together only: by payer it would take two more columns.
_ONLY_BOTH = ("displacement",)


def changes_table(changes: Sequence[Mapping[str, Any]], context: RunContext, *, before: str) -> str:
    """Table of what one scenario changes: in words, the two values, and the source.

    Raises
    ------
    ValueError
        If a change lacks its sentence or a value in the page's language.
    """
    texts, lang = context.texts, context.texts.lang
    head = [texts.get("run.column.words"), texts.get(before), texts.get("run.column.after")]
    head.append(texts.get("column.source"))
    body = []
    for change in changes:
        lacking = [name for name in CHANGE if f"{name}_{lang}" not in change]
        if lacking:
            raise ValueError(f"a change lacks {', '.join(f'{name}_{lang}' for name in lacking)}")
        said = [escape(str(change[f"sentence_{lang}"])), f"<code>{escape(str(change.get('key', '')))}</code>"]
        names = (
            *(change.get("rests_on") or ()),
            *(f"rates.{name}" for name in change.get("assumed_rates") or ()),
        )
        rests_on = [f"<code>{escape(str(name))}</code>" for name in names]
        if rests_on:
            said.append(f"{escape(texts.get('run.change.rests_on'))} {', '.join(rests_on)}")
        words = f'{said[0]}<br><span class="small">{"<br>".join(said[1:])}</span>'
        values = [escape(written(change[f"{name}_{lang}"], context)) for name in ("before", "after")]
        source = change.get("source")
        source = texts.get("table.no_source") if missing(source) or not str(source).strip() else str(source)
        body.append([words, *values, escape(source)])
    return html_table(head, body, text_columns=len(head))


def assumption_rows(table: pd.DataFrame | None, changes: Mapping[str, Any]) -> pd.DataFrame:
    """Return the parameters that scenarios rest on; a table without rows is sound.

    Raises
    ------
    ValueError
        If the table is missing although a change rests on parameters, or lacks a column.
    """
    rests = any(change.get("rests_on") for listed in changes.values() for change in listed)
    if table is None and not rests:
        return pd.DataFrame(columns=list(ASSUMPTIONS))
    if table is not None and len(table) == 0 and not rests:
        return table
    return require(table, "assumptions", ASSUMPTIONS)


def assumptions_table(rows: pd.DataFrame, context: RunContext) -> str:
    """Table of the parameters that one scenario rests on."""
    texts = context.texts
    head = [texts.get("column.name"), texts.get("run.column.lever"), texts.get("column.value")]
    head += [
        texts.get("run.column.range"),
        *(texts.get(f"column.{name}") for name in ("unit", "grade", "source")),
    ]
    body = []
    for row in records(rows):
        bounds = [written(row[name], context) for name in ("low", "high")]
        span = DASH if DASH in bounds else texts.get("word.span", low=bounds[0], high=bounds[1])
        source = "" if missing(row["source"]) else str(row["source"]).strip()
        body.append(
            [
                f"<code>{escape(str(row['name']))}</code>",
                f"<code>{escape(str(row['lever']))}</code>",
                escape(written(row["value"], context)),
                escape(span),
                escape(written(row["unit"], context)),
                escape(texts.label("grade", row["grade"])),
                escape(source or texts.get("table.no_source")),
            ]
        )
    return html_table(head, body, text_columns=len(head))


def _cell(row: Row, item: Measure, context: RunContext) -> str:
    """Write a difference in full units; none at all is said in words."""
    if bool(equal_rows(pd.DataFrame([row])).iloc[0]):
        return f'<span class="close">{escape(context.texts.phrase(NO_DIFFERENCE))}</span>'
    factor = 1.0 if item.money else item.factor
    scaled = {**row, **{name: factor * float(row[name]) for name in BOUNDS}}
    return difference_cell(scaled, 0 if item.money else item.decimals, context)


def _head(item: Measure, context: RunContext) -> str:
    return f"{item.name} {item.when} ({context.texts.get(f'run.unit.{item.kind}')})"


def differences_table(table: pd.DataFrame, context: RunContext) -> str:
    """Table of every difference from the baseline, a row per outcome, beside the baseline's own values."""
    texts, rows = context.texts, difference_rows(table, context)
    present = [
        (str(outcome), str(payer))
        for outcome, payer in zip(rows["outcome"], rows["payer"], strict=True)
        if outcome not in _ONLY_BOTH or payer == "both"
    ]
    pairs: list[tuple[str, str]] = in_order(present, _OUTCOMES)  # type: ignore[arg-type, assignment]  # as names
    named = [context.baseline] if context.baseline in context.titles else []
    head = [texts.get("run.column.outcome"), *(context.marked(name) for name in (*named, *context.others))]
    body = []
    for outcome, payer in pairs:
        part = rows[(rows["outcome"] == outcome) & (rows["payer"] == payer)]
        item = measure(part, context)
        found = {str(row["scenario"]): row for row in records(part)}
        cells = [_level(next(iter(found.values())), item, context) for _ in named]
        cells += [_cell(found[name], item, context) if name in found else DASH for name in context.others]
        body.append([escape(_head(item, context)), *cells])
    return html_table(head, body, text_columns=1)


def _level(row: Row, item: Measure, context: RunContext) -> str:
    """Write the baseline's own value, where the table has it."""
    texts = context.texts
    if missing(row.get("baseline_value")) or item.outcome in _ONLY_BOTH:
        return escape(texts.get("word.baseline"))
    value = float(row["baseline_value"])
    if item.kind == "share":
        return escape(texts.get("word.percent", amount=texts.number(100 * value, 1)))
    return texts.number(value, 0 if item.money else item.decimals)


def net_table(table: pd.DataFrame, context: RunContext) -> str:
    """Table of net cost by payer, a row per scenario."""
    texts, rows = context.texts, account_rows(table, context)
    head = [texts.get("column.scenario"), *(_capital(texts.label("payer", payer)) for payer in PAYERS)]
    body = []
    for name in context.scenarios:
        mine = choose(rows, "accounts", scenario=name, item=NET)
        cells = [level_cell(records(mine[mine["payer"] == payer])[0], 1, 0, context) for payer in PAYERS]
        body.append([escape(context.marked(name)), *cells])
    return html_table(head, body, text_columns=1)


def accounts_table(table: pd.DataFrame, context: RunContext) -> str:
    """Table of every item of the accounts by payer, a column per scenario."""
    texts, rows = context.texts, account_rows(table, context)
    found = {(row["payer"], row["item"], row["scenario"]): row for row in records(rows)}
    some = rows[(rows["estimate"] != 0) & rows["payer"].isin(PAYERS)]
    # What both pay together is told by the sum: items would be the payers' rows once more.
    some = some[(some["payer"] != "both") | (some["item"] == NET)]
    pairs = sorted(
        dict.fromkeys(zip(some["payer"], some["item"], strict=True)),
        key=lambda pair: (PAYERS.index(pair[0]), pair[1] == NET),
    )
    head = [
        texts.get("column.payer"),
        texts.get("column.item"),
        *(context.marked(name) for name in context.scenarios),
    ]
    body = []
    for payer, item in pairs:
        names = [escape(texts.label("payer", payer)), escape(texts.label("item", item))]
        cells = [level_cell(found.get((payer, item, name)), 1, 0, context) for name in context.scenarios]
        if item == NET:
            names = [f"<strong>{name}</strong>" for name in names]
        body.append([*names, *cells])
    return html_table(head, body)


def history_table(rows: pd.DataFrame, context: RunContext) -> str:
    """Table of model against published shares, in the order of `history_rows`: largest distance first."""
    texts = context.texts
    head = [
        texts.get(f"run.column.{name}") for name in ("cohort", "year", "whom", "months", "published", "model")
    ]
    head += [texts.get(f"run.column.{name}") for name in ("distance", "n", "definition")]
    head.append(texts.get("column.source"))
    body = []
    for row in records(rows):
        year = DASH if missing(row["year"]) else f"{float(row['year']):.0f}"
        size = points(float(row["distance"]), context) if not row["unreached"] else DASH
        distance = f'<span class="miss">{size}</span>' if row["miss"] and row["comparable"] else size
        first, *more = [escape(text) for text in definition(row, context)] or [""]
        how = "".join((first, *(f'<br><span class="small">{text}</span>' for text in more)))
        published = {name: row[f"published_{name}"] for name in ("low", "high")} | {
            "estimate": row["published"]
        }
        n = f"{texts.number(float(row['n']))}; {texts.number(float(row['newcomers']))}"
        body.append(
            [
                escape(cohort_name(row["cohort"])),
                year,
                escape(whom(row, context)),
                texts.number(float(row["months"])),
                _percent(published, context),
                _percent(row, context),
                distance,
                n,
                how,
                escape("" if missing(row["source"]) else str(row["source"])),
            ]
        )
    return html_table(head, body, text_columns=len(head))


def _percent(row: Mapping[str, Any], context: RunContext) -> str:
    """Write a share in percent, with its interval where there is one."""
    if missing(row["estimate"]):
        return DASH
    if missing(row["low"]) or missing(row["high"]):
        return context.texts.number(100 * float(row["estimate"]), 1)
    return level_cell(row, 100, 1, context)


def decomposition_table(table: pd.DataFrame, context: RunContext) -> str:
    """Table of the parts of a difference: the average over orders, first and last."""
    texts = context.texts
    panels, titles = part_rows(table, context)
    measures = [measure(rows, context) for rows in panels]
    head = [texts.get("run.column.part"), *(_head(item, context) for item in measures)]
    found = [{str(row["part"]): row for row in records(rows)} for rows in panels]
    body = []
    for part, title in titles.items():
        name = f"<strong>{escape(title)}</strong>" if part == TOTAL else escape(title)
        cells = []
        for item, rows in zip(measures, found, strict=True):
            cell = _cell(rows[part], item, context)
            if part != TOTAL:
                factor, decimals = (1.0, 0) if item.money else (item.factor, item.decimals)
                ends = {
                    end: texts.number(factor * float(rows[part][end]), decimals, sign=True)
                    for end in ("first", "last")
                }
                said = escape(texts.get("run.decomposition.ends", **ends))
                cell += f'<br><span class="span">{said}</span>'
            cells.append(cell)
        body.append([name, *cells])
    return html_table(head, body, text_columns=1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
