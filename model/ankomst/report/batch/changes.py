"""What the scenarios of a batch change, as a table of the page and of the workbook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ankomst.report.document import run_tables
from ankomst.report.document.page import paragraph
from ankomst.report.document.tables import scenarios_table

if TYPE_CHECKING:
    from ankomst.report.batch.material import Material


def changes_html(found: Material) -> str:
    """Return the scenarios with their sources, and for each what it changes and rests on."""
    context, texts = found.context, found.texts
    before = "run.column.before" if found.compared else "run.column.before_alone"
    title = escape(texts.get("run.table.scenarios"))
    table = scenarios_table(context)
    parts = [f'<section class="table" id="table-scenarios"><h3>{title}</h3>{table}</section>']
    for number, name in enumerate(found.changes):
        rows = context.facts["changes"][name]
        body = paragraph(texts.get("run.change.none"))
        if rows:
            body = run_tables.changes_table(rows, context, before=before)
        mine = found.rests[found.rests["scenario"].astype(str) == name]
        if len(mine):
            summary, rests = escape(texts.get("run.change.show")), run_tables.assumptions_table(mine, context)
            body += f"<details><summary>{summary}</summary>{rests}</details>"
        heading = f"<h3>{escape(context.name(name))}</h3>"
        parts.append(f'<section class="change" id="change-{number}">{heading}{body}</section>')
    return "".join(parts)


def changed(found: Material) -> pd.DataFrame:
    """Tabulate what each scenario changes: lever, words, both values, parameters behind it, source."""
    lang = found.texts.lang
    rows = [
        {
            "scenario": name,
            "lever": change["key"],
            "words": change[f"sentence_{lang}"],
            "baseline_value": str(change[f"before_{lang}"]),
            "scenario_value": str(change[f"after_{lang}"]),
            "rests_on": ", ".join(change.get("rests_on") or ()),
            "source": change.get("source") or "",
        }
        for name, listed in found.context.facts["changes"].items()
        for change in listed
    ]
    return pd.DataFrame(rows)
