"""Simulation noise of paired differences: per replicate, per second of CPU time, against another checkout.

Common random numbers make two scenarios alike: a paired difference has less variance than one of two runs
with numbers of their own. The noise that counts is what a second of computing leaves: the standard deviation
of the difference times the square root of the seconds of a pair. Run with
`.venv/bin/python tests/benchmarks/crn.py` (a few minutes); `--against DIR` runs another checkout in turn,
replicate by replicate, and prints how many times as large its variance is at equal CPU time, with a 95 %
interval.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.lockstep import Worker, stay_on_one_core  # noqa: E402 - it is a script

PAIRS = (
    ("1 v 3 years", "three_year+grant_2013", "one_year+grant_2013"),
    ("grant by speed v 2013 rule", "three_year+grant_2013", "three_year+grant_by_speed"),
    ("grant after period v at entry", "three_year+grant_at_entry", "three_year+grant_after_period"),
)
NAMES = tuple(dict.fromkeys(name for pair in PAIRS for name in pair[1:]))
OUTCOMES = (
    *(("employment_rate", months) for months in (12, 36, 120)),
    *((name, 36) for name in ("ordinary_employment_rate", "ever_employed", "weeks_to_first_job", "net_cost")),
    *((name, 120) for name in ("months_employed", "hours_worked", "net_cost", "self_support_rate")),
    *((name, 120) for name in ("test_pass_rate", "placement_rate", "job_after_placement", "job_duration")),
)
RESAMPLES = 2000

REPLICATE = """
import json, sys, time
from ankomst import load_scenario, simulate
folder, names, outcomes, newcomers = json.loads(sys.argv[1])
scenarios = [load_scenario("+".join(folder + "/" + part for part in name.split("+"))) for name in names]
simulate(scenarios[0], newcomers_per_year=newcomers)
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    seconds, values, people = [], [], None
    value = lambda name, months: float(result.outcome(name, months=months)["value"].iloc[0])
    for scenario in scenarios:
        start = time.thread_time()
        result = simulate(
            scenario, newcomers_per_year=newcomers, seed=1, replicate=json.loads(line), population=people
        )
        seconds.append(time.thread_time() - start)
        people = result.population
        values.append([value(name, months) for name, months in outcomes])
    print(json.dumps([seconds, values]), flush=True)
"""
"""All scenarios of a replicate on the same people: seconds and outcomes of each."""


def replicates(checkouts: list[Path], count: int, newcomers: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return seconds (count, scenarios) and outcomes (count, scenarios, outcomes) of each checkout."""
    workers = [
        Worker(REPLICATE, path, json.dumps([str(path / "scenarios"), NAMES, OUTCOMES, newcomers]))
        for path in checkouts
    ]
    answers = [[worker.ask(k) for worker in workers] for k in range(count)]
    for worker in workers:
        worker.close()
    return [
        (np.array([seconds for seconds, _ in rows]), np.array([values for _, values in rows]))
        for rows in zip(*answers, strict=True)
    ]


def times_less(own: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Return the variance of another's differences over that of one's own, and its interval by resampling."""
    random = np.random.default_rng(1)
    shape = (RESAMPLES, own.size)
    ratios = other[random.integers(0, own.size, shape)].var(axis=1, ddof=1)
    ratios /= own[random.integers(0, own.size, shape)].var(axis=1, ddof=1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(other.var(ddof=1) / own.var(ddof=1)), float(low), float(high)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=60)
    parser.add_argument(
        "--newcomers", type=int, default=1400, help="newcomers a year, five years of arrivals"
    )
    parser.add_argument("--against", type=Path, metavar="DIR", help="a checkout of another commit")
    options = parser.parse_args()
    stay_on_one_core()
    checkouts = [ROOT, *([options.against.resolve()] if options.against else [])]
    found = replicates(checkouts, options.replicates, options.newcomers)
    print(f"{options.replicates} replicates, {options.newcomers} newcomers a year; 95 % intervals")
    print(f"{'pair':<31}{'outcome':<30}{'difference':>11}{'noise':>10}{'fewer':>7}", end="")
    print(f"{'times less noise':>18}{'interval':>16}" if options.against else "")
    for title, base, alt in PAIRS:
        one, two = NAMES.index(base), NAMES.index(alt)
        root = [float(np.median(times[:, one] + times[:, two])) ** 0.5 for times, _ in found]
        for k, (name, months) in enumerate(OUTCOMES):
            noisy = [(values[:, two, k] - values[:, one, k]) * root[c] for c, (_, values) in enumerate(found)]
            sides = found[0][1][:, [one, two], k].var(axis=0, ddof=1).sum()
            text = f"{title:<31}{f'{name} {months}':<30}{noisy[0].mean() / root[0]:>11.4g}"
            text += f"{noisy[0].std(ddof=1):>10.3g}{sides * root[0] ** 2 / noisy[0].var(ddof=1):>7.1f}"
            if options.against:
                ratio, low, high = times_less(*noisy)
                text += f"{ratio:>18.2f}{f'{low:.2f} to {high:.2f}':>16}"
            print(text)
    print("noise: standard error after one CPU second; fewer: times fewer replicates than without pairs")


if __name__ == "__main__":
    main()
