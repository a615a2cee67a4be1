"""Named metrics: what is published of dated cohorts and placements, and no outcome after some months can say.

Names are those of `policy/data/published_reforms.yaml`, where unit and definition stand.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.policy.rates import load_rates
from ankomst.simulation import codes as c
from ankomst.studies.metrics.watched_runs import YEARS, month_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ankomst.studies.metrics.watched_runs import DatedRun, PlacesRun

Array = np.ndarray[Any, Any]
HISTORY, LADDER, PLACES = "history", "ladder", "places"
_WAGE_EARNERS = (c.EMPLOYED, c.SUBSIDISED_JOB, c.TRAINEE_JOB)
_SLAGELSE, _RINGKOBING_SKJERN = "330", "760"


@dataclass(frozen=True)
class NamedMetric:
    """A number with a name of its own.

    Attributes
    ----------
    run : {"history", "ladder", "places"}
        What has to be simulated: a run by the calendar, one without and one with the refund ladder, or two
        municipalities at their real size.
    read : callable
        Takes what was watched of the run and returns the number.
    """

    run: str
    read: Callable[[Any], float]


def _men(year: int, watched: DatedRun, *, later: int = 1) -> float:
    """Share in ordinary work in a January after, of the refugee men with a permit of a year.

    Who has not arrived yet is present and not in work.
    """
    mine = watched.men & watched.permitted(month_of(year), month_of(year) + 11)
    return _share(watched.januaries[year + later], mine, (c.EMPLOYED,))


def _men_slope(year: int, watched: DatedRun) -> float:
    """Growth of that share from the first January to the second, percentage points a month."""
    return 100.0 * (_men(year, watched, later=2) - _men(year, watched)) / 12.0


def _grown(watched: DatedRun) -> Array:
    """Tell who of refugees and their family is 21 to 64 after three years."""
    age = watched.people.age + (35.0 - watched.wait) / 12.0
    return np.asarray(watched.family & (age >= 21.0) & (age < 65.0))


def _barometer(first: int, last: int, watched: DatedRun) -> float:
    """Share of wage earners three years after the permit, of permits of some months."""
    mine = _grown(watched) & watched.permitted(first, last)
    return watched.delta * _share(watched.after_three, mine, _WAGE_EARNERS)


def _municipalities(year: int, least: float, watched: DatedRun) -> float:
    """Municipalities with at least a share in work after three years, of a year's permits before October."""
    mine = _grown(watched) & watched.permitted(month_of(year - 4, 10), month_of(year - 3, 9))
    mine = mine & (watched.after_three != c.LEFT)
    size, where = watched.municipalities, watched.people.municipality
    present = np.bincount(where[mine], minlength=size)
    working = np.bincount(where[mine & np.isin(watched.after_three, _WAGE_EARNERS)], minlength=size)
    shown = present >= watched.n_min
    return float((watched.delta * working[shown] / present[shown] >= least).sum())


def _ever(limit: int, months: tuple[int, int], watched: DatedRun) -> float:
    """Share of refugee men of some months of 2015 who had a job within a limit of months after the permit."""
    mine = watched.men & watched.arrived(*(month_of(2015, month) for month in months))
    first, wait = watched.first_job[mine], watched.wait[mine]
    return _ratio(((first >= 0) & (first + wait < limit)).sum(), first.size)


def _ladder(which: int, shares: Array) -> float:
    """Change of a share of placements through the ladder, percentage points."""
    return float(100.0 * (shares[1, which] - shares[0, which]))


def _jobs(watched: PlacesRun) -> float:
    """First jobs that refugees and their family in Slagelse begin in 2011 and 2012."""
    first, last = (12 * (year - watched.first_year) for year in (2011, 2013))
    mine = (watched.municipality == watched.codes.index(_SLAGELSE)) & (watched.origin < 2)
    return float((mine & (watched.began >= max(first, 0)) & (watched.began < last)).sum())


def _grants(year: int, watched: PlacesRun) -> float:
    """Count the result grants paid to Ringkøbing-Skjern in a year."""
    paid, rates, day = _paid(year, watched), load_rates(), dt.date(year, 1, 1)
    job = float(rates.value("result_grant_job", day))
    test = float(rates.value("result_grant_danish", day))
    return float((paid[c.GRANT_JOB] + paid[c.GRANT_EDUCATION]) / job + paid[c.GRANT_DANISH] / test)


def _grant_mean(year: int, watched: PlacesRun) -> float:
    """Mean amount of those grants, DKK."""
    paid = _paid(year, watched)
    return _ratio(paid[c.GRANT_JOB] + paid[c.GRANT_EDUCATION] + paid[c.GRANT_DANISH], _grants(year, watched))


def _paid(year: int, watched: PlacesRun) -> Array:
    return np.asarray(watched.paid[year - watched.first_year, watched.codes.index(_RINGKOBING_SKJERN)])


def _share(status: Array, mine: Array, states: Sequence[int]) -> float:
    """Return the share in some states of those who have not left the country."""
    here = mine & (status != c.LEFT)
    return _ratio((here & np.isin(status, states)).sum(), here.sum())


def _ratio(one: float, other: float) -> float:
    return float(one) / float(other) if other else float("nan")


_DATED: dict[str, Callable[[Any], float]] = {
    **{f"men_{year}": partial(_men, year) for year in YEARS},
    **{f"men_slope_{year}": partial(_men_slope, year) for year in YEARS},
    "barometer_2015": partial(_barometer, month_of(2012), month_of(2012) + 11),
    "barometer_2018": partial(_barometer, month_of(2015, 7), month_of(2015, 9)),
    **{f"half_{year}": partial(_municipalities, year, 0.5) for year in (2016, 2018)},
    "forty_2018": partial(_municipalities, 2018, 0.4),
    **{f"ever_{limit}_before": partial(_ever, limit, (1, 8)) for limit in (10, 12)},
    **{f"ever_{limit}_under": partial(_ever, limit, (9, 12)) for limit in (10, 12)},
    "in_placement": lambda watched: _ratio(*watched.programme),
    "men_per_woman": lambda watched: _ratio(*watched.placed),
}
NAMED: dict[str, NamedMetric] = {
    **{name: NamedMetric(HISTORY, read) for name, read in _DATED.items()},
    "ladder_ready": NamedMetric(LADDER, partial(_ladder, 0)),
    "ladder_needs": NamedMetric(LADDER, partial(_ladder, 1)),
    "slagelse_jobs": NamedMetric(PLACES, _jobs),
    **{f"grants_{year}": NamedMetric(PLACES, partial(_grants, year)) for year in (2011, 2012)},
    **{f"grant_mean_{year}": NamedMetric(PLACES, partial(_grant_mean, year)) for year in (2011, 2012)},
}
"""Every named metric, by name."""
