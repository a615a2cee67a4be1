"""Status, origin and education codes, and the groups of statuses the rules speak of (docs/ODD.md 2.2)."""

from __future__ import annotations

ASSESSMENT = 0
LANGUAGE_CLASS = 1
INTERNSHIP = 2
SUBSIDISED_JOB = 3
TRAINEE_JOB = 4
EMPLOYED = 5
SELF_EMPLOYED = 6
EDUCATION = 7
JOB_CENTRE = 8
SELF_SUPPORTED = 9
DISABILITY_PENSION = 10
LEFT = 11
COMPLETED = 12

REFUGEE = 0
REUNIFIED_WITH_REFUGEE = 1
REUNIFIED_WITH_OTHER = 2
ORIGINS = ("refugee", "reunified_with_refugee", "reunified_with_other")

NO_EDUCATION = 0
UPPER_SECONDARY = 2
TERTIARY = 3

CLIENTS = frozenset({ASSESSMENT, LANGUAGE_CLASS, INTERNSHIP, SUBSIDISED_JOB, JOB_CENTRE})
SEARCHING = CLIENTS | {EDUCATION, SELF_SUPPORTED, TRAINEE_JOB}
WORKING = frozenset({TRAINEE_JOB, EMPLOYED, SELF_EMPLOYED})
SPELL_OF_WORK = frozenset({TRAINEE_JOB, EMPLOYED})
"""One spell for job grants and the first lasting job, also where one follows the other."""
FOUNDING = frozenset({LANGUAGE_CLASS, JOB_CENTRE, SELF_SUPPORTED})
"""Statuses from which people start a business."""
IN_PLACEMENT = frozenset({INTERNSHIP, SUBSIDISED_JOB})
ABSORBED = frozenset({DISABILITY_PENSION, LEFT})
GONE = ABSORBED | {COMPLETED}
ACTIVE = frozenset({LANGUAGE_CLASS, INTERNSHIP, SUBSIDISED_JOB})
"""Clients whose refund is the active one before 2016; assessment and job centre are passive."""
ON_BENEFIT = frozenset({ASSESSMENT, LANGUAGE_CLASS, INTERNSHIP, JOB_CENTRE})
"""Statuses that receive the benefit; a subsidised job pays a wage instead (docs/ODD.md 2.2)."""
