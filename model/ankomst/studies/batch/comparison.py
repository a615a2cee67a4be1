"""Scenario minus baseline, paired by common random numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ankomst.errors import RunError
from ankomst.simulation.simulate import simulate
from ankomst.studies.design.people import refuse_other_people, same_people
from ankomst.studies.engine.runs import Progress, run_all
from ankomst.studies.metrics.sides import (
    COLUMNS,
    DEFAULT_OUTCOMES,
    Question,
    checked,
    contrast,
    differences,
    follow_ups_fit,
    take,
)
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ankomst.policy.scenario import Scenario

__all__ = ["COLUMNS", "DEFAULT_OUTCOMES", "compare"]


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
        A draw used in both; the central draw of the posterior if left out.
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
        Fewer than 2 replicates, an unknown outcome, group or month, or scenarios with other simulated people.
    """
    if replicates < 2:
        raise RunError(f"replicates is {replicates}: an interval needs pairs", allowed="2 or more")
    if not 0.0 < level < 1.0:
        raise RunError(f"level is {level}", allowed="between 0 and 1")
    groups = (by,) if isinstance(by, str) else tuple(by or ())
    checked(outcomes, groups)
    question = Question(
        outcomes=tuple(outcomes),
        months=months,
        follow_up=base.horizon.follow_up_months,
        groups=groups,
        discounted=discounted,
        displacement=displacement,
        tax_distortion=tax_distortion,
    )
    for scenario in (base, alt):
        follow_ups_fit(question, scenario)
    refuse_other_people({"base": base, "alt": alt}, "base", newcomers_per_year=newcomers_per_year)
    common = {"newcomers_per_year": newcomers_per_year, "seed": seed, "parameters": parameters}
    pair = partial(_pair, base, alt, question, common)
    pairs = run_all([partial(pair, replicate) for replicate in range(replicates)], workers, progress)
    found = differences(pairs, question, level)
    return found if parameters is None else found.assign(interval=statistics.INTERVAL_GIVEN)


def _pair(
    base: Scenario, alt: Scenario, question: Question, common: Mapping[str, Any], replicate: int
) -> pd.DataFrame:
    """Run one pair and tabulate both sides."""
    first = simulate(base, replicate=replicate, **common)
    people = first.population if same_people(base, alt) else None
    left = take(first, base, question)
    del first  # one run in memory at a time
    second = simulate(alt, population=people, replicate=replicate, **common)
    return contrast(left, take(second, alt, question), question)
