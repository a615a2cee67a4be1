"""The page of `ankomst run`: what the scenarios change, what they lead to, and what it rests on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.report.chart.figure_scenarios import difference_rows
from ankomst.report.chart.panels import COST, WORK, equal_rows
from ankomst.report.document import headline, run_tables
from ankomst.report.document.context import require_facts
from ankomst.report.document.page import panel, paragraph, top
from ankomst.report.document.run_context import DASH, RunContext
from ankomst.report.document.story import Section, Story
from ankomst.report.document.story_page import write_story
from ankomst.report.document.story_words import (
    notes_section,
    provenance_of,
    sheets_of,
    source_of,
    words_section,
)
from ankomst.report.document.tables import scenarios_table
from ankomst.report.document.texts import load_texts
from ankomst.report.run.run_parts import Tables, run_parts
from ankomst.studies.engine.stored_tables import all_as_stored, with_values

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ankomst.report.document.texts import Texts

_FACTS = (
    *("title", "scenario_titles", "baseline", "replicates", "seed", "newcomers_per_year"),
    *("follow_up_months", "changes"),
)
STYLES = ("page.css", "run.css")


def build_run_report(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], out: Path, lang: str = "en"
) -> Path:
    """Write the page of a run.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy tables: ``curves`` and ``accounts``; with several scenarios ``differences``; ``assumptions``
        where changes rest on parameters. Shown where they are present: ``history`` with ``cohorts``, and
        ``decomposition``.
    facts : mapping
        Facts of the study: title, scenario_titles ``{name: (English, Danish, source)}``, baseline,
        replicates, seed, newcomers_per_year, follow_up_months, changes ``{name: [change, ...]}``; if known
        also level, version, commit, created, command, extrapolated, dated, notes.
    out : Path
        File to write; its folder is made when it is missing.
    lang : str
        ``"en"`` or ``"da"``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ValueError
        If a table or a fact is missing, or a table is empty, lacks a column or lacks a scenario.
    """
    return write_story(run_story(tables, facts, lang), out)


def run_story(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], lang: str = "en") -> Story:
    """Return what a run says in one language; see `build_run_report`."""
    stored = all_as_stored(tables)
    found, context = prepared(stored, facts, load_texts(lang))
    texts, title = context.texts, context.texts.pick(facts["title"])
    said, method = _facts(context), _method(context)
    warning = context.say("page.parameters", draws=texts.number(context.draws))
    return Story(
        kind="run",
        lang=lang,
        title=title,
        facts=said,
        summary=tuple(_plain_findings(found, context)),
        method=(warning, *method),
        sections=_sections(found, context),
        sheets=sheets_of(stored, "run", context),
        source=source_of(facts, texts),
        made=str(facts.get("created") or ""),
        banners=(warning,),
        provenance=provenance_of(facts, context),
        head=top(title, paragraph(said, "facts")),
        box=headline_html(found, context) + _scenarios(context),
        how=panel("how", texts.get("how.title"), "".join(map(paragraph, method))),
        end=_end(context),
        styles=STYLES,
    )


def prepared(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], texts: Texts
) -> tuple[Tables, RunContext]:
    """Return the tables as the parts of the page take them, and the context of the page.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As their files hold them.
    facts : mapping
    texts : Texts

    Raises
    ------
    ValueError
        If a fact is missing, or changes rest on assumptions that no table holds.
    """
    require_facts(facts, _FACTS)
    if not facts["scenario_titles"]:
        raise ValueError("the facts of the page name no scenario")
    found = {name: _plain(table) for name, table in tables.items()}
    rests = run_tables.assumption_rows(found.get("assumptions"), facts["changes"])
    assumed = set(rests.loc[rests["grade"] == run_tables.ASSUMED, "scenario"].astype(str))
    order = sorted(facts["scenario_titles"], key=lambda name: name != facts["baseline"])
    known = {
        "scenario_titles": {name: facts["scenario_titles"][name] for name in order},
        "resting_on_assumptions": assumed,
    }
    return {**found, "assumptions": rests}, RunContext(texts, {**facts, **known})


def _sections(tables: Tables, context: RunContext) -> tuple[Section, ...]:
    changed = changes_html(tables["assumptions"], context)
    change = Section("change", context.texts.get("run.section.change"), above=changed)
    return (
        *((change,) if changed else ()),
        *(
            Section(part.name, part.heading, tuple(part.drawn), part.words, part.below)
            for part in run_parts(tables, context)
        ),
        words_section(context.texts),
        *notes_section(context),
    )


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without what only its file knows: gaps for no payer, and values as texts."""
    if "payer" in table.columns:
        table = table.assign(payer=table["payer"].astype(object).where(table["payer"].notna(), ""))
    return with_values(table)


