"""A finished result written as page, slides, workbook, images and the numbers of its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.errors import OutputError
from ankomst.report.batch.story import batch_stories
from ankomst.report.document.annex import annex, completed
from ankomst.report.document.story_page import write_story
from ankomst.report.stored_story import manifest_of, story_of
from ankomst.report.writers.images import FORMATS as IMAGES
from ankomst.report.writers.images import BrowserError, write_data, write_images
from ankomst.studies.engine import store
from ankomst.studies.engine.folder import ResultsFolder
from ankomst.studies.engine.manifest import BATCH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ankomst.report.document.story import Story

FORMATS = ("html", "pptx", "xlsx", *IMAGES, "csv")
FOLDER = "report"
FIGURES = "figures"
EXTRAS = {"pptx": "slides", "xlsx": "workbook", **dict.fromkeys(IMAGES, "images")}
"""What a format needs beyond a plain installation."""


def write_report(
    folder: Path, place: Path, kinds: Sequence[str], languages: Sequence[str], scenarios: Sequence[str] = (),
    geojson: Path | None = None,
) -> tuple[list[Path], str]:  # fmt: skip
    """Write the documents of a result, and the numbers of its figures, into a folder.

    Returns
    -------
    written : list of Path
    problem : str
        Why there are no images; empty if there are, or none were asked for.
    """
    started, held = store.now(), manifest_of(folder)["kind"]
    written: list[Path] = []
    problem = ""
    images = [each for each in kinds if each in IMAGES]
    names = [f"report{_ending(code)}.{each}" for code in languages for each in kinds]
    with ResultsFolder(place, "report", names=names) as target:
        for story in _stories(folder, held, languages, scenarios, geojson):
            figures = place / f"{FIGURES}{_ending(story.lang)}"
            written += _documents(story, place, _ending(story.lang), kinds)
            written += write_data(story, figures)
            if problem:
                continue  # what the browser cannot do in one language it cannot do in another
            try:
                written += write_images(story, figures, images)
            except BrowserError as fault:
                problem = str(fault)
        target.finish(store.made(started, store.command_line()) | {"of": folder.resolve().name})
    return written, problem


def _ending(lang: str) -> str:
    return "" if lang == "en" else f"_{lang}"


def _stories(
    folder: Path, kind: str, languages: Sequence[str], scenarios: Sequence[str], geojson: Path | None
) -> list[Story]:
    made = f"{store.now()}, ankomst {store.version()}, {store.commit()}"
    if kind == BATCH:
        found = batch_stories(folder, languages, scenarios=scenarios, outline=geojson)
        return [completed(story, made) for story in found]
    for option, value in (("--scenario", scenarios), ("--geojson", geojson)):
        if value:
            raise OutputError(
                f"{option} is for batches, and this folder holds none", where=str(folder),
                allowed=f"the folder of an `ankomst batch`, or no {option}",
            )  # fmt: skip
    return [completed(story_of(folder, lang), made) for lang in languages]


def _documents(story: Story, place: Path, ending: str, kinds: Sequence[str]) -> list[Path]:
    """Write page, slides and workbook; each library is imported only where it is needed."""
    written = []
    if "html" in kinds:
        written.append(write_story(story, place / f"report{ending}.html", annex(story)))
    if "pptx" in kinds:
        from ankomst.report.writers.slides import build_slides  # noqa: PLC0415

        written.append(build_slides(story, place / f"report{ending}.pptx"))
    if "xlsx" in kinds:
        from ankomst.report.writers.workbook import build_workbook  # noqa: PLC0415

        written.append(build_workbook(story, place / f"report{ending}.xlsx"))
    return written
