"""Municipalities: the real ones or a user's table, their traits and arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from ankomst.errors import DataError, show
from ankomst.policy.files import display_path, read_bytes
from ankomst.policy.tables.table_file import Column, CsvTable, TableLayout, read_table
from ankomst.simulation.codes import ORIGINS
from ankomst.simulation.kernels import fields
from ankomst.simulation.kernels.arrays import Areas, Floats
from ankomst.simulation.kernels.draws import trait_uniforms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

NATIONAL_UNEMPLOYMENT = 5.75
"""Per cent of the labour force in 2013, weighted (Statistics Denmark AUP02)."""
NATIONAL_TAX = 24.91
"""Weighted mean municipal tax rate 2013, per cent (De Kommunale Nøgletal)."""
PACKAGED = Path(__file__).parents[1] / "policy" / "data" / "municipalities.csv"
LAYOUT = TableLayout(
    "the columns code, name, region, population_2013, and perhaps kkr_region, tax_rate_2013_pct, "
    "unemployment_2013_pct, syrian_immigration_2013 to _2016, longitude, latitude, note",
    (
        Column("code", once=True),
        Column("name", once=True),
        Column("region"),
        Column("kkr_region", needed=False),
        Column("population_2013", "whole", low=50, high=10_000_000, unit="inhabitants"),
        *(
            Column(name, "number", needed=False, blank=True, low=0, high=60, unit="per cent", per_cent=least)
            for name, least in (("tax_rate_2013_pct", 1.0), ("unemployment_2013_pct", 0.5))
        ),
        *(
            Column(
                f"syrian_immigration_{year}",
                "whole",
                needed=False,
                blank=True,
                low=0,
                high=1e6,
                unit="people",
            )
            for year in range(2013, 2017)
        ),
        *(
            Column(name, "number", needed=False, blank=True, low=-most, high=most, unit="degrees")
            for name, most in (("longitude", 180.0), ("latitude", 90.0))
        ),
    ),
    unread=(
        *("landsdel", "population_2016", "fulltime_employees_2013", "fulltime_employees_per_1000_2013"),
        *("immigrants_descendants_2011_pct", "immigrants_descendants_2015_pct"),
        *("nonwestern_citizens_2011_per_10000", "nonwestern_citizens_2015_per_10000"),
        *("refugee_quota_2015", "refugee_quota_2015_source", "socioeconomic_index_2013"),
        *(f"syrian_citizens_1jan_{year}" for year in range(2013, 2018)),
        *("higher_education_2015_pct", "disposable_income_2013_dkk"),
    ),
)
_COUNTS = ("population_2013", *(f"syrian_immigration_{year}" for year in range(2013, 2017)))
_TOTAL = re.compile(
    r"(.*\b)?(i ?alt|totals?|sum)|hele .*|danmark|denmark|alle?( kommuner| municipalities)?", re.IGNORECASE
)
"""Names of rows that hold the sum of others."""
_PARTS = ("region ", "landsdel ")
"""How names begin where Statistics Denmark sums up municipalities."""


@dataclass(frozen=True)
class MunicipalTable:
    """Columns of the table of municipalities that a run uses; arrays of shape (m,)."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    region: tuple[str, ...]
    tax: Floats
    """Municipal tax rate as a share."""
    unemployment: Floats
    """Per cent of the labour force."""
    refugee_key: Floats
    """Distribution of refugees and their family; sums to 1."""
    population_key: Floats
    longitude: Floats
    latitude: Floats
    """Degrees of the centre; NaN where unknown."""
    filled: tuple[str, ...]
    """Cells that were blank, as "column of name", and follow the documented rule."""

    @property
    def size(self) -> int:
        """Number of municipalities."""
        return len(self.code)

    def shares(self) -> dict[str, Floats]:
        """Return the distribution of each origin over municipalities (docs/ODD.md 6.1)."""
        keys = (self.refugee_key, self.refugee_key, self.population_key)
        return dict(zip(ORIGINS, keys, strict=True))


def read_municipalities(path: Path | None = None) -> MunicipalTable:
    """Read the packaged table of 98 municipalities, or a user's own with the same columns.

    A blank tax rate or unemployment follows the national mean, a blank count of the distribution key is 0;
    `filled` lists tax and unemployment so treated. Sources: policy/data/SOURCES.md.

    Raises
    ------
    DataError
        Something in the file is not as docs/tables.md says.
    """
    if path is None:
        return _packaged()
    content = read_bytes(path, most=LAYOUT.most, kind=LAYOUT.error, wanted="a table in CSV")
    return _parsed(content, display_path(path))


