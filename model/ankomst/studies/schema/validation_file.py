"""What may stand in an experiment file of the kind validation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ankomst.policy.kinds import Choice, Choices, Day, Quantity
from ankomst.policy.published_reforms import load_published_reforms
from ankomst.policy.schema import Frozen, WrongValueError
from ankomst.studies.schema.experiment_file import DrawsFile, Sample, StudyFile
from ankomst.studies.schema.experiment_kinds import KindOfStudy

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = tuple(load_published_reforms())
LEVEL = 0.9
"""Coverage of the intervals where the file names none."""
MOST_POINTS = 200.0
DATED = tuple(
    quantity.name
    for case in load_published_reforms().values()
    if case.run == "history"
    for quantity in case.quantities
    if quantity.simulated and quantity.value is not None
)
"""Quantities that a residual can be fitted to."""
_Points = Quantity("points of employment rate", -MOST_POINTS, MOST_POINTS)


class ResidualFile(Frozen):
    """An addition to national demand in the dated runs, declared and fitted to one published number."""

    since: Annotated[dt.date, Day(dt.date(2010, 1, 1), dt.date(2018, 12, 31))] = Field(alias="from")
    """First day of the addition."""
    fitted_to: Annotated[str, Choice(DATED)]
    """Name of the one published number, see model/ankomst/policy/data/published_reforms.yaml."""
    low: Annotated[float, _Points] = -30.0
    """Where the search begins [points of employment rate]."""
    high: Annotated[float, _Points] = 60.0
    """Where the search ends [points of employment rate]."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield ends of the search in the wrong order."""
        if self.low >= self.high:
            yield WrongValueError(
                f"is {self.low:g}, not below high", f"less than {self.high:g}", path=("low",)
            )


class ValidationFile(StudyFile):
    """Published reforms and cohorts that are held against the model."""

    kind: Annotated[str, KindOfStudy("validation")]
    """What is done: validation (the model's intervals beside published figures that are no targets)."""
    cases: Annotated[tuple[str, ...], Choices(CASES)] = CASES
    """Which cases are simulated; all if left out."""
    draws: DrawsFile
    """Values of the uncertain parameters: point, a prior or a posterior."""
    newcomers_per_year: Annotated[int, Sample] = 7945
    """Size of the simulated sample of the dated runs [people a year]; 7,945 are the real arrivals 2010-18."""
    level: Annotated[float, Quantity("share", 0.5, 0.999)] = LEVEL
    """Coverage of the intervals [share]."""
    residual: ResidualFile | None = None
    """The declared residual; none if left out."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield cases that are none, and a residual of no case."""
        if not self.cases:
            yield WrongValueError("is an empty list", f"a list of {', '.join(CASES)}", path=("cases",))
        elif self.residual is not None:
            published = load_published_reforms()
            mine = [
                name
                for name in self.cases
                if self.residual.fitted_to in {quantity.name for quantity in published[name].quantities}
            ]
            if not mine:
                yield WrongValueError(
                    f"is {self.residual.fitted_to}, a quantity of no case of this file",
                    "a quantity of one of the cases",
                    path=("residual", "fitted_to"),
                )
