"""Designs of a sensitivity analysis: the points of Morris, Sobol and plain samples, and the luck of each.

All points of a block (a trajectory of Morris, a base row of Sobol) share their luck, so that what differs
between them is not chance; blocks and replicates have luck of their own. The dummy factor is that luck: a
point at which it has moved has other luck than the point before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.studies.design.seeds import first_luck

if TYPE_CHECKING:
    from ankomst.studies.design.factors import Factors

Array = np.ndarray[Any, Any]
STAGES = ("morris", "sobol", "groups", "draws")
_BLOCK, _VERSION = 10**4, 10**3


@dataclass(frozen=True)
class Design:
    """Points at which the model is evaluated.

    Attributes
    ----------
    stage : str
        One of `STAGES`.
    factors : Factors
    unit : ndarray, shape (blocks, points of a block, factors with the dummy)
        In the unit cube.
    replicates : int
        Runs of each point, with luck of their own.
    """

    stage: str
    factors: Factors
    unit: Array
    replicates: int

    @property
    def points(self) -> Array:
        """Return the points one below another, shape (points, factors with the dummy)."""
        return self.unit.reshape(-1, self.unit.shape[-1])

    def streams(self) -> Array:
        """Return the number of the luck of each run, shape (blocks, points of a block, replicates)."""
        luck = self.unit[..., -1]
        first = luck[:, :1]
        version = (luck != first).astype(np.int64)
        block = np.arange(len(luck), dtype=np.int64)[:, None]
        start = first_luck(STAGES.index(self.stage)) + block * _BLOCK + version * _VERSION
        return np.asarray(start[..., None] + np.arange(self.replicates))


def morris_design(factors: Factors, trajectories: int, levels: int, replicates: int, seed: int) -> Design:
    """Return trajectories of Morris: from point to point one factor moves."""
    from SALib.sample import morris  # noqa: PLC0415 - takes half a second to import

    unit = morris.sample(factors.problem, trajectories, num_levels=levels, seed=seed)
    return Design("morris", factors, unit.reshape(trajectories, -1, unit.shape[1]), replicates)


def sobol_design(
    stage: str, factors: Factors, rows: int, replicates: int, seed: int, *, second_order: bool
) -> Design:
    """Return Saltelli's design on a scrambled Sobol sequence, a base row after another: A, AB_1, ..., B."""
    from SALib.sample import sobol  # noqa: PLC0415 - takes half a second to import

    unit = sobol.sample(factors.problem, rows, calc_second_order=second_order, scramble=True, seed=seed)
    return Design(stage, factors, unit.reshape(rows, -1, unit.shape[1]), replicates)
