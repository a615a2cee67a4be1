"""`ankomst sensitivity`: which uncertain parameters an answer rests on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.commands.stoppable import stoppable
from ankomst.commands.study_time import say_time
from ankomst.errors import ExperimentError
from ankomst.presentation.context import records
from ankomst.presentation.parameter_names import parameter_name
from ankomst.presentation.sensitivity_page import build_sensitivity_page
from ankomst.presentation.texts import LANGUAGES
from ankomst.studies.executors import pool_for
from ankomst.studies.sensitivity import load_sensitivity
from ankomst.studies.sensitivity_run import evaluations_of, run_sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from rich.console import Console

    from ankomst.studies.sensitivity_run import Analysed

PAGES = {"en": "sensitivity.html", "da": "sensitivity_da.html"}
SHOWN = 8
PRINTED = ("quantities", "morris", "sobol", "given_data", "emulator", "ranking")


def sensitivity(
    file: str,
    *,
    out: Path | None,
    quick: bool,
    resume: bool,
    restart: bool,
    dry_run: bool,
    workers: int | None,
    scheduler: str | None,
    seed: int | None,
    newcomers: int | None,
    changes: Sequence[str],
    lang: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run a sensitivity analysis into its folder, write tables and pages and print what they say."""
    clock = time.perf_counter()
    if resume and restart:
        raise ExperimentError("--resume and --restart exclude each other", allowed="one of them")
    languages = console.words_of(lang, LANGUAGES, "--lang", "language")
    study = load_sensitivity(
        file, console.read_overrides(changes), quick=quick, newcomers_per_year=newcomers, seed=seed
    )
    place = out or Path("results") / (study.name + ("_quick" if quick else ""))
    if dry_run:
        say_time(study.measures, study.file.seed, evaluations_of(study), place, workers, as_json=as_json)
        return

    def pages(folder: Path, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> list[Path]:
        return [build_sensitivity_page(tables, facts, folder / PAGES[name], name) for name in languages]

    again = f"ankomst sensitivity {file}{' --quick' if quick else ''} --resume" + (
        f" --out {out}" if out else ""
    )
    try:
        with stoppable(), console.progress_bar("Sensitivity", quiet=quiet) as progress:
            done = run_sensitivity(
                study, place, pool=pool_for(workers, scheduler), resume=resume, restart=restart,
                progress=progress, say=console.silent if quiet else console.say, pages=pages,
            )  # fmt: skip
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"stopped; what is finished is kept; go on with: {again}") from None
    if as_json:
        tables = {name: records(done.tables[name]) for name in PRINTED if name in done.tables}
        console.print_json({"results": str(place), "evaluations": done.facts["evaluations"], **tables})
    elif not quiet:
        screen = console.out_console()
        _show(done, screen)
        names = ", ".join(PAGES[name] for name in languages)
        screen.print(
            f"Done in {(time.perf_counter() - clock) / 60:.1f} minutes ({done.simulated:,} of "
            f"{done.facts['evaluations']:,} evaluations made now). Results are in {place} ({names}, "
            "tables/).",
            soft_wrap=True,
        )


def _show(done: Analysed, screen: Console) -> None:
    """Print the leading factors of every quantity."""
    for quantity in records(done.tables["quantities"]):
        rows = _leading(done.tables, quantity["quantity"])
        if not rows:
            continue
        name = "Total index" if "estimate" in rows[0] else "Mean effect over the range"
        table = console.new_table((quantity["label"],), (name, "interval"))
        for row in rows[:SHOWN]:
            if "estimate" in row:
                cells = row["estimate"], row["low"], row["high"]
            else:
                cells = row["mu_star"], row["mu_star_low"], row["mu_star_high"]
            table.add_row(
                parameter_name(row["factor"], "en"), f"{cells[0]:.3g}", f"{cells[1]:.3g} to {cells[2]:.3g}"
            )
        screen.print(table)
        screen.print(f"{rows[0]['interval']}.", soft_wrap=True)


def _leading(tables: Mapping[str, pd.DataFrame], quantity: str) -> list[dict[str, Any]]:
    """Return the factors of a quantity by total index, or by effect where there are no indices."""
    if "sobol" in tables:
        table = tables["sobol"]
        mine = table[(table["quantity"] == quantity) & (table["index"] == "total")]
        mine = mine[mine["sample"] == mine["sample"].iloc[0]] if len(mine) else mine
        return records(mine.sort_values("estimate", ascending=False))
    if "morris" in tables:
        table = tables["morris"]
        return records(table[table["quantity"] == quantity].sort_values("mu_star", ascending=False))
    return []
