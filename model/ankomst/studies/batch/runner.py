"""The runner: from an experiment to a folder of finished runs, whatever happens on the way."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError, RunError
from ankomst.studies.batch.plan import BatchPlan, plan
from ankomst.studies.batch.stopping import reached
from ankomst.studies.batch.study import tabulate
from ankomst.studies.engine import chunks, manifest, store
from ankomst.studies.engine.dispatch import carried_out
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.engine.same_study import of_batch, refuse_other
from ankomst.studies.engine.stored_runs import StoredRuns
from ankomst.studies.engine.study_folder import BatchFolder
from ankomst.studies.engine.worker import code_version
from ankomst.studies.schema import experiment_record

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import pandas as pd

    from ankomst.studies.engine.executors import Pool
    from ankomst.studies.engine.registry import Ledger
    from ankomst.studies.engine.runs import Progress
    from ankomst.studies.schema.experiment import Experiment


TOLD = 3
LAST = " (further failures are listed at the end)"


@dataclass(frozen=True)
class Finished:
    """How a batch ended.

    Attributes
    ----------
    path : Path
    counts : dict
        Runs by state.
    replicates : int
        Replicates of each draw; more than the experiment's first round where a precision was asked for.
    precision : str
        Whether the precision was reached, in a sentence; empty where none was asked for.
    tables : dict of DataFrame
        What the runs say; empty where nothing is finished.
    """

    path: Path
    counts: dict[str, int]
    replicates: int
    precision: str
    tables: dict[str, pd.DataFrame]


def run_batch(
    experiment: Experiment,
    out: str | os.PathLike[str],
    *,
    pool: Pool | None = None,
    resume: bool = False,
    restart: bool = False,
    changed: bool = False,
    retry_failed: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Finished:
    """Run an experiment into a folder; what is finished there already is not run again.

    Parameters
    ----------
    experiment : Experiment
    out : str or path
        Folder of the batch.
    pool : Pool, optional
        Where the runs are carried out (see `ankomst.studies.engine.executors`), one local process a core
        if left out; the results do not depend on it. It is closed at the end.
    resume, restart : bool
        Go on with what is in the folder, or throw it away.
    changed : bool
        With `resume`: go on though this is another experiment than the folder's. Runs that both have are
        kept and count, others are kept and do not. More replicates that were asked for by the argument of
        `load_experiment` need no `changed`.
    retry_failed : bool
        With `resume`: run failed runs again.
    progress : callable, optional
        Called with the runs that are over and all runs.
    say : callable, optional
        Told in one sentence what was found damaged, what is done about it, and that runs fail.

    Raises
    ------
    OutputError
        The folder cannot be used or is that of another experiment, or the disk is full. Finished runs are
        kept.
    RunError
        The folder's runs were made by other code, or the workers are gone.
    """
    place = Path(out)
    pool = pool or pool_for(None, None)
    try:
        with BatchFolder(place, resume=resume, restart=restart, say=say) as folder:
            first = plan(experiment)
            _same_code(folder.ledger, place)
            if not changed:
                _same_experiment(folder, experiment)
            started = folder.ledger.meta("started") or store.now()
            before = folder.ledger.ids("done")
            _enter_plan(folder.ledger, first, started)
            folder.mend(first.layout)
            _left_out(before, first, say)
            if retry_failed:
                folder.ledger.retry()
            folder.write_manifest(describe(experiment, started) | {"complete": False})
            try:
                done, said = _rounds(folder, first, pool, progress, say)
            except BaseException:
                with suppress(AnkomstError):  # what stopped the batch is what has to be said
                    folder.write_failures()
                raise
            folder.write_failures()
            return _closed(folder, done, said, started)
    finally:
        pool.close()


def describe(experiment: Experiment, started: str) -> dict[str, Any]:
    """Return the manifest of a batch."""
    settings = {
        "baseline": experiment.baseline,
        "seed": experiment.seed,
        "newcomers_per_year": experiment.newcomers_per_year,
        "replicates": experiment.replicates,
        "draws": len(experiment.draws.values),
        "level": experiment.level,
    }
    content = store.manifest(
        command=store.command_line(), scenarios=experiment.scenarios, settings=settings, started=started
    )
    return {
        "kind": "batch",
        "run_code": code_version(),
        **content,
        "experiment": experiment_record.write(experiment),
    }


def _closed(folder: BatchFolder, done: BatchPlan, said: str, started: str) -> Finished:
    """Tabulate what is finished and write the manifest, the last file of a batch."""
    experiment, counts = done.experiment, folder.ledger.counts()
    tables: dict[str, pd.DataFrame] = {}
    if counts["done"]:
        with StoredRuns(folder.path, experiment, ledger=folder.ledger) as runs:
            tables = tabulate(runs, experiment)
    store.write_tables(folder.path, tables)
    more = {"runs": counts, "replicates_run": done.replicates, "precision": said}
    folder.finish(describe(experiment, started) | more)
    return Finished(folder.path, counts, done.replicates, said, tables)


def _rounds(
    folder: BatchFolder, now: BatchPlan, pool: Pool, progress: Progress | None, say: Callable[[str], None]
) -> tuple[BatchPlan, str]:
    """Run all runs; where a precision is asked for, add replicates until it is reached or the cap is."""
    wanted = now.experiment.precision
    while True:
        _run_pending(folder, now, pool, progress, say)
        if wanted is None:
            return now, ""
        with StoredRuns(folder.path, now.experiment, ledger=folder.ledger) as runs:
            good, said = reached(runs, wanted, now.experiment)
        if good or now.replicates >= wanted.at_most:
            return now, said
        say(f"{said}: {min(wanted.step, wanted.at_most - now.replicates)} more replicates")
        now = plan(now.experiment, min(now.replicates + wanted.step, wanted.at_most))
        _enter_plan(folder.ledger, now, folder.ledger.meta("started"))


def _enter_plan(ledger: Ledger, now: BatchPlan, started: str) -> None:
    """Enter the runs, and what a reader needs to know of them, at once."""
    ledger.plan(
        now.runs,
        started=started,
        code=code_version(),
        layout=now.layout.digest,
        experiment=experiment_record.write(now.experiment),
    )


def _left_out(before: set[str], now: BatchPlan, say: Callable[[str], None]) -> None:
    """Say that finished runs of the folder do not belong to the experiment as it is now."""
    wanted = now.experiment.precision
    grown = now if wanted is None else plan(now.experiment, wanted.at_most)
    gone = len(before - {run.id for run in grown.runs})
    if gone:
        say(
            f"{gone} of {len(before)} finished runs in this folder are not of this experiment as it is now "
            "(other scenarios, parameters, seed or sample): they are kept and do not count"
        )


def _run_pending(
    folder: BatchFolder, now: BatchPlan, pool: Pool, progress: Progress | None, say: Callable[[str], None]
) -> None:
    ledger, told = folder.ledger, 0
    pending = ledger.ids("pending")
    total, waiting = len(now.runs), ledger.count_waiting()
    over = total - len(pending)
    if progress is not None:
        progress(over, total)
    for reports in carried_out(now.tasks(pending), pool):
        ledger.enter(reports)
        for report in reports:
            if report.row is None and told < TOLD:
                told += 1
                say(f"a run failed: {report.error}{LAST if told == TOLD else ''}")
        over += len(reports)
        waiting += sum(report.row is not None for report in reports)
        while waiting >= chunks.RUNS:
            folder.flush(now.layout)
            waiting -= chunks.RUNS
        if progress is not None:
            progress(over, total)
    while ledger.count_waiting():
        before = ledger.count_waiting()
        folder.flush(now.layout)
        if ledger.count_waiting() == before:  # damaged rows are run again when the batch is resumed
            break


def _same_experiment(folder: BatchFolder, experiment: Experiment) -> None:
    """Refuse another experiment than that of the folder's runs; where it is not known, nothing is refused."""
    if not folder.holds():
        return
    before = folder.ledger.meta("experiment")
    if before is None:  # the ledger was made anew
        found = manifest.ours(folder.path) or {}
        before = found["experiment"] if found.get("kind") == folder.kind else None
    if before is not None:
        refuse_other(
            folder.kind, folder.path, of_batch(before), of_batch(experiment_record.write(experiment)),
            may_differ="replicates" if "replicates" in experiment.document else "",
        )  # fmt: skip


def _same_code(ledger: Ledger, out: Path) -> None:
    before, done = ledger.meta("code"), ledger.counts()["done"]
    if before is not None and before != code_version() and done:
        raise RunError(
            f"the {done} finished runs were made by other code, data or packages and cannot be joined with "
            "new ones",
            where=str(out),
            allowed="the code they were made by, --restart to throw them away, --out DIR for a new folder",
        )
