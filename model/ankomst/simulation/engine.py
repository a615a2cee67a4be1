"""The model: an ordered month, repeated (docs/ODD.md 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np

from ankomst.policy.law import benefit_change
from ankomst.policy.rates import load_rates
from ankomst.simulation.agents import Municipality
from ankomst.simulation.benchmark import benchmarks
from ankomst.simulation.conditions import conditions
from ankomst.simulation.inflow import inflow, placed
from ankomst.simulation.kernels import fields, month
from ankomst.simulation.kernels.booking import transfer_taxes
from ankomst.simulation.kernels.draws import run_seed, seed_words
from ankomst.simulation.municipalities import MunicipalTable, areas, municipal_traits, read_municipalities
from ankomst.simulation.newcomers import Population, newcomers, synthesise
from ankomst.simulation.recording import empty_records
from ankomst.simulation.regimes import calendar
from ankomst.simulation.settings import REFERENCE_INFLOW
from ankomst.simulation.state import MunicipalPlans, RunState, TargetCount
from ankomst.simulation.steps.december import expect, pay_benchmark, pay_bonus
from ankomst.simulation.steps.membership import review_periods, review_rights
from ankomst.simulation.steps.planning import first_plans, plan_year
from ankomst.simulation.steps.yearly import count_targets, fixed_costs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.kernels.arrays import Array

Record = Literal["counts", "persons"]


@dataclass(frozen=True)
class Step:
    """An entry of the month: its place in the order, its name and what carries it out."""

    number: int
    name: str
    where: str
    run: Callable[[IntroductionModel], None] | None

    def __str__(self) -> str:
        return f"{self.number:>2} {self.name:<22} {self.where}"


class IntroductionModel(RunState, mesa.Model):  # type: ignore[misc]
    """Newcomers and municipalities, stepped month by month.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Seed of the study; with `replicate` it gives the run seed (docs/ODD.md 5.3).
    replicate : int
        Number of the replicate.
    newcomers_per_year : int, optional
        Sample size; the scenario's own if left out. Money and counts of the country are weighted.
    parameters : mapping, optional
        Values by dotted name that replace the scenario's, not checked against their ranges: a draw.
    watched : sequence of ResultGrant
        Grants whose milestones are noted without payment (a counterfactual run).
    record : {"counts", "persons"}
        "persons" keeps every person's history: about 30 bytes a newcomer and month.
    population : Population, optional
        Fixed traits from another run with the same seed, sample, dispersal and population parameters.
    rates : Rates, optional
        Dated rates; the packaged ones if left out.

    Attributes
    ----------
    month : int
        The calendar month t that the next step carries out.
    regime : Regime
        Rules and levers of the present month.
    newcomers : Newcomers
        Struct of arrays.
    municipalities : list of Municipality
        Readable views of the municipalities' traits and plans.
    plan : Plan
        What the municipalities do and expect now; arrays of shape (m,).
    plans : list of dict
        The plans of each January.
    """

    # mesa 3.5 has a property of this name that writes to the scenario; ours is frozen.
    scenario: Any = None

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int = 1,
        replicate: int = 0,
        newcomers_per_year: int | None = None,
        parameters: Mapping[str, Any] | None = None,
        watched: Sequence[ResultGrant] = (),
        record: Record = "counts",
        population: Population | None = None,
        rates: Rates | None = None,
    ) -> None:
        self.seed_of_run = run_seed(seed, replicate)
        super().__init__(rng=self.seed_of_run)
        self.scenario = scenario
        self.parameters = {**scenario.parameter_values(), **(parameters or {})}
        self.rates = rates or load_rates()
        self.sample = newcomers_per_year or scenario.population.newcomers_per_year
        self.inflow = inflow(scenario, self.sample, self.parameters)
        self.weight = self.inflow.weight
        self.key = seed_words(self.seed_of_run)
        self.month = 0

        self.table = _table(scenario)
        own = scenario.municipalities.seed
        traits = municipal_traits(self.table, self.seed_of_run if own is None else own, self.parameters)
        self.traits = traits
        self.population = population or self._population()
        self.arrival_months = self.population.starts.size - 1
        self.follow_up = scenario.horizon.follow_up_months
        self.months = self.arrival_months + self.follow_up - 1

        self.calendar = calendar(
            scenario, self.parameters, self.rates, self.weight, self.arrival_months, self.months, watched
        )
        self.conditions = conditions(scenario, self.parameters, self.inflow, self.months)
        self.periods = self.calendar.periods
        self.milestones = self.calendar.stones
        self.regime = self.calendar.regimes[0]
        self.rules = self.regime.rules
        self.newcomers = newcomers(
            self.population,
            scenario,
            self.parameters,
            traits.client_mix,
            len(self.milestones.slots),
            self.key,
        )
        grants = len(self.milestones.grants)
        self.areas = areas(self.table, traits, self._local_capacity(), self.population.size, grants)
        self.records = empty_records(
            self.population.size,
            int(np.diff(self.population.starts).max(initial=0)),
            self.table.size,
            grants,
            self.arrival_months,
            self.follow_up,
            keep=record == "persons",
        )
        self.plan = MunicipalPlans.at_start(self.table, traits, self.areas)
        self.municipalities = [Municipality(self, m) for m in range(self.table.size)]
        # mesa 3.3 keeps a counter, and with it the model, for ever; nothing here numbers agents later.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.plans = []
        self.benchmarks = benchmarks(self.milestones, watched, self.table.size)
        self.target_count = TargetCount(np.zeros(self.table.size), np.zeros(self.table.size))
        self.december_jobs = []
        self._set_up()

    # -- set-up --------------------------------------------------------------------------------------

    def _population(self) -> Population:
        own = self.scenario.population.seed
        seed = self.seed_of_run if own is None else own
        shares = placed(self.scenario, self.table, self.traits, self.parameters)
        return synthesise(self.inflow, seed, self.parameters, shares)

    def _local_capacity(self) -> Array:
        """Return n_ref: simulated newcomers of the reference inflow by municipality (docs/ODD.md 5.3)."""
        total = REFERENCE_INFLOW * (self.arrival_months / 12.0) / self.weight
        shares = self.table.shares()
        weights = self.parameters["population.origin_shares"]
        mixed = sum(weights[name] * shares[name] for name in shares)
        return np.asarray(total * mixed, dtype=np.float64)

    def _set_up(self) -> None:
        """Fill what is constant over a run, and what holds in its first month."""
        a, n = self.areas, self.newcomers
        for period, first, last in self.periods:
            starts = self.population.starts
            n.introduction_end[starts[first] : starts[last]] = period.base_months
        if self.scenario.rules == "denmark":
            lower = sum(self.scenario.month(t) < benefit_change() for t in range(self.arrival_months))
            n.benefit_kind[: self.population.starts[lower]] += 2
        n.right_end[:] = self.regime.right_end
        creaming = self.parameters["municipality.creaming"] * np.where(self.traits.responsive, 1.0, 0.5)
        a.real[:, fields.M_CREAMING] = creaming if self.scenario.placements.targeting == "creaming" else 0.0
        self._publish_taxes()
        first_plans(self)

    def _publish_taxes(self) -> None:
        """Write the taxes of months on transfers into the arrays that the compiled month reads."""
        r, a = self.rules, self.areas
        amounts = np.array((*r.benefit, r.education_grant, r.pension))
        transfer_taxes(amounts, self.table.tax, r, a.real[:, fields.M_BENEFIT_TAX : fields.M_CAP_PAID])

    # -- the month -----------------------------------------------------------------------------------

    def step(self) -> None:
        """Carry out one calendar month, in the order of `MONTH`."""
        self._enter_month()
        for entry in MONTH:
            if entry.run is not None:
                entry.run(self)
        self.month += 1

    def _enter_month(self) -> None:
        """Let the rules of this month hold, where they follow the calendar."""
        before, self.regime = self.regime, self.calendar.at(self.month)
        if before is self.regime:
            return
        self.rules = self.regime.rules
        self._publish_taxes()
        if before.right_end != self.regime.right_end:
            review_rights(self, before.right_end, self.regime.right_end)

    def run(self, until: int | None = None) -> None:
        """Carry out all months that are left, or those in which everybody is followed for `until` months."""
        last = self.months if until is None else min(self.months, self.arrival_months + until - 1)
        while self.month < last:
            self.step()

    def release(self) -> None:
        """Free the memory of a model that is no longer needed.

        mesa ties a model to itself and to its agents: untied, its memory is free at once, not at the next
        collection of cycles, which a few objects of many megabytes do not set off.
        """
        self.remove_all_agents()
        self.__dict__.clear()

    def arrivals(self) -> None:
        """Step 1: the newcomers of this month are present from now on."""
        if self.month < self.arrival_months:
            starts = self.population.starts
            new = self.population.municipality[starts[self.month] : starts[self.month + 1]]
            self.areas.real[:, fields.M_PRESENT] += np.bincount(new, minlength=self.table.size)

    def membership(self) -> None:
        """Step 2: early exit and extension of the introduction period (docs/ODD.md 7.2)."""
        review_periods(self)

    def compiled_month(self) -> None:
        """Carry out steps 4 to 10 for everybody present, in one call of compiled code."""
        month.carry_out(
            self.month, *self.key, *self.live, self.population.starts, self.conditions[self.month],
            self.scenario.placements.targeting == "needs_first",
            self.newcomers.arrays, self.areas, self.rules, self.records,
        )  # fmt: skip

    def municipal_accounts(self) -> None:
        """Step 9: costs that no single person causes; each December bonus and grants above the benchmark."""
        fixed_costs(self)
        if self.regime.scenario.governance.result_targets:
            count_targets(self)
        for account in self.benchmarks:
            expect(self, account)
        if self.month % 12 == 11:
            pay_bonus(self)
            for account in self.benchmarks:
                pay_benchmark(self, account)


def _table(scenario: Scenario) -> MunicipalTable:
    return read_municipalities(scenario.population.municipalities)


_COMPILED = "compiled, simulation/kernels/"
MONTH: tuple[Step, ...] = (
    Step(1, "arrivals", "simulation/engine.py", IntroductionModel.arrivals),
    Step(2, "membership", "simulation/steps/membership.py", IntroductionModel.membership),
    Step(3, "municipal_plans", "simulation/steps/planning.py", plan_year),
    Step(4, "hazards", _COMPILED + "searching.py", IntroductionModel.compiled_month),
    Step(5, "placements", _COMPILED + "placing.py", None),
    Step(6, "transitions", _COMPILED + "month.py, working.py", None),
    Step(7, "language", "inside the pass of step 6 (rules.py, learn)", None),
    Step(8, "milestones", "inside the pass of step 6 (rewards.py)", None),
    Step(
        9,
        "accounts",
        "inside the pass of step 6 (booking.py); yearly.py, december.py",
        IntroductionModel.municipal_accounts,
    ),
    Step(10, "recording", "inside the pass of step 6 (rules.py, record)", None),
)
"""The ordered month (docs/ODD.md 3); steps 4 to 10 are one call of compiled code, 6 to 10 one pass in it."""
