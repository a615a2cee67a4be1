"""Rules of the month that call no other rule: one small function a formula, over the arrays of `arrays.py`.

The kernels of `month.py` compile them in. Names as there; sections are those of docs/ODD.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields as f
from ankomst.simulation.kernels.compiled import inlined

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Areas, People, Person, Records, Rules

Four = tuple[float, float, float, float]
MONTHLY = 52.0 / 12.0
"""Weeks in a month (docs/ODD.md 2.5)."""
TWELFTH = 1.0 / 12.0
FULL_TIME = 1.0 / 37.0


@inlined
def is_client(status: int) -> bool:
    """Whether a status receives a benefit and effort (docs/ODD.md 2.2)."""
    return status <= c.SUBSIDISED_JOB or status == c.JOB_CENTRE


@inlined
def entitled(who: Person, s: int) -> bool:
    """Whether the right to Danish classes still holds (docs/ODD.md 7.9)."""
    return who.language < 6.0 and s < who.right_end


@inlined
def intensity_class(who: Person, s: int) -> int:
    """Return 0 inside the introduction period, 1 outside, 2 outside for the needs group."""
    return 0 if s < who.introduction_end else 1 + who.needs


@inlined
def search_factor(who: Person, status: int, s: int, tested: bool, r: Rules) -> float:
    """Return k, the share of full search (docs/ODD.md 7.4)."""
    if status == c.SELF_SUPPORTED and who.reached_out:
        return r.outreach_k
    k = r.table[f.SEARCH_T + status, s]
    return k * r.conflict_k if status == c.LANGUAGE_CLASS and not tested else k


@inlined
def proficiency(who: Person) -> float:
    """Return l, the share of full proficiency: modules completed times what one is worth on the track."""
    return who.module_worth * who.language


@inlined
def in_window(slot: int, s: int, period: int, r: Rules) -> bool:
    """Whether a spell that starts in month s counts for a slot (docs/ODD.md 7.11)."""
    window = period if r.slots[slot, f.SLOT_WINDOW] < 0 else r.slots[slot, f.SLOT_WINDOW]
    return s < window + r.slots[slot, f.SLOT_EXTRA]


@inlined
def refund_share(status: int, benefit_months: int, r: Rules) -> float:
    """Return the state's share of the benefit a municipality expects to pay on (docs/ODD.md 7.5)."""
    if r.ladder:
        return r.table[f.LADDER_MEAN_T, benefit_months]
    return r.refund_passive if status == c.ASSESSMENT or status == c.JOB_CENTRE else r.refund_active


@inlined
def job_gain(who: Person, share: float, benefit: Four, base: Four, a: Areas, r: Rules) -> float:
    """Return the gain from a job now, grants apart: benefit saved and extra tax (docs/ODD.md 7.5)."""
    kind = who.benefit_kind
    year = 12.0 * 37.0 * MONTHLY * r.entry_wage * (1.0 + 0.10 * who.module_worth * who.language)
    allowance = min(r.employment_share * year, r.employment_max)
    taxed = max(0.0, year - r.am_rate * year - r.personal_allowance - allowance) / 12.0
    tax = a.real[who.municipality, f.M_TAX] * (taxed - base[kind])
    return r.gain_months * ((1.0 - share) * benefit[kind] + tax)


@inlined
def expected_grants(i: int, s: int, n: People, r: Rules) -> float:
    """Return Gamma: what a job now pays in grants against a year's wait (docs/ODD.md 7.5)."""
    if s >= r.last_window:
        return 0.0
    who = n.person[i]
    total = 0.0
    wait = -1.0
    for g in range(r.grants.shape[0]):
        slot = int(r.grants[g, f.GRANT_SLOT])
        if slot < 0:
            continue  # not in force
        if r.slots[slot, f.SLOT_OUTCOME] == c.OUTCOME_JOB and n.reached[0, slot, i] == c.NEVER:
            now = r.grant_amount[g, s] if in_window(slot, s, who.introduction_end, r) else 0.0
            later = r.grant_amount[g, s + 12] if in_window(slot, s + 12, who.introduction_end, r) else 0.0
            if now != 0.0 or later != 0.0:
                if wait < 0.0:
                    wait = 1.0 - math.exp(-12.0 * who.hazard)
                total += (
                    r.grants[g, f.GRANT_BELIEF]
                    * r.grants[g, f.GRANT_WEIGHT + who.needs]
                    * (now - wait * later)
                )
    return total


