"""An experiment written down whole, and read back: a batch can be repeated without the files it came from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from ankomst.errors import AnkomstError, OutputError, Problems, show
from ankomst.policy.kinds import Choice, Choices, Quantity
from ankomst.policy.scenario import build_scenario
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.metrics.metric import Month
from ankomst.studies.metrics.summary import PAYERS
from ankomst.studies.schema.experiment import Draws, Experiment, Precision
from ankomst.studies.schema.experiment_file import Replicates, Sample, Seed
from ankomst.studies.schema.experiment_kinds import Groups, Months
from ankomst.studies.schema.strict import Strict, first_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

SAME = (
    "name", "title", "title_da", "source", "baseline", "specs", "seed", "newcomers_per_year", "replicates",
    "deadweight", "level", "document",
)  # fmt: skip
LISTS = ("outcomes", "months", "notes")


class _Part(Strict):
    model_config = ConfigDict(extra="forbid")


class PrecisionRecord(_Part):
    """A precision that was asked for."""

    outcome: Annotated[str, Choice(tuple(OUTCOMES))]
    payer: Annotated[str, Choice(("", *PAYERS))]
    scenario: str | None
    months: Annotated[int, Month] | None
    half_width: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    at_most: Annotated[int, Replicates]
    step: Annotated[int, Replicates]


class DrawsRecord(_Part):
    """Draws of the parameters."""

    kind: Literal["point", "prior", "posterior"]
    names: list[str]
    values: Annotated[list[dict[str, Annotated[float, Field(allow_inf_nan=False)]]], Field(min_length=1)]
    description: dict[str, Any]


class ScenarioRecord(_Part):
    """What a scenario sets, and the hash of the policy that follows from it."""

    policy_hash: str
    sets: dict[str, Any]


class Record(_Part):
    """An experiment as JSON holds it."""

    name: str
    title: str
    title_da: str
    source: str
    baseline: str
    specs: dict[str, str]
    seed: Annotated[int, Seed]
    newcomers_per_year: Annotated[int, Sample]
    replicates: Annotated[int, Replicates]
    deadweight: bool
    level: Annotated[float, Quantity("share", 0.5, 0.999)]
    document: dict[str, Any]
    outcomes: Annotated[tuple[str, ...], Choices(tuple(OUTCOMES))]
    months: Annotated[tuple[int, ...], Months()]
    notes: list[str]
    path: str
    groups: Annotated[tuple[tuple[str, ...], ...], Groups()]
    precision: PrecisionRecord | None
    draws: DrawsRecord
    scenarios: dict[str, ScenarioRecord]

    @model_validator(mode="after")
    def _names_are_known(self) -> Record:
        for name in (self.baseline, *self.specs):
            if name not in self.scenarios:
                raise ValueError(f"there is no scenario {show(name)}")
        return self


def write(experiment: Experiment) -> dict[str, Any]:
    """Return an experiment as JSON holds it.

    Of a scenario only what it sets is written: with `rules: denmark` the rest follows the law.
    """
    found: dict[str, Any] = {name: getattr(experiment, name) for name in SAME}
    found |= {name: list(getattr(experiment, name)) for name in LISTS}
    draws = experiment.draws
    return {
        **found,
        "path": str(experiment.path),
        "groups": [list(group) for group in experiment.groups],
        "precision": None if experiment.precision is None else asdict(experiment.precision),
        "draws": {
            "kind": draws.kind,
            "names": list(draws.names),
            "values": [dict(values) for values in draws.values],
            "description": draws.description,
        },
        "scenarios": {
            name: {
                "policy_hash": scenario.policy_hash,
                "sets": scenario.model_dump(mode="json", exclude_unset=True),
            }
            for name, scenario in experiment.scenarios.items()
        },
    }


def read(content: Mapping[str, Any], where: str) -> Experiment:
    """Return the experiment that was written down.

    Parameters
    ----------
    content : mapping
        From `write`.
    where : str
        The file, for messages.

    Raises
    ------
    OutputError
        Something is missing, or a scenario is not what its hash says: another version, or another table.
    """
    try:
        Record.model_validate(content)
        scenarios = {}
        for name, kept in content["scenarios"].items():
            scenario = build_scenario(kept["sets"], where=f"{where}, scenario {name}")
            if scenario.policy_hash != kept["policy_hash"]:
                raise OutputError(
                    f"the scenario {name} has changed its meaning since the batch was run",
                    where=where,
                    allowed="the version of ankomst in the manifest, and the tables that the scenario names",
                )
            scenarios[name] = scenario
        precision, draws = content["precision"], content["draws"]
        known: dict[str, Any] = {name: content[name] for name in SAME}
        known |= {name: tuple(content[name]) for name in LISTS}
        return Experiment(
            **known,
            path=Path(content["path"]),
            groups=tuple(tuple(group) for group in content["groups"]),
            precision=None if precision is None else Precision(**precision),
            draws=Draws(
                kind=draws["kind"],
                values=tuple(draws["values"]),
                names=tuple(draws["names"]),
                description=draws["description"],
            ),
            scenarios=scenarios,
        )
    except AnkomstError as error:
        problems = Problems()
        for each in error.problems:
            problems.add(each.restated(OutputError, where=each.where or where))
        raise problems.joined() from None
    except ValidationError as problem:
        raise OutputError(
            f"the experiment written down is damaged: {first_problem(problem)}", where=where
        ) from None
