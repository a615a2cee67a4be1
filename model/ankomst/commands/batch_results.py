"""`ankomst compare`, `verify`, `export`: what can be asked of a finished batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.commands.batch_show import main_tables, show_tables
from ankomst.simulation.outcomes import named
from ankomst.studies.batch_study import Batch, experiment_of, tabulate, write_tables
from ankomst.studies.export import FORMATS, tidy_tables, write_export
from ankomst.studies.ledger import NAME, Ledger
from ankomst.studies.stored import StoredRuns
from ankomst.studies.verify import verify as verify_runs

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
    with Batch(path, baseline=baseline, say=console.say) as runs:
        experiment = runs.experiment
        tables = runs.tables(outcomes=outcomes or None, groups=groups or None, months=months, level=level)
    place = out or path / FURTHER
    write_tables(place, tables)
    if as_json:
        console.print_json({"results": str(place), **main_tables(tables)})
    elif not quiet:
        screen = console.out_console()
        show_tables(tables, experiment, screen, by_group=bool(by))
        screen.print(f"Tables are in {place / 'tables'}.")


def verify(path: Path, *, sample: int, seed: int, quiet: bool, as_json: bool) -> bool:
    """Repeat a sample of a batch's runs and say whether every bit is the same."""
    experiment = experiment_of(path)
    with console.progress_bar("Verify", quiet=quiet) as progress:
        found = verify_runs(path, experiment, sample=sample, seed=seed, progress=progress)
    same = sum(run.same for run in found)
    if as_json:
        console.print_json({"same": same, "runs": [vars(run) for run in found]})
    elif not quiet:
        screen = console.out_console()
        shown = console.new_table(("",), (), ("",))
        for run in found:
            said = f"{run.scenario}, draw {run.draw}, replicate {run.replicate}: {run.detail}"
            shown.add_row("ok" if run.same else "FAILS", said)
        screen.print(shown)
        screen.print(f"{same} of {len(found)} repeated runs have the same bits; all parts are whole.")
    return same == len(found)


def export(path: Path, *, formats: str, out: Path | None, quiet: bool) -> None:
    """Write tidy tables of the runs and of the comparison for other programs."""
    kinds = console.words_of(formats, FORMATS, "--format", "format")
    experiment = experiment_of(path, console.say)
    place = out or path / EXPORT
    with Ledger(path / NAME, readonly=True) as ledger, StoredRuns(path, experiment, ledger=ledger) as runs:
        finished = tabulate(runs, experiment)
        tables = tidy_tables(runs, experiment, ledger)
        tables |= {f"comparison_{name}": partial(_once, frame) for name, frame in finished.items()}
        written = write_export(place, tables, kinds)
    if not quiet:
        names = ", ".join(file.name for file in written)
        console.out_console().print(f"{len(written)} files are in {place}: {names}")


def _once(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    yield frame
