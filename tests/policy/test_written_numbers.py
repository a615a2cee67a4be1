"""Decimal commas and separators of thousands: recognised where they can be meant, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankomst.errors import AnkomstError, Problems, ScenarioError
from ankomst.policy.kinds import Quantity
from ankomst.policy.scenario import build_scenario, parse_override
from ankomst.policy.schema import WrongValueError
from ankomst.policy.written_numbers import comma_hint, how_to_write, meant_numbers
from ankomst.policy.yaml_file import read_text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0,5", [0.5]), ("-0,5", [-0.5]), ("46,881", [46881, 46.881]), ("46.881", [46881, 46.881]),
        ("1.839", [1839, 1.839]), ("0,500", [0.5]), ("60000,5", [60000.5]), ("46.881,50", [46881.5]),
        ("1,234.56", [1234.56]), ("1,234,567", [1234567]), ("1.234.567,8", [1234567.8]), ("12", [12]),
        ("1,234,56", []), ("1.2.3", []), ("12,", []), ("a,5", []), ("", []), ("-", []),
    ],
)  # fmt: skip
def test_what_digits_can_mean(text: str, meant: list[float]) -> None:
    assert meant_numbers(text) == meant


def test_how_they_should_be_written() -> None:
    assert how_to_write("0,5") == "decimal comma? write 0.5"
    assert how_to_write("46,881") == "write 46881 (thousands) or 46.881 (decimal comma)"
    assert how_to_write("1,234,567") == "separators of thousands? write 1234567"
    assert how_to_write("x") == ""


@pytest.mark.parametrize(
    ("items", "wanted", "hint"),
    [
        ([0, 5], 1, " (decimal comma? write 0.5)"),
        ([46, 881], 1, " (write 46881 (thousands) or 46.881 (decimal comma))"),
        ([0, 1, 0, 9], 2, " (decimal comma? write [0.1, 0.9])"),
        ([24, 60000, 5], 2, " (decimal comma? write [24, 60000.5])"),
        ([75000, 50000], 1, ""), ([1, 2, 3], 1, ""), ([True, 5], 1, ""), ([0.5, 5], 1, ""), ("0,5", 1, ""),
    ],
)  # fmt: skip
def test_lists_that_stand_for_a_number(items: object, wanted: int, hint: str) -> None:
    assert comma_hint(items, wanted) == hint


@pytest.mark.parametrize(
    ("text", "data", "said"),
    [
        (
            "a: {b: 0,5}",
            {"b": 0.5},
            "a.b is 0,5, where a comma begins the next entry; decimal comma? write 0.5",
        ),
        ("a: {b: 0,5, c: 0,3}", {"b": 0.5, "c": 0.3}, "a.c is 0,3"),
        ("a: {b: 60.000,50}", {"b": 60000.5}, "write 60000.5"),
        ("a: {b: 1,234,567}", {"b": 1234567}, "a.b is 1,234,567, where"),
        ("a: {b: 50,000}", {"b": 50000}, "write 50000 (thousands) or 50 (decimal comma)"),
        ("a: {b: {c: -0,25}}", {"b": {"c": -0.25}}, "a.b.c is -0,25"),
        ("a: [{b: 0,5}, 3]", [{"b": 0.5}, 3], "a[1].b is 0,5"),
        ("a: [0,05, 2]", [0.05, 2], "a[1] is 0,05"),
        ("a: [60,000]", [60000], "a[1] is 60,000"),
        ("a: {b: 1,234,56}", {"b": 1234}, "a.b is 1,234,56, where a comma begins the next entry"),
    ],
)
def test_a_comma_in_braces_or_brackets(text: str, data: object, said: str) -> None:
    problems = Problems()
    assert read_text(text, Path(), "mine", problems=problems).data == {"a": data}
    assert said in str(problems.found[-1])
    with pytest.raises(AnkomstError, match="comma begins the next entry"):
        read_text(text, Path(), "mine")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: {b: 0, 5}", {"b": 0, "5": None}),  # a space: nobody can know
        ("a: {b: x,5}", {"b": "x", "5": None}),
        ("a: {b: '0',5}", {"b": "0", "5": None}),
        ("a: {b: 0,5: 1}", {"b": 0, "5": 1}),
        ("a: {2015: 9000,2016: 7000}", {"2015": 9000, "2016": 7000}),
        ("a: [12,36,120]", [12, 36, 120]),
        ("a: [0,5]", [0, 5]),
        ("a: {b: 5,}", {"b": 5}),
        ("a: [0,0]", [0, 0]),
    ],
)
def test_commas_that_separate(text: str, data: object) -> None:
    assert read_text(text, Path(), "mine").data == {"a": data}


def test_a_key_that_stands_twice_with_a_list_and_a_map() -> None:
    problems = Problems()
    read_text("a: [1]\na: {b: 0,5, b: 2}", Path(), "mine", problems=problems)
    assert [each.what.partition(",")[0] for each in problems.found] == [
        "the key 'a.b' stands twice (first in line 2)",
        "the key 'a' stands twice (first in line 1)",
        "a.b is 0",
    ]


def test_overrides_name_their_key() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_override("benefits.refund={active: 0,5, passive: 0,3}")
    assert [str(each) for each in caught.value.problems] == [
        f"override benefits.refund, line 1: benefits.refund.{key} is 0,{digit}, where a comma begins the "
        f"next entry; decimal comma? write 0.{digit}"
        for key, digit in (("active", 5), ("passive", 3))
    ]
    assert parse_override("a b={x: 1}") == ("a b", {"x": 1})
    assert parse_override("it's={x: 1}") == ("it's", {"x": 1})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"danish": {"class_hours": [7, 5]}}, "must be a number, not a list (decimal comma? write 7.5)"),
        ({"danish": {"class_hours": "7,5"}}, "write the plain number 7.5 (unit: hours a week)"),
        ({"danish": {"class_hours": "12,500"}}, "write the plain number 12.5"),  # not 12500
        ({"benefits": {"ceiling": "10,000"}}, "write the plain number 10000"),
        ({"parameters": {"economy": {"displacement": "0,3"}}}, "write the plain number 0.3"),
        (
            {"result_grants": [{"outcome": "education", "schedule": [46, 881]}]},
            "is a list of two numbers (write 46881 (thousands) or 46.881 (decimal comma))",
        ),
        (
            {"result_grants": [{"outcome": "education", "schedule": [[0, 60000, 5], [12, 5]]}]},
            "has a point 1 that is not a pair (decimal comma? write [0, 60000.5])",
        ),
    ],
)
def test_values_with_commas(data: dict[str, object], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build_scenario(data)
    assert said in str(caught.value)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("written", ["12.000", "1.000", "-1.839"])
def test_thousands_with_a_dot_are_no_whole_number(written: str) -> None:
    value = read_text(f"a: {written}", Path(), "mine").data["a"]
    with pytest.raises(WrongValueError, match="a dot is a decimal point") as caught:
        Quantity("runs", -1e9, 1e9, whole=True).number(value)
    assert float(caught.value.nearest) == 1000 * float(written)
    assert Quantity("factor", -1e9, 1e9).number(value) == float(written)
