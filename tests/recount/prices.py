"""Amounts and taxes of a month (docs/ODD.md 7.12), from the levers in force and the rates alone."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

HOURS_A_MONTH_PER_WEEKLY_HOUR = 52 / 12
FULL_TIME = 37
ORIGINS = ("refugee", "reunified_with_refugee", "reunified_with_other")


BENEFITS = ("benefit_no_children", "benefit_children")
LAST_DAY_OF_THE_HIGHER_BENEFIT = dt.date(2015, 8, 31)
LOWER_BENEFIT_FOR_ALL = dt.date(2016, 7, 1)


class Prices:
    """What things cost on a day.

    Parameters
    ----------
    policy : Scenario
        The levers in force on its date.
    parameters : Mapping[str, Any]
        Dotted name to value.
    rates : Rates
        Dated rates.
    """

    def __init__(self, policy: Scenario, parameters: Mapping[str, Any], rates: Rates) -> None:
        date: dt.date = policy.date

        def rate(name: str) -> Any:  # noqa: ANN401 - a rate is a number or a table
            return rates.value(name, date)

        self.policy = policy
        self.benefit = {earlier: self._benefits(rates, earlier=earlier) for earlier in (False, True)}
        self.disregard = rate("benefit_disregard")
        self.entry_wage = parameters["economy.entry_wage"] * rates.index(date)
        self.business_share = parameters.get("constants.self_employed_income", 0.8)
        self.trainee_wage = rate("trainee_wage")
        self.trainee_bonus = rate("trainee_bonus")
        self.wage_subsidy = rate("wage_subsidy")
        self.contribution = rate("labour_market_contribution")
        self.personal_allowance = rate("personal_allowance")
        self.employment_allowance = rate("employment_allowance")
        self.bottom_tax = rate("bottom_tax")
        self.health_contribution = rate("health_contribution")
        self.net_tax_factor = rate("net_tax_factor")
        self.in_work_credit = policy.taxes.in_work_credit
        self.class_hour = rates.price("danish_class_hour", date)
        self.staff = rates.price("staff_month", date)
        self.placement = rates.price("placement", date)
        self.lever_cost = rates.price("lever_cost", date)
        self.advisory_team = rate("advisory_team")
        self.education_grant = rates.price("education_grant", date)
        self.pension = rates.price("disability_pension", date)
        self.programme_refund = rate("programme_refund")
        self.ceiling = rate("programme_refund_ceiling") / 12
        self.outside_refund = rate("outside_refund")
        self.outside_ceiling = rate("outside_refund_ceiling") / 12
        self.basic_grant = rate("basic_grant")
        refund_day = policy.benefits.refund_of or date
        self.wage_subsidy_refund = rates.value("wage_subsidy_refund", refund_day)
        self.pension_refund = rates.value("disability_refund", refund_day)
        self.by_date = rates.value("benefit_refund", refund_day)
        self.refund_rule = self._refund_rule(policy)
        self.bonus = self._bonus(policy, rates)
        self.usual_guidance_share = parameters.get("constants.guidance_share", 0.5)

    def _benefits(self, rates: Rates, *, earlier: bool) -> tuple[float, ...]:
        """Benefit without and with children; under dated rules earlier arrivals keep theirs for a while."""
        chosen = self.policy.benefits
        date = self.policy.date
        day, factor = date, 1.0
        if chosen.rates_of is not None:
            day, factor = chosen.rates_of, rates.index(date) / rates.index(chosen.rates_of)
        elif (
            self.policy.rules == "denmark"
            and earlier
            and LAST_DAY_OF_THE_HIGHER_BENEFIT < date < LOWER_BENEFIT_FOR_ALL
        ):
            day = LAST_DAY_OF_THE_HIGHER_BENEFIT
        most = math.inf if chosen.ceiling is None else chosen.ceiling
        return tuple(min(most, chosen.level * factor * rates.value(name, day)) for name in BENEFITS)

    def _refund_rule(self, scenario: Scenario) -> Mapping[str, float]:
        chosen = scenario.benefits.refund
        if chosen is None:
            return self.by_date  # type: ignore[no-any-return]
        if isinstance(chosen, str):  # flat_50
            return {"active": 0.5, "passive": 0.5}
        return chosen

    @staticmethod
    def _bonus(scenario: Scenario, rates: Rates) -> float:
        """Bonus per extra job; none before the rule existed (docs/ODD.md 7.11: 2013 gives 0)."""
        if scenario.bonus_extra_job is not None:
            return scenario.bonus_extra_job
        if rates.extrapolated("bonus_extra_job", scenario.date):
            return 0.0
        return rates.value("bonus_extra_job", scenario.date) or 0.0

    def benefit_refund_share(self, *, active: bool, benefit_months: int) -> float:
        """State's share of a benefit: by status before 2016, by weeks since (docs/ODD.md 7.12)."""
        if "active" in self.refund_rule:
            return self.refund_rule["active" if active else "passive"]
        return ladder(self.refund_rule, benefit_months)

    def subsidy_refund_share(self, benefit_months: int) -> float:
        """State's share of the wage subsidy: a rate before 2016, the ladder since (docs/ODD.md 7.12)."""
        if "active" in self.by_date:
            return float(self.wage_subsidy_refund)
        return ladder(self.by_date, max(1, benefit_months))

    def basic_grant_of(self, origin: int) -> float:
        """Basic grant a month, in some years by origin (docs/ODD.md 7.12)."""
        if isinstance(self.basic_grant, (int, float)):
            return float(self.basic_grant)
        return float(self.basic_grant[ORIGINS[origin]])

    def taxes(self, wage: float, other: float, municipal_rate: float, credit: float) -> dict[str, float]:
        """Contribution and taxes of one month of wage and other taxable income, DKK a month.

        The credit lowers the state's tax, below zero if need be, and so raises what is left to spend.
        """
        contribution = self.contribution * wage
        share, most = self.employment_allowance["share"], self.employment_allowance["max"]
        employment = min(share * 12 * wage, most)
        year = 12 * (wage + other) - 12 * contribution - self.personal_allowance
        municipal = municipal_rate * max(0.0, year - employment) / 12
        health = self.health_contribution * max(0.0, year - employment)
        state = (self.bottom_tax * max(0.0, year) + health) / 12 - credit
        disposable = wage + other - contribution - municipal - state
        return {
            "labour_market_contribution": contribution,
            "municipal_tax": municipal,
            "state_tax": state,
            "indirect_tax": (1 - 1 / self.net_tax_factor) * disposable,
        }


def prices_by_month(
    scenario: Scenario, parameters: Mapping[str, Any], rates: Rates, months: int
) -> list[Prices]:
    """Prices of each calendar month of the run; the same ones throughout where rules are fixed at a date."""
    if scenario.rules == "at_date":
        return [Prices(scenario, parameters, rates)] * months
    days = [scenario.month(t) for t in range(months)]
    return [Prices(scenario.in_force(day), parameters, rates) for day in days]


def ladder(shares: Mapping[str, float], month: int) -> float:
    """Refund share in the n-th month on benefit, n from 1 (docs/ODD.md 7.12)."""
    if month == 1:
        return (4 * shares["weeks_1_4"] + shares["weeks_5_26"] / 3) / (13 / 3)
    if month <= 6:
        return shares["weeks_5_26"]
    if month <= 12:
        return shares["weeks_27_52"]
    return shares["weeks_53_on"]
