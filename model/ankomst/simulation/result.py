"""Result of a run: its data with outcomes and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ankomst.simulation import accounts as ledger
from ankomst.simulation import outcomes, spread
from ankomst.simulation.run_data import RunData

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Result(RunData):
    """A finished run, as `simulate` returns it: its data (see `RunData`) and the outcomes and accounts."""

    def outcome(
        self,
        name: str,
        *,
        months: int | Sequence[int] | None = None,
        by: str | Sequence[str] | None = None,
        age: str = "all",
        hours: float = 20.0,
        payer: str = "both",
        discounted: bool = False,
        across: str | None = None,
    ) -> pd.DataFrame:
        """Return a named outcome as a tidy table.

        Parameters
        ----------
        name : str
            One of `ankomst.simulation.outcomes.OUTCOMES`, where the definitions stand.
        months : int or sequence of int, optional
            Months since arrival, 1 to the length of the follow-up; 36 if left out.
        by : str or sequence of str, optional
            Any of origin, sex, health, education; arrival_year as well, except for money.
        age : {"all", "25-64"}
            Age at the time, for outcomes that are shares of those present.
        hours : float
            Weekly hours that count as ordinary employment (`ordinary_employment_rate`).
        payer : {"both", "municipality", "state"}
            For `net_cost`.
        discounted : bool
            For `net_cost` and `grants_paid`, from each person's own arrival.
        across : str, optional
            women_over_men, municipality_max, municipality_min, municipality_p90_p10, quintile_gap or
            adjusted_sd: one number across groups instead of a mean.

        Returns
        -------
        DataFrame
            The `by` columns, outcome, months, unit, value and n, the simulated persons (or person-months)
            in the denominator.

        Raises
        ------
        RunError
            Unknown name, group or month.
        """
        if across is not None:
            wanted = [36] if months is None else [months] if isinstance(months, int) else list(months)
            values = [spread.across(self, name, across, month) for month in wanted]
            frame = pd.DataFrame({"outcome": name, "months": wanted, "across": across, "value": values})
            return frame.assign(n=self.n)
        options = outcomes.OutcomeOptions(age=age, hours=hours, payer=payer, discounted=discounted)
        return outcomes.outcome(self, name, months, by, options)

    def accounts(self, by: Sequence[str] = ("payer", "item"), *, discounted: bool = False) -> pd.DataFrame:
        """Return the account in DKK of the real inflow, and per newcomer.

        Parameters
        ----------
        by : sequence of str
            Any of payer, item; year (calendar), or months, year_since_arrival and the groups origin, sex,
            health, education; or municipality with payer, item and year. With payer the column is net_cost of
            municipality, state and both; without it the column is amount, what goes from payer to payee.
        discounted : bool
            Discount each amount from its newcomer's own arrival.

        Returns
        -------
        DataFrame
            With a column extrapolated: whether rates from before their first date enter (in the year, where
            the table is split by calendar year, else in any year of the run).

        Raises
        ------
        RunError
            A dimension is unknown or cannot be combined.
        """
        return ledger.accounts(self, by, discounted=discounted)

    def disposable_income(self, *, discounted: bool = False) -> float:
        """Return newcomers' income after taxes, indirect tax included, DKK per newcomer."""
        sign = -ledger.direction("newcomer")
        amounts = self.records.ledger_group.sum(axis=1) @ sign
        factor = (
            ledger.discount_factors(self.months, self.discount_rate) if discounted else np.ones(self.months)
        )
        return float(amounts @ factor) / self.n

    def resource_cost(self, *, discounted: bool = False) -> float:
        """Return what is used up (classes, staff, placements), DKK per newcomer; transfers are not in it."""
        amounts = self.records.ledger_group.sum(axis=1) @ ledger.resource_items()
        factor = (
            ledger.discount_factors(self.months, self.discount_rate) if discounted else np.ones(self.months)
        )
        return float(amounts @ factor) / self.n
