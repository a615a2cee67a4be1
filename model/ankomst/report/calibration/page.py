"""The page of a calibration: how well the model fits, and what the data say about each parameter."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from ankomst.report.calibration import words
from ankomst.report.calibration.context import CalibrationContext, StoredCalibration, calibration_texts
from ankomst.report.calibration.figure_pairs import draw_pairs
from ankomst.report.calibration.figure_posterior import draw_posteriors
from ankomst.report.calibration.figure_predictive import draw_predictive
from ankomst.report.calibration.figure_rounds import draw_rounds
from ankomst.report.calibration.figure_sensitivity import draw_sensitivity
from ankomst.report.calibration.tables import (
    bounds_table,
    deciding_table,
    definitions_table,
    parameters_table,
    recovery_table,
    targets_table,
    trades_table,
)
from ankomst.report.document.context import require, require_facts
from ankomst.report.document.page import Drawn, paragraph, top
from ankomst.report.document.story import Section, Story
from ankomst.report.document.story_page import write_story
from ankomst.report.document.story_words import (
    notes_section,
    provenance_of,
    sheets_of,
    source_of,
    words_section,
)
from ankomst.studies.calibration.run import DIGITS
from ankomst.studies.engine.stored_tables import all_as_stored, as_stored

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

FACTS: Final = (
    *("title", "targets_title", "members", "steps", "replicates", "newcomers_per_year"),
    *("effects_newcomers_per_year", "seed", "evaluations", "core_seconds", "wall_seconds", "method"),
    *("free", "informed", "inside", "total", "half_width", "distance", "distance_start"),
)
POSTERIOR: Final = "posterior"
"""Name of the draws among the tables of a story."""
_STYLES = ("page.css", "run.css", "calibration.css")

Part = tuple[str, str, list[Drawn], str]


def build_calibration_page(
    tables: Mapping[str, pd.DataFrame],
    draws: pd.DataFrame,
    facts: Mapping[str, Any],
    path: Path,
    language: str = "en",
) -> Path:
    """Write the page of a calibration: one file that needs no network.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of a calibration by name: ``targets``, ``parameters``, ``correlations``, ``sensitivity`` and
        ``rounds``, with the columns of `calibration_context.COLUMNS`; where they are there, also
        ``prior_predictive`` (a row per draw, a column per target) and ``recovery`` (truths and coverage).
    draws : DataFrame, shape (draws, parameters)
        The posterior: a column per parameter with a range, by dotted name.
    facts : mapping
        Facts of the study: title, targets_title and method (each an (English, Danish) pair or a text);
        members, steps, replicates, newcomers_per_year, effects_newcomers_per_year, seed, evaluations,
        core_seconds, wall_seconds; free, informed (numbers of parameters), inside, total, half_width
        (numbers of target values), distance and distance_start (chi-square). If known also level (0.9),
        version, commit, created, notes, prior_only (names) and directions (number, otherwise computed
        from the sensitivities).
    path : Path
        File to write; its folder is made when it is missing.
    language : str
        ``"en"`` or ``"da"``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ValueError
        If a table, a column, a parameter of the draws or a fact is missing, or there is no such language.
    """
    return write_story(calibration_story({**tables, POSTERIOR: draws}, facts, language), path)


def calibration_story(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], lang: str = "en"
) -> Story:
    """Return what a calibration says in one language.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As for `build_calibration_page`, with the draws as the table ``posterior``.
    facts : mapping
    lang : {"en", "da"}

    Raises
    ------
    ValueError
        If a table, a column, a parameter of the draws or a fact is missing, or there is no such language.
    """
    require_facts(facts, FACTS)
    stored = all_as_stored({name: table for name, table in tables.items() if name != POSTERIOR})
    if POSTERIOR in tables:
        stored[POSTERIOR] = as_stored(tables[POSTERIOR], DIGITS)
    told = {"level": 0.9, **facts, "recovery": stored.get("recovery")}
    context = CalibrationContext(calibration_texts(lang), told)
    study = StoredCalibration(stored, require(stored.get(POSTERIOR), "draws", ()))
    texts, title = context.texts, context.texts.pick(facts["title"])
    said, made = _facts(study, context), texts.get("calibration.created", **words.known(context))
    return Story(
        kind="calibration",
        lang=lang,
        title=title,
        facts=said,
        summary=tuple(words.findings(study, context)),
        method=tuple(words.method(study, context)),
        sections=_sections(study, context),
        sheets=sheets_of(stored, "calibration", context),
        source=source_of(facts, texts),
        made=str(facts.get("created") or ""),
        provenance=provenance_of(facts, context),
        head=top(title, paragraph(said, "facts")),
        box=words.box(study, context),
        how=words.how(study, context),
        end=f"<footer>{escape(made)}</footer>",
        styles=_STYLES,
    )


def _sections(study: StoredCalibration, context: CalibrationContext) -> tuple[Section, ...]:
    texts = context.texts
    parts = [
        Section(name, texts.get(f"calibration.part.{name}"), tuple(drawn), above, below)
        for name, above, drawn, below in _parts(study, context)
    ]
    return (*parts, words_section(texts), *notes_section(context))


def _parts(study: StoredCalibration, context: CalibrationContext) -> list[Part]:
    """Return name, words above, figures and tables below of every part that has any."""
    pairs, sensitivity = draw_pairs(study, context), draw_sensitivity(study, context)
    recovered = words.recovery(context)
    parts: list[Part] = [
        ("fit", "", [draw_predictive(study, context)], ""),
        ("parameters", deciding_table(study, context), draw_posteriors(study, context), ""),
        ("trades", "", [pairs] if pairs else [], trades_table(study, context)),
        ("sensitivity", "", [sensitivity] if sensitivity else [], ""),
        ("bounds", bounds_table(study, context), [], ""),
        ("run", "", [draw_rounds(study, context)], ""),
        ("recovery", paragraph(recovered) if recovered else "", [], recovery_table(context)),
        (
            "tables",
            targets_table(study, context) + definitions_table(study, context),
            [],
            parameters_table(study, context),
        ),
    ]
    return [part for part in parts if part[1] or part[2] or part[3]]


def _facts(study: StoredCalibration, context: CalibrationContext) -> str:
    texts, facts = context.texts, context.facts
    said = texts.get(
        "calibration.facts",
        **{name: texts.number(float(facts[name])) for name in ("members", "steps", "replicates")},
        newcomers=texts.number(float(facts["newcomers_per_year"])),
        effects=texts.number(float(facts["effects_newcomers_per_year"])),
        seed=facts["seed"],
        targets=texts.pick(facts["targets_title"]),
    )
    reach = texts.get("calibration.banner_prior", level=context.level, draws=texts.number(len(study.draws)))
    return f"{said} {reach}"
