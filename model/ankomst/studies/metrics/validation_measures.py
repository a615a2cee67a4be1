"""What validation measures on the model at one draw: cohorts, placements and two municipalities.

Names are those of `policy/data/published_reforms.yaml`, where each quantity is defined; a name with the
ending `WITH` is the same under the declared residual.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.policy.arrivals import read_arrivals
from ankomst.policy.published_reforms import ARRIVALS, PLACES
from ankomst.policy.rates import load_rates
from ankomst.simulation import codes as c
from ankomst.simulation.engine import IntroductionModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.scenario import Scenario

Array = np.ndarray[Any, Any]
WITH = "@residual"
"""Ending of a quantity's name under the residual."""
RESIDUAL, SEARCH = "validation.residual", "validation.search"
"""Keys of a draw that are no parameters: points of national demand, and whether only the fit is asked for."""
FIRST_YEAR = 2010
"""First calendar year of the dated runs."""
YEARS = range(2015, 2019)
THREE_YEARS = 36
_WAGE_EARNERS = (c.EMPLOYED, c.SUBSIDISED_JOB, c.TRAINEE_JOB)
_PROGRAMME = (c.ASSESSMENT, c.LANGUAGE_CLASS, c.INTERNSHIP, c.JOB_CENTRE)
_SLAGELSE, _RINGKOBING_SKJERN = "330", "760"


