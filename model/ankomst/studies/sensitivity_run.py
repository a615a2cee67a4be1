"""A sensitivity analysis in its folder: stages run and resumed, tables written, closed with a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.studies import store
from ankomst.studies.batch_study import write_tables
from ankomst.studies.evaluations import opened
from ankomst.studies.given_batch import batch_points
from ankomst.studies.sensitivity import KIND
from ankomst.studies.sensitivity_design import STAGES, morris_design, sobol_design, stage_streams
from ankomst.studies.sensitivity_points import evaluate_design, evaluate_draws
from ankomst.studies.sensitivity_tables import Analysis, matter_most

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from ankomst.studies.evaluations import Evaluations
    from ankomst.studies.executors import Pool
    from ankomst.studies.factors import Factors
    from ankomst.studies.runs import Progress
    from ankomst.studies.sensitivity import Sensitivity

    Pages = Callable[[Path, Mapping[str, pd.DataFrame], Mapping[str, Any]], Sequence[Path]]


@dataclass(frozen=True)
class Analysed:
    """A finished analysis: its folder, tables by name, facts for a page, and what was simulated now."""

    path: Path
    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    simulated: int
    files: tuple[Path, ...]


def run_sensitivity(
    study: Sensitivity,
    out: str | os.PathLike[str],
    *,
    pool: Pool | None = None,
    resume: bool = False,
    restart: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
    pages: Pages | None = None,
) -> Analysed:
    """Run a sensitivity analysis into a folder; what is evaluated there already is not evaluated again.

    Parameters
    ----------
    study : Sensitivity
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
    Analysed
        The same to the last bit, whether the analysis was cut off and resumed or not.

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
        analysis, chosen = _stages(study, work, say)
        tables = analysis.tables(chosen, say)
        facts = _facts(study, work, chosen)
        files = write_tables(place, tables)
        written = list(pages(place, tables, facts)) if pages else []
        work.folder.write_manifest(
            _manifest(study, work.started)
            | {
                "complete": True,
                "evaluations": work.folder.ledger.counts(),
                "seconds_of_cores": work.seconds(),
                "most": list(chosen),
                "files": {**files, **store.digests(place, written)},
            }
        )
        made = tuple(place / name for name in files)
        return Analysed(place, tables, facts, work.simulated, (*made, *written))


def evaluations_of(study: Sensitivity) -> int:
    """Return the evaluations in all, each of them one run of every scenario."""
    file, count = study.file, len(study.factors.each) + 1
    total = 0
    if file.morris:
        total += file.morris.trajectories * (count + 1) * file.morris.replicates
    for wanted, moved in (
        (file.sobol, 1 + _width(study)),
        (file.groups, 1 + len(study.groups)),
    ):
        if wanted:
            total += wanted.rows * (moved * (1 + wanted.second_order) + 2) * wanted.replicates
    if file.given and study.draws:
        total += len(study.draws.values) * file.given.replicates
    return total


def _width(study: Sensitivity) -> int:
    """Return how many factors the Sobol design moves, the dummy not counted."""
    wanted = study.file.sobol
    if wanted is None:
        return 0
    if wanted.most is not None:
        return min(wanted.most, len(study.factors.each))
    return len(study.sobol_factors)


def _stages(
    study: Sensitivity, work: Evaluations, say: Callable[[str], None]
) -> tuple[Analysis, tuple[str, ...]]:
    """Run all stages; return what they found and the factors of the Sobol design."""
    file, seed = study.file, study.file.seed
    analysis = Analysis(study, work.measures.names)
    chosen: tuple[str, ...] = ()
    if file.morris:
        wanted = file.morris
        design = morris_design(study.factors, wanted.trajectories, wanted.levels, wanted.replicates, seed)
        analysis.points["morris"] = evaluate_design(design, work, say)
    if file.sobol:
        chosen = (
            matter_most(analysis.morris(), file.sobol.most)
            if file.sobol.most is not None
            else study.sobol_factors
        )
        _sobol("sobol", study.factors.only(chosen), analysis, study, work, say)
    if file.groups:
        grouped = type(study.factors)(study.factors.each, study.groups)
        _sobol("groups", grouped, analysis, study, work, say)
    if file.given and study.draws:
        draws = study.draws
        analysis.points["draws"] = evaluate_draws(
            draws.values,
            draws.names, file.given.replicates, "draws", work, say, first_stream=stage_streams("draws"),
        )  # fmt: skip
    if file.given and file.given.batch:
        analysis.points["batch"] = batch_points(file.given.batch, study, say)
    return analysis, chosen


def _sobol(
    stage: str, factors: Factors, analysis: Analysis, study: Sensitivity, work: Evaluations,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    wanted = study.file.sobol if stage == STAGES[1] else study.file.groups
    if wanted is None:
        return
    design = sobol_design(
        stage, factors, wanted.rows, wanted.replicates, study.file.seed, second_order=wanted.second_order
    )
    analysis.points[stage] = evaluate_design(design, work, say)


def _facts(study: Sensitivity, work: Evaluations, chosen: Sequence[str]) -> dict[str, Any]:
    """Return what a page says of the study."""
    file, counts = study.file, work.folder.ledger.counts()
    years = next(iter(study.scenarios.values())).population.arrival_years if study.scenarios else 1
    posterior = file.factors.origin == "posterior"
    return {
        "title": (file.title or study.name, file.title_da or file.title or study.name),
        "baseline": next(iter(study.scenarios), ""),
        "scenarios": list(study.scenarios)[1:],
        "draws_text": (
            "marginals of the packaged posterior" if posterior else "uniform over the registry's ranges",
            "den pakkede posteriors marginaler" if posterior else "ligefordelt over registrets intervaller",
        ),
        "dependence_limit": posterior,
        "newcomers_per_year": file.newcomers_per_year,
        "newcomers": file.newcomers_per_year * years,
        "seed": file.seed,
        "level": file.level,
        "replicates": file.sobol.replicates if file.sobol else file.morris.replicates if file.morris else 1,
        "evaluations": sum(counts.values()),
        "failed": counts["failed"],
        "seconds": work.seconds(),
        "created": store.now(),
        "version": store.version(),
        "commit": store.commit(),
        "quick": study.quick,
        "held": len(study.factors.each) - len(chosen) if chosen else 0,
    }


def _manifest(study: Sensitivity, started: str) -> dict[str, Any]:
    content = store.manifest(
        command=store.command_line(), scenarios=dict(study.scenarios),
        settings=study.file.model_dump(mode="json"), started=started,
    )  # fmt: skip
    drawn = study.draws.description if study.draws else {}
    return {
        "kind": KIND,
        **content,
        "quick": study.quick,
        "factors": {factor.name: [factor.low, factor.high] for factor in study.factors.each},
        "draws": {key: value for key, value in drawn.items() if key != "ranges"},
        "experiment": study.document,
    }
