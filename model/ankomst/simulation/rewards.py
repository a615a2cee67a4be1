"""Step 8, compiled: results that grants reward, from the state at the end of the month (section 11, C9).

Names as in `month.py`; what a slot and a grant are is said in `milestones.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation import fields as f
from ankomst.simulation.booking import book
from ankomst.simulation.compiled import inlined
from ankomst.simulation.rules import in_window, is_client

if TYPE_CHECKING:
    from ankomst.simulation.arrays import Areas, People, Records, Rules


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
    at_work = status == c.EMPLOYED or status == c.TRAINEE_JOB  # a spell that counts for a job grant
    if at_work and n.whole[i, f.TENURE] == 3 and n.whole[i, f.FIRST_STABLE_JOB] == c.NEVER:
        n.whole[i, f.FIRST_STABLE_JOB] = s - 3
    if is_client(status) or status >= c.EDUCATION or topped_up:
        n.whole[i, f.SELF_SUPPORT_MONTHS] = 0
    else:
        n.whole[i, f.SELF_SUPPORT_MONTHS] += 1
    tested = n.whole[i, f.TEST_MONTH] == s and status != c.DISABILITY_PENSION
    tenure = n.whole[i, f.TENURE]
    due = False
    if at_work:
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
