"""Grants above a benchmark: what a municipality should reach with its newcomers (docs/ODD.md 7.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ankomst.errors import DataError
from ankomst.policy.tables.table_file import Column, TableLayout, read_table
from ankomst.simulation.codes import ORIGINS, SEXES
from ankomst.simulation.milestones import REFERENCE_WINDOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.simulation.kernels.arrays import Array
    from ankomst.simulation.milestones import Milestones

PACKAGED = Path(__file__).parents[1] / "policy" / "data" / "benchmark_2013.csv"
YEARS = REFERENCE_WINDOW // 12
NEEDS = ("others", "needs_group")
_GROUPS = {"origin": ORIGINS, "sex": SEXES, "needs": NEEDS}
LAYOUT = TableLayout(
    f"the columns {', '.join(_GROUPS)}, year, rate",
    (
        *(Column(name, words=words) for name, words in _GROUPS.items()),
        Column("year", "whole", low=1, high=YEARS, unit="year since arrival"),
        Column("rate", "number", low=0, high=1, unit="a month"),
    ),
    unread=("milestones", "person_months"),
)


def read_benchmark(path: Path = PACKAGED) -> Array:
    """Read the monthly rate of job milestones by group, shape (origins, sexes, needs, years).

    The rate counts milestones of the 2013 job grant by the month in which the job began, per person-month of
    people with a benefit on arrival, in each year since arrival, under the reference policy.

    Raises
    ------
    DataError
        The file is not such a table.
    """
    table = read_table(path, LAYOUT)
    rates = np.full((len(ORIGINS), len(SEXES), len(NEEDS), YEARS), np.nan)
    for row, (year, rate) in enumerate(zip(table.numbers["year"], table.numbers["rate"], strict=True)):
        group = [words.index(table.texts[name][row]) for name, words in _GROUPS.items()]
        place = (*group, int(year) - 1)
        if not np.isnan(rates[place]):
            raise DataError("the group and year stand twice", where=table.place(row))
        rates[place] = rate
    if np.isnan(rates).any():
        raise DataError(
            "the table of the benchmark has too few rows", where=table.where,
            allowed=f"a row for each origin, sex, needs and year: {rates.size}",
        )  # fmt: skip
    return rates


@cache
def _packaged() -> Array:
    """Read the packaged table once: it does not change while the program runs."""
    return read_benchmark()


@dataclass
class Benchmark:
    """Expected results of the running year and payments of the years past, for one grant.

    A watched grant is settled like a paid one, without being booked: the result of a counterfactual run.
    """

    grant: ResultGrant
    slot: int
    paid: bool
    rates: Array = field(repr=False)
    expected: Array = field(repr=False)
    payments: list[Array] = field(default_factory=list, repr=False)


def benchmarks(stones: Milestones, watched: Sequence[ResultGrant], municipalities: int) -> list[Benchmark]:
    """Return a benchmark account for each paid and each watched grant that has one."""
    both = [(grant, True) for grant in stones.grants] + [(grant, False) for grant in watched]
    chosen = [(grant, paid) for grant, paid in both if grant.benchmark]
    rates = _packaged() if chosen else np.zeros(0)
    return [
        Benchmark(grant, stones.slot_of(grant), paid, rates, np.zeros(municipalities))
        for grant, paid in chosen
    ]
