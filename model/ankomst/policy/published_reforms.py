"""Published figures of reforms, cohorts and municipalities that the model is not fitted to, by case."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from ankomst.errors import DataError
from ankomst.policy.files import display_path
from ankomst.policy.kinds import Choice, Text
from ankomst.policy.schema import Frozen, WrongValueError
from ankomst.policy.yaml_file import read_yaml

DATA = Path(__file__).parent / "data"
PACKAGED = DATA / "published_reforms.yaml"
ARRIVALS, PLACES = DATA / "validation_arrivals.csv", DATA / "validation_places.csv"
"""Arrivals of two municipalities that are simulated at their real size, and which gets how many of them."""
RUNS = ("history", "ladder", "places")
UNITS = (
    "share", "points", "points_a_month", "ratio", "people", "grants", "municipalities", "DKK",
)  # fmt: skip
JUDGED = ("value", "sign", "order", "shown")
_Words = Annotated[str, Text(1500)]


class Reasons(Frozen):
    """Why the model may lie below or above what was published."""

    below: _Words
    below_da: _Words
    above: _Words
    above_da: _Words


class PublishedNumber(Frozen):
    """One published number, sign or order."""

    name: _Words
    label: _Words
    label_da: _Words
    cohort: _Words
    unit: Annotated[str, Choice(UNITS)]
    judged: Annotated[str, Choice(JUDGED)]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sign: int | None = None
    of: tuple[str, ...] = ()
    source: str = ""
    """Where it is not that of the case."""

    @property
    def simulated(self) -> bool:
        """Whether the model has a number of its own for it; an order is one of several numbers."""
        return self.judged in {"value", "sign"}


class PublishedCase(Frozen):
    """One reform, set of cohorts or municipality."""

    run: Annotated[str, Choice(RUNS)]
    title: _Words
    title_da: _Words
    done: _Words
    done_da: _Words
    comment: _Words
    comment_da: _Words
    definition: _Words
    definition_da: _Words
    source: _Words
    confidence: _Words
    confidence_da: _Words
    reasons: Reasons
    quantities: tuple[PublishedNumber, ...] = Field(min_length=1)


@cache
def load_published_reforms(path: Path = PACKAGED) -> dict[str, PublishedCase]:
    """Read the published reforms.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to PublishedCase
        By name, in the order of the file.

    Raises
    ------
    DataError
        The file cannot be read or something in it makes no sense; one sentence.
    """
    content = read_yaml(path, DataError).data
    where, cases = display_path(path), {}
    for name, case in content.items():
        try:
            cases[str(name)] = PublishedCase.model_validate(case)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(map(str, (name, *first["loc"])))
            cause: Any = first.get("ctx", {}).get("error")
            what = cause.what if isinstance(cause, WrongValueError) else first["msg"]
            raise DataError(f"{key}: {what}", where=where) from None
    names = [quantity.name for case in cases.values() for quantity in case.quantities]
    for case in cases.values():
        for quantity in case.quantities:
            problem = _problem(quantity, names)
            if problem:
                raise DataError(f"{quantity.name}: {problem}", where=where)
    return cases


def _problem(quantity: PublishedNumber, names: list[str]) -> str:
    """Say what makes no sense in a quantity; nothing where all is well."""
    known = [x for x in (quantity.low, quantity.value, quantity.high) if x is not None]
    several = len(quantity.of) > 1 and set(quantity.of) <= set(names)
    wrong = {
        "stands twice": names.count(quantity.name) > 1,
        "low, value and high are not in order": known != sorted(known),
        "lacks a value or a range": quantity.judged in {"value", "shown"} and not known,
        "a range has a low and a high": quantity.value is None and len(known) == 1,
        "sign must be 1 or -1": quantity.judged == "sign" and quantity.sign not in {-1, 1},
        "of must name two or more quantities": quantity.judged == "order" and not several,
    }
    return next((what for what, true in wrong.items() if true), "")
