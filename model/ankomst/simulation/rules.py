"""Rules of the month that call no other rule: one small function a formula, over the arrays of `arrays.py`.

The kernels of `month.py` compile them in. Names as there: i newcomer, s months since arrival, n newcomers,
a municipalities, r rules, o records; sections are those of docs/ODD.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation import fields as f
from ankomst.simulation.compiled import inlined

if TYPE_CHECKING:
    from ankomst.simulation.arrays import Areas, People, Records, Rules

Four = tuple[float, float, float, float]
MONTHLY = 52.0 / 12.0
"""Weeks in a month (details C1)."""
TWELFTH = 1.0 / 12.0
FULL_TIME = 1.0 / 37.0


@inlined
def is_client(status: int) -> bool:
    """Whether a status receives a benefit and effort (section 2, T2)."""
    return status <= c.SUBSIDISED_JOB or status == c.JOB_CENTRE


@inlined
def entitled(i: int, s: int, n: People) -> bool:
    """Whether the right to Danish classes still holds (details A9)."""
    return n.real[i, f.LANGUAGE] < 6.0 and s < n.whole[i, f.RIGHT_END]


@inlined
def intensity_class(i: int, s: int, n: People) -> int:
    """0 inside the introduction period, 1 outside, 2 outside for the needs group."""
    return 0 if s < n.whole[i, f.INTRODUCTION_END] else 1 + n.whole[i, f.NEEDS]


@inlined
def search_factor(i: int, status: int, s: int, tested: bool, n: People, r: Rules) -> float:
    """Return k, the share of full search (section 6, T2)."""
    if status == c.SELF_SUPPORTED and n.whole[i, f.REACHED_OUT]:
        return r.outreach_k
    k = r.table[f.SEARCH_T + status, s]
    return k * r.conflict_k if status == c.LANGUAGE_CLASS and not tested else k


@inlined
def proficiency(i: int, n: People) -> float:
    """Return l, the share of full proficiency: modules completed times what one is worth on the track."""
    return n.real[i, f.MODULE_WORTH] * n.real[i, f.LANGUAGE]


@inlined
def in_window(slot: int, s: int, period: int, r: Rules) -> bool:
    """Whether a spell that starts in month s counts for a slot (C9)."""
    window = period if r.slots[slot, f.SLOT_WINDOW] < 0 else r.slots[slot, f.SLOT_WINDOW]
    return s < window + r.slots[slot, f.SLOT_EXTRA]


@inlined
def refund_share(status: int, benefit_months: int, r: Rules) -> float:
    """State's share of the benefit a municipality expects to pay on (A3)."""
    if r.ladder:
        return r.table[f.LADDER_MEAN_T, benefit_months]
    return r.refund_passive if status == c.ASSESSMENT or status == c.JOB_CENTRE else r.refund_active


@inlined
def job_gain(i: int, share: float, benefit: Four, base: Four, n: People, a: Areas, r: Rules) -> float:
    """Gain of the municipality from a job now, grants apart: benefit saved and extra tax (section 10, A3)."""
    kind = n.whole[i, f.BENEFIT_KIND]
    year = (
        12.0
        * 37.0
        * MONTHLY
        * r.entry_wage
        * (1.0 + 0.10 * n.real[i, f.MODULE_WORTH] * n.real[i, f.LANGUAGE])
    )
    allowance = min(r.employment_share * year, r.employment_max)
    taxed = max(0.0, year - r.am_rate * year - r.personal_allowance - allowance) / 12.0
    tax = a.real[n.whole[i, f.MUNICIPALITY], f.M_TAX] * (taxed - base[kind])
    return r.gain_months * ((1.0 - share) * benefit[kind] + tax)


@inlined
def expected_grants(i: int, s: int, n: People, r: Rules) -> float:
    """Gamma: what a job now pays in grants against a year's wait (C8)."""
    if s >= r.last_window:
        return 0.0
    total = 0.0
    wait = -1.0
    for g in range(r.grants.shape[0]):
        slot = int(r.grants[g, f.GRANT_SLOT])
        if slot < 0:
            continue  # not in force
        if r.slots[slot, f.SLOT_OUTCOME] == c.OUTCOME_JOB and n.reached[0, slot, i] == c.NEVER:
            window = (
                n.whole[i, f.INTRODUCTION_END]
                if r.slots[slot, f.SLOT_WINDOW] < 0
                else r.slots[slot, f.SLOT_WINDOW]
            )
            window += r.slots[slot, f.SLOT_EXTRA]
            now = r.grant_amount[g, s] if s < window else 0.0
            later = r.grant_amount[g, s + 12] if s + 12 < window else 0.0
            if now != 0.0 or later != 0.0:
                if wait < 0.0:
                    wait = 1.0 - math.exp(-12.0 * n.real[i, f.HAZARD])
                total += (
                    r.grants[g, f.GRANT_BELIEF]
                    * r.grants[g, f.GRANT_WEIGHT + n.whole[i, f.NEEDS]]
                    * (now - wait * later)
                )
    return total


