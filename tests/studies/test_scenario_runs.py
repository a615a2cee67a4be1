"""Scenarios of one's own: levels, accounts and differences."""

from __future__ import annotations

import numpy as np
import pytest
from tests.studies.support import scenario

import ankomst
from ankomst.errors import RunError
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.scenario_runs import run_scenarios


def test_levels_accounts_and_differences() -> None:
    pair = {"three_year": scenario(), "one_year": scenario("one_year")}
    steps: list[tuple[int, int]] = []
    study = run_scenarios(
        pair, baseline="three_year", replicates=2, seed=1, workers=1, progress=lambda *at: steps.append(at)
    )
    assert set(study.tables) == {"outcomes", "accounts", "differences"}
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
    direct = ankomst.compare(pair["three_year"], pair["one_year"], replicates=2, seed=1)
    assert np.allclose(study.tables["differences"]["estimate"], direct["estimate"], rtol=1e-12)
    assert set(study.tables["differences"]["baseline"]) == {"three_year"}
    assert steps[-1] == (8, 8)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert study.manifest["settings"]["baseline"] == "three_year"


def test_a_single_scenario_has_no_differences() -> None:
    study = run_scenarios({"a": scenario()}, baseline="a", replicates=2, seed=1)
    assert set(study.tables) == {"outcomes", "accounts"}


def test_wrong_questions() -> None:
    one = {"a": scenario()}
    with pytest.raises(RunError, match="replicates is 1"):
        run_scenarios(one, baseline="a", replicates=1, seed=1)
    with pytest.raises(RunError, match=r"no scenario 'three_yeer'.*did you mean 'three_year'"):
        run_scenarios({"three_year": scenario()}, baseline="three_yeer", replicates=2, seed=1)
    with pytest.raises(RunError, match="months=40 lies outside the follow-up; allowed: 1 to 36"):
        run_scenarios(one, baseline="a", replicates=2, seed=1, months=40)
