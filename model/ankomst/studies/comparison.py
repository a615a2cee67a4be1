"""Scenario minus baseline, paired by common random numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.policy.rates import load_rates
from ankomst.simulation.accounts import GROUP_DIMENSIONS, group_members
from ankomst.simulation.codes import GROUPS
from ankomst.simulation.outcomes import named
from ankomst.simulation.result import Result, simulate
from ankomst.studies import statistics
from ankomst.studies.economics import displaced_month
from ankomst.studies.runs import Progress, run_all, same_people
from ankomst.studies.summary import PAYERS, payer_signs, summarise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.scenario import Scenario

Array = np.ndarray[Any, Any]
DEFAULT_OUTCOMES = (
    "employment_rate",
    "ordinary_employment_rate",
    "test_pass_rate",
    "months_employed",
    "net_cost",
    "grants_paid",
)
WHOLE_FOLLOW_UP = ("months_employed", "hours_worked", "net_cost", "grants_paid")
COLUMNS = ("estimate", "low", "high", "level", "se", "n", "correlation", "verdict", "interval")


def compare(
    base: Scenario,
    alt: Scenario,
    *,
    replicates: int = 20,
    seed: int = 1,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    months: int | None = None,
    by: str | Sequence[str] | None = None,
    newcomers_per_year: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    discounted: bool = True,
    displacement: bool = True,
    tax_distortion: bool = False,
    level: float = statistics.LEVEL,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compare a scenario with a baseline, replicate by replicate on the same people and the same luck.

    Parameters
    ----------
    base, alt : Scenario
    replicates : int
        Paired runs, at least 2.
    seed : int
        Seed of the study.
    outcomes : sequence of str
        Names from `ankomst.simulation.outcomes.OUTCOMES`.
    months : int, optional
        Months since arrival for every outcome; if left out 36 for shares, and the whole follow-up for sums.
    by : str or sequence of str, optional
        Any of origin, sex, health, education.
    newcomers_per_year : int, optional
        Sample size of both; the scenarios' own if left out.
    parameters : mapping, optional
        A draw used in both.
    discounted : bool
        Discount `net_cost` from each person's own arrival.
    displacement : bool
        Count the share `economy.displacement` of extra jobs as taken from others (in `net_cost`, and as
        rows of its own).
    tax_distortion : bool
        Add a row with the Finance Ministry's factor on the difference in net public cost.
    level : float
        Coverage of the intervals.
    workers : int, optional
        Threads; the result does not depend on it.
    progress : callable, optional

    Returns
    -------
    DataFrame
        The `by` columns, outcome, payer, months, unit, baseline and scenario (means over replicates),
        estimate, low, high, level, se, n (replicates), correlation (achieved by common random numbers),
        verdict ("higher", "lower", "too close to call" where the interval holds zero, "no difference" where
        every replicate agrees on zero) and interval (what the interval means).

    Raises
    ------
    RunError
        Fewer than 2 replicates, or an unknown outcome, group or month.
    """
    if replicates < 2:
        raise RunError(f"replicates is {replicates}: an interval needs pairs", allowed="2 or more")
    if not 0.0 < level < 1.0:
        raise RunError(f"level is {level}", allowed="between 0 and 1")
    for name in outcomes:
        named(name)
    groups = [by] if isinstance(by, str) else list(by or ())
    pair = partial(
        _pair,
        base,
        alt,
        outcomes=outcomes,
        months=months,
        groups=groups,
        sample=newcomers_per_year,
        seed=seed,
        parameters=parameters,
        discounted=discounted,
        displacement=displacement,
        tax_distortion=tax_distortion,
    )
    tables = run_all([partial(pair, replicate) for replicate in range(replicates)], workers, progress)
    keys = [*groups, "outcome", "payer", "months", "unit"]
    below = np.array([table["base"] for table in tables])
    above = np.array([table["alt"] for table in tables])
    frame = tables[0][keys].copy()
    frame["baseline"], frame["scenario"] = below.mean(axis=0), above.mean(axis=0)
    rows = []
    for k in range(len(frame)):
        estimate = statistics.mean(above[:, k] - below[:, k], level)
        rows.append(
            {
                **estimate.columns(),
                "correlation": statistics.correlation(below[:, k], above[:, k]),
                "verdict": estimate.verdict,
            }
        )
    statistics_columns = pd.DataFrame(rows, index=frame.index).assign(interval=statistics.INTERVAL)
    return pd.concat([frame, statistics_columns[list(COLUMNS)]], axis=1)


