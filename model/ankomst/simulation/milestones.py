"""Milestones that result grants reward, and the amounts a scenario pays for them (docs/ODD.md 7.11).

A *slot* is a rule that says when a result is reached; a *grant* pays for a slot. Slots without a grant
are watched only: those of the reference policy (the municipalities' plans compare with it) and those of a
counterfactual run, which tells what would have happened without any grant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.codes import GRANT_OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ankomst.policy.levers.grants import ResultGrant

OWN_PERIOD = -1
REFERENCE_WINDOW = 36
"""Months of the reference policy's introduction period."""


@dataclass(frozen=True)
class Slot:
    """Conditions under which a result counts; two grants that differ only in money share a slot."""

    outcome: int
    sustained: int
    minimum_hours: float
    window: int
    extra: int
    supported: bool


@dataclass(frozen=True)
class Milestones:
    """Slots and grants of a run as arrays; g over grants, k over slots.

    Under rules that change in a run grants that differ only in their amounts are one.
    """

    months: int
    slots: tuple[Slot, ...]
    grants: tuple[ResultGrant, ...]
    grant_slot: NDArray[np.int64]
    grant_weight: NDArray[np.float64]
    """Shape (grants, 2): others, needs group."""
    belief: NDArray[np.float64]

    def slot_of(self, grant: ResultGrant) -> int:
        """Return the slot that a grant of this or another scenario is paid by."""
        return self.slots.index(slot(grant))

    def amounts(self, in_force: Sequence[ResultGrant]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the amounts of the grants in force and which of the run's grants they are.

        Returns
        -------
        ndarray, shape (grants, months + 14)
            DKK by month of the start of the spell; 0 for a grant that is not in force.
        ndarray of bool, shape (grants,)
        """
        amount = np.zeros((len(self.grants), self.months + 14))
        active = np.zeros(len(self.grants), dtype=np.bool_)
        keys = _numbered(self.grants)
        for key, grant in zip(_numbered(in_force), in_force, strict=True):
            g = keys.index(key)
            amount[g], active[g] = amounts(grant, self.months + 14), True
        return amount, active


def slot(grant: ResultGrant) -> Slot:
    """Return the rule of a grant without its money."""
    own = grant.window_months == "introduction_period"
    return Slot(
        outcome=GRANT_OUTCOMES.index(grant.outcome),
        sustained=grant.sustained_months,
        minimum_hours=float(grant.minimum_hours),
        window=OWN_PERIOD if own else int(grant.window_months),
        extra=grant.extra_window_months,
        supported=grant.self_supported_eligible,
    )


def amounts(grant: ResultGrant, months: int) -> NDArray[np.float64]:
    """Return a grant's amount for each month since arrival, DKK, shape (months,)."""
    if grant.points:
        return np.array([grant.amount(s) for s in range(months)], dtype=np.float64)
    by_month = np.zeros(months)
    for start, end, amount in grant.steps:
        by_month[start:end] = amount
    return by_month


def belief(sustained: int, parameters: Mapping[str, Any]) -> float:
    """Return a municipality's trust that a job will last long enough to be paid for (docs/ODD.md 7.5)."""
    at = (0.0, 6.0, 12.0, 24.0)
    values = [parameters[f"constants.belief_{name}"] for name in ("at_entry", "6", "12", "24")]
    return float(np.interp(sustained, at, values))


def _numbered(grants: Sequence[ResultGrant]) -> list[tuple[ResultGrant, int]]:
    """Return each grant without its amounts, and how many alike stand before it in the list."""
    bare = [grant.model_copy(update={"schedule": 0.0}) for grant in grants]
    return [(grant, bare[:k].count(grant)) for k, grant in enumerate(bare)]


def distinct(lists: Sequence[Sequence[ResultGrant]]) -> tuple[ResultGrant, ...]:
    """Return the grants of a run in the order in which they come into force, amounts apart."""
    first: dict[tuple[ResultGrant, int], ResultGrant] = {}
    for grants in lists:
        for key, grant in zip(_numbered(grants), grants, strict=True):
            first.setdefault(key, grant)
    return tuple(first.values())


def milestones(
    grants: Sequence[ResultGrant],
    watched: Sequence[ResultGrant],
    months: int,
    parameters: Mapping[str, Any],
) -> Milestones:
    """Collect the slots of the paid and the watched grants.

    Parameters
    ----------
    grants : sequence of ResultGrant
        Paid in this run, in the order in which they claim an outcome; see `distinct`.
    watched : sequence of ResultGrant
        Watched without payment.
    months : int
        Months of follow-up; amounts are tabulated 13 months further.
    parameters : mapping
        Values by dotted name.
    """
    slots = tuple(dict.fromkeys(slot(grant) for grant in (*grants, *watched)))
    count = len(grants)
    weight = np.ones((count, 2))
    trust = np.zeros(count)
    for g, grant in enumerate(grants):
        weight[g] = grant.group_weights.others, grant.group_weights.needs_group
        trust[g] = belief(grant.sustained_months, parameters)
        if grant.benchmark:
            trust[g] *= parameters["constants.benchmark_belief"]
    return Milestones(
        months=months,
        slots=slots,
        grants=tuple(grants),
        grant_slot=np.array([slots.index(slot(grant)) for grant in grants], dtype=np.int64),
        grant_weight=weight,
        belief=trust,
    )
