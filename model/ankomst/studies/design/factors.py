"""Factors of a sensitivity analysis: uncertain parameters with their ranges, and a dummy that is luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.policy.parameters import load_registry
from ankomst.studies.design.parameter_draws import rows_of, stretched
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Array = np.ndarray[Any, Any]
UNIFORM, POSTERIOR = "uniform", "posterior"


@dataclass(frozen=True)
class Factor:
    """One factor.

    Attributes
    ----------
    name : str
        Dotted name of a parameter.
    low, high : float
        Bounds, in the unit of the parameter.
    quantiles : tuple of float
        Sorted draws of a posterior's marginal; empty where the factor is uniform.
    """

    name: str
    low: float
    high: float
    quantiles: tuple[float, ...] = ()

    @property
    def distribution(self) -> str:
        """Return uniform or posterior."""
        return POSTERIOR if self.quantiles else UNIFORM

    def values(self, unit: Array) -> Array:
        """Return values of the factor from numbers between 0 and 1; whole numbers are equally likely."""
        if self.quantiles:
            found = np.quantile(np.array(self.quantiles), unit)
            return np.round(found) if load_registry()[self.name].integer else np.asarray(found)
        return stretched(self.low, self.high, unit, integer=load_registry()[self.name].integer)


@dataclass(frozen=True)
class Factors:
    """Factors of a design, perhaps in groups that move together.

    Attributes
    ----------
    each : tuple of Factor
    groups : dict
        Name of a group to names of its factors; empty where every factor moves alone.
    """

    each: tuple[Factor, ...]
    groups: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the factors, the dummy last."""
        return (*(factor.name for factor in self.each), LUCK)

    @property
    def problem(self) -> dict[str, Any]:
        """Return the unit cube as SALib knows it."""
        count = len(self.names)
        found: dict[str, Any] = {"num_vars": count, "names": list(self.names), "bounds": [[0.0, 1.0]] * count}
        if self.groups:
            group_of = {name: group for group, names in self.groups.items() for name in names}
            found["groups"] = [*(group_of[factor.name] for factor in self.each), LUCK]
        return found

    def natural(self, unit: Array) -> Array:
        """Return the values of the factors, shape (points, factors); the dummy's column is left out."""
        columns = [factor.values(unit[:, k]) for k, factor in enumerate(self.each)]
        return np.stack(columns, axis=1) if columns else np.empty((len(unit), 0))

    def draws(self, unit: Array) -> tuple[dict[str, float], ...]:
        """Return one draw a point: parameter values by dotted name, the dummy left out."""
        return rows_of([factor.name for factor in self.each], [*self.natural(unit).T], len(unit))

    def only(self, names: Sequence[str]) -> Factors:
        """Return some of the factors, each moving alone, in the order of the names."""
        by_name = {factor.name: factor for factor in self.each}
        return Factors(tuple(by_name[name] for name in names), {})
