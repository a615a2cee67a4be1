"""Ranks, the front of employment against cost, and regret, on runs whose order is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.studies.runs_fake import FakeRuns

from ankomst.errors import RunError
from ankomst.studies.batch.ranking import Criterion, rank_runs
from ankomst.studies.stats.ranks import on_front, place_ranges

if TYPE_CHECKING:
    import pandas as pd

SCENARIOS = ("base", "good", "best", "bad")
LUCK = np.array([[-1.0, 0.5, 0.3, 1.0, -0.8]])


def ordered(effects: dict[str, float], noise: float = 0.001, **design: int) -> FakeRuns:
    """Return runs whose share in work is the effect, plus luck that is a scenario's own."""
    runs = FakeRuns(("base", *effects), **design)
    rng = np.random.default_rng(1)
    shape = (runs.draws, runs.replicates)
    common = 0.3 + 0.05 * rng.normal(size=shape)
    runs.jobs("base", common)
    for name, effect in effects.items():
        runs.jobs(name, common + effect + noise * rng.normal(size=shape))
    return runs


def table(runs: FakeRuns, name: str, criterion: str = "months_employed") -> pd.DataFrame:
    found = rank_runs(runs)[name]
    if "criterion" in found:
        found = found[found["criterion"] == criterion]
    return found.set_index("scenario")


@pytest.mark.parametrize("design", [{"replicates": 5}, {"draws": 8, "replicates": 2}])
def test_clear_cases_are_ranked_without_doubt(design: dict[str, int]) -> None:
    runs = ordered({"good": 0.02, "best": 0.05, "bad": -0.03}, **design)
    found = table(runs, "ranking")
    assert list(found.index) == ["best", "good", "base", "bad"]
    for place, name in enumerate(found.index, start=1):
        row = found.loc[name]
        assert row["rank"] == row["expected_rank"] == row["low_rank"] == row["high_rank"] == place
    assert list(found["p_best"]) == [1.0, 0.0, 0.0, 0.0]
    assert list(found["p_place_2"]) == [0.0, 1.0, 0.0, 0.0]
    assert found.loc["base", "difference"] == 0.0
    assert found.loc["best", "difference"] == pytest.approx(0.05 * 48, abs=0.1)


def test_the_common_luck_of_all_scenarios_says_nothing_about_their_order() -> None:
    runs = FakeRuns(SCENARIOS, replicates=5)
    for name, effect in zip(SCENARIOS, (0.0, 0.001, 0.002, -0.001), strict=True):
        runs.jobs(name, 0.5 + 0.3 * LUCK + effect)
    assert list(table(runs, "ranking")["p_best"]) == [1.0, 0.0, 0.0, 0.0]


def test_close_cases_have_uncertain_ranks() -> None:
    runs = ordered({"a": 0.0005, "b": 0.0, "bad": -0.2}, noise=0.01, replicates=8)
    found = table(runs, "ranking")
    close = found.drop("bad")
    assert (close["low_rank"] == 1).any()
    assert (close["high_rank"] > close["low_rank"]).any()
    assert close["p_best"].max() < 0.95
    assert found["p_best"].sum() == pytest.approx(1.0)
    assert found[["p_place_1", "p_place_2", "p_place_3"]].loc["bad"].sum() == 0.0
    assert "2000 resamples of 8 replicates" in found["interval"].iloc[0]


def test_equal_scenarios_share_their_places() -> None:
    runs = FakeRuns(("base", "twin", "other", "worse"), replicates=5)
    for name in ("twin", "other"):
        runs.jobs(name, 0.1 + 0.02 * LUCK)
    runs.jobs("worse", -0.5)
    found = table(runs, "ranking")
    for name in ("twin", "other"):
        row = found.loc[name]
        assert (row["rank"], row["p_place_1"], row["p_place_2"]) == (1.5, 0.5, 0.5)
        assert (row["low_rank"], row["high_rank"]) == (1, 2)


