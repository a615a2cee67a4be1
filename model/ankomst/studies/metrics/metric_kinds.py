"""Metrics as they stand in files: short text, or a map with one key for each part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ankomst.errors import nearest_name, show
from ankomst.policy.kinds import Quantity, quoted
from ankomst.policy.schema import Kind, WrongValueError, WrongValues, found_value, mapping
from ankomst.simulation.accounts import GROUP_DIMENSIONS
from ankomst.studies.metrics.metric import (
    FORMS,
    HOURS,
    MUNICIPALITY,
    PATTERN,
    Metric,
    Month,
    Year,
    parse,
)

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

AGES = {(25, 64): "25-64"}
KEYS = (
    "outcome", "months", "year", "payer", "item", "group", MUNICIPALITY, "age", "hours", "across",
    "discounted", "arrived",
)  # fmt: skip


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
    """Return the metric whose parts stand under keys of their own."""
    for key in given:
        if key not in KEYS:
            near = nearest_name(str(key), KEYS)
            raise WrongValueError(f"has the unknown key {show(key)}", quoted(list(KEYS)), near)
    if "outcome" not in given or ("months" in given) == ("year" in given):
        raise WrongValueError("is a map without outcome and months", "{outcome: employment_rate, months: 36}")
    group = dict(Members().check(given.get("group", {})))
    if MUNICIPALITY in given:
        names = given[MUNICIPALITY]
        group[MUNICIPALITY] = tuple(map(str, names if isinstance(names, list | tuple) else [names]))
    age = AgeRange().check(given.get("age"))
    discounted, arrived = given.get("discounted"), given.get("arrived", ())
    if not isinstance(discounted, bool | None):
        raise WrongValueError(f"holds discounted: {show(discounted)}", "true or false")
    if not isinstance(arrived, list | tuple) or len(arrived) not in {0, 2}:
        raise WrongValueError(f"holds arrived: {show(arrived)}", "[2015, 2017]")
    return Metric(
        str(given["outcome"]),
        int(Month.number(given["months"])) if "months" in given else 0,
        str(given.get("payer", "")),
        str(given.get("item", "")),
        tuple(group.items()),
        year=int(Year.number(given["year"])) if "year" in given else 0,
        age="all" if age is None else AGES[age],
        hours=Quantity("hours a week", 1, 37).number(given.get("hours", HOURS)),
        across=str(given.get("across", "")),
        discounted=discounted,
        arrived=tuple(int(Year.number(year)) for year in arrived),
    )
