"""Step 3: each January the municipalities plan, all at once (docs/ODD.md 7.5)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.kernels import fields, searching
from ankomst.simulation.newcomers import needs_share
from ankomst.simulation.steps.yearly import shortfall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ankomst.simulation.kernels.arrays import Array, Floats
    from ankomst.simulation.state import RunState

EXCHANGE_DOSE = 0.03
"""Dose of `governance.peer_exchange` that the value of `levers.peer_exchange` belongs to."""
TEAM_YEARS = 4
"""The advisory team reaches a quarter of the municipalities a year."""


def first_plans(state: RunState) -> None:
    """Form the expectations of the start, agree on classes in the regions, and publish both."""
    period = state.periods[0][0]
    expected = float(period.base_months)
    if period.extension == "needs_test":
        expected += (period.max_months - period.base_months) * needs_share(state.parameters)
    state.plan.expected_period[:] = expected
    share = state.parameters["levers.regional_gain"] * state.scenario.danish.regional
    quality = state.plan.language_quality
    for inside in state.plan.regions if share else ():  # regional classes (docs/ODD.md 7.18)
        quality[inside] += share * np.maximum(0.0, np.median(quality[inside]) - quality[inside])
    publish(state)


def plan_year(state: RunState) -> None:
    """Step 3, each January: every municipality plans from its clients and last year's records."""
    if state.month % 12:
        return
    a, plan = state.areas, state.plan
    a.real[:, fields.M_CAP_PAID :] = 0.0
    _hazards(state)  # with last year's effort: what its clients are worth as they stand
    sums = np.zeros((state.table.size, 5))
    searching.plan_sums(
        state.month, *state.live, state.population.starts, state.newcomers.arrays, a, state.rules, sums
    )
    _choose_effort(state, sums)
    if state.month:
        _learn_from_each_other(state)
    known, mean = _mean_period(state)
    plan.expected_period[known] = mean[known]
    publish(state)
    state.plans.append(
        {
            "year": state.month // 12,
            "effort": plan.effort.copy(),
            "language_effort": plan.language_effort.copy(),
            "quality": plan.quality.copy(),
            "intensity": a.real[:, fields.M_INTENSITY : fields.M_INTENSITY + 3].T.copy(),
        }
    )


def _hazards(state: RunState) -> None:
    """Work out how readily people find work as they stand."""
    searching.hazards(
        state.month, *state.key, *state.live, state.population.starts, state.conditions[state.month],
        state.newcomers.arrays, state.areas, state.rules,
    )  # fmt: skip


def _choose_effort(state: RunState, sums: Floats) -> None:
    """Move effort and language effort towards what last year's clients are worth (docs/ODD.md 7.5).

    With result targets municipalities that react to no incentive move as well, by the targets alone.
    """
    p, plan, targets = state.parameters, state.plan, state.regime.scenario.governance.result_targets
    behind = shortfall(state.target_count, state.weight) * targets
    clients, gain, gain_reference, test, test_reference = sums.T
    responsive = state.traits.responsive
    move = np.flatnonzero((clients > 0.0) & (responsive | targets))
    worth = (gain[move] / clients[move]) / (gain_reference[move] / clients[move])
    elasticity = float(p["municipality.effort_elasticity"])
    incentive = _each(lambda ratio: ratio**elasticity, worth / state.regime.price_ratio)
    first = plan.first_effort[move]
    target = first * np.where(responsive[move], incentive, 1.0)
    target *= 1.0 + p["municipality.target_pressure"] * behind[move]
    plan.effort[move] = _nearer(p, plan.effort[move], target, 0.25 * first, 4.0 * first)
    teach = move[responsive[move] & (test_reference[move] > 0.0)]
    worth = np.maximum(test[teach] / test_reference[teach], 1e-9)
    target = _each(lambda ratio: ratio**elasticity, worth)
    bounds = p["constants.language_effort_min"], p["constants.language_effort_max"]
    plan.language_effort[teach] = _nearer(p, plan.language_effort[teach], target, *bounds)


def _nearer(
    p: Mapping[str, Any], now: Floats, target: Floats, low: float | Floats, high: float | Floats
) -> Floats:
    """Return an effort after a year's step towards a target, within bounds."""
    target = np.minimum(high, np.maximum(low, target))  # np.clip takes several times as long on so few
    moved = now + p["municipality.effort_adjustment"] * (target - now)
    return np.asarray(np.minimum(high, np.maximum(low, moved)))


def _learn_from_each_other(state: RunState) -> None:
    """Close part of the gap in practice quality to the better quarter of the region (docs/ODD.md 7.5)."""
    p, steering, quality = state.parameters, state.regime.scenario.governance, state.plan.quality
    visited = (np.arange(quality.size) + state.month // 12) % TEAM_YEARS == 0
    share = p["municipality.peer_learning"]
    share += steering.peer_exchange * p["levers.peer_exchange"] / EXCHANGE_DOSE
    share = np.minimum(1.0, share + p["municipality.advisory_boost"] * (visited & steering.advisory_team))
    for inside in state.plan.regions:
        gap = np.maximum(0.0, _upper_quartile(quality[inside]) - quality[inside])
        quality[inside] += share[inside] * gap


def _upper_quartile(values: Floats) -> float:
    """Return the upper quartile, interpolated; numpy's own takes many times longer on so few values."""
    ordered = np.sort(values)
    below, part = divmod(3 * (ordered.size - 1), 4)
    above = min(below + 1, ordered.size - 1)
    return float((ordered[below] * (4 - part) + ordered[above] * part) / 4)


def _mean_period(state: RunState) -> tuple[Array, Floats]:
    """Return the mean period of the last three years' arrivals, and where there are any (docs/ODD.md 7.2)."""
    starts, size = state.population.starts, state.table.size
    low = starts[max(0, min(state.month - 36, state.arrival_months))]
    high = starts[min(state.month, state.arrival_months)]
    where = state.newcomers.municipality[low:high]
    count = np.bincount(where, minlength=size)
    total = np.bincount(where, state.newcomers.introduction_end[low:high], minlength=size)
    return count > 0, total / np.maximum(count, 1)


def publish(state: RunState) -> None:
    """Write intensities and the quality of teaching into the arrays that the compiled month reads."""
    a, p, plan = state.areas.real, state.parameters, state.plan
    period, ordinary = state.scenario.introduction_period, state.scenario.ordinary_system
    a[:, fields.M_INTENSITY] = (
        np.minimum(p["municipality.max_intensity"], 36.0 / plan.expected_period)
        if period.resources == "per_newcomer"
        else period.introduction_intensity
    )
    outside = p["municipality.ordinary_intensity"]
    outside += ordinary.intensity * max(0.0, 1.0 - outside)
    gap = p["municipality.specialist_gap"]
    gap += ordinary.specialists * (1.0 - gap)
    a[:, fields.M_INTENSITY + 1] = outside
    a[:, fields.M_INTENSITY + 2] = outside * gap
    a[:, fields.M_CLASS_QUALITY] = plan.language_quality * (1.0 + 0.2 * _each(math.log, plan.language_effort))


def _each(function: Callable[[float], float], values: Floats) -> Floats:
    """Apply a function one by one: the last bits of numpy's powers and logarithms depend on the processor."""
    return np.array([function(value) for value in values.tolist()])
