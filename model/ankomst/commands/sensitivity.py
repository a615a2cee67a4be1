"""`ankomst sensitivity`: which uncertain parameters an answer rests on."""

from __future__ import annotations

from typing import Unpack

from ankomst.commands.study import (
    StudyCommand,
    StudyOptions,
    notes_on_scenarios,
    run_command,
    tables_of,
    timed_plan,
)  # fmt: skip
from ankomst.report.sensitivity.page import build_sensitivity_page
from ankomst.report.sensitivity.terminal import show_sensitivity
from ankomst.studies.sensitivity.run import evaluations_of, run_sensitivity
from ankomst.studies.sensitivity.study import load_sensitivity

COMMAND = StudyCommand(
    "Sensitivity", load_sensitivity, run_sensitivity,
    document=tables_of("quantities", "morris", "sobol", "given_data", "emulator", "ranking"),
    show=lambda done, _, screen: show_sensitivity(done.tables, screen),
    plan=lambda study, *where: timed_plan(study, *where, evaluations=evaluations_of(study)),
    page="sensitivity", build=build_sensitivity_page, notes=notes_on_scenarios,
)  # fmt: skip


def sensitivity(experiment: str, **options: Unpack[StudyOptions]) -> None:
    """Run a sensitivity analysis into its folder, write tables and pages and print what they say."""
    run_command(COMMAND, experiment, **options)
