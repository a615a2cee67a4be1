"""`ankomst calibrate`: fit the parameters to published figures, and say what the figures tell of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.commands.stoppable import resumed, stoppable
from ankomst.commands.study_time import time_of
from ankomst.report.calibration.page import build_calibration_page
from ankomst.report.document.context import records
from ankomst.studies.calibration.run import POSTERIOR, run_calibration
from ankomst.studies.calibration.study import load_calibration
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.engine.stored_tables import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from rich.console import Console

    from ankomst.studies.calibration.run import CalibrationResult
    from ankomst.studies.calibration.study import Calibration

PAGES = {"en": "calibration.html", "da": "calibration_da.html"}
SHOWN = 12


def calibrate(
    file: str,
    *,
    out: Path | None,
    resume: bool,
    restart: bool,
    changed: bool,
    dry_run: bool,
    workers: int | None,
    scheduler: str | None,
    run_limit: float,
    seed: int | None,
    members: int | None,
    newcomers: int | None,
    changes: Sequence[str],
    lang: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run a calibration into its folder, with tables and pages."""
    clock = time.perf_counter()
    languages = console.languages_of(lang)
    resume = resumed(resume=resume, restart=restart, changed=changed)
    study = load_calibration(
        file, console.read_overrides(changes), newcomers_per_year=newcomers, members=members, seed=seed
    )
    place = out or Path("results") / study.name
    if dry_run:
        _dry(study, place, workers, as_json=as_json)
        return
    said = console.silent if quiet else console.say

    def pages(folder: Path, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> None:
        draws = read_table(folder / POSTERIOR)
        for name in languages:
            build_calibration_page(tables, draws, facts, folder / PAGES[name], name)

    with stoppable("Calibration", quiet=quiet) as progress:
        done = run_calibration(
            study, place, pool=pool_for(workers, scheduler, run_limit), resume=resume, restart=restart,
            changed=changed, progress=progress, say=said, pages=pages,
        )  # fmt: skip
    if as_json:
        console.print_json({"folder": str(place), **done.facts, "targets": records(done.tables["targets"])})
    elif not quiet:
        made = [place / PAGES[name] for name in languages]
        _show(done, time.perf_counter() - clock, made, console.out_console())


def _dry(study: Calibration, place: Path, workers: int | None, *, as_json: bool) -> None:
    """Say what the calibration takes."""
    spent, seconds, count = time_of(study.measures, study.file.seed, study.evaluations, workers)
    runs = len(study.measures.runs)
    if as_json:
        console.print_json(
            {
                "out": str(place),
                "targets": len(study.targets.entries),
                "free": len(study.free),
                "evaluations": study.evaluations,
                "simulations": study.evaluations * runs * study.file.replicates,
                "seconds_an_evaluation": spent,
                "seconds": seconds,
            }
        )
        return
    console.out_console().print(
        f"{study.evaluations:,} evaluations of {runs} runs each, {spent:.1f} s an evaluation: about "
        f"{seconds / 60:.0f} minutes with {count} workers; {len(study.free)} free parameters, "
        f"{len(study.targets.entries)} targets, into {place}",
    )


def _show(done: CalibrationResult, seconds: float, pages: Sequence[Path], screen: Console) -> None:
    facts, level = done.facts, done.study.file.level
    table = console.new_table(
        ("Target",), ("published", "sd", "model", f"{level:.0%} interval", "width"), ("",)
    )
    for row in records(done.tables["targets"]):
        table.add_row(
            row["target"], _short(row["value"]), _short(row["sd"]), _short(row["median"]),
            f"{_short(row['low'])} to {_short(row['high'])}", f"{row['width_ratio']:.2f}",
            "" if row["inside"] == "yes" else "outside",
        )  # fmt: skip
    screen.print(table)
    screen.print(
        f"The model's interval holds {facts['inside']} of {facts['total']} figures; {facts['half_width']} "
        "intervals are at most half as wide as before the fit (width: ratio to the prior's). "
        f"n = {len(done.posterior)} draws of the posterior, each with the luck of one country.",
    )
    distance = facts["distance"]
    screen.print(
        f"Chi-square on {distance['targets']} targets: {distance['posterior_mean']:.1f} for the "
        f"mean prediction, {distance['start']:.1f} at the start values, {distance['prior_mean']:.0f} before "
        "the fit.",
    )
    _parameters(done, screen)
    screen.print(
        f"\nDone in {seconds / 60:.1f} minutes, {facts['evaluations']:,} evaluations "
        f"({facts['simulations']:,} simulations). Results are in {done.path} (posterior.csv, tables/, "
        "manifest.json); open "
        f"{' and '.join(map(str, pages))} in a browser.",
    )


def _parameters(done: CalibrationResult, screen: Console) -> None:
    rows = [row for row in records(done.tables["parameters"]) if row["informed"] == "yes"]
    rows.sort(key=lambda row: -row["narrowing"])
    level = done.study.file.level
    table = console.new_table(
        ("Parameter",), ("start", "central", f"{level:.0%} of the posterior", "range", "narrower by")
    )
    for row in rows[:SHOWN]:
        table.add_row(
            row["parameter"], _short(row["start"]), _short(row["central"]),
            f"{_short(row['low'])} to {_short(row['high'])}",
            f"{_short(row['range_low'])} to {_short(row['range_high'])}", f"{row['narrowing']:.0%}",
        )  # fmt: skip
    screen.print(table)
    screen.print(
        f"{done.facts['informed']} of {done.facts['free']} free parameters are tied to some target "
        f"(the {min(SHOWN, len(rows))} that it narrows most are shown); about the others the figures say "
        "nothing: they keep their prior.",
    )


def _short(value: float) -> str:
    return f"{value:.3g}"
