"""Known answers: Ishigami, Sobol's G, linear and inert factors, with and without heavy luck."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami, Sobol_G

from ankomst.errors import RunError
from ankomst.studies.sensitivity.emulator import emulator_table, fit_emulator, held_out
from ankomst.studies.sensitivity.emulator_indices import emulator_sobol
from ankomst.studies.sensitivity.given_data import dependence, given_data_table
from ankomst.studies.sensitivity.screening import morris_table
from ankomst.studies.sensitivity.sobol_indices import convergence_table, row_terms, sobol_table
from ankomst.studies.sensitivity.tornado import tornado_table
from ankomst.studies.stats.noise import LUCK, noise_share, ranks, spread_row

ROWS, REPLICATES = 512, 3
KEYS = {"seed": 1, "sample": "sobol", "quantity": "q"}


def ishigami() -> dict[str, float]:
    """Return the variance and its parts, with a = 7 and b = 0.1."""
    one = 0.5 * (1.0 + 0.1 * np.pi**4 / 5.0) ** 2
    two = 49.0 / 8.0
    both = 8.0 * 0.01 * np.pi**8 / 225.0
    all_of_it = one + two + both
    return {
        "sd": np.sqrt(all_of_it),
        "first_1": one / all_of_it,
        "first_2": two / all_of_it,
        "second_13": both / all_of_it,
    }


def ishigami_design(rows: int, seed: int) -> tuple[dict, np.ndarray, np.ndarray]:
    """Return the problem with luck as a fourth factor, its points and the function without noise."""
    problem = {
        "num_vars": 4,
        "names": ["x1", "x2", "x3", LUCK],
        "bounds": [[-np.pi, np.pi]] * 3 + [[0.0, 1.0]],
    }
    points = sobol_sample.sample(problem, rows, seed=seed)
    return problem, points, Ishigami.evaluate(points[:, :3]).reshape(rows, 10)


def with_luck(means: np.ndarray, points: np.ndarray, sd: float, replicates: int, seed: int) -> np.ndarray:
    """Add noise to outputs (rows, blocks): half of it common to the points of a row with the same luck."""
    rows, blocks = means.shape
    rng = np.random.default_rng(seed)
    of_a = (points[:, -1].reshape(rows, blocks) == points[:: len(points) // rows, -1][:, None])[:, :, None]
    both = rng.normal(size=(rows, 2, replicates))
    common = np.where(of_a, both[:, :1], both[:, 1:])
    own = rng.normal(size=(rows, blocks, replicates))
    return means[:, :, None] + sd * np.sqrt(0.5) * (common + own)


def one(table: pd.DataFrame, index: str, factor: str) -> pd.Series:
    """Return the row of an index of a factor."""
    return table[(table["index"] == index) & (table["factor"] == factor)].iloc[0]


# --- Noise ---


def test_the_noise_share_is_that_of_a_single_run_and_of_the_mean_of_replicates() -> None:
    rng = np.random.default_rng(1)
    outputs = 2.0 * rng.normal(size=(20_000, 1)) + 3.0 * rng.normal(size=(20_000, 4))
    in_run, in_mean = noise_share(outputs)
    assert in_run == pytest.approx(9.0 / 13.0, abs=0.01)
    assert in_mean == pytest.approx(2.25 / 6.25, abs=0.01)


def test_the_noise_share_of_one_replicate_is_not_known() -> None:
    assert np.isnan(noise_share(np.arange(5.0)[:, None])).all()


def test_the_spread_holds_ninety_per_cent_of_the_points() -> None:
    outputs = np.repeat(np.arange(-50.0, 51.0)[:, None], 2, axis=1)
    row = spread_row(outputs, quantity="q", sample="sobol", dropped=3)
    assert (row["low"], row["high"], row["mean"]) == pytest.approx((-45.0, 45.0, 0.0))
    assert row["share_positive"] == pytest.approx(50.0 / 101.0)
    assert (row["noise_share"], row["n"], row["replicates"], row["dropped"]) == (0.0, 101, 2, 3)


def test_luck_has_no_rank() -> None:
    assert ranks(np.array([0.2, 0.9, np.nan, 0.5]), ["a", LUCK, "b", "c"]).tolist() == [2, pd.NA, pd.NA, 1]


# --- Sobol indices ---


def test_without_noise_the_indices_are_those_of_salib() -> None:
    problem, _, means = ishigami_design(64, 1)
    expected = salib_sobol.analyze(problem, means.ravel(), num_resamples=2, seed=1)
    table, pairs = sobol_table(means[:, :, None], problem["names"], second_order=True, **KEYS)
    for index, key in (("first", "S1"), ("total", "ST")):
        mine = table[table["index"] == index]
        assert mine["estimate"].to_numpy() == pytest.approx(expected[key], abs=1e-10)
        assert mine["raw"].to_numpy() == pytest.approx(expected[key], abs=1e-10)
    upper = expected["S2"][np.triu_indices(4, 1)]
    assert pairs is not None
    assert pairs["estimate"].to_numpy() == pytest.approx(upper, abs=1e-10)


def test_resampled_rows_weigh_as_salib_resamples_them() -> None:
    _, _, means = ishigami_design(64, 1)
    rows = np.random.default_rng(1).integers(64, size=(5, 64))
    weights = np.array([np.bincount(each, minlength=64) for each in rows]) / 64.0
    _, first, total, second = row_terms(means[:, :, None], 4, [(0, 2)]).indices(weights)
    y = (means - means.mean()) / means.std()
    a, b, ab, ba = y[rows.T, 0], y[rows.T, -1], y[rows.T, 1:5], y[rows.T, 5:9]
    assert first[:, 0] == pytest.approx(salib_sobol.first_order(a, ab[..., 0], b))
    assert total[:, 1] == pytest.approx(salib_sobol.total_order(a, ab[..., 1], b))
    assert second[:, 0] == pytest.approx(salib_sobol.second_order(a, ab[..., 0], ab[..., 2], ba[..., 0], b))


def test_standard_errors_are_those_of_salibs_bootstrap() -> None:
    problem, _, means = ishigami_design(256, 2)
    expected = salib_sobol.analyze(problem, means.ravel(), num_resamples=1000, seed=1)
    table, _ = sobol_table(means[:, :, None], problem["names"], second_order=True, **KEYS)
    half = 1.959964 * table["se"].to_numpy()
    assert half[:3] == pytest.approx(expected["S1_conf"][:3], rel=0.15)
    assert half[4:7] == pytest.approx(expected["ST_conf"][:3], rel=0.15)


def test_heavy_luck_is_taken_out_of_the_indices_of_ishigami() -> None:
    known = ishigami()
    problem, points, means = ishigami_design(ROWS, 5)
    outputs = with_luck(means, points, known["sd"], REPLICATES, 5)
    table, pairs = sobol_table(outputs, problem["names"], second_order=True, **KEYS)
    truth = {
        "first": (known["first_1"], known["first_2"], 0.0, 0.0),
        "total": (known["first_1"] + known["second_13"], known["first_2"], known["second_13"], 0.0),
    }
    for index, values in truth.items():
        for factor, value in zip(problem["names"], values, strict=True):
            row = one(table, index, factor)
            assert row["low"] <= value <= row["high"], (index, factor)
    assert pairs is not None
    row = pairs[(pairs["factor_1"] == "x1") & (pairs["factor_2"] == "x3")].iloc[0]
    assert row["low"] <= known["second_13"] <= row["high"]
    # Uncorrected, luck has a quarter of the variance of the means: the noise share at sd = sd and R = 3.
    dummy = one(table, "total", LUCK)
    assert dummy["raw"] == pytest.approx(0.25, abs=0.03)
    assert dummy["raw"] > dummy["high"]
    assert one(table, "total", "x1")["rank"] == 1


def test_inert_factors_of_sobols_g_have_no_total_index_when_luck_is_taken_out() -> None:
    a = np.array([0.0, 1.0, 4.5, 99.0])
    names = ["x1", "x2", "x3", "x4", LUCK]
    problem = {"num_vars": 5, "names": names, "bounds": [[0.0, 1.0]] * 5}
    points = sobol_sample.sample(problem, ROWS, calc_second_order=False, seed=3)
    means = Sobol_G.evaluate(points[:, :4], a=a).reshape(ROWS, 7)
    parts = 1.0 / (3.0 * (1.0 + a) ** 2)
    variance = np.prod(1.0 + parts) - 1.0
    outputs = with_luck(means, points, np.sqrt(variance), REPLICATES, 3)
    table, pairs = sobol_table(outputs, names, second_order=False, **KEYS)
    assert pairs is None
    total = np.append(parts * np.prod(1.0 + parts) / (1.0 + parts) / variance, 0.0)
    for index, values in (("first", np.append(parts / variance, 0.0)), ("total", total)):
        for name, value in zip(names, values, strict=True):
            row = one(table, index, name)
            assert row["low"] <= value <= row["high"], (index, name)
    inert = one(table, "total", "x4")
    assert inert["raw"] > inert["high"]
    assert inert["raw"] == pytest.approx(0.125, abs=0.02)  # half of the luck is common to the row


def test_corrected_intervals_hold_the_truth_as_often_as_they_say() -> None:
    known = ishigami()
    held = []
    for seed in range(25):
        problem, points, means = ishigami_design(128, seed)
        outputs = with_luck(means, points, known["sd"], 2, seed)
        table, _ = sobol_table(
            outputs, problem["names"], second_order=True, resamples=120, seed=seed, sample="s", quantity="q"
        )
        truth = [known["first_1"], known["first_2"], 0.0, 0.0, known["first_1"] + known["second_13"]]
        truth += [known["first_2"], known["second_13"], 0.0]
        held.append((table["low"] <= truth) & (table["high"] >= truth))
    assert np.mean(held) > 0.93


def test_both_ways_are_salibs_figures_with_a_and_b_in_each_others_place() -> None:
    problem, _, means = ishigami_design(64, 1)
    turned = means[:, [9, 5, 6, 7, 8, 1, 2, 3, 4, 0]]
    one_way, other = (
        salib_sobol.analyze(problem, each.ravel(), num_resamples=2, seed=1) for each in (means, turned)
    )
    table, pairs = sobol_table(means[:, :, None], problem["names"], second_order=True, both_ways=True, **KEYS)
    expected = np.concatenate([(one_way[key] + other[key]) / 2.0 for key in ("S1", "ST")])
    assert table["estimate"].to_numpy() == pytest.approx(expected, abs=1e-10)
    assert table["raw"].to_numpy()[:4] == pytest.approx(one_way["S1"], abs=1e-10)
    upper = ((one_way["S2"] + other["S2"]) / 2.0)[np.triu_indices(4, 1)]
    assert pairs is not None
    assert pairs["estimate"].to_numpy() == pytest.approx(upper, abs=1e-10)
    assert "both ways" in table["interval"].iloc[0]


def test_both_ways_narrow_the_intervals() -> None:
    problem, points, means = ishigami_design(ROWS, 5)
    outputs = with_luck(means, points, ishigami()["sd"], REPLICATES, 5)
    names = problem["names"]
    one_way, both = (
        sobol_table(outputs, names, second_order=True, both_ways=each, **KEYS)[0]["se"].to_numpy()
        for each in (False, True)
    )
    assert (both < 0.95 * one_way).all()


def test_one_replicate_says_that_luck_counts_as_an_effect() -> None:
    problem, points, means = ishigami_design(64, 1)
    table, _ = sobol_table(with_luck(means, points, 4.0, 1, 1), problem["names"], second_order=True, **KEYS)
    assert table["estimate"].to_numpy() == pytest.approx(table["raw"].to_numpy())
    assert one(table, "total", LUCK)["low"] > 0.2
    assert "luck counts as an effect" in table["interval"].iloc[0]


def test_no_variance_means_no_index_rather_than_zero() -> None:
    same, _ = sobol_table(np.full((8, 4, 2), 3.3), ["a", LUCK], second_order=False, **KEYS)
    assert same[["estimate", "raw", "low"]].isna().all(axis=None)
    assert same["rank"].isna().all()
    assert "the same at every point" in same["interval"].iloc[0]
    noise = np.random.default_rng(1).normal(size=(64, 4, 2))
    table, _ = sobol_table(noise, ["a", LUCK], second_order=False, **KEYS)
    assert table["estimate"].isna().all()
    assert table["raw"].notna().all()
    assert "not clear of the noise" in table["interval"].iloc[0]


def test_a_missing_output_is_refused() -> None:
    outputs = np.random.default_rng(1).normal(size=(8, 4, 2))
    outputs[3, 1, 0] = np.nan
    with pytest.raises(RunError, match="q: 1 of 64 values are missing"):
        sobol_table(outputs, ["a", LUCK], second_order=False, **KEYS)
    with pytest.raises(RunError, match="no Sobol design of 3 factors"):
        sobol_table(outputs, ["a", "b", LUCK], second_order=False, **KEYS)


def test_convergence_ends_with_the_indices_of_the_table_and_narrows() -> None:
    problem, _, means = ishigami_design(256, 4)
    outputs = means[:, :, None]
    found = convergence_table(outputs, problem["names"], second_order=True, **KEYS)
    table, _ = sobol_table(outputs, problem["names"], second_order=True, **KEYS)
    assert found["n"].unique().tolist() == [64, 128, 256]
    last = found[found["n"] == 256]
    assert last["estimate"].to_numpy() == pytest.approx(table["estimate"].to_numpy(), abs=1e-10)
    widths = (found["high"] - found["low"]).groupby(found["n"]).mean()
    assert widths[256] < 0.7 * widths[64]


# --- Morris ---


def morris_points(trajectories: int, groups: list[str] | None = None) -> tuple[dict, np.ndarray]:
    """Return points for two linear factors, one that interacts, an inert one and luck."""
    problem = {"num_vars": 5, "names": ["x1", "x2", "x3", "inert", LUCK], "bounds": [[0.0, 1.0]] * 5}
    if groups:
        problem["groups"] = groups
    return problem, morris_sample.sample(problem, trajectories, num_levels=4, seed=1)


def test_effects_are_for_a_move_over_the_whole_range() -> None:
    problem, points = morris_points(20)
    y = 3.0 * points[:, 0] - 2.0 * points[:, 1] + 4.0 * (points[:, 2] - 0.5) ** 2
    table = morris_table(points, y[:, None], problem["names"], num_levels=4, seed=1, quantity="q").set_index(
        "factor"
    )
    assert table["mu"][:2].tolist() == pytest.approx([3.0, -2.0])
    assert table["mu_star"][["x1", "x2", "inert"]].tolist() == pytest.approx([3.0, 2.0, 0.0])
    assert table["sigma"][:2].tolist() == pytest.approx([0.0, 0.0], abs=1e-12)
    expected = salib_morris.analyze(problem, points, y, num_levels=4, num_resamples=10)
    for name in ("mu", "mu_star", "sigma"):
        assert table[name].to_numpy() == pytest.approx(np.asarray(expected[name]), abs=1e-12)
    assert table["rank"][["x1", "x2"]].tolist() == [1, 2]
    assert table["noise"].isna().all()


def test_noise_is_the_mu_star_of_a_factor_that_only_draws_luck_anew() -> None:
    problem, points = morris_points(400)
    rng = np.random.default_rng(2)
    y = 3.0 * points[:, [0]] + rng.normal(size=(len(points), 4))
    table = morris_table(points, y, problem["names"], num_levels=4, seed=1, quantity="q").set_index("factor")
    # Two means of 4 runs with sd 1, over a step of 2/3.
    expected = np.sqrt(2.0 / np.pi) * np.sqrt(2.0 / 4.0) / (2.0 / 3.0)
    assert table["noise"].to_numpy() == pytest.approx(np.full(5, expected), rel=0.05)
    assert table.loc["inert", "mu_star"] == pytest.approx(expected, rel=0.1)
    assert table["clear"].tolist() == ["yes", "no", "no", "no", "no"]
    assert table.loc["x1", "mu_low"] < 3.0 < table.loc["x1", "mu_high"]


def test_a_group_moves_as_one_and_has_no_sign() -> None:
    names = ["people", "people", "money", "money", LUCK]
    problem, points = morris_points(10, names)
    y = 3.0 * points[:, 0] + points[:, 4]
    table = morris_table(
        points, y[:, None], problem["names"], num_levels=4, seed=1, quantity="q", groups=names
    ).set_index("factor")
    assert table["mu_star"].to_dict() == pytest.approx({"people": 3.0, "money": 0.0, LUCK: 1.0})
    assert np.isnan(table.loc["people", "mu"])
    assert table.loc[LUCK, "mu"] == pytest.approx(1.0)


def test_points_that_are_no_trajectories_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(RunError, match="no Morris trajectories"):
        morris_table(rng.random((6, 2)), rng.random((6, 1)), ["a", "b"], num_levels=4, seed=1, quantity="q")
    with pytest.raises(RunError, match="5 points with 5 outputs"):
        morris_table(rng.random((5, 2)), rng.random((5, 1)), ["a", "b"], num_levels=4, seed=1, quantity="q")


# --- Any sample ---


def test_given_data_tells_strong_factors_from_inert_ones() -> None:
    rng = np.random.default_rng(3)
    points = rng.random((600, 4))
    points[:, 3] = 7.0
    y = 2.0 * points[:, 0] + points[:, 1] + 0.5 * rng.normal(size=600)
    filters = list(warnings.filters)
    table = given_data_table(
        points, y, ["strong", "weak", "inert", "fixed"], seed=1, sample="draws", quantity="q", resamples=12
    )
    assert warnings.filters == filters
    shares = table[table["method"] == "rbd_fast"].set_index("factor")
    assert shares["low"]["strong"] < 0.5 < shares["high"]["strong"]
    assert shares["low"]["weak"] < 0.125 < shares["high"]["weak"]
    for method in ("delta", "pawn", "rbd_fast"):
        rows = table[table["method"] == method].set_index("factor")
        assert rows["clear"].tolist() == ["yes", "yes", "no", "no"]
        assert rows["rank"].tolist()[:2] == [1, 2]
        assert np.isnan(rows["estimate"]["fixed"])
        assert rows["interval"]["fixed"] == "no index: the factor does not vary"


def test_tied_values_of_a_factor_without_effect_pass_no_threshold() -> None:
    rng = np.random.default_rng(4)
    points = np.column_stack([rng.integers(2, size=400), np.sort(rng.integers(2, size=400))])
    y = points[:, 0] + rng.normal(size=400)
    table = given_data_table(
        points, y, ["switch", "inert"], seed=1, sample="draws", quantity="q", resamples=12
    )
    assert table["clear"].tolist() == ["yes", "no"] * 3


def test_given_data_says_why_there_is_no_index() -> None:
    points = np.random.default_rng(1).random((60, 2))
    same = given_data_table(points, np.ones(60), ["a", "b"], seed=1, sample="draws", quantity="q")
    assert same["estimate"].isna().all()
    assert same["interval"].unique().tolist() == ["no index: the quantity does not vary"]
    few = given_data_table(points[:30], points[:30, 0], ["a", "b"], seed=1, sample="draws", quantity="q")
    assert few["interval"].unique().tolist() == ["no index: fewer than 50 points"]
    with pytest.raises(RunError, match="missing"):
        given_data_table(points, np.full(60, np.nan), ["a", "b"], seed=1, sample="draws", quantity="q")
    with pytest.raises(RunError, match="no method 'shap'"):
        given_data_table(
            points, points[:, 0], ["a", "b"], methods=["shap"], seed=1, sample="draws", quantity="q"
        )


def test_dependence_names_the_factor_that_goes_along() -> None:
    x = np.arange(10.0)
    table = dependence(np.column_stack([x, -(x**3), np.cos(5.0 * x), np.ones(10)]), ["a", "b", "c", "d"])
    assert table["with"].tolist()[:2] == ["b", "a"]
    assert table["rank_correlation"].tolist()[:2] == pytest.approx([-1.0, -1.0])
    assert table["with"].tolist()[3] == ""
    assert np.isnan(table["rank_correlation"][3])


def test_the_tornado_compares_the_fifths() -> None:
    x = np.column_stack([np.arange(100.0), np.tile([0.0, 1.0], 50), np.ones(100)])
    table = tornado_table(x, x[:, 0] + 1.0, ["a", "b", "c"], sample="draws", quantity="q").set_index("factor")
    assert table.loc["a", ["mean", "at_low", "at_high"]].tolist() == pytest.approx([50.5, 10.5, 90.5])
    # Student's t with 19 degrees of freedom, sd of 20 whole numbers in a row.
    half = 2.093024 * np.sqrt(35.0) / np.sqrt(20.0)
    assert table.loc["a", "at_low_high"] == pytest.approx(10.5 + half, rel=1e-6)
    assert table.loc["b", ["at_low", "at_high"]].tolist() == pytest.approx([50.0, 51.0])
    assert table["rank"].tolist() == [1, 2, pd.NA]
    assert np.isnan(table.loc["c", "at_low"])


# --- Emulator ---


def emulated(noise: float, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Return 200 points and noisy outputs of a function with one interaction and an inert factor."""
    rng = np.random.default_rng(6)
    points = rng.random((200, 4))
    means = 4.0 * points[:, 0] + 6.0 * (points[:, 1] - 0.5) * (points[:, 2] - 0.5)
    return points, 100.0 + means[:, None] + noise * rng.normal(size=(200, replicates))


