"""The kinds of values in an experiment file: scenarios, grids, settings, months, groups, patterns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ankomst.errors import nearest_name, show
from ankomst.policy import layers
from ankomst.policy.kinds import Choice, Quantity, quoted
from ankomst.policy.places import scenario_name
from ankomst.policy.schema import Kind, WrongValueError, found_value, mapping
from ankomst.simulation.accounts import GROUP_DIMENSIONS

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

KINDS = ("batch", "calibration", "validation", "sensitivity", "decision")
COMMANDS = {
    "batch": "batch", "calibration": "calibrate", "validation": "validate", "sensitivity": "sensitivity",
    "decision": "decide",
}  # fmt: skip
"""The command that runs each kind."""
MOST_SCENARIOS = 10_000
LONGEST_NAME = 120
Month = Quantity("months since arrival", 1, 240, whole=True)
_SPEC = "a scenario such as one_year or one_year+grant_by_speed"
_FORMS = f"{_SPEC}, or a map of scenario and set"


@dataclass(frozen=True)
class Entry:
    """One scenario of an experiment: its files, and what is set in it alone."""

    spec: str
    set: dict[str, Any] = field(default_factory=dict)


def check_kind(value: object, wanted: str) -> str:
    """Return the kind of an experiment file where it is the wanted one, else say which command runs it."""
    found = str(Choice(KINDS).check(value))
    if found != wanted:
        raise WrongValueError(f"is {found}, which `ankomst {COMMANDS[found]} FILE` runs", wanted)
    return found


@dataclass(frozen=True)
class KindOfStudy(Kind):
    """The kind of an experiment file, where it must be the one of its model."""

    kind: str

    def check(self, value: object) -> object:
        """Return the word."""
        return check_kind(value, self.kind)

    def json_schema(self) -> JsonSchemaValue:
        """Return the word."""
        return {"const": self.kind}


@dataclass(frozen=True)
class Settings(Kind):
    """Values set in scenarios: dotted keys, or maps within each other, or both."""

    def check(self, value: object) -> dict[str, Any]:
        """Return the mapping; the same key twice is an error. The scenario checks keys and values."""
        found = mapping(value, "a map of scenario keys, such as {danish.right_months: 60}")
        seen: dict[str, tuple[str, ...]] = {}
        for path, _ in layers.flatten(found):
            key = ".".join(path)
            if key in seen:
                raise WrongValueError(f"sets {show(key, 80)} twice", "every key once", path=path)
            seen[key] = path
        return found

    def json_schema(self) -> JsonSchemaValue:
        """Return a map of anything."""
        return {"type": "object"}


@dataclass(frozen=True)
class Scenarios(Kind):
    """A list of scenarios, or a map from names of one's own to scenarios."""

    def check(self, value: object) -> dict[str, Entry]:
        """Return name to entry, in the order of the file."""
        found: dict[str, Entry] = {}
        if isinstance(value, list | tuple):
            for k, item in enumerate(value):
                spec = _spec(item, (str(k),))
                name = _name(scenario_name(spec), (str(k),))
                if name in found:
                    raise WrongValueError(
                        f"names {show(name, 80)} twice", "every scenario once", path=(str(k),)
                    )
                found[name] = Entry(spec)
            return found
        forms = f"a list of scenarios, or a map NAME: {_FORMS}"
        if not isinstance(value, dict):
            raise WrongValueError(f"must be a list or a map, not {found_value(value)}", forms)
        for name, item in value.items():
            found[_name(name, (name,))] = self._entry(name, item)
        return found

    def _entry(self, name: str, item: object) -> Entry:
        if isinstance(item, str):
            return Entry(_spec(item, (name,)))
        if not isinstance(item, dict):
            raise WrongValueError(f"must be a scenario, not {found_value(item)}", _FORMS, path=(name,))
        for key in item:
            if key not in {"scenario", "set"}:
                raise WrongValueError(
                    f"has the unknown key {show(key)}", "scenario, set",
                    nearest_name(key, ("scenario", "set")), (name, key),
                )  # fmt: skip
        if "scenario" not in item:
            raise WrongValueError("lacks the key 'scenario'", "a map of scenario and set", path=(name,))
        try:
            own = Settings().check(item.get("set", {}))
        except WrongValueError as problem:
            path = (name, "set", *problem.path)
            raise WrongValueError(problem.what, problem.allowed, problem.nearest, path) from None
        return Entry(_spec(item["scenario"], (name, "scenario")), own)

    def json_schema(self) -> JsonSchemaValue:
        """Return the list and the map."""
        text = {"type": "string", "minLength": 1}
        entry = {
            "type": "object",
            "properties": {"scenario": text, "set": Settings().json_schema()},
            "required": ["scenario"],
            "additionalProperties": False,
        }
        names = {"type": "object", "additionalProperties": {"anyOf": [text, entry]}}
        return {"anyOf": [{"type": "array", "items": text, "uniqueItems": True}, names]}


