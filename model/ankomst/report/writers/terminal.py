"""Tables for terminals of any width: labels are kept, and numbers are never cut."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells
from rich.text import Text

from ankomst.report.writers.streams import as_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

GAP = 2
"""Spaces between two columns."""
LABEL, TEXT = 20, 10
"""Labels and other words fold to no less than this, unless they are shorter or have a longer word."""
JOINTS = "_+./,-=:"
"""After these a word that is too long for its column may end a line."""


@dataclass(frozen=True)
class _Row:
    """Cells of a row; or a heading, which stands above rows and across all columns."""

    cells: tuple[str, ...]
    style: str
    end_section: bool = False
    heading: bool = False


@dataclass(frozen=True)
class _Column:
    """A column: its place in the rows, its width when nothing folds, only the title does, and all do."""

    place: int
    title: str
    number: bool
    natural: int
    titled: int
    least: int


@dataclass
class TerminalTable:
    """Rows of labels, numbers and words, which find their layout when they are printed.

    Where they are wider than the terminal, titles, labels and words fold between words. Where that does not
    do, the columns are spread over several tables with the labels in each, or each row becomes a block of
    lines. A file holds one table, as wide as it is.

    Parameters
    ----------
    labels : sequence of str
        Titles of the columns that say what a row is; without any title the table is a plain list.
    numbers : sequence of str
        Titles of columns that stand to the right and never fold.
    words : sequence of str
        Titles of columns of text after the numbers.
    blocks : bool
        Whether a table that is too wide becomes blocks, for rows that are read and not compared.
    """

    labels: Sequence[str]
    numbers: Sequence[str] = ()
    words: Sequence[str] = ()
    blocks: bool = False
    _rows: list[_Row] = field(default_factory=list, init=False)

    def add_row(self, *cells: str, style: str = "", end_section: bool = False) -> None:
        """Add a row, one cell for each column; `end_section` leaves a line free after it."""
        self._rows.append(_Row(cells, style, end_section=end_section))

    def add_heading(self, text: str, style: str = "bold") -> None:
        """Add a line above the rows that follow, across all columns."""
        self._rows.append(_Row((text,), style, heading=True))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines of the layout for this console."""
        width = options.max_width if console.is_terminal else None
        titles = [as_shown(title, console.encoding) for title in (*self.labels, *self.numbers, *self.words)]
        rows = [
            replace(row, cells=tuple(as_shown(cell, console.encoding) for cell in row.cells))
            for row in self._rows
        ]
        columns = [self._column(place, titles, rows, width) for place in range(len(titles))]
        parts = None if width is None else self._parts(columns, width - 1)
        if width is None:
            yield from _drawn(rows, columns, [column.natural for column in columns], width)
        elif parts is None or (self.blocks and len(parts) > 1):
            yield from _blocks(rows, titles, len(self.labels), width)
        else:
            for k, part in enumerate(parts):
                yield from _drawn(rows, part, _fitting(part, width - 1) or [], width, first=k == 0)

    def _column(self, place: int, titles: Sequence[str], rows: Iterable[_Row], width: int | None) -> _Column:
        cells = [row.cells[place] for row in rows if not row.heading]
        title, label = titles[place], place < len(self.labels)
        number = not label and place < len(self.labels) + len(self.numbers)
        titled = max(_longest(title), max(map(_widest, cells), default=0))
        least = titled
        if not number:
            least = min(titled, max(LABEL if label else TEXT, *map(_longest, (title, *cells))))
            # A word that is longer than its share of the terminal is taken apart, and then into short lines.
            if width is not None and least > width // (len(self.labels) + 1):
                least = width // (len(self.labels) + 2)
        return _Column(place, title, number, max(titled, _widest(title)), titled, least)

    def _parts(self, columns: Sequence[_Column], width: int) -> list[list[_Column]] | None:
        """Spread the columns over as few tables as fit, or return None where one does not fit alone."""
        labels, others = columns[: len(self.labels)], columns[len(self.labels) :]
        parts = [list(labels)]
        for column in others:
            if _fitting([*parts[-1], column], width) is None and len(parts[-1]) > len(labels):
                parts.append(list(labels))
            parts[-1].append(column)
        return parts if all(_fitting(part, width) for part in parts) else None


def fold(text: str, width: int) -> list[str]:
    """Return a text in lines of a width: between words, and inside words that are longer than a line."""
    return [line for part in text.split("\n") for line in _folded(part, max(1, width))]


