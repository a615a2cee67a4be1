"""Every figure of the project as the samples of the other tests make it, and stories of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from tests.presentation import calibration_samples, decision_samples, run_samples, sensitivity_samples
from tests.presentation.test_validation_page import _facts as validation_facts
from tests.presentation.test_validation_page import _tables as validation_tables

from ankomst.report.calibration import page as calibration_page
from ankomst.report.calibration.context import CalibrationContext, calibration_texts
from ankomst.report.calibration.context import StoredCalibration as Calibration
from ankomst.report.decision import page as decision_page
from ankomst.report.decision.context import DecisionContext, checked, decision_texts
from ankomst.report.document.context import Context
from ankomst.report.document.run_context import RunContext
from ankomst.report.document.story import PARAMETERS, Section, Sheet, Story
from ankomst.report.document.texts import load_texts
from ankomst.report.run.run_parts import run_parts
from ankomst.report.run.run_report import _plain
from ankomst.report.sensitivity import page as sensitivity_page
from ankomst.report.sensitivity.study import StoredSensitivity as Sensitivity
from ankomst.report.sensitivity.words import SensitivityContext, sensitivity_texts
from ankomst.report.validation import page as validation_page
from ankomst.report.validation.figure_validation import case_figure

if TYPE_CHECKING:
    from ankomst.report.document.page import Drawn

KINDS = ("run", "decision", "sensitivity", "calibration", "validation")
EACH = dict(zip(KINDS, ("en", "en", "da", "da", "da"), strict=True))
"""A language for each kind of result, so that both are seen and none is drawn twice."""


def _run(lang: str) -> list[Drawn]:
    found = {**run_samples.run_tables(), **run_samples.history(), **run_samples.decomposition()}
    facts = {**run_samples.run_facts(), "resting_on_assumptions": {"flexible_danish"}}
    titles = facts["scenario_titles"]
    facts["scenario_titles"] = {name: titles[name] for name in ("three_year", "one_year", "flexible_danish")}
    tables = {name: _plain(table) for name, table in found.items()}
    parts = run_parts(tables, RunContext(load_texts(lang), facts))
    return [item for part in parts for item in part.drawn]


def _decision(lang: str) -> list[Drawn]:
    context = DecisionContext(decision_texts(lang), decision_samples.facts())
    parts = decision_page._parts(checked(decision_samples.tables()), context)
    return [item for drawn in parts.values() for item in drawn]


def _sensitivity(lang: str) -> list[Drawn]:
    study = Sensitivity(sensitivity_samples.tables())
    facts = sensitivity_page.study_facts(study, sensitivity_samples.facts())
    context = SensitivityContext(sensitivity_texts(lang), facts)
    return [
        item
        for place, row in enumerate(study.quantities, start=1)
        for item in sensitivity_page.quantity_figures(str(place), row, study, context)
    ]


def _calibration(lang: str) -> list[Drawn]:
    study = Calibration(calibration_samples.calibration_tables(), calibration_samples.posterior())
    context = CalibrationContext(calibration_texts(lang), calibration_samples.calibration_facts())
    return [item for _, _, drawn, _ in calibration_page._parts(study, context) for item in drawn]


def _validation(lang: str) -> list[Drawn]:
    table = validation_tables()["validation"]
    context = Context(validation_page.validation_texts(lang), validation_facts())
    found = [case_figure(str(name), table[table["case"] == name], context) for name in table["case"].unique()]
    return [item for item in found if item is not None]


@cache
def figures(kind: str, lang: str) -> tuple[Drawn, ...]:
    """Return the figures of one kind of result."""
    drawn: list[Drawn] = globals()[f"_{kind}"](lang)
    return tuple(drawn)


def story(kind: str, lang: str, *, first: int | None = None, **changed: object) -> Story:
    """Return a story of the sample figures of one kind of result."""
    danish = lang == "da"
    frame = pd.DataFrame(
        {
            "scenario": ["one_year", "=1+1", "@SUM(A1)"],
            "unit": ["share", "DKK", "months"],
            "estimate": [0.1234, -61234.5, np.nan],
            "low": [0.1, -65000.0, np.nan],
            "high": [0.2, -60000.0, np.nan],
            "n": [4, 4, 4],
            "comparable": [True, False, True],
            "grade": ["assumption", "published", "assumption"],
            "name": ["learning.at_work", "learning.b_language", "+45"],
        }
    )
    made = Story(
        kind=kind,
        lang=lang,
        title="Et år eller tre?" if danish else "One year or three?",
        facts="4 gentagelser, 7.000 nyankomne om året."
        if danish
        else "4 replicates, 7,000 newcomers a year.",
        summary=tuple(
            f"{'Scenarie' if danish else 'Scenario'} {number}: "
            + "months in work fall by 0.5 [0.4 to 0.6]. " * 3
            for number in range(1, 9)
        ),
        method=(
            "All scenarios meet the same newcomers and the same luck. " * 3,
            "Intervals are 95 per cent Monte-Carlo intervals of the mean over replicates.",
        ),
        sections=(Section("all", "All", figures(kind, lang)[:first]),),
        sheets=(
            Sheet("differences", "Differences", "A row per scenario and outcome.", frame),
            Sheet(PARAMETERS, "Assumptions", "What the effects rest on.", frame),
        ),
        source="ankomst 0.1.0, 0123abc, 2013-07-01",
        made="2013-07-01T12:00:00+00:00",
        provenance=(("Version", "0.1.0"), ("Commit", "0123abc"), ("Created", "2013-07-01T12:00:00+00:00")),
    )
    return replace(made, **changed)  # type: ignore[arg-type]
