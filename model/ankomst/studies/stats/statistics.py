"""Intervals of paired differences: Student's t over replicates or draws, Fieller's for ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

LEVEL = 0.95
TOO_CLOSE = "too close to call"
NO_DIFFERENCE = "no difference"
UNCLEAR = "direction unclear"
HARDLY = "hardly changes"
PROBABLY = "probably "
NOISE_ONLY = "simulation noise only"
"""Said in place of a verdict where there is a single parameter set."""
FEW_DRAWS = "too few draws"
"""Said in place of a verdict where fewer than five draws have a pair."""
PAIRS = 5
"""Fewest pairs whose correlation is told: that of fewer says little more than how few they are."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval; n counts replicates, or draws where each has one replicate."""

    estimate: float
    low: float
    high: float
    level: float
    se: float
    n: int

    @property
    def verdict(self) -> str:
        """Say "higher", "lower" or "too close to call", which is where the interval holds zero."""
        if not (np.isfinite(self.low) and np.isfinite(self.high)) or self.low <= 0.0 <= self.high:
            # A difference that is exactly zero in every replicate is no difference, not a close call.
            return NO_DIFFERENCE if self.estimate == 0.0 and self.se == 0.0 and self.n > 1 else TOO_CLOSE
        return "higher" if self.estimate > 0.0 else "lower"

    def columns(self) -> dict[str, Any]:
        """Return the interval's columns of a tidy table."""
        return {name: getattr(self, name) for name in ("estimate", "low", "high", "level", "se", "n")}


def t_quantile(n: int, level: float) -> float:
    """Return the two-sided quantile of Student's t for the mean of n values."""
    return float(stdtrit(n - 1, 0.5 + level / 2.0)) if n > 1 else float("inf")


def mean(values: Array, level: float = LEVEL) -> Estimate:
    """Estimate a mean over replicates.

    Parameters
    ----------
    values : ndarray, shape (replicates,)
    level : float
        Coverage of the interval; with one replicate the interval is infinite.
    """
    values = np.asarray(values, dtype=np.float64)
    n = values.size
    centre = float(values.mean())
    se = float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else float("inf")
    half = t_quantile(n, level) * se if se > 0.0 else 0.0
    return Estimate(centre, centre - half, centre + half, level, se, n)


def ratio(top: Array, bottom: Array, level: float = LEVEL) -> Estimate | None:
    """Estimate a ratio of two means over replicates with Fieller's interval.

    Returns
    -------
    Estimate or None
        None where the denominator's interval holds zero: the ratio has no bounded interval.
    """
    n = top.size
    if n < 2:
        return None
    covariance = np.cov(top, bottom) / n
    a, b = float(np.mean(top)), float(np.mean(bottom))
    t2 = t_quantile(n, level) ** 2
    room = b * b - t2 * covariance[1, 1]
    if room <= 0.0:
        return None
    centre = a * b - t2 * covariance[0, 1]
    spread = centre * centre - room * (a * a - t2 * covariance[0, 0])
    root = float(np.sqrt(max(0.0, spread)))
    se = root / room / np.sqrt(t2)
    return Estimate(a / b, (centre - root) / room, (centre + root) / room, level, float(se), n)


def share_interval(count: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's interval of a share; NaN where it is the share of nothing.

    Parameters
    ----------
    count : float
        Rounded to a whole number.
    n : int
    level : float
    """
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, needed by few

    if n == 0:
        return float("nan"), float("nan")
    found = binomtest(round(count), n).proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)
