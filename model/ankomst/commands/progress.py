"""Long commands: progress, the time that is left, and being stopped so that one can go on."""

from __future__ import annotations

import math
import signal
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from ankomst.report.writers.streams import say
from ankomst.studies.engine import store
from ankomst.studies.schema.going_on import going_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ankomst.studies.engine.runs import Progress

RESULTS = 3
"""Times that runs come back, after the first time, before a time is told."""
LINE_EVERY = 10.0
"""Seconds between lines of progress where there is no terminal."""
FINISHED = "what is finished is kept"
STOPS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals by which clusters end a job, and by which a terminal says that it is closed."""


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


@contextmanager
def progress_bar(what: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Yield what a study calls with the runs done and the runs in all; shown on standard error.

    A bar on a terminal, a line now and then elsewhere, nothing when quiet.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(what) as report:
            yield report
    else:
        yield _lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs, left {task.fields[left]}"),
    )
    bar, pace = Bar(*columns, console=Console(stderr=True), transient=True), Pace()
    task = bar.add_task(what, total=None, left=clock(None))

    def report(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total, left=clock(pace.left(done, total)))

    bar.start()
    try:
        yield report
    finally:
        with suppress(OSError):  # the terminal may be closed, and why the study ended must not get lost
            bar.stop()


def _lines(what: str) -> Progress:
    started = last = time.monotonic()
    pace = Pace()

    def report(done: int, total: int) -> None:
        nonlocal last
        now, left = time.monotonic(), pace.left(done, total)
        if now - last < LINE_EVERY and done < total:
            return
        last = now
        told = "" if left is None else f", about {left:.0f} s left"
        say(f"{what}: {done} of {total} runs after {now - started:.0f} s{told}")

    return report


@contextmanager
def stoppable(
    what: str, *, quiet: bool, kept: Callable[[], str] = lambda: FINISHED
) -> Iterator[Progress | None]:
    """Yield what is told of progress; a study that is stopped says what is kept and how to go on.

    Parameters
    ----------
    what : str
        Name of the study on the bar.
    quiet : bool
    kept : callable
        Says what is kept.

    Raises
    ------
    KeyboardInterrupt
        With what to say, by Ctrl-C or by one of `STOPS`.
    """
    found = {each: signal.getsignal(each) for each in STOPS}
    # Who has a signal ignored, by nohup for instance, wants it ignored.
    before = {each: handler for each, handler in found.items() if handler not in {signal.SIG_IGN, None}}

    def stop(*_: object) -> None:
        for each in before:  # a terminal that is closed says so more than once
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in before:
        signal.signal(each, stop)
    try:
        with progress_bar(what, quiet=quiet) as progress:
            yield progress
    except KeyboardInterrupt:
        again = going_on(store.command_line())
        raise KeyboardInterrupt(f"stopped; {kept()}; go on with: {again}") from None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
