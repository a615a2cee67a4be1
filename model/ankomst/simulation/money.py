"""Money of a day: benefits, refunds, taxes and prices that the compiled month reads (docs/ODD.md 7.12)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ankomst.policy import law
from ankomst.policy.levers.grants import grants_2013
from ankomst.policy.levers.programme import Assessment
from ankomst.simulation.codes import ORIGINS
from ankomst.simulation.milestones import REFERENCE_WINDOW, belief

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

REFERENCE_DATE = date(2013, 7, 1)
REFERENCE_GRANTS = tuple(
    grant.model_copy(update={"window_months": REFERENCE_WINDOW}) for grant in grants_2013()
)
"""Grants of the reference policy, `three_year+grant_2013`, with its own period as window (docs/ODD.md 7)."""
BENEFITS = ("benefit_no_children", "benefit_children")
_WEEKS = 52.0 / 12.0
Floats = NDArray[np.float64]
Four = tuple[float, float, float, float]


@dataclass(frozen=True)
class Refund:
    """State's share of benefits: by status, or by weeks on benefit (the ladder of 2016)."""

    ladder: bool
    active: float
    passive: float
    by_month: Floats
    """Share in each month on benefit, index 1 for the first."""


def refund_on(when: date, scenario: Scenario | None, rates: Rates, months: int) -> Refund:
    """Return the benefit refund in force on a date, or the one a scenario sets instead."""
    rule: Any = scenario.benefits.refund if scenario is not None else None
    flat = np.zeros(months + 2)
    if rule == "flat_50":
        return Refund(ladder=False, active=0.5, passive=0.5, by_month=flat)
    if rule is not None:
        return Refund(ladder=False, active=rule["active"], passive=rule["passive"], by_month=flat)
    value = rates.value("benefit_refund", when)
    if "active" in value:
        return Refund(ladder=False, active=value["active"], passive=value["passive"], by_month=flat)
    # Weeks to months (docs/ODD.md 7.12): the first month holds four weeks at the first step.
    first = (4.0 * value["weeks_1_4"] + (_WEEKS - 4.0) * value["weeks_5_26"]) / _WEEKS
    steps = [0.0, first] + [value["weeks_5_26"]] * 5 + [value["weeks_27_52"]] * 6
    by_month = np.array((steps + [value["weeks_53_on"]] * (months + 2))[: months + 2])
    return Refund(ladder=True, active=0.0, passive=0.0, by_month=by_month)


def refund_day(scenario: Scenario) -> date:
    """Return the day whose refund rules hold."""
    return scenario.benefits.refund_of or scenario.date


def benefit_amounts(scenario: Scenario, rates: Rates) -> tuple[Floats, Floats]:
    """Return the monthly benefit by kind, of the scenario, and of 2013 in the date's money; shape (4,).

    Kinds: without and with children, and the same for those who arrived before a lower benefit came into
    force, which differs only under `rules: denmark`.
    """
    when, rule = scenario.date, scenario.benefits
    own = []
    for before in (False, True):
        day = when
        if rule.rates_of is not None:
            day = rule.rates_of
        elif scenario.rules == "denmark":
            day = law.benefit_date(when, before=before)
        moved = rates.index(when) / rates.index(day) if rule.rates_of is not None else 1.0
        own += [rule.level * rates.value(name, day) * moved for name in BENEFITS]
    amounts = np.array(own)
    if rule.ceiling is not None:
        amounts = np.minimum(amounts, rule.ceiling)
    index = rates.index(when)
    reference = np.array([rates.value(name, REFERENCE_DATE) * index for name in BENEFITS] * 2)
    return amounts, reference


def net_price(refund: Refund, benefit: float, when: date, rates: Rates, floor: float) -> float:
    """Return the net price pi of a krone of effort to the municipality (docs/ODD.md 7.5)."""
    saved = 0.0 if refund.ladder else refund.active - refund.passive
    ceiling = rates.value("programme_refund_ceiling", when)
    return float(max(floor, 1.0 - rates.value("programme_refund", when) - saved * benefit / (ceiling / 12.0)))


