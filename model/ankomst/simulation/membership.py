"""Step 2: who is in the introduction period, and who has a right to Danish classes (sections 5 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.codes import DISABILITY_PENSION, SELF_EMPLOYED, TRAINEE_JOB

if TYPE_CHECKING:
    from ankomst.policy.levers import IntroductionPeriod
    from ankomst.simulation.engine import IntroductionModel

Array = np.ndarray[Any, Any]


def review_periods(model: IntroductionModel) -> None:
    """Early exit, extension and end by self-support, for the arrivals of each rule (details A13)."""
    first, last = model.live
    for period, begin, end in model.periods:
        if max(first, begin) < min(last, end):
            _review(model, period, max(first, begin), min(last, end))


def _review(model: IntroductionModel, period: IntroductionPeriod, first: int, last: int) -> None:
    base, longest = period.base_months, period.max_months
    starts, n = model.population.starts, model.newcomers
    if period.early_exit_months is not None:
        for cohort in range(max(first, model.month - longest + 1), last):
            mine = slice(starts[cohort], starts[cohort + 1])
            s = model.month - cohort
            done = in_work(n.status[mine]) & (n.tenure[mine] + 1 >= period.early_exit_months)
            n.introduction_end[mine][done & (s < n.introduction_end[mine])] = s
    if period.extension == "never":
        return
    cohort = model.month - base + 1
    if first <= cohort < last:
        mine = slice(starts[cohort], starts[cohort + 1])
        extended = (
            _extension(model, period, mine)
            & (n.introduction_end[mine] == base)
            & (n.status[mine] < DISABILITY_PENSION)
        )
        n.introduction_end[mine][extended] = longest
    if period.extension == "until_self_supporting":
        for cohort in range(max(first, model.month - longest + 1), min(last, model.month - base + 1)):
            mine = slice(starts[cohort], starts[cohort + 1])
            s = model.month - cohort
            done = (n.active_streak[mine] >= 6) & (n.introduction_end[mine] == longest)
            # The end only ever moves to an earlier month.
            n.introduction_end[mine][done & (s < n.introduction_end[mine])] = s


def _extension(model: IntroductionModel, period: IntroductionPeriod, mine: slice) -> Array:
    """Who is extended at the end of the base period."""
    n = model.newcomers
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


def review_rights(model: IntroductionModel, before: int, now: int) -> None:
    """Give a new right to classes to those whose right has not run out, and to all who come later.

    Parameters
    ----------
    model : IntroductionModel
    before, now : int
        Month since arrival in which the right ends, by the rules of last month and of this one.
    """
    starts = model.population.starts
    first, last = model.live
    for cohort in range(first, last):
        mine = slice(starts[cohort], starts[cohort + 1])
        s = model.month - cohort
        ends = model.newcomers.right_end[mine]
        ends[(ends == before) & (s < before)] = now
    model.newcomers.right_end[starts[last] :] = now


def in_work(status: Array) -> Array:
    """Tell who is in an ordinary job, a trainee job or works for themselves."""
    return np.asarray((status >= TRAINEE_JOB) & (status <= SELF_EMPLOYED))
