"""The interval and the verdict of a difference between scenarios, from draws and replicates.

Replicates are nested in parameter draws. With one draw the interval is the Monte-Carlo error of the mean.
With several it is where the effect lies at the true, unknown parameters, if they are like the draws;
only then is there a verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from ankomst.studies.stats.resampling import bootstrap_t, unknown_draw
from ankomst.studies.stats.statistics import (
    FEW_DRAWS,
    HARDLY,
    LEVEL,
    NO_DIFFERENCE,
    NOISE_ONLY,
    PAIRS,
    PROBABLY,
    UNCLEAR,
    t_quantile,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = np.ndarray[Any, Any]
COLUMNS = (
    "estimate",
    "low",
    "high",
    "level",
    "se",
    "n",
    "draws",
    "mc_se",
    "mc_low",
    "mc_high",
    "parameter_sd",
    "parameter_share",
    "noise_share",
    "probability",
    "verdict",
    "interval",
)
"""Columns that every table of intervals has."""
PAIRED_COLUMNS = (*COLUMNS, "baseline_value", "scenario_value", "correlation", "efficiency")
FEWEST_FOR_BOOTSTRAP = 5
ROUNDING = 1e-11
SURE, LIKELY = 0.975, 0.8
"""Probabilities from which a direction is said, and said to be probable."""
FEWEST_DRAWS, ENOUGH_DRAWS = 5, 10
"""Fewest draws with a verdict, and fewest with one that is more than probable."""
_NEAR = 1e-6


def estimates(
    values: Array,
    level: float = LEVEL,
    *,
    discrepancy_sd: float = 0.0,
    margin: Array | float | None = None,
) -> pd.DataFrame:
    """Estimate means, or mean differences, with their intervals and verdicts.

    Parameters
    ----------
    values : ndarray, shape (rows, draws, replicates)
        NaN where a run is missing.
    level : float
        Coverage of the intervals.
    discrepancy_sd : float
        Standard deviation of the effect's structural discrepancy, in its unit; interval and probability
        include it where there are several draws.
    margin : float or ndarray, shape (rows,), optional
        Largest change, up or down, that hardly counts as one.

    Returns
    -------
    DataFrame
        One row for each of `rows`, with COLUMNS: `estimate`, the mean of the draw means; `low` and `high`;
        `se`, the standard error behind them; `n`, pairs used; `draws`, draws used; `mc_se`, `mc_low` and
        `mc_high`, the Monte-Carlo error of the estimate for these very draws; `parameter_sd`, the standard
        deviation of the effect between draws; `parameter_share`, the share of the variance of a single pair
        that parameters make; `noise_share`, the share of the variance of a draw's mean that is simulation
        noise; `probability`, that the value at one more draw is above zero (with one draw, that the mean is;
        NaN where every pair is zero); `verdict`, see `verdicts`.
    """
    values = np.asarray(values, dtype=np.float64)
    found = (
        _one_point(values[:, 0], level)
        if values.shape[1] == 1
        else _several_draws(values, level, discrepancy_sd)
    )
    found["level"] = np.full(len(values), level)
    zero = (np.where(np.isfinite(values), values, 0.0) == 0.0).all(axis=(1, 2)) & (found["n"] > 1)
    found["probability"] = np.where(zero, np.nan, found["probability"])
    if values.shape[1] == 1:
        found["verdict"] = np.where(zero, NO_DIFFERENCE, NOISE_ONLY).astype(object)
    else:
        found["verdict"] = verdicts(found, zero, margin)
    texts = {
        (draws, n): interval_text(values.shape[1], values.shape[2], int(n), int(draws))
        for draws, n in set(zip(found["draws"], found["n"], strict=True))
    }
    found["interval"] = [texts[key] for key in zip(found["draws"], found["n"], strict=True)]
    return pd.DataFrame({name: found[name] for name in COLUMNS})


def levels(values: Array, level: float = LEVEL) -> pd.DataFrame:
    """Estimate means with their intervals; the columns of `estimates` but probability and verdict."""
    found = estimates(values, level).drop(columns=["probability", "verdict"])
    found["interval"] = found["interval"].str.replace("effect at", "value at")
    return found


def paired(
    base: Array,
    alt: Array,
    level: float = LEVEL,
    *,
    discrepancy_sd: float = 0.0,
    margin: Array | float | None = None,
) -> pd.DataFrame:
    """Estimate differences, alternative less baseline, on the same draw and replicate.

    Parameters
    ----------
    base, alt : ndarray, shape (rows, draws, replicates)
        NaN where a run is missing: the pair is left out.
    level, discrepancy_sd, margin
        As in `estimates`.

    Returns
    -------
    DataFrame
        As `estimates`, and `baseline_value` and `scenario_value`, means over the pairs used; `correlation`
        over pairs, that common random numbers achieved, NaN below five pairs; `efficiency`, the variance of
        an unpaired difference over that of the paired one, within draws: how many times fewer replicates the
        paired one needs.
    """
    base, alt = np.broadcast_arrays(np.asarray(base, dtype=np.float64), np.asarray(alt, dtype=np.float64))
    change = difference(base, alt)
    found = estimates(change, level, discrepancy_sd=discrepancy_sd, margin=margin)
    both = np.isfinite(change)
    left, right = np.where(both, base, np.nan), np.where(both, alt, np.nan)
    found["baseline_value"], found["scenario_value"] = _centre(left), _centre(right)
    a, b = (x - _mean(x, (1, 2))[:, None, None] for x in (left, right))
    # A column without variance leaves rounding errors, which correlate with anything.
    varies = (_range(left) > 0.0) & (_range(right) > 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(np.nansum(a * a, axis=(1, 2)) * np.nansum(b * b, axis=(1, 2)))
        told = varies & (found["n"].to_numpy() >= PAIRS)
        found["correlation"] = np.where(told, np.nansum(a * b, axis=(1, 2)) / scale, np.nan)
        unpaired = _within(left)[0] + _within(right)[0]
        found["efficiency"] = np.where(unpaired > 0.0, unpaired / _within(change)[0], np.nan)
    return found


def difference(base: Array, alt: Array) -> Array:
    """Alternative less baseline; a rounding error of the two is zero, so that equal runs stay equal."""
    change = alt - base
    return np.where(np.abs(change) <= ROUNDING * np.maximum(np.abs(base), np.abs(alt)), 0.0, change)


def verdicts(table: Mapping[str, Array], zero: Array, margin: Array | float | None = None) -> Array:
    """Say the direction of differences at one more draw.

    Parameters
    ----------
    table : mapping of str to ndarray
        With `low`, `high`, `draws` and `probability`, each of shape (rows,).
    zero : ndarray of bool, shape (rows,)
        Whether every pair is equal.
    margin : float or ndarray, shape (rows,), optional

    Returns
    -------
    ndarray of str
        "higher" or "lower" from a probability of 0.975 (at most 0.025) and ten draws; "probably higher" or
        "probably lower" from 0.8 (0.2) and five draws; otherwise "direction unclear". "hardly changes" where
        the interval lies inside the margin, "no difference" where every pair is equal, "too few draws" below
        five.
    """
    probability, draws = table["probability"], table["draws"]
    direction = np.where(probability > 0.5, "higher", "lower").astype(object)
    certainty = np.maximum(probability, 1.0 - probability) + 1e-9
    sure = (certainty >= SURE) & (draws >= ENOUGH_DRAWS)
    words = np.where(certainty >= LIKELY, PROBABLY + direction, UNCLEAR)
    words = np.where(sure, direction, words)
    if margin is not None:
        words = np.where((table["low"] > -margin) & (table["high"] < margin), HARDLY, words)
    words = np.where(draws < FEWEST_DRAWS, FEW_DRAWS, words)
    return np.where(zero, NO_DIFFERENCE, words).astype(object)


def probability_text(probability: float, draws: int) -> str:
    """Write a probability in whole per cent, never surer than d draws allow: "84 %", "over 96 %"."""
    most = 1.0 - 1.0 / (2.0 * (draws + 1))
    if probability > most:
        return f"over {int(100.0 * most)} %"
    if probability < 1.0 - most:
        return f"under {100 - int(100.0 * most)} %"
    return f"{100.0 * probability:.0f} %"


def interval_text(draws: int, replicates: int, n: int, used: int | None = None) -> str:
    """Say in one line what an interval means.

    Parameters
    ----------
    draws, replicates : int
        Of the design.
    n : int
        Pairs used.
    used : int, optional
        Draws that have a pair, if not all.
    """
    if n == 0:
        return "no pair of runs"
    if draws == 1:
        if n == 1:
            return "one replicate: no interval; parameters at one point"
        way = "Student's t" if n < FEWEST_FOR_BOOTSTRAP else "bootstrap-t"
        return (
            f"simulation noise only: Monte-Carlo error over {n} replicates ({way}); parameters at one point"
        )
    d = draws if used is None else used
    if d == 1:
        return "pairs in one draw of the parameters only: no interval for unknown parameters"
    if replicates == 1 or n == d:
        return (
            f"one run at an unknown draw of the parameters, from {d} draws with one replicate each: "
            "parameters and simulation noise together, which one replicate cannot tell apart"
        )
    return (
        f"effect at an unknown draw of the parameters, from {d} draws with {n} pairs: parameter uncertainty "
        "without simulation noise; mc_low to mc_high: Monte-Carlo error of the mean of these draws"
    )


def _one_point(values: Array, level: float) -> dict[str, Any]:
    """Estimate rows of replicates at one point of the parameters; shape (rows, replicates)."""
    finite = np.isfinite(values)
    n = finite.sum(axis=1)
    ordered = np.take_along_axis(values, np.argsort(~finite, axis=1, kind="stable"), axis=1)
    rows = len(values)
    low, high, p = np.full(rows, np.nan), np.full(rows, np.nan), np.full(rows, np.nan)
    estimate, se = np.full(rows, np.nan), np.full(rows, np.nan)
    for size in np.unique(n[n > 0]):
        mine = np.flatnonzero(n == size)
        block = ordered[mine, :size]
        estimate[mine] = block.mean(axis=1)
        if size == 1:
            low[mine], high[mine], se[mine] = -np.inf, np.inf, np.inf
            continue
        flat = np.ptp(block, axis=1) == 0.0
        estimate[mine[flat]] = block[flat, 0]
        se[mine] = np.where(flat, 0.0, block.std(axis=1, ddof=1) / np.sqrt(size))
        low[mine[flat]] = high[mine[flat]] = block[flat, 0]
        p[mine[flat]] = block[flat, 0] > 0.0
        noisy = mine[~flat]
        if size < FEWEST_FOR_BOOTSTRAP:
            half = t_quantile(size, level) * se[noisy]
            low[noisy], high[noisy] = estimate[noisy] - half, estimate[noisy] + half
            p[noisy] = stdtr(size - 1, estimate[noisy] / se[noisy])
        elif noisy.size:
            low[noisy], high[noisy], p[noisy] = bootstrap_t(block[~flat], level)
    nothing = np.full(rows, np.nan)
    return {
        "estimate": estimate,
        "low": low,
        "high": high,
        "se": se,
        "n": n,
        "draws": (n > 0).astype(np.int64),
        "mc_se": se,
        "mc_low": low,
        "mc_high": high,
        "parameter_sd": nothing,
        "parameter_share": nothing,
        "noise_share": nothing,
        "probability": _agreeing(p, low, high, level),
    }


def _several_draws(values: Array, level: float, discrepancy_sd: float) -> dict[str, Any]:
    """Estimate one-way random effects: parameters between draws, simulation noise within."""
    finite = np.isfinite(values)
    sizes = finite.sum(axis=2)
    draws, n = (sizes > 0).sum(axis=1), sizes.sum(axis=1)
    means = _mean(values, (2,))
    centre = _mean(means, (1,))
    within, freedom = _within(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        noise = within * np.nansum(np.where(sizes > 0, 1.0 / sizes, 0.0), axis=1) / draws
        mc_se = np.sqrt(noise / draws)
        deviations = means - centre[:, None]
        observed = np.nansum(deviations**2, axis=1) / np.where(draws > 1, draws - 1, np.nan)
        between = np.maximum(0.0, observed - noise)
        share = between / (between + within)
        noise_share = noise / np.maximum(observed, noise)
    flat = (_range(values) == 0.0) & (draws > 1)
    one = _first(values)
    rows = len(values)
    low, high = np.where(draws == 1, -np.inf, np.nan), np.where(draws == 1, np.inf, np.nan)
    p = np.full(rows, np.nan)
    centre[flat] = one[flat]
    exact = flat & (discrepancy_sd == 0.0)
    low[exact] = high[exact] = one[exact]
    p[exact] = one[exact] > 0.0
    for d, df in {(int(d), int(df)) for d, df in zip(draws, freedom, strict=True) if d > 1}:
        mine = np.flatnonzero((draws == d) & (freedom == df) & ~exact)
        if mine.size:
            kept = np.sort(deviations[mine], axis=1)[:, :d]
            low[mine], high[mine], p[mine] = unknown_draw(
                centre[mine], kept, noise[mine], df, level, discrepancy_sd
            )
    half = stdtrit(np.maximum(1, freedom), 0.5 + level / 2.0) * mc_se
    told_apart = np.where(flat, 0.0, 1.0) * np.where((freedom > 0) & (draws > 1), 1.0, np.nan)
    variance = np.where(freedom > 0, between, observed) + observed / np.maximum(1, draws)
    se = np.sqrt(np.where(flat, 0.0, variance) + discrepancy_sd**2)
    return {
        "estimate": centre,
        "low": low,
        "high": high,
        "se": np.where(draws == 1, np.inf, se),
        "n": n,
        "draws": draws,
        "mc_se": np.where(flat & (freedom > 0), 0.0, mc_se),
        "mc_low": np.where(flat & (freedom > 0), centre, centre - half),
        "mc_high": np.where(flat & (freedom > 0), centre, centre + half),
        "parameter_sd": np.sqrt(between) * told_apart,
        "parameter_share": np.where(flat, np.nan, share) * told_apart,
        "noise_share": np.where(flat, np.nan, noise_share) * told_apart,
        "probability": _agreeing(p, low, high, level),
    }


def _agreeing(p: Array, low: Array, high: Array, level: float) -> Array:
    """Keep a probability on the side of the level where its interval is."""
    tail = 0.5 - level / 2.0
    p = np.where(low > 0.0, np.maximum(p, 1.0 - tail), p)
    p = np.where(high < 0.0, np.minimum(p, tail), p)
    return np.where((low <= 0.0) & (high >= 0.0), np.clip(p, tail + _NEAR, 1.0 - tail - _NEAR), p)


def _mean(values: Array, axes: tuple[int, ...]) -> Array:
    """Mean over axes of what is there, NaN where nothing is."""
    finite = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(finite, values, 0.0).sum(axis=axes) / finite.sum(axis=axes))


def _centre(values: Array) -> Array:
    """Mean of the draw means."""
    return _mean(_mean(values, (2,)), (1,))


def _range(values: Array) -> Array:
    """Largest less smallest of each row, NaN aside; -inf where a row is empty."""
    finite = np.isfinite(values)
    largest = np.where(finite, values, -np.inf).max(axis=(1, 2))
    smallest = np.where(finite, values, np.inf).min(axis=(1, 2))
    return np.asarray(np.where(finite.any(axis=(1, 2)), largest - smallest, -np.inf))


def _first(values: Array) -> Array:
    """First finite value of each row."""
    flat = values.reshape(len(values), values[0].size if len(values) else 1)
    return np.asarray(flat[np.arange(len(flat)), np.isfinite(flat).argmax(axis=1)])


def _within(values: Array) -> tuple[Array, Array]:
    """Variance of a replicate within its draw, pooled over draws, and its degrees of freedom."""
    sizes = np.isfinite(values).sum(axis=2)
    freedom = np.maximum(0, sizes - 1).sum(axis=1)
    squares = np.nansum((values - _mean(values, (2,))[:, :, None]) ** 2, axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(freedom > 0, squares / freedom, np.nan), freedom
