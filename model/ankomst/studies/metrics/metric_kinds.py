"""Metrics as they stand in files: short text, or a map with one key for each part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ankomst.errors import nearest_name, show
from ankomst.policy.kinds import quoted
from ankomst.policy.schema import Kind, WrongValueError, WrongValues, found_value, mapping
from ankomst.simulation.accounts import GROUP_DIMENSIONS
from ankomst.studies.metrics.metric import (
    FORMS,
    MUNICIPALITY,
    PATTERN,
    Metric,
    parse,
)

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

AGES = {(25, 64): "25-64"}
SETTINGS = (MUNICIPALITY, "age", "hours", "across", "discounted", "arrived")
RANGES = ("age", "arrived")
"""Keys whose list has a first and a last."""
KEYS = ("outcome", "months", "year", "payer", "item", "group", *SETTINGS)


@dataclass(frozen=True)
class Members(Kind):
    """Whom a figure is about: words by dimension, such as {origin: refugee, sex: male}."""

    def check(self, value: object) -> dict[str, tuple[str, ...]]:
        """Return the words of each dimension."""
        found: dict[str, tuple[str, ...]] = {}
        wrong = WrongValues()
        for name, item in mapping(value, "a map such as {origin: refugee}").items():
            known = GROUP_DIMENSIONS.get(name)
            if known is None:
                near = nearest_name(name, GROUP_DIMENSIONS)
                said = f"has the unknown key {show(name)}"
                wrong.add(WrongValueError(said, quoted(list(GROUP_DIMENSIONS)), near), name)
                continue
            words = item if isinstance(item, list | tuple) else [item]
            for word in words:
                if word not in known:
                    near = nearest_name(str(word), known)
                    wrong.add(WrongValueError(f"holds {found_value(word)}", quoted(known), near), name)
            found[name] = tuple(map(str, words))
        wrong.settle()
        return found

    def json_schema(self) -> JsonSchemaValue:
        """Return a map of words or lists of words."""
        return {
            "type": "object",
            "properties": {
                name: {"anyOf": [{"enum": list(words)}, {"type": "array", "items": {"enum": list(words)}}]}
                for name, words in GROUP_DIMENSIONS.items()
            },
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class AgeRange(Kind):
    """Age at the time, from and to."""

    def check(self, value: object) -> tuple[int, int] | None:
        """Return the range."""
        if value is None:
            return None
        if isinstance(value, list | tuple) and tuple(value) in list(AGES):
            return (int(value[0]), int(value[1]))
        raise WrongValueError(f"is {show(value)}", "[25, 64]; left out it is everybody, 18 to 64")

    def json_schema(self) -> JsonSchemaValue:
        """Return the range that is kept."""
        return {"const": [25, 64]}


@dataclass(frozen=True)
class OneMetric(Kind):
    """A metric, as text or as a map."""

    def check(self, value: object) -> Metric:
        """Return the metric."""
        if isinstance(value, Metric):
            return value
        return _from_map(value) if isinstance(value, dict) else parse(value)

    def json_schema(self) -> JsonSchemaValue:
        """Return text and map."""
        text, whole = {"type": "string", "pattern": PATTERN}, {"type": "object", "required": ["outcome"]}
        return {"anyOf": [text, whole]}


@dataclass(frozen=True)
class Metrics(Kind):
    """A list of metrics."""

    def check(self, value: object) -> tuple[Metric, ...]:
        """Return the metrics in the order of the file."""
        if not isinstance(value, list | tuple) or not value:
            what = "is an empty list" if value in ([], ()) else f"must be a list, not {found_value(value)}"
            raise WrongValueError(what, f"a list of {FORMS}")
        found: list[Metric] = []
        wrong = WrongValues()
        for k, item in enumerate(value):
            with wrong.kept(str(k)):
                mine = OneMetric().check(item)
                if mine in found:
                    raise WrongValueError(f"names {mine} twice", "every metric once")
                found.append(mine)
        wrong.settle()
        return tuple(found)

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of metrics."""
        return {"type": "array", "items": OneMetric().json_schema(), "minItems": 1, "uniqueItems": True}


def _from_map(given: dict[Any, Any]) -> Metric:
    """Return the metric whose parts stand under keys of their own: the text that says the same is parsed."""
    for key in given:
        if key not in KEYS:
            near = nearest_name(str(key), KEYS)
            raise WrongValueError(f"has the unknown key {show(key)}", quoted(list(KEYS)), near)
    when = [str(given[key]) for key in ("months", "year") if key in given]
    if "outcome" not in given or len(when) != 1:
        raise WrongValueError("is a map without outcome and months", "{outcome: employment_rate, months: 36}")
    name = ".".join(str(given[key]) for key in ("outcome", "payer", "item") if given.get(key))
    said = {
        **Members().check(given.get("group", {})),
        **{key: given[key] for key in SETTINGS if key in given},
    }
    settings = [f"{key}={_written(value, '-' if key in RANGES else '+')}" for key, value in said.items()]
    return parse(f"{name}@{when[0]}{'|' if settings else ''}{','.join(settings)}")


def _written(value: object, between: str) -> str:
    """Return a value of a map as the text form has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return between.join(map(str, value)) if isinstance(value, list | tuple) else str(value)
