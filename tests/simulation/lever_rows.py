"""The 23 rows of proposals: their levers with neutral values, and their scenario files."""

from __future__ import annotations

from typing import Any

USUAL_GRANT: dict[str, Any] = {
    "schedule": 46_881,
    "sustained_months": 6,
    "minimum_hours": 0,
    "window_months": 36,
    "extra_window_months": 0,
    "group_weights": {"needs_group": 1, "others": 1},
    "benchmark": False,
    "cap": None,
    "self_supported_eligible": True,
}
GRANTS_2013 = [
    {"outcome": "ordinary_job"} | USUAL_GRANT,
    {"outcome": "education"} | USUAL_GRANT,
    {"outcome": "danish_test"} | USUAL_GRANT | {"schedule": 35_162, "sustained_months": 0},
]
NEUTRAL: dict[int, dict[str, Any]] = {
    1: {"introduction_period.base_months": 36, "introduction_period.basic_grant_months": 36},
    2: {
        "introduction_period.max_months": 36,
        "introduction_period.extension": "never",
        "introduction_period.extension_reasons": ["health", "language", "no_education"],
        "introduction_period.early_exit_months": None,
    },
    3: {"introduction_period.resources": "per_month", "introduction_period.introduction_intensity": 1},
    4: {"ordinary_system.intensity": 0, "ordinary_system.specialists": 0},
    5: {
        "danish.class_hours": 12,
        "danish.evening_hours": 3,
        "danish.workplace_hours": 0,
        "danish.right_months": 36,
    },
    6: {"result_grants": GRANTS_2013, "bonus_extra_job": 0},
    7: {"governance.result_targets": False},
    8: {"governance.advisory_team": False, "governance.peer_exchange": 0},
    9: {"placements.targeting": "creaming"},
    10: {"assessment.deadline_months": 12, "assessment.guidance_share": 0.5},
    11: {"assessment.months": 2, "assessment.asylum_information": 0},
    12: {
        "placements.first_offer_month": 4,
        "placements.first_offer_deadline_months": None,
        "placements.capacity": 1,
    },
    13: {"placements.partnerships": 0},
    14: {"entrepreneurship.support": 0},
    15: {"civil_society.mentor_share": 0, "outreach.self_supported_share": 0},
    16: {"coordination.health": 0},
    17: {
        "trainee_job.slots": 0,
        "trainee_job.months": 24,
        "trainee_job.min_age": 18,
        "trainee_job.max_age": 40,
        "trainee_job.max_months_since_arrival": 60,
        "trainee_job.school_weeks": 20,
    },
    18: {
        "rules": "at_date",
        "date": "2013-07-01",
        "introduction_period.base_months": 36,
        "introduction_period.max_months": 36,
        "introduction_period.extension": "never",
        "danish.right_months": 36,
        "placements.first_offer_month": 4,
        "placements.capacity": 1,
        "placements.job_ready_from_day_one": False,
        "placements.internship_months": 3,
        "placements.subsidy_months": 6,
        "benefits.rates_of": "2013-07-01",
        "benefits.refund_of": "2013-07-01",
        "benefits.refund": None,
        "result_grants": GRANTS_2013,
        "bonus_extra_job": 0,
    },
    19: {"benefits.level": 1, "benefits.ceiling": None},
    20: {"taxes.in_work_credit": 0},
    21: {"dispersal": "quota"},
    22: {"danish.regional": 0},
}
"""The levers of each row with the values of the three-year period of 2013; row 23 is all of them together."""
FILES: dict[int, tuple[str, ...]] = {
    1: ("three_year", "one_year"),
    2: ("one_year_flexible",),
    3: ("one_year_flexible_concentrated",),
    4: ("one_year_strong_ordinary",),
    5: ("flexible_danish",),
    6: (
        "no_grant",
        "grant_2013",
        "grant_2017",
        "grant_by_speed",
        "grant_at_entry",
        "grant_sustained_12",
        "grant_risk_adjusted",
        "grant_after_period",
        "grant_above_benchmark",
    ),
    7: ("result_targets",),
    8: ("advisory_team",),
    9: ("differentiated",),
    10: ("fast_assessment",),
    11: ("one_plan",),
    12: ("offer_within_six_months",),
    13: ("partnerships",),
    14: ("entrepreneurs",),
    15: ("mentors", "outreach"),
    16: ("coordinated_cases",),
    17: ("trainee_job",),
    18: (
        "reform_2016",
        "reform_2016_benefit",
        "reform_2016_refund",
        "reform_2016_work_first",
        "rules_2017",
    ),
    19: ("lower_benefit", "benefit_ceiling"),
    20: ("in_work_credit",),
    21: ("dispersal_by_demand",),
    22: ("regional_danish",),
    23: ("task_force_package",),
}
SHARED = {
    1: NEUTRAL[2],  # a period of twelve months needs its end as well
    2: NEUTRAL[1],
    3: NEUTRAL[1] | NEUTRAL[2],
    4: NEUTRAL[1] | NEUTRAL[2],
    23: {key: value for keys in NEUTRAL.values() for key, value in keys.items()},
}
"""Keys of other rows that the files of a row set as well."""


def whole_package() -> dict[str, Any]:
    """All neutral values; a contradiction between two rows would show here."""
    found: dict[str, Any] = {}
    for keys in NEUTRAL.values():
        for key, value in keys.items():
            assert found.setdefault(key, value) == value, key
    return found
