"""What may stand in an experiment file, and the JSON schema of such files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from ankomst.errors import nearest_name, show
from ankomst.policy.kinds import Choice, Choices, Quantity, Switch, Text, quoted
from ankomst.policy.levers.setting import PopulationSetting
from ankomst.policy.schema import Frozen, Kind, WrongValueError, found_value
from ankomst.simulation.accounts import GROUP_DIMENSIONS
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.design.parameter_draws import METHODS
from ankomst.studies.metrics.metric import Month
from ankomst.studies.metrics.pairs import DEFAULT_OUTCOMES
from ankomst.studies.metrics.summary import PAYERS
from ankomst.studies.schema.experiment_kinds import (
    ByOutcome,
    Entry,
    Grid,
    Groups,
    KindOfStudy,
    Months,
    Patterns,
    Scenarios,
    Settings,
)  # fmt: skip
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DRAWS = 100_000
MOST_REPLICATES = 10_000
WORDS = ("point", "posterior")
"""What draws can be without a map."""

Seed = Quantity("seed", 0, 2**63 - 1, whole=True)
Sample = next(
    kind for kind in PopulationSetting.model_fields["newcomers_per_year"].metadata if isinstance(kind, Kind)
)
Replicates = Quantity("runs of each scenario and draw", 1, MOST_REPLICATES, whole=True)


class DrawsFile(Frozen):
    """Where the values of the uncertain parameters come from."""

    origin: Annotated[str, Choice(("point", "prior", "posterior"))] = Field(alias="from")
    """point: the registry's values; prior: drawn from its ranges; posterior: draws of a calibration."""
    number: Annotated[int | None, Quantity("draws", 1, MOST_DRAWS, whole=True, null=True)] = None
    """How many draws [draws]; a posterior without a number gives all of its rows."""
    method: Annotated[str | None, Choice(METHODS)] = None
    """How a prior is drawn: latin_hypercube (the default) or sobol, which can be made longer later."""
    seed: Annotated[int | None, Seed] = None
    """Fixes the draws; the seed of the experiment if left out."""
    parameters: Annotated[tuple[str, ...] | None, Patterns()] = None
    """Which vary under a prior: names, or patterns such as municipality.*; all with a range if left out."""
    file: Annotated[str | None, Text(1000)] = None
    """Table of a posterior, CSV or Parquet: a column a parameter, perhaps weight; else the packaged one."""

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: object) -> object:
        allowed = "point, posterior, or a map such as {from: prior, number: 20}"
        if isinstance(value, str):
            if value not in WORDS:
                near = nearest_name(value, (*WORDS, "prior"))
                raise WrongValueError(f"is {show(value)}", allowed, near if near in WORDS else "")
            return {"from": value}
        if not isinstance(value, dict):
            raise WrongValueError(f"must be a word or a map, not {found_value(value)}", allowed)
        return value

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield keys that do not go with the origin of the draws."""
        takes = {
            "point": (),
            "prior": ("number", "method", "seed", "parameters"),
            "posterior": ("file", "number", "seed"),
        }[self.origin]
        for key in sorted(self.model_fields_set - {"origin", *takes}):
            yield WrongValueError(
                f"does not go with from: {self.origin}", quoted(["from", *takes]), path=(key,)
            )
        if self.origin == "prior" and self.number is None:
            yield WrongValueError("lacks the key 'number'", f"from: {self.origin} with {quoted(takes)}")


class PrecisionFile(Frozen):
    """How narrow the interval of one difference must be before the batch ends."""

    outcome: Annotated[str, Choice(tuple(OUTCOMES))]
    """Name of an outcome."""
    half_width: Annotated[float, Quantity("DKK or the unit of the outcome", 0.0001, 1_000_000)]
    """Half of the interval that is narrow enough, in the unit of the outcome."""
    payer: Annotated[str, Choice(PAYERS)] = ""
    """Whose net cost: municipality, state or both (the default); for net_cost only."""
    scenario: Annotated[str | None, Text(1000)] = None
    """The scenario whose difference counts; every scenario's if left out."""
    months: Annotated[int | None, Month] = None
    """Months since arrival [months]; 36 for shares and the whole follow-up for sums if left out."""
    at_most: Annotated[int, Replicates] = 100
    """The end in any case [runs of each scenario and draw]."""
    step: Annotated[int, Quantity("runs of each scenario and draw", 1, 1000, whole=True)] = 5
    """How many more replicates at a time [runs of each scenario and draw]."""

    @model_validator(mode="before")
    @classmethod
    def _payer(cls, value: object) -> object:
        """Give net cost a payer."""
        if isinstance(value, dict) and value.get("outcome") == "net_cost":
            return {"payer": "both", **value}
        return value

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield a payer of an outcome that nobody pays."""
        if self.payer and self.outcome != "net_cost":
            yield WrongValueError(
                f"names a payer for {self.outcome}", "a payer for net_cost only", path=("payer",)
            )


class StudyFile(Frozen):
    """Keys that the files of every kind of study have."""

    kind: str
    """What is done."""
    title: Annotated[str, Text(1000)] = ""
    """Title in English; the name of the file if left out."""
    title_da: Annotated[str, Text(1000)] = ""
    """Title in Danish."""
    source: Annotated[str, Text(5000)] = ""
    """Where the question comes from."""
    seed: Annotated[int, Seed] = 1
    """Fixes all luck."""
    level: Annotated[float, Quantity("share", 0.5, 0.999)] = LEVEL
    """Coverage of the intervals [share]."""


class ScenariosFile(StudyFile):
    """Keys of a study that compares scenarios with a baseline."""

    baseline: Annotated[str, Text(1000)]
    """The scenario that all others are compared with: one of the experiment's, or a file."""
    scenarios: Annotated[dict[str, Entry], Scenarios()] = Field(default_factory=dict)
    """Scenarios: a list such as [one_year, one_year+grant_by_speed], or a map from names of one's own."""
    set: Annotated[dict[str, Any], Settings()] = Field(default_factory=dict)
    """Keys of a scenario and their values, set in all scenarios and in the baseline."""


