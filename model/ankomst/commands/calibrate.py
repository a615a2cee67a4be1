"""`ankomst calibrate`: fit the parameters to published figures, and say what the figures tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from ankomst.commands.study import StudyCommand, StudyOptions, run_command, timed_plan
from ankomst.report.calibration.page import build_calibration_page
from ankomst.report.calibration.terminal import show_calibration
from ankomst.report.document.context import records
from ankomst.studies.calibration.run import POSTERIOR, run_calibration
from ankomst.studies.calibration.study import load_calibration
from ankomst.studies.engine.stored_tables import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from ankomst.studies.calibration.run import CalibrationResult
    from ankomst.studies.calibration.study import Calibration


def calibrate(experiment: str, **options: Unpack[StudyOptions]) -> None:
    """Run a calibration into its folder, with tables and pages."""
    run_command(COMMAND, experiment, **options)


def _build(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], path: Path, language: str
) -> Path:  # fmt: skip
    draws = read_table(path.parent / POSTERIOR)
    return build_calibration_page(tables, draws, facts, path, language)


def _plan(study: Calibration, place: Path, workers: int | None) -> tuple[str, dict[str, Any]]:
    words, seconds = timed_plan(study, place, workers)
    runs, targets, free = len(study.measures.runs), len(study.targets.entries), len(study.free)
    simulations = study.evaluations * runs * study.file.replicates
    return (
        f"{words}; {runs} runs an evaluation, {free} free parameters, {targets} targets",
        {"targets": targets, "free": free, "simulations": simulations, **seconds},
    )


def _ending(done: CalibrationResult, study: Calibration, place: Path, seconds: float, pages: str) -> str:
    return (
        f"\nDone in {seconds / 60:.1f} minutes, {study.evaluations:,} evaluations "
        f"({done.facts['simulations']:,} simulations). Results are in {place} ({pages}, "
        "posterior.csv, tables/, manifest.json)."
    )


COMMAND = StudyCommand(
    "Calibration", load_calibration, run_calibration,
    document=lambda done: {
        "folder": str(done.path), **done.facts, "targets": records(done.tables["targets"])
    },
    show=lambda done, _, screen: show_calibration(done, screen), ending=_ending, plan=_plan,
    page="calibration", build=_build,
)  # fmt: skip
