"""How long a study still takes, from the pace at which its runs come back once they do."""

from __future__ import annotations

import math
import time

RESULTS = 3
"""Times that runs come back, after the first time, before a time is told."""


class Pace:
    """The pace of a study, told of its runs as they come back.

    What came back first says nothing: it holds the start of the processes and the compilation of the model.
    The runs that were finished before say nothing either. A time is told after a few results more, and not
    before as much time has passed since the first ones as they took: those of many workers come in a rush.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._before: int | None = None
        self._first: tuple[float, int] | None = None
        self._results = 0

    def left(self, over: int, total: int) -> float | None:
        """Return the seconds that are left, or None while that cannot be told.

        Parameters
        ----------
        over, total : int
            Runs that are over, and all of them.
        """
        now = time.monotonic()
        if self._before is not None and over > self._before:
            if self._first is None:
                self._first = now, over
            else:
                self._results += 1
        self._before = over
        if self._first is None or self._results < RESULTS or over >= total:
            return None
        first, done = self._first
        if now - first < first - self._begun:
            return None
        return (now - first) * (total - over) / (over - done)


def clock(seconds: float | None) -> str:
    """Write a time that is left as hours, minutes and seconds; a dash where it is not known."""
    if seconds is None:
        return "-:--:--"
    whole = math.ceil(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
