"""Studies of every kind that are killed: by themselves at an awkward moment, or together with a worker."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from unittest import mock

import numpy as np
from tests.studies.batch_support import kill_worker
from tests.studies.study_kinds import KINDS, finished_rows

from ankomst.studies.engine import chunks, manifest
from ankomst.studies.engine.executors import Dask, LocalProcesses, Serial
from ankomst.studies.engine.registry import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KILLS = 10
RUNS = 12
"""Rows of a chunk: a tiny study has several."""
AWKWARD = (
    (Ledger, "plan"), (Ledger, "enter"), (Ledger, "stored"), (Ledger, "note"), (chunks.pq, "write_table"),
    (Path, "replace"), (manifest, "write"),
)  # fmt: skip
"""Where a study is killed: just before or after one of these has done its work."""


class _Awkward:
    """Counts the awkward moments of a process, and kills it at one of them.

    Parameters
    ----------
    last : int, optional
        Number of the moment; each of the calls has two, before and after.
    """

    def __init__(self, last: int = -1) -> None:
        self.seen, self._last = 0, last
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for place, name in AWKWARD:
            self._stack.enter_context(mock.patch.object(place, name, self._watched(getattr(place, name))))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _watched(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **options: Any) -> Any:  # noqa: ANN401
            self._pass()
            found = real(*given, **options)
            self._pass()
            return found

        return call

    def _pass(self) -> None:
        if self.seen == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen += 1


def drive_killed(kind: str, folder: str) -> None:
    """Run a study ten times, each of them killed at an awkward moment, and once more to the end.

    Each life is a child of this process, so that the program is imported once. Printed is how many rows were
    there after each death.
    """
    chunks.RUNS = RUNS
    tiny, place = KINDS[kind], Path(folder)
    study = tiny.load(place)

    def life(out: Path, last: int = -1) -> None:
        with _Awkward(last) as moments:
            tiny.run(study, out, resume=True, pool=Serial())
            (place / "moments").write_text(str(moments.seen))

    if kind == "batch":  # what children would compile or load again, each for itself
        life(place / "warm")
    assert _child(life, place / "whole") == 0
    moments = int((place / "moments").read_text())
    chance, killed, kept = np.random.default_rng(sum(map(ord, kind))), 0, [set[str]()]
    for last in _moments(chance, moments):
        killed += _child(life, place / "out", last) == -signal.SIGKILL
        kept.append(set(finished_rows(place / "out")))
        assert kept[-2] <= kept[-1], "a finished row is lost"
        if killed == KILLS:
            break
    print("killed", killed, "of", moments, "kept", *map(len, kept[1:]))
    assert killed == KILLS
    assert _child(life, place / "out") == 0


def _moments(chance: np.random.Generator, moments: int) -> Iterator[int]:
    """Yield moments at which to die: early in a life, and after a while, so that the study comes on."""
    while True:
        yield int(chance.integers(0, 24))
        yield int(chance.integers(0, moments // 3))


def _child(life: Callable[..., None], *given: Any) -> int:  # noqa: ANN401
    """Live a life in a child, and return its exit code; minus the signal where it was killed."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            life(*given)
        except BaseException:  # noqa: BLE001 - a child must never return
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Lent:
    """A pool that outlives the study that it is lent to."""

    def __init__(self, pool: Any) -> None:  # noqa: ANN401
        self._pool = pool

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._pool, name)

    def close(self) -> None:
        """Do nothing."""


def drive_deaths(workers: str, folder: str) -> None:
    """Run a study of every kind on local processes or on Dask, and kill one worker in each.

    The workers are those of one pool: they are not started anew for each study.
    """
    chunks.RUNS = RUNS
    pool: Any = Dask("local", 2) if workers == "dask" else LocalProcesses(2)
    for kind, tiny in KINDS.items():
        place, left = Path(folder) / kind, [9]
        place.mkdir()

        def kill(over: int, _: int, left: list[int] = left) -> None:
            if left and over >= left[0]:
                left.clear()
                kill_worker(pool)

        tiny.run(tiny.load(place), place / "out", pool=Lent(pool), progress=kill)
        assert not left
        print("finished", kind, flush=True)
    pool.close()
