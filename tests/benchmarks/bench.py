"""Speed and memory of the model, on one core; prints figures, never fails on time.

Run with `make bench`. The model and the yardstick (four scalar draws a newcomer-month, see `yardstick.py`)
are processes that take turns, and CPU time is counted: ratios hold on a busy machine, nanoseconds do not.
`make bench BENCH_ARGS="--against DIR"` times another checkout in turn with this one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.lockstep import Worker, stay_on_one_core  # noqa: E402 - it is a script

FOLLOW_UP, YEARS = 120, 5
SIZES = (350, 1400, 7000)
BARS = {"draws": 7.0, "fixed_ms": 15.0, "twin": 100.0, "megabytes": 500.0, "growth": 0.05, "first": 20.0}

MODEL = """
import json, sys, time
from ankomst import load_scenario, simulate
base = load_scenario(sys.argv[1])
for newcomers in json.loads(sys.argv[2]):
    simulate(base, newcomers_per_year=newcomers, seed=1)
print(json.dumps("ready"), flush=True)
for k, line in enumerate(sys.stdin):
    newcomers = json.loads(line)
    start = time.thread_time()
    simulate(base, newcomers_per_year=newcomers, seed=1, replicate=k)
    print(json.dumps(time.thread_time() - start), flush=True)
"""
"""A whole run, people drawn in it, for each line: seconds of CPU time."""
YARDSTICK = """
import json, sys, time
import numpy as np
from tests.benchmarks.yardstick import draw_only
idents = np.arange(5_000)
draw_only(idents, 1, 1, 2)
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    start = time.thread_time()
    draw_only(idents, 840, 1, 2)
    print(json.dumps((time.thread_time() - start) / 840 / idents.size * 1e9), flush=True)
"""
"""Four million newcomer-months of bare draws for each line: nanoseconds each."""


def measure_runs(
    checkouts: list[Path], rounds: int
) -> tuple[list[float], dict[Path, dict[int, list[float]]]]:
    """Return nanoseconds of the yardstick, and milliseconds of runs by checkout and size, round by round."""
    yardstick = Worker(YARDSTICK, ROOT)
    models = [
        Worker(MODEL, checkout, str(checkout / "scenarios" / "three_year.yaml"), json.dumps(SIZES))
        for checkout in checkouts
    ]
    draws: list[float] = []
    runs: dict[Path, dict[int, list[float]]] = {path: {size: [] for size in SIZES} for path in checkouts}
    for _ in range(rounds):
        for size in SIZES:
            for model in models:
                runs[model.checkout][size].append(model.ask(size) * 1e3)
        draws.append(yardstick.ask(None))
    for worker in (yardstick, *models):
        worker.close()
    return draws, runs


def line_of(times: dict[int, list[float]]) -> tuple[float, float]:
    """Return nanoseconds a newcomer-month and the milliseconds that a run takes beside them, least times."""
    low, high = min(times), max(times)
    slope = (min(times[high]) - min(times[low])) / ((high - low) * YEARS * FOLLOW_UP)
    return slope * 1e6, min(times[low]) - slope * low * YEARS * FOLLOW_UP


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
    start = time.thread_time()
    twin.run(model.months)
    return (time.thread_time() - start) / (model.population.size * FOLLOW_UP) * 1e9


def measure_memory(newcomers_per_year: int) -> float:
    """Peak memory of one run, megabytes (to be called in a process of its own)."""
    import resource

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


MEASURES = {
    "twin": lambda: measure_twin(700),
    "memory": lambda: measure_memory(7000),
    "growth": lambda: measure_growth(100),
    "first": lambda: measure_memory(600),
}
"""What is measured in a process of its own."""


def in_new_process(what: str, *, fresh_cache: bool = False) -> float:
    """Return what one measurement prints in a process of its own, or the seconds of a first run."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | ({"NUMBA_CACHE_DIR": folder} if fresh_cache else {})
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, __file__, "--only", what],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        wall = time.perf_counter() - start
    return wall if fresh_cache else float(done.stdout)


def figures_of(runs: dict[int, list[float]], draws: list[float]) -> dict[str, float]:
    """Return the figures of the runs of one checkout by name."""
    figures = {"draws_ns": min(draws)}
    for size, times in runs.items():
        months = size * YEARS * FOLLOW_UP
        figures[f"ms_{size}"] = min(times)
        figures[f"over_draws_{size}"] = statistics.median(
            run / months * 1e6 / draw for run, draw in zip(times, draws, strict=True)
        )
    figures["ns"], figures["fixed_ms"] = line_of(runs)
    return figures


def main() -> None:
    """Measure everything and print a table, or one figure with --only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="time a checkout of another commit in turn with this one"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--only", choices=MEASURES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(MEASURES[options.only]())
        return
    stay_on_one_core()
    checkouts = [ROOT, *([options.against.resolve()] if options.against else [])]
    draws, runs = measure_runs(checkouts, options.rounds)
    figures = figures_of(runs[ROOT], draws)
    rows = [(f"run of {size:,} newcomers a year", f"{figures[f'ms_{size}']:,.1f} ms", "") for size in SIZES]
    rows += [
        ("each newcomer-month", f"{figures['ns']:.1f} ns", ""),
        ("beside them", f"{figures['fixed_ms']:.1f} ms a run", f"at most {BARS['fixed_ms']:g} ms"),
        ("four scalar draws (yardstick)", f"{figures['draws_ns']:.1f} ns", ""),
        (f"run over yardstick, {SIZES[-1]:,}", f"{figures[f'over_draws_{SIZES[-1]}']:.2f}",
         f"at most {BARS['draws']:g}"),
    ]  # fmt: skip
    if options.against:
        theirs = runs[checkouts[1]]
        for size in SIZES:
            ratios = [other / own for own, other in zip(runs[ROOT][size], theirs[size], strict=True)]
            figures[f"times_faster_{size}"] = statistics.median(ratios)
            least = min(theirs[size]) / min(runs[ROOT][size])
            rows.append((f"times faster, {size:,}", f"{statistics.median(ratios):.2f}", f"least {least:.2f}"))
        rows.append(("beside them in the other", f"{line_of(theirs)[1]:.1f} ms a run", ""))
    else:
        figures |= {name: in_new_process(name) for name in ("twin", "memory", "growth")}
        figures["first"] = in_new_process("first", fresh_cache=True)
        over = figures["twin"] / (figures[f"ms_{SIZES[-1]}"] / (SIZES[-1] * YEARS * FOLLOW_UP) * 1e6)
        rows += [
            ("plain twin over model", f"{over:.0f}", f"at least {BARS['twin']:g}"),
            ("peak memory, 7,000", f"{figures['memory']:.0f} MB", f"under {BARS['megabytes']:g} MB"),
            ("growth over a hundred runs", f"{figures['growth']:.1%}", f"under {BARS['growth']:.0%}"),
            ("first run, compiling", f"{figures['first']:.1f} s", f"under {BARS['first']:g} s"),
        ]
    for name, value, bar in rows:
        print(f"{name:<34} {value:>18}   {bar}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
