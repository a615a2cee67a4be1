"""Step 5, compiled: free places in companies and trainee jobs go to eligible clients (section 9).

Names as in `month.py`; formulas in docs/ODD.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.simulation import codes as c
from ankomst.simulation import fields as f
from ankomst.simulation.compiled import inlined, kernel
from ankomst.simulation.draws import uniforms
from ankomst.simulation.rules import begin_spell, expected_grants, job_gain, refund_share

if TYPE_CHECKING:
    from ankomst.simulation.arrays import Areas, Ints, People, Records, Rules


@inlined
def readiness(i: int, s: int, status: int, needs_first: bool, n: People, a: Areas, r: Rules) -> float:
    """Score of an eligible client for a place, without deadline and noise (section 9, C7)."""
    m = n.whole[i, f.MUNICIPALITY]
    score = (1.0 - a.real[m, f.M_CREAMING]) * 0.08 * n.whole[i, f.MONTHS_IN_STATUS]
    if a.real[m, f.M_CREAMING] > 0.0:
        share = refund_share(status, n.whole[i, f.BENEFIT_MONTHS], r)
        gain = job_gain(i, share, r.benefit, r.benefit_base, n, a, r) + expected_grants(i, s, n, r)
        gain = max(r.gain_floor * r.gain_reference, gain)
        score += a.real[m, f.M_CREAMING] * gain / r.gain_reference * (n.real[i, f.LOG_HAZARD] + 4.5)
    elif needs_first:
        score += r.needs_weight * n.whole[i, f.NEEDS]
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
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            n.whole[i, f.PLACED] = 0
            n.whole[i, f.EVENT] = 0
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
            score = readiness(i, s, status, needs_first, n, a, r)
            if s >= r.deadline - 1 and not n.whole[i, f.EVER_PLACED]:
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
        for j in range(low, low + int(a.real[m, f.M_FILLED])):
            start_placement(a.chosen[j], t, k0, k1, n, r)


@inlined
def start_placement(i: int, t: int, k0: int, k1: int, n: People, r: Rules) -> None:
    """Begin an internship or a subsidised job (section 9)."""
    draw = uniforms(n.ident[i], t, c.STREAM_PLACEMENT, k0, k1)[0]
    subsidised = n.real[i, f.PRACTICE] > 0.3 and draw < r.subsidised_share
    n.whole[i, f.STATUS] = c.SUBSIDISED_JOB if subsidised else c.INTERNSHIP
    n.whole[i, f.PLACED] = c.PLACED_SUBSIDISED if subsidised else c.PLACED_INTERNSHIP
    n.whole[i, f.EVER_PLACED] = 1
    n.whole[i, f.MONTHS_IN_STATUS] = 0


@kernel
def trainee_places(
    t: int, k0: int, k1: int, first: int, last: int, starts: Ints, needs_first: bool,
    n: People, a: Areas, r: Rules, o: Records,
) -> None:  # fmt: skip
    """Step 5: new trainee jobs (IGU) go to eligible clients with the highest score (details T5, row 17)."""
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
            status = n.whole[i, f.STATUS]
            if status != c.LANGUAGE_CLASS and status != c.JOB_CENTRE:
                continue
            if n.whole[i, f.MONTHS_IN_STATUS] < 1:
                continue
            if not r.trainee_min_age <= n.real[i, f.AGE] < r.trainee_end_age:
                continue
            if not r.interactions:
                if uniforms(n.ident[i], t, c.STREAM_PLACEMENT, k0, k1)[2] < r.trainee_slots:
                    start_trainee_job(i, s, n, o)
                continue
            m = n.whole[i, f.MUNICIPALITY]
            if a.real[m, f.M_FREE] == 0:
                continue
            score = readiness(i, s, status, needs_first, n, a, r)
            score -= 0.5 * math.log(-math.log(uniforms(n.ident[i], t, c.STREAM_SCORE, k0, k1)[1]))
            keep_best(i, m, score, a)
    for m in range(areas):
        low = int(a.real[m, f.M_OFFSET])
        for j in range(low, low + int(a.real[m, f.M_FILLED])):
            # An id begins with the month of arrival.
            start_trainee_job(a.chosen[j], t - n.ident[a.chosen[j]] // 65_536, n, o)


@inlined
def start_trainee_job(i: int, s: int, n: People, o: Records) -> None:
    """Begin a trainee job: a spell of ordinary work at 37 hours."""
    n.whole[i, f.STATUS] = c.TRAINEE_JOB
    n.whole[i, f.MONTHS_IN_STATUS] = 0
    n.whole[i, f.RUSHED] = 0
    n.whole[i, f.SINCE_25] = 0
    n.whole[i, f.SINCE_37] = 0
    n.whole[i, f.PLACED] = c.PLACED_TRAINEE
    n.whole[i, f.EVER_PLACED] = 1
    begin_spell(i, s, n)
    if s < 60:
        o.spells[n.whole[i, f.GROUP], 0] += 1
