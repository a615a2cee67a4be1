"""Running a long command that Ctrl-C, or the signal that clusters use, ends so that one can go on."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ankomst.commands.console import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ankomst.studies.runs import Progress


FINISHED = "what is finished is kept"


@contextmanager
def stoppable(
    what: str, again: str, *, quiet: bool, kept: Callable[[], str] = lambda: FINISHED
) -> Iterator[Progress | None]:
    """Yield what is told of progress; a study that is stopped says what is kept and how to go on.

    Parameters
    ----------
    what : str
        Name of the study on the bar.
    again : str
        Command that goes on with it.
    quiet : bool
    kept : callable
        Says what is kept.

    Raises
    ------
    KeyboardInterrupt
        With what to say, by Ctrl-C or by the signal by which clusters end a job.
    """

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with progress_bar(what, quiet=quiet) as progress:
            yield progress
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"stopped; {kept()}; go on with: {again}") from None
    finally:
        signal.signal(signal.SIGTERM, before)
