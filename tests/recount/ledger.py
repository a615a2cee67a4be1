"""The recount: totals of every item by calendar month, from histories and rates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .lever_costs import Presence, lever_cost
from .person_month import (
    basic_grant,
    counts_for_ceiling,
    income_and_tax,
    person_months,
    programme_costs,
    trainee_items,
)
from .prices import LAST_DAY_OF_THE_HIGHER_BENEFIT, prices_by_month
from .results import JobCount, grant_payments, grants_by_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

ITEMS = (
    "benefit", "top_up", "benefit_refund", "wage", "wage_subsidy", "wage_subsidy_refund",
    "labour_market_contribution", "municipal_tax", "state_tax", "indirect_tax", "danish_classes", "staff",
    "placement", "programme_refund", "basic_grant", "grant_job", "grant_education", "grant_danish",
    "grant_self_support", "bonus_extra_job", "education_grant", "disability_pension", "pension_refund",
    "self_employed_income", "trainee_bonus", "trainee_school", "advisory_team", "lever_cost",
)  # fmt: skip


def recount(
    histories: Mapping[str, Any],
    traits: Mapping[str, Any],
    municipalities: Sequence[Mapping[str, Any]],
    effort_by_year: Any,  # noqa: ANN401 - anything with [year][municipality]
    language_effort_by_year: Any,  # noqa: ANN401 - the same
    scenario: Scenario,
    parameters: Mapping[str, Any],
    rates: Rates,
    weight: float = 1.0,
    arrival_months: int = 0,
) -> dict[str, list[float]]:
    """Return item -> total of each calendar month t, DKK of the country (the sample times `weight`).

    Parameters
    ----------
    histories : Mapping[str, Any]
        Tables [person][s] of status, hours, language, work_months, class_hours, placement_started,
        benefit_months, introduction_end, w (intensity at the end of the month, 0 when not a client), tenure,
        business_started and trainee_completed (1 in the month, 0 otherwise), placement_started being 3 for
        a trainee job; and `milestones`, by person a map from the grant's position to (s, s0) or None where
        it was paid.
    traits : Mapping[str, Any]
        Columns arrival_month, origin, female, education, track, health, children, supported, municipality,
        v, mentor, outreach (the three uniforms) and, where grants are capped, id.
    municipalities : Sequence[Mapping[str, Any]]
        In order of index, with `tax`.
    effort_by_year, language_effort_by_year : Any
        Indexed [year][municipality]; year 0 is the first calendar year of the run.
    scenario : Scenario
        The policy.
    parameters : Mapping[str, Any]
        Dotted name to value.
    rates : Rates
        Dated rates.
    weight : float
        Persons that one sampled newcomer stands for.
    arrival_months : int
        Months in which people arrive: partnerships and the advisory team are paid for in them.
    """
    starts = traits["arrival_month"]
    months = max(int(starts[i]) + len(row) for i, row in enumerate(histories["status"]))
    prices = prices_by_month(scenario, parameters, rates, months)
    totals = {item: [0.0] * months for item in ITEMS}
    refundable: dict[tuple[int, int], float] = defaultdict(float)
    in_activities: dict[tuple[int, int], int] = defaultdict(int)
    outside: dict[tuple[int, int], float] = defaultdict(float)
    recipients: dict[tuple[int, int], int] = defaultdict(int)
    jobs, presence = JobCount(), Presence()

    for month in person_months(histories, traits):
        place, year, today = month.municipality, month.t // 12, prices[month.t]
        costs = programme_costs(
            month,
            today,
            float(effort_by_year[year][place]),
            float(language_effort_by_year[year][place]),
        )
        earlier = scenario.month(month.arrival_month) <= LAST_DAY_OF_THE_HIGHER_BENEFIT
        items = income_and_tax(month, today, municipalities[place]["tax"], earlier=earlier) | costs
        items |= trainee_items(month, today)
        items |= {"basic_grant": basic_grant(month, today), "lever_cost": lever_cost(month, today)}
        for item, amount in items.items():
            totals[item][month.t] += weight * amount
        if month.inside:
            staff = costs["staff"] if scenario.accounts.staff_refunded else 0.0
            refundable[place, month.t] += costs["danish_classes"] + costs["placement"] + staff
            in_activities[place, month.t] += counts_for_ceiling(month)
        else:
            outside[place, month.t] += costs["placement"]
            recipients[place, month.t] += items.get("benefit", 0.0) + items.get("top_up", 0.0) > 0.0
            if scenario.accounts.outside_classes_refunded:
                totals["programme_refund"][month.t] += weight * today.outside_refund * costs["danish_classes"]
        jobs.note(month)
        presence.note(month)

    for (place, t), cost in refundable.items():
        ceiling = prices[t].ceiling * in_activities[place, t]
        totals["programme_refund"][t] += weight * prices[t].programme_refund * min(cost, ceiling)
    for (place, t), cost in outside.items():
        ceiling = prices[t].outside_ceiling * recipients[place, t]
        totals["programme_refund"][t] += weight * prices[t].outside_refund * min(cost, ceiling)
    grants = grants_by_month(scenario, months)
    for item, t, amount in grant_payments(histories["milestones"], traits, grants, weight):
        totals[item][t] += weight * amount
    for t, amount in jobs.bonuses([today.bonus for today in prices]):
        totals["bonus_extra_job"][t] += weight * amount
    for item, t, amount in presence.costs(prices, arrival_months):
        totals[item][t] += amount
    return totals
