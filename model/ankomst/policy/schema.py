"""The frozen base of every lever, the error of a wrong value, and the base of the kinds of values.

Pydantic keeps the fields; its own messages never reach the user (see `translate`).
"""

from __future__ import annotations

import math
import numbers
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, core_schema

from ankomst.errors import nearest_name, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import ErrorDetails

Section = TypeVar("Section", bound="Frozen")
INCOMPLETE = {"incomplete": True}
"""Context of a validation where some keys could not be read: whether values fit together is not asked."""


class WrongValueError(ValueError):
    """A wrong value: the problem, what is allowed, the nearest right name, where below the key it is.

    `others` are further wrong values below the same key.
    """

    def __init__(
        self,
        what: str,
        allowed: str = "",
        nearest: str = "",
        path: tuple[str, ...] = (),
        others: Sequence[WrongValueError] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.allowed = allowed
        self.nearest = nearest
        self.path = path
        self.others = tuple(others)

    @property
    def problems(self) -> tuple[WrongValueError, ...]:
        """Return this problem and the others, each alone."""
        return (WrongValueError(self.what, self.allowed, self.nearest, self.path), *self.others)


class WrongValues:
    """Wrong values that are gathered, so that all of them are told at once."""

    def __init__(self) -> None:
        self._found: list[WrongValueError] = []

    def add(self, error: WrongValueError, *path: str) -> None:
        """Add what is wrong with the value at a path."""
        for each in error.problems:
            self._found.append(WrongValueError(each.what, each.allowed, each.nearest, (*path, *each.path)))

    @contextmanager
    def kept(self, *path: str) -> Iterator[None]:
        """Keep what is wrong with the value at a path, and go on with the next one."""
        try:
            yield
        except WrongValueError as error:
            self.add(error, *path)

    def settle(self) -> None:
        """Raise one error with all wrong values, if there are any."""
        if self._found:
            first, *others = self._found
            raise WrongValueError(first.what, first.allowed, first.nearest, first.path, others) from None


class Frozen(BaseModel):
    """Base of all levers: immutable, no unknown keys, descriptions from attribute docstrings."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=False
    )

    besides: ClassVar[tuple[str, ...]] = ()
    """Keys that may stand in a file beside those of the model."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield the values that are right by themselves and do not fit together."""
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _all_problems(
        cls,
        data: Any,  # noqa: ANN401 - whatever stands in a file
        handler: ModelWrapValidatorHandler[Section],
        info: ValidationInfo,
    ) -> Section:
        """Check every key, and how the values fit together, and raise all problems at once."""
        asked = info.context != INCOMPLETE
        try:
            whole = handler(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            found = [_again(each) for each in details]
            part = sound_part(cls, data, details) if asked else None
            try:
                _fit(part)
            except WrongValueError as misfit:
                found.append({"type": "value_error", "loc": (), "input": data, "ctx": {"error": misfit}})
            raise ValidationError.from_exception_data(cls.__name__, found) from None
        _fit(whole if asked else None)
        return whole


def sound_part(model: type[Section], data: object, found: Sequence[ErrorDetails]) -> Section | None:
    """Return what is sound in a section of a file: reading a key that is not sound raises AttributeError.

    Parameters
    ----------
    model : type
        What may stand in the section.
    data : object
        What stands in it.
    found : sequence of ErrorDetails
        What pydantic found wrong with it.

    Returns
    -------
    Frozen or None
        None where no map stands in place of the section.
    """
    if not isinstance(data, Mapping):
        return None
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    unsound = {str(each["loc"][0]) for each in found if each["loc"]}
    unsound |= {nearest_name(key, fields) for key in unsound - set(fields)}  # what a misspelt key meant
    values = {
        key: TypeAdapter(field.rebuild_annotation()).validate_python(data[key])
        for key, field in fields.items()
        if key in data and key not in unsound
    }
    part = model.model_construct(**values)
    for name, field in model.model_fields.items():
        if (field.alias or name) in unsound:
            vars(part).pop(name, None)
    return part


def needs_unsound_key(error: AttributeError) -> bool:
    """Whether something was asked of a `sound_part` that is not sound there."""
    return isinstance(error.obj, Frozen) and error.name in type(error.obj).model_fields


def _fit(section: Frozen | None) -> None:
    """Raise the values of a section that do not fit together, as far as they are sound."""
    wrong = WrongValues()
    try:
        for misfit in section.misfits() if section is not None else ():
            wrong.add(misfit)
    except AttributeError as error:
        if not needs_unsound_key(error):
            raise
    wrong.settle()


def _again(detail: ErrorDetails) -> InitErrorDetails:
    """Return a detail of pydantic's error in the form in which it can be raised again."""
    found: InitErrorDetails = {"type": detail["type"], "loc": detail["loc"], "input": detail["input"]}
    if "ctx" in detail:
        found["ctx"] = detail["ctx"]
    return found


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
