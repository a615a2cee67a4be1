"""From scenario, parameters and dated rates to the numbers and tables that the compiled month reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ankomst.policy.grants import grants_2013
from ankomst.simulation import fields
from ankomst.simulation.arrays import Rules
from ankomst.simulation.codes import (
    ASSESSMENT,
    EDUCATION,
    EMPLOYED,
    GRANT_OUTCOMES,
    INTERNSHIP,
    JOB_CENTRE,
    LANGUAGE_CLASS,
    ORIGINS,
    SELF_EMPLOYED,
    SELF_SUPPORTED,
    STATUSES,
    SUBSIDISED_JOB,
    TRAINEE_JOB,
)  # fmt: skip
from ankomst.simulation.milestones import REFERENCE_WINDOW, Milestones, Slot, belief

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.levers import Danish
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

REFERENCE_DATE = date(2013, 7, 1)
REFERENCE_INFLOW = 7000.0
"""Newcomers a year in 2013, the inflow that local capacity is scaled to (details A17)."""
REFERENCE_GRANTS = tuple(
    grant.model_copy(update={"window_months": REFERENCE_WINDOW}) for grant in grants_2013()
)
"""Grants of the reference policy, `three_year+grant_2013`, with its own period as window (details A4)."""
LEAST_BENEFIT_RATIO = 1e-9
"""A benefit of 0 has no logarithm; the hazard stays finite."""
_NO_DEADLINE = 1_000_000
_WEEKS = 52.0 / 12.0
Floats = NDArray[np.float64]


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
    # Weeks to months (details T3): the first month holds four weeks at the first step.
    first = (4.0 * value["weeks_1_4"] + (_WEEKS - 4.0) * value["weeks_5_26"]) / _WEEKS
    steps = [0.0, first] + [value["weeks_5_26"]] * 5 + [value["weeks_27_52"]] * 6
    by_month = np.array((steps + [value["weeks_53_on"]] * (months + 2))[: months + 2])
    return Refund(ladder=True, active=0.0, passive=0.0, by_month=by_month)


def net_price(refund: Refund, benefit: float, when: date, rates: Rates, floor: float) -> float:
    """Net price pi of a krone of effort to the municipality (details A1)."""
    saved = 0.0 if refund.ladder else refund.active - refund.passive
    ceiling = rates.value("programme_refund_ceiling", when)
    return float(max(floor, 1.0 - rates.value("programme_refund", when) - saved * benefit / (ceiling / 12.0)))


def tax_base(income: float, allowance: float) -> float:
    """Municipal tax base of a month of benefit, DKK (T4, item 9)."""
    return max(0.0, 12.0 * income - allowance) / 12.0


def _reference_gain(parameters: Mapping[str, Any], rates: Rates) -> float:
    """G_ref, the gain from a job for the reference client under the reference policy in 2013 (A3)."""
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


def _benefits(scenario: Scenario, rates: Rates) -> tuple[Floats, Floats]:
    """Monthly benefit without and with children: of the scenario, and of 2013 in the date's money."""
    names = ("benefit_no_children", "benefit_children")
    own = np.array([scenario.benefits.level * rates.value(name, scenario.date) for name in names])
    index = rates.index(scenario.date)
    reference = np.array([rates.value(name, REFERENCE_DATE) * index for name in names])
    return own, reference


def prices(scenario: Scenario, parameters: Mapping[str, Any], rates: Rates) -> tuple[float, float]:
    """Return pi under the scenario and under the reference policy."""
    floor = parameters["constants.net_price_floor"]
    own, _ = _benefits(scenario, rates)
    refund = refund_on(scenario.date, scenario, rates, 24)
    reference = refund_on(REFERENCE_DATE, None, rates, 24)
    benefit = rates.value("benefit_no_children", REFERENCE_DATE)
    return (
        net_price(refund, own[0], scenario.date, rates, floor),
        net_price(reference, benefit, REFERENCE_DATE, rates, floor),
    )


