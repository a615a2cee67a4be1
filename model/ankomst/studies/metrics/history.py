"""History: the share in work of each year's newcomers, beside what was published about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.policy.arrivals import ORIGINS, read_arrivals
from ankomst.policy.published import MODEL_AGES, PublishedFigure, load_published
from ankomst.studies.stats.intervals import levels
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

SHOWN_MONTHS = (12, 24, 36, 48, 60)
REFUGEES_AND_FAMILY = ("refugee", "reunified_with_refugee")
GLUE = "+"
_AGES = {"all": ("all ages", "alle aldre"), "25-64": ("ages 25-64", "25-64 år")}
_MODEL = ("model: share in work of those present", "model: andel i arbejde af de tilstedeværende")
_BY = ["arrival_year", "origin", "sex"]


def arrival_years(scenario: Scenario) -> tuple[int, ...]:
    """Return the calendar years in which newcomers of a scenario with arrivals by year come; else nothing."""
    arrivals = scenario.population.arrivals
    if arrivals is None:
        return ()
    return tuple(arrivals) if isinstance(arrivals, dict) else read_arrivals(arrivals).years


def has_history(scenario: Scenario) -> bool:
    """Whether a scenario follows the law by date and has newcomers of years with published figures."""
    published = {year for figure in load_published() for year in figure.years}
    return scenario.rules == "denmark" and bool(published & set(arrival_years(scenario)))


def cohort_counts(result: Result) -> pd.DataFrame:
    """Take of a run what the tables of history need.

    Returns
    -------
    DataFrame
        arrival_year, origin, sex, ages, months, working and n: simulated persons in work and present.
    """
    asked = {*SHOWN_MONTHS, *(figure.months for figure in load_published())}
    months = sorted(month for month in asked if month <= result.months)
    frames = []
    for ages in MODEL_AGES:
        found = result.outcome("employment_rate", months=months, by=_BY, age=ages)
        # Nobody of a kind is present: no share, and nobody in work.
        found["working"] = (found["value"] * found["n"]).where(found["n"] > 0, 0.0)
        frames.append(found.assign(ages=ages)[[*_BY, "ages", "months", "working", "n"]])
    return pd.concat(frames, ignore_index=True)


def history_table(runs: Sequence[pd.DataFrame], shape: tuple[int, int], level: float = LEVEL) -> pd.DataFrame:
    """Put the model's share in work beside every published figure that the runs reach.

    Parameters
    ----------
    runs : sequence of DataFrame
        `cohort_counts` of every run, by draw and replicate.
    shape : (int, int)
        Draws and replicates.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row a figure: cohort, months, year, origins, sexes, ages; published, published_low,
        published_high, definition, source, comparable and why not (reason); the columns of
        `intervals.levels`, newcomers (simulated persons a run) and difference (estimate less published).
        Where figures cover several cohorts or origins, everybody weighs the same.
    """
    years, months = set(runs[0]["arrival_year"]), set(runs[0]["months"])
    rows = [
        _row(figure, runs, shape, level)
        for figure in load_published()
        if figure.months in months and set(figure.years) <= years
    ]
    return pd.DataFrame(rows)


def cohorts_table(runs: Sequence[pd.DataFrame], shape: tuple[int, int], level: float = LEVEL) -> pd.DataFrame:
    """Tabulate the share in work of every year's newcomers by origin and months since arrival, all ages."""
    frame = runs[0]
    months = [month for month in SHOWN_MONTHS if month in set(frame["months"])]
    rows = []
    for year in sorted(set(frame["arrival_year"])):
        for origins in (ORIGINS, REFUGEES_AND_FAMILY, *((name,) for name in ORIGINS)):
            name = "all" if origins == ORIGINS else GLUE.join(origins)
            for month in months:
                found = _share(runs, shape, [year], origins, month, level)
                rows.append({"cohort": str(year), "origins": name, "ages": "all", "months": month, **found})
    return pd.DataFrame(rows).assign(unit="share")


def _row(
    figure: PublishedFigure, runs: Sequence[pd.DataFrame], shape: tuple[int, int], level: float
) -> dict[str, Any]:
    found = _share(
        runs,
        shape,
        figure.years,
        figure.origins,
        figure.months,
        level,
        ages=figure.model_ages,
        sexes=figure.sexes,
    )
    first, last = figure.cohort
    english, danish = (
        f"{text}; {model}, {ages}"
        for text, model, ages in zip(
            (figure.definition, figure.definition_da), _MODEL, _AGES[figure.model_ages], strict=True
        )
    )
    return {
        "cohort": str(first) if first == last else f"{first}-{last}",
        "months": figure.months,
        "year": figure.year,
        "origins": GLUE.join(figure.origins),
        "sexes": figure.sexes,
        "ages": figure.ages,
        "published": figure.value,
        "published_low": np.nan if figure.low is None else figure.low,
        "published_high": np.nan if figure.high is None else figure.high,
        "definition": english,
        "definition_da": danish,
        "source": figure.source,
        "comparable": figure.comparable,
        "reason": figure.reason,
        "reason_da": figure.reason_da,
        **found,
        "difference": found["estimate"] - figure.value,
        "unit": "share",
    }


def _share(
    runs: Sequence[pd.DataFrame],
    shape: tuple[int, int],
    years: Sequence[int],
    origins: Sequence[str],
    months: int,
    level: float,
    *,
    ages: str = "all",
    sexes: str = "all",
) -> dict[str, Any]:
    """Estimate the share in work of everybody named, pooled within each run."""
    sums = []
    for run in runs:
        chosen = (
            run["arrival_year"].isin(list(years))
            & run["origin"].isin(list(origins))
            & (run["months"] == months)
            & (run["ages"] == ages)
        )
        if sexes != "all":
            chosen &= run["sex"] == sexes
        sums.append(run.loc[chosen, ["working", "n"]].sum().to_numpy(dtype=np.float64))
    working, present = np.array(sums).T
    with np.errstate(invalid="ignore"):
        (found,) = levels((working / present).reshape(1, *shape), level).to_dict("records")
    return {**{str(name): value for name, value in found.items()}, "newcomers": float(present.mean())}
