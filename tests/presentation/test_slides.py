"""Slides: charts with their numbers inside, words that fit, notes, and a file that office programs open."""

# ruff: noqa: ANN401  # what is read back from an office file has no types

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import pptx
import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from pptx.util import Emu
from tests.presentation import story_samples as samples
from tests.presentation.programs import as_pdf

from ankomst.report.chart.figure_data import chart_of
from ankomst.report.chart.native import Chart, Panel, Series
from ankomst.report.chart.text_size import lines, pages, shortened, text_width, whole_sentences
from ankomst.report.document.texts import LOCALES, load_texts
from ankomst.report.writers.slide_pages import divided
from ankomst.report.writers.slides import build_slides

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.report.document.page import Drawn

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DECKS = [*samples.EACH.items(), ("decision", "da")]


@pytest.fixture(name="deck", scope="module", params=DECKS, ids="-".join)
def deck_fixture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    kind, lang = request.param
    story = samples.story(kind, lang)
    out = build_slides(story, tmp_path_factory.mktemp("deck") / "new" / f"{kind}.pptx")
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    return pptx.Presentation(out), story


def charts(file: Any) -> list[Any]:
    return [shape.chart for slide in file.slides for shape in slide.shapes if shape.has_chart]


def cached(reference: Any) -> list[float | None]:
    """Return the numbers that a chart holds of a reference."""
    cache = reference.find(f".//{C}numCache")
    values: list[float | None] = [None] * int(cache.find(f"{C}ptCount").get("val"))
    for point in cache.findall(f"{C}pt"):
        values[int(point.get("idx"))] = float(point.find(f"{C}v").text)
    return values


def in_workbook(sheet: Any, reference: str) -> list[float | None]:
    left, top, right, bottom = range_boundaries(reference.rpartition("!")[2].replace("$", ""))
    return [
        sheet.cell(row, column).value for row in range(top, bottom + 1) for column in range(left, right + 1)
    ]


def test_charts_hold_the_numbers_that_their_workbooks_hold(deck: tuple[Any, Any]) -> None:
    file, story = deck
    assert charts(file)
    shown: set[float] = set()
    for chart in charts(file):
        sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        for reference in chart._chartSpace.iter(f"{C}numRef"):
            stored = in_workbook(sheet, reference.find(f"{C}f").text)
            assert stored == pytest.approx(cached(reference), nan_ok=True)
        for values in chart._chartSpace.iter(f"{C}val", f"{C}yVal"):
            shown |= {round(value, 9) for value in cached(values) if value is not None}
    wanted = {
        round(value, 9)
        for item in story.figures
        if (made := chart_of(item)) is not None
        for panel in made.panels
        for one in panel.series
        for value in one.values
        if value is not None
    }
    assert wanted <= shown


def test_every_slide_has_its_words_and_none_runs_over(deck: tuple[Any, Any]) -> None:
    file, story = deck
    titles = [slide.shapes.title.text_frame.text for slide in file.slides]
    texts = load_texts(story.lang, "slides")
    assert titles[0] == story.title
    assert titles[1].startswith(texts.get("slides.found"))
    for item in story.figures:
        mine = [title for title in titles if title.startswith(" ".join(item.title.split())[:40])]
        assert mine, item.title
    assert titles[-1] == texts.get("slides.provenance")
    for slide in file.slides:
        assert slide.has_notes_slide
        assert slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            place = (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
            assert min(place) >= 0
            assert place[2] <= file.slide_width
            assert place[3] <= file.slide_height
            if shape.has_text_frame:
                check_words(shape, LOCALES[story.lang])
        for one, other in combinations(slide.shapes, 2):
            assert not overlap(one, other), (slide.shapes.title.text_frame.text, one.name, other.name)


def check_words(shape: Any, lang: str) -> None:
    needed, width = 0.0, Emu(shape.width).inches - 0.1
    for paragraph in shape.text_frame.paragraphs:
        sizes = [run.font.size.pt for run in paragraph.runs]
        assert min(sizes, default=12) >= 12
        assert all(run._r.rPr.get("lang") == lang for run in paragraph.runs)
        said = "".join(run.text for run in paragraph.runs)
        size = max(sizes, default=12)
        bold = bool(paragraph.runs and paragraph.runs[-1].font.bold)
        # The words were measured with some care; here they must fit without it.
        needed += lines(said, size * 0.97, width, bold=bold) * size * 1.2 / 72
    assert needed <= Emu(shape.height).inches + 0.05, shape.text_frame.text


def words(slide: Any) -> str:
    return " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def overlap(one: Any, other: Any) -> bool:
    slack = 20_000
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return across > slack and down > slack


def test_notes_tell_the_method_and_the_whole_footer(deck: tuple[Any, Any]) -> None:
    file, story = deck
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in file.slides)
    for item in story.figures:
        assert item.footer in notes
    for method in story.method:
        assert method in notes
    assert story.source in notes


