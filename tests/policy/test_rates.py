from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ankomst.errors import RateError
from ankomst.policy.rates import load_rates

BASE = dt.date(2013, 7, 1)


@pytest.mark.parametrize(
    ("name", "date", "value"),
    [
        ("result_grant_job", dt.date(2013, 7, 1), 46_881),
        ("result_grant_job", dt.date(2016, 6, 30), 48_440),
        ("result_grant_job", dt.date(2016, 7, 1), None),
        ("result_grant_job_stepped", dt.date(2013, 7, 1), None),
        ("result_grant_job_stepped", dt.date(2017, 5, 1), {"0-36": 76_500, "36-60": 51_000}),
        ("result_grant_danish", dt.date(2013, 1, 1), 35_162),
        ("result_grant_danish", dt.date(2014, 1, 1), 35_794),
        ("result_grant_danish", dt.date(2020, 1, 1), 34_642),
        ("bonus_extra_job", dt.date(2013, 7, 1), 0),
        ("bonus_extra_job", dt.date(2017, 1, 1), 25_000),
        ("bonus_extra_job", dt.date(2019, 1, 1), 0),
        (
            "basic_grant",
            dt.date(2018, 12, 31),
            {"refugee": 3960, "reunified_with_refugee": 3960, "reunified_with_other": 2693},
        ),
        ("basic_grant", dt.date(2019, 1, 1), 2800),
        ("benefit_no_children", dt.date(2005, 1, 1), 5527),
        ("benefit_no_children", dt.date(2011, 12, 31), 6470),
        ("benefit_no_children", dt.date(2015, 8, 31), 10_849),
        ("benefit_no_children", dt.date(2015, 9, 1), 5945),
        ("benefit_children", dt.date(2010, 6, 1), 6909),
        ("benefit_children", dt.date(2012, 6, 1), 8090),
        ("benefit_refund", BASE, {"active": 0.5, "passive": 0.3}),
        ("disability_refund", BASE, 0.35),
        ("disability_refund", dt.date(2016, 1, 1), 0.2),
        ("discount_rate", dt.date(2013, 5, 30), 0.05),
        ("discount_rate", BASE, 0.04),
        ("employment_allowance", BASE, {"share": 0.0695, "max": 22_300}),
        ("municipal_tax", dt.date(2030, 1, 1), 0.249),
    ],
)
def test_the_value_in_force(name: str, date: dt.date, value: object) -> None:
    assert load_rates().value(name, date) == value


def test_every_rate_has_a_value_unit_and_confidence() -> None:
    rates = load_rates()
    assert len(rates) == 36
    for name, entry in rates.items():
        assert entry.unit, name
        assert entry.confidence, name
        rates.value(name, BASE)
        rates.price(name, dt.date(2024, 1, 1))


def test_the_index_steps_at_its_dates() -> None:
    rates = load_rates()
    days = {
        dt.date(2010, 1, 1): 1.0,
        BASE: 1.0,
        dt.date(2018, 6, 1): 1.09,
        dt.date(2020, 6, 1): 1.115,
        dt.date(2030, 1, 1): 1.29,
    }
    assert {day: rates.index(day) for day in days} == days


def test_prices_in_the_money_of_the_date() -> None:
    rates = load_rates()
    day = dt.date(2017, 3, 1)
    assert rates.price("staff_month", BASE) == 1050
    assert rates.price("staff_month", day) == pytest.approx(1050 * 1.07)
    assert rates.price("placement", day) == pytest.approx(7000 * 1.07)
    assert rates.price("education_grant", day) == pytest.approx(5753 * 1.07)
    assert rates.price("disability_pension", day) == pytest.approx(15_000 * 1.07)
    assert rates.price("danish_class_hour", BASE)["track_1"] == pytest.approx(133 / 1.09)
    assert rates.price("danish_class_hour", dt.date(2018, 3, 1)) == {
        "track_1": 133,
        "track_2": 88,
        "track_3": 59,
    }
    assert rates.price("benefit_no_children", day) == rates.value("benefit_no_children", day)
    lever = rates.price("lever_cost", day)
    assert lever["mentor_per_month"] == pytest.approx(500 * 1.07)
    assert (lever["outreach_share_of_staff_month"], lever["regional_class_discount"]) == (0.5, 0.05)


