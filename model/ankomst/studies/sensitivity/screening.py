"""Morris screening of a stochastic model: elementary effects, and the effects that luck alone would give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.stats.noise import finite, mean_variance, ranks, stream
from ankomst.studies.stats.statistics import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]
_BOOTSTRAP = 2
FEWEST_TRAJECTORIES = 2


@dataclass(frozen=True)
class _Movers:
    """What moves in a trajectory: factors, or groups of them.

    Attributes
    ----------
    names : list of str
    member : ndarray, shape (D, names)
        1 where a factor belongs to a mover.
    """

    names: list[str]
    member: Array

    @property
    def alone(self) -> Array:
        """Whether a mover is a single factor, shape (names,): the effect of a group has no sign."""
        return np.asarray(self.member.sum(axis=0) == 1)


def morris_table(
    X: Array,  # noqa: N803 - the field's letter for inputs
    Y: Array,  # noqa: N803 - the field's letter for outputs
    factors: Sequence[str],
    *,
    num_levels: int,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int,
    quantity: str,
    groups: Sequence[str] | None = None,
    dropped: int = 0,
) -> pd.DataFrame:
    """Estimate Morris's measures of one quantity.

    Parameters
    ----------
    X : ndarray, shape (points, D)
        Points from `SALib.sample.morris` in the unit cube, trajectory by trajectory.
    Y : ndarray, shape (points, R)
        Outputs. Luck is independent between trajectories and between replicates.
    factors : sequence of str, length D
        The dummy `luck` among them.
    num_levels : int
        Levels of the grid that the points were drawn from.
    level : float
    resamples : int
        Bootstrap samples of trajectories.
    seed : int
    quantity : str
    groups : sequence of str, length D, optional
        Group of each factor, if groups were moved: then a row is a group, and `mu` and `sigma` of a group of
        several factors are NaN, since its effects have no sign.
    dropped : int
        Trajectories left out because a run failed.

    Returns
    -------
    DataFrame
        Table `morris`. Effects are in the unit of the quantity for a move over the whole range of a factor.
        `noise` is the mu_star that the factor would have if it had no effect but the luck it moves; `clear`
        says whether mu_star is above it by more than its interval. NaN and "no" with one replicate, unless
        luck moves nothing at all.

    Raises
    ------
    RunError
        If an output is missing, or the points are no trajectories.
    """
    from SALib.analyze import morris  # noqa: PLC0415 - SALib loads slowly

    problem = {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}
    if groups is not None:
        problem["groups"] = list(groups)
    movers = _movers(factors, groups)
    Y = finite(Y, quantity)  # noqa: N806 - as above
    size = len(movers.names) + 1
    if len(X) != len(Y) or len(X) % size or len(X) < FEWEST_TRAJECTORIES * size:
        raise RunError(
            f"{quantity}: {len(X)} points with {len(Y)} outputs are no trajectories of {size} points",
            allowed=f"at least {FEWEST_TRAJECTORIES} whole trajectories",
        )
    effects = elementary_effects(X, Y, movers.member)
    count, _, replicates = effects.shape
    found = morris.analyze(
        problem, X, Y.mean(axis=1), num_resamples=2, num_levels=num_levels, seed=stream(seed, 0)
    )
    mu = np.where(movers.alone, np.ma.filled(found["mu"], np.nan), np.nan)
    mu_star = np.ma.filled(found["mu_star"], np.nan)
    mean_effects = effects.mean(axis=2)
    weights = stream(seed, _BOOTSTRAP).multinomial(count, np.full(count, 1.0 / count), size=resamples) / count
    half, half_star = (
        _half_width(weights @ some, count, level) for some in (mean_effects, np.abs(mean_effects))
    )
    noise = np.sqrt(2.0 / np.pi * mean_variance(effects).mean(axis=0))
    low = np.maximum(0.0, mu_star - half_star)
    return pd.DataFrame(
        {
            "quantity": quantity,
            "factor": movers.names,
            "rank": ranks(mu_star, movers.names),
            "mu": mu,
            "mu_low": mu - half,
            "mu_high": mu + half,
            "mu_star": mu_star,
            "mu_star_low": low,
            "mu_star_high": mu_star + half_star,
            "sigma": np.where(movers.alone, mean_effects.std(axis=0, ddof=1), np.nan),
            "noise": noise,
            "clear": np.where(low > noise, "yes", "no"),
            "n": count,
            "replicates": replicates,
            "dropped": dropped,
            "level": level,
            "interval": _words(count, replicates, level),
        }
    )


def elementary_effects(X: Array, Y: Array, member: Array) -> Array:  # noqa: N803 - as above
    """Return elementary effects for a move over the whole range.

    Parameters
    ----------
    X : ndarray, shape (points, D)
        In the unit cube.
    Y : ndarray, shape (points, R)
    member : ndarray, shape (D, movers)
        1 where a factor belongs to a mover.

    Returns
    -------
    ndarray, shape (trajectories, movers, R)

    Raises
    ------
    RunError
        If a step does not move exactly one mover, or a trajectory does not move each once.
    """
    size = member.shape[1] + 1
    steps = np.diff(X.reshape(-1, size, X.shape[1]), axis=1)
    changes = np.diff(Y.reshape(-1, size, Y.shape[1]), axis=1)
    # A rounding error of the sampler is no move.
    moved = (np.abs(steps) > 1e-9) @ member > 0
    if not ((moved.sum(axis=1) == 1).all() and (moved.sum(axis=2) == 1).all()):
        raise RunError(
            "the points are no Morris trajectories: a step must move one factor or group, each once",
            allowed="points of SALib.sample.morris, whole trajectories, in their order",
        )
    mover = moved.argmax(axis=2)
    # Of a group the first factor gives the sign, which is not used.
    widths = np.take_along_axis(steps, np.abs(steps).argmax(axis=2)[:, :, None], axis=2)
    order = np.argsort(mover, axis=1)[:, :, None]
    return np.asarray(np.take_along_axis(changes / widths, order, axis=1))


def _movers(factors: Sequence[str], groups: Sequence[str] | None) -> _Movers:
    """Return factors or groups, in SALib's order."""
    labels = list(factors if groups is None else groups)
    names = list(dict.fromkeys(labels))
    return _Movers(names, np.array([[label == name for name in names] for label in labels], dtype=np.int64))


def _half_width(means: Array, count: int, level: float) -> Array:
    """Return half the width of an interval, from bootstrap means, shape (resamples, movers).

    Trajectories are few: Student's t, and the bootstrap's variance, which is too small by (n - 1) / n,
    stretched.
    """
    error = means.std(axis=0, ddof=1) * np.sqrt(count / (count - 1.0))
    return np.asarray(t_quantile(count, level) * error)


def _words(count: int, replicates: int, level: float) -> str:
    """Say in one line what the intervals mean."""
    luck = (
        "one replicate: the noise of luck is not known"
        if replicates == 1
        else f"noise from {replicates} replicates"
    )
    return (
        f"{level:.0%} interval of the mean effect over the range: bootstrap standard errors over {count} "
        f"trajectories, Student's t; {luck}"
    )
