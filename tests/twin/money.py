"""Amounts that the behavioural rules read: benefits, tax bases, refund shares, the net price of effort."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from . import statuses as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario

REFERENCE_DATE = dt.date(2013, 7, 1)
REFERENCE_WINDOW = 36
REFERENCE_JOB_GRANT = 46_881.0
REFERENCE_TEST_GRANT = 35_162.0
REFERENCE_SUSTAINED = 6
LOWER_BENEFIT = dt.date(2015, 9, 1)
"""Who arrives from this day on gets the lower benefit at once under dated rules, all others ..."""
LOWER_BENEFIT_FOR_ALL = dt.date(2016, 7, 1)
"""... from this day on."""
BENEFITS = ("benefit_no_children", "benefit_children")
"""Rates of the benefit by whether the person has children."""
WEEKS_PER_MONTH = 52 / 12
FULL_TIME = 37


class Money:
    """Money on one day, beside the reference policy of 1 July 2013 (docs/ODD.md 7).

    Parameters
    ----------
    policy : Scenario
        The levers in force on its date.
    parameters : Mapping[str, Any]
        Dotted name to value.
    rates : Rates
        Dated rates with ``value``, ``price`` and ``index``.
    """

    def __init__(self, policy: Scenario, parameters: Mapping[str, Any], rates: Rates) -> None:
        self.policy = policy
        self.parameters = parameters
        self.date: dt.date = policy.date
        self.index = rates.index(self.date)
        self.benefit_now = self._benefits(rates, self.date)
        earlier = LOWER_BENEFIT - dt.timedelta(days=1)
        kept = policy.rules == "denmark" and LOWER_BENEFIT <= self.date < LOWER_BENEFIT_FOR_ALL
        self.benefit_of_earlier_arrivals = self._benefits(rates, earlier if kept else self.date)
        self.benefit_2013 = [rates.value(key, REFERENCE_DATE) for key in BENEFITS]
        self.disregard = rates.value("benefit_disregard", self.date)
        self.entry_wage = parameters["economy.entry_wage"] * self.index
        self.trainee_wage = rates.value("trainee_wage", self.date)
        self.taxes = self._taxes(rates, self.date)
        self.taxes_2013 = self._taxes(rates, REFERENCE_DATE)
        self.refund_2013 = rates.value("benefit_refund", REFERENCE_DATE)
        self.refund = self._refund_rule(rates)
        self.net_price = self._net_price(rates, self.date, self._active_gain(), self.benefit_now[0])
        self.net_price_2013 = self._net_price(
            rates,
            REFERENCE_DATE,
            self.refund_2013["active"] - self.refund_2013["passive"],
            self.benefit_2013[0],
        )
        self.reference_gain = self._reference_gain(rates)
        self.net_wage = self._net_wage(rates)

    def constant(self, name: str, otherwise: float) -> float:
        """A fixed rule of the registry's group ``constants``; `otherwise` where the registry lacks it."""
        return float(self.parameters.get(f"constants.{name}", otherwise))

    def _benefits(self, rates: Rates, date: dt.date) -> list[float]:
        """Benefit a month without and with children: level times the rate, at most the ceiling."""
        benefits = self.policy.benefits
        amounts = [rates.value(key, date) for key in BENEFITS]
        if benefits.rates_of is not None:  # rates of another day in the money of this one
            moved = self.index / rates.index(benefits.rates_of)
            amounts = [rates.value(key, benefits.rates_of) * moved for key in BENEFITS]
        most = math.inf if benefits.ceiling is None else benefits.ceiling
        return [min(benefits.level * amount, most) for amount in amounts]

    @staticmethod
    def _taxes(rates: Rates, date: dt.date) -> dict[str, float]:
        allowance = rates.value("employment_allowance", date)
        return {
            "contribution": rates.value("labour_market_contribution", date),
            "personal": rates.value("personal_allowance", date),
            "share": allowance["share"],
            "max": allowance["max"],
        }

    def _refund_rule(self, rates: Rates) -> Mapping[str, float]:
        chosen = self.policy.benefits.refund
        if chosen is None:
            return rates.value("benefit_refund", self.policy.benefits.refund_of or self.date)  # type: ignore[no-any-return]
        if isinstance(chosen, str):  # flat_50
            return {"active": 0.5, "passive": 0.5}
        return chosen

    @property
    def by_weeks(self) -> bool:
        """Whether the state refunds by weeks on benefit (from 2016) and not by status."""
        return "weeks_1_4" in self.refund

    def _active_gain(self) -> float:
        return 0.0 if self.by_weeks else self.refund["active"] - self.refund["passive"]

    def _net_price(self, rates: Rates, date: dt.date, active_gain: float, benefit: float) -> float:
        cost = rates.value("programme_refund_ceiling", date) / 12
        price = 1 - rates.value("programme_refund", date) - active_gain * benefit / cost
        return float(max(self.constant("net_price_floor", 0.1), price))

    def benefit(self, *, children: bool, earlier: bool) -> float:
        """Benefit a month, DKK; `earlier`: arrived before the lower benefit of September 2015."""
        amounts = self.benefit_of_earlier_arrivals if earlier else self.benefit_now
        return float(amounts[children])

    def reference_benefit(self, children: bool) -> float:
        """Benefit a month of July 2013 in the money of the day, DKK."""
        return float(self.benefit_2013[bool(children)] * self.index)

    def ladder(self, month: int) -> float:
        """Refund share in the `month`-th month on benefit (1, 2, ...) from 2016 (docs/ODD.md 7.12)."""
        if month <= 1:
            early = 4 * self.refund["weeks_1_4"] + (1 / 3) * self.refund["weeks_5_26"]
            return early / (13 / 3)
        if month <= 6:
            return self.refund["weeks_5_26"]
        return self.refund["weeks_27_52"] if month <= 12 else self.refund["weeks_53_on"]

    def refund_share(self, status: int, benefit_months: int, planning_months: int) -> float:
        """State's share of the client's benefit as the municipality plans (docs/ODD.md 7.5)."""
        if self.by_weeks:
            ahead = [self.ladder(benefit_months + n) for n in range(1, planning_months + 1)]
            return sum(ahead) / len(ahead)
        return self.refund["active" if status in st.ACTIVE else "passive"]

    def reference_refund_share(self, status: int) -> float:
        """The same under the rules of 2013."""
        return float(self.refund_2013["active" if status in st.ACTIVE else "passive"])

    @staticmethod
    def tax_base(taxes: Mapping[str, float], wage: float = 0.0, benefit: float = 0.0) -> float:
        """Municipal tax base of a month's wage and benefit, DKK a month (docs/ODD.md 7.12)."""
        year = 12 * (wage + benefit)
        contribution = taxes["contribution"] * 12 * wage
        employment = min(taxes["share"] * 12 * wage, taxes["max"])
        return max(0.0, year - contribution - taxes["personal"] - employment) / 12

    def _net_wage(self, rates: Rates) -> float:
        """Entry wage of a full-time month after income taxes at the national rate (docs/ODD.md 7.18)."""
        wage = self.entry_wage * FULL_TIME * WEEKS_PER_MONTH
        contribution = self.taxes["contribution"] * wage
        base = self.tax_base(self.taxes, wage=wage)
        state_base = max(0.0, wage - contribution - self.taxes["personal"] / 12)
        tax = (rates.value("municipal_tax", self.date) + rates.value("health_contribution", self.date)) * base
        tax += rates.value("bottom_tax", self.date) * state_base
        return float(wage - contribution - tax)

    def belief(self, sustained: float) -> float:
        """Chance that a job lasts the months the grant requires (docs/ODD.md 7.5)."""
        points = [
            (0, self.constant("belief_at_entry", 1.0)),
            (6, self.constant("belief_6", 0.6)),
            (12, self.constant("belief_12", 0.45)),
            (24, self.constant("belief_24", 0.3)),
        ]
        for (left, high), (right, low) in pairwise(points):
            if sustained <= right:
                return high + (low - high) * (sustained - left) / (right - left)
        return points[-1][1]

    def _reference_gain(self, rates: Rates) -> float:
        """G_ref: a refugee without children, month 12, in class, under the reference policy (ODD 7.5)."""
        client = self.parameters.get("constants.reference_client") or {"language": 0.25, "hazard": 0.02}
        months = int(self.parameters["municipality.planning_months"])
        benefit = self.benefit_2013[0]
        wage = self.parameters["economy.entry_wage"] * FULL_TIME * WEEKS_PER_MONTH
        wage *= 1 + 0.10 * client["language"]
        taxes = self.taxes_2013
        extra_base = self.tax_base(taxes, wage=wage) - self.tax_base(taxes, benefit=benefit)
        tax_share = rates.value("municipal_tax", REFERENCE_DATE)
        own_share = 1 - self.refund_2013["active"]
        waiting = 1 - math.exp(-12 * client["hazard"])
        grants = self.belief(REFERENCE_SUSTAINED) * REFERENCE_JOB_GRANT * (1 - waiting)
        return float((months * (own_share * benefit + tax_share * extra_base) + grants) * self.index)
