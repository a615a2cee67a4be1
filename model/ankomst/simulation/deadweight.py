"""Deadweight of grants, paid for results that would have come anyway (docs/ODD.md 7.13), and equal budgets.

The counterfactual run has the same scenario and seed, pays no grant, and watches the milestones of the
designs in question. A krone is deadweight when the same person reaches the same outcome there too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.policy.levers.grants import ResultGrant, grants_2013
from ankomst.simulation.codes import GRANT_OUTCOMES, NEVER
from ankomst.simulation.milestones import amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.kernels.arrays import Array
    from ankomst.simulation.run_data import RunData


@dataclass(frozen=True)
class Deadweight:
    """Kroner paid for one outcome or bonus, and the part that the counterfactual run reaches as well.

    Attributes
    ----------
    outcome : str
    paid, deadweight : float
        DKK of the real inflow.
    by_month : ndarray, shape (months,)
        The deadweight by month since arrival in which it is paid; NaN where a municipality is paid and no
        person.
    """

    outcome: str
    paid: float
    deadweight: float
    by_month: Array = field(repr=False, compare=False, default_factory=lambda: np.full(1, np.nan))

    @property
    def share(self) -> float:
        """Deadweight as a share of what was paid; NaN where nothing was."""
        return self.deadweight / self.paid if self.paid else float("nan")


def without_grants(scenario: Scenario) -> Scenario:
    """Return the scenario with every grant and bonus taken away."""
    return scenario.model_copy(update={"result_grants": (), "bonus_extra_job": 0.0})


def counterfactual_value(counterfactual: RunData, grant: ResultGrant) -> Array:
    """Return kroner that a watched grant would pay for each person of a counterfactual run, shape (n,)."""
    n = counterfactual.newcomers
    slot = counterfactual.milestones.slot_of(grant)
    reached = n.slot_month[slot] != NEVER
    start = np.where(reached, n.slot_start[slot], 0)
    weights = np.array([grant.group_weights.others, grant.group_weights.needs_group])
    return np.where(reached, amounts(grant, counterfactual.months + 14)[start] * weights[n.needs], 0.0)


def benchmark_value(result: RunData, grant: ResultGrant) -> float:
    """Return kroner (of the sample) that a benchmark grant paid, or would have paid if only watched."""
    return float(
        sum(
            year.sum() for account in result.benchmarks if account.grant == grant for year in account.payments
        )
    )


def deadweight(result: RunData, counterfactual: RunData) -> list[Deadweight]:
    """Compare a run with its counterfactual run, person by person.

    Parameters
    ----------
    result, counterfactual : RunData
        The same people (seed, replicate, sample); the counterfactual run watched the result's grants.

    Returns
    -------
    list of Deadweight
        One entry an outcome paid for, and one for the bonus per extra job; DKK of the real inflow.

    Raises
    ------
    RunError
        The scenario's rules follow the calendar.

    Notes
    -----
    Grants above a benchmark and the bonus are paid to municipalities, not for persons: their deadweight is
    what the same rule pays on the counterfactual run's results, at most what was paid.
    """
    if result.scenario.rules != "at_date":
        raise RunError(
            "deadweight needs rules that hold for the whole run: grants that change have no single amount",
            allowed="a scenario with a date",
        )
    entries = []
    for k, name in enumerate(GRANT_OUTCOMES):
        paid = would = 0.0
        months = np.zeros(result.months)
        for g, grant in enumerate(result.milestones.grants):
            if GRANT_OUTCOMES.index(grant.outcome) != k:
                continue
            if grant.benchmark:
                own = benchmark_value(result, grant)
                paid, would = paid + own, would + min(own, benchmark_value(counterfactual, grant))
                months += np.nan
            else:
                own_by_person = result.records.grant_paid[:, g]
                paid += float(own_by_person.sum())
                anyway = np.minimum(own_by_person, counterfactual_value(counterfactual, grant))
                would += float(anyway.sum())
                months += _by_month(result, grant, anyway)
        if any(grant.outcome == name for grant in result.milestones.grants):
            entries.append(
                Deadweight(name, paid * result.weight, would * result.weight, months * result.weight)
            )
    amount = result.bonus_amount
    if amount:
        own = amount * float(np.maximum(0, np.diff(result.december_jobs, axis=0)).sum())
        other = amount * float(np.maximum(0, np.diff(counterfactual.december_jobs, axis=0)).sum())
        unknown = np.full(result.months, np.nan)
        entries.append(
            Deadweight("bonus_extra_job", own * result.weight, min(own, other) * result.weight, unknown)
        )
    return entries


def _by_month(result: RunData, grant: ResultGrant, amount: Array) -> Array:
    """Sum amounts by the month since arrival in which the grant is paid, shape (months,)."""
    when = result.newcomers.slot_month[result.milestones.slot_of(grant)].astype(np.int64)
    paid = (when != NEVER) & (when < result.months)
    return np.bincount(when[paid], amount[paid], minlength=result.months)


def spending(counterfactual: RunData, grants: Sequence[ResultGrant]) -> float:
    """Return kroner per newcomer that a design pays on the results of a counterfactual run."""
    total = 0.0
    for outcome in GRANT_OUTCOMES:
        mine = [grant for grant in grants if grant.outcome == outcome]
        persons = [counterfactual_value(counterfactual, grant) for grant in mine if not grant.benchmark]
        if persons:
            total += float(np.maximum.reduce(persons).sum())
        total += sum(benchmark_value(counterfactual, grant) for grant in mine if grant.benchmark)
    return total / counterfactual.n


def budget_scale(counterfactual: RunData, grants: Sequence[ResultGrant]) -> float:
    """Return the factor on a design's amounts that makes it cost what the 2013 rule costs; no feedback."""
    own = spending(counterfactual, grants)
    return spending(counterfactual, grants_2013()) / own if own else float("nan")


def scaled(grant: ResultGrant, factor: float) -> ResultGrant:
    """Return a grant with every amount multiplied."""
    schedule: Any = grant.schedule
    if isinstance(schedule, dict):
        schedule = {span: amount * factor for span, amount in schedule.items()}
    elif isinstance(schedule, tuple):
        schedule = tuple((month, amount * factor) for month, amount in schedule)
    else:
        schedule = schedule * factor
    return grant.model_copy(update={"schedule": schedule})
