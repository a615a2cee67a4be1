"""Intervals of paired differences of a batch: Monte-Carlo error and parameter uncertainty told apart.

Replicates are nested in parameter draws. With one draw the interval is the Monte-Carlo error of the mean.
With several it is where the effect lies at the true, unknown parameters, if they are like the draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from ankomst.studies.stats.resampling import bootstrap_t, unknown_draw
from ankomst.studies.stats.statistics import LEVEL, NO_DIFFERENCE, PAIRS, TOO_CLOSE, t_quantile

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
    "p_higher",
    "verdict",
    "interval",
)
"""Columns that every table of intervals has."""
PAIRED_COLUMNS = (*COLUMNS, "baseline_value", "scenario_value", "correlation", "efficiency")
FEWEST_FOR_BOOTSTRAP = 5
ROUNDING = 1e-11


def estimates(values: Array, level: float = LEVEL) -> pd.DataFrame:
    """Estimate means, or mean differences, with their intervals.

    Parameters
    ----------
    values : ndarray, shape (rows, draws, replicates)
        NaN where a run is missing.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row for each of `rows`, with COLUMNS: `estimate`, the mean of the draw means; `low` and `high`;
        `se`, the standard error behind them; `n`, pairs used; `draws`, draws used; `mc_se`, `mc_low` and
        `mc_high`, the Monte-Carlo error of the estimate for these very draws; `parameter_sd`, the standard
        deviation of the effect between draws; `parameter_share`, the share of the variance of a single pair
        that parameters make; `p_higher`, the probability that the value is above zero (NaN where every pair
        is zero).
    """
    values = np.asarray(values, dtype=np.float64)
    found = _one_point(values[:, 0], level) if values.shape[1] == 1 else _several_draws(values, level)
    found["level"] = np.full(len(values), level)
    zero = (np.where(np.isfinite(values), values, 0.0) == 0.0).all(axis=(1, 2)) & (found["n"] > 1)
    found["p_higher"] = np.where(zero, np.nan, found["p_higher"])
    found["verdict"] = verdicts(found["estimate"], found["low"], found["high"], zero)
    texts = {
        (draws, n): interval_text(values.shape[1], values.shape[2], int(n), int(draws))
        for draws, n in set(zip(found["draws"], found["n"], strict=True))
    }
    found["interval"] = [texts[key] for key in zip(found["draws"], found["n"], strict=True)]
    return pd.DataFrame({name: found[name] for name in COLUMNS})


def paired(base: Array, alt: Array, level: float = LEVEL) -> pd.DataFrame:
    """Estimate differences, alternative less baseline, on the same draw and replicate.

    Parameters
    ----------
    base, alt : ndarray, shape (rows, draws, replicates)
        NaN where a run is missing: the pair is left out.
    level : float

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
    found = estimates(change, level)
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


def verdicts(estimate: Array, low: Array, high: Array, zero: Array) -> Array:
    """Say "higher", "lower", "too close to call", or "no difference" where every pair is equal."""
    clear = np.isfinite(low) & np.isfinite(high) & ((low > 0.0) | (high < 0.0))
    words = np.where(clear, np.where(estimate > 0.0, "higher", "lower"), TOO_CLOSE)
    return np.where(zero, NO_DIFFERENCE, words).astype(object)


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
        return f"Monte-Carlo error of the mean over {n} replicates ({way}); parameters at one point"
    d = draws if used is None else used
    if d == 1:
        return "pairs in one draw of the parameters only: no interval for unknown parameters"
    if replicates == 1 or n == d:
        return (
            f"one run at an unknown draw of the parameters, from {d} draws with one replicate each: "
            "parameter uncertainty and luck of the simulation together, which one replicate cannot tell apart"
        )
    return (
        f"effect at an unknown draw of the parameters, from {d} draws with {n} pairs: parameter uncertainty "
        "without the luck of the simulation; mc_low to mc_high: Monte-Carlo error of the mean of these draws"
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
        "p_higher": _agreeing(p, low, high, level),
    }


def _several_draws(values: Array, level: float) -> dict[str, Any]:
    """Estimate one-way random effects: parameters between draws, luck within."""
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
    flat = (_range(values) == 0.0) & (draws > 1)
    one = _first(values)
    rows = len(values)
    low, high = np.where(draws == 1, -np.inf, np.nan), np.where(draws == 1, np.inf, np.nan)
    p = np.full(rows, np.nan)
    low[flat] = high[flat] = centre[flat] = one[flat]
    p[flat] = one[flat] > 0.0
    for d, df in {(int(d), int(df)) for d, df in zip(draws, freedom, strict=True) if d > 1}:
        mine = np.flatnonzero((draws == d) & (freedom == df) & ~flat)
        if mine.size:
            kept = np.sort(deviations[mine], axis=1)[:, :d]
            low[mine], high[mine], p[mine] = unknown_draw(centre[mine], kept, noise[mine], df, level)
    half = stdtrit(np.maximum(1, freedom), 0.5 + level / 2.0) * mc_se
    told_apart = np.where(flat, 0.0, 1.0) * np.where((freedom > 0) & (draws > 1), 1.0, np.nan)
    se = np.sqrt(np.where(freedom > 0, between, observed) + observed / np.maximum(1, draws))
    return {
        "estimate": centre,
        "low": low,
        "high": high,
        "se": np.where(flat, 0.0, np.where(draws == 1, np.inf, se)),
        "n": n,
        "draws": draws,
        "mc_se": np.where(flat & (freedom > 0), 0.0, mc_se),
        "mc_low": np.where(flat & (freedom > 0), centre, centre - half),
        "mc_high": np.where(flat & (freedom > 0), centre, centre + half),
        "parameter_sd": np.sqrt(between) * told_apart,
        "parameter_share": np.where(flat, np.nan, share) * told_apart,
        "p_higher": _agreeing(p, low, high, level),
    }


def _agreeing(p: Array, low: Array, high: Array, level: float) -> Array:
    """Keep a probability on the side of the level where its interval is."""
    tail = 0.5 - level / 2.0
    p = np.where(low > 0.0, np.maximum(p, 1.0 - tail), p)
    p = np.where(high < 0.0, np.minimum(p, tail), p)
    return np.where((low <= 0.0) & (high >= 0.0), np.clip(p, tail, 1.0 - tail), p)


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
