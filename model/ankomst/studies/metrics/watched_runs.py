"""Runs that are watched month by month, for numbers by calendar date and placement that no result keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.policy.arrivals import read_arrivals
from ankomst.policy.published_reforms import ARRIVALS
from ankomst.simulation import codes as c
from ankomst.studies.metrics.waits import waits

if TYPE_CHECKING:
    from ankomst.simulation.engine import IntroductionModel
    from ankomst.simulation.newcomers import Population

Array = np.ndarray[Any, Any]
FIRST_YEAR = 2010
"""First calendar year of the dated runs."""
YEARS = range(2015, 2019)
"""Years of arrival whose cohorts are followed from January to January."""
THREE_YEARS = 36
_PROGRAMME = (c.ASSESSMENT, c.LANGUAGE_CLASS, c.INTERNSHIP, c.JOB_CENTRE)


def month_of(year: int, number: int = 1) -> int:
    """Return the month of a dated run that a calendar month is, the first being 0."""
    return 12 * (year - FIRST_YEAR) + number - 1


BOOM = (month_of(2015, 7), month_of(2016, 12))
"""First and last month of arrival with the longer wait."""


@dataclass(frozen=True)
class DatedRun:
    """A run by the calendar: who is in which state at the months that publications name.

    Attributes
    ----------
    people : Population
    family : ndarray of bool, shape (n,)
        Who is a refugee or reunified with one.
    municipalities : int
        Municipalities of the table.
    first_job : ndarray, shape (n,)
        Month since arrival of the first job; negative without one.
    after_three : ndarray, shape (n,)
        Status at the end of everybody's 36th month after the permit; -1 where that lies outside the run.
    januaries : dict of ndarray
        Everybody's status at the end of January, by year.
    placed : ndarray, shape (2,)
        Months of men and women in placement in 2017 and 2018, refugees and their family.
    programme : ndarray, shape (2,)
        Months in placement and in the programme, second quarter of 2017.
    wait : ndarray of int, shape (n,)
        Months between permit and arrival.
    delta : float
        Factor on shares of the Integrationsbarometer.
    n_min : int
        People behind a municipality's share there, at least.
    """

    people: Population
    family: Array
    municipalities: int
    first_job: Array
    after_three: Array
    januaries: dict[int, Array]
    placed: Array
    programme: Array
    wait: Array
    delta: float
    n_min: int

    @property
    def men(self) -> Array:
        """Tell who is a refugee man."""
        return np.asarray((self.people.female == 0) & (self.people.origin == c.ORIGINS.index("refugee")))

    def arrived(self, first: int, last: int) -> Array:
        """Tell who arrived in calendar months first to last of the run, both included."""
        return np.asarray((self.people.arrival >= first) & (self.people.arrival <= last))

    def permitted(self, first: int, last: int) -> Array:
        """Tell whose permit is of calendar months first to last of the run, both included."""
        permit = self.people.arrival - self.wait
        return np.asarray((permit >= first) & (permit <= last))


def watch_dates(model: IntroductionModel) -> DatedRun:
    """Run a model to the last January that is asked about."""
    people, n = model.population, model.newcomers
    arrived = people.arrival
    wait = waits(people, model.parameters, BOOM)
    permit = arrived - wait
    family = people.origin <= c.ORIGINS.index("reunified_with_refugee")
    days = {month_of(year + k): year + k for year in YEARS for k in (1, 2)}
    after_three, januaries = np.full(people.size, -1, dtype=np.int64), {}
    placed, programme = np.zeros(2), np.zeros(2)
    for t in range(max(days) + 1):
        model.step()
        mine = permit == t - THREE_YEARS + 1
        after_three[mine] = n.status[mine]
        if t in days:
            januaries[days[t]] = n.status.astype(np.int64)
        here = family & (arrived <= t)
        if month_of(2017) <= t < month_of(2019):
            placements = here & (n.status == c.INTERNSHIP)
            placed += [(placements & (people.female == sex)).sum() for sex in (0, 1)]
        if month_of(2017, 4) <= t < month_of(2017, 7):
            inside = here & np.isin(n.status, _PROGRAMME) & (t - arrived < n.introduction_end)
            programme += [(inside & (n.status == c.INTERNSHIP)).sum(), inside.sum()]
    return DatedRun(
        people, family, model.table.size, n.first_job.copy(), after_three, januaries, placed, programme,
        wait, float(model.parameters["observation.delta"]), int(model.parameters["constants.n_min"]),
    )  # fmt: skip


def watch_placements(model: IntroductionModel) -> Array:
    """Return the shares of placements begun that go to the most employable third and to the needs group."""
    begun, starts = np.zeros(model.population.size), model.population.starts
    for _ in range(model.arrival_months):
        model.step()
        first, last = model.live
        here = slice(starts[first], starts[last])
        begun[here] += model.newcomers.placed[here] > 0
    eta, clients = model.newcomers.eta, model.population.supported == 0
    best = eta >= np.quantile(eta[clients], 2.0 / 3.0)
    needs = model.population.needs == 1
    return np.array([begun[best].sum() / begun.sum(), begun[needs].sum() / begun.sum()])


@dataclass(frozen=True)
class PlacesRun:
    """A run of two municipalities at their real size.

    Attributes
    ----------
    first_year : int
    municipality, began, origin : ndarray, shape (n,)
        Where everybody lives, the month of the run of the first job (negative without one), origin.
    paid : ndarray, shape (years, municipalities, items)
        Amounts by calendar year, DKK.
    codes : tuple of str
        Codes of the municipalities.
    """

    first_year: int
    municipality: Array
    began: Array
    origin: Array
    paid: Array
    codes: tuple[str, ...]


def watch_places(model: IntroductionModel) -> PlacesRun:
    """Run a model while newcomers arrive."""
    for _ in range(model.arrival_months):
        model.step()
    n = model.newcomers
    began = np.where(n.first_job >= 0, model.population.arrival + n.first_job, -1)
    return PlacesRun(
        read_arrivals(ARRIVALS).years[0], n.municipality.copy(), began, n.origin.copy(),
        model.records.ledger_area.copy(), tuple(model.table.code),
    )  # fmt: skip
