"""Scenarios of one's own: what each leads to, what it costs whom, and how it differs from a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.engine import store
from ankomst.studies.engine.in_memory import run_each
from ankomst.studies.metrics import history
from ankomst.studies.metrics.sides import (
    DEFAULT_OUTCOMES,
    Question,
    Side,
    contrast,
    differences,
    follow_ups_fit,
    take,
)
from ankomst.studies.metrics.summary import summarise
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result
    from ankomst.studies.engine.runs import Progress

SHOWN_MONTHS = (12, 24, 36, 60, 120)
ALL = "all"
ONCE = ("weeks_to_first_job", "job_after_placement", "job_duration")
"""Outcomes of whole lives in the model, which have no month."""
CURVE = "employment_rate"


@dataclass(frozen=True)
class ScenarioRuns:
    """Tidy tables, the manifest, and what a further comparison of the same runs needs.

    Attributes
    ----------
    tables : dict of DataFrame
        `outcomes`, `accounts`, `curves`; with several scenarios `differences`; with rules by date and
        arrivals of years with published figures `history` and `cohorts`.
    manifest : dict
    question : Question
        What was asked of every run.
    sides : dict of list
        What the runs answered, by scenario and replicate.
    """

    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any]
    question: Question
    sides: dict[str, list[Side]]


@dataclass(frozen=True)
class Read:
    """What stays of one run; `outcomes` only where they were asked for."""

    outcomes: pd.DataFrame | None
    accounts: pd.DataFrame
    curve: np.ndarray[Any, Any]
    side: Side
    cohorts: pd.DataFrame | None


def run_scenarios(
    scenarios: Mapping[str, Scenario],
    *,
    baseline: str,
    replicates: int,
    seed: int,
    newcomers_per_year: int | None = None,
    months: int | None = None,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ScenarioRuns:
    """Run scenarios and compare each with the baseline.

    Parameters
    ----------
    scenarios : mapping from name to Scenario
    baseline : str
        The name of one of them.
    replicates : int
        At least 2.
    seed : int
    newcomers_per_year : int, optional
        Sample size; the scenarios' own if left out.
    months : int, optional
        Months since arrival of every comparison; see `compare`.
    workers : int, optional
    overrides : mapping, optional
        What the caller set in all scenarios; noted in the manifest.
    progress : callable, optional
        Called with finished and all runs.

    Raises
    ------
    RunError
        Fewer than 2 replicates, an unknown baseline, months outside a scenario's follow-up, or scenarios with
        other simulated people.

    Notes
    -----
    Every scenario is simulated once a replicate; its levels and its difference from the baseline come from
    the same run. The differences are those of `compare`, to the last bit.
    """
    if replicates < 2:
        raise RunError(f"replicates is {replicates}: an interval needs two runs", allowed="2 or more")
    if baseline not in scenarios:
        raise RunError(f"there is no scenario {baseline!r}", nearest=nearest_name(baseline, scenarios))
    shortest = min(scenario.horizon.follow_up_months for scenario in scenarios.values())
    if months is not None and not 1 <= months <= shortest:
        raise RunError(f"months={months} lies outside the follow-up", allowed=f"1 to {shortest}")
    question = Question(DEFAULT_OUTCOMES, months, scenarios[baseline].horizon.follow_up_months)
    for name, scenario in scenarios.items():
        follow_ups_fit(question, scenario, name)
    refuse_other_people(scenarios, baseline, newcomers_per_year=newcomers_per_year)
    started = store.now()
    names = list(scenarios)

    def read(k: int, result: Result) -> Read:
        return read_run(result, scenarios[names[k]], question)

    found = run_each(
        list(scenarios.values()), read, replicates=replicates, seed=seed,
        newcomers_per_year=newcomers_per_year, workers=workers, progress=progress,
    )  # fmt: skip
    runs = dict(zip(names, found, strict=True))
    tables = tables_of(runs, baseline, question)
    settings = {
        "baseline": baseline, "replicates": replicates, "seed": seed,
        "newcomers_per_year": newcomers_per_year, "months": months, "level": statistics.LEVEL,
        "overrides": dict(overrides or {}),
    }  # fmt: skip
    manifest = store.manifest(
        command=store.command_line(), scenarios=scenarios, settings=settings, started=started
    )
    sides = {name: [run.side for run in mine] for name, mine in runs.items()}
    return ScenarioRuns(tables, manifest, question, sides)


def tables_of(
    runs: Mapping[str, Sequence[Read]], baseline: str, question: Question
) -> dict[str, pd.DataFrame]:
    """Tabulate what was read of every scenario's replicates; see `ScenarioRuns` for the tables."""
    tables = {"accounts": _each(runs, lambda name, mine: _estimates([run.accounts for run in mine], name))}
    tables["curves"] = _each(runs, _curve)
    if all(run.outcomes is not None for mine in runs.values() for run in mine):
        tables = {"outcomes": _each(runs, _outcome_rows), **tables}
    others = {name: mine for name, mine in runs.items() if name != baseline}
    if others:
        base = [run.side for run in runs[baseline]]
        tables["differences"] = _each(
            others, lambda name, mine: _difference(name, baseline, base, [run.side for run in mine], question)
        )
    return tables | _history(runs)


