"""The kinds of values that a scenario key can hold.

Each kind checks a value, words its own error and describes itself in the JSON schema with its unit.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankomst.errors import nearest_name, show
from ankomst.policy.schema import Kind, WrongValueError, WrongValues, checked_number, found_value
from ankomst.policy.written_numbers import comma_hint, in_full, meant_numbers
from ankomst.policy.yaml_file import DottedNumber

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

_AMOUNT = re.compile(r"\s*([-+]?[0-9][0-9.,  ]*?)\s*([^\W\d_].*|[%€$].*)?")

WHOLE_UNITS = ("DKK", "people")
"""Units in which three decimals can only be meant as thousands."""
UNIT_WORDS: dict[str, str] = {"DKK": "DKK, written 46881", "share": "a share, written 0.25 for 25 %"}


@dataclass(frozen=True)
class Quantity(Kind):
    """A number with a unit and a range.

    Parameters
    ----------
    unit
        Unit as people read it: "months", "hours a week", "DKK", "share", "factor".
    low, high
        Range, both ends included.
    whole
        Accept whole numbers only.
    null
        Accept null, with the meaning given in the field's description.
    words
        Words accepted beside numbers.
    """

    unit: str
    low: float
    high: float
    whole: bool = False
    null: bool = False
    words: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """Return what may stand here, as shown in messages."""
        number = "a whole number" if self.whole else "a number"
        unit = UNIT_WORDS.get(self.unit, self.unit)
        text = f"{number} from {in_full(self.low)} to {in_full(self.high)} ({unit})"
        others = [f"'{word}'" for word in self.words] + (["null"] if self.null else [])
        return " or ".join([text, *others])

    def check(self, value: object) -> object:
        """Return an int (whole), a float, an accepted word or None."""
        if value is None and self.null:
            return None
        if isinstance(value, str):
            return self._text(value)
        return self.number(value)

    def number(self, value: object, *, ranges: bool = True) -> float:
        """Return a number (an int where only whole numbers are accepted) or raise `WrongValueError`."""
        if isinstance(value, str):
            self._text(value)
        if isinstance(value, list):
            raise WrongValueError(f"must be a number, not a list{comma_hint(value, 1)}", self.allowed)
        if isinstance(value, DottedNumber) and (self.whole or self.unit.startswith(WHOLE_UNITS)):
            raise WrongValueError(
                f"is {value:.3f} {self.unit}: a dot is a decimal point, not a thousands separator",
                self.allowed,
                in_full(round(value * 1000)),
            )
        found = checked_number(value, self.low, self.high, self.allowed, whole=self.whole, ranges=ranges)
        return int(found) if self.whole else float(found) + 0.0  # -0.0 would hash differently from 0.0

    def _text(self, value: str) -> str:
        if value in self.words:
            return value
        near = nearest_name(value, self.words)
        hint = "" if near else self._as_number(value)
        if hint:
            unit = UNIT_WORDS.get(self.unit, self.unit).split(",")[0]
            raise WrongValueError(
                f"is the text {show(value)}; write the plain number {hint} (unit: {unit})", self.allowed
            )
        raise WrongValueError(f"must be a number, not the text {show(value)}", self.allowed, near)

    def _as_number(self, text: str) -> str:
        """Return how the number in a text such as '4 %' or '46.881 kr' should be written, or ''."""
        match = _AMOUNT.fullmatch(text) if len(text) <= 40 else None
        if match is None:
            return ""
        if (match[2] or "").lower().startswith(("thousand", "tusind", "mio", "mill")):
            return ""  # the number in front is not the amount
        meant = meant_numbers(re.sub(r"[\s ]", "", match[1]))
        if (match[2] or "").startswith(("%", "pct", "percent", "procent")):
            if not self.unit.startswith(("share", "factor")):
                return ""  # 50 % of what? No plain number can be named
            meant = [number / 100 for number in meant]
        fitting = [number for number in meant if self.low <= number <= self.high]
        return in_full((fitting or meant)[0]) if meant else ""

    def json_schema(self) -> JsonSchemaValue:
        """Return type, range and unit."""
        number: JsonSchemaValue = {
            "type": "integer" if self.whole else "number",
            "minimum": self.low,
            "maximum": self.high,
        }
        choices: list[JsonSchemaValue] = [number]
        if self.words:
            choices.append({"enum": list(self.words)})
        if self.null:
            choices.append({"type": "null"})
        return {**number, "unit": self.unit} if len(choices) == 1 else {"anyOf": choices, "unit": self.unit}


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few words."""

    words: tuple[str, ...]

    def check(self, value: object) -> object:
        """Return the word."""
        if isinstance(value, str) and value in self.words:
            return value
        raise WrongValueError(
            f"must be one of the allowed words, not {found_value(value)}",
            quoted(self.words),
            nearest_name(str(value), self.words),
        )

    def json_schema(self) -> JsonSchemaValue:
        """Return the words."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Choices(Kind):
    """A list of different words out of a few."""

    words: tuple[str, ...]

    def check(self, value: object) -> object:
        """Return a tuple in the order of `words`, so that the order in the file does not matter."""
        if not isinstance(value, (list, tuple)):
            raise WrongValueError(
                f"must be a list, not {found_value(value)}", f"a list of {quoted(self.words)}"
            )
        wrong, allowed = WrongValues(), f"a list of {quoted(self.words)}"
        for k, item in enumerate(value):
            if not isinstance(item, str) or item not in self.words:
                near = nearest_name(str(item), self.words)
                wrong.add(WrongValueError(f"holds {found_value(item)}", allowed, near), str(k))
            elif item in value[:k]:
                wrong.add(WrongValueError(f"names {item} twice", allowed), str(k))
        wrong.settle()
        return tuple(word for word in self.words if word in value)

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of the words."""
        return {"type": "array", "items": {"enum": list(self.words)}, "uniqueItems": True}


