"""Step 5, compiled: free places in companies and trainee jobs go to eligible clients (docs/ODD.md 7.6).

Names as in `month.py`; formulas in docs/ODD.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation.kernels import fields as f
from ankomst.simulation.kernels.compiled import inlined
from ankomst.simulation.kernels.draws import uniforms
from ankomst.simulation.kernels.rules import begin_spell, expected_grants, job_gain, refund_share

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Areas, Ints, People, Person, Records, Rules


@inlined
def readiness(i: int, s: int, status: int, needs_first: bool, n: People, a: Areas, r: Rules) -> float:
    """Return the score of an eligible client for a place, without deadline and noise (docs/ODD.md 7.6)."""
    who = n.person[i]
    m = who.municipality
    score = (1.0 - a.real[m, f.M_CREAMING]) * 0.08 * who.months_in_status
    if a.real[m, f.M_CREAMING] > 0.0:
        share = refund_share(status, who.benefit_months, r)
        gain = job_gain(who, share, r.benefit, r.benefit_base, a, r) + expected_grants(i, s, n, r)
        gain = max(r.gain_floor * r.gain_reference, gain)
        score += a.real[m, f.M_CREAMING] * gain / r.gain_reference * (who.log_hazard + 4.5)
    elif needs_first:
        score += r.needs_weight * who.needs
    return score


@inlined
def keep_best(i: int, m: int, score: float, a: Areas) -> None:
    """Keep the best free[m] of a municipality in order; a tie keeps the earlier person."""
    low = int(a.real[m, f.M_OFFSET])
    j = low + int(a.real[m, f.M_FILLED])
    if a.real[m, f.M_FILLED] < a.real[m, f.M_FREE]:
        a.real[m, f.M_FILLED] += 1
    elif score <= a.best[j - 1]:
        return
    else:
        j -= 1
    while j > low and a.best[j - 1] < score:
        a.best[j] = a.best[j - 1]
        a.chosen[j] = a.chosen[j - 1]
        j -= 1
    a.best[j] = score
    a.chosen[j] = i


@inlined
def placements(
    t: int, k0: int, k1: int, first: int, last: int, starts: Ints, needs_first: bool,
    n: People, a: Areas, r: Rules,
) -> None:  # fmt: skip
    """Step 5: free places go to the eligible clients with the highest score (docs/ODD.md 7.6)."""
    areas = a.real.shape[0]
    total = 0
    for m in range(areas):
        a.real[m, f.M_OFFSET] = total
        a.real[m, f.M_FILLED] = 0
        total += int(a.real[m, f.M_FREE])
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            who = n.person[i]
            who.placed = 0
            who.event = 0
            status = who.status
            eligible = status == c.LANGUAGE_CLASS or status == c.JOB_CENTRE
            eligible = eligible or (status == c.ASSESSMENT and r.ready_from_day_one)
            if not eligible or s < r.first_offer or who.months_in_status < 1:
                continue
            m = who.municipality
            if not r.interactions:
                place_alone(who, n.ident[i], t, k0, k1, r)
                continue
            if a.real[m, f.M_FREE] == 0:
                continue
            score = readiness(i, s, status, needs_first, n, a, r)
            if s >= r.deadline - 1 and not who.ever_placed:
                score += 10_000.0  # before all others, whatever their score
            u = uniforms(n.ident[i], t, c.STREAM_SCORE, k0, k1)[0]
            if a.real[m, f.M_FILLED] == a.real[m, f.M_FREE]:
                last_chosen = int(a.real[m, f.M_OFFSET] + a.real[m, f.M_FILLED]) - 1
                if score + r.noise_bound[int(u * 64.0)] <= a.best[last_chosen]:
                    continue  # no logarithm where even the most of this u's noise does not do
            score -= 0.5 * math.log(-math.log(u))
            keep_best(i, m, score, a)
    for m in range(areas):
        low = int(a.real[m, f.M_OFFSET])
        jobs = int(a.real[m, f.M_FREE_SUBSIDISED])
        internships = int(a.real[m, f.M_FREE_INTERNSHIPS])
        for j in range(low, low + int(a.real[m, f.M_FILLED])):
            who = n.person[a.chosen[j]]
            if r.sub_places < 0.0:
                start_placement(who, place_of_one_pool(who, n.ident[a.chosen[j]], t, k0, k1, r))
            elif jobs > 0 and who.practice > 0.3:
                jobs -= 1
                start_placement(who, c.SUBSIDISED_JOB)
            elif internships > 0:
                internships -= 1
                start_placement(who, c.INTERNSHIP)


@inlined
def place_alone(who: Person, ident: int, t: int, k0: int, k1: int, r: Rules) -> None:
    """Place a client with whom nobody competes by a chance of their own (docs/ODD.md 7.6)."""
    u_subsidised, u, _, _ = uniforms(ident, t, c.STREAM_PLACEMENT, k0, k1)
    if r.sub_places >= 0.0 and who.practice > 0.3 and u_subsidised < r.sub_places:
        start_placement(who, c.SUBSIDISED_JOB)
    elif u < r.places:
        start_placement(who, place_of_one_pool(who, ident, t, k0, k1, r))


@inlined
def place_of_one_pool(who: Person, ident: int, t: int, k0: int, k1: int, r: Rules) -> int:
    """Return what a place is where one pool holds all: a subsidised job takes some practice."""
    draw = uniforms(ident, t, c.STREAM_PLACEMENT, k0, k1)[0]
    one_pool = r.sub_places < 0.0
    return c.SUBSIDISED_JOB if one_pool and who.practice > 0.3 and draw < r.subsidised_share else c.INTERNSHIP


@inlined
def start_placement(who: Person, status: int) -> None:
    """Begin an internship or a subsidised job (docs/ODD.md 7.6)."""
    who.status = status
    who.placed = c.PLACED_SUBSIDISED if status == c.SUBSIDISED_JOB else c.PLACED_INTERNSHIP
    who.ever_placed = 1
    who.months_in_status = 0


@inlined
def trainee_places(
    t: int, k0: int, k1: int, first: int, last: int, starts: Ints, needs_first: bool,
    n: People, a: Areas, r: Rules, o: Records,
) -> None:  # fmt: skip
    """Step 5: new trainee jobs (IGU) go to eligible clients with the highest score (docs/ODD.md 7.18)."""
    areas = a.real.shape[0]
    total = 0
    for m in range(areas):
        u = uniforms(m, t, c.STREAM_MUNICIPALITY, k0, k1)[1]
        a.real[m, f.M_FREE] = min(
            math.floor(r.trainee_slots * a.real[m, f.M_CLIENTS] + u), a.real[m, f.M_CLIENTS]
        )
        a.real[m, f.M_OFFSET] = total
        a.real[m, f.M_FILLED] = 0
        total += int(a.real[m, f.M_FREE])
    for cohort in range(max(first, t - r.trainee_last_month + 1), last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            who = n.person[i]
            status = who.status
            if status != c.LANGUAGE_CLASS and status != c.JOB_CENTRE:
                continue
            if who.months_in_status < 1:
                continue
            if not r.trainee_min_age <= who.age < r.trainee_end_age:
                continue
            if not r.interactions:
                if uniforms(n.ident[i], t, c.STREAM_PLACEMENT, k0, k1)[2] < r.trainee_slots:
                    start_trainee_job(who, s, o)
                continue
            m = who.municipality
            if a.real[m, f.M_FREE] == 0:
                continue
            score = readiness(i, s, status, needs_first, n, a, r)
            score -= 0.5 * math.log(-math.log(uniforms(n.ident[i], t, c.STREAM_SCORE, k0, k1)[1]))
            keep_best(i, m, score, a)
    for m in range(areas):
        low = int(a.real[m, f.M_OFFSET])
        for j in range(low, low + int(a.real[m, f.M_FILLED])):
            i = a.chosen[j]
            # An id begins with the month of arrival.
            start_trainee_job(n.person[i], t - n.ident[i] // 65_536, o)


@inlined
def start_trainee_job(who: Person, s: int, o: Records) -> None:
    """Begin a trainee job: a spell of ordinary work at 37 hours."""
    who.status = c.TRAINEE_JOB
    who.months_in_status = 0
    who.rushed = 0
    who.since_25 = 0
    who.since_37 = 0
    who.placed = c.PLACED_TRAINEE
    who.ever_placed = 1
    begin_spell(who, s)
    if s < 60:
        o.spells[who.group, 0] += 1
