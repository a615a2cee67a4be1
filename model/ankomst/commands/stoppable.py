"""Running a long command that Ctrl-C, or a signal that ends jobs, stops so that one can go on."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ankomst.commands.console import progress_bar
from ankomst.errors import ExperimentError
from ankomst.studies.engine import store
from ankomst.studies.schema.going_on import going_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ankomst.studies.engine.runs import Progress


FINISHED = "what is finished is kept"
STOPS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals by which clusters end a job, and by which a terminal says that it is closed."""


def resumed(*, resume: bool, restart: bool, changed: bool, retry_failed: bool = False) -> bool:
    """Return whether a command goes on with what is in its folder.

    Raises
    ------
    ExperimentError
        It shall also begin anew.
    """
    given = {"--resume": resume, "--changed": changed, "--retry-failed": retry_failed}
    options = [name for name, wanted in given.items() if wanted]
    if options and restart:
        raise ExperimentError(f"{options[0]} and --restart exclude each other", allowed="one of them")
    return bool(options)


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
