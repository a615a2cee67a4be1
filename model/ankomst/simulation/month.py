"""Steps 4 to 10 of a month, compiled. Every kernel that calls another stands in this file.

Small rules that call no other stand in `rules.py`, arrays in `arrays.py`, formulas in docs/ODD.md.
n newcomers, a municipalities, r rules, o records, t calendar month, y year of the run, s months since
arrival, m municipality, i newcomer, k0 and k1 key of the draws.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation import fields as f
from ankomst.simulation.booking import account, book, post
from ankomst.simulation.compiled import inlined, kernel
from ankomst.simulation.draws import uniforms
from ankomst.simulation.rules import (
    entitled,
    expected_grants,
    in_window,
    intensity_class,
    is_client,
    job_gain,
    learn,
    leave,
    proficiency,
    record,
    refund_share,
    search_factor,
)  # fmt: skip

if TYPE_CHECKING:
    from ankomst.simulation.arrays import Areas, Floats, Ints, People, Records, Rules


@kernel
def hazards(
    t: int, k0: int, k1: int, first: int, last: int, starts: Ints, national: float,
    n: People, a: Areas, r: Rules,
) -> None:  # fmt: skip
    """Step 4: log hazards, crowding c and free places of each municipality, from the state at the start."""
    for m in range(a.real.shape[0]):
        share = (
            a.real[m, f.M_EMPLOYED] / a.real[m, f.M_PRESENT]
            if a.real[m, f.M_PRESENT] > 0 and r.interactions
            else 0.0
        )
        a.real[m, f.M_BASE] = r.b_peers * share + r.b_demand * (a.real[m, f.M_DEMAND] + national) / 100.0
        for j in range(3):
            effort = a.real[m, f.M_INTENSITY + j] * a.real[m, f.M_EFFORT] * a.real[m, f.M_QUALITY]
            a.real[m, f.M_LOG_EFFORT + j] = r.b_effort * math.log((1.0 + effort) / 2.0)
        a.real[m, f.M_SEARCH] = 0.0
        a.real[m, f.M_WEIGHT] = 0.0
        a.real[m, f.M_PLACED] = 0
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            status = n.whole[i, f.STATUS]
            if (
                c.EMPLOYED <= status <= c.SELF_EMPLOYED
                or status == c.TRAINEE_JOB
                or status >= c.DISABILITY_PENSION
            ):
                continue
            m = n.whole[i, f.MUNICIPALITY]
            level = proficiency(i, n)
            eta = (
                n.real[i, f.ETA]
                + r.b_language * level * level * level
                + r.table[f.EXPERIENCE_T, n.whole[i, f.WORK_MONTHS]]
            )
            eta += (
                a.real[m, f.M_BASE]
                + r.b_practice * n.real[i, f.PRACTICE]
                - r.table[f.IDLE_T, n.whole[i, f.IDLE]]
            )
            if n.whole[i, f.FEMALE] and n.whole[i, f.CHILDREN]:
                eta += r.table[f.CHILD_T, s]
            if n.whole[i, f.RECOGNISABLE] and s >= r.recognition_month:
                eta += r.b_recognised * level
            if n.whole[i, f.DANISH_EDUCATION]:
                eta += r.b_danish_education
            if is_client(status):
                j = intensity_class(i, s, n)
                eta += (
                    a.real[m, f.M_LOG_EFFORT + j]
                    + r.table[f.BENEFIT_T + 2 * n.whole[i, f.FEMALE] + n.whole[i, f.CHILDREN], s]
                )
                if n.whole[i, f.INTRODUCTION_END] - 3 <= s < n.whole[i, f.INTRODUCTION_END]:
                    eta += r.b_deadline
                a.real[m, f.M_WEIGHT] += a.real[m, f.M_INTENSITY + j]
                if status == c.INTERNSHIP or status == c.SUBSIDISED_JOB:
                    a.real[m, f.M_PLACED] += 1
            n.real[i, f.LOG_HAZARD] = eta
            n.real[i, f.HAZARD] = math.exp(eta)
            a.real[m, f.M_SEARCH] += (
                search_factor(status, s, n.whole[i, f.TEST_MONTH] != c.NEVER, r) * n.real[i, f.HAZARD]
            )
    for m in range(a.real.shape[0]):
        a.real[m, f.M_CROWD] = 1.0
        if r.interactions and a.real[m, f.M_N_REF] > 0.0:
            a.real[m, f.M_CROWD] = (1.0 + 1.0 / r.crowding) / (
                1.0 + a.real[m, f.M_SEARCH] / (r.crowding * 0.02 * a.real[m, f.M_N_REF])
            )
        effort = a.real[m, f.M_EFFORT] * a.real[m, f.M_QUALITY]
        places = r.places * a.real[m, f.M_WEIGHT] * 2.0 * effort / (1.0 + effort)
        u = uniforms(m, t, c.STREAM_MUNICIPALITY, k0, k1)[0]
        free = max(0.0, math.floor(places + u) - a.real[m, f.M_PLACED])
        a.real[m, f.M_FREE] = min(free, a.real[m, f.M_PRESENT])


@kernel
def plan_sums(
    t: int, first: int, last: int, starts: Ints, n: People, a: Areas, r: Rules, out: Floats
) -> None:
    """Sum incentives over each municipality's clients for the January plan (section 10, A2 to A4).

    out, shape (m, 5): clients; G; G under the reference policy; GT; GT under the reference policy.
    """
    out[:] = 0.0
    floor = r.gain_floor * r.gain_reference
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            if not is_client(n.whole[i, f.STATUS]):
                continue
            m = n.whole[i, f.MUNICIPALITY]
            own = job_gain(
                i,
                refund_share(n.whole[i, f.STATUS], n.whole[i, f.BENEFIT_MONTHS], r),
                r.benefit,
                r.benefit_base,
                n,
                a,
                r,
            )
            passive = n.whole[i, f.STATUS] == c.ASSESSMENT or n.whole[i, f.STATUS] == c.JOB_CENTRE
            share = r.reference_passive if passive else r.reference_active
            ref = job_gain(i, share, r.reference_benefit, r.reference_base, n, a, r)
            slot = r.reference_slots[0]
            bonus = 0.0
            if n.reached[0, slot, i] == c.NEVER and s < r.reference_window:
                later = r.reference_amounts[0] if s + 12 < r.reference_window else 0.0
                wait = 1.0 - math.exp(-12.0 * n.real[i, f.HAZARD])
                bonus = r.reference_belief * (r.reference_amounts[0] - wait * later)
            out[m, 0] += 1.0
            out[m, 1] += max(floor, own + expected_grants(i, s, n, r))
            out[m, 2] += max(floor, ref + bonus)
            if n.real[i, f.LANGUAGE] < 6.0:
                level = proficiency(i, n)
                rise = math.exp(r.b_language * ((6.0 * n.real[i, f.MODULE_WORTH]) ** 3 - level**3)) - 1.0
                chance = (1.0 - math.exp(-r.gain_months * n.real[i, f.HAZARD])) * rise
                test = 0.0
                for g in range(r.grants.shape[0]):
                    slot = int(r.grants[g, f.GRANT_SLOT])
                    due = r.slots[slot, f.SLOT_OUTCOME] == c.OUTCOME_TEST and n.reached[0, slot, i] == c.NEVER
                    if due and in_window(slot, s, n.whole[i, f.INTRODUCTION_END], r):
                        test += r.grant_amount[g, s] * r.grants[g, f.GRANT_WEIGHT + n.whole[i, f.NEEDS]]
                slot = r.reference_slots[1]
                due = n.reached[0, slot, i] == c.NEVER and s < r.reference_window
                test_ref = r.reference_amounts[1] if due else 0.0
                out[m, 3] += r.test_share * test + chance * max(floor, own)
                out[m, 4] += r.test_share * test_ref + chance * max(floor, ref)


@kernel
def placements(
    t: int, k0: int, k1: int, first: int, last: int, starts: Ints, needs_first: bool,
    n: People, a: Areas, r: Rules,
) -> None:  # fmt: skip
    """Step 5: free places go to the eligible clients with the highest score (section 9, C7)."""
    areas = a.real.shape[0]
    total = 0
    for m in range(areas):
        a.real[m, f.M_OFFSET] = total
        a.real[m, f.M_FILLED] = 0
        total += int(a.real[m, f.M_FREE])
    floor = r.gain_floor * r.gain_reference
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            n.whole[i, f.PLACED] = 0
            status = n.whole[i, f.STATUS]
            eligible = status == c.LANGUAGE_CLASS or status == c.JOB_CENTRE
            eligible = eligible or (status == c.ASSESSMENT and r.ready_from_day_one)
            if not eligible or s < r.first_offer or n.whole[i, f.MONTHS_IN_STATUS] < 1:
                continue
            m = n.whole[i, f.MUNICIPALITY]
            if not r.interactions:
                if uniforms(n.ident[i], t, c.STREAM_PLACEMENT, k0, k1)[1] < r.places:
                    start_placement(i, t, k0, k1, n, r)
                continue
            if a.real[m, f.M_FREE] == 0:
                continue
            waiting = (1.0 - a.real[m, f.M_CREAMING]) * 0.08 * n.whole[i, f.MONTHS_IN_STATUS]
            score = waiting
            if a.real[m, f.M_CREAMING] > 0.0:
                share = refund_share(status, n.whole[i, f.BENEFIT_MONTHS], r)
                gain = job_gain(i, share, r.benefit, r.benefit_base, n, a, r) + expected_grants(i, s, n, r)
                gain = max(floor, gain)
                score += a.real[m, f.M_CREAMING] * gain / r.gain_reference * (n.real[i, f.LOG_HAZARD] + 4.5)
            elif needs_first:
                score += r.needs_weight * n.whole[i, f.NEEDS]
            if s >= r.deadline - 1 and not n.whole[i, f.EVER_PLACED]:
                score += 10_000.0  # before all others, whatever their score
            low = int(a.real[m, f.M_OFFSET])
            j = low + int(a.real[m, f.M_FILLED])
            full = a.real[m, f.M_FILLED] == a.real[m, f.M_FREE]
            u = uniforms(n.ident[i], t, c.STREAM_SCORE, k0, k1)[0]
            if full and score + r.noise_bound[int(u * 64.0)] <= a.best[j - 1]:
                continue  # no logarithm where even the most of this u's noise does not do
            score -= 0.5 * math.log(-math.log(u))
            # Keep the best free[m] in order; a tie keeps the earlier person.
            if a.real[m, f.M_FILLED] < a.real[m, f.M_FREE]:
                a.real[m, f.M_FILLED] += 1
            elif score <= a.best[j - 1]:
                continue
            else:
                j -= 1
            while j > low and a.best[j - 1] < score:
                a.best[j] = a.best[j - 1]
                a.chosen[j] = a.chosen[j - 1]
                j -= 1
            a.best[j] = score
            a.chosen[j] = i
    for m in range(areas):
        low = int(a.real[m, f.M_OFFSET])
        for j in range(low, low + int(a.real[m, f.M_FILLED])):
            start_placement(a.chosen[j], t, k0, k1, n, r)


@inlined
def start_placement(i: int, t: int, k0: int, k1: int, n: People, r: Rules) -> None:
    """Begin an internship or a subsidised job (section 9)."""
    draw = uniforms(n.ident[i], t, c.STREAM_PLACEMENT, k0, k1)[0]
    subsidised = n.real[i, f.PRACTICE] > 0.3 and draw < r.subsidised_share
    n.whole[i, f.STATUS] = c.SUBSIDISED_JOB if subsidised else c.INTERNSHIP
    n.whole[i, f.PLACED] = 2 if subsidised else 1
    n.whole[i, f.EVER_PLACED] = 1
    n.whole[i, f.MONTHS_IN_STATUS] = 0


@inlined
def start_job(i: int, s: int, t: int, k0: int, k1: int, n: People, o: Records) -> None:
    """Begin an ordinary job: hours at hire, a new spell (section 6)."""
    status = n.whole[i, f.STATUS]
    from_placement = status == c.INTERNSHIP or status == c.SUBSIDISED_JOB
    level = proficiency(i, n)
    v = uniforms(n.ident[i], t, c.STREAM_HIRE, k0, k1)[0] + 0.35 * level - 0.12 * n.whole[i, f.FEMALE]
    n.whole[i, f.HOURS] = 12 if v < 0.30 else (25 if v < 0.55 else 37)
    n.whole[i, f.SINCE_25] = 0 if v >= 0.30 else c.UNREACHED
    n.whole[i, f.SINCE_37] = 0 if v >= 0.55 else c.UNREACHED
    n.whole[i, f.RUSHED] = 1 if from_placement and s < 12 else 0
    n.whole[i, f.TENURE] = 0
    n.whole[i, f.SPELL_PERIOD] = n.whole[i, f.INTRODUCTION_END]
    if n.whole[i, f.FIRST_JOB] == c.NEVER:
        n.whole[i, f.FIRST_JOB] = s
    if s < 60:
        o.spells[n.whole[i, f.GROUP], 0] += 1
        if from_placement:
            o.placements[n.whole[i, f.GROUP], 0] += 1
            o.placements[n.whole[i, f.GROUP], 1] += 1
    n.whole[i, f.STATUS] = c.EMPLOYED
    n.whole[i, f.MONTHS_IN_STATUS] = 0


@inlined
def work_month(i: int, s: int, u_loss: float, u_step: float, n: People, r: Rules) -> None:
    """Step 6c for those in work: experience, hours, loss (sections 6 and 7)."""
    n.whole[i, f.WORK_MONTHS] += 1
    n.whole[i, f.TENURE] += 1
    n.whole[i, f.IDLE] = max(0, n.whole[i, f.IDLE] - 3)
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
            n.whole[i, f.TENURE] = 0
            n.whole[i, f.RUSHED] = 0
            n.whole[i, f.HOURS] = 0
            n.whole[i, f.MONTHS_IN_STATUS] = 0
            if n.whole[i, f.SUPPORTED]:
                n.whole[i, f.STATUS] = c.SELF_SUPPORTED
            elif entitled(i, s, n, r) and s < n.whole[i, f.INTRODUCTION_END]:
                n.whole[i, f.STATUS] = c.LANGUAGE_CLASS
            else:
                n.whole[i, f.STATUS] = c.JOB_CENTRE


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
    found = search_factor(status, s, tested and n.whole[i, f.TEST_MONTH] != s, r) * rate
    if u_hire < found and u_hire < 1.0 - math.exp(-found):
        start_job(i, s, t, k0, k1, n, o)
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
            in_class = entitled(i, s, n, r) and s < n.whole[i, f.INTRODUCTION_END]
            target = c.LANGUAGE_CLASS if in_class else c.JOB_CENTRE
    elif status == c.ASSESSMENT:
        if spent >= r.assessment_months:
            target = c.LANGUAGE_CLASS if entitled(i, s, n, r) else c.JOB_CENTRE
    elif status == c.LANGUAGE_CLASS:
        leave = r.drop_out if s < n.whole[i, f.INTRODUCTION_END] else r.drop_out_after
        if not entitled(i, s, n, r) or u_end < leave:
            target = c.JOB_CENTRE
    elif status == c.EDUCATION and spent >= 24:
        n.whole[i, f.DANISH_EDUCATION] = 1
        target = c.SELF_SUPPORTED if n.whole[i, f.SUPPORTED] else c.JOB_CENTRE
    if target != status:
        n.whole[i, f.STATUS] = target
        n.whole[i, f.MONTHS_IN_STATUS] = 0


@inlined
def reach(i: int, slot: int, s: int, start: int, n: People, a: Areas, r: Rules, o: Records) -> None:
    """Note a milestone and pay what the scenario pays for it (C9)."""
    n.reached[0, slot, i] = s
    n.reached[1, slot, i] = start
    outcome = r.slots[slot, f.SLOT_OUTCOME]
    for g in range(r.grants.shape[0]):
        if (
            int(r.grants[g, f.GRANT_SLOT]) == slot
            and r.grants[g, f.GRANT_BENCHMARK] == 0.0
            and not (n.whole[i, f.PAID] >> outcome) & 1
        ):
            m = n.whole[i, f.MUNICIPALITY]
            group = n.whole[i, f.GROUP]
            amount = r.grant_amount[g, start] * r.grants[g, f.GRANT_WEIGHT + n.whole[i, f.NEEDS]]
            n.whole[i, f.PAID] |= 1 << outcome
            if a.real[m, f.M_CAP_PAID + g] + amount * r.weight <= r.grants[g, f.GRANT_CAP]:
                a.real[m, f.M_CAP_PAID + g] += amount * r.weight
                o.grant_paid[i, g] = amount
                book(c.GRANT_JOB + outcome, amount, m, group, o)


@inlined
def milestones(i: int, s: int, topped_up: bool, n: People, a: Areas, r: Rules, o: Records) -> None:
    """Step 8: results that grants reward, from the state at the end of the month."""
    status = n.whole[i, f.STATUS]
    if status == c.EMPLOYED and n.whole[i, f.TENURE] == 3 and n.whole[i, f.FIRST_STABLE_JOB] == c.NEVER:
        n.whole[i, f.FIRST_STABLE_JOB] = s - 3
    if is_client(status) or status >= c.EDUCATION or topped_up:
        n.whole[i, f.SELF_SUPPORT_MONTHS] = 0
    else:
        n.whole[i, f.SELF_SUPPORT_MONTHS] += 1
    tested = n.whole[i, f.TEST_MONTH] == s and status != c.DISABILITY_PENSION
    tenure = n.whole[i, f.TENURE]
    due = False
    if status == c.EMPLOYED:
        due = r.table[f.JOB_DUE_T, tenure] > 0.0
        if r.watches_hours and not due:
            for since in (n.whole[i, f.SINCE_25], n.whole[i, f.SINCE_37]):
                due = due or (since <= tenure and r.table[f.JOB_DUE_T, tenure - since] > 0.0)
    watched = r.watches_self_support and n.whole[i, f.SELF_SUPPORT_MONTHS] > 0
    if not (due or tested or watched or status == c.EDUCATION):
        return
    for slot in range(r.slots.shape[0]):
        if n.reached[0, slot, i] != c.NEVER or (
            n.whole[i, f.SUPPORTED] and not r.slots[slot, f.SLOT_SUPPORTED]
        ):
            continue
        outcome = r.slots[slot, f.SLOT_OUTCOME]
        months = r.slots[slot, f.SLOT_SUSTAINED]
        start = c.NEVER
        period = n.whole[i, f.SPELL_PERIOD]
        if outcome == c.OUTCOME_JOB:
            since = 0
            if r.slots[slot, f.SLOT_HOURS] > 25:
                since = n.whole[i, f.SINCE_37]
            elif r.slots[slot, f.SLOT_HOURS] > 12:
                since = n.whole[i, f.SINCE_25]
            if due and since <= tenure and tenure - since == months:
                start = s - tenure
        elif outcome == c.OUTCOME_EDUCATION:
            if status == c.EDUCATION and n.whole[i, f.MONTHS_IN_STATUS] == months:
                start = s - n.whole[i, f.MONTHS_IN_STATUS]
        elif outcome == c.OUTCOME_TEST:
            if tested:
                start = s
                period = n.whole[i, f.INTRODUCTION_END]
        elif outcome == c.OUTCOME_SELF_SUPPORT:
            if n.whole[i, f.SELF_SUPPORT_MONTHS] == max(1, months) and not n.whole[i, f.SUPPORTED]:
                start = s - n.whole[i, f.SELF_SUPPORT_MONTHS] + 1
                period = n.whole[i, f.INTRODUCTION_END]
        if start != c.NEVER and in_window(slot, start, period, r):
            reach(i, slot, s, start, n, a, r, o)


@inlined
def person_month(i: int, s: int, t: int, k0: int, k1: int, n: People, a: Areas, r: Rules, o: Records) -> bool:
    """Carry out steps 6 to 9 for one newcomer; return whether a top-up was paid."""
    if n.whole[i, f.STATUS] == c.LEFT:
        n.real[i, f.PROGRAMME_COST] = 0.0
        return False
    n.real[i, f.PRACTICE] *= r.practice_decay
    n.whole[i, f.MONTHS_IN_STATUS] += 1
    n.real[i, f.CLASS_HOURS] = 0.0
    if n.whole[i, f.STATUS] != c.DISABILITY_PENSION:
        u_main, u_test, u_exit, u_second = uniforms(n.ident[i], t, c.STREAM_MONTH, k0, k1)
        learn(i, s, u_test, n, a, r)
        if n.whole[i, f.STATUS] == c.EMPLOYED:
            work_month(i, s, u_main, u_second, n, r)
        else:
            search_month(i, s, t, k0, k1, u_main, u_second, n, a, r, o)
        if n.whole[i, f.STATUS] != c.EMPLOYED:
            n.whole[i, f.IDLE] += 1
        leave(i, s, u_exit, n, r)
    status = n.whole[i, f.STATUS]
    if status == c.LEFT:
        n.real[i, f.PROGRAMME_COST] = 0.0
        return False
    busy = status == c.EMPLOYED or status == c.EDUCATION
    n.whole[i, f.ACTIVE_STREAK] = n.whole[i, f.ACTIVE_STREAK] + 1 if busy else 0
    topped_up = account(i, s, n, a, r, o)
    milestones(i, s, topped_up, n, a, r, o)
    if status != c.DISABILITY_PENSION and s + 1 < r.months:
        a.real[n.whole[i, f.MUNICIPALITY], f.M_PRESENT] += 1
        a.real[n.whole[i, f.MUNICIPALITY], f.M_EMPLOYED] += status == c.EMPLOYED
    return topped_up


@kernel
def person_months(
    t: int, y: int, k0: int, k1: int, first: int, last: int, starts: Ints,
    n: People, a: Areas, r: Rules, o: Records,
) -> None:  # fmt: skip
    """Carry out steps 6 to 10 for everybody, in order of arrival; then the programme refund."""
    a.real[:, f.M_COST] = 0.0
    a.real[:, f.M_ACTIVE] = 0.0
    a.real[:, f.M_PRESENT] = 0
    a.real[:, f.M_EMPLOYED] = 0
    longest = 0
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            topped_up = person_month(i, s, t, k0, k1, n, a, r, o)
            record(i, s, t, topped_up, n, o)
            if n.whole[i, f.STATUS] < c.LEFT:
                longest = max(longest, n.whole[i, f.INTRODUCTION_END])
        post(cohort, s, o)
    for m in range(a.real.shape[0]):  # refund of programme costs under the ceiling (item 14)
        ceiling = r.programme_refund * r.programme_ceiling / 12.0 * a.real[m, f.M_ACTIVE]
        if a.real[m, f.M_COST] > 0.0:
            a.real[m, f.M_COST] = min(r.programme_refund * a.real[m, f.M_COST], ceiling) / a.real[m, f.M_COST]
    for cohort in range(max(first, t - longest + 1), last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            if n.real[i, f.PROGRAMME_COST] > 0.0:
                m = n.whole[i, f.MUNICIPALITY]
                refund = a.real[m, f.M_COST] * n.real[i, f.PROGRAMME_COST]
                book(c.PROGRAMME_REFUND, refund, m, n.whole[i, f.GROUP], o)
        post(cohort, s, o)
    for m in range(a.real.shape[0]):
        for item in range(o.month.shape[1]):
            o.ledger_area[y, m, item] += o.month[m, item]
            o.month[m, item] = 0.0
