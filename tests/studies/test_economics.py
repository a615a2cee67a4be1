"""Displacement, break-even, cost per person-year and value of public funds, on numbers made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tests.studies.support import scenario

from ankomst.policy.rates import load_rates
from ankomst.simulation.accounts import discount_factors
from ankomst.simulation.codes import GROUPS, ITEMS
from ankomst.simulation.simulate import simulate
from ankomst.studies.batch.money import break_even
from ankomst.studies.metrics import economics
from ankomst.studies.metrics.summary import Summary, payer_signs, summarise

MONTHS = 48


def summary(wage: float) -> Summary:
    """Return what displaced workers are priced by: newcomers' mean wage."""
    nothing = np.zeros((MONTHS, GROUPS, len(ITEMS)))
    return Summary(np.zeros(GROUPS), nothing[..., 0], nothing, np.full(MONTHS, wage), {})


def spike(*changes: tuple[int, float]) -> np.ndarray:
    monthly = np.zeros(MONTHS)
    for month, amount in changes:
        monthly[month] = amount
    return monthly


@pytest.mark.parametrize(
    ("changes", "year"),
    [
        ((), 0.0),
        (((0, -100.0),), 0.0),
        (((0, 100.0),), np.inf),
        (((0, 100.0), (20, -200.0)), 2.0),
        (((0, 100.0), (5, -200.0)), 0.0),
        (((0, -100.0), (20, 300.0), (40, -900.0)), 4.0),
        (((0, 100.0), (12, -200.0), (30, 500.0)), 2.0),
    ],
)
def test_the_break_even_year_is_the_first_whose_end_brings_the_cost_back(
    changes: tuple[tuple[int, float], ...], year: float
) -> None:
    assert break_even(spike(*changes)[None] * discount_factors(MONTHS, 0.04)).tolist() == [year]


def test_a_displaced_month_by_hand() -> None:
    """Rules of July 2013 at a wage of 20,000 a month: every line is worked here from the rates."""
    rates, policy = load_rates(), scenario()

    def rate(name: str) -> float:
        return float(rates.value(name, policy.date))

    found = economics.displaced_month(policy, summary(20_000.0), rates)
    year = 240_000.0
    contribution = 0.08 * year
    taxed = year - contribution - rate("personal_allowance")
    relief = rates.value("employment_allowance", policy.date)
    reduced = taxed - min(relief["share"] * year, relief["max"])
    municipal = rate("municipal_tax") * reduced / 12
    direct = (contribution + rate("bottom_tax") * taxed + rate("health_contribution") * reduced) / 12
    kept = 20_000 - direct - municipal
    indirect = (1 - 1 / rate("net_tax_factor")) * kept
    benefit = rate("cash_benefit")
    # The benefit of the displaced worker is taxed as well: what the public loses is the difference.
    left = 12 * benefit - rate("personal_allowance")
    of_benefit = rate("municipal_tax") * left / 12
    to_state = (rate("bottom_tax") + rate("health_contribution")) * left / 12
    spent = (1 - 1 / rate("net_tax_factor")) * (benefit - of_benefit - to_state)
    public = benefit + municipal + direct + indirect - of_benefit - to_state - spent
    assert np.allclose(found.municipality + found.state, public)
    assert np.allclose(found.worker, kept - indirect - (benefit - of_benefit - to_state - spent))
    assert (found.worker > 0).all()
    assert np.allclose(found.municipality + found.state + found.worker, 20_000)
    assert (found.municipality > municipal - of_benefit).all()
    assert (found.municipality < municipal - of_benefit + benefit).all()


def test_a_displaced_worker_has_a_residents_benefit_under_the_scenarios_refund() -> None:
    base = economics.displaced_month(scenario(), summary(20_000.0))
    lower = economics.displaced_month(scenario(changes={"benefits.level": 0.5}), summary(20_000.0))
    assert np.array_equal(lower.municipality, base.municipality)
    of_2017 = scenario(changes={"date": "2017-01-01"})
    resident = economics.displaced_month(of_2017, summary(20_000.0))
    newcomer = load_rates().value("benefit_no_children", of_2017.date)
    assert (resident.worker < 20_000.0 - newcomer).all()  # integration benefit is about half of it
    ladder = economics.displaced_month(
        scenario(changes={"benefits.refund_of": "2017-01-01"}), summary(20_000.0)
    )
    assert np.allclose(ladder.municipality + ladder.state, base.municipality + base.state)
    assert (ladder.municipality != base.municipality).all()


