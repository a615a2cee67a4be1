"""Step 4 and the sums behind step 3, compiled: how readily people find work, what they are worth.

Names as in `month.py`; formulas in docs/ODD.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields as f
from ankomst.simulation.kernels.compiled import kernel
from ankomst.simulation.kernels.draws import uniforms
from ankomst.simulation.kernels.rules import (
    expected_grants,
    in_window,
    intensity_class,
    is_client,
    job_gain,
    proficiency,
    refund_share,
    search_factor,
)

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Areas, Conditions, Floats, Ints, People, Rules


@kernel
def hazards(
    t: int, k0: int, k1: int, first: int, last: int, starts: Ints, now: Conditions,
    n: People, a: Areas, r: Rules,
) -> None:  # fmt: skip
    """Step 4: log hazards, crowding c and free places of each municipality, from the state at the start."""
    for m in range(a.real.shape[0]):
        share = (
            a.real[m, f.M_EMPLOYED] / a.real[m, f.M_PRESENT]
            if a.real[m, f.M_PRESENT] > 0 and r.interactions
            else 0.0
        )
        a.real[m, f.M_BASE] = r.b_peers * share + r.b_demand * (a.real[m, f.M_DEMAND] + now.demand) / 100.0
        for j in range(3):
            effort = a.real[m, f.M_INTENSITY + j] * a.real[m, f.M_EFFORT] * a.real[m, f.M_QUALITY]
            a.real[m, f.M_LOG_EFFORT + j] = r.b_effort * math.log((1.0 + effort) / 2.0)
        a.real[m, f.M_SEARCH] = 0.0
        a.real[m, f.M_WEIGHT] = 0.0
        a.real[m, f.M_PLACED] = 0
        a.real[m, f.M_PLACED_SUBSIDISED] = 0
        a.real[m, f.M_CLIENTS] = 0.0
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            who = n.person[i]
            status = who.status
            if c.EMPLOYED <= status <= c.SELF_EMPLOYED or status >= c.DISABILITY_PENSION:
                continue
            m = who.municipality
            level = proficiency(who)
            eta = who.eta + r.b_language * level * level * level + r.table[f.EXPERIENCE_T, who.work_months]
            eta += a.real[m, f.M_BASE] + r.b_practice * who.practice - r.table[f.IDLE_T, who.idle]
            eta += now.reception[who.female]
            if who.female and who.children:
                eta += r.table[f.CHILD_T, s]
            if who.recognisable and s >= r.recognition_month:
                eta += r.b_recognised * level
            if who.danish_education:
                eta += r.b_danish_education
            if s < c.MENTOR_MONTHS and who.mentored:
                eta += r.b_mentor
            if r.credit > 0.0:
                eta += r.table[f.CREDIT_T + who.female, s]
            if is_client(status):
                j = intensity_class(who, s)
                eta += (
                    a.real[m, f.M_LOG_EFFORT + j]
                    + r.table[f.BENEFIT_T + 4 * who.female + who.benefit_kind, s]
                )
                if who.introduction_end - 3 <= s < who.introduction_end:
                    eta += r.b_deadline
                settling = r.table[f.SETTLE_T, s]
                eta += r.settling_left * settling if who.u_ready < now.ready[who.female] else settling
                a.real[m, f.M_CLIENTS] += 1.0
                a.real[m, f.M_WEIGHT] += a.real[m, f.M_INTENSITY + j]
                if status == c.SUBSIDISED_JOB and r.sub_places >= 0.0:
                    a.real[m, f.M_PLACED_SUBSIDISED] += 1
                elif status == c.INTERNSHIP or status == c.SUBSIDISED_JOB:
                    a.real[m, f.M_PLACED] += 1
            elif status == c.TRAINEE_JOB:
                eta += r.table[f.BENEFIT_T + 4 * who.female + who.benefit_kind, s]
            who.log_hazard = eta
            who.hazard = math.exp(eta)
            a.real[m, f.M_SEARCH] += search_factor(who, status, s, who.test_month != c.NEVER, r) * who.hazard
    for m in range(a.real.shape[0]):
        a.real[m, f.M_CROWD] = 1.0
        if r.interactions and a.real[m, f.M_N_REF] > 0.0:
            a.real[m, f.M_CROWD] = (1.0 + 1.0 / r.crowding) / (
                1.0 + a.real[m, f.M_SEARCH] / (r.crowding * 0.02 * a.real[m, f.M_N_REF])
            )
        effort = a.real[m, f.M_EFFORT] * a.real[m, f.M_QUALITY]
        places = r.places * a.real[m, f.M_WEIGHT] * 2.0 * effort / (1.0 + effort)
        u, _, u_subsidised, _ = uniforms(m, t, c.STREAM_MUNICIPALITY, k0, k1)
        free = max(0.0, math.floor(places + u) - a.real[m, f.M_PLACED])
        a.real[m, f.M_FREE_INTERNSHIPS] = free
        a.real[m, f.M_FREE_SUBSIDISED] = 0.0
        if r.sub_places >= 0.0:
            jobs = math.floor(r.sub_places * a.real[m, f.M_WEIGHT] + u_subsidised)
            a.real[m, f.M_FREE_SUBSIDISED] = max(0.0, jobs - a.real[m, f.M_PLACED_SUBSIDISED])
            free += a.real[m, f.M_FREE_SUBSIDISED]
        a.real[m, f.M_FREE] = min(free, a.real[m, f.M_PRESENT])


@kernel
def plan_sums(
    t: int, first: int, last: int, starts: Ints, n: People, a: Areas, r: Rules, out: Floats
) -> None:
    """Sum incentives over each municipality's clients for the January plan (docs/ODD.md 7.5).

    out, shape (m, 5): clients; G; G under the reference policy; GT; GT under the reference policy.
    """
    out[:] = 0.0
    floor = r.gain_floor * r.gain_reference
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            who = n.person[i]
            if not is_client(who.status):
                continue
            m = who.municipality
            share = refund_share(who.status, who.benefit_months, r)
            own = job_gain(who, share, r.benefit, r.benefit_base, a, r)
            passive = who.status == c.ASSESSMENT or who.status == c.JOB_CENTRE
            share = r.reference_passive if passive else r.reference_active
            ref = job_gain(who, share, r.reference_benefit, r.reference_base, a, r)
            slot = r.reference_slots[0]
            bonus = 0.0
            if n.reached[0, slot, i] == c.NEVER and s < r.reference_window:
                later = r.reference_amounts[0] if s + 12 < r.reference_window else 0.0
                wait = 1.0 - math.exp(-12.0 * who.hazard)
                bonus = r.reference_belief * (r.reference_amounts[0] - wait * later)
            out[m, 0] += 1.0
            out[m, 1] += max(floor, own + expected_grants(i, s, n, r))
            out[m, 2] += max(floor, ref + bonus)
            if who.language < 6.0:
                level = proficiency(who)
                rise = math.exp(r.b_language * ((6.0 * who.module_worth) ** 3 - level**3)) - 1.0
                chance = (1.0 - math.exp(-r.gain_months * who.hazard)) * rise
                test = 0.0
                for g in range(r.grants.shape[0]):
                    slot = int(r.grants[g, f.GRANT_SLOT])
                    if slot < 0:
                        continue  # not in force
                    due = r.slots[slot, f.SLOT_OUTCOME] == c.OUTCOME_TEST and n.reached[0, slot, i] == c.NEVER
                    if due and in_window(slot, s, who.introduction_end, r):
                        test += r.grant_amount[g, s] * r.grants[g, f.GRANT_WEIGHT + who.needs]
                slot = r.reference_slots[1]
                due = n.reached[0, slot, i] == c.NEVER and s < r.reference_window
                test_ref = r.reference_amounts[1] if due else 0.0
                out[m, 3] += r.test_share * test + chance * max(floor, own)
                out[m, 4] += r.test_share * test_ref + chance * max(floor, ref)
