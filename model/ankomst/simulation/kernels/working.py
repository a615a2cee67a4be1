"""Step 6c, compiled: finding, keeping and losing work, and the ends of other statuses (ODD 7.7 and 7.8).

Names as in `month.py`; formulas in docs/ODD.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields as f
from ankomst.simulation.kernels.compiled import inlined
from ankomst.simulation.kernels.draws import uniforms
from ankomst.simulation.kernels.rules import begin_spell, entitled, proficiency, search_factor

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Areas, Person, Records, Rules


@inlined
def worked(who: Person) -> None:
    """Count a month of work of any kind."""
    who.work_months += 1
    who.tenure += 1
    who.idle = max(0, who.idle - 3)


@inlined
def lose_work(who: Person, s: int) -> None:
    """Go back to where work was looked for: a partner's income, class or the job centre (docs/ODD.md 7.8)."""
    who.tenure = 0
    who.rushed = 0
    who.hours = 0
    who.months_in_status = 0
    if who.supported:
        who.status = c.SELF_SUPPORTED
    elif entitled(who, s) and s < who.introduction_end:
        who.status = c.LANGUAGE_CLASS
    else:
        who.status = c.JOB_CENTRE


@inlined
def start_job(who: Person, ident: int, s: int, k0: int, k1: int, o: Records) -> None:
    """Begin an ordinary job: hours at hire; a new spell, but after a trainee job the same (docs/ODD.md 7.7).

    The random numbers of a job, and of the search after it, belong to its number. It is lost when the hazards
    of loss have added up to a threshold, and the next one is found when those of search have (ODD 7.14).
    """
    status = who.status
    from_placement = status == c.INTERNSHIP or status == c.SUBSIDISED_JOB
    who.jobs += 1
    u_hours, u_loss, u_next, _ = uniforms(ident, who.jobs, c.STREAM_JOB, k0, k1)
    who.until_loss = -math.log(1.0 - u_loss)
    who.until_job = -math.log(1.0 - u_next)
    v = u_hours + 0.35 * proficiency(who) - 0.12 * who.female
    who.hours = 12 if v < 0.30 else (25 if v < 0.55 else 37)
    who.since_25 = 0 if v >= 0.30 else c.UNREACHED
    who.since_37 = 0 if v >= 0.55 else c.UNREACHED
    who.rushed = 1 if from_placement and s < 12 else 0
    if status != c.TRAINEE_JOB:
        begin_spell(who, s)
        if s < 60:
            o.spells[who.group, 0] += 1
            if from_placement:
                o.placements[who.group, 0] += 1
                o.placements[who.group, 1] += 1
    who.status = c.EMPLOYED
    who.months_in_status = 0


@inlined
def work_month(who: Person, s: int, u_step: float, r: Rules) -> None:
    """Step 6c for those in an ordinary job: experience, hours, loss (docs/ODD.md 7.8)."""
    worked(who)
    tenure = who.tenure
    if tenure % 12 == 0 and u_step < 0.3:
        if who.hours == 12:
            who.hours = 25
            who.since_25 = tenure
        elif who.hours == 25:
            who.hours = 37
            who.since_37 = tenure
    rate = who.separation * r.table[f.TENURE_T, tenure]
    if who.rushed:
        rate *= r.rushed
    who.until_loss -= rate * math.exp(-r.separation_language * proficiency(who))
    if who.until_loss <= 0.0:
        lose_work(who, s)


@inlined
def trainee_month(
    who: Person, ident: int, s: int, t: int, k0: int, k1: int, a: Areas, r: Rules, o: Records
) -> None:
    """Step 6c for those in a trainee job (IGU): hired away, interrupted or at its end (docs/ODD.md 7.18)."""
    if who.placed == c.PLACED_TRAINEE:
        return  # the month of hire
    worked(who)
    hazard = r.table[f.SEARCH_T + c.TRAINEE_JOB, s] * who.hazard
    hazard *= a.real[who.municipality, f.M_CROWD]
    who.until_job -= hazard
    if who.until_job <= 0.0:
        start_job(who, ident, s, k0, k1, o)
        return
    u_stop, u_keep, _, _ = uniforms(ident, t, c.STREAM_TRAINEE, k0, k1)
    if u_stop < r.trainee_interruption:
        lose_work(who, s)
    elif who.tenure >= r.trainee_months:
        who.event = c.EVENT_TRAINED
        if u_keep < r.trainee_hired:
            start_job(who, ident, s, k0, k1, o)
        else:
            lose_work(who, s)


@inlined
def business_month(who: Person, s: int, u_close: float, r: Rules) -> None:
    """Step 6c for the self-employed: one more month, perhaps the last (docs/ODD.md 7.18)."""
    worked(who)
    if u_close < r.business_closing:
        lose_work(who, s)


@inlined
def start_business(who: Person, s: int) -> None:
    """Begin to work for oneself."""
    who.status = c.SELF_EMPLOYED
    who.months_in_status = 0
    who.event = c.EVENT_BUSINESS
    begin_spell(who, s)


@inlined
def search_month(
    who: Person, ident: int, s: int, t: int, k0: int, k1: int, u_end: float,
    a: Areas, r: Rules, o: Records,
) -> None:  # fmt: skip
    """Step 6c for those not in work: hire by search, ends of placement, assessment, class, education."""
    status = who.status
    rate = who.hazard * a.real[who.municipality, f.M_CROWD]
    tested = who.test_month != c.NEVER
    # The test of this month does not change this month's search.
    hazard = search_factor(who, status, s, tested and who.test_month != s, r) * rate
    who.until_job -= hazard
    if who.until_job <= 0.0:
        start_job(who, ident, s, k0, k1, o)
        return
    if status == c.LANGUAGE_CLASS or status == c.JOB_CENTRE or status == c.SELF_SUPPORTED:
        if r.business_start > 0.0:
            if uniforms(ident, t, c.STREAM_BUSINESS, k0, k1)[0] < r.business_start:
                start_business(who, s)
                return
    spent = who.months_in_status
    target = status
    if status == c.INTERNSHIP or status == c.SUBSIDISED_JOB:
        if spent >= (r.internship_months if status == c.INTERNSHIP else r.subsidy_months):
            who.practice += 1.0 if status == c.INTERNSHIP else 1.5
            worth = r.worth_internship if status == c.INTERNSHIP else r.worth_subsidised
            if who.female:
                worth *= r.worth_women
            who.until_job -= worth * rate  # the host's offer
            if who.until_job <= 0.0:
                start_job(who, ident, s, k0, k1, o)
                return
            if s < 60:
                o.placements[who.group, 0] += 1
            in_class = entitled(who, s) and s < who.introduction_end
            target = c.LANGUAGE_CLASS if in_class else c.JOB_CENTRE
    elif status == c.ASSESSMENT:
        if spent >= r.assessment_months:
            target = c.LANGUAGE_CLASS if entitled(who, s) else c.JOB_CENTRE
    elif status == c.LANGUAGE_CLASS:
        leave = r.drop_out if s < who.introduction_end else r.drop_out_after
        if not entitled(who, s) or u_end < leave:
            target = c.JOB_CENTRE
    elif status == c.EDUCATION and spent >= 24:
        who.danish_education = 1
        target = c.SELF_SUPPORTED if who.supported else c.JOB_CENTRE
    if target != status:
        who.status = target
        who.months_in_status = 0
