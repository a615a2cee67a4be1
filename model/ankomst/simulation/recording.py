"""The empty arrays that a run fills (section 15)."""

from __future__ import annotations

import numpy as np

from ankomst.simulation.arrays import Records
from ankomst.simulation.codes import GROUPS, ITEMS, STATES


def empty_records(
    n: int, largest: int, m: int, grants: int, arrival_months: int, months: int, *, keep: bool
) -> Records:
    """Lay out the records of a run.

    Parameters
    ----------
    n, largest, m : int
        Newcomers, the most of them in an arrival month, and municipalities.
    grants : int
        Result grants of the scenario.
    arrival_months, months : int
        Months in which people arrive, and months that each is followed.
    keep : bool
        Keep every person's history, about 40 bytes a newcomer and month.
    """
    calendar = arrival_months + months - 1
    history = (n, months) if keep else (1, 1)

    def floats(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.zeros(shape)

    return Records(
        counts=np.zeros((-(-arrival_months // 12), months, 2 * GROUPS, len(STATES)), dtype=np.int32),
        area_counts=np.zeros((calendar, m, len(STATES)), dtype=np.int32),
        ledger_group=floats(months, GROUPS, len(ITEMS)),
        ledger_cohort=floats(arrival_months, months, len(ITEMS)),
        ledger_area=floats(-(-calendar // 12), m, len(ITEMS)),
        placements=np.zeros((GROUPS, 2), dtype=np.int64),
        spells=np.zeros((GROUPS, 2), dtype=np.int64),
        block=floats(GROUPS, len(ITEMS)),
        here=np.zeros(GROUPS, dtype=np.bool_),
        month=floats(m, len(ITEMS)),
        grant_paid=floats(n, grants),
        drawn=floats(4, largest),
        keep=keep,
        whole=np.full((8, *history), -1, dtype=np.int16),
        real=floats(3, *history),
    )
