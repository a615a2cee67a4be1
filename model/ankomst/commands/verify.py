"""`ankomst verify`: whether a result is as it was written, and its runs can be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.commands.progress import progress_bar
from ankomst.errors import OutputError
from ankomst.report.writers.terminal import TerminalTable
from ankomst.studies.batch.verify import Whole, repeat, whole
from ankomst.studies.engine.manifest import BATCH, STUDIES
from ankomst.studies.engine.stored_runs import experiment_of

if TYPE_CHECKING:
    from pathlib import Path


def verify(*, run: Path, sample: int, seed: int, quiet: bool, as_json: bool) -> bool:
    """Check every file and stored row of a result, and repeat a sample of a batch's runs.

    Returns
    -------
    bool
        Whether every bit is the same.
    """
    if not run.is_dir():
        raise OutputError("there is no such folder", where=str(run), allowed="the folder of any result")
    checked, found = whole(run), []
    if checked.kind == BATCH:
        with progress_bar("Verify", quiet=quiet) as progress:
            found = repeat(run, experiment_of(run), sample=sample, seed=seed, progress=progress)
    same = sum(each.same for each in found)
    if as_json:
        console.print_json({**vars(checked), "same": same, "runs": found})
    elif not quiet:
        screen = console.out_console()
        shown = TerminalTable(("",), (), ("",))
        for each in found:
            said = f"{each.scenario}, draw {each.draw}, replicate {each.replicate}: {each.detail}"
            shown.add_row("ok" if each.same else "FAILS", said)
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
