"""How many arrive in each month, of which origin, and where they are placed (sections 1 and 14)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import DataError, show
from ankomst.policy.arrivals import Arrivals, read_arrivals
from ankomst.simulation.codes import ORIGINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.arrays import Floats, Ints
    from ankomst.simulation.municipalities import MunicipalTable, MunicipalTraits


@dataclass(frozen=True)
class Inflow:
    """Newcomers of a run by arrival month.

    Attributes
    ----------
    months : ndarray of int, shape (arrival months,)
        Simulated newcomers.
    origins : ndarray of float, shape (years, 3)
        Shares of the origins by arrival year.
    weight : float
        Real newcomers that one simulated newcomer stands for.
    """

    months: Ints
    origins: Floats
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
    mix = np.array([parameters["population.origin_shares"][name] for name in ORIGINS])
    given = people.arrivals
    if given is None:
        years = people.arrival_years
        weight = people.real_inflow_per_year / sample
        return Inflow(np.tile(_spread(sample), years), np.tile(mix, (years, 1)), weight)
    if isinstance(given, dict):
        table = Arrivals(tuple(given), tuple(given.values()), None)
    else:
        table = read_arrivals(given)
    weight = sum(table.people) / len(table.years) / sample
    months = np.concatenate([_spread(round(number / weight)) for number in table.people])
    if table.by_origin is None:
        return Inflow(months, np.tile(mix, (len(table.years), 1)), weight)
    counts = np.array(table.by_origin)
    total = counts.sum(axis=1, keepdims=True)
    return Inflow(months, np.where(total > 0.0, counts / np.maximum(total, 1e-300), mix), weight)


def _spread(people: int) -> Ints:
    """Return the arrivals of each month: a twelfth of the year, the remainder in its first months (T3)."""
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
        The file cannot be read, names an unknown municipality or one twice, or holds no usable share.
    """
    where = str(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise DataError(f"the table of shares cannot be read: {problem}", where=where) from None
    own = np.zeros(table.size)
    seen: set[str] = set()
    for line, row in enumerate(rows, start=2):
        place = f"{where}, line {line}"
        code = (row.get("code") or "").strip()
        if code not in table.code or code in seen:
            fault = "stands twice" if code in seen else "is no municipality of this run"
            raise DataError(f"the code {show(code)} {fault}", where=place, allowed="columns code and share")
        seen.add(code)
        try:
            share = float(row.get("share") or "")
        except ValueError:
            share = -1.0
        if not 0.0 <= share < np.inf:
            raise DataError(
                f"share is {show(row.get('share'))}", where=place, allowed="a number of at least 0"
            )
        own[table.code.index(code)] = share
    if own.sum() <= 0.0:
        raise DataError("the shares add up to nothing", where=where, allowed="columns code and share")
    return own
