"""The state of a run: what the steps of a month read and write.

Steps take a `RunState`; only `engine.py`, which holds the state and carries out the month, names the steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.policy.levers.programme import IntroductionPeriod
    from ankomst.policy.rates import Rates
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.benchmark import Benchmark
    from ankomst.simulation.kernels.arrays import (
        Areas,
        Array,
        Conditions,
        Floats,
        Ints,
        Newcomers,
        Records,
        Rules,
    )
    from ankomst.simulation.milestones import Milestones
    from ankomst.simulation.municipalities import MunicipalTable, MunicipalTraits
    from ankomst.simulation.newcomers import Population
    from ankomst.simulation.regimes import Calendar, Regime


@dataclass(frozen=True)
class MunicipalPlans:
    """Efforts, quality and expectations of every municipality; arrays of shape (m,).

    Effort, language effort and quality are columns of the arrays that the compiled month reads.
    """

    first_effort: Floats
    effort: Floats
    language_effort: Floats
    quality: Floats
    language_quality: Floats
    expected_period: Floats
    """Months that a newcomer is expected to stay in the introduction period."""
    regions: tuple[Ints, ...]
    """Positions of the municipalities of each region."""

    @classmethod
    def at_start(cls, table: MunicipalTable, traits: MunicipalTraits, areas: Areas) -> MunicipalPlans:
        """Return the state of a run's first month; expectations are still to be formed."""
        names = np.array(table.region)
        plan = cls(
            first_effort=traits.effort,
            effort=areas.real[:, fields.M_EFFORT],
            language_effort=areas.real[:, fields.M_LANGUAGE_EFFORT],
            quality=areas.real[:, fields.M_QUALITY],
            language_quality=traits.language_quality.copy(),
            expected_period=np.zeros(table.size),
            regions=tuple(np.flatnonzero(names == name) for name in dict.fromkeys(table.region)),
        )
        plan.effort[:] = traits.effort
        plan.language_effort[:] = 1.0
        plan.quality[:] = traits.quality
        return plan


@dataclass(frozen=True)
class TargetCount:
    """Newcomers counted two years after arrival since last January, by municipality; arrays of shape (m,)."""

    people: Floats
    working: Floats


class RunState:
    """A run in one of its months.

    Attributes
    ----------
    scenario : Scenario
    parameters : dict
        Values by dotted name.
    rates : Rates
        Dated rates.
    weight : float
        Real newcomers that one simulated newcomer stands for.
    seed_of_run : int
        64-bit seed made from the seed of the study and the number of the replicate.
    key : tuple of two int
        Key of the draws.
    month : int
        The calendar month t that the next step carries out.
    arrival_months, follow_up, months : int
        Months in which people arrive, that each is followed, and of the run.
    conditions : sequence of Conditions
        What each month is like for everybody.
    regime : Regime
        Rules and levers of the present month; `rules` are its rules.
    population, newcomers : Population, Newcomers
        Fixed traits, and the struct of arrays with everybody's present state.
    table, traits, areas : MunicipalTable, MunicipalTraits, Areas
        Municipalities: what the table says, what is drawn, and what the compiled month reads.
    records : Records
        Counts, ledgers and histories so far.
    plan : MunicipalPlans
        What the municipalities do and expect now; arrays of shape (m,).
    plans : list of dict
        The plans of each January.
    december_jobs : list of ndarray of int
        Refugees and their family in work in each December so far, by municipality.
    """

    scenario: Scenario
    parameters: dict[str, Any]
    rates: Rates
    weight: float
    seed_of_run: int
    key: tuple[int, int]

    month: int
    arrival_months: int
    follow_up: int
    months: int
    calendar: Calendar
    conditions: Sequence[Conditions]
    periods: Sequence[tuple[IntroductionPeriod, int, int]]
    regime: Regime
    rules: Rules

    population: Population
    newcomers: Newcomers
    milestones: Milestones
    records: Records

    table: MunicipalTable
    traits: MunicipalTraits
    areas: Areas
    plan: MunicipalPlans
    plans: list[dict[str, Any]]
    benchmarks: list[Benchmark]
    target_count: TargetCount
    december_jobs: list[Array]

    @property
    def live(self) -> tuple[int, int]:
        """First and one past the last arrival month that is followed in the present month."""
        return max(0, self.month - self.follow_up + 1), min(self.month + 1, self.arrival_months)
