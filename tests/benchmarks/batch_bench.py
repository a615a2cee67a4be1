"""Batches: two processes against one, runner and store against bare simulation, memory over 5,000 runs.

Prints figures, never fails on time. Run with `.venv/bin/python tests/benchmarks/batch_bench.py`; `--only`
asks for one part. Throughput is measured in turns, one process and two; starting the workers is not in it and
is printed beside it. Tables are in none of the figures.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ankomst.studies.engine.worker import Task
    from ankomst.studies.schema.experiment import Experiment

ROOT = Path(__file__).resolve().parents[2]
BARS = {"throughput": 1.8, "overhead": 0.10}
GRID = """kind: batch
baseline: three_year+grant_2013
scenarios: [three_year+grant_by_speed, three_year+no_grant, one_year+grant_2013]
newcomers_per_year: NEWCOMERS
replicates: REPLICATES
deadweight: false
"""


def experiment(folder: Path, newcomers: int, replicates: int) -> Experiment:
    """Load four scenarios in some replicates."""
    from ankomst.studies.schema.experiment import load_experiment

    file = folder / "bench.yaml"
    text = GRID.replace("NEWCOMERS", str(newcomers)).replace("REPLICATES", str(replicates))
    file.write_text(text, encoding="utf-8")
    return load_experiment(file)


def throughput(newcomers: int, replicates: int, rounds: int) -> dict[str, float]:
    """Runs a second of one and of two processes, in turns, once the processes have loaded the program."""
    from ankomst.studies.batch.plan import plan
    from ankomst.studies.batch.runner import run_batch
    from ankomst.studies.engine.executors import LocalProcesses
    from ankomst.studies.engine.worker import carry_out

    found: dict[int, list[float]] = {1: [], 2: []}
    starts: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        study = experiment(Path(scratch), newcomers, replicates)
        whole = plan(study)
        first = whole.task_of(whole.runs[0])
        for k in range(rounds):
            for workers in (1, 2):
                pool = LocalProcesses(workers)
                began = time.perf_counter()
                wait([pool.submit(carry_out, first) for _ in range(workers)])
                starts.append(time.perf_counter() - began)
                times: list[float] = []
                began = time.perf_counter()
                run_batch(
                    study, Path(scratch) / f"{k}-{workers}", pool=pool,
                    progress=lambda *_, times=times: times.append(time.perf_counter()),
                )  # fmt: skip
                found[workers].append(len(whole.runs) / (times[-1] - began))
    ratios = [two / one for one, two in zip(found[1], found[2], strict=True)]
    return {
        "one": statistics.median(found[1]),
        "two": statistics.median(found[2]),
        "ratio": statistics.median(ratios),
        "least_ratio": min(ratios),
        "first_result_seconds": statistics.median(starts),
    }


def overhead(newcomers: int, replicates: int, rounds: int) -> dict[str, float]:
    """Time of a serial batch over that of the same simulations alone, in turns; tables are not in it."""
    from ankomst.simulation.result import simulate
    from ankomst.studies.batch.plan import stream
    from ankomst.studies.batch.runner import run_batch
    from ankomst.studies.engine.executors import Serial

    shares = []
    with tempfile.TemporaryDirectory() as scratch:
        study = experiment(Path(scratch), newcomers, replicates)
        for k in range(rounds):
            times: list[float] = []
            began = time.perf_counter()
            run_batch(
                study, Path(scratch) / str(k), pool=Serial(),
                progress=lambda *_, times=times: times.append(time.perf_counter()),
            )  # fmt: skip
            whole = times[-1] - began
            began = time.perf_counter()
            for replicate in range(replicates):
                people = None
                for scenario in study.scenarios.values():
                    people = simulate(
                        scenario, newcomers_per_year=newcomers, seed=1, replicate=stream(0, replicate),
                        population=people,
                    ).population  # fmt: skip
            shares.append(whole / (time.perf_counter() - began) - 1.0)
    return {"overhead": statistics.median(shares), "most": max(shares)}


class Random:
    """A pool that simulates nothing: rows of random numbers, to see what the main process does."""

    workers = 1

    def submit(self, function: object, argument: Task) -> Future[Any]:
        """Return a report at once."""
        del function
        from ankomst.studies.engine.worker import RunReport, TaskReport, code_version

        rng = np.random.default_rng(argument.stream)
        reports = [
            RunReport(job.id, 0.1, row=rng.lognormal(size=argument.work.layout.size)) for job in argument.jobs
        ]
        future: Future[Any] = Future()
        future.set_result(TaskReport(tuple(reports), code_version(), "here"))
        return future

    def worker_died(self, error: BaseException) -> bool:
        """Return False."""
        del error
        return False

    def close(self) -> None:
        """Do nothing."""


def memory(runs: int) -> dict[str, float]:
    """Memory of the main process over many runs, and what runner and store take for each."""
    import psutil

    from ankomst.studies.batch.runner import run_batch

    process = psutil.Process()
    with tempfile.TemporaryDirectory() as scratch:
        study = experiment(Path(scratch), 60, 25)
        run_batch(study, Path(scratch) / "first", pool=Random())  # everything is imported and laid out
        many = replace(study, replicates=runs // len(study.scenarios))
        seen: list[tuple[int, float, float]] = []

        def look(done: int, _: int) -> None:
            if done % 500 == 0:
                seen.append((done, process.memory_info().rss / 1e6, time.perf_counter()))

        run_batch(many, Path(scratch) / "many", pool=Random(), progress=look)
        size = sum(file.stat().st_size for file in (Path(scratch) / "many").rglob("*") if file.is_file())
    # Before the first thousand the buffers of SQLite and Arrow grow to their size.
    start = next(rss for done, rss, _ in seen if done >= 1000)
    return {
        "megabytes_at_1000": start,
        "megabytes_at_end": seen[-1][1],
        "growth": seen[-1][1] / start - 1.0,
        "milliseconds_a_run": 1e3 * (seen[-1][2] - seen[0][2]) / (seen[-1][0] - seen[0][0]),
        "kilobytes_a_run": size / runs / 1e3,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("throughput", "overhead", "memory"))
    parser.add_argument(
        "--newcomers", type=int, default=7000, help="newcomers a year, five years of arrivals"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replicates", type=int, default=24)
    options = parser.parse_args()
    size = f"{5 * options.newcomers:,} newcomers a run"
    if options.only in {None, "throughput"}:
        found = throughput(options.newcomers, options.replicates, options.rounds)
        print(f"one process {found['one']:.2f} runs a second, two {found['two']:.2f} ({size})")
        print(f"two over one, median of turns {found['ratio']:.2f}, least {found['least_ratio']:.2f}   "
              f"at least {BARS['throughput']}")  # fmt: skip
        print(f"first result after {found['first_result_seconds']:.1f} s")
    if options.only in {None, "overhead"}:
        found = overhead(options.newcomers, max(2, options.replicates // 4), options.rounds)
        print(f"runner, record and store over bare simulation: {found['overhead']:.1%}, most "
              f"{found['most']:.1%} ({size})   under {BARS['overhead']:.0%}")  # fmt: skip
    if options.only in {None, "memory"}:
        found = memory(5000)
        print(f"main process {found['megabytes_at_1000']:.0f} MB after 1,000 runs, "
              f"{found['megabytes_at_end']:.0f} MB after 5,000: {found['growth']:+.1%}")  # fmt: skip
        print(
            f"runner and store {found['milliseconds_a_run']:.2f} ms and "
            f"{found['kilobytes_a_run']:.1f} kB a run"
        )


if __name__ == "__main__":
    main()