class Asked(StudyFile):
    """What a batch asks that is the same in its file and once everything is loaded."""

    precision: PrecisionFile | None = None
    """Run until a difference is known this well."""
    outcomes: Annotated[tuple[str, ...], Choices(tuple(OUTCOMES))] = DEFAULT_OUTCOMES
    """Outcomes that are compared."""
    groups: Annotated[tuple[tuple[str, ...], ...], Groups()] = tuple((name,) for name in GROUP_DIMENSIONS)
    """Groups for which results are split: origin, sex, health, education, or lists of them to cross."""
    deadweight: Annotated[bool, Switch()] = True
    """Whether each scenario is also run without grants, which tells what would have been reached anyway."""
    margin: Annotated[dict[str, float], ByOutcome()] = Field(default_factory=dict)
    """Outcome to the difference that counts as none, in its unit: inside it the outcome hardly changes."""
    discrepancy_sd: Annotated[dict[str, float], ByOutcome()] = Field(default_factory=dict)
    """Outcome to how far the structure of the model may err in a difference (sd), in the outcome's unit."""


class ExperimentFile(Asked, ScenariosFile):
    """A batch of scenarios."""

    kind: Annotated[str, KindOfStudy("batch")]
    """What is done: batch (many scenarios, many runs, paired differences)."""
    grid: Annotated[dict[str, tuple[str, ...]], Grid()] = Field(default_factory=dict)
    """Lists of scenarios by dimension; every combination of one from each list is run."""
    newcomers_per_year: Annotated[int | None, Sample] = None
    """Size of the simulated sample [people a year]; that of the scenarios if left out."""
    draws: DrawsFile = DrawsFile.model_validate("point")
    """Values of the uncertain parameters: point (the registry's values), posterior, or a map."""
    replicates: Annotated[int | None, Replicates] = None
    """Runs of each scenario and draw [runs]; 20 without draws, 3 with draws, 10 with a precision to reach."""
    months: Annotated[tuple[int, ...] | None, Months()] = None
    """Months since arrival at which outcomes are kept; the end of the follow-up always is."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield what is lacking for a comparison."""
        if not self.outcomes:
            yield WrongValueError(
                "is an empty list", f"a list of {quoted(list(OUTCOMES))}", path=("outcomes",)
            )
        for key in ("margin", "discrepancy_sd"):
            for name in getattr(self, key):
                if self.outcomes and name not in self.outcomes:
                    what = "stands for an outcome that is not compared"
                    yield WrongValueError(what, ", ".join(self.outcomes), path=(key, name))
        if not self.scenarios and not self.grid:
            yield WrongValueError("names no scenario", "scenarios: a list, or grid: a map of lists")