@inlined
def learn(i: int, s: int, u_test: float, n: People, a: Areas, r: Rules) -> None:
    """Carry out steps 6b and 7: class hours, modules learnt, the test (section 8)."""
    status = n.whole[i, f.STATUS]
    done = n.real[i, f.LANGUAGE]
    hours = r.table[f.CLASS_HOURS_S, status] if done < 6.0 and s < n.whole[i, f.RIGHT_END] else 0.0
    if hours > 0.0 and status == c.SELF_SUPPORTED and n.whole[i, f.REACHED_OUT]:
        hours = r.outreach_hours
    n.real[i, f.CLASS_HOURS] = hours
    if done < 6.0:
        work_hours = n.whole[i, f.HOURS] + r.table[f.PLACEMENT_HOURS_S, status] if done < 3.0 else 0.0
        pace = hours * TWELFTH + r.learning_at_work * work_hours * FULL_TIME
        if s < c.MENTOR_MONTHS and n.whole[i, f.MENTORED]:
            pace *= r.mentor_speed
        quality = a.real[n.whole[i, f.MUNICIPALITY], f.M_CLASS_QUALITY]
        n.real[i, f.LANGUAGE] = min(6.0, done + n.real[i, f.SPEED] * quality * pace)
    if n.real[i, f.LANGUAGE] >= 6.0 and n.whole[i, f.TEST_MONTH] == c.NEVER and u_test < r.test_hazard:
        n.whole[i, f.TEST_MONTH] = s


@inlined
def leave(i: int, s: int, u: float, n: People, r: Rules) -> None:
    """Step 6e: emigration, disability pension, education (C11)."""
    if u < r.emigration:
        n.whole[i, f.STATUS] = c.LEFT
        n.whole[i, f.HOURS] = 0
        n.whole[i, f.MONTHS_IN_STATUS] = 0
    elif n.whole[i, f.STATUS] == c.JOB_CENTRE:
        if n.whole[i, f.HEALTH] and s > 24 and u < r.emigration + r.disability:
            n.whole[i, f.STATUS] = c.DISABILITY_PENSION
            n.whole[i, f.MONTHS_IN_STATUS] = 0
    elif n.whole[i, f.STATUS] == c.LANGUAGE_CLASS and u > 1.0 - r.education_entry and n.real[i, f.AGE] < 35.0:
        if n.real[i, f.MODULE_WORTH] * n.real[i, f.LANGUAGE] > 0.35:
            n.whole[i, f.STATUS] = c.EDUCATION
            n.whole[i, f.MONTHS_IN_STATUS] = 0
            n.whole[i, f.SPELL_PERIOD] = n.whole[i, f.INTRODUCTION_END]


@inlined
def begin_spell(i: int, s: int, n: People) -> None:
    """Begin a spell of work of any kind: tenure 0, and the introduction period that it counts against."""
    n.whole[i, f.TENURE] = 0
    n.whole[i, f.SPELL_PERIOD] = n.whole[i, f.INTRODUCTION_END]
    if n.whole[i, f.FIRST_JOB] == c.NEVER:
        n.whole[i, f.FIRST_JOB] = s


@inlined
def record(i: int, s: int, t: int, year: int, topped_up: bool, n: People, o: Records) -> None:
    """Step 10: count the state at the end of the month; year is that of the arrival, from 0."""
    status = n.whole[i, f.STATUS]
    state = status + 0
    if status == c.EMPLOYED:
        level = 0 if n.whole[i, f.HOURS] == 12 else (1 if n.whole[i, f.HOURS] == 25 else 2)
        state = (c.REC_EMPLOYED_12_TOP_UP if topped_up else c.REC_EMPLOYED_12) + level
    elif status > c.EMPLOYED:
        state = status + c.REC_SELF_EMPLOYED - c.SELF_EMPLOYED
    if status == c.EMPLOYED or status == c.TRAINEE_JOB:
        if n.whole[i, f.TENURE] < 24 and s - n.whole[i, f.TENURE] < 60:
            o.spells[n.whole[i, f.GROUP], 1] += 1
    age = n.real[i, f.AGE] + s * TWELFTH
    o.counts[year, s, n.whole[i, f.GROUP] + (c.GROUPS if 25.0 <= age < 65.0 else 0), state] += 1
    o.area_counts[t, n.whole[i, f.MUNICIPALITY], state] += 1
    if o.keep:
        o.whole[f.H_STATUS, i, s] = status
        o.whole[f.H_HOURS, i, s] = n.whole[i, f.HOURS]
        o.whole[f.H_WORK_MONTHS, i, s] = n.whole[i, f.WORK_MONTHS]
        o.whole[f.H_BENEFIT_MONTHS, i, s] = n.whole[i, f.BENEFIT_MONTHS]
        o.whole[f.H_PERIOD, i, s] = n.whole[i, f.INTRODUCTION_END]
        o.whole[f.H_STARTED, i, s] = n.whole[i, f.PLACED]
        o.whole[f.H_TENURE, i, s] = n.whole[i, f.TENURE]
        o.whole[f.H_EVENT, i, s] = n.whole[i, f.EVENT]
        o.real[f.H_LANGUAGE, i, s] = n.real[i, f.LANGUAGE]
        o.real[f.H_PRACTICE, i, s] = n.real[i, f.PRACTICE]
        o.real[f.H_CLASS_HOURS, i, s] = n.real[i, f.CLASS_HOURS]
