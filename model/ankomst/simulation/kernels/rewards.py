"""Step 8, compiled: results that grants reward, from the state at the end of the month (docs/ODD.md 7.11).

Names as in `month.py`; what a slot and a grant are is said in `milestones.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields as f
from ankomst.simulation.kernels.booking import book
from ankomst.simulation.kernels.compiled import inlined
from ankomst.simulation.kernels.rules import in_window, is_client

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Areas, People, Records, Rules


@inlined
def reach(i: int, slot: int, s: int, start: int, n: People, r: Rules, o: Records) -> None:
    """Note a milestone, and claim what the scenario pays for it (docs/ODD.md 7.11).

    An entry of the claims is the person's position times the number of grants, plus the grant's. They are
    kept in order of id, in which a cap serves them.
    """
    who = n.person[i]
    n.reached[0, slot, i] = s
    n.reached[1, slot, i] = start
    outcome = r.slots[slot, f.SLOT_OUTCOME]
    for g in range(r.grants.shape[0]):
        if (
            int(r.grants[g, f.GRANT_SLOT]) == slot
            and r.grants[g, f.GRANT_BENCHMARK] == 0.0
            and not (who.paid >> outcome) & 1
        ):
            who.paid |= 1 << outcome
            o.claims[0] += 1
            j = o.claims[0]
            while j > 1 and n.ident[o.claims[j - 1] // r.grants.shape[0]] > n.ident[i]:
                o.claims[j] = o.claims[j - 1]
                j -= 1
            o.claims[j] = i * r.grants.shape[0] + g


@inlined
def pay_claims(n: People, a: Areas, r: Rules, o: Records) -> None:
    """Pay a month's claims of one arrival cohort, under the caps of the municipalities (docs/ODD.md 7.11)."""
    for j in range(1, o.claims[0] + 1):
        i, g = o.claims[j] // r.grants.shape[0], o.claims[j] % r.grants.shape[0]
        who, slot = n.person[i], int(r.grants[g, f.GRANT_SLOT])
        amount = r.grant_amount[g, n.reached[1, slot, i]] * r.grants[g, f.GRANT_WEIGHT + who.needs]
        m = who.municipality
        if a.real[m, f.M_CAP_PAID + g] + amount * r.weight <= r.grants[g, f.GRANT_CAP]:
            a.real[m, f.M_CAP_PAID + g] += amount * r.weight
            o.grant_paid[i, g] = amount
            book(c.GRANT_JOB + r.slots[slot, f.SLOT_OUTCOME], amount, m, who.group, o)
    o.claims[0] = 0


@inlined
def milestones(i: int, s: int, topped_up: bool, n: People, r: Rules, o: Records) -> None:
    """Step 8: results that grants reward, from the state at the end of the month."""
    who = n.person[i]
    status = who.status
    at_work = status == c.EMPLOYED or status == c.TRAINEE_JOB  # a spell that counts for a job grant
    if at_work and who.tenure == 3 and who.first_stable_job == c.NEVER:
        who.first_stable_job = s - 3
    if is_client(status) or status >= c.EDUCATION or topped_up:
        who.self_support_months = 0
    else:
        who.self_support_months += 1
    tested = who.test_month == s and status != c.DISABILITY_PENSION
    tenure = who.tenure
    due = False
    if at_work:
        due = r.table[f.JOB_DUE_T, tenure] > 0.0
        if r.watches_hours and not due:
            for since in (who.since_25, who.since_37):
                due = due or (since <= tenure and r.table[f.JOB_DUE_T, tenure - since] > 0.0)
    watched = r.watches_self_support and who.self_support_months > 0
    if not (due or tested or watched or status == c.EDUCATION):
        return
    for slot in range(r.slots.shape[0]):
        if n.reached[0, slot, i] != c.NEVER or (who.supported and not r.slots[slot, f.SLOT_SUPPORTED]):
            continue
        outcome = r.slots[slot, f.SLOT_OUTCOME]
        months = r.slots[slot, f.SLOT_SUSTAINED]
        start = c.NEVER
        period = who.spell_period
        if outcome == c.OUTCOME_JOB:
            since = 0
            if r.slots[slot, f.SLOT_HOURS] > 25:
                since = who.since_37
            elif r.slots[slot, f.SLOT_HOURS] > 12:
                since = who.since_25
            if due and since <= tenure and tenure - since == months:
                start = s - tenure
        elif outcome == c.OUTCOME_EDUCATION:
            if status == c.EDUCATION and who.months_in_status == months:
                start = s - who.months_in_status
        elif outcome == c.OUTCOME_TEST:
            if tested:
                start = s
                period = who.introduction_end
        elif outcome == c.OUTCOME_SELF_SUPPORT:
            if who.self_support_months == max(1, months) and not who.supported:
                start = s - who.self_support_months + 1
                period = who.introduction_end
        if start != c.NEVER and in_window(slot, start, period, r):
            reach(i, slot, s, start, n, r, o)
