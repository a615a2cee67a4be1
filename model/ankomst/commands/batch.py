"""`ankomst batch`, `status`: run an experiment, and say how far it is."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ankomst.commands import console
from ankomst.commands.batch_show import main_tables, show_tables
from ankomst.commands.stoppable import FINISHED, stoppable
from ankomst.errors import ExperimentError, OutputError
from ankomst.studies.batch_folder import kind_of
from ankomst.studies.batch_study import experiment_of, running
from ankomst.studies.estimate import Estimate, estimate
from ankomst.studies.executors import Dask, pool_for
from ankomst.studies.experiment import Experiment, load_experiment
from ankomst.studies.ledger import NAME, Ledger
from ankomst.studies.manifest import BATCH, STUDIES
from ankomst.studies.runner import Finished, run_batch
from ankomst.studies.runs import default_workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from ankomst.studies.ledger import Entry

SOME_FAILED = 3
MEGABYTE = 1e6
SHOWN_FAILURES = 3


def batch(
    file: str,
    *,
    out: Path | None,
    resume: bool,
    retry_failed: bool,
    restart: bool,
    dry_run: bool,
    workers: int | None,
    scheduler: str | None,
    seed: int | None,
    replicates: int | None,
    newcomers: int | None,
    changes: Sequence[str],
    quiet: bool,
    as_json: bool,
) -> None:
    """Run an experiment into its folder, tabulate it and print what it says."""
    clock = time.perf_counter()
    if resume and restart:
        raise ExperimentError("--resume and --restart exclude each other", allowed="one of them")
    experiment = load_experiment(
        file, console.read_overrides(changes), replicates=replicates, newcomers_per_year=newcomers, seed=seed
    )
    place = out or Path("results") / experiment.name
    said = console.silent if quiet else console.say
    for note in experiment.notes:
        said(f"note: {note}")
    if dry_run:
        _dry(estimate(experiment, place, workers or default_workers()), experiment, place, as_json=as_json)
        return
    again = f"ankomst batch {file} --resume" + (f" --out {out}" if out else "")
    pool = pool_for(workers, scheduler)
    if isinstance(pool, Dask) and not pool.there():
        said(f"the scheduler at {scheduler} has no workers yet: the batch waits for the first")
    with stoppable("Batch", again, quiet=quiet, kept=lambda: _kept(place)) as progress:
        finished = run_batch(
            experiment, place, pool=pool, resume=resume or retry_failed, restart=restart,
            retry_failed=retry_failed, progress=progress, say=said,
        )  # fmt: skip
    if as_json:
        console.print_json(_document(finished, place))
    elif not quiet:
        screen = console.out_console()
        show_tables(finished.tables, experiment, screen)
        _ending(finished, place, time.perf_counter() - clock, screen)
    if finished.counts["failed"]:
        _failed(place, finished.counts["failed"], again)
        raise typer.Exit(SOME_FAILED)


def status(path: Path, *, as_json: bool) -> None:
    """Print how far a batch is, and what failed."""
    kind = kind_of(path)
    if kind and kind not in STUDIES:
        raise OutputError(
            f"the folder holds a {kind}, which keeps no single runs", where=str(path),
            allowed="the folder of an ankomst batch, calibrate, validate, sensitivity or decide",
        )  # fmt: skip
    if kind not in {"", BATCH}:
        stages(path, kind, as_json=as_json)
        return
    experiment = experiment_of(path, console.say)
    with Ledger(path / NAME, readonly=True) as ledger:
        counts, owner, entries = ledger.counts(), ledger.meta("owner"), ledger.entries()
        parts = ledger.parts()
    busy = running(path)
    seconds = [entry.seconds for entry in entries if entry.state == "done" and entry.seconds]
    failed = [entry for entry in entries if entry.state == "failed"]
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    by_scenario = {
        name: {
            state: sum(entry.state == state for entry in entries if entry.scenario == name)
            for state in counts
        }
        for name in experiment.scenarios
    }
    facts: dict[str, Any] = {
        "batch": str(path), "title": experiment.title, "running": busy, "owner": owner, "runs": counts,
        "seconds_of_cores": sum(seconds), "bytes": size, "parts": len(parts), "scenarios": by_scenario,
        "failures": failures(failed),
    }  # fmt: skip
    if as_json:
        console.print_json(facts)
        return
    screen = console.out_console()
    state = "running" if busy else "complete" if not counts["pending"] else "stopped"
    total = sum(counts.values())
    screen.print(f"{path}: {experiment.title}")
    by = " (process {process} on {host}, since {start})".format(**owner) if busy and owner else ""
    screen.print(f"{state}{by}: {counts['done']} of {total} runs finished, {counts['failed']} failed")
    if seconds:
        screen.print(
            f"{sum(seconds) / len(seconds):.2f} s a run, {sum(seconds) / 60:.1f} core minutes so far, "
            f"{size / MEGABYTE:.0f} MB on disk"
        )
    table = console.new_table(("Scenario",), ("finished", "failed", "pending"))
    for name, mine in by_scenario.items():
        table.add_row(name, *(str(mine[state]) for state in ("done", "failed", "pending")))
    screen.print(table)
    for line in failures(failed):
        screen.print(f"failed: {line}")
    if counts["pending"] and not busy:
        screen.print(f"Go on with: ankomst batch {experiment.path} --resume --out {path}")


def stages(path: Path, kind: str, *, as_json: bool) -> None:
    """Print how far a study of another kind is: the evaluations of each stage that has begun."""
    with Ledger(path / NAME, readonly=True) as ledger:
        owner, entries = ledger.meta("owner"), ledger.entries()
    busy = running(path)
    found: dict[str, Counter[str]] = {}
    for entry in entries:
        found.setdefault(entry.scenario, Counter())[entry.state] += 1
    failed = [entry for entry in entries if entry.state == "failed"]
    if as_json:
        facts = {"kind": kind, "running": busy, "owner": owner, "stages": found, "failures": failures(failed)}
        console.print_json({"folder": str(path), **facts})
        return
    screen = console.out_console()
    by = " (process {process} on {host}, since {start})".format(**owner) if busy and owner else ""
    done = sum(mine["done"] for mine in found.values())
    state = f"running{by}" if busy else "not running"
    screen.print(f"{path}: {kind}, {state}; {done} of {len(entries)} evaluations begun so far are finished")
    table = console.new_table(("Stage",), ("finished", "failed", "pending"))
    for name, mine in found.items():
        table.add_row(name, *(str(mine[state]) for state in ("done", "failed", "pending")))
    screen.print(table)
    for line in failures(failed):
        screen.print(f"failed: {line}")


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


def _kept(place: Path) -> str:
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


def _failed(place: Path, count: int, again: str) -> None:
    with Ledger(place / NAME, readonly=True) as ledger:
        lines = failures(ledger.entries("failed"))
    typer.echo(
        f"{count} runs failed: {'; '.join(lines)}. They stand in {place / 'failures.csv'}; "
        f"once the cause is gone: {again.replace('--resume', '--retry-failed')}",
        err=True,
    )


def failures(entries: Iterable[Entry], most: int = SHOWN_FAILURES) -> list[str]:
    """Say in a few lines which messages failed runs have, the most frequent first."""
    found = Counter(entry.message for entry in entries)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{count} x {message}" for message, count in ranked[:most]]
    return lines + ([f"and {len(ranked) - most} other messages"] if len(ranked) > most else [])


def _document(finished: Finished, place: Path) -> dict[str, Any]:
    return {
        "results": str(place),
        "runs": finished.counts,
        "replicates": finished.replicates,
        "precision": finished.precision,
        **main_tables(finished.tables),
    }
