"""Policies in which the compiled month and the plain twin must give every person the same life."""

from __future__ import annotations

from typing import Any

MONTHS = 60
SAMPLE = {"population__newcomers_per_year": 120, "population__arrival_years": 3}
OFTEN = {
    "exits.emigration": 0.004,
    "exits.disability": 0.04,
    "exits.education_entry": 0.04,
    "placements.worth_internship": 40.0,
    "exits.business_start": 0.02,
    "municipality.responsive_share": 0.93,
    "levers.trainee_interruption": 0.05,
    "levers.b_mentor": 0.4,
    "levers.mentor_language": 0.15,
    "levers.outreach_effect": 0.8,
    "levers.coordination_effect": 0.5,
    "levers.known_health": 0.3,
    "levers.support_start": 1.5,
    "levers.support_survival": 0.5,
    "placements.sub_places": 0.04,
    "readiness.k_0": 0.2,
    "readiness.k_inf": 0.7,
    "readiness.tau": 6.0,
    "readiness.ready_pre": 0.3,
    "period.congestion": 0.9,
}
"""Rare events and small effects, made large enough to be seen among 360 people in six municipalities."""
GRANTS_OF_EVERY_KIND = [
    {"outcome": "ordinary_job", "schedule": 9_000, "sustained_months": 3, "self_supported_eligible": False},
    {"outcome": "ordinary_job", "schedule": {"0-24": 75_000, "24-48": 20_000}, "minimum_hours": 37},
    {"outcome": "education", "schedule": 8_000, "sustained_months": 0, "window_months": 48},
    {"outcome": "self_support", "schedule": [[0, 20_000], [40, 5_000]], "sustained_months": 3},
    {"outcome": "danish_test", "schedule": 5_000, "sustained_months": 0, "extra_window_months": 6},
    {"outcome": "danish_test", "schedule": 4_000, "sustained_months": 0, "window_months": 60},
]
GRANTS_FOR_SPELLS = [
    {"outcome": "ordinary_job", "schedule": 9_000, "sustained_months": 3, "minimum_hours": 25},
    {"outcome": "ordinary_job", "schedule": {"0-60": 50_000}, "sustained_months": 12, "minimum_hours": 37},
    {"outcome": "ordinary_job", "schedule": 3_000, "sustained_months": 0, "window_months": 12},
    {"outcome": "self_support", "schedule": 7_000, "sustained_months": 6},
]
"""Grants that see whether a trainee's spell goes on in the job that follows."""
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "three_year": ("three_year", {}),
    "concentrated": ("one_year_flexible_concentrated", {}),
    "grant_2017_early_offers": ("grant_2017+offer_within_six_months", {}),
    "speed_and_lower_benefit": ("grant_by_speed+lower_benefit", {}),
    "above_benchmark": ("one_year+grant_above_benchmark", {}),
    "risk_adjusted_after_period": ("one_year_strong_ordinary+grant_risk_adjusted", {}),
    "flexible_danish": ("flexible_danish+grant_sustained_12", {}),
    "needs_first": (
        "one_year+grant_after_period",
        {"placements__targeting": "needs_first", "placements__first_offer_deadline_months": 9},
    ),
    "until_self_supporting": (
        "grant_2017",
        {
            "date": "2017-01-01",
            "introduction_period": {
                "base_months": 12,
                "max_months": 60,
                "extension": "until_self_supporting",
            },
            "danish__right_months": 60,
            "placements": {"job_ready_from_day_one": True, "capacity": 2.2, "first_offer_month": 1},
        },
    ),
    "interactions_off": ("grant_at_entry", {"interactions": False}),
    "work_first": (
        "three_year",
        {
            "placements__job_ready_from_day_one": True,
            "placements__first_offer_month": 1,
            "placements__capacity": 2.2,
            "placements__targeting": "equal",
            "introduction_period__early_exit_months": 4,
        },
    ),
    "no_classes": (
        "no_grant",
        {
            "danish": {"class_hours": 0, "workplace_hours": 6, "right_months": None},
            "placements": {"internship_months": 1, "subsidy_months": 2},
            "introduction_period__introduction_intensity": 1.6,
            "national_demand": {"2014-03-01": 2.0, "2016-01-01": -4.0},
        },
    ),
    "grants_of_every_kind": (
        "one_year_flexible",
        {
            "date": "2015-09-01",
            "result_grants": GRANTS_OF_EVERY_KIND,
            "benefits__refund": "flat_50",
            "introduction_period__extension_reasons": ["language", "no_education"],
        },
    ),
    "no_benefit": ("three_year", {"benefits__level": 0.0}),
    "refund_by_status": ("no_grant", {"benefits__refund": {"active": 0.65, "passive": 0.35}}),
    "entrepreneurs_and_trainees": (
        "flexible_danish",
        {
            "entrepreneurship__support": 1.0,
            "trainee_job": {"slots": 0.05, "months": 8, "max_months_since_arrival": 24},
            "result_grants": GRANTS_FOR_SPELLS,
        },
    ),
    "trainees_needs_first": (
        "one_year_flexible+grant_2017",
        {
            "placements__targeting": "needs_first",
            "placements__partnerships": 0.5,
            "trainee_job": {"slots": 0.08, "months": 3, "min_age": 22, "max_age": 30},
            "danish__workplace_hours": 4,
            "parameters__levers__trainee_hired": 0.3,
        },
    ),
    "trainees_alone": (
        "trainee_job",
        {"interactions": False, "trainee_job__slots": 0.05, "entrepreneurship__support": 0.5},
    ),
    "governance": (
        "result_targets+advisory_team",
        {
            "governance__peer_exchange": 0.1,
            "population__real_inflow_per_year": 60.0,
            "danish__regional": 0.7,
            "dispersal": "demand_weighted",
            "parameters__municipality__responsive_share": 0.4,
            "parameters__municipality__target_pressure": 1.0,
            "parameters__municipality__advisory_boost": 0.2,
            "parameters__levers__peer_exchange": 0.05,
        },
    ),
    "people": (
        "mentors+outreach+coordinated_cases+fast_assessment",
        {
            "civil_society__mentor_share": 0.5,
            "outreach__self_supported_share": 0.6,
            "coordination__health": 0.9,
            "assessment__months": 4,
            "assessment__asylum_information": 1.0,
        },
    ),
    "money": (
        "in_work_credit",
        {
            "date": "2014-06-01",
            "taxes__in_work_credit": 2_500,
            "benefits": {"level": 1.1, "ceiling": 9_000, "rates_of": "2016-01-01", "refund_of": "2016-01-01"},
            "assessment__months": 0,
        },
    ),
    "refund_of_2013": (
        "reform_2016",
        {
            "benefits__refund_of": "2013-07-01",
            "population__arrivals": {2016: 5_000, 2017: 9_000, 2018: 4_000},
        },
    ),
    "package": (
        "task_force_package+regional_danish",
        {"placements__partnerships": 0.6, "assessment__asylum_information": 0.4},
    ),
    "denmark_2010": (
        "history_2010_2018",
        {"population__arrivals": {2010: 4_000, 2011: 5_000, 2012: 3_000}},
    ),
    "denmark_2014": (
        "history_2010_2018",
        {
            "population__arrivals": {2014: 6_000, 2015: 10_000, 2016: 7_000},
            "placements__partnerships": 0.4,
            "civil_society__mentor_share": 0.3,
        },
    ),
    "denmark_with_levers_of_its_own": (
        "history_2010_2018",
        {
            "population__arrivals": {2015: 7_000, 2016: 7_000, 2017: 7_000},
            "introduction_period__base_months": 24,
            "introduction_period__early_exit_months": 8,
            "result_grants": GRANTS_OF_EVERY_KIND,
            "placements__capacity": 1.4,
            "benefits": {"ceiling": 8_000, "refund": {"active": 0.5, "passive": 0.3}},
            "taxes__in_work_credit": 1_000,
            "trainee_job": {"slots": 0.04, "months": 6},
            "governance__result_targets": True,
        },
    ),
}
