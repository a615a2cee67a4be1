"""Value of information: what it would be worth to know parameters before an option is chosen.

Knowing a group of parameters is worth what the choice gains when it may depend on them (expected value of
partial perfect information, EVPPI). The net benefit given the group is found by regression on the group's
parameters over the draws (Strong, Oakley and Brennan 2014), which also averages out the luck of the
simulation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.decision.robustness import noise_free, whole_replicates
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Array = np.ndarray[Any, Any]
UNIT = "DKK per newcomer"
EVERYTHING = "everything"
FOLDS = 10
PARTITIONS = 3
"""The draws are split into folds so often; the gain of a draw is its mean over them."""
FEWEST = 30
"""With fewer draws a regression says nothing."""
FEW_COLUMNS = 3
"""Up to so many parameters each gets a spline, above it a square only."""
RESAMPLES = 2000
PENALTIES = np.logspace(-2.0, 4.0, 13)
COLUMNS = (
    *("group", "evppi", "low", "high", "evpi", "unit", "share_of_evpi", "method", "clear", "n", "replicates"),
    *("level", "interval"),
)


def information_table(
    benefit: Array,
    x: Array,
    groups: Mapping[str, Sequence[int]],
    *,
    seed: int,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return what it is worth to know each group of parameters, and to know everything.

    Net benefits of options are regressed on the parameters of the group, in folds: a draw is predicted by
    draws of other folds. The option with the largest prediction is chosen and its simulated net benefit is
    taken, less that of the option with the largest mean over all draws, which is the choice without
    knowledge. So the figure is what a rule gains at draws that it has not seen: it is not flattered, and
    too small where the regression misses something. A gain below zero is shown as zero, since nobody has to
    use a rule.

    Knowledge of everything cannot be learnt from draws by a rule: it is the mean of the largest noise-free
    net benefit less the largest mean (`robustness.noise_free`). It is the mean regret of the best option.

    Parameters
    ----------
    benefit : ndarray, shape (draws, replicates, options)
        Net benefit, DKK per newcomer; only differences between options count. A replicate with a gap is left
        out, and a draw without a replicate.
    x : ndarray, shape (draws, parameters)
        Parameter values of the draws.
    groups : mapping of str to sequence of int
        Columns of `x` in each group.
    seed : int
        Of folds and bootstrap.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row a group, the most valuable first, then EVERYTHING, with COLUMNS.

    Raises
    ------
    RunError
        There are fewer than FEWEST draws or two options, a draw has no parameters, or a group no column.
    """
    benefit, x = np.asarray(benefit, dtype=np.float64), np.asarray(x, dtype=np.float64)
    kept = np.isfinite(benefit).all(axis=2).any(axis=1)
    if len(x) != len(kept) or benefit.shape[2] < 2:
        raise RunError(
            f"net benefit of {len(kept)} draws and {benefit.shape[2]} options does not fit {len(x)} draws",
            allowed="two or more options, and parameters for every draw",
        )
    for name, columns in groups.items():
        if not len(columns) or not set(columns) <= set(range(x.shape[1])):
            raise RunError(
                f"group {name!r} has the columns {list(columns)}",
                allowed=f"one or more of 0 to {x.shape[1] - 1}",
            )
    # Against the first option: what moves all options alike is no reason to choose one.
    runs, x = whole_replicates(benefit - benefit[..., :1]), x[kept]
    if len(runs) < FEWEST:
        raise RunError(
            f"the value of information from {len(runs)} draws says nothing", allowed=f"{FEWEST} or more draws"
        )
    means = np.nanmean(runs, axis=1)
    folds = _partitions(len(x), seed)
    gains = {name: _gain(means, x[:, list(columns)], folds) for name, columns in groups.items()}
    values = {name: (gain.mean(), _resampled(gain[:, None], seed)[:, 0]) for name, gain in gains.items()}
    values = dict(sorted(values.items(), key=lambda item: -item[1][0]))
    values[EVERYTHING] = _perfect(runs, seed)
    tail = 0.5 - level / 2.0
    rows = []
    for name, (estimate, again) in values.items():
        low, high = np.quantile(again, [tail, 1.0 - tail])
        rows.append(
            {
                "group": name,
                "evppi": max(0.0, estimate),
                "low": max(0.0, low),
                "high": max(0.0, high),
                "method": _method(len(groups[name])) if name in groups else "noise-free draws",
                "clear": "yes" if low > 0.0 else "no",
                "interval": _text(name in groups, runs.shape[1], level),
            }
        )
    table = pd.DataFrame(rows)
    evpi = table["evppi"].iloc[-1]
    table = table.assign(evpi=evpi, unit=UNIT, n=len(runs), replicates=runs.shape[1], level=level)
    table["share_of_evpi"] = table["evppi"] / evpi if evpi > 0.0 else np.nan
    return table[list(COLUMNS)]


