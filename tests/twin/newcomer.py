"""The newcomer: fixed traits, state, and what the rules ask about a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from . import statuses as st
from .money import FULL_TIME, LOWER_BENEFIT, WEEKS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.levers.programme import IntroductionPeriod

    from .model import TwinModel
    from .municipality import Municipality

CEILING = {1: 0.50, 2: 0.75, 3: 1.00}
"""Proficiency that completing each track gives."""
LAST_MODULE = 6.0
MONTHS_OF_MENTORING = 24


class Newcomer(mesa.Agent):
    """One person from arrival on.

    Parameters
    ----------
    model : TwinModel
        The run.
    person : Mapping[str, Any]
        Fixed traits.
    home : Municipality
        Municipality of residence.
    """

    if TYPE_CHECKING:
        model: TwinModel

    def __init__(self, model: TwinModel, person: Mapping[str, Any], home: Municipality) -> None:
        super().__init__(model)
        self._take_traits(person)
        self.home = home

        self.status = st.SELF_SUPPORTED if self.supported else st.ASSESSMENT
        self.months_in_status = 0
        self.language = 0.0
        self.test_month = -1
        self.work_months = 0
        self.idle = 0
        self.practice = 0.0
        self.ever_placed = False
        self.danish_education = False
        # The programme is that of the day of arrival; later reforms of it do not reach the person.
        self.period = model.policy.introduction_period
        self.introduction_end: int = self.period.base_months
        self.right_months: int | None = model.policy.danish.right_months
        self.arrived_before_lower_benefit = model.policy.date < LOWER_BENEFIT

        self.tenure = 0
        self.hours = 0
        self.rushed = False
        self.hours_reached: list[tuple[int, int]] = []  # (tenure, hours) at each change within the spell
        self.introduction_end_at_start = 0  # as it stood when the spell or the education began
        self.first_job_month = -1
        self.first_stable_job = -1

        self.jobs = 0  # ordinary jobs begun
        self.until_loss = math.inf
        self.until_next_job = self.threshold(2)

        self.active_streak = 0
        self.self_support_months = 0
        self.benefit_months = 0
        self.months_without_benefit = 0
        self.top_up = 0.0
        nothing: list[tuple[int, int] | None] = [None] * len(model.grants)
        self.reached = list(nothing)  # (month, start) of each grant's result, paid or not
        self.milestones = list(nothing)  # the same where it counts for a payment
        self.payments = [0.0] * len(model.grants)  # DKK, before any cap
        self.reference_job_paid = False
        self.reference_test_paid = False

        self.log_hazard: float | None = None
        self.job_chance: float | None = None
        self.class_hours = 0.0
        self.placement_started = 0
        self.business_started = False
        self.trainee_completed = False
        self.history: list[dict[str, Any]] = []

    def _take_traits(self, person: Mapping[str, Any]) -> None:
        self.id: int = person["id"]
        self.arrival_month: int = person["arrival_month"]
        self.origin: int = person["origin"]
        self.female = bool(person["female"])
        self.age: float = person["age"]
        self.education: int = person["education"]
        self.track: int = person["track"]
        self.health = bool(person["health"])
        self.children = bool(person["children"])
        self.supported = bool(person["supported"])
        self.ability: float = person["ability"]
        self.v: float = person["v"]
        self.u_ready: float = person["ready"]
        levers = self.model.scenario
        self.mentored = person["mentor"] < levers.civil_society.mentor_share
        share_reached = levers.outreach.self_supported_share
        self.reached_out_to = self.female and self.supported and person["outreach"] < share_reached

    @property
    def s(self) -> int:
        """Months since arrival."""
        return self.model.month - self.arrival_month

    @property
    def client(self) -> bool:
        """In the municipality's care, on benefit or in a subsidised job."""
        return self.status in st.CLIENTS

    @property
    def needs_group(self) -> bool:
        """Health-impaired or without education."""
        return self.health or self.education == st.NO_EDUCATION

    @property
    def inside(self) -> bool:
        """Inside the introduction period this month."""
        return self.s < self.introduction_end

    @property
    def ceiling(self) -> float:
        """Proficiency at the end of the person's track."""
        return CEILING[self.track]

    @property
    def proficiency(self) -> float:
        """Command of Danish in [0, 1]."""
        return self.ceiling * self.language / LAST_MODULE

    @property
    def recognised(self) -> bool:
        """Foreign education assessed and put to use (docs/ODD.md 2.1)."""
        levers = self.model.policy.assessment
        assessed = self.education >= st.UPPER_SECONDARY and self.v < levers.guidance_share
        return assessed and self.s >= levers.deadline_months

    @property
    def within_the_right(self) -> bool:
        """The right to Danish has not run out; it counts from some months after arrival (docs/ODD.md 7.9)."""
        later = self.model.money.constant("class_start_months", 3)
        return self.right_months is None or self.s < self.right_months + later

    @property
    def entitled(self) -> bool:
        """Still has the right to Danish classes, and something to learn."""
        return self.language < LAST_MODULE and self.within_the_right

    @property
    def job_ready(self) -> bool:
        """Classed as ready for work this month, as a client would be (docs/ODD.md 7.19)."""
        factor = self.model.parameters["readiness.ready_women"] if self.female else 1.0
        return bool(self.u_ready < self.model.ready_share * factor)

    @property
    def mentor(self) -> bool:
        """Has a mentor this month (docs/ODD.md 7.18)."""
        return self.mentored and self.s < MONTHS_OF_MENTORING

    @property
    def benefit(self) -> float:
        """Benefit a month that the person would get, DKK."""
        money = self.model.money
        return money.benefit(children=self.children, earlier=self.arrived_before_lower_benefit)

    @property
    def hourly_wage(self) -> float:
        """Wage an hour of ordinary work, DKK before tax (docs/ODD.md 7.7)."""
        bonus = 0.08 if self.education == st.TERTIARY and self.recognised else 0.0
        premium = 1 + 0.10 * self.proficiency + bonus + 0.03 * min(self.work_months / 12, 10)
        return float(self.model.money.entry_wage * premium)

    @property
    def monthly_wage(self) -> float:
        """Wage of the month by the status held, DKK before tax."""
        if self.status == st.EMPLOYED:
            return self.hourly_wage * self.hours * WEEKS_PER_MONTH
        if self.status == st.SUBSIDISED_JOB:
            return self.hourly_wage * FULL_TIME * WEEKS_PER_MONTH
        if self.status == st.TRAINEE_JOB:
            return float(self.model.money.trainee_wage * FULL_TIME * WEEKS_PER_MONTH)
        return 0.0

    def draw(self, stream: int, word: int) -> float:
        """One of the person's uniforms of this month."""
        return self.model.draw(self.id, self.model.month, stream, word)

    def threshold(self, word: int) -> float:
        """Exponential number, of the present job or, before the first, of the arrival."""
        return -math.log(1 - self.model.draw(self.id, self.jobs, 3, word))

    def job_found(self, hazard: float) -> bool:
        """Whether the hazards of search, this one included, reach the threshold of the next job."""
        self.until_next_job -= hazard
        return self.until_next_job <= 0

    def enter(self, status: int) -> None:
        """Change status; leaving work ends the spell."""
        if self.status in st.WORKING:
            self.tenure = 0
            self.hours = 0
            self.rushed = False
        self.status = status
        self.months_in_status = 0
        self.introduction_end_at_start = self.introduction_end

    def begin_spell(self, hours: int) -> None:
        """A spell of work begins this month, in which no month of it is completed yet."""
        self.tenure = 0
        self.hours_reached = [(0, hours)]
        if self.first_job_month < 0:
            self.first_job_month = self.s

    def review_rights(self) -> None:
        """Step 2: a longer right to Danish reaches those whose right has not run out."""
        if self.within_the_right:
            self.right_months = self.model.policy.danish.right_months

    def review_membership(self) -> None:
        """Step 2: end, extend or keep the introduction period (docs/ODD.md 7.2)."""
        if self.status in st.GONE:
            return
        period = self.period
        working = self.status in st.WORKING
        early = period.early_exit_months
        if early is not None and working and self.tenure + 1 >= early and self.inside:
            self.introduction_end = self.s
        last_month = self.s == period.base_months - 1 and self.introduction_end == period.base_months
        if last_month and self._needs_extension(period, working=working):
            self.introduction_end = period.max_months
        if (
            period.extension == "until_self_supporting"
            and self.introduction_end == period.max_months
            and self.s >= period.base_months
            and self.active_streak >= 6
            and self.inside
        ):
            self.introduction_end = self.s

    def _needs_extension(self, period: IntroductionPeriod, *, working: bool) -> bool:
        if period.extension == "until_self_supporting":
            return self.active_streak < 6
        if period.extension != "needs_test" or working:
            return False
        reasons = period.extension_reasons
        return (
            ("health" in reasons and self.health)
            or ("language" in reasons and self.language < 2)
            or ("no_education" in reasons and self.education == st.NO_EDUCATION)
        )

    def close_month(self) -> None:
        """Counters that follow from the status at the end of the month."""
        self.top_up = 0.0
        if self.status == st.EMPLOYED and self.hours < FULL_TIME and not self.supported:
            deducted = self.monthly_wage - self.model.money.disregard * self.hours * WEEKS_PER_MONTH
            self.top_up = max(0.0, self.benefit - deducted)
        on_benefit = self.status in st.ON_BENEFIT and self.benefit > 0
        if on_benefit or self.top_up > 0:
            self.benefit_months += 1
            self.months_without_benefit = 0
        else:
            self.months_without_benefit += 1
            if self.months_without_benefit >= 12:
                self.benefit_months = 0
        studying_or_working = self.status in st.WORKING or self.status == st.EDUCATION
        self.active_streak = self.active_streak + 1 if studying_or_working else 0
        dependent = self.client or self.status in st.GONE or self.status == st.EDUCATION
        alone = not (dependent or self.supported or self.top_up > 0)
        self.self_support_months = self.self_support_months + 1 if alone else 0

    def record(self) -> None:
        """Step 10: the month as the accounts and the comparison read it."""
        searching = self.log_hazard is not None
        hazard = math.exp(self.log_hazard) if self.log_hazard is not None else None
        self.history.append(
            {
                "status": self.status,
                "hours": self.hours,
                "language": self.language,
                "practice": self.practice,
                "months_in_status": self.months_in_status,
                "tenure": self.tenure,
                "work_months": self.work_months,
                "idle": self.idle,
                "introduction_end": self.introduction_end,
                "class_hours": self.class_hours,
                "placement_started": self.placement_started,
                "business_started": int(self.business_started),
                "trainee_completed": int(self.trainee_completed),
                "top_up": self.top_up,
                "benefit_months": self.benefit_months,
                "wage_month": self.monthly_wage,
                "ln_hazard": self.log_hazard,
                "p": self.job_chance if searching else None,
                "hc": hazard * self.home.crowding if hazard is not None else None,
                "w": self.home.intensity(self) if self.client else 0.0,
            }
        )
