"""The workbook: tidy sheets, number formats, charts that point at their cells, and no formula anywhere."""

# ruff: noqa: ANN401  # what is read back from an office file has no types

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from tests.presentation import story_samples as samples
from tests.presentation.programs import as_pdf

from ankomst.report.chart.figure_data import chart_of, data_of
from ankomst.report.document.cells import sheet_name, value_of
from ankomst.report.document.story import Sheet
from ankomst.report.writers.workbook import build_workbook

if TYPE_CHECKING:
    from pathlib import Path

ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!")


@pytest.fixture(name="made", scope="module", params=samples.EACH.items(), ids="-".join)
def made_fixture(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Any, Path]:
    story = samples.story(*request.param)
    out = build_workbook(story, tmp_path_factory.mktemp("book") / "new" / "book.xlsx")
    assert [path.name for path in out.parent.iterdir()] == ["book.xlsx"]
    return load_workbook(out), story, out


def cells(book: Any) -> list[Any]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_there_is_a_sheet_per_table_and_per_figure(made: tuple[Any, Any, Path]) -> None:
    book, story, _ = made
    assert book.sheetnames[:3] == ["README", "differences", "all_parameters"]
    assert len(book.sheetnames) == 3 + len(story.figures)
    assert max(map(len, book.sheetnames)) <= 31
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
    said = " ".join(str(cell.value) for row in book["README"].iter_rows() for cell in row if cell.value)
    for part in (
        story.title,
        story.facts,
        story.source,
        *story.method,
        *(item.title for item in story.figures),
    ):
        assert " ".join(str(part).split()) in " ".join(said.split())


def test_there_is_no_formula_and_no_error(made: tuple[Any, Any, Path]) -> None:
    book, _, out = made
    found = cells(book)
    assert not [cell.coordinate for cell in found if cell.data_type in {"f", "e"}]
    assert not [cell.value for cell in found if str(cell.value).strip() in ERRORS]
    with zipfile.ZipFile(out) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not [name for name in sheets if b"<f>" in archive.read(name)]


def test_tables_are_stored_as_they_are(made: tuple[Any, Any, Path]) -> None:
    book, story, _ = made
    sheet, frame = book["differences"], story.sheets[0].frame
    assert [cell.value for cell in sheet[1]] == list(frame.columns)
    assert [cell.value for cell in sheet[3]][:3] == ["=1+1", "DKK", -61234.5]
    assert sheet["A3"].data_type == "s"
    assert sheet["A3"].quotePrefix
    assert sheet["C4"].value is None
    assert sheet["G2"].value is True
    formats = [sheet.cell(row, 3).number_format for row in (2, 3)]
    assert formats == ["0.0%", "#,##0"]
    assert sheet["F2"].number_format == "#,##0"
    assert all(sheet.column_dimensions[letter].width >= 8 for letter in "ABC")


def test_charts_show_the_cells_that_they_point_at(made: tuple[Any, Any, Path]) -> None:
    book, story, out = made
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if "/charts/chart" in name}
    shown = [chart_of(item) for item in story.figures]
    assert len(parts) == sum(len(chart.panels) for chart in shown if chart is not None)
    for text in parts.values():
        references = re.findall(r"<numRef><f>([^<]*)</f><numCache>(.*?)</numCache>", text, re.DOTALL)
        assert references
        for where, cache in references:
            name, _, area = where.replace("$", "").rpartition("!")
            left, top, _, bottom = range_boundaries(area)
            sheet = book[name.strip("'")]
            column = [sheet.cell(row, left).value for row in range(top, bottom + 1)]
            points = dict(re.findall(r'<pt idx="(\d+)"><v>([^<]*)</v>', cache))
            held = [float(points[str(k)]) if str(k) in points else None for k in range(len(column))]
            assert held == pytest.approx(column), where
        for bars in re.findall(r"<errBars>(.*?)</errBars>", text, re.DOTALL):
            assert bars.index("<plus>") < bars.index("<minus>")
        assert '<delete val="0"' in text


def test_numbers_of_figures_stand_in_their_sheets(made: tuple[Any, Any, Path]) -> None:
    book, story, _ = made
    for sheet, item in zip(book.worksheets[3:], story.figures, strict=True):
        data = data_of(item)
        for c, name in enumerate(data.columns, start=1):
            column = [sheet.cell(row, c).value for row in range(2, len(data) + 2)]
            if pd.api.types.is_numeric_dtype(data[name]):
                wanted = [None if value != value else value for value in data[name]]  # noqa: PLR0124
                assert column == pytest.approx(wanted), (item.name, name)


def test_the_same_story_makes_the_same_file(tmp_path: Path) -> None:
    story = samples.story("decision", "en")
    first, second = (build_workbook(story, tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second


def test_hostile_tables_make_a_workbook(tmp_path: Path) -> None:
    bad = "=HYPERLINK(1)\x00\x0b\x1f\ud800"
    # pandas itself takes no half of a pair of letters.
    word = bad.replace("\ud800", "")
    frame = pd.DataFrame(
        {
            word: [word, "+1", "-1", "@a"],
            "when": pd.to_datetime(["2013-07-01T12:00:00Z"] * 4),
            "big": [10**18, 1, 2, 3],
            "odd": [np.inf, -np.inf, np.nan, 1e-9],
            "list": [[1, 2], {"a": 1}, None, pd.NA],
            "long": ["x" * 40_000, "", "y", "z"],
            "flag": pd.array([True, False, None, True], dtype="boolean"),
        }
    )
    name = "a:b/c?*[x]\\" * 20
    sheets = tuple(Sheet(name, bad, bad, frame) for _ in range(3))
    empty = Sheet("History", "Empty", "", frame.head(0))
    bare = Sheet("bare", "No columns", "", pd.DataFrame())
    story = samples.story(
        "run", "da", first=1, sheets=(*sheets, empty, bare), title=bad, facts=bad, source=bad
    )
    out = build_workbook(story, tmp_path / "bad.xlsx")
    book = load_workbook(out)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames) == 7
    assert not [cell for cell in cells(book) if cell.data_type in {"f", "e"}]
    sheet = book.worksheets[1]
    assert sheet["A2"].value == "=HYPERLINK(1)"
    assert [sheet.cell(row, 4).value for row in range(2, 6)] == [
        "\N{INFINITY}",
        "\N{MINUS SIGN}\N{INFINITY}",
        None,
        1e-9,
    ]
    assert sheet["G4"].value is None


def test_names_of_sheets_are_short_and_differ() -> None:
    taken: list[str] = []
    for wanted in ("a" * 200, "a" * 200, "A" * 200, "", "'quoted'", "history", "[]:*?/\\"):
        taken.append(sheet_name(wanted, taken))
    assert len({name.lower() for name in taken}) == len(taken)
    assert all(0 < len(name) <= 31 and name.strip("'") == name for name in taken)
    assert "history" not in taken


def test_values_are_plain() -> None:
    assert value_of(np.float64(1.5)) == 1.5
    assert value_of(np.bool_(1)) is True
    assert value_of(np.int64(3)) == 3
    assert value_of(pd.NaT) is None
    assert value_of(pd.Timestamp("2013-07-01T12:00:00+02:00")).tzinfo is None  # type: ignore[union-attr]


def test_libreoffice_opens_the_workbook(tmp_path: Path) -> None:
    out = build_workbook(samples.story("run", "en", first=4), tmp_path / "run.xlsx")
    assert as_pdf(out).stat().st_size > 10_000