def _partitions(draws: int, seed: int) -> list[Array]:
    """Return the fold of each draw, in several ways."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(4,)))
    return [rng.permutation(np.arange(draws) % FOLDS) for _ in range(PARTITIONS)]


def _gain(means: Array, x: Array, partitions: list[Array]) -> Array:
    """Return what knowing the group gains at each draw, shape (draws,), by rules found without the draw."""
    gain = np.zeros(len(means))
    # Against the best of all draws: a choice by folds may be wrong among near equals, which would flatter.
    blind = means.mean(axis=0).argmax()
    for folds in partitions:
        for fold in range(FOLDS):
            seen, new = folds != fold, np.flatnonzero(folds == fold)
            chosen = _predicted(x[seen], means[seen], x[new]).argmax(axis=1)
            gain[new] += means[new, chosen] - means[new, blind]
    return np.asarray(gain / len(partitions))


def _predicted(x: Array, means: Array, new: Array) -> Array:
    """Predict the net benefit of each option, the first being zero, at new parameters: (new, options)."""
    # Slow to import, needed by this study only.
    from sklearn.linear_model import LassoCV, RidgeCV  # noqa: PLC0415 - as said above
    from sklearn.pipeline import make_pipeline, make_union  # noqa: PLC0415 - as said above
    from sklearn.preprocessing import PolynomialFeatures, SplineTransformer, StandardScaler  # noqa: PLC0415

    terms = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False))
    if x.shape[1] <= FEW_COLUMNS:
        splines = SplineTransformer(n_knots=5, knots="quantile", extrapolation="linear", include_bias=False)
        # Its penalty is found by leaving out one draw at a time, in closed form.
        model, terms = RidgeCV(alphas=PENALTIES), make_union(terms, splines)
    else:
        # Of hundreds of products few matter: the lasso drops the others, which ridge would keep as noise.
        model = LassoCV(alphas=20, eps=0.01, cv=5, max_iter=10_000, tol=1e-3)
    rule = make_pipeline(terms, StandardScaler(), model)
    found = np.zeros((len(new), means.shape[1]))
    for k in range(1, means.shape[1]):
        spread = float(np.ptp(means[:, k]))
        found[:, k] = rule.fit(x, means[:, k]).predict(new) if spread > 0.0 else means[0, k]
    return found


def _perfect(runs: Array, seed: int) -> tuple[float, Array]:
    """Return the value of knowing everything and that of resamples of the draws."""
    best = noise_free(runs).max(axis=1, keepdims=True)
    both = np.column_stack([best, np.nanmean(runs, axis=1)])
    centre, again = both.mean(axis=0), _resampled(both, seed)
    return float(centre[0] - centre[1:].max()), np.asarray(again[:, 0] - again[:, 1:].max(axis=1))


def _resampled(values: Array, seed: int) -> Array:
    """Return means over resampled draws, shape (RESAMPLES, columns), the same resamples for all."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(5,)))
    n = len(values)
    return np.asarray(rng.multinomial(n, np.full(n, 1.0 / n), RESAMPLES) @ values / n)


def _method(columns: int) -> str:
    if columns <= FEW_COLUMNS:
        return "ridge regression on splines, squares and products, out of fold"
    return "lasso regression on squares and products, out of fold"


def _text(group: bool, replicates: int, level: float) -> str:
    if group:
        return f"{level:.0%} bootstrap over draws of the gain of the rules found; zero where it is below"
    luck = "luck taken out" if replicates > 1 else "one replicate: luck is in it and makes it too large"
    return f"{level:.0%} bootstrap over draws; {luck}"
