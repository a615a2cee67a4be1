"""The rules of each month of a run: one set for a fixed date, several where they follow the calendar."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ankomst.policy import law
from ankomst.simulation.codes import NO_END
from ankomst.simulation.milestones import Milestones, distinct, milestones
from ankomst.simulation.money import REFERENCE_GRANTS, price_ratio
from ankomst.simulation.settings import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.grants import ResultGrant
    from ankomst.policy.levers import IntroductionPeriod
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.arrays import Rules


@dataclass(frozen=True)
class Regime:
    """What holds in some months of a run.

    Attributes
    ----------
    first : int
        First month t in which it holds.
    scenario : Scenario
        With the levers in force and, as its date, the first day.
    rules : Rules
    price_ratio : float
        Net price of effort over that of the reference policy.
    right_end : int
        Month since arrival in which the right to classes ends.
    """

    first: int
    scenario: Scenario
    rules: Rules
    price_ratio: float
    right_end: int


@dataclass(frozen=True)
class Calendar:
    """The regimes of a run in order of their first months, and the milestones that all of them share."""

    regimes: tuple[Regime, ...]
    stones: Milestones

    def at(self, t: int) -> Regime:
        """Return what holds in month t."""
        return self.regimes[bisect_right([regime.first for regime in self.regimes], t) - 1]


def periods(scenario: Scenario, arrival_months: int) -> list[tuple[IntroductionPeriod, int, int]]:
    """Return the introduction periods of a run with the arrival months that each holds for, end excluded."""
    found: list[tuple[IntroductionPeriod, int, int]] = []
    for cohort in range(arrival_months):
        if scenario.rules == "at_date":
            return [(scenario.introduction_period, 0, arrival_months)]
        period = scenario.in_force(scenario.month(cohort)).introduction_period
        if found and found[-1][0] == period:
            found[-1] = (period, found[-1][1], cohort + 1)
        else:
            found.append((period, cohort, cohort + 1))
    return found


def calendar(
    scenario: Scenario,
    parameters: Mapping[str, Any],
    rates: Rates,
    weight: float,
    months: int,
    longest_period: int,
    watched: Sequence[ResultGrant],
) -> Calendar:
    """Resolve the rules of every month of a run.

    Parameters
    ----------
    scenario : Scenario
    parameters : mapping
        Values by dotted name.
    rates : Rates
    weight : float
        Real newcomers that one simulated newcomer stands for.
    months : int
        Months of the run.
    longest_period : int
        Longest introduction period of anybody in the run.
    watched : sequence of ResultGrant
        Grants whose milestones are noted without payment.
    """
    found: list[tuple[int, Scenario]] = []
    changes = law.change_dates(rates) if scenario.rules == "denmark" else ()
    passed = -1
    for t in range(months):
        day = scenario.month(t)
        now = bisect_right(changes, day)
        if now != passed:
            found.append((t, scenario.in_force(day, rates)))
            passed = now
    grants = distinct([held.result_grants for _, held in found])
    stones = milestones(grants, (*REFERENCE_GRANTS, *watched), scenario.horizon.follow_up_months, parameters)
    start = int(parameters["constants.class_start_months"])
    return Calendar(
        tuple(
            Regime(
                first=t,
                scenario=held,
                rules=rules(held, parameters, rates, stones, weight, longest_period),
                price_ratio=price_ratio(held, parameters, rates),
                right_end=NO_END if held.danish.right_months is None else held.danish.right_months + start,
            )
            for t, held in found
        ),
        stones,
    )