def rows(months: list[float], cost: list[float], income: list[float], years: list[float]) -> dict[str, dict]:
    arrays = [np.array(values, dtype=float) for values in (months, cost, income, years)]
    return {row["measure"]: row for row in economics.economics(*arrays, 0.95)}


def test_cost_per_person_year_is_a_ratio_of_means() -> None:
    found = rows([12.0, 12.1, 11.9], [50_000, 51_000, 49_000], [1, 2, 3], [2, 2, 2])
    row = found["cost_per_person_year"]
    assert row["estimate"] == pytest.approx(50_000)
    assert row["low"] < 50_000 < row["high"]
    assert row["text"] == ""
    assert "Fieller" in row["convention"]


@pytest.mark.parametrize(
    ("months", "text"),
    [
        ([1.0, -1.0, 0.1], "undefined: the interval of the employment difference holds 0"),
        ([-1.0, -1.1, -0.9], "undefined: fewer person-years of work than the baseline"),
        ([0.0, 0.0, 0.0], "undefined: the interval of the employment difference holds 0"),
    ],
)
def test_cost_per_person_year_says_why_it_is_undefined(months: list[float], text: str) -> None:
    row = rows(months, [5.0, 6.0, 7.0], [1, 2, 3], [0, 0, 0])["cost_per_person_year"]
    assert np.isnan(row["estimate"])
    assert row["text"] == text


@pytest.mark.parametrize(
    ("cost", "income", "text", "estimate"),
    [
        ([-5.0, -5.1, -4.9], [3.0, 3.1, 2.9], "pays for itself", None),
        ([-5.0, -5.1, -4.9], [-3.0, -3.1, -2.9], "a saving: net public cost falls", None),
        ([5.0, -5.0, 1.0], [3.0, 3.1, 2.9], "undefined: the interval of the cost difference", None),
        ([5.0, 5.1, 4.9], [10.0, 10.3, 9.7], "", 2.0),
    ],
)
def test_the_value_of_public_funds_has_a_number_or_a_reason(
    cost: list[float], income: list[float], text: str, estimate: float | None
) -> None:
    row = rows([1, 1, 1], cost, income, [0, 0, 0])["mvpf"]
    assert row["text"].startswith(text)
    assert bool(row["text"]) == bool(text)
    if estimate is None:
        assert np.isnan(row["estimate"])
    else:
        assert row["estimate"] == pytest.approx(estimate)


@pytest.mark.parametrize(
    ("years", "estimate", "text"),
    [
        ([0.0, 0.0, 0.0], 0.0, "never above the baseline's cost"),
        ([2.0, 3.0, 4.0], 3.0, ""),
        ([2.0, np.inf, 4.0], np.nan, "not within the follow-up in some replicates"),
        ([np.inf, np.inf, np.inf], np.nan, "not within the follow-up"),
    ],
)
def test_the_break_even_year_over_replicates(years: list[float], estimate: float, text: str) -> None:
    row = rows([1, 1, 1], [1, 1, 1], [1, 1, 1], years)["break_even_year"]
    assert row["text"] == text
    assert row["estimate"] == pytest.approx(estimate, nan_ok=True)
    assert not np.isinf([row["low"], row["high"]]).any()


def test_a_summary_holds_what_the_run_says() -> None:
    result = simulate(scenario(), seed=2)
    found = summarise(result)
    at = result.months
    months = result.outcome("months_employed", months=at)["value"][0]
    assert found.employed.sum() / found.arrived.sum() == pytest.approx(months, rel=1e-12)
    assert found.curves["employment_rate"][at - 1] == pytest.approx(
        result.outcome("employment_rate", months=at)["value"][0], rel=1e-12
    )
    amounts = found.ledger.sum(axis=(0, 1)) / result.n
    for k, payer in enumerate(("municipality", "state", "both")):
        own = result.outcome("net_cost", months=at, payer=payer)["value"][0]
        assert payer_signs()[k] @ amounts == pytest.approx(own, rel=1e-9)
