"""The headline grid on a small sample: complete tables, and each cell what a run by hand says."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.studies.support import SCENARIOS, SHORT

from ankomst.errors import RunError, ScenarioError
from ankomst.simulation.deadweight import deadweight, without_grants
from ankomst.simulation.result import simulate
from ankomst.studies.batch.demo import Demo, run_demo
from ankomst.studies.batch.grid import BASELINE, DESIGNS, PERIODS, load_grid, run_grid, values
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from pathlib import Path


@cache
def study() -> Demo:
    return run_demo(SCENARIOS, replicates=2, seed=1, overrides=SHORT, workers=1)


def test_the_grid_is_four_periods_times_eight_designs() -> None:
    grid = load_grid(SCENARIOS, SHORT)
    assert len(grid) == 32
    assert BASELINE in grid
    assert len({policy.policy_hash for policy in grid.values()}) == 32


def test_no_table_has_a_hole_where_it_must_not() -> None:
    tables = study().tables
    assert set(tables) == {"employment", "differences", "grants", "groups", "accounts", "economics", "shares"}
    for name in ("employment", "differences", "groups", "accounts"):
        numbers = tables[name][["estimate", "low", "high", "se", "n"]]
        assert np.isfinite(numbers.to_numpy(dtype=float)).all(), name
        assert (tables[name]["low"] <= tables[name]["estimate"]).all()
        assert (tables[name]["estimate"] <= tables[name]["high"]).all()
    assert len(tables["differences"]) == 31 * 4
    assert len(tables["employment"]) == (4 + 3) * 36
    assert set(tables["groups"]["dimension"]) == {"origin", "sex", "health", "education"}
    economics = tables["economics"]
    assert len(economics) == 31 * 3
    explained = economics["text"] != ""
    assert (explained | np.isfinite(economics["estimate"])).all()
    grants = tables["grants"].set_index(["measure", "design"])["estimate"]
    assert (grants["grants_paid", "no_grant"] == 0.0).all()
    assert grants["deadweight", "no_grant"].isna().all()
    assert np.isfinite(grants["deadweight", "grant_2013"]).all()


def test_payers_add_up_in_the_differences() -> None:
    table = study().tables["differences"]
    wide = table[table["outcome"] == "net_cost"].pivot_table(
        index="scenario", columns="payer", values="estimate"
    )
    assert np.allclose(wide["municipality"] + wide["state"], wide["both"], atol=1e-6)
    accounts = study().tables["accounts"]
    public = accounts[accounts["payer"] != "resource"].groupby("scenario")["estimate"].sum()
    assert np.allclose(public, wide.loc[public.index, "both"], atol=1e-6)


@pytest.mark.compiled
def test_a_cell_is_what_two_runs_by_hand_say() -> None:
    grid = load_grid(SCENARIOS, SHORT)
    key = ("one_year", "grant_by_speed")
    table = study().tables["differences"]
    row = table[(table["scenario"] == "+".join(key)) & (table["outcome"] == "months_employed")].iloc[0]
    draws = read_posterior(number=2, seed=1).values  # noqa: PD011 - no table
    months = [
        [
            simulate(grid[name], seed=1, replicate=k, parameters=draws[k]).outcome(
                "months_employed", months=36
            )["value"][0]
            for k in (0, 1)
        ]
        for name in (BASELINE, key)
    ]
    assert row["estimate"] == pytest.approx(np.subtract(months[1], months[0]).mean(), rel=1e-9)
    shadow = simulate(without_grants(grid[key]), seed=1, watched=grid[key].result_grants)
    entries = deadweight(simulate(grid[key], seed=1), shadow)
    cells = run_grid({BASELINE: grid[BASELINE], key: grid[key]}, replicates=1, seed=1)
    share = sum(entry.deadweight for entry in entries) / sum(entry.paid for entry in entries)
    assert cells[0][key].deadweight == pytest.approx(share, rel=1e-9)


@pytest.mark.compiled
def test_the_number_of_workers_changes_no_bit() -> None:
    grid = {key: policy for key, policy in load_grid(SCENARIOS, SHORT).items() if key[1] == "grant_2013"}
    steps: list[tuple[int, int]] = []
    one, two = (
        run_grid(grid, replicates=2, seed=1, workers=workers, progress=lambda *at: steps.append(at))
        for workers in (1, 2)
    )
    for key in grid:
        costs = [values(cells, key, lambda cell: cell.summary.net_cost()) for cells in (one, two)]
        assert costs[0].tobytes() == costs[1].tobytes()
    assert steps[:8] == steps[8:] == [(k, 8) for k in range(1, 9)]


def test_with_draws_intervals_are_those_of_one_more_draw() -> None:
    drawn = study()
    assert drawn.facts["draws"] == 2
    assert drawn.manifest["settings"]["draws"]["packaged"] is True
    table = drawn.tables["differences"]
    assert set(table["interval"]) == {statistics.INTERVAL_DRAWS}
    shares = drawn.tables["grants"].query("unit == 'share'")
    assert shares["low"].dropna().ge(0.0).all()
    assert shares["high"].dropna().le(1.0).all()
    assert len(set(drawn.manifest["settings"]["displacement"])) == 2


@pytest.mark.compiled
def test_the_demo_at_the_central_draw() -> None:
    central = run_demo(SCENARIOS, replicates=2, seed=1, overrides=SHORT, draws="point", workers=2)
    assert central.facts["draws"] == 1
    assert central.manifest["settings"]["draws"] == {"from": "point"}
    assert set(central.tables["differences"]["interval"]) == {statistics.INTERVAL}
    assert isinstance(central.manifest["settings"]["displacement"], float)


def test_the_facts_name_everything_that_the_page_needs() -> None:
    facts = study().facts
    assert facts["baseline"] == "three_year+grant_2013"
    assert (facts["arrival_years"], facts["follow_up_months"], facts["newcomers_per_year"]) == (1, 36, 36)
    assert set(facts["scenario_titles"]) == {*PERIODS, *DESIGNS}
    assert all(title and danish and source for title, danish, source in facts["scenario_titles"].values())
    assert "horizon.follow_up_months = 36" in facts["notes"][-1][0]
    assert all(len(note) == 2 for note in facts["notes"])
    assert study().manifest["settings"]["overrides"] == SHORT


def test_every_fixed_phrase_of_the_tables_has_danish_words() -> None:
    from ankomst.report.document.texts import load_texts

    phrases = load_texts("da").phrases
    tables = study().tables
    said = set(tables["economics"]["text"]) | set(tables["economics"]["convention"])
    said |= set(tables["differences"]["verdict"]) | set(tables["differences"]["interval"])
    assert {text for text in said - {""} if text not in phrases} == set()


def test_what_the_demo_cannot_do_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="replicates is 1"):
        run_demo(SCENARIOS, replicates=1, seed=1)
    with pytest.raises(RunError, match="replicates is 9000, and the posterior has"):
        run_demo(SCENARIOS, replicates=9000, seed=1)
    with pytest.raises(RunError, match="draws is 'prior'; allowed: posterior, point"):
        run_demo(SCENARIOS, seed=1, draws="prior")
    with pytest.raises(RunError, match="result_grants is what the demo compares"):
        run_demo(SCENARIOS, replicates=2, seed=1, overrides={"result_grants": []})
    with pytest.raises(ScenarioError, match="there is no scenario file"):
        run_demo(tmp_path, replicates=2, seed=1)


@pytest.mark.compiled
def test_two_studies_with_one_seed_are_the_same() -> None:
    again = run_demo(SCENARIOS, replicates=2, seed=1, overrides=SHORT, workers=2)
    for name, table in study().tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name], check_exact=True)
