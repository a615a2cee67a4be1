"""Cases whose results were written down when libraries computed them: `frozen.json` holds those numbers.

The smoother's are those of iterative_ensemble_smoother 1.2.0, the boxes those of PRIM in ema_workbench 2.5.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.studies.calibration.smoother import Likelihood

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, Any]
STEPS, SEED, MEMBERS = 4, 20131, 40


def curved(normal: Array) -> Array:
    """Return six figures at five parameters, some of them far from a line."""
    response = np.sin(np.arange(1.0, 31.0)).reshape(6, 5)
    return np.asarray(np.tanh(normal @ response.T) * 2.0 + 0.3 * (normal**2).sum(axis=1, keepdims=True))


def target() -> Likelihood:
    """Return targets with correlated errors."""
    root = 0.4 * np.eye(6) + 0.1 * np.tril(np.cos(np.arange(36.0)).reshape(6, 6))
    return Likelihood(np.array([0.5, -0.2, 1.1, 0.9, 0.1, 0.6]), root @ root.T)


def prior() -> Array:
    return np.random.default_rng(SEED).standard_normal((MEMBERS, 5))


def points(name: str) -> tuple[Array, Array]:
    """Return points and which of them flip."""
    return CASES[name](np.random.default_rng(SEED + len(name)))


def _planted(rng: np.random.Generator) -> tuple[Array, Array]:
    x = 10.0 * rng.random((540, 10))
    box = (x[:, 0] > 6.0) & (x[:, 3] < 5.0)
    return x, rng.random(540) < np.where(box, 0.95, 0.05)


def _two_boxes(rng: np.random.Generator) -> tuple[Array, Array]:
    x = 10.0 * rng.random((800, 10))
    return x, ((x[:, 0] > 7.5) & (x[:, 1] > 5.0)) | ((x[:, 2] < 2.5) & (x[:, 3] < 5.0))


def _ties(rng: np.random.Generator) -> tuple[Array, Array]:
    """Most values occur many times, and one factor has a single value."""
    x = np.column_stack([rng.integers(0, 7, (400, 3)).astype(float), np.full(400, 2.0), rng.random(400)])
    return x, (x[:, 0] >= 5.0) & (x[:, 1] <= 2.0)


def _no_structure(rng: np.random.Generator) -> tuple[Array, Array]:
    return rng.random((300, 6)), rng.random(300) < 0.4


def _few(rng: np.random.Generator) -> tuple[Array, Array]:
    x = rng.random((60, 3))
    return x, x[:, 0] * x[:, 1] > 0.4


def _middle(rng: np.random.Generator) -> tuple[Array, Array]:
    x = rng.normal(size=(700, 4))
    return x, (np.abs(x[:, 0]) < 0.5) & (np.abs(x[:, 1] - 0.3) < 0.6) | (rng.random(700) < 0.03)


def _many_factors(rng: np.random.Generator) -> tuple[Array, Array]:
    x = rng.random((500, 17))
    return x, x[:, 4] + x[:, 11] + 0.3 * rng.normal(size=500) > 1.4


CASES: dict[str, Callable[[np.random.Generator], tuple[Array, Array]]] = {
    "planted": _planted,
    "two boxes": _two_boxes,
    "ties": _ties,
    "no structure": _no_structure,
    "few": _few,
    "middle": _middle,
    "many factors": _many_factors,
}
