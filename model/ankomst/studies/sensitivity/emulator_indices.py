"""Sobol indices of an emulator, interactions included, with intervals that hold the emulator's own error."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.sensitivity.emulator import LIMIT
from ankomst.studies.sensitivity.sobol_indices import symmetric_interval
from ankomst.studies.stats.noise import ranks, stream, z_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.sensitivity.emulator import Emulator, HeldOut

Array = np.ndarray[Any, Any]
REFITS = 40
SAMPLES = 8
"""Independent samples of the emulator that indices are means over."""
PREDICTIONS = 16_000
"""Most points of one such sample; it has a power of two rows, and FEWEST_ROWS at least."""
FEWEST_ROWS = 128
_REFITS, _SAMPLE = 9, 10


def emulator_sobol(
    emulator: Emulator,
    found: HeldOut,
    factors: Sequence[str],
    *,
    quantity: str,
    sample: str,
    limit: float = LIMIT,
    level: float = 0.95,
    refits: int = REFITS,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate Sobol indices of all orders up to the second on the emulator.

    Parameters
    ----------
    emulator : Emulator
    found : HeldOut
        Its quality.
    factors : sequence of str, length D
    quantity, sample : str
    limit : float
        Least `q2_low` with which the emulator is used.
    level : float
    refits : int
        Bootstrap samples of points; each conditions the emulator anew.
    seed : int

    Returns
    -------
    tuple of DataFrame
        Tables `emulator_indices` and `interactions`, with method "emulator"; without rows where the emulator
        is not used. `raw` is NaN: an emulator of the mean has no noise to leave in.
    """
    pairs = list(combinations(range(len(factors)), 2))
    n = len(emulator.y)
    if found.q2_low >= limit:
        chance, places = stream(seed, _REFITS), stream(seed, _SAMPLE)
        samples = [_base(len(factors), places) for _ in range(SAMPLES)]
        anew = [_indices(emulator, sample, pairs) for sample in samples]
        # The same sample for all refits, so that they differ by the emulator only.
        refitted = [
            _indices(emulator.conditioned(chance.integers(n, size=n)), samples[0], pairs)
            for _ in range(refits)
        ]
        point = [np.mean(each, axis=0) for each in zip(*anew, strict=True)]
        errors = [
            np.sqrt(np.var(refit, axis=0, ddof=1) + np.var(each, axis=0, ddof=1) / SAMPLES)
            for refit, each in zip(zip(*refitted, strict=True), zip(*anew, strict=True), strict=True)
        ]
    else:
        factors, pairs = [], []
        point = errors = [np.empty(0)] * 3
    words = (
        f"{level:.0%} interval of the index of the emulator: {z_quantile(level):.2f} standard errors over "
        f"{refits} refits to resampled points, and over samples of it; the emulator's own error counted"
    )
    first, total, second = (
        symmetric_interval(estimate, error, level) for estimate, error in zip(point, errors, strict=True)
    )
    common = {"level": level, "n": n}
    order = ranks(point[1], factors)
    indices = pd.concat(
        [
            pd.DataFrame(
                {
                    "quantity": quantity,
                    "sample": sample,
                    "factor": list(factors),
                    "index": index,
                    "rank": order,
                    **columns,
                    "raw": np.nan,
                    **common,
                    "replicates": emulator.replicates,
                    "dropped": 0,
                    "method": "emulator",
                    "interval": words,
                }
            )
            for index, columns in (("first", first), ("total", total))
        ],
        ignore_index=True,
    )
    interactions = pd.DataFrame(
        {
            "quantity": quantity,
            "sample": sample,
            "factor_1": [factors[i] for i, _ in pairs],
            "factor_2": [factors[j] for _, j in pairs],
            **second,
            **common,
            "method": "emulator",
            "interval": words,
        }
    )
    return indices, interactions


def _base(count: int, chance: np.random.Generator) -> Array:
    """Return the rows of A and B side by side, as `SALib.sample.sobol` draws them, shape (rows, 2 D)."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to load

    rows = 2 ** int(np.log2(PREDICTIONS / (2 * count + 2)))
    return np.asarray(qmc.Sobol(2 * count, rng=chance).random(max(FEWEST_ROWS, rows)))


def _indices(emulator: Emulator, base: Array, pairs: list[tuple[int, int]]) -> tuple[Array, Array, Array]:
    """Return first-order, total and second-order indices of what the emulator predicts.

    A and B can swap their parts, which gives a second estimate of each index from the same predictions.
    """
    from SALib.analyze.sobol import first_order, second_order, total_order  # noqa: PLC0415 - slow to load

    count = emulator.X.shape[1]
    left, right = base[:, :count], base[:, count:]

    def swapped(into: Array, other: Array, k: int) -> Array:
        changed = into.copy()
        changed[:, k] = other[:, k]
        return emulator.standard(changed)

    a, b = emulator.standard(left), emulator.standard(right)
    ab = [swapped(left, right, k) for k in range(count)]
    ba = [swapped(right, left, k) for k in range(count)]
    ways = ((a, ab, ba, b), (b, ba, ab, a))
    first = [[first_order(x, xy[k], y) for k in range(count)] for x, xy, _, y in ways]
    total = [[total_order(x, xy[k], y) for k in range(count)] for x, xy, _, y in ways]
    second = [[second_order(x, xy[i], xy[j], yx[i], y) for i, j in pairs] for x, xy, yx, y in ways]
    return np.mean(first, axis=0), np.mean(total, axis=0), np.mean(second, axis=0)
