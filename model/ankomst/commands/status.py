"""`ankomst status`: how far a study is, from its folder, also while it is run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.report.writers.streams import say
from ankomst.report.writers.terminal import TerminalTable
from ankomst.studies.engine.registry import NAME, STATES, Ledger
from ankomst.studies.schema.going_on import begun_by, going_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console

    from ankomst.studies.engine.registry import KnownRun

PATIENCE = 1.5
"""Seconds to wait for a process that holds the ledger: an answer should not take longer than five."""
BATCH = "batch"
MEGABYTE = 1e6
SHOWN_FAILURES = 3


def status(*, run: Path, as_json: bool) -> None:
    """Print how far a study is, and what failed."""
    facts: dict[str, Any] = {}
    tally: dict[str, dict[str, int]] = {}
    if (run / NAME).is_file():
        with Ledger(run / NAME, readonly=True, patience=PATIENCE) as ledger:
            facts = {
                "kind": ledger.meta("kind") or BATCH, "owner": ledger.meta("owner"), "runs": ledger.counts(),
                "seconds_of_cores": ledger.seconds(), "parts": len(ledger.parts()),
                "failures": failures(ledger.entries("failed")),
            }  # fmt: skip
            tally = ledger.tally()
    # This takes a second to import: that the ledger cannot be read should be said before.
    from ankomst.studies.batch.study import running  # noqa: PLC0415
    from ankomst.studies.engine import manifest  # noqa: PLC0415
    from ankomst.studies.engine.stored_runs import experiment_of  # noqa: PLC0415

    if not facts:
        experiment_of(run)  # says what is there instead
    facts["running"] = running(run)
    found: dict[str, Any] = manifest.ours(run) or {}
    if facts["kind"] == BATCH:
        experiment = experiment_of(run, say)
        found = {"experiment": {"path": str(experiment.path)}} | found
        none = dict.fromkeys(STATES, 0)
        facts |= {
            "batch": str(run), "title": experiment.title,
            "bytes": sum(file.stat().st_size for file in run.rglob("*") if file.is_file()),
            "scenarios": {name: tally.get(name, none) for name in experiment.scenarios},
        }  # fmt: skip
        stopped = bool(facts["runs"]["pending"])
    else:
        facts |= {"folder": str(run), "stages": tally}
        stopped = not found.get("complete")
    if as_json:
        console.print_json(facts)
        return
    screen = console.out_console()
    show = _batch if facts["kind"] == BATCH else _stages
    show(run, facts, screen)
    for line in facts["failures"]:
        screen.print(f"failed: {line}")
    if stopped and not facts["running"]:
        again = going_on(begun_by(found, facts["kind"]), out=run)
        screen.print(f"Go on with: {again}", soft_wrap=True)


def _batch(path: Path, facts: dict[str, Any], screen: Console) -> None:
    """Print how far a batch is, scenario by scenario."""
    counts, spent = facts["runs"], facts["seconds_of_cores"]
    state = "running" if facts["running"] else "stopped" if counts["pending"] else "complete"
    screen.print(f"{path}: {facts['title']}")
    screen.print(
        f"{state}{_by(facts)}: {counts['done']} of {sum(counts.values())} runs finished, "
        f"{counts['failed']} failed"
    )
    if spent:
        screen.print(
            f"{spent / counts['done']:.2f} s a run, {spent / 60:.1f} core minutes so far, "
            f"{facts['bytes'] / MEGABYTE:.0f} MB on disk"
        )
    _table("Scenario", facts["scenarios"], screen)


def _stages(path: Path, facts: dict[str, Any], screen: Console) -> None:
    """Print how far a study of another kind is: the evaluations of each stage that has begun."""
    counts = facts["runs"]
    state = f"running{_by(facts)}" if facts["running"] else "not running"
    screen.print(
        f"{path}: {facts['kind']}, {state}; {counts['done']} of {sum(counts.values())} evaluations begun so "
        "far are finished"
    )
    _table("Stage", facts["stages"], screen)


def _by(facts: dict[str, Any]) -> str:
    owner = facts["owner"]
    known = facts["running"] and owner
    return " (process {process} on {host}, since {start})".format(**owner) if known else ""


def _table(what: str, tally: dict[str, dict[str, int]], screen: Console) -> None:
    table = TerminalTable((what,), ("finished", "failed", "pending"))
    for name, mine in tally.items():
        table.add_row(name, *(str(mine[state]) for state in STATES))
    screen.print(table)


def failures(entries: Iterable[KnownRun], most: int = SHOWN_FAILURES) -> list[str]:
    """Say in a few lines which messages failed runs have, the most frequent first."""
    found = Counter(entry.message for entry in entries)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{count} x {message}" for message, count in ranked[:most]]
    return lines + ([f"and {len(ranked) - most} other messages"] if len(ranked) > most else [])
