"""Scenario discovery: the part of the parameter space in which the answer flips.

The patient rule induction method (PRIM, as Bryant and Lempert 2010 use it) peels thin slices off the space
until what is left, a box of a few ranges, holds mostly points that flip. Which box of its trajectory is
shown, and how good it is, is decided here: PRIM sees two thirds of the points, and the figures to be believed
are those of the third that it never saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.decision.prim import OPEN, inside, trajectory
from ankomst.studies.stats.statistics import LEVEL, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]
Box = tuple[Array, dict[int, float]]
"""Limits, infinite where there is none, and the quasi-p-values of the factors that have some."""
FEWEST = 10
"""With fewer points than this on either side there is nothing to be discovered."""
DENSITY = 0.8
"""Share of points in the box that should flip."""
MOST_FACTORS = 4
"""A box of more ranges than this is not read by anyone."""
MOST_SEARCHED = 10
"""PRIM searches so many factors at most: those that a Kolmogorov-Smirnov test finds to differ most."""
QUASI_P = 0.05
"""A limit stays only if chance would seldom do what it does."""
PEEL, SMALLEST = 0.05, 0.05
"""Share of points taken off at each step, and share of all points that a box has at least."""
BOX_COLUMNS = (
    *("question", "box", "coverage", "density", "mass", "density_low", "density_high"),
    *("base_share", "base_low", "base_high", "n_inside", "n"),
    *("test_density", "test_density_low", "test_density_high"),
    *("test_coverage", "test_coverage_low", "test_coverage_high", "test_inside", "test_n"),
    *("found", "status", "level", "interval"),
)
LIMIT_COLUMNS = (
    *("question", "box", "factor", "low", "high", "range_low", "range_high", "qp"),
    *("n", "level", "interval"),
)
_TEXT = (
    "{level:.0%} Wilson intervals: luck of which points were drawn; test_: the {test} points that PRIM did "
    "not see; density and coverage of the {train} that it saw are flattered by the search; "
    "a later box counts only points outside the earlier ones"
)


@dataclass(frozen=True)
class Discovery:
    """What scenario discovery found.

    Attributes
    ----------
    boxes : DataFrame
        One row a box; a single row with box 0 and words in `status` where there is none.
    box_limits : DataFrame
        One row a restricted factor of a box.
    points : DataFrame
        The points behind them.
    """

    boxes: pd.DataFrame
    box_limits: pd.DataFrame
    points: pd.DataFrame


def discover(
    x: Array,
    flips: Array,
    factors: Sequence[str],
    ranges: Array,
    *,
    value: Array,
    question: str,
    seed: int,
    most_boxes: int = 3,
    held_out: float = 1.0 / 3.0,
    density: float = DENSITY,
    level: float = LEVEL,
) -> Discovery:
    """Find boxes of the parameter space in which most points flip the answer.

    Of more than MOST_SEARCHED factors those whose values differ most between points that flip and others are
    searched (Kolmogorov-Smirnov, on the points that PRIM sees), and once more those that keep a limit. Every
    box on PRIM's trajectory is simplified: the limit with the largest quasi-p-value goes as long
    as that is above QUASI_P, then whole factors until MOST_FACTORS are left. Of the simplified boxes the one
    with the largest coverage is taken whose density is above the wanted one with its whole Wilson interval.
    The wanted density is `density`, or half way from the base share to 1 where that is more. If no box is so
    dense, the one with the largest F-measure of density and coverage is taken. The next box is sought among
    the points outside, and shown if its density is above the base share with its whole interval. PRIM peels
    greedily: what flips at both ends of the same factor it may miss.

    Parameters
    ----------
    x : ndarray, shape (n, factors)
        Points in natural units.
    flips : ndarray of bool, shape (n,)
    factors : sequence of str
    ranges : ndarray, shape (factors, 2)
        Lowest and highest value of each factor.
    value : ndarray, shape (n,)
        The quantity that flips or does not, for the table of points.
    question : str
    seed : int
        Of the choice of the points that PRIM does not see.
    most_boxes : int
    held_out : float
        Share of the points that PRIM does not see.
    density : float
        Wanted share of points in a box that flip.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Discovery
        `found` in its table of boxes is "yes" if the density of the points that PRIM did not see is above the
        base share with its whole interval.

    Raises
    ------
    RunError
        Arrays do not fit together, or a point has no value.
    """
    x, flips, ranges = np.asarray(x, dtype=np.float64), np.asarray(flips, dtype=bool), np.asarray(ranges)
    _checked(x, flips, np.asarray(value), factors, ranges)
    points = pd.DataFrame(
        {"question": question, "point": np.arange(len(x)), "flips": flips.astype(int), "value": value}
    ).join(pd.DataFrame(x, columns=list(factors)))
    test = _held_out(flips, held_out, seed)
    whole = {
        "n": len(x),
        "base_share": float(flips.mean()),
        "level": level,
        "interval": _TEXT.format(level=level, test=int(test.sum()), train=int((~test).sum())),
    }
    whole["base_low"], whole["base_high"] = share_interval(flips.sum(), len(x), level)
    words = _nothing_to_find(flips)
    found = [] if words else _boxes(x[~test], flips[~test], most_boxes, density, level)
    rows = [
        _measures(k, found, x, flips, test, level) | whole | {"question": question} for k in range(len(found))
    ]
    if not rows:
        rows = [
            {"question": question, "box": 0, **whole, "found": "no", "status": words or "no range stands out"}
        ]
    limits = [
        {
            "question": question,
            "box": k + 1,
            "factor": factors[j],
            "low": max(box[j, 0], ranges[j, 0]),
            "high": min(box[j, 1], ranges[j, 1]),
            "range_low": ranges[j, 0],
            "range_high": ranges[j, 1],
            "qp": qp,
            "n": int((~test).sum()),
            "level": level,
            "interval": "qp: quasi-p-value, the chance of so dense a box if the limits of this factor did "
            "nothing, for the points that PRIM saw; search makes it too small",
        }
        for k, (box, qps) in enumerate(found)
        for j, qp in qps.items()
    ]
    return Discovery(
        pd.DataFrame(rows).reindex(columns=list(BOX_COLUMNS)),
        pd.DataFrame(limits, columns=list(LIMIT_COLUMNS)),
        points,
    )


def _checked(x: Array, flips: Array, value: Array, factors: Sequence[str], ranges: Array) -> None:
    size, wide = x.shape
    if flips.shape != (size,) or value.shape != (size,) or ranges.shape != (wide, 2) or len(factors) != wide:
        raise RunError(
            f"{size} points of {wide} factors do not fit {flips.shape} answers, {value.shape} values, "
            f"{len(factors)} names and ranges of shape {ranges.shape}",
            allowed="one answer and value a point, one name and range a factor",
        )
    if not np.isfinite(x).all():
        raise RunError("a point has a factor without a value", allowed="numbers")


def _nothing_to_find(flips: Array) -> str:
    """Say why there is nothing to be discovered, if so."""
    yes, no = int(flips.sum()), int((~flips).sum())
    if no == 0:
        return "every point flips"
    if yes == 0:
        return "no point flips"
    if yes < FEWEST:
        return f"only {yes} points flip: too few to say where"
    return f"all but {no} points flip: too few to say where not" if no < FEWEST else ""


def _held_out(flips: Array, share: float, seed: int) -> Array:
    """Choose the points that PRIM does not see, the same share of those that flip and of the others."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    chosen = np.zeros(len(flips), dtype=bool)
    for kind in (flips, ~flips):
        places = rng.permutation(np.flatnonzero(kind))
        chosen[places[: round(share * len(places))]] = True
    return chosen


