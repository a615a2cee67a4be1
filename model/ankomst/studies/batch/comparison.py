"""Scenario minus baseline, paired by common random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankomst.errors import RunError
from ankomst.simulation.outcomes import named
from ankomst.studies.batch.tables import BatchTables
from ankomst.studies.design.parameter_draws import Draws
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.design.posterior import draws_of
from ankomst.studies.engine.in_memory import (
    DRAWS,
    REPLICATES,
    RunsInMemory,
    enough_runs,
    run_rows,
    sample_of,
)
from ankomst.studies.metrics.cells import cells_of
from ankomst.studies.metrics.pairs import DEFAULT_OUTCOMES
from ankomst.studies.metrics.record import layout_of
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.engine.runs import Progress

BASE, ALT = "base", "alt"
YEARS = (12, 24, 36, 60, 120)
"""Months since arrival that are kept of every run in memory."""


def compare(
    base: Scenario,
    alt: Scenario,
    *,
    draws: int | str = DRAWS,
    replicates: int = REPLICATES,
    seed: int = 1,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    months: int | None = None,
    by: str | Sequence[str] | None = None,
    newcomers_per_year: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    discounted: bool = True,
    displacement: bool = True,
    tax_distortion: bool = False,
    level: float = LEVEL,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compare a scenario with a baseline, run by run on the same people, parameters and random numbers.

    Parameters
    ----------
    base, alt : Scenario
    draws : int or "point"
        Draws of the packaged posterior, those of a batch with `draws: {from: posterior, number: N}`; or the
        central draw alone: then the interval holds simulation noise only, and there is no verdict.
    replicates : int
        Paired runs of each draw.
    seed : int
        Seed of the study.
    outcomes : sequence of str
        Names from `ankomst.simulation.outcomes.OUTCOMES`.
    months : int, optional
        Months since arrival for every outcome; if left out 36 for shares, and the whole follow-up for sums.
    by : str or sequence of str, optional
        Any of origin, sex, health, education.
    newcomers_per_year : int, optional
        Sample size of both; 1,400 if left out, or the baseline's own where that is smaller.
    parameters : mapping, optional
        One set of values used in all runs, in place of `draws`.
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
        Called with finished and all runs.

    Returns
    -------
    DataFrame
        The `by` columns, outcome, payer, months, unit, and the columns of a batch's table of differences:
        estimate, low and high (the effect at one more draw), probability (that it is above zero), verdict,
        noise_share and the others of `intervals.paired`, with baseline_value and scenario_value.

    Raises
    ------
    RunError
        Too few runs, an unknown outcome, group or month, or scenarios with other simulated people.
    ExperimentError
        The posterior has fewer draws, or the scenarios cannot be laid side by side.
    """
    if not 0.0 < level < 1.0:
        raise RunError(f"level is {level}", allowed="between 0 and 1")
    drawn = draws_of(draws, seed) if parameters is None else Draws("point", (dict(parameters),), (), {})
    enough_runs(len(drawn.values), replicates)
    groups = (by,) if isinstance(by, str) else tuple(by or ())
    for name in outcomes:
        named(name)
    cells_of(groups)
    follow_up = base.horizon.follow_up_months
    if months is not None and not 1 <= months <= follow_up:
        raise RunError(
            f"months={months} lies outside the follow-up", allowed=f"1 to {follow_up} months since arrival"
        )
    pair = {BASE: base, ALT: alt}
    refuse_other_people(pair, BASE, newcomers_per_year=newcomers_per_year)
    layout = layout_of(pair.values(), (*YEARS, *((months,) if months else ())), (groups,))
    rows = run_rows(
        list(pair.values()), layout, draws=drawn.values, replicates=replicates, seed=seed,
        newcomers_per_year=sample_of(base, newcomers_per_year), workers=workers, progress=progress,
    )  # fmt: skip
    runs = RunsInMemory(dict(zip(pair, rows, strict=True)), BASE, layout)
    found = BatchTables(
        runs, outcomes=outcomes, months=months, groups=(groups,) if groups else (), level=level,
        discounted=discounted, displacement=displacement, tax_distortion=tax_distortion,
    ).differences()  # fmt: skip
    return _by_columns(found, groups)


def _by_columns(found: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Return the differences with a column a dimension asked for, in place of one that names the group."""
    if groups:
        found = found[found["dimension"] != "all"].reset_index(drop=True)
        cells = found["group"].str.split("+", expand=True)
        for k, name in enumerate(groups):
            found.insert(k, name, cells[k])
    return found.drop(columns=["scenario", "baseline", "dimension", "group"])
