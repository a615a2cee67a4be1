"""A result as slides: native charts with their numbers inside, and notes for the speaker."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pptx
from pptx.util import Inches

from ankomst.report.chart import theme
from ankomst.report.chart.figure_words import clean, one_line
from ankomst.report.chart.native_axes import Box
from ankomst.report.chart.text_size import height, lines, pages, shortened, whole_sentences
from ankomst.report.document.parameter_names import parameter_name
from ankomst.report.document.run_tables import ASSUMED
from ankomst.report.document.story import PARAMETERS
from ankomst.report.document.texts import LOCALES, load_texts
from ankomst.report.writers.figure_slides import LEAD, add_figure, cell_words
from ankomst.report.writers.files import date_of, steady, write_whole
from ankomst.report.writers.slide_parts import HEIGHT, INNER, MARGIN, SMALL, TEXT, WIDTH, Deck, Style

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from ankomst.report.document.story import Story
    from ankomst.report.document.texts import Texts

_GAP: Final = 0.12
_MOST_ASSUMED: Final = 11


def build_slides(story: Story, out: Path) -> Path:
    """Write a result as slides.

    Parameters
    ----------
    story : Story
    out : Path
        File to write, ending in ``.pptx``; its folder is made when it is missing.

    Returns
    -------
    Path
        The file written. Every chart is native: its numbers stand in it and can be edited.
    """
    texts = load_texts(story.lang, "slides")
    file = pptx.Presentation()
    file.slide_width, file.slide_height = Inches(WIDTH), Inches(HEIGHT)
    deck = Deck(file, story.lang, texts.get("slides.notes_source", source=story.source))
    _title(deck, story)
    _paragraphs(deck, texts.get("slides.found"), story.summary, story, texts)
    for drawn in story.figures:
        add_figure(deck, drawn, story, texts)
    _paragraphs(deck, texts.get("slides.how"), story.method, story, texts)
    for sheet in story.sheets:
        if sheet.name == PARAMETERS:
            _assumptions(deck, sheet.frame, story, texts)
    _provenance(deck, story, texts)
    _properties(deck, story)
    written = io.BytesIO()
    file.save(written)
    return write_whole(out, steady(written.getvalue(), date_of(story.made)))


def _properties(deck: Deck, story: Story) -> None:
    made, when = deck.file.core_properties, date_of(story.made)
    made.title, made.subject = clean(story.title)[:250], clean(story.facts)[:250]
    made.author = made.last_modified_by = "ankomst"
    made.language = LOCALES[story.lang]
    made.created = made.modified = made.last_printed = when
    made.comments = clean(story.source)[:250]


def _title(deck: Deck, story: Story) -> None:
    slide = deck.file.slides.add_slide(deck.file.slide_layouts[5])
    title = one_line(story.title)
    size = next(
        (points for points in (40, 36, 32, 28, 24) if lines(title, points, INNER - 0.2, bold=True) <= 3), 24
    )
    title = shortened(title, size, INNER - 0.2, 4, bold=True)
    room = height(lines(title, size, INNER - 0.2, bold=True), size) + 0.1
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = map(Inches, (MARGIN, 1.6, INNER, room))
    deck.fill(shape.text_frame, [title], Style(size, theme.INK, bold=True))
    top = 1.6 + room + 0.3
    facts = whole_sentences(clean(story.facts), 20, INNER - 0.2, int((6.5 - top) // height(1, 20)))
    deck.words(slide, Box(MARGIN, top, INNER, 6.6 - top), [facts], Style(20, theme.MUTED))
    source = shortened(clean(deck.source), 14, INNER - 0.2, 2)
    deck.words(slide, Box(MARGIN, 6.75, INNER, 0.5), [source], Style(14, theme.MUTED))
    deck.notes(slide, [story.facts, *story.method, deck.source])


def _paragraphs(deck: Deck, title: str, said: tuple[str, ...], story: Story, texts: Texts) -> None:
    """Add words on as many slides as hold them."""
    room = HEIGHT - 0.55 - 1.05
    found = pages(tuple(clean(text) for text in said), TEXT, INNER - 0.2, room, _GAP)
    for number, page in enumerate(found, start=1):
        name = title
        if len(found) > 1:
            name = texts.get("slides.more", title=title, part=number, parts=len(found))
        slide, top = deck.slide(name)
        deck.words(slide, Box(MARGIN, top + 0.1, INNER, HEIGHT - 0.5 - top - 0.1), page, Style(TEXT), _GAP)
        deck.notes(slide, [*page, *story.method])


def _assumptions(deck: Deck, frame: pd.DataFrame, story: Story, texts: Texts) -> None:
    """Say how many parameters are assumed, and show the first of them."""
    every = frame.drop_duplicates("name")
    assumed = every[every["grade"].astype(str) == ASSUMED]
    key = "slides.assumed_count" if len(assumed) else "slides.assumed_none"
    key = "slides.assumed_only" if len(every) == len(assumed) == 1 else key
    said = texts.get(key, assumed=texts.number(len(assumed)), count=texts.number(len(every)))
    slide, top = deck.slide(texts.get("slides.assumptions"))
    room = height(lines(said, TEXT, INNER - 0.2), TEXT) + 0.05
    deck.words(slide, Box(MARGIN, top, INNER, room), [said], Style(TEXT))
    deck.notes(slide, [said, *story.method])
    if len(assumed) == 0:
        return
    shown = assumed.head(_MOST_ASSUMED)
    rows = [[texts.get(f"slides.{name}") for name in ("parameter", "value", "range", "unit")]]
    for row in shown.to_dict("records"):
        value, low, high = (cell_words(row.get(name), texts) for name in ("value", "low", "high"))
        spread = texts.get("word.span", low=low, high=high) if low and high else ""
        name = parameter_name(str(row["name"]), story.lang)
        rows.append([name, value, spread, cell_words(row.get("unit"), texts)])
    widths = [4.9, 1.6, 2.6, 3.2]
    top += room + 0.1
    deck.table(
        slide, Box(MARGIN, top, sum(widths), 0.32 * len(rows)), rows, widths, texts.get("slides.assumptions")
    )
    if len(shown) < len(assumed):
        more = texts.get(
            "slides.assumed_shown", shown=texts.number(len(shown)), count=texts.number(len(assumed))
        )
        below = Box(MARGIN, top + 0.32 * len(rows) + 0.08, INNER, 0.3)
        deck.words(slide, below, [more], Style(SMALL, theme.MUTED))


def _provenance(deck: Deck, story: Story, texts: Texts) -> None:
    slide, top = deck.slide(texts.get("slides.provenance"))
    note = texts.get("slides.provenance_note")
    deck.words(slide, Box(MARGIN, top, INNER, 0.32), [note], Style(LEAD, theme.MUTED))
    top += 0.4
    rest = [f"{label}: {value}" for label, value in story.provenance]
    kept: list[str] = []
    used, room = 0.0, HEIGHT - 0.5 - top
    for line in rest:
        said = shortened(clean(line), 14, INNER - 0.2, 3)
        size = height(lines(said, 14, INNER - 0.2), 14) + 0.06
        if used + size > room:
            break
        kept.append(said)
        used += size
    deck.words(slide, Box(MARGIN, top, INNER, room), kept or [deck.source], Style(14), 0.06)
    deck.notes(slide, [*rest, deck.source])
