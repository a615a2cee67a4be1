"""What part of the spread of a stochastic model over its factors is the luck of its replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ankomst.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]
LUCK = "luck"
"""Name of the dummy factor: it means nothing to the model, but moving it draws the luck of a point anew."""
SPREAD_LEVEL = 0.90


def finite(values: Array, what: str) -> Array:
    """Return values as floats.

    Raises
    ------
    RunError
        If one is missing: the methods would turn it into a zero or a NaN without a word.
    """
    values = np.asarray(values, dtype=np.float64)
    missing = int(values.size - np.isfinite(values).sum())
    if missing:
        raise RunError(
            f"{what}: {missing} of {values.size} values are missing or infinite",
            allowed="finite values; leave failed points out first, and count them as dropped",
        )
    return values


def constant(values: Array) -> bool:
    """Whether values differ by rounding errors only."""
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def mean_variance(Y: Array) -> Array:  # noqa: N803 - the field's letter for outputs
    """Return the variance that luck leaves in the mean of the replicates of each point.

    Parameters
    ----------
    Y : ndarray, shape (..., R)

    Returns
    -------
    ndarray, shape (...)
        Sample variance over R; NaN where R is 1.
    """
    replicates = Y.shape[-1]
    if replicates == 1:
        return np.full(Y.shape[:-1], np.nan)
    return np.asarray(Y.var(axis=-1, ddof=1) / replicates)


def noise_share(Y: Array) -> tuple[float, float]:  # noqa: N803 - as above
    """Return the share of the variance over points that is Monte-Carlo noise.

    Parameters
    ----------
    Y : ndarray, shape (points, R)

    Returns
    -------
    tuple of float
        Share in the variance of a single run, and share left in that of the mean of R. The variance between
        points is that of their means less the noise in them, and at least 0. NaN where R is 1, where there
        is one point or where nothing varies.
    """
    points, replicates = Y.shape
    noise = float(mean_variance(Y).mean())
    if replicates == 1 or points == 1 or constant(Y):
        return float("nan"), float("nan")
    between = max(0.0, float(Y.mean(axis=1).var(ddof=1)) - noise)
    within = noise * replicates
    return within / (within + between), noise / (noise + between)


def spread_row(
    Y: Array,  # noqa: N803 - as above
    *,
    quantity: str,
    sample: str,
    dropped: int = 0,
    level: float = SPREAD_LEVEL,
) -> dict[str, Any]:
    """Return a row of the table `spread`: where a quantity lies over the points of a sample.

    Parameters
    ----------
    Y : ndarray, shape (points, R)
        In the unit of the quantity. Of a Sobol design the rows of A and B, which fill the space evenly.
    quantity, sample : str
    dropped : int
        Points left out because a run failed.
    level : float
        Share of the points between `low` and `high`.

    Raises
    ------
    RunError
        If a value is missing.
    """
    Y = finite(Y, quantity)  # noqa: N806 - as above
    means = Y.mean(axis=1)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    in_run, in_mean = noise_share(Y)
    luck = "one replicate each, luck included" if Y.shape[1] == 1 else f"means of {Y.shape[1]} replicates"
    return {
        "quantity": quantity,
        "sample": sample,
        "mean": float(means.mean()),
        "sd": float(means.std(ddof=1)) if len(means) > 1 else float("nan"),
        "low": float(low),
        "high": float(high),
        "share_positive": float((means > 0.0).mean()),
        "noise_share_run": in_run,
        "noise_share": in_mean,
        "n": len(means),
        "replicates": Y.shape[1],
        "dropped": dropped,
        "level": level,
        "interval": f"low to high: {level:.0%} of the {len(means)} points ({luck}): spread over the factors",
    }


def ranks(sizes: Array, factors: Sequence[str]) -> pd.Series[int]:
    """Rank factors by size, the largest first; the dummy and what has no size stay without rank.

    Parameters
    ----------
    sizes : ndarray, shape (factors,)
    factors : sequence of str

    Returns
    -------
    Series of Int64
    """
    dummy = np.array([factor == LUCK for factor in factors], dtype=np.bool_)
    named = pd.Series(np.where(dummy, np.nan, sizes))
    return named.rank(ascending=False, method="first").astype("Int64")


def z_quantile(level: float) -> float:
    """Return how many standard errors either side of an estimate a normal interval of `level` reaches."""
    return float(ndtri(0.5 + level / 2.0))


def stream(seed: int, key: int) -> np.random.Generator:
    """Return the random stream `key` of a seed."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key,)))