@dataclass(frozen=True)
class ValidationMeasures:
    """The quantities of some cases; see `ankomst.studies.engine.evaluation.Measures`.

    Attributes
    ----------
    quantities : tuple of (str, str)
        Name and kind of run ("history", "ladder", "places") of every simulated quantity.
    scenarios : dict
        Scenarios by kind of run; "ladder_before" is the one without the ladder.
    newcomers_per_year : int
        Sample of the dated runs and of those of the ladder.
    since : date or None
        First day of the residual; None where there is none.
    fitted_to : str
        The quantity that the residual is fitted to.
    """

    quantities: tuple[tuple[str, str], ...]
    scenarios: Mapping[str, Scenario]
    newcomers_per_year: int
    since: dt.date | None
    fitted_to: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return one name a number; those of dated runs also with the residual."""
        plain = [name for name, _ in self.quantities]
        dated = [name + WITH for name, run in self.quantities if run == "history" and self.since]
        return (*plain, *dated)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of what decides the numbers besides draw, luck and code."""
        content = {
            "quantities": self.quantities,
            "newcomers": self.newcomers_per_year,
            "since": str(self.since),
            "fitted_to": self.fitted_to,
            "policies": {
                name: scenario.model_dump(mode="json", exclude={"title", "title_da", "source"})
                for name, scenario in self.scenarios.items()
            },
            "tables": [path.read_text(encoding="utf-8") for path in (ARRIVALS, PLACES)],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> Array:
        """Simulate what the quantities need.

        Parameters
        ----------
        draw : mapping
            Values by dotted name, and `RESIDUAL` and `SEARCH`.
        seed, stream : int
            Luck: the same for all runs of an evaluation.

        Returns
        -------
        ndarray, shape (names,)
            Shares from 0 to 1, differences of shares and growth in percentage points, counts, DKK; NaN for
            what was not asked for or has nobody behind it.
        """
        values = {name: value for name, value in draw.items() if name not in {RESIDUAL, SEARCH}}
        extra = draw.get(RESIDUAL)
        luck = (seed, stream)
        found: dict[str, float] = {}
        runs = {run for _, run in self.quantities}
        if draw.get(SEARCH):
            found |= _ending(self._history(values, luck, float(extra or 0.0)))
        else:
            if "history" in runs:
                found |= self._history(values, luck, 0.0)
                if extra is not None:
                    found |= _ending(self._history(values, luck, float(extra)))
            if "ladder" in runs:
                found |= self._ladder(values, luck)
            if "places" in runs:
                found |= self._places(values, luck)
        with_residual = self.fitted_to + WITH
        wanted = {with_residual} if draw.get(SEARCH) else set(self.names)
        return np.array([found.get(name, np.nan) if name in wanted else np.nan for name in self.names])

    def _model(
        self, run: str, values: Mapping[str, Any], luck: tuple[int, int], sample: int
    ) -> IntroductionModel:
        scenario = self.scenarios[run]
        return IntroductionModel(
            scenario,
            seed=luck[0],
            replicate=luck[1],
            newcomers_per_year=sample,
            parameters=scenario.parameter_values(values),
        )

    def _history(self, values: Mapping[str, Any], luck: tuple[int, int], extra: float) -> dict[str, float]:
        scenario = self.scenarios["history"]
        if extra and self.since:
            scenario = raised_demand(scenario, self.since, extra)
        measures = ValidationMeasures((), {"history": scenario}, self.newcomers_per_year, None, "")
        return _History(measures._model("history", values, luck, self.newcomers_per_year)).numbers()

    def _ladder(self, values: Mapping[str, Any], luck: tuple[int, int]) -> dict[str, float]:
        """Return what the ladder changes in the shares of placements, percentage points."""
        shares = []
        for run in ("ladder_before", "ladder"):
            model = self._model(run, values, luck, self.newcomers_per_year)
            begun, starts = np.zeros(model.population.size), model.population.starts
            for _ in range(model.arrival_months):
                model.step()
                first, last = model.live
                here = slice(starts[first], starts[last])
                begun[here] += model.newcomers.placed[here] > 0
            eta, clients = model.newcomers.eta, model.population.supported == 0
            best = eta >= np.quantile(eta[clients], 2.0 / 3.0)
            needs = model.population.needs == 1
            shares.append([begun[best].sum() / begun.sum(), begun[needs].sum() / begun.sum()])
            model.release()
        ready, needs_group = 100.0 * (np.array(shares[1]) - np.array(shares[0]))
        return {"ladder_ready": float(ready), "ladder_needs": float(needs_group)}

    def _places(self, values: Mapping[str, Any], luck: tuple[int, int]) -> dict[str, float]:
        """Return jobs begun and grants paid in two municipalities at their real size, 2011 and 2012."""
        arrivals = read_arrivals(ARRIVALS)
        first_year = arrivals.years[0]
        model = self._model("places", values, luck, round(sum(arrivals.people) / len(arrivals.years)))
        for _ in range(model.arrival_months):
            model.step()
        n, where = model.newcomers, model.table.code.index
        began = model.population.arrival + n.first_job
        years = (12 * (2011 - first_year), 12 * (2013 - first_year))
        counted = (n.municipality == where(_SLAGELSE)) & (n.origin < 2) & (n.first_job >= 0)
        counted &= (began >= years[0]) & (began < years[1])
        found = {"slagelse_jobs": float(counted.sum())}
        for year in (2011, 2012):
            paid = model.records.ledger_area[year - first_year, where(_RINGKOBING_SKJERN)]
            rates, day = load_rates(), dt.date(year, 1, 1)
            job = float(rates.value("result_grant_job", day))
            test = float(rates.value("result_grant_danish", day))
            count = (paid[c.GRANT_JOB] + paid[c.GRANT_EDUCATION]) / job + paid[c.GRANT_DANISH] / test
            amount = paid[c.GRANT_JOB] + paid[c.GRANT_EDUCATION] + paid[c.GRANT_DANISH]
            found |= {f"grants_{year}": float(count), f"grant_mean_{year}": _ratio(amount, count)}
        model.release()
        return found


class _History:
    """A dated run, watched: who is in which state at the months that the publications name."""

    def __init__(self, model: IntroductionModel) -> None:
        self.model, self.people = model, model.population
        self.refugee = self.people.origin == c.ORIGINS.index("refugee")
        self.family = self.people.origin <= c.ORIGINS.index("reunified_with_refugee")
        self.men = (self.people.female == 0) & self.refugee
        self.after_three = np.full(self.people.size, -1, dtype=np.int64)
        """Status at the end of everybody's 36th month."""
        self.januaries: dict[int, Array] = {}
        self.placed = np.zeros(2)
        self.programme = np.zeros(2)
        self._run()

    def _run(self) -> None:
        starts, n = self.people.starts, self.model.newcomers
        januaries = {_month(year + k): year + k for year in YEARS for k in (1, 2)}
        for t in range(max(januaries) + 1):
            self.model.step()
            arrived = t - THREE_YEARS + 1
            if 0 <= arrived < starts.size - 1:
                mine = slice(starts[arrived], starts[arrived + 1])
                self.after_three[mine] = n.status[mine]
            if t in januaries:
                self.januaries[januaries[t]] = n.status.astype(np.int64)
            if _month(2017) <= t < _month(2019):
                self._count_placed(t)

    def _count_placed(self, t: int) -> None:
        n, arrived = self.model.newcomers, self.people.arrival
        here = self.family & (arrived <= t)
        placed = here & (n.status == c.INTERNSHIP)
        self.placed += [(placed & (self.people.female == sex)).sum() for sex in (0, 1)]
        if _month(2017, 4) <= t < _month(2017, 7):
            inside = here & np.isin(n.status, _PROGRAMME) & (t - arrived < n.introduction_end)
            self.programme += [(inside & (n.status == c.INTERNSHIP)).sum(), inside.sum()]

    def numbers(self) -> dict[str, float]:
        """Return every quantity of the dated runs, and let go of the model."""
        found = {**self._cohorts(), **self._three_years(), **self._first_jobs()}
        found["in_placement"] = _ratio(*self.programme)
        found["men_per_woman"] = _ratio(*self.placed)
        self.model.release()
        return found

    def _arrived(self, first: int, last: int) -> Array:
        """Tell who arrived in calendar months first to last of the run, both included."""
        return np.asarray((self.people.arrival >= first) & (self.people.arrival <= last))

    def _cohorts(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for year in YEARS:
            mine = self.men & self._arrived(_month(year), _month(year) + 11)
            one, two = (_share(self.januaries[year + k], mine, (c.EMPLOYED,)) for k in (1, 2))
            found |= {f"men_{year}": one, f"men_slope_{year}": 100.0 * (two - one) / 12.0}
        return found

    def _three_years(self) -> dict[str, float]:
        age = self.people.age + (THREE_YEARS - 1) / 12.0
        grown = self.family & (age >= 21.0) & (age < 65.0)
        cohorts = {
            "barometer_2015": self._arrived(_month(2012), _month(2012) + 11),
            "barometer_2018": self._arrived(_month(2015, 7), _month(2015, 9)),
        }
        found = {
            name: _share(self.after_three, grown & mine, _WAGE_EARNERS) for name, mine in cohorts.items()
        }
        for year in (2016, 2018):
            arrived = self._arrived(_month(year - 4, 10), _month(year - 3, 9))
            shares = self._by_municipality(grown & arrived)
            found[f"half_{year}"] = float((shares >= 0.5).sum())
            found[f"forty_{year}"] = float((shares >= 0.4).sum())
        return found

    def _by_municipality(self, mine: Array) -> Array:
        """Return the share in work after three years of every municipality that has anybody."""
        mine = mine & (self.after_three != c.LEFT)
        size, where = self.model.table.size, self.people.municipality
        present = np.bincount(where[mine], minlength=size)
        working = np.bincount(where[mine & np.isin(self.after_three, _WAGE_EARNERS)], minlength=size)
        return np.asarray(working[present > 0] / present[present > 0])

    def _first_jobs(self) -> dict[str, float]:
        first = self.model.newcomers.first_job
        found: dict[str, float] = {}
        for name, months in (("before", (1, 8)), ("under", (9, 12))):
            mine = self.men & self._arrived(*(_month(2015, month) for month in months))
            for limit in (10, 12):
                reached = (first[mine] >= 0) & (first[mine] < limit)
                found[f"ever_{limit}_{name}"] = _ratio(reached.sum(), mine.sum())
        return found


def raised_demand(scenario: Scenario, since: dt.date, extra: float) -> Scenario:
    """Return a scenario with an addition to national demand from a day on [points of employment rate]."""
    path = scenario.national_demand
    known = {dt.date(1900, 1, 1): float(path)} if not isinstance(path, dict) else dict(path)
    before = max((day for day in known if day <= since), default=None)
    known.setdefault(since, 0.0 if before is None else known[before])
    raised = {day: value + (extra if day >= since else 0.0) for day, value in sorted(known.items())}
    return scenario.model_copy(update={"national_demand": raised})


def _month(year: int, number: int = 1) -> int:
    return 12 * (year - FIRST_YEAR) + number - 1


def _share(status: Array, mine: Array, states: Sequence[int]) -> float:
    """Return the share in some states of those who have not left the country."""
    here = mine & (status != c.LEFT)
    return _ratio((here & np.isin(status, states)).sum(), here.sum())


def _ratio(one: float, other: float) -> float:
    return float(one) / float(other) if other else float("nan")


def _ending(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name + WITH: value for name, value in numbers.items()}
