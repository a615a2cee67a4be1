"""How time and memory of one run grow with its newcomers, up to ten million, on one core.

Run with `.venv/bin/python tests/benchmarks/sizes.py`; ten million take a few minutes and 5 GB. Every size is
a process of its own, in which a small run comes first, so that nothing is compiled in the one that is timed.
All have 13 years of arrivals: at most 65,536 people can arrive in one month.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
YEARS = 13


def run_once(newcomers: int) -> dict[str, float]:
    """Return newcomers, seconds of CPU and clock, and the peak memory [MB] of this process."""
    from ankomst import load_scenario, simulate

    scenario = load_scenario("three_year", {"population.arrival_years": YEARS})
    simulate(scenario, newcomers_per_year=100)
    cpu, clock = time.process_time(), time.perf_counter()
    result = simulate(scenario, newcomers_per_year=newcomers // YEARS)
    return {
        "newcomers": result.n,
        "cpu": time.process_time() - cpu,
        "clock": time.perf_counter() - clock,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="newcomers of a run")
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(run_once(given.only)))
        return
    print(f"{'newcomers':>12} {'CPU, s':>9} {'clock, s':>9} {'µs each':>8} {'memory, MB':>11}")
    for size in given.sizes:
        command = [sys.executable, __file__, "--only", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ.copy())
        found = json.loads(done.stdout)
        print(
            f"{found['newcomers']:>12,} {found['cpu']:>9.2f} {found['clock']:>9.2f} "
            f"{1e6 * found['cpu'] / found['newcomers']:>8.2f} {found['memory']:>11,.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
