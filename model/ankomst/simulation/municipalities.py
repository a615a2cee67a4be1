"""Municipalities: the real ones or a user's table, their traits and arrays, and each one as an agent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import pandas as pd
from scipy.special import ndtri

from ankomst.errors import DataError
from ankomst.simulation import fields
from ankomst.simulation.arrays import Areas, Floats
from ankomst.simulation.codes import ORIGINS
from ankomst.simulation.draws import trait_uniforms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ankomst.simulation.engine import IntroductionModel

NATIONAL_UNEMPLOYMENT = 5.75
"""Per cent of the labour force in 2013, weighted (Statistics Denmark AUP02)."""
NATIONAL_TAX = 24.91
"""Weighted mean municipal tax rate 2013, per cent (De Kommunale Nøgletal)."""
PACKAGED = Path(__file__).parents[1] / "policy" / "data" / "municipalities.csv"
_KEY_YEARS = tuple(f"syrian_immigration_{year}" for year in range(2013, 2017))
_NEEDED = ("code", "name", "region", "population_2013")
_NUMBERS = ("population_2013", "tax_rate_2013_pct", "unemployment_2013_pct", *_KEY_YEARS)


@dataclass(frozen=True)
class MunicipalTable:
    """What a run takes from the table of municipalities; arrays of shape (m,)."""

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
    filled: tuple[str, ...]
    """Cells that were blank, as "column of name", and follow the documented rule."""

    @property
    def size(self) -> int:
        """Number of municipalities."""
        return len(self.code)

    def shares(self) -> dict[str, Floats]:
        """Distribution of each origin over municipalities (details B)."""
        keys = (self.refugee_key, self.refugee_key, self.population_key)
        return dict(zip(ORIGINS, keys, strict=True))


def read_municipalities(path: Path | None = None) -> MunicipalTable:
    """Read the packaged table of 98 municipalities, or a user's own with the same columns.

    A blank tax rate or unemployment follows the national mean, a blank count of the distribution key is 0;
    `filled` lists tax and unemployment so treated. Sources: policy/data/SOURCES.md.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, repeats a code or holds a value that makes no sense.
    """
    return _packaged() if path is None else _read(path)


@cache
def _packaged() -> MunicipalTable:
    """Read the packaged table once: it does not change while the program runs."""
    return _read(PACKAGED)


def _read(source: Path) -> MunicipalTable:
    try:
        frame = pd.read_csv(source, dtype=str, keep_default_na=False)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as problem:
        raise DataError(f"{source}: the table of municipalities cannot be read: {problem}") from None
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise DataError(f"{source}: the column {missing[0]!r} is missing; needed are {', '.join(_NEEDED)}.")
    if frame.empty:
        raise DataError(f"{source}: the table holds no municipality.")
    repeated = frame["code"][frame["code"].duplicated()]
    if len(repeated):
        raise DataError(f"{source}: the code {repeated.iloc[0]} stands twice.")
    numbers = {name: _column(frame, name, source) for name in _NUMBERS}
    population = numbers["population_2013"]
    if np.isnan(population).any() or (population <= 0).any():
        name = frame["name"][int(np.argmax(np.isnan(population) | (population <= 0)))]
        raise DataError(f"{source}: population_2013 of {name} must be a number above 0.")
    filled = []
    for column, national in (
        ("tax_rate_2013_pct", NATIONAL_TAX),
        ("unemployment_2013_pct", NATIONAL_UNEMPLOYMENT),
    ):
        blank = np.isnan(numbers[column])
        filled += [f"{column} of {name}" for name in frame["name"][blank]]
        numbers[column] = np.where(blank, national, numbers[column])
        if (numbers[column] < 0).any() or (numbers[column] > 60).any():
            name = frame["name"][int(np.argmax((numbers[column] < 0) | (numbers[column] > 60)))]
            raise DataError(f"{source}: {column} of {name} is outside 0 to 60 per cent.")
    key = np.sum([np.nan_to_num(numbers[name]) for name in _KEY_YEARS], axis=0)
    if (key < 0).any():
        raise DataError(f"{source}: a count of Syrian immigration is below 0.")
    return MunicipalTable(
        code=tuple(frame["code"]),
        name=tuple(frame["name"]),
        region=tuple(frame["kkr_region"] if "kkr_region" in frame.columns else frame["region"]),
        tax=numbers["tax_rate_2013_pct"] / 100.0,
        unemployment=numbers["unemployment_2013_pct"],
        refugee_key=(key if key.sum() > 0 else population)
        / (key.sum() if key.sum() > 0 else population.sum()),
        population_key=population / population.sum(),
        filled=tuple(filled),
    )


def _column(frame: pd.DataFrame, name: str, source: Path) -> Floats:
    """Return a column as floats, blanks and absent columns as NaN."""
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    values = np.full(len(frame), np.nan)
    for row, text in enumerate(frame[name]):
        if not text.strip():
            continue
        try:
            values[row] = float(text)
        except ValueError:
            raise DataError(
                f"{source}: {name} of {frame['name'][row]} is {text!r}; a number is needed."
            ) from None
        if not np.isfinite(values[row]):
            raise DataError(f"{source}: {name} of {frame['name'][row]} is {text!r}; a number is needed.")
    return values


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
    """Draw the municipalities' traits: a uniform for each trait and municipality (section 5.3)."""
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


class Municipality(mesa.Agent):  # type: ignore[misc]
    """A municipality: a readable view of its traits and of its present plan, see `planning.py`.

    Parameters
    ----------
    model : IntroductionModel
    index : int
        Position in the arrays of the run.
    """

    def __init__(self, model: IntroductionModel, index: int) -> None:
        super().__init__(model)
        self.index = index

    code = property(lambda self: self.model.table.code[self.index], doc="Official number.")
    name = property(lambda self: self.model.table.name[self.index], doc="Name in Danish.")
    region = property(
        lambda self: self.model.table.region[self.index],
        doc="Region, within which municipalities learn from each other.",
    )
    responsive = property(
        lambda self: bool(self.model.traits.responsive[self.index]), doc="Whether it reacts to incentives."
    )
    first_effort = property(
        lambda self: float(self.model.plan.first_effort[self.index]), doc="Company effort at the start (e0)."
    )
    effort = property(lambda self: float(self.model.plan.effort[self.index]), doc="Company effort now (e).")
    language_effort = property(
        lambda self: float(self.model.plan.language_effort[self.index]), doc="Effort in Danish classes."
    )
    quality = property(
        lambda self: float(self.model.plan.quality[self.index]), doc="Quality of practice (Q)."
    )
    language_quality = property(
        lambda self: float(self.model.plan.language_quality[self.index]),
        doc="Factor on the speed of learning, before language effort.",
    )
    expected_period = property(
        lambda self: float(self.model.plan.expected_period[self.index]),
        doc="Months that it expects a newcomer to stay in the introduction period (N).",
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
