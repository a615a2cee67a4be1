"""A sensitivity analysis in its folder: its stages, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from ankomst.policy.extras import need
from ankomst.studies.design.blocks import STAGES, morris_design, sobol_design
from ankomst.studies.design.factors import Factors
from ankomst.studies.design.seeds import first_luck
from ankomst.studies.engine.evaluations import EvaluatedStudy, Evaluations, origin_of
from ankomst.studies.engine.points import evaluate_design, evaluate_draws
from ankomst.studies.engine.study import Findings, How, StudyResult
from ankomst.studies.engine.study_run import run_study
from ankomst.studies.sensitivity.given_batch import batch_points
from ankomst.studies.sensitivity.tables import Analysis, matter_most

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from ankomst.studies.engine.points import Points
    from ankomst.studies.schema.sensitivity_file import GroupsFile, SobolFile
    from ankomst.studies.sensitivity.study import Sensitivity


def run_sensitivity(study: Sensitivity, out: str | os.PathLike[str], **how: Unpack[How]) -> StudyResult:
    """Run a sensitivity analysis into a folder; see `run_study` for what is returned and raised.

    Parameters
    ----------
    study : Sensitivity
    out : str or path
    **how
        See `How`.
    """
    # Before anything is run: what is missing must not be found out after an hour.
    if study.file.emulator:
        need("studies", "an emulator")
    folder = study.file.given.batch if study.file.given else None
    given = batch_points(folder, study, how.get("say")) if folder else None
    return run_study(_SensitivityStudy(study, given), out, **how)


class _SensitivityStudy(EvaluatedStudy):
    """A sensitivity analysis, as the engine sees it."""

    def __init__(self, study: Sensitivity, given: Points | None) -> None:
        super().__init__(study, study.scenarios, total=evaluations_of(study))
        self.study, self.given = study, given

    def entries(self) -> dict[str, Any]:
        """Return factors and the origin of given draws, for the manifest."""
        factors = {factor.name: [factor.low, factor.high] for factor in self.study.factors.each}
        return {"factors": factors, "draws": origin_of(self.study.draws), "quick": self.study.quick}

    def analyse(self, at: Evaluations) -> Findings:
        """Run all stages and tabulate them."""
        analysis = Analysis(self.study, at.measures.names)
        if self.given is not None:
            analysis.points["batch"] = self.given
        chosen = _stages(analysis, at)
        facts = {**self.paired_facts(at.runs), **_facts(self.study, chosen)}
        return Findings(analysis.tables(chosen, at.runs.say), facts, {"most": list(chosen)})


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


def _stages(analysis: Analysis, work: Evaluations) -> tuple[str, ...]:
    """Run all stages, and return the factors of the Sobol design."""
    study = analysis.study
    file, draws, seed = study.file, study.draws, study.file.seed
    chosen: tuple[str, ...] = ()

    def sobol(stage: str, wanted: SobolFile | GroupsFile, factors: Factors) -> None:
        design = sobol_design(
            stage, factors, wanted.rows, wanted.replicates, seed, second_order=wanted.second_order
        )
        analysis.points[stage] = evaluate_design(design, work)

    if wanted := file.morris:
        design = morris_design(study.factors, wanted.trajectories, wanted.levels, wanted.replicates, seed)
        analysis.points["morris"] = evaluate_design(design, work)
    if file.sobol:
        most = file.sobol.most
        chosen = study.sobol_factors if most is None else matter_most(analysis.morris(), most)
        sobol("sobol", file.sobol, study.factors.only(chosen))
    if file.groups:
        sobol("groups", file.groups, Factors(study.factors.each, study.groups))
    if file.given and draws:
        first = first_luck(STAGES.index("draws"))
        analysis.points["draws"] = evaluate_draws(
            draws.values, draws.names, file.given.replicates, "draws", work, first_stream=first
        )
    return chosen


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
