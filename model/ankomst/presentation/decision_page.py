"""The page of `ankomst decide`: what holds up, what flips the answer, what to know, which designs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from ankomst.presentation import decision_words as words
from ankomst.presentation.context import require_facts
from ankomst.presentation.decision_context import DecisionContext, checked, decision_texts
from ankomst.presentation.decision_tables import all_tables
from ankomst.presentation.figure_boxes import box_figures
from ankomst.presentation.figure_front import front_figure
from ankomst.presentation.figure_information import information_figure
from ankomst.presentation.figure_robustness import robustness_figures
from ankomst.presentation.figure_thresholds import threshold_figures
from ankomst.presentation.page import Drawn, contents, figure_html, glossary, paragraph, write_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

FACTS: Final = (
    *("title", "baseline", "scenarios", "scenario_titles", "draws", "draws_text", "discovery_text"),
    *("newcomers_per_year", "newcomers", "seed", "level", "replicates", "evaluations", "failed", "seconds"),
    *("created", "quick", "national_inflow", "month_value", "search"),
)
_STYLES = ("page.css", "run.css", "decision.css")
_MINUTE = 60.0


def build_decision_page(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], out: Path, lang: str = "en"
) -> Path:
    """Write the page: one file that needs no network.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Any of robustness, boxes, box_limits, discovery_points, thresholds, threshold_curves, information,
        designs, dominance and trials, with the columns of `decision_context.COLUMNS`. A part without a table
        or without rows is left out.
    facts : mapping
        title, draws_text, discovery_text (each an (English, Danish) pair); baseline, scenarios,
        scenario_titles, draws, newcomers_per_year, newcomers, seed, level, replicates, evaluations, failed,
        seconds, created, quick; national_inflow (newcomers a year), month_value (DKK), search (None, or a
        mapping with ``tried``). If known also version, commit, and question_titles: the clause that is true
        of a point that flips, an (English, Danish) pair by question.
    out : Path
        File to write; its folder is made when it is missing.
    lang : {"en", "da"}

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ValueError
        A fact is missing, a table lacks a column, no table has rows, or there is no such language.
    """
    require_facts(facts, FACTS)
    context = DecisionContext(decision_texts(lang), facts)
    found = checked(tables)
    title = context.texts.pick(facts["title"])
    return write_page(out, lang=lang, title=title, body=_body(found, title, context), styles=_STYLES)


def _body(tables: Mapping[str, pd.DataFrame], title: str, context: DecisionContext) -> str:
    texts = context.texts
    parts = _parts(tables, context)
    every = [item for drawn in parts.values() for item in drawn]
    numbers = {item.name: number for number, item in enumerate(every, start=1)}
    sections = []
    for name, drawn in parts.items():
        heading = escape(texts.get(f"decision.part.{name}"))
        figures = "\n".join(figure_html(numbers[item.name], item, context) for item in drawn)
        sections.append(f'<h2 class="part" id="part-{name}">{heading}</h2>{figures}')
    if listed := all_tables(tables, context):
        heading = escape(texts.get("decision.part.tables"))
        sections.append(f'<h2 class="part" id="part-tables">{heading}</h2>{listed}')
    return "\n".join(
        (
            _top(title, tables, context),
            words.box(tables, context),
            _how(tables, context),
            contents(every, context) if every else "",
            "<main>",
            f"<noscript><p>{escape(texts.get('page.no_script'))}</p></noscript>",
            *sections,
            glossary(context),
            "</main>",
            _end(context),
        )
    )


def _parts(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> dict[str, list[Drawn]]:
    """Return the figures of every part that has any."""
    parts: dict[str, list[Drawn]] = {}
    if "robustness" in tables:
        parts["robustness"] = robustness_figures(tables["robustness"], context)
    parts["boxes"] = box_figures(tables, context)
    if "thresholds" in tables:
        parts["thresholds"] = threshold_figures(tables["thresholds"], tables.get("threshold_curves"), context)
    if "information" in tables:
        parts["information"] = [information_figure(tables["information"], context)]
    front = front_figure(tables["designs"], tables.get("trials"), context) if "designs" in tables else None
    parts["designs"] = [front] if front is not None else []
    return {name: drawn for name, drawn in parts.items() if drawn}


def _top(title: str, tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    texts, facts = context.texts, context.facts
    numbers = {
        "newcomers": texts.number(float(facts["newcomers_per_year"])),
        "replicates": texts.number(float(facts["replicates"])),
        "evaluations": texts.number(float(facts["evaluations"])),
    }
    only = not any(name in tables for name in ("robustness", "discovery_points", "thresholds"))
    key = "decision.facts_designs" if only else "decision.facts"
    said = texts.get(key, seed=facts["seed"], baseline=context.title(context.baseline), **numbers)
    head = f"<h1>{escape(title)}</h1>{paragraph(texts.get('decision.intro'))}{paragraph(said, 'facts')}"
    failed = int(facts["failed"])
    if failed:
        lost = texts.get("decision.failed", failed=texts.number(failed), evaluations=numbers["evaluations"])
        head += paragraph(lost, "facts")
    quick = paragraph(texts.get("decision.quick"), "banner") if facts["quick"] else ""
    return f'<header class="top">{head}</header>{quick}'


def _how(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    heading = escape(context.texts.get("decision.how.title"))
    body = "".join(map(paragraph, words.how(tables, context)))
    return f'<section class="how"><h2>{heading}</h2>{body}</section>'


def _end(context: DecisionContext) -> str:
    texts, facts = context.texts, context.facts
    said = texts.get(
        "decision.created",
        created=facts["created"],
        version=facts.get("version") or "\N{EN DASH}",
        commit=str(facts.get("commit") or "\N{EN DASH}")[:12],
        seed=facts["seed"],
        minutes=texts.number(float(facts["seconds"]) / _MINUTE, 1),
    )
    return f"<footer>{escape(said)}</footer>"
