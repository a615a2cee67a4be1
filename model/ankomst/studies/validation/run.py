"""A validation as a study of the engine: the search for the residual, then the draws, then the table."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from ankomst.policy.parameters import load_registry
from ankomst.policy.published_reforms import load_published_reforms
from ankomst.studies.engine.evaluations import EvaluatedStudy, Evaluations, origin_of
from ankomst.studies.engine.study import Findings, How, StudyResult
from ankomst.studies.engine.study_run import run_study
from ankomst.studies.metrics.validation_measures import RESIDUAL, SEARCH, WITH
from ankomst.studies.validation.study import FIRST, LUCKS, SECOND
from ankomst.studies.validation.tables import Residual, residual_table, validation_table

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.schema.validation_file import ResidualFile
    from ankomst.studies.validation.study import Validation

LUCK = 1_000_000
"""Number of the first random stream of the search: no draw has it."""
NOTHING = 1e-9


def run_validation(study: Validation, out: str | os.PathLike[str], **how: Unpack[How]) -> StudyResult:
    """Run a validation into a folder; see `run_study` for what is returned and raised.

    Parameters
    ----------
    study : Validation
    out : str or path
    **how
        See `How`.
    """
    return run_study(_ValidationStudy(study), out, **how)


class _ValidationStudy(EvaluatedStudy):
    """A validation, as the engine sees it."""

    def __init__(self, study: Validation) -> None:
        super().__init__(study, study.measures.scenarios, total=study.evaluations)
        self.study = study

    def entries(self) -> dict[str, Any]:
        """Return where the draws come from, for the manifest."""
        return {"draws": origin_of(self.study.draws)}

    def analyse(self, at: Evaluations) -> Findings:
        """Search the residual, evaluate all draws and hold them against what was published."""
        study, wanted = self.study, self.study.file.residual
        residual = None if wanted is None else _fitted(study, wanted, at)
        extra = {} if residual is None else {RESIDUAL: residual.points}
        sets = study.draws.values
        rows = at.at("draws", [{**values, **extra} for values in sets], range(len(sets)))
        tables = {
            "validation": validation_table(
                study.measures.names, rows, study.file.cases, level=study.file.level,
                origin=study.draws.kind, residual=residual,
            )
        }  # fmt: skip
        if residual is not None:
            tables["residual"] = residual_table(residual)
        facts = {
            **self.facts(at.runs),
            "draws": len(sets),
            "origin": study.draws.kind,
            "cases": list(study.file.cases),
            "residual": None if residual is None else asdict(residual),
        }
        return Findings(tables, facts, {"residual": facts["residual"]})


def _fitted(study: Validation, wanted: ResidualFile, at: Evaluations) -> Residual:
    """Search the addition to demand that leads to the published number, at the central draw.

    Values all over the range first, then inside the step in which the number lies; linear in between. All
    values share their luck, so that the curve is smooth.
    """
    quantity = next(
        quantity
        for case in load_published_reforms().values()
        for quantity in case.quantities
        if quantity.name == wanted.fitted_to
    )
    published = float(quantity.value or 0.0)
    central = central_draw(study.draws)
    column = study.measures.names.index(wanted.fitted_to + WITH)
    found: dict[float, float] = {}

    def tried(points: Sequence[float]) -> None:
        draws = [{**central, RESIDUAL: x, SEARCH: True} for x in points for _ in range(LUCKS)]
        rows = at.at("residual", draws, [LUCK + k for _ in points for k in range(LUCKS)])
        means = np.nanmean(rows[:, column].reshape(len(points), LUCKS), axis=1)
        found.update(zip(points, map(float, means), strict=True))

    tried([float(x) for x in np.linspace(wanted.low, wanted.high, FIRST)])
    low, high = _step(found, published)
    tried([float(x) for x in np.linspace(low, high, SECOND + 2)[1:-1]])
    low, high = _step(found, published)
    below, above = found[low], found[high]
    flat = abs(above - below) < NOTHING
    root = low if flat else low + (published - below) / (above - below) * (high - low)
    points = float(np.clip(root, low, high))
    return Residual(
        since=wanted.since,
        fitted_to=wanted.fitted_to,
        published=published,
        points=round(points, 3),
        reached=min(below, above) <= published <= max(below, above),
        tried=tuple(sorted(found)),
        led_to=tuple(found[x] for x in sorted(found)),
        runs=LUCKS,
    )


def _step(found: Mapping[float, float], wanted: float) -> tuple[float, float]:
    """Return the neighbours between which the number lies, or the two at the nearer end."""
    points = sorted(found)
    for low, high in pairwise(points):
        if found[low] <= wanted <= found[high]:
            return low, high
    return (points[0], points[1]) if wanted < found[points[0]] else (points[-2], points[-1])


def central_draw(draws: Draws) -> dict[str, float]:
    """Return the median of every parameter over the draws; whole numbers stay whole."""
    registry = load_registry()
    found: dict[str, float] = {}
    sets = draws.values
    for name in draws.names:
        middle = float(np.median([values[name] for values in sets]))
        found[name] = round(middle) if registry[name].integer else middle
    return found
