"""The pieces of a slide: a title, words that fit, tables, a footer, notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.util import Inches, Pt

from ankomst.report.chart import theme
from ankomst.report.chart.figure_words import clean, one_line
from ankomst.report.chart.native_axes import Box
from ankomst.report.chart.text_size import FONT, height, lines, shortened, whole_sentences
from ankomst.report.document.texts import LOCALES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.presentation import Presentation
    from pptx.slide import Slide
    from pptx.text.text import TextFrame, _Paragraph

WIDTH, HEIGHT = 13.333, 7.5
MARGIN: Final = 0.5
INNER: Final = WIDTH - 2 * MARGIN
TITLE, TEXT, SMALL = 26, 18, 12
SMALLEST_TITLE: Final = 20
_BLANK, _TITLE_ONLY = 6, 5
_NAME: Final = 5.5
"""Most room of a name in a key where names differ before it ends, inches."""
_NUMBER: Final = 0.8
"""Room of the number of the slide, inches."""


@dataclass(frozen=True)
class Style:
    """How words look."""

    points: float = TEXT
    colour: str = theme.INK
    bold: bool = False


@dataclass
class Deck:
    """A presentation that is being made.

    Parameters
    ----------
    file : Presentation
    lang : str
    source : str
        Said at the bottom of every slide, with the word for it.
    """

    file: Presentation
    lang: str
    source: str

    def slide(self, title: str, *, points: int = TITLE) -> tuple[Slide, float]:
        """Add a slide with a title; return it and the place below the title, in inches."""
        slide = self.file.slides.add_slide(self.file.slide_layouts[_TITLE_ONLY])
        said, size = title_size(title, points)
        room = height(lines(said, size, INNER - 0.1, bold=True), size) + 0.08
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = map(Inches, (MARGIN, 0.28, INNER, room))
        self.fill(shape.text_frame, [said], Style(size, theme.INK, bold=True))
        self._bottom(slide)
        return slide, 0.28 + room + 0.06

    def _bottom(self, slide: Slide) -> None:
        place = HEIGHT - 0.38
        width = INNER - _NUMBER
        words = shortened(clean(self.source), SMALL, width - 0.1, 1)
        self.words(slide, Box(MARGIN, place, width, 0.26), [words], Style(SMALL, theme.MUTED))
        number = str(len(self.file.slides))
        box = self.words(
            slide, Box(WIDTH - MARGIN - _NUMBER, place, _NUMBER, 0.26), [number], Style(SMALL, theme.MUTED)
        )
        box.paragraphs[0].alignment = 3  # right

    def words(
        self, slide: Slide, box: Box, texts: Sequence[str], style: Style, gap: float = 0.0
    ) -> TextFrame:
        """Add a box of paragraphs that takes no more room than its place."""
        shape = slide.shapes.add_textbox(
            Inches(box.left), Inches(box.top), Inches(box.width), Inches(box.height)
        )
        self.fill(shape.text_frame, texts, style, gap)
        return shape.text_frame

    def fill(self, frame: TextFrame, texts: Sequence[str], style: Style, gap: float = 0.0) -> None:
        """Write paragraphs into a frame."""
        frame.word_wrap = True
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = Inches(0.05)
        frame.margin_top = frame.margin_bottom = Inches(0.0)
        for k, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
            paragraph.alignment = 1  # left
            paragraph.space_after = Inches(gap)
            self.run(paragraph, text, style)

    def run(self, paragraph: _Paragraph, text: str, style: Style) -> None:
        """Add words to a paragraph, in the language of the deck."""
        run = paragraph.add_run()
        run.text = clean(text)
        run.font.size = Pt(style.points)
        run.font.bold = style.bold
        run.font.name = FONT
        run.font.color.rgb = RGBColor.from_string(style.colour.lstrip("#").upper())
        run._r.get_or_add_rPr().set("lang", LOCALES[self.lang])  # noqa: SLF001  # python-pptx knows few languages

    def notes(self, slide: Slide, texts: Sequence[str]) -> None:
        """Write what a speaker reads."""
        frame = slide.notes_slide.notes_text_frame
        frame.text = ""
        for k, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = clean(text)
            run._r.get_or_add_rPr().set("lang", LOCALES[self.lang])  # noqa: SLF001

    def legend(self, slide: Slide, entries: Sequence[tuple[str, str, str]], top: float) -> float:
        """Add a key of (sign, colour, name) on as many lines as it needs; return the place below it."""
        if not entries:
            return top
        said = [shortened(clean(name), SMALL, _NAME, 1) for _, _, name in entries]
        if len(set(said)) < len(said):  # what tells them apart stands at the end of the names
            said = [shortened(clean(name), SMALL, INNER - 0.6, 1) for _, _, name in entries]
        named = [(sign, colour, name) for (sign, colour, _), name in zip(entries, said, strict=True)]
        rows: list[list[tuple[str, str, str]]] = [[]]
        for entry in named:
            whole = "    ".join(f"{sign} {name}" for sign, _, name in (*rows[-1], entry))
            if rows[-1] and lines(whole, SMALL, INNER - 0.2) > 1:
                rows.append([])
            rows[-1].append(entry)
        room = height(len(rows), SMALL) + 0.04
        shape = slide.shapes.add_textbox(Inches(MARGIN), Inches(top), Inches(INNER), Inches(room))
        self.fill(shape.text_frame, [""] * len(rows), Style(SMALL))
        for paragraph, row in zip(shape.text_frame.paragraphs, rows, strict=True):
            for k, (sign, colour, name) in enumerate(row):
                self.run(paragraph, ("    " if k else "") + sign, Style(SMALL, colour, bold=True))
                self.run(paragraph, f" {name}", Style(SMALL, theme.INK))
        return top + room + 0.04

    def footer(self, slide: Slide, text: str, most: int, ending: str) -> float:
        """Add the footer above the source line; return the place where it begins."""
        said = whole_sentences(clean(text), SMALL, INNER - 0.15, most, ending)
        room = height(lines(said, SMALL, INNER - 0.15), SMALL)
        top = HEIGHT - 0.44 - room
        self.words(slide, Box(MARGIN, top, INNER, room), [said], Style(SMALL, theme.MUTED))
        return top

    def table(
        self, slide: Slide, box: Box, rows: Sequence[Sequence[str]], widths: Sequence[float], alt: str
    ) -> None:
        """Add a native table with a head; every cell takes one line."""
        graphic = slide.shapes.add_table(
            len(rows), len(rows[0]), Inches(box.left), Inches(box.top), Inches(box.width), Inches(box.height)
        )
        graphic._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt)[:1000])  # noqa: SLF001
        table = graphic.table
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Inches(width)
        for r, row in enumerate(rows):
            table.rows[r].height = Inches(box.height / len(rows))
            for c, said in enumerate(row):
                cell = table.cell(r, c)
                cell.margin_left = cell.margin_right = Inches(0.06)
                cell.margin_top = cell.margin_bottom = Inches(0.02)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.fill.solid()
                shade = theme.GRID if r == 0 else theme.PAPER
                cell.fill.fore_color.rgb = RGBColor.from_string(shade.lstrip("#").upper())
                words = shortened(clean(said), SMALL, widths[c] - 0.16, 1, bold=r == 0)
                paragraph = cell.text_frame.paragraphs[0]
                self.run(paragraph, words, Style(SMALL, theme.INK, bold=r == 0))


def title_size(title: str, points: int) -> tuple[str, int]:
    """Return a title and the largest size at which it takes two lines; a longer one is cut between words."""
    said = one_line(title)
    for size in range(points, SMALLEST_TITLE - 1, -2):
        if lines(said, size, INNER - 0.1, bold=True) <= 2:
            return said, size
    return shortened(said, SMALLEST_TITLE, INNER - 0.1, 2, bold=True), SMALLEST_TITLE
