"""Scenario discovery, thresholds, robustness and value of information on cases whose answers are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from ankomst.errors import RunError
from ankomst.studies.decision.discovery import Discovery, discover
from ankomst.studies.decision.information import EVERYTHING, information_table
from ankomst.studies.decision.robustness import noise_free, robustness_table
from ankomst.studies.decision.thresholds import threshold_tables
from ankomst.studies.stats.statistics import share_interval

Array = np.ndarray[Any, Any]
FACTORS = tuple(f"f{k}" for k in range(10))
RANGES = np.column_stack([np.zeros(10), np.full(10, 10.0)])


def discovered(x: Array, flips: Array) -> Discovery:
    return discover(x, flips, FACTORS, RANGES, value=flips * 1.0, question="q", seed=1)


def planted(seed: int, points: int = 540) -> tuple[Array, Array]:
    """Points that flip nearly always where f0 > 6 and f3 < 5, and seldom elsewhere."""
    rng = np.random.default_rng(seed)
    x = 10.0 * rng.random((points, 10))
    box = (x[:, 0] > 6.0) & (x[:, 3] < 5.0)
    return x, rng.random(points) < np.where(box, 0.95, 0.05)


def test_a_planted_box_is_found_to_a_tenth_of_the_range_and_inert_factors_are_left_alone() -> None:
    x, flips = planted(1)
    found = discovered(x, flips)
    limits = found.box_limits.set_index("factor")
    assert list(limits.index) == ["f0", "f3"]
    assert limits.loc["f0", "low"] == pytest.approx(6.0, abs=1.0)
    assert limits.loc["f3", "high"] == pytest.approx(5.0, abs=1.0)
    assert (limits.loc["f0", "high"], limits.loc["f3", "low"]) == (10.0, 0.0)
    assert (limits["qp"] < 1e-6).all()
    (row,) = found.boxes.to_dict("records")
    assert row["found"] == "yes"
    assert row["test_density_low"] < 0.92 < row["test_density_high"]
    assert row["test_coverage"] > 0.7
    assert row["test_n"] == 180
    assert (row["coverage"] > 0.7, row["density"] > 0.8) == (True, True)


def test_the_figures_of_a_box_are_counts_of_points() -> None:
    x, flips = planted(2, 480)
    found = discovered(x, flips)
    limits = found.box_limits.set_index("factor")
    within = np.ones(len(x), dtype=bool)
    for name, row in limits.iterrows():
        column = x[:, FACTORS.index(str(name))]
        within &= (column >= row["low"]) & (column <= row["high"])
    (box,) = found.boxes.to_dict("records")
    assert box["n_inside"] + box["test_inside"] == within.sum()
    inside = box["density"] * box["n_inside"] + box["test_density"] * box["test_inside"]
    assert inside == pytest.approx(flips[within].sum())
    assert box["mass"] == pytest.approx(box["n_inside"] / 320)
    low, high = share_interval(inside, int(within.sum()))
    assert low < 0.93 < high
    points = found.points
    assert list(points.columns[:4]) == ["question", "point", "flips", "value"]
    assert points["flips"].sum() == flips.sum()
    assert points["f3"].to_numpy() == pytest.approx(x[:, 3])


def test_two_planted_boxes_are_both_found() -> None:
    rng = np.random.default_rng(4)
    x = 10.0 * rng.random((800, 10))
    flips = ((x[:, 0] > 7.5) & (x[:, 1] > 5.0)) | ((x[:, 2] < 2.5) & (x[:, 3] < 5.0))
    found = discovered(x, flips)
    assert list(found.boxes["found"]) == ["yes", "yes"]
    factors = found.box_limits.groupby("box")["factor"].agg(set)
    assert sorted(factors, key=sorted) == [{"f0", "f1"}, {"f2", "f3"}]
    assert found.boxes["test_coverage"].sum() > 0.85


def test_labels_without_structure_give_no_box_that_unseen_points_confirm() -> None:
    rng = np.random.default_rng(5)
    for _ in range(2):
        flips = rng.random(300) < 0.4
        boxes = discovered(10.0 * rng.random((300, 10)), flips).boxes
        assert set(boxes["found"]) == {"no"}
        held = boxes[boxes["box"] > 0]
        assert (held["test_density_low"] <= flips.mean()).all()
        assert (held["test_density_high"] >= flips.mean()).all()
        assert (boxes["base_low"] < 0.4).all()


@pytest.mark.parametrize(
    ("flipping", "words"),
    [
        (200, "every point flips"),
        (0, "no point flips"),
        (9, "only 9 points flip: too few to say where"),
        (195, "all but 5 points flip: too few to say where not"),
    ],
)
def test_where_nothing_can_be_discovered_the_status_says_why(flipping: int, words: str) -> None:
    x = 10.0 * np.random.default_rng(6).random((200, 10))
    found = discovered(x, np.arange(200) < flipping)
    (row,) = found.boxes.to_dict("records")
    assert (row["box"], row["found"], row["status"]) == (0, "no", words)
    assert row["base_low"] <= row["base_share"] == flipping / 200 <= row["base_high"]
    assert found.box_limits.empty
    assert len(found.points) == 200


def test_discovery_refuses_points_that_do_not_fit() -> None:
    x, flips = planted(1)
    with pytest.raises(RunError, match="do not fit"):
        discovered(x, flips[:-1])
    x[3, 4] = np.nan
    with pytest.raises(RunError, match="without a value"):
        discovered(x, flips)


GRID = np.linspace(0.0, 10.0, 9)


def lines(seed: int, *, draws: int = 100, replicates: int = 4, luck: float = 3.0) -> Array:
    """Lines of slope one that cross zero at draws of N(5, 2), moved up and down by luck."""
    rng = np.random.default_rng(seed)
    crossing = rng.normal(5.0, 2.0, (draws, 1, 1))
    return GRID[:, None] - crossing + luck * rng.normal(size=(draws, 1, replicates))


def threshold(
    y: Array, values: Array = GRID, central: float = 5.0, *, wanted: float = 0.0, better: str = "higher"
) -> pd.Series[Any]:
    row, _ = threshold_tables(values, y, solve="s", central=central, seed=1, wanted=wanted, better=better)
    (found,) = row.index
    return row.loc[found]


def test_the_interval_of_the_threshold_covers_and_the_spread_of_draws_is_rid_of_luck() -> None:
    rows = pd.DataFrame([threshold(lines(seed)) for seed in range(100)])
    covered = ((rows["low"] <= 5.0) & (rows["high"] >= 5.0)).mean()
    assert 0.90 <= covered <= 0.985
    # The standard error is that of 100 draws, whose means have the variance 4 + 9 / 4.
    assert (rows["high"] - rows["low"]).mean() == pytest.approx(2 * 1.96 * 0.25, rel=0.05)
    assert rows["draw_median"].mean() == pytest.approx(5.0, abs=0.1)
    assert rows["draw_low"].mean() == pytest.approx(5.0 - 1.96 * 2.0, abs=0.25)
    assert rows["draw_high"].mean() == pytest.approx(5.0 + 1.96 * 2.0, abs=0.25)
    assert rows["share_crossing"].mean() == pytest.approx(0.988, abs=0.01)
    assert set(rows["status"]) == {"crosses"}


def test_of_several_crossings_the_one_nearest_the_central_value_counts() -> None:
    values = np.linspace(0.0, 10.0, 41)
    parabola = ((values - 2.0) * (values - 7.0))[:, None] + np.zeros((30, 1, 2))
    near_two, near_seven = threshold(parabola, values, 3.0), threshold(parabola, values, 6.0)
    assert near_two["mean_threshold"] == pytest.approx(2.0, abs=0.005)
    assert near_seven["mean_threshold"] == pytest.approx(7.0, abs=0.005)
    assert near_two["crossings"] == 2
    assert near_two["low"] == near_two["high"] == near_two["mean_threshold"] == near_two["draw_median"]
    moved = threshold(parabola, values, 3.0, wanted=-4.0)
    assert moved["mean_threshold"] == pytest.approx(3.0, abs=0.005)


@pytest.mark.parametrize(
    ("better", "statuses"), [("higher", ("always", "never")), ("lower", ("never", "always"))]
)
def test_a_mean_that_does_not_cross_says_so(better: str, statuses: tuple[str, str]) -> None:
    for shift, status in zip((12.0, -12.0), statuses, strict=True):
        row = threshold(lines(1) + shift, better=better)
        assert row["status"] == status
        assert np.isnan(row["mean_threshold"])
        assert "the mean does not cross inside the range" in row["interval"]
        assert row["share_already"] == pytest.approx(float(status == "always"), abs=0.03)


def test_quantiles_beyond_the_range_are_unknown_and_said_in_words() -> None:
    row = threshold(lines(2, draws=400) - 3.5)  # draws cross at N(8.5, 2)
    assert row["mean_threshold"] == pytest.approx(8.5, abs=0.4)
    assert row["share_crossing"] == pytest.approx(norm.cdf(0.75), abs=0.06)
    assert row["share_already"] == 0.0
    assert np.isnan(row["draw_high"])
    assert row["draw_low"] == pytest.approx(8.5 - 3.92, abs=0.7)
    assert "draw_high lies above the range" in row["interval"]


def test_one_draw_gives_an_interval_of_luck_only_and_gaps_are_left_out() -> None:
    y = lines(4, draws=1, replicates=40)
    whole = threshold(y)
    assert "luck only" in whole["interval"]
    assert whole["high"] - whole["low"] == pytest.approx(2 * 1.96 * 3.0 / np.sqrt(40), rel=0.25)
    assert np.isnan(whole["draw_low"])
    y[0, 2, :3] = np.nan
    assert threshold(y)["mean_threshold"] == pytest.approx(threshold(y[:, :, 3:])["mean_threshold"])


def test_the_curve_is_the_mean_with_the_spread_of_draws_and_luck() -> None:
    y = lines(4)
    _, curve = threshold_tables(GRID, y, solve="s", central=5.0, seed=1, better="lower", wanted=1.0)
    assert curve["mean"].to_numpy() == pytest.approx(y.mean(axis=(0, 2)))
    error = y.mean(axis=2).std(axis=0, ddof=1) / 10.0
    assert (curve["high"] - curve["low"]).to_numpy() == pytest.approx(2 * 1.96 * error, rel=0.1)
    with pytest.raises(RunError, match="does not fit"):
        threshold_tables(GRID[::-1], y, solve="s", central=5.0, seed=1)


def scenario_draws(luck: float, draws: int = 2000, replicates: int = 4) -> tuple[Array, Array]:
    """Return noise-free differences of a baseline and two scenarios, and their noisy replicates."""
    rng = np.random.default_rng(7)
    true = rng.multivariate_normal([0.5, 0.3], [[1.0, 0.5], [0.5, 1.0]], draws)
    true = np.column_stack([np.zeros(draws), true])
    noise = luck * rng.normal(size=(draws, replicates, 3)) * [0.0, 1.0, 1.0]
    return true, true[:, None, :] + noise


@pytest.mark.parametrize("luck", [1e-6, 2.0])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_robustness_is_that_of_the_draws_however_noisy_their_runs(luck: float, better: str) -> None:
    true, y = scenario_draws(luck)
    sign = 1.0 if better == "higher" else -1.0
    table = robustness_table(sign * y, ("base", "a", "b"), better, seed=1, threshold=sign * 0.5)
    near = {"abs": 1e-4 if luck < 1.0 else 0.12}
    regret = true.max(axis=1, keepdims=True) - true
    expected = {
        "mean": sign * true.mean(axis=0),
        "worst_decile": sign * np.sort(true, axis=0)[:200].mean(axis=0),
        "mean_regret": regret.mean(axis=0),
        "regret_90": np.quantile(regret, 0.9, axis=0),
        "p_best": (regret == 0.0).mean(axis=0),
        "satisficing": (true >= 0.5).mean(axis=0),
    }
    for name, values in expected.items():
        assert table[name].to_numpy() == pytest.approx(values, **near), name
        assert (table[f"{name}_low"] <= table[name] + 1e-9).all(), name
        assert (table[f"{name}_high"] >= table[name] - 1e-9).all(), name
    base = table.iloc[0]
    assert base[["mean", "low", "high", "mean_low", "worst_decile"]].tolist() == [0.0] * 5
    noisy = y.mean(axis=1)
    plain = (noisy.max(axis=1, keepdims=True) - noisy).mean(axis=0)
    assert luck < 1.0 or (plain > regret.mean(axis=0) + 0.2).all()  # what the correction takes out


def test_equal_scenarios_share_the_first_place_and_lose_nothing() -> None:
    draws = np.random.default_rng(8).normal(-1.0, 0.2, (200, 3))
    y = np.stack([np.zeros_like(draws), draws, np.zeros_like(draws)], axis=2)
    table = robustness_table(y, ("base", "worse", "same"), "higher", seed=1).set_index("scenario")
    assert table["p_best"].to_list() == [0.5, 0.0, 0.5]
    assert table["mean_regret"].to_list() == [0.0, pytest.approx(-draws.mean()), 0.0]
    assert np.isnan(table["satisficing"]).all()
    assert np.isnan(table["satisficing_low"]).all()


def test_the_mean_interval_is_that_of_the_draw_means_and_one_draw_is_refused() -> None:
    _, y = scenario_draws(2.0, draws=300)
    row = robustness_table(y, ("base", "a", "b"), "higher", seed=1).iloc[1]
    error = y.mean(axis=1)[:, 1].std(ddof=1) / np.sqrt(300)
    assert row["mean_high"] - row["mean_low"] == pytest.approx(2 * 1.96 * error, rel=0.12)
    with pytest.raises(RunError, match="says nothing"):
        robustness_table(y[:1], ("base", "a", "b"), "higher", seed=1)
    with pytest.raises(RunError, match="is better"):
        robustness_table(y, ("base", "a", "b"), "", seed=1)


def test_noise_free_means_have_the_covariance_of_the_draws() -> None:
    true, y = scenario_draws(2.0, draws=5000)
    y[:10, 1, 2] = np.nan
    y[np.isnan(y).any(axis=2)] = np.nan
    assert np.cov(noise_free(y).T) == pytest.approx(np.cov(true.T), abs=0.1)
    assert noise_free(y).mean(axis=0) == pytest.approx(np.nanmean(y, axis=1).mean(axis=0))
    assert noise_free(y[:, :1]) == pytest.approx(np.nan_to_num(y[:, 0]), nan_ok=True)


def loss(mean: float, sd: float) -> float:
    """Unit normal loss: what it is worth to know a normal difference that has the mean and sd."""
    z = abs(mean) / sd
    return float(sd * (norm.pdf(z) - z * norm.sf(z)))


def test_information_about_normal_parameters_is_worth_what_the_formula_says() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(600, 6))
    change = 2000.0 * x[:, 0] + 1000.0 * x[:, 1] - 500.0
    common = 5000.0 * rng.normal(size=(600, 4, 1))  # moves both options alike
    y = common + np.stack([np.zeros((600, 4)), change[:, None] + 1000.0 * rng.normal(size=(600, 4))], axis=2)
    groups = {"one": [0], "two": [1], "inert four": [2, 3, 4, 5], "all": [0, 1, 2, 3]}
    table = information_table(y, x, groups, seed=1).set_index("group")
    whole = loss(500.0, np.hypot(2000.0, 1000.0))
    for name, value in {
        "one": loss(500.0, 2000.0),
        "two": loss(500.0, 1000.0),
        "all": whole,
        EVERYTHING: whole,
    }.items():
        row = table.loc[name]
        assert row["low"] <= value <= row["high"], name
        assert row["evppi"] == pytest.approx(value, abs=130.0), name
        assert row["clear"] == "yes"
    assert table.loc["inert four", "low"] == 0.0
    assert table.loc["inert four", "evppi"] < 20.0
    assert table.loc["inert four", "clear"] == "no"
    assert list(table.index)[-1] == EVERYTHING
    assert table["share_of_evpi"].to_numpy() == pytest.approx(
        table["evppi"].to_numpy() / table.loc[EVERYTHING, "evppi"]
    )


def test_information_is_worthless_where_one_option_is_always_best_or_options_are_equal() -> None:
    x = np.random.default_rng(9).normal(size=(60, 5))
    y = np.stack([np.zeros((60, 2)), np.full((60, 2), -5.0), -10.0 + x[:, :2]], axis=2)
    table = information_table(y, x, {"some": [0, 1], "all": range(5)}, seed=1)
    assert table["evppi"].to_list() == [0.0, 0.0, 0.0]
    assert table["high"].to_list() == [0.0, 0.0, 0.0]
    assert set(table["clear"]) == {"no"}
    assert np.isnan(table["share_of_evpi"]).all()


def test_information_refuses_what_cannot_be_used() -> None:
    y, x = np.zeros((60, 2, 2)), np.zeros((60, 3))
    for bad, groups, words in (
        (y[:20], {"a": [0]}, "does not fit"),
        (y, {"a": []}, "has the columns"),
        (y, {"a": [3]}, "has the columns"),
    ):
        with pytest.raises(RunError, match=words):
            information_table(bad, x, groups, seed=1)
    with pytest.raises(RunError, match="says nothing"):
        information_table(y[:20], x[:20], {"a": [0]}, seed=1)