def _outcome_rows(name: str, mine: Sequence[Read]) -> pd.DataFrame:
    return _estimates([run.outcomes for run in mine if run.outcomes is not None], name)


def _each(
    runs: Mapping[str, Sequence[Read]], tabulate: Callable[[str, Sequence[Read]], pd.DataFrame]
) -> pd.DataFrame:
    """Put the tables of all scenarios below each other."""
    return pd.concat([tabulate(name, mine) for name, mine in runs.items()], ignore_index=True)


def read_run(result: Result, scenario: Scenario, question: Question, *, outcomes: bool = True) -> Read:
    """Read one run, so that the run itself can be let go; the table of outcomes takes half of the time."""
    summary = summarise(result)
    return Read(
        outcomes=_outcomes(result) if outcomes else None,
        accounts=_accounts(result),
        curve=summary.curves[CURVE],
        side=take(result, scenario, question, summary),
        cohorts=history.cohort_counts(result) if history.has_history(scenario) else None,
    )


def _outcomes(result: Result) -> pd.DataFrame:
    """Tabulate every outcome by months since arrival, for all and by origin."""
    at = sorted({month for month in SHOWN_MONTHS if month <= result.months} | {result.months})
    frames = []
    for name in OUTCOMES:
        when = [result.months] if name in ONCE else at
        whole = result.outcome(name, months=when).assign(origin=ALL)
        frames += [whole, result.outcome(name, months=when, by="origin")]
    return pd.concat(frames, ignore_index=True)[["origin", "outcome", "months", "unit", "value"]]


def _accounts(result: Result) -> pd.DataFrame:
    """Tabulate the discounted account by payer and item."""
    account = result.accounts(["payer", "item"], discounted=True)
    extrapolated = bool(account["extrapolated"].any())
    account = account[["payer", "item", "per_newcomer"]].rename(columns={"per_newcomer": "value"})
    net = account.groupby("payer", sort=False, as_index=False)["value"].sum().assign(item="net_cost")
    accounts: pd.DataFrame = pd.concat([account, net], ignore_index=True)
    accounts["unit"] = "DKK per newcomer, discounted"
    return accounts[["payer", "item", "unit", "value"]].assign(extrapolated=extrapolated)


def _curve(name: str, runs: Sequence[Read]) -> pd.DataFrame:
    """Tabulate the employment rate of every month since arrival."""
    curves = np.array([run.curve for run in runs])
    rows = [
        {
            "scenario": name, "months": month + 1, "outcome": CURVE, "unit": OUTCOMES[CURVE].unit,
            **statistics.mean(curves[:, month]).columns(),
        }
        for month in range(curves.shape[1])
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(interval=statistics.INTERVAL)


def _difference(
    name: str, baseline: str, base: Sequence[Side], mine: Sequence[Side], question: Question
) -> pd.DataFrame:
    pairs = [contrast(left, right, question) for left, right in zip(base, mine, strict=True)]
    frame = differences(pairs, question, statistics.LEVEL)
    frame = frame.rename(columns={"baseline": "baseline_mean", "scenario": "scenario_mean"})
    frame.insert(0, "scenario", name)
    frame.insert(1, "baseline", baseline)
    return frame


def _history(runs: Mapping[str, Sequence[Read]]) -> dict[str, pd.DataFrame]:
    """Hold scenarios with rules by date against what was published."""
    tables: dict[str, list[pd.DataFrame]] = {"history": [], "cohorts": []}
    for name, mine in runs.items():
        counts = [run.cohorts for run in mine if run.cohorts is not None]
        if counts:
            for table, made in (
                ("history", history.history_table(counts)),
                ("cohorts", history.cohorts_table(counts)),
            ):
                made.insert(0, "scenario", name)
                tables[table].append(made)
    return {name: pd.concat(made, ignore_index=True) for name, made in tables.items() if made}


def _estimates(frames: list[pd.DataFrame], name: str) -> pd.DataFrame:
    """Estimate every row over the replicates."""
    keys = frames[0].drop(columns="value")
    keys.insert(0, "scenario", name)
    rows = [
        statistics.mean(pd.Series(values).to_numpy()).columns()
        for values in zip(*(frame["value"] for frame in frames), strict=True)
    ]
    return pd.concat([keys, pd.DataFrame(rows, index=keys.index)], axis=1).assign(
        interval=statistics.INTERVAL
    )
