"""From scenario, parameters and dated rates to the numbers and tables that the compiled month reads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ankomst.simulation.codes import (
    ASSESSMENT,
    EDUCATION,
    EMPLOYED,
    GRANT_OUTCOMES,
    INTERNSHIP,
    JOB_CENTRE,
    LANGUAGE_CLASS,
    SELF_EMPLOYED,
    SELF_SUPPORTED,
    STATUSES,
    SUBSIDISED_JOB,
    TRAINEE_JOB,
)
from ankomst.simulation.kernels import fields
from ankomst.simulation.kernels.arrays import Rules
from ankomst.simulation.milestones import REFERENCE_WINDOW, Milestones, Slot, belief
from ankomst.simulation.money import (
    REFERENCE_GRANTS,
    amounts_of_day,
    benefit_amounts,
    net_wage,
    reference_gain,
    refund_day,
    refund_on,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.levers.programme import Danish
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

REFERENCE_INFLOW = 7000.0
"""Newcomers a year in 2013, the inflow that local capacity is scaled to (docs/ODD.md 5.3)."""
LEAST_BENEFIT_RATIO = 1e-9
"""A benefit of 0 has no logarithm; the hazard stays finite."""
_NO_DEADLINE = 1_000_000
Floats = NDArray[np.float64]


def rules(
    scenario: Scenario,
    parameters: Mapping[str, Any],
    rates: Rates,
    stones: Milestones,
    weight: float,
    longest_period: int,
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
    longest_period : int
        Longest introduction period of anybody in the run, months.
    """
    p = parameters
    months = scenario.horizon.follow_up_months
    s = np.arange(months + 14, dtype=np.float64)
    own, reference = benefit_amounts(scenario, rates)
    fading = np.exp(-((s / 36.0) ** 2))
    elasticity = np.array([p["job_finding.b_benefit_men"], p["job_finding.b_benefit_women"]])
    ratio = np.log(np.maximum(own / reference, LEAST_BENEFIT_RATIO))
    offers, danish, period = scenario.placements, scenario.danish, scenario.introduction_period
    flexible = min(1.0, danish.evening_hours / danish.class_hours) if danish.class_hours > 0 else 1.0
    assessment, training = scenario.assessment, scenario.trainee_job
    deadline = offers.first_offer_deadline_months
    slots = stones.slots
    refund = refund_on(refund_day(scenario), scenario, rates, months + 60)
    planned = int(p["municipality.planning_months"])
    index = rates.index(scenario.date)
    table = np.zeros((fields.TABLES, months + 14))
    table[fields.CHILD_T] = p["job_finding.b_childcare"] * np.exp(-s / 36.0)
    table[fields.EXPERIENCE_T] = p["job_finding.b_experience"] * (1.0 - np.exp(-s / 12.0))
    table[fields.SETTLE_T] = _settling(p, s)
    table[fields.IDLE_T] = p["job_finding.b_idle"] * (1.0 - np.exp(-s / 24.0))
    table[fields.SEARCH_T : fields.SEARCH_T + len(STATUSES)] = _search(p, s, danish.class_hours)
    table[fields.CLASS_HOURS_S, : len(STATUSES)] = _class_hours(danish)
    table[fields.PLACEMENT_HOURS_S, [INTERNSHIP, SUBSIDISED_JOB, TRAINEE_JOB, SELF_EMPLOYED]] = 37.0
    credit = math.log(1.0 + scenario.taxes.in_work_credit / net_wage(scenario.date, p, rates))
    table[fields.CREDIT_T : fields.CREDIT_T + 2] = elasticity[:, None] * credit * fading
    table[fields.TENURE_T] = np.exp(-p["separation.separation_tenure"] * (1.0 - np.exp(-s / 12.0)))
    law = refund_on(refund_day(scenario), None, rates, months + 60)
    table[fields.LADDER_T] = law.by_month[: months + 14]
    table[fields.LADDER_MEAN_T] = [
        refund.by_month[b + 1 : b + 1 + planned].mean() for b in range(months + 14)
    ]
    table[fields.JOB_DUE_T, [x.sustained for x in slots if x.outcome == 0 and x.sustained < s.size]] = 1.0
    table[fields.BENEFIT_T : fields.SEARCH_T] = (
        -elasticity[:, None, None] * ratio[None, :, None] * fading
    ).reshape(8, -1)
    grants = _grant_rows(stones, scenario)
    return Rules(
        months=months,
        weight=weight,
        table=table,
        slots=np.array([_slot_row(x) for x in slots], dtype=np.int64).reshape(-1, 6),
        last_window=max(
            ((longest_period if x.window < 0 else x.window) + x.extra for x in slots if x.outcome == 0),
            default=0,
        ),
        watches_hours=any(x.minimum_hours > 12.0 for x in slots),
        watches_self_support=any(GRANT_OUTCOMES[x.outcome] == "self_support" for x in slots),
        grants=grants[0],
        grant_amount=grants[1],
        interactions=scenario.interactions,
        **_floats(p, "job_finding", _JOB_FINDING),
        settling_left=1.0 - float(p["readiness.ready_effect"]),
        recognition_month=int(assessment.deadline_months),
        conflict_k=1.0 - p["search.class_conflict"] * (1.0 - flexible),
        crowding=float(p["search.crowding"]),
        places=_places(scenario, p),
        sub_places=float(p["placements.sub_places"]),
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
        assessment_months=float(assessment.months - assessment.asylum_information),
        mentor_speed=1.0 + float(p["levers.mentor_language"]),
        b_mentor=float(p["levers.b_mentor"]),
        outreach_k=_outreach_k(p),
        outreach_hours=0.70 * danish.class_hours,
        learning_at_work=float(p["danish.learning_at_work"]),
        test_hazard=float(p["constants.test_sitting"] * p["constants.test_passing"]),
        drop_out=float(p["danish.drop_out"]),
        drop_out_after=float(p["danish.drop_out_after"]),
        separation_language=float(p["separation.separation_language"]),
        rushed=math.exp(p["separation.separation_rushed"]),
        business_start=_business_start(scenario, p),
        business_closing=_business_closing(scenario, p),
        trainee_slots=float(training.slots),
        trainee_months=int(training.months),
        trainee_min_age=float(training.min_age),
        trainee_end_age=float(training.max_age + 1),
        trainee_last_month=int(training.max_months_since_arrival),
        trainee_interruption=float(p["levers.trainee_interruption"]),
        trainee_hired=float(p["levers.trainee_hired"]),
        **_floats(p, "exits", ("emigration", "disability", "education_entry")),
        gain_months=float(p["municipality.planning_months"]),
        gain_floor=float(p["constants.gain_floor"]),
        gain_reference=reference_gain(p, rates) * index,
        test_share=float(p["constants.test_gain_share"]),
        reference_slots=(stones.slot_of(REFERENCE_GRANTS[0]), stones.slot_of(REFERENCE_GRANTS[2])),
        reference_amounts=(REFERENCE_GRANTS[0].amount(0) * index, REFERENCE_GRANTS[2].amount(0) * index),
        reference_window=REFERENCE_WINDOW,
        reference_belief=belief(6, p),
        basic_grant_months=-1 if period.basic_grant_months == "in_period" else int(period.basic_grant_months),
        **amounts_of_day(scenario, p, rates),
    )


