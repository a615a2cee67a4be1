"""The registry of uncertain parameters: value, range, prior, unit, grade and source."""

from __future__ import annotations

import copy
import math
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ankomst.errors import ParameterError, Problems, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.parameter_values import Parameter, ParameterValue, check_value
from ankomst.policy.schema import WrongValueError, WrongValues
from ankomst.policy.yaml_file import YamlFile, read_yaml

PACKAGED = Path(__file__).parent / "data" / "parameters.yaml"
START = PACKAGED.with_name("parameters_start.yaml")
"""The registry before calibration."""
GRADES = ("published", "sign", "report", "pilot", "fitted", "assumption")
"""How well a value is known; fitted takes the place of pilot when a calibration is adopted."""
PRIORS = ("uniform",)
FIXED_GROUPS = ("population", "constants")
"""Groups that are fixed traits and rules: not calibrated, no range needed."""
SET_BY_LEVER = {
    "constants.first_offer_month": "placements.first_offer_month",
    "constants.assessment_months": "assessment.months",
    "constants.guidance_share": "assessment.guidance_share",
    "constants.recognition_month": "assessment.deadline_months",
}
"""Constants that record a lever's default; the lever is what to change."""

_FIELDS = ("value", "range", "prior", "unit", "grade", "source", "integer")


class Registry(Mapping[str, Parameter]):
    """All parameters by dotted name, in the order of the file."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters = dict(parameters)

    def __getitem__(self, name: str) -> Parameter:
        try:
            return self._parameters[name]
        except KeyError:
            near = nearest_parameter(str(name), self._parameters)
            raise ParameterError(f"there is no parameter {show(name)}", nearest=near) from None

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def start_values(self) -> dict[str, Any]:
        """Return name to value, where a run starts from; tables are copies."""
        return {name: copy.deepcopy(parameter.value) for name, parameter in self._parameters.items()}

    def checked(self, values: Mapping[str, Any], *, ranges: bool = True) -> dict[str, Any]:
        """Return values by dotted name after checking name, type and range, or raise ParameterError."""
        valid: dict[str, Any] = {}
        problems = Problems()
        for name, value in values.items():
            with problems.kept():
                try:
                    valid[name] = check_value(self[name], value, ranges=ranges)
                except WrongValueError as wrong:
                    for each in wrong.problems:
                        key = ".".join(("parameters", name, *each.path))
                        problems.add(
                            ParameterError(f"{key} {each.what}", allowed=each.allowed, nearest=each.nearest)
                        )
        problems.settle()
        return valid

    def names_in(self, nested: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield (dotted name, value) of a mapping by group and name."""
        for group, entries in nested.items():
            for name, value in entries.items():
                yield f"{group}.{name}", value


def nearest_parameter(name: str, names: Collection[str]) -> str:
    """Return the nearest name; one without its group is looked for among the last parts."""
    last = {full.rpartition(".")[2]: full for full in names}
    return nearest_name(name, names) or last.get(nearest_name(name, last), "")


@cache
def load_registry(path: Path | None = None) -> Registry:
    """Load the packaged registry, or a user's own file of the same form.

    Raises
    ------
    ParameterError
        The file is missing or wrong; the message names file, line and key.
    """
    file = read_yaml(PACKAGED if path is None else Path(path), ParameterError)
    parameters: dict[str, Parameter] = {}
    for group, entries in file.data.items():
        if not isinstance(entries, dict):
            raise _error(file, (group,), "must be a map of parameters")
        for name, entry in entries.items():
            parameters[f"{group}.{name}"] = _parameter(file, group, name, entry)
    return Registry(parameters)


def ranged(registry: Registry | None = None) -> tuple[str, ...]:
    """Return the parameters with a range, and so with a prior and a posterior, in the registry's order."""
    return tuple(name for name, each in (registry or load_registry()).items() if each.range is not None)


def uncalibrated_values() -> dict[str, float]:
    """Return the values before calibration of every parameter with a range, by dotted name.

    They can be passed as `parameters` wherever a draw can, such as to `simulate` and `compare`.
    """
    registry = load_registry(START)
    return {name: registry[name].value for name in ranged(registry)}


