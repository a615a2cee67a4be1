"""The cases that ranks, fronts and regret are taken over: parameter draws, or resamples of replicates.

With several draws a case is a draw: which scenario is best if these are the true parameters? With one point
of the parameters a case is a resample of the replicates, the same for all scenarios: only luck counts then.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
RESAMPLES = 2000
SEED = 20_130_701


def mean_of_draws(values: Array) -> Array:
    """Return the mean of the draw means of each scenario; NaN where it has no pair.

    Parameters
    ----------
    values : ndarray, shape (draws, replicates, scenarios)

    Returns
    -------
    ndarray, shape (scenarios,)
    """
    means = _means(values)
    known = np.isfinite(means)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, means, 0.0).sum(axis=0) / known.sum(axis=0))


def cases(*values: Array) -> list[Array]:
    """Return the mean of every scenario in every case.

    Parameters
    ----------
    *values : ndarray, each of shape (draws, replicates, scenarios)
        One array a criterion; NaN where a pair is missing.

    Returns
    -------
    list of ndarray, each of shape (cases, scenarios)
        The same cases for all criteria. A draw in which some scenario has no pair is no case.
    """
    if values[0].shape[0] == 1:
        return [_resampled(part[0]) for part in values]
    means = [_means(part) for part in values]
    whole = np.all([np.isfinite(part).all(axis=1) for part in means], axis=0)
    return [_equal(part[whole]) for part in means]


def cases_text(draws: int, replicates: int, used: int) -> str:
    """Say in a few words what the cases are."""
    if draws == 1:
        return f"{used} resamples of {replicates} replicates; parameters at one point: Monte-Carlo error only"
    inside = f"{replicates} replicates" if replicates > 1 else "one replicate"
    return f"{used} parameter draws; what {inside} leave of luck is in it"


def _means(values: Array) -> Array:
    """Mean over replicates, shape (draws, scenarios)."""
    finite = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(finite, values, 0.0).sum(axis=1) / finite.sum(axis=1))


def _resampled(values: Array) -> Array:
    """Return means of resampled replicates, shape (RESAMPLES, scenarios), for (replicates, scenarios)."""
    replicates = len(values)
    picked = np.random.default_rng(SEED).integers(replicates, size=(RESAMPLES, replicates))
    counts = np.zeros((RESAMPLES, replicates))
    np.add.at(counts, (np.arange(RESAMPLES)[:, None], picked), 1.0)
    finite = np.isfinite(values)
    centre = _means(values[None])[0]
    with np.errstate(invalid="ignore"):
        means = (counts @ np.where(finite, values, 0.0)) / (counts @ finite)
    means = np.where(np.isfinite(means), means, centre)
    if replicates > 1:
        # The spread of resampled means is too small by this factor, which counts with few replicates.
        means = centre + np.sqrt(replicates / (replicates - 1.0)) * (means - centre)
    return _equal(means)


def _equal(means: Array) -> Array:
    """Let scenarios with the same runs be equal: a sum may differ in the last bit."""
    scale = float(np.abs(means[np.isfinite(means)]).max(initial=0.0)) or 1.0
    return np.asarray(np.round(means / scale, 12) * scale)
