"""The ledger of one made-up person, for figures worked out by hand."""

from __future__ import annotations

from typing import Any

from ankomst.policy.parameters import uncalibrated_values
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import Scenario

from .ledger import ITEMS, recount
from .person_month import EMPLOYED

NATIONAL_TAX = [{"tax": 0.249}]
STEADY = [[1.0]] * 3


def one_person(statuses: list[int], **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401
    """Tables of one refugee without children; `changes` replaces columns of either table."""
    months = len(statuses)
    histories: dict[str, Any] = {
        "status": [statuses],
        "hours": [[37 if status == EMPLOYED else 0 for status in statuses]],
        "language": [[0.0] * months],
        "work_months": [[0] * months],
        "class_hours": [[0.0] * months],
        "placement_started": [[0] * months],
        "benefit_months": [list(range(1, months + 1))],
        "introduction_end": [[36] * months],
        "w": [[0.0] * months],
        "tenure": [[0] * months],
        "business_started": [[0] * months],
        "trainee_completed": [[0] * months],
        "milestones": [{}],
    }
    traits: dict[str, Any] = {
        "arrival_month": [0],
        "origin": [0],
        "female": [0],
        "education": [1],
        "track": [1],
        "health": [0],
        "children": [0],
        "supported": [0],
        "municipality": [0],
        "v": [0.9],
        "mentor": [0.5],
        "outreach": [0.5],
    }
    for name, value in changes.items():
        (histories if name in histories else traits)[name] = [value]
    return histories, traits


def by_month(
    statuses: list[int],
    scenario: Scenario | None = None,
    *,
    weight: float = 1.0,
    arrival_months: int = 0,
    **changes: Any,  # noqa: ANN401
) -> dict[str, list[float]]:
    """Ledger of the person, each item by calendar month."""
    histories, traits = one_person(statuses, **changes)
    policy = scenario or Scenario()
    parameters = policy.parameter_values(uncalibrated_values())
    years = len(statuses) // 12 + 5
    effort = [[1.0]] * years
    return recount(
        histories,
        traits,
        NATIONAL_TAX,
        effort,
        effort,
        policy,
        parameters,
        load_rates(),
        weight,
        arrival_months,
    )


def totals(statuses: list[int], scenario: Scenario | None = None, **changes: Any) -> dict[str, float]:  # noqa: ANN401
    """Ledger of the person, each item over all months."""
    counted = by_month(statuses, scenario, **changes)
    return {item: sum(counted[item]) for item in ITEMS}
