"""Means of a quantity where a factor is low and where it is high, whatever the other factors do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.stats import statistics
from ankomst.studies.stats.noise import finite, ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]
FIFTH = 0.2
FEWEST_POINTS = 10
"""So that a fifth of the points has a mean with an interval."""


def tornado_table(
    X: Array,  # noqa: N803 - the field's letter for inputs
    y: Array,
    factors: Sequence[str],
    *,
    level: float = statistics.LEVEL,
    sample: str,
    quantity: str,
) -> pd.DataFrame:
    """Estimate the mean of a quantity over the fifth of the points in which a factor is lowest and highest.

    Parameters
    ----------
    X : ndarray, shape (n, D)
        Points, in any unit. Their luck should be independent: of a Sobol design the rows of A and B.
    y : ndarray, shape (n,)
        Outputs, means of replicates.
    factors : sequence of str, length D
    level : float
    sample, quantity : str

    Returns
    -------
    DataFrame
        Table `tornado`, the widest difference ranked first. Where values are tied, all that tie with the
        fifth count. A factor that does not vary has NaN.

    Raises
    ------
    RunError
        If a value is missing or points are too few.
    """
    X, y = finite(X, f"{quantity}, factors"), finite(y, quantity)  # noqa: N806 - as above
    if len(y) < FEWEST_POINTS or len(X) != len(y):
        raise RunError(
            f"{quantity}: {len(y)} outputs at {len(X)} points are no sample to take fifths of",
            allowed=f"at least {FEWEST_POINTS} points, an output at each",
        )
    rows = [_ends(X[:, k], y, level) for k in range(len(factors))]
    table = pd.DataFrame(rows)
    table.insert(0, "quantity", quantity)
    table.insert(1, "sample", sample)
    table.insert(2, "factor", list(factors))
    table.insert(3, "rank", ranks((table["at_high"] - table["at_low"]).abs().to_numpy(), factors))
    table.insert(4, "mean", float(y.mean()))
    return table


def _ends(x: Array, y: Array, level: float) -> dict[str, Any]:
    """Return the means at both ends of a factor, with their intervals."""
    low, high = x <= np.quantile(x, FIFTH), x >= np.quantile(x, 1.0 - FIFTH)
    if np.ptp(x) == 0.0:
        low = high = np.zeros(len(x), dtype=np.bool_)
    row: dict[str, Any] = {}
    for end, inside in (("at_low", low), ("at_high", high)):
        found = statistics.mean(y[inside], level) if inside.any() else None
        row[end] = found.estimate if found else float("nan")
        row[f"{end}_low"] = found.low if found else float("nan")
        row[f"{end}_high"] = found.high if found else float("nan")
    words = (
        f"{level:.0%} interval of the mean over the {low.sum()} and {high.sum()} of {len(x)} points where "
        "the factor is lowest and highest (Student's t)"
    )
    return {
        **row,
        "level": level,
        "n": len(x),
        "interval": words if low.any() else "no interval: the factor does not vary",
    }
