"""What a worker is at: noted as each run begins, so that a run that does not end is noticed by others.

A process on this machine writes its note into memory that its parent reads: that works whatever the process
hangs in, and when it is stopped. A worker of a Dask cluster looks at its own notes, on a thread.
"""

from __future__ import annotations

import ctypes
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import SpawnContext

RUN_LIMIT = 600.0
"""Seconds that a run may take where nothing else is asked for."""
LOOK_SECONDS = 1.0
"""How often is looked for runs that do not end."""
TOPIC = "ankomst-overdue"
"""Topic of the events by which a worker of a Dask cluster says that a run of its own does not end."""


class _Note(ctypes.Structure):
    """The run that a process is at, and when it began on the clock that all processes share; 0 for none."""

    _fields_ = (("since", ctypes.c_double), ("run", ctypes.c_char * 64))


_shown: _Note | None = None
_begun: dict[int, tuple[str, float]] = {}
_limits: dict[int, float] = {}


@contextmanager
def at_work(run: str) -> Iterator[None]:
    """Note that this thread is at a run."""
    thread, since = threading.get_ident(), time.monotonic()
    _begun[thread] = run, since
    if _shown is not None:
        _shown.run = run.encode()[:63]
        _shown.since = since
    try:
        yield
    finally:
        if _shown is not None:
            _shown.since = 0.0
        del _begun[thread]


def overdue(limit: float) -> str:
    """Say why a run has no result."""
    return f"the run did not end within {limit:g} s (--run-limit), so that its worker was ended"


class Board:
    """Where the processes of a pool show their parent what they are at.

    Parameters
    ----------
    context : SpawnContext
    workers : int
    """

    def __init__(self, context: SpawnContext, workers: int) -> None:
        self._notes: Any = context.RawArray(_Note, workers)
        self._taken = context.Value("i", 0)

    def show_here(self) -> None:
        """Let the notes of this process stand on the board from now on."""
        global _shown  # noqa: PLW0603 - a process has one place
        with self._taken:
            place = self._taken.value
            self._taken.value += 1
        _shown = self._notes[place]

    def begun(self) -> dict[str, float]:
        """Return the runs that processes are at, and the seconds since each began."""
        now = time.monotonic()
        found = [(note.run.decode(), float(note.since)) for note in self._notes]
        return {run: now - since for run, since in found if since}


def watched(function: Callable[[Any], Any], argument: object, limit: float) -> Any:  # noqa: ANN401
    """Carry out a call on a worker of a Dask cluster, which says so if a run does not end."""
    from distributed import get_worker  # noqa: PLC0415 - takes a second to import

    thread, worker = threading.get_ident(), get_worker()
    if not any(each.name == TOPIC for each in threading.enumerate()):
        threading.Thread(target=_look, args=(worker,), daemon=True, name=TOPIC).start()
    _limits[thread] = limit
    try:
        return function(argument)
    finally:
        del _limits[thread]


def _look(worker: Any) -> None:  # noqa: ANN401 - of distributed, which has no types
    told: set[tuple[str, float]] = set()
    while True:
        time.sleep(LOOK_SECONDS)
        for thread, note in list(_begun.items()):
            limit = _limits.get(thread)
            if limit is not None and time.monotonic() - note[1] > limit and note not in told:
                told.add(note)
                worker.log_event(TOPIC, {"run": note[0], "worker": worker.address})
