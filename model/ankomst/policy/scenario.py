"""A scenario: load, extend, compose, override, validate, hash, compare."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from ankomst.errors import DataError, ScenarioError, show
from ankomst.policy import layers, levers
from ankomst.policy.grants import ResultGrant, grants_2013
from ankomst.policy.kinds import Day, Quantity, Switch, Text
from ankomst.policy.parameters import check_overrides, load_registry, nest
from ankomst.policy.schema import Frozen
from ankomst.policy.translate import model_at, scenario_error
from ankomst.policy.yaml_file import KeyPath, parse_value


class Scenario(Frozen):
    """What policy holds in a run. Field names are the keys of the scenario file."""

    title: Annotated[str, Text(1000)] = "Three-year introduction period"
    """Title in English."""
    title_da: Annotated[str, Text(1000)] = "Treårig introduktionsperiode"
    """Title in Danish."""
    source: Annotated[str, Text(5000)] = ""
    """The document and recommendation behind the scenario."""
    date: Annotated[dt.date, Day()] = levers.REFERENCE_DATE
    """Date of the rules and rates in force."""
    interactions: Annotated[bool, Switch()] = True
    """Whether newcomers affect each other through crowding, peers and scarce places."""
    introduction_period: levers.IntroductionPeriod = levers.IntroductionPeriod()
    ordinary_system: levers.OrdinarySystem = levers.OrdinarySystem()
    danish: levers.Danish = levers.Danish()
    placements: levers.Placements = levers.Placements()
    result_grants: tuple[ResultGrant, ...] = grants_2013()
    """Result grants (resultattilskud); the default is the rule of 2013, [] is none."""
    bonus_extra_job: Annotated[float | None, Quantity("DKK", 0, 1_000_000, null=True)] = None
    """Bonus for each person in work more than the year before [DKK]; null is the rate of the date."""
    benefits: levers.Benefits = levers.Benefits()
    national_demand: Annotated[float | dict[dt.date, float], levers.DemandKind()] = 0.0
    """Labour demand against the reference [percentage points of employment], one number or by date."""
    population: levers.Population = levers.Population()
    municipalities: levers.Municipalities = levers.Municipalities()
    horizon: levers.Horizon = levers.Horizon()
    accounts: levers.Accounts = levers.Accounts()
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Values of uncertain parameters that differ from the registry's, by group and name."""

    @field_validator("parameters", mode="before")
    @classmethod
    def _known_parameters(cls, value: object) -> dict[str, Any]:
        return nest(check_overrides(value))

    @property
    def policy_hash(self) -> str:
        """Return the SHA-256 (hex) of everything in the scenario that affects results."""
        content: dict[str, Any] = self.model_dump(mode="json", exclude=set(layers.METADATA))
        table = self.population.municipalities
        if table is not None:
            content["population"]["municipalities"] = _digest(table)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def __hash__(self) -> int:
        return hash(self.policy_hash)

    def parameter_values(self, draw: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return all parameters by dotted name.

        Parameters
        ----------
        draw
            Values that take the place of the registry's start values, such as a draw from the prior or
            posterior. What the scenario itself sets holds above the draw.

        Returns
        -------
        dict
            A fresh dictionary; population entries are mappings.
        """
        registry = load_registry()
        values = registry.start_values()
        values.update(registry.checked(draw or {}, ranges=False))
        values.update(registry.checked(dict(registry.names_in(self.parameters)), ranges=False))
        return values

    def with_parameters(self, values: Mapping[str, Any], *, ranges: bool = True) -> Scenario:
        """Return the scenario with further parameter values by dotted name.

        Parameters
        ----------
        values
            Dotted name to value.
        ranges
            Refuse values outside the registry's ranges. Limits and closed forms (a hazard of zero, say) lie
            outside on purpose: switch it off for them only.
        """
        registry = load_registry()
        present = dict(registry.names_in(self.parameters))
        present.update(registry.checked(values, ranges=ranges))
        return self.model_copy(update={"parameters": nest(present)})


def load_scenario(
    spec: str | os.PathLike[str] | Scenario, overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """Load a scenario file or a composition.

    Parameters
    ----------
    spec
        A path, or paths and names joined by '+', with or without '.yaml'. Bare names are looked for beside
        the first file and in ./scenarios. A scenario is returned as it is, or with the overrides.
    overrides
        Dotted key to value, such as ``{"danish.right_months": 60}``. They hold above the files.

    Raises
    ------
    ScenarioError
        Anything about the files, the composition or the overrides is wrong. The message is one sentence.
    """
    if isinstance(spec, Scenario):
        if not overrides:
            return spec
        return build_scenario(spec.model_dump(), overrides, where=f"scenario {show(spec.title)}")
    text = os.fspath(spec)
    layer, metadata = layers.read_composition(text)
    layer.data.update(metadata)
    folder = layers.resolve(text)[0].parent
    return _build(layer, overrides, folder)


def build_scenario(
    data: Mapping[str, Any], overrides: Mapping[str, Any] | None = None, *, where: str = "scenario"
) -> Scenario:
    """Build a scenario from a nested mapping instead of a file; errors as for `load_scenario`."""
    layer = layers.Layer()
    layer.put(layers.Layer(dict(data), {(str(key),): where for key in data}))
    return _build(layer, overrides, Path())


def reference_policy() -> Scenario:
    """Return the reference policy `three_year+grant_2013` at 2013-07-01, never the user's baseline."""
    return Scenario()


def parse_override(text: str) -> tuple[str, Any]:
    """Split 'key=value' as given to ``--set`` and read the value as YAML.

    Examples
    --------
    >>> parse_override("danish.right_months=60")
    ('danish.right_months', 60)
    """
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise ScenarioError(
            f"the override {show(text)} is not of the form KEY=VALUE",
            allowed="such as danish.right_months=60",
        )
    return key.strip(), parse_value(value, f"override {key.strip()[:80]}")


def diff(base: Scenario, alt: Scenario) -> list[tuple[str, Any, Any]]:
    """List the policy keys on which two scenarios differ, as (key, value in base, value in alt).

    Titles and sources are left out; a list of grants counts as one key; parameters are compared by value.
    """
    one, two = _leaves(base), _leaves(alt)
    keys = [*one, *(key for key in two if key not in one)]
    return [(key, one.get(key), two.get(key)) for key in keys if one.get(key) != two.get(key)]


def _leaves(scenario: Scenario) -> dict[str, Any]:
    content = scenario.model_dump(mode="json", exclude={*layers.METADATA, "parameters", "national_demand"})
    leaves = {".".join(path): value for path, value in layers.flatten(content)}
    leaves["national_demand"] = scenario.national_demand
    leaves.update({f"parameters.{name}": value for name, value in scenario.parameter_values().items()})
    return leaves


def _build(layer: layers.Layer, overrides: Mapping[str, Any] | None, folder: Path) -> Scenario:
    for key, value in (overrides or {}).items():
        _override(layer, str(key), value, folder)
    try:
        return Scenario.model_validate(layer.data)
    except ValidationError as error:
        raise scenario_error(error, Scenario, layer.place) from None


def _override(layer: layers.Layer, key: str, value: object, folder: Path) -> None:
    """Set one dotted key; a mapping for a section merges, every other value replaces."""
    where = f"override {show(key, 100)}"
    path: KeyPath = tuple(key.split("."))
    if not all(path):
        raise ScenarioError("the key has an empty part", where=where, allowed="such as danish.right_months")
    if path == ("extends",) or (len(path) > 1 and path[0] == "result_grants"):
        raise ScenarioError(
            "cannot be set by an override",
            where=where,
            allowed="result_grants as a whole list" if path[0] == "result_grants" else "",
        )
    if path == layers.TABLE_KEY and isinstance(value, str):
        value = layers.inside_folder(value, folder, where, key, "a table")
    section = path[0] == "parameters" or model_at(Scenario, path) is not None
    if isinstance(value, Mapping) and section and value and path != ("result_grants",):
        for name, item in value.items():
            _override(layer, f"{key}.{name}", item, folder)
        return
    new: Any = value
    for part in reversed(path):
        new = {part: new}
    old: Any = layer.data
    for part in path[:-1]:
        old = old.get(part) if isinstance(old, dict) else None
    if isinstance(old, dict):
        old.pop(path[-1], None)
    layer.put(layers.Layer(new, {path: where}))


def _digest(table: Path) -> str:
    try:
        return hashlib.sha256(table.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(
            f"the table of municipalities cannot be read ({error.strerror})", where=str(table)
        ) from None