def test_less_cost_is_better_and_displaced_workers_are_counted() -> None:
    runs = FakeRuns(("base", "cheap", "dear"), replicates=5)
    runs.pay("cheap", "staff", 1, -10.0 + LUCK)
    runs.pay("dear", "staff", 1, 10.0 + LUCK)
    found = table(runs, "ranking", "net_cost")
    assert list(found.index) == ["cheap", "base", "dear"]
    assert set(found["payer"]) == {"both"}
    runs.displace(1.0, municipality=100.0, state=0.0, worker=0.0)
    runs.jobs("cheap", 0.1)
    assert list(table(runs, "ranking", "net_cost").index) == ["base", "dear", "cheap"]


def test_the_net_social_benefit_ranks_too() -> None:
    runs = FakeRuns(("base", "gain", "loss"), replicates=5)
    runs.scalar("gain", "income", 100.0 + LUCK)
    runs.scalar("loss", "income", -100.0 + LUCK)
    assert list(table(runs, "ranking", "net_social_benefit").index) == ["gain", "base", "loss"]


def test_a_scenario_without_runs_has_no_rank() -> None:
    runs = ordered({"good": 0.02, "gone": 0.05})
    for replicate in range(runs.replicates):
        runs.fail("gone", 0, replicate)
    runs.fail("good", 0, 2)
    tables = rank_runs(runs)
    ranking = tables["ranking"][tables["ranking"]["criterion"] == "months_employed"].set_index("scenario")
    assert np.isnan(ranking.loc["gone", "rank"])
    assert ranking.loc["gone", "n"] == 0
    assert (ranking.loc["good", "rank"], ranking.loc["good", "n"]) == (1.0, 5)
    assert not tables["pareto"].set_index("scenario").loc["gone", "on_front"]


