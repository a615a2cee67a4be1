"""docs/worked_examples.md: its tables are what the recount counts, to the krone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ankomst.policy.scenario import build_scenario

from .one_person import totals
from .person_month import EMPLOYED, INTERNSHIP, LANGUAGE_CLASS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "worked_examples.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
IN_CLASS: dict[str, Any] = {"class_hours": [12.0], "w": [1.0], "track": 2}
OUTSIDE: dict[str, Any] = {
    "class_hours": [3.6], "w": [0.58], "track": 2, "introduction_end": [0], "placement_started": [1],
    "benefit_months": [13],
}  # fmt: skip
MONTHS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "July 2013, inside the introduction period: a month in class": ("2013-07-01", LANGUAGE_CLASS, IN_CLASS),
    "July 2013, outside the period: a month with an internship that begins": (
        "2013-07-01",
        INTERNSHIP,
        OUTSIDE,
    ),
    "July 2013: a month of full-time work at the entry wage": ("2013-07-01", EMPLOYED, {"track": 2}),
    "January 2017, inside the period: a month in class": ("2017-01-01", LANGUAGE_CLASS, IN_CLASS),
    "January 2017, outside the period: a month with an internship that begins": (
        "2017-01-01",
        INTERNSHIP,
        OUTSIDE,
    ),
    "January 2017: a month of full-time work at the entry wage": ("2017-01-01", EMPLOYED, {"track": 2}),
}


def test_every_month_of_the_page_is_counted() -> None:
    assert list(SECTIONS) == list(MONTHS)


@pytest.mark.parametrize("title", MONTHS)
def test_a_month_is_worked_out_to_the_krone(title: str) -> None:
    day, status, columns = MONTHS[title]
    rows = re.findall(r"^\| (\w+) \| ([\d,]+) \|", SECTIONS[title], re.MULTILINE)
    shown = {name: int(amount.replace(",", "")) for name, amount in rows}
    counted = totals([status], build_scenario({"date": day}), **columns)
    paid = {name: amount for name, amount in counted.items() if amount}
    assert set(shown) == set(paid)
    for name, amount in paid.items():
        assert abs(shown[name] - amount) <= 0.5 + 1e-6, (name, shown[name], amount)


def test_the_grants_that_it_names_are_those_of_the_rules() -> None:
    grants = {grant.outcome: grant for grant in build_scenario({}).result_grants}
    assert (grants["ordinary_job"].amount(0), grants["danish_test"].amount(0)) == (46_881, 35_162)
    assert {grant.window_months for grant in grants.values()} == {36}
