"""Decisions and sensitivity analyses count displaced workers in the net cost as every other command does."""

from __future__ import annotations

import numpy as np
import pytest
from tests.studies.support import scenario

import ankomst
from ankomst.studies.metrics import paired_measures
from ankomst.studies.metrics.displaced_work import counts_displaced
from ankomst.studies.metrics.metric import parse
from ankomst.studies.metrics.paired_measures import ONLY, PairedMeasures

COSTS = ("net_cost.municipality@24", "net_cost.state@24", "net_cost.both@24", "net_cost.both@36")
SEED, STREAM, NEWCOMERS = 4, 2, 60


def measures(*metrics: str) -> PairedMeasures:
    scenarios = {name: scenario(name) for name in ("three_year", "one_year")}
    return PairedMeasures(scenarios, tuple(map(parse, metrics)), NEWCOMERS)


def compared(months: int, by: str | None = None) -> dict[tuple[str, str], float]:
    """Return differences of net cost by payer and group as `compare` finds them, of one pair of runs."""
    pairs = ankomst.compare(
        scenario(), scenario("one_year"), draws="point", replicates=STREAM + 1, seed=SEED,
        outcomes=["net_cost"], months=months, newcomers_per_year=NEWCOMERS, by=by,
    )  # fmt: skip
    less = ankomst.compare(
        scenario(), scenario("one_year"), draws="point", replicates=STREAM, seed=SEED,
        outcomes=["net_cost"], months=months, newcomers_per_year=NEWCOMERS, by=by,
    )  # fmt: skip
    found = {}
    for (_, row), (_, before) in zip(pairs.iterrows(), less.iterrows(), strict=True):
        if row["outcome"] == "net_cost":
            last = (STREAM + 1) * row["estimate"] - STREAM * before["estimate"]
            found[row["payer"], str(row[by]) if by else ""] = last
    return found


def test_the_difference_is_that_of_compare() -> None:
    asked = measures(*COSTS)
    base, alt = asked.measure({}, SEED, STREAM).reshape(2, -1)
    whole, early = compared(36), compared(24)
    wanted = [early["municipality", ""], early["state", ""], early["both", ""], whole["both", ""]]
    assert alt - base == pytest.approx(wanted, rel=1e-9, abs=1e-6)


def test_the_difference_of_a_group_is_that_of_compare() -> None:
    asked = measures("net_cost.both@36|sex=female")
    base, alt = asked.measure({}, SEED, STREAM)
    assert alt - base == pytest.approx(compared(36, by="sex")["both", "female"], rel=1e-9, abs=1e-6)


def test_the_baseline_is_priced_at_its_own_wages_whether_it_is_run_beside_before_or_not_at_all() -> None:
    asked = measures(*COSTS)
    both = asked.measure({}, SEED, STREAM).reshape(2, -1)
    after = asked.measure({ONLY: "one_year"}, SEED, STREAM).reshape(2, -1)
    paired_measures._BASELINES.clear()
    alone = asked.measure({ONLY: "one_year"}, SEED, STREAM).reshape(2, -1)
    assert np.isnan(alone[0]).all()
    assert np.array_equal(both[1], after[1])
    assert np.array_equal(both[1], alone[1])


def test_nobody_displaced_costs_nothing() -> None:
    asked, plain = measures(*COSTS), {"economy.displacement": 0.0}
    with_share = asked.measure({"economy.displacement": 0.4}, SEED, STREAM).reshape(2, -1)
    without = asked.measure(plain, SEED, STREAM).reshape(2, -1)
    assert np.array_equal(with_share[0], without[0])
    assert (with_share[1] != without[1]).all()


@pytest.mark.parametrize(
    ("name", "counted"),
    [("net_cost.state@36", True), ("net_cost@36|sex=male", True), ("net_cost.state.staff@36", False),
     ("months_employed@36", False)],
)  # fmt: skip
def test_what_counts_displaced_workers(name: str, counted: bool) -> None:
    assert counts_displaced(parse(name)) is counted
