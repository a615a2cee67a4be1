"""What depends on what in a calibration: targets on parameters, parameters on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.calibration.smoother import correlations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.calibration.fit import Fitted
    from ankomst.studies.calibration.study import Calibration

Array = np.ndarray[Any, Any]


def trade_offs(found: Fitted, free: Sequence[str]) -> pd.DataFrame:
    """Return the rank correlations of posterior draws for pairs of informed parameters, strongest first."""
    moved = [k for k, name in enumerate(found.scale.names) if found.informed[k] and name in free]
    table = correlations(found.posterior[:, moved], found.posterior[:, moved])
    rows = [
        {
            "parameter": found.scale.names[moved[a]],
            "other": found.scale.names[moved[b]],
            "correlation": table[a, b],
            "n": len(found.posterior),
        }
        for a in range(len(moved))
        for b in range(a + 1, len(moved))
    ]
    frame = pd.DataFrame(rows, columns=["parameter", "other", "correlation", "n"])
    order = frame["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def sensitivity_table(found: Fitted, study: Calibration) -> pd.DataFrame:
    """Return how each target depends on each free parameter over the prior.

    Returns
    -------
    DataFrame
        target, parameter, correlation (of ranks), slope (change of the target in its own standard
        deviations for one standard deviation of the parameter, all others held: linear regression), r2 (share
        of the target's variance over the prior that the regression explains, adjusted for the number of
        parameters), se (of
        either, under no dependence), n.
    """
    prior = found.rounds[0]
    free = [k for k, name in enumerate(found.scale.names) if name in study.free]
    normal, figures = prior.normal[:, free], prior.figures
    ranks = correlations(normal, figures)
    slopes, r2 = _regression(normal, figures)
    members = len(normal)
    rows = [
        {
            "target": study.targets.names[t],
            "parameter": found.scale.names[free[k]],
            "correlation": ranks[k, t],
            "slope": slopes[k, t],
            "r2": r2[t],
            "se": 1.0 / np.sqrt(members),
            "n": members,
        }
        for t in range(figures.shape[1])
        for k in range(len(free))
    ]
    return pd.DataFrame(rows)


def _regression(normal: Array, figures: Array) -> tuple[Array, Array]:
    """Return standardised slopes, shape (parameters, targets), and adjusted shares explained, (targets,)."""
    size = figures.std(axis=0)
    y = (figures - figures.mean(axis=0)) / np.where(size > 0.0, size, 1.0)
    x = np.column_stack([np.ones(len(normal)), normal])
    solution, *_ = np.linalg.lstsq(x, y, rcond=None)
    left = ((y - x @ solution) ** 2).mean(axis=0)
    spare = len(normal) - x.shape[1]
    if spare <= 0:  # more parameters than members: the fit says nothing
        return np.full((normal.shape[1], figures.shape[1]), np.nan), np.full(figures.shape[1], np.nan)
    return solution[1:], np.clip(1.0 - left * len(normal) / spare, 0.0, 1.0)
