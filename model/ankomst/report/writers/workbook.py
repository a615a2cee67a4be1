"""A result as a workbook: a sheet to read first, a tidy sheet per table, and the numbers of every figure."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ankomst.report.chart import theme
from ankomst.report.chart.figure_data import data_of
from ankomst.report.chart.figure_words import clean
from ankomst.report.document.cells import code_of, column_code, fit_columns, put, sheet_name
from ankomst.report.document.texts import LOCALES, load_texts
from ankomst.report.writers.files import date_of, steady, write_whole
from ankomst.report.writers.workbook_charts import add_charts

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from ankomst.report.document.page import Drawn
    from ankomst.report.document.story import Sheet, Story
    from ankomst.report.document.texts import Texts

_MOST_ROWS: Final = 1_048_000
_SAMPLE: Final = 200
_HEAD: Final = PatternFill("solid", fgColor=theme.GRID.lstrip("#").upper())
_BOLD: Final = Font(bold=True)
_TITLE: Final = Font(bold=True, size=16)
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")


def build_workbook(story: Story, out: Path) -> Path:
    """Write a result as a workbook.

    Parameters
    ----------
    story : Story
    out : Path
        File to write, ending in ``.xlsx``; its folder is made when it is missing.

    Returns
    -------
    Path
        The file written. It holds values and charts, no formulas; the same story makes the same file.
    """
    texts = load_texts(story.lang, "slides")
    book = Workbook()
    readme = book.active
    readme.title = texts.get("workbook.readme")
    listed: list[tuple[str, str, str]] = []
    for sheet in story.sheets:
        name = _table(book, sheet, texts)
        listed.append((name, clean(sheet.title), clean(sheet.note)))
    for number, drawn in enumerate(story.figures, start=1):
        name = _figure(book, drawn, number, texts)
        title = texts.get("workbook.figure", number=number, title=clean(drawn.title))
        listed.append((name, title, clean(f"{drawn.lead} {drawn.footer}".strip())))
    _readme(readme, story, listed, texts)
    when = date_of(story.made)
    book.properties.title, book.properties.creator = clean(story.title)[:250], "ankomst"
    book.properties.language = LOCALES[story.lang]
    book.properties.created = when
    written = io.BytesIO()
    book.save(written)
    return write_whole(out, steady(written.getvalue(), when))


def _readme(sheet: Worksheet, story: Story, listed: list[tuple[str, str, str]], texts: Texts) -> None:
    """Say what the workbook holds, what the intervals mean and where it comes from."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 60
    sheet.column_dimensions["C"].width = 90
    rows: list[tuple[tuple[object, ...], Font | None]] = [((story.title,), _TITLE), ((story.facts,), None)]
    for key, said in (("found", story.summary), ("meaning", story.method)):
        rows += [((), None), ((texts.get(f"workbook.{key}"),), _BOLD), *(((text,), None) for text in said)]
    rows.append(((texts.get("workbook.gap"),), None))
    rows += [((), None), ((texts.get("workbook.sheets"),), _BOLD)]
    names = len(rows)
    rows += [(entry, None) for entry in listed]
    used = {str(name) for table in story.sheets for name in table.frame.columns}
    known = [name for name in used if f"workbook.column.{name}" in texts.entries]
    if known:
        rows += [((), None), ((texts.get("workbook.columns"),), _BOLD)]
        rows += [((name, texts.get(f"workbook.column.{name}")), None) for name in sorted(known)]
    rows += [((), None), ((texts.get("workbook.source"),), _BOLD), ((story.source,), None)]
    rows += [
        ((), None),
        ((texts.get("workbook.provenance"),), _BOLD),
        *((entry, None) for entry in story.provenance),
    ]
    for r, (values, font) in enumerate(rows, start=1):
        for c, value in enumerate(values, start=1):
            cell = sheet.cell(r, c)
            put(cell, value)
            cell.alignment = _WRAPPED
            if font is not None:
                cell.font = font
        if len(values) == 1:
            # A sentence takes the whole width; a merged row does not grow by itself.
            sheet.merge_cells(start_row=r, start_column=1, end_row=r, end_column=3)
            size = 1.5 if font is _TITLE else 1.0
            sheet.row_dimensions[r].height = 15 * size * (1 + len(str(values[0])) * size // 165)
        elif len(values) > 1:
            deepest = max(
                len(str(value)) // width for value, width in zip(values, (28, 56, 84), strict=False)
            )
            sheet.row_dimensions[r].height = 15 * (1 + deepest)
        if names < r <= names + len(listed):
            link = sheet.cell(r, 1)
            link.hyperlink = f"#'{str(values[0]).replace(chr(39), chr(39) * 2)}'!A1"
            link.font = Font(color="0563C1", underline="single")
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _table(book: Workbook, table: Sheet, texts: Texts) -> str:
    sheet = book.create_sheet(sheet_name(table.name, book.sheetnames))
    _tidy(sheet, table.frame, [str(name) for name in table.frame.columns], texts)
    return str(sheet.title)


def _tidy(sheet: Worksheet, frame: pd.DataFrame, heads: list[str], texts: Texts) -> None:
    """Write a table with its head in the first row, which stays in view and can be filtered."""
    names = [str(name) for name in frame.columns]
    for c, head in enumerate(heads, start=1):
        cell = sheet.cell(1, c)
        put(cell, head)
        cell.font, cell.fill = _BOLD, _HEAD
    codes = [column_code(name, frame.iloc[:, c]) for c, name in enumerate(names)]
    unit = names.index("unit") if "unit" in names else -1
    for r, row in enumerate(frame.head(_MOST_ROWS).itertuples(index=False, name=None), start=2):
        measure = row[unit] if unit >= 0 else None
        for c, value in enumerate(row):
            cell = sheet.cell(r, c + 1)
            put(cell, value)
            if cell.data_type == "n" and cell.value is not None:
                cell.number_format = code_of(names[c], measure, codes[c])
    if len(frame) == 0 and names:
        put(sheet.cell(2, 1), texts.get("workbook.empty"))
    sample = frame.head(_SAMPLE)
    fit_columns(
        sheet,
        1,
        [[head, *("" if pd.api.types.is_float(value) else str(value) for value in sample.iloc[:, c])]
         for c, head in enumerate(heads)],
    )  # fmt: skip
    sheet.freeze_panes = "A2"
    if names:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{max(len(frame), 1) + 1}"
    _printed(sheet)


def _printed(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _figure(book: Workbook, drawn: Drawn, number: int, texts: Texts) -> str:
    wanted = f"{texts.get('workbook.figure_sheet', number=number)} {drawn.name}"
    sheet = book.create_sheet(sheet_name(wanted, book.sheetnames))
    data = data_of(drawn)
    alone = "x" in data.columns and "y" not in data.columns
    heads = []
    for name in map(str, data.columns):
        key = f"slides.table.{'value' if name == 'x' and alone else name}"
        heads.append(texts.get(key) if key in texts.entries else name)
    _tidy(sheet, data, heads, texts)
    add_charts(sheet, drawn, len(heads) + 2, texts)
    return str(sheet.title)
