"""What can be taken away: the scenario, the numbers and the page of a figure, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankomst.explorer import levers
from ankomst.explorer.panel import figures, source_line
from ankomst.report.chart.figure_scenarios import difference_rows
from ankomst.report.chart.panels import COST, WORK
from ankomst.report.document.page import figure_html, page_html, paragraph
from ankomst.report.document.story_page import story_html
from ankomst.report.run.run_report import STYLES, run_story
from ankomst.studies.engine.csv_text import csv_text

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.explorer.answer import Answer
    from ankomst.explorer.state import State
    from ankomst.report.document.texts import Texts

Download = dict[str, Any]


def scenario_file(state: State, texts: Texts) -> Download:
    """Return the alternative as a scenario file."""
    note = texts.get("explorer.take.note", query=state.query() or "-")
    content = levers.scenario_yaml(levers.alternative(state), note)
    return _download("ankomst_alternative.yaml", content, "text/yaml")


def figure_data(answer: Answer, name: str, lang: str) -> Download:
    """Return the tidy rows behind a figure."""
    table = _rows(answer, name, lang)
    titles = answer.facts["scenario_titles"]
    # Which scenarios these are must not be lost with the page.
    table = table.assign(title=[titles[str(scenario)][lang == "da"] for scenario in table["scenario"]])
    return _download(f"ankomst_{name}.csv", csv_text(table), "text/csv")


def _rows(answer: Answer, name: str, lang: str) -> pd.DataFrame:
    if name == "employment":
        return answer.tables["curves"]
    if name == "accounts":
        return answer.tables["accounts"]
    context, _ = figures(answer, lang)
    rows = difference_rows(answer.tables["differences"], context)
    shown = {outcome for outcome, _ in (WORK if name == "work" else COST)}
    return rows[rows["outcome"].isin(shown)]


def figure_page(answer: Answer, name: str, lang: str) -> Download:
    """Return a figure as a page that needs no network."""
    context, drawn = figures(answer, lang)
    one, texts = drawn[name], context.texts
    titles = [context.name(each) for each in context.scenarios]
    body = "".join(
        (
            f"<main><h1>{texts.get('explorer.title')}</h1>",
            paragraph(texts.get("explorer.take.pair", alternative=titles[1], baseline=titles[0])),
            figure_html(1, one, texts),
            paragraph(source_line(context), "note"),
            paragraph(texts.get("page.parameters"), "banner"),
            "</main>",
        )
    )
    content = page_html(lang=lang, title=one.title, body=body, styles=STYLES)
    return _download(f"ankomst_{name}.html", content, "text/html")


def report(answer: Answer, lang: str) -> Download:
    """Return the page of a run for the present state."""
    content = story_html(run_story(answer.tables, answer.facts, lang))
    return _download("ankomst_report.html" if lang == "en" else "ankomst_rapport.html", content, "text/html")


def _download(name: str, content: str, kind: str) -> Download:
    return {"filename": name, "content": content, "type": kind, "base64": False}
