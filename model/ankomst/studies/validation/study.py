"""Validation: the model's intervals beside published figures that it was not fitted to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from ankomst.policy.parameters import load_registry
from ankomst.policy.places import find_experiment
from ankomst.policy.published_reforms import ARRIVALS, PLACES, load_published_reforms
from ankomst.policy.scenario import load_scenario
from ankomst.studies.engine import store
from ankomst.studies.engine.same_study import of_file
from ankomst.studies.engine.study_run import Finished, Found, How, run_study
from ankomst.studies.metrics.validation_measures import RESIDUAL, SEARCH, WITH, ValidationMeasures
from ankomst.studies.schema.experiment import drawn
from ankomst.studies.schema.experiment_reading import read_study
from ankomst.studies.schema.validation_file import ValidationFile
from ankomst.studies.validation.tables import Residual, residual_table, validation_table

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.engine.evaluations import Evaluations
    from ankomst.studies.schema.validation_file import ResidualFile

KIND = "validation"
FIRST, SECOND = 7, 4
"""Values that the search for the residual tries over its whole range, and inside the step that it finds."""
LUCKS = 3
"""Simulated countries at each value."""
LUCK = 1_000_000
"""Number of the first luck of the search: no draw has it."""
NOTHING = 1e-9


@dataclass(frozen=True)
class Validation:
    """A validation that is ready to run.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    path : Path
    file : ValidationFile
    draws : Draws
    measures : ValidationMeasures
    document : dict
        The file as read and everything that was set above it; JSON-able.
    """

    name: str
    path: Path
    file: ValidationFile
    draws: Draws
    measures: ValidationMeasures
    document: dict[str, Any]

    @property
    def searches(self) -> int:
        """Return the evaluations of the search for the residual."""
        return 0 if self.file.residual is None else (FIRST + SECOND) * LUCKS

    @property
    def evaluations(self) -> int:
        """Return the evaluations in all."""
        return len(self.draws.values) + self.searches


def load_validation(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    newcomers_per_year: int | None = None,
    seed: int | None = None,
) -> Validation:
    """Load an experiment file of the kind validation.

    Parameters
    ----------
    path : str or path
        A file, or the name of a file in ./experiments or in the project's experiments.
    overrides : mapping, optional
        Dotted key of the file to value.
    newcomers_per_year, seed : int, optional
        In place of those of the file.

    Raises
    ------
    ExperimentError
        Something about the file, its draws or its overrides is wrong. The message lists all problems, a
        sentence and a line each.
    """
    place = find_experiment(str(path))
    given = {"newcomers_per_year": newcomers_per_year, "seed": seed}
    given = {key: value for key, value in given.items() if value is not None}
    file, source = read_study(place, ValidationFile, KIND, overrides or {}, given)
    with source.step():
        draws = drawn(file.draws, file.seed, source)
    source.problems.settle()
    published = load_published_reforms()
    metrics = tuple(
        quantity.name for name in file.cases for quantity in published[name].quantities if quantity.simulated
    )
    residual = file.residual
    measures = ValidationMeasures(
        metrics,
        scenarios(),
        file.newcomers_per_year,
        residual.since if residual else None,
        residual.fitted_to if residual else "",
    )
    return Validation(place.stem, place, file, draws, measures, source.document(overrides or {}, given))


def scenarios() -> dict[str, Scenario]:
    """Return the scenarios of the kinds of run."""
    history = load_scenario("history_2010_2018")
    people = history.population.model_copy(update={"arrivals": ARRIVALS})
    return {
        "history": history,
        "ladder_before": load_scenario("three_year"),
        "ladder": load_scenario("three_year+reform_2016_refund"),
        "places": history.model_copy(update={"dispersal": str(PLACES), "population": people}),
    }


def run_validation(study: Validation, out: str | os.PathLike[str], **how: Unpack[How]) -> Finished:
    """Run a validation into a folder; see `run_study` for what is returned and raised.

    Parameters
    ----------
    study : Validation
    out : str or path
    **how
        See `How`.
    """

    def find(work: Evaluations, _: Callable[[str], None]) -> Found:
        wanted = study.file.residual
        residual = None if wanted is None else _fitted(study, wanted, work)
        extra = {} if residual is None else {RESIDUAL: residual.points}
        sets = study.draws.values
        rows = work.at("draws", [{**values, **extra} for values in sets], range(len(sets)))
        tables = {
            "validation": validation_table(
                study.measures.names, rows, study.file.cases, level=study.file.level,
                origin=study.draws.kind, residual=residual,
            )
        }  # fmt: skip
        if residual is not None:
            tables["residual"] = residual_table(residual)
        facts = _facts(study, residual, work.started, work.seconds())
        return Found(tables, facts, {"residual": None if residual is None else vars(residual)})

    return run_study(
        KIND, study.measures, study.file.seed, out, find, lambda started: _manifest(study, started),
        asked=of_file(study.file.model_dump(mode="json"), {}, study.measures.digest),
        total=study.evaluations, **how,
    )  # fmt: skip


def _fitted(study: Validation, wanted: ResidualFile, work: Evaluations) -> Residual:
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
        rows = work.at("residual", draws, [LUCK + k for _ in points for k in range(LUCKS)])
        means = np.nanmean(rows[:, column].reshape(len(points), LUCKS), axis=1)
        found.update(zip(points, map(float, means), strict=True))

    tried([float(x) for x in np.linspace(wanted.low, wanted.high, FIRST)])
    low, high = _step(found, published)
    tried([float(x) for x in np.linspace(low, high, SECOND + 2)[1:-1]])
    low, high = _step(found, published)
    below, above = found[low], found[high]
    flat = abs(above - below) < NOTHING
    at = low if flat else low + (published - below) / (above - below) * (high - low)
    points = float(np.clip(at, low, high))
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


def _facts(study: Validation, residual: Residual | None, started: str, seconds: float) -> dict[str, Any]:
    """Return what a page says of the study."""
    file = study.file
    return {
        "command": store.command_line(),
        "title": (file.title or study.name, file.title_da or file.title or study.name),
        "draws": len(study.draws.values),
        "origin": study.draws.kind,
        "newcomers_per_year": file.newcomers_per_year,
        "seed": file.seed,
        "level": file.level,
        "cases": list(file.cases),
        "residual": None if residual is None else asdict(residual),
        "started": started,
        "created": store.now(),
        "version": store.version(),
        "commit": store.commit(),
        "seconds": seconds,
    }


def _manifest(study: Validation, started: str) -> dict[str, Any]:
    file = study.file
    settings = {
        "seed": file.seed,
        "newcomers_per_year": file.newcomers_per_year,
        "level": file.level,
        "cases": list(file.cases),
    }
    content = store.manifest(
        command=store.command_line(), scenarios=study.measures.scenarios, settings=settings, started=started
    )
    draws = {key: value for key, value in study.draws.description.items() if key != "ranges"}
    return {"kind": KIND, **content, "draws": draws, "experiment": study.document}
