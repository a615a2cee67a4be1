"""Validation: the model's intervals beside published figures that it was not fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankomst.policy.published_reforms import ARRIVALS, PLACES, load_published_reforms
from ankomst.policy.scenario import load_scenario
from ankomst.studies.metrics.validation_measures import ValidationMeasures
from ankomst.studies.schema.experiment import drawn
from ankomst.studies.schema.study import LoadedStudy, Read, study_of
from ankomst.studies.schema.validation_file import ValidationFile

if TYPE_CHECKING:
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
class Validation(LoadedStudy[ValidationFile]):
    """A validation that is ready to run.

    Attributes
    ----------
    draws : Draws
    measures : ValidationMeasures
    """

    draws: Draws
    measures: ValidationMeasures

    @property
    def searches(self) -> int:
        """Return the evaluations of the search for the residual."""
        return 0 if self.file.residual is None else (FIRST + SECOND) * LUCKS

    @property
    def evaluations(self) -> int:
        """Return the evaluations in all."""
        return len(self.draws.values) + self.searches


@study_of("validation", ValidationFile)
def load_validation(read: Read[ValidationFile]) -> Validation:
    """Load an experiment file of kind validation."""
    file, source = read.study.file, read.source
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
    return Validation(**vars(read.study), draws=draws, measures=measures)


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
