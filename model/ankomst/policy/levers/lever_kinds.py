"""Kinds of values that single levers need: refund rules, demand paths, the user's own tables, arrivals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ankomst.errors import nearest_name, show
from ankomst.policy.kinds import Day, Quantity
from ankomst.policy.schema import Kind, WrongValueError, WrongValues, found_value, mapping

if TYPE_CHECKING:
    import datetime as dt

    from pydantic.json_schema import JsonSchemaValue

ShareLever = Quantity("share", 0, 1)
FIRST_YEAR, LAST_YEAR = 2005, 2035
"""Years for which there are rates."""
SHARES = ("active", "passive")
_TABLE = "a path relative to the scenario file"


@dataclass(frozen=True)
class RefundKind(Kind):
    """State refund of benefits: by date (null), flat 50 %, or shares when active and passive."""

    def check(self, value: object) -> object:
        """Return None, 'flat_50' or {"active": share, "passive": share}."""
        allowed = "null (the rate of the date), 'flat_50', or {active: share, passive: share}"
        if value is None or value == "flat_50":
            return value
        if isinstance(value, str):
            raise WrongValueError(f"is '{value[:40]}'", allowed, nearest_name(value, ["flat_50"]))
        values = mapping(value, allowed)
        shares, wrong = {}, WrongValues()
        for key, share in values.items():
            if key in SHARES:
                with wrong.kept(key):
                    shares[key] = ShareLever.check(share)
            else:
                near = nearest_name(key, SHARES)
                wrong.add(WrongValueError(f"has the unknown key {show(key)}", allowed, near))
        if set(values) < set(SHARES):
            wrong.add(WrongValueError("needs both active and passive", allowed))
        wrong.settle()
        return shares

    def json_schema(self) -> JsonSchemaValue:
        """Return the three forms."""
        share = ShareLever.json_schema()
        shares = {
            "type": "object",
            "properties": {"active": share, "passive": share},
            "required": ["active", "passive"],
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "null"}, {"enum": ["flat_50"]}, shares]}


@dataclass(frozen=True)
class DemandKind(Kind):
    """Labour demand: one number, or points by date, each in force until the next."""

    def check(self, value: object) -> object:
        """Return a float or {date: points} in order of date."""
        points = Quantity("percentage points of employment", -20, 20)
        if not isinstance(value, Mapping):
            try:
                return points.check(value)
            except WrongValueError as problem:
                raise WrongValueError(
                    problem.what, f"{points.allowed}, or a map {{date: points}}", problem.nearest
                ) from None
        if not value:
            raise WrongValueError("is an empty map", "a number of percentage points, or a map {date: points}")
        path: dict[dt.date, float] = {}
        wrong = WrongValues()
        for day, number in value.items():
            with wrong.kept(str(day)):
                path[Day().date(day)] = points.number(number)
        wrong.settle()
        return dict(sorted(path.items()))

    def json_schema(self) -> JsonSchemaValue:
        """Return the two forms."""
        number = Quantity("percentage points of employment", -20, 20).json_schema()
        path = {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "patternProperties": {"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": number},
        }
        return {"anyOf": [number, path], "unit": "percentage points of employment"}


@dataclass(frozen=True)
class TableKind(Kind):
    """A user's own table, beside the scenario file or in a folder below it; or one of a few words."""

    words: tuple[str, ...] = ()
    null: bool = True

    @property
    def allowed(self) -> str:
        """Return what may stand here, as shown in messages."""
        return " or ".join([*(["null"] if self.null else []), *self.words, _TABLE])

    @property
    def forms(self) -> str:
        """Return the forms of a value in short."""
        return f"{'one of the allowed words or ' if self.words else ''}the path of a table"

    def check(self, value: object) -> object:
        """Return the path, the word or None; the loader has made the path absolute and has checked it."""
        if (value is None and self.null) or isinstance(value, Path):
            return value
        if isinstance(value, str) and value.strip():
            return value if value in self.words else Path(value)
        raise WrongValueError(f"must be {self.forms}, not {found_value(value)}", self.allowed)

    def json_schema(self) -> JsonSchemaValue:
        """Return text or null."""
        return {"anyOf": [{"type": "string"}, *([{"type": "null"}] if self.null else [])]}


@dataclass(frozen=True)
class ArrivalsKind(TableKind):
    """Arrivals by year: null, 'denmark', a table of the user's own, or people by year."""

    words: tuple[str, ...] = ("denmark",)

    @property
    def allowed(self) -> str:
        """Return what may stand here, as shown in messages."""
        return f"null, 'denmark', people by year such as {{2015: 9000, 2016: 7000}}, or {_TABLE}"

    @property
    def forms(self) -> str:
        """Return the forms of a value in short."""
        return "'denmark', people by year or the path of a table"

    def check(self, value: object) -> object:
        """Return None, 'denmark', a path, or {year: people} in order of year without gaps."""
        if not isinstance(value, Mapping):
            return super().check(value)
        people = Quantity("people a year", 0, 200_000)
        values: dict[int, float] = {}
        wrong = WrongValues()
        for year, number in mapping(value, self.allowed).items():
            with wrong.kept(year):
                if not re.fullmatch(r"20[0-3][0-9]", year) or not FIRST_YEAR <= int(year) <= LAST_YEAR:
                    raise WrongValueError(
                        f"is not a year from {FIRST_YEAR} to {LAST_YEAR}",
                        "people by year such as {2015: 9000, 2016: 7000}",
                    )
                values[int(year)] = people.number(number)
        wrong.settle()
        years = sorted(values)
        if not years:
            raise WrongValueError("is an empty map", self.allowed)
        gap = next((one + 1 for one, two in pairwise(years) if two != one + 1), None)
        if gap is not None:
            raise WrongValueError(f"has a gap: {gap} is missing", "years without gaps; 0 is a number")
        if sum(values.values()) <= 0:
            raise WrongValueError("holds no people", self.allowed)
        return {year: values[year] for year in years}

    def json_schema(self) -> JsonSchemaValue:
        """Return the forms."""
        number = Quantity("people a year", 0, 200_000).json_schema()
        by_year = {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "patternProperties": {"^20[0-3][0-9]$": number},
        }
        return {"anyOf": [{"type": "null"}, {"type": "string"}, by_year], "unit": "people a year"}


@dataclass(frozen=True)
class MaybeDay(Day):
    """A calendar date or null."""

    def check(self, value: object) -> object:
        """Return the date or None."""
        return None if value is None else self.date(value)

    def json_schema(self) -> JsonSchemaValue:
        """Return an ISO date or null."""
        return {"anyOf": [super().json_schema(), {"type": "null"}]}
