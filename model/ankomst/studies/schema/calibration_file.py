"""What may stand in an experiment file of kind calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ankomst.policy.kinds import Quantity, Text
from ankomst.policy.schema import WrongValueError, found_value
from ankomst.studies.schema.experiment_file import Sample, StudyFile
from ankomst.studies.schema.experiment_kinds import KindOfStudy, Patterns, Settings

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

LEVEL = 0.9


class Names(Patterns):
    """A list of names, which may be empty."""

    def check(self, value: object) -> tuple[str, ...]:
        """Return the names."""
        if value in ([], ()):
            return ()
        if isinstance(value, str):
            raise WrongValueError(f"must be a list, not {found_value(value)}", f"[{value}]")
        return super().check(value)

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of text."""
        return super().json_schema() | {"minItems": 0}


class CalibrationFile(StudyFile):
    """A calibration: targets, what is free, and how much is simulated."""

    kind: Annotated[str, KindOfStudy("calibration")]
    """What is done: calibration (parameters are fitted to published figures)."""
    targets: Annotated[str, Text(1000)]
    """File of targets, beside this file or in the working folder."""
    baseline: Annotated[str, Text(1000)] = "three_year+grant_2013"
    """The scenario whose outcomes are held against the levels."""
    set: Annotated[dict[str, Any], Settings()] = Field(default_factory=dict)
    """Keys of a scenario and their values, set above the baseline."""
    free: Annotated[tuple[str, ...], Patterns()] = ("*",)
    """Parameters that are fitted: names, or patterns such as danish.*; all others keep their prior."""
    leave_out: Annotated[tuple[str, ...], Names()] = ()
    """Targets that are not fitted, but predicted and shown."""
    members: Annotated[int, Quantity("draws", 20, 100_000, whole=True)] = 300
    """Members of the ensemble, and draws of the posterior [draws]."""
    steps: Annotated[int, Quantity("steps", 1, 50, whole=True)] = 4
    """Steps in which the data are taken in [steps]."""
    replicates: Annotated[int, Quantity("runs", 1, 100, whole=True)] = 1
    """Replicates that each simulated figure is the mean of, with the same luck for all members [runs]."""
    noise_replicates: Annotated[int, Quantity("runs", 5, 10_000, whole=True)] = 40
    """Runs at the start values by which the luck of the simulation is measured [runs]."""
    newcomers_per_year: Annotated[int, Sample] = 7000
    """Sample of the runs for levels [people a year]; how far municipalities lie apart depends on it."""
    effects_newcomers_per_year: Annotated[int, Sample] = 2000
    """Sample of the pairs of runs for effects [people a year]."""
    whole_sample: Annotated[tuple[str, ...], Names()] = ()
    """Effects so small that they need the sample of the levels."""
    level: Annotated[float, Quantity("share", 0.5, 0.999)] = LEVEL
    """Coverage of the intervals [share]."""
    screen: Annotated[float, Quantity("standard errors", 0, 10)] = 3.0
    """Rank correlation with some target, in standard errors, from which a parameter counts as informed."""
