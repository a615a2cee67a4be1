"""The runs of a finished batch as points: draws that exist already, for the methods that need no design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import ExperimentError, RunError
from ankomst.studies.engine.points import Points
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.stored_runs import StoredRuns, experiment_of
from ankomst.studies.metrics.row_metrics import read_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.studies.metrics.metric import Metric
    from ankomst.studies.metrics.record import RunValues
    from ankomst.studies.sensitivity.study import Sensitivity

Array = np.ndarray[Any, Any]
FEWEST = 20
"""Draws below which the methods say nothing."""


def batch_points(folder: str, study: Sensitivity, say: Callable[[str], None] | None = None) -> Points:
    """Return the points of a batch's folder.

    Parameters
    ----------
    folder : str
        A finished batch that varied parameters and holds the scenarios of the study, under the same names.
    study : Sensitivity
    say : callable, optional
        Told how many draws were left out.

    Raises
    ------
    ExperimentError
        The batch lacks a scenario, draws, or a number that is asked for.
    OutputError
        The folder holds no batch, or a damaged one.
    """
    path = Path(folder)
    experiment = experiment_of(path)
    names = experiment.draws.names
    if len(experiment.draws.values) < FEWEST:
        raise ExperimentError(
            f"the batch has {len(experiment.draws.values)} draws",
            where=folder,
            allowed=f"at least {FEWEST} draws",
        )
    for name, scenario in study.scenarios.items():
        if name not in experiment.scenarios:
            raise ExperimentError(
                f"the batch lacks the scenario {name}", where=folder, allowed=", ".join(experiment.scenarios)
            )
        if scenario.policy_hash != experiment.scenarios[name].policy_hash:
            raise ExperimentError(
                f"the scenario {name} of the batch is another one", where=folder, allowed="the same scenario"
            )
    with Ledger(path / NAME, readonly=True) as ledger, StoredRuns(path, experiment, ledger=ledger) as runs:
        rows = np.stack(
            [_values(runs, name, each, folder) for name in study.scenarios for each in study.file.outcomes],
            axis=-1,
        )
    whole = np.isfinite(rows).all(axis=(1, 2))
    dropped = int((~whole).sum())
    if dropped and say:
        say(f"{dropped} of {len(rows)} draws of {folder} lack a run; they are left out")
    sets = experiment.draws.values
    natural = np.array([[values[name] for name in names] for values in sets], dtype=np.float64)
    return Points("batch", names, None, natural[whole][:, None], rows[whole][:, None], dropped)


def _values(runs: RunValues, scenario: str, metric: Metric, folder: str) -> Array:
    """Return a metric of a scenario, shape (draws, replicates)."""
    try:
        return read_row(lambda family: runs.values(scenario, family), runs.layout, metric)
    except RunError as problem:
        raise problem.restated(ExperimentError, where=folder) from None
