"""Reference distributions behind the intervals of a batch: bootstrap-t, and the effect at an unknown draw.

Both use fixed tables, so that the same differences always give the same interval.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations_with_replacement
from math import factorial
from typing import Any

import numpy as np
from scipy.special import gammaincinv, ndtri, stdtr
from scipy.stats import qmc

from ankomst.studies.stats.statistics import t_quantile

Array = np.ndarray[Any, Any]
ENUMERATED = 6
"""Up to so many replicates every resample is listed: 462 for six."""
RESAMPLES = 1999
POINTS = 1024
"""Points of the Sobol sequence behind the distribution at an unknown draw; each is used with its mirror."""
SHAPE_DRAWS = 20
"""From so many draws the shape of the draws' distribution is taken from the draws, below it is normal."""
SEED = 20_130_701
FLAT = 1e-12
"""Variance of a resample, in squared standard deviations, that is a rounding error."""
_CELLS = 1 << 20


@lru_cache(maxsize=64)
def _resamples(n: int) -> tuple[Array, Array]:
    """Return how often each of n values is drawn, shape (resamples, n), and the resamples' probabilities."""
    if n > ENUMERATED:
        counts = np.random.default_rng([SEED, n]).multinomial(n, np.full(n, 1.0 / n), RESAMPLES)
        counts = counts[(counts > 0).sum(axis=1) > 1]
        return counts.astype(np.float64), np.full(len(counts), 1.0 / len(counts))
    rows, weights = [], []
    for drawn in combinations_with_replacement(range(n), n):
        counts = np.bincount(drawn, minlength=n)
        if np.count_nonzero(counts) > 1:  # a resample of one value has no spread to be studentised by
            rows.append(counts)
            weights.append(factorial(n) // int(np.prod([factorial(k) for k in counts])))
    return np.array(rows, dtype=np.float64), np.array(weights, dtype=np.float64) / sum(weights)


def bootstrap_t(values: Array, level: float) -> tuple[Array, Array, Array]:
    """Give the interval of means by the studentised bootstrap.

    Student's t covers too seldom where differences are skewed, as costs are. The bootstrap-t covers them. But
    the skewness that it sees in a few values may be chance: the side that it makes shorter than Student's t
    goes half way back to t. Rows in which so many values are equal that resamples without any spread would
    reach into a tail (a municipality with a handful of people, say) get Student's t.

    Parameters
    ----------
    values : ndarray, shape (rows, n)
        At least two values a row, not all equal.
    level : float

    Returns
    -------
    low, high : ndarray, shape (rows,)
    probability : ndarray, shape (rows,)
        Probability that the mean is above zero, given the noise.
    """
    rows, n = values.shape
    low, high, probability = np.empty(rows), np.empty(rows), np.empty(rows)
    step = max(1, _CELLS // len(_resamples(n)[0]))
    for start in range(0, rows, step):
        part = slice(start, start + step)
        low[part], high[part], probability[part] = _bootstrap_part(values[part], level)
    return low, high, probability


def _bootstrap_part(values: Array, level: float) -> tuple[Array, Array, Array]:
    n = values.shape[1]
    counts, weights = _resamples(n)
    centre, spread = values.mean(axis=1), values.std(axis=1, ddof=1)
    se = spread / np.sqrt(n)
    scaled = (values - centre[:, None]) / spread[:, None]
    means = scaled @ counts.T / n
    variances = (scaled * scaled) @ counts.T / n - means * means
    # A resample of equal values at different places has a variance of rounding errors only.
    flat = variances <= FLAT
    studentised = means / np.sqrt(np.maximum(variances, FLAT) / (n - 1))
    tail, t = 0.5 - level / 2.0, t_quantile(n, level)
    lower, upper = _lower(studentised, weights, tail), -_lower(-studentised, weights, tail)
    lower, upper = np.minimum(lower, (lower - t) / 2.0), np.maximum(upper, (upper + t) / 2.0)
    seen = centre / se
    # Weights sum to 1 but for the last bit.
    below = np.clip((studentised < seen[:, None]) @ weights, 0.0, 1.0)
    # Where most values are equal, resamples without any spread reach the ends: a bootstrap says nothing.
    tied = flat @ weights >= tail / 2.0
    lower, upper = np.where(tied, -t, lower), np.where(tied, t, upper)
    below = np.where(tied, stdtr(n - 1, seen), below)
    both = (below + stdtr(n - 1, seen)) / 2.0
    probability = np.where(below > 0.5, np.minimum(below, both), np.maximum(below, both))
    return centre - upper * se, centre - lower * se, probability


def _lower(values: Array, weights: Array, tail: float) -> Array:
    """Return the lower quantile of each row, interpolated between values at their cumulative probability."""
    size = values.shape[1]
    if size > RESAMPLES // 2:  # equal probabilities, which need no full sort
        at = max(0.0, tail * size - 1.0)
        k = int(at)
        ordered = np.partition(values, (k, k + 1), axis=1)
        return np.asarray(ordered[:, k] + (at - k) * (ordered[:, k + 1] - ordered[:, k]))
    order = np.argsort(values, axis=1)
    ordered, reached = np.take_along_axis(values, order, axis=1), np.cumsum(weights[order], axis=1)
    row = np.arange(len(values))
    above = np.minimum((reached < tail).sum(axis=1), size - 1)
    below = np.maximum(0, above - 1)
    width = reached[row, above] - reached[row, below]
    share = np.clip((tail - reached[row, below]) / np.where(width > 0.0, width, 1.0), 0.0, 1.0)
    return np.asarray(ordered[row, below] + share * (ordered[row, above] - ordered[row, below]))


@lru_cache(maxsize=1)
def _points() -> Array:
    """Return a Sobol sequence with its mirror, shape (2 * POINTS, 4), each coordinate between 0 and 1."""
    points = qmc.Sobol(4, scramble=True, rng=np.random.default_rng(SEED)).random(POINTS)
    mirror = points.copy()
    mirror[:, 2:] = 1.0 - points[:, 2:]
    inside = np.clip(np.vstack([points, mirror]), 1e-9, 1.0 - 1e-9)
    return np.asarray(inside)


@lru_cache(maxsize=64)
def _shape_weights(draws: int) -> Array:
    """Return weights on ordered draws that give their quantiles at the points, shape (draws, 2 * POINTS)."""
    at = _points()[:, 3] * (draws + 0.25) + 0.375  # Blom's plotting positions
    below = np.clip(at.astype(np.int64), 1, draws - 1)
    share = at - below  # outside 0 to 1 beyond the outermost draws: a part of a spacing further out
    weights = np.zeros((draws, len(at)))
    column = np.arange(len(at))
    weights[below - 1, column] += 1.0 - share
    weights[below, column] += share
    return weights


def unknown_draw(
    centre: Array, deviations: Array, noise: Array, freedom: int, level: float, discrepancy_sd: float
) -> tuple[Array, Array, Array]:
    """Give the interval of the effect at an unknown draw: generalised prediction of one-way random effects.

    The variance of the draw means and that of their noise are each divided by a chi-square over its degrees
    of freedom, so that an uncertain variance between draws widens the interval. With few draws the effect is
    taken as normal; from SHAPE_DRAWS on it has the shape of the draw means.

    Parameters
    ----------
    centre : ndarray, shape (rows,)
        Mean of the draw means.
    deviations : ndarray, shape (rows, draws)
        Draw means less their mean.
    noise : ndarray, shape (rows,)
        Variance that the simulation gives a draw mean as noise; not used where `freedom` is 0.
    freedom : int
        Degrees of freedom of `noise`.
    level : float
    discrepancy_sd : float
        Standard deviation of a structural discrepancy that is added to the effect, normal.

    Returns
    -------
    low, high : ndarray, shape (rows,)
    probability : ndarray, shape (rows,)
        Probability that the effect at an unknown draw is above zero.
    """
    rows = len(centre)
    low, high, probability = np.empty(rows), np.empty(rows), np.empty(rows)
    step = max(1, _CELLS // (2 * POINTS))
    tails = (0.5 - level / 2.0, 0.5 + level / 2.0)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        found = centre[part, None] + _unknown_part(deviations[part], noise[part], freedom, discrepancy_sd)
        low[part], high[part] = np.quantile(found, tails, axis=1, method="hazen")
        above = (found > 0.0).mean(axis=1)
        probability[part] = np.clip(above, 0.25 / POINTS, 1.0 - 0.25 / POINTS)
    return low, high, probability


def _unknown_part(deviations: Array, noise: Array, freedom: int, discrepancy_sd: float) -> Array:
    """Return the effect at an unknown draw less its estimate at every point, shape (rows, 2 * POINTS)."""
    draws = deviations.shape[1]
    points = _points()
    observed = deviations.var(axis=1, ddof=1)
    total = observed[:, None] * ((draws - 1) / (2.0 * gammaincinv((draws - 1) / 2.0, points[:, 0])))
    effect = total
    if freedom:
        luck = noise[:, None] * (freedom / (2.0 * gammaincinv(freedom / 2.0, points[:, 1])))
        effect = np.maximum(0.0, total - luck)
    if draws < SHAPE_DRAWS:
        shape = ndtri(points[:, 3])[None, :]
    else:
        scale = np.sqrt(np.where(observed > 0.0, observed, 1.0))
        shape = (np.sort(deviations, axis=1) / scale[:, None]) @ _shape_weights(draws)
    return np.asarray(
        np.sqrt(total / draws + discrepancy_sd**2) * ndtri(points[:, 2]) + np.sqrt(effect) * shape
    )
