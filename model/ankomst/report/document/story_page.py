"""A story as a page: head, findings, method, contents, sections, and what stands at the end."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ankomst.report.document.page import contents, figure_html, page_html, paragraph
from ankomst.report.document.texts import load_texts
from ankomst.report.writers.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.report.document.story import Section, Story
    from ankomst.report.document.texts import Texts


def write_story(story: Story, out: Path, annex: str = "") -> Path:
    """Write a story as one file; see `story_html`.

    Parameters
    ----------
    story : Story
    out : Path
        Its folder is made when it is missing.
    annex : str

    Returns
    -------
    Path
        The file written.
    """
    return write_whole(out, story_html(story, annex).encode("utf-8"))


def story_html(story: Story, annex: str = "") -> str:
    """Return a story as a self-contained page: no network, no second file.

    Parameters
    ----------
    story : Story
    annex : str
        HTML between the sections and the end of the page.
    """
    texts = load_texts(story.lang)
    numbers = {drawn.name: number for number, drawn in enumerate(story.figures, start=1)}
    script = escape(texts.get("page.no_script"))
    # All but the head of the page is its main part: nothing stands outside the landmarks.
    body = (
        story.head,
        "<main>",
        *(paragraph(text, "banner") for text in story.banners),
        story.box,
        story.how,
        story.nav or contents(story.figures, texts),
        f"<noscript><p>{script}</p></noscript>",
        *(_section(section, numbers, story.source, texts) for section in story.sections),
        annex,
        story.end,
        "</main>",
    )
    html = "\n".join(part for part in body if part)
    return page_html(lang=story.lang, title=story.title, body=html, styles=story.styles)


def _section(section: Section, numbers: dict[str, int], source: str, texts: Texts) -> str:
    name, heading = escape(section.name, quote=True), escape(section.heading)
    figures = (figure_html(numbers[drawn.name], drawn, texts, source) for drawn in section.figures)
    return "\n".join(
        (f'<h2 class="part" id="part-{name}">{heading}</h2>{section.above}', *figures, section.below)
    )
