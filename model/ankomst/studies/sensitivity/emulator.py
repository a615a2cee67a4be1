"""A Gaussian process in place of the simulation, fitted to few points.

A linear fit is taken out first; the process, with a length scale for each factor and the known noise of the
means of replicates, takes the rest. It is believed only if it explains the points that it has not seen.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.stats.noise import constant, finite, mean_variance, stream

Array = np.ndarray[Any, Any]
LIMIT = 0.9
"""Held-out share of the variance, at the lower end of its interval, from which indices are believed."""
FOLDS = 10
TUNED_ON = 600
"""Most points that length scales are found from."""
TUNING = 4_000_000
"""Most entries, points squared times factors, of a step of that search: with many factors, fewer points."""
FEWEST_POINTS = 20
SMALLEST_NOISE = 1e-6
"""Least noise variance, as a share of the variance: below it the equations are singular."""
LENGTHS = (0.05, 50.0)
CHUNK = 4096
_SUBSET, _FOLDS, _RESAMPLES = 6, 7, 8


@dataclass(frozen=True)
class Emulator:
    """A Gaussian process about a linear trend, conditioned on points.

    Attributes
    ----------
    X : ndarray, shape (n, D)
        Points in the unit cube.
    y : ndarray, shape (n,)
        Means of replicates, in units of their standard deviation about their mean.
    noise : ndarray, shape (n,)
        Variance that luck leaves in each point of `y`; NaN with one replicate.
    assumed : ndarray, shape (n,)
        Noise variance that the process assumes: the same for all points, less where points coincide.
    centre, scale : float
        Mean and standard deviation of the means of replicates, in the unit of the quantity.
    kernel : object
        Fitted covariance (scikit-learn).
    trend : ndarray, shape (D + 1,)
        Coefficients of the linear part, the constant first.
    process : object
        Fitted GaussianProcessRegressor.
    replicates : int
    """

    X: Array
    y: Array
    noise: Array
    assumed: Array
    centre: float
    scale: float
    kernel: Any
    trend: Array
    process: Any
    replicates: int

    def predict(self, X: Array) -> Array:  # noqa: N803 - the field's letter for inputs
        """Return the emulated mean, in the unit of the quantity.

        Parameters
        ----------
        X : ndarray, shape (m, D)
            Points in the unit cube.

        Returns
        -------
        ndarray, shape (m,)
        """
        return self.centre + self.scale * self.standard(X)

    def standard(self, X: Array) -> Array:  # noqa: N803 - as above
        """Return the emulated mean in standard deviations about the mean, shape (m,)."""
        parts = [X[k : k + CHUNK] for k in range(0, len(X), CHUNK)]
        return np.concatenate([_linear(part) @ self.trend + self.process.predict(part) for part in parts])

    def conditioned(self, rows: Array) -> Emulator:
        """Return the emulator conditioned on some of its points, with the same covariance.

        Parameters
        ----------
        rows : ndarray of int
            Points; one that occurs twice counts as two with noise of their own.
        """
        chosen, times = np.unique(rows, return_counts=True)
        part = replace(
            self,
            X=self.X[chosen],
            y=self.y[chosen],
            noise=self.noise[chosen],
            assumed=self.assumed[chosen] / times,
        )
        trend = _trend(part.X, part.y)
        process = _process(self.kernel, part.assumed).fit(part.X, part.y - _linear(part.X) @ trend)
        return replace(part, trend=trend, process=process)


@dataclass(frozen=True)
class HeldOut:
    """What an emulator explains of points that it has not seen.

    Attributes
    ----------
    q2, q2_low, q2_high : float
        Share of the noise-free variance explained, at most 1, with its interval.
    rmse : float
        Noise-free root mean square error, in the unit of the quantity.
    n, folds : int
    """

    q2: float
    q2_low: float
    q2_high: float
    rmse: float
    n: int
    folds: int


def fit_emulator(X: Array, Y: Array, seed: int) -> Emulator:  # noqa: N803 - the field's letters
    """Fit an emulator of the mean over luck.

    Parameters
    ----------
    X : ndarray, shape (n, D)
        Points in the unit cube, without the dummy `luck`.
    Y : ndarray, shape (n, R)
        Outputs, their luck independent between points: of a Sobol design the rows of A and B. With one
        replicate the noise is not known, and is fitted with the rest.
    seed : int
        Of the choice of the points that length scales are found from.

    Raises
    ------
    RunError
        If an output is missing, all are the same, or points are too few.
    """
    X, Y = finite(X, "factors"), finite(Y, "outputs")  # noqa: N806 - as above
    if len(X) < FEWEST_POINTS or len(X) != len(Y) or constant(Y.mean(axis=1)):
        raise RunError(
            f"no emulator of {len(Y)} outputs at {len(X)} points",
            allowed=f"at least {FEWEST_POINTS} points, an output at each, and outputs that differ",
        )
    means = Y.mean(axis=1)
    centre, scale = float(means.mean()), float(means.std())
    y, noise, replicates = (means - centre) / scale, mean_variance(Y) / scale**2, Y.shape[1]
    known = replicates > 1
    assumed = np.full(len(y), max(SMALLEST_NOISE, float(noise.mean())) if known else SMALLEST_NOISE)
    trend = _trend(X, y)
    left = y - _linear(X) @ trend
    most = min(TUNED_ON, int(np.sqrt(TUNING / X.shape[1])))
    some = stream(seed, _SUBSET).permutation(len(X))[:most]
    kernel = _tuned(X[some], left[some], assumed[some], known=known)
    process = _process(kernel, assumed).fit(X, left)
    return Emulator(X, y, noise, assumed, centre, scale, kernel, trend, process, replicates)


def held_out(
    emulator: Emulator, *, folds: int = FOLDS, level: float = 0.95, resamples: int = 1000, seed: int
) -> HeldOut:
    """Predict each point from the others, a fold at a time, with the covariance of all.

    Parameters
    ----------
    emulator : Emulator
    folds : int
    level : float
    resamples : int
        Bootstrap samples of points for the interval.
    seed : int

    Returns
    -------
    HeldOut
        q2 is 1 less the mean square error over the variance, the noise of the points taken from both; with
        one replicate it is not known, and q2 is too low. NaN where the variance is not clear of the noise.
    """
    n = len(emulator.y)
    fold = stream(seed, _FOLDS).permutation(n) % folds
    squares = np.empty(n)
    for k in range(folds):
        out = np.flatnonzero(fold == k)
        predicted = emulator.conditioned(np.flatnonzero(fold != k)).standard(emulator.X[out])
        squares[out] = (predicted - emulator.y[out]) ** 2
    noise = np.nan_to_num(emulator.noise)
    weights = stream(seed, _RESAMPLES).multinomial(n, np.full(n, 1.0 / n), size=resamples) / n
    weights = np.vstack([np.full(n, 1.0 / n), weights])
    error = weights @ (squares - noise)
    variance = weights @ emulator.y**2 - (weights @ emulator.y) ** 2 - weights @ noise
    tail = 0.5 - level / 2.0
    rmse = float(emulator.scale * np.sqrt(max(0.0, error[0])))
    if np.quantile(variance[1:], tail) <= 0.0:
        return HeldOut(float("nan"), float("nan"), float("nan"), rmse, n, folds)
    # Where the noise is taken out, luck can leave a share above 1.
    shares = np.minimum(1.0, 1.0 - error / variance)
    low, high = np.quantile(shares[1:], [tail, 1.0 - tail])
    return HeldOut(float(shares[0]), float(low), float(high), rmse, n, folds)


def emulator_table(
    emulator: Emulator,
    found: HeldOut,
    *,
    quantity: str,
    sample: str,
    unit: str,
    limit: float = LIMIT,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the table `emulator`: what one emulator explains, and whether its indices are used.

    Parameters
    ----------
    emulator : Emulator
    found : HeldOut
        Its quality, at the same level.
    quantity, sample, unit : str
    limit, level : float
    """
    luck = (
        "one replicate: noise counts as error of the emulator"
        if emulator.replicates == 1
        else f"noise of the means of {emulator.replicates} replicates taken out"
    )
    return pd.DataFrame(
        [
            {
                "quantity": quantity,
                "sample": sample,
                "q2": found.q2,
                "q2_low": found.q2_low,
                "q2_high": found.q2_high,
                "rmse": found.rmse,
                "unit": unit,
                "folds": found.folds,
                "used": "yes" if found.q2_low >= limit else "no",
                "limit": limit,
                "n": found.n,
                "level": level,
                "interval": f"{level:.0%} bootstrap interval over {found.n} points, each predicted from the "
                f"other {found.folds - 1} of {found.folds} folds; {luck}",
            }
        ]
    )


