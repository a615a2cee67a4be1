"""Arrivals by month and origin, and their placement in municipalities (docs/ODD.md 5.1 and 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ankomst.errors import DataError, nearest_name, show
from ankomst.policy.arrivals import Arrivals, read_arrivals
from ankomst.policy.tables.table_file import Column, TableLayout, read_table
from ankomst.simulation.codes import ORIGINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.kernels.arrays import Floats, Ints
    from ankomst.simulation.municipalities import MunicipalTable, MunicipalTraits

BOOM: Final = (2014, 2015, 2016)
"""Years of arrival in which fewer of the refugees were women (docs/ODD.md 5.1)."""
RECEIVED: Final = ORIGINS[:2]
"""Origins whose reception municipalities have to organise."""
SHARES: Final = TableLayout(
    "the columns code and share",
    (Column("code", once=True), Column("share", "number", low=0, high=1e9)),
    unread=("name",),
)


@dataclass(frozen=True)
class Inflow:
    """Newcomers of a run by arrival month.

    Attributes
    ----------
    months : ndarray of int, shape (arrival months,)
        Simulated newcomers.
    origins : ndarray of float, shape (years, 3)
        Shares of the origins by arrival year.
    women : ndarray of float, shape (years, 3)
        Share of women by arrival year and origin.
    received : ndarray of float, shape (years,)
        Real people whose reception municipalities organise, refugees and their family, by arrival year.
    weight : float
        Real newcomers that one simulated newcomer stands for.
    """

    months: Ints
    origins: Floats
    women: Floats
    received: Floats
    weight: float


def inflow(scenario: Scenario, sample: int, parameters: Mapping[str, Any]) -> Inflow:
    """Resolve who arrives when.

    Parameters
    ----------
    scenario : Scenario
    sample : int
        Simulated newcomers a year; with arrivals by year the mean over the years.
    parameters : mapping
        Values by dotted name.
    """
    people = scenario.population
    if people.arrivals is None:  # years of the run, of no calendar
        years, real = people.arrival_years, people.real_inflow_per_year
        table = Arrivals(tuple(range(years)), (real,) * years, None)
        return _inflow(np.tile(_spread(sample), years), table, real / sample, parameters)
    if isinstance(people.arrivals, dict):
        table = Arrivals(tuple(people.arrivals), tuple(people.arrivals.values()), None)
    else:
        table = read_arrivals(people.arrivals)
    weight = sum(table.people) / len(table.years) / sample
    months = np.concatenate([_spread(round(number / weight)) for number in table.people])
    return _inflow(months, table, weight, parameters)


def _inflow(months: Ints, table: Arrivals, weight: float, parameters: Mapping[str, Any]) -> Inflow:
    """Say of newcomers by month where they come from, how many are women and whom municipalities receive."""
    mix = np.array([parameters["population.origin_shares"][name] for name in ORIGINS])
    origins = np.tile(mix, (len(table.years), 1))
    if table.by_origin is not None:
        counts = np.array(table.by_origin)
        total = counts.sum(axis=1, keepdims=True)
        origins = np.where(total > 0.0, counts / np.maximum(total, 1e-300), mix)
    usual = parameters["population.female_share"]
    women = np.tile(np.array([usual[name] for name in ORIGINS]), (len(table.years), 1))
    women[np.isin(table.years, BOOM), ORIGINS.index("refugee")] = parameters["population.female_share_boom"]
    received = np.array(table.people) * origins[:, [ORIGINS.index(name) for name in RECEIVED]].sum(axis=1)
    return Inflow(months, origins, women, received, weight)


def _spread(people: int) -> Ints:
    """Return arrivals by month: a twelfth of the year, the rest in its first months (docs/ODD.md 5.1)."""
    base, rest = divmod(people, 12)
    year = np.full(12, base, dtype=np.int64)
    year[:rest] += 1
    return year


def placed(
    scenario: Scenario, table: MunicipalTable, traits: MunicipalTraits, parameters: Mapping[str, Any]
) -> dict[str, Floats]:
    """Return the distribution of each origin over municipalities; only refugees and their family are placed.

    Raises
    ------
    DataError
        The user's table of shares cannot be read, or names a municipality that is not in the run.
    """
    shares = table.shares()
    rule = scenario.dispersal
    if rule == "quota":
        return shares
    if rule == "demand_weighted":
        own = table.refugee_key * np.exp(parameters["constants.dispersal_slope"] * traits.demand)
    else:
        own = read_shares(Path(rule), table)
    own = own / own.sum()
    return {name: own if name != ORIGINS[2] else share for name, share in shares.items()}


def read_shares(path: Path, table: MunicipalTable) -> Floats:
    """Read a user's table with the columns code and share.

    Parameters
    ----------
    path : Path
    table : MunicipalTable
        The municipalities of the run; those that the file leaves out get nobody.

    Returns
    -------
    ndarray of float, shape (m,)
        As given, not yet adding up to 1.

    Raises
    ------
    DataError
        Something in the file is not as docs/tables.md says, or a municipality is not in the run.
    """
    shares = read_table(path, SHARES)
    given = shares.numbers["share"]
    own = np.zeros(table.size)
    for row, (code, share) in enumerate(zip(shares.texts["code"], given, strict=True)):
        if code not in table.code:
            raise DataError(
                f"the code {show(code)} is no municipality of this run",
                where=shares.place(row),
                allowed="codes of the table of municipalities",
                nearest=nearest_name(code, table.code),
            )
        own[table.code.index(code)] = share
    total = own.sum()
    if total <= 0.0:
        raise DataError("the shares add up to nothing", where=shares.where, allowed=SHARES.columns_in_words)
    below, above = (given > 0) & (given < 1), given > 1
    if below.any() and above.any() and not 99.0 <= total <= 101.0:
        raise DataError(
            f"some shares are below 1 and others above it, and they add up to {total:g}",
            where=shares.where,
            allowed="shares that add up to 1, per cents that add up to 100, or whole numbers",
        )
    return own
