"""`ankomst validate`: hold the model against published figures that it was not fitted to."""

from __future__ import annotations

from typing import Unpack

from ankomst.commands.study import StudyCommand, StudyOptions, run_command
from ankomst.report.document.context import records
from ankomst.report.validation.page import build_validation_page
from ankomst.report.validation.terminal import show_validation
from ankomst.studies.validation.run import run_validation
from ankomst.studies.validation.study import load_validation

COMMAND = StudyCommand(
    "Validation", load_validation, run_validation,
    document=lambda done: {
        "residual": done.facts["residual"], "validation": records(done.tables["validation"])
    },
    show=lambda done, _, screen: show_validation(done.tables["validation"], screen),
    page="validation", build=build_validation_page,
)  # fmt: skip


def validate(experiment: str, **options: Unpack[StudyOptions]) -> None:
    """Run a validation into its folder, write its table and pages and print what they say."""
    run_command(COMMAND, experiment, **options)
