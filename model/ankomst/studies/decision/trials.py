"""A trial of a design: what is gained and what it costs, and what the design gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError, show
from ankomst.studies.metrics.pairs import HIGHER, LOWER

if TYPE_CHECKING:
    from ankomst.studies.design.grant_designs import Design

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Objective:
    """What a design is judged by.

    Attributes
    ----------
    name : str
        Column of the tables, such as months_employed.
    better : {"higher", "lower"}
    unit : str
    tolerance : float
        So much worse still counts as equal, in the unit.
    """

    name: str
    better: str
    unit: str = ""
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.better not in {HIGHER, LOWER}:
            raise RunError(f"{self.name!r} is better {show(self.better)}", allowed=f"{HIGHER}, {LOWER}")

    @property
    def sign(self) -> float:
        """1 where higher is better, -1 where lower is."""
        return 1.0 if self.better == HIGHER else -1.0


Objectives = tuple[Objective, Objective]
"""What is gained, and what it costs."""


@dataclass(frozen=True)
class Tried:
    """A design and what it gave.

    Attributes
    ----------
    name, origin : str
    design : dict
        Values of the variables; of a design outside the space {"scenario": name}.
    results : ndarray, shape (cases, 2)
        Differences from the baseline; NaN where an evaluation failed.
    """

    name: str
    origin: str
    design: Design
    results: Array