def check_overrides(value: object) -> dict[str, Any]:
    """Return parameters by dotted name from a scenario's `parameters` section or raise `WrongValueError`."""
    registry = load_registry()
    groups = list(dict.fromkeys(name.partition(".")[0] for name in registry))
    if not isinstance(value, Mapping):
        raise WrongValueError(
            f"must be a map, not {show(value)}", f"a map with the groups {', '.join(groups)}"
        )
    overrides: dict[str, Any] = {}
    wrong = WrongValues()
    for group, entries in value.items():
        with wrong.kept(str(group)):
            if group not in groups:
                nested = str(group).replace(".", ": {", 1) + ": VALUE}"
                dotted = group in registry
                raise WrongValueError(
                    f"has the dotted name {show(group)}"
                    if dotted
                    else f"has the unknown group {show(group)}",
                    f"written as {nested}" if dotted else ", ".join(groups),
                    "" if dotted else nearest_name(str(group), groups),
                )
            if not isinstance(entries, Mapping):
                raise WrongValueError(f"must be a map of parameters, not {show(entries)}", "a map of names")
            for name, entry in entries.items():
                with wrong.kept(str(group), str(name)):
                    overrides[f"{group}.{name}"] = _override(registry, group, str(name), entry)
    wrong.settle()
    return overrides


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted names into a mapping by group and name, sorted: the order of writing does not matter."""
    nested: dict[str, Any] = {}
    for name in sorted(values):
        group, _, key = name.partition(".")
        nested.setdefault(group, {})[key] = values[name]
    return nested


def _override(registry: Registry, group: str, name: str, value: object) -> ParameterValue:
    full = f"{group}.{name}"
    if full not in registry:
        names = [known.partition(".")[2] for known in registry if known.startswith(f"{group}.")]
        near = nearest_name(name, names) or nearest_name(
            name, [known.partition(".")[2] for known in registry]
        )
        raise WrongValueError("is not a known parameter", ", ".join(names), near)
    if full in SET_BY_LEVER:
        raise WrongValueError("is set by a lever", f"the key {SET_BY_LEVER[full]}", SET_BY_LEVER[full])
    return check_value(registry[full], value)


def _parameter(file: YamlFile, group: str, name: str, entry: object) -> Parameter:
    path = (group, name)
    if not isinstance(entry, dict):
        raise _error(file, path, "must be a map", f"a map of {', '.join(_FIELDS)}")
    for key in entry:
        if key not in _FIELDS:
            raise _error(
                file, (*path, key), "is not a known key", ", ".join(_FIELDS), nearest_name(key, _FIELDS)
            )
    if "value" not in entry:
        raise _error(file, path, "lacks a value")
    value, bounds = entry["value"], entry.get("range")
    numeric = _is_number(value)
    if not numeric and not (isinstance(value, dict) and value and _is_table(value)):
        raise _error(file, (*path, "value"), f"is {show(value)}", "a number or a table of numbers")
    if bounds is not None and not (
        isinstance(bounds, list) and len(bounds) == 2 and all(map(_is_number, bounds))
    ):
        raise _error(file, (*path, "range"), f"is {show(bounds)}", "[lowest, highest] or null")
    for key in ("prior", "unit", "grade", "source"):
        if not isinstance(entry.get(key, ""), str):
            raise _error(file, (*path, key), f"is {show(entry[key])}", "text")
    if not isinstance(entry.get("integer", False), bool):
        raise _error(file, (*path, "integer"), f"is {show(entry['integer'])}", "true or false")
    return Parameter(
        name=f"{group}.{name}",
        value=(int(value) if entry.get("integer") and value == int(value) else float(value))
        if numeric
        else value,
        range=None if bounds is None else (float(bounds[0]), float(bounds[1])),
        prior=entry.get("prior", "uniform"),
        unit=entry.get("unit", ""),
        grade=entry.get("grade", ""),
        source=entry.get("source", ""),
        integer=entry.get("integer", False),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_table(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_table, value.values()))
    return all(map(_is_number, value)) if isinstance(value, list) else _is_number(value)


def _error(
    file: YamlFile, path: tuple[str, ...], what: str, allowed: str = "", nearest: str = ""
) -> ParameterError:
    line = next((file.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in file.lines), 1)
    return ParameterError(
        f"{'.'.join(path)} {what}",
        where=f"{display_path(file.path)}, line {line}",
        allowed=allowed,
        nearest=nearest,
    )
