"""An experiment written down whole, and read back: a batch can be repeated without the files it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, field_validator

from ankomst.errors import AnkomstError, OutputError, Problems, show
from ankomst.policy.scenario import build_scenario
from ankomst.policy.schema import WrongValueError
from ankomst.studies.design.parameter_draws import Draws
from ankomst.studies.schema.experiment import Experiment, Loaded
from ankomst.studies.schema.strict import Strict, first_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ankomst.policy.scenario import Scenario


class DrawsRecord(Strict):
    """Draws of the parameters."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["point", "prior", "posterior"]
    names: list[str]
    values: Annotated[list[dict[str, Annotated[float, Field(allow_inf_nan=False)]]], Field(min_length=1)]
    description: dict[str, Any]


class ScenarioRecord(Strict):
    """What a scenario sets, and the hash of the policy that follows from it."""

    model_config = ConfigDict(extra="forbid")

    policy_hash: str
    sets: dict[str, Any]

    def built(self, name: str, where: str) -> Scenario:
        """Return the scenario, if it is still what its hash says."""
        scenario = build_scenario(self.sets, where=f"{where}, scenario {name}")
        if scenario.policy_hash != self.policy_hash:
            raise OutputError(
                f"the scenario {name} has changed its meaning since the batch was run", where=where,
                allowed="the version of ankomst in the manifest, and the tables that the scenario names",
            )  # fmt: skip
        return scenario


class Record(Loaded):
    """An experiment as JSON holds it."""

    draws: DrawsRecord
    scenarios: dict[str, ScenarioRecord]

    @field_validator("precision", mode="before")
    @classmethod
    def _as_in_a_file(cls, value: object) -> object:
        """Leave out the keys of a precision that its file left out."""
        return {k: v for k, v in value.items() if v not in {None, ""}} if isinstance(value, dict) else value

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield names of scenarios that are not there."""
        for name in (self.baseline, *self.specs):
            if name not in self.scenarios:
                yield WrongValueError(f"there is no scenario {show(name)}")


def write(experiment: Experiment) -> dict[str, Any]:
    """Return an experiment as JSON holds it.

    Of a scenario only what it sets is written: with `rules: denmark` the rest follows the law.
    """
    draws = experiment.draws
    return {
        **experiment.model_dump(mode="json", exclude={"scenarios", "draws"}),
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
        record = Record.model_validate(content)
        scenarios = {name: kept.built(name, where) for name, kept in record.scenarios.items()}
    except AnkomstError as error:
        problems = Problems()
        for each in error.problems:
            problems.add(each.restated(OutputError, where=each.where or where))
        raise problems.joined() from None
    except ValidationError as problem:
        raise OutputError(
            f"the experiment written down is damaged: {first_problem(problem)}", where=where
        ) from None
    draws = content["draws"]  # as it was written: a whole number stays one
    names, values = tuple(draws["names"]), tuple(draws["values"])
    known = {key: getattr(record, key) for key in Loaded.model_fields}
    drawn = Draws(draws["kind"], values, names, draws["description"])
    return Experiment(**known, scenarios=scenarios, draws=drawn)
