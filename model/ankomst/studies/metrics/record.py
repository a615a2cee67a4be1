"""What is kept of a run in a batch: numbers enough for every comparison, few enough for thousands of runs.

A row has some eight thousand numbers (60 kB), laid out in families of arrays. Money is in DKK per newcomer of
the cell. The layout depends on the experiment only, so that all runs of a batch can be laid side by side.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ankomst.errors import ExperimentError
from ankomst.policy.rates import load_rates
from ankomst.simulation.accounts import (
    GRANT_ITEMS,
    GROUP_DIMENSIONS,
    direction,
    discount_factors,
    resource_items,
)
from ankomst.simulation.codes import GRANT_OUTCOMES, ITEMS, STATES
from ankomst.simulation.municipalities import read_municipalities
from ankomst.simulation.outcomes import OUTCOMES, OutcomeOptions
from ankomst.simulation.spread import person_values
from ankomst.studies.metrics.cells import cells_of
from ankomst.studies.metrics.economics import displaced_month
from ankomst.studies.metrics.reach import calendar_years
from ankomst.studies.metrics.summary import CURVES, PAYERS, Summary, payer_signs, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.deadweight import Deadweight
    from ankomst.simulation.result import Result

Array = np.ndarray[Any, Any]
COUNTED = tuple(name for name in OUTCOMES if name != "net_cost")
"""Outcomes of a row; net cost has a family of its own, by payer."""
SCALARS = (
    "n", "weight", "discount_rate", "displacement", "tax_distortion", "income", "income_undiscounted",
    "resource",
)  # fmt: skip
PRICED = ("municipality", "state", "worker", "benefit", "municipal_tax")
"""Of the price of a displaced month: who loses what, and the two parts that the municipality's is made of."""
AREA_UNITS = {
    "arrived": "simulated newcomers", "ever_employed": "share", "test_pass_rate": "share",
    "weeks_to_first_job": "weeks",
}  # fmt: skip
"""Unit of each measure by municipality."""
AREA_MEASURES = tuple(AREA_UNITS)
BONUS = "bonus_extra_job"
DISCOUNTED = ("no", "yes")
PARTS = ("paid", "deadweight")
"""Grant money: all of it, and the part for results that would have come anyway."""


