"""What `ankomst sensitivity` and `ankomst decide` have in common: a study into its folder, with its pages."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from ankomst.commands import console
from ankomst.commands.stoppable import resumed, stoppable
from ankomst.commands.study_time import say_time
from ankomst.policy.explain.cautions import cautions_of
from ankomst.report.document.context import records
from ankomst.studies.engine.executors import pool_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from rich.console import Console

    from ankomst.studies.engine.study_run import Finished


class Options(TypedDict):
    """Options of both commands, as `ankomst.cli` reads them."""

    out: Path | None
    quick: bool
    resume: bool
    restart: bool
    changed: bool
    dry_run: bool
    workers: int | None
    scheduler: str | None
    run_limit: float
    seed: int | None
    newcomers: int | None
    changes: Sequence[str]
    lang: str
    quiet: bool
    as_json: bool


@dataclass(frozen=True)
class Command:
    """One of the two commands.

    Attributes
    ----------
    word : str
        Name of the command.
    load, run, evaluations : callable
        Of the kind of study: its file, running it, and how many evaluations it has.
    build : callable
        Writes a page from tables, facts, file and language.
    pages : dict
        Name of the page by language.
    printed : tuple of str
        Tables of the JSON document.
    show : callable
        Prints what the tables say.
    """

    word: str
    load: Callable[..., Any]
    run: Callable[..., Finished]
    evaluations: Callable[[Any], int]
    build: Callable[[Mapping[str, pd.DataFrame], Mapping[str, Any], Path, str], Path]
    pages: Mapping[str, str]
    printed: tuple[str, ...]
    show: Callable[[Finished, Console], None]


def carry_out(command: Command, file: str, **options: Unpack[Options]) -> None:
    """Run a study into its folder, write tables and pages and print what they say."""
    clock = time.perf_counter()
    resume = resumed(resume=options["resume"], restart=options["restart"], changed=options["changed"])
    languages = console.languages_of(options["lang"])
    quick, out, quiet = options["quick"], options["out"], options["quiet"]
    study = command.load(
        file, console.read_overrides(options["changes"]), quick=quick,
        newcomers_per_year=options["newcomers"], seed=options["seed"],
    )  # fmt: skip
    say = console.silent if quiet else console.say
    for note in cautions_of(study.scenarios):
        say(f"note: {note}")
    place = out or Path("results") / (study.name + ("_quick" if quick else ""))
    if options["dry_run"]:
        count = command.evaluations(study)
        say_time(
            study.measures, study.file.seed, count, place, options["workers"], as_json=options["as_json"]
        )
        return

    def pages(folder: Path, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> list[Path]:
        return [command.build(tables, facts, folder / command.pages[name], name) for name in languages]

    with stoppable(command.word.capitalize(), quiet=quiet) as progress:
        done = command.run(
            study, place, pool=pool_for(options["workers"], options["scheduler"], options["run_limit"]),
            progress=progress, resume=resume, restart=options["restart"], changed=options["changed"],
            pages=pages, say=say,
        )  # fmt: skip
    if options["as_json"]:
        said: dict[str, Any] = {"results": str(place), "evaluations": done.facts["evaluations"]}
        said |= {name: records(done.tables[name]) for name in command.printed if name in done.tables}
        console.print_json(said | {"search": done.facts.get("search")})
    elif not quiet:
        screen = console.out_console()
        command.show(done, screen)
        names = ", ".join(command.pages[name] for name in languages)
        screen.print(
            f"Done in {(time.perf_counter() - clock) / 60:.1f} minutes ({done.simulated:,} of "
            f"{done.facts['evaluations']:,} evaluations made now). Results are in {place} ({names}, "
            "tables/).",
        )
