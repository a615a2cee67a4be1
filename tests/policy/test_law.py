"""The law by date: whose rates it reads, and what a scenario keeps for itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ankomst.policy import law
from ankomst.policy.rates import Rates, load_rates
from ankomst.policy.scenario import build_scenario

DAY = dt.date(2013, 7, 1)


def test_grants_of_the_law_follow_the_rates_that_are_given() -> None:
    packaged = load_rates()
    entry = packaged["result_grant_job"]
    doubled = replace(entry, values=tuple(value * 2 if value else value for value in entry.values))
    own = Rates({**packaged, "result_grant_job": doubled})
    scenario = build_scenario({"rules": "denmark"})
    usual, other = (scenario.in_force(DAY, rates).result_grants for rates in (packaged, own))
    assert [grant.amount(0) for grant in usual] == [46_881, 46_881, 35_162]
    assert [grant.amount(0) for grant in other] == [93_762, 93_762, 35_162]


def test_a_day_on_which_only_an_own_rate_changes_is_a_day_of_change() -> None:
    packaged = load_rates()
    day = dt.date(2014, 3, 1)
    assert day not in law.change_dates(packaged)
    entry = packaged["staff_month"]
    own = replace(entry, dates=(*entry.dates, day), values=(*entry.values, 2_000.0))
    assert day in law.change_dates(Rates({**packaged, "staff_month": own}))


def test_every_change_says_whom_it_reaches_and_where_it_comes_from() -> None:
    changes = law.load_law()
    assert [change.date for change in changes] == sorted(change.date for change in changes)
    for change in changes:
        assert change.attaches in law.ATTACHES
        assert change.text
        assert change.text_da
        assert change.source
        assert change.confidence
        assert change.levers or change.rates or change.grants
