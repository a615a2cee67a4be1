"""A decision in its folder: every part run and resumed, tables written, closed with a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.studies import store
from ankomst.studies.batch_study import write_tables
from ankomst.studies.decision import KIND
from ankomst.studies.decision_parts import Parts
from ankomst.studies.evaluations import opened

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from ankomst.studies.decision import Decision
    from ankomst.studies.evaluations import Evaluations
    from ankomst.studies.executors import Pool
    from ankomst.studies.parameter_draws import Draws
    from ankomst.studies.runs import Progress

    Pages = Callable[[Path, Mapping[str, pd.DataFrame], Mapping[str, Any]], Sequence[Path]]


@dataclass(frozen=True)
class Decided:
    """A finished decision: its folder, tables by name, facts for a page, and what was simulated now."""

    path: Path
    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    simulated: int
    files: tuple[Path, ...]


def run_decision(
    study: Decision,
    out: str | os.PathLike[str],
    *,
    pool: Pool | None = None,
    resume: bool = False,
    restart: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
    pages: Pages | None = None,
) -> Decided:
    """Run a decision into a folder; what is evaluated there already is not evaluated again.

    Parameters
    ----------
    study : Decision
    out : str or path
    pool : Pool, optional
        Where the model is evaluated, one local process a core if left out; the result does not depend on it.
    resume, restart : bool
        Go on with what is in the folder, or throw it away.
    progress : callable, optional
        Called with the evaluations that are over and all of them.
    say : callable, optional
        Told in one sentence what was found damaged, has failed or was left out.
    pages : callable, optional
        Writes further files from folder, tables and facts, and returns them for the manifest.

    Returns
    -------
    Decided
        The same to the last bit, whether the study was cut off and resumed or not.

    Raises
    ------
    OutputError
        The folder cannot be used, or the disk is full. Finished evaluations are kept.
    RunError
        Too many evaluations failed, the folder is of other code, or the workers are gone.
    """
    place = Path(out)
    with opened(
        place, KIND, study.measures, study.file.seed, total=evaluations_of(study), pool=pool, resume=resume,
        restart=restart, progress=progress, say=say,
    ) as work:  # fmt: skip
        work.folder.write_manifest(_manifest(study, work.started) | {"complete": False})
        parts = Parts(study, work, say)
        tables = parts.tables()
        facts = _facts(study, work, parts)
        files = write_tables(place, tables)
        written = list(pages(place, tables, facts)) if pages else []
        work.folder.write_manifest(
            _manifest(study, work.started)
            | {
                "complete": True,
                "evaluations": work.folder.ledger.counts(),
                "seconds_of_cores": work.seconds(),
                "search": parts.search,
                "files": {**files, **store.digests(place, written)},
            }
        )
        made = tuple(place / name for name in files)
        return Decided(place, tables, facts, work.simulated, (*made, *written))


def evaluations_of(study: Decision) -> int:
    """Return the evaluations in all; a search for designs may end with fewer."""
    file = study.file
    total = len(study.draws.values) * file.replicates if file.draws and file.scenarios else 0
    if file.discovery and study.discovery:
        total += len(study.discovery.values) * file.discovery.replicates
    if file.solve and study.solve:
        grid = sum(each.points for each in file.solve.searches)
        total += len(study.solve.values) * file.solve.replicates * grid
    if file.designs and study.shipped:
        outside = len(study.shipped.grants) - len(study.shipped.inside)
        total += (file.designs.trials + outside + 1) * file.designs.replicates
        again = file.designs.candidates + len(study.shipped.grants) + 1
        total += again * file.designs.fresh_replicates
    return total


def _words(draws: Draws | None) -> tuple[str, str]:
    """Say in English and Danish where draws come from."""
    if draws is None or draws.kind == "point":
        return "the central draw of the posterior", "posteriorens centrale trækning"
    count = len(draws.values)
    if draws.kind == "prior":
        return (
            f"{count} draws, uniform over the registry's ranges",
            f"{count} trækninger, ligefordelt over registrets intervaller",
        )
    return f"{count} draws of the posterior", f"{count} trækninger af posterioren"


def _facts(study: Decision, work: Evaluations, parts: Parts) -> dict[str, Any]:
    """Return what a page says of the study."""
    file, counts = study.file, work.folder.ledger.counts()
    people = study.scenarios[study.baseline].population
    titles = {name: (each.title, each.title_da or each.title) for name, each in study.scenarios.items()}
    if study.shipped:
        titles |= dict(study.shipped.titles)
    questions = file.discovery.questions if file.discovery else []
    return {
        "title": (file.title or study.name, file.title_da or file.title or study.name),
        "baseline": study.baseline,
        "scenarios": list(study.scenarios)[1:],
        "scenario_titles": titles,
        "question_titles": {each.name: (each.name, each.name_da or each.name) for each in questions},
        "draws": len(study.draws.values),
        "draws_text": _words(study.draws),
        "discovery_text": _words(study.discovery),
        "solve_text": _words(study.solve),
        "newcomers_per_year": file.newcomers_per_year,
        "newcomers": file.newcomers_per_year * people.arrival_years,
        "seed": file.seed,
        "level": file.level,
        "replicates": file.replicates,
        "evaluations": sum(counts.values()),
        "failed": counts["failed"],
        "seconds": work.seconds(),
        "created": store.now(),
        "version": store.version(),
        "commit": store.commit(),
        "quick": study.quick,
        "national_inflow": people.real_inflow_per_year,
        "month_value": file.information.month_value if file.information else 0.0,
        "search": parts.search,
    }


def _manifest(study: Decision, started: str) -> dict[str, Any]:
    content = store.manifest(
        command=store.command_line(), scenarios=dict(study.scenarios),
        settings=study.file.model_dump(mode="json"), started=started,
    )  # fmt: skip
    drawn = {
        name: {key: value for key, value in draws.description.items() if key != "ranges"}
        for name, draws in (("draws", study.draws), ("discovery", study.discovery), ("solve", study.solve))
        if draws is not None
    }
    return {"kind": KIND, **content, "quick": study.quick, "draws": drawn, "experiment": study.document}
