"""One self-contained HTML page of a study: no network, no second file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.presentation import headline, tables
from ankomst.presentation.context import Context, require, require_facts
from ankomst.presentation.figures import draw_figures
from ankomst.presentation.page import contents, figure_html, glossary, notes, paragraph, write_page
from ankomst.presentation.texts import load_texts

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
    require_facts(facts, _FACTS)
    for name in TABLES:
        require(tables_by_name.get(name), name, ())
    facts = {**elasticity_in_use(tables_by_name["shares"]), **facts}
    context = Context(load_texts(lang), facts)
    title = context.texts.pick(facts["title"])
    return write_page(out, lang=lang, title=title, body=_body(tables_by_name, context))


def elasticity_in_use(shares: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the elasticity in use from the parameter table, when it stands there."""
    rows = shares[shares["name"].astype(str).str.endswith("effort_elasticity")]
    if len(rows) == 0:
        return {}
    row = rows.iloc[0]
    names = [name for name in ("value", "low", "high") if name in rows.columns and pd.notna(row[name])]
    return {"effort_elasticity": {name: float(row[name]) for name in names}}


def _body(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> str:
    texts = context.texts
    drawn = draw_figures(tables_by_name, context)
    figures = "\n".join(figure_html(number, item, context) for number, item in enumerate(drawn, start=1))
    return "\n".join(
        (
            _top(context),
            _headline(tables_by_name, context),
            _how(context),
            contents(drawn, context),
            f"<main><h2>{escape(texts.get('section.figures'))}</h2>",
            f"<noscript><p>{escape(texts.get('page.no_script'))}</p></noscript>",
            figures,
            f"<h2>{escape(texts.get('section.tables'))}</h2>",
            _tables(tables_by_name, context),
            glossary(context),
            notes(context),
            "</main>",
            _end(context),
        )
    )


def _top(context: Context) -> str:
    texts, facts = context.texts, context.facts
    said = context.say(
        "page.facts",
        replicates=texts.number(float(facts["replicates"])),
        newcomers=texts.number(float(facts["newcomers_per_year"])),
        arrival_years=texts.number(float(facts["arrival_years"])),
        months=texts.number(float(facts["follow_up_months"])),
        baseline=context.scenario(context.base_period, context.base_design),
    )
    banner = paragraph(context.say("page.parameters", draws=texts.number(context.draws)), "banner")
    title = f"<h1>{escape(texts.pick(facts['title']))}</h1>"
    return f'<header class="top">{title}{paragraph(said, "facts")}</header>{banner}'


def _headline(tables_by_name: Mapping[str, pd.DataFrame], context: Context) -> str:
    texts, differences = context.texts, tables_by_name["differences"]
    phrase = context.period_phrase(context.base_period)
    design = context.design(context.base_design)
    periods = "".join(
        f"<li><strong>{escape(name)}:</strong> {escape(words)}</li>"
        for name, words in headline.period_sentences(differences, context)
    )
    designs = [*headline.design_sentences(differences, context)]
    designs += [said for said in (headline.deadweight_sentence(tables_by_name["grants"], context),) if said]
    designs.append(context.elasticity_note())
    items = "".join(f"<li>{escape(words)}</li>" for words in designs)
    return "".join(
        (
            f'<section class="box"><h2>{escape(texts.get("headline.title"))}</h2>',
            paragraph(texts.get("headline.intro", baseline=phrase, design=design)),
            f"<ul>{periods}</ul>",
            paragraph(texts.get("headline.designs_intro", baseline=phrase, design=design)),
            f"<ul>{items}</ul>",
            paragraph(f"{headline.chance_sentence(differences, context)} {context.say('headline.caveat')}"),
            "</section>",
        )
    )


def _how(context: Context) -> str:
    texts = context.texts
    draws = texts.number(context.draws)
    said = [context.say(f"how.{name}", draws=draws) for name in ("noise", "paired", "verdict")]
    said.append(texts.get("how.cost", years=context.years))
    body = "".join(paragraph(text) for text in said)
    return f'<section class="how"><h2>{escape(texts.get("how.title"))}</h2>{body}</section>'


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
