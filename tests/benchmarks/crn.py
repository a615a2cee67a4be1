"""How many times fewer replicates a paired difference needs than an unpaired one (common random numbers).

An unpaired difference has the variance of both sides, a paired one that of the difference of each pair: the
ratio of the two is the ratio of the replicates that reach the same standard error. Prints a table; with its
interval by resampling replicates. Run with
`.venv/bin/python tests/benchmarks/crn.py` (about two minutes on two cores).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ankomst import load_scenario
from ankomst.studies.in_memory import run_each
from ankomst.studies.sides import Question, contrast, take

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
PAIRS = (
    ("1 v 3 years", "three_year+grant_2013", "one_year+grant_2013"),
    ("grant by speed v 2013 rule", "three_year+grant_2013", "three_year+grant_by_speed"),
    ("grant after period v at entry", "three_year+grant_at_entry", "three_year+grant_after_period"),
)
SHOWN = (("employment_rate", ""), ("months_employed", ""), ("net_cost", "both"))
BAR = 4.0
RESAMPLES = 2000


def measure(replicates: int, newcomers: int) -> list[tuple[str, str, int, float, float, float, float]]:
    """Return rows of pair, outcome, months, efficiency, its interval, and the correlation."""
    names = list(dict.fromkeys(name for pair in PAIRS for name in pair[1:]))
    scenarios = [load_scenario("+".join(str(SCENARIOS / part) for part in name.split("+"))) for name in names]
    question = Question(tuple(name for name, _ in SHOWN), None, scenarios[0].horizon.follow_up_months)
    found = run_each(
        scenarios,
        lambda k, result: take(result, scenarios[k], question),
        replicates=replicates,
        seed=1,
        newcomers_per_year=newcomers,
    )
    sides = dict(zip(names, found, strict=True))
    rows = []
    for title, base, alt in PAIRS:
        tables = [contrast(*pair, question) for pair in zip(sides[base], sides[alt], strict=True)]
        for outcome, payer in SHOWN:
            (row,) = np.flatnonzero((tables[0]["outcome"] == outcome) & (tables[0]["payer"] == payer))
            one = np.array([table["base"][row] for table in tables])
            two = np.array([table["alt"][row] for table in tables])
            rows.append(
                (
                    title,
                    outcome,
                    int(tables[0]["months"][row]),
                    efficiency(one, two),
                    *spread(one, two),
                    float(np.corrcoef(one, two)[0, 1]),
                )
            )
    return rows


def efficiency(one: np.ndarray, two: np.ndarray) -> float:
    """Variance of an unpaired difference over that of a paired one."""
    return float((one.var(ddof=1) + two.var(ddof=1)) / (two - one).var(ddof=1))


def spread(one: np.ndarray, two: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of the efficiency over resamples of replicates."""
    draws = np.random.default_rng(1).integers(0, one.size, (RESAMPLES, one.size))
    values = [efficiency(one[draw], two[draw]) for draw in draws]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=60)
    parser.add_argument(
        "--newcomers", type=int, default=2800, help="newcomers a year, five years of arrivals"
    )
    options = parser.parse_args()
    print(f"{options.replicates} replicates, {options.newcomers} newcomers a year; 95 % intervals")
    print(f"{'pair':<32}{'outcome':<18}{'months':>7}{'times fewer':>13}{'interval':>18}{'correlation':>13}")
    for title, outcome, months, times, low, high, correlation in measure(
        options.replicates, options.newcomers
    ):
        bar = f"   at least {BAR:g}" if outcome == "employment_rate" else ""
        print(
            f"{title:<32}{outcome:<18}{months:>7}{times:>13.1f}{f'{low:.1f} to {high:.1f}':>18}"
            f"{correlation:>13.3f}{bar}"
        )


if __name__ == "__main__":
    main()
