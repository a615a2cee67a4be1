"""Speed and memory of the model, measured in one run on one core; prints figures, never fails on time.

Run with `make bench`. Ratios hold better than nanoseconds when the machine is busy: the model and the bare
draws take turns, and the median of the ratios is what counts. `make bench BENCH_ARGS="--against DIR"` times
another checkout in turn with this one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

FOLLOW_UP = 120
BARS = {"draws": 9.0, "twin": 100.0, "megabytes": 500.0, "growth": 0.05, "first_run_seconds": 30.0}


def measure_speed(newcomers_per_year: int, rounds: int) -> dict[str, float]:
    """Nanoseconds per newcomer-month of a whole `simulate`, and of four uniforms alone."""
    import numpy as np
    from tests.benchmarks.yardstick import draw_only

    from ankomst import load_scenario, simulate

    base = load_scenario(ROOT / "scenarios" / "three_year.yaml")
    result = simulate(base, newcomers_per_year=newcomers_per_year, seed=1)  # compiles
    ident = np.ascontiguousarray(result.population.ident)
    draw_only(ident[:10], 1, 1, 2)
    # A newcomer-month is a month of follow-up, here, in the draws and in the twin.
    months = ident.size * FOLLOW_UP

    def draws() -> float:
        start = time.perf_counter()
        draw_only(ident, FOLLOW_UP, 1, 2)
        return (time.perf_counter() - start) / months * 1e9

    model, bare, ratios = [], [], []
    for _ in range(rounds):
        before = draws()
        start = time.perf_counter()
        simulate(base, newcomers_per_year=newcomers_per_year, seed=1, population=result.population)
        nanoseconds = (time.perf_counter() - start) / months * 1e9
        around = (before + draws()) / 2.0
        model.append(nanoseconds)
        bare.append(around)
        ratios.append(nanoseconds / around)
    return {
        "newcomers": float(ident.size),
        "model_ns": statistics.median(model),
        "draws_ns": statistics.median(bare),
        "model_over_draws": statistics.median(ratios),
        "model_over_draws_least": min(model) / min(bare),
    }


def measure_twin(newcomers_per_year: int) -> float:
    """Nanoseconds per newcomer-month of the plain twin, drawing from Python's own generator."""
    from tests.simulation.support import people_of, places_of
    from tests.twin.inputs import people_from_arrays
    from tests.twin.model import TwinModel
    from tests.twin.random_draw import random_draw

    from ankomst import IntroductionModel, load_scenario

    base = load_scenario(ROOT / "scenarios" / "three_year.yaml", {"population.arrival_years": 1})
    model = IntroductionModel(base, seed=1, newcomers_per_year=newcomers_per_year)
    twin = TwinModel(
        model.scenario, model.parameters, model.rates, people_from_arrays(people_of(model)), places_of(model),
        random_draw(1),
    )  # fmt: skip
    start = time.perf_counter()
    twin.run(model.months)
    return (time.perf_counter() - start) / (model.population.size * FOLLOW_UP) * 1e9


def measure_memory(newcomers_per_year: int) -> float:
    """Peak memory of one run at full size, megabytes (to be called in a process of its own)."""
    from ankomst import load_scenario, simulate

    simulate(load_scenario(ROOT / "scenarios" / "three_year.yaml"), newcomers_per_year=newcomers_per_year)
    status = Path("/proc/self/status")
    if status.is_file():  # the peak since this program began; the other one begins with that of its parent
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return float(peak.split()[1]) / 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def measure_growth(runs: int) -> float:
    """Growth of memory over a number of runs in one process, as a share, after ten to warm up."""
    import psutil

    from ankomst import load_scenario, simulate

    base = load_scenario(ROOT / "scenarios" / "three_year.yaml")
    process = psutil.Process()
    before = 0.0
    for k in range(runs + 10):
        if k == 10:
            before = process.memory_info().rss
        simulate(base, newcomers_per_year=1200, seed=k)
    return process.memory_info().rss / before - 1.0