@dataclass(frozen=True)
class Grid(Kind):
    """Dimensions with the scenarios of each; every combination of one from each is run."""

    def check(self, value: object) -> dict[str, tuple[str, ...]]:
        """Return name of dimension to scenarios."""
        allowed = "a map from the name of a dimension to a list of scenarios"
        found: dict[str, tuple[str, ...]] = {}
        count = 1
        for name, items in mapping(value, allowed).items():
            if not isinstance(items, list | tuple) or not items:
                what = "is an empty list" if items == [] else f"must be a list, not {found_value(items)}"
                raise WrongValueError(what, "a list of scenarios", path=(name,))
            specs = tuple(_spec(item, (name, str(k))) for k, item in enumerate(items))
            for k, spec in enumerate(specs):
                if spec in specs[:k]:
                    raise WrongValueError(
                        f"names {show(spec, 80)} twice", "every scenario once", path=(name, str(k))
                    )
            found[name] = specs
            count *= len(specs)
        if count > MOST_SCENARIOS:
            raise WrongValueError(f"has {count:,} combinations", f"at most {MOST_SCENARIOS:,}")
        return found

    def json_schema(self) -> JsonSchemaValue:
        """Return a map of lists."""
        items = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
        return {"type": "object", "additionalProperties": items}


@dataclass(frozen=True)
class Months(Kind):
    """Months since arrival."""

    def check(self, value: object) -> tuple[int, ...]:
        """Return the months in order."""
        if not isinstance(value, list | tuple):
            raise WrongValueError(f"must be a list, not {found_value(value)}", "a list such as [12, 36, 120]")
        found: list[int] = []
        for k, item in enumerate(value):
            try:
                month = int(Month.number(item))
            except WrongValueError as problem:
                raise WrongValueError(problem.what, problem.allowed, problem.nearest, (str(k),)) from None
            if month in found:
                raise WrongValueError(f"names {month} twice", "every month once", path=(str(k),))
            found.append(month)
        return tuple(sorted(found))

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of whole numbers."""
        return {"type": "array", "items": Month.json_schema(), "uniqueItems": True}


@dataclass(frozen=True)
class Groups(Kind):
    """Dimensions by which results are split, or lists of dimensions that are crossed."""

    def check(self, value: object) -> tuple[tuple[str, ...], ...]:
        """Return the splits; a crossing names its dimensions in their usual order."""
        names = tuple(GROUP_DIMENSIONS)
        allowed = f"a list of {quoted(names)}, or of lists of them to cross; [] for none"
        if not isinstance(value, list | tuple):
            raise WrongValueError(f"must be a list, not {found_value(value)}", allowed)
        found: list[tuple[str, ...]] = []
        for k, item in enumerate(value):
            parts = item if isinstance(item, list | tuple) else (item,)
            for name in parts:
                if name not in names:
                    near = nearest_name(str(name), names)
                    raise WrongValueError(f"holds {found_value(name)}", allowed, near, (str(k),))
            split = tuple(name for name in names if name in parts)
            if not parts or len(split) != len(parts):
                what = "names a dimension twice" if parts else "holds an empty list"
                raise WrongValueError(what, allowed, path=(str(k),))
            if split in found:
                raise WrongValueError(f"names {' x '.join(split)} twice", allowed, path=(str(k),))
            found.append(split)
        return tuple(found)

    def json_schema(self) -> JsonSchemaValue:
        """Return names and lists of names."""
        name = {"enum": list(GROUP_DIMENSIONS)}
        several = {"type": "array", "items": name, "minItems": 1, "uniqueItems": True}
        return {"type": "array", "items": {"anyOf": [name, several]}, "uniqueItems": True}


@dataclass(frozen=True)
class Patterns(Kind):
    """Names of parameters, with * for any part of a name."""

    def check(self, value: object) -> tuple[str, ...]:
        """Return the patterns; what they match is checked where values are drawn."""
        allowed = "a list of names such as job_finding.b_language or municipality.*"
        if not isinstance(value, list | tuple) or not value:
            found = "an empty list" if value in ([], ()) else found_value(value)
            raise WrongValueError(f"must be a list of names, not {found}", allowed)
        for k, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                raise WrongValueError(f"holds {found_value(item)}", allowed, path=(str(k),))
        return tuple(item.strip() for item in value)

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of text."""
        return {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}


def _spec(item: object, path: tuple[str, ...]) -> str:
    if not isinstance(item, str) or not item.strip():
        raise WrongValueError(f"must hold names of scenarios, not {found_value(item)}", _SPEC, path=path)
    return item.strip()


def _name(name: str, path: tuple[str, ...]) -> str:
    """Refuse names that could not stand in a table or in the name of a file."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or set(name) & set('/\\:*?"<>|'):
        raise WrongValueError(
            f"holds the name {show(name)}",
            f'up to {LONGEST_NAME} characters, without / \\ : * ? " < > |',
            path=path,
        )
    return name
