"""The parts of the page of a run: each with its heading, words, figures and tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ankomst.report.chart.figure_decomposition import draw_decomposition
from ankomst.report.chart.figure_run_accounts import draw_accounts
from ankomst.report.chart.figure_scenarios import difference_rows, draw_differences, draw_employment
from ankomst.report.document import run_tables
from ankomst.report.document.context import choose, require
from ankomst.report.document.history import history_rows, history_sentences
from ankomst.report.document.page import Drawn, bullets, paragraph
from ankomst.report.document.payers_table import payers_table
from ankomst.report.run.figure_history import draw_history

if TYPE_CHECKING:
    from ankomst.report.document.run_context import RunContext

# What the table of a decomposition says where every order was averaged.
ALL_ORDERS = "all"

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Part:
    """A part of the page: name, plain heading, words as HTML, figures, and tables as HTML."""

    name: str
    heading: str
    words: str
    drawn: list[Drawn]
    below: str


def run_parts(tables: Tables, context: RunContext) -> list[Part]:
    """Return all parts of the page, in their order.

    Raises
    ------
    ValueError
        If a table is missing or empty, lacks a column or lacks a scenario.
    """
    texts = context.texts
    parts = [
        Part(
            "employment",
            texts.get("run.section.employment"),
            "",
            [draw_employment(tables.get("curves"), context)],
            "",
        )
    ]
    if context.others:
        drawn = draw_differences(tables.get("differences"), context)
        below = _differences_table(tables["differences"], context)
        parts.append(Part("differences", texts.get("run.section.differences"), "", drawn, below))
    drawn = [draw_accounts(tables.get("accounts"), context)]
    below = _accounts_tables(tables["accounts"], context)
    if "payers" in tables:
        names = {name: context.name(name) for name in context.others}
        below = payers_table(tables["payers"], names, context) + below
    parts.append(
        Part("accounts", texts.get("run.section.accounts"), _extrapolated(context, "warning"), drawn, below)
    )
    # A run may be too short for any published share.
    if len(tables.get("history", ())):
        parts += _history(tables, context)
    if len(tables.get("decomposition", ())):
        parts.append(_decomposition(tables["decomposition"], context))
    return parts


def _extrapolated(context: RunContext, kind: str) -> str:
    marked = bool(context.facts.get("extrapolated", False))
    return paragraph(context.texts.get("run.extrapolated"), kind) if marked else ""


def _table(name: str, title: str, note: str, html: str) -> str:
    top = f"<h3>{escape(title)}</h3>{paragraph(note, 'note')}"
    return f'<section class="table" id="table-{name}">{top}{html}</section>'


def _differences_table(table: pd.DataFrame, context: RunContext) -> str:
    texts = context.texts
    n = texts.number(float(difference_rows(table, context)["n"].max()))
    note = texts.get("run.table.differences_note", level=context.level, n=n)
    html = run_tables.differences_table(table, context)
    return _table("differences", texts.get("run.table.differences"), note, html)


def _accounts_tables(table: pd.DataFrame, context: RunContext) -> str:
    texts = context.texts
    note = texts.get("run.table.net_note", level=context.level)
    net = _table("net", texts.get("run.table.net"), note, run_tables.net_table(table, context))
    items = run_tables.accounts_table(table, context)
    more = f"<details><summary>{escape(texts.get('table.show'))}</summary>{items}</details>"
    return net + _table("accounts", texts.get("run.table.accounts"), note, more)


def _history(tables: Tables, context: RunContext) -> list[Part]:
    """Return a part for each scenario that is held against history."""
    history, cohorts = tables["history"], require(tables.get("cohorts"), "cohorts", ())
    if "scenario" not in history.columns:
        return [_one_history(history, cohorts, "", context)]
    names = [str(name) for name in dict.fromkeys(history["scenario"])]
    return [
        _one_history(
            history[history["scenario"] == name],
            choose(require(cohorts, "cohorts", ("scenario",)), "cohorts", scenario=name),
            "" if number == 1 else f"-{number}",
            context,
            name if len(names) > 1 else "",
        )
        for number, name in enumerate(names, start=1)
    ]


def _one_history(
    history: pd.DataFrame, cohorts: pd.DataFrame, ending: str, context: RunContext, scenario: str = ""
) -> Part:
    texts = context.texts
    drawn = replace(draw_history(history, cohorts, context), name=f"history{ending}")
    rows = history_rows(history)
    said = bullets(history_sentences(rows, context))
    table = _table(
        f"history{ending}",
        texts.get("run.history.table"),
        texts.get("run.history.table_note"),
        run_tables.history_table(rows, context),
    )
    heading = texts.get("run.section.history") + (f": {context.name(scenario)}" if scenario else "")
    words = f'<div class="box">{said}</div>{_extrapolated(context, "note")}'
    return Part(f"history{ending}", heading, words, [drawn], table)


def _decomposition(table: pd.DataFrame, context: RunContext) -> Part:
    texts = context.texts
    drawn = draw_decomposition(table, context)
    sampled = "orders" in table.columns and (table["orders"] != ALL_ORDERS).any()
    names = ("words", "some_orders" if sampled else "all_orders")
    said = [texts.get(f"run.decomposition.{name}") for name in names]
    words = paragraph(" ".join([*said, context.band("difference")]))
    below = _table(
        "decomposition",
        texts.get("run.decomposition.table"),
        texts.get("run.decomposition.table_note", level=context.level),
        run_tables.decomposition_table(table, context),
    )
    return Part("decomposition", texts.get("run.section.decomposition"), words, drawn, below)