WORKER = """
import sys, time
from ankomst import load_scenario, simulate
base = load_scenario(sys.argv[1])
people = simulate(base, newcomers_per_year=int(sys.argv[2]), seed=1).population
print("ready", flush=True)
for line in sys.stdin:
    start = time.process_time()
    simulate(base, newcomers_per_year=int(sys.argv[2]), seed=1, population=people)
    print(time.process_time() - start, flush=True)
"""
"""A process that simulates once for each line that it reads, and says how long it took."""


def measure_against(other: Path, newcomers_per_year: int, rounds: int) -> dict[str, float]:
    """Time this checkout and another one in turn, run by run: the machine's speed drifts for both alike."""
    workers = []
    for checkout in (ROOT, other.resolve()):
        scenario = checkout / "scenarios" / "three_year.yaml"
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(scenario), str(newcomers_per_year)], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(checkout / "model")},
        )  # fmt: skip
        assert worker.stdout is not None
        if worker.stdout.readline().strip() != "ready":
            raise SystemExit(f"{checkout} does not run")
        workers.append(worker)
    seconds: list[list[float]] = [[], []]
    for _ in range(rounds):
        for worker, times in zip(workers, seconds, strict=True):
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write("run\n")
            worker.stdin.flush()
            times.append(float(worker.stdout.readline()))
    for worker in workers:
        worker.communicate()
    ratios = [own / theirs for own, theirs in zip(*seconds, strict=True)]
    return {
        "own": statistics.median(seconds[0]),
        "other": statistics.median(seconds[1]),
        "ratio": statistics.median(ratios),
        "ratio_of_least": min(seconds[0]) / min(seconds[1]),
    }


def in_new_process(what: str, *, fresh_cache: bool = False) -> float:
    """Return what one measurement prints in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | ({"NUMBA_CACHE_DIR": folder} if fresh_cache else {})
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, __file__, "--only", what],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        wall = time.perf_counter() - start
    return wall if fresh_cache else float(done.stdout)


def main() -> None:
    """Measure everything and print a table, or one figure with --only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--newcomers", type=int, default=7000, help="newcomers a year, five years of arrivals"
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="time a checkout of another commit in turn with this one"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--only", choices=("memory", "growth", "first"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        measured = {"memory": lambda: measure_memory(7000), "growth": lambda: measure_growth(100),
                    "first": lambda: measure_memory(600)}  # fmt: skip
        print(measured[options.only]())
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if options.against:
        found = measure_against(options.against, options.newcomers, 3 * options.rounds)
        print(f"this checkout {found['own']:.3f} s a run, the other {found['other']:.3f} s")
        print(
            f"ratio, median of pairs {found['ratio']:.3f}; ratio of the least {found['ratio_of_least']:.3f}"
        )
        return
    figures = measure_speed(options.newcomers, options.rounds)
    figures["twin_ns"] = measure_twin(options.newcomers // 10)
    figures["twin_over_model"] = figures["twin_ns"] / figures["model_ns"]
    figures["megabytes"] = in_new_process("memory")
    figures["growth"] = in_new_process("growth")
    figures["first_run_seconds"] = in_new_process("first", fresh_cache=True)

    def nanoseconds(name: str) -> str:
        return f"{figures[name]:,.1f} ns per newcomer-month"

    rows = (
        (f"simulate, {figures['newcomers']:,.0f} newcomers", nanoseconds("model_ns"), ""),
        ("four Philox uniforms alone", nanoseconds("draws_ns"), ""),
        ("model over draws, median", f"{figures['model_over_draws']:.2f}", f"at most {BARS['draws']:g}"),
        ("the same, least times of each", f"{figures['model_over_draws_least']:.2f}", ""),
        ("plain twin", nanoseconds("twin_ns"), ""),
        ("twin over model", f"{figures['twin_over_model']:.0f}", f"at least {BARS['twin']:g}"),
        ("peak memory of that run", f"{figures['megabytes']:.0f} MB", f"under {BARS['megabytes']:g} MB"),
        ("growth over a hundred runs", f"{figures['growth']:.1%}", f"under {BARS['growth']:.0%}"),
        ("first run, compilation included", f"{figures['first_run_seconds']:.1f} s",
         f"under {BARS['first_run_seconds']:g} s"),
    )  # fmt: skip
    for name, value, bar in rows:
        print(f"{name:<36} {value:>32}   {bar}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
