"""`ankomst compare`, `verify`, `export`: what can be asked of a finished batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.commands.batch_show import main_tables, show_tables
from ankomst.errors import OutputError
from ankomst.simulation.outcomes import named
from ankomst.studies.batch.export import FORMATS, tidy_tables, write_export
from ankomst.studies.batch.study import Batch, tabulate
from ankomst.studies.batch.verify import Whole, repeat, whole
from ankomst.studies.engine import store
from ankomst.studies.engine.folder import ResultsFolder
from ankomst.studies.engine.manifest import BATCH, STUDIES
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.stored_runs import StoredRuns, experiment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

FURTHER = "compare"
"""Folder of further comparisons, inside that of the batch."""
EXPORT = "export"


def compare(
    path: Path,
    *,
    baseline: str | None,
    outcomes: Sequence[str],
    by: Sequence[str],
    months: int | None,
    level: float | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Tabulate the runs of a batch anew, perhaps against another baseline or by other groups."""
    for name in outcomes:
        named(name)
    groups = [tuple(part.strip() for part in text.split(",")) for text in by]
    started, place = store.now(), out or path / FURTHER
    say = console.silent if quiet else console.say
    with (
        Batch(path, baseline=baseline, say=console.say) as runs,
        ResultsFolder(place, "comparison", say=say) as target,
    ):
        experiment = runs.experiment
        tables = runs.tables(outcomes=outcomes or None, groups=groups or None, months=months, level=level)
        target.begin()
        store.write_tables(place, tables)
        target.finish(store.made(started, store.command_line()) | {"of": path.resolve().name})
    if as_json:
        console.print_json({"results": str(place), **main_tables(tables)})
    elif not quiet:
        screen = console.out_console()
        show_tables(tables, experiment, screen, by_group=bool(by))
        screen.print(f"Tables are in {place / 'tables'}.")


def verify(path: Path, *, sample: int, seed: int, quiet: bool, as_json: bool) -> bool:
    """Check every file and stored row of a result, and repeat a sample of a batch's runs.

    Returns
    -------
    bool
        Whether every bit is the same.
    """
    if not path.is_dir():
        raise OutputError("there is no such folder", where=str(path), allowed="the folder of any result")
    checked, found = whole(path), []
    if checked.kind == BATCH:
        with console.progress_bar("Verify", quiet=quiet) as progress:
            found = repeat(path, experiment_of(path), sample=sample, seed=seed, progress=progress)
    same = sum(run.same for run in found)
    if as_json:
        console.print_json({**vars(checked), "same": same, "runs": [vars(run) for run in found]})
    elif not quiet:
        screen = console.out_console()
        shown = console.new_table(("",), (), ("",))
        for run in found:
            said = f"{run.scenario}, draw {run.draw}, replicate {run.replicate}: {run.detail}"
            shown.add_row("ok" if run.same else "FAILS", said)
        if found:
            screen.print(shown)
        screen.print(_said(checked, same, len(found)))
    return same == len(found)


def _said(checked: Whole, same: int, repeated: int) -> str:
    """Say in a line what was compared, and what was not."""
    if checked.kind == BATCH:
        return (
            f"{same} of {repeated} repeated runs have the same bits; all {checked.files} files and "
            f"{checked.rows} stored runs are as they were written."
        )
    if checked.kind in STUDIES:
        return (
            f"All {checked.files} files and {checked.rows} stored evaluations are as they were written; "
            "only the runs of a batch are repeated."
        )
    return (
        f"All {checked.files} files are as they were written; a {checked.kind} keeps no single runs that "
        "could be repeated."
    )


def export(path: Path, *, formats: str, out: Path | None, quiet: bool) -> None:
    """Write tidy tables of the runs and of the comparison for other programs."""
    kinds = console.words_of(formats, FORMATS, "--format", "format")
    experiment = experiment_of(path, console.say)
    started, place = store.now(), out or path / EXPORT
    with (
        Ledger(path / NAME, readonly=True) as ledger,
        StoredRuns(path, experiment, ledger=ledger) as runs,
        ResultsFolder(place, "export") as target,
    ):
        finished = tabulate(runs, experiment)
        tables = tidy_tables(runs, experiment, ledger)
        tables |= {f"comparison_{name}": partial(_once, frame) for name, frame in finished.items()}
        written = write_export(place, tables, kinds)
        target.finish(store.made(started, store.command_line()) | {"of": path.resolve().name})
    if not quiet:
        names = ", ".join(file.name for file in written)
        console.out_console().print(f"{len(written)} files are in {place}: {names}")


def _once(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    yield frame
