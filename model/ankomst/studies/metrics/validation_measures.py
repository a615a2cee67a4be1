"""What validation measures on the model at one draw: named metrics of the runs that it watches.

A name with the ending `WITH` is the same under the declared residual.
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
from ankomst.simulation.engine import IntroductionModel
from ankomst.studies.metrics import named
from ankomst.studies.metrics.named import NAMED
from ankomst.studies.metrics.watched_runs import watch_dates, watch_placements, watch_places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ankomst.policy.scenario import Scenario

Array = np.ndarray[Any, Any]
WITH = "@residual"
"""Ending of a metric's name under the residual."""
RESIDUAL, SEARCH = "validation.residual", "validation.search"
"""Keys of a draw that are no parameters: points of national demand, and whether only the fit is asked for."""
LADDER_BEFORE = "ladder_before"


@dataclass(frozen=True)
class ValidationMeasures:
    """The named metrics of some cases; see `ankomst.studies.engine.evaluation.Measures`.

    Attributes
    ----------
    metrics : tuple of str
        Names of `NAMED`.
    scenarios : dict
        Scenarios by kind of run; "ladder_before" is the one without the ladder.
    newcomers_per_year : int
        Sample of the dated runs and of those of the ladder.
    since : date or None
        First day of the residual; None where there is none.
    fitted_to : str
        The metric that the residual is fitted to.
    """

    metrics: tuple[str, ...]
    scenarios: Mapping[str, Scenario]
    newcomers_per_year: int
    since: dt.date | None
    fitted_to: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return one name a number; those of dated runs also with the residual."""
        return (*self.metrics, *(name + WITH for name in self._dated if self.since))

    @property
    def _dated(self) -> list[str]:
        return [name for name in self.metrics if NAMED[name].run == named.HISTORY]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of what decides the numbers besides draw, luck and code."""
        content = {
            "metrics": self.metrics,
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
        """Simulate what the metrics need.

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
        luck, extra, search = (seed, stream), draw.get(RESIDUAL), bool(draw.get(SEARCH))
        found: dict[str, float] = {}
        for run in () if search else dict.fromkeys(NAMED[name].run for name in self.metrics):
            watched = self._watched(run, values, luck)
            found |= {name: NAMED[name].read(watched) for name in self.metrics if NAMED[name].run == run}
        raised = [self.fitted_to] if search else self._dated if extra is not None else []
        if raised:
            watched = self._watched(named.HISTORY, values, luck, float(extra or 0.0))
            found |= {name + WITH: NAMED[name].read(watched) for name in raised}
        return np.array([found.get(name, np.nan) for name in self.names])

    def _watched(self, run: str, values: Mapping[str, Any], luck: tuple[int, int], extra: float = 0.0) -> Any:  # noqa: ANN401 - each kind of run has a record of its own
        """Simulate a kind of run and return what was watched of it."""
        scenario, sample = self.scenarios[run], self.newcomers_per_year
        if run == named.LADDER:
            before = _watch(self.scenarios[LADDER_BEFORE], values, luck, sample, watch_placements)
            return np.array([before, _watch(scenario, values, luck, sample, watch_placements)])
        if run == named.PLACES:
            people = read_arrivals(ARRIVALS)
            return _watch(scenario, values, luck, round(sum(people.people) / len(people.years)), watch_places)
        if extra and self.since:
            scenario = raised_demand(scenario, self.since, extra)
        return _watch(scenario, values, luck, sample, watch_dates)


def _watch(
    scenario: Scenario, values: Mapping[str, Any], luck: tuple[int, int], sample: int,
    watch: Callable[[IntroductionModel], Any],
) -> Any:  # noqa: ANN401 - what the callable returns  # fmt: skip
    model = IntroductionModel(
        scenario,
        seed=luck[0],
        replicate=luck[1],
        newcomers_per_year=sample,
        parameters=scenario.parameter_values(values),
    )
    watched = watch(model)
    model.release()
    return watched


def raised_demand(scenario: Scenario, since: dt.date, extra: float) -> Scenario:
    """Return a scenario with an addition to national demand from a day on [points of employment rate]."""
    path = scenario.national_demand
    known = {dt.date(1900, 1, 1): float(path)} if not isinstance(path, dict) else dict(path)
    before = max((day for day in known if day <= since), default=None)
    known.setdefault(since, 0.0 if before is None else known[before])
    raised = {day: value + (extra if day >= since else 0.0) for day, value in sorted(known.items())}
    return scenario.model_copy(update={"national_demand": raised})
