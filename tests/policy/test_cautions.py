"""What `check` warns about: a sentence each, and only where it is true."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ankomst.policy import law
from ankomst.policy.explain.cautions import cautions, cautions_of
from ankomst.policy.explain.wording import day
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import build_scenario, load_scenario, reference_policy

ROOT = Path(__file__).resolve().parents[2]
JOB = {"outcome": "ordinary_job", "schedule": 50000}
TEST = {"outcome": "danish_test", "schedule": 30000}
SHORT = {"base_months": 12, "max_months": 12}
PERIOD = {"window_months": "introduction_period"}
HELD = "rates are held up to 2024 and changes of the law up to 1 January 2017"
SELDOM = "pays within 12 months of arrival, but by month 12 only 1 to 3 % have passed a test"


def said(data: dict[str, Any]) -> list[str]:
    return cautions(build_scenario(data))


def test_nothing_is_said_of_the_reference_policy() -> None:
    assert cautions(reference_policy()) == []
    assert said({"title": "x", "danish": {"right_months": 60}, "date": "2013-07-01"}) == []


def test_the_dates_held_are_those_of_the_data() -> None:
    assert load_rates().last_date == dt.date(2024, 1, 1)
    assert law.last_date() == dt.date(2017, 1, 1)


@pytest.mark.parametrize("data", [
    {"date": "2026-11-30"}, {"benefits": {"rates_of": "2025-01-01"}},
    {"benefits": {"refund_of": "2030-05-01"}},
])  # fmt: skip
def test_a_date_past_the_last_rate(data: dict[str, Any]) -> None:
    (key,) = data
    name, value = (key, data[key]) if key == "date" else next((f"{key}.{k}", v) for k, v in data[key].items())
    assert said(data)[0] == f"{name} is {value}, but {HELD}: those are used"


def test_the_law_is_followed_past_its_last_change() -> None:
    assert said({"rules": "denmark"}) == [f"the run goes to 2027, but {HELD}: those are used"]
    short = {"population": {"arrivals": {2012: 100}}, "horizon": {"follow_up_months": 36}}
    assert said({"rules": "denmark", **short}) == []
    history = load_scenario(ROOT / "scenarios" / "history_2010_2018.yaml")
    assert cautions(history) == [f"the run goes to 2023, but {HELD}: those are used"]


def test_a_date_without_the_levers_of_the_date() -> None:
    (sentence,) = said({"date": "2014-06-01"})
    assert sentence == (
        "date is 2014-06-01, which changes rates only: danish.right_months and result_grants stay as in 2013 "
        "unless the file sets them; rules: denmark without a date follows the law"
    )
    grants = load_scenario(ROOT / "scenarios" / "grant_2013.yaml").model_dump()["result_grants"]
    assert said({"date": "2014-06-01", "danish": {"right_months": 36}, "result_grants": grants}) == []
    late = said({"date": "2017-01-01", "danish": {"right_months": 60}})[0]
    for key in (
        "introduction_period.base_months",
        "placements.capacity",
        "trainee_job.slots",
        "result_grants",
    ):
        assert key in late
    assert "danish" not in late.partition("rules: denmark")[0]
    assert said({"date": "2013-01-01"}) == []


@pytest.mark.parametrize(
    ("period", "grant", "warned"),
    [
        (SHORT, PERIOD, True),
        (SHORT, {}, False),
        (SHORT, {**PERIOD, "extra_window_months": 6}, False),
        (SHORT, {"window_months": 36}, False),
        ({}, {"window_months": 12}, True),
        ({}, {"window_months": 13}, False),
        ({}, PERIOD, False),
        ({**SHORT, "max_months": 60, "extension": "until_self_supporting"}, PERIOD, False),
        (
            {**SHORT, "max_months": 36, "extension": "needs_test", "extension_reasons": ["health"]},
            PERIOD,
            True,
        ),
        (SHORT, {**PERIOD, "schedule": 0}, False),
    ],
)  # fmt: skip
def test_a_danish_test_within_a_year(period: dict[str, Any], grant: dict[str, Any], warned: bool) -> None:
    grants = [JOB, {**JOB, "outcome": "education"}, {**TEST, **grant}]
    found = said({"introduction_period": period, "result_grants": grants})
    wanted = f"the result grant for danish_test {SELDOM} under the rules of 2013"
    assert found == ([wanted] if warned else [])


def test_an_amount_outside_its_window() -> None:
    grants = [
        {**JOB, "schedule": {"24-36": 50000}, "window_months": 24},
        {**JOB, "outcome": "education"},
        TEST,
    ]
    (sentence,) = said({"result_grants": grants})
    assert sentence == (
        "the result grant for ordinary_job pays within 24 months of arrival, "
        "but no amount of its schedule lies in that time"
    )


def test_a_list_that_replaces_the_default_grants() -> None:
    (sentence,) = said({"result_grants": [JOB]})
    assert sentence == (
        "result_grants is a list of 1 and replaces all default grants: "
        "nothing is paid for education and danish_test"
    )
    assert said({"result_grants": []}) == []
    assert said({"result_grants": [JOB, {**JOB, "outcome": "education"}, TEST]}) == []


def test_no_education_means_no_schooling_at_all() -> None:
    extended = {"base_months": 24, "extension": "needs_test"}
    (sentence,) = said({"introduction_period": extended})
    assert sentence == (
        "no_education (introduction_period.extension_reasons) means no schooling at all; "
        "basic school counts as education"
    )
    assert said({"introduction_period": {**extended, "extension_reasons": ["health"]}}) == []
    weighted = {"group_weights": {"needs_group": 2}}
    grants = [{**JOB, **weighted}, {**JOB, "outcome": "education"}, TEST]
    assert "no_education (group_weights) means no schooling" in said({"result_grants": grants})[0]


def test_several_scenarios_are_told_together() -> None:
    scenarios = {name: build_scenario({"result_grants": [JOB]}) for name in "abcde"}
    (sentence,) = cautions_of(scenarios | {"f": reference_policy()})
    assert sentence.startswith("a, b, c and 2 more: result_grants is a list of 1")


def test_readme_and_page_of_levers_name_the_dates_held() -> None:
    for name in ("README.md", "docs/levers.md"):
        text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
        assert f"law are held up to {day(law.last_date(), 'en')}" in text, name
        assert f"rates up to {load_rates().last_date.year}" in text, name
