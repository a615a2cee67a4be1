"""Data of a finished run: traits, final states, counts and ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.benchmark import Benchmark
    from ankomst.simulation.kernels.arrays import Array, Newcomers, Records
    from ankomst.simulation.milestones import Milestones
    from ankomst.simulation.municipalities import MunicipalTable, MunicipalTraits
    from ankomst.simulation.newcomers import Population


@dataclass(frozen=True)
class RunData:
    """Everything that a finished run holds; `result.Result` adds the questions that it can be asked.

    Attributes
    ----------
    scenario : Scenario
    parameters : dict
        Values by dotted name, as used.
    seed, replicate, run_seed : int
        Seed of the study, number of the replicate, and the 64-bit seed made from both.
    weight : float
        Real newcomers that one simulated newcomer stands for; totals in DKK are for the real inflow.
    discount_rate : float
        Real, per year, in force on the scenario's date.
    newcomers : Newcomers
        Everybody's final state, events and milestones: arrays of shape (n,).
    records : Records
        Counts, ledgers and, with `record="persons"`, histories.
    plans : list of dict
        The municipalities' plans, one entry a January; arrays of shape (m,).
    december_jobs : ndarray of int, shape (years, m)
        Refugees and their family in work each December, the base of the bonus per extra job.
    bonus_amount : float
        DKK per extra job in force.
    benchmarks : list of Benchmark
        Yearly payments of grants above a benchmark, paid or watched.
    extrapolated : frozenset of int
        Calendar years in which the accounts rest on rates from before their first date.
    """

    scenario: Scenario
    parameters: dict[str, Any]
    seed: int
    replicate: int
    run_seed: int
    weight: float
    discount_rate: float
    newcomers: Newcomers
    population: Population
    records: Records
    milestones: Milestones
    table: MunicipalTable
    traits: MunicipalTraits
    plans: list[dict[str, Any]]
    december_jobs: Array
    bonus_amount: float
    benchmarks: list[Benchmark]
    extrapolated: frozenset[int]

    @property
    def n(self) -> int:
        """Simulated newcomers."""
        return self.population.size

    @cached_property
    def counts(self) -> Array:
        """People of all arrival years by month since arrival, age and group, and status."""
        return np.asarray(self.records.counts.sum(axis=0))

    @property
    def months(self) -> int:
        """Months that each newcomer is followed."""
        return int(self.records.counts.shape[1])
