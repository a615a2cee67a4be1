"""Scenarios of one's own: what each leads to, what it costs whom, and how it differs from a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.simulation.result import simulate
from ankomst.studies import statistics, store
from ankomst.studies.comparison import compare
from ankomst.studies.runs import Progress, run_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario

SHOWN_MONTHS = (12, 24, 36, 60, 120)
ALL = "all"
ONCE = ("weeks_to_first_job", "job_after_placement", "job_duration")
"""Outcomes of whole lives in the model, which have no month."""


@dataclass(frozen=True)
class ScenarioRuns:
    """Tidy tables `outcomes`, `accounts` and, with several scenarios, `differences`; and the manifest."""

    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any]


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
        Fewer than 2 replicates, an unknown baseline, or months outside a scenario's follow-up.
    """
    if replicates < 2:
        raise RunError(f"replicates is {replicates}: an interval needs two runs", allowed="2 or more")
    if baseline not in scenarios:
        raise RunError(f"there is no scenario {baseline!r}", nearest=nearest_name(baseline, scenarios))
    shortest = min(scenario.horizon.follow_up_months for scenario in scenarios.values())
    if months is not None and not 1 <= months <= shortest:
        raise RunError(f"months={months} lies outside the follow-up", allowed=f"1 to {shortest}")
    started = store.now()
    others = [name for name in scenarios if name != baseline]
    total = replicates * (len(scenarios) + 2 * len(others))
    done = 0

    def part(weight: int) -> Progress:
        def report(finished: int, _: int) -> None:
            if progress is not None:
                progress(done + weight * finished, total)

        return report

    jobs = [
        partial(_tabulate, scenario, newcomers_per_year, seed, replicate)
        for scenario in scenarios.values()
        for replicate in range(replicates)
    ]
    found = run_all(jobs, workers, part(1))
    done = len(jobs)
    outcomes, accounts, differences = [], [], []
    for k, name in enumerate(scenarios):
        mine = found[k * replicates : (k + 1) * replicates]
        outcomes.append(_estimates([first for first, _ in mine], name))
        accounts.append(_estimates([second for _, second in mine], name))
    for name in others:
        frame = compare(
            scenarios[baseline], scenarios[name], replicates=replicates, seed=seed, months=months,
            newcomers_per_year=newcomers_per_year, workers=workers, progress=part(2),
        )  # fmt: skip
        done += 2 * replicates
        frame = frame.rename(columns={"baseline": "baseline_mean", "scenario": "scenario_mean"})
        frame.insert(0, "scenario", name)
        frame.insert(1, "baseline", baseline)
        differences.append(frame)
    tables = {"outcomes": pd.concat(outcomes), "accounts": pd.concat(accounts)}
    if differences:
        tables["differences"] = pd.concat(differences)
    settings = {
        "baseline": baseline, "replicates": replicates, "seed": seed,
        "newcomers_per_year": newcomers_per_year, "months": months, "level": statistics.LEVEL,
        "overrides": dict(overrides or {}),
    }  # fmt: skip
    manifest = store.manifest(
        command=store.command_line(), scenarios=scenarios, settings=settings, started=started
    )
    return ScenarioRuns({name: table.reset_index(drop=True) for name, table in tables.items()}, manifest)


def _tabulate(
    scenario: Scenario, sample: int | None, seed: int, replicate: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run once; return outcomes by months and origin, and the discounted account by payer and item."""
    result = simulate(scenario, newcomers_per_year=sample, seed=seed, replicate=replicate)
    at = sorted({month for month in SHOWN_MONTHS if month <= result.months} | {result.months})
    frames = []
    for name in OUTCOMES:
        when = [result.months] if name in ONCE else at
        whole = result.outcome(name, months=when).assign(origin=ALL)
        frames += [whole, result.outcome(name, months=when, by="origin")]
    columns = ["origin", "outcome", "months", "unit", "value"]
    outcomes = pd.concat(frames, ignore_index=True)[columns]
    account = result.accounts(["payer", "item"], discounted=True)
    account = account[["payer", "item", "per_newcomer"]].rename(columns={"per_newcomer": "value"})
    net = account.groupby("payer", sort=False, as_index=False)["value"].sum().assign(item="net_cost")
    accounts = pd.concat([account, net], ignore_index=True).assign(unit="DKK per newcomer, discounted")
    return outcomes, accounts[["payer", "item", "unit", "value"]]


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
