"""Sobol indices of a stochastic model: SALib's estimators, with the luck of the replicates taken out.

The estimators are those of `SALib.analyze.sobol` (Saltelli et al. 2010 for the first order, Jansen's for the
total, Saltelli 2002 for the second order). Each is a mean, over the rows of the design, of products of two
outputs. Outputs are means of R replicates: a product of two means that share the luck of a replicate is too
large by the covariance of the luck over R, which the replicates estimate without bias. The same holds for
the variance that indices are divided by.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.stats.noise import constant, finite, mean_variance, ranks, stream, z_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]
_BOOTSTRAP = 1
FEWEST_ROWS = 2


@dataclass(frozen=True)
class Terms:
    """What each row of a design adds to the means that make indices, in units of the total variance.

    Attributes
    ----------
    first, total : ndarray, shape (N, D)
        Numerators, noise taken out.
    second : ndarray, shape (N, pairs)
        Numerators of both factors' closed indices; no columns without second order.
    one, two, noise : ndarray, shape (N,)
        Mean, mean square and noise variance of the outputs at A and B.
    raw_first, raw_total : ndarray, shape (D,)
        SALib's figures on the means of replicates.
    pairs : list of tuple of int
    """

    first: Array
    total: Array
    second: Array
    one: Array
    two: Array
    noise: Array
    raw_first: Array
    raw_total: Array
    pairs: list[tuple[int, int]]

    def indices(self, weights: Array) -> tuple[Array, Array, Array, Array]:
        """Return variance, first-order, total and second-order indices.

        Parameters
        ----------
        weights : ndarray, shape (resamples, N)
            Weight of each row, summing to 1.

        Returns
        -------
        tuple of ndarray
            Shapes (resamples,), twice (resamples, D), and (resamples, pairs).
        """
        variance = weights @ self.two - (weights @ self.one) ** 2 - weights @ self.noise
        with np.errstate(divide="ignore", invalid="ignore"):
            first = (weights @ self.first) / variance[:, None]
            total = (weights @ self.total) / variance[:, None]
            closed = (weights @ self.second) / variance[:, None]
        left, right = ([pair[k] for pair in self.pairs] for k in (0, 1))
        return variance, first, total, closed - first[:, left] - first[:, right]


@dataclass(frozen=True)
class SobolEstimates:
    """Indices with their standard errors, and why there are none if so.

    Attributes
    ----------
    first, total : tuple of ndarray, shape (D,)
        Estimate and standard error.
    second : tuple of ndarray, shape (pairs,)
    terms : Terms or None
        None where every output is the same.
    why_not : str
        Empty where there are indices.
    """

    first: tuple[Array, Array]
    total: tuple[Array, Array]
    second: tuple[Array, Array]
    terms: Terms | None
    why_not: str


def sobol_table(
    Y: Array,  # noqa: N803 - the field's letter for outputs
    factors: Sequence[str],
    *,
    second_order: bool,
    both_ways: bool = False,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int,
    sample: str,
    quantity: str,
    dropped: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Estimate the Sobol indices of one quantity.

    Parameters
    ----------
    Y : ndarray, shape (N, blocks, R)
        Outputs of N rows of the design, in the order of `SALib.sample.sobol` for one row: A, AB_1 to AB_D,
        with second order BA_1 to BA_D, B. Luck is independent between rows and between replicates.
    factors : sequence of str, length D
        Factors or groups, the dummy `luck` among them.
    second_order : bool
        Whether there are blocks BA.
    both_ways : bool
        Whether `estimate` is the mean of two: SALib's, and SALib's with A and B in each other's place, which
        BA allows. Its standard error is smaller (first-order, on Sobol's G with noise: by 10 to 35 %).
    level : float
    resamples : int
        Bootstrap samples of rows; the same rows for all indices.
    seed : int
    sample, quantity : str
        Keys of the tables.
    dropped : int
        Rows left out because a run failed.

    Returns
    -------
    DataFrame
        Table `sobol`: `estimate` without noise, `raw` as SALib has it on the means of replicates; with one
        replicate and one way the two are the same. Indices are NaN where there is no variance, or none
        beyond the noise.
    DataFrame or None
        Table `interactions`, None without second order.

    Raises
    ------
    RunError
        If an output is missing, or the shape is not that of a design.
    """
    Y = _design(Y, factors, second_order=second_order, quantity=quantity)  # noqa: N806 - as above
    rows, _, replicates = Y.shape
    pairs = list(combinations(range(len(factors)), 2)) if second_order else []
    found = _find(Y, len(factors), pairs, both_ways=both_ways, level=level, resamples=resamples, seed=seed)
    words = found.why_not or interval_words(rows, replicates, level, both_ways=both_ways)
    counts = {
        "level": level,
        "n": rows,
        "replicates": replicates,
        "dropped": dropped,
        "interval": words,
    }
    nothing = np.full(len(factors), np.nan)
    raw = (nothing, nothing) if found.terms is None else (found.terms.raw_first, found.terms.raw_total)
    order = ranks(found.total[0], factors)
    parts = [
        pd.DataFrame(
            {
                "quantity": quantity,
                "sample": sample,
                "factor": list(factors),
                "index": index,
                "rank": order,
                **symmetric_interval(*figures, level),
                "raw": figure,
                **counts,
            }
        )
        for index, figures, figure in (("first", found.first, raw[0]), ("total", found.total, raw[1]))
    ]
    table = pd.concat(parts, ignore_index=True)
    if not second_order:
        return table, None
    interactions = pd.DataFrame(
        {
            "quantity": quantity,
            "sample": sample,
            "factor_1": [factors[i] for i, _ in pairs],
            "factor_2": [factors[j] for _, j in pairs],
            **symmetric_interval(*found.second, level),
            "level": level,
            "n": rows,
            "method": "sobol",
            "interval": words,
        }
    )
    return table, interactions


