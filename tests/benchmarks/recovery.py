"""Recovery of simulated truths by the shipped method, on small populations: the table of docs/calibration.md.

    .venv/bin/python tests/benchmarks/recovery.py --truths 20

takes about twenty minutes on two cores. It can be stopped; the same command goes on. The folder of
evaluations (results/recovery) can be deleted afterwards; tests/benchmarks/recovery.csv is what is kept.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.calibration.fit import fit_ensemble, measure_luck
from ankomst.studies.calibration.study import load_calibration
from ankomst.studies.engine.evaluations import Evaluations, layout_of_measures
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.engine.study_folder import StudyFolder
from ankomst.studies.engine.study_runs import StudyRuns

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.studies.calibration.study import Calibration

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_suffix(".csv")
SMALL = {
    "newcomers_per_year": 1000,
    "effects_newcomers_per_year": 300,
    "whole_sample": [],
    "noise_replicates": 40,
}
"""Sample of the runs: truths and fits have the same."""


Array = np.ndarray[Any, Any]
FIRST_STREAM = 50_000
"""Luck of the first simulated truth: none of the members' and none of those that measure the luck."""
SEED = 0x7E57


def recover(
    study: Calibration,
    at: Evaluations,
    truths: int,
    say: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Simulate truths from the prior, fit to each, and see whether the intervals hold the parameters.

    Each truth has parameters and luck of its own; its figures get an error of the size that is judged for the
    published ones. The prior ensemble is the same for all truths, so that it is simulated once.

    Parameters
    ----------
    study : Calibration
    at : Evaluations
    truths : int
    say : callable, optional

    Returns
    -------
    DataFrame
        truth, parameter, informed, value (the truth), low, median, high (posterior, with the coverage of the
        study), inside, level, members.
    """
    luck = measure_luck(study, at)
    random = np.random.default_rng(np.random.SeedSequence(study.file.seed, spawn_key=(SEED,)))
    scale = luck.scale
    true = scale.prior(truths, study.file.seed + 1)
    simulated = at.at("truths", scale.values(true), [FIRST_STREAM + k for k in range(truths)])
    tail = (1.0 - study.file.level) / 2.0
    frames = []
    for k in range(truths):
        error = random.standard_normal(len(study.targets.entries)) * study.targets.sd
        if np.isnan(simulated[k]).any():
            continue
        found = fit_ensemble(study, at, luck, values=simulated[k] + error, stage=f"truth {k}, ")
        low, median, high = np.quantile(found.posterior, [tail, 0.5, 1.0 - tail], axis=0)
        own, bounds = scale.values(true[k : k + 1])[0], scale.values(np.array([low, median, high]))
        free = [j for j, name in enumerate(scale.names) if name in study.free]
        rows = [
            {
                "truth": k,
                "parameter": scale.names[j],
                "informed": "yes" if found.informed[j] else "no",
                "value": own[scale.names[j]],
                "low": bounds[0][scale.names[j]],
                "median": bounds[1][scale.names[j]],
                "high": bounds[2][scale.names[j]],
                "inside": "yes" if low[j] <= true[k, j] <= high[j] else "no",
                "level": study.file.level,
                "members": len(found.posterior),
            }
            for j in free
        ]
        frames.append(pd.DataFrame(rows))
        say(f"truth {k + 1} of {truths}: {_share(frames[-1]):.0%} of the informed parameters inside")
    return pd.concat(frames, ignore_index=True)


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Return how often the intervals held the truth.

    Returns
    -------
    DataFrame
        A row for each informed parameter, for all informed ones together and for those not informed: inside
        (share), se, low and high (95 %, with the truths as units), nominal, truths, parameters.
    """
    rows = []
    groups = [
        ("all informed parameters", table[table["informed"] == "yes"]),
        ("all other free parameters", table[table["informed"] == "no"]),
        *((str(name), part) for name, part in table[table["informed"] == "yes"].groupby("parameter")),
    ]
    for name, part in groups:
        if part.empty:
            continue
        by_truth = (part["inside"] == "yes").groupby(part["truth"]).mean().to_numpy(dtype=np.float64)
        n, share = by_truth.size, float(by_truth.mean())
        se = float(by_truth.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
        rows.append(
            {
                "parameter": name, "inside": share, "se": se, "low": max(0.0, share - 1.96 * se),
                "high": min(1.0, share + 1.96 * se), "nominal": float(part["level"].iloc[0]), "truths": n,
                "parameters": part["parameter"].nunique(),
                "interval": "95 %, normal, over truths",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _share(table: pd.DataFrame) -> float:
    mine = table[table["informed"] == "yes"]
    return float((mine["inside"] == "yes").mean()) if len(mine) else float("nan")


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
