"""The law of the process: levels of every outcome against those of the monthly draws that came before.

`tests/data/levels_of_monthly_draws.csv` holds mean and standard deviation over 1,000 replicates of the commit
before random numbers belonged to spells. Now other numbers are drawn by the same law: every mean and every
standard deviation must agree within Monte-Carlo error. Run with
`.venv/bin/python tests/benchmarks/levels.py` (a few minutes); `--freeze FILE` writes such a file.
"""

from __future__ import annotations

import argparse
import math
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from ankomst import load_scenario, simulate
from ankomst.simulation.codes import ITEMS, NEVER, STATES
from ankomst.simulation.outcomes import OUTCOMES

if TYPE_CHECKING:
    from ankomst import Result

ROOT = Path(__file__).resolve().parents[2]
FROZEN = ROOT / "tests" / "data" / "levels_of_monthly_draws.csv"
NEWCOMERS, SEED, ALPHA, RARE = 700, 2, 0.01, 6.0
"""Newcomers a year; seed (the file has 1); chance of any false alarm; kurtosis of what is too rare."""
OFTEN = {
    "exits.business_start": 0.01, "levers.trainee_interruption": 0.03, "placements.worth_internship": 12.0,
    "exits.education_entry": 0.01, "exits.disability": 0.01,
}  # fmt: skip
LAW = 36
"""Months within which the law of 2013 pays grants."""
CASES: dict[str, tuple[str, dict[str, Any], dict[str, float]]] = {
    "reference": ("three_year+grant_2013", {}, {}),
    "trainees_and_businesses": (
        "one_year_flexible_concentrated+trainee_job+entrepreneurs+grant_by_speed",
        {"trainee_job.slots": 0.03, "trainee_job.months": 12},
        OFTEN,
    ),
    # The arrivals of 2017 and 2018 as they were announced, which the levels were written down with.
    "dated": ("../tests/data/announced/history", {}, {}),
    "alone": ("one_year+grant_sustained_12", {"interactions": False, "trainee_job.slots": 0.02}, OFTEN),
}
"""Scenario, overrides and parameters; rare events are made frequent where they are looked at."""


def measures(result: Result) -> dict[str, float]:
    """Return the levels of a run: outcomes, states, events, people at the end, accounts and plans."""
    months = [m for m in (6, 12, 36, 60, 120) if m <= result.months]
    found: dict[str, float] = {}
    for name in OUTCOMES:
        once = name in {"job_after_placement", "job_duration"}  # the same in every month
        for row in result.outcome(name, months=months[-1:] if once else months).itertuples():
            found[f"{name} {row.months}"] = float(row.value)
    for by in ("origin", "sex"):
        for row in result.outcome("employment_rate", months=[12, months[-1]], by=by).itertuples():
            found[f"employment_rate {row.months} {getattr(row, by)}"] = float(row.value)
    states = result.records.counts.sum(axis=(0, 2)) / result.n
    found |= {f"{name} in {m}": states[m - 1, k] for m in months for k, name in enumerate(STATES)}
    kroner = result.records.ledger_group.sum(axis=(0, 1)) / result.n
    found |= {f"DKK {name}": kroner[k] for k, name in enumerate(ITEMS)}
    n = result.newcomers
    for name in ("first_job", "first_stable_job", "test_month"):
        event = getattr(n, name)
        found |= {f"{name} by {m}": float(((event != NEVER) & (event < m)).mean()) for m in (3, *months)}
    for slot, month in enumerate(n.slot_month):
        found[f"milestone {slot}"] = float((month != NEVER).mean())
    for name in ("work_months", "tenure", "idle", "practice", "language", "benefit_months", "ever_placed"):
        value = getattr(n, name).astype(np.float64)
        found |= {f"{name} mean": float(value.mean()), f"{name} spread": float(value.std())}
    for hours in (12, 25, 37):
        found[f"last hours {hours}"] = float((n.hours == hours).mean())
    for name in ("effort", "language_effort", "quality"):
        found[f"{name} in the last January"] = float(result.plans[-1][name].mean())
    return found


