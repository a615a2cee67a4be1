"""Places of scenarios in an order, and the front of gain against cost."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import rankdata

Array = np.ndarray[Any, Any]


def place_ranges(values: Array, sign: float) -> tuple[Array, Array]:
    """Rank along the last axis, 1 the best.

    Parameters
    ----------
    values : ndarray, shape (..., scenarios)
    sign : float
        1 where higher is better, -1 where lower is.

    Returns
    -------
    best, worst : ndarray, shape (..., scenarios)
        The first and the last place that a scenario shares with those equal to it.
    """
    ordered = -sign * values
    return (
        np.asarray(rankdata(ordered, method="min", axis=-1)),
        np.asarray(rankdata(ordered, method="max", axis=-1)),
    )


def on_front(gain: Array, cost: Array) -> Array:
    """Say which scenarios no other beats: no less gain at no more cost, and one of the two better.

    Parameters
    ----------
    gain, cost : ndarray, shape (..., scenarios)
        More gain is better, less cost is better.

    Returns
    -------
    ndarray of bool, shape (..., scenarios)
    """
    beaten = np.zeros(gain.shape, dtype=bool)
    for other in range(gain.shape[-1]):
        more, less = gain[..., other, None], cost[..., other, None]
        beaten |= (more >= gain) & (less <= cost) & ((more > gain) | (less < cost))
    return ~beaten
