"""Validation: the model's intervals beside published figures that it was not fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ankomst.policy.places import find_experiment
from ankomst.policy.published_reforms import ARRIVALS, PLACES, load_published_reforms
from ankomst.policy.scenario import load_scenario
from ankomst.studies.metrics.validation_measures import ValidationMeasures
from ankomst.studies.schema.experiment import drawn
from ankomst.studies.schema.experiment_reading import read_study
from ankomst.studies.schema.validation_file import ValidationFile

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.design.parameter_draws import Draws

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
    quantities = tuple(
        (quantity.name, published[name].run)
        for name in file.cases
        for quantity in published[name].quantities
        if quantity.simulated
    )
    residual = file.residual
    measures = ValidationMeasures(
        quantities,
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
