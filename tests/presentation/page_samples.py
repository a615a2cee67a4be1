"""The page of every kind of result, as `ankomst report` writes it: story, annex and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.presentation import calibration_samples, decision_samples, run_samples, sensitivity_samples
from tests.presentation.test_validation_page import validation_samples

from ankomst.report.batch.story import batch_stories
from ankomst.report.calibration.page import POSTERIOR
from ankomst.report.document.annex import annex, completed
from ankomst.report.document.story_page import write_story
from ankomst.report.stored_story import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.report.document.story import Story

EACH = {
    "run": "da",
    "decision": "en",
    "sensitivity": "da",
    "calibration": "en",
    "validation": "da",
}
"""A language for each kind of result, so that both are seen and none is made twice."""
_KNOWN = {
    "result": "mine",
    # A command is long, and the hash of a batch is a word without a gap.
    "command": "ankomst run one_year --baseline three_year --newcomers 300 --replicates 3 --seed 12",
    "version": "9.9.9",
    "commit": "0123abc456def",
}


def _made(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if kind == "run":
        tables = {**run_samples.run_tables(), **run_samples.history(), **run_samples.decomposition()}
        return tables, run_samples.run_facts()
    if kind == "calibration":
        tables = {**calibration_samples.calibration_tables(), POSTERIOR: calibration_samples.posterior()}
        return tables, calibration_samples.calibration_facts()
    if kind == "validation":
        return validation_samples()
    samples = {"sensitivity": sensitivity_samples, "decision": decision_samples}[kind]
    return samples.tables(), samples.facts()  # type: ignore[attr-defined]


def write(kind: str, folder: Path) -> Path:
    """Write the page of a kind of result, of samples."""
    tables, facts = _made(kind)
    return _written(KINDS[kind](tables, {**facts, **_KNOWN}, EACH[kind]), folder)


def write_batch(result: Path, lang: str, folder: Path) -> Path:
    """Write the page of a batch that has been run."""
    (story,) = batch_stories(result, (lang,))
    return _written(story, folder)


def _written(story: Story, folder: Path) -> Path:
    whole = completed(story, "2026-11-22")
    return write_story(whole, folder / f"{whole.kind}_{whole.lang}.html", annex(whole))
