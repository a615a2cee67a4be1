"""Who arrives in which year: the figures of Denmark, or a table of the user's own."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from ankomst.errors import DataError, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.lever_kinds import FIRST_YEAR, LAST_YEAR

PACKAGED = Path(__file__).parent / "data" / "arrivals.csv"
ORIGINS = ("refugee", "reunified_with_refugee", "reunified_with_other")
TOTAL = "people"
MOST = 200_000
"""Most people that a year can have."""


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
    where = display_path(path)
    columns, rows = _table(path, where)
    split = all(name in columns for name in ORIGINS)
    needed = ("year", *ORIGINS) if split else ("year", TOTAL)
    for name in needed:
        if name not in columns:
            raise DataError(
                f"the column {show(name)} is missing",
                where=where,
                allowed=f"the columns year and {TOTAL}, or year, {', '.join(ORIGINS)}, divided by commas",
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
    names = ORIGINS if split else (TOTAL,)
    numbers = [[_number(row, name, where, n) for name in names] for n, row in enumerate(rows, start=2)]
    people = tuple(sum(row) for row in numbers)
    if sum(people) <= 0:
        raise DataError("the table of arrivals holds no people", where=where)
    return Arrivals(years, people, tuple((a, b, c) for a, b, c in numbers) if split else None)


def _table(path: Path, where: str) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey="", strict=True)
            rows = list(reader)
            return list(reader.fieldnames or []), rows
    except UnicodeDecodeError:
        problem = "it is not UTF-8 text"
    except (OSError, csv.Error) as error:
        problem = (error.strerror if isinstance(error, OSError) else "") or str(error)
    raise DataError(f"the table of arrivals cannot be read ({problem})", where=where) from None


def _number(row: dict[str, str], name: str, where: str, line: int) -> float:
    text = (row.get(name) or "").strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if name == "year":
        sound = number in range(FIRST_YEAR, LAST_YEAR + 1)
        allowed = f"a year from {FIRST_YEAR} to {LAST_YEAR}"
    else:
        # 9.000 can only be meant as nine thousand.
        sound = 0 <= number <= MOST and not re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", text)
        allowed = f"a number from 0 to {MOST}, without separators of thousands"
    if not sound:
        raise DataError(
            f"{name} is {show(text) if text else 'empty'}", where=f"{where}, line {line}", allowed=allowed
        )
    return number
