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

# A recorded state is the status, with ordinary work split by weekly hours and top-up (docs/ODD.md 7.15).
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
    "self_employed_income",
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
    "trainee_bonus",
    "trainee_school",
    "advisory_team",
    "lever_cost",
)
(
    BENEFIT,
    TOP_UP,
    BENEFIT_REFUND,
    WAGE,
    SELF_EMPLOYED_INCOME,
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
    TRAINEE_BONUS,
    TRAINEE_SCHOOL,
    ADVISORY_TEAM,
    LEVER_COST,
) = range(28)

GRANT_OUTCOMES = ("ordinary_job", "education", "danish_test", "self_support")
OUTCOME_JOB, OUTCOME_EDUCATION, OUTCOME_TEST, OUTCOME_SELF_SUPPORT = range(4)

# Random streams (ODD 7.14): of a month; of a job, by its number; of a municipality and month; of traits.
STREAM_MONTH, STREAM_SCORE, STREAM_PLACEMENT, STREAM_JOB, STREAM_BUSINESS, STREAM_TRAINEE = range(6)
STREAM_MUNICIPALITY = 16
STREAM_TRAITS = 1_000  # and all above: one for each trait of newcomers and, from 100 on, of municipalities

NEVER = -1  # month of an event that has not happened
NO_END = 32767  # right to classes without a limit
PLACED_INTERNSHIP, PLACED_SUBSIDISED, PLACED_TRAINEE = 1, 2, 3  # what began in a month
EVENT_BUSINESS, EVENT_TRAINED = 1, 2  # business started, trainee job completed
EXTRA_ASSESSED = 2  # recognisable only because more people are assessed than in the baseline
MENTOR_MONTHS = 24
UNREACHED = 32767  # tenure at which an hours threshold is met, while it is not met
GROUPS = len(ORIGINS) * len(SEXES) * len(HEALTH) * len(EDUCATIONS)


def group_code(origin: int, female: int, health: int, education: int) -> int:
    """Return the recording group of a newcomer, 0 to 47 (works on arrays as well)."""
    return ((origin * 2 + female) * 2 + health) * 4 + education
