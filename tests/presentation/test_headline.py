"""The headline never claims more than the intervals allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from ankomst.report.document import headline
from ankomst.report.document.context import Context, decimals_for
from ankomst.report.document.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Hashable


FACTS = {"baseline": "three_year", "level": 0.95, "follow_up_months": 120}


def rows(**bounds: tuple[float, float, float]) -> pd.DataFrame:
    """Return the differences of one scenario: months in work and net cost by payer."""
    made = []
    for name, (estimate, low, high) in bounds.items():
        months = name == "months_employed"
        made.append({
            "outcome": name if months else "net_cost", "payer": "" if months else name, "estimate": estimate,
            "low": low, "high": high, "n": 60,
            "verdict": "lower" if high < 0 else "higher" if low > 0 else "too close to call",
        })  # fmt: skip
    return pd.DataFrame(made)


@pytest.mark.parametrize(
    ("low", "high", "verdict", "expected"),
    [
        (0.1, 0.3, "higher", "higher"),
        (-0.3, -0.1, "lower", "lower"),
        (-0.1, 0.3, "too close to call", "close"),
        (-0.1, 0.3, "higher", "close"),
        (0.1, 0.3, "too close to call", "close"),
        (0.0, 0.3, "higher", "close"),
        (float("nan"), float("nan"), "higher", "close"),
    ],
)
def test_direction_is_the_more_careful_of_interval_and_verdict(
    low: float, high: float, verdict: str, expected: str
) -> None:
    row: dict[Hashable, Any] = {"estimate": (low + high) / 2, "low": low, "high": high, "verdict": verdict}
    assert headline.direction({str(name): value for name, value in row.items()}) == expected


def test_a_sentence_follows_the_numbers() -> None:
    table = rows(
        months_employed=(-0.8, -0.9, -0.7), both=(400.0, -100.0, 900.0),
        municipality=(50_000.0, 49_000.0, 51_000.0), state=(10.0, -49_000.0, 51_000.0),
    )  # fmt: skip
    assert headline.difference_sentence(table, Context(load_texts("en"), FACTS)) == (
        "0.80 fewer months in work per newcomer within 10 years (95% interval −0.90 to −0.70). "
        "Net public cost: too close to call (95% interval −100 to +900). "
        "The municipality pays DKK 50,000 more; for the state it is too close to call."
    )


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("probably lower", "Probably 0.33 fewer months in work per newcomer within 10 years (95% interval"),
        ("direction unclear", "Months in work within 10 years: direction unclear (95% interval"),
        (
            "simulation noise only",
            "within 10 years: −0.33 (95% interval −1.20 to +0.47; simulation noise only).",
        ),
        ("too few draws", "within 10 years: −0.33 (95% interval −1.20 to +0.47; too few draws)."),
        ("no difference", "No difference in months in work"),
    ],
)
def test_a_sentence_says_what_the_verdict_says(verdict: str, said: str) -> None:
    table = rows(
        months_employed=(-0.33, -1.2, 0.47), both=(-3900.0, -10_700.0, 2000.0),
        municipality=(77_900.0, 72_800.0, 84_300.0), state=(-81_800.0, -88_900.0, -74_000.0),
    )  # fmt: skip
    table["verdict"] = verdict
    assert said in headline.difference_sentence(table, Context(load_texts("en"), FACTS))
    danish = headline.difference_sentence(table, Context(load_texts("da"), FACTS))
    assert "{" not in danish
    assert "for tæt" not in danish


def test_a_clear_bound_is_not_rounded_to_zero() -> None:
    assert decimals_for({"low": 0.004, "high": 0.05}, 2) == 3
    assert decimals_for({"low": -0.004, "high": 0.05}, 2) == 2
    assert decimals_for({"low": 0.01, "high": 0.05}, 2) == 2
