"""Step 8: which results of the month earn a grant (docs/ODD.md 7.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import statuses as st
from .grants import group_weight, window
from .money import REFERENCE_SUSTAINED, REFERENCE_WINDOW

if TYPE_CHECKING:
    from ankomst.policy.levers.grants import ResultGrant

    from .newcomer import Newcomer


def note_milestones(who: Newcomer) -> None:
    """Note the first month in which each grant's condition holds, and the first stable job."""
    if who.status in st.SPELL_OF_WORK and who.tenure == 3 and who.first_stable_job < 0:
        who.first_stable_job = who.s - 3
    if who.status in st.GONE:
        return
    known = who.model.grants
    noted = zip(known, who.milestones, strict=True)
    paid = {grant.outcome for grant, milestone in noted if milestone is not None and not grant.benchmark}
    for number, grant in enumerate(known):
        if who.reached[number] is not None or (who.supported and not grant.self_supported_eligible):
            continue
        start = start_of_result(who, grant)
        if start is None:
            continue
        # Reached once and for all, also where the grant is not in force this month.
        who.reached[number] = (who.s, start)
        today = who.model.grants_today[number]
        # At most one payment a person and outcome; above a benchmark no person is paid for.
        if today is None or (grant.outcome in paid and not grant.benchmark):
            continue
        who.milestones[number] = (who.s, start)
        if not grant.benchmark:
            who.payments[number] = today.amount(start) * group_weight(today, who)
            paid.add(grant.outcome)
    note_reference_milestones(who)


def start_of_result(who: Newcomer, grant: ResultGrant) -> int | None:
    """Month in which the result began, if it is reached this month and began inside the window."""
    start: int | None = None
    introduction_end = who.introduction_end
    if grant.outcome == "ordinary_job":
        months = months_with_hours(who, grant.minimum_hours)
        if who.status in st.SPELL_OF_WORK and months == grant.sustained_months:
            start = who.s - who.tenure
            introduction_end = who.introduction_end_at_start
    elif grant.outcome == "education":
        if who.status == st.EDUCATION and who.months_in_status == grant.sustained_months:
            start = who.s - who.months_in_status
            introduction_end = who.introduction_end_at_start
    elif grant.outcome == "danish_test":
        if who.test_month == who.s:
            start = who.s
    elif who.self_support_months == max(1, grant.sustained_months):
        start = who.s - who.self_support_months + 1
    if start is None or start >= window(grant, introduction_end):
        return None
    return start


def months_with_hours(who: Newcomer, minimum_hours: float) -> int | None:
    """Completed months of the spell since its hours reached the minimum; None before that."""
    for tenure, hours in who.hours_reached:
        if hours >= minimum_hours:
            return who.tenure - tenure
    return None


def note_reference_milestones(who: Newcomer) -> None:
    """The same under the reference policy of 2013, which the January plans compare with."""
    sustained = who.status in st.SPELL_OF_WORK and who.tenure == REFERENCE_SUSTAINED
    if sustained and who.s - who.tenure < REFERENCE_WINDOW:
        who.reference_job_paid = True
    if who.test_month == who.s < REFERENCE_WINDOW:
        who.reference_test_paid = True
