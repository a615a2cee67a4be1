"""The page of `ankomst decide`: what holds up, what flips the answer, what to know, which designs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from ankomst.report.decision import words
from ankomst.report.decision.context import DecisionContext, checked, decision_texts
from ankomst.report.decision.figure_boxes import box_figures
from ankomst.report.decision.figure_front import front_figure
from ankomst.report.decision.figure_information import information_figure
from ankomst.report.decision.figure_robustness import robustness_figures
from ankomst.report.decision.figure_thresholds import threshold_figures
from ankomst.report.decision.tables import all_tables
from ankomst.report.document.context import require_facts
from ankomst.report.document.page import Drawn, panel, paragraph, top
from ankomst.report.document.story import Section, Story
from ankomst.report.document.story_page import write_story
from ankomst.report.document.story_words import provenance_of, sheets_of, source_of, words_section
from ankomst.studies.engine.stored_tables import all_as_stored

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
    return write_story(decision_story(tables, facts, lang), out)


def decision_story(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], lang: str = "en") -> Story:
    """Return what a decision says in one language; see `build_decision_page`."""
    require_facts(facts, FACTS)
    context = DecisionContext(decision_texts(lang), facts)
    texts, stored = context.texts, all_as_stored(tables)
    found = checked(stored)
    title, said = texts.pick(facts["title"]), _facts(found, context)
    warnings, method = _warnings(context), words.how(found, context)
    return Story(
        kind="decision",
        lang=lang,
        title=title,
        facts=said,
        summary=tuple(each for part in words.summary(found, context).values() for each in part),
        method=(*warnings, *method),
        sections=_sections(found, context),
        sheets=sheets_of(stored, "decision", context),
        source=source_of(facts, texts),
        made=str(facts.get("created") or ""),
        banners=tuple(warnings),
        provenance=provenance_of(facts, context),
        head=top(title, paragraph(texts.get("decision.intro")), paragraph(said, "facts")),
        box=words.box(found, context),
        how=panel("how", texts.get("decision.how.title"), "".join(map(paragraph, method))),
        end=_end(context),
        styles=_STYLES,
    )


def _sections(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> tuple[Section, ...]:
    texts = context.texts
    sections = [
        Section(name, texts.get(f"decision.part.{name}"), tuple(drawn))
        for name, drawn in _parts(tables, context).items()
    ]
    if listed := all_tables(tables, context):
        sections.append(Section("tables", texts.get("decision.part.tables"), above=listed))
    return (*sections, words_section(texts))


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


def _facts(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    texts, facts = context.texts, context.facts
    numbers = {
        name: texts.number(float(facts[fact]))
        for name, fact in (
            ("newcomers", "newcomers_per_year"), ("replicates", "replicates"), ("evaluations", "evaluations"),
        )
    }  # fmt: skip
    only = not any(name in tables for name in ("robustness", "discovery_points", "thresholds"))
    key = "decision.facts_designs" if only else "decision.facts"
    return texts.get(key, seed=facts["seed"], baseline=context.title(context.baseline), **numbers)


def _warnings(context: DecisionContext) -> list[str]:
    texts, facts = context.texts, context.facts
    said = [texts.get("decision.quick")] if facts["quick"] else []
    if int(facts["failed"]):
        failed, evaluations = (texts.number(float(facts[name])) for name in ("failed", "evaluations"))
        said.append(texts.get("decision.failed", failed=failed, evaluations=evaluations))
    return said


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
