"""The patient rule induction method (PRIM; Friedman and Fisher 1999): a box is peeled until it is dense.

Each step takes a thin slice off one side of the box, the one that raises the density most for each point that
is lost. When no slice helps, slices are pasted back on as long as they raise the density. Cuts and order of
choice are those of the EMA workbench, so that boxes are the same as there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = np.ndarray[Any, Any]
OPEN = (-np.inf, np.inf)
"""Limits of a factor that a box does not restrict."""


def inside(x: Array, box: Array) -> Array:
    """Say which points lie in a box.

    Parameters
    ----------
    x : ndarray, shape (n, factors)
    box : ndarray, shape (factors, 2)
        Lowest and highest value, infinite where there is no limit.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    return np.asarray(((x >= box[:, 0]) & (x <= box[:, 1])).all(axis=1))


def trajectory(x: Array, flips: Array, *, thin: float, smallest: float) -> list[Array]:
    """Return the boxes that PRIM peels and pastes, in order, from the whole space on.

    Parameters
    ----------
    x : ndarray, shape (n, factors)
    flips : ndarray of bool, shape (n,)
        Points that the box should hold.
    thin : float
        Share of the points of a box in one slice.
    smallest : float
        Share of all points that a box holds at least.

    Returns
    -------
    list of ndarray, shape (factors, 2)
        Lowest and highest value, infinite where there is no limit.
    """
    whole = np.column_stack([x.min(axis=0), x.max(axis=0)])
    boxes = [whole]
    for candidates in (_peels, _pastes):
        while True:
            better = _best(x, flips, boxes[-1], whole, candidates(x, boxes[-1], whole, thin))
            if better is None or inside(x, better).mean() < smallest:
                break
            boxes.append(better)
    return [np.where(box == whole, OPEN, box) for box in boxes]


def _best(x: Array, flips: Array, box: Array, whole: Array, candidates: Iterator[Array]) -> Array | None:
    """Return the candidate that gains most density per point, of equals the one with the fewest factors."""

    def merit(candidate: Array) -> tuple[float, int]:
        chosen = inside(x, candidate)
        size = int(chosen.sum())
        if size == points:
            return 0.0, 0
        gain = (float(flips[chosen].mean()) if size else 0.0) - density
        return gain / abs(points - size), int((candidate == whole).all(axis=1).sum())

    within = inside(x, box)
    points, density = int(within.sum()), float(flips[within].mean())
    best = max(candidates, key=merit, default=box)
    return best if merit(best)[0] > 0.0 else None


def _peels(x: Array, box: Array, _whole: Array, thin: float) -> Iterator[Array]:
    """Yield the box without a slice, for each side of each factor."""
    within = x[inside(x, box)]
    for factor in range(len(box)):
        for side, share in ((1, 1.0 - thin), (0, thin)):
            yield _moved(box, factor, side, _cut(within[:, factor], share))


def _pastes(x: Array, box: Array, whole: Array, thin: float) -> Iterator[Array]:
    """Yield the box with a slice of the points outside added, for each side of each restricted factor."""
    for factor in np.flatnonzero((box != whole).any(axis=1)).tolist():
        for side, share in ((0, 1.0 - thin), (1, thin)):
            beyond = _moved(
                _moved(box, factor, 1 - side, box[factor, side]), factor, side, whole[factor, side]
            )
            values = x[inside(x, beyond), factor]
            yield _moved(box, factor, side, _cut(values, share) if values.size else whole[factor, side])


def _moved(box: Array, factor: int, side: int, limit: float) -> Array:
    box = box.copy()
    box[factor, side] = limit
    return box


def _cut(values: Array, share: float) -> float:
    """Return a limit at a quantile, half way to the next other value towards the middle."""
    ordered = np.sort(values)
    place = (len(ordered) - 1) * share
    low, high = math.floor(place), math.ceil(place)
    if share > 0.5:
        while ordered[low] == ordered[high] and low > 0:
            low -= 1
    else:
        while ordered[low] == ordered[high] and high < len(ordered) - 1:
            high += 1
    return float((ordered[low] + ordered[high]) / 2.0)
