"""`ankomst batch`: run an experiment, tabulate it and say what it says."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ankomst.commands import console
from ankomst.commands.batch_show import main_tables, show_tables
from ankomst.commands.status import MEGABYTE, failures
from ankomst.commands.stoppable import FINISHED, resumed, stoppable
from ankomst.errors import OutputError
from ankomst.policy.explain.cautions import cautions_of
from ankomst.studies.batch.estimate import Estimate, estimate
from ankomst.studies.batch.runner import Finished, run_batch
from ankomst.studies.engine import store
from ankomst.studies.engine.executors import Dask, pool_for
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.runs import default_workers
from ankomst.studies.schema.experiment import Experiment, load_experiment
from ankomst.studies.schema.going_on import going_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

SOME_FAILED = 3


def batch(
    file: str,
    *,
    out: Path | None,
    resume: bool,
    retry_failed: bool,
    restart: bool,
    changed: bool,
    dry_run: bool,
    workers: int | None,
    scheduler: str | None,
    run_limit: float,
    seed: int | None,
    replicates: int | None,
    newcomers: int | None,
    changes: Sequence[str],
    quiet: bool,
    as_json: bool,
) -> None:
    """Run an experiment into its folder, tabulate it and print what it says."""
    clock = time.perf_counter()
    resume = resumed(resume=resume, restart=restart, changed=changed, retry_failed=retry_failed)
    experiment = load_experiment(
        file, console.read_overrides(changes), replicates=replicates, newcomers_per_year=newcomers, seed=seed
    )
    place = out or Path("results") / experiment.name
    said = console.silent if quiet else console.say
    for note in (*experiment.notes, *cautions_of(experiment.scenarios)):
        said(f"note: {note}")
    if dry_run:
        _dry(estimate(experiment, place, workers or default_workers()), experiment, place, as_json=as_json)
        return
    pool = pool_for(workers, scheduler, run_limit)
    if isinstance(pool, Dask) and not pool.there():
        said(f"the scheduler at {scheduler} has no workers yet: the batch waits for the first")
    with stoppable("Batch", quiet=quiet, kept=lambda: kept(place)) as progress:
        finished = run_batch(
            experiment, place, pool=pool, resume=resume, restart=restart, changed=changed,
            retry_failed=retry_failed, progress=progress, say=said,
        )  # fmt: skip
    if as_json:
        console.print_json(document(finished, place))
    elif not quiet:
        screen = console.out_console()
        show_tables(finished.tables, experiment, screen)
        _ending(finished, place, time.perf_counter() - clock, screen)
    refuse_failed(finished, place)


def _dry(found: Estimate, experiment: Experiment, place: Path, *, as_json: bool) -> None:
    if as_json:
        console.print_json({"out": str(place), **vars(found)})
        return
    screen = console.out_console()
    draws, names = len(experiment.draws.values), len(experiment.scenarios)
    screen.print(f"{experiment.title}, into {place}")
    screen.print(
        f"{found.runs:,} runs: {names} scenarios x {draws} draws x {experiment.replicates} replicates; "
        f"{experiment.newcomers_per_year:,} newcomers a year"
    )
    if found.most_runs > found.runs:
        screen.print(f"up to {found.most_runs:,} runs until the precision asked for is reached")
    if found.finished:
        screen.print(f"{found.finished:,} of them are finished already")
    screen.print(f"{found.shadow_runs:,} shadow runs for the deadweight of grants")
    screen.print(
        f"about {_span(found.seconds)} ({found.seconds_a_run:.2f} s a run on one core, measured now), "
        f"{found.bytes / MEGABYTE:,.0f} MB on disk"
    )


def _span(seconds: float) -> str:
    minutes = seconds / 60.0
    if minutes < 2:
        return f"{seconds:.0f} seconds"
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60.0:.1f} hours"


def kept(place: Path) -> str:
    """Say what of a batch is finished and kept."""
    try:
        with Ledger(place / NAME, readonly=True) as ledger:
            counts = ledger.counts()
    except OutputError:
        return FINISHED
    return f"{counts['done']} of {sum(counts.values())} runs are finished and kept"


def _ending(finished: Finished, place: Path, spent: float, screen: Console) -> None:
    if finished.precision:
        screen.print(f"\n{finished.precision} ({finished.replicates} replicates).")
    screen.print(
        f"\nDone in {spent:.0f} s: {finished.counts['done']} runs. Results are in {place} (tables/, runs/, "
        f"manifest.json). Further questions: ankomst compare {place} --by sex; tables for other programs: "
        f"ankomst export {place}"
    )


def refuse_failed(finished: Finished, place: Path) -> None:
    """Say which runs failed, and end with a status of its own if any did."""
    count = finished.counts["failed"]
    if not count:
        return
    with Ledger(place / NAME, readonly=True) as ledger:
        lines = failures(ledger.entries("failed"))
    console.say(
        f"{count} runs failed: {'; '.join(lines)}. They stand in {place / 'failures.csv'}; "
        f"once the cause is gone: {going_on(store.command_line(), how='--retry-failed')}"
    )
    raise typer.Exit(SOME_FAILED)


def document(finished: Finished, place: Path) -> dict[str, Any]:
    """Return what `--json` prints of a batch."""
    return {
        "results": str(place),
        "runs": finished.counts,
        "replicates": finished.replicates,
        "precision": finished.precision,
        **main_tables(finished.tables),
    }