def _facts(context: RunContext) -> str:
    texts, facts = context.texts, context.facts
    lines = [
        texts.get(
            "run.facts",
            replicates=texts.number(float(facts["replicates"])),
            parameters=context.parameters,
            newcomers=context.newcomers,
            months=texts.number(float(facts["follow_up_months"])),
            seed=facts["seed"],
        )
    ]
    if context.others:
        lines.append(texts.get("run.facts_baseline", baseline=context.name(context.baseline)))
    if facts.get("dated", False):
        lines.append(texts.get("run.dated"))
    return " ".join(lines)


def _scenarios(context: RunContext) -> str:
    title = escape(context.texts.get("run.table.scenarios"))
    table = scenarios_table(context)
    return f'<section class="table" id="table-scenarios"><h2>{title}</h2>{table}</section>'


def headline_html(tables: Tables, context: RunContext) -> str:
    """Say in sentences what each scenario does, never more than the intervals allow."""
    if not context.others:
        return ""
    texts, found, closing = context.texts, *_findings(tables, context)
    said = "".join(
        f"<li><strong>{escape(name)}:</strong> {escape(words)}</li>" for name, words in found.items()
    )
    intro = paragraph(texts.get("run.intro", baseline=context.name(context.baseline)))
    return panel("box", texts.get("headline.title"), f"{intro}<ul>{said}</ul>{paragraph(' '.join(closing))}")


def _plain_findings(tables: Tables, context: RunContext) -> list[str]:
    if not context.others:
        return []
    found, closing = _findings(tables, context)
    intro = context.texts.get("run.intro", baseline=context.name(context.baseline))
    first, *others = (f"{name}: {words}" for name, words in found.items())
    return [f"{intro} {first}", *others, *closing]


def _findings(tables: Tables, context: RunContext) -> tuple[dict[str, str], list[str]]:
    """Return the sentences on each scenario by its name, and those on all of them."""
    texts, rows = context.texts, difference_rows(tables.get("differences"), context)
    shown = pd.concat(
        [rows[(rows["outcome"] == outcome) & (rows["payer"] == payer)] for outcome, payer in (WORK[0], *COST)]
    )
    # The sums may run for less than the whole follow-up.
    months = int(shown["months"].max())
    told = RunContext(texts, {**context.facts, "follow_up_months": months})
    said = {
        context.marked(name): headline.difference_sentence(shown[shown["scenario"] == name], told)
        for name in context.others
    }
    counted = shown[~equal_rows(shown)]
    chance = [headline.said_of_chance(counted, context, "run.chance")] if len(counted) else []
    return said, [*chance, context.say("headline.caveat"), *context.dagger_note(context.others)]


def changes_html(assumptions: pd.DataFrame, context: RunContext) -> str:
    """Return what each scenario changes and the parameters it rests on."""
    texts, changes = context.texts, context.facts["changes"]
    listed = [name for name in context.scenarios if name in changes or name in context.others]
    if not listed:
        return ""
    parts = []
    for number, name in enumerate(listed):
        alone = name == context.baseline
        before = "run.column.before_alone" if alone else "run.column.before"
        rows = changes.get(name) or []
        body = (
            run_tables.changes_table(rows, context, before=before)
            if rows
            else paragraph(texts.get("run.change.none"))
        )
        mine = assumptions[assumptions["scenario"].astype(str) == name]
        parts.append(
            f'<section class="change" id="change-{number}"><h3>{escape(context.name(name))}</h3>{body}'
            f"{_rests_on(mine, name, context)}</section>"
        )
    lead = texts.get("run.change.lead" if context.others else "run.change.alone")
    return f"{paragraph(lead, 'note')}{''.join(parts)}"


def _rests_on(rows: pd.DataFrame, name: str, context: RunContext) -> str:
    if len(rows) == 0:
        return ""
    texts, title = context.texts, context.name(name)
    assumed = rows.loc[rows["grade"] == run_tables.ASSUMED, "name"].astype(str)
    if len(assumed):
        names = texts.listing(list(dict.fromkeys(assumed)))
        said = paragraph(texts.get("run.change.warning", scenario=title, names=names), "warning")
    else:
        said = paragraph(texts.get("run.change.mixed", scenario=title), "note")
    table = run_tables.assumptions_table(rows, context)
    summary = escape(texts.get("run.change.show"))
    return f"{said}<details><summary>{summary}</summary>{table}</details>"


def _method(context: RunContext) -> list[str]:
    texts = context.texts
    lines = [context.band("difference" if context.others else "value")]
    lines += [context.say("how.paired"), texts.get("how.verdict")] if context.others else []
    lines += [texts.get("how.cost", years=context.years), texts.get("run.discount")]
    return lines + ([texts.get("run.displaced")] if context.others else [])


def _end(context: RunContext) -> str:
    texts, facts = context.texts, context.facts
    known = {name: facts.get(name) or DASH for name in ("created", "version", "commit")}
    said = texts.get("run.created", seed=facts["seed"], **known)
    command = facts.get("command")
    typed = ""
    if command:
        typed = f"<br>{escape(texts.get('run.command'))} <code>{escape(str(command))}</code>"
    return f"<footer>{escape(said)}{typed}</footer>"