@cache
def _packaged() -> MunicipalTable:
    """Read the packaged table once: it does not change while the program runs."""
    return _parsed(PACKAGED.read_bytes(), display_path(PACKAGED))


@lru_cache(maxsize=4)
def _parsed(content: bytes, where: str) -> MunicipalTable:
    """Read a table, or find it among those of earlier runs by its content."""
    table = read_table(content, LAYOUT, where)
    _refuse_total(table)
    names, nothing = table.texts["name"], np.full(len(table), np.nan)
    filled: list[str] = []
    rates = []
    for column, national in (
        ("tax_rate_2013_pct", NATIONAL_TAX),
        ("unemployment_2013_pct", NATIONAL_UNEMPLOYMENT),
    ):
        given = table.numbers.get(column, nothing)
        filled += [f"{column} of {name}" for name, rate in zip(names, given, strict=True) if np.isnan(rate)]
        rates.append(np.where(np.isnan(given), national, given))
    population = table.numbers["population_2013"]
    key = np.sum([np.nan_to_num(table.numbers.get(name, nothing)) for name in _COUNTS[1:]], axis=0)
    key = key if key.sum() > 0 else population
    return MunicipalTable(
        code=table.texts["code"],
        name=names,
        region=table.texts.get("kkr_region", table.texts["region"]),
        tax=rates[0] / 100.0,
        unemployment=rates[1],
        refugee_key=key / key.sum(),
        population_key=population / population.sum(),
        longitude=table.numbers.get("longitude", nothing),
        latitude=table.numbers.get("latitude", nothing),
        filled=tuple(filled),
    )


def _refuse_total(table: CsvTable) -> None:
    """Refuse a row that is the sum of others, by its name or because all its counts are that sum."""
    names, size = table.texts["name"], len(table)
    counts = np.array([np.nan_to_num(table.numbers[name]) for name in _COUNTS if name in table.numbers])
    sums = (counts == counts.sum(axis=1, keepdims=True) - counts).all(axis=0)
    # Of three made-up round numbers one is easily the sum of the others.
    sums &= (size > 3) | ((size == 3) & (counts[0] % 100 != 0))
    parts = [name.casefold().startswith(_PARTS) for name in names]
    for row, name in enumerate(names):
        total = size > 1 and _TOTAL.fullmatch(name) is not None
        if sums[row] or total or (parts[row] and not all(parts)):
            raise DataError(
                f"the row {show(name)} looks like the sum of others",
                where=table.place(row),
                allowed="one municipality a row, without totals",
            )


@dataclass(frozen=True)
class MunicipalTraits:
    """Unobserved fixed traits, drawn with the seed of the municipalities; arrays of shape (m,)."""

    effort: Floats
    quality: Floats
    language_quality: Floats
    demand: Floats
    responsive: NDArray[np.bool_]
    client_mix: Floats


def municipal_traits(table: MunicipalTable, seed: int, parameters: Mapping[str, Any]) -> MunicipalTraits:
    """Draw the municipalities' traits: a uniform for each trait and municipality (docs/ODD.md 5.3)."""
    p, index = parameters, np.arange(table.size)
    normal = [ndtri(trait_uniforms(seed, 100 + k, index)) for k in (0, 1, 2, 3, 5)]
    local = -p["municipality.demand_per_unemployment"] * (table.unemployment - NATIONAL_UNEMPLOYMENT)
    return MunicipalTraits(
        effort=np.exp(p["municipality.effort_sd"] * normal[0]),
        quality=np.exp(p["municipality.practice_quality_sd"] * normal[1]),
        language_quality=np.exp(p["danish.language_quality_sd"] * normal[2]),
        demand=local + p["municipality.demand_sd"] * normal[3],
        responsive=trait_uniforms(seed, 104, index) < p["municipality.responsive_share"],
        client_mix=p["municipality.client_mix_sd"] * normal[4],
    )


def areas(table: MunicipalTable, traits: MunicipalTraits, n_ref: Floats, people: int, grants: int) -> Areas:
    """Lay out the municipal arrays of a run.

    Parameters
    ----------
    table : MunicipalTable
    traits : MunicipalTraits
    n_ref : ndarray of float, shape (m,)
        Newcomers of the reference inflow in the run, in simulated persons: local capacity.
    people : int
        Newcomers of the run.
    grants : int
        Result grants paid in the run.
    """
    real = np.zeros((table.size, fields.M_CAP_PAID + grants))
    real[:, fields.M_TAX] = table.tax
    real[:, fields.M_DEMAND] = traits.demand
    real[:, fields.M_N_REF] = n_ref
    return Areas(real=real, best=np.zeros(people + 1), chosen=np.zeros(people + 1, dtype=np.int64))
