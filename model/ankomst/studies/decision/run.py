"""A decision in its folder: its parts, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from ankomst.policy.extras import need
from ankomst.studies.decision.parts import Parts
from ankomst.studies.engine.evaluations import EvaluatedStudy, Evaluations, origin_of
from ankomst.studies.engine.study import Findings, How, StudyResult
from ankomst.studies.engine.study_run import run_study

if TYPE_CHECKING:
    import os

    from ankomst.studies.decision.study import Decision
    from ankomst.studies.design.parameter_draws import Draws


JOINED = " + "
"""What stands between the titles of the files of a composed scenario."""


def run_decision(study: Decision, out: str | os.PathLike[str], **how: Unpack[How]) -> StudyResult:
    """Run a decision into a folder; see `run_study` for what is returned and raised.

    Parameters
    ----------
    study : Decision
    out : str or path
    **how
        See `How`.
    """
    if study.file.information:
        need("studies", "the value of information")
    if study.designs:
        need("studies", "a search for designs")
    return run_study(_DecisionStudy(study), out, **how)


class _DecisionStudy(EvaluatedStudy):
    """A decision, as the engine sees it."""

    def __init__(self, study: Decision) -> None:
        super().__init__(study, study.scenarios, total=evaluations_of(study))
        self.study = study

    def entries(self) -> dict[str, Any]:
        """Return where the draws of each part come from, for the manifest."""
        study = self.study
        parts = {"draws": study.draws, "discovery": study.discovery, "solve": study.solve}
        drawn = {name: origin_of(draws) for name, draws in parts.items() if draws is not None}
        return {"draws": drawn, "quick": study.quick}

    def analyse(self, at: Evaluations) -> Findings:
        """Carry out the parts and tabulate them."""
        parts = Parts(self.study, at)
        tables = parts.tables()
        facts = {**self.paired_facts(at.runs), **_facts(self.study, parts)}
        return Findings(tables, facts, {"search": parts.search})


def evaluations_of(study: Decision) -> int:
    """Return the evaluations in all; a search for designs may end with fewer."""
    file = study.file
    total = len(study.draws.values) * file.replicates if file.draws and file.scenarios else 0
    if file.discovery and study.discovery:
        total += len(study.discovery.values) * file.discovery.replicates
    if file.solve and study.solve:
        grid = sum(each.points for each in file.solve.searches)
        total += len(study.solve.values) * file.solve.replicates * grid
    if study.designs:
        wanted = study.designs.wanted
        total += (wanted.trials + len(study.designs.outside) + 1) * wanted.replicates
        total += (wanted.candidates + len(study.designs.grants) + 1) * wanted.fresh_replicates
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


def _titles(study: Decision) -> dict[str, tuple[str, str]]:
    """Return the titles of the options in both languages, without a part at the end that all share."""
    found = [
        [title.split(JOINED) for title in (each.title, each.title_da or each.title)]
        for each in study.scenarios.values()
    ]
    for k in (0, 1):
        parts = [each[k] for each in found]
        while len(parts) > 1 and all(len(each) > 1 and each[-1] == parts[0][-1] for each in parts):
            for each in parts:
                each.pop()
    return {
        name: (JOINED.join(english), JOINED.join(danish))
        for name, (english, danish) in zip(study.scenarios, found, strict=True)
    }


def _facts(study: Decision, parts: Parts) -> dict[str, Any]:
    """Return what the page says of options, draws and questions."""
    file = study.file
    titles = _titles(study)
    if study.designs:
        titles |= dict(study.designs.titles)
    questions = file.discovery.questions if file.discovery else []
    return {
        "scenario_titles": titles,
        "question_titles": {each.name: (each.name, each.name_da or each.name) for each in questions},
        "draws": len(study.draws.values),
        "draws_text": _words(study.draws),
        "discovery_text": _words(study.discovery),
        "solve_text": _words(study.solve),
        "replicates": file.replicates,
        "national_inflow": study.scenarios[study.baseline].population.real_inflow_per_year,
        "month_value": file.information.month_value if file.information else 0.0,
        "search": parts.search,
    }