def _pair(
    base: Scenario,
    alt: Scenario,
    replicate: int,
    *,
    outcomes: Sequence[str],
    months: int | None,
    groups: list[str],
    sample: int | None,
    seed: int,
    parameters: Mapping[str, Any] | None,
    discounted: bool,
    displacement: bool,
    tax_distortion: bool,
) -> pd.DataFrame:
    """Run one pair and tabulate both sides."""
    common: dict[str, Any] = {
        "newcomers_per_year": sample,
        "seed": seed,
        "replicate": replicate,
        "parameters": parameters,
    }
    first = simulate(base, **common)
    people = first.population if same_people(base, alt) else None
    second = simulate(alt, population=people, **common)
    tables = []
    for name in outcomes:
        if name == "net_cost":
            tables += _costs(
                first, second, base, groups, months or first.months, discounted, displacement, tax_distortion
            )
            continue
        at = months or (first.months if name in WHOLE_FOLLOW_UP else min(36, first.months))
        left, right = (run.outcome(name, months=at, by=groups or None) for run in (first, second))
        tables.append(
            left.rename(columns={"value": "base"}).drop(columns="n").assign(alt=right["value"], payer="")
        )
    return pd.concat(tables, ignore_index=True)


def _cells(groups: Sequence[str]) -> list[tuple[dict[str, str], Array]]:
    """Return labels and masks of every cell of the groups asked for."""
    cells: list[tuple[dict[str, str], Array]] = [({}, np.ones(GROUPS, dtype=bool))]
    members = group_members()
    for dimension in groups:
        if dimension not in GROUP_DIMENSIONS:
            raise RunError(
                f"outcomes cannot be split by {dimension!r}",
                allowed=", ".join(GROUP_DIMENSIONS),
                nearest=nearest_name(dimension, GROUP_DIMENSIONS),
            )
        cells = [
            ({**labels, dimension: name}, mask & (members[dimension] == k))
            for labels, mask in cells
            for k, name in enumerate(GROUP_DIMENSIONS[dimension])
        ]
    return cells


def _costs(
    first: Result,
    second: Result,
    base: Scenario,
    groups: Sequence[str],
    months: int,
    discounted: bool,
    displacement: bool,
    tax_distortion: bool,
) -> list[pd.DataFrame]:
    """Net cost by payer, the ledger's and that of displaced workers."""
    left, right = summarise(first), summarise(second)
    factor = (left.factor if discounted else np.ones(first.months))[:months]
    price = displaced_month(base, left)
    share = float(first.parameters["economy.displacement"]) if displacement else 0.0
    distortion = load_rates().value("tax_distortion", base.date) if tax_distortion else 0.0
    rows = []
    for labels, mask in _cells(groups):
        people = left.arrived[mask].sum(), right.arrived[mask].sum()
        costs = [
            payer_signs() @ (factor @ run.ledger[:months][:, mask].sum(axis=1)) / count
            for run, count in zip((left, right), people, strict=True)
        ]
        jobs = [
            run.employed[:months][:, mask].sum(axis=1) / n
            for run, n in zip((left, right), people, strict=True)
        ]
        lost = share * (jobs[1] - jobs[0]) * factor
        taken = np.array([lost @ price.municipality[:months], lost @ price.state[:months]])
        taken = np.append(taken, taken.sum())
        shown = {**labels, "months": months, "unit": "DKK per newcomer"}
        for k, payer in enumerate(PAYERS):
            rows.append(
                {
                    **shown,
                    "outcome": "net_cost",
                    "payer": payer,
                    "base": costs[0][k],
                    "alt": costs[1][k] + taken[k],
                }
            )
            if displacement:
                rows.append(
                    {**shown, "outcome": "displacement", "payer": payer, "base": 0.0, "alt": taken[k]}
                )
        if tax_distortion:
            extra = distortion * (costs[1][2] + taken[2] - costs[0][2])
            rows.append({**shown, "outcome": "tax_distortion", "payer": "both", "base": 0.0, "alt": extra})
    return [pd.DataFrame(rows)]