def test_the_emulator_finds_indices_and_the_interaction() -> None:
    points, outputs = emulated(0.5, 3)
    emulator = fit_emulator(points, outputs, 1)
    found = held_out(emulator, seed=1)
    row = emulator_table(emulator, found, quantity="q", sample="sobol", unit="DKK").iloc[0]
    assert row["used"] == "yes"
    assert row["q2"] > 0.95
    # Variances: 16/12, and 36/144 of the product.
    first, both = 16.0 / 12.0, 36.0 / 144.0
    names = ["line", "left", "right", "inert"]
    indices, pairs = emulator_sobol(emulator, found, names, quantity="q", sample="sobol", seed=1, refits=6)
    truth = {"line": first, "left": both, "right": both, "inert": 0.0}
    for name, value in truth.items():
        total = one(indices, "total", name)
        assert total["estimate"] == pytest.approx(value / (first + both), abs=0.05)
    assert one(indices, "total", "line")["rank"] == 1
    pair = pairs[(pairs["factor_1"] == "left") & (pairs["factor_2"] == "right")].iloc[0]
    assert pair["low"] < both / (first + both) < pair["high"]
    assert pair["low"] > 0.1
    assert pairs["method"].unique().tolist() == ["emulator"]
    fresh = np.random.default_rng(9).random((50, 4))
    expected = 100.0 + 4.0 * fresh[:, 0] + 6.0 * (fresh[:, 1] - 0.5) * (fresh[:, 2] - 0.5)
    assert np.sqrt(np.mean((emulator.predict(fresh) - expected) ** 2)) < 2.0 * max(0.05, found.rmse)


