"""The one way in which commands run a study: its folder, going on, progress, pages, what is printed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from ankomst.commands import console
from ankomst.commands.progress import FINISHED, stoppable
from ankomst.errors import ExperimentError
from ankomst.policy.explain.cautions import cautions_of
from ankomst.report.document.context import records
from ankomst.studies.engine.at_work import RUN_LIMIT
from ankomst.studies.engine.evaluation import evaluation
from ankomst.studies.engine.executors import Dask, pool_for
from ankomst.studies.engine.runs import default_workers
from ankomst.studies.engine.worker import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import Console

    from ankomst.studies.engine.executors import Pool
    from ankomst.studies.engine.study import StudyResult

    Build = Callable[[Mapping[str, Any], Mapping[str, Any], Path, str], Path]

IN_FILE = {"newcomers": "newcomers_per_year"}
"""Options in place of what a file says, by another name than that of the file."""
OVERRIDES = ("newcomers", "seed", "quick", "members", "replicates")
GOING_ON = ("resume", "changed", "retry_failed")
HOW = ("restart", "changed", "retry_failed")


class StudyOptions(TypedDict, total=False):
    """Values of the options of a study, see `options`; not every command has all of them."""

    out: Path | None
    quick: bool
    resume: bool
    retry_failed: bool
    restart: bool
    changed: bool
    dry_run: bool
    workers: int | None
    scheduler: str | None
    run_limit: float
    seed: int | None
    members: int | None
    replicates: int | None
    newcomers: int | None
    changes: Sequence[str]
    lang: str
    quiet: bool
    as_json: bool


def timed_plan(
    study: Any, place: Path, workers: int | None, *, evaluations: int | None = None  # noqa: ANN401
) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """Say how many evaluations a study has and how long they take, from one that is timed.

    Parameters
    ----------
    study : Calibration, Validation, Sensitivity or Decision
    place : Path
        The folder into which it would run.
    workers : int or None
    evaluations : int, optional
        Those that the study says if left out.

    Raises
    ------
    ExperimentError
        The model cannot be evaluated.
    """
    total = study.evaluations if evaluations is None else evaluations
    task = evaluation(study.measures, {}, study.file.seed, 0)
    carry_out(task)  # compiles
    clock = time.perf_counter()
    (report,) = carry_out(task).runs
    spent = time.perf_counter() - clock
    if report.row is None:
        raise ExperimentError(f"the model cannot be evaluated: {report.error}")
    count = workers or default_workers()
    seconds = spent * total / count
    words = (
        f"{total:,} evaluations, {spent:.2f} s each: about {seconds / 60:.0f} minutes with {count} workers, "
        f"into {place}"
    )
    return words, {"evaluations": total, "seconds_an_evaluation": spent, "seconds": seconds}


def _time_and_files(done: Any, study: Any, place: Path, seconds: float, pages: str) -> str:  # noqa: ANN401
    made = done.facts.get("evaluations") or study.evaluations
    return (
        f"Done in {seconds / 60:.1f} minutes ({done.simulated:,} of {made:,} evaluations made now). "
        f"Results are in {place} ({pages}, tables/)."
    )


@dataclass(frozen=True)
class StudyCommand:
    """A command that runs a study.

    Attributes
    ----------
    word : str
        What is run, on the progress bar.
    load : callable
        Reads a file, with overrides and options.
    run : callable
        Runs a study into a folder and returns how it ended; its `pages` writes further files.
    document : callable
        What `--json` prints besides the folder.
    show : callable
        Prints what the tables say, from how it ended and the study.
    ending : callable
        Last line, from how it ended, the study, the folder, seconds, and names of pages.
    plan : callable
        What `--dry-run` says, in words and as facts, from study, folder and workers.
    page : str
        Name of the page without language and ending; empty for a study without pages.
    build : callable
        Writes a page from tables, facts, file and language.
    notes : callable
        Sentences on a study before it is run.
    kept : callable
        What is kept in the folder of a study that is stopped.
    """

    word: str
    load: Callable[..., Any]
    run: Callable[..., Any]
    document: Callable[[Any], dict[str, Any]]
    show: Callable[[Any, Any, Console], None]
    ending: Callable[[Any, Any, Path, float, str], str] = _time_and_files
    plan: Callable[[Any, Path, int | None], tuple[str, dict[str, Any]]] = timed_plan
    page: str = ""
    build: Build | None = None
    notes: Callable[[Any], Iterable[str]] = lambda _: ()
    kept: Callable[[Path], str] = lambda _: FINISHED


def run_command(command: StudyCommand, file: str, **options: Unpack[StudyOptions]) -> Any:  # noqa: ANN401
    """Run a study into its folder, write its pages and print what they say; or say how long that takes.

    Returns
    -------
    object
        How it ended, None where it was not run.
    """
    clock = time.perf_counter()
    given: Mapping[str, Any] = options
    resume = goes_on(given)
    languages = console.languages_of(given.get("lang", "en"))
    study = command.load(
        file,
        console.read_overrides(given["changes"]),
        **{IN_FILE.get(name, name): given[name] for name in OVERRIDES if name in given},
    )
    tell = console.teller(quiet=given["quiet"])
    for note in command.notes(study):
        tell(f"note: {note}")
    place = given["out"] or Path("results") / (study.name + ("_quick" if given.get("quick") else ""))
    if given.get("dry_run"):
        words, facts = command.plan(study, place, given["workers"])
        if given["as_json"]:
            console.print_json({"out": str(place), **facts})
        else:
            console.out_console().print(words)
        return None
    how: dict[str, Any] = {name: given[name] for name in HOW if name in given}
    if command.build is not None:
        how["pages"] = _pages(command.build, command.page, languages)
    pool = _pool(given, tell)
    with stoppable(command.word, quiet=given["quiet"], kept=lambda: command.kept(place)) as progress:
        done = command.run(study, place, pool=pool, resume=resume, progress=progress, say=tell, **how)
    if given["as_json"]:
        console.print_json({"results": str(place), **command.document(done)})
    elif not given["quiet"]:
        screen = console.out_console()
        command.show(done, study, screen)
        names = ", ".join(page_name(command.page, language) for language in languages)
        screen.print(command.ending(done, study, place, time.perf_counter() - clock, names))
    return done


def goes_on(options: Mapping[str, Any]) -> bool:
    """Return whether a command goes on with what is in its folder.

    Raises
    ------
    ExperimentError
        It shall also begin anew.
    """
    wanted = [name for name in GOING_ON if options.get(name)]
    if wanted and options["restart"]:
        option = f"--{wanted[0].replace('_', '-')}"
        raise ExperimentError(f"{option} and --restart exclude each other", allowed="one of them")
    return bool(wanted)


def page_name(stem: str, language: str) -> str:
    """Return the file of a page in a language."""
    return f"{stem}.html" if language == "en" else f"{stem}_{language}.html"


def notes_on_scenarios(study: Any) -> list[str]:  # noqa: ANN401
    """Return what deserves a look in the scenarios of a study."""
    return cautions_of(study.scenarios)


def tables_of(*names: str) -> Callable[[StudyResult], dict[str, Any]]:
    """Return what prints these tables, where they are there, in a JSON document."""

    def document(done: StudyResult) -> dict[str, Any]:
        return {
            "evaluations": done.facts["evaluations"],
            **{name: records(done.tables[name]) for name in names if name in done.tables},
            "search": done.facts.get("search"),
        }

    return document


def _pool(options: Mapping[str, Any], tell: Callable[[str], None]) -> Pool:
    """Return where runs are made; say so where nobody makes them yet."""
    scheduler = options.get("scheduler")
    pool = pool_for(options["workers"], scheduler, options.get("run_limit", RUN_LIMIT))
    if isinstance(pool, Dask) and not pool.there():
        tell(f"the scheduler at {scheduler} has no workers yet: the study waits for the first")
    return pool


def _pages(build: Build, stem: str, languages: Sequence[str]) -> Callable[..., list[Path]]:
    def pages(folder: Path, tables: Mapping[str, Any], facts: Mapping[str, Any]) -> list[Path]:
        return [build(tables, facts, folder / page_name(stem, language), language) for language in languages]

    return pages
