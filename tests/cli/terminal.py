"""What commands print, kept as they print it, shown on terminals of several widths, and read again."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console

from ankomst.report.writers.terminal import TerminalTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTHS = (80, 100, 120)
RULE = "\N{BOX DRAWINGS LIGHT HORIZONTAL}"


@dataclass
class Recorder:
    """A console that keeps what is printed."""

    printed: list[object] = field(default_factory=list)

    def print(self, *things: object) -> None:
        """Keep things."""
        self.printed += things

    @property
    def tables(self) -> list[TerminalTable]:
        """The tables among them."""
        return [thing for thing in self.printed if isinstance(thing, TerminalTable)]


def on_terminal(thing: object, width: int) -> str:
    """Show what is printed on a terminal of a width."""
    text = io.StringIO()
    screen = Console(
        file=text,
        force_terminal=True,
        color_system=None,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
    )
    screen.print(thing)
    return text.getvalue()


def bare(text: str) -> str:
    """Return a text without spaces: folding changes nothing else."""
    return re.sub(r"\s", "", text)


def assert_fits(text: str, width: int) -> None:
    """Assert that no line is too long, and nothing is cut."""
    for line in text.split("\n"):
        assert len(line) <= width, line
    assert "\N{HORIZONTAL ELLIPSIS}" not in text
    assert not re.search(r"\w\.\.\.$", text, re.MULTILINE), text


def assert_whole(table: TerminalTable, text: str) -> None:
    """Assert that a shown table holds every label, title, number and word, each row with its own cells."""
    if RULE * 3 in text:
        assert_parts(table, text)
    elif any((*table.labels, *table.numbers, *table.words)):
        assert_blocks(table, text)
    else:
        for row in table._rows:
            assert bare("".join(row.cells)) in bare(text)


def assert_parts(table: TerminalTable, text: str) -> None:
    """Assert that the parts of a table hold all columns, in each of them every row with its labels."""
    lines = text.split("\n")
    rules = [k for k, line in enumerate(lines) if line.strip() and set(line) <= {RULE, " "}]
    titles = [*table.labels, *table.numbers, *table.words]
    labels, found = len(table.labels), len(table.labels)
    for rule in rules:
        spans = [match.span() for match in re.finditer(f"{RULE}+", lines[rule])]
        top = max((k for k in range(rule) if not lines[k].strip()), default=-1)
        shown = [bare("".join(line[a:b] for line in lines[top + 1 : rule])) for a, b in spans]
        columns = [*range(labels), *range(found, found + len(spans) - labels)]
        assert shown == [bare(titles[column]) for column in columns]
        found += len(spans) - labels
        rest = iter(lines[rule + 1 :])
        for row in table._rows:
            if row.heading:
                assert gathered(rest, [(0, None)], row.cells[:1])
                continue
            cells = [row.cells[column] for column in columns]
            first = gathered(rest, spans, cells)
            for column, cell, at in zip(columns, cells, first, strict=True):
                if labels <= column < labels + len(table.numbers):
                    assert at.strip() == cell.strip()
    assert found == len(titles)


def gathered(rest: Iterator[str], spans: Sequence[tuple[int, int | None]], cells: Sequence[str]) -> list[str]:
    """Read the lines of a row until each column holds its cell; return what its first line holds."""
    first: list[str] = []
    said = [""] * len(spans)
    for line in rest:
        parts = [line[a:b] for a, b in spans]
        if not first and not line.strip():
            continue
        first = first or parts
        said = [was + bare(part) for was, part in zip(said, parts, strict=True)]
        # The end of each column is a gap: nothing runs from one into the next.
        for _, end in spans[:-1]:
            assert not line[end:][:2].strip(), line
        if said == [bare(cell) for cell in cells]:
            return first
        assert all(bare(cell).startswith(was) for cell, was in zip(cells, said, strict=True)), (said, cells)
    raise AssertionError(f"{cells} are not all there")


def assert_blocks(table: TerminalTable, text: str) -> None:
    """Assert that blocks hold every label on lines of its own, and below it every cell behind its title."""
    labels = len(table.labels)
    titles = [*table.labels, *table.numbers, *table.words]
    rest = bare(text)
    for row in table._rows:
        wanted = [row.cells[0]] if row.heading else [cell for cell in row.cells[:labels] if cell]
        if not row.heading:
            wanted += [
                f"{title}: {cell}".replace("\n", ", ")
                for title, cell in zip(titles[labels:], row.cells[labels:], strict=True)
                if cell.strip()
            ]
        for each in wanted:
            assert rest.startswith(bare(each)), (each, rest[:200])
            rest = rest.removeprefix(bare(each))
    assert not rest


def assert_words(said: str, text: str, width: int) -> None:
    """Assert that prose is folded between words, unless a word is longer than a line."""
    assert bare(text) == bare(said)
    words = text.split()
    assert all(word in words for word in said.split() if len(word) <= width)
