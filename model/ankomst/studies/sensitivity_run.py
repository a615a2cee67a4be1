"""A sensitivity analysis in its folder: its stages, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from ankomst.studies.given_batch import batch_points
from ankomst.studies.paired_run import Finished, Found, How, run_paired
from ankomst.studies.sensitivity_design import STAGES, morris_design, sobol_design, stage_streams
from ankomst.studies.sensitivity_points import evaluate_design, evaluate_draws
from ankomst.studies.sensitivity_tables import Analysis, matter_most

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from ankomst.studies.evaluations import Evaluations
    from ankomst.studies.factors import Factors
    from ankomst.studies.sensitivity import Sensitivity


def run_sensitivity(study: Sensitivity, out: str | os.PathLike[str], **how: Unpack[How]) -> Finished:
    """Run a sensitivity analysis into a folder; see `run_paired` for what is returned and raised.

    Parameters
    ----------
    study : Sensitivity
    out : str or path
    **how
        See `How`.
    """

    def find(work: Evaluations, say: Callable[[str], None]) -> Found:
        analysis, chosen = _stages(study, work, say)
        return Found(analysis.tables(chosen, say), _facts(study, chosen), {"most": list(chosen)})

    drawn = study.draws.description if study.draws else {}
    more = {
        "factors": {factor.name: [factor.low, factor.high] for factor in study.factors.each},
        "draws": {key: value for key, value in drawn.items() if key != "ranges"},
    }
    return run_paired(study, out, find, more, total=evaluations_of(study), **how)


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


def _facts(study: Sensitivity, chosen: Sequence[str]) -> dict[str, Any]:
    """Return what the page says of the factors."""
    file = study.file
    posterior = file.factors.origin == "posterior"
    return {
        "draws_text": (
            "marginals of the packaged posterior" if posterior else "uniform over the registry's ranges",
            "den pakkede posteriors marginaler" if posterior else "ligefordelt over registrets intervaller",
        ),
        "dependence_limit": posterior,
        "replicates": file.sobol.replicates if file.sobol else file.morris.replicates if file.morris else 1,
        "held": len(study.factors.each) - len(chosen) if chosen else 0,
    }
