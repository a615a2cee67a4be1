"""One run from a scenario to its result: `simulate`, and what the result can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.simulation import accounts as ledger
from ankomst.simulation import outcomes, spread
from ankomst.simulation.deadweight import budget_neutral
from ankomst.simulation.december import bonus_amount
from ankomst.simulation.engine import IntroductionModel, Record
from ankomst.simulation.money import extrapolated_rates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.grants import ResultGrant
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.arrays import Newcomers, Records
    from ankomst.simulation.benchmark import Benchmark
    from ankomst.simulation.milestones import Milestones
    from ankomst.simulation.municipalities import MunicipalTable, MunicipalTraits
    from ankomst.simulation.newcomers import Population


@dataclass(frozen=True)
class Result:
    """A finished run.

    Attributes
    ----------
    scenario : Scenario
    parameters : dict
        Values by dotted name, as used.
    seed, replicate, run_seed : int
        Seed of the study, number of the replicate, and the 64-bit seed made from both.
    weight : float
        Real newcomers that one simulated newcomer stands for; totals in DKK are for the real inflow.
    discount_rate : float
        Real, per year, in force on the scenario's date.
    newcomers : Newcomers
        Everybody's final state, events and milestones: arrays of shape (n,).
    records : Records
        Counts, ledgers and, with `record="persons"`, histories.
    plans : list of dict
        The municipalities' plans, one entry a January; arrays of shape (m,).
    december_jobs : ndarray of int, shape (years, m)
        Refugees and their family in work each December, the base of the bonus per extra job.
    bonus_amount : float
        DKK per extra job in force.
    benchmarks : list of Benchmark
        Yearly payments of grants above a benchmark, paid or watched.
    extrapolated : frozenset of int
        Calendar years in which the accounts rest on rates from before their first date.
    """

    scenario: Scenario
    parameters: dict[str, Any]
    seed: int
    replicate: int
    run_seed: int
    weight: float
    discount_rate: float
    newcomers: Newcomers
    population: Population
    records: Records
    milestones: Milestones
    table: MunicipalTable
    traits: MunicipalTraits
    plans: list[dict[str, Any]]
    december_jobs: np.ndarray[Any, Any]
    bonus_amount: float
    benchmarks: list[Benchmark]
    extrapolated: frozenset[int]

    @property
    def n(self) -> int:
        """Simulated newcomers."""
        return self.population.size

    @cached_property
    def counts(self) -> np.ndarray[Any, Any]:
        """People of all arrival years by month since arrival, age and group, and status."""
        return np.asarray(self.records.counts.sum(axis=0))

    @property
    def months(self) -> int:
        """Months that each newcomer is followed."""
        return int(self.records.counts.shape[1])

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
        options = outcomes.Options(age=age, hours=hours, payer=payer, discounted=discounted)
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


def simulate(
    scenario: Scenario,
    *,
    newcomers_per_year: int | None = None,
    seed: int = 1,
    replicate: int = 0,
    parameters: Mapping[str, Any] | None = None,
    watched: Sequence[ResultGrant] = (),
    record: Record = "counts",
    population: Population | None = None,
    until: int | None = None,
) -> Result:
    """Run a scenario once.

    Parameters
    ----------
    scenario : Scenario
    newcomers_per_year : int, optional
        Sample size; the scenario's own if left out.
    seed, replicate : int
        The same seed and replicate give the same bits; scenarios share them for paired comparisons.
    parameters : mapping, optional
        A draw: values by dotted name that replace the scenario's, not checked against their ranges.
    watched : sequence of ResultGrant
        Grants whose milestones are noted without payment.
    record : {"counts", "persons"}
        "persons" keeps every person's history (about 36 bytes a newcomer and month, 150 MB at 35,000).
    population : Population, optional
        Fixed traits of an earlier run with the same seed, sample and population parameters.
    until : int, optional
        Stop once everybody has been followed for so many months: outcomes up to then are those of the whole
        run, bit for bit, and later ones (with `job_after_placement` and `job_duration` those of up to month
        60) are not known. Totals by calendar year are those of a run that was cut off.

    Returns
    -------
    Result

    Raises
    ------
    RunError
        `until` is not a month of the follow-up, or the scenario cannot be run.
    """
    if until is not None and not 1 <= until <= scenario.horizon.follow_up_months:
        raise RunError(
            f"until={until} lies outside the follow-up",
            allowed=f"1 to {scenario.horizon.follow_up_months} months since arrival",
        )
    if scenario.accounts.budget_neutral:
        _fixed_rules(scenario, "accounts.budget_neutral")
        scenario = budget_neutral(
            scenario,
            newcomers_per_year=newcomers_per_year,
            seed=seed,
            replicate=replicate,
            parameters=parameters,
        )
    model = IntroductionModel(
        scenario,
        seed=seed,
        replicate=replicate,
        newcomers_per_year=newcomers_per_year,
        parameters=parameters,
        watched=watched,
        record=record,
        population=population,
    )
    model.run(until)
    result = Result(
        scenario=scenario,
        parameters=model.parameters,
        seed=seed,
        replicate=replicate,
        run_seed=model.seed_of_run,
        weight=model.weight,
        discount_rate=float(model.rates.value("discount_rate", scenario.month(0))),
        newcomers=model.newcomers,
        population=model.population,
        records=model.records if until is None else _until(model.records, until),
        milestones=model.milestones,
        table=model.table,
        traits=model.traits,
        plans=model.plans,
        december_jobs=np.array(model.december_jobs).reshape(-1, model.table.size),
        bonus_amount=bonus_amount(model),
        benchmarks=model.benchmarks,
        extrapolated=_extrapolated(model),
    )
    model.release()
    return result


def _until(records: Records, months: int) -> Records:
    """Keep the months that everybody was followed."""
    return records._replace(
        counts=records.counts[:, :months],
        ledger_group=records.ledger_group[:months],
        ledger_cohort=records.ledger_cohort[:, :months],
    )


def _fixed_rules(scenario: Scenario, what: str) -> None:
    if scenario.rules != "at_date":
        raise RunError(
            f"{what} needs rules that hold for the whole run, not rules: {scenario.rules}",
            allowed="a scenario with a date",
        )


def _extrapolated(model: IntroductionModel) -> frozenset[int]:
    """Calendar years with a month in which a rate behind the accounts has no value yet."""
    found: set[int] = set()
    bounds = [*(regime.first for regime in model.calendar.regimes), model.months]
    for k, regime in enumerate(model.calendar.regimes):
        if extrapolated_rates(regime.scenario, model.rates):
            found |= {model.scenario.first_year + t // 12 for t in range(bounds[k], bounds[k + 1])}
    return frozenset(found)
