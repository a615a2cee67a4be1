"""Published figures of newcomers' employment: each figure with its own definition and source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ankomst.errors import DataError, nearest_name, show
from ankomst.policy.arrivals import ORIGINS
from ankomst.policy.tables.table_file import Column, CsvTable, TableLayout, read_table

PACKAGED = Path(__file__).parent / "data" / "published_employment.csv"
SEXES = ("all", "female", "male")
MODEL_AGES = ("all", "25-64")
TEXTS = (
    "ages", "definition", "definition_da", "reason", "reason_da", "source", "address", "confidence",
)  # fmt: skip
LAYOUT = TableLayout(
    "cohort_first, cohort_last, months, year, origins, sexes, model_ages, value, low, high, comparable, "
    + ", ".join(TEXTS),
    (
        Column("cohort_first", "whole", low=1990, high=2035, unit="calendar year"),
        Column("cohort_last", "whole", low=1990, high=2035, unit="calendar year"),
        Column("months", "whole", low=1, high=240, unit="months since arrival"),
        Column("year", "whole", low=1990, high=2060, unit="calendar year"),
        Column("origins"),
        Column("sexes", words=SEXES),
        Column("model_ages", words=MODEL_AGES),
        Column("value", "number", low=0, high=1, unit="share"),
        *(Column(name, "number", blank=True, low=0, high=1, unit="share") for name in ("low", "high")),
        Column("comparable", words=("yes", "no")),
        *(Column(name, blank=name not in {"definition", "source"}) for name in TEXTS),
    ),
)


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
    table = read_table(path, LAYOUT)
    return tuple(_figure(table, row) for row in range(len(table)))


def _figure(table: CsvTable, row: int) -> PublishedFigure:
    where = table.place(row)
    text = {name: cells[row] for name, cells in table.texts.items()}
    number = {name: float(values[row]) for name, values in table.numbers.items()}
    first, last = int(number["cohort_first"]), int(number["cohort_last"])
    if last < first:
        raise DataError(f"cohort_last is {last}, before cohort_first {first}", where=where)
    low, high = (None if np.isnan(number[name]) else number[name] for name in ("low", "high"))
    value = number["value"]
    if not (value if low is None else low) <= value <= (value if high is None else high):
        raise DataError("value, low and high are not in order", where=where, allowed="low <= value <= high")
    if text["comparable"] == "no" and not text["reason"]:
        raise DataError("reason is empty", where=where, allowed="what makes the figures not comparable")
    origins = tuple(text["origins"].split("+"))
    for name in origins:
        if name not in ORIGINS:
            raise DataError(
                f"origins is {show(name)}",
                where=where,
                allowed=", ".join(ORIGINS),
                nearest=nearest_name(name, ORIGINS),
            )
    return PublishedFigure(
        cohort=(first, last),
        months=int(number["months"]),
        year=int(number["year"]),
        origins=origins,
        sexes=text["sexes"],
        model_ages=text["model_ages"],
        value=value,
        low=low,
        high=high,
        comparable=text["comparable"] == "yes",
        **{name: text[name] for name in TEXTS},
    )