def _tuned(X: Array, y: Array, noise: Array, *, known: bool) -> Any:  # noqa: N803, ANN401 - scikit-learn's kernel
    """Return the covariance that makes the points most likely."""
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - scikit-learn loads slowly
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel  # noqa: PLC0415 - as above

    count = X.shape[1]
    lengths = np.full(count, np.sqrt(count))
    kernel = ConstantKernel(1.0, (1e-4, 1e3)) * Matern(lengths, LENGTHS, nu=2.5)
    if not known:
        kernel += WhiteKernel(0.1, (SMALLEST_NOISE, 1.0))
    process = _process(kernel, noise)
    process.set_params(optimizer=_climb)
    with warnings.catch_warnings():
        # A factor without effect has its length scale at the bound, as it should.
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(X, y)
    return process.kernel_


def _climb(objective: Any, start: Array, bounds: Array) -> tuple[Array, float]:  # noqa: ANN401 - scikit-learn's function
    """Search the length scales; an optimum to the last digit is not needed."""
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to load

    found = minimize(
        objective, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 60, "ftol": 1e-6}
    )
    return found.x, found.fun


def _process(kernel: Any, noise: Array) -> Any:  # noqa: ANN401 - scikit-learn's objects
    """Return a process with a given covariance and noise variance at each point."""
    from sklearn.gaussian_process import GaussianProcessRegressor  # noqa: PLC0415 - scikit-learn loads slowly

    return GaussianProcessRegressor(kernel, alpha=noise, optimizer=None)


def _linear(X: Array) -> Array:  # noqa: N803 - as above
    """Return the columns of a linear fit, shape (n, D + 1)."""
    return np.column_stack([np.ones(len(X)), X - 0.5])


def _trend(X: Array, y: Array) -> Array:  # noqa: N803 - as above
    """Return the coefficients of a linear fit; the mean only where points are fewer than three a factor."""
    columns = _linear(X)
    kept = columns.shape[1] if len(y) >= 3 * columns.shape[1] else 1
    found = np.zeros(columns.shape[1])
    found[:kept] = np.linalg.lstsq(columns[:, :kept], y, rcond=None)[0]
    return found
