"""The record of a newcomer, and places in the other matrices that the compiled month works on.

Numbers of one kind stand together, since a kernel with a hundred separate arrays takes half a minute to
compile. What each of a newcomer's numbers means stands in section 2.1 of docs/ODD.md.
"""

from __future__ import annotations

import numpy as np

_REAL = (
    "age", "eta", "ability", "speed", "module_worth", "separation", "language", "practice", "log_hazard",
    "hazard", "class_hours", "programme_cost", "until_job", "until_loss", "u_ready",
)  # fmt: skip
_WHOLE = (
    "origin", "female", "education", "track", "health", "children", "supported", "needs", "recognisable",
    "municipality", "group", "status", "hours", "rushed", "danish_education", "paid", "ever_placed",
    "months_in_status", "work_months", "tenure", "idle", "introduction_end", "active_streak",
    "benefit_months", "months_without_benefit", "self_support_months", "since_25", "since_37",
    "spell_period", "test_month", "first_job", "first_stable_job", "placed", "event", "mentored",
    "reached_out", "right_end", "benefit_kind", "jobs",
)  # fmt: skip
PERSON = np.dtype(
    [*((name, np.float64) for name in _REAL), *((name, np.int16) for name in _WHOLE)], align=True
)
"""A newcomer's numbers, in the compiled month `n.person[i].status` and so on."""

# municipalities, real numbers; columns with several parts come last
(
    M_TAX,
    M_DEMAND,
    M_N_REF,
    M_EFFORT,
    M_LANGUAGE_EFFORT,
    M_CLASS_QUALITY,
    M_QUALITY,
    M_CREAMING,
    M_BASE,
    M_CROWD,
    M_FREE,
    M_PRESENT,
    M_EMPLOYED,
    M_SEARCH,
    M_WEIGHT,
    M_PLACED,
    M_COST,
    M_ACTIVE,
    M_OUTSIDE_COST,
    M_RECIPIENTS,
    M_OFFSET,
    M_FILLED,
    M_CLIENTS,
    M_FREE_INTERNSHIPS,
    M_FREE_SUBSIDISED,
    M_PLACED_SUBSIDISED,
) = range(26)

M_INTENSITY = 26  # three columns: inside the period, outside, outside for the needs group
M_LOG_EFFORT = 29  # three columns, as intensity
M_BENEFIT_TAX = 32  # three columns for each kind of benefit: municipal, state, indirect
M_EDUCATION_TAX = M_BENEFIT_TAX + 12  # three columns: municipal, state, indirect
M_PENSION_TAX = M_EDUCATION_TAX + 3  # three columns
M_CAP_PAID = M_PENSION_TAX + 3  # a column for each grant

# tables by months, real numbers
(
    CHILD_T,
    EXPERIENCE_T,
    IDLE_T,
    TENURE_T,
    LADDER_T,
    LADDER_MEAN_T,
    JOB_DUE_T,
    SETTLE_T,
    CREDIT_T,
) = range(9)
BENEFIT_T = (
    CREDIT_T + 2
)  # a row for each sex and kind of benefit, as 4 * female + kind; the credit has one by sex
SEARCH_T = BENEFIT_T + 8  # a row for each status
CLASS_HOURS_S = SEARCH_T + 13  # hours a week by status
PLACEMENT_HOURS_S = CLASS_HOURS_S + 1
TABLES = CLASS_HOURS_S + 2

# columns of the slots (whole numbers) and of the grants (real numbers)
SLOT_OUTCOME, SLOT_SUSTAINED, SLOT_HOURS, SLOT_WINDOW, SLOT_EXTRA, SLOT_SUPPORTED = range(6)
GRANT_SLOT, GRANT_BELIEF, GRANT_BENCHMARK, GRANT_CAP, GRANT_WEIGHT = range(5)  # weight: others, needs group

# histories
H_STATUS, H_HOURS, H_WORK_MONTHS, H_BENEFIT_MONTHS, H_PERIOD, H_STARTED, H_TENURE, H_EVENT = range(8)
H_LANGUAGE, H_PRACTICE, H_CLASS_HOURS = range(3)
