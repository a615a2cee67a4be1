"""The tables of a page as HTML; every text that comes from a file is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from ankomst.report.chart.figure_accounts import PAYERS as ACCOUNT_PAYERS
from ankomst.report.chart.figure_accounts import period_rows
from ankomst.report.chart.figure_differences import PAYERS, outcome_rows
from ankomst.report.document.context import (
    Context,
    choose,
    decimals_for,
    in_order,
    missing,
    records,
    require,
    unclear,
)

Row = Mapping[str, Any]
_MEASURES = {"cost_per_person_year": 0, "mvpf": 2, "break_even_year": 0}


def html_table(head: Sequence[str], body: Iterable[Sequence[str]], *, text_columns: int = 2) -> str:
    """Build a table that scrolls sideways on a narrow page.

    Parameters
    ----------
    head : sequence of str
        Column headings, plain text.
    body : iterable of sequences of str
        Cells, already HTML.
    text_columns : int
        How many of the first columns hold text; the others hold numbers and are set to the right.
    """
    kinds = ["" if place < text_columns else ' class="number"' for place in range(len(head))]
    names = "".join(
        f'<th scope="col"{kind}>{escape(name)}</th>' for kind, name in zip(kinds, head, strict=True)
    )
    lines = []
    for cells in body:
        marked = "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, cells, strict=True))
        lines.append(f"<tr>{marked}</tr>")
    rows = "\n".join(lines)
    table = f"<table><thead><tr>{names}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'


def difference_cell(row: Row, decimals: int, context: Context) -> str:
    """Write a difference with its interval; one that is too close to call is grey and marked."""
    texts = context.texts
    decimals = decimals_for(row, decimals)
    amount = texts.number(float(row["estimate"]), decimals, sign=True)
    span = texts.get(
        "word.bracket", span=texts.span(float(row["low"]), float(row["high"]), decimals, sign=True)
    )
    close = bool(unclear(pd.DataFrame([row]))[0])
    title = escape(texts.get("legend.unclear"), quote=True)
    value = (
        f'<span class="close" title="{title}">≈ {amount}</span>' if close else f"<strong>{amount}</strong>"
    )
    return f'{value}<br><span class="span">{escape(span)}</span>'


def level_cell(row: Row | None, factor: float, decimals: int, context: Context) -> str:
    """Write a value with its interval, times `factor`; a dash where there is none."""
    if row is None or missing(row["estimate"]):
        return "\N{EN DASH}"
    texts = context.texts
    low, high = factor * float(row["low"]), factor * float(row["high"])
    span = escape(texts.get("word.bracket", span=texts.span(low, high, decimals)))
    return f'{texts.number(factor * float(row["estimate"]), decimals)}<br><span class="span">{span}</span>'


def _by_combination(frame: pd.DataFrame) -> dict[tuple[str, str], Row]:
    return {(str(row["period"]), str(row["design"])): row for row in records(frame)}


def _combinations(frame: pd.DataFrame, context: Context) -> list[tuple[str, str]]:
    pairs = list(dict.fromkeys(zip(frame["period"], frame["design"], strict=True)))
    order = [(period, design) for period in context.periods for design in context.designs]
    return in_order(pairs, order)  # type: ignore[arg-type, return-value]  # pairs are ordered as names are


def combinations_table(differences: pd.DataFrame, grants: pd.DataFrame, context: Context) -> str:
    """Table of every combination: differences by outcome and payer, grants paid and deadweight."""
    texts = context.texts
    columns = [(_by_combination(outcome_rows(differences, "months_employed")), 2)]
    columns += [(_by_combination(outcome_rows(differences, "net_cost", payer)), 0) for payer in PAYERS]
    paid = _by_combination(choose(grants, "grants", measure="grants_paid"))
    lost = _by_combination(grants[grants["measure"] == "deadweight"])
    head = [texts.get("column.period"), texts.get("column.design"), texts.get("column.months_employed")]
    head += [texts.get("column.net_cost", payer=texts.label("payer", payer)) for payer in PAYERS]
    head += [texts.get("column.grants_paid"), texts.get("column.deadweight")]
    everything = pd.concat([differences[["period", "design"]], grants[["period", "design"]]])
    body = []
    for pair in _combinations(everything, context):
        period, design = pair
        cells = [escape(context.period(period)), escape(context.design(design))]
        for rows, decimals in columns:
            if pair in rows:
                cells.append(difference_cell(rows[pair], decimals, context))
            else:
                is_base = f"{period}+{design}" == context.baseline
                cells.append(escape(texts.get("word.baseline")) if is_base else "\N{EN DASH}")
        cells += [level_cell(paid.get(pair), 1, 0, context), level_cell(lost.get(pair), 100, 1, context)]
        body.append(cells)
    return html_table(head, body)


def economics_table(economics: pd.DataFrame, context: Context) -> str:
    """Table of cost per extra person-year, marginal value of public funds and break-even year."""
    texts = context.texts
    require(
        economics,
        "economics",
        ("period", "design", "measure", "estimate", "low", "high", "text", "convention"),
    )
    measures = in_order(economics["measure"].tolist(), list(_MEASURES))
    found = {name: _by_combination(economics[economics["measure"] == name]) for name in measures}
    head = [texts.get("column.period"), texts.get("column.design")]
    head += [texts.label("column", name) for name in measures]
    body = []
    for pair in _combinations(economics, context):
        cells = [escape(context.period(pair[0])), escape(context.design(pair[1]))]
        cells += [
            _economics_cell(found[name].get(pair), _MEASURES.get(name, 2), context) for name in measures
        ]
        body.append(cells)
    conventions = economics.drop_duplicates(["measure", "convention"])
    listed = ""
    for row in records(conventions):
        if not missing(row["convention"]) and str(row["convention"]).strip():
            measure = escape(texts.label("column", row["measure"]))
            listed += f"<li><strong>{measure}:</strong> {escape(texts.phrase(row['convention']))}</li>"
    below = f"<h4>{escape(texts.get('section.conventions'))}</h4><ul>{listed}</ul>" if listed else ""
    return html_table(head, body) + below


def _economics_cell(row: Row | None, decimals: int, context: Context) -> str:
    if row is None:
        return "\N{EN DASH}"
    words = "" if missing(row["text"]) else str(row["text"]).strip()
    said = f'<span class="words">{escape(context.texts.phrase(words))}</span>' if words else ""
    if missing(row["estimate"]):
        return said or "\N{EN DASH}"
    value = level_cell(row, 1, decimals, context)
    return f"{value}<br>{said}" if said else value


def accounts_table(accounts: pd.DataFrame, context: Context) -> str:
    """Table of every item of the accounts by payer and introduction period."""
    texts, rows = context.texts, period_rows(accounts, context)
    periods = in_order(rows["period"].tolist(), context.periods)
    pairs = list(dict.fromkeys(zip(rows["payer"], rows["item"], strict=True)))
    payers = in_order(rows["payer"].tolist(), ACCOUNT_PAYERS)
    pairs.sort(key=lambda pair: payers.index(pair[0]))
    found = {(row["payer"], row["item"], row["period"]): row for row in records(rows)}
    head = [texts.get("column.payer"), texts.get("column.item"), *(context.period(name) for name in periods)]
    body = []
    for payer, item in pairs:
        cells = [escape(texts.label("payer", payer)), escape(texts.label("item", item))]
        for period in periods:
            row = found.get((payer, item, period))
            cells.append("\N{EN DASH}" if row is None else difference_cell(row, 0, context))
        body.append(cells)
    return html_table(head, body)


def parameters_table(shares: pd.DataFrame, context: Context) -> str:
    """Table of the parameters that the answer rests on, with unit, grade and source."""
    texts = context.texts
    require(shares, "shares", ("name", "value", "unit", "grade", "source"))
    head = [texts.get(f"column.{name}") for name in ("name", "grade", "value", "unit", "source")]
    body = []
    for row in records(shares):
        source = "" if missing(row["source"]) else str(row["source"]).strip()
        value = row["value"]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        written = texts.number(float(value), _digits(float(value))) if is_number else escape(str(value))
        low, high = row.get("posterior_low"), row.get("posterior_high")
        if low is not None and high is not None and not missing(low):
            span = texts.span(
                float(low), float(high), max(_digits(float(f"{bound:.3g}")) for bound in (low, high))
            )
            written += f' <span class="span">{escape(texts.get("word.bracket", span=span))}</span>'
        body.append(
            [
                f"<code>{escape(str(row['name']))}</code>",
                escape(texts.label("grade", row["grade"])),
                written,
                escape(str(row["unit"])),
                escape(source or texts.get("table.no_source")),
            ]
        )
    return html_table(head, body, text_columns=5)


def posterior_note(shares: pd.DataFrame, context: Context) -> str:
    """Say what the brackets behind the values of the parameters are; '' where there are none."""
    if "posterior_level" not in shares.columns or not (shares["posterior_draws"] > 0).any():
        return ""
    row = shares[shares["posterior_draws"] > 0].iloc[0]
    percent = context.texts.number(100 * float(row["posterior_level"]))
    return context.texts.get(
        "table.posterior_note", level=percent, n=context.texts.number(float(row["posterior_draws"]))
    )


def _digits(value: float) -> int:
    return min(len(f"{value:.4f}".rstrip("0").partition(".")[2]), 4)


def scenarios_table(context: Context) -> str:
    """Table of the scenarios with their titles in both languages and their sources."""
    texts = context.texts
    head = [texts.get(f"column.{name}") for name in ("scenario", "title", "title_other", "source")]
    body = []
    scenarios = context.facts.get("scenario_titles", {})
    for name, (english, danish, source) in scenarios.items():
        titles = (english, danish) if texts.lang == "en" else (danish, english)
        mark = name == context.baseline and len(scenarios) > 1
        said = f" {escape(texts.get('word.baseline_mark'))}" if mark else ""
        words = (escape(str(part)) for part in (*titles, source))
        body.append([f"<code>{escape(str(name))}</code>{said}", *words])
    return html_table(head, body, text_columns=4)