@inlined
def learn(who: Person, s: int, u_test: float, a: Areas, r: Rules) -> None:
    """Carry out steps 6b and 7: class hours, modules learnt, the test (docs/ODD.md 7.9)."""
    status = who.status
    done = who.language
    hours = r.table[f.CLASS_HOURS_S, status] if done < 6.0 and s < who.right_end else 0.0
    if hours > 0.0 and status == c.SELF_SUPPORTED and who.reached_out:
        hours = r.outreach_hours
    who.class_hours = hours
    if done < 6.0:
        work_hours = who.hours + r.table[f.PLACEMENT_HOURS_S, status] if done < 3.0 else 0.0
        pace = hours * TWELFTH + r.learning_at_work * work_hours * FULL_TIME
        if s < c.MENTOR_MONTHS and who.mentored:
            pace *= r.mentor_speed
        quality = a.real[who.municipality, f.M_CLASS_QUALITY]
        who.language = min(6.0, done + who.speed * quality * pace)
    if who.language >= 6.0 and who.test_month == c.NEVER and u_test < r.test_hazard:
        who.test_month = s


@inlined
def leave(who: Person, s: int, u: float, r: Rules) -> None:
    """Step 6e: emigration, disability pension, education (docs/ODD.md 7.10)."""
    if u < r.emigration:
        who.status = c.LEFT
        who.hours = 0
        who.months_in_status = 0
    elif who.status == c.JOB_CENTRE:
        if who.health and s > 24 and u < r.emigration + r.disability:
            who.status = c.DISABILITY_PENSION
            who.months_in_status = 0
    elif who.status == c.LANGUAGE_CLASS and u > 1.0 - r.education_entry and who.age < 35.0:
        if who.module_worth * who.language > 0.35:
            who.status = c.EDUCATION
            who.months_in_status = 0
            who.spell_period = who.introduction_end


@inlined
def begin_spell(who: Person, s: int) -> None:
    """Begin a spell of work of any kind: tenure 0, and the introduction period that it counts against."""
    who.tenure = 0
    who.spell_period = who.introduction_end
    if who.first_job == c.NEVER:
        who.first_job = s


@inlined
def record(i: int, s: int, t: int, year: int, topped_up: bool, n: People, o: Records) -> None:
    """Step 10: count the state at the end of the month; year is that of the arrival, from 0."""
    who = n.person[i]
    status = who.status
    state = status + 0
    if status == c.EMPLOYED:
        level = 0 if who.hours == 12 else (1 if who.hours == 25 else 2)
        state = (c.REC_EMPLOYED_12_TOP_UP if topped_up else c.REC_EMPLOYED_12) + level
    elif status > c.EMPLOYED:
        state = status + c.REC_SELF_EMPLOYED - c.SELF_EMPLOYED
    if status == c.EMPLOYED or status == c.TRAINEE_JOB:
        if who.tenure < 24 and s - who.tenure < 60:
            o.spells[who.group, 1] += 1
    age = who.age + s * TWELFTH
    o.counts[year, s, who.group + (c.GROUPS if 25.0 <= age < 65.0 else 0), state] += 1
    o.area_counts[t, who.municipality, state] += 1
    if o.keep:
        o.whole[f.H_STATUS, i, s] = status
        o.whole[f.H_HOURS, i, s] = who.hours
        o.whole[f.H_WORK_MONTHS, i, s] = who.work_months
        o.whole[f.H_BENEFIT_MONTHS, i, s] = who.benefit_months
        o.whole[f.H_PERIOD, i, s] = who.introduction_end
        o.whole[f.H_STARTED, i, s] = who.placed
        o.whole[f.H_TENURE, i, s] = who.tenure
        o.whole[f.H_EVENT, i, s] = who.event
        o.real[f.H_LANGUAGE, i, s] = who.language
        o.real[f.H_PRACTICE, i, s] = who.practice
        o.real[f.H_CLASS_HOURS, i, s] = who.class_hours
