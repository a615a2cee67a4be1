"""`ankomst validate`: hold the model against published figures that it was not fitted to."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.commands.stoppable import resumed, stoppable
from ankomst.report.validation.page import build_validation_page, validation_texts, verdict_words
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.validation.run import run_validation
from ankomst.studies.validation.study import load_validation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from rich.console import Console

PAGES = {"en": "validation.html", "da": "validation_da.html"}


def validate(
    file: str,
    *,
    out: Path | None,
    resume: bool,
    restart: bool,
    changed: bool,
    workers: int | None,
    scheduler: str | None,
    run_limit: float,
    seed: int | None,
    newcomers: int | None,
    changes: Sequence[str],
    lang: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run a validation into its folder, write its table and pages and print what they say."""
    clock = time.perf_counter()
    resume = resumed(resume=resume, restart=restart, changed=changed)
    languages = console.languages_of(lang)
    study = load_validation(file, console.read_overrides(changes), newcomers_per_year=newcomers, seed=seed)
    place = out or Path("results") / study.name

    def pages(folder: Path, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> list[Path]:
        return [build_validation_page(tables, facts, folder / PAGES[name], name) for name in languages]

    with stoppable("Validation", quiet=quiet) as progress:
        done = run_validation(
            study, place, pool=pool_for(workers, scheduler, run_limit), resume=resume, restart=restart,
            changed=changed, progress=progress, say=console.silent if quiet else console.say, pages=pages,
        )  # fmt: skip
    if as_json:
        rows = done.tables["validation"].to_dict("records")
        console.print_json({"results": str(place), "residual": done.facts["residual"], "validation": rows})
    elif not quiet:
        screen = console.out_console()
        _show(done.tables["validation"], screen)
        names = ", ".join(PAGES[name] for name in languages)
        screen.print(
            f"Done in {time.perf_counter() - clock:.0f} s. Results are in {place} "
            f"({names}, tables/validation.csv)."
        )


def _show(table: pd.DataFrame, screen: Console) -> None:
    texts = validation_texts("en")
    shown = console.new_table(("Quantity",), ("Published", "Model", "Interval"), ("Verdict", "Residual"))
    last = ""
    for row in table.to_dict("records"):
        if row["case"] != last:
            last = row["case"]
            shown.add_heading(last)
        factor, decimals = (100.0, 1) if row["unit"] == "share" else (1.0, 1)
        low, middle, high = (factor * float(row[name]) for name in ("low", "median", "high"))
        published = [factor * float(row[f"published{name}"]) for name in ("", "_low", "_high")]
        said = console.number(published[0], decimals)
        if math.isnan(published[0]) and not math.isnan(published[1]):
            said = " to ".join(console.number(x, decimals) for x in published[1:])
        shown.add_row(
            f"  {row['label']}", said, console.number(middle, decimals),
            f"{console.number(low, decimals)} to {console.number(high, decimals)}",
            verdict_words({str(key): value for key, value in row.items()}, texts), row["residual"],
        )  # fmt: skip
    screen.print(shown)
    screen.print(f"Shares in per cent. {table['interval'].iloc[0]}, n = {int(table['n'].max())}.")
