"""`ankomst export`: tidy tables of the runs of a batch for other programs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.report.writers.streams import say
from ankomst.studies.batch.export import FORMATS, tidy_tables, write_export
from ankomst.studies.batch.study import tabulate
from ankomst.studies.engine import store
from ankomst.studies.engine.folder import ResultsFolder
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.stored_runs import StoredRuns, experiment_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

EXPORT = "export"
"""Folder of the files, inside that of the batch."""


def export(*, run: Path, formats: str, out: Path | None, quiet: bool) -> None:
    """Write tidy tables of the runs and of the comparison for other programs."""
    kinds = console.words_of(formats, FORMATS, "--format", "format")
    experiment = experiment_of(run, say)
    started, place = store.now(), out or run / EXPORT
    with (
        Ledger(run / NAME, readonly=True) as ledger,
        StoredRuns(run, experiment, ledger=ledger) as runs,
        ResultsFolder(place, "export") as target,
    ):
        finished = tabulate(runs, experiment)
        tables = tidy_tables(runs, experiment, ledger)
        tables |= {f"comparison_{name}": partial(_once, frame) for name, frame in finished.items()}
        written = write_export(place, tables, kinds)
        target.finish(store.made(started, store.command_line()) | {"of": run.resolve().name})
    if not quiet:
        names = ", ".join(file.name for file in written)
        console.out_console().print(f"{len(written)} files are in {place}: {names}")


def _once(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    yield frame
