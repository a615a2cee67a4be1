"""Who arrives in which year: the figures of Denmark, or a table of the user's own."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from ankomst.errors import DataError, nearest_name, show

PACKAGED = Path(__file__).parent / "data" / "arrivals.csv"
ORIGINS = ("refugee", "reunified_with_refugee", "reunified_with_other")
TOTAL = "people"


@dataclass(frozen=True)
class Arrivals:
    """Adults who arrive by calendar year.

    Attributes
    ----------
    years : tuple of int
        Consecutive calendar years.
    people : tuple of float
        All newcomers of each year.
    by_origin : tuple of tuples, or None
        Newcomers of each year by origin in the order of `ORIGINS`; None where only totals are given.
    """

    years: tuple[int, ...]
    people: tuple[float, ...]
    by_origin: tuple[tuple[float, float, float], ...] | None


@cache
def read_arrivals(source: str | Path) -> Arrivals:
    """Read the packaged figures ("denmark") or a table with the columns year and people, or year and origins.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, has a gap between years or a number that makes no sense.
    """
    path = PACKAGED if source == "denmark" else Path(source)
    where = str(path)
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, restkey="", strict=True)
            rows = list(reader)
            columns = list(reader.fieldnames or [])
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise DataError(f"the table of arrivals cannot be read: {problem}", where=where) from None
    split = all(name in columns for name in ORIGINS)
    needed = ("year", *ORIGINS) if split else ("year", TOTAL)
    for name in needed:
        if name not in columns:
            raise DataError(
                f"the column {show(name)} is missing",
                where=where,
                allowed=f"year and {TOTAL}, or year, {', '.join(ORIGINS)}",
                nearest=nearest_name(name, columns),
            )
    if not rows:
        raise DataError("the table of arrivals holds no year", where=where)
    years = tuple(int(_number(row, "year", where, n)) for n, row in enumerate(rows, start=2))
    for n, (one, two) in enumerate(pairwise(years), start=3):
        if two != one + 1:
            raise DataError(
                f"the year {two} follows {one}", where=f"{where}, line {n}", allowed="years without gaps"
            )
    if not 2005 <= years[0] <= years[-1] <= 2035:
        raise DataError(f"the years run from {years[0]} to {years[-1]}", where=where, allowed="2005 to 2035")
    names = ORIGINS if split else (TOTAL,)
    numbers = [[_number(row, name, where, n) for name in names] for n, row in enumerate(rows, start=2)]
    people = tuple(sum(row) for row in numbers)
    if sum(people) <= 0:
        raise DataError("the table of arrivals holds no people", where=where)
    return Arrivals(years, people, tuple((a, b, c) for a, b, c in numbers) if split else None)


def _number(row: dict[str, str], name: str, where: str, line: int) -> float:
    try:
        number = float(row[name])
    except (TypeError, ValueError):
        number = math.nan
    whole = name != "year" or number == int(number) if math.isfinite(number) else False
    if not whole or not 0 <= number <= 200_000:
        raise DataError(
            f"{name} is {show(row.get(name))}",
            where=f"{where}, line {line}",
            allowed="a number from 0 to 200000",
        )
    return number
