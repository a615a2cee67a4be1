"""Recovery of simulated truths by the shipped method, on small populations: the table of docs/calibration.md.

    .venv/bin/python tests/benchmarks/recovery.py --truths 20

takes about twenty minutes on two cores. It can be stopped; the same command goes on. The folder of
evaluations (results/recovery) can be deleted afterwards; tests/benchmarks/recovery.csv is what is kept.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ankomst.studies.calibration.recovery import coverage, recover
from ankomst.studies.calibration.study import load_calibration
from ankomst.studies.engine.evaluations import Evaluations, layout_of_measures
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.engine.study_folder import StudyFolder
from ankomst.studies.engine.study_runs import StudyRuns

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_suffix(".csv")
SMALL = {
    "newcomers_per_year": 1000,
    "effects_newcomers_per_year": 300,
    "whole_sample": [],
    "noise_replicates": 40,
}
"""Sample of the runs: truths and fits have the same."""


def main() -> None:
    """Simulate truths, fit each, and tabulate how often the intervals held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--truths", type=int, default=20)
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "recovery")
    options = parser.parse_args()
    clock = time.perf_counter()
    study = load_calibration(
        ROOT / "experiments" / "calibration.yaml",
        SMALL | {"members": options.members, "steps": options.steps},
    )
    pool = pool_for(options.workers, None)
    try:
        with StudyFolder(options.out, "recovery", resume=True, restart=False, say=print) as folder:
            total = 40 + options.members + options.truths * (1 + options.members * (options.steps - 1))
            runs = StudyRuns(folder, layout_of_measures(study.measures), pool, total=total, say=print)
            at = Evaluations(runs, study.measures, study.file.seed)
            table = recover(study, at, options.truths, say=print)
            seconds, evaluations = runs.seconds(), len(at.planned)
    finally:
        pool.close()
    found = coverage(table)
    found.insert(len(found.columns), "members", options.members)
    found.insert(len(found.columns), "steps", options.steps)
    found.to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")
    print(found.to_string(index=False))
    print(
        f"{evaluations} evaluations, {seconds:.0f} s of cores, {time.perf_counter() - clock:.0f} s here; "
        f"written to {TABLE.relative_to(ROOT)}"
    )


if __name__ == "__main__":
    main()
