"""A calibration in its folder: run, resumed, tabulated, and closed with its manifest."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError
from ankomst.studies.calibration.fit import Fitted, fit
from ankomst.studies.calibration.tables import HALF, calibration_tables, posterior_table
from ankomst.studies.engine import store
from ankomst.studies.engine.csv_text import csv_text
from ankomst.studies.engine.evaluations import Evaluations, opened
from ankomst.studies.engine.same_study import of_file
from ankomst.studies.engine.worker import code_version

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import numpy as np
    import pandas as pd

    from ankomst.studies.calibration.study import Calibration
    from ankomst.studies.engine.executors import Pool
    from ankomst.studies.engine.runs import Progress

KIND = "calibration"
POSTERIOR = "posterior.csv"
DIGITS = "%.8g"


@dataclass(frozen=True)
class CalibrationResult:
    """How a calibration ended.

    Attributes
    ----------
    path : Path
    study : Calibration
    found : Fitted
    tables : dict of DataFrame
    posterior : DataFrame
        One row a draw, one column a parameter.
    facts : dict
        Numbers of the manifest: distances, evaluations, seconds.
    """

    path: Path
    study: Calibration
    found: Fitted
    tables: dict[str, pd.DataFrame]
    posterior: pd.DataFrame
    facts: dict[str, Any]


def run_calibration(
    study: Calibration,
    out: str | os.PathLike[str],
    *,
    pool: Pool | None = None,
    resume: bool = False,
    restart: bool = False,
    changed: bool = False,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
    pages: Callable[[CalibrationResult], None] | None = None,
) -> CalibrationResult:
    """Run a calibration into a folder; what is evaluated there already is not evaluated again.

    Parameters
    ----------
    study : Calibration
    out : str or path
        Folder of the calibration.
    pool : Pool, optional
        Where the model is evaluated, one local process a core if left out; the result does not depend on it.
    resume, restart : bool
        Go on with what is in the folder, or throw it away.
    changed : bool
        With `resume`: go on though this is another calibration than the folder's; what both evaluate is kept.
    progress, say : callable, optional
    pages : callable, optional
        Writes further files into the folder, such as pages.

    Returns
    -------
    CalibrationResult
        The same to the last bit, whether the calibration was cut off and resumed or not.

    Raises
    ------
    OutputError
        The folder cannot be used or is that of another calibration, or the disk is full. Finished
        evaluations are kept.
    RunError
        The folder's evaluations were made by other code, the workers are gone, or too many evaluations fail.
    """
    with opened(
        Path(out), KIND, study.measures, study.file.seed, asked=_asked(study), total=study.evaluations,
        pool=pool, resume=resume, restart=restart, changed=changed, progress=progress, say=say,
    ) as at:  # fmt: skip
        ledger = at.folder.ledger
        clock, spent = time.perf_counter(), float(ledger.meta("wall_seconds") or 0.0)
        at.folder.write_manifest(describe(study, at.started) | {"complete": False})
        try:
            found = fit(study, at, say=say)
            tables = calibration_tables(study, found)
        finally:
            wall = spent + time.perf_counter() - clock
            with suppress(AnkomstError):
                ledger.note(wall_seconds=wall)
        found.wall_seconds = wall
        return _closed(study, at, found, tables, pages)


def _asked(study: Calibration) -> dict[str, Any]:
    """Return what the calibration asks; published figures are no part of what is measured."""
    return of_file(
        study.file.model_dump(mode="json"), {study.file.baseline: study.baseline}, study.measures.digest,
        study.targets.sha256,
    )  # fmt: skip


def describe(study: Calibration, started: str) -> dict[str, Any]:
    """Return the manifest of a calibration."""
    content = store.manifest(
        command=store.command_line(), scenarios={study.file.baseline: study.baseline},
        settings=study.file.model_dump(mode="json"), started=started,
    )  # fmt: skip
    return {
        "kind": KIND,
        "run_code": code_version(),
        **content,
        "targets": {"file": study.targets.path.name, "sha256": study.targets.sha256},
        "experiment": study.document,
    }


def _closed(
    study: Calibration,
    at: Evaluations,
    found: Fitted,
    tables: dict[str, pd.DataFrame],
    pages: Callable[[CalibrationResult], None] | None,
) -> CalibrationResult:
    folder = at.folder
    draws = posterior_table(found)
    path = store.write_text(folder.path / POSTERIOR, csv_text(draws, digits=DIGITS))
    store.write_tables(folder.path, tables)
    done = CalibrationResult(folder.path, study, found, tables, draws, facts_of(study, at, found, tables))
    if pages is not None:
        pages(done)
    more = {
        "posterior": {"draws": len(draws), "sha256": store.digest(path)},
        "central": found.central,
        **done.facts,
    }
    folder.finish(describe(study, at.started) | more)
    return done


def facts_of(
    study: Calibration, at: Evaluations, found: Fitted, tables: dict[str, pd.DataFrame]
) -> dict[str, Any]:
    """Return the numbers by which a calibration is judged."""
    fitted, targets = study.fitted, tables["targets"]
    target = found.target.part(fitted)

    def chi_square(figures: np.ndarray[Any, Any]) -> float:
        return float(target.chi_square(figures[fitted]))

    return {
        "distance": {
            "posterior_mean": chi_square(found.predictive.mean(axis=0)),
            "central": chi_square(found.central_figures.mean(axis=0)),
            "start": chi_square(found.start),
            "prior_mean": chi_square(found.rounds[0].figures.mean(axis=0)),
            "targets": int(fitted.sum()),
        },
        "inside": int((targets["inside"] == "yes").sum()),
        "half_width": int((targets["width_ratio"] <= HALF).sum()),
        "total": len(targets),
        "free": len(study.free),
        "informed": int(found.informed.sum()),
        "evaluations": at.planned,
        "simulated_now": at.simulated,
        "simulations": at.planned * len(study.measures.runs) * study.file.replicates,
        "core_seconds": at.seconds(),
        "wall_seconds": found.wall_seconds,
    }
