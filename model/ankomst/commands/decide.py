"""`ankomst decide`: what would flip an answer, how robust it is, and which designs are worth having."""

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
from ankomst.report.decision.page import build_decision_page
from ankomst.report.decision.terminal import show_decision
from ankomst.studies.decision.run import evaluations_of, run_decision
from ankomst.studies.decision.study import load_decision

COMMAND = StudyCommand(
    "Decide", load_decision, run_decision,
    document=tables_of(
        "robustness", "boxes", "box_limits", "thresholds", "information", "designs", "dominance"
    ),
    show=lambda done, _, screen: show_decision(done.tables, screen),
    plan=lambda study, *where: timed_plan(study, *where, evaluations=evaluations_of(study)),
    page="decision", build=build_decision_page, notes=notes_on_scenarios,
)  # fmt: skip


def decide(experiment: str, **options: Unpack[StudyOptions]) -> None:
    """Run a decision into its folder, write tables and pages and print what they say."""
    run_command(COMMAND, experiment, **options)
