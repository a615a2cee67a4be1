"""The recount: totals of every item by calendar month, from histories and rates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .person_month import (
    basic_grant,
    counts_for_ceiling,
    income_and_tax,
    person_months,
    programme_costs,
)
from .prices import Prices
from .results import JobCount, grant_payments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

ITEMS = (
    "benefit", "top_up", "benefit_refund", "wage", "wage_subsidy", "wage_subsidy_refund",
    "labour_market_contribution", "municipal_tax", "state_tax", "indirect_tax", "danish_classes", "staff",
    "placement", "programme_refund", "basic_grant", "grant_job", "grant_education", "grant_danish",
    "grant_self_support", "bonus_extra_job", "education_grant", "disability_pension", "pension_refund",
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
) -> dict[str, list[float]]:
    """Return item -> total of each calendar month t, DKK of the sample times `weight`.

    Parameters
    ----------
    histories : Mapping[str, Any]
        Tables [person][s] of status, hours, language, work_months, class_hours, placement_started,
        benefit_months, introduction_end and w (intensity at the end of the month, 0 when not a client);
        and `milestones`, by person a map from grant number to (s, s0) or None.
    traits : Mapping[str, Any]
        Columns arrival_month, origin, education, track, health, children, supported, municipality, v
        and, where grants are capped, id.
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
    """
    prices = Prices(scenario, parameters, rates)
    starts = traits["arrival_month"]
    months = max(int(starts[i]) + len(row) for i, row in enumerate(histories["status"]))
    totals = {item: [0.0] * months for item in ITEMS}
    refundable: dict[tuple[int, int], float] = defaultdict(float)
    in_activities: dict[tuple[int, int], int] = defaultdict(int)
    jobs = JobCount()

    for month in person_months(histories, traits):
        place, year = month.municipality, month.t // 12
        costs = programme_costs(
            month,
            prices,
            float(effort_by_year[year][place]),
            float(language_effort_by_year[year][place]),
        )
        items = income_and_tax(month, prices, municipalities[place]["tax"]) | costs
        items["basic_grant"] = basic_grant(month, prices, scenario)
        for item, amount in items.items():
            totals[item][month.t] += weight * amount
        if month.inside:
            staff = costs["staff"] if scenario.accounts.staff_refunded else 0.0
            refundable[place, month.t] += costs["danish_classes"] + costs["placement"] + staff
            in_activities[place, month.t] += counts_for_ceiling(month)
        jobs.note(month)

    for (place, t), cost in refundable.items():
        ceiling = prices.ceiling * in_activities[place, t]
        totals["programme_refund"][t] += weight * prices.programme_refund * min(cost, ceiling)
    for item, t, amount in grant_payments(histories["milestones"], traits, scenario, weight):
        totals[item][t] += weight * amount
    for t, amount in jobs.bonuses(prices.bonus, months):
        totals["bonus_extra_job"][t] += weight * amount
    return totals
