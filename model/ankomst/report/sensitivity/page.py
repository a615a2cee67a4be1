"""The page of `ankomst sensitivity`: what drives each quantity, in words, figures and tables."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from ankomst.report.document.context import require_facts
from ankomst.report.document.page import Drawn, bullets, panel, paragraph, top
from ankomst.report.document.story import Section, Story
from ankomst.report.document.story_page import write_story
from ankomst.report.document.story_words import provenance_of, sheets_of, source_of
from ankomst.report.sensitivity import words
from ankomst.report.sensitivity.figure_convergence import draw_convergence
from ankomst.report.sensitivity.figure_indices import draw_given, draw_indices
from ankomst.report.sensitivity.figure_interactions import draw_interactions
from ankomst.report.sensitivity.figure_morris import draw_morris
from ankomst.report.sensitivity.figure_tornado import draw_tornado
from ankomst.report.sensitivity.method import limits as limits_of
from ankomst.report.sensitivity.method import method as made_by
from ankomst.report.sensitivity.study import StoredSensitivity
from ankomst.report.sensitivity.tables import dependence_table, factors_table, quantity_tables, ranking_table
from ankomst.report.sensitivity.words import SensitivityContext, sensitivity_texts
from ankomst.studies.engine.stored_tables import all_as_stored

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from ankomst.report.sensitivity.study import Row

FACTS: Final = (
    *("title", "baseline", "scenarios", "draws_text", "dependence_limit", "newcomers_per_year", "newcomers"),
    *("seed", "level", "replicates", "evaluations", "failed", "created"),
)
_STYLES = ("page.css", "run.css", "calibration.css")


def build_sensitivity_page(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], out: Path, lang: str = "en"
) -> Path:
    """Write the page: one file that needs no network.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``quantities``, ``spread`` and ``factors``; any of the others of `sensitivity_tables.OPTIONAL` may be
        missing or empty, and what they would show is then left out.
    facts : mapping
        title and draws_text (what the factors are drawn from; each an (English, Danish) pair), baseline,
        scenarios (names), dependence_limit
        (whether the factors come from the margins of a posterior, so that their dependence is ignored),
        newcomers_per_year, newcomers (in a run), seed, level (such as 0.95), replicates (of a point),
        evaluations, failed, created; if known seconds, version, commit, quick and held (parameters held at
        central values in the Sobol stage).
    out : Path
        File to write; its folder is made when it is missing.
    lang : {"en", "da"}

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    DataError
        A required table is missing or empty, or a table lacks a column.
    ValueError
        A fact is missing, or there is no such language.
    """
    return write_story(sensitivity_story(tables, facts, lang), out)


def sensitivity_story(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], lang: str = "en"
) -> Story:
    """Return what a sensitivity analysis says in one language; see `build_sensitivity_page`."""
    require_facts(facts, FACTS)
    stored = all_as_stored(tables)
    study = StoredSensitivity(stored)
    context = SensitivityContext(sensitivity_texts(lang), study_facts(study, facts))
    drawn = [quantity_figures(str(k), row, study, context) for k, row in enumerate(study.quantities, start=1)]
    texts, title = context.texts, context.texts.pick(facts["title"])
    said, warnings = _facts(context), _warnings(context)
    method, limits = made_by(study, context), limits_of(study, context)
    made = texts.get("sensitivity.created", **words.known(context))
    return Story(
        kind="sensitivity",
        lang=lang,
        title=title,
        facts=said,
        summary=tuple(words.findings(study, context)),
        method=(*warnings, *method, *limits),
        sections=_sections(study, drawn, context),
        sheets=sheets_of(stored, "sensitivity", context),
        source=source_of(facts, texts),
        made=str(facts.get("created") or ""),
        banners=tuple(warnings),
        provenance=provenance_of(facts, context),
        head=top(title, paragraph(texts.get("sensitivity.intro")), paragraph(said, "facts")),
        box=words.summary(study, context),
        how=_how(method, limits, context),
        end=f"<footer>{escape(made)}</footer>",
        nav=_nav(study, drawn, context),
        styles=_STYLES,
    )


def study_facts(study: StoredSensitivity, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a page with those that its tables tell: assumed factors, replicates by sample."""
    return {**facts, "assumed": study.assumed, "replicates_of": study.replicates}


