"""Step 6c, compiled: finding, keeping and losing work, and the ends of other statuses (sections 6, 7 and 9).

Names as in `month.py`; formulas in docs/ODD.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation import fields as f
from ankomst.simulation.compiled import inlined
from ankomst.simulation.draws import uniforms
from ankomst.simulation.rules import begin_spell, entitled, proficiency, search_factor

if TYPE_CHECKING:
    from ankomst.simulation.arrays import Areas, People, Records, Rules


@inlined
def worked(i: int, n: People) -> None:
    """Count a month of work of any kind."""
    n.whole[i, f.WORK_MONTHS] += 1
    n.whole[i, f.TENURE] += 1
    n.whole[i, f.IDLE] = max(0, n.whole[i, f.IDLE] - 3)


@inlined
def lose_work(i: int, s: int, n: People) -> None:
    """Go back to where work was looked for: a partner's income, class or the job centre (section 7)."""
    n.whole[i, f.TENURE] = 0
    n.whole[i, f.RUSHED] = 0
    n.whole[i, f.HOURS] = 0
    n.whole[i, f.MONTHS_IN_STATUS] = 0
    if n.whole[i, f.SUPPORTED]:
        n.whole[i, f.STATUS] = c.SELF_SUPPORTED
    elif entitled(i, s, n) and s < n.whole[i, f.INTRODUCTION_END]:
        n.whole[i, f.STATUS] = c.LANGUAGE_CLASS
    else:
        n.whole[i, f.STATUS] = c.JOB_CENTRE


@inlined
def start_job(i: int, s: int, t: int, k0: int, k1: int, n: People, o: Records) -> None:
    """Begin an ordinary job: hours at hire; a new spell, but after a trainee job the same (section 6, C9)."""
    status = n.whole[i, f.STATUS]
    from_placement = status == c.INTERNSHIP or status == c.SUBSIDISED_JOB
    level = proficiency(i, n)
    v = uniforms(n.ident[i], t, c.STREAM_HIRE, k0, k1)[0] + 0.35 * level - 0.12 * n.whole[i, f.FEMALE]
    n.whole[i, f.HOURS] = 12 if v < 0.30 else (25 if v < 0.55 else 37)
    n.whole[i, f.SINCE_25] = 0 if v >= 0.30 else c.UNREACHED
    n.whole[i, f.SINCE_37] = 0 if v >= 0.55 else c.UNREACHED
    n.whole[i, f.RUSHED] = 1 if from_placement and s < 12 else 0
    if status != c.TRAINEE_JOB:
        begin_spell(i, s, n)
        if s < 60:
            o.spells[n.whole[i, f.GROUP], 0] += 1
            if from_placement:
                o.placements[n.whole[i, f.GROUP], 0] += 1
                o.placements[n.whole[i, f.GROUP], 1] += 1
    n.whole[i, f.STATUS] = c.EMPLOYED
    n.whole[i, f.MONTHS_IN_STATUS] = 0


@inlined
def work_month(i: int, s: int, u_loss: float, u_step: float, n: People, r: Rules) -> None:
    """Step 6c for those in an ordinary job: experience, hours, loss (sections 6 and 7)."""
    worked(i, n)
    tenure = n.whole[i, f.TENURE]
    if tenure % 12 == 0 and u_step < 0.3:
        if n.whole[i, f.HOURS] == 12:
            n.whole[i, f.HOURS] = 25
            n.whole[i, f.SINCE_25] = tenure
        elif n.whole[i, f.HOURS] == 25:
            n.whole[i, f.HOURS] = 37
            n.whole[i, f.SINCE_37] = tenure
    rate = n.real[i, f.SEPARATION] * r.table[f.TENURE_T, tenure]
    if u_loss < rate * r.most_separation:  # no exponential where the answer is no
        level = proficiency(i, n)
        if n.whole[i, f.RUSHED]:
            rate *= r.rushed
        rate *= math.exp(-r.separation_language * level)
        if u_loss < 1.0 - math.exp(-rate):
            lose_work(i, s, n)