def rules(
    scenario: Scenario, parameters: Mapping[str, Any], rates: Rates, stones: Milestones, weight: float
) -> Rules:
    """Resolve a scenario at its date into the compiled month's rules.

    Parameters
    ----------
    scenario : Scenario
    parameters : mapping
        Values by dotted name.
    rates : Rates
    stones : Milestones
        Slots and grants of the run; must watch the reference policy's grants.
    weight : float
        Real newcomers that one simulated newcomer stands for.
    """
    p = parameters
    months = scenario.horizon.follow_up_months
    s = np.arange(months + 14, dtype=np.float64)
    own, reference = _benefits(scenario, rates)
    fading = np.exp(-((s / 36.0) ** 2))
    elasticity = np.array([p["job_finding.b_benefit_men"], p["job_finding.b_benefit_women"]])
    ratio = np.log(np.maximum(own / reference, LEAST_BENEFIT_RATIO))
    offers, danish, period = scenario.placements, scenario.danish, scenario.introduction_period
    flexible = min(1.0, danish.evening_hours / danish.class_hours) if danish.class_hours > 0 else 1.0
    money = _money(scenario, parameters, rates, own, reference)
    deadline = offers.first_offer_deadline_months
    right = danish.right_months
    right_end = _NO_DEADLINE if right is None else int(right + p["constants.class_start_months"])
    slots = stones.slots
    refund = refund_on(scenario.date, scenario, rates, months + 60)
    planned = int(p["municipality.planning_months"])
    index = rates.index(scenario.date)
    table = np.zeros((fields.TABLES, months + 14))
    table[fields.CHILD_T] = p["job_finding.b_childcare"] * np.exp(-s / 36.0)
    table[fields.EXPERIENCE_T] = p["job_finding.b_experience"] * (1.0 - np.exp(-s / 12.0))
    table[fields.IDLE_T] = p["job_finding.b_idle"] * (1.0 - np.exp(-s / 24.0))
    table[fields.SEARCH_T : fields.SEARCH_T + len(STATUSES)] = _search(p, s, danish.class_hours)
    table[fields.CLASS_HOURS_S, : len(STATUSES)] = _class_hours(danish)
    table[fields.PLACEMENT_HOURS_S, [INTERNSHIP, SUBSIDISED_JOB, TRAINEE_JOB]] = 37.0
    table[fields.TENURE_T] = np.exp(-p["separation.separation_tenure"] * (1.0 - np.exp(-s / 12.0)))
    law = refund_on(scenario.date, None, rates, months + 60)
    table[fields.LADDER_T] = law.by_month[: months + 14]
    table[fields.LADDER_MEAN_T] = [
        refund.by_month[b + 1 : b + 1 + planned].mean() for b in range(months + 14)
    ]
    table[fields.JOB_DUE_T, [x.sustained for x in slots if x.outcome == 0 and x.sustained < s.size]] = 1.0
    table[fields.BENEFIT_T : fields.SEARCH_T] = (
        -elasticity[:, None, None] * ratio[None, :, None] * fading
    ).reshape(4, -1)
    return Rules(
        months=months,
        weight=weight,
        table=table,
        slots=np.array([_slot_row(x) for x in slots], dtype=np.int64).reshape(-1, 6),
        last_window=max(
            ((period.max_months if x.window < 0 else x.window) + x.extra for x in slots if x.outcome == 0),
            default=0,
        ),
        watches_hours=any(x.minimum_hours > 12.0 for x in slots),
        watches_self_support=any(GRANT_OUTCOMES[x.outcome] == "self_support" for x in slots),
        grants=_grant_rows(stones),
        grant_amount=stones.grant_amount,
        interactions=scenario.interactions,
        **_floats(p, "job_finding", _JOB_FINDING),
        recognition_month=int(p["constants.recognition_month"]),
        conflict_k=1.0 - p["search.class_conflict"] * (1.0 - flexible),
        crowding=float(p["search.crowding"]),
        places=float(p["placements.places"]) * (offers.capacity if scenario.interactions else 1.0),
        subsidised_share=float(p["placements.subsidised_share"]),
        first_offer=int(offers.first_offer_month),
        deadline=_NO_DEADLINE if deadline is None else int(deadline),
        ready_from_day_one=offers.job_ready_from_day_one,
        noise_bound=np.append(-0.5 * np.log(-np.log(np.arange(1, 64) / 64.0)), np.inf),
        needs_weight=float(p["levers.needs_weight"]),
        worth_internship=float(p["placements.worth_internship"]),
        worth_subsidised=float(p["placements.worth_subsidised"]),
        worth_women=math.exp(-p["placements.worth_women"]),
        practice_decay=float(p["placements.practice_decay"]),
        internship_months=int(offers.internship_months),
        subsidy_months=int(offers.subsidy_months),
        assessment_months=int(p["constants.assessment_months"]),
        right_end=right_end,
        learning_at_work=float(p["danish.learning_at_work"]),
        test_hazard=float(p["constants.test_sitting"] * p["constants.test_passing"]),
        drop_out=float(p["danish.drop_out"]),
        drop_out_after=float(p["danish.drop_out_after"]),
        separation_language=float(p["separation.separation_language"]),
        rushed=math.exp(p["separation.separation_rushed"]),
        most_separation=math.exp(
            max(0.0, p["separation.separation_rushed"]) + max(0.0, -p["separation.separation_language"])
        ),
        **_floats(p, "exits", ("emigration", "disability", "education_entry")),
        gain_months=float(p["municipality.planning_months"]),
        gain_floor=float(p["constants.gain_floor"]),
        gain_reference=_reference_gain(p, rates) * index,
        test_share=float(p["constants.test_gain_share"]),
        reference_slots=(stones.slot_of(REFERENCE_GRANTS[0]), stones.slot_of(REFERENCE_GRANTS[2])),
        reference_amounts=(REFERENCE_GRANTS[0].amount(0) * index, REFERENCE_GRANTS[2].amount(0) * index),
        reference_window=REFERENCE_WINDOW,
        reference_belief=belief(6, p),
        basic_grant_months=-1 if period.basic_grant_months == "in_period" else int(period.basic_grant_months),
        **money,
    )


