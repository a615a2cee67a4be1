"""The headline never claims more than the intervals allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ankomst.report.document import headline
from ankomst.report.document.context import Context, decimals_for, unclear
from ankomst.report.document.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd


@pytest.fixture(name="english")
def english_fixture(facts: dict[str, Any]) -> Context:
    return Context(load_texts("en"), facts)


def with_interval(
    table: pd.DataFrame, rows: pd.Series[bool], bounds: tuple[float, float, float]
) -> pd.DataFrame:
    changed = table.copy()
    changed.loc[rows, ["estimate", "low", "high"]] = bounds
    changed.loc[rows, "verdict"] = (
        "lower" if bounds[2] < 0 else "higher" if bounds[1] > 0 else "too close to call"
    )
    return changed


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


def test_period_sentences_follow_the_numbers(tables: dict[str, pd.DataFrame], english: Context) -> None:
    table = tables["differences"]
    of = (table["period"] == "one_year") & (table["design"] == "grant_2013")
    table = with_interval(table, of & (table["outcome"] == "months_employed"), (-0.8, -0.9, -0.7))
    table = with_interval(table, of & (table["payer"] == "both"), (400.0, -100.0, 900.0))
    table = with_interval(table, of & (table["payer"] == "municipality"), (50_000.0, 49_000.0, 51_000.0))
    table = with_interval(table, of & (table["payer"] == "state"), (10.0, -49_000.0, 51_000.0))
    sentences = dict(headline.period_sentences(table, english))
    assert list(sentences) == ["One year", "One year, flexible", "One year, flexible, concentrated"]
    assert sentences["One year"] == (
        "0.80 fewer months in work per newcomer within 10 years (95% interval −0.90 to −0.70). "
        "Net public cost: too close to call (95% interval −100 to +900). "
        "The municipality pays DKK 50,000 more; for the state it is too close to call."
    )


def test_designs_too_close_to_call_are_not_said_to_differ(
    tables: dict[str, pd.DataFrame], english: Context
) -> None:
    table = tables["differences"]
    inside = (table["period"] == "three_year") & (table["outcome"] == "months_employed")
    table = with_interval(table, inside, (0.01, -0.02, 0.04))
    months, _ = headline.design_sentences(table, english)
    assert (
        months == "Months in work: none of the 7 other designs differs by more than the noise of simulation."
    )
    table = with_interval(table, inside & (table["design"] == "no_grant"), (-0.06, -0.09, -0.004))
    months, _ = headline.design_sentences(table, english)
    assert "1 of 7" in months
    assert "No grant (−0.060 months)" in months
    assert "Too close to call: Falling with time, " in months


def test_deadweight_and_chance(tables: dict[str, pd.DataFrame], english: Context) -> None:
    said = headline.deadweight_sentence(tables["grants"], english)
    assert said.startswith("Under the 2013 rule in the three-year period, 9")
    without = tables["grants"][tables["grants"]["measure"] != "deadweight"]
    assert headline.deadweight_sentence(without, english) == ""
    chance = headline.chance_sentence(tables["differences"], english)
    clear = int((~unclear(tables["differences"])).sum())
    assert f"Of the 124 differences in table 1, {clear} are clear" in chance
    assert "about 6 of 124" in chance


def test_no_sentence_on_designs_without_the_baseline_period(
    tables: dict[str, pd.DataFrame], english: Context
) -> None:
    table = tables["differences"]
    assert headline.design_sentences(table[table["period"] == "one_year"], english) == []


def test_a_clear_bound_is_not_rounded_to_zero() -> None:
    assert decimals_for({"low": 0.004, "high": 0.05}, 2) == 3
    assert decimals_for({"low": -0.004, "high": 0.05}, 2) == 2
    assert decimals_for({"low": 0.01, "high": 0.05}, 2) == 2