def _folded(text: str, width: int) -> list[str]:
    if cell_len(text) <= width:
        return [text]
    indent = " " * min(len(text) - len(text.lstrip()), width // 2)
    lines = [""]
    for word in text.split():
        for k, piece in enumerate(_pieces(word, width - len(indent))):
            begun = lines[-1] + (" " if lines[-1] and k == 0 else "")
            if not lines[-1] or cell_len(begun + piece) <= width - len(indent):
                lines[-1] = begun + piece
            else:
                lines.append(piece)
    return [indent + line for line in lines]


def _pieces(word: str, width: int) -> list[str]:
    """Return a word, or its pieces where it is longer than a line."""
    if cell_len(word) <= width:
        return [word]
    pieces = [""]
    for letter in word:
        pieces[-1] += letter
        if letter in JOINTS:
            pieces.append("")
    return [short for piece in pieces if piece for short in chop_cells(piece, width)]


def _widest(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def _longest(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _fitting(columns: Sequence[_Column], width: int) -> list[int] | None:
    """Return the widths of columns side by side; None where they do not fit even when folded."""
    room = width - GAP * (len(columns) - 1)
    if sum(column.least for column in columns) > room:
        return None
    widths = [column.natural for column in columns]
    while sum(widths) > room:
        # Titles fold first, and then what is widest.
        folding = [k for k, column in enumerate(columns) if widths[k] > column.least]
        widths[max(folding, key=lambda k: (widths[k] > columns[k].titled, widths[k]))] -= 1
    return [
        max(min(width, column.titled), *map(cell_len, fold(column.title, width)))
        for column, width in zip(columns, widths, strict=True)
    ]


def _drawn(
    rows: Sequence[_Row],
    columns: Sequence[_Column],
    widths: Sequence[int],
    width: int | None,
    *,
    first: bool = True,
) -> Iterator[Text]:
    """Yield the lines of one table on a terminal of a width, or in a file."""
    titled = any(column.title for column in columns)
    margin = " " if titled else ""
    if titled:
        folded = [fold(column.title, width) for column, width in zip(columns, widths, strict=True)]
        height = max(map(len, folded))
        yield from [Text()] * first
        for line in zip(*([""] * (height - len(title)) + title for title in folded), strict=True):
            yield Text(margin + _line(line, columns, widths), "bold")
        yield Text(margin + (" " * GAP).join("\N{BOX DRAWINGS LIGHT HORIZONTAL}" * width for width in widths))
    for k, row in enumerate(rows):
        if row.heading:
            room = width - len(margin) if width else cell_len(row.cells[0])
            yield from (Text(margin + line, row.style) for line in fold(row.cells[0], room))
            continue
        cells = [fold(row.cells[column.place], width) for column, width in zip(columns, widths, strict=True)]
        for line in zip_longest(*cells, fillvalue=""):
            yield Text(margin + _line(line, columns, widths), row.style)
        if row.end_section and k < len(rows) - 1:
            yield Text()
    if titled:
        yield Text()


def _line(cells: Sequence[str], columns: Sequence[_Column], widths: Sequence[int]) -> str:
    shown = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        room = " " * (width - cell_len(cell))
        shown.append(room + cell if column.number else cell + room)
    return (" " * GAP).join(shown).rstrip()


def _blocks(rows: Sequence[_Row], titles: Sequence[str], labels: int, width: int) -> Iterator[Text]:
    """Yield a block of lines for each row: its labels, and below them what the columns say."""
    for k, row in enumerate(rows):
        if row.heading or k == 0:
            yield Text()
        if row.heading:
            yield from (Text(f" {line}", row.style) for line in fold(row.cells[0], width - 1))
            continue
        named = (" " * GAP).join(cell for cell in row.cells[:labels] if cell)
        yield from (Text(f" {line}", "bold") for line in fold(named, width - 1))
        said = [
            f"{title}: {', '.join(cell.split(chr(10)))}" if title else cell
            for title, cell in zip(titles[labels:], row.cells[labels:], strict=True)
            if cell.strip()
        ]
        yield from (Text(f"   {line}", row.style) for line in _flowed(said, width - 3))
    yield Text()


def _flowed(said: Sequence[str], width: int) -> list[str]:
    """Put as many sayings on a line as fit."""
    lines: list[str] = []
    whole = False
    for each in said:
        if whole and cell_len(lines[-1]) + 3 + cell_len(each) <= width:
            lines[-1] += f"   {each}"
        else:
            lines += fold(each, width)
            whole = cell_len(each) <= width
    return lines
