"""Who finally pays: municipalities and state before and after what they settle (docs/ODD.md 7.21).

A layer says which settlements between the two are counted. Over all layers the sum of both is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.simulation.accounts import GRANT_ITEMS, LEDGER, direction

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Array

GROSS, SINGLE, ALL_MUNICIPALITIES, ALL_WITH_GRANTS = (
    "before_settlement", "one_municipality", "all_municipalities", "all_municipalities_keep_grants",
)  # fmt: skip
LAYERS = (GROSS, SINGLE, ALL_MUNICIPALITIES, ALL_WITH_GRANTS)
"""Before refunds and grants; after them, as one municipality sees it; all municipalities together after the
budget guarantee; the same where result and basic grants are no part of it."""
GUARANTEED_OUTLAYS = (
    "benefit", "top_up", "benefit_refund", "wage_subsidy", "wage_subsidy_refund", "danish_classes",
    "placement", "programme_refund", "disability_pension", "pension_refund",
)  # fmt: skip
"""Items whose net sum the block grant follows: equalisation act, section 14(2) no. 5."""
GUARANTEED_GRANTS = ("basic_grant", *GRANT_ITEMS)
"""Grants that the same section names today; whether in 2013 too was not read (grade D)."""


def municipal_signs() -> Array:
    """Return the sign of each item in the net cost of municipalities, shape (layers, items).

    The state pays the rest: the sum of both less this.
    """
    own = direction("municipality")
    names = np.array([item.name for item in LEDGER])
    settled = np.array([item.kind in ("refund", "grant") for item in LEDGER])
    outlays, grants = np.isin(names, GUARANTEED_OUTLAYS), np.isin(names, GUARANTEED_GRANTS)
    return np.stack(
        [np.where(settled, 0.0, own), own, np.where(outlays | grants, 0.0, own), np.where(outlays, 0.0, own)]
    )
