"""The one strict reader of tables that people bring: a wrong cell is refused, never read as something else.

Tables are CSV as spreadsheets write it: commas and decimal points, or semicolons or tabs and decimal commas;
docs/tables.md says what is read and what is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ankomst.errors import AnkomstError, DataError, nearest_name, show
from ankomst.policy.files import display_path, read_bytes
from ankomst.policy.schema import WrongValueError
from ankomst.policy.tables import table_text
from ankomst.policy.tables.table_numbers import Column, Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["MOST_BYTES", "NOTE", "Column", "CsvTable", "TableLayout", "read_table"]

MOST_BYTES: Final = 5_000_000
NOTE: Final = "note"
"""A column for remarks, which every table may have and nobody reads."""


@dataclass(frozen=True)
class TableLayout:
    """Columns and size that a table may have, and how errors about it are raised.

    Attributes
    ----------
    columns_in_words : str
        The columns as messages name them.
    columns : tuple of Column
        Those that are read.
    unread : tuple of str
        Further columns that the table may have; `note` always.
    error : type
        The error to raise.
    most : int
        Bytes that the file may have.
    nearest : callable
        Finds the name most like a wrong one.
    """

    columns_in_words: str
    columns: tuple[Column, ...]
    unread: tuple[str, ...] = ()
    error: type[AnkomstError] = DataError
    most: int = MOST_BYTES
    nearest: Callable[[str, Sequence[str]], str] = nearest_name

    def check_names(self, names: Sequence[str], where: str) -> None:
        """Refuse names of columns that are empty, doubled, missing or unknown."""
        for number, name in enumerate(names, start=1):
            if not name:
                raise self.error(
                    f"column {number} of the header has no name", where=where, allowed=self.columns_in_words
                )
            if names.index(name) < number - 1:
                raise self.error(
                    f"the column {show(name, 80)} stands twice", where=where, allowed="every column once"
                )
        known = [*(column.name for column in self.columns), *self.unread, NOTE]
        missing = [column.name for column in self.columns if column.needed and column.name not in names]
        unknown = [name for name in names if name not in known]
        if missing or unknown:
            wrong = [f"the column {show(name, 80)} is missing" for name in missing[:1]]
            wrong += [f"the column {show(name, 80)} is unknown" for name in unknown[:1]]
            near = self.nearest(unknown[0], [name for name in known if name not in names]) if unknown else ""
            raise self.error(" and ".join(wrong), where=where, allowed=self.columns_in_words, nearest=near)


@dataclass(frozen=True)
class CsvTable:
    """A table that has been read.

    Attributes
    ----------
    where : str
        The file as messages name it.
    lines : tuple of int
        The line of each row.
    texts : dict
        Name of a column to its cells, of the columns that are read and there.
    numbers : dict
        Name of a column to its numbers, NaN where a cell is blank.
    """

    where: str
    lines: tuple[int, ...]
    texts: dict[str, tuple[str, ...]]
    numbers: dict[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.lines)

    def place(self, row: int) -> str:
        """Return file and line of a row, counted from 0."""
        return f"{self.where}, line {self.lines[row]}"


def read_table(source: Path | bytes, layout: TableLayout, where: str = "") -> CsvTable:
    """Read a table.

    Parameters
    ----------
    source : Path or bytes
        The file, or its content.
    layout : TableLayout
    where : str
        How messages name the file; its path if left out.

    Raises
    ------
    AnkomstError
        Of the layout's kind, in one sentence with file and line: the file is no regular file, or something
        in it is not what the layout says.
    """
    if not isinstance(source, bytes):
        where = where or display_path(source)
        source = read_bytes(source, most=layout.most, kind=layout.error, wanted="a table in CSV")
    try:
        lines = table_text.lines_of(source)
    except WrongValueError as problem:
        raise layout.error(
            problem.what, where=where, allowed=problem.allowed or layout.columns_in_words
        ) from None
    names, separator, rows = _rows(lines, layout, where)
    cells = {name: tuple(row[k] for row in rows.values()) for k, name in enumerate(names)}
    numeric = [column.name for column in layout.columns if column.kind != "text" and column.name in cells]
    _refuse_torn(names, separator, rows, numeric, layout, where)
    writing = Writing.of((text for name in numeric for text in cells[name]), separator)
    table = CsvTable(where, tuple(rows), {}, {})
    for column in layout.columns:
        if column.name in cells:
            _read_column(table, column, cells[column.name], writing, layout)
    return table


def _rows(lines: list[str], layout: TableLayout, where: str) -> tuple[list[str], str, dict[int, list[str]]]:
    """Return the header, what divides its columns, and the cells of each row by its line; blank ones go."""
    names: list[str] = []
    separator, rows = ",", {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{where}, line {number}"
        try:
            if not names:
                separator = table_text.separator_of(line)
            cells = table_text.cells_of(line, separator)
        except WrongValueError as problem:
            raise layout.error(problem.what, where=place, allowed=problem.allowed) from None
        if cells[0].startswith("#"):
            raise layout.error("a line begins with '#'", where=place, allowed=f"remarks in a column {NOTE}")
        if not names:
            layout.check_names(cells, place)
            names = cells
        elif len(cells) != len(names):
            what = table_text.uneven(cells, len(names), line, separator)
            raise layout.error(what, where=place, allowed="as many cells in every row as in the header")
        elif any(cells) or len(cells) == 1:  # a lone cell between quotation marks is a gap
            rows[number] = cells
    if not rows:
        raise layout.error("the table has no rows", where=where, allowed=layout.columns_in_words)
    return names, separator, rows


def _refuse_torn(
    names: list[str],
    separator: str,
    rows: dict[int, list[str]],
    numeric: list[str],
    layout: TableLayout,
    where: str,
) -> None:
    """Refuse a number that a comma has torn apart: 5,500 would be 5 people and the remark 500."""
    for k, (before, name) in enumerate(pairwise(names), start=1):
        if separator == "," and name == NOTE and before in numeric:
            for line, cells in rows.items():
                if cells[k - 1].isdecimal() and cells[k].isdecimal():
                    raise layout.error(
                        f"{before} is {cells[k - 1]} and {NOTE} is {cells[k]}: one number with a comma?",
                        where=f"{where}, line {line}",
                        allowed=f"words in the column {NOTE}",
                    )


def _read_column(
    table: CsvTable, column: Column, cells: tuple[str, ...], writing: Writing, layout: TableLayout
) -> None:
    seen: dict[str, int] = {}
    numbers = np.full(len(cells), np.nan)
    for row, text in enumerate(cells):
        try:
            if not text and not column.blank:
                raise WrongValueError("is empty", column.allowed)  # noqa: TRY301 - like every wrong cell
            if text and column.kind == "text":
                column.word(text)
            elif text:
                numbers[row] = writing.read(text, column)
        except WrongValueError as problem:
            raise layout.error(
                f"{column.name} {problem.what}",
                where=table.place(row),
                allowed=problem.allowed,
                nearest=problem.nearest,
            ) from None
        key = text.casefold().lstrip("0")
        if column.once and key in seen:
            raise layout.error(
                f"the {column.name} {show(text)} stands twice",
                where=table.place(row),
                allowed=f"every {column.name} once; line {table.lines[seen[key]]} has it, too",
            )
        seen[key] = row
    table.texts[column.name] = cells
    if column.kind != "text":
        table.numbers[column.name] = numbers
