"""`ankomst verify`: a sample of a batch's runs is repeated and compared bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ankomst.errors import OutputError, RunError
from ankomst.studies import folder, parts
from ankomst.studies.ledger import NAME, Ledger
from ankomst.studies.plan import Run, plan
from ankomst.studies.stored import StoredRuns
from ankomst.studies.work import carry_out, code_version

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.experiment import Experiment
    from ankomst.studies.runs import Progress


@dataclass(frozen=True)
class Verified:
    """A run that was repeated."""

    scenario: str
    draw: int
    replicate: int
    same: bool
    detail: str


def verify(
    path: Path, experiment: Experiment, *, sample: int, seed: int = 1, progress: Progress | None = None
) -> list[Verified]:
    """Repeat a sample of finished runs, each on its own, and compare every bit of what was kept.

    Parameters
    ----------
    path : Path
        Folder of a batch; its parts and manifest are checked as well.
    experiment : Experiment
        As in the batch's manifest.
    sample : int
        Runs to repeat, drawn at random without replacement.
    seed : int
        Of the draw of the sample.

    Raises
    ------
    OutputError
        A part or the manifest is damaged, or nothing is finished.
    RunError
        The runs were made by other code.
    """
    folder.read_manifest(path, "ankomst batch EXPERIMENT --resume, which writes it anew")
    with Ledger(path / NAME, readonly=True) as ledger, StoredRuns(path, experiment, ledger=ledger) as stored:
        if ledger.meta("code") != code_version():
            raise RunError(
                "the runs were made by other code, data or packages: they cannot be compared bit by bit",
                where=str(path),
                allowed="the versions in manifest.json",
            )
        done = ledger.entries("done")
        if not done:
            raise OutputError("no run is finished", where=str(path), allowed="a batch with finished runs")
        chosen = np.random.default_rng(seed).choice(len(done), size=min(sample, len(done)), replace=False)
        replicates = 1 + max(entry.replicate for entry in done)
        whole = plan(experiment, replicates)
        planned = {run.id for run in whole.runs}
        found = []
        for k, position in enumerate(sorted(int(number) for number in chosen)):
            entry = done[position]
            if entry.id not in planned:
                raise OutputError(
                    "the runs in this folder are not those of the experiment",
                    where=str(path),
                    allowed="the experiment of the batch's manifest",
                )
            task = whole.task_of(Run(entry.id, entry.scenario, entry.draw, entry.replicate))
            (report,) = carry_out(task).runs
            kept = stored.row(entry)
            if report.row is None:
                same, detail = False, f"fails now: {report.error}"
            elif report.row.tobytes() == kept.tobytes():
                same = parts.crc(kept) == entry.crc
                detail = "same bits" if same else "the stored row is not the one that was entered"
            else:
                differ = int(np.sum(~((report.row == kept) | (np.isnan(report.row) & np.isnan(kept)))))
                same, detail = False, f"{differ} of {kept.size} numbers differ"
            found.append(Verified(entry.scenario, entry.draw, entry.replicate, same, detail))
            if progress is not None:
                progress(k + 1, len(chosen))
    return found
