"""The headline box: sentences written from the numbers, never claiming more than the intervals allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.report.chart.figure_differences import PAYERS, outcome_rows
from ankomst.report.document.context import (
    NO_DIFFERENCE,
    Context,
    choose,
    decimals_for,
    in_order,
    records,
    unclear,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def direction(row: Mapping[str, Any]) -> str:
    """Return ``'higher'``, ``'lower'`` or ``'close'`` for one difference, by its interval and verdict."""
    if unclear(pd.DataFrame([row]))[0]:
        return "close"
    return "higher" if row["estimate"] > 0 else "lower"


def period_sentences(differences: pd.DataFrame, context: Context) -> list[tuple[str, str]]:
    """Return (period, sentences) for every other introduction period under the baseline's grant design."""
    same_design = differences[differences["design"] == context.base_design]
    found = []
    for period in in_order(same_design["period"].tolist(), context.periods):
        if period == context.base_period:
            continue
        rows = same_design[same_design["period"] == period]
        found.append((context.period(period), difference_sentence(rows, context)))
    return found


def difference_sentence(rows: pd.DataFrame, context: Context) -> str:
    """Say what one scenario does to months in work, net public cost and each payer.

    Parameters
    ----------
    rows : DataFrame
        Rows of the table of differences of one scenario.
    context : Context
    """
    return " ".join((_months(rows, context), _cost(rows, context), _payers(rows, context)))


def _said(row: Mapping[str, Any]) -> str:
    """Return the direction, or ``'none'`` where every pair of runs is equal."""
    return "none" if row.get("verdict") == NO_DIFFERENCE else direction(row)


def _record(rows: pd.DataFrame, outcome: str, payer: str = "") -> dict[str, Any]:
    wanted = {"outcome": outcome, "payer": payer} if payer else {"outcome": outcome}
    return records(choose(rows, "differences", **wanted))[0]


def _interval(row: Mapping[str, Any], decimals: int, context: Context) -> str:
    texts = context.texts
    span = texts.span(float(row["low"]), float(row["high"]), decimals, sign=True)
    return texts.get("word.interval", level=context.level, span=span)


def _months(rows: pd.DataFrame, context: Context) -> str:
    row = _record(rows, "months_employed")
    decimals = decimals_for(row, 2)
    return context.texts.get(
        f"headline.months_{_said(row)}",
        estimate=context.texts.number(abs(row["estimate"]), decimals),
        years=context.years,
        interval=_interval(row, decimals, context),
    )


def _cost(rows: pd.DataFrame, context: Context) -> str:
    row, texts = _record(rows, "net_cost", "both"), context.texts
    return texts.get(
        f"headline.cost_{_said(row)}",
        estimate=texts.get("word.dkk", amount=texts.number(abs(row["estimate"]))),
        interval=_interval(row, 0, context),
    )


def _payers(rows: pd.DataFrame, context: Context) -> str:
    texts, parts = context.texts, []
    for payer in ("municipality", "state"):
        row = _record(rows, "net_cost", payer)
        subject = texts.label("payer_subject", payer)
        part = texts.get(
            f"headline.payer_{_said(row)}",
            payer=subject,
            payer_short=_uncapital(subject),
            estimate=texts.get("word.dkk", amount=texts.number(abs(row["estimate"]))),
        )
        parts.append(part)
    first, second = parts
    return texts.get("headline.payers", first=_capital(first), second=_uncapital(second))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]


def design_sentences(differences: pd.DataFrame, context: Context) -> list[str]:
    """Say which grant designs inside the baseline's period differ, in work and in net public cost."""
    inside = differences[differences["period"] == context.base_period]
    if len(inside) == 0:
        return []
    return [
        _designs(inside, context, "months_employed", "", "headline.designs_months"),
        _designs(inside, context, "net_cost", "both", "headline.designs_cost"),
    ]


def _designs(inside: pd.DataFrame, context: Context, outcome: str, payer: str, title: str) -> str:
    texts = context.texts
    rows = outcome_rows(inside, outcome, payer)
    clear: list[str] = []
    close: list[str] = []
    for design in in_order(rows["design"].tolist(), context.designs):
        row = records(rows[rows["design"] == design])[0]
        if direction(row) == "close":
            close.append(context.design(design))
            continue
        decimals = decimals_for(row, 2) if outcome == "months_employed" else 0
        unit = "word.months" if outcome == "months_employed" else "word.dkk"
        amount = texts.get(unit, amount=texts.number(row["estimate"], decimals, sign=True))
        clear.append(f"{context.design(design)} ({amount})")
    values = {"outcome": texts.get(title), "total": len(rows)}
    if clear:
        said = [context.say("headline.designs_clear", clear=len(clear), names=texts.listing(clear), **values)]
        if close:
            said.append(texts.get("headline.designs_close", names=texts.listing(close)))
        return " ".join(said)
    return context.say("headline.designs_none", **values)


def deadweight_sentence(grants: pd.DataFrame, context: Context) -> str:
    """Say which share of the baseline's grant money is paid for what would happen anyway; '' if unknown."""
    chosen = (
        (grants["measure"] == "deadweight")
        & (grants["period"] == context.base_period)
        & (grants["design"] == context.base_design)
        & grants["estimate"].notna()
    )
    if not chosen.any():
        return ""
    row, texts = records(grants[chosen])[0], context.texts
    span = texts.span(100 * row["low"], 100 * row["high"], 1)
    return texts.get(
        "headline.deadweight",
        design=context.design(context.base_design),
        baseline=context.period_phrase(context.base_period),
        estimate=texts.get("word.percent", amount=texts.number(100 * row["estimate"], 1)),
        interval=texts.get("word.interval", level=context.level, span=span),
    )


def chance_sentence(differences: pd.DataFrame, context: Context) -> str:
    """Say how many of all differences are clear, and how many would look so by chance."""
    rows = pd.concat(
        [outcome_rows(differences, "months_employed")]
        + [outcome_rows(differences, "net_cost", payer) for payer in PAYERS]
    )
    return said_of_chance(rows, context, "headline.chance")


def said_of_chance(rows: pd.DataFrame, context: Context, key: str) -> str:
    """Fill the text `key` with the numbers of differences: all, clear, and clear by chance alone."""
    clear = int((~unclear(rows)).sum())
    chance = (1 - float(context.facts.get("level", 0.95))) * len(rows)
    # Rounding to a whole number would say that none is to be expected.
    expected = context.texts.number(chance, 0 if chance >= 2 else 1)
    return context.say(key, total=len(rows), clear=clear, level=context.level, chance=expected)
