"""What the proposals cost: `advisory_team` and `lever_cost` in the ledger (docs/ODD.md 7.18)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from .person_month import (
    CLIENTS,
    LEFT,
    PENSION,
    SELF_SUPPORTED,
    UPPER_SECONDARY,
    PersonMonth,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .prices import Prices

MONTHS_OF_MENTORING = 24


def lever_cost(month: PersonMonth, prices: Prices) -> float:
    """`lever_cost` as far as it belongs to a person, DKK; nothing in the month in which somebody leaves."""
    if month.status == LEFT:
        return 0.0
    policy, price = prices.policy, prices.lever_cost
    cost = price["entrepreneur_per_start"] * policy.entrepreneurship.support * month.business_started
    if month.s == policy.assessment.deadline_months and assessed_beyond_the_usual(month, prices):
        cost += price["assessment_per_person"]
    mentored = month.mentor < policy.civil_society.mentor_share and month.status != PENSION
    if month.s < MONTHS_OF_MENTORING and mentored:
        cost += price["mentor_per_month"]
    reached = month.female and month.supported and month.outreach < policy.outreach.self_supported_share
    if reached and month.status == SELF_SUPPORTED:
        cost += price["outreach_share_of_staff_month"] * prices.staff
    if month.health and month.status in CLIENTS:
        cost += price["coordination_per_client_month"] * policy.coordination.health
    return float(cost)


def assessed_beyond_the_usual(month: PersonMonth, prices: Prices) -> bool:
    """Assessed under this policy, and not under the baseline's share."""
    within = prices.usual_guidance_share <= month.v < prices.policy.assessment.guidance_share
    return month.education >= UPPER_SECONDARY and within


class Presence:
    """Where somebody is present in which month, for costs that belong to no person."""

    def __init__(self) -> None:
        self.places: dict[int, set[int]] = defaultdict(set)

    def note(self, month: PersonMonth) -> None:
        """Pensioned people are present, those who have left are not."""
        if month.status != LEFT:
            self.places[month.t].add(month.municipality)

    def costs(self, prices: Sequence[Prices], arrival_months: int) -> Iterator[tuple[str, int, float]]:
        """Yield (item, calendar month, DKK of the country) while people arrive."""
        for t in range(min(arrival_months, len(prices))):
            policy, price = prices[t].policy, prices[t].lever_cost
            year = price["partnership_per_municipality_year"] * policy.placements.partnerships
            yield "lever_cost", t, len(self.places[t]) * year / 12
            if policy.governance.advisory_team and self.places[t]:
                yield "advisory_team", t, prices[t].advisory_team / 12
