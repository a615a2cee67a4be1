"""The headline box: sentences written from the numbers, never claiming more than the intervals allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.report.document.context import (
    NO_DIFFERENCE,
    Context,
    choose,
    decimals_for,
    records,
    require,
    unclear,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


_SAID = {
    NO_DIFFERENCE: "none",
    "probably higher": "probably_higher",
    "probably lower": "probably_lower",
    "direction unclear": "unclear",
}
_NO_VERDICT = ("simulation noise only", "too few draws")
COLUMNS = ("outcome", "payer", "estimate", "low", "high", "n", "verdict")


def outcome_rows(table: pd.DataFrame, outcome: str, payer: str = "") -> pd.DataFrame:
    """Return the rows of one outcome (and payer) of the table of differences."""
    rows = choose(require(table, "differences", COLUMNS), "differences", outcome=outcome)
    return choose(rows, "differences", payer=payer) if payer else rows


def direction(row: Mapping[str, Any]) -> str:
    """Return ``'higher'``, ``'lower'`` or ``'close'`` for one difference, by its interval and verdict."""
    if unclear(pd.DataFrame([row]))[0]:
        return "close"
    return "higher" if row["estimate"] > 0 else "lower"


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
    """Return the end of the key that says what a verdict says, never more than its interval allows."""
    verdict = str(row.get("verdict", ""))
    if verdict in _NO_VERDICT:
        return "no_verdict"
    if verdict in _SAID:
        return _SAID[verdict]
    return direction(row)


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
        signed=context.texts.number(row["estimate"], decimals, sign=True),
        why=context.texts.phrase(str(row.get("verdict", ""))),
        years=context.years,
        interval=_interval(row, decimals, context),
    )


def _cost(rows: pd.DataFrame, context: Context) -> str:
    row, texts = _record(rows, "net_cost", "both"), context.texts
    return texts.get(
        f"headline.cost_{_said(row)}",
        estimate=texts.get("word.dkk", amount=texts.number(abs(row["estimate"]))),
        signed=texts.get("word.dkk", amount=texts.number(row["estimate"], sign=True)),
        why=texts.phrase(str(row.get("verdict", ""))),
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
            signed=texts.get("word.dkk", amount=texts.number(row["estimate"], sign=True)),
        )
        parts.append(part)
    first, second = parts
    return texts.get("headline.payers", first=_capital(first), second=_uncapital(second))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]


def said_of_chance(rows: pd.DataFrame, context: Context, key: str) -> str:
    """Fill the text `key` with the numbers of differences: all, clear, and clear by chance alone."""
    clear = int((~unclear(rows)).sum())
    chance = (1 - float(context.facts.get("level", 0.95))) * len(rows)
    # Rounding to a whole number would say that none is to be expected.
    expected = context.texts.number(chance, 0 if chance >= 2 else 1)
    return context.say(key, total=len(rows), clear=clear, level=context.level, chance=expected)