@dataclass(frozen=True)
class Switch(Kind):
    """A yes or no: true, false, on, off."""

    def check(self, value: object) -> object:
        """Return the boolean."""
        if isinstance(value, bool):
            return value
        raise WrongValueError(f"must be true or false, not {found_value(value)}", "true, false, on, off")

    def json_schema(self) -> JsonSchemaValue:
        """Return a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Text(Kind):
    """One line of text."""

    limit: int = 500

    def check(self, value: object) -> object:
        """Return the text without spaces around it."""
        if not isinstance(value, str):
            raise WrongValueError(
                f"must be text, not {found_value(value)}", "text; put quotation marks around it"
            )
        if len(value) > self.limit:
            raise WrongValueError(
                f"is too long: {len(value):,} characters", f"text of at most {self.limit:,} characters"
            )
        if not value.strip().replace("\n", " ").isprintable():
            raise WrongValueError("holds control characters", "plain text")
        return " ".join(value.split())

    def json_schema(self) -> JsonSchemaValue:
        """Return text with its greatest length."""
        return {"type": "string", "maxLength": self.limit}


@dataclass(frozen=True)
class Day(Kind):
    """A calendar date."""

    first: dt.date = dt.date(2005, 1, 1)
    last: dt.date = dt.date(2035, 12, 31)

    @property
    def allowed(self) -> str:
        """Return the range of dates."""
        return f"a date from {self.first} to {self.last}, written year-month-day such as 2013-07-01"

    def check(self, value: object) -> object:
        """Return the date; accepts a date or its ISO text."""
        return self.date(value)

    def date(self, value: object) -> dt.date:
        """Return the date or raise `WrongValueError`."""
        day = value
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                day = dt.date.fromisoformat(value)
            except ValueError:
                raise WrongValueError(f"is {value}, a date that does not exist", self.allowed) from None
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            raise WrongValueError(f"must be a date, not {found_value(value)}", self.allowed)
        if not self.first <= day <= self.last:
            raise WrongValueError(f"is {day}, which is out of range", self.allowed)
        return day

    def json_schema(self) -> JsonSchemaValue:
        """Return an ISO date."""
        return {"type": "string", "format": "date"}


def quoted(words: tuple[str, ...] | list[str]) -> str:
    """Return words as shown in messages."""
    return ", ".join(words)