def grants_end_with_period(files: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return overrides by which grants end with the period, as they did when the levels were written down."""
    scenario, basic = load_scenario(files, changes), {"introduction_period.basic_grant_months": "in_period"}
    if scenario.rules == "denmark":  # the law has its own windows
        return basic
    grants = [grant.model_dump() for grant in scenario.result_grants]
    for grant in grants:
        if grant["window_months"] == LAW:
            grant["window_months"] = "introduction_period"
    return basic | {"result_grants": grants}


def replicate(case: str, seed: int, number: int) -> dict[str, float]:
    """Return the levels of one run of a case."""
    spec, changes, parameters = CASES[case]
    files = "+".join(str(ROOT / "scenarios" / part) for part in spec.split("+"))
    scenario = load_scenario(files, changes | grants_end_with_period(files, changes))
    return measures(
        simulate(scenario, newcomers_per_year=NEWCOMERS, seed=seed, replicate=number, parameters=parameters)
    )


def levels(case: str, replicates: int, *, seed: int = SEED, processes: int = 1) -> pd.DataFrame:
    """Return mean and standard deviation of every measure over replicates of a case."""
    one = partial(replicate, case, seed)
    if processes == 1:
        rows = [one(k) for k in range(replicates)]
    else:
        with ProcessPoolExecutor(processes) as pool:
            rows = list(pool.map(one, range(replicates), chunksize=10))
    values = pd.DataFrame(rows)
    columns = {
        "mean": values.mean(),
        "sd": values.std(),
        "kurtosis": values.kurt() + 3.0,
        "n": values.count(),
    }
    return pd.DataFrame(columns).rename_axis("measure").reset_index().assign(case=case)


def compare(now: pd.DataFrame, frozen: pd.DataFrame) -> pd.DataFrame:
    """Return z of the difference of means and of the log ratio of standard deviations for each measure.

    What never varied before must be the same now. What is so rare that it is far from normal (a kurtosis
    above `RARE`) is left out.
    """
    both = now.merge(frozen, on=["case", "measure"], suffixes=("", "_before"), validate="one_to_one")
    assert len(both) == len(now) == len(frozen[frozen["case"].isin(now["case"])])
    still = both["sd_before"] <= 1e-9 * both["mean_before"].abs()
    assert np.allclose(both["mean"][still], both["mean_before"][still], rtol=1e-6, atol=0.0)
    both = both[~still & (both["kurtosis_before"] < RARE)]
    error = np.sqrt(both["sd"] ** 2 / both["n"] + both["sd_before"] ** 2 / both["n_before"])
    # The variance of log(sd) is (kurtosis - 1)/4n; that of the file is the better known kurtosis.
    spread = np.sqrt((both["kurtosis_before"] - 1.0) / 4.0 * (1.0 / both["n"] + 1.0 / both["n_before"]))
    return both.assign(
        z=(both["mean"] - both["mean_before"]) / error, z_sd=np.log(both["sd"] / both["sd_before"]) / spread
    )


def bound(found: pd.DataFrame) -> float:
    """Return the bound on every |z| that a right model breaks with chance ALPHA (Bonferroni, Student's t)."""
    return float(stats.t.ppf(1.0 - ALPHA / 2.0 / (2 * len(found)), found["n"].min() - 1))


def main() -> None:
    """Compare, or freeze."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--freeze", type=Path, metavar="FILE", help="write the levels of seed 1 to a file")
    options = parser.parse_args()
    common = {"replicates": options.replicates, "processes": options.processes}
    if options.freeze:
        tables = [levels(case, seed=1, **common) for case in CASES]
        columns = ["case", "measure", "mean", "sd", "kurtosis", "n"]
        pd.concat(tables)[columns].to_csv(options.freeze, index=False, float_format="%.9g")
        return
    frozen = pd.read_csv(FROZEN)
    found = compare(pd.concat([levels(case, **common) for case in CASES]), frozen)
    limit = bound(found)
    print(f"{options.replicates} replicates against {frozen['n'].max()}: |z| at most {limit:.2f}")
    print(f"{'case':<26}{'what':<6}{'measures':>9}{'rms z':>8}{'|z|>1.96':>10}{'most |z|':>10}   where")
    for case, rows in found.groupby("case", sort=False):
        for what, column in (("mean", "z"), ("sd", "z_sd")):
            size = rows[column].abs()
            most = rows.loc[size.idxmax()]
            print(
                f"{case:<26}{what:<6}{len(rows):>9}{math.sqrt((size**2).mean()):>8.2f}"
                f"{(size > 1.96).mean():>10.3f}{size.max():>10.2f}   {most['measure']}: {most['mean']:.5g} "
                f"({most['sd']:.3g}), before {most['mean_before']:.5g} ({most['sd_before']:.3g})"
            )
    worst = max(found["z"].abs().max(), found["z_sd"].abs().max())
    print("within Monte-Carlo error" if worst <= limit else "NOT within Monte-Carlo error")


if __name__ == "__main__":
    main()
