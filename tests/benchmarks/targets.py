"""The model before calibration against the published figures: prints the table of docs/ODD.md.

Run with `.venv/bin/python tests/benchmarks/targets.py`; five seeds at 35,000 newcomers take ten seconds.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from ankomst import load_scenario, simulate
from ankomst.policy.parameters import uncalibrated_values
from ankomst.studies.calibration.targets import LEVEL, read_targets
from ankomst.studies.metrics.read import read

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ROOT / "tests" / "data" / "targets.yaml"


def table(seeds: int, newcomers_per_year: int = 7000) -> list[dict[str, Any]]:
    """Return every published level with the model's mean over seeds and its Monte-Carlo standard error."""
    targets = [target for target in read_targets(TARGETS).entries if target.kind == LEVEL]
    base = load_scenario(ROOT / "scenarios" / "three_year.yaml")
    common = {"newcomers_per_year": newcomers_per_year, "parameters": uncalibrated_values()}
    runs = (simulate(base, seed=seed, **common) for seed in range(1, seeds + 1))
    values = np.array([read(run, [target.metric for target in targets]) for run in runs])
    means, errors = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(seeds)
    return [
        {"name": target.entry, "months": target.metric.months, "value": target.value, "sd": target.sd,
         "model": float(mean), "se": float(se)}
        for target, mean, se in zip(targets, means, errors, strict=True)
    ]  # fmt: skip


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