def test_before_the_first_date_money_moves_with_the_index_and_shares_stay() -> None:
    rates = load_rates()
    assert rates.value("trainee_wage", BASE) == pytest.approx(75 / 1.05)
    assert rates.value("trainee_bonus", BASE)["at_completion"] == pytest.approx(20_000 / 1.05)
    assert rates.value("basic_grant", dt.date(2010, 1, 1)) == 2520
    assert rates.value("benefit_refund", dt.date(2010, 1, 1)) == {"active": 0.5, "passive": 0.3}
    assert rates.extrapolated("trainee_wage", BASE)
    assert not rates.extrapolated("staff_month", BASE)
    assert rates.extrapolated("staff_month", dt.date(2012, 12, 31))


def test_tables_are_copies() -> None:
    rates = load_rates()
    rates.value("benefit_refund", BASE)["active"] = 0.0
    assert rates.value("benefit_refund", BASE)["active"] == 0.5


def test_assumptions_are_marked() -> None:
    rates = load_rates()
    for name in ("wage_index", "disability_refund", "lever_cost"):
        assert "assumption" in rates.entry(name).confidence


def test_worked_checks_are_shipped() -> None:
    assert [check["total_tax_year"] for check in load_rates().checks] == [
        70_205,
        79_719,
        89_234,
        30_853,
        46_068,
    ]


def test_an_unknown_rate_names_the_nearest() -> None:
    with pytest.raises(RateError, match="there is no rate 'staff_moth'; did you mean 'staff_month'"):
        load_rates().value("staff_moth", BASE)
    with pytest.raises(RateError, match="there is no rate"):
        load_rates().entry("zzz")


INDEX = "wage_index: {unit: index, values: {2013-01-01: 1}, confidence: M}\n"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("a: 3", "line 1: a must be a map; allowed: a map of unit"),
        (
            "a: {unit: DKK, confidence: S, value: {2013-01-01: 1}}",
            "a.value is not a known key.*did you mean 'values'",
        ),
        ("a: {unit: DKK, confidence: S}", "a lacks values"),
        ("a: {values: {2013-01-01: 1}, confidence: S}", "a has unit ''"),
        ("a: {unit: DKK, values: {2013-01-01: 1}}", "a has confidence ''"),
        ("a: {unit: DKK, confidence: S, values: {2013: 1}}", "a.values.2013 is not a date"),
        (
            "a: {unit: DKK, confidence: S, values: {2014-01-01: 1, 2013-01-01: 1}}",
            "dates that do not increase",
        ),
        ("a: {unit: DKK, confidence: S, values: {2013-01-01: -1}}", "a.values.2013-01-01 is -1"),
        ("a: {unit: DKK, confidence: S, values: {2013-01-01: {x: true}}}", "2013-01-01.x is True"),
        ("a: {unit: DKK, confidence: S, values: {2013-01-01: 1}, not_indexed: x}", "not_indexed is 'x'"),
        ("checks: 3", "checks must be a list of maps"),
        (
            "wage_index: {unit: index, values: {2013-01-01: 0}, confidence: M}",
            "wage_index.values must hold positive",
        ),
        ("a: {unit: DKK, confidence: S, values: {2013-01-01: 1}}", "there is no rate 'wage_index'"),
    ],
)
@pytest.mark.usefixtures("in_tmp")
def test_broken_files(text: str, match: str) -> None:
    Path("r.yaml").write_text(text if "wage_index" in match else text + "\n" + INDEX, encoding="utf-8")
    with pytest.raises(RateError, match=match) as caught:
        load_rates(Path("r.yaml"))
    assert "\n" not in str(caught.value)
    load_rates.cache_clear()


def test_a_folder_or_missing_file_is_no_rates_file(tmp_path: Path) -> None:
    with pytest.raises(RateError, match="is a folder"):
        load_rates(tmp_path)
    (tmp_path / "rates.yaml").write_text("x: 1", encoding="utf-8")
    with pytest.raises(RateError, match=r"does not exist; did you mean 'rates\.yaml'"):
        load_rates(tmp_path / "rate.yaml")
