"""The rules of each month of a run: one set for a fixed date, several where they follow the calendar.

Rules of earlier runs of the process are kept, since replicates and pairs of scenarios ask for the same again.
"""

from __future__ import annotations

import pickle
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ankomst.policy import law
from ankomst.policy.rates import load_rates
from ankomst.simulation.codes import NO_END
from ankomst.simulation.milestones import Milestones, distinct, milestones
from ankomst.simulation.money import REFERENCE_GRANTS, price_ratio
from ankomst.simulation.settings import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.levers.programme import IntroductionPeriod
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.kernels.arrays import Rules


@dataclass(frozen=True)
class Regime:
    """Rules and levers in force in some months of a run.

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
    """The rules of a run.

    Attributes
    ----------
    regimes : tuple of Regime
        In order of their first months.
    stones : Milestones
        Those that all regimes share.
    periods : tuple
        Introduction periods with the arrival months that each holds for, end excluded.
    """

    regimes: tuple[Regime, ...]
    stones: Milestones
    periods: tuple[tuple[IntroductionPeriod, int, int], ...]

    def at(self, t: int) -> Regime:
        """Return what holds in month t."""
        return self.regimes[bisect_right([regime.first for regime in self.regimes], t) - 1]


@dataclass(frozen=True)
class _Asked:
    """Everything that decides the rules of a run; equal where the content is the same, byte for byte."""

    scenario: Scenario = field(compare=False)
    parameters: Mapping[str, Any] = field(compare=False)
    rates: Rates = field(compare=False)
    weight: float
    arrival_months: int
    months: int
    watched: tuple[ResultGrant, ...] = field(compare=False)
    content: bytes


def calendar(
    scenario: Scenario,
    parameters: Mapping[str, Any],
    rates: Rates,
    weight: float,
    arrival_months: int,
    months: int,
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
    arrival_months, months : int
        Months in which people arrive, and months of the run.
    watched : sequence of ResultGrant
        Grants whose milestones are noted without payment.
    """
    content = pickle.dumps((scenario, parameters, watched))
    asked = _Asked(scenario, parameters, rates, weight, arrival_months, months, tuple(watched), content)
    return _kept(asked) if rates is load_rates() else _resolved(asked)


def _resolved(asked: _Asked) -> Calendar:
    scenario, parameters, rates = asked.scenario, asked.parameters, asked.rates
    stretches: list[tuple[int, Scenario]] = []
    changes = law.change_dates(rates) if scenario.rules == "denmark" else ()
    passed = -1
    for t in range(asked.months):
        day = scenario.month(t)
        now = bisect_right(changes, day)
        if now != passed:
            stretches.append((t, scenario.in_force(day, rates)))
            passed = now
    periods = _periods(stretches, asked.arrival_months)
    longest = max(period.max_months for period, _, _ in periods)
    grants = distinct([held.result_grants for _, held in stretches])
    follow_up = scenario.horizon.follow_up_months
    stones = milestones(grants, (*REFERENCE_GRANTS, *asked.watched), follow_up, parameters)
    start = int(parameters["constants.class_start_months"])
    return Calendar(
        tuple(
            Regime(
                first=t,
                scenario=held,
                rules=rules(held, parameters, rates, stones, asked.weight, longest),
                price_ratio=price_ratio(held, parameters, rates),
                right_end=NO_END if held.danish.right_months is None else held.danish.right_months + start,
            )
            for t, held in stretches
        ),
        stones,
        periods,
    )


_kept = lru_cache(maxsize=16)(_resolved)  # a calendar of dated rules takes half a megabyte


def _periods(
    stretches: list[tuple[int, Scenario]], arrival_months: int
) -> tuple[tuple[IntroductionPeriod, int, int], ...]:
    """Join the months in which people arrive under the same introduction period."""
    joined: list[tuple[IntroductionPeriod, int, int]] = []
    ends = [*(t for t, _ in stretches[1:]), arrival_months]
    for (first, held), end in zip(stretches, ends, strict=True):
        last = min(end, arrival_months)
        if joined and joined[-1][0] == held.introduction_period:
            joined[-1] = (held.introduction_period, joined[-1][1], last)
        elif first < arrival_months:
            joined.append((held.introduction_period, first, last))
    return tuple(joined)
