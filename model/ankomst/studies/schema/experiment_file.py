"""What may stand in an experiment file, and the JSON schema of such files."""

from __future__ import annotations

import json
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
from ankomst.studies.metrics.sides import DEFAULT_OUTCOMES
from ankomst.studies.metrics.summary import PAYERS
from ankomst.studies.schema.experiment_kinds import (
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

FILE_NAME = "experiment.schema.json"
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
    payer: Annotated[str | None, Choice(PAYERS)] = None
    """Whose net cost: municipality, state or both (the default); for net_cost only."""
    scenario: Annotated[str | None, Text(1000)] = None
    """The scenario whose difference counts; every scenario's if left out."""
    months: Annotated[int | None, Month] = None
    """Months since arrival [months]; 36 for shares and the whole follow-up for sums if left out."""
    at_most: Annotated[int, Replicates] = 100
    """The end in any case [runs of each scenario and draw]."""
    step: Annotated[int, Quantity("runs of each scenario and draw", 1, 1000, whole=True)] = 5
    """How many more replicates at a time [runs of each scenario and draw]."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield a payer of an outcome that nobody pays."""
        if self.payer is not None and self.outcome != "net_cost":
            yield WrongValueError(
                f"names a payer for {self.outcome}", "a payer for net_cost only", path=("payer",)
            )


class ExperimentFile(Frozen):
    """A batch of scenarios."""

    kind: Annotated[str, KindOfStudy("batch")]
    """What is done: batch (many scenarios, many runs, paired differences)."""
    title: Annotated[str, Text(1000)] = ""
    """Title in English; the name of the file if left out."""
    title_da: Annotated[str, Text(1000)] = ""
    """Title in Danish."""
    source: Annotated[str, Text(5000)] = ""
    """Where the question comes from."""
    baseline: Annotated[str, Text(1000)]
    """The scenario that all others are compared with: one of the experiment's, or a file."""
    scenarios: Annotated[dict[str, Entry], Scenarios()] = Field(default_factory=dict)
    """Scenarios: a list such as [one_year, one_year+grant_by_speed], or a map from names of one's own."""
    grid: Annotated[dict[str, tuple[str, ...]], Grid()] = Field(default_factory=dict)
    """Lists of scenarios by dimension; every combination of one from each list is run."""
    set: Annotated[dict[str, Any], Settings()] = Field(default_factory=dict)
    """Keys of a scenario and their values, set in all scenarios and in the baseline."""
    newcomers_per_year: Annotated[int | None, Sample] = None
    """Size of the simulated sample [people a year]; that of the scenarios if left out."""
    seed: Annotated[int, Seed] = 1
    """Fixes all luck."""
    draws: DrawsFile = DrawsFile.model_validate("point")
    """Values of the uncertain parameters: point (the registry's values), posterior, or a map."""
    replicates: Annotated[int | None, Replicates] = None
    """Runs of each scenario and draw [runs]; 20 without draws, 3 with draws, 10 with a precision to reach."""
    precision: PrecisionFile | None = None
    """Run until a difference is known this well."""
    outcomes: Annotated[tuple[str, ...], Choices(tuple(OUTCOMES))] = DEFAULT_OUTCOMES
    """Outcomes that are compared."""
    months: Annotated[tuple[int, ...] | None, Months()] = None
    """Months since arrival at which outcomes are kept; the end of the follow-up always is."""
    groups: Annotated[tuple[tuple[str, ...], ...], Groups()] = tuple((name,) for name in GROUP_DIMENSIONS)
    """Groups for which results are split: origin, sex, health, education, or lists of them to cross."""
    deadweight: Annotated[bool, Switch()] = True
    """Whether each scenario is also run without grants, which tells what would have been reached anyway."""
    level: Annotated[float, Quantity("share", 0.5, 0.999)] = LEVEL
    """Coverage of the intervals [share]."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield what is lacking for a comparison."""
        if not self.outcomes:
            yield WrongValueError(
                "is an empty list", f"a list of {quoted(list(OUTCOMES))}", path=("outcomes",)
            )
        if not self.scenarios and not self.grid:
            yield WrongValueError("names no scenario", "scenarios: a list, or grid: a map of lists")


def experiment_schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of an experiment file, for editors and other programs."""
    schema = ExperimentFile.model_json_schema(by_alias=True)
    draws = schema["properties"]["draws"]
    schema["properties"]["draws"] = {
        "anyOf": [{"enum": list(WORDS)}, {"$ref": "#/$defs/DrawsFile"}],
        "default": "point",
        "description": draws["description"],
    }
    for name in ("scenarios", "grid", "set"):
        schema["properties"][name].pop("default", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Experiment",
        "description": "Scenarios that are compared with a baseline. See README.md beside this file.",
        "anyOf": [{"required": ["scenarios"]}, {"required": ["grid"]}],
    }


def schema_text() -> str:
    """Return the schema as the text of the committed file."""
    return json.dumps(experiment_schema(), indent=2, ensure_ascii=False) + "\n"
