"""Codes shared by the compiled month and its readers: statuses, recorded states, ledger items, streams."""

from __future__ import annotations

STATUSES = (
    "assessment",
    "language_class",
    "internship",
    "subsidised_job",
    "trainee_job",
    "employed",
    "self_employed",
    "education",
    "job_centre",
    "self_supported",
    "disability_pension",
    "left",
    "completed",
)
(
    ASSESSMENT,
    LANGUAGE_CLASS,
    INTERNSHIP,
    SUBSIDISED_JOB,
    TRAINEE_JOB,
    EMPLOYED,
    SELF_EMPLOYED,
    EDUCATION,
    JOB_CENTRE,
    SELF_SUPPORTED,
    DISABILITY_PENSION,
    LEFT,
    COMPLETED,
) = range(13)

ORIGINS = ("refugee", "reunified_with_refugee", "reunified_with_other")
SEXES = ("male", "female")
EDUCATIONS = ("none", "basic", "upper_secondary", "tertiary")
HEALTH = ("healthy", "impaired")

# A recorded state is the status, with ordinary work split by weekly hours and top-up (details T6 needs both).
STATES = (
    "assessment",
    "language_class",
    "internship",
    "subsidised_job",
    "trainee_job",
    "employed_12",
    "employed_25",
    "employed_37",
    "employed_12_top_up",
    "employed_25_top_up",
    "self_employed",
    "education",
    "job_centre",
    "self_supported",
    "disability_pension",
    "left",
)
(
    REC_ASSESSMENT,
    REC_LANGUAGE_CLASS,
    REC_INTERNSHIP,
    REC_SUBSIDISED_JOB,
    REC_TRAINEE_JOB,
    REC_EMPLOYED_12,
    REC_EMPLOYED_25,
    REC_EMPLOYED_37,
    REC_EMPLOYED_12_TOP_UP,
    REC_EMPLOYED_25_TOP_UP,
    REC_SELF_EMPLOYED,
    REC_EDUCATION,
    REC_JOB_CENTRE,
    REC_SELF_SUPPORTED,
    REC_DISABILITY_PENSION,
    REC_LEFT,
) = range(16)

ITEMS = (
    "benefit",
    "top_up",
    "benefit_refund",
    "wage",
    "wage_subsidy",
    "wage_subsidy_refund",
    "labour_market_contribution",
    "municipal_tax",
    "state_tax",
    "indirect_tax",
    "danish_classes",
    "staff",
    "placement",
    "programme_refund",
    "basic_grant",
    "grant_job",
    "grant_education",
    "grant_danish",
    "grant_self_support",
    "bonus_extra_job",
    "education_grant",
    "disability_pension",
    "pension_refund",
)
(
    BENEFIT,
    TOP_UP,
    BENEFIT_REFUND,
    WAGE,
    WAGE_SUBSIDY,
    WAGE_SUBSIDY_REFUND,
    AM_CONTRIBUTION,
    MUNICIPAL_TAX,
    STATE_TAX,
    INDIRECT_TAX,
    DANISH_CLASSES,
    STAFF,
    PLACEMENT,
    PROGRAMME_REFUND,
    BASIC_GRANT,
    GRANT_JOB,
    GRANT_EDUCATION,
    GRANT_DANISH,
    GRANT_SELF_SUPPORT,
    BONUS_EXTRA_JOB,
    EDUCATION_GRANT,
    PENSION,
    PENSION_REFUND,
) = range(23)

GRANT_OUTCOMES = ("ordinary_job", "education", "danish_test", "self_support")
OUTCOME_JOB, OUTCOME_EDUCATION, OUTCOME_TEST, OUTCOME_SELF_SUPPORT = range(4)

# Philox streams (details T1).
STREAM_MONTH, STREAM_SCORE, STREAM_PLACEMENT, STREAM_HIRE, STREAM_MUNICIPALITY = 0, 1, 2, 3, 16

NEVER = -1  # month of an event that has not happened
UNREACHED = 32767  # tenure at which an hours threshold is met, while it is not met
GROUPS = len(ORIGINS) * len(SEXES) * len(HEALTH) * len(EDUCATIONS)


def group_code(origin: int, female: int, health: int, education: int) -> int:
    """Return the recording group of a newcomer, 0 to 47 (works on arrays as well)."""
    return ((origin * 2 + female) * 2 + health) * 4 + education
