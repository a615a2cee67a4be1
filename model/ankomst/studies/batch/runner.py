"""A batch as a study of the engine: its plan, more replicates until a precision is reached, its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from ankomst.studies.batch.plan import BatchPlan, plan
from ankomst.studies.batch.stopping import reached
from ankomst.studies.batch.study import tabulate
from ankomst.studies.engine import store
from ankomst.studies.engine.manifest import BATCH
from ankomst.studies.engine.same_study import of_batch
from ankomst.studies.engine.stored_runs import StoredRuns
from ankomst.studies.engine.study import Findings, How
from ankomst.studies.engine.study_run import run_study
from ankomst.studies.schema import experiment_record

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import pandas as pd

    from ankomst.studies.engine.study_runs import StudyRuns
    from ankomst.studies.schema.experiment import Experiment


@dataclass(frozen=True)
class BatchResult:
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


def run_batch(experiment: Experiment, out: str | os.PathLike[str], **how: Unpack[How]) -> BatchResult:
    """Run an experiment into a folder; see `run_study` for what is raised.

    More replicates that were asked for by the argument of `load_experiment` need no `changed`.

    Parameters
    ----------
    experiment : Experiment
    out : str or path
    **how
        See `How`.
    """
    done = run_study(BatchStudy(experiment), out, **how)
    replicates, said = done.manifest["replicates_run"], done.manifest["precision"]
    return BatchResult(done.path, done.counts, replicates, said, done.tables)


class BatchStudy:
    """A batch, as the engine sees it."""

    kind = BATCH

    def __init__(self, experiment: Experiment) -> None:
        self.experiment, self.first = experiment, plan(experiment)
        self.layout, self.total = self.first.layout, len(self.first.runs)
        record = experiment_record.write(experiment)
        self.asked, self.notes = of_batch(record), {"experiment": record}
        self.may_differ = "replicates" if "replicates" in experiment.document else ""

    def describe(self, started: str) -> dict[str, Any]:
        """Return the manifest but for what is found."""
        experiment = self.experiment
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
        return {**content, **self.notes}

    def find(self, runs: StudyRuns) -> Findings:
        """Run everything and tabulate what is finished."""
        self._say_left_out(runs)
        done, said = self._rounds(runs)
        ledger, tables = runs.folder.ledger, {}
        if ledger.counts()["done"]:
            with StoredRuns(runs.folder.path, self.experiment, ledger=ledger) as stored:
                tables = tabulate(stored, self.experiment)
        return Findings(tables, manifest={"replicates_run": done.replicates, "precision": said})

    def _rounds(self, runs: StudyRuns) -> tuple[BatchPlan, str]:
        """Run the plan; where a precision is asked for, add replicates until it is reached or the cap is."""
        now, wanted = self.first, self.experiment.precision
        while True:
            runs.complete(now.runs, now.tasks)
            if wanted is None:
                return now, ""
            with StoredRuns(runs.folder.path, self.experiment, ledger=runs.folder.ledger) as stored:
                good, said = reached(stored, wanted, self.experiment)
            if good or now.replicates >= wanted.at_most:
                return now, said
            runs.say(f"{said}: {min(wanted.step, wanted.at_most - now.replicates)} more replicates")
            now = plan(self.experiment, min(now.replicates + wanted.step, wanted.at_most))

    def _say_left_out(self, runs: StudyRuns) -> None:
        """Say that finished runs of the folder do not belong to the experiment as it is now."""
        before, wanted = runs.folder.ledger.ids("done"), self.experiment.precision
        grown = self.first if wanted is None else plan(self.experiment, wanted.at_most)
        gone = len(before - {run.id for run in grown.runs})
        if gone:
            runs.say(
                f"{gone} of {len(before)} finished runs in this folder are not of this experiment as it is "
                "now (other scenarios, parameters, seed or sample): they are kept and do not count"
            )
