"""`ankomst batch`: run an experiment, tabulate it and say what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import typer

from ankomst.commands.progress import FINISHED
from ankomst.commands.status import MEGABYTE, failures
from ankomst.commands.study import StudyCommand, StudyOptions, notes_on_scenarios, run_command
from ankomst.errors import OutputError
from ankomst.report.batch.terminal import main_tables, show_tables
from ankomst.report.writers.streams import say
from ankomst.studies.batch.estimate import estimate
from ankomst.studies.batch.runner import BatchResult, run_batch
from ankomst.studies.engine import store
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.runs import default_workers
from ankomst.studies.schema.experiment import Experiment, load_experiment
from ankomst.studies.schema.going_on import going_on

if TYPE_CHECKING:
    from pathlib import Path

SOME_FAILED = 3


def batch(experiment: str, **options: Unpack[StudyOptions]) -> None:
    """Run an experiment into its folder, tabulate it and print what it says."""
    finished = run_command(COMMAND, experiment, **options)
    if finished is not None:
        refuse_failed(finished)


def _plan(experiment: Experiment, place: Path, workers: int | None) -> tuple[str, dict[str, Any]]:
    found = estimate(experiment, place, workers or default_workers())
    draws, names = len(experiment.draws.values), len(experiment.scenarios)
    lines = [
        f"{experiment.title}, into {place}",
        (
            f"{found.runs:,} runs: {names} scenarios x {draws} draws x {experiment.replicates} replicates; "
            f"{experiment.newcomers_per_year:,} newcomers a year"
        ),
    ]
    if found.most_runs > found.runs:
        lines.append(f"up to {found.most_runs:,} runs until the precision asked for is reached")
    if found.finished:
        lines.append(f"{found.finished:,} of them are finished already")
    lines += [
        f"{found.shadow_runs:,} shadow runs for the deadweight of grants",
        (
            f"about {_span(found.seconds)} ({found.seconds_a_run:.2f} s a run on one core, measured now), "
            f"{found.bytes / MEGABYTE:,.0f} MB on disk"
        ),
    ]
    return "\n".join(lines), vars(found)


def _span(seconds: float) -> str:
    minutes = seconds / 60.0
    if minutes < 2:
        return f"{seconds:.0f} seconds"
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60.0:.1f} hours"


def _kept(place: Path) -> str:
    """Say what of a batch is finished and kept."""
    try:
        with Ledger(place / NAME, readonly=True) as ledger:
            counts = ledger.counts()
    except OutputError:
        return FINISHED
    return f"{counts['done']} of {sum(counts.values())} runs are finished and kept"


def _ending(finished: BatchResult, _: Experiment, place: Path, seconds: float, __: str) -> str:
    precision = f"\n{finished.precision} ({finished.replicates} replicates).\n" * bool(finished.precision)
    return (
        f"{precision}\nDone in {seconds:.0f} s: {finished.counts['done']} runs. Results are in {place} "
        f"(tables/, runs/, manifest.json). Further questions: ankomst compare {place} --by sex; tables for "
        f"other programs: ankomst export {place}"
    )


def refuse_failed(finished: BatchResult) -> None:
    """Say which runs failed, and end with a status of its own if any did."""
    count, place = finished.counts["failed"], finished.path
    if not count:
        return
    with Ledger(place / NAME, readonly=True) as ledger:
        lines = failures(ledger.entries("failed"))
    say(
        f"{count} runs failed: {'; '.join(lines)}. They stand in {place / 'failures.csv'}; "
        f"once the cause is gone: {going_on(store.command_line(), how='--retry-failed')}"
    )
    raise typer.Exit(SOME_FAILED)


def document(finished: BatchResult) -> dict[str, Any]:
    """Return what `--json` prints of a batch."""
    return {
        "runs": finished.counts,
        "replicates": finished.replicates,
        "precision": finished.precision,
        **main_tables(finished.tables),
    }


COMMAND = StudyCommand(
    "Batch", load_experiment, run_batch, document,
    show=lambda finished, experiment, screen: show_tables(finished.tables, experiment, screen),
    ending=_ending, plan=_plan, kept=_kept,
    notes=lambda experiment: [*experiment.notes, *notes_on_scenarios(experiment)],
)  # fmt: skip
