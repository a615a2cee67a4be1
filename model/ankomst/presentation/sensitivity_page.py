"""The page of `ankomst sensitivity`: what drives each quantity, in words, figures and tables."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from ankomst.presentation import sensitivity_words as words
from ankomst.presentation.context import require_facts
from ankomst.presentation.figure_convergence import draw_convergence
from ankomst.presentation.figure_indices import draw_given, draw_indices
from ankomst.presentation.figure_interactions import draw_interactions
from ankomst.presentation.figure_morris import draw_morris
from ankomst.presentation.figure_tornado import draw_tornado
from ankomst.presentation.page import Drawn, bullets, figure_html, paragraph, write_page
from ankomst.presentation.sensitivity_tables import (
    Study,
    dependence_table,
    factors_table,
    quantity_tables,
    ranking_table,
)
from ankomst.presentation.sensitivity_words import SensitivityContext, sensitivity_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from ankomst.presentation.sensitivity_tables import Row

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
    require_facts(facts, FACTS)
    study = Study(tables)
    context = SensitivityContext(sensitivity_texts(lang), study_facts(study, facts))
    drawn = [quantity_figures(str(k), row, study, context) for k, row in enumerate(study.quantities, start=1)]
    title = context.texts.pick(facts["title"])
    script = escape(context.texts.get("page.no_script"))
    body = (
        _top(title, context),
        words.summary(study, context),
        _nav(study, drawn, context),
        "<main>",
        f"<noscript><p>{script}</p></noscript>",
        _parts(study, drawn, context),
        ranking_table(study, context),
        _method(study, context),
        dependence_table(study, context),
        factors_table(study, context),
        "</main>",
        f"<footer>{escape(context.texts.get('sensitivity.created', **words.known(context)))}</footer>",
    )
    return write_page(out, lang=lang, title=title, body="\n".join(body), styles=_STYLES)


def study_facts(study: Study, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a page with those that its tables tell: assumed factors, replicates by sample."""
    return {**facts, "assumed": study.assumed, "replicates_of": study.replicates}


def quantity_figures(place: str, row: Row, study: Study, context: SensitivityContext) -> list[Drawn]:
    """Return the figures of one quantity for which there are numbers.

    Parameters
    ----------
    place : str
        Number of the quantity, for the names of the figures.
    row : Row
        The quantity.
    study : Study
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


def _top(title: str, context: SensitivityContext) -> str:
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
    baseline = context.policy(context.baseline)
    compared = texts.get(
        "sensitivity.compared" if others else "sensitivity.alone",
        scenarios=texts.listing(others),
        baseline=baseline,
    )
    drawn = texts.get("sensitivity.drawn", draws=texts.pick(facts["draws_text"]))
    words_below = f"{compared} {drawn} {said}"
    intro = paragraph(texts.get("sensitivity.intro"))
    head = f"<h1>{escape(title)}</h1>{intro}{paragraph(words_below, 'facts')}"
    banners = [texts.get("sensitivity.quick")] if facts.get("quick") else []
    if int(facts["failed"]):
        count, total = (texts.number(float(facts[name])) for name in ("failed", "evaluations"))
        banners.append(texts.get("sensitivity.failed", failed=count, evaluations=total))
    return f'<header class="top">{head}</header>{"".join(paragraph(text, "banner") for text in banners)}'


def _nav(study: Study, drawn: list[list[Drawn]], context: SensitivityContext) -> str:
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


def _parts(study: Study, drawn: list[list[Drawn]], context: SensitivityContext) -> str:
    sections, number = [], 0
    for k, (row, figures) in enumerate(zip(study.quantities, drawn, strict=True), start=1):
        heading = escape(context.label(row))
        sections.append(f'<h2 class="part" id="part-{k}">{heading}</h2>')
        sections.append(paragraph(context.against(row), "lead"))
        for item in figures:
            number += 1
            sections.append(figure_html(number, item, context))
        if not figures:
            sections.append(paragraph(context.texts.get("sensitivity.nothing"), "note"))
        sections.append(quantity_tables(row, study, context, str(k)))
    return "\n".join(sections)


def _method(study: Study, context: SensitivityContext) -> str:
    texts, facts = context.texts, context.facts
    said = [texts.get("sensitivity.how.points", replicates=texts.number(float(facts["replicates"])))]
    measures = [
        name
        for name in ("sobol", "morris", "interactions", "tornado", "given_data", "convergence", "emulator")
        if study.table(name) is not None
    ]
    said += [texts.get(f"sensitivity.how.{name}") for name in measures]
    said += [
        texts.get(f"sensitivity.how.{name}", level=context.level) for name in ("interval", "luck", "rank")
    ]
    limits = [texts.get(f"sensitivity.limit.{name}") for name in ("range", "sign", "model")]
    moved = len(study.factors)
    if facts.get("held"):
        held = {"held": texts.number(float(facts["held"])), "count": texts.number(moved)}
        limits.append(texts.get("sensitivity.limit.held", **held))
    if facts["dependence_limit"]:
        limits.append(texts.get("sensitivity.limit.dependence"))
    if study.assumed:
        limits.append(
            texts.get(
                "sensitivity.limit.assumed",
                assumed=texts.number(len(study.assumed)),
                count=texts.number(moved),
            )
        )
    return (
        f'<section class="how" id="method"><h2>{escape(texts.get("sensitivity.method_title"))}</h2>'
        f"{bullets(said)}<h4>{escape(texts.get('sensitivity.limits_title'))}</h4>{bullets(limits)}</section>"
    )
