"""The run: newcomers and municipalities, one calendar month a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import mesa

from . import statuses as st
from .milestones import note_milestones
from .money import Money
from .municipality import Municipality
from .newcomer import Newcomer
from .transitions import live

if TYPE_CHECKING:
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

Draw = Callable[[int, int, int, int], float]


class TwinModel(mesa.Model):
    """Plain twin of the compiled model.

    Parameters
    ----------
    scenario : Scenario
        The policy.
    parameters : Mapping[str, Any]
        Dotted name to value.
    rates : Rates
        Dated rates.
    people : Sequence[Mapping[str, Any]]
        Newcomers: id, arrival_month, origin, female, age, education, track, health, children, supported,
        municipality, ability, v.
    municipalities : Sequence[Mapping[str, Any]]
        In order of index: index, region, tax, demand, responsive, e0, q, language_quality, n_ref.
    draw : Draw
        ``draw(person_id or municipality index, month, stream, word)`` in (0, 1).
    """

    def __init__(
        self,
        scenario: Scenario,
        parameters: Mapping[str, Any],
        rates: Rates,
        people: Sequence[Mapping[str, Any]],
        municipalities: Sequence[Mapping[str, Any]],
        draw: Draw,
    ) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never used
        self.policy = scenario
        self.parameters = parameters
        self.money = Money(scenario, parameters, rates)
        self.draw = draw
        self.month = 0
        self.national_demand = 0.0
        self.planning_months = int(parameters["municipality.planning_months"])
        self.national_expected_months = expected_months(scenario, parameters)
        self.waiting = sorted(people, key=lambda person: person["id"], reverse=True)
        self.municipalities = [Municipality(self, place) for place in municipalities]
        self.newcomers: list[Newcomer] = []
        self.followed: list[Newcomer] = []
        self.order: list[Callable[[], None]] = [
            self.arrivals,
            self.membership,
            self.plans,
            self.hazards,
            self.placements,
            self.transitions,
            self.milestones,
            self.recording,
        ]

    def step(self) -> None:
        """One month."""
        for action in self.order:
            action()
        self.month += 1

    def run(self, months: int) -> None:
        """Run `months` months."""
        for _ in range(months):
            self.step()

    def arrivals(self) -> None:
        """Step 1: newcomers of the month; those at the end of their follow-up are completed (rule R8)."""
        while self.waiting and self.waiting[-1]["arrival_month"] <= self.month:
            person = self.waiting.pop()
            newcomer = Newcomer(self, person, self.municipalities[person["municipality"]])
            newcomer.home.arrived.append(newcomer)
            self.newcomers.append(newcomer)
            self.followed.append(newcomer)
        months = self.policy.horizon.follow_up_months
        for newcomer in self.followed:
            if newcomer.s >= months and newcomer.status not in st.ABSORBED:
                newcomer.status = st.COMPLETED
        self.followed = [newcomer for newcomer in self.followed if newcomer.s < months]

    def membership(self) -> None:
        """Step 2: who is inside the introduction period; the month begins."""
        for newcomer in self.followed:
            newcomer.review_membership()
            newcomer.log_hazard = None
            newcomer.job_chance = None
            newcomer.placement_started = 0
        for home in self.municipalities:
            home.look_around()
        self.national_demand = national_demand(self.policy, self.month)

    def plans(self) -> None:
        """Step 3: each January the municipalities set effort, language effort and expectations."""
        if self.month % 12:
            return
        planned = [home.plan_effort() for home in self.municipalities]
        quality = [self.learnt_quality(home) for home in self.municipalities]
        for home, plan, practice in zip(self.municipalities, planned, quality, strict=True):
            home.effort, home.language_effort = plan
            home.practice_quality = practice
            home.update_expected_months()
            home.note_year()

    def learnt_quality(self, home: Municipality) -> float:
        """Q after a year of learning from the better quarter of the region (C8); none in the first."""
        if self.month == 0:
            return home.practice_quality
        region = [other.practice_quality for other in self.municipalities if other.region == home.region]
        target = percentile(region, 0.75)
        gap = max(0.0, target - home.practice_quality)
        return float(home.practice_quality + self.parameters["municipality.peer_learning"] * gap)

    def hazards(self) -> None:
        """Step 4: hazards and crowding."""
        for home in self.municipalities:
            home.set_hazards()

    def placements(self) -> None:
        """Step 5: company placements."""
        for home in self.municipalities:
            home.fill_places()

    def transitions(self) -> None:
        """Steps 6 and 7: each person's month, language included."""
        for newcomer in self.followed:
            live(newcomer)

    def milestones(self) -> None:
        """Step 8: counters and milestones at the end of the month."""
        for newcomer in self.followed:
            newcomer.close_month()
            note_milestones(newcomer)

    def recording(self) -> None:
        """Step 10: one record a person."""
        for newcomer in self.followed:
            newcomer.record()


def expected_months(scenario: Scenario, parameters: Mapping[str, Any]) -> float:
    """Months in the period that the country expects before there are records (details A14)."""
    period = scenario.introduction_period
    if period.extension != "needs_test":
        return float(period.base_months)
    share = 0.0
    for origin in st.ORIGINS:
        health = parameters["population.health_impaired"][origin]
        none = parameters["population.education_shares"][origin][0]
        needs = 1 - (1 - health) * (1 - none)
        share += parameters["population.origin_shares"][origin] * needs
    return float(period.base_months + (period.max_months - period.base_months) * share)


def national_demand(scenario: Scenario, month: int) -> float:
    """Points of employment in the calendar month; each entry of a path holds from its date on, 0 before."""
    path = scenario.national_demand
    if not isinstance(path, Mapping):
        return float(path)
    today = dt.date(scenario.date.year + month // 12, month % 12 + 1, 1)
    points = 0.0
    for day in sorted(path):
        if day <= today:
            points = path[day]
    return points


def percentile(values: Sequence[float], share: float) -> float:
    """Percentile by linear interpolation between the sorted values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
