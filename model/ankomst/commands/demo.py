"""`ankomst demo`: the headline experiment as a batch, and the page of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.commands.batch import document, kept, refuse_failed
from ankomst.commands.batch_show import show_headline
from ankomst.commands.report import FOLDER, write_report
from ankomst.commands.stoppable import resumed, stoppable
from ankomst.studies.batch.runner import run_batch
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.schema.experiment import load_experiment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXPERIMENT = "one_vs_three_years"
"""The experiment file that the demo runs."""
POINT = "point"
SHOWN = (
    "one_year+grant_2013",
    "one_year+no_grant",
    "one_year_flexible+grant_2013",
    "one_year_flexible_concentrated+grant_2013",
)
"""Scenarios that the page shows: the headline question first, not those that rank best."""


def demo(
    *,
    out: Path,
    resume: bool,
    restart: bool,
    seed: int | None,
    draws: str | None,
    replicates: int | None,
    newcomers: int | None,
    workers: int | None,
    lang: str,
    changes: Sequence[str],
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the headline experiment into its folder, write its page and print what it says.

    Finished runs of the same comparison are kept unless `restart` is asked for.
    """
    clock = time.perf_counter()
    languages = console.languages_of(lang)
    resumed(resume=resume, restart=restart, changed=False)  # refuses both at once
    if draws is not None:
        changes = [*changes, f"draws={POINT}" if draws == POINT else f"draws.number={draws}"]
    experiment = load_experiment(
        EXPERIMENT,
        console.read_overrides(changes),
        replicates=replicates,
        newcomers_per_year=newcomers,
        seed=seed,
    )
    said = console.silent if quiet else console.say
    with stoppable("Headline comparison", quiet=quiet, kept=lambda: kept(out)) as progress:
        finished = run_batch(
            experiment, out, pool=pool_for(workers, None), resume=not restart, restart=restart,
            progress=progress, say=said,
        )  # fmt: skip
    refuse_failed(finished, out)
    shown = [name for name in SHOWN if name in experiment.scenarios]
    written, _ = write_report(out, out / FOLDER, ["html"], languages, shown)
    pages = [str(path) for path in written if path.suffix == ".html"]
    if as_json:
        console.print_json({**document(finished, out), "pages": pages})
    elif not quiet:
        screen = console.out_console()
        show_headline(finished.tables, experiment, screen)
        screen.print(
            f"\nDone in {time.perf_counter() - clock:.0f} s: {finished.counts['done']} runs. Open "
            f"{' or '.join(pages)} in a browser. The tables are in {out}; further questions: "
            f"ankomst compare {out} --by sex."
        )