def test_charts_say_what_they_show_to_those_who_do_not_see_them(deck: tuple[Any, Any]) -> None:
    file, _ = deck
    for slide in file.slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
            if shape.has_chart:
                sizes = {int(run.get("sz")) for run in shape.chart._chartSpace.iter(f"{A}defRPr", f"{A}rPr")
                         if run.get("sz")}  # fmt: skip
                assert min(sizes) >= 1200


def own(chart: Chart, item: Drawn | None = None) -> Drawn:
    return replace(item or samples.figures("run", "en")[0], chart=chart)


def deck_of(chart: Chart, out: Path, **changed: object) -> Any:
    story = samples.story("run", "en")
    sections = (replace(story.sections[0], figures=(own(chart),)),)
    return pptx.Presentation(build_slides(replace(story, sections=sections, **changed), out / "own.pptx"))  # type: ignore[arg-type]


def test_intervals_are_error_bars_of_their_lengths(tmp_path: Path) -> None:
    series = (
        Series(
            "first",
            (1.0, None, -3.0),
            (0.5, None, -4.0),
            (2.0, None, -2.5),
            "#0072B2",
            hollow=(False, False, True),
        ),
        Series("second", (2.0, 5.0, 1.0), (), (), "#D55E00"),
    )
    file = deck_of(Chart("points", (Panel("", "DKK", series, ("a", "b", "c")),)), tmp_path)
    (chart,) = charts(file)
    (bars,) = chart._chartSpace.iter(f"{C}errBars")
    assert [child.tag.removeprefix(C) for child in bars] == [
        *("errBarType", "errValType", "noEndCap", "plus", "minus", "spPr"),
    ]
    assert cached(bars.find(f"{C}plus")) == [1.0, None, 0.5]
    assert cached(bars.find(f"{C}minus")) == [0.5, None, 1.0]
    assert bars.getnext().tag == f"{C}cat"
    sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert sheet["D1"].value == "first, up to the upper end"
    assert [sheet.cell(row, 5).value for row in (2, 3, 4)] == [0.5, None, 1.0]
    assert [point.find(f"{C}idx").get("val") for point in chart._chartSpace.iter(f"{C}dPt")] == ["2"]


def test_lines_have_their_intervals_as_thin_lines_and_points_as_bars(tmp_path: Path) -> None:
    series = (
        Series("line", (1.0, 2.0, 3.0), (0.5, 1.5, 2.5), (1.5, 2.5, 3.5), "#0072B2"),
        Series("points", (2.0, 2.5), (1.0, None), (2.2, None), "#D55E00", (12.0, 18.0)),
        Series("frame", (0.0, 1.0), colour="#1d2733", along=(0.0, 24.0), joined=True),
    )
    panel = Panel("", "%", series, (), (0.0, 12.0, 24.0), "Months")
    (chart,) = charts(deck_of(Chart("lines", (panel,)), tmp_path))
    names = [one.name for one in chart.plots[0].series]
    assert names == ["line", "line, lower end", "line, upper end", "points", "frame"]
    (bars,) = chart._chartSpace.iter(f"{C}errBars")
    assert bars.getparent().find(f"{C}tx").find(f".//{C}v").text == "points"
    assert cached(bars.find(f"{C}minus")) == [1.0, None]
    sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert in_workbook(sheet, bars.find(f"{C}plus").find(f".//{C}f").text) == pytest.approx([0.2, None])


def test_areas_and_stacked_bars_add_up(tmp_path: Path) -> None:
    series = (Series("low", (1.0, 2.0), colour="#0072B2"), Series("high", (3.0, 4.0), colour="#D55E00"))
    (area,) = charts(deck_of(Chart("areas", (Panel("", "%", series, (), (0.0, 12.0), "Months"),)), tmp_path))
    assert area.value_axis.maximum_scale >= 6
    (bars,) = charts(deck_of(Chart("stacked", (Panel("", "DKK", series, ("a", "b")),)), tmp_path))
    assert bars.plots[0].overlap == 100
    assert list(bars._chartSpace.iter(f"{C}errBars")) == []


def test_many_rows_and_panels_are_divided_over_slides(tmp_path: Path) -> None:
    names = tuple(f"row number {k} with a name of some length" for k in range(45))
    values = tuple(float(k) for k in range(45))
    panels = tuple(Panel(f"panel {k}", "DKK", (Series("one", values),), names) for k in range(5))
    file = deck_of(Chart("points", panels), tmp_path)
    found = charts(file)
    # Rows on different slides are compared on the same scale.
    assert min(one.value_axis.maximum_scale for one in found) >= 44
    rows = [name for one in found[::1] for name in one.plots[0].categories]
    assert rows.count(names[0]) == rows.count(names[-1]) == 5
    titles = [slide.shapes.title.text_frame.text for slide in file.slides]
    assert any("(1\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}" in title for title in titles)
    assert [last - first for first, last in divided(10, 3)] == [2, 3, 3, 2]
    assert all(one[1] == other[0] for one, other in pairwise(divided(32, 7)))


