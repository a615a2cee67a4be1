"""The model: an ordered month, repeated (sections 3 and 5)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np

from ankomst.policy.rates import load_rates
from ankomst.simulation import fields, month
from ankomst.simulation.benchmark import benchmarks
from ankomst.simulation.booking import monthly_taxes
from ankomst.simulation.codes import (
    DISABILITY_PENSION,
    SELF_EMPLOYED,
    TRAINEE_JOB,
)  # fmt: skip
from ankomst.simulation.december import pay_benchmark, pay_bonus
from ankomst.simulation.draws import run_seed, seed_words
from ankomst.simulation.milestones import milestones
from ankomst.simulation.municipalities import (
    Incentives,
    Municipality,
    MunicipalTable,
    areas,
    municipal_traits,
    read_municipalities,
)  # fmt: skip
from ankomst.simulation.newcomers import Population, arrivals_by_month, needs_share, newcomers, synthesise
from ankomst.simulation.recording import empty_records
from ankomst.simulation.settings import REFERENCE_GRANTS, REFERENCE_INFLOW, prices, rules

if TYPE_CHECKING:
    from ankomst.policy.grants import ResultGrant
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

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
        Fixed traits from another run with the same seed, sample and population parameters.
    rates : Rates, optional
        Dated rates; the packaged ones if left out.

    Attributes
    ----------
    month : int
        The calendar month t that the next step carries out.
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
        self.weight = scenario.population.real_inflow_per_year / self.sample
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

        self.milestones = milestones(
            scenario.result_grants, (*REFERENCE_GRANTS, *watched), self.follow_up, self.parameters
        )
        self.rules = rules(scenario, self.parameters, self.rates, self.milestones, self.weight)
        period = scenario.introduction_period
        self.newcomers = newcomers(
            self.population,
            self.parameters,
            traits.client_mix,
            period.base_months,
            len(self.milestones.slots),
        )
        self.areas = areas(
            self.table, traits, self._local_capacity(), self.population.size, len(scenario.result_grants)
        )
        self.records = empty_records(
            self.population.size,
            self.table.size,
            len(scenario.result_grants),
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
        own_price, reference_price = prices(scenario, self.parameters, self.rates)
        self._price_ratio = own_price / reference_price
        self.plans: list[dict[str, Any]] = []
        self._sums = np.zeros((self.table.size, 5))
        self.benchmarks = benchmarks(self.milestones, watched, self.table.size)
        self.december_jobs: list[np.ndarray[Any, Any]] = []
        self._set_up()

    # -- set-up --------------------------------------------------------------------------------------

    def _population(self) -> Population:
        own = self.scenario.population.seed
        arrivals = arrivals_by_month(self.sample, self.scenario.population.arrival_years)
        seed = self.seed_of_run if own is None else own
        return synthesise(arrivals, seed, self.parameters, self.table.shares())

    def _local_capacity(self) -> np.ndarray[Any, Any]:
        """n_ref: newcomers of the reference inflow by municipality, in simulated persons (details A17)."""
        total = REFERENCE_INFLOW * (self.arrival_months / 12.0) / self.weight
        shares = self.table.shares()
        weights = self.parameters["population.origin_shares"]
        mixed = sum(weights[name] * shares[name] for name in shares)
        return np.asarray(total * mixed, dtype=np.float64)

    def _set_up(self) -> None:
        """Fill what is constant over a run: taxes of months on transfers, creaming, the first intensities."""
        r, a = self.rules, self.areas
        for m in range(self.table.size):
            tax = self.table.tax[m]
            taxes = [monthly_taxes(0.0, benefit, tax, r)[1:] for benefit in r.benefit]
            a.real[m, fields.M_BENEFIT_TAX : fields.M_BENEFIT_TAX + 6] = np.concatenate(taxes)
            a.real[m, fields.M_EDUCATION_TAX : fields.M_EDUCATION_TAX + 3] = monthly_taxes(
                0.0, r.education_grant, tax, r
            )[1:]
            a.real[m, fields.M_PENSION_TAX : fields.M_PENSION_TAX + 3] = monthly_taxes(
                0.0, r.pension, tax, r
            )[1:]
        creaming = self.parameters["municipality.creaming"] * np.where(self.traits.responsive, 1.0, 0.5)
        a.real[:, fields.M_CREAMING] = creaming if self.scenario.placements.targeting == "creaming" else 0.0
        period = self.scenario.introduction_period
        expected = float(period.base_months)
        if period.extension == "needs_test":
            expected += (period.max_months - period.base_months) * needs_share(self.parameters)
        for municipality in self.municipalities:
            municipality.expected_period = expected
        self._publish_plans()

    # -- the month -----------------------------------------------------------------------------------

    @property
    def live(self) -> tuple[int, int]:
        """First and one past the last arrival month that is followed in the present month."""
        return max(0, self.month - self.follow_up + 1), min(self.month + 1, self.arrival_months)

    def step(self) -> None:
        """Carry out one calendar month, in the order of `MONTH`."""
        for entry in MONTH:
            if entry.run is not None:
                entry.run(self)
        self.month += 1

    def run(self) -> None:
        """Carry out all months that are left."""
        while self.month < self.months:
            self.step()

    def arrivals(self) -> None:
        """Step 1: the newcomers of this month are present from now on."""
        if self.month < self.arrival_months:
            starts = self.population.starts
            new = self.population.municipality[starts[self.month] : starts[self.month + 1]]
            self.areas.real[:, fields.M_PRESENT] += np.bincount(new, minlength=self.table.size)

    def membership(self) -> None:
        """Step 2: early exit and extension of the introduction period (section 5, details A13)."""
        period = self.scenario.introduction_period
        base, longest = period.base_months, period.max_months
        starts, n = self.population.starts, self.newcomers
        first, last = self.live
        if period.early_exit_months is not None:
            for cohort in range(max(first, self.month - longest + 1), last):
                mine = slice(starts[cohort], starts[cohort + 1])
                s = self.month - cohort
                done = _in_work(n.status[mine]) & (n.tenure[mine] + 1 >= period.early_exit_months)
                n.introduction_end[mine][done & (s < n.introduction_end[mine])] = s
        if period.extension == "never":
            return
        cohort = self.month - base + 1
        if first <= cohort < last:
            mine = slice(starts[cohort], starts[cohort + 1])
            extended = (
                self._extension(mine)
                & (n.introduction_end[mine] == base)
                & (n.status[mine] < DISABILITY_PENSION)
            )
            n.introduction_end[mine][extended] = longest
        if period.extension == "until_self_supporting":
            for cohort in range(max(first, self.month - longest + 1), min(last, self.month - base + 1)):
                mine = slice(starts[cohort], starts[cohort + 1])
                s = self.month - cohort
                done = (n.active_streak[mine] >= 6) & (n.introduction_end[mine] == longest)
                # The end only ever moves to an earlier month.
                n.introduction_end[mine][done & (s < n.introduction_end[mine])] = s

    def _extension(self, mine: slice) -> np.ndarray[Any, Any]:
        """Who is extended at the end of the base period."""
        period, n = self.scenario.introduction_period, self.newcomers
        if period.extension == "until_self_supporting":
            return np.asarray(n.active_streak[mine] < 6)
        reasons = {
            "health": n.health[mine] == 1,
            "language": n.language[mine] < 2.0,
            "no_education": n.education[mine] == 0,
        }
        needed = np.zeros(mine.stop - mine.start, dtype=np.bool_)
        for reason in period.extension_reasons:
            needed |= reasons[reason]
        return np.asarray(needed & ~_in_work(n.status[mine]))

    def municipal_plans(self) -> None:
        """Step 3, each January: every municipality plans from its clients and last year's records."""
        if self.month % 12:
            return
        a, first_year = self.areas, self.month == 0
        a.real[:, fields.M_CAP_PAID :] = 0.0
        self.hazards()  # with last year's effort: what its clients are worth as they stand
        month.plan_sums(
            self.month, *self.live, self.population.starts, self.newcomers.arrays, a, self.rules, self._sums
        )
        quartile = {
            name: _upper_quartile([self.municipalities[m].quality for m in inside])
            for name, inside in self._regions.items()
        }
        means = self._mean_period()
        for municipality in self.municipalities:
            municipality.plan(
                Incentives(*(float(x) for x in (*self._sums[municipality.index], self._price_ratio)))
            )
            if not first_year:
                municipality.learn_from(quartile[municipality.region])
            if np.isfinite(means[municipality.index]):
                municipality.expected_period = float(means[municipality.index])
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
        for x in self.municipalities:
            inside = period.introduction_intensity
            if period.resources == "per_newcomer":
                inside = min(p["municipality.max_intensity"], 36.0 / x.expected_period)
            a.real[x.index, fields.M_INTENSITY : fields.M_INTENSITY + 3] = inside, outside, outside * gap
            a.real[x.index, fields.M_EFFORT] = x.effort
            a.real[x.index, fields.M_LANGUAGE_EFFORT] = x.language_effort
            a.real[x.index, fields.M_QUALITY] = x.quality
            a.real[x.index, fields.M_CLASS_QUALITY] = x.language_quality * (
                1.0 + 0.2 * math.log(x.language_effort)
            )

    def hazards(self) -> None:
        """Step 4: hazards of finding work, crowding and places."""
        month.hazards(
            self.month, *self.key, *self.live, self.population.starts, self._national_demand(),
            self.newcomers.arrays, self.areas, self.rules,
        )  # fmt: skip

    def _national_demand(self) -> float:
        path = self.scenario.national_demand
        if not isinstance(path, Mapping):
            return float(path)
        year, calendar = divmod(self.month, 12)
        now = (self.scenario.date.year + year, calendar + 1)
        passed = [day for day in path if (day.year, day.month) <= now]
        return float(path[max(passed)]) if passed else 0.0

    def placements(self) -> None:
        """Step 5: free places go to eligible clients."""
        month.placements(
            self.month, *self.key, *self.live, self.population.starts,
            self.scenario.placements.targeting == "needs_first", self.newcomers.arrays, self.areas,
            self.rules,
        )  # fmt: skip

    def person_months(self) -> None:
        """Carry out steps 6 to 10 for everybody present."""
        month.person_months(
            self.month, self.month // 12, *self.key, *self.live, self.population.starts,
            self.newcomers.arrays, self.areas, self.rules, self.records,
        )  # fmt: skip

    def yearly_payments(self) -> None:
        """Step 9, each December: bonus per extra job and grants above the benchmark."""
        for account in self.benchmarks:
            account.expect(self)
        if self.month % 12 == 11:
            pay_bonus(self)
            for account in self.benchmarks:
                pay_benchmark(self, account)