_JOB_FINDING = (
    "b_peers", "b_demand", "b_language", "b_recognised", "b_practice", "b_effort", "b_deadline",
    "b_danish_education",
)  # fmt: skip


def _money(
    scenario: Scenario, p: Mapping[str, Any], rates: Rates, own: Floats, reference: Floats
) -> dict[str, Any]:
    """Amounts, tax rates and refunds on the scenario's date."""
    when = scenario.date
    refund = refund_on(when, scenario, rates, 24)
    before = refund_on(REFERENCE_DATE, None, rates, 24)
    allowance = rates.value("personal_allowance", when)
    relief = rates.value("employment_allowance", when)
    basic = rates.value("basic_grant", when)
    price = rates.price("danish_class_hour", when)
    return {
        "ladder": refund.ladder,
        "refund_active": float(refund.active),
        "refund_passive": float(refund.passive),
        "benefit": _pair(own),
        "benefit_base": _pair([tax_base(value, allowance) for value in own]),
        "reference_benefit": _pair(reference),
        "reference_base": _pair([tax_base(value, allowance) for value in reference]),
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
        "subsidy_by_weeks": refund_on(when, None, rates, 24).ladder,
        "subsidy_refund": float(rates.value("wage_subsidy_refund", when)),
        "class_price": tuple(float(price[f"track_{k}"]) for k in (1, 2, 3)),
        "staff_month": float(rates.price("staff_month", when)),
        "placement_price": float(rates.price("placement", when)),
        "staff_refunded": scenario.accounts.staff_refunded,
        "programme_refund": float(rates.value("programme_refund", when)),
        "programme_ceiling": float(rates.value("programme_refund_ceiling", when)),
        "basic_grant": tuple(
            float(basic[origin] if isinstance(basic, dict) else basic) for origin in ORIGINS
        ),
        "education_grant": float(rates.price("education_grant", when)),
        "pension": float(rates.price("disability_pension", when)),
        "pension_refund": float(rates.value("disability_refund", when)),
    }


def _pair(values: Sequence[float] | Floats) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _slot_row(slot: Slot) -> tuple[int, ...]:
    hours = math.ceil(slot.minimum_hours)
    return slot.outcome, slot.sustained, hours, slot.window, slot.extra, int(slot.supported)


def _grant_rows(stones: Milestones) -> Floats:
    """Columns as fields.GRANT_*."""
    rows = np.zeros((len(stones.grants), 6))
    for g, grant in enumerate(stones.grants):
        cap = np.inf if grant.cap is None else grant.cap
        rows[g, :4] = stones.grant_slot[g], stones.belief[g], grant.benchmark, cap
    rows[:, fields.GRANT_WEIGHT :] = stones.grant_weight
    return rows


def _search(p: Mapping[str, Any], s: Floats, class_hours: float) -> Floats:
    """Search factor k, shape (statuses, months); in class before any conflict (section 6)."""
    k = np.zeros((len(STATUSES), s.size))
    lock_in = p["search.lock_in_class"] * np.exp(-s / 48.0) * class_hours / 12.0
    k[LANGUAGE_CLASS] = np.maximum(0.0, 1.0 - lock_in)
    k[INTERNSHIP] = 1.0 - p["search.lock_in_internship"] * np.exp(-s / 24.0)
    k[[SUBSIDISED_JOB, TRAINEE_JOB]] = 0.1
    k[EDUCATION] = 0.15
    k[JOB_CENTRE] = 1.0
    k[ASSESSMENT] = p["search.k_assessment"]
    k[SELF_SUPPORTED] = p["search.k_self_supported"]
    return k


def _class_hours(danish: Danish) -> Floats:
    """Class hours a week by status, for those entitled (T2)."""
    hours = np.zeros(len(STATUSES))
    hours[LANGUAGE_CLASS] = danish.class_hours
    hours[[INTERNSHIP, SUBSIDISED_JOB]] = 0.3 * danish.class_hours + danish.workplace_hours
    hours[TRAINEE_JOB] = danish.workplace_hours
    hours[EMPLOYED] = danish.evening_hours + danish.workplace_hours
    hours[SELF_EMPLOYED] = danish.evening_hours
    hours[JOB_CENTRE] = 0.3 * danish.class_hours
    hours[SELF_SUPPORTED] = 0.55 * danish.class_hours
    return hours


def _floats(p: Mapping[str, Any], group: str, names: Sequence[str]) -> dict[str, Any]:
    return {name: float(p[f"{group}.{name}"]) for name in names}
