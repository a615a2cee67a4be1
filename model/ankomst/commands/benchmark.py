"""`ankomst benchmark`: the table of results expected under the reference policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.policy.scenario import reference_policy
from ankomst.simulation.benchmark import PACKAGED
from ankomst.simulation.benchmark_estimate import estimate_benchmark
from ankomst.simulation.engine import IntroductionModel
from ankomst.studies.engine.csv_text import csv_text

if TYPE_CHECKING:
    from pathlib import Path

SEED = 2013


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