def _boxes(x: Array, flips: Array, most: int, density: float, level: float) -> list[Box]:
    """Return boxes and the quasi-p-values of their factors, the limits infinite where there is none."""
    found: list[Box] = []
    free = np.ones(len(x), dtype=bool)
    base = float(flips.mean())
    wanted = max(density, (1.0 + base) / 2.0)
    while len(found) < most and min(flips[free].sum(), (~flips[free]).sum()) >= FEWEST:
        box = _best(x[free], flips[free], wanted, level)
        if box is None:
            break
        taken = free & inside(x, box[0])
        if found and share_interval(flips[taken].sum(), int(taken.sum()), level)[0] <= base:
            break
        found.append(box)
        free &= ~taken
    return found


def _best(x: Array, flips: Array, wanted: float, level: float) -> Box | None:
    """Return the box that the rule of `discover` takes, in the factors that tell flips from others best.

    Among many factors PRIM finds a dense box by chance in most of them; taking those limits off would leave
    the others too wide. The second search, in the factors that stayed, finds where limits belong.
    """
    screened = _screened(x, flips)
    first, merit = _chosen(x[:, screened], flips, wanted, level)
    if first is None:
        return None
    kept = screened[sorted(first[1])]
    second, better = _chosen(x[:, kept], flips, wanted, level)
    if second is None or better <= merit:
        second, kept = first, screened
    box = np.tile(np.array(OPEN), (x.shape[1], 1))
    box[kept] = second[0]
    return box, {int(kept[k]): qp for k, qp in second[1].items()}


