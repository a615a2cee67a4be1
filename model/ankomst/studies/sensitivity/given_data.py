"""Sensitivity from any sample of points: density-based and variance-based indices that need no design.

All three methods look at the order of the points along a factor only. So a factor enters by its ranks, ties
in random order, and a factor without effect is the same for all: any order of the points.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.stats.noise import constant, finite, ranks, stream, z_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, Any]
METHODS = ("delta", "pawn", "rbd_fast")
SHUFFLES = 60
"""Orders without meaning that the threshold of a method is taken from."""
DUMMY_QUANTILE = 0.95
FEWEST_POINTS = 50
"""With fewer, ten slices of a factor hold too few points in half of the sample."""
HARMONICS = 10
GRID = 100
_TIES, _SHUFFLES, _HALVES = 3, 4, 5


def given_data_table(
    X: Array,  # noqa: N803 - the field's letter for inputs
    y: Array,
    factors: Sequence[str],
    *,
    methods: Sequence[str] = METHODS,
    level: float = 0.95,
    seed: int,
    sample: str,
    quantity: str,
    resamples: int = 50,
) -> pd.DataFrame:
    """Estimate how much each factor moves a quantity, from points as they are.

    Parameters
    ----------
    X : ndarray, shape (n, D)
        Points, in any unit; factors may depend on each other.
    y : ndarray, shape (n,)
        Outputs. What luck adds to them counts as the effect of no factor.
    factors : sequence of str, length D
    methods : sequence of str
        Of "delta" (Borgonovo's density-based index, estimator of Plischke et al. 2013), "pawn" (median
        Kolmogorov-Smirnov distance over ten slices) and "rbd_fast" (first-order share of the variance).
    level : float
    seed : int
    sample, quantity : str
    resamples : int
        Random halves of the points that the standard error is taken from.

    Returns
    -------
    DataFrame
        Table `given_data`. `dummy` is the 95 % quantile of the index of a factor without any effect, for the
        same outputs. Where a factor or the quantity does not vary, or points are fewer than FEWEST_POINTS,
        the numbers are NaN.

    Raises
    ------
    RunError
        If a value is missing or a method unknown.

    Notes
    -----
    delta and PAWN are positive even for a factor without effect, which is what `dummy` is for; SALib's
    correction of that bias is left out, since it would have to be made for the dummies, too. Standard errors
    are those over random halves without replacement: the variance of a half about the whole is that of the
    whole. A bootstrap would put copies of a point side by side, which looks like an effect.
    """
    X, y = finite(X, f"{quantity}, factors"), finite(y, quantity)  # noqa: N806 - as above
    unknown = [method for method in methods if method not in METHODS]
    if unknown or len(X) != len(y):
        raise RunError(
            f"{quantity}: no method '{unknown[0]}'"
            if unknown
            else f"{quantity}: {len(y)} outputs, {len(X)} points",
            allowed=f"methods {', '.join(METHODS)}; an output at each point",
        )
    return pd.concat(
        [
            _one_method(method, X, y, factors, level, seed, resamples).assign(
                quantity=quantity, sample=sample, method=method, level=level, n=len(y)
            )
            for method in methods
        ],
        ignore_index=True,
    )[
        [
            *("quantity", "sample", "factor", "method", "rank", "estimate", "low", "high", "dummy"),
            *("clear", "level", "n", "interval"),
        ]
    ]


def dependence(X: Array, factors: Sequence[str]) -> pd.DataFrame:  # noqa: N803 - as above
    """Say on which other factor each one depends most, by rank correlation.

    Parameters
    ----------
    X : ndarray, shape (n, D)
        Points; with two factors or more.
    factors : sequence of str, length D

    Returns
    -------
    DataFrame
        Columns `factor`, `with`, `rank_correlation` and `n`; NaN and an empty name where a factor, or every
        other one, does not vary.
    """
    n, count = X.shape
    table = pd.DataFrame(finite(X, "factors")).rank()
    centred = table.to_numpy() - table.to_numpy().mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    with np.errstate(invalid="ignore"):
        found = (centred.T @ centred) / np.outer(size, size)
    np.fill_diagonal(found, np.nan)
    other = np.where(np.isnan(found), -1.0, np.abs(found)).argmax(axis=1)
    most = found[np.arange(count), other]
    names = [factors[k] if np.isfinite(value) else "" for k, value in zip(other, most, strict=True)]
    return pd.DataFrame({"factor": list(factors), "with": names, "rank_correlation": most, "n": n})


def _one_method(
    method: str,
    X: Array,  # noqa: N803 - as above
    y: Array,
    factors: Sequence[str],
    level: float,
    seed: int,
    resamples: int,
) -> pd.DataFrame:
    """Return the rows of one method."""
    n, count = X.shape
    varies = np.array([np.ptp(X[:, k]) > 0.0 for k in range(count)])
    why_not = (
        "no index: the quantity does not vary"
        if constant(y)
        else f"no index: fewer than {FEWEST_POINTS} points"
        if n < FEWEST_POINTS
        else ""
    )
    estimate, error, dummy = np.full(count, np.nan), np.full(count, np.nan), float("nan")
    if not why_not:
        try:
            estimate, error, dummy = _estimated(_index(method), X, y, varies, seed, resamples)
        except np.linalg.LinAlgError:  # no density where nearly all outputs are the same
            why_not = "no index: the quantity is the same at nearly all points"
    half_width = z_quantile(level) * error
    low = estimate - half_width
    words = (
        f"{level:.0%} interval of the index: {z_quantile(level):.2f} standard errors over {resamples} random "
        f"halves of {n} points; dummy: {DUMMY_QUANTILE:.0%} quantile over {SHUFFLES} orders without meaning"
    )
    return pd.DataFrame(
        {
            "factor": list(factors),
            "rank": ranks(estimate, factors),
            "estimate": estimate,
            "low": low,
            "high": estimate + half_width,
            "dummy": np.where(varies, dummy, np.nan),
            "clear": np.where(low > dummy, "yes", "no"),
            "interval": [
                why_not or (words if each else "no index: the factor does not vary") for each in varies
            ],
        }
    )


def _estimated(
    index: Callable[[Array, Array], float],
    X: Array,  # noqa: N803 - as above
    y: Array,
    varies: Array,
    seed: int,
    resamples: int,
) -> tuple[Array, Array, float]:
    """Return the index of each factor, its standard error, and what a factor without any effect gets."""
    n, count = X.shape
    estimate, error = np.full(count, np.nan), np.full(count, np.nan)
    shuffled, halves = stream(seed, _SHUFFLES), stream(seed, _HALVES)
    none = [index(shuffled.permutation(n), y) for _ in range(SHUFFLES)]
    chosen = [halves.choice(n, n // 2, replace=False) for _ in range(resamples)]
    tie = stream(seed, _TIES).permutation(n)
    for k in np.flatnonzero(varies):
        place = np.empty(n, dtype=np.int64)
        place[np.lexsort((tie, X[:, k]))] = np.arange(n)
        estimate[k] = index(place, y)
        error[k] = np.std([index(place[half], y[half]) for half in chosen], ddof=1)
    return estimate, error, float(np.quantile(none, DUMMY_QUANTILE))


def _index(method: str) -> Callable[[Array, Array], float]:
    """Return an index as a function of the places of points along a factor, and of outputs."""
    from SALib.analyze import delta, pawn, rbd_fast  # noqa: PLC0415 - SALib loads slowly

    def of_density(place: Array, y: Array) -> float:
        # Classes as in delta.analyze, which itself would change the warning filters of the process.
        power = 2.0 / (7.0 + np.tanh((1500.0 - y.size) / 500.0))
        classes = min(int(np.ceil(y.size**power)), 48)
        grid = np.linspace(y.min(), y.max(), GRID)
        with warnings.catch_warnings():  # of classes in which nothing varies: the dummy has them, too
            warnings.simplefilter("ignore")
            return float(delta.calc_delta(y, grid, place, np.linspace(0, y.size, classes + 1)))

    def of_distribution(place: Array, y: Array) -> float:
        problem = {"num_vars": 1, "names": ["x"], "bounds": [[0.0, 1.0]]}
        with np.errstate(invalid="ignore"):  # of a half in which nothing varies, for a figure not used here
            return float(pawn.analyze(problem, place[:, None].astype(np.float64), y)["median"][0])

    def of_variance(place: Array, y: Array) -> float:
        raw = rbd_fast.compute_first_order(rbd_fast.permute_outputs(place, y), HARMONICS)
        return float(rbd_fast.unskew_S1(raw, HARMONICS, y.size))

    return {"delta": of_density, "pawn": of_distribution, "rbd_fast": of_variance}[method]
