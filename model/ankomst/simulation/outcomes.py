"""Named outcomes, each with its own definition (docs/ODD.md 7.15).

"After n months" is the state at the end of month s = n - 1. Everybody weighs the same. People who left are
out of the denominators that say "present" and in those that say "arrived".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.accounts import (
    GRANT_ITEMS,
    GROUP_DIMENSIONS,
    PUBLIC,
    direction,
    discount_factors,
    group_members,
)
from ankomst.simulation.codes import GROUPS, ITEMS, NEVER, STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ankomst.simulation.kernels.arrays import Array
    from ankomst.simulation.run_data import RunData

ARRIVAL_YEAR = "arrival_year"
AGES = ("all", "25-64")
PAYERS = (*PUBLIC, "both")
WEEKS_A_MONTH = 52.0 / 12.0
STABLE_WEEKS_CAP = 36
_HOURS = {
    "trainee_job": 37, "employed_12": 12, "employed_25": 25, "employed_37": 37, "employed_12_top_up": 12,
    "employed_25_top_up": 25, "self_employed": 37,
}  # fmt: skip
_ORDINARY = tuple(name for name in STATES if name.startswith("employed"))
_EMPLOYED = tuple(_HOURS)
_CLIENT = ("assessment", "language_class", "internship", "subsidised_job", "job_centre")
_SELF_SUPPORT = (
    "trainee_job",
    "employed_12",
    "employed_25",
    "employed_37",
    "self_employed",
    "self_supported",
)


@dataclass(frozen=True)
class OutcomeOptions:
    """Choices for an outcome besides months and groups."""

    age: str = "all"
    hours: float = 20.0
    payer: str = "both"
    discounted: bool = False
    cohort: int | None = None
    """Arrival year, 0 for the first of the run; None for all."""


@dataclass(frozen=True)
class Outcome:
    """A named outcome: numerator and denominator for each group and month.

    `parts` returns two arrays of shape (months asked for, groups): the outcome is their ratio of sums.
    """

    unit: str
    definition: str
    parts: Callable[[RunData, Sequence[int], OutcomeOptions], tuple[Array, Array]]


def _states(names: Sequence[str]) -> Array:
    return np.array([name in names for name in STATES], dtype=np.float64)


def _counts(result: RunData, options: OutcomeOptions, at: Sequence[int] | slice = slice(None)) -> Array:
    """Return counts of the ages asked for at some months, 0 the first, shape (months, groups, states)."""
    counts = (result.counts if options.cohort is None else result.records.counts[options.cohort])[at]
    older: Array = counts[:, GROUPS:]
    return older if options.age == "25-64" else counts[:, :GROUPS] + older


def _share(names: Sequence[str]) -> Callable[[RunData, Sequence[int], OutcomeOptions], tuple[Array, Array]]:
    """Return the share of those present in one of the states."""

    def parts(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
        at = _counts(result, options, [m - 1 for m in months])
        return at @ _states(names), at @ (1.0 - _states(("left",)))

    return parts


def _ordinary(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
    names = [name for name in _ORDINARY if _HOURS[name] >= options.hours]
    return _share(names)(result, months, options)


def _accumulated(weights: Array) -> Callable[[RunData, Sequence[int], OutcomeOptions], tuple[Array, Array]]:
    """Sum over the first months, mean over all arrived."""

    def parts(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
        total = np.cumsum(_counts(result, options) @ weights, axis=0)[[m - 1 for m in months]]
        return total, np.broadcast_to(_arrived(result, options), total.shape)

    return parts


def _arrived(result: RunData, options: OutcomeOptions) -> Array:
    if options.age != "all":
        raise RunError("this outcome is a mean over all arrived and has no age filter", allowed="age='all'")
    return np.bincount(result.newcomers.group[_mine(result, options)], minlength=GROUPS).astype(np.float64)


def _mine(result: RunData, options: OutcomeOptions) -> Array | slice:
    """Return whom the options ask about."""
    return slice(None) if options.cohort is None else result.population.arrival // 12 == options.cohort


def _all_cohorts(options: OutcomeOptions) -> None:
    if options.cohort is not None:
        raise RunError("this outcome is not kept by year of arrival", allowed="by without arrival_year")


def _by_event(
    event: Callable[[RunData], Array],
) -> Callable[[RunData, Sequence[int], OutcomeOptions], tuple[Array, Array]]:
    """Return the share of all arrived whose event came in the first months."""

    def parts(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
        mine = _mine(result, options)
        when, group = event(result)[mine].astype(np.int64), result.newcomers.group[mine]
        last = max(months)
        counts = (when != NEVER) & (when < last)
        cells = np.bincount(when[counts] * GROUPS + group[counts], minlength=last * GROUPS)
        done = np.cumsum(cells.reshape(last, GROUPS), axis=0).astype(np.float64)
        so_far = done[[m - 1 for m in months]]
        return so_far, np.broadcast_to(_arrived(result, options), so_far.shape)

    return parts


def weeks_to_first_job(result: RunData) -> Array:
    """Return weeks until the first spell that lasts three months began, at most 156, shape (n,)."""
    start = result.newcomers.first_stable_job.astype(np.float64)
    weeks = np.minimum(start, STABLE_WEEKS_CAP) * WEEKS_A_MONTH
    return np.where(start == NEVER, STABLE_WEEKS_CAP * WEEKS_A_MONTH, weeks)


def _weeks(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
    mine = _mine(result, options)
    total = np.bincount(result.newcomers.group[mine], weeks_to_first_job(result)[mine], minlength=GROUPS)
    return np.tile(total, (len(months), 1)), np.tile(_arrived(result, options), (len(months), 1))


def _placement_rate(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
    counts = _counts(result, options)
    at = [m - 1 for m in months]
    placed = np.cumsum(counts @ _states(("internship", "subsidised_job")), axis=0)[at]
    return placed, np.cumsum(counts @ _states(_CLIENT), axis=0)[at]


def _counter(name: str) -> Callable[[RunData, Sequence[int], OutcomeOptions], tuple[Array, Array]]:
    def parts(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
        if options.age != "all":
            raise RunError("this outcome has no age filter", allowed="age='all'")
        _all_cohorts(options)
        pair = getattr(result.records, name).astype(np.float64)
        return np.tile(pair[:, 1], (len(months), 1)), np.tile(pair[:, 0], (len(months), 1))

    return parts


def _money(
    weights: Callable[[OutcomeOptions], Array],
) -> Callable[[RunData, Sequence[int], OutcomeOptions], tuple[Array, Array]]:
    """Return DKK in the first months per newcomer."""

    def parts(result: RunData, months: Sequence[int], options: OutcomeOptions) -> tuple[Array, Array]:
        _all_cohorts(options)
        amounts = result.records.ledger_group @ weights(options)
        if options.discounted:
            amounts = amounts * discount_factors(result.months, result.discount_rate)[:, None]
        total = np.cumsum(amounts, axis=0)[[m - 1 for m in months]]
        return total, np.broadcast_to(_arrived(result, options), total.shape)

    return parts


def _payer(options: OutcomeOptions) -> Array:
    if options.payer not in PAYERS:
        raise RunError(f"{options.payer!r} is no public payer", allowed=", ".join(PAYERS))
    parties = [party for party in PUBLIC if options.payer in (party, "both")]
    return np.asarray(np.sum([direction(party) for party in parties], axis=0))


def _grants(_: OutcomeOptions) -> Array:
    return np.array([name in (*GRANT_ITEMS, "bonus_extra_job") for name in ITEMS], dtype=np.float64)


OUTCOMES: dict[str, Outcome] = {
    "employment_rate": Outcome(
        "share", "employed, self-employed or in a trainee job, any hours, of those present", _share(_EMPLOYED)
    ),
    "ordinary_employment_rate": Outcome(
        "share", "in an ordinary job of at least `hours` a week (20), of those present", _ordinary
    ),
    "ever_employed": Outcome(
        "share", "have had a job, of all arrived", _by_event(lambda result: result.newcomers.first_job)
    ),
    "hours_worked": Outcome(
        "hours", "hours worked so far, mean over all arrived",
        _accumulated(np.array([_HOURS.get(name, 0) * WEEKS_A_MONTH for name in STATES])),
    ),
    "months_employed": Outcome(
        "months", "months in work so far, mean over all arrived", _accumulated(_states(_EMPLOYED))
    ),
    "weeks_to_first_job": Outcome(
        "weeks", "until the first spell of 13 weeks began, at most 156, mean over all arrived", _weeks
    ),
    "test_pass_rate": Outcome(
        "share", "have passed the Danish test, of all arrived",
        _by_event(lambda result: result.newcomers.test_month),
    ),
    "placement_rate": Outcome(
        "share", "client-months in internship or subsidised job so far, of all client-months", _placement_rate
    ),
    "job_after_placement": Outcome(
        "share", "of placements ended in the first 60 months, those that ended in a hire",
        _counter("placements"),
    ),
    "job_duration": Outcome(
        "months", "length of spells begun in the first 60 months, at most 24 months, cut by emigration",
        _counter("spells"),
    ),
    "self_support_rate": Outcome(
        "share", "in work without top-up or supported by a partner, of those present", _share(_SELF_SUPPORT)
    ),
    "grants_paid": Outcome("DKK", "result grants and bonus so far, per newcomer", _money(_grants)),
    "net_cost": Outcome(
        "DKK", "net public cost of `payer` so far (municipality, state or both), per newcomer",
        _money(_payer),
    ),
}  # fmt: skip


def named(name: str) -> Outcome:
    """Return an outcome by name, or raise RunError with the nearest one."""
    if name not in OUTCOMES:
        raise RunError(
            f"there is no outcome {name!r}", allowed=", ".join(OUTCOMES), nearest=nearest_name(name, OUTCOMES)
        )
    return OUTCOMES[name]


def outcome(
    result: RunData,
    name: str,
    months: int | Sequence[int] | None,
    by: str | Sequence[str] | None,
    options: OutcomeOptions,
) -> pd.DataFrame:
    """Tabulate an outcome; see `Result.outcome`."""
    named(name)
    if options.age not in AGES:
        raise RunError(f"the age filter {options.age!r} is unknown", allowed=", ".join(AGES))
    wanted = _months(months, result.months)
    groups = [by] if isinstance(by, str) else list(by or ())
    for dimension in groups:
        if dimension not in (*GROUP_DIMENSIONS, ARRIVAL_YEAR):
            raise RunError(
                f"outcomes cannot be split by {dimension!r}",
                allowed=", ".join((*GROUP_DIMENSIONS, ARRIVAL_YEAR)),
                nearest=nearest_name(dimension, (*GROUP_DIMENSIONS, ARRIVAL_YEAR)),
            )
    if ARRIVAL_YEAR not in groups:
        return _tabulate(result, name, wanted, groups, options)
    rest = [dimension for dimension in groups if dimension != ARRIVAL_YEAR]
    frames = []
    for cohort in range(result.records.counts.shape[0]):
        frame = _tabulate(result, name, wanted, rest, replace(options, cohort=cohort))
        frame.insert(0, ARRIVAL_YEAR, result.scenario.first_year + cohort)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _tabulate(
    result: RunData, name: str, wanted: Sequence[int], groups: Sequence[str], options: OutcomeOptions
) -> pd.DataFrame:
    """Tabulate an outcome of all newcomers, or of those of one arrival year."""
    definition = OUTCOMES[name]
    top, bottom = definition.parts(result, wanted, options)
    members = group_members()
    labels = [GROUP_DIMENSIONS[dimension] for dimension in groups]
    shape = tuple(len(values) for values in labels)
    cell = (
        np.ravel_multi_index(tuple(members[d] for d in groups), shape)
        if groups
        else np.zeros(GROUPS, dtype=np.int64)
    )
    cells = int(np.prod(shape)) if groups else 1
    into = np.equal.outer(cell, np.arange(cells)).astype(np.float64)
    above, below = top @ into, bottom @ into
    rows = pd.MultiIndex.from_product([*labels, wanted], names=[*groups, "months"]).to_frame(index=False)
    with np.errstate(invalid="ignore", divide="ignore"):
        rows["value"] = (above / below).T.ravel()
    rows["n"] = below.T.ravel()
    rows.insert(len(groups), "outcome", name)
    rows.insert(len(groups) + 2, "unit", definition.unit)
    return rows


def _months(months: int | Sequence[int] | None, longest: int) -> list[int]:
    wanted = [36] if months is None else [months] if isinstance(months, int | np.integer) else list(months)
    for month in wanted:
        if not 1 <= month <= longest:
            raise RunError(
                f"months={month} lies outside the follow-up", allowed=f"1 to {longest} months since arrival"
            )
    return [int(month) for month in wanted]
