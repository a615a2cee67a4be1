"""Parameters on the normal scale: a uniform prior over a range becomes a standard normal one.

A smoother moves normal variables; back on their own scale the values stay inside their ranges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from ankomst.policy.parameters import load_registry
from ankomst.studies.design.parameter_draws import matching, random_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Array = np.ndarray[Any, Any]
EDGE = 1e-6
"""How near to the end of its range a value may come on the way to the normal scale."""


class NormalScale:
    """Parameters with a range, by name, on the normal scale and on their own.

    Attributes
    ----------
    names : tuple of str
        All parameters with a range, in the order of the registry.
    """

    def __init__(self) -> None:
        registry = load_registry()
        self.names = matching(None)
        self._parameters = [registry[name] for name in self.names]
        ranges = np.array([parameter.range for parameter in self._parameters])
        self.low, self.high = ranges.T

    def prior(self, number: int, seed: int) -> Array:
        """Draw from the prior: a Latin hypercube, shape (number, names), standard normal."""
        from scipy.stats import qmc  # noqa: PLC0415 - takes half a second to import

        unit = qmc.LatinHypercube(len(self.names), rng=random_of(seed)).random(number)
        return np.asarray(ndtri(np.clip(unit, EDGE, 1.0 - EDGE)))

    def values(self, normal: Array) -> tuple[dict[str, float], ...]:
        """Return one dictionary of values a row.

        Parameters
        ----------
        normal : ndarray, shape (draws, names)
        """
        unit = ndtr(normal)
        columns = []
        for k, parameter in enumerate(self._parameters):
            low, high = self.low[k], self.high[k]
            if parameter.integer:
                columns.append(np.minimum(np.floor(low + unit[:, k] * (high - low + 1.0)), high))
            else:
                columns.append(np.clip(low + unit[:, k] * (high - low), low, high))
        return rows_of(self.names, columns, len(normal))

    def normal(self, values: Mapping[str, float]) -> Array:
        """Return values on the normal scale, shape (names,); those at the end of a range stay finite."""
        found = np.array([values[name] for name in self.names], dtype=np.float64)
        whole = np.array([parameter.integer for parameter in self._parameters])
        unit = np.where(
            whole,
            (found - self.low + 0.5) / (self.high - self.low + 1.0),
            (found - self.low) / (self.high - self.low),
        )
        return np.asarray(ndtri(np.clip(unit, EDGE, 1.0 - EDGE)))

    def index(self, names: Sequence[str]) -> Array:
        """Return the places of some names."""
        place = {name: k for k, name in enumerate(self.names)}
        return np.array([place[name] for name in names], dtype=np.int64)
