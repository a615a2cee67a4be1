"""The frozen base of every lever, the error of a wrong value, and the base of the kinds of values.

Pydantic keeps the fields; its own messages never reach the user (see `translate`).
"""

from __future__ import annotations

import math
import numbers
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ankomst.errors import show

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue


class Frozen(BaseModel):
    """Base of all levers: immutable, no unknown keys, descriptions from attribute docstrings."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=False
    )


class WrongValueError(ValueError):
    """A wrong value: the problem, what is allowed, the nearest right name, where below the key it is."""

    def __init__(self, what: str, allowed: str = "", nearest: str = "", path: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.allowed = allowed
        self.nearest = nearest
        self.path = path


class Kind(ABC):
    """A kind of value: a check and a description. Used as `Annotated[type, Kind(...)]`."""

    @abstractmethod
    def check(self, value: object) -> object:
        """Return the value in its stored form or raise `WrongValueError`."""

    @abstractmethod
    def json_schema(self) -> JsonSchemaValue:
        """Return the JSON schema of the value as it may stand in a file."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return self.json_schema()


def checked_number(
    value: object, low: float, high: float, allowed: str, *, whole: bool = False, ranges: bool = True
) -> float:
    """Return a finite number in a range or raise `WrongValueError`; booleans and text are no numbers."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise WrongValueError(f"must be a number, not {found_value(value)}", allowed)
    number = int(value) if isinstance(value, numbers.Integral) else float(value)
    if isinstance(number, float) and not math.isfinite(number):
        raise WrongValueError(f"must be a finite number, not {number}", allowed)
    if whole and number != int(number):
        raise WrongValueError(f"must be a whole number, not {show(value)}", allowed)
    if ranges and not low <= number <= high:
        raise WrongValueError(f"is {show(value)}, which is out of range", allowed)
    return number


def mapping(value: object, allowed: str) -> dict[str, object]:
    """Return the value if it is a mapping with text keys, else raise `WrongValueError`."""
    if not isinstance(value, Mapping):
        raise WrongValueError(f"must be a map, not {found_value(value)}", allowed)
    return {str(key): item for key, item in value.items()}


def found_value(value: object) -> str:
    """Name the value that stands where another was expected."""
    if value is None:
        return "empty (null)"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"the text {show(value)}" if isinstance(value, str) else show(value)
