"""Cells of newcomers that outcomes are split by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.accounts import GROUP_DIMENSIONS, group_members
from ankomst.simulation.codes import GROUPS

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]


def cells_of(groups: Sequence[str]) -> list[tuple[dict[str, str], Array]]:
    """Return the labels of every cell of some crossed dimensions, and its mask over the recording groups.

    Raises
    ------
    RunError
        A dimension is unknown.
    """
    cells: list[tuple[dict[str, str], Array]] = [({}, np.ones(GROUPS, dtype=bool))]
    members = group_members()
    for dimension in groups:
        if dimension not in GROUP_DIMENSIONS:
            raise RunError(
                f"outcomes cannot be split by {dimension!r}",
                allowed=", ".join(GROUP_DIMENSIONS),
                nearest=nearest_name(dimension, GROUP_DIMENSIONS),
            )
        cells = [
            ({**labels, dimension: name}, mask & (members[dimension] == k))
            for labels, mask in cells
            for k, name in enumerate(GROUP_DIMENSIONS[dimension])
        ]
    return cells
