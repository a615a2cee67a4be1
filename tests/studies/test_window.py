"""Shares that are averaged over some months: a plain mean, and one month is the month itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from tests.studies.support import scenario

import ankomst
from ankomst.policy.schema import WrongValueError
from ankomst.studies.metrics.metric import parse
from ankomst.studies.metrics.read import read

if TYPE_CHECKING:
    from ankomst.simulation.result import Result


@cache
def result() -> Result:
    return ankomst.simulate(scenario(), newcomers_per_year=500, seed=3)


def test_a_window_is_the_mean_of_its_months_and_one_month_is_the_month() -> None:
    monthly = read(result(), [parse(f"employment_rate@{month}|sex=male") for month in range(6, 18)])
    texts = ("employment_rate@6|sex=male,window=12", "employment_rate@6|sex=male,window=1")
    wide, one = read(result(), [parse(text) for text in texts])
    assert wide == pytest.approx(sum(monthly) / 12)
    assert wide != monthly[0]
    assert one == monthly[0]


def test_the_ratio_of_the_sexes_is_one_of_their_means() -> None:
    women, men, ratio = read(
        result(),
        [
            parse("employment_rate@6|sex=female,window=12"),
            parse("employment_rate@6|sex=male,window=12"),
            parse("employment_rate@6|across=women_over_men,window=12"),
        ],
    )
    assert ratio == pytest.approx(women / men)


def test_a_window_is_written_and_needs_its_last_month() -> None:
    metric = parse("employment_rate@12|window=12,age=25-64")
    assert str(metric) == "employment_rate@12|age=25-64,window=12"
    assert parse(str(metric)) == metric
    assert metric.needs.months == 23
    assert str(parse("employment_rate@12|window=1")) == "employment_rate@12"


@pytest.mark.parametrize(
    "text", ["net_cost@12|window=12", "employment_rate@12|window=0", "employment_rate@12|window=x"]
)
def test_a_wrong_window_is_refused(text: str) -> None:
    with pytest.raises(WrongValueError):
        parse(text)
