"""The ensemble smoother with multiple data assimilation (Emerick and Reynolds 2013), as calibration uses it.

All members of an ensemble move towards the targets by what their own spread says about the response of each
target to each parameter, in several steps that together count the data once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
SCREEN = 3.0
"""Standard errors that a correlation must differ from zero for a parameter to count as informed."""


@dataclass(frozen=True)
class Likelihood:
    """What a difference between model and target weighs.

    Attributes
    ----------
    published : ndarray, shape (targets,)
    covariance : ndarray, shape (targets, targets)
        Of figure less model: the uncertainty of the figure, the luck of the real country, and the luck of the
        simulated one.
    """

    published: Array
    covariance: Array

    def part(self, chosen: Array) -> Likelihood:
        """Return the likelihood of some of the figures, shape of `chosen` (targets,), boolean."""
        return Likelihood(self.published[chosen], self.covariance[np.ix_(chosen, chosen)])

    def whitened(self, figures: Array) -> Array:
        """Return figures less targets in units in which their errors are independent and of size 1.

        Parameters
        ----------
        figures : ndarray, shape (..., targets)
        """
        root = np.linalg.cholesky(self.covariance)
        apart = np.atleast_2d(np.asarray(figures) - self.published)
        return np.linalg.solve(root, apart.T).T.reshape(np.shape(figures))

    def chi_square(self, figures: Array) -> Array:
        """Return the squared distance, correlations of the errors counted, shape (...)."""
        return np.asarray((self.whitened(figures) ** 2).sum(axis=-1))


def likelihood(values: Array, sd: Array, noise: Array, replicates: int = 1) -> Likelihood:
    """Return the likelihood of published figures.

    Parameters
    ----------
    values, sd : ndarray, shape (targets,)
        Published figures, and our judgement of their uncertainty.
    noise : ndarray, shape (targets, targets)
        Covariance of the figures of one simulated country between replicates.
    replicates : int
        Replicates that a simulated figure is the mean of. The published figure is that of one country.
    """
    return Likelihood(values, np.diag(sd**2) + noise * (1.0 + 1.0 / replicates))


class Smoother:
    """Steps of an ensemble towards the targets.

    Parameters
    ----------
    target : Likelihood
    steps : int
        Steps that together count the data once.
    seed : int
        Of the errors that the targets are perturbed by.
    """

    def __init__(self, target: Likelihood, steps: int, seed: int) -> None:
        self._target = target
        self._steps = steps
        self._random = np.random.default_rng(seed)

    def step(self, normal: Array, figures: Array) -> Array:
        """Move an ensemble.

        Parameters
        ----------
        normal : ndarray, shape (members, parameters)
            Parameters on the normal scale.
        figures : ndarray, shape (members, targets)
            What the model says at them.

        Returns
        -------
        ndarray, shape (members, parameters)
        """
        apart = self._target.whitened(figures)  # units in which the errors are independent and of size 1
        members, targets = apart.shape
        errors = np.sqrt(self._steps) * self._random.standard_normal((targets, members)).T
        figure_spread, spread = apart - apart.mean(axis=0), normal - normal.mean(axis=0)
        error_spread = self._steps * (members - 1) * np.eye(targets)
        gain = np.linalg.solve(figure_spread.T @ figure_spread + error_spread, figure_spread.T @ spread)
        return np.asarray(normal + (errors - apart) @ gain)


def informed(normal: Array, figures: Array, screen: float = SCREEN) -> Array:
    """Say which parameters the prior ensemble ties to some target.

    Parameters
    ----------
    normal : ndarray, shape (members, parameters)
    figures : ndarray, shape (members, targets)
    screen : float
        Standard errors; with 26 targets and 3, one parameter in fifteen passes by chance.

    Returns
    -------
    ndarray of bool, shape (parameters,)
    """
    members = len(normal)
    found = np.abs(correlations(normal, figures))
    return np.asarray((found > screen / np.sqrt(members)).any(axis=1))


def correlations(left: Array, right: Array) -> Array:
    """Return rank correlations, shape (left columns, right columns); 0 where nothing varies."""

    def ranks(table: Array) -> Array:
        ordered = np.argsort(np.argsort(table, axis=0, kind="stable"), axis=0, kind="stable").astype(float)
        ordered[:, table.std(axis=0) == 0.0] = 0.0
        centred = ordered - ordered.mean(axis=0)
        size = np.sqrt((centred**2).sum(axis=0))
        return np.asarray(centred / np.where(size > 0.0, size, 1.0))

    return np.asarray(ranks(left).T @ ranks(right))
