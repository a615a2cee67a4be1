"""The newcomer: fixed traits, state, and what the rules ask about a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from . import statuses as st
from .money import FULL_TIME, WEEKS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.levers import IntroductionPeriod

    from .model import TwinModel
    from .municipality import Municipality

CEILING = {1: 0.50, 2: 0.75, 3: 1.00}
"""Proficiency that completing each track gives."""
LAST_MODULE = 6.0


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
        self.introduction_end: int = model.policy.introduction_period.base_months

        self.tenure = 0
        self.hours = 0
        self.rushed = False
        self.hours_reached: list[tuple[int, int]] = []  # (tenure, hours) at each change within the spell
        self.introduction_end_at_start = 0  # as it stood when the spell or the education began
        self.first_job_month = -1
        self.first_stable_job = -1

        self.active_streak = 0
        self.self_support_months = 0
        self.benefit_months = 0
        self.months_without_benefit = 0
        self.top_up = 0.0
        nothing: list[tuple[int, int] | None] = [None] * len(model.policy.result_grants)
        self.reached = list(nothing)  # (month, start) of each grant's result, paid or not
        self.milestones = list(nothing)  # the same where it is paid
        self.reference_job_paid = False
        self.reference_test_paid = False

        self.log_hazard: float | None = None
        self.job_chance: float | None = None
        self.class_hours = 0.0
        self.placement_started = 0
        self.history: list[dict[str, Any]] = []

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
        """Foreign education assessed and put to use (details A11)."""
        constant = self.model.money.constant
        return (
            self.education >= st.UPPER_SECONDARY
            and self.v < constant("guidance_share", 0.5)
            and self.s >= constant("recognition_month", 12)
        )

    @property
    def entitled(self) -> bool:
        """Still has the right to Danish classes (details A9)."""
        right = self.model.policy.danish.right_months
        if self.language >= LAST_MODULE:
            return False
        return right is None or self.s < right + self.model.money.constant("class_start_months", 3)

    @property
    def monthly_wage(self) -> float:
        """Wage of the month by the status held, DKK before tax."""
        if self.status not in (st.EMPLOYED, st.SUBSIDISED_JOB):
            return 0.0
        hours = self.hours if self.status == st.EMPLOYED else FULL_TIME
        bonus = 0.08 if self.education == st.TERTIARY and self.recognised else 0.0
        premium = 1 + 0.10 * self.proficiency + bonus + 0.03 * min(self.work_months / 12, 10)
        return float(self.model.money.entry_wage * premium * hours * WEEKS_PER_MONTH)

    def draw(self, stream: int, word: int) -> float:
        """One of the person's uniforms of this month."""
        return self.model.draw(self.id, self.model.month, stream, word)

    def enter(self, status: int) -> None:
        """Change status; leaving a job ends the spell."""
        if self.status == st.EMPLOYED:
            self.tenure = 0
            self.hours = 0
            self.rushed = False
        self.status = status
        self.months_in_status = 0
        self.introduction_end_at_start = self.introduction_end

    def review_membership(self) -> None:
        """Step 2: end, extend or keep the introduction period (details A13, rule R1)."""
        if self.status in st.GONE:
            return
        period = self.model.policy.introduction_period
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
            money = self.model.money
            deducted = self.monthly_wage - money.disregard * self.hours * WEEKS_PER_MONTH
            self.top_up = max(0.0, money.benefit(self.children) - deducted)
        on_benefit = self.status in st.ON_BENEFIT and self.model.money.benefit(self.children) > 0
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
                "top_up": self.top_up,
                "benefit_months": self.benefit_months,
                "wage_month": self.monthly_wage,
                "ln_hazard": self.log_hazard,
                "p": self.job_chance if searching else None,
                "hc": hazard * self.home.crowding if hazard is not None else None,
                "w": self.home.intensity(self) if self.client else 0.0,
            }
        )
