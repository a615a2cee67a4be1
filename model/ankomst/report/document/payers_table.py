"""Who finally pays, on a page: the net cost of municipalities layer by layer (docs/ODD.md 7.21)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ankomst.report.document.context import NO_DIFFERENCE, records
from ankomst.report.document.page import paragraph
from ankomst.report.document.tables import difference_cell, html_table
from ankomst.simulation.payer_layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.document.context import Context
    from ankomst.report.document.tables import Row


def section(name: str, title: str, note: str, html: str, *, folded: str = "") -> str:
    """Return a table with heading and note; `folded` is the text of a fold around it."""
    body = f"<details><summary>{escape(folded)}</summary>{html}</details>" if folded else html
    top = f"<h3>{escape(title)}</h3>{paragraph(note, 'note')}"
    return f'<section class="table" id="table-{name}">{top}{body}</section>'


def payers_table(table: pd.DataFrame, names: Mapping[str, str], context: Context) -> str:
    """Return who finally pays: the net cost of municipalities by layer, a row per scenario.

    Parameters
    ----------
    table : DataFrame
        The table `payers` of a batch or a run.
    names : mapping
        What each scenario that is shown is called.
    context : Context
    """
    texts = context.texts
    rows = table[table["payer"] == "municipality"]
    found = {(str(row["scenario"]), str(row["layer"])): row for row in records(rows)}
    body = []
    for scenario, name in names.items():
        cells = [found[scenario, layer] for layer in LAYERS]
        body.append([escape(name), *(_difference(row, context) for row in cells)])
    head = [texts.get("column.scenario"), *(texts.get(f"who_pays.layer.{layer}") for layer in LAYERS)]
    html = html_table(head, body, text_columns=1)
    return section("payers", texts.get("who_pays.title"), texts.get("who_pays.note"), html)


def _difference(row: Row, context: Context) -> str:
    """Write a difference in thousand DKK, or that there is none."""
    if row["verdict"] == NO_DIFFERENCE:
        return f'<span class="close">{escape(context.texts.phrase(NO_DIFFERENCE))}</span>'
    scaled = {**row, **{name: 1e-3 * float(row[name]) for name in ("estimate", "low", "high")}}
    return difference_cell(scaled, 1, context)
