"""Waits between permit and arrival, by which figures by permit are read (docs/ODD.md 7.20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import gammaincinv

from ankomst.simulation.codes import ORIGINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.simulation.newcomers import Population

Array = np.ndarray[Any, Any]
SHAPE = 2.0
"""Shape of the gamma distribution of what a wait is longer than a month."""


def waits(people: Population, parameters: Mapping[str, Any], boom: tuple[int, int]) -> Array:
    """Return how long everybody waited between permit and arrival in the municipality.

    Parameters
    ----------
    people : Population
    parameters : mapping
        Values by dotted name; `observation.wait` and `observation.wait_boom` are read.
    boom : tuple of int
        First and last month of arrival with the longer wait, both included.

    Returns
    -------
    ndarray of int, shape (n,)
        Whole months; 0 for everybody but refugees, and for all where the mean is 0.
    """
    longer = (people.arrival >= boom[0]) & (people.arrival <= boom[1])
    mean = parameters["observation.wait"] + parameters["observation.wait_boom"] * longer
    beyond = np.maximum(mean - 1.0, 0.0) / SHAPE * gammaincinv(SHAPE, people.wait)
    months = np.rint(np.minimum(mean, 1.0) + beyond).astype(np.int64)
    return np.where(people.origin == ORIGINS.index("refugee"), months, 0)
