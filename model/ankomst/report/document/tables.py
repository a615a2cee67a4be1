"""The tables of a page as HTML; every text that comes from a file is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from ankomst.report.document.context import (
    Context,
    decimals_for,
    missing,
    unclear,
)

Row = Mapping[str, Any]


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
