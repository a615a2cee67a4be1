"""The kinds of values in an experiment file: scenarios, grids, settings, months, groups, patterns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ankomst.errors import nearest_name, show
from ankomst.policy import layers
from ankomst.policy.kinds import Choice, Quantity, quoted
from ankomst.policy.places import COMMANDS, scenario_name
from ankomst.policy.schema import Kind, WrongValueError, WrongValues, found_value, mapping
from ankomst.simulation.accounts import GROUP_DIMENSIONS
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.metrics.metric import Month
from ankomst.studies.metrics.pairs import NET_COST
from ankomst.studies.metrics.summary import DKK

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

KINDS = tuple(COMMANDS)
MOST_SCENARIOS = 10_000
LONGEST_NAME = 120
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
        seen: set[str] = set()
        wrong = WrongValues()
        for path, _ in layers.flatten(found):
            key = ".".join(path)
            if key in seen:
                wrong.add(WrongValueError(f"sets {show(key, 80)} twice", "every key once"), *path)
            seen.add(key)
        wrong.settle()
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
        wrong = WrongValues()
        if isinstance(value, list | tuple):
            for k, item in enumerate(value):
                with wrong.kept(str(k)):
                    spec = _spec(item)
                    name = _name(scenario_name(spec))
                    if name in found:
                        raise WrongValueError(f"names {show(name, 80)} twice", "every scenario once")
                    found[name] = Entry(spec)
            wrong.settle()
            return found
        forms = f"a list of scenarios, or a map NAME: {_FORMS}"
        if not isinstance(value, dict):
            raise WrongValueError(f"must be a list or a map, not {found_value(value)}", forms)
        for name, item in value.items():
            with wrong.kept(name):
                found[_name(name)] = self._entry(item)
        wrong.settle()
        return found

    def _entry(self, item: object) -> Entry:
        if isinstance(item, str):
            return Entry(_spec(item))
        if not isinstance(item, dict):
            raise WrongValueError(f"must be a scenario, not {found_value(item)}", _FORMS)
        wrong, spec, own = WrongValues(), "", {}
        for key in item:
            if key not in {"scenario", "set"}:
                near = nearest_name(key, ("scenario", "set"))
                wrong.add(WrongValueError(f"has the unknown key {show(key)}", "scenario, set", near), key)
        if "scenario" in item:
            with wrong.kept("scenario"):
                spec = _spec(item["scenario"])
        else:
            wrong.add(WrongValueError("lacks the key 'scenario'", "a map of scenario and set"))
        with wrong.kept("set"):
            own = Settings().check(item.get("set", {}))
        wrong.settle()
        return Entry(spec, own)

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
        wrong = WrongValues()
        for name, items in mapping(value, allowed).items():
            specs: list[str] = []
            if not isinstance(items, list | tuple) or not items:
                what = "is an empty list" if items == [] else f"must be a list, not {found_value(items)}"
                wrong.add(WrongValueError(what, "a list of scenarios"), name)
                continue
            for k, item in enumerate(items):
                with wrong.kept(name, str(k)):
                    spec = _spec(item)
                    if spec in specs:
                        raise WrongValueError(f"names {show(spec, 80)} twice", "every scenario once")
                    specs.append(spec)
            found[name] = tuple(specs)
            count *= len(specs)
        wrong.settle()
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
        wrong = WrongValues()
        for k, item in enumerate(value):
            with wrong.kept(str(k)):
                month = int(Month.number(item))
                if month in found:
                    raise WrongValueError(f"names {month} twice", "every month once")
                found.append(month)
        wrong.settle()
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
        wrong = WrongValues()
        for k, item in enumerate(value):
            parts = item if isinstance(item, list | tuple) else (item,)
            unknown = [name for name in parts if name not in names]
            for name in unknown:
                near = nearest_name(str(name), names)
                wrong.add(WrongValueError(f"holds {found_value(name)}", allowed, near), str(k))
            split = tuple(name for name in names if name in parts)
            if not parts or len(split) + len(unknown) != len(parts):
                what = "names a dimension twice" if parts else "holds an empty list"
                wrong.add(WrongValueError(what, allowed), str(k))
            elif split in found and not unknown:
                wrong.add(WrongValueError(f"names {' x '.join(split)} twice", allowed), str(k))
            found.append(split)
        wrong.settle()
        return tuple(found)

    def json_schema(self) -> JsonSchemaValue:
        """Return names and lists of names."""
        name = {"enum": list(GROUP_DIMENSIONS)}
        several = {"type": "array", "items": name, "minItems": 1, "uniqueItems": True}
        return {"type": "array", "items": {"anyOf": [name, several]}, "uniqueItems": True}


@dataclass(frozen=True)
class ByOutcome(Kind):
    """A number above zero for some outcomes, in the unit of each."""

    def check(self, value: object) -> dict[str, float]:
        """Return the number of each outcome."""
        found: dict[str, float] = {}
        wrong = WrongValues()
        for name, number in mapping(value, "a map such as {employment_rate: 0.005}").items():
            with wrong.kept(name):
                if name not in OUTCOMES:
                    near = nearest_name(name, OUTCOMES)
                    raise WrongValueError("is no outcome", quoted(list(OUTCOMES)), near)
                unit = DKK if name == NET_COST else OUTCOMES[name].unit
                found[name] = Quantity(unit, 1e-6, 1e9).number(number)
        wrong.settle()
        return found

    def json_schema(self) -> JsonSchemaValue:
        """Return a map from outcomes to numbers."""
        number = {"type": "number", "exclusiveMinimum": 0}
        return {
            "type": "object", "properties": dict.fromkeys(OUTCOMES, number), "additionalProperties": False,
        }  # fmt: skip


@dataclass(frozen=True)
class Patterns(Kind):
    """Names of parameters, with * for any part of a name."""

    def check(self, value: object) -> tuple[str, ...]:
        """Return the patterns; what they match is checked where values are drawn."""
        allowed = "a list of names such as job_finding.b_language or municipality.*"
        if not isinstance(value, list | tuple) or not value:
            found = "an empty list" if value in ([], ()) else found_value(value)
            raise WrongValueError(f"must be a list of names, not {found}", allowed)
        wrong = WrongValues()
        for k, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                wrong.add(WrongValueError(f"holds {found_value(item)}", allowed), str(k))
        wrong.settle()
        return tuple(item.strip() for item in value)

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of text."""
        return {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}


def _spec(item: object) -> str:
    if not isinstance(item, str) or not item.strip():
        raise WrongValueError(f"must hold names of scenarios, not {found_value(item)}", _SPEC)
    return item.strip()


def _name(name: str) -> str:
    """Refuse names that could not stand in a table or in the name of a file."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or set(name) & set('/\\:*?"<>|'):
        raise WrongValueError(
            f"holds the name {show(name)}",
            f'up to {LONGEST_NAME} characters, without / \\ : * ? " < > |',
        )
    return name
