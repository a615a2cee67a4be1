"""The model: an ordered month, repeated (sections 3 and 5)."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np

from ankomst.policy.law import benefit_change
from ankomst.policy.rates import load_rates
from ankomst.simulation import fields, month, placing, searching
from ankomst.simulation.benchmark import benchmarks
from ankomst.simulation.booking import transfer_taxes
from ankomst.simulation.december import pay_benchmark, pay_bonus
from ankomst.simulation.draws import run_seed, seed_words
from ankomst.simulation.inflow import inflow, placed
from ankomst.simulation.membership import review_periods, review_rights
from ankomst.simulation.municipalities import (
    Incentives,
    Municipality,
    MunicipalTable,
    areas,
    municipal_traits,
    read_municipalities,
)
from ankomst.simulation.newcomers import Population, needs_share, newcomers, synthesise
from ankomst.simulation.recording import empty_records
from ankomst.simulation.regimes import calendar, periods
from ankomst.simulation.settings import REFERENCE_INFLOW
from ankomst.simulation.yearly import TargetCount, fixed_costs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.grants import ResultGrant
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.arrays import Rules

EXCHANGE_DOSE = 0.03
"""Dose of `governance.peer_exchange` that the value of `levers.peer_exchange` belongs to."""
TEAM_YEARS = 4
"""The advisory team reaches a quarter of the municipalities a year."""
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


class IntroductionModel(mesa.Model):  # type: ignore[misc]
    """Newcomers and municipalities, stepped month by month.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Seed of the study; with `replicate` it gives the run seed (details C12).
    replicate : int
        Number of the replicate.
    newcomers_per_year : int, optional
        Sample size; the scenario's own if left out. Money and counts of the country are weighted.
    parameters : mapping, optional
        Values by dotted name that replace the scenario's, not checked against their ranges: a draw.
    watched : sequence of ResultGrant
        Grants whose milestones are noted without payment (a shadow run).
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
        self.parameters: dict[str, Any] = {**scenario.parameter_values(), **(parameters or {})}
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

        self.periods = periods(scenario, self.arrival_months)
        longest = max(period.max_months for period, _, _ in self.periods)
        self.calendar = calendar(
            scenario, self.parameters, self.rates, self.weight, self.months, longest, watched
        )
        self.milestones = self.calendar.stones
        self.regime = self.calendar.regimes[0]
        self.rules: Rules = self.regime.rules
        self.newcomers = newcomers(
            self.population, scenario, self.parameters, traits.client_mix, len(self.milestones.slots)
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
        self.municipalities = [
            Municipality(self, m, self.table, traits, self.parameters) for m in range(self.table.size)
        ]
        # mesa 3.3 keeps a counter, and with it the model, for ever; nothing here numbers agents later.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self._regions = {
            name: [x.index for x in self.municipalities if x.region == name] for name in self.table.region
        }
        self.plans: list[dict[str, Any]] = []
        self._sums = np.zeros((self.table.size, 5))
        self.benchmarks = benchmarks(self.milestones, watched, self.table.size)
        self.target_count = TargetCount(self.table.size)
        self.december_jobs: list[np.ndarray[Any, Any]] = []
        self._set_up()

    # -- set-up --------------------------------------------------------------------------------------

    def _population(self) -> Population:
        own = self.scenario.population.seed
        seed = self.seed_of_run if own is None else own
        shares = placed(self.scenario, self.table, self.traits, self.parameters)
        return synthesise(self.inflow, seed, self.parameters, shares)

    def _local_capacity(self) -> np.ndarray[Any, Any]:
        """n_ref: newcomers of the reference inflow by municipality, in simulated persons (details A17)."""
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
        period = self.periods[0][0]
        expected = float(period.base_months)
        if period.extension == "needs_test":
            expected += (period.max_months - period.base_months) * needs_share(self.parameters)
        for municipality in self.municipalities:
            municipality.expected_period = expected
        self._agree_in_regions()
        self._publish_taxes()
        self._publish_plans()

    def _agree_in_regions(self) -> None:
        """Regional agreements raise teaching below the median of the region (details T5, row 22)."""
        share = self.parameters["levers.regional_gain"] * self.scenario.danish.regional
        if share == 0.0:
            return
        for inside in self._regions.values():
            middle = statistics.median(self.municipalities[m].language_quality for m in inside)
            for x in (self.municipalities[m] for m in inside):
                x.language_quality += share * max(0.0, middle - x.language_quality)

    def _publish_taxes(self) -> None:
        """Write the taxes of months on transfers into the arrays that the compiled month reads."""
        r, a = self.rules, self.areas
        amounts = np.array((*r.benefit, r.education_grant, r.pension))
        transfer_taxes(amounts, self.table.tax, r, a.real[:, fields.M_BENEFIT_TAX : fields.M_CAP_PAID])

    # -- the month -----------------------------------------------------------------------------------

    @property
    def live(self) -> tuple[int, int]:
        """First and one past the last arrival month that is followed in the present month."""
        return max(0, self.month - self.follow_up + 1), min(self.month + 1, self.arrival_months)

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
        """Step 2: early exit and extension of the introduction period (section 5, details A13)."""
        review_periods(self)

    def municipal_plans(self) -> None:
        """Step 3, each January: every municipality plans from its clients and last year's records."""
        if self.month % 12:
            return
        a, first_year = self.areas, self.month == 0
        a.real[:, fields.M_CAP_PAID :] = 0.0
        self.hazards()  # with last year's effort: what its clients are worth as they stand
        searching.plan_sums(
            self.month, *self.live, self.population.starts, self.newcomers.arrays, a, self.rules, self._sums
        )
        quartile = {
            name: _upper_quartile([self.municipalities[m].quality for m in inside])
            for name, inside in self._regions.items()
        }
        means = self._mean_period()
        steering = self.regime.scenario.governance
        shortfall = (self.target_count.shortfall(self.weight) * steering.result_targets).tolist()
        sums = self._sums.tolist()  # plain floats: reading an array one number at a time is slow
        for municipality in self.municipalities:
            m = municipality.index
            municipality.plan(
                Incentives.of(
                    sums[m],
                    self.regime.price_ratio,
                    targets=steering.result_targets,
                    shortfall=shortfall[m],
                )
            )
            if not first_year:
                municipality.learn_from(quartile[municipality.region], self._learning(m))
            if np.isfinite(means[m]):
                municipality.expected_period = float(means[m])
        self._publish_plans()
        self.plans.append(
            {
                "year": self.month // 12,
                "effort": a.real[:, fields.M_EFFORT].copy(),
                "language_effort": a.real[:, fields.M_LANGUAGE_EFFORT].copy(),
                "quality": a.real[:, fields.M_QUALITY].copy(),
                "intensity": a.real[:, fields.M_INTENSITY : fields.M_INTENSITY + 3].T.copy(),
            }
        )

    def _learning(self, m: int) -> float:
        """Share of the gap to the better quarter of the region that a municipality closes this year (C8)."""
        p, steering = self.parameters, self.regime.scenario.governance
        share = p["municipality.peer_learning"]
        share += steering.peer_exchange * p["levers.peer_exchange"] / EXCHANGE_DOSE
        if steering.advisory_team and (m + self.month // 12) % TEAM_YEARS == 0:
            share += p["municipality.advisory_boost"]
        return float(min(1.0, share))

    def _mean_period(self) -> np.ndarray[Any, Any]:
        """Mean scheduled introduction_end of the last three years' arrivals, by municipality (A14)."""
        starts = self.population.starts
        low = starts[max(0, min(self.month - 36, self.arrival_months))]
        high = starts[min(self.month, self.arrival_months)]
        where = self.newcomers.municipality[low:high]
        count = np.bincount(where, minlength=self.table.size)
        total = np.bincount(where, self.newcomers.introduction_end[low:high], minlength=self.table.size)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def _publish_plans(self) -> None:
        """Write the municipalities' plans into the arrays that the compiled month reads."""
        a, p = self.areas, self.parameters
        period, ordinary = self.scenario.introduction_period, self.scenario.ordinary_system
        outside = p["municipality.ordinary_intensity"]
        outside += ordinary.intensity * max(0.0, 1.0 - outside)
        gap = p["municipality.specialist_gap"]
        gap += ordinary.specialists * (1.0 - gap)
        inside = [
            min(p["municipality.max_intensity"], 36.0 / x.expected_period)
            if period.resources == "per_newcomer"
            else period.introduction_intensity
            for x in self.municipalities
        ]
        where = [x.index for x in self.municipalities]
        a.real[where, fields.M_INTENSITY] = inside
        a.real[where, fields.M_INTENSITY + 1] = outside
        a.real[where, fields.M_INTENSITY + 2] = outside * gap
        a.real[where, fields.M_EFFORT] = [x.effort for x in self.municipalities]
        a.real[where, fields.M_LANGUAGE_EFFORT] = [x.language_effort for x in self.municipalities]
        a.real[where, fields.M_QUALITY] = [x.quality for x in self.municipalities]
        a.real[where, fields.M_CLASS_QUALITY] = [
            x.language_quality * (1.0 + 0.2 * math.log(x.language_effort)) for x in self.municipalities
        ]

    def hazards(self) -> None:
        """Step 4: hazards of finding work, crowding and places."""
        searching.hazards(
            self.month, *self.key, *self.live, self.population.starts, self._national_demand(),
            self.newcomers.arrays, self.areas, self.rules,
        )  # fmt: skip

    def _national_demand(self) -> float:
        path = self.scenario.national_demand
        if not isinstance(path, dict):  # every month: the abstract class takes twenty times as long
            return float(path)
        year, number = divmod(self.month, 12)
        now = (self.scenario.first_year + year, number + 1)
        passed = [day for day in path if (day.year, day.month) <= now]
        return float(path[max(passed)]) if passed else 0.0

    def placements(self) -> None:
        """Step 5: free places go to eligible clients."""
        needs_first = self.scenario.placements.targeting == "needs_first"
        common = (self.month, *self.key, *self.live, self.population.starts, needs_first)
        placing.placements(*common, self.newcomers.arrays, self.areas, self.rules)
        if self.rules.trainee_slots > 0.0:
            placing.trainee_places(*common, self.newcomers.arrays, self.areas, self.rules, self.records)

    def person_months(self) -> None:
        """Carry out steps 6 to 10 for everybody present."""
        month.person_months(
            self.month, self.month // 12, *self.key, *self.live, self.population.starts,
            self.newcomers.arrays, self.areas, self.rules, self.records,
        )  # fmt: skip

    def municipal_accounts(self) -> None:
        """Step 9: costs that no single person causes; each December bonus and grants above the benchmark."""
        fixed_costs(self)
        if self.regime.scenario.governance.result_targets:
            self.target_count.count(self)
        for account in self.benchmarks:
            account.expect(self)
        if self.month % 12 == 11:
            pay_bonus(self)
            for account in self.benchmarks:
                pay_benchmark(self, account)


def _upper_quartile(values: list[float]) -> float:
    """Upper quartile with linear interpolation; numpy's takes a hundred times longer on so few values."""
    return statistics.quantiles(values, n=4, method="inclusive")[2] if len(values) > 1 else values[0]


def _table(scenario: Scenario) -> MunicipalTable:
    return read_municipalities(scenario.population.municipalities)


_COMPILED = "compiled, simulation/"
MONTH: tuple[Step, ...] = (
    Step(1, "arrivals", "simulation/engine.py", IntroductionModel.arrivals),
    Step(2, "membership", "simulation/membership.py", IntroductionModel.membership),
    Step(3, "municipal_plans", "simulation/engine.py, municipalities.py", IntroductionModel.municipal_plans),
    Step(4, "hazards", _COMPILED + "searching.py", IntroductionModel.hazards),
    Step(5, "placements", _COMPILED + "placing.py", IntroductionModel.placements),
    Step(6, "transitions", _COMPILED + "month.py, working.py", IntroductionModel.person_months),
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
"""The ordered month (section 3); steps 6 to 10 are one pass over the newcomers."""
