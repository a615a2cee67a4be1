"""Step 4: how readily a newcomer finds ordinary work (docs/ODD.md 7.3)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import statuses as st

if TYPE_CHECKING:
    from .newcomer import Newcomer

H0 = {
    st.REFUGEE: "job_finding.h0_refugee",
    st.REUNIFIED_WITH_REFUGEE: "job_finding.h0_reunified_with_refugee",
    st.REUNIFIED_WITH_OTHER: "job_finding.h0_reunified_with_other",
}

SMALLEST_BENEFIT = 1e-9
"""Least benefit relative to 2013 in the logarithm, so that a benefit of nothing has a value."""


def log_hazard(who: Newcomer) -> float:
    """Logarithm of the monthly hazard of a job, before search factor and crowding."""
    value = who.model.parameters
    s = who.s
    h0 = value[H0[who.origin]]
    eta = math.log(h0) if h0 > 0 else -math.inf
    eta += _person_terms(who)
    eta += value["job_finding.b_language"] * who.proficiency**3
    if who.recognised:
        eta += value["job_finding.b_recognised"] * who.proficiency
    eta += value["job_finding.b_experience"] * (1 - math.exp(-who.work_months / 12))
    eta += value["job_finding.b_practice"] * who.practice
    if who.model.policy.interactions:
        eta += value["job_finding.b_peers"] * who.home.peers
    eta += value["job_finding.b_demand"] * (who.home.demand + who.model.national_demand) / 100
    eta -= value["job_finding.b_idle"] * (1 - math.exp(-who.idle / 24))
    eta += value["period.congestion"] * who.model.congestion * (value["period.women"] if who.female else 1.0)
    if who.client:
        eta += _settling(who)
        home = who.home
        met = home.intensity(who) * home.effort * home.practice_quality
        eta += value["job_finding.b_effort"] * math.log((1 + met) / 2)
        if who.introduction_end - 3 <= s < who.introduction_end:
            eta += value["job_finding.b_deadline"]
    eta -= _benefit_term(who)
    eta += _credit_term(who)
    if who.mentor:
        eta += value["levers.b_mentor"]
    if who.danish_education:
        eta += value["job_finding.b_danish_education"]
    return float(eta)


def _settling(who: Newcomer) -> float:
    """Newcomers settle with time; being classed as job-ready removes part of the term (docs/ODD.md 7.19)."""
    value = who.model.parameters
    late = value["readiness.k_inf"]
    factor = late - (late - value["readiness.k_0"]) * math.exp(-((who.s / value["readiness.tau"]) ** 2))
    left = 1 - value["readiness.ready_effect"] if who.job_ready else 1.0
    return float(left * math.log(factor))


def _person_terms(who: Newcomer) -> float:
    value = who.model.parameters
    eta = value["job_finding.b_female"] * who.female
    eta += value["job_finding.b_childcare"] * who.female * who.children * math.exp(-who.s / 36)
    eta += value["job_finding.b_health"] * who.health * health_left(who)
    eta += value["job_finding.b_age"] * max(who.age - 30, 0) / 10
    eta += value["job_finding.sigma"] * who.ability
    return float(eta)


def health_left(who: Newcomer) -> float:
    """Share of the health effect on search left with health known and care coordinated (docs/ODD.md 7.18)."""
    value = who.model.parameters
    known = value["levers.known_health"] * who.model.policy.assessment.asylum_information
    return float(1 - known) * coordination_left(who)


def coordination_left(who: Newcomer) -> float:
    """Share of every health effect that a coordinated plan leaves (docs/ODD.md 7.18)."""
    effect = who.model.parameters["levers.coordination_effect"]
    return float(1 - effect * who.model.policy.coordination.health)


def _benefit_term(who: Newcomer) -> float:
    """Pull of the benefit against its level of 2013, fading; none for those not on it (docs/ODD.md 7.3)."""
    if who.supported or who.status == st.EDUCATION:
        return 0.0
    ratio = max(who.benefit / who.model.money.reference_benefit(who.children), SMALLEST_BENEFIT)
    return _elasticity(who) * math.log(ratio)


def _credit_term(who: Newcomer) -> float:
    """Pull of an in-work credit: the same elasticity, and it reaches everybody who searches (ODD 7.18)."""
    credit = who.model.policy.taxes.in_work_credit
    return _elasticity(who) * math.log(1 + credit / who.model.money.net_wage)


def _elasticity(who: Newcomer) -> float:
    """Response of search to money, fading with the time in the country."""
    name = "job_finding.b_benefit_women" if who.female else "job_finding.b_benefit_men"
    return float(who.model.parameters[name] * math.exp(-((who.s / 36) ** 2)))


def search_factor(who: Newcomer) -> float:
    """Share of full search in the present status (docs/ODD.md 7.4)."""
    value = who.model.parameters
    if who.status == st.ASSESSMENT:
        return float(value["search.k_assessment"])
    if who.status == st.LANGUAGE_CLASS:
        return _search_in_class(who)
    if who.status == st.INTERNSHIP:
        return float(1 - value["search.lock_in_internship"] * math.exp(-who.s / 24))
    if who.status == st.SELF_SUPPORTED:
        return _search_without_duty(who)
    others = {st.SUBSIDISED_JOB: 0.1, st.TRAINEE_JOB: 0.1, st.EDUCATION: 0.15, st.JOB_CENTRE: 1.0}
    return others.get(who.status, 0.0)


def _search_without_duty(who: Newcomer) -> float:
    """Self-supported people search less; outreach closes part of the gap for those it reaches (ODD 7.18)."""
    value = who.model.parameters
    own = value["search.k_self_supported"]
    gap = value["levers.outreach_effect"] * (1 - own) if who.reached_out_to else 0.0
    return float(own + gap)


def _search_in_class(who: Newcomer) -> float:
    """More teaching costs more search; few evening hours make some hold back from full-time work."""
    value = who.model.parameters
    danish = who.model.policy.danish
    lock_in = value["search.lock_in_class"] * math.exp(-who.s / 48) * danish.class_hours / 12
    factor = max(0.0, 1 - lock_in)
    if who.test_month in (-1, who.s):  # a test passed this month changes next month's search
        flexibility = min(1.0, danish.evening_hours / danish.class_hours) if danish.class_hours > 0 else 1.0
        factor *= 1 - value["search.class_conflict"] * (1 - flexibility)
    return float(factor)


def hazard_met(who: Newcomer) -> float:
    """Hazard of this month after crowding, before the search factor."""
    assert who.log_hazard is not None
    return math.exp(who.log_hazard) * who.home.crowding