def _screened(x: Array, flips: Array) -> Array:
    """Return the factors whose values differ most between points that flip and others, by their position."""
    from scipy.stats import ks_2samp  # noqa: PLC0415 - slow to import, needed by few

    if x.shape[1] <= MOST_SEARCHED:
        return np.arange(x.shape[1])
    chances = [ks_2samp(column[flips], column[~flips]).pvalue for column in x.T]
    return np.sort(np.argsort(chances, kind="stable")[:MOST_SEARCHED])


def _chosen(x: Array, flips: Array, wanted: float, level: float) -> tuple[Box | None, tuple[bool, float]]:
    """Return the best box of PRIM's trajectory, and how good it is."""
    chosen, best = None, (False, 0.0)
    smallest = max(SMALLEST, FEWEST / len(x))
    for peeled in trajectory(x, flips, thin=PEEL, smallest=smallest):
        box, qps = _simplified(x, flips, peeled)
        if not qps:
            continue
        within = inside(x, box)
        count, size = int(flips[within].sum()), int(within.sum())
        coverage, dense = count / flips.sum(), count / size
        reached = share_interval(count, size, level)[0] >= wanted
        merit = (reached, coverage if reached else 2.0 * coverage * dense / max(coverage + dense, 1e-12))
        if merit > best:
            chosen, best = (box, qps), merit
    return chosen, best


def _simplified(x: Array, flips: Array, box: Array) -> Box:
    """Take off limits that do no more than chance, then the least certain factors beyond MOST_FACTORS."""
    box = box.copy()
    while np.isfinite(box).any():
        limits = np.argwhere(np.isfinite(box))
        chances = [_quasi_p(x, flips, box, factor, (side,)) for factor, side in limits.tolist()]
        if max(chances) <= QUASI_P:
            break
        factor, side = limits[int(np.argmax(chances))]
        box[factor, side] = OPEN[side]
    while True:
        factors = np.flatnonzero(np.isfinite(box).any(axis=1)).tolist()
        qps = {factor: _quasi_p(x, flips, box, factor, (0, 1)) for factor in factors}
        if len(qps) <= MOST_FACTORS:
            return box, qps
        box[max(factors, key=qps.__getitem__)] = OPEN


def _quasi_p(x: Array, flips: Array, box: Array, factor: int, sides: tuple[int, ...]) -> float:
    """Return the chance of so many flips in the box at the density of the box without these limits."""
    from scipy.special import bdtrc  # noqa: PLC0415 - as above

    wider = box.copy()
    for side in sides:
        wider[factor, side] = OPEN[side]
    within, around = inside(x, box), inside(x, wider)
    count = int(flips[within].sum())
    return float(bdtrc(count - 1, int(within.sum()), flips[around].mean())) if count else 1.0


def _measures(k: int, found: list[Box], x: Array, flips: Array, test: Array, level: float) -> dict[str, Any]:
    """Return the figures of a box among the points that PRIM saw and among the others."""
    within = inside(x, found[k][0])
    for box, _ in found[:k]:
        within &= ~inside(x, box)
    row: dict[str, Any] = {"box": k + 1}
    for name, part in (("", ~test), ("test_", test)):
        size, count, all_of_them = (
            int(v.sum()) for v in (within & part, within & part & flips, flips & part)
        )
        low, high = share_interval(count, size, level)
        row |= {
            f"{name}density": count / size if size else float("nan"),
            f"{name}density_low": low,
            f"{name}density_high": high,
            f"{name}coverage": count / all_of_them if all_of_them else float("nan"),
        }
        row["test_inside" if name else "n_inside"] = size
        row["test_n" if name else "mass"] = int(part.sum()) if name else size / int(part.sum())
        if name:
            row["test_coverage_low"], row["test_coverage_high"] = share_interval(count, all_of_them, level)
    real = row["test_density_low"] > flips.mean()
    row["found"] = "yes" if real else "no"
    row["status"] = (
        "points that PRIM did not see flip more often inside than everywhere"
        if real
        else "not confirmed by the points that PRIM did not see"
    )
    return row
