"""Which result grants a run knows, and which of them are in force (docs/ODD.md 7.11).

Under dated rules grants come and go. What a grant asks for is its structure; its amount may differ from month
to month. A run watches every structure that is ever in force, each at a position of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .calendar_time import months_of_run

if TYPE_CHECKING:
    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.scenario import Scenario

    from .newcomer import Newcomer


def structure(grant: ResultGrant) -> ResultGrant:
    """What the grant asks for, without its amounts."""
    return grant.model_copy(update={"schedule": 0.0})


def positions(scenario: Scenario) -> list[ResultGrant]:
    """Structures of the run in the order in which they first come into force."""
    if scenario.rules == "at_date" or "result_grants" in scenario.model_fields_set:
        return [structure(grant) for grant in scenario.result_grants]
    known: list[ResultGrant] = []
    for month in range(months_of_run(scenario)):
        grants = scenario.in_force(scenario.month(month)).result_grants
        known += [new for new in map(structure, grants) if new not in known]
    return known


def in_force(known: list[ResultGrant], policy: Scenario) -> list[ResultGrant | None]:
    """By position the grant of the day with its amounts; None where it is not in force."""
    if len(known) == len(policy.result_grants) and known == [structure(g) for g in policy.result_grants]:
        return list(policy.result_grants)
    today: list[ResultGrant | None] = [None] * len(known)
    for grant in policy.result_grants:
        today[known.index(structure(grant))] = grant
    return today


def group_weight(grant: ResultGrant, who: Newcomer) -> float:
    """Risk adjustment of a grant for this person."""
    weights = grant.group_weights
    return weights.needs_group if who.needs_group else weights.others


def window(grant: ResultGrant, introduction_end: int) -> int:
    """Months from arrival in which a spell must start to count."""
    own_period = grant.window_months == "introduction_period"
    return (introduction_end if own_period else int(grant.window_months)) + grant.extra_window_months
