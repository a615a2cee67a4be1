"""A calibration as a study of the engine: the fit, its tables and draws, the numbers it is judged by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from ankomst.studies.calibration.fit import Fitted, fit
from ankomst.studies.calibration.tables import HALF, calibration_tables, posterior_table
from ankomst.studies.engine.csv_text import csv_text
from ankomst.studies.engine.evaluations import EvaluatedStudy, Evaluations
from ankomst.studies.engine.study import Findings, How
from ankomst.studies.engine.study_run import run_study

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from ankomst.studies.calibration.study import Calibration

POSTERIOR = "posterior.csv"
DIGITS = "%.8g"
METHOD = (
    "Method: ensemble smoother with multiple data assimilation (Emerick and Reynolds 2013).",
    "Metode: ensemble smoother with multiple data assimilation (Emerick og Reynolds 2013).",
)


@dataclass(frozen=True)
class CalibrationResult:
    """How a calibration ended.

    Attributes
    ----------
    path : Path
    study : Calibration
    tables : dict of DataFrame
    posterior : DataFrame
        One row a draw, one column a parameter.
    facts : dict
        Numbers of the manifest: distances, evaluations, seconds.
    """

    path: Path
    study: Calibration
    tables: dict[str, pd.DataFrame]
    posterior: pd.DataFrame
    facts: dict[str, Any]


def run_calibration(study: Calibration, out: str | os.PathLike[str], **how: Unpack[How]) -> CalibrationResult:
    """Run a calibration into a folder; see `run_study` for what is raised.

    Parameters
    ----------
    study : Calibration
    out : str or path
    **how
        See `How`.
    """
    run = _CalibrationStudy(study)
    done = run_study(run, out, **how)
    return CalibrationResult(done.path, study, done.tables, run.posterior, run.numbers)


class _CalibrationStudy(EvaluatedStudy):
    """A calibration, as the engine sees it."""

    posterior: pd.DataFrame
    numbers: dict[str, Any]

    def __init__(self, study: Calibration) -> None:
        self.study = study
        super().__init__(
            study, {study.file.baseline: study.baseline}, total=study.evaluations,
            targets=study.targets.sha256,  # no part of what is measured
        )  # fmt: skip

    def entries(self) -> dict[str, Any]:
        """Return the file of targets for the manifest."""
        return {"targets": {"file": self.study.targets.path.name, "sha256": self.study.targets.sha256}}

    def analyse(self, at: Evaluations) -> Findings:
        """Fit, and tabulate what the fit says."""
        found = fit(self.study, at, say=at.runs.say)
        tables = calibration_tables(self.study, found)
        self.posterior, self.numbers = posterior_table(found), _numbers(self.study, at, found, tables)
        text = csv_text(self.posterior, digits=DIGITS)
        drawn = {"draws": len(self.posterior), "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest()}
        manifest = {"posterior": drawn, "central": found.central, **self.numbers}
        return Findings(tables, self._page_facts(at, tables), manifest, {POSTERIOR: text})

    def _page_facts(self, at: Evaluations, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
        """Return what the page states besides tables and draws."""
        study, file, numbers, rows = self.study, self.study.file, self.numbers, tables["parameters"]
        prior_only = rows[(rows["free"] == "yes") & (rows["informed"] == "no")]
        kept = ("core_seconds", "wall_seconds", "free", "informed", "inside", "total", "half_width")
        return {
            **self.facts(at.runs),
            **{key: numbers[key] for key in kept},
            "targets_title": (study.targets.title, study.targets.title_da),
            "members": file.members,
            "steps": file.steps,
            "replicates": file.replicates,
            "effects_newcomers_per_year": file.effects_newcomers_per_year,
            "method": METHOD,
            "distance": numbers["distance"]["posterior_mean"],
            "distance_start": numbers["distance"]["start"],
            "notes": [(text, text) for text in study.targets.not_fitted],
            "prior_only": list(prior_only["parameter"]),
        }


def _numbers(
    study: Calibration, at: Evaluations, found: Fitted, tables: dict[str, pd.DataFrame]
) -> dict[str, Any]:
    """Return the numbers by which a calibration is judged."""
    fitted, targets = study.fitted, tables["targets"]
    target, planned = found.target.part(fitted), len(at.planned)

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
        "evaluations": planned,
        "simulated_now": at.runs.simulated,
        "simulations": planned * len(study.measures.runs) * study.file.replicates,
        "core_seconds": at.runs.seconds(),
        "wall_seconds": at.runs.wall_seconds(),
    }
