"""What one person-month costs and pays: the items of the ledger that a person causes (docs/ODD.md 7.12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .prices import FULL_TIME, HOURS_A_MONTH_PER_WEEKLY_HOUR, Prices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ASSESSMENT, LANGUAGE_CLASS, INTERNSHIP, SUBSIDISED_JOB, TRAINEE_JOB, EMPLOYED, SELF_EMPLOYED = range(7)
EDUCATION, JOB_CENTRE, SELF_SUPPORTED, PENSION, LEFT, COMPLETED = range(7, 13)
PASSIVE_BENEFIT = (ASSESSMENT, JOB_CENTRE)
ACTIVE_BENEFIT = (LANGUAGE_CLASS, INTERNSHIP)
CLIENTS = (*PASSIVE_BENEFIT, *ACTIVE_BENEFIT, SUBSIDISED_JOB)
IN_WORK = (TRAINEE_JOB, EMPLOYED, SELF_EMPLOYED)
COMPANY_PLACEMENTS = (1, 2)
"""`placement_started` of an internship and a subsidised job; 3 is a trainee job, which has no price."""
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
    tenure: int
    business_started: int
    trainee_completed: int
    arrival_month: int
    origin: int
    female: bool
    education: int
    track: int
    health: bool
    children: bool
    supported: bool
    municipality: int
    v: float
    mentor: float
    outreach: float

    @property
    def inside(self) -> bool:
        """Inside the introduction period."""
        return self.s < self.introduction_end


HISTORY = (
    "status", "hours", "language", "work_months", "class_hours", "placement_started", "benefit_months",
    "introduction_end", "w", "tenure", "business_started", "trainee_completed",
)  # fmt: skip
TRAITS = (
    "arrival_month", "origin", "female", "education", "track", "health", "children", "supported",
    "municipality", "v", "mentor", "outreach",
)  # fmt: skip
FLOATS = frozenset({"hours", "language", "class_hours", "w", "v", "mentor", "outreach"})


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


def hourly_wage(month: PersonMonth, prices: Prices) -> float:
    """Wage an hour of ordinary work (docs/ODD.md 7.7)."""
    levers = prices.policy.assessment
    recognised = (
        month.education >= UPPER_SECONDARY
        and month.v < levers.guidance_share
        and month.s >= levers.deadline_months
    )
    premium = 0.10 * CEILING[month.track] * month.language / MODULES
    premium += 0.08 if recognised and month.education == TERTIARY else 0.0
    premium += 0.03 * min(month.work_months / 12, 10)
    return float(prices.entry_wage * (1 + premium))


def earnings(month: PersonMonth, prices: Prices) -> dict[str, float]:
    """Wage of an ordinary, a subsidised or a trainee job, income of a business."""
    full_time = FULL_TIME * HOURS_A_MONTH_PER_WEEKLY_HOUR
    if month.status == EMPLOYED:
        return {"wage": month.hours * HOURS_A_MONTH_PER_WEEKLY_HOUR * hourly_wage(month, prices)}
    if month.status == SUBSIDISED_JOB:
        return {"wage": full_time * hourly_wage(month, prices)}
    if month.status == TRAINEE_JOB:
        return {"wage": full_time * prices.trainee_wage}
    if month.status == SELF_EMPLOYED:
        return {"self_employed_income": prices.business_share * full_time * hourly_wage(month, prices)}
    return {}


def benefit_of(month: PersonMonth, prices: Prices, *, earlier: bool) -> dict[str, float]:
    """Benefit, top-up and their refund; `earlier`: arrived before the lower benefit of September 2015."""
    own = prices.benefit[earlier][month.children]
    active = month.status in ACTIVE_BENEFIT
    items = {"benefit": own if active or month.status in PASSIVE_BENEFIT else 0.0, "top_up": 0.0}
    if month.status == EMPLOYED and month.hours < FULL_TIME and not month.supported:
        exempt = prices.disregard * month.hours * HOURS_A_MONTH_PER_WEEKLY_HOUR
        items["top_up"] = max(0.0, own - (earnings(month, prices)["wage"] - exempt))
    paid = items["benefit"] + items["top_up"]
    if paid > 0:
        share = prices.benefit_refund_share(active=active, benefit_months=month.benefit_months)
        items["benefit_refund"] = share * paid
    return items


def income_and_tax(
    month: PersonMonth, prices: Prices, municipal_rate: float, *, earlier: bool
) -> dict[str, float]:
    """Income of the person, its taxes and what the state refunds of it."""
    items = benefit_of(month, prices, earlier=earlier) | earnings(month, prices)
    if month.status == SUBSIDISED_JOB:
        subsidy = prices.wage_subsidy * FULL_TIME * HOURS_A_MONTH_PER_WEEKLY_HOUR
        items["wage_subsidy"] = subsidy
        items["wage_subsidy_refund"] = prices.subsidy_refund_share(month.benefit_months) * subsidy
    items["education_grant"] = prices.education_grant if month.status == EDUCATION else 0.0
    items["disability_pension"] = prices.pension if month.status == PENSION else 0.0
    items["pension_refund"] = prices.pension_refund * items["disability_pension"]
    work = items.get("wage", 0.0) + items.get("self_employed_income", 0.0)
    other = sum(items[name] for name in ("benefit", "top_up", "education_grant", "disability_pension"))
    weekly = month.hours if month.status == EMPLOYED else FULL_TIME
    credit = prices.in_work_credit * weekly / FULL_TIME if month.status in IN_WORK else 0.0
    return items | prices.taxes(work, other, municipal_rate, credit)


def trainee_items(month: PersonMonth, prices: Prices) -> dict[str, float]:
    """The bonus and the school of a trainee job (docs/ODD.md 7.12)."""
    levers = prices.policy.trainee_job
    bonus = school = 0.0
    if month.status == TRAINEE_JOB:
        school = prices.lever_cost["trainee_school_week"] * levers.school_weeks / levers.months
        bonus += prices.trainee_bonus["after_6_months"] if month.tenure == 6 else 0.0
    if month.trainee_completed and month.status != LEFT:
        bonus += prices.trainee_bonus["at_completion"]
    return {"trainee_bonus": bonus, "trainee_school": school}


def programme_costs(
    month: PersonMonth, prices: Prices, effort: float, language_effort: float
) -> dict[str, float]:
    """Classes, staff and placements."""
    discount = prices.lever_cost["regional_class_discount"] * prices.policy.danish.regional
    class_price = prices.class_hour[f"track_{month.track}"] * language_effort * (1 - discount)
    return {
        "danish_classes": month.class_hours * HOURS_A_MONTH_PER_WEEKLY_HOUR * class_price,
        "staff": prices.staff * effort * month.w if month.status in CLIENTS else 0.0,
        "placement": prices.placement if month.placement_started in COMPANY_PLACEMENTS else 0.0,
    }


def basic_grant(month: PersonMonth, prices: Prices) -> float:
    """Basic grant: the first three years of the period, or a number of months."""
    if month.supported or month.status in (PENSION, LEFT):
        return 0.0
    months = prices.policy.introduction_period.basic_grant_months
    end = min(month.introduction_end, 36) if months == "in_period" else int(months)
    return prices.basic_grant_of(month.origin) if month.s < end else 0.0


def counts_for_ceiling(month: PersonMonth) -> bool:
    """Whether the person is in activities this month (docs/ODD.md 7.12)."""
    return month.class_hours > 0 or month.status in (INTERNSHIP, SUBSIDISED_JOB)
