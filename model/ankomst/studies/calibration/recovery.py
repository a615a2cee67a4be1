"""Recovery: truths are simulated and refitted; the intervals should hold them as often as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.calibration.fit import fit_ensemble, measure_luck

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.studies.calibration.study import Calibration
    from ankomst.studies.engine.evaluations import Evaluations

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
