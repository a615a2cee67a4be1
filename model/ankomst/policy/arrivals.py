"""Arrivals by year: the figures of Denmark, or a table of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from ankomst.errors import DataError, show
from ankomst.policy.levers.lever_kinds import FIRST_YEAR, LAST_YEAR
from ankomst.policy.tables.table_file import Column, CsvTable, TableLayout, read_table

PACKAGED = Path(__file__).parent / "data" / "arrivals.csv"
OUTSIDE = PACKAGED.with_name("received_outside.csv")
"""Refugees and their family in the years before and after those of `PACKAGED`."""
ORIGINS = ("refugee", "reunified_with_refugee", "reunified_with_other")
TOTAL = "people"
MOST = 200_000
"""Most people that a year can have."""
ROUNDING = 3
"""How far a total may lie from the sum of three rounded numbers."""
LAYOUT = TableLayout(
    f"the columns year and {TOTAL}, or year, {', '.join(ORIGINS)}",
    (
        Column("year", "whole", low=FIRST_YEAR, high=LAST_YEAR, unit="calendar year"),
        *(Column(name, "count", needed=False, low=0, high=MOST) for name in (TOTAL, *ORIGINS)),
    ),
    unread=("refugees_assigned", "basis"),
)


OUTSIDE_LAYOUT = TableLayout(
    "the columns year, refugee and reunified_with_refugee",
    (
        Column("year", "whole", low=FIRST_YEAR, high=LAST_YEAR, unit="calendar year"),
        *(Column(name, "count", low=0, high=MOST) for name in ORIGINS[:2]),
    ),
    unread=("refugees_assigned", "basis"),
)


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
        Something in the file is not as docs/tables.md says, or there is a gap between years.
    """
    table = read_table(PACKAGED if source == "denmark" else Path(source), LAYOUT)
    names = ORIGINS if any(name in table.numbers for name in ORIGINS) else (TOTAL,)
    for name in names:
        if name not in table.numbers:
            raise DataError(
                f"the column {show(name)} is missing", where=table.where, allowed=LAYOUT.columns_in_words
            )
    years = tuple(int(year) for year in table.numbers["year"])
    for row, (one, two) in enumerate(pairwise(years), start=1):
        if two != one + 1:
            raise DataError(
                f"the year {two} follows {one}", where=table.place(row), allowed="years without gaps"
            )
    rows = list(zip(*(table.numbers[name].tolist() for name in names), strict=True))
    people = tuple(sum(row) for row in rows)
    if names == ORIGINS and TOTAL in table.numbers:
        _compare(table, people)
    if sum(people) <= 0:
        raise DataError("the table of arrivals holds no people", where=table.where)
    return Arrivals(years, people, tuple(rows) if names == ORIGINS else None)


@cache
def received_by_year() -> dict[int, float]:
    """Return how many adults came as refugees or their family, by year before and after `PACKAGED`."""
    table = read_table(OUTSIDE, OUTSIDE_LAYOUT)
    refugees, family = (table.numbers[name] for name in ORIGINS[:2])
    return dict(zip(map(int, table.numbers["year"]), (refugees + family).tolist(), strict=True))


def _compare(table: CsvTable, people: tuple[float, ...]) -> None:
    """Refuse a total that is not the sum of the origins, but for rounding."""
    for row, (total, found) in enumerate(zip(table.numbers[TOTAL], people, strict=True)):
        if abs(total - found) > ROUNDING:
            raise DataError(
                f"{TOTAL} is {total:g}, and the origins add up to {found:g}",
                where=table.place(row),
                allowed="the sum of the origins, or no total",
            )
