"""What was published about newcomers' employment: each figure with its own definition and source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ankomst.errors import DataError, nearest_name, show
from ankomst.policy.arrivals import ORIGINS

PACKAGED = Path(__file__).parent / "data" / "published_employment.csv"
SEXES = ("all", "female", "male")
MODEL_AGES = ("all", "25-64")
TEXTS = (
    "ages", "definition", "definition_da", "reason", "reason_da", "source", "address", "confidence",
)  # fmt: skip
COLUMNS = (
    "cohort_first", "cohort_last", "months", "year", "origins", "sexes", "model_ages", "value", "low",
    "high", "comparable", *TEXTS,
)  # fmt: skip


@dataclass(frozen=True)
class PublishedFigure:
    """A published share in work.

    Attributes
    ----------
    cohort : tuple of int
        First and last year of arrival.
    months : int
        Months since arrival.
    year : int
        Year of the measurement.
    origins : tuple of str
        Origins that the figure holds for, together.
    sexes : {"all", "female", "male"}
    ages : str
        Ages of the figure, as published.
    model_ages : {"all", "25-64"}
        The nearest ages that the model knows.
    value : float
    low, high : float or None
        The range, where one is published.
    definition, definition_da : str
        What is counted, in English and Danish.
    comparable : bool
        Whether the model's share in work means nearly the same.
    reason, reason_da : str
        What is not the same.
    source, address, confidence : str
    """

    cohort: tuple[int, int]
    months: int
    year: int
    origins: tuple[str, ...]
    sexes: str
    ages: str
    model_ages: str
    value: float
    low: float | None
    high: float | None
    definition: str
    definition_da: str
    comparable: bool
    reason: str
    reason_da: str
    source: str
    address: str
    confidence: str

    @property
    def years(self) -> range:
        """Return the years of arrival."""
        return range(self.cohort[0], self.cohort[1] + 1)


@cache
def load_published(path: Path = PACKAGED) -> tuple[PublishedFigure, ...]:
    """Read a table of published figures.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column or holds something that makes no sense.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, restkey="", strict=True)
            rows = list(reader)
            columns = list(reader.fieldnames or [])
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise DataError(f"the published figures cannot be read: {problem}", where=str(path)) from None
    for name in COLUMNS:
        if name not in columns:
            raise DataError(
                f"the column {show(name)} is missing", where=str(path), nearest=nearest_name(name, columns)
            )
    return tuple(_figure(row, f"{path}, line {line}") for line, row in enumerate(rows, start=2))


def _figure(row: dict[str, str], where: str) -> PublishedFigure:
    if any(row[name] is None for name in COLUMNS):
        raise DataError("the line holds too few values", where=where)
    cohort = (_whole(row, "cohort_first", where, 1990, 2035), _whole(row, "cohort_last", where, 1990, 2035))
    if cohort[1] < cohort[0]:
        raise DataError(f"cohort_last is {cohort[1]}, before cohort_first {cohort[0]}", where=where)
    value = _share(row, "value", where)
    low, high = (_share(row, name, where) if row[name] else None for name in ("low", "high"))
    if not (value if low is None else low) <= value <= (value if high is None else high):
        raise DataError("value, low and high are not in order", where=where, allowed="low <= value <= high")
    comparable = _one_of(row["comparable"], "comparable", ("yes", "no"), where) == "yes"
    for name in ("definition", "source", *(() if comparable else ("reason",))):
        if not row[name].strip():
            raise DataError(f"{name} is empty", where=where)
    return PublishedFigure(
        cohort=cohort,
        months=_whole(row, "months", where, 1, 240),
        year=_whole(row, "year", where, 1990, 2060),
        origins=tuple(_one_of(name, "origins", ORIGINS, where) for name in row["origins"].split("+")),
        sexes=_one_of(row["sexes"], "sexes", SEXES, where),
        model_ages=_one_of(row["model_ages"], "model_ages", MODEL_AGES, where),
        value=value,
        low=low,
        high=high,
        comparable=comparable,
        **{name: row[name].strip() for name in TEXTS},
    )


def _one_of(text: str, column: str, allowed: tuple[str, ...], where: str) -> str:
    if text not in allowed:
        raise DataError(
            f"{column} is {show(text)}",
            where=where,
            allowed=", ".join(allowed),
            nearest=nearest_name(text, allowed),
        )
    return text


def _whole(row: dict[str, str], column: str, where: str, low: int, high: int) -> int:
    try:
        number = int(row[column])
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise DataError(
            f"{column} is {show(row[column])}", where=where, allowed=f"a whole number from {low} to {high}"
        )
    return number


def _share(row: dict[str, str], column: str, where: str) -> float:
    try:
        number = float(row[column])
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise DataError(f"{column} is {show(row[column])}", where=where, allowed="a share from 0 to 1")
    return number
