"""Dated runs as a whole: what a scenario sets itself, frozen rules, equal bits, policy hashes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.dates import DENMARK, FIRST_YEAR, OFTEN, bare, booked, calendar, cells, index, same
from tests.simulation.lever_runs import CLIENTS, accounts_close, fingerprint, history, in_status, small, total
from tests.simulation.support import finished, small_model

from ankomst.policy import law
from ankomst.policy.rates import RateEntry, Rates, load_rates
from ankomst.simulation import codes
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from ankomst.simulation.engine import IntroductionModel

pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def run() -> IntroductionModel:
    """Nine years of arrivals from 2010 on, each followed for six years."""
    return finished(bare(DENMARK), parameters=OFTEN)


def test_the_accounts_close_and_two_runs_are_the_same_bits(run: IntroductionModel) -> None:
    accounts_close(run)
    assert fingerprint(finished(bare(DENMARK), parameters=OFTEN)) == fingerprint(run)


OWN: dict[str, Any] = {
    "introduction_period.base_months": 36,
    "introduction_period.max_months": 36,
    "introduction_period.extension": "never",
    "danish.right_months": 36,
    "placements.first_offer_month": 4,
    "placements.capacity": 1,
    "placements.job_ready_from_day_one": False,
    "trainee_job.slots": 0,
    "result_grants": [{"outcome": "ordinary_job", "schedule": 46_881}],
    "bonus_extra_job": 0,
}
"""Every lever that the law moves, set by the scenario itself to the value of 2013."""


def test_what_a_scenario_sets_itself_holds_above_the_law() -> None:
    model = finished(bare(DENMARK | OWN | {"benefits.rates_of": "2013-07-01"}), parameters=OFTEN)
    assert np.all(history(model, fields.H_PERIOD) == 36)
    assert np.all(model.newcomers.right_end == 39)
    started = history(model, fields.H_STARTED)
    assert not np.isin(started[:, :4], (1, 2)).any()
    assert not (started == 3).any()
    assert total(model, "bonus_extra_job") == 0
    assert set(np.unique(model.records.grant_paid)) == {0.0, 46_881.0}
    rate = np.where(model.population.children == 1, 13_952, 10_500)[:, None] * index(calendar(model))
    on_benefit = in_status(model, *(set(CLIENTS) - {codes.SUBSIDISED_JOB}))
    same(booked(model, "benefit"), cells(model, on_benefit * rate))


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, value in OWN.items() if key != "result_grants"]
)
def test_a_single_lever_holds_above_the_law_and_the_others_follow_it(key: str, value: Any) -> None:  # noqa: ANN401
    held = bare(DENMARK | {key: value}).in_force(dt.date(2017, 6, 1))
    section, _, name = key.partition(".")
    assert (getattr(getattr(held, section), name) if name else getattr(held, section)) == value
    changed = {k for k in OWN if k not in {key, "result_grants", "bonus_extra_job"}}
    usual = bare(DENMARK).in_force(dt.date(2017, 6, 1))
    for other in changed:
        part, _, leaf = other.partition(".")
        assert getattr(getattr(held, part), leaf) == getattr(getattr(usual, part), leaf) != OWN[other]


def frozen(day: dt.date) -> Rates:
    """Return the rates of a day as if they had always held and never changed."""
    rates = load_rates()
    return Rates(
        {
            name: RateEntry(
                name, entry.unit, entry.confidence, "", "", (dt.date(1990, 1, 1),),
                (rates.value(name, day),), entry.not_indexed,
            )
            for name, entry in rates.items()
        }
    )  # fmt: skip


def test_where_neither_rates_nor_levers_change_a_dated_run_is_a_run_at_a_fixed_date() -> None:
    rates = frozen(dt.date(2013, 7, 1))
    arrivals = {"population.arrivals": dict.fromkeys(range(2013, 2019), 120)}
    sample = arrivals | {"population.newcomers_per_year": 120, "horizon.follow_up_months": 60}
    dated = finished(bare(OWN | sample | {"rules": "denmark"}), parameters=OFTEN, rates=rates)
    fixed = finished(bare(OWN | sample), parameters=OFTEN, rates=rates)
    assert len(dated.calendar.regimes) > 5
    assert len(fixed.calendar.regimes) == 1
    assert fingerprint(dated) == fingerprint(fixed)


def test_through_2017_a_dated_run_is_the_reform_at_the_date_of_2017() -> None:
    sample: dict[str, Any] = {"population.arrivals": {2017: 600}, "population.newcomers_per_year": 600}
    dated = small_model(bare(sample | {"rules": "denmark"}))
    reform = {"trainee_job.slots": 0.004, "bonus_extra_job": 25_000}
    fixed = small_model(small(sample | reform, "reform_2016"))
    for _ in range(12):
        dated.step()
        fixed.step()
    for name in ("whole", "real", "counts", "area_counts", "ledger_cohort", "ledger_group", "ledger_area"):
        np.testing.assert_array_equal(
            getattr(dated.records, name), getattr(fixed.records, name), err_msg=name
        )
    dated.step()
    fixed.step()
    assert fingerprint(dated) != fingerprint(fixed), "in January 2018 prices move"


@pytest.mark.parametrize("key", ["placements.capacity", "danish.right_months", "trainee_job.slots"])
def test_what_is_written_out_is_another_policy_even_where_it_is_the_default(key: str) -> None:
    written, unwritten = bare(DENMARK | {key: OWN[key]}), bare(DENMARK)
    assert written.policy_hash != unwritten.policy_hash
    fixed = {"rules": "at_date"}
    assert bare(DENMARK | fixed | {key: OWN[key]}).policy_hash == bare(DENMARK | fixed).policy_hash


def test_a_run_enters_a_regime_in_every_month_in_which_something_changes(run: IntroductionModel) -> None:
    first = {regime.first for regime in run.calendar.regimes}
    for day in law.change_dates():
        t = 12 * (day.year - FIRST_YEAR) + day.month - 1 + (day.day > 1)
        assert not 0 < t < run.months or t in first
    days = [regime.scenario.date for regime in run.calendar.regimes]
    assert days == sorted(days)
    assert days[0] == dt.date(2010, 1, 1)
