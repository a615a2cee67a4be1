"""Rules of Denmark by date: what attaches at arrival and what at the calendar, shown on the records of a run.

The amounts and dates of the law stand here as numbers. Sources: policy/data/law.yaml and rates.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.simulation.dates import (
    DENMARK,
    FIRST_YEAR,
    HOURS,
    OFTEN,
    bare,
    booked,
    by_day,
    calendar,
    cells,
    index,
    month_of,
    same,
)
from tests.simulation.lever_runs import CLIENTS, Array, flows, history, in_status, status
from tests.simulation.support import finished

from ankomst.simulation import codes
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from ankomst.simulation.engine import IntroductionModel

pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def run() -> IntroductionModel:
    """Nine years of arrivals from 2010 on, each followed for six years."""
    return finished(bare(DENMARK), parameters=OFTEN)


# -- at arrival ------------------------------------------------------------------------------------------


def test_the_period_is_that_of_the_day_of_arrival(run: IntroductionModel) -> None:
    period, late = history(run, fields.H_PERIOD), run.population.arrival >= month_of(2016, 7)
    assert np.all(period[~late] == 36), "three years for those who came before, without extension"
    assert np.all(period[late, :11] == 12), "a year for those who come from July 2016 on"
    assert np.all(np.isin(period[late, 11], (12, 60)))
    present = status(run)[:, 11] < codes.DISABILITY_PENSION
    at_work = in_status(run, codes.TRAINEE_JOB, codes.EMPLOYED, codes.SELF_EMPLOYED, codes.EDUCATION)
    supporting = at_work[:, 5:11].all(axis=1)  # six months in a row, before the month of the review
    np.testing.assert_array_equal(period[late & present & supporting, 11], 12)
    np.testing.assert_array_equal(period[late & present & ~supporting, 11], 60)
    ended = 0
    for i in np.flatnonzero(late & present & ~supporting):
        six = [s for s in range(12, 60) if at_work[i, s - 6 : s].all()]
        assert period[i, -1] == (six[0] if six else 60), "six months in a row later end it"
        ended += bool(six)
    assert ended > 50


def test_the_benefit_is_that_of_the_day_of_arrival_until_it_is_everybodys(run: IntroductionModel) -> None:
    early = {
        (2010, 1): 5_527, (2011, 1): 6_470, (2012, 1): 10_335, (2013, 1): 10_500, (2014, 1): 10_689,
        (2015, 1): 10_849, (2016, 7): 5_945, (2021, 1): 6_219, (2024, 1): 6_750,
    }  # fmt: skip
    children = {
        (2010, 1): 6_909, (2011, 1): 8_090, (2013, 1): 13_952, (2014, 1): 14_203, (2015, 1): 14_416,
        (2016, 7): 11_888, (2021, 1): 12_437, (2024, 1): 13_500,
    }  # fmt: skip
    t, people = calendar(run), run.population
    later = people.arrival >= month_of(2015, 9)
    expected = np.zeros(t.shape)
    for rates, lower, has in ((early, 5_945, 0), (children, 11_888, 1)):
        before = by_day(rates, t)
        after = by_day({(2015, 9): lower} | {k: v for k, v in rates.items() if k > (2016, 7)}, t)
        mine = people.children == has
        expected[mine] = np.where(later[mine, None], after[mine], before[mine])
    on_benefit = in_status(run, *(set(CLIENTS) - {codes.SUBSIDISED_JOB}))
    same(booked(run, "benefit"), cells(run, on_benefit * expected))


def test_the_lower_benefit_works_on_those_who_get_it(run: IntroductionModel) -> None:
    kind, arrival = run.newcomers.benefit_kind, run.population.arrival
    np.testing.assert_array_equal(kind >= 2, arrival < month_of(2015, 9))
    between, after = (run.calendar.at(month_of(2016, n)).rules for n in (6, 7))
    assert between.benefit == (5_945, 11_888, 10_849, 14_416)
    assert after.benefit == (5_945, 11_888, 5_945, 11_888)


# -- still entitled --------------------------------------------------------------------------------------


def test_the_longer_right_reaches_those_whose_right_has_not_run_out(run: IntroductionModel) -> None:
    t, s = calendar(run), np.arange(run.follow_up)
    hours = run.records.real[fields.H_CLASS_HOURS] > 0
    here = status(run) < codes.LEFT
    assert not np.any(hours[:, 39:] & here[:, 39:] & (t[:, 39:] < month_of(2014)))
    # The clock starts three months after arrival: in January 2014 those of September 2010 are in month 40.
    run_out = run.population.arrival <= month_of(2014) - 39
    assert not np.any(hours[run_out, 39:] & here[run_out, 39:])
    kept = hours[~run_out] & here[~run_out] & (s >= 39)
    assert kept[:, :63].sum() > 100
    assert not kept[:, 63:].any()
    first = np.flatnonzero(run.population.arrival == month_of(2014) - 38)
    assert hours[first, 39:].any(), "in the last month of the old right the new one reaches them"
    np.testing.assert_array_equal(run.newcomers.right_end, np.where(run_out, 39, 63))


# -- by the calendar -------------------------------------------------------------------------------------


def test_benefits_are_refunded_by_activity_until_2016_and_by_weeks_from_then_on(
    run: IntroductionModel,
) -> None:
    plain = booked(run, "top_up") == 0  # cells without part-time work on benefit
    t = np.arange(run.arrival_months)[:, None] + np.arange(run.follow_up)
    benefit = {}
    for name, statuses in (
        ("passive", (codes.ASSESSMENT, codes.JOB_CENTRE)),
        ("active", (codes.LANGUAGE_CLASS, codes.INTERNSHIP)),
    ):
        rate = np.array([run.calendar.at(k).rules.benefit for k in range(run.months)])
        mine = rate[calendar(run), run.newcomers.benefit_kind[:, None]]
        benefit[name] = mine * in_status(run, *statuses)
    by_activity = cells(run, 0.3 * benefit["passive"] + 0.5 * benefit["active"])
    before, after = plain & (t < month_of(2016)), plain & (t >= month_of(2016))
    assert before.sum() > 200
    assert after.sum() > 200
    same(booked(run, "benefit_refund")[before], by_activity[before])
    n = history(run, fields.H_BENEFIT_MONTHS)
    share = np.select([n <= 1, n <= 6, n <= 12], [(4 * 0.8 + 0.4 / 3) / (13 / 3), 0.4, 0.3], 0.2)
    by_weeks = cells(run, share * (benefit["passive"] + benefit["active"]))
    same(booked(run, "benefit_refund")[after], by_weeks[after])


def test_refunds_of_wage_subsidies_and_pensions_change_with_the_ladder(run: IntroductionModel) -> None:
    t = calendar(run)
    late = t >= month_of(2016)
    subsidy = by_day({(2010, 1): 71.0, (2018, 1): 78.12, (2019, 1): 79.68, (2021, 1): 82.9}, t) * HOURS
    subsidised = in_status(run, codes.SUBSIDISED_JOB)
    n = np.maximum(1, history(run, fields.H_BENEFIT_MONTHS))
    share = np.select([n <= 1, n <= 6, n <= 12], [(4 * 0.8 + 0.4 / 3) / (13 / 3), 0.4, 0.3], 0.2)
    same(booked(run, "wage_subsidy"), cells(run, subsidised * subsidy))
    same(booked(run, "wage_subsidy_refund"), cells(run, subsidised * subsidy * np.where(late, share, 0.5)))
    pension = booked(run, "disability_pension")
    when = np.arange(run.arrival_months)[:, None] + np.arange(run.follow_up)
    same(booked(run, "pension_refund"), pension * np.where(when >= month_of(2016), 0.2, 0.35))


def test_offers_come_earlier_and_places_are_more_from_july_2016_on(run: IntroductionModel) -> None:
    t, s = calendar(run), np.arange(run.follow_up)[None, :]
    started = np.isin(history(run, fields.H_STARTED), (1, 2))
    change = month_of(2016, 7)
    assert not np.any(started & (s < 4) & (t < change))
    assert np.any(started & (s < 4) & (t == change)), "whoever is in months 1 to 3 can be placed at once"
    assert not np.any(started & (s < 1))
    share = {
        year: (in_status(run, codes.INTERNSHIP, codes.SUBSIDISED_JOB) & (t // 12 == year - FIRST_YEAR)).sum()
        / (in_status(run, *CLIENTS) & (t // 12 == year - FIRST_YEAR)).sum()
        for year in (2015, 2017)
    }
    assert 1.5 * share[2015] < share[2017]
    was = np.roll(status(run), 1, axis=1)
    from_assessment = started[:, 1:] & (was[:, 1:] == codes.ASSESSMENT)
    assert not np.any(from_assessment & (t[:, 1:] < change))
    assert np.any(from_assessment & (t[:, 1:] >= change))


def test_trainee_jobs_begin_in_july_2016(run: IntroductionModel) -> None:
    begun = calendar(run)[history(run, fields.H_STARTED) == 3]
    assert begun.size > 20
    assert begun.min() >= month_of(2016, 7)
    same(
        booked(run, "trainee_school").sum(axis=1),
        cells(run, in_status(run, codes.TRAINEE_JOB) * school_price(calendar(run))).sum(axis=1),
    )


def school_price(t: Array) -> Array:
    return 1_500 * index(t) * 20 / 24


def test_prices_are_those_of_the_month(run: IntroductionModel) -> None:
    t, started = calendar(run), np.isin(history(run, fields.H_STARTED), (1, 2))
    same(booked(run, "placement"), cells(run, (started & (status(run) < codes.LEFT)) * 7_000 * index(t)))
    same(booked(run, "education_grant"), cells(run, in_status(run, codes.EDUCATION) * 5_753 * index(t)))
    pensioned = in_status(run, codes.DISABILITY_PENSION)
    same(booked(run, "disability_pension"), cells(run, pensioned * 15_000 * index(t)))


def test_the_basic_grant_is_raised_for_refugees_and_their_family_in_2017_and_2018(
    run: IntroductionModel,
) -> None:
    t, people = calendar(run), run.population
    usual = {(2010, 1): 2_520.0, (2015, 1): 2_604, (2016, 1): 2_640, (2019, 1): 2_800, (2020, 1): 2_858}
    family = by_day(usual | {(2017, 1): 3_960, (2024, 1): 3_127}, t)
    others = by_day(usual | {(2017, 1): 2_693, (2024, 1): 3_127}, t)
    inside = np.arange(run.follow_up) < 36
    due = inside & (status(run) < codes.DISABILITY_PENSION) & (people.supported == 0)[:, None]
    same(booked(run, "basic_grant"), cells(run, due * np.where((people.origin < 2)[:, None], family, others)))


def test_the_bonus_is_paid_in_the_decembers_of_2017_and_2018_only(run: IntroductionModel) -> None:
    paid = flows(run)[:, codes.BONUS_EXTRA_JOB]
    assert set(np.flatnonzero(paid)) <= {month_of(2017, 12), month_of(2018, 12)}
    assert paid.sum() > 0
    people, jobs = run.population, {}
    for year in (2016, 2017, 2018):
        s = month_of(year, 12) - people.arrival
        now = np.flatnonzero((s >= 0) & (s < run.follow_up) & (people.origin < 2))
        working = np.isin(status(run)[now, s[now]], (codes.EMPLOYED, codes.TRAINEE_JOB))
        jobs[year] = np.bincount(people.municipality[now[working]], minlength=run.table.size)
        if year > 2016:
            due = 25_000 * np.maximum(0, jobs[year] - jobs[year - 1])
            found = run.records.ledger_area[year - FIRST_YEAR, :, codes.BONUS_EXTRA_JOB]
            np.testing.assert_allclose(found, due)


# -- by the result ---------------------------------------------------------------------------------------


def test_a_result_is_paid_by_the_rules_of_the_month_in_which_it_is_reached(run: IntroductionModel) -> None:
    before = {
        (2010, 1): 44_005, (2011, 1): 44_841, (2012, 1): 46_142, (2013, 1): 46_881, (2014, 1): 47_724,
        (2015, 1): 48_440,
    }  # fmt: skip
    stepped = {
        (2016, 7): (75_000, 50_000), (2017, 1): (76_500, 51_000), (2021, 1): (82_800, 55_200),
        (2024, 1): (88_817, 59_210),
    }  # fmt: skip
    state, weekly = status(run), history(run, fields.H_HOURS)
    at_work = np.isin(state, (codes.EMPLOYED, codes.TRAINEE_JOB))
    weekly = np.where(state == codes.TRAINEE_JOB, 37, weekly)
    tenure, t = history(run, fields.H_TENURE), calendar(run)
    period = history(run, fields.H_PERIOD)
    change = month_of(2016, 7)
    due = np.zeros(t.shape)
    for i in range(run.population.size):
        enough = 0
        for s in np.flatnonzero(at_work[i]):
            new = tenure[i, s] == 0 or s == 0 or not at_work[i, s - 1]
            enough = -1 if weekly[i, s] < 20 else 0 if new or enough < 0 else enough + 1
            first = s - tenure[i, s]
            if t[i, s] < change:
                if tenure[i, s] == 6 and first < period[i, first]:
                    due[i, s] = by_day(before, t[i, s])
                elif enough == 6 and first < 60:
                    break  # reached once and for all, as in the twin: it came before its rule
            elif enough == 6 and first < 60:
                high, low = (by_day({k: v[n] for k, v in stepped.items()}, t[i, s]) for n in (0, 1))
                due[i, s] = high if first < 36 else low
            if due[i, s]:
                break  # one payment a person
    same(booked(run, "grant_job"), cells(run, due))
    assert due[t < change].any()
    assert (due == 51_000).any(), "jobs begun in the fourth and fifth year"
    tests = {
        (2010, 1): 33_004, (2011, 1): 33_632, (2012, 1): 34_607, (2013, 1): 35_162, (2014, 1): 35_794,
        (2015, 1): 36_331, (2016, 7): 32_000, (2017, 1): 32_640, (2020, 1): 34_642, (2024, 1): 37_895,
    }  # fmt: skip
    passed = np.flatnonzero(run.newcomers.test_month >= 0)
    s = run.newcomers.test_month[passed].astype(np.int64)
    when = run.population.arrival[passed] + s
    window = np.where(when >= change, 60, period[passed, s])
    amount = np.zeros(t.shape)
    amount[passed, s] = np.where((s < window) & here(run, passed, s), by_day(tests, when), 0)
    same(booked(run, "grant_danish"), cells(run, amount))


def here(model: IntroductionModel, people: Array, s: Array) -> Array:
    return np.asarray(status(model)[people, s] < codes.DISABILITY_PENSION)
