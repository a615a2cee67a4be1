"""Step 2: who is in the introduction period, and who has a right to Danish classes (docs/ODD.md 7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.simulation.codes import DISABILITY_PENSION, SELF_EMPLOYED, TRAINEE_JOB
from ankomst.simulation.kernels.periods import end_in_work, end_self_supporting

if TYPE_CHECKING:
    from ankomst.policy.levers.programme import IntroductionPeriod
    from ankomst.simulation.kernels.arrays import Array
    from ankomst.simulation.state import RunState


def review_periods(state: RunState) -> None:
    """Review early exit, extension and end by self-support, for each rule's arrivals (docs/ODD.md 7.2)."""
    first, last = state.live
    for period, begin, end in state.periods:
        if max(first, begin) < min(last, end):
            _review(state, period, max(first, begin), min(last, end))


def _review(state: RunState, period: IntroductionPeriod, first: int, last: int) -> None:
    base, longest = period.base_months, period.max_months
    starts, n = state.population.starts, state.newcomers
    if period.early_exit_months is not None:
        end_in_work(
            state.month,
            max(first, state.month - longest + 1),
            last,
            period.early_exit_months,
            starts,
            n.arrays,
        )
    if period.extension == "never":
        return
    cohort = state.month - base + 1
    if first <= cohort < last:
        mine = slice(starts[cohort], starts[cohort + 1])
        extended = (
            _extension(state, period, mine)
            & (n.introduction_end[mine] == base)
            & (n.status[mine] < DISABILITY_PENSION)
        )
        n.introduction_end[mine][extended] = longest
    if period.extension == "until_self_supporting":
        begin, end = max(first, state.month - longest + 1), min(last, state.month - base + 1)
        end_self_supporting(state.month, begin, end, longest, starts, n.arrays)


def _extension(state: RunState, period: IntroductionPeriod, mine: slice) -> Array:
    """Tell who is extended at the end of the base period."""
    n = state.newcomers
    if period.extension == "until_self_supporting":
        return np.asarray(n.active_streak[mine] < 6)
    reasons = {
        "health": n.health[mine] == 1,
        "language": n.language[mine] < 2.0,
        "no_education": n.education[mine] == 0,
    }
    needed = np.zeros(mine.stop - mine.start, dtype=np.bool_)
    for reason in period.extension_reasons:
        needed |= reasons[reason]
    return np.asarray(needed & ~in_work(n.status[mine]))


def review_rights(state: RunState, before: int, now: int) -> None:
    """Give a new right to classes to those whose right has not run out, and to all who come later.

    Parameters
    ----------
    state : RunState
    before, now : int
        Month since arrival in which the right ends, by the rules of last month and of this one.
    """
    starts = state.population.starts
    first, last = state.live
    for cohort in range(first, last):
        mine = slice(starts[cohort], starts[cohort + 1])
        s = state.month - cohort
        ends = state.newcomers.right_end[mine]
        ends[(ends == before) & (s < before)] = now
    state.newcomers.right_end[starts[last] :] = now


def in_work(status: Array) -> Array:
    """Tell who is in an ordinary job, a trainee job or works for themselves."""
    return np.asarray((status >= TRAINEE_JOB) & (status <= SELF_EMPLOYED))