def price_ratio(scenario: Scenario, parameters: Mapping[str, Any], rates: Rates) -> float:
    """Return pi under the scenario over pi under the reference policy."""
    floor = parameters["constants.net_price_floor"]
    own, _ = benefit_amounts(scenario, rates)
    refund = refund_on(refund_day(scenario), scenario, rates, 24)
    reference = refund_on(REFERENCE_DATE, None, rates, 24)
    benefit = rates.value("benefit_no_children", REFERENCE_DATE)
    return net_price(refund, own[0], scenario.date, rates, floor) / net_price(
        reference, benefit, REFERENCE_DATE, rates, floor
    )


BOOKED = (
    *BENEFITS, "basic_grant", "programme_refund", "programme_refund_ceiling", "outside_refund",
    "outside_refund_ceiling", "benefit_refund",
    "wage_subsidy", "wage_subsidy_refund", "danish_class_hour", "staff_month", "placement", "education_grant",
    "disability_pension", "disability_refund", "municipal_tax", "bottom_tax", "health_contribution",
    "labour_market_contribution", "personal_allowance", "employment_allowance", "benefit_disregard",
    "net_tax_factor", "wage_index", "lever_cost",
)  # fmt: skip
"""Rates behind the accounts of every run."""
BOOKED_FOR_TRAINEES = ("trainee_wage", "trainee_bonus")


def extrapolated_rates(scenario: Scenario, rates: Rates) -> list[str]:
    """Return the rates behind the accounts that have no value yet on the scenario's date."""
    names = (*BOOKED, *(BOOKED_FOR_TRAINEES if scenario.trainee_job.slots > 0.0 else ()))
    return [name for name in names if rates.extrapolated(name, scenario.date)]


def tax_base(income: float, allowance: float) -> float:
    """Return the municipal tax base of a month of benefit, DKK (docs/ODD.md 7.12)."""
    return max(0.0, 12.0 * income - allowance) / 12.0


def reference_gain(parameters: Mapping[str, Any], rates: Rates) -> float:
    """Return G_ref, the gain from a job for the reference client in 2013 (docs/ODD.md 7.5)."""
    client = parameters["constants.reference_client"]
    wage = parameters["economy.entry_wage"] * 37.0 * _WEEKS * (1.0 + 0.10 * client["language"])
    allowance = rates.value("personal_allowance", REFERENCE_DATE)
    relief = rates.value("employment_allowance", REFERENCE_DATE)
    year = 12.0 * wage
    taxed = year * (1.0 - rates.value("labour_market_contribution", REFERENCE_DATE)) - allowance
    base = max(0.0, taxed - min(relief["share"] * year, relief["max"])) / 12.0
    benefit = rates.value("benefit_no_children", REFERENCE_DATE)
    share = rates.value("benefit_refund", REFERENCE_DATE)["active"]
    tax = rates.value("municipal_tax", REFERENCE_DATE) * (base - tax_base(benefit, allowance))
    amount = REFERENCE_GRANTS[0].amount(0)
    wait = 1.0 - math.exp(-12.0 * client["hazard"])
    later = amount if client["month"] + 12 < REFERENCE_WINDOW else 0.0
    grants = belief(6, parameters) * (amount - wait * later)
    return float(parameters["municipality.planning_months"] * ((1.0 - share) * benefit + tax) + grants)


def net_wage(when: date, parameters: Mapping[str, Any], rates: Rates) -> float:
    """Return the monthly entry wage at 37 hours after direct tax, at the national rate, DKK (ODD 7.18)."""
    wage = parameters["economy.entry_wage"] * rates.index(when) * 37.0 * _WEEKS
    contribution = rates.value("labour_market_contribution", when) * wage
    relief = rates.value("employment_allowance", when)
    year = 12.0 * (wage - contribution) - rates.value("personal_allowance", when)
    reduced = max(0.0, year - min(relief["share"] * 12.0 * wage, relief["max"]))
    municipal = rates.value("municipal_tax", when) * reduced
    state = rates.value("bottom_tax", when) * max(0.0, year)
    state += rates.value("health_contribution", when) * reduced
    return float(wage - contribution - (municipal + state) / 12.0)