@dataclass(frozen=True)
class Family:
    """An array of the row: names of its axes and labels along each."""

    axes: tuple[str, ...]
    labels: tuple[tuple[Any, ...], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""
        return tuple(len(names) for names in self.labels)

    @property
    def size(self) -> int:
        """Numbers in the family."""
        return int(np.prod(self.shape))


@dataclass(frozen=True)
class Layout:
    """Where each number of a row stands.

    Attributes
    ----------
    months : tuple of int
        Months since arrival at which outcomes are kept; the last is the follow-up.
    follow_up : int
        Months that every newcomer is followed.
    groups : tuple of tuple of str
        Crossings of dimensions kept beside the single ones.
    families : dict of Family
        In the order of the row.
    """

    months: tuple[int, ...]
    follow_up: int
    groups: tuple[tuple[str, ...], ...]
    families: dict[str, Family]

    @cached_property
    def cells(self) -> tuple[dict[str, str], ...]:
        """Labels of every cell: all newcomers first, then each category, then the crossings."""
        return tuple(labels for labels, _ in _cells(self.groups))

    @property
    def size(self) -> int:
        """Numbers in a row."""
        return sum(family.size for family in self.families.values())

    @property
    def area_month(self) -> int:
        """Months since arrival of the outcomes by municipality."""
        return min(36, self.follow_up)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that decides what a row holds."""
        content = [
            self.months, self.follow_up, self.groups,
            [[name, family.axes, family.labels] for name, family in self.families.items()],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()

    def split(self, rows: Array) -> dict[str, Array]:
        """Cut rows into families.

        Parameters
        ----------
        rows : ndarray, shape (..., size)

        Returns
        -------
        dict of ndarray, each of shape (..., *family.shape)
        """
        found, start = {}, 0
        for name, family in self.families.items():
            part = rows[..., start : start + family.size]
            found[name] = part.reshape(*rows.shape[:-1], *family.shape)
            start += family.size
        return found


class RunValues(Protocol):
    """Numbers of the runs of a batch, as comparisons read them.

    Attributes
    ----------
    scenarios : tuple of str
        The baseline among them.
    baseline : str
    layout : Layout
    draws, replicates : int
        Parameter draws, and the largest number of replicates of a draw. Replicates are nested in draws: each
        has luck of its own, the same in every scenario.
    """

    @property
    def scenarios(self) -> tuple[str, ...]: ...  # noqa: D102 - described above
    @property
    def baseline(self) -> str: ...  # noqa: D102
    @property
    def layout(self) -> Layout: ...  # noqa: D102
    @property
    def draws(self) -> int: ...  # noqa: D102
    @property
    def replicates(self) -> int: ...  # noqa: D102

    def values(self, scenario: str, family: str) -> Array:
        """Return a family of a scenario, shape (draws, replicates, *family.shape); NaN where no run is."""
        ...


def layout_of(
    scenarios: Iterable[Scenario], months: Sequence[int], groups: Sequence[Sequence[str]] = ()
) -> Layout:
    """Lay out the row of a batch.

    Parameters
    ----------
    scenarios : iterable of Scenario
        They must share the follow-up and the table of municipalities.
    months : sequence of int
        Months since arrival for outcomes; those beyond the follow-up are left out, its end is added.
    groups : sequence of sequences of str
        Dimensions to cross, such as ("origin", "sex"); single dimensions are always kept.

    Raises
    ------
    ExperimentError
        The scenarios cannot be laid side by side.
    """
    everyone = list(scenarios)
    follow_up = everyone[0].horizon.follow_up_months
    tables = [read_municipalities(scenario.population.municipalities).name for scenario in everyone]
    for scenario, names in zip(everyone, tables, strict=True):
        if scenario.horizon.follow_up_months != follow_up:
            raise ExperimentError(
                f"{scenario.title!r} follows newcomers for {scenario.horizon.follow_up_months} months and "
                f"{everyone[0].title!r} for {follow_up}",
                allowed="one horizon.follow_up_months in all scenarios that are compared",
            )
        if names != tables[0]:
            raise ExperimentError(
                f"{scenario.title!r} and {everyone[0].title!r} use different tables of municipalities",
                allowed="one population.municipalities in all scenarios that are compared",
            )
    at = tuple(sorted({month for month in months if month <= follow_up} | {follow_up}))
    spans = [calendar_years(scenario) for scenario in everyone]
    first, last = min(span.start for span in spans), max(span.stop for span in spans)
    crossed = tuple(tuple(group) for group in groups if len(group) > 1)
    cells = tuple(_label(labels) for labels, _ in _cells(crossed))
    every = tuple(range(1, follow_up + 1))
    years = tuple(range(1, -(-follow_up // 12) + 1))
    municipalities = tuple(tables[0])
    families = {
        "outcome": Family(("outcome", "months", "cell"), (COUNTED, at, cells)),
        "cost": Family(("payer", "discounted", "months", "cell"), (PAYERS, DISCOUNTED, at, cells)),
        "cost_month": Family(("payer", "month"), (PAYERS, every)),
        "jobs": Family(("month", "cell"), (every, cells)),
        "price": Family(("party", "month"), (PRICED, every)),
        "scalar": Family(("name",), (SCALARS,)),
        "item_year": Family(("item", "discounted", "year_since_arrival"), (ITEMS, DISCOUNTED, years)),
        "item_calendar": Family(("item", "year"), (ITEMS, tuple(range(first, last)))),
        "item_cell": Family(("item", "cell"), (ITEMS, cells)),
        "curve": Family(("curve", "month"), (CURVES, every)),
        "people": Family(("cell",), (cells,)),
        "area_outcome": Family(("measure", "municipality"), (AREA_MEASURES, municipalities)),
        "area_cost": Family(("payer", "municipality"), (PAYERS, municipalities)),
        "deadweight": Family(("grant", "part"), ((*GRANT_OUTCOMES, BONUS), PARTS)),
        "grant_month": Family(("part", "month"), (PARTS, every)),
        "state": Family(("state", "month"), (STATES, every)),
    }
    return Layout(at, follow_up, crossed, families)


def record(result: Result, layout: Layout, lost: Sequence[Deadweight] | None = None) -> Array:
    """Return the row of a run.

    Parameters
    ----------
    result : Result
    layout : Layout
        Of a batch that the run's scenario belongs to.
    lost : sequence of Deadweight, optional
        From the run and its shadow run; without it the deadweight is NaN.

    Returns
    -------
    ndarray, shape (layout.size,)
    """
    made = _families(result, layout, lost)
    row = np.empty(layout.size)
    for name, part in layout.split(row).items():
        part[...] = made[name]
    return row


def _families(result: Result, layout: Layout, lost: Sequence[Deadweight] | None) -> Mapping[str, Any]:
    # Sums over axes, no matrix products: those may differ in the last bit with the number of threads.
    summary = summarise(result)
    masks = [mask for _, mask in _cells(layout.groups)]
    at = [month - 1 for month in layout.months]
    people = np.array([summary.arrived[mask].sum() for mask in masks])
    factor = discount_factors(result.months, result.discount_rate)
    ledger = np.stack([summary.ledger[:, mask].sum(axis=1) for mask in masks], axis=1)  # month, cell, item
    discounted = ledger * factor[:, None, None]
    both = np.stack([ledger, discounted])  # discounted, month, cell, item
    signs = payer_signs()
    with np.errstate(invalid="ignore", divide="ignore"):
        net = np.stack([(both * sign).sum(axis=-1) for sign in signs]) / people  # payer, disc., month, cell
        jobs = np.stack([summary.employed[:, mask].sum(axis=1) for mask in masks], axis=1) / people
        items = np.moveaxis(both[:, :, 0], -1, 0) / people[0]  # item, discounted, month
        item_cell = (discounted.sum(axis=0) / people[:, None]).T
    price = displaced_month(result.scenario, summary)
    income = -direction("newcomer")
    calendar = np.zeros(layout.families["item_calendar"].shape)
    area = result.records.ledger_area  # year, municipality, item
    start = result.scenario.first_year - layout.families["item_calendar"].labels[1][0]
    calendar[:, start : start + area.shape[0]] = area.sum(axis=1).T / result.n
    scalars = {
        "n": result.n,
        "weight": result.weight,
        "discount_rate": result.discount_rate,
        "displacement": result.parameters["economy.displacement"],
        "tax_distortion": load_rates().value("tax_distortion", result.scenario.date),
        "income": (item_cell[:, 0] * income).sum(),
        "income_undiscounted": (items[:, 0].sum(axis=-1) * income).sum(),
        "resource": (item_cell[:, 0] * resource_items()).sum(),
    }
    return {
        "outcome": _outcomes(result, layout, masks),
        "cost": np.cumsum(net, axis=2)[:, :, at],
        "cost_month": net[:, 1, :, 0],
        "jobs": jobs,
        "price": np.stack([getattr(price, name) for name in PRICED]),
        "scalar": [scalars[name] for name in SCALARS],
        "item_year": np.add.reduceat(items, np.arange(0, result.months, 12), axis=-1),
        "item_calendar": calendar,
        "item_cell": item_cell,
        "curve": [summary.curves[name] for name in CURVES],
        "people": people,
        "area_outcome": _by_municipality(result, layout),
        "area_cost": _area_cost(result, area, signs),
        "deadweight": _deadweight(result, lost),
        "grant_month": _grant_month(result, summary, lost),
        "state": (result.counts.sum(axis=1) / result.n).T,
    }


def _outcomes(result: Result, layout: Layout, masks: Sequence[Array]) -> Array:
    """Outcomes at the months of the layout, shape (outcomes, months, cells)."""
    parts = [OUTCOMES[name].parts(result, layout.months, OutcomeOptions()) for name in COUNTED]
    top, bottom = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
    with np.errstate(invalid="ignore", divide="ignore"):
        cells = [top[..., mask].sum(axis=-1) / bottom[..., mask].sum(axis=-1) for mask in masks]
    return np.stack(cells, axis=-1)


def _by_municipality(result: Result, layout: Layout) -> list[Array]:
    where, size = result.newcomers.municipality, result.table.size
    arrived = np.bincount(where, minlength=size).astype(np.float64)
    rows = [arrived]
    with np.errstate(invalid="ignore", divide="ignore"):
        for name in AREA_MEASURES[1:]:
            values = person_values(result, name, layout.area_month)
            rows.append(np.bincount(where, values, minlength=size) / arrived)
    return rows


def _area_cost(result: Result, area: Array, signs: Array) -> Array:
    arrived = np.bincount(result.newcomers.municipality, minlength=result.table.size)
    by_item = area.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([(by_item * sign).sum(axis=-1) for sign in signs]) / arrived


def _deadweight(result: Result, lost: Sequence[Deadweight] | None) -> Array:
    found = np.full((len(GRANT_OUTCOMES) + 1, 2), np.nan if lost is None else 0.0)
    for entry in lost or ():
        row = (*GRANT_OUTCOMES, BONUS).index(entry.outcome)
        found[row] += np.array([entry.paid, entry.deadweight]) / (result.weight * result.n)
    return found


def _grant_month(result: Result, summary: Summary, lost: Sequence[Deadweight] | None) -> list[Array]:
    """Grants paid by month since arrival and the part that is deadweight, DKK per newcomer, undiscounted."""
    paid = summary.ledger.sum(axis=1)[:, [ITEMS.index(name) for name in (*GRANT_ITEMS, BONUS)]].sum(axis=1)
    wasted = np.full(result.months, np.nan) if lost is None else np.zeros(result.months)
    for entry in lost or ():
        if entry.paid:
            wasted = wasted + entry.by_month / result.weight
    return [paid / result.n, wasted / result.n]


def _cells(crossed: Sequence[Sequence[str]]) -> list[tuple[dict[str, str], Array]]:
    groups: list[Sequence[str]] = [(), *((name,) for name in GROUP_DIMENSIONS), *crossed]
    return [cell for group in groups for cell in cells_of(group)]


def _label(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{dimension}={name}" for dimension, name in labels.items()) or "all"
