"""The empty arrays that a run fills (docs/ODD.md 3)."""

from __future__ import annotations

import numpy as np

from ankomst.simulation.codes import GROUPS, ITEMS, STATES
from ankomst.simulation.kernels.arrays import Records


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
    states, items = len(STATES), len(ITEMS)
    # One block of memory: the system hands out ten of the size one by one, page by page.
    fixed = np.zeros(
        (),
        [
            ("counts", np.int32, (-(-arrival_months // 12), months, 2 * GROUPS, states)),
            ("area_counts", np.int32, (calendar, m, states)),
            ("ledger_group", np.float64, (months, GROUPS, items)),
            ("ledger_cohort", np.float64, (arrival_months, months, items)),
            ("ledger_area", np.float64, (-(-calendar // 12), m, items)),
            ("placements", np.int64, (GROUPS, 2)),
            ("spells", np.int64, (GROUPS, 2)),
            ("block", np.float64, (GROUPS, items)),
            ("month", np.float64, (m, items)),
            ("here", np.bool_, (GROUPS,)),
        ],
    )
    return Records(
        **{name: fixed[name] for name in fixed.dtype.names or ()},
        grant_paid=np.zeros((n, grants)),
        drawn=np.zeros((4, largest)),
        claims=np.zeros(1 + largest * grants, dtype=np.int64),
        keep=keep,
        whole=np.full((8, *history), -1, dtype=np.int16),
        real=np.zeros((3, *history)),
    )
