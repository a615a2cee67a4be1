"""The account by every dimension it is kept in: always the same money."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from tests.studies.support import persons, scenario

from ankomst.errors import RunError
from ankomst.simulation.accounts import GROUP_DIMENSIONS, LEDGER, PARTIES
from ankomst.simulation.codes import ITEMS
from ankomst.simulation.simulate import simulate

GROUPED = ("payer", "item", "months", "year_since_arrival", *GROUP_DIMENSIONS)
SPLITS = [
    *[("payer", *pair) for size in (0, 1, 2) for pair in combinations(GROUPED[1:], size)],
    ("payer", "year"),
    ("payer", "item", "year"),
    ("payer", "municipality"),
    ("payer", "municipality", "year"),
    ("year", "municipality", "item", "payer"),
]


@pytest.mark.parametrize("by", [by for by in SPLITS if not {"months", "year_since_arrival"} <= set(by)])
def test_every_split_adds_up_to_the_same_net_cost(by: tuple[str, ...]) -> None:
    whole = persons().accounts(["payer"]).set_index("payer")["net_cost"]
    frame = persons().accounts(by)
    assert list(frame.columns[: len(by)]) == list(by)
    parts = frame.groupby("payer")["net_cost"].sum()
    for payer in ("municipality", "state", "both"):
        assert parts[payer] == pytest.approx(whole[payer], rel=1e-9)
        assert whole["both"] == pytest.approx(whole["municipality"] + whole["state"], rel=1e-12)


def test_discounting_leaves_the_first_month_and_shrinks_the_rest() -> None:
    raw = persons().accounts(["item", "months"]).set_index(["item", "months"])["amount"]
    now = persons().accounts(["item", "months"], discounted=True).set_index(["item", "months"])["amount"]
    months = raw.index.get_level_values("months").to_numpy()
    assert np.allclose(now, raw * 1.04 ** (-(months - 1) / 12), rtol=1e-12)
    yearly = persons().accounts(["payer", "year"], discounted=True).groupby("payer")["net_cost"].sum()
    grouped = persons().accounts(["payer"], discounted=True).set_index("payer")["net_cost"]
    assert np.allclose(yearly[grouped.index], grouped, rtol=1e-9)


def test_an_item_goes_from_its_payer_to_its_payee() -> None:
    frame = persons().accounts(["item"]).set_index("item")
    assert list(frame.index) == list(ITEMS)
    for item in LEDGER:
        assert (frame.loc[item.name, "from"], frame.loc[item.name, "to"]) == (item.payer, item.payee)
        assert {item.payer, item.payee} <= set(PARTIES)
    by_payer = persons().accounts(["payer", "item"]).set_index(["payer", "item"])["net_cost"]
    for item in LEDGER:
        amount = frame.loc[item.name, "amount"]
        for party in ("municipality", "state"):
            sign = (item.payer == party) - (item.payee == party)
            assert by_payer[party, item.name] == pytest.approx(sign * amount)
        if {item.payer, item.payee} == {"municipality", "state"}:
            assert by_payer["both", item.name] == 0.0


def test_totals_are_for_the_real_inflow_and_means_are_not() -> None:
    frame = persons().accounts(["payer"])
    run = persons()
    assert np.allclose(frame["net_cost"], frame["per_newcomer"] * run.weight * run.n)
    assert run.weight == pytest.approx(7000 / 240)
    assert set(frame["unit"]) == {"DKK"}
    assert not frame["discounted"].any()
    assert run.resource_cost() > run.resource_cost(discounted=True) > 0
    assert run.disposable_income() > run.disposable_income(discounted=True) > 0


@pytest.mark.parametrize(
    ("by", "message"),
    [
        (["payr"], "did you mean 'payer'"),
        (["municipality", "sex"], "by municipality are kept by calendar year only"),
        (["municipality", "months"], "by municipality are kept by calendar year only"),
        (["year", "sex"], "cannot be split by group"),
        (["year", "months"], "by calendar year or by time since arrival"),
    ],
)
def test_a_split_that_is_not_kept_is_refused(by: list[str], message: str) -> None:
    with pytest.raises(RunError, match=message):
        simulate(scenario(changes={"population.newcomers_per_year": 12})).accounts(by)


def test_municipalities_are_not_discounted() -> None:
    with pytest.raises(RunError, match="undiscounted"):
        simulate(scenario(changes={"population.newcomers_per_year": 12})).accounts(
            ["municipality"], discounted=True
        )
