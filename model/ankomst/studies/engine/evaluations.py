"""Many evaluations in the folder of a study: each is kept as soon as it is finished, none is done twice."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from ankomst.errors import AnkomstError, RunError
from ankomst.studies.engine import store
from ankomst.studies.engine.dispatch import carried_out
from ankomst.studies.engine.evaluation import evaluation
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.engine.registry import PlannedRun
from ankomst.studies.engine.same_study import refuse_other
from ankomst.studies.engine.study_folder import BatchFolder
from ankomst.studies.engine.worker import code_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ankomst.studies.engine.evaluation import Measures
    from ankomst.studies.engine.executors import Pool
    from ankomst.studies.engine.runs import Progress

Array = np.ndarray[Any, Any]
MOST_FAILED = 0.2
"""Share of the evaluations of a stage that may fail before the study ends."""


class Evaluations:
    """Evaluations of one study, kept in the ledger of its folder.

    Parameters
    ----------
    folder : BatchFolder
        Opened for the study. What another code has evaluated there is refused.
    measures : Measures
    seed : int
    pool : Pool
    total : int
        Evaluations of the whole study, for the progress.
    progress, say : callable

    Raises
    ------
    RunError
        The folder's evaluations were made by other code.
    """

    def __init__(
        self,
        folder: BatchFolder,
        measures: Measures,
        seed: int,
        pool: Pool,
        *,
        total: int,
        progress: Progress | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder, self.measures, self.seed, self.pool = folder, measures, seed, pool
        self._total, self._progress, self._say = total, progress, say
        self._runs: dict[str, PlannedRun] = {}
        self.simulated = 0
        """Evaluations that were carried out now, not found finished."""
        ledger, code = folder.ledger, code_version()
        before, done = ledger.meta("code"), ledger.counts()["done"]
        if before is not None and before != code and done:
            raise RunError(
                f"the {done} finished evaluations were made by other code, data or packages and cannot be "
                "joined with new ones",
                where=str(folder.path),
                allowed="the code they were made by, --restart to throw them away, --out DIR for others",
            )
        self.started = str(ledger.meta("started") or store.now())
        """When the study was first started, UTC, ISO 8601."""
        ledger.note(code=code, started=self.started)
        folder.mend_files()

    def at(self, stage: str, draws: Sequence[Mapping[str, Any]], streams: Sequence[int]) -> Array:
        """Evaluate draws, each with its stream of luck.

        Parameters
        ----------
        stage : str
            Name of this part of the study in the ledger.
        draws : sequence of dict
        streams : sequence of int, as many

        Returns
        -------
        ndarray, shape (draws, names)
            NaN in the rows of evaluations that failed.

        Raises
        ------
        RunError
            More than a fifth of them failed.
        """
        tasks = [
            evaluation(self.measures, draw, self.seed, stream)
            for draw, stream in zip(draws, streams, strict=True)
        ]
        ledger = self.folder.ledger
        ids = [job.id for task in tasks for job in task.jobs]
        for k, (key, stream) in enumerate(zip(ids, streams, strict=True)):
            self._runs.setdefault(key, PlannedRun(key, stage, k, stream))
        ledger.plan(self._runs.values())
        self.folder.mend_rows(len(self.measures.names))
        pending = ledger.ids("pending")
        waiting = {key: task for key, task in zip(ids, tasks, strict=True) if key in pending}
        over = len(self._runs) - len(waiting)
        self._report(over)
        for reports in carried_out(iter(waiting.values()), self.pool):
            ledger.enter(reports)
            self.simulated += len(reports)
            over += len(reports)
            self._report(over)
            for report in reports:
                if report.row is None:
                    self._say(f"an evaluation failed: {report.error}")
        rows = ledger.waiting()
        empty = np.full(len(self.measures.names), np.nan)
        found = np.array([rows.get(key, empty) for key in ids])
        failed = int(np.isnan(found).all(axis=1).sum())
        if failed > MOST_FAILED * len(tasks):
            raise RunError(
                f"{failed} of {len(tasks)} evaluations of the stage '{stage}' failed",
                where=str(self.folder.path),
                allowed="at most a fifth; the messages above say what is wrong",
            )
        return found

    @property
    def runs(self) -> tuple[PlannedRun, ...]:
        """Return the evaluations asked for so far, under the stage that asked first."""
        return tuple(self._runs.values())

    @property
    def planned(self) -> int:
        """Return the evaluations asked for so far."""
        return len(self._runs)

    def seconds(self) -> float:
        """Return the seconds that all finished evaluations took, added up over the workers."""
        return float(sum(entry.seconds or 0.0 for entry in self.folder.ledger.entries("done")))

    def _report(self, over: int) -> None:
        if self._progress is not None:
            self._progress(over, max(self._total, over))


@contextmanager
def opened(
    out: Path,
    kind: str,
    measures: Measures,
    seed: int,
    *,
    asked: Mapping[str, Any],
    total: int,
    pool: Pool | None,
    resume: bool,
    restart: bool,
    changed: bool,
    progress: Progress | None,
    say: Callable[[str], None],
) -> Iterator[Evaluations]:
    """Open the folder of a study for its evaluations; see `BatchFolder` and `Evaluations`.

    Inside, numerical libraries have one thread: sums must not depend on how many this process has. At the
    end, and when the study is cut off, failed evaluations are listed in the folder and the workers let go.

    Parameters
    ----------
    asked : mapping
        What the study asks, see `same_study.of_file`; the folder of a study that asks something else is
        refused unless `changed`.
    pool : Pool, optional
        One local process a core if left out.
    """
    workers = pool or pool_for(None, None)
    try:
        with BatchFolder(out, resume=resume, restart=restart, say=say, kind=kind) as folder:
            before = folder.ledger.meta("asked") if folder.holds() else None
            if before is not None and not changed:
                refuse_other(kind, out, before, asked)
            work = Evaluations(folder, measures, seed, workers, total=total, progress=progress, say=say)
            folder.ledger.note(asked=asked)
            try:
                with threadpool_limits(limits=1):
                    yield work
            except BaseException:
                with suppress(AnkomstError):  # what stopped the study is what has to be said
                    folder.write_failures()
                raise
            folder.write_failures()
    finally:
        workers.close()