def _upper_quartile(values: list[float]) -> float:
    """Upper quartile with linear interpolation; numpy's takes a hundred times longer on so few values."""
    return statistics.quantiles(values, n=4, method="inclusive")[2] if len(values) > 1 else values[0]


def _in_work(status: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray((status >= TRAINEE_JOB) & (status <= SELF_EMPLOYED))


def _table(scenario: Scenario) -> MunicipalTable:
    return read_municipalities(scenario.population.municipalities)


_COMPILED = "compiled, simulation/month.py"
MONTH: tuple[Step, ...] = (
    Step(1, "arrivals", "simulation/engine.py", IntroductionModel.arrivals),
    Step(2, "membership", "simulation/engine.py", IntroductionModel.membership),
    Step(3, "municipal_plans", "simulation/engine.py, municipalities.py", IntroductionModel.municipal_plans),
    Step(4, "hazards", _COMPILED, IntroductionModel.hazards),
    Step(5, "placements", _COMPILED, IntroductionModel.placements),
    Step(6, "transitions", _COMPILED + " (work_month, search_month, leave)", IntroductionModel.person_months),
    Step(7, "language", "inside the pass of step 6 (learn)", None),
    Step(8, "milestones", "inside the pass of step 6 (milestones)", None),
    Step(9, "accounts", "inside the pass of step 6 (account)", IntroductionModel.yearly_payments),
    Step(10, "recording", "inside the pass of step 6 (record)", None),
)
"""The ordered month (section 3); steps 6 to 10 are one pass over the newcomers."""
