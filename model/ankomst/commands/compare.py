"""`ankomst compare`: the scenarios of a batch, perhaps against another baseline or by other groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.report.batch.terminal import main_tables, show_tables
from ankomst.report.writers.streams import say
from ankomst.simulation.outcomes import named
from ankomst.studies.batch.study import Batch
from ankomst.studies.engine import store
from ankomst.studies.engine.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FURTHER = "compare"
"""Folder of further comparisons, inside that of the batch."""


def compare(
    *,
    run: Path,
    baseline: str | None,
    outcome: Sequence[str],
    by: Sequence[str],
    months: int | None,
    level: float | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Tabulate the runs of a batch anew, perhaps against another baseline or by other groups."""
    for name in outcome:
        named(name)
    groups = [tuple(part.strip() for part in text.split(",")) for text in by]
    started, place = store.now(), out or run / FURTHER
    with (
        Batch(run, baseline=baseline, say=say) as runs,
        ResultsFolder(place, "comparison", say=console.teller(quiet=quiet)) as target,
    ):
        experiment = runs.experiment
        tables = runs.tables(outcomes=outcome or None, groups=groups or None, months=months, level=level)
        target.begin()
        store.write_tables(place, tables)
        target.finish(store.made(started, store.command_line()) | {"of": run.resolve().name})
    if as_json:
        console.print_json({"results": str(place), **main_tables(tables)})
    elif not quiet:
        screen = console.out_console()
        show_tables(tables, experiment, screen, by_group=bool(by))
        screen.print(f"Tables are in {place / 'tables'}.")
