"""A change: something in scenarios that a study varies besides the uncertain parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ankomst.policy.levers.grants import ResultGrant
from ankomst.policy.scenario import load_scenario
from ankomst.simulation.deadweight import scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.scenario import Scenario

GRANTS = "result_grants"
_PEOPLE = ("population", "municipalities", "dispersal")


class Perturbation(Protocol):
    """What a study varies; must be picklable.

    Attributes
    ----------
    scenarios : tuple of str
        Names of the scenarios that it changes.
    people : bool
        Whether it may change who arrives where.
    """

    @property
    def scenarios(self) -> tuple[str, ...]: ...  # noqa: D102 - described above
    @property
    def people(self) -> bool: ...  # noqa: D102

    def takes(self, key: str) -> bool:
        """Whether a key of a draw is meant for it."""
        ...

    def applied(self, scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
        """Return a scenario with the values of its keys."""
        ...


@dataclass(frozen=True)
class KeyChange:
    """One key of scenarios.

    Attributes
    ----------
    name : str
        Key of the draw.
    key : str
        Dotted key of a scenario; `result_grants` multiplies all amounts of the grants by the value.
    scenarios : tuple of str
    whole : bool
        Whether the key takes whole numbers only.
    """

    name: str
    key: str
    scenarios: tuple[str, ...]
    whole: bool = False

    @property
    def people(self) -> bool:
        """Whether it may change who arrives where."""
        return self.key.partition(".")[0] in _PEOPLE or self.key.startswith("parameters.population")

    def takes(self, key: str) -> bool:
        """Whether a key of a draw is meant for it."""
        return key == self.name

    def applied(self, scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
        """Return a scenario with the value."""
        value = float(values[self.name])
        if self.key == GRANTS:
            grants = tuple(scaled(grant, value) for grant in scenario.result_grants)
            return scenario.model_copy(update={"result_grants": grants})
        return load_scenario(scenario, {self.key: round(value) if self.whole else value})


@dataclass(frozen=True)
class GrantsChange:
    """The result grants of scenarios, as JSON text: a list of grants as a scenario file has them."""

    scenarios: tuple[str, ...]
    people: bool = False

    def takes(self, key: str) -> bool:
        """Whether a key of a draw holds grants."""
        return key == GRANTS

    def applied(self, scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
        """Return a scenario with these grants."""
        grants = tuple(ResultGrant.model_validate(each) for each in json.loads(values[GRANTS]))
        return scenario.model_copy(update={"result_grants": grants})


def grants_text(grants: Sequence[ResultGrant]) -> str:
    """Return grants as the text that a draw holds."""
    return json.dumps([grant.model_dump(mode="json") for grant in grants], sort_keys=True)