def test_long_words_go_on_to_further_slides_and_none_is_lost(tmp_path: Path) -> None:
    summary = tuple(
        f"Sentence number {k} says something about the result of the run. " * 3 for k in range(40)
    )
    story = samples.story(
        "validation", "en", first=1, summary=summary, method=("One. " + "Two three. " * 400,)
    )
    file = pptx.Presentation(build_slides(story, tmp_path / "long.pptx"))
    said = " ".join(
        shape.text_frame.text for slide in file.slides for shape in slide.shapes if shape.has_text_frame
    )
    for sentence in summary:
        assert sentence.strip() in said
    assert said.count("Two three.") == 400
    for slide in file.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                check_words(shape, "en-GB")


def test_hostile_words_neither_break_the_file_nor_the_slides(tmp_path: Path) -> None:
    word = "Rindfleischetikettierungs" * 30
    bad = f"=1+1 \x00\x0b\x1f\ud800 <b>&amp; {word} " + "very long title " * 40
    item = replace(samples.figures("run", "en")[1], title=bad, lead=bad, footer=bad)
    chart = Chart(
        "points", (Panel(bad, bad, (Series(bad, (1.0, 2.0), (0.0, 1.0), (2.0, 3.0)),), (bad, "=2")),)
    )
    story = samples.story("run", "en")
    figures = (item, replace(item, chart=chart))
    changed = replace(
        story, title=bad, facts=bad, source=bad, summary=(bad,), method=(bad,), provenance=((bad, bad),),
        sections=(replace(story.sections[0], figures=figures),),
    )  # fmt: skip
    file = pptx.Presentation(build_slides(changed, tmp_path / "bad.pptx"))
    for slide in file.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                check_words(shape, "en-GB")
    for one in charts(file):
        sheet = load_workbook(io.BytesIO(one.part.chart_workbook.xlsx_part.blob)).active
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_what_no_chart_shows_is_a_table_that_says_how_many_rows_there_are(tmp_path: Path) -> None:
    matrix = next(item for item in samples.figures("calibration", "da") if item.name == "sensitivity")
    story = samples.story("calibration", "da")
    story = replace(story, sections=(replace(story.sections[0], figures=(matrix,)),))
    file = pptx.Presentation(build_slides(story, tmp_path / "table.pptx"))
    slide = file.slides[2]
    (table,) = [shape.table for shape in slide.shapes if shape.has_table]
    said = words(slide)
    assert "De 10 største af 312 tal" in said
    values = [table.cell(row, 2).text_frame.text for row in range(1, len(table.rows))]
    assert len(values) == 10
    assert all("," in value and "." not in value for value in values)


def test_assumed_parameters_are_counted(tmp_path: Path) -> None:
    file = pptx.Presentation(build_slides(samples.story("run", "da", first=1), tmp_path / "a.pptx"))
    slide = next(
        one for one in file.slides if one.shapes.title.text_frame.text == "Hvad der hviler på antagelser"
    )
    said = words(slide)
    assert "2 af de 3 parametre" in said


def test_slides_say_when_the_result_was_made(tmp_path: Path) -> None:
    story = samples.story("run", "en", first=1)
    made = pptx.Presentation(build_slides(story, tmp_path / "a.pptx")).core_properties.created
    assert made.isoformat().startswith(story.made[:19])
    never = build_slides(replace(story, made=""), tmp_path / "b.pptx")
    assert pptx.Presentation(never).core_properties.created.year == 2000


def test_the_same_story_makes_the_same_file(tmp_path: Path) -> None:
    story = samples.story("decision", "en")
    first, second = (build_slides(story, tmp_path / name).read_bytes() for name in ("a.pptx", "b.pptx"))
    assert first == second


def test_words_are_measured_and_shortened_at_sentences() -> None:
    assert text_width("mmmm", 12) > text_width("iiii", 12)
    text = "One sentence here. Another one there. A third."
    width = text_width("One sentence here. Another one there.", 12)
    assert whole_sentences(text, 12, width, 1) == "One sentence here. Another one there."
    assert whole_sentences(text, 12, 0.9 * width, 1, "More.") == "One sentence here. More."
    assert shortened("a" * 300, 12, 2.0, 1).endswith("\N{HORIZONTAL ELLIPSIS}")
    assert lines("a" * 300, 12, 2.0) > 5
    assert [len(page) for page in pages(("one",) * 10, 72, 5.0, 3.0, 0.1)] == [2, 2, 2, 2, 2]


def holes(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_both_languages_have_the_same_texts() -> None:
    english, danish = load_texts("en", "slides"), load_texts("da", "slides")
    assert english.entries.keys() == danish.entries.keys()
    own_keys = [key for key in english.entries if key.startswith(("slides.", "workbook.", "image."))]
    assert len(own_keys) > 40
    for key in own_keys:
        holes = [
            {part.partition("}")[0] for part in texts.entries[key].split("{")[1:]}
            for texts in (english, danish)
        ]
        assert holes[0] == holes[1], key
        assert english.entries[key]
        assert danish.entries[key]


def test_libreoffice_opens_the_slides(tmp_path: Path) -> None:
    out = build_slides(samples.story("run", "da", first=4), tmp_path / "run.pptx")
    assert as_pdf(out).stat().st_size > 10_000