def amounts_of_day(scenario: Scenario, p: Mapping[str, Any], rates: Rates) -> dict[str, Any]:
    """Return amounts, tax rates and refunds on the scenario's date, by their names in `Rules`."""
    when, refunds = scenario.date, refund_day(scenario)
    own, reference = benefit_amounts(scenario, rates)
    refund = refund_on(refunds, scenario, rates, 24)
    before = refund_on(REFERENCE_DATE, None, rates, 24)
    allowance = rates.value("personal_allowance", when)
    relief = rates.value("employment_allowance", when)
    basic = rates.value("basic_grant", when)
    price = rates.price("danish_class_hour", when)
    cost = rates.price("lever_cost", when)
    discount = cost["regional_class_discount"] * scenario.danish.regional
    bonus = rates.value("trainee_bonus", when)
    training = scenario.trainee_job
    return {
        "ladder": refund.ladder,
        "refund_active": float(refund.active),
        "refund_passive": float(refund.passive),
        "benefit": _four(own),
        "benefit_base": _four([tax_base(value, allowance) for value in own]),
        "reference_benefit": _four(reference),
        "reference_base": _four([tax_base(value, allowance) for value in reference]),
        "reference_active": float(before.active),
        "reference_passive": float(before.passive),
        "entry_wage": float(p["economy.entry_wage"]) * rates.index(when),
        "am_rate": float(rates.value("labour_market_contribution", when)),
        "bottom_tax": float(rates.value("bottom_tax", when)),
        "health_contribution": float(rates.value("health_contribution", when)),
        "personal_allowance": float(allowance),
        "employment_share": float(relief["share"]),
        "employment_max": float(relief["max"]),
        "indirect_share": 1.0 - 1.0 / float(rates.value("net_tax_factor", when)),
        "disregard": float(rates.value("benefit_disregard", when)),
        "subsidy_hour": float(rates.value("wage_subsidy", when)),
        "subsidy_by_weeks": refund_on(refunds, None, rates, 24).ladder,
        "subsidy_refund": float(rates.value("wage_subsidy_refund", refunds)),
        "class_price": tuple(float(price[f"track_{k}"]) * (1.0 - discount) for k in (1, 2, 3)),
        "staff_month": float(rates.price("staff_month", when)),
        "placement_price": float(rates.price("placement", when)),
        "staff_refunded": scenario.accounts.staff_refunded,
        "programme_refund": float(rates.value("programme_refund", when)),
        "programme_ceiling": float(rates.value("programme_refund_ceiling", when)),
        "outside_refund": float(rates.value("outside_refund", when)),
        "outside_ceiling": float(rates.value("outside_refund_ceiling", when)),
        "outside_classes_refunded": scenario.accounts.outside_classes_refunded,
        "basic_grant": tuple(
            float(basic[origin] if isinstance(basic, dict) else basic) for origin in ORIGINS
        ),
        "education_grant": float(rates.price("education_grant", when)),
        "pension": float(rates.price("disability_pension", when)),
        "trainee_wage": float(rates.value("trainee_wage", when)),
        "trainee_school": float(cost["trainee_school_week"]) * training.school_weeks / training.months,
        "trainee_bonus": (float(bonus["after_6_months"]), float(bonus["at_completion"])),
        "self_employed_share": float(p["constants.self_employed_income"]),
        "credit": scenario.taxes.in_work_credit / 37.0,
        **_lever_costs(scenario, cost, float(rates.price("staff_month", when))),
        "pension_refund": float(rates.value("disability_refund", refunds)),
    }


def _lever_costs(scenario: Scenario, cost: Mapping[str, float], staff: float) -> dict[str, Any]:
    """Return costs of proposals that depend on the person; 0 where the lever is off."""
    costs = {
        "assessment_cost": cost["assessment_per_person"],
        "mentor_cost": cost["mentor_per_month"] * (scenario.civil_society.mentor_share > 0.0),
        "outreach_cost": (
            cost["outreach_share_of_staff_month"] * staff * (scenario.outreach.self_supported_share > 0.0)
        ),
        "coordination_cost": cost["coordination_per_client_month"] * scenario.coordination.health,
        "business_cost": cost["entrepreneur_per_start"] * scenario.entrepreneurship.support,
    }
    more = scenario.assessment.guidance_share > Assessment().guidance_share
    return {"costs": more or any(list(costs.values())[1:]), **{k: float(v) for k, v in costs.items()}}


def _four(values: Sequence[float] | Floats) -> Four:
    return float(values[0]), float(values[1]), float(values[2]), float(values[3])
