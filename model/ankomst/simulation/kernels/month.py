"""Steps 4 to 10 of a month, compiled: places are given, then one pass over the newcomers.

What happens in it stands in files of its own: `rules.py` (one small function a formula), `working.py`
(step 6c), `rewards.py` (step 8), `booking.py` (step 9); steps 4 and 5 are in `searching.py` and `placing.py`.
Formulas in docs/ODD.md; names:
n newcomers, i the position of one and who the record `n.person[i]`, a municipalities, m the position of one,
r rules, o records, now the conditions of the month, t calendar month, y year of the run, s months since
arrival, k0 and k1 key of the draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields as f
from ankomst.simulation.kernels.booking import account, book, post
from ankomst.simulation.kernels.compiled import inlined, kernel
from ankomst.simulation.kernels.draws import draw_all
from ankomst.simulation.kernels.placing import placements, trainee_places
from ankomst.simulation.kernels.rewards import milestones, pay_claims
from ankomst.simulation.kernels.rules import learn, leave, record
from ankomst.simulation.kernels.searching import hazards
from ankomst.simulation.kernels.working import business_month, search_month, trainee_month, work_month

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Areas, Conditions, Ints, People, Records, Rules


@inlined
def person_month(
    i: int, j: int, s: int, t: int, k0: int, k1: int, n: People, a: Areas, r: Rules, o: Records
) -> bool:
    """Carry out steps 6 to 9 for one newcomer; return whether a top-up was paid."""
    who = n.person[i]
    if who.status == c.LEFT:
        who.programme_cost = 0.0
        return False
    who.practice *= r.practice_decay
    who.months_in_status += 1
    who.class_hours = 0.0
    if who.status != c.DISABILITY_PENSION:
        u_close, u_test, u_exit, u_second = o.drawn[0, j], o.drawn[1, j], o.drawn[2, j], o.drawn[3, j]
        learn(who, s, u_test, a, r)
        if who.status == c.EMPLOYED:
            work_month(who, s, u_second, r)
        elif who.status == c.SELF_EMPLOYED:
            business_month(who, s, u_close, r)
        elif who.status == c.TRAINEE_JOB:
            trainee_month(who, n.ident[i], s, t, k0, k1, a, r, o)
        else:
            search_month(who, n.ident[i], s, t, k0, k1, u_second, a, r, o)
        if not c.TRAINEE_JOB <= who.status <= c.SELF_EMPLOYED:
            who.idle += 1
        leave(who, s, u_exit, r)
    status = who.status
    if status == c.LEFT:
        who.programme_cost = 0.0
        return False
    busy = c.TRAINEE_JOB <= status <= c.EDUCATION
    who.active_streak = who.active_streak + 1 if busy else 0
    topped_up = account(who, s, a, r, o)
    milestones(i, s, topped_up, n, r, o)
    if status != c.DISABILITY_PENSION and s + 1 < r.months:
        a.real[who.municipality, f.M_PRESENT] += 1
        a.real[who.municipality, f.M_EMPLOYED] += c.TRAINEE_JOB <= status <= c.SELF_EMPLOYED
    return topped_up


@inlined
def refunded_share(share: float, cost: float, ceiling: float) -> float:
    """Return the part of a municipality's costs of a month that is refunded: its share up to a ceiling."""
    return share * min(cost, ceiling) / cost if cost > 0.0 else 0.0


@inlined
def person_months(
    t: int, y: int, k0: int, k1: int, first: int, last: int, starts: Ints,
    n: People, a: Areas, r: Rules, o: Records,
) -> None:  # fmt: skip
    """Carry out steps 6 to 10 for everybody, in order of arrival; then the programme refund."""
    a.real[:, f.M_COST] = 0.0
    a.real[:, f.M_ACTIVE] = 0.0
    a.real[:, f.M_OUTSIDE_COST] = 0.0
    a.real[:, f.M_RECIPIENTS] = 0.0
    a.real[:, f.M_PRESENT] = 0
    a.real[:, f.M_EMPLOYED] = 0
    longest = 0
    for cohort in range(first, last):
        s = t - cohort
        low = starts[cohort]
        draw_all(n.ident[low : starts[cohort + 1]], t, c.STREAM_MONTH, k0, k1, o.drawn)
        for i in range(low, starts[cohort + 1]):
            who = n.person[i]
            o.here[who.group] = True
            topped_up = person_month(i, i - low, s, t, k0, k1, n, a, r, o)
            record(i, s, t, cohort // 12, topped_up, n, o)
            if who.status < c.LEFT:
                longest = max(longest, who.introduction_end)
        pay_claims(n, a, r, o)
        post(cohort, s, o)
    for m in range(
        a.real.shape[0]
    ):  # shares of costs that are refunded under the ceilings (docs/ODD.md 7.12)
        within = r.programme_ceiling / 12.0 * a.real[m, f.M_ACTIVE]
        a.real[m, f.M_COST] = refunded_share(r.programme_refund, a.real[m, f.M_COST], within)
        within = r.outside_ceiling / 12.0 * a.real[m, f.M_RECIPIENTS]
        a.real[m, f.M_OUTSIDE_COST] = refunded_share(r.outside_refund, a.real[m, f.M_OUTSIDE_COST], within)
    refunded = max(first, t - longest + 1) if r.programme_refund > 0.0 else last
    if r.outside_refund > 0.0:
        refunded = first
    for cohort in range(refunded, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            who = n.person[i]
            if who.programme_cost > 0.0:
                o.here[who.group] = True
                m = who.municipality
                share = a.real[m, f.M_COST if s < who.introduction_end else f.M_OUTSIDE_COST]
                book(c.PROGRAMME_REFUND, share * who.programme_cost, m, who.group, o)
        post(cohort, s, o)
    for m in range(a.real.shape[0]):
        for item in range(o.month.shape[1]):
            o.ledger_area[y, m, item] += o.month[m, item]
            o.month[m, item] = 0.0


@kernel
def carry_out(
    t: int, k0: int, k1: int, first: int, last: int, starts: Ints, now: Conditions, needs_first: bool,
    n: People, a: Areas, r: Rules, o: Records,
) -> None:  # fmt: skip
    """Carry out steps 4 to 10 for everybody present."""
    hazards(t, k0, k1, first, last, starts, now, n, a, r)
    placements(t, k0, k1, first, last, starts, needs_first, n, a, r)
    if r.trainee_slots > 0.0:
        trainee_places(t, k0, k1, first, last, starts, needs_first, n, a, r, o)
    person_months(t, t // 12, k0, k1, first, last, starts, n, a, r, o)
