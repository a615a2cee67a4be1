"""`ankomst month`, `levers`, `benchmark`, `adopt`: the month, the page of levers, a table, a posterior."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.commands import adoption, console
from ankomst.policy.explain.levers_page import levers_page
from ankomst.policy.scenario import reference_policy
from ankomst.simulation.benchmark import PACKAGED
from ankomst.simulation.benchmark_estimate import estimate_benchmark
from ankomst.simulation.engine import MONTH, IntroductionModel
from ankomst.studies.engine.csv_text import csv_text

if TYPE_CHECKING:
    from pathlib import Path

SEED = 2013


def month(*, as_json: bool) -> None:
    """Print the month in the order in which it is carried out."""
    if as_json:
        console.print_json(
            [{"number": step.number, "name": step.name, "where": step.where} for step in MONTH]
        )
        return
    shown = console.new_table(("",), (), ("",))
    for step in MONTH:
        shown.add_row(f"{step.number:>2} {step.name:<21}", step.where)
    console.out_console().print(shown)


def levers(*, out: Path | None) -> None:
    """Print the page of all levers as Markdown, or write it to a file."""
    console.write_or_print(levers_page(console.scenarios_folder()), out)


def benchmark(*, newcomers: int, out: Path | None, quiet: bool) -> None:
    """Estimate results expected under the reference policy anew and write them as CSV."""
    path = out or PACKAGED
    console.file_place(path)  # before the runs
    model = IntroductionModel(reference_policy(), seed=SEED, newcomers_per_year=newcomers, record="persons")
    model.run()
    frame = estimate_benchmark(model)
    console.write_file(csv_text(frame), path)
    if not quiet:
        console.out_console().print(f"{len(frame)} rates from {newcomers:,} newcomers a year are in {path}")


def adopt(folder: Path, *, quiet: bool, as_json: bool) -> None:
    """Package the posterior of a finished calibration; its central draw becomes the registry's values."""
    adopted = adoption.read_calibration(folder)
    changed = adoption.write_package(adopted)
    if as_json:
        console.print_json({"facts": adopted.facts, "central": adopted.central, "changed": changed})
    elif not quiet:
        screen = console.out_console()
        screen.print(f"{adopted.facts['draws']} draws of {len(adopted.central)} parameters are packaged.")
        for name, (before, after) in changed.items():
            screen.print(f"  {name}: {before:g} -> {after:g}")
        screen.print(
            "Write what rests on the values anew: ankomst benchmark; ankomst levers --out docs/levers.md"
        )
