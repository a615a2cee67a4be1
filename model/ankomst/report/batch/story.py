"""The story of a batch, made from its folder."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ankomst.errors import OutputError, nearest_name
from ankomst.report.batch import words
from ankomst.report.batch.changes import changed
from ankomst.report.batch.context import MOST_LINES
from ankomst.report.batch.material import Material
from ankomst.report.batch.numbers import Numbers
from ankomst.report.batch.sections import sections, which
from ankomst.report.document.page import bullets, panel, paragraph, top
from ankomst.report.document.story import Sheet, Story
from ankomst.report.document.story_words import source_of, words_section
from ankomst.studies.batch.study import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def batch_stories(
    path: Path, languages: Sequence[str], *, scenarios: Sequence[str] = (), outline: Path | None = None
) -> list[Story]:
    """Make the story of a batch from its folder, once in each language.

    Parameters
    ----------
    path : Path
        Folder of an `ankomst batch`.
    languages : sequence of {"en", "da"}
    scenarios : sequence of str
        Shown in the figures that hold only some; the best ones if left out.
    outline : Path, optional
        A GeoJSON drawn below the bubbles of the municipalities.

    Raises
    ------
    OutputError
        The folder holds no batch, or a damaged one; a scenario is not in it; the outline cannot be read.
    """
    with Batch(path) as batch:
        if len({*scenarios, batch.baseline}) > MOST_LINES:
            raise OutputError(
                f"{len(set(scenarios))} scenarios are too many for one figure",
                where=str(path),
                allowed=f"{MOST_LINES - 1} beside the baseline, or none, which shows the best",
            )
        for name in scenarios:
            if name not in batch.scenarios:
                raise OutputError(
                    f"there is no scenario {name!r} in this batch",
                    where=str(path),
                    allowed=", ".join(batch.scenarios),
                    nearest=nearest_name(name, batch.scenarios),
                )
        numbers = Numbers(batch, path)
        return [_story(Material(numbers, lang, scenarios, outline)) for lang in languages]


def _story(found: Material) -> Story:
    texts = found.texts
    parts = sections(found)
    sheets = found.sheets | {"changes": changed(found), "rests_on": found.rests}
    said = words.found(found.tables, found.shown) if found.compared else []
    further = words.further(found.tables, found.context, found.shown) if found.compared else []
    facts, method = words.facts(found), words.method(found.context)
    title = texts.pick(found.context.facts["title"])
    return Story(
        kind="batch",
        lang=texts.lang,
        title=title,
        facts=facts,
        summary=(*(f"{name}: {sentences}" for name, sentences in said), *further),
        method=tuple(method),
        sections=(*parts, words_section(texts)),
        sheets=tuple(
            Sheet(name, texts.get(f"sheet.{name}"), texts.get(f"sheet.{name}_note"), frame)
            for name, frame in sheets.items()
            if len(frame)
        ),
        source=source_of(found.context.facts, texts),
        provenance=tuple(found.provenance()),
        made=found.context.facts["created"],
        banners=(words.banner(found.context),),
        head=top(title, paragraph(facts, "facts")),
        box=_box(found, said, further),
        how=panel("how", texts.get("how.title"), "".join(map(paragraph, method))),
    )


def _box(found: Material, said: list[tuple[str, str]], further: list[str]) -> str:
    texts = found.texts
    if not said and not further:
        return ""
    items = "".join(
        f"<li><strong>{escape(name)}:</strong> {escape(sentences)}</li>" for name, sentences in said
    )
    intro = texts.get("run.intro", baseline=found.context.name(found.context.baseline))
    listed = f"{paragraph(intro)}<ul>{items}</ul>" if items else ""
    notes = "".join(map(paragraph, [*which(found), *found.context.dagger_note(found.shown.others)]))
    return panel("box", texts.get("headline.title"), f"{listed}{bullets(further)}{notes}")