def test_an_emulator_that_explains_too_little_gives_no_indices() -> None:
    points, outputs = emulated(2.0, 1)
    emulator = fit_emulator(points, outputs, 1)
    found = held_out(emulator, seed=1)
    # One run has 1.58 of signal and 4 of noise, which nothing can explain.
    assert found.q2 < 0.4
    row = emulator_table(emulator, found, quantity="q", sample="sobol", unit="DKK").iloc[0]
    assert row["used"] == "no"
    assert "noise counts as error" in row["interval"]
    indices, pairs = emulator_sobol(emulator, found, ["a", "b", "c", "d"], quantity="q", sample="s", seed=1)
    assert indices.empty
    assert pairs.empty
    assert {"factor", "index", "estimate", "method"} <= set(indices.columns)


def test_the_noise_of_the_points_is_taken_out_of_what_is_explained() -> None:
    points, outputs = emulated(2.0, 4)
    found = held_out(fit_emulator(points, outputs, 1), seed=1)
    # Uncorrected the share could not be above 1.58 / 2.58.
    assert found.q2 > 0.75
    assert found.q2_low < found.q2 <= found.q2_high


def test_outputs_that_are_all_the_same_have_no_emulator() -> None:
    with pytest.raises(RunError, match="no emulator of 30 outputs"):
        fit_emulator(np.random.default_rng(1).random((30, 2)), np.ones((30, 2)), 1)


def test_outputs_that_are_nearly_all_the_same_have_no_density_and_no_index() -> None:
    rng = np.random.default_rng(3)
    y = np.zeros(64)
    y[0] = 1.0
    table = given_data_table(
        rng.random((64, 2)), y, ["a", "b"], methods=["delta"], seed=1, sample="draws", quantity="q"
    )
    assert table["estimate"].isna().all()
    assert set(table["clear"]) == {"no"}
    assert table["interval"].str.startswith("no index: the quantity is the same at nearly all points").all()
