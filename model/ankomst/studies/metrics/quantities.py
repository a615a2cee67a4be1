"""A quantity: one number with its own definition, read from one run or from a pair of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.outcomes import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.simulation.result import Result

RATIO = "women_over_men"
STABLE_JOB = 40
"""Months that everybody must be followed until a first spell of three months within 36 is known."""
COUNTED_UNTIL = {"weeks_to_first_job": STABLE_JOB, "job_after_placement": 60, "job_duration": 84}
"""Months until which people must be followed for outcomes that have a window of their own."""


@dataclass(frozen=True)
class Definition:
    """What is read from a run.

    Attributes
    ----------
    outcome : str
    months : int
        Months since arrival.
    groups : tuple of (dimension, words)
        Whom it is about; everybody if empty.
    age : str
        all or 25-64.
    hours : float
        Weekly hours from which a job counts.
    across : str
        Measure across groups or municipalities; empty for a mean.
    """

    outcome: str
    months: int
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    age: str = "all"
    hours: float = 20.0
    across: str = ""

    @property
    def unit(self) -> str:
        """Return the unit of the number."""
        return "ratio" if self.across in {RATIO, "municipality_p90_p10"} else OUTCOMES[self.outcome].unit

    @property
    def until(self) -> int:
        """Return the months that everybody must be followed for it."""
        return COUNTED_UNTIL.get(self.outcome, self.months)

    def read(self, result: Result) -> float:
        """Return the number of a run."""
        if self.across and self.across != RATIO:
            found = result.outcome(self.outcome, months=self.months, across=self.across)
            return float(found["value"].iloc[0])
        by = [name for name, _ in self.groups] + (["sex"] if self.across else [])
        found = result.outcome(
            self.outcome, months=self.months, by=by or None, age=self.age, hours=self.hours
        )
        for name, words in self.groups:
            found = found[found[name].isin(words)]
        if not self.across:
            return _mean(found["value"].to_numpy(), found["n"].to_numpy())
        women, men = (
            _mean(
                found.loc[found["sex"] == sex, "value"].to_numpy(),
                found.loc[found["sex"] == sex, "n"].to_numpy(),
            )
            for sex in ("female", "male")
        )
        return women / men if men else float("nan")


@dataclass(frozen=True)
class Quantity:
    """One number of a study: a definition read in a run, or the contrast of two runs.

    Attributes
    ----------
    name : str
    of : Definition
    run : int
        Number of the run it is read in.
    against : int or None
        Number of the run before the change; None for a level.
    ratio : bool
        Whether the contrast is a ratio.
    """

    name: str
    of: Definition
    run: int
    against: int | None = None
    ratio: bool = False

    @property
    def unit(self) -> str:
        """Return the unit of the number."""
        return "ratio" if self.ratio else self.of.unit

    def read(self, results: Sequence[Result]) -> float:
        """Return the number from the runs of one replicate."""
        after = self.of.read(results[self.run])
        if self.against is None:
            return after
        before = self.of.read(results[self.against])
        if not self.ratio:
            return after - before
        return after / before if before else float("nan")


def _mean(values: np.ndarray[Any, Any], n: np.ndarray[Any, Any]) -> float:
    """Return the mean over everybody in some cells; empty cells do not count."""
    there = n > 0
    return float(np.average(values[there], weights=n[there])) if there.any() else float("nan")
