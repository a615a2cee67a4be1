"""The lengths of error bars, in the workbook inside a chart of a slide."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ankomst.report.chart.figure_words import clean
from ankomst.report.writers.files import NEVER, steady

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.chart.chart import Chart as NativeChart

    from ankomst.report.chart.native import Panel
    from ankomst.report.document.texts import Texts


@dataclass(frozen=True)
class ErrorColumn:
    """The error bars of one series: its place in the chart, its first row in the workbook, the lengths."""

    series: int
    row: int
    names: tuple[str, str]
    plus: tuple[float | None, ...]
    minus: tuple[float | None, ...]


def error_columns(panel: Panel, texts: Texts, *, flat: bool, looks: Sequence[str]) -> list[ErrorColumn]:
    """Return the error bars of the series of a panel that have an interval.

    Parameters
    ----------
    panel : Panel
    texts : Texts
    flat : bool
        Whether the chart is of numbers against numbers, whose workbook holds one series below the other.
    looks : sequence of str
        What each series of such a chart is: points, line or end of an interval.
    """
    found = []
    row, place = 2, 0
    for series in panel.series:
        filled = [k for k, value in enumerate(series.values) if value is not None or not flat]
        if not flat or looks[place] == "points":
            plus, minus = ([side[k] for k in filled] for side in series.lengths)
            if any(value is not None for value in (*plus, *minus)):
                name = clean(series.name)
                names = (texts.get("slides.plus", name=name), texts.get("slides.minus", name=name))
                found.append(ErrorColumn(place, row, names, tuple(plus), tuple(minus)))
        place += 1
        if flat:
            row += len(filled) + 2
            while place < len(looks) and looks[place] == "end":
                ends = series.low if looks[place - 1] == "line" else series.high
                row += sum(value is not None for value in ends) + 2
                place += 1
    return found


def place_errors(chart: NativeChart, columns: Sequence[ErrorColumn]) -> list[tuple[str, str]]:
    """Write the lengths into the workbook of a chart; return where those of each series stand."""
    inside = chart.part.chart_workbook
    book = load_workbook(io.BytesIO(inside.xlsx_part.blob))
    sheet = book.active
    column = sheet.max_column
    found = []
    for errors in columns:
        references = []
        for name, values in zip(errors.names, (errors.plus, errors.minus), strict=True):
            column += 1
            sheet.cell(errors.row - 1, column).value = name
            sheet.cell(errors.row - 1, column).data_type = "s"
            for k, value in enumerate(values):
                sheet.cell(errors.row + k, column).value = value
            letter = get_column_letter(column)
            references.append(
                f"{sheet.title}!${letter}${errors.row}:${letter}${errors.row + len(values) - 1}"
            )
        found.append((references[0], references[1]))
    written = io.BytesIO()
    book.save(written)
    inside.update_from_xlsx_blob(steady(written.getvalue(), NEVER))
    return found


def hold_as_text(chart: NativeChart) -> None:
    """Make the workbook of a chart the same each time, and no word in it a formula."""
    inside = chart.part.chart_workbook
    book = load_workbook(io.BytesIO(inside.xlsx_part.blob))
    formulas = [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]
    for cell in formulas:
        cell.data_type = "s"
    content = inside.xlsx_part.blob
    if formulas:
        written = io.BytesIO()
        book.save(written)
        content = written.getvalue()
    inside.update_from_xlsx_blob(steady(content, NEVER))
