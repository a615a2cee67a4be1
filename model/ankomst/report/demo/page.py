"""One self-contained HTML page of a study: no network, no second file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.report.demo.figures import draw_figures
from ankomst.report.document import headline, tables
from ankomst.report.document.context import Context, require, require_facts
from ankomst.report.document.page import bullets, panel, paragraph, top
from ankomst.report.document.story import Section, Story
from ankomst.report.document.story_page import write_story
from ankomst.report.document.story_words import (
    notes_section,
    provenance_of,
    sheets_of,
    source_of,
    words_section,
)
from ankomst.report.document.texts import load_texts
from ankomst.studies.engine.stored_tables import all_as_stored, with_values

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TABLES = ("employment", "differences", "grants", "groups", "accounts", "economics", "shares")
"""Names of the tidy tables that a page needs."""

_FACTS = (
    "title",
    "baseline",
    "replicates",
    "newcomers_per_year",
    "arrival_years",
    "follow_up_months",
    "period_order",
    "design_order",
)


def build_report(
    tables_by_name: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], out: Path, lang: str = "en"
) -> Path:
    """Write the page.

    Parameters
    ----------
    tables_by_name : mapping of str to DataFrame
        Tidy tables: employment, differences, grants, groups, accounts, economics, shares.
    facts : mapping
        Facts of the study: title, draws, replicates, newcomers_per_year, arrival_years, follow_up_months,
        seed, baseline, level, version, commit, created, runtime_seconds, scenario_titles
        ``{name: (English, Danish, source)}``, period_order, design_order, notes.
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
        If a table or a fact is missing, or a table is empty or lacks a column.
    """
    return write_story(demo_story(tables_by_name, facts, lang), out)


def demo_story(
    tables_by_name: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], lang: str = "en"
) -> Story:
    """Return what the demo says in one language; see `build_report`."""
    require_facts(facts, _FACTS)
    stored = all_as_stored(tables_by_name)
    for name in TABLES:
        require(stored.get(name), name, ())
    stored["shares"] = with_values(stored["shares"])
    context = Context(load_texts(lang), {**elasticity_in_use(stored["shares"]), **facts})
    texts, title = context.texts, context.texts.pick(facts["title"])
    said, method = _facts(context), _method(context)
    warning = context.say("page.parameters", draws=texts.number(context.draws))
    return Story(
        kind="demo",
        lang=lang,
        title=title,
        facts=said,
        summary=tuple(_plain_findings(stored, context)),
        method=(warning, *method),
        sections=_sections(stored, context),
        sheets=sheets_of(stored, "demo", context),
        source=source_of(facts, texts),
        made=str(facts.get("created") or ""),
        banners=(warning,),
        provenance=provenance_of(facts, context),
        head=top(title, paragraph(said, "facts")),
        box=_headline(stored, context),
        how=panel("how", texts.get("how.title"), "".join(map(paragraph, method))),
        end=_end(context),
        styles=("page.css",),
    )


def _sections(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> tuple[Section, ...]:
    texts = context.texts
    return (
        Section("figures", texts.get("section.figures"), tuple(draw_figures(tables_by_name, context))),
        Section("tables", texts.get("section.tables"), above=_tables(tables_by_name, context)),
        words_section(texts),
        *notes_section(context),
    )


def elasticity_in_use(shares: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the elasticity in use from the parameter table, when it stands there."""
    rows = shares[shares["name"].astype(str).str.endswith("effort_elasticity")]
    if len(rows) == 0:
        return {}
    row = rows.iloc[0]
    names = [name for name in ("value", "low", "high") if name in rows.columns and pd.notna(row[name])]
    return {"effort_elasticity": {name: float(row[name]) for name in names}}


def _facts(context: Context) -> str:
    texts, facts = context.texts, context.facts
    return context.say(
        "page.facts",
        replicates=texts.number(float(facts["replicates"])),
        newcomers=texts.number(float(facts["newcomers_per_year"])),
        arrival_years=texts.number(float(facts["arrival_years"])),
        months=texts.number(float(facts["follow_up_months"])),
        baseline=context.scenario(context.base_period, context.base_design),
    )


