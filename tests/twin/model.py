"""The run: newcomers and municipalities, one calendar month a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import mesa

from . import statuses as st
from .calendar_time import congestion, national_demand, ready_share
from .governance import agree_on_classes, count_results, learnt_quality, result_pressure
from .grants import in_force, positions
from .milestones import note_milestones
from .money import Money
from .municipality import Municipality
from .newcomer import Newcomer
from .placements import fill_places, fill_trainee_jobs
from .transitions import live

if TYPE_CHECKING:
    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

Draw = Callable[[int, int, int, int], float]


class TwinModel(mesa.Model):
    """Plain twin of the compiled model.

    Parameters
    ----------
    scenario : Scenario
        The policy. Its levers of the month are those in force on `scenario.month(t)`.
    parameters : Mapping[str, Any]
        Dotted name to value.
    rates : Rates
        Dated rates.
    people : Sequence[Mapping[str, Any]]
        Newcomers: id, arrival_month, origin, female, age, education, track, health, children, supported,
        municipality, ability, v, mentor, outreach, ready.
    municipalities : Sequence[Mapping[str, Any]]
        In order of index: index, region, tax, demand, responsive, e0, q, language_quality, n_ref.
    draw : Draw
        ``draw(person_id or municipality index, month, stream, word)`` in (0, 1); in stream 3 the number of a
        job stands for the month.
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
        self.scenario = scenario
        self.policy: Scenario
        self.money: Money
        self.grants_today: list[ResultGrant | None]
        self.parameters = parameters
        self.rates = rates
        self.draw = draw
        self.month = 0
        self.grants = positions(scenario)
        self.take_the_rules_of_the_month()
        self.national_demand = 0.0
        self.congestion = 0.0
        self.ready_share = 0.0
        self.planning_months = int(parameters["municipality.planning_months"])
        self.national_expected_months: float = expected_months(self.policy, parameters)
        self.waiting = sorted(people, key=lambda person: person["arrival_month"])[::-1]
        self.municipalities = [Municipality(self, place) for place in municipalities]
        agree_on_classes(self)
        self.newcomers: list[Newcomer] = []
        self.followed: list[Newcomer] = []
        self.order: list[Callable[[], None]] = [
            self.take_the_rules_of_the_month,
            self.arrivals,
            self.membership,
            self.plans,
            self.hazards,
            self.placements,
            self.transitions,
            self.milestones,
            self.recording,
        ]

    def take_the_rules_of_the_month(self) -> None:
        """Levers, prices and grants of the day; with rules at a date always the same."""
        day = self.scenario.month(self.month)
        if self.month and day == self.policy.date:
            return
        self.policy = self.scenario.in_force(day)
        self.money = Money(self.policy, self.parameters, self.rates)
        self.grants_today = in_force(self.grants, self.policy)

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
        """Step 1: newcomers of the month; those at the end of their follow-up are completed."""
        while self.waiting and self.waiting[-1]["arrival_month"] <= self.month:
            person = self.waiting.pop()
            newcomer = Newcomer(self, person, self.municipalities[person["municipality"]])
            newcomer.home.arrived.append(newcomer)
            self.newcomers.append(newcomer)
            self.followed.append(newcomer)
        months = self.scenario.horizon.follow_up_months
        for newcomer in self.followed:
            if newcomer.s >= months and newcomer.status not in st.ABSORBED:
                newcomer.status = st.COMPLETED
        self.followed = [newcomer for newcomer in self.followed if newcomer.s < months]

    def membership(self) -> None:
        """Step 2: who is inside the introduction period; the month begins."""
        for newcomer in self.followed:
            newcomer.review_rights()
            newcomer.review_membership()
            newcomer.log_hazard = None
            newcomer.job_chance = None
            newcomer.placement_started = 0
            newcomer.business_started = False
            newcomer.trainee_completed = False
        for home in self.municipalities:
            home.look_around()
        self.national_demand = national_demand(self.scenario, self.month)
        self.congestion = congestion(self.scenario, self.parameters, self.month)
        self.ready_share = ready_share(self.scenario, self.parameters, self.month)

    def plans(self) -> None:
        """Step 3: each January the municipalities set effort, language effort and expectations."""
        if self.month % 12:
            return
        pressure = result_pressure(self)
        planned = [home.plan_effort(pressure[home.index]) for home in self.municipalities]
        quality = [learnt_quality(self, home) for home in self.municipalities]
        for home, plan, practice in zip(self.municipalities, planned, quality, strict=True):
            home.effort, home.language_effort = plan
            home.practice_quality = practice
            home.update_expected_months()
            home.note_year()

    def hazards(self) -> None:
        """Step 4: hazards and crowding."""
        for home in self.municipalities:
            home.set_hazards()

    def placements(self) -> None:
        """Step 5: company placements, then trainee jobs."""
        for home in self.municipalities:
            clients = len(home.clients)
            fill_places(home)
            fill_trainee_jobs(home, clients)

    def transitions(self) -> None:
        """Steps 6 and 7: each person's month, language included."""
        for newcomer in self.followed:
            live(newcomer)

    def milestones(self) -> None:
        """Step 8: counters and milestones at the end of the month."""
        for newcomer in self.followed:
            newcomer.close_month()
            note_milestones(newcomer)
        count_results(self)

    def recording(self) -> None:
        """Step 10: one record a person."""
        for newcomer in self.followed:
            newcomer.record()


def expected_months(scenario: Scenario, parameters: Mapping[str, Any]) -> float:
    """Months in the period that the country expects before there are records (docs/ODD.md 7.2)."""
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
