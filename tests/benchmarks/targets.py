"""The model before calibration against the published figures: prints the table of docs/ODD.md.

Run with `.venv/bin/python tests/benchmarks/targets.py`; five seeds at 35,000 newcomers take ten seconds.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from ankomst import load_scenario, simulate
from ankomst.policy.parameters import uncalibrated_values

if TYPE_CHECKING:
    from ankomst import Result

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ROOT / "tests" / "data" / "targets.yaml"


def read_targets() -> list[dict[str, Any]]:
    """Return the targets one number at a time: name, outcome, months, group, age, across, value, sd."""
    rows = []
    for target in yaml.safe_load(TARGETS.read_text(encoding="utf-8"))["targets"]:
        months = target.get("months", 36)
        several = isinstance(months, list)
        for k, month in enumerate(months if several else [months]):
            rows.append(target | {
                "months": month,
                "value": target["value"][k] if several else target["value"],
                "sd": target["sd"][k] if several else target["sd"],
            })  # fmt: skip
    return rows


def modelled(result: Result, target: dict[str, Any]) -> float:
    """Return a run's figure for a target, by the target's own definition."""
    name, months, across = target["outcome"], target["months"], target.get("across")
    age = "25-64" if target.get("age") else "all"
    group = target.get("group", {}).get("origin")
    if across == "women_over_men":
        rates = result.outcome(name, months=months, by=["origin", "sex"], age=age)
        mine = rates[rates["origin"] == group].set_index("sex")["value"]
        return float(mine["female"] / mine["male"])
    if across:
        return float(result.outcome(name, months=months, across=across)["value"].iloc[0])
    if group is None:
        return float(result.outcome(name, months=months, age=age)["value"].iloc[0])
    table = result.outcome(name, months=months, by="origin", age=age)
    mine = table[table["origin"].isin([group] if isinstance(group, str) else group)]
    return float(np.average(mine["value"], weights=mine["n"]))


def table(seeds: int, newcomers_per_year: int = 7000) -> list[dict[str, Any]]:
    """Return every target with the model's mean over seeds and its Monte-Carlo standard error."""
    base = load_scenario(ROOT / "scenarios" / "three_year.yaml")
    common = {"newcomers_per_year": newcomers_per_year, "parameters": uncalibrated_values()}
    runs = [simulate(base, seed=seed, **common) for seed in range(1, seeds + 1)]
    rows = []
    for target in read_targets():
        values = np.array([modelled(run, target) for run in runs])
        se = float(values.std(ddof=1) / math.sqrt(seeds))
        rows.append(target | {"model": float(values.mean()), "se": se})
    return rows


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    print("| figure | months | published | judged sd | model | Monte-Carlo se | distance in sd |")
    print("|---|---|---|---|---|---|---|")
    for row in table(options.seeds):
        distance = (row["model"] - row["value"]) / row["sd"]
        print(
            f"| {row['name']} | {row['months']} | {row['value']:g} | {row['sd']:g} | {row['model']:.3f} "
            f"| {row['se']:.4f} | {distance:+.1f} |"
        )


if __name__ == "__main__":
    main()
