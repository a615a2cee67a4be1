"""Ends of the introduction period that follow from work: early exit, and the end of an extended period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.simulation.codes import SELF_EMPLOYED, TRAINEE_JOB
from ankomst.simulation.kernels.compiled import kernel

if TYPE_CHECKING:
    from ankomst.simulation.kernels.arrays import Ints, People


@kernel
def end_in_work(t: int, first: int, last: int, months: int, starts: Ints, n: People) -> None:
    """End the period this month for those who have been in work for some months, unless it ends before."""
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            who = n.person[i]
            working = TRAINEE_JOB <= who.status <= SELF_EMPLOYED and who.tenure + 1 >= months
            if working and s < who.introduction_end:
                who.introduction_end = s


@kernel
def end_self_supporting(t: int, first: int, last: int, longest: int, starts: Ints, n: People) -> None:
    """End an extended period this month for those who have been in work or education for half a year."""
    for cohort in range(first, last):
        s = t - cohort
        for i in range(starts[cohort], starts[cohort + 1]):
            who = n.person[i]
            if who.active_streak >= 6 and who.introduction_end == longest and s < longest:
                who.introduction_end = s
