"""The slides of one figure: charts with title, take-away, key, footer and notes, or a table of numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pandas as pd

from ankomst.report.chart import theme
from ankomst.report.chart.figure_data import chart_of, data_of
from ankomst.report.chart.figure_words import clean, one_line
from ankomst.report.chart.native import ROWS
from ankomst.report.chart.native_axes import Box, Frame
from ankomst.report.chart.native_chart import add_chart
from ankomst.report.chart.text_size import height, lines, text_width, whole_sentences
from ankomst.report.writers.slide_pages import Page, label_room, pages
from ankomst.report.writers.slide_parts import INNER, MARGIN, SMALL, Deck, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.slide import Slide

    from ankomst.report.chart.native import Kind, Panel
    from ankomst.report.document.page import Drawn
    from ankomst.report.document.story import Story
    from ankomst.report.document.texts import Texts

LEAD: Final = 16
_FOOTER_LINES, _LEAD_LINES = 3, 3
_TABLE_LENGTH: Final = 10


def add_figure(deck: Deck, drawn: Drawn, story: Story, texts: Texts) -> int:
    """Add the slides of a figure; return how many there are."""
    chart = chart_of(drawn)
    if chart is None or not any(panel.series for panel in chart.panels):
        _table_slide(deck, drawn, story, texts)
        return 1
    found = pages(chart, texts)
    for number, page in enumerate(found, start=1):
        title = drawn.title
        if len(found) > 1:
            title = texts.get("slides.more", title=title, part=number, parts=len(found))
        _chart_slide(deck, drawn, story, texts, chart.kind, page, title)
    return len(found)


def _notes(drawn: Drawn, story: Story, texts: Texts) -> list[str]:
    lead, footer = _words(drawn)
    said = [drawn.title, lead, footer, *story.method]
    return [*(text for text in said if text), texts.get("slides.notes_source", source=story.source)]


def _words(drawn: Drawn) -> tuple[str, str]:
    """Return lead and footer: those of the charts where these look otherwise than the figure of the page."""
    chart = drawn.chart
    return (chart and chart.lead) or drawn.lead, (chart and chart.footer) or drawn.footer


def _top(deck: Deck, drawn: Drawn, title: str) -> tuple[Slide, float]:
    slide, top = deck.slide(title)
    lead = whole_sentences(clean(_words(drawn)[0]), LEAD, INNER - 0.15, _LEAD_LINES)
    if lead:
        room = height(lines(lead, LEAD, INNER - 0.15), LEAD) + 0.02
        deck.words(slide, Box(MARGIN, top, INNER, room), [lead], Style(LEAD, theme.MUTED))
        top += room + 0.06
    return slide, top


def _chart_slide(
    deck: Deck, drawn: Drawn, story: Story, texts: Texts, kind: Kind, page: Page, title: str
) -> None:
    slide, top = _top(deck, drawn, title)
    top = deck.legend(slide, _key(kind, page.panels), top)
    footer = " ".join(
        text for text in (page.said, _explained(drawn, kind, page, texts), _words(drawn)[1]) if text
    )
    bottom = deck.footer(slide, footer, _FOOTER_LINES, texts.get("slides.footer_more"))
    deck.notes(slide, _notes(drawn, story, texts))
    heads = _heads(deck, slide, page.panels, kind, top)
    for panel, frame in zip(page.panels, _frames(page, kind, heads, bottom - 0.08), strict=True):
        add_chart(slide.shapes, kind, panel, frame, texts)


def _key(kind: Kind, panels: Sequence[Panel]) -> list[tuple[str, str, str]]:
    """Return the entries of the key; none where it would only repeat the labels of the rows or the axis."""
    sign = {"lines": "\N{BLACK RECTANGLE}", "scatter": "\N{BLACK CIRCLE}"}.get(kind, "\N{BLACK SQUARE}")
    found: dict[str, tuple[str, str, str]] = {}
    for panel in panels:
        for series in panel.series:
            mark = "\N{BLACK CIRCLE}" if series.along and not series.joined else sign
            mark = "\N{BLACK RECTANGLE}" if series.joined else mark
            found.setdefault(series.name, (mark, series.colour or theme.INK, series.name))
    if kind in ROWS and all(_named_by_rows(panel) for panel in panels):
        return []
    # The title of the axis, or of the panel, has said the same.
    if all(len(panel.series) == 1 and _told(panel) for panel in panels):
        return []
    return list(found.values())


def _told(panel: Panel) -> bool:
    name = panel.series[0].name.casefold()
    return name == panel.unit.casefold() or panel.title.casefold().startswith(name)


def _named_by_rows(panel: Panel) -> bool:
    """Tell whether each series is one row and has nearly the name of that row."""
    for series in panel.series:
        rows = [k for k, value in enumerate(series.values) if value is not None]
        if len(rows) != 1 or not panel.categories[rows[0]].startswith(series.name[:20]):
            return False
    return True


def _explained(drawn: Drawn, kind: Kind, page: Page, texts: Texts) -> str:
    """Say what thin lines and bars are, and what the figure of the page has beyond the chart."""
    said = []
    if any(value is not None for panel in page.panels for series in panel.series for value in series.low):
        said.append(
            texts.get("slides.interval_lines" if kind in {"lines", "areas"} else "slides.interval_bars")
        )
    if drawn.chart is None and kind == "stacked":
        shown = {series.name for panel in page.panels for series in panel.series}
        data = data_of(drawn)
        left = [
            str(name) for name in dict.fromkeys(data.loc[data["x"].notna(), "series"]) if name not in shown
        ]
        if left:
            said.append(texts.get("slides.also", names=texts.listing(left)))
    return " ".join(said)


def _heads(deck: Deck, slide: Slide, panels: Sequence[Panel], kind: Kind, top: float) -> float:
    """Write the titles of the panels above them; return the place below."""
    if not any(panel.title for panel in panels):
        return top
    places = _places(panels, kind)
    most = 1
    for panel, (left, width) in zip(panels, places, strict=True):
        room = width - 0.1
        said = clean(panel.title)
        count = min(2, lines(said, SMALL, room, bold=True))
        most = max(most, count)
        if said:
            words = whole_sentences(said, SMALL, room / 1.08, 2)
            deck.words(
                slide,
                Box(left, top, width, height(count, SMALL)),
                [words],
                Style(SMALL, theme.INK, bold=True),
            )
    return top + height(most, SMALL) + 0.04


def _places(panels: Sequence[Panel], kind: Kind) -> list[tuple[float, float]]:
    """Return left and width of the plots of the panels beside each other, without the labels of rows."""
    labels = label_room(panels) if kind in ROWS else 0.0
    width = (INNER - labels) / len(panels)
    return [(MARGIN + labels + k * width, width) for k in range(len(panels))]


def _frames(page: Page, kind: Kind, top: float, bottom: float) -> list[Frame]:
    frames = []
    labels = label_room(page.panels) if kind in ROWS else 0.65
    ends = page.ends or ((0.0, 0.0),) * len(page.panels)
    for k, (left, width) in enumerate(_places(page.panels, kind)):
        if kind in ROWS:
            # The first chart has the labels of the rows, the others stand beside it.
            before = labels if k == 0 else 0.0
            box = Box(left - before, top, width + before, bottom - top)
            frames.append(Frame(box, labels if k == 0 else 0.2, named=k == 0, ends=ends[k]))
        else:
            box = Box(left, top, width - 0.1, bottom - top)
            frames.append(Frame(box, labels, ends=ends[k], across=page.across))
    return frames


def _table_slide(deck: Deck, drawn: Drawn, story: Story, texts: Texts) -> None:
    """Show the leading rows of what no chart of a slide can show."""
    slide, top = _top(deck, drawn, drawn.title)
    bottom = deck.footer(slide, drawn.footer, _FOOTER_LINES, texts.get("slides.footer_more"))
    deck.notes(slide, _notes(drawn, story, texts))
    data = data_of(drawn)
    if len(data) == 0:
        return
    shown, key = leading(data)
    said = texts.get(f"slides.{key}", shown=texts.number(len(shown)), count=texts.number(len(data)))
    deck.words(slide, Box(MARGIN, top, INNER, 0.3), [said], Style(SMALL, theme.INK))
    rows = table_rows(shown, texts)
    widths = _widths(rows)
    room = min(0.32 * len(rows), bottom - top - 0.45)
    box = Box(MARGIN, top + 0.32, sum(widths), room)
    deck.table(slide, box, rows, widths, texts.get("slides.table_alt", title=drawn.title))


def leading(data: pd.DataFrame, most: int = _TABLE_LENGTH) -> tuple[pd.DataFrame, str]:
    """Return the rows to show, and the text that says which they are."""
    if len(data) <= most:
        return data, "table_all"
    numbers = [name for name in data.columns if pd.api.types.is_numeric_dtype(data[name])]
    if len(numbers) == 1:
        order = data[numbers[0]].abs().sort_values(ascending=False, kind="stable").index
        return data.loc[order].head(most), "table_largest"
    return data.head(most), "table_leading"


def table_rows(data: pd.DataFrame, texts: Texts) -> list[list[str]]:
    """Return a table as words, with the names of its columns first."""
    alone = "x" in data.columns and "y" not in data.columns
    heads = []
    for name in map(str, data.columns):
        key = f"slides.table.{'value' if name == 'x' and alone else name}"
        heads.append(texts.get(key) if key in texts.entries else name.replace("_", " "))
    return [
        heads,
        *([cell_words(value, texts) for value in record.values()] for record in data.to_dict("records")),
    ]


def cell_words(value: object, texts: Texts) -> str:
    """Return a value of a table as the language writes it; nothing where there is none."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        number = float(value)  # type: ignore[arg-type]
        if not math.isfinite(number):
            return ""
        size = abs(number)
        return texts.number(number, 0 if number.is_integer() or size >= 100 else 2 if size >= 1 else 3)
    return one_line(value)


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return widths of columns that hold their words, as far as the slide is wide enough."""
    wanted = [
        max(text_width(row[c], SMALL, bold=k == 0) for k, row in enumerate(rows)) + 0.24
        for c in range(len(rows[0]))
    ]
    over = sum(wanted) - INNER
    if over <= 0:
        return wanted
    wide = [max(0.0, width - 1.2) for width in wanted]
    return [width - over * spare / sum(wide) for width, spare in zip(wanted, wide, strict=True)]