def quantity_figures(
    place: str, row: Row, study: StoredSensitivity, context: SensitivityContext
) -> list[Drawn]:
    """Return the figures of one quantity for which there are numbers.

    Parameters
    ----------
    place : str
        Number of the quantity, for the names of the figures.
    row : Row
        The quantity.
    study : StoredSensitivity
    context : SensitivityContext
    """
    quantity = row["quantity"]
    scale = context.scale(row, study.spread(quantity))
    found: list[Drawn | None] = [
        draw_tornado(place, rows, row, scale, context) for _, rows in study.samples("tornado", quantity)
    ]
    found += [
        draw_indices(place, table, sample, rows, row, context)
        for table, sample, rows in study.index_sets(quantity)
    ]
    found += [draw_interactions(place, rows, row, context) for _, _, rows in study.pair_sets(quantity)]
    if len(morris := study.rows("morris", quantity)):
        found.append(draw_morris(place, morris, row, scale, context))
    found += [draw_given(place, rows, row, context) for _, rows in study.samples("given_data", quantity)]
    # Where all rows give no index, those of a part of them say nothing.
    settled = [sample for table, sample, _ in study.index_sets(quantity) if table == "sobol"]
    found += [
        draw_convergence(place, rows, row, context)
        for sample, rows in study.samples("convergence", quantity)
        if sample in settled
    ]
    return [item for item in found if item is not None]


def _facts(context: SensitivityContext) -> str:
    texts, facts = context.texts, context.facts
    said = texts.get(
        "sensitivity.facts",
        evaluations=texts.number(float(facts["evaluations"])),
        replicates=texts.number(float(facts["replicates"])),
        newcomers=texts.number(float(facts["newcomers"])),
        per_year=texts.number(float(facts["newcomers_per_year"])),
        seed=facts["seed"],
    )
    others = [context.policy(name) for name in facts["scenarios"] if name != context.baseline]
    compared = texts.get(
        "sensitivity.compared" if others else "sensitivity.alone",
        scenarios=texts.listing(others),
        baseline=context.policy(context.baseline),
    )
    drawn = texts.get("sensitivity.drawn", draws=texts.pick(facts["draws_text"]))
    return f"{compared} {drawn} {said}"


def _warnings(context: SensitivityContext) -> list[str]:
    texts, facts = context.texts, context.facts
    said = [texts.get("sensitivity.quick")] if facts.get("quick") else []
    if int(facts["failed"]):
        count, total = (texts.number(float(facts[name])) for name in ("failed", "evaluations"))
        said.append(texts.get("sensitivity.failed", failed=count, evaluations=total))
    return said


def _nav(study: StoredSensitivity, drawn: list[list[Drawn]], context: SensitivityContext) -> str:
    texts = context.texts
    lines = []
    for k, (row, figures) in enumerate(zip(study.quantities, drawn, strict=True), start=1):
        links = ", ".join(
            f'<a href="#figure-{item.name}">{escape(_short(item, context))}</a>' for item in figures
        )
        head = f'<a href="#part-{k}">{escape(f"{context.label(row)} ({context.against(row)})")}</a>'
        lines.append(f"<li>{head}{f': {links}' if links else ''}</li>")
    lines.append(f'<li><a href="#method">{escape(texts.get("sensitivity.method_title"))}</a></li>')
    return f"<nav><strong>{escape(texts.get('section.figures'))}</strong><ol>{''.join(lines)}</ol></nav>"


def _short(item: Drawn, context: SensitivityContext) -> str:
    """Return what a figure is called among the links of its quantity."""
    kind, *sample = item.name.split("-")[:-1]
    said = context.texts.get(f"sensitivity.short.{kind}")
    return f"{said} ({context.texts.label('sensitivity.sample', sample[0])})" if sample else said


def _sections(
    study: StoredSensitivity, drawn: list[list[Drawn]], context: SensitivityContext
) -> tuple[Section, ...]:
    """Return a section for each quantity, and one for what belongs to all of them."""
    texts = context.texts
    sections = []
    for k, (row, figures) in enumerate(zip(study.quantities, drawn, strict=True), start=1):
        nothing = "" if figures else paragraph(texts.get("sensitivity.nothing"), "note")
        sections.append(
            Section(
                str(k),
                context.label(row),
                tuple(figures),
                above=paragraph(context.against(row), "lead") + nothing,
                below=quantity_tables(row, study, context, str(k)),
            )
        )
    tables = "".join(make(study, context) for make in (ranking_table, dependence_table, factors_table))
    return (*sections, Section("tables", texts.get("section.tables"), above=tables))


def _how(method: list[str], limits: list[str], context: SensitivityContext) -> str:
    texts = context.texts
    title = f"<h3>{escape(texts.get('sensitivity.limits_title'))}</h3>"
    body = f'<div id="method">{bullets(method)}</div>{title}{bullets(limits)}'
    return panel("how", texts.get("sensitivity.method_title"), body)
