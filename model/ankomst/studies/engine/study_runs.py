"""The runs of one study: planned, carried out, kept in the registry, then in chunks; none is run twice."""

from __future__ import annotations

import time
from collections import ChainMap
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.studies.engine import chunks, store
from ankomst.studies.engine.dispatch import carried_out
from ankomst.studies.engine.worker import code_version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from ankomst.studies.engine.executors import Pool
    from ankomst.studies.engine.registry import PlannedRun
    from ankomst.studies.engine.runs import Progress
    from ankomst.studies.engine.study_folder import StudyFolder
    from ankomst.studies.engine.worker import Task
    from ankomst.studies.metrics.record import Layout

Array = np.ndarray[Any, Any]
TOLD = 3
LAST = " (further failures are listed at the end)"


class StudyRuns:
    """The runs of one study in its folder.

    Parameters
    ----------
    folder : StudyFolder
        Opened for the study; what is damaged there is mended.
    layout : Layout
        Of the row that each run gives.
    pool : Pool
    total : int
        Runs of the whole study, for the progress.
    progress, say : callable
    notes : mapping, optional
        Kept by the registry from the first plan on.

    Attributes
    ----------
    started : str
        When the study was first started, UTC, ISO 8601.
    simulated : int
        Runs that were carried out now, not found finished.

    Raises
    ------
    RunError
        The folder's runs were made by other code.
    """

    def __init__(
        self,
        folder: StudyFolder,
        layout: Layout,
        pool: Pool,
        *,
        total: int,
        progress: Progress | None = None,
        say: Callable[[str], None] = lambda _: None,
        notes: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder, self.layout, self.pool, self.say = folder, layout, pool, say
        self.simulated = 0
        self._total, self._progress, self._failed = total, progress, 0
        self._rows: dict[str, Array] = {}
        self._read: set[str] = set()
        ledger, code = folder.ledger, code_version()
        before, done = ledger.meta("code"), ledger.counts()["done"]
        if before is not None and before != code and done:
            raise RunError(
                f"the {done} finished runs were made by other code, data or packages and cannot be joined "
                "with new ones",
                where=str(folder.path),
                allowed="the code they were made by, --restart to throw them away, --out DIR for a new "
                "folder",
            )
        self.started = str(ledger.meta("started") or store.now())
        self._notes = {"code": code, "started": self.started, "layout": layout.digest, **(notes or {})}
        self._clock, self._spent = time.perf_counter(), float(ledger.meta("wall_seconds") or 0.0)
        folder.mend(layout)

    def complete(
        self, planned: Collection[PlannedRun], tasks: Callable[[Collection[str]], Iterator[Task]]
    ) -> None:
        """Carry out the runs of a plan that are neither finished nor failed.

        Parameters
        ----------
        planned : collection of PlannedRun
            All runs of the study that are known so far.
        tasks : callable
            Returns the tasks of some of them, given by id.
        """
        ledger = self.folder.ledger
        ledger.plan(planned, **self._notes)
        self.folder.mend_rows(self.layout.size)
        pending, waiting = ledger.ids("pending"), ledger.count_waiting()
        over = len(planned) - len(pending)
        self._tell(over)
        for reports in carried_out(tasks(pending), self.pool) if pending else ():
            ledger.enter(reports)
            for report in reports:
                if report.row is None:
                    self._tell_failed(report.error)
            self.simulated += len(reports)
            over += len(reports)
            waiting += sum(report.row is not None for report in reports)
            while waiting >= chunks.RUNS:
                self.folder.flush(self.layout)
                waiting -= chunks.RUNS
            self._tell(over)

    def rows(self) -> Mapping[str, Array]:
        """Return the row of every finished run of the plan by id; of runs that failed there is none.

        All are held in memory: this is for rows of few numbers.
        """
        ledger = self.folder.ledger
        for name in ledger.parts_planned() - self._read:
            path = self.folder.path / chunks.FOLDER / name
            rows = chunks.read_rows(path, self.layout)
            self._rows.update(zip(chunks.read_ids(path), rows, strict=True))
            self._read.add(name)
        return ChainMap(ledger.waiting(), self._rows)

    def flush(self) -> None:
        """Put all rows into chunks; those that are damaged are run again when the study is resumed."""
        while self.folder.flush(self.layout):
            pass

    def seconds(self) -> float:
        """Return the seconds that all finished runs took, added up over the workers."""
        return self.folder.ledger.seconds()

    def wall_seconds(self) -> float:
        """Return the seconds that the study took, added up over its sessions."""
        return self._spent + time.perf_counter() - self._clock

    def note_time(self) -> None:
        """Keep how long the study has taken."""
        self.folder.ledger.note(wall_seconds=self.wall_seconds())

    def _tell(self, over: int) -> None:
        if self._progress is not None:
            self._progress(over, max(self._total, over))

    def _tell_failed(self, error: str) -> None:
        self._failed += 1
        if self._failed <= TOLD:
            self.say(f"a run failed: {error}{LAST if self._failed == TOLD else ''}")