_JOB_FINDING = (
    "b_peers", "b_demand", "b_language", "b_recognised", "b_practice", "b_effort", "b_deadline",
    "b_danish_education",
)  # fmt: skip


def _slot_row(slot: Slot) -> tuple[int, ...]:
    hours = math.ceil(slot.minimum_hours)
    return slot.outcome, slot.sustained, hours, slot.window, slot.extra, int(slot.supported)


def _grant_rows(stones: Milestones, scenario: Scenario) -> tuple[Floats, Floats]:
    """Return the grants, columns as fields.GRANT_*, and their amounts; the slot of one not in force is -1."""
    amount, in_force = stones.amounts(scenario.result_grants)
    rows = np.zeros((len(stones.grants), 6))
    for g, grant in enumerate(stones.grants):
        cap = np.inf if grant.cap is None else grant.cap
        slot = stones.grant_slot[g] if in_force[g] else -1
        rows[g, :4] = slot, stones.belief[g], grant.benchmark, cap
    rows[:, fields.GRANT_WEIGHT :] = stones.grant_weight
    return rows, amount


def _places(scenario: Scenario, p: Mapping[str, Any]) -> float:
    """Return places per weighted client; capacity acts where clients compete (docs/ODD.md 7.6)."""
    places = float(p["placements.places"])
    if not scenario.interactions:
        return places
    offers = scenario.placements
    more = 1.0 + offers.partnerships * float(p["levers.partnership_places"])
    return places * (offers.capacity * more)


def _settling(p: Mapping[str, Any], s: Floats) -> Floats:
    """Return the log hazard of those who are not yet ready, by months since arrival (docs/ODD.md 7.3)."""
    late, early, tau = p["readiness.k_inf"], p["readiness.k_0"], p["readiness.tau"]
    return np.asarray(np.log(late - (late - early) * np.exp(-((s / tau) ** 2))))


def _outreach_k(p: Mapping[str, Any]) -> float:
    k = float(p["search.k_self_supported"])
    return float(k + (1.0 - k) * p["levers.outreach_effect"])


def _business_start(scenario: Scenario, p: Mapping[str, Any]) -> float:
    support = scenario.entrepreneurship.support
    return float(p["exits.business_start"] * (1.0 + p["levers.support_start"] * support))


def _business_closing(scenario: Scenario, p: Mapping[str, Any]) -> float:
    support = scenario.entrepreneurship.support
    rate = p["constants.business_closing"] * (1.0 - p["levers.support_survival"] * support)
    return 1.0 - math.exp(-rate)


def _search(p: Mapping[str, Any], s: Floats, class_hours: float) -> Floats:
    """Return the search factor k without class conflict, shape (statuses, months) (docs/ODD.md 7.4)."""
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
    """Return class hours a week by status, for those entitled (docs/ODD.md 2.2)."""
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
