"""Pairs of runs of a batch: scenario and baseline on the same draw and replicate, with displaced workers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.outcomes import named
from ankomst.studies.metrics.metric import Metric
from ankomst.studies.metrics.row_metrics import read_row
from ankomst.studies.metrics.summary import PAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.metrics.record import Layout, RunValues

Array = np.ndarray[Any, Any]
NET_COST = "net_cost"
DEFAULT_OUTCOMES = (
    "employment_rate",
    "ordinary_employment_rate",
    "test_pass_rate",
    "months_employed",
    NET_COST,
    "grants_paid",
)
"""Outcomes of a comparison where no others are asked for."""
WHOLE_FOLLOW_UP = ("months_employed", "hours_worked", NET_COST, "grants_paid")
"""Sums since arrival, compared over the whole follow-up."""
HIGHER, LOWER = "higher", "lower"
BETTER = {
    "employment_rate": HIGHER,
    "ordinary_employment_rate": HIGHER,
    "ever_employed": HIGHER,
    "hours_worked": HIGHER,
    "months_employed": HIGHER,
    "test_pass_rate": HIGHER,
    "self_support_rate": HIGHER,
    "job_duration": HIGHER,
    "job_after_placement": HIGHER,
    "net_social_benefit": HIGHER,
    "net_cost": LOWER,
    "weeks_to_first_job": LOWER,
}
"""Whether more of an outcome is better or less; what is not here is neither."""


def better(outcome: str) -> str:
    """Say whether "higher" or "lower" is better, or nothing where neither is."""
    return BETTER.get(outcome, "")


def month_of(layout: Layout, outcome: str, months: int | None = None) -> int:
    """Return the months since arrival at which an outcome is compared.

    Left out: the follow-up for sums, 36 for shares, or the last month kept before that.

    Raises
    ------
    RunError
        The month is not kept in the batch.
    """
    if months is not None:
        if months not in layout.months:
            raise RunError(
                f"months={months} is not kept in this batch", allowed=", ".join(map(str, layout.months))
            )
        return months
    if outcome in WHOLE_FOLLOW_UP:
        return layout.follow_up
    early = [month for month in layout.months if month <= 36]
    return early[-1] if early else layout.months[0]


def cells_of_groups(layout: Layout, groups: Sequence[Sequence[str]]) -> list[tuple[str, str, int]]:
    """Return dimension, group and position of the whole sample and of every cell of the groups asked for.

    Raises
    ------
    RunError
        A dimension or a crossing is not kept in the batch.
    """
    found = [("all", "all", 0)]
    for group in groups:
        wanted = set(group)
        mine = [(k, cell) for k, cell in enumerate(layout.cells) if cell and set(cell) == wanted]
        if not mine:
            known = sorted({"+".join(cell) for cell in layout.cells if cell})
            asked = "+".join(group)
            raise RunError(
                f"this batch keeps no outcomes by {asked!r}",
                allowed=", ".join(known),
                nearest=nearest_name(asked, known),
            )
        found += [("+".join(cell), "+".join(cell.values()), k) for k, cell in mine]
    return found


class Pairs:
    """Reads a batch one scenario and one family at a time, and prices displaced workers as the baseline does.

    Parameters
    ----------
    runs : RunValues
    """

    def __init__(self, runs: RunValues) -> None:
        self.runs = runs
        self.layout = runs.layout
        self.others = tuple(name for name in runs.scenarios if name != runs.baseline)
        self._base: dict[str, Array] = {}

    def read(self, scenario: str, family: str) -> Array:
        """Return a family of a scenario; that of the baseline is read once."""
        if scenario != self.runs.baseline:
            return self.runs.values(scenario, family)
        if family not in self._base:
            self._base[family] = self.runs.values(scenario, family)
        return self._base[family]

    def base(self, family: str) -> Array:
        """Return a family of the baseline."""
        return self.read(self.runs.baseline, family)

    def label(self, family: str, axis: int, name: object) -> int:
        """Return the position of a label on an axis of a family."""
        return self.layout.families[family].labels[axis].index(name)

    def scalar(self, scenario: str, name: str) -> Array:
        """Return a number of every run, shape (draws, replicates)."""
        return np.asarray(self.read(scenario, "scalar")[..., self.label("scalar", 0, name)])

    def prices(self, *, discounted: bool) -> Array:
        """Price one more newcomer in work by month since arrival, through those displaced.

        Returns
        -------
        ndarray, shape (draws, replicates, 6, months)
            DKK to municipality, state and both, displaced workers' lost income, their benefit and the
            municipal tax that they no longer pay; of the baseline's runs.
        """
        price = self.base("price")
        months = price.shape[-1]
        rate = self.scalar(self.runs.baseline, "discount_rate")[..., None]
        factor = (1.0 + rate) ** (-np.arange(months) / 12.0) if discounted else np.ones(months)
        share = self.scalar(self.runs.baseline, "displacement")
        priced = price * (share[..., None] * factor)[..., None, :]
        public = priced[..., :1, :] + priced[..., 1:2, :]
        return np.concatenate([priced[..., :2, :], public, priced[..., 2:, :]], axis=-2)

    def displaced_layers(self, scenario: str, *, discounted: bool = True) -> Array:
        """Cost of displaced workers to municipalities by payer layer, shape (draws, replicates, 4).

        Their benefit is guaranteed, the tax that they no longer pay is not.
        """
        cost = self.displaced(scenario, discounted=discounted)[..., 0]
        benefit, tax = cost[..., -2], cost[..., -1]
        return np.stack([benefit + tax, cost[..., 0], tax, tax], axis=-1)

    def displaced(
        self,
        scenario: str,
        months: int | None = None,
        cells: Sequence[int] = (0,),
        *,
        discounted: bool = True,
    ) -> Array:
        """Cost of displaced workers over the first months.

        Returns
        -------
        ndarray, shape (draws, replicates, 6, cells)
            Municipality, state, both, lost income, benefit and municipal tax; DKK per newcomer of the cell.
        """
        until = slice(0, months)
        places = list(cells)
        extra = (
            self.read(scenario, "jobs")[..., until, :][..., places]
            - self.base("jobs")[..., until, :][..., places]
        )
        prices = self.prices(discounted=discounted)[..., until]
        # One cell beside the other, without an array of payers, months and cells at once.
        return np.asarray(np.matmul(prices, extra))

    def displaced_by_month(self, scenario: str, *, discounted: bool = True) -> Array:
        """Cost of displaced workers in each month, whole sample, shape (draws, replicates, 6, months)."""
        extra = self.read(scenario, "jobs")[..., 0] - self.base("jobs")[..., 0]
        return np.asarray(self.prices(discounted=discounted) * extra[..., None, :])

    def cost(
        self, scenario: str, month: int, cells: Sequence[int] = (0,), *, discounted: bool = True
    ) -> Array:
        """Net public cost of a scenario's own ledger, shape (draws, replicates, payers, cells)."""
        at = self.label("cost", 2, month)
        return np.asarray(self.read(scenario, "cost")[..., int(discounted), at, :][..., list(cells)])

    def whole(
        self, scenario: str, outcome: str, payer: str = "both", months: int | None = None
    ) -> tuple[Array, Array]:
        """Return baseline and scenario of an outcome for the whole sample.

        Net cost is discounted and holds displaced workers on the scenario's side.

        Returns
        -------
        base, alt : ndarray, shape (draws, replicates)

        Raises
        ------
        RunError
            The outcome, the payer or the month is unknown.
        """
        named(outcome)
        month = month_of(self.layout, outcome, months)
        cost = outcome == NET_COST
        k = payer_index(payer or "both") if cost else 0
        metric = Metric(outcome, month, PAYERS[k] if cost else "")
        base, alt = (
            read_row(partial(self.read, name), self.layout, metric) for name in (self.runs.baseline, scenario)
        )
        return base, alt + self.displaced(scenario, month)[..., k, 0] if cost else alt


def payer_index(payer: str) -> int:
    """Return the position of a public payer.

    Raises
    ------
    RunError
    """
    if payer not in PAYERS:
        raise RunError(
            f"{payer!r} is no public payer", allowed=", ".join(PAYERS), nearest=nearest_name(payer, PAYERS)
        )
    return PAYERS.index(payer)
