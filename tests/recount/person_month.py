"""What one person-month costs and pays: items 1 to 13, 15 and 18 to 20 of the ledger (details T4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .prices import FULL_TIME, HOURS_A_MONTH_PER_WEEKLY_HOUR, Prices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ankomst.policy.scenario import Scenario

ASSESSMENT, LANGUAGE_CLASS, INTERNSHIP, SUBSIDISED_JOB, TRAINEE_JOB, EMPLOYED = range(6)
EDUCATION, JOB_CENTRE, PENSION, LEFT, COMPLETED = 7, 8, 10, 11, 12
PASSIVE_BENEFIT = (ASSESSMENT, JOB_CENTRE)
ACTIVE_BENEFIT = (LANGUAGE_CLASS, INTERNSHIP)
CLIENTS = (*PASSIVE_BENEFIT, *ACTIVE_BENEFIT, SUBSIDISED_JOB)
UPPER_SECONDARY, TERTIARY = 2, 3
CEILING = {1: 0.50, 2: 0.75, 3: 1.00}
MODULES = 6


@dataclass(frozen=True)
class PersonMonth:
    """One recorded month of one person."""

    person: int
    s: int
    t: int
    status: int
    hours: float
    language: float
    work_months: int
    class_hours: float
    placement_started: int
    benefit_months: int
    introduction_end: int
    w: float
    arrival_month: int
    origin: int
    education: int
    track: int
    children: bool
    supported: bool
    municipality: int
    v: float

    @property
    def inside(self) -> bool:
        """Inside the introduction period."""
        return self.s < self.introduction_end


HISTORY = (
    "status", "hours", "language", "work_months", "class_hours", "placement_started", "benefit_months",
    "introduction_end", "w",
)  # fmt: skip
TRAITS = ("arrival_month", "origin", "education", "track", "children", "supported", "municipality", "v")
FLOATS = frozenset({"hours", "language", "class_hours", "w", "v"})


def person_months(histories: Mapping[str, Any], traits: Mapping[str, Any]) -> Iterator[PersonMonth]:
    """Every recorded month; a negative status or `completed` is beyond the follow-up."""
    for person, statuses in enumerate(histories["status"]):
        fixed = {name: _plain(name, traits[name][person]) for name in TRAITS}
        for s, status in enumerate(statuses):
            if int(status) < 0 or int(status) == COMPLETED:
                continue
            month = {name: _plain(name, histories[name][person][s]) for name in HISTORY}
            yield PersonMonth(person=person, s=s, t=int(fixed["arrival_month"]) + s, **month, **fixed)


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - a number of any library
    return float(value) if name in FLOATS else int(value)


def wage_of(month: PersonMonth, prices: Prices) -> float:
    """Item 4: wage of an ordinary or a subsidised job (details C4)."""
    if month.status not in (EMPLOYED, SUBSIDISED_JOB):
        return 0.0
    weekly = month.hours if month.status == EMPLOYED else FULL_TIME
    recognised = (
        month.education >= UPPER_SECONDARY
        and month.v < prices.guidance_share
        and month.s >= prices.recognition_month
    )
    premium = 0.10 * CEILING[month.track] * month.language / MODULES
    premium += 0.08 if recognised and month.education == TERTIARY else 0.0
    premium += 0.03 * min(month.work_months / 12, 10)
    return float(weekly * HOURS_A_MONTH_PER_WEEKLY_HOUR * prices.entry_wage * (1 + premium))


def income_and_tax(month: PersonMonth, prices: Prices, municipal_rate: float) -> dict[str, float]:
    """Items 1 to 4, 6 to 11 and 18 to 20."""
    own = prices.benefit[month.children]
    wage = wage_of(month, prices)
    active = month.status in ACTIVE_BENEFIT
    benefit = own if active or month.status in PASSIVE_BENEFIT else 0.0
    top_up = 0.0
    if month.status == EMPLOYED and month.hours < FULL_TIME and not month.supported:
        exempt = prices.disregard * month.hours * HOURS_A_MONTH_PER_WEEKLY_HOUR
        top_up = max(0.0, own - (wage - exempt))
    items = {"benefit": benefit, "top_up": top_up, "wage": wage}
    if benefit + top_up > 0:
        share = prices.benefit_refund_share(active=active, benefit_months=month.benefit_months)
        items["benefit_refund"] = share * (benefit + top_up)
    if month.status == SUBSIDISED_JOB:
        subsidy = prices.wage_subsidy * FULL_TIME * HOURS_A_MONTH_PER_WEEKLY_HOUR
        items["wage_subsidy"] = subsidy
        items["wage_subsidy_refund"] = prices.subsidy_refund_share(month.benefit_months) * subsidy
    education = prices.education_grant if month.status == EDUCATION else 0.0
    pension = prices.pension if month.status == PENSION else 0.0
    items["education_grant"] = education
    items["disability_pension"] = pension
    items["pension_refund"] = prices.pension_refund * pension
    return items | prices.taxes(wage, benefit + top_up + education + pension, municipal_rate)


def programme_costs(
    month: PersonMonth, prices: Prices, effort: float, language_effort: float
) -> dict[str, float]:
    """Items 12 and 13: classes, staff and placements."""
    class_price = prices.class_hour[f"track_{month.track}"] * language_effort
    return {
        "danish_classes": month.class_hours * HOURS_A_MONTH_PER_WEEKLY_HOUR * class_price,
        "staff": prices.staff * effort * month.w if month.status in CLIENTS else 0.0,
        "placement": prices.placement if month.placement_started > 0 else 0.0,
    }


def basic_grant(month: PersonMonth, prices: Prices, scenario: Scenario) -> float:
    """Item 15: the first three years of the period, or a number of months."""
    if month.supported or month.status in (PENSION, LEFT):
        return 0.0
    months = scenario.introduction_period.basic_grant_months
    end = min(month.introduction_end, 36) if months == "in_period" else int(months)
    return prices.basic_grant_of(month.origin) if month.s < end else 0.0


def counts_for_ceiling(month: PersonMonth) -> bool:
    """Whether the person is in activities this month (T4/14)."""
    return month.class_hours > 0 or month.status in (INTERNSHIP, SUBSIDISED_JOB)