def _headline(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> str:
    intro, designs_intro = _intros(context)
    periods = "".join(
        f"<li><strong>{escape(name)}:</strong> {escape(words)}</li>"
        for name, words in headline.period_sentences(tables_by_name["differences"], context)
    )
    body = (
        paragraph(intro),
        f"<ul>{periods}</ul>",
        paragraph(designs_intro),
        bullets(_designs(tables_by_name, context)),
        paragraph(" ".join(_closing(tables_by_name, context))),
    )
    return panel("box", context.texts.get("headline.title"), "".join(body))


def _plain_findings(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> list[str]:
    intro, designs_intro = _intros(context)
    periods = [
        f"{name}: {words}"
        for name, words in headline.period_sentences(tables_by_name["differences"], context)
    ]
    designs = _designs(tables_by_name, context)
    # On a slide a sentence stands alone: the first of each kind says what is compared with what.
    for said, lead in ((periods, intro), (designs, designs_intro)):
        said[:1] = [f"{lead} {first}" for first in said[:1]]
    return [*periods, *designs, *_closing(tables_by_name, context)]


def _intros(context: Context) -> tuple[str, str]:
    compared = {
        "baseline": context.period_phrase(context.base_period),
        "design": context.design(context.base_design),
    }
    texts = context.texts
    return texts.get("headline.intro", **compared), texts.get("headline.designs_intro", **compared)


def _designs(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> list[str]:
    said = [*headline.design_sentences(tables_by_name["differences"], context)]
    said += [each for each in (headline.deadweight_sentence(tables_by_name["grants"], context),) if each]
    return [*said, context.elasticity_note()]


def _closing(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> list[str]:
    chance = headline.chance_sentence(tables_by_name["differences"], context)
    return [chance, context.say("headline.caveat")]


def _method(context: Context) -> list[str]:
    texts = context.texts
    draws = texts.number(context.draws)
    said = [context.say(f"how.{name}", draws=draws) for name in ("noise", "paired", "verdict")]
    return [*said, texts.get("how.cost", years=context.years)]


def _tables(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> str:
    texts = context.texts
    years, level, elasticity = context.years, context.level, context.elasticity_note()
    count = len(context.periods) * len(context.designs)
    shown = [
        (
            "combinations",
            tables.combinations_table(tables_by_name["differences"], tables_by_name["grants"], context),
        ),
        ("economics", tables.economics_table(tables_by_name["economics"], context)),
        ("accounts", tables.accounts_table(tables_by_name["accounts"], context)),
        ("parameters", tables.parameters_table(tables_by_name["shares"], context)),
    ]
    design = context.design(context.base_design)
    parts = []
    for number, (name, html) in enumerate(shown, start=1):
        title = f"{texts.get('table.number', number=number)}. {texts.get(f'table.{name}', count=count)}"
        note = context.say(
            f"table.{name}_note", years=years, level=level, elasticity=elasticity, design=design
        )
        if name == "parameters":
            note = f"{tables.posterior_note(tables_by_name['shares'], context)} {note}".strip()
        body = html
        if name != "combinations":
            body = f"<details><summary>{escape(texts.get('table.show'))}</summary>{html}</details>"
        top = f"<h3>{escape(title)}</h3>{paragraph(note, 'note')}"
        parts.append(f'<section class="table" id="table-{name}">{top}{body}</section>')
    if context.facts.get("scenario_titles"):
        title = texts.get("table.scenarios")
        parts.append(
            f'<section class="table"><h3>{escape(title)}</h3>{tables.scenarios_table(context)}</section>'
        )
    return "\n".join(parts)


def _end(context: Context) -> str:
    texts, facts = context.texts, context.facts
    unknown = "\N{EN DASH}"
    runtime = facts.get("runtime_seconds")
    said = texts.get(
        "page.created",
        created=facts.get("created", unknown),
        version=facts.get("version", unknown),
        commit=facts.get("commit", facts.get("git_commit", unknown)),
        seed=facts.get("seed", unknown),
        runtime=unknown if runtime is None else texts.number(float(runtime)),
    )
    return f"<footer>{escape(said)}</footer>"