@inlined
def trainee_month(
    i: int, s: int, t: int, k0: int, k1: int, u_hire: float, n: People, a: Areas, r: Rules, o: Records
) -> None:
    """Step 6c for those in a trainee job (IGU): hired away, interrupted or at its end (T5, row 17)."""
    if n.whole[i, f.PLACED] == c.PLACED_TRAINEE:
        return  # the month of hire
    worked(i, n)
    found = r.table[f.SEARCH_T + c.TRAINEE_JOB, s] * n.real[i, f.HAZARD]
    found *= a.real[n.whole[i, f.MUNICIPALITY], f.M_CROWD]
    if u_hire < 1.0 - math.exp(-found):
        start_job(i, s, t, k0, k1, n, o)
        return
    u_stop, u_keep, _, _ = uniforms(n.ident[i], t, c.STREAM_TRAINEE, k0, k1)
    if u_stop < r.trainee_interruption:
        lose_work(i, s, n)
    elif n.whole[i, f.TENURE] >= r.trainee_months:
        n.whole[i, f.EVENT] = c.EVENT_TRAINED
        if u_keep < r.trainee_hired:
            start_job(i, s, t, k0, k1, n, o)
        else:
            lose_work(i, s, n)


@inlined
def business_month(i: int, s: int, u_close: float, n: People, r: Rules) -> None:
    """Step 6c for the self-employed: one more month, perhaps the last (section 12)."""
    worked(i, n)
    if u_close < r.business_closing:
        lose_work(i, s, n)


@inlined
def start_business(i: int, s: int, n: People) -> None:
    """Begin to work for oneself."""
    n.whole[i, f.STATUS] = c.SELF_EMPLOYED
    n.whole[i, f.MONTHS_IN_STATUS] = 0
    n.whole[i, f.EVENT] = c.EVENT_BUSINESS
    begin_spell(i, s, n)


@inlined
def search_month(
    i: int, s: int, t: int, k0: int, k1: int, u_hire: float, u_end: float,
    n: People, a: Areas, r: Rules, o: Records,
) -> None:  # fmt: skip
    """Step 6c for those not in work: hire by search, ends of placement, assessment, class, education."""
    status = n.whole[i, f.STATUS]
    rate = n.real[i, f.HAZARD] * a.real[n.whole[i, f.MUNICIPALITY], f.M_CROWD]
    tested = n.whole[i, f.TEST_MONTH] != c.NEVER
    # The test of this month does not change this month's search.
    found = search_factor(i, status, s, tested and n.whole[i, f.TEST_MONTH] != s, n, r) * rate
    if u_hire < found and u_hire < 1.0 - math.exp(-found):
        start_job(i, s, t, k0, k1, n, o)
        return
    if status == c.LANGUAGE_CLASS or status == c.JOB_CENTRE or status == c.SELF_SUPPORTED:
        if r.business_start > 0.0:
            if uniforms(n.ident[i], t, c.STREAM_BUSINESS, k0, k1)[0] < r.business_start:
                start_business(i, s, n)
                return
    spent = n.whole[i, f.MONTHS_IN_STATUS]
    target = status
    if status == c.INTERNSHIP or status == c.SUBSIDISED_JOB:
        if spent >= (r.internship_months if status == c.INTERNSHIP else r.subsidy_months):
            n.real[i, f.PRACTICE] += 1.0 if status == c.INTERNSHIP else 1.5
            worth = r.worth_internship if status == c.INTERNSHIP else r.worth_subsidised
            if n.whole[i, f.FEMALE]:
                worth *= r.worth_women
            if u_end < 1.0 - math.exp(-worth * rate):
                start_job(i, s, t, k0, k1, n, o)
                return
            if s < 60:
                o.placements[n.whole[i, f.GROUP], 0] += 1
            in_class = entitled(i, s, n) and s < n.whole[i, f.INTRODUCTION_END]
            target = c.LANGUAGE_CLASS if in_class else c.JOB_CENTRE
    elif status == c.ASSESSMENT:
        if spent >= r.assessment_months:
            target = c.LANGUAGE_CLASS if entitled(i, s, n) else c.JOB_CENTRE
    elif status == c.LANGUAGE_CLASS:
        leave = r.drop_out if s < n.whole[i, f.INTRODUCTION_END] else r.drop_out_after
        if not entitled(i, s, n) or u_end < leave:
            target = c.JOB_CENTRE
    elif status == c.EDUCATION and spent >= 24:
        n.whole[i, f.DANISH_EDUCATION] = 1
        target = c.SELF_SUPPORTED if n.whole[i, f.SUPPORTED] else c.JOB_CENTRE
    if target != status:
        n.whole[i, f.STATUS] = target
        n.whole[i, f.MONTHS_IN_STATUS] = 0