@pytest.mark.parametrize(
    ("gain", "cost", "front"),
    [
        ([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [True, True, True]),
        ([0.0, 1.0, 2.0], [0.0, -1.0, 2.0], [False, True, True]),
        ([0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [True, True, True]),
        ([0.0, 0.0], [0.0, 1.0], [True, False]),
        ([0.0, 1.0], [0.0, 0.0], [False, True]),
        ([3.0, 2.0, 1.0], [0.0, 1.0, 2.0], [True, False, False]),
    ],
)
def test_the_front_holds_what_no_other_beats(gain: list[float], cost: list[float], front: list[bool]) -> None:
    assert list(on_front(np.array(gain), np.array(cost))) == front


def test_the_front_of_employment_against_cost_has_its_uncertainty() -> None:
    runs = FakeRuns(("base", "more", "waste", "close"), replicates=5)
    runs.jobs("more", 0.1 + 0.001 * LUCK)
    runs.pay("more", "staff", 1, 100.0 + LUCK)
    runs.pay("waste", "staff", 1, 50.0 + LUCK)
    runs.jobs("close", 0.001 * LUCK)
    runs.pay("close", "staff", 1, 10.0 + LUCK)
    found = table(runs, "pareto")
    assert found["on_front"].to_dict() == {"base": True, "more": True, "waste": False, "close": False}
    assert (found.loc["more", "p_on_front"], found.loc["waste", "p_on_front"]) == (1.0, 0.0)
    assert 0.05 < found.loc["close", "p_on_front"] < 0.95
    assert found.loc["more", "net_cost"] == pytest.approx(100.0)


def test_regret_is_what_the_best_of_the_same_draw_would_have_brought() -> None:
    runs = FakeRuns(("base", "a", "b"), draws=3, replicates=2)
    runs.jobs("a", np.array([[1.0, 1.0], [3.0, 3.0], [-1.0, -1.0]]) / 48.0)
    runs.jobs("b", np.array([[2.0, 2.0], [1.0, 1.0], [0.5, 0.5]]) / 48.0)
    found = table(runs, "regret")
    assert found.loc["base", ["mean_regret", "max_regret"]].tolist() == pytest.approx([5.5 / 3, 3.0])
    assert found.loc["a", ["mean_regret", "max_regret"]].tolist() == pytest.approx([2.5 / 3, 1.5])
    assert found.loc["b", ["mean_regret", "max_regret"]].tolist() == pytest.approx([2.0 / 3, 2.0])
    assert found.loc["b", "regret_95"] == pytest.approx(np.quantile([0.0, 2.0, 0.0], 0.95))
    assert (found["cases"] == 3).all()
    assert "over 3 parameter draws" in found["interval"].iloc[0]


def test_the_chance_of_being_best_is_the_share_of_draws_in_which_it_is() -> None:
    runs = FakeRuns(("base", "a", "b"), draws=3, replicates=2)
    runs.jobs("a", np.array([[1.0, 1.0], [3.0, 3.0], [-1.0, -1.0]]) / 48.0)
    runs.jobs("b", np.array([[2.0, 2.0], [1.0, 1.0], [0.5, 0.5]]) / 48.0)
    found = table(runs, "ranking")
    assert found["p_best"].to_dict() == pytest.approx({"a": 1 / 3, "b": 2 / 3, "base": 0.0})
    assert found.loc["a", ["low_rank", "high_rank"]].tolist() == [1.0, 3.0]
    assert found.loc["base", ["low_rank", "high_rank"]].tolist() == [2.0, 3.0]


def test_a_draw_in_which_a_scenario_failed_is_no_case_and_without_cases_nothing_is_ranked() -> None:
    runs = FakeRuns(("base", "a", "b"), draws=2, replicates=1)
    runs.jobs("a", np.array([[1.0], [np.nan]]) / 48.0)
    runs.jobs("b", np.array([[np.nan], [1.0]]) / 48.0)
    found = table(runs, "ranking")
    assert found["p_best"].isna().all()
    assert "over 0 parameter draws" in found["interval"].iloc[0]


def test_regret_at_one_point_of_the_parameters_is_over_resamples() -> None:
    runs = ordered({"good": 0.02, "best": 0.05})
    found = table(runs, "regret")
    assert found.loc["best", "max_regret"] == 0.0
    assert found.loc["base", "mean_regret"] == pytest.approx(0.05 * 48, abs=0.1)
    assert "Monte-Carlo error only" in found["interval"].iloc[0]


def test_regret_counts_the_draws_in_which_every_scenario_has_a_run() -> None:
    runs = FakeRuns(("base", "a"), draws=3, replicates=1)
    runs.jobs("a", np.array([[1.0], [2.0], [3.0]]) / 48.0)
    runs.fail("a", 2, 0)
    found = table(runs, "regret")
    assert (found["cases"] == 2).all()
    assert found.loc["base", "max_regret"] == pytest.approx(2.0)


def test_the_probability_of_being_best_is_that_of_the_better_mean() -> None:
    rng = np.random.default_rng(3)
    runs = FakeRuns(("base", "a"), replicates=30)
    luck = rng.normal(size=(1, 30))
    luck = (luck - luck.mean()) / luck.std(ddof=1)
    # The mean difference is one standard error above zero: 84 %.
    runs.jobs("a", luck + 1.0 / np.sqrt(30.0))
    found = table(runs, "ranking")
    assert found.loc["a", "p_best"] == pytest.approx(0.84, abs=0.03)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"outcome": "months_employd"}, "did you mean 'months_employed'"),
        ({"outcome": "net_cost", "payer": "stat"}, "did you mean 'state'"),
        ({"outcome": "grants_paid"}, "not known whether more or less of 'grants_paid' is better"),
        ({"outcome": "net_cost", "better": "larger"}, "allowed: better: higher or lower"),
    ],
)
def test_a_criterion_must_be_known(asked: dict[str, str], words: str) -> None:
    with pytest.raises(RunError, match=re.escape(words)):
        Criterion(**asked)


def test_other_criteria_can_be_asked_for() -> None:
    runs = ordered({"good": 0.02})
    runs.outcome("good", "grants_paid", 5.0)
    found = rank_runs(runs, criteria=(Criterion("grants_paid", better="lower"),))["ranking"]
    assert list(found["scenario"]) == ["base", "good"]
    assert set(found["unit"]) == {"DKK"}


def test_ranks_of_equal_values_share_places() -> None:
    best, worst = place_ranges(np.array([2.0, 5.0, 2.0]), 1.0)
    assert (list(best), list(worst)) == ([2, 1, 2], [3, 1, 3])
    best, _ = place_ranges(np.array([2.0, 5.0, 1.0]), -1.0)
    assert list(best) == [2, 3, 1]
