"""`ankomst verify`: every file and stored row is compared with its checksum, a sample of runs is repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import OutputError, RunError
from ankomst.studies.batch.plan import plan
from ankomst.studies.engine import chunks, manifest, store
from ankomst.studies.engine.own_files import OwnFiles
from ankomst.studies.engine.registry import NAME, Ledger, PlannedRun
from ankomst.studies.engine.stored_runs import StoredRuns
from ankomst.studies.engine.worker import carry_out, code_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ankomst.studies.engine.runs import Progress
    from ankomst.studies.schema.experiment import Experiment

SHOWN = 5


@dataclass(frozen=True)
class Whole:
    """A folder whose files are as they were written.

    Attributes
    ----------
    kind : str
        Of the result.
    files : int
        Files that were compared with their hash.
    rows : int
        Stored runs or evaluations that were compared with their checksum.
    """

    kind: str
    files: int
    rows: int


@dataclass(frozen=True)
class Repeated:
    """A run that was repeated."""

    scenario: str
    draw: int
    replicate: int
    same: bool
    detail: str


def whole(path: Path) -> Whole:
    """Compare every file that the manifest lists and every stored row with its checksum.

    Parameters
    ----------
    path : Path
        Folder of any result.

    Raises
    ------
    OutputError
        The manifest, a file, a part, a row or the ledger is missing or not as it was written.
    """
    found = manifest.read(path, "the folder of a result; a study writes its manifest anew with --resume")
    kind, again = found["kind"], manifest.repeated(found, path)
    _files(path, found, again)
    files, rows = len(found.get("files", {})), 0
    if kind in manifest.STUDIES:
        with Ledger(path / NAME, readonly=True) as ledger:
            rows = _rows(path, ledger, again)
            files += len(ledger.parts())
            known = ledger.files().get(manifest.NAME)
            if known and store.digest(path / manifest.NAME) != known[-1]:
                raise OutputError(
                    "the manifest is not as it was written", where=str(path / manifest.NAME), allowed=again
                )
    return Whole(kind, files, rows)


def _files(path: Path, found: Mapping[str, Any], again: str) -> None:
    listed = found.get("files", {})
    own = OwnFiles(path, {name: [digest] for name, digest in listed.items()})
    states = {name: own.state(name) for name in listed}
    wrong = [f"{name} (missing)" if state is None else name for name, state in states.items() if not state]
    if wrong:
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise OutputError(
            f"{len(wrong)} of {len(listed)} files are not as they were written: "
            f"{', '.join(wrong[:SHOWN])}{more}",
            where=str(path), allowed=f"move what is damaged elsewhere, then {again}",
        )  # fmt: skip


def _rows(path: Path, ledger: Ledger, again: str) -> int:
    """Compare every row of the parts, and those that wait in the ledger; return how many there are."""
    count = 0
    for name, (digest, _) in ledger.parts().items():
        file, sums = path / chunks.FOLDER / name, ledger.sums(name)
        if not (file.is_file() and chunks.is_whole(file, digest)):
            what = "damaged" if file.is_file() else "missing"
            raise OutputError(
                f"the part is {what}; {len(sums)} runs cannot be read", where=str(file), allowed=again
            )
        there = chunks.sums(file)
        if any(there.get(key) != crc for key, crc in sums.items()):
            raise OutputError(
                "the part does not hold the runs that the ledger lists", where=str(file), allowed=again
            )
        count += len(sums)
    torn = ledger.torn()
    if torn:
        raise OutputError(
            f"{len(torn)} rows in the ledger are damaged", where=str(path / NAME), allowed=again
        )
    return count + len(ledger.sums(None))


def repeat(
    path: Path, experiment: Experiment, *, sample: int, seed: int = 1, progress: Progress | None = None
) -> list[Repeated]:
    """Repeat a sample of finished runs, each on its own, and compare every bit of what was kept.

    Parameters
    ----------
    path : Path
        Folder of a batch.
    experiment : Experiment
        As in the batch's manifest.
    sample : int
        Runs to repeat, drawn at random without replacement.
    seed : int
        Of the draw of the sample.

    Raises
    ------
    OutputError
        A part is damaged, or nothing is finished.
    RunError
        The runs were made by other code.
    """
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
        everything = plan(experiment, replicates)
        planned = {run.id for run in everything.runs}
        found = []
        for k, position in enumerate(sorted(int(number) for number in chosen)):
            entry = done[position]
            if entry.id not in planned:
                raise OutputError(
                    "the runs in this folder are not those of the experiment",
                    where=str(path),
                    allowed="the experiment of the batch's manifest",
                )
            task = everything.task_of(PlannedRun(entry.id, entry.scenario, entry.draw, entry.replicate))
            (report,) = carry_out(task).runs
            kept = stored.row(entry)
            if report.row is None:
                same, detail = False, f"fails now: {report.error}"
            elif report.row.tobytes() == kept.tobytes():
                same, detail = True, "same bits"
            else:
                differ = int(np.sum(~((report.row == kept) | (np.isnan(report.row) & np.isnan(kept)))))
                same, detail = False, f"{differ} of {kept.size} numbers differ"
            found.append(Repeated(entry.scenario, entry.draw, entry.replicate, same, detail))
            if progress is not None:
                progress(k + 1, len(chosen))
    return found