def convergence_table(
    Y: Array,  # noqa: N803 - as above
    factors: Sequence[str],
    *,
    second_order: bool,
    both_ways: bool = False,
    level: float = 0.95,
    resamples: int = 500,
    seed: int,
    sample: str,
    quantity: str,
) -> pd.DataFrame:
    """Estimate first-order and total indices from the first quarter, half and all of the rows.

    Parameters
    ----------
    Y, factors, second_order, both_ways, level, resamples, seed, sample, quantity
        As `sobol_table`.

    Returns
    -------
    DataFrame
        Table `convergence`, one row a factor, index and number of rows `n`.
    """
    sizes = sorted({size for size in (len(Y) // 4, len(Y) // 2, len(Y)) if size >= FEWEST_ROWS})
    columns = ["quantity", "sample", "factor", "index", "n", "estimate", "low", "high", "level", "interval"]
    parts = [
        sobol_table(
            Y[:size],
            factors,
            second_order=second_order,
            both_ways=both_ways,
            level=level,
            resamples=resamples,
            seed=seed,
            sample=sample,
            quantity=quantity,
        )[0][columns]
        for size in sizes
    ]
    return pd.concat(parts, ignore_index=True)


def interval_words(rows: int, replicates: int, level: float, *, both_ways: bool = False) -> str:
    """Say in one line what the interval of an index means."""
    luck = (
        "one replicate: luck counts as an effect of every factor that draws it anew, see the factor luck"
        if replicates == 1
        else f"luck taken out by {replicates} replicates"
    )
    ways = ", A and B both ways" if both_ways else ""
    return (
        f"{level:.0%} interval of the index: {z_quantile(level):.2f} bootstrap standard errors over {rows} "
        f"rows of the design{ways}; {luck}"
    )


def _design(Y: Array, factors: Sequence[str], *, second_order: bool, quantity: str) -> Array:  # noqa: N803 - as above
    """Return outputs as floats, checked."""
    blocks = (2 if second_order else 1) * len(factors) + 2
    if Y.ndim != 3 or Y.shape[1] != blocks or len(Y) < FEWEST_ROWS:
        raise RunError(
            f"{quantity}: outputs of shape {Y.shape} are no Sobol design of {len(factors)} factors",
            allowed=f"at least {FEWEST_ROWS} rows, {blocks} blocks, and replicates",
        )
    return finite(Y, quantity)


def _find(
    Y: Array,  # noqa: N803 - as above
    count: int,
    pairs: list[tuple[int, int]],
    *,
    both_ways: bool,
    level: float,
    resamples: int,
    seed: int,
) -> SobolEstimates:
    """Estimate all indices and their bootstrap standard errors."""
    rows, _, replicates = Y.shape
    if constant(Y[:, [0, -1]]):
        return _none(count, len(pairs), None, "no index: the quantity is the same at every point")
    terms = row_terms(Y, count, pairs, both_ways=both_ways)
    _, *point = terms.indices(np.full((1, rows), 1.0 / rows))
    weights = stream(seed, _BOOTSTRAP).multinomial(rows, np.full(rows, 1.0 / rows), size=resamples) / rows
    variance, *again = terms.indices(weights)
    # Indices are shares of this variance: where it may be zero, they may be anything.
    if replicates > 1 and np.quantile(variance, 0.5 - level / 2.0) <= 0.0:
        return _none(
            count, len(pairs), terms, "no index: the variance between points is not clear of the noise"
        )
    with np.errstate(invalid="ignore"):
        errors = [each.std(axis=0, ddof=1) for each in again]
    first, total, second = ((each[0], error) for each, error in zip(point, errors, strict=True))
    return SobolEstimates(first, total, second, terms, "")


def _none(count: int, pairs: int, terms: Terms | None, why: str) -> SobolEstimates:
    """Return what is said where there are no indices."""
    single, double = np.full(count, np.nan), np.full(pairs, np.nan)
    return SobolEstimates((single, single), (single, single), (double, double), terms, why)


def row_terms(
    Y: Array,  # noqa: N803 - as above
    count: int,
    pairs: list[tuple[int, int]],
    *,
    both_ways: bool = False,
) -> Terms:
    """Return what each row adds to the indices.

    Parameters
    ----------
    Y : ndarray, shape (N, blocks, R)
        Outputs that vary.
    count : int
        Factors D.
    pairs : list of tuple of int
        Pairs of factors for the second order; empty without BA.
    both_ways : bool
        Whether A and B also change places.
    """
    from SALib.analyze.sobol import first_order, total_order  # noqa: PLC0415 - SALib loads slowly

    # As SALib does: without centring the error of the first order grows with the square of the mean.
    means = Y.mean(axis=2)
    Y = (Y - means.mean()) / means.std()  # noqa: N806 - as above
    a, ab, ba, b = Y[:, [0]], Y[:, 1 : count + 1], Y[:, count + 1 : -1], Y[:, [-1]]
    ways = [_numerators(a, ab, ba, b, pairs)]
    if both_ways:
        ways.append(_numerators(b, ba, ab, a, pairs))
    first, total, second = (np.mean(each, axis=0) for each in zip(*ways, strict=True))
    ends, moved = Y[:, [0, -1]].mean(axis=2), ab.mean(axis=2)
    return Terms(
        first=first,
        total=total,
        second=second,
        one=ends.mean(axis=1),
        two=(ends**2).mean(axis=1),
        noise=np.nan_to_num(mean_variance(Y[:, [0, -1]])).mean(axis=1),
        raw_first=np.array([first_order(ends[:, 0], moved[:, k], ends[:, 1]) for k in range(count)]),
        raw_total=np.array([total_order(ends[:, 0], moved[:, k], ends[:, 1]) for k in range(count)]),
        pairs=pairs,
    )


def _numerators(
    a: Array, ab: Array, ba: Array, b: Array, pairs: list[tuple[int, int]]
) -> tuple[Array, Array, Array]:
    """Return the products of SALib's first, total and second order, noise taken out, shapes (N, indices)."""
    left, right = ([pair[k] for pair in pairs] for k in (0, 1))
    move = ab - a
    return (
        _product(b, move),
        0.5 * _product(move, move),
        _product(ba[:, left], ab[:, right]) - _product(a, b),
    )


def _product(left: Array, right: Array) -> Array:
    """Return the product of two means over replicates, less the covariance of their luck where it is known.

    Parameters
    ----------
    left, right : ndarray, shape (N, indices or 1, R)
    """
    one, two = left.mean(axis=2, keepdims=True), right.mean(axis=2, keepdims=True)
    replicates = left.shape[2]
    luck = ((left - one) * (right - two)).sum(axis=2) / (replicates * max(1, replicates - 1))
    return np.asarray((one * two)[:, :, 0] - luck)


def symmetric_interval(estimate: Array, error: Array, level: float) -> dict[str, Array]:
    """Return the columns of an estimate with a symmetric interval."""
    half = z_quantile(level) * error
    return {"estimate": estimate, "low": estimate - half, "high": estimate + half, "se": error}
