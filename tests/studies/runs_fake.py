"""Runs of a batch made by hand, with known truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from ankomst.simulation.codes import GRANT_OUTCOMES, ITEMS, STATES
from ankomst.studies.metrics.record import AREA_MEASURES, BONUS, COUNTED, PRICED, SCALARS, Family, Layout
from ankomst.studies.metrics.summary import CURVES, PAYERS, payer_signs

Value = float | np.ndarray[Any, Any]
MONTHS = (12, 36, 48)
FOLLOW_UP = 48
CROSSED = (("origin", "sex"),)
TOWNS = ("Here", "There")
RATE = 0.04
FACTOR = (1.0 + RATE) ** (-np.arange(FOLLOW_UP) / 12.0)


def layout() -> Layout:
    """Return a small layout: 48 months, two municipalities, origin crossed with sex."""
    empty = Layout(MONTHS, FOLLOW_UP, CROSSED, {})
    cells = tuple(", ".join(f"{k}={v}" for k, v in cell.items()) or "all" for cell in empty.cells)
    every, years = tuple(range(1, FOLLOW_UP + 1)), tuple(range(1, FOLLOW_UP // 12 + 1))
    families = {
        "outcome": Family(("outcome", "months", "cell"), (COUNTED, MONTHS, cells)),
        "cost": Family(("payer", "discounted", "months", "cell"), (PAYERS, ("no", "yes"), MONTHS, cells)),
        "cost_month": Family(("payer", "month"), (PAYERS, every)),
        "jobs": Family(("month", "cell"), (every, cells)),
        "price": Family(("party", "month"), (PRICED, every)),
        "scalar": Family(("name",), (SCALARS,)),
        "item_year": Family(("item", "discounted", "year_since_arrival"), (ITEMS, ("no", "yes"), years)),
        "item_calendar": Family(("item", "year"), (ITEMS, (2013, 2014, 2015, 2016, 2017))),
        "item_cell": Family(("item", "cell"), (ITEMS, cells)),
        "curve": Family(("curve", "month"), (CURVES, every)),
        "people": Family(("cell",), (cells,)),
        "area_outcome": Family(("measure", "municipality"), (AREA_MEASURES, TOWNS)),
        "area_cost": Family(("payer", "municipality"), (PAYERS, TOWNS)),
        "deadweight": Family(("grant", "part"), ((*GRANT_OUTCOMES, BONUS), ("paid", "deadweight"))),
        "grant_month": Family(("part", "month"), (("paid", "deadweight"), every)),
        "state": Family(("state", "month"), (STATES, every)),
    }
    return Layout(MONTHS, FOLLOW_UP, CROSSED, families)


class FakeRuns:
    """Holds families as arrays; every run of every scenario is zero until it is set.

    Discount rate 4 %, no displacement, no tax distortion.
    """

    def __init__(
        self, scenarios: tuple[str, ...] = ("base", "alt"), draws: int = 1, replicates: int = 6
    ) -> None:
        self.scenarios = scenarios
        self.baseline = scenarios[0]
        self.layout = layout()
        self.draws = draws
        self.replicates = replicates
        self.reads: list[tuple[str, str]] = []
        self.data: dict[tuple[str, str], np.ndarray[Any, Any]] = {
            (scenario, name): np.zeros((draws, replicates, *family.shape))
            for scenario in scenarios
            for name, family in self.layout.families.items()
        }
        for scenario in scenarios:
            self.scalar(scenario, "n", 1000.0)
            self.scalar(scenario, "discount_rate", RATE)

    def values(self, scenario: str, family: str) -> np.ndarray[Any, Any]:
        self.reads.append((scenario, family))
        return self.data[scenario, family]

    def scalar(self, scenario: str, name: str, value: Value) -> None:
        """Set a number of every run; `value` has the shape (draws, replicates) or is one number."""
        self.data[scenario, "scalar"][..., SCALARS.index(name)] = value

    def outcome(self, scenario: str, name: str, value: Value) -> None:
        """Set an outcome at every month and in every cell."""
        of_run = np.broadcast_to(value, (self.draws, self.replicates))
        self.data[scenario, "outcome"][..., COUNTED.index(name), :, :] = of_run[..., None, None]

    def jobs(self, scenario: str, value: Value) -> None:
        """Set the share in work in every month and cell, and months employed to match."""
        of_run = np.broadcast_to(value, (self.draws, self.replicates))
        self.data[scenario, "jobs"][...] = of_run[..., None, None]
        at = COUNTED.index("months_employed")
        for k, month in enumerate(MONTHS):
            self.data[scenario, "outcome"][..., at, k, :] = (month * of_run)[..., None]

    def pay(self, scenario: str, item: str, month: int, amount: Value) -> None:
        """Book DKK per newcomer (one number, or one a run) in a month, in every family."""
        of_run = np.broadcast_to(amount, (self.draws, self.replicates)).astype(np.float64)
        k, signs = ITEMS.index(item), payer_signs()[:, ITEMS.index(item)]
        factors = np.array([1.0, FACTOR[month - 1]])
        both = of_run[..., None] * factors
        self.data[scenario, "item_year"][..., k, :, (month - 1) // 12] += both
        self.data[scenario, "item_calendar"][..., k, (month - 1) // 12] += of_run
        self.data[scenario, "item_cell"][..., k, :] += both[..., 1:]
        net = both[..., None, :] * signs[:, None]
        self.data[scenario, "cost_month"][..., month - 1] += net[..., 1]
        for at, last in enumerate(MONTHS):
            if month <= last:
                self.data[scenario, "cost"][..., at, :] += net[..., None]
        self.data[scenario, "area_cost"][...] += net[..., :1]

    def displace(self, share: Value, municipality: float, state: float, worker: float) -> None:
        """Price displaced workers in the baseline's runs; other scenarios hold prices that must not count."""
        self.scalar(self.baseline, "displacement", share)
        priced = [municipality, state, worker, 0.75 * municipality, 0.5 * municipality]
        self.data[self.baseline, "price"][...] = np.array(priced)[:, None]
        for scenario in self.scenarios[1:]:
            self.scalar(scenario, "displacement", 0.99)
            self.data[scenario, "price"][...] = 1e9

    def fail(self, scenario: str, draw: int, replicate: int) -> None:
        """Make a run missing."""
        for family in self.layout.families:
            self.data[scenario, family][draw, replicate] = np.nan
