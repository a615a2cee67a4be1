"""Scenarios of one's own: levels, accounts and differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.studies.support import scenario

import ankomst
from ankomst.errors import ExperimentError, RunError
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.batch.scenario_runs import run_scenarios
from ankomst.studies.engine import in_memory

if TYPE_CHECKING:
    from ankomst.simulation.result import Result


def test_levels_accounts_and_differences() -> None:
    pair = {"three_year": scenario(), "one_year": scenario("one_year")}
    steps: list[tuple[int, int]] = []
    study = run_scenarios(
        pair,
        baseline="three_year",
        draws="point",
        replicates=2,
        seed=1,
        workers=1,
        progress=lambda *at: steps.append(at),
    )
    assert set(study.tables) == {"outcomes", "accounts", "curves", "differences", "payers"}
    outcomes = study.tables["outcomes"].set_index(["scenario", "origin", "outcome", "months"])["estimate"]
    assert set(study.tables["outcomes"]["outcome"]) == set(OUTCOMES)
    assert set(study.tables["outcomes"]["months"]) == {12, 24, 36}
    own = [
        ankomst.simulate(pair["one_year"], seed=1, replicate=k).outcome("employment_rate")["value"][0]
        for k in (0, 1)
    ]
    assert outcomes["one_year", "all", "employment_rate", 36] == pytest.approx(np.mean(own), rel=1e-12)
    accounts = study.tables["accounts"].set_index(["scenario", "payer", "item"])["estimate"].sort_index()
    for name in pair:
        net = [accounts[name, payer, "net_cost"] for payer in ("municipality", "state", "both")]
        assert net[0] + net[1] == pytest.approx(net[2], rel=1e-9)
        assert accounts[name, "both"].drop("net_cost").sum() == pytest.approx(net[2], rel=1e-9)
    direct = ankomst.compare(pair["three_year"], pair["one_year"], draws="point", replicates=2, seed=1)
    mine = study.tables["differences"]
    assert set(mine["baseline"]) == {"three_year"}
    mine = mine.drop(columns=["scenario", "baseline"])
    pd.testing.assert_frame_equal(mine, direct, check_exact=True)
    curves = study.tables["curves"].set_index(["scenario", "months"])["estimate"]
    assert curves["one_year", 36] == outcomes["one_year", "all", "employment_rate", 36]
    assert list(curves["three_year"].index) == list(range(1, 37))
    assert steps[-1] == (4, 4)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert study.manifest["settings"]["baseline"] == "three_year"


def test_a_single_scenario_has_no_differences() -> None:
    study = run_scenarios({"a": scenario()}, baseline="a", draws="point", replicates=2, seed=1)
    assert set(study.tables) == {"outcomes", "accounts", "curves"}


def test_every_scenario_is_simulated_once_a_replicate(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, int]] = []
    real = ankomst.simulate

    def counted(some: Any, **options: Any) -> Result:  # noqa: ANN401
        made.append((some.policy_hash, options["replicate"]))
        return real(some, **options)

    monkeypatch.setattr(in_memory, "simulate", counted)
    short = {"horizon.follow_up_months": 12, "population.newcomers_per_year": 24}
    three = {name: scenario(name, short) for name in ("three_year", "one_year", "lower_benefit")}
    one = run_scenarios(three, baseline="three_year", draws="point", replicates=2, seed=1, workers=1)
    assert len(made) == len(set(made)) == 6
    two = run_scenarios(three, baseline="three_year", draws="point", replicates=2, seed=1, workers=2)
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name], check_exact=True)


def test_wrong_questions() -> None:
    one = {"a": scenario()}
    with pytest.raises(RunError, match="replicates is 1"):
        run_scenarios(one, baseline="a", draws="point", replicates=1, seed=1)
    with pytest.raises(RunError, match=r"no scenario 'three_yeer'.*did you mean 'three_year'"):
        run_scenarios({"three_year": scenario()}, baseline="three_yeer", draws="point", replicates=2, seed=1)
    with pytest.raises(RunError, match="months=40 lies outside the follow-up; allowed: 1 to 36"):
        run_scenarios(one, baseline="a", draws="point", replicates=2, seed=1, months=40)
    short = {**one, "b": scenario(changes={"horizon.follow_up_months": 24})}
    with pytest.raises(
        ExperimentError, match=r"follows newcomers for 24 months and .* for 36; allowed: one horizon"
    ):
        run_scenarios(short, baseline="a", draws="point", replicates=2, seed=1)
