"""The tables of the page of a decision as HTML; every text that comes from a file is escaped."""

from __future__ import annotations

import math
import re
from html import escape
from typing import TYPE_CHECKING

from ankomst.report.decision.box_words import real_boxes, restrictions
from ankomst.report.decision.context import SHIPPED, alone, objectives, triple, variables
from ankomst.report.decision.figure_front import numbered, pair
from ankomst.report.decision.words import capital, ordered_groups
from ankomst.report.document.context import missing, records
from ankomst.report.document.run_context import DASH, written
from ankomst.report.document.tables import html_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ankomst.report.decision.context import DecisionContext, Row

_SPAN = re.compile(r"job_(\d+)_(\d+)")
PERIOD = "introduction_period"


def all_tables(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return every table that the page has numbers for."""
    makers = {
        "robustness": robustness_table,
        "boxes": limits_table,
        "thresholds": thresholds_table,
        "information": information_table,
        "designs": designs_table,
        "design_outcomes": outcomes_table,
        "dominance": dominance_table,
    }
    return "".join(make(tables, context) for name, make in makers.items() if name in tables)


def robustness_table(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return mean, worst tenth, regret and how often each policy is best, by criterion."""
    texts = context.texts
    rows = []
    for row in records(tables["robustness"]):
        unit, base = row["unit"], row["scenario"] == context.baseline
        regrets = [regret_words(row, name, context) for name in ("mean_regret", "regret_90", "max_regret")]
        rows.append(
            (
                context.title(str(row["scenario"])),
                context.label(row),
                texts.get("word.baseline") if base else context.amount(triple(row, "mean"), unit, sign=True),
                DASH if base else context.amount(triple(row, "worst_decile"), unit, sign=True),
                "; ".join(regrets),
                context.share(*triple(row, "p_best")),
                DASH if missing(row["satisficing"]) else context.share(*triple(row, "satisficing")),
                texts.number(float(row["n"])),
            )
        )
    heads = ("scenario", "criterion", "mean", "worst", "regret", "best", "good", "n")
    values = {"level": context.level, "baseline": context.title(context.baseline)}
    return _table("robustness", heads, rows, context, values)


def regret_words(row: Row, name: str, context: DecisionContext) -> str:
    """Return a regret with its interval; the largest one over the draws has none."""
    known = f"{name}_low" in row and not missing(row[f"{name}_low"])
    return context.amount(triple(row, name) if known else alone(row[name]), row["unit"])


def limits_table(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return the limits of every box with the range that was looked at."""
    texts, rows = context.texts, []
    for box in records(real_boxes(tables["boxes"])):
        for limit in restrictions(tables, box["question"], box["box"]):
            width = float(limit["range_high"]) - float(limit["range_low"])
            decimals = max(0, 1 - math.floor(math.log10(width)))
            rows.append(
                (
                    context.question(box["question"]),
                    str(box["box"]),
                    context.factor_axis(limit["factor"]),
                    texts.span(float(limit["low"]), float(limit["high"]), decimals),
                    texts.span(float(limit["range_low"]), float(limit["range_high"]), decimals),
                    DASH if missing(limit["qp"]) else texts.number(float(limit["qp"]), 3),
                )
            )
    heads = ("question", "box", "factor", "inside", "range", "qp")
    return _table("limits", heads, rows, context, {}) if rows else ""


def thresholds_table(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return every threshold, and the spread of the draws' own ones."""
    texts, rows = context.texts, []
    for row in records(tables["thresholds"]):
        own = triple(row, "draw_median", "draw_low", "draw_high")
        at = triple(row, "mean_threshold", "low", "high")
        unit, count = row["unit"], float(row["n"])
        ends = [context.amount(alone(row[end]), unit, level=True) for end in ("from", "to")]
        rows.append(
            (
                context.solve(row),
                context.quantity(row),
                DASH if missing(at[0]) else context.amount(at, unit, level=True),
                DASH if missing(own[0]) else context.amount(own, unit, level=True),
                texts.get("word.span", low=ends[0], high=ends[1]),
                context.counted(1 - float(row["share_crossing"]), count),
                texts.number(count),
            )
        )
    heads = ("changed", "quantity", "zero", "draws_zero", "range", "none", "n")
    return _table("thresholds", heads, rows, context, {"level": context.level})


def information_table(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return the value of information per newcomer and for the country, the highest first."""
    texts, inflow = context.texts, float(context.facts["national_inflow"])
    rows = []
    for row in ordered_groups(tables["information"]):
        worth = triple(row, "evppi", "low", "high")
        rows.append(
            (
                capital(context.group(row["group"])),
                context.amount(worth, row["unit"]),
                context.millions(worth, inflow),
                texts.number(float(row["n"])),
            )
        )
    values = {"level": context.level, "inflow": texts.number(inflow)}
    return _table("information", ("group", "worth", "national", "n"), rows, context, values)


def designs_table(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return the designs on the front in plain words, numbered as in the figure."""
    texts, designs = context.texts, tables["designs"]
    names, numbers = pair(designs), numbered(designs)
    shown = [*reversed(names)] if names else objectives(designs)
    chosen = [row for row in records(designs) if row["on_front"] == "yes"]
    rows = []
    for row in sorted(chosen, key=lambda row: numbers[str(row["design"])]):
        amounts = []
        for name in shown:
            unit = "share" if "rate" in name else "months" if "month" in name else "DKK"
            amounts.append(context.amount(triple(row, name), unit, sign=True))
        rows.append(
            (
                str(numbers[str(row["design"])]),
                context.design_name(row),
                design_words(row, variables(designs), context),
                *amounts,
                context.share(float(row["p_on_front"])),
                texts.number(float(row["n"])),
            )
        )
    heads = ["number", "design", "grant", *(f"objective:{name}" for name in shown), "p", "runs"]
    return _table("designs", heads, rows, context, {"level": context.level})


def outcomes_table(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return what the designs on the front, and the shipped ones, do to every criterion."""
    table, numbers = tables["design_outcomes"], numbered(tables["designs"])
    column = context.texts.pick(("label", "label_da"))
    labels = [str(label) for label in table[column].unique()]
    on_front = set(tables["designs"].query("on_front == 'yes'")["design"])
    rows = []
    for name, part in table.groupby("design", sort=False):
        first = records(part)[0]
        if name not in on_front and first["origin"] != SHIPPED:
            continue
        by_label = {str(row[column]): row for row in records(part)}
        amounts = [
            context.amount(triple(by_label[label], "mean", "low", "high"), by_label[label]["unit"], sign=True)
            for label in labels
        ]
        number = str(numbers[str(name)]) if str(name) in numbers and name in on_front else DASH
        rows.append((number, context.design_name(first), *amounts, context.texts.number(float(first["n"]))))
    rows.sort(key=lambda row: (row[0] == DASH, row[0]))
    heads = ["number", "design", *(f"={label}" for label in labels), "runs"]
    return _table("outcomes", heads, rows, context, {"level": context.level})


def dominance_table(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return, for every shipped design, the found one that stands against it."""
    texts = context.texts
    rows = [
        (
            context.design_name({"origin": SHIPPED, **row}),
            texts.label("decision.verdict", row["verdict"]),
            DASH if missing(row["by"]) else _by(row, context),
            *(
                DASH if missing(row[name]) else context.amount(triple(row, name), unit, sign=True)
                for name, unit in (("gain", "months"), ("cost", "DKK"))
            ),
            texts.number(float(row["n"])),
        )
        for row in records(tables["dominance"])
    ]
    heads = ("design", "verdict", "by", "gain", "cost", "runs")
    return _table("dominance", heads, rows, context, {"level": context.level})


def _by(row: Row, context: DecisionContext) -> str:
    if row["by"] == row["design"]:
        return context.texts.get("decision.itself")
    shipped = row["by"] in context.facts["scenario_titles"]
    return context.title(str(row["by"])) if shipped else context.found(row["by"])


def design_words(row: Row, names: Sequence[str], context: DecisionContext) -> str:
    """Return a design in words: amounts by the month in which the job begins, wait, window, weights.

    Parameters
    ----------
    row : dict
        Of the table `designs`.
    names : sequence of str
        Its design variables.
    context : DecisionContext
    """
    texts = context.texts
    there = [name for name in names if not missing(row[name])]
    if not there:
        return texts.get("decision.variable.as_shipped")
    amounts = [
        (int(found[1]), int(found[2]), float(row[name])) for name in there if (found := _SPAN.fullmatch(name))
    ]
    said = _job(amounts, context)
    paid = any(amount for _, _, amount in amounts)
    for name in there:
        if _SPAN.fullmatch(name):
            continue
        words = _variable(name, row[name], context, paid=paid)
        said += [words] if words else []
    return "; ".join(said)


def _job(amounts: list[tuple[int, int, float]], context: DecisionContext) -> list[str]:
    """Return the amounts for a job, equal neighbours joined."""
    texts = context.texts
    joined: list[tuple[int, int, float]] = []
    for start, end, amount in sorted(amounts):
        if joined and joined[-1][2] == amount:
            start = joined.pop()[0]  # noqa: PLW2901 - the step grows to the left
        joined.append((start, end, amount))
    if not any(amount for _, _, amount in joined):
        return [texts.get("decision.variable.no_job")] if joined else []
    if len(joined) == 1:
        return [texts.get("decision.variable.amount", amount=texts.number(joined[0][2]))]
    return [
        texts.get("decision.variable.amount_between", amount=texts.number(amount), start=start, end=end)
        for start, end, amount in joined
        if amount
    ]


def _variable(name: str, value: object, context: DecisionContext, *, paid: bool) -> str:
    """Return one variable in words; nothing for one that says nothing at its value."""
    said = written(value, context)
    keys = {
        "window": "window_period" if value == PERIOD else "window",
        "education_share": "education" if paid and value else "",
        "danish_test": "test" if value else "",
        "sustained_months": "" if not paid else "sustained" if value else "entry",
        "needs_group": "" if value == 1 else "needs",
        "minimum_hours": "hours" if paid and value else "",
    }
    key = keys.get(name, "other")
    if name == "education_share":
        said = context.share(float(value))  # type: ignore[arg-type]  # a share is a number
    values = {"name": name.replace("_", " "), "value": said, "amount": said}
    return context.texts.get(f"decision.variable.{key}", **values) if key else ""


def _table(
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    context: DecisionContext,
    values: Mapping[str, object],
) -> str:
    texts = context.texts

    def head(column: str) -> str:
        if column.startswith("="):  # a text already
            return column[1:]
        kind, _, objective = column.partition(":")
        return (
            texts.label("decision.objective", objective)
            if objective
            else texts.get(f"decision.column.{kind}")
        )

    table = html_table(
        [head(column) for column in heads],
        [[escape(cell) for cell in row] for row in rows],
        text_columns=len(heads),
    )
    title = escape(texts.get(f"decision.table.{name}", **values))
    note = escape(texts.get(f"decision.table.{name}_note", **values))
    return f'<div class="table" id="table-{name}"><h3>{title}</h3><p class="note">{note}</p>{table}</div>'
