"""The sections of a batch's story: figures, and the tables and notes around them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ankomst.errors import AnkomstError
from ankomst.report.batch import tables as shown_tables
from ankomst.report.batch import words
from ankomst.report.batch.changes import changes_html
from ankomst.report.batch.employment import MOST_ROWS, differences, employment, whole
from ankomst.report.batch.front import front
from ankomst.report.batch.grant_months import grants
from ankomst.report.batch.groups import groups
from ankomst.report.batch.payers import by_year, waterfall
from ankomst.report.batch.places import bubbles, widest
from ankomst.report.batch.places_ordered import ordered
from ankomst.report.batch.states import flows, months_shown
from ankomst.report.document.page import bullets, paragraph
from ankomst.report.document.payers_table import payers_table
from ankomst.report.document.story import Section
from ankomst.simulation.municipalities import read_municipalities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.report.batch.context import BatchContext
    from ankomst.report.batch.material import Material
    from ankomst.report.document.page import Drawn

FOCUS = 2
"""Scenarios that get figures of their own."""
Part = tuple[str, "list[Drawn | None]", str, str]
"""Name, figures, and HTML above and below them."""


def sections(found: Material) -> tuple[Section, ...]:
    """Return every section that has something to show; tables that they need are added to the sheets."""
    made = []
    for name, figures, above, below in _parts(found):
        drawn = tuple(item for item in figures if item is not None)
        if drawn or below or (above and not figures):  # what stands above figures needs one
            made.append(Section(name, found.texts.get(f"batch.section.{name}"), drawn, above, below))
    return tuple(made)


def which(found: Material) -> list[str]:
    """Say that not all scenarios are shown, where it is so."""
    texts, total, count = found.texts, len(found.context.titles), len(found.shown.titles)
    if count == total:
        return []
    return [texts.get("batch.shown", shown=texts.number(count), total=texts.number(total))]


def _parts(found: Material) -> list[Part]:
    shown, tables = found.shown, found.tables
    names = tuple(shown.scenarios)
    note = "".join(paragraph(text, "note") for text in which(found))
    found.sheets["employment"] = levels = found.numbers.levels(names)
    parts: list[Part] = [("employment", [employment(levels, tables.get("curves"), shown)], note, "")]
    if found.compared:
        parts += _compared(found, note)
    parts.append(("flows", _flows(found), "", ""))
    found.sheets["grants_by_month"] = monthly = found.numbers.monthly(names)
    parts.append(("grants", [grants(monthly, tables.get("economics"), shown)], "", ""))
    if found.compared:
        parts += [
            ("places", _places(found), "", ""),
            ("drives", [], bullets(words.drives(tables, found.assumed, shown)), ""),
        ]
    return [*parts, ("changes", [], changes_html(found), "")]


def _compared(found: Material, note: str) -> list[Part]:
    tables, context, shown = found.tables, found.context, found.shown
    few, left_out = context, ""
    if len(context.titles) > MOST_ROWS:
        few = context.only(_largest(found))
        count = {
            "shown": found.texts.number(len(few.titles)),
            "total": found.texts.number(len(context.titles)),
        }
        left_out = paragraph(found.texts.get("batch.most_rows", **count), "note")
    first = widest(whole(tables["differences"]), shown.others)
    focus = [first, *(name for name in shown.others if name != first)][:FOCUS]
    pays: list[Drawn | None] = []
    for k, name in enumerate(focus):
        pair = waterfall(tables["accounts"], name, context), by_year(tables["years"], name, context)
        pays += [replace(item, name=f"{item.name}-{k + 1}") for item in pair if item is not None]
    forests: list[Drawn | None] = [*differences(tables["differences"], few)]
    return [
        ("differences", forests, left_out, shown_tables.key_figures(tables, few)),
        ("groups", [groups(tables["differences"], shown)], note, ""),
        ("pays", pays, "", _who_pays(tables, context)),
        (
            "front",
            [front(tables["differences"], tables["regret"], context)],
            "",
            shown_tables.ranks(tables, context),
        ),
    ]


def _who_pays(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> str:
    """Return who finally pays, where the batch says it, and what the money buys."""
    names = {name: context.marked(name) for name in context.others}
    layers = payers_table(tables["payers"], names, context) if "payers" in tables else ""
    return layers + shown_tables.money(tables, context)


def _largest(found: Material) -> list[str]:
    """Return the baseline and the scenarios with the largest differences in months in work."""
    rows = whole(found.tables["differences"])
    rows = rows[rows["outcome"] == "months_employed"]
    order = rows.loc[rows["estimate"].abs().sort_values(ascending=False).index, "scenario"].astype(str)
    return [found.context.baseline, *order][:MOST_ROWS]


def _flows(found: Material) -> list[Drawn | None]:
    shown = found.shown
    names = [shown.baseline]
    if found.compared:
        names.append(widest(whole(found.tables["differences"]), shown.others))
    months = months_shown(found.experiment.follow_up)
    if len(months) < 2:
        return []
    states = found.numbers.states(names, months)
    try:
        moved = {name: found.numbers.flows(name, months) for name in names}
    except AnkomstError:  # a run that failed in the batch fails here too; the batch lists it
        return []
    found.sheets["states"] = states
    found.sheets["flows"] = pd.concat(moved.values(), ignore_index=True)
    drawn = [flows(moved[name], states, name, shown) for name in names]
    return [replace(item, name=f"flows-{k}") for k, item in enumerate(drawn, start=1)]


def _places(found: Material) -> list[Drawn | None]:
    table = found.tables["municipalities"]
    scenario = widest(whole(found.tables["differences"]), found.shown.others)
    places = read_municipalities(found.experiment.scenarios[found.batch.baseline].population.municipalities)
    centres = pd.DataFrame({"name": places.name, "longitude": places.longitude, "latitude": places.latitude})
    drawn = bubbles(table, centres, scenario, found.context, found.outline)
    return [drawn, ordered(table, scenario, found.context)]
