"""How numbers of a batch are written on a terminal."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ankomst.report.batch.terminal import _measure, cell

MINUS = "\N{MINUS SIGN}"


def row(unit: str, estimate: float, low: float, high: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"unit": unit, "estimate": estimate, "low": low, "high": high, "text": "", "measure": ""} | more


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (row("months", 0.524, 0.4, -0.1), f"+0.52 [+0.40; {MINUS}0.10]"),
        (row("share", 0.0524, 0.01, 0.1), "+5.2 [+1.0; +10.0]"),
        (row("DKK per newcomer", -81_995.0, -83_792.0, -80_440.0), f"{MINUS}82.0 [{MINUS}83.8; {MINUS}80.4]"),
        (row("months", 1.0, math.nan, math.nan), "+1.00"),
    ],
)
def test_an_estimate_stands_with_the_ends_of_its_interval(given: dict[str, Any], written: str) -> None:
    assert cell(given) == written


def test_a_ratio_of_kroner_is_not_divided_by_a_thousand() -> None:
    found = row("DKK of income per DKK of public cost", 0.69, 0.46, 0.9, measure="mvpf")
    assert _measure(found) == "0.69 [0.46; 0.90]"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("pays for itself", "pays for itself"),
        ("undefined: fewer person-years of work than the baseline", "undefined"),
        ("a saving: net public cost falls", "a saving"),
        ("", "\N{EN DASH}"),
    ],
)
def test_what_is_undefined_says_so_in_two_words(text: str, written: str) -> None:
    nothing = row("DKK", math.nan, math.nan, math.nan, text=text, measure="mvpf")
    assert _measure(nothing) == written
