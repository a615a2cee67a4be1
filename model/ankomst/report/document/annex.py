"""What closes every report: all parameters with grade and source, and what a repetition needs."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from ankomst.policy.parameter_table import parameter_table
from ankomst.policy.posterior import LEVEL as POSTERIOR_LEVEL
from ankomst.report.document.context import missing, records
from ankomst.report.document.parameter_names import parameter_name
from ankomst.report.document.run_context import DASH
from ankomst.report.document.run_tables import ASSUMED
from ankomst.report.document.story import PARAMETERS, Sheet
from ankomst.report.document.tables import html_table
from ankomst.report.document.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ankomst.report.document.story import Story
    from ankomst.report.document.texts import Texts


def all_parameters(lang: str) -> pd.DataFrame:
    """Tabulate every parameter: see `parameter_table`, with group, short name (label) and assumed (bool)."""
    table = parameter_table()
    table.insert(0, "group", table["name"].str.partition(".")[0])
    table.insert(2, "label", [parameter_name(name, lang) for name in table["name"]])
    table.insert(len(table.columns) - 1, "assumed", table["grade"] == ASSUMED)
    return table


def completed(story: Story, made: str) -> Story:
    """Add what closes every report: the sheet of all parameters, and when and with what the report was made.

    Parameters
    ----------
    story : Story
    made : str
        Time and version of the report, which may be later ones than those of the result.
    """
    texts = load_texts(story.lang, "report")
    title, note = texts.get("sheet.all_parameters"), texts.get("sheet.all_parameters_note")
    sheet = Sheet(PARAMETERS, title, note, all_parameters(story.lang))
    line = (texts.get("provenance.report"), made)
    return replace(story, sheets=(*story.sheets, sheet), provenance=(*story.provenance, line))


def annex(story: Story) -> str:
    """Return the end of a completed report's page: all parameters, and how to repeat the result."""
    texts = load_texts(story.lang, "report")
    parameters = next(sheet.frame for sheet in story.sheets if sheet.name == PARAMETERS)
    return annex_html(parameters, texts) + provenance_html(story.provenance, texts)


def annex_html(parameters: pd.DataFrame, texts: Texts) -> str:
    """Return the annex of assumptions: a table of all parameters, the assumed ones marked."""
    assumed = int(parameters["assumed"].sum())
    lead = texts.get("annex.lead", total=texts.number(len(parameters)), assumed=texts.number(assumed))
    level = texts.number(100 * POSTERIOR_LEVEL)
    head = [texts.get("column.name"), texts.get("column.value"), texts.get("run.column.range")]
    head += [texts.get("annex.posterior", level=level), texts.get("column.unit"), texts.get("column.grade")]
    head.append(texts.get("column.source"))
    body = []
    for row in records(parameters):
        label = (
            ""
            if row["label"] == row["name"]
            else f'<br><span class="small">{escape(str(row["label"]))}</span>'
        )
        grade = escape(texts.label("grade", row["grade"]))
        if row["assumed"]:
            grade = f'<strong class="assumed">{grade}</strong>'
        source = str(row["source"] or "").strip()
        body.append(
            [
                f"<code>{escape(str(row['name']))}</code>{label}",
                _written(row["value"], texts),
                _span(row["low"], row["high"], texts),
                _span(row["posterior_low"], row["posterior_high"], texts),
                escape(str(row["unit"])),
                grade,
                escape(source or texts.get("table.no_source")),
            ]
        )
    table = html_table(head, body, text_columns=len(head))
    summary = escape(texts.get("annex.show"))
    return (
        f'<section class="table" id="annex"><h2 class="part">{escape(texts.get("annex.title"))}</h2>'
        f'<p class="note">{escape(lead)}</p><details><summary>{summary}</summary>{table}</details></section>'
    )


def provenance_html(rows: Sequence[tuple[str, str]], texts: Texts) -> str:
    """Return what a repetition needs, as a list of labels and values."""
    listed = "".join(
        f"<dt>{escape(label)}</dt><dd><code>{escape(value)}</code></dd>" for label, value in rows
    )
    title = escape(texts.get("provenance.title"))
    heading = f'<h2 class="part">{title}</h2>'
    return f'<section class="provenance" id="provenance">{heading}<dl>{listed}</dl></section>'


def _written(value: object, texts: Texts) -> str:
    if missing(value):
        return DASH
    if isinstance(value, bool) or not isinstance(value, int | float):
        return escape(str(value))
    digits = min(len(f"{value:.6f}".rstrip("0").partition(".")[2]), 4)
    return texts.number(float(value), digits)


def _span(low: object, high: object, texts: Texts) -> str:
    if missing(low) or missing(high):
        return DASH
    return escape(texts.get("word.span", low=_written(low, texts), high=_written(high, texts)))
