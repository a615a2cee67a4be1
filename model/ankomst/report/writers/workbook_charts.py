"""Native charts in a workbook, beside the numbers they are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openpyxl.chart import AreaChart, BarChart, ScatterChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.marker import DataPoint, Marker
from openpyxl.chart.series import Series as Plotted
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, ParagraphProperties
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname

from ankomst.report.chart import theme
from ankomst.report.chart.chart_numbers import number_code, scale, tint
from ankomst.report.chart.figure_charts import chart_of
from ankomst.report.chart.figure_words import clean
from ankomst.report.chart.native import ROWS
from ankomst.report.document.cells import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.chart._chart import ChartBase
    from openpyxl.worksheet.worksheet import Worksheet

    from ankomst.report.chart.native import Kind, Panel, Series
    from ankomst.report.document.page import Drawn
    from ankomst.report.document.texts import Texts

_WIDE, _LEAST = 20.0, 11.0
"""Size of a chart, centimetres."""
_COLUMNS: Final = 12
"""Columns of the sheet that a chart covers."""
_CELL: Final = 0.53
"""Height of a row of the sheet, centimetres."""


def add_charts(sheet: Worksheet, drawn: Drawn, first: int, texts: Texts) -> int:
    """Add a chart per panel beside the table of a figure, and to the right of it the numbers it shows.

    Parameters
    ----------
    sheet : Worksheet
    drawn : Drawn
    first : int
        Column at which the charts begin.
    texts : Texts

    Returns
    -------
    int
        How many charts there are; none where no chart can show the same as the figure.
    """
    chart = chart_of(drawn)
    if chart is None:
        return 0
    row, count, deepest = 2, 0, sheet.max_row
    for panel in chart.panels:
        if not panel.series:
            continue
        block = Block(sheet, row, first + _COLUMNS)
        made, used = _chart(block, chart.kind, panel, texts)
        made.title = clean(panel.title or drawn.title)[:120]
        small = CharacterProperties(sz=1200, b=True)
        made.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=small)
        # A title, a legend or an axis title that lies over the plot hides numbers.
        for part in (made.title, made.x_axis.title, made.y_axis.title, made.legend):
            if part is not None:
                part.overlay = False
        sheet.add_chart(made, f"{get_column_letter(first)}{row}")
        # The charts and the table are printed; the numbers of the charts repeat what the table says.
        deepest = max(deepest, row + round(made.height / _CELL) + 1)
        sheet.print_area = f"A1:{get_column_letter(first + _COLUMNS - 1)}{deepest}"
        row += max(used, round(made.height / _CELL)) + 2
        count += 1
    return count


class Block:
    """Numbers of one chart: columns beside each other, from a row and a column of the sheet on.

    Parameters
    ----------
    sheet : Worksheet
    row, column : int
        Of the first head.
    """

    def __init__(self, sheet: Worksheet, row: int, column: int) -> None:
        self.sheet, self.row, self.column = sheet, row, column

    def add(self, head: str, values: Sequence[object], code: str) -> tuple[str, str]:
        """Write a column; return where its head and its values stand."""
        top = self.sheet.cell(self.row, self.column)
        put(top, head)
        top.font = Font(bold=True)
        for k, value in enumerate(values, start=1):
            cell = self.sheet.cell(self.row + k, self.column)
            put(cell, value)
            if cell.data_type == "n" and cell.value is not None:
                cell.number_format = code
        letter, name = get_column_letter(self.column), quote_sheetname(self.sheet.title)
        self.sheet.column_dimensions[letter].width = 16
        self.column += 1
        last = self.row + max(1, len(values))
        return f"{name}!${letter}${self.row}", f"{name}!${letter}${self.row + 1}:${letter}${last}"


def _numbers(reference: str, values: Sequence[float | None], code: str) -> NumDataSource:
    """Return a reference with a copy of its numbers, for programs that do not look them up."""
    points = [NumVal(idx=k, v=repr(float(value))) for k, value in enumerate(values) if value is not None]
    return NumDataSource(
        numRef=NumRef(f=reference, numCache=NumData(formatCode=code, ptCount=len(values), pt=points))
    )


def _words(reference: str, values: Sequence[str]) -> AxDataSource:
    points = [StrVal(idx=k, v=value) for k, value in enumerate(values)]
    return AxDataSource(strRef=StrRef(f=reference, strCache=StrData(ptCount=len(values), pt=points)))


def _label(reference: str, name: str) -> SeriesLabel:
    return SeriesLabel(strRef=StrRef(f=reference, strCache=StrData(ptCount=1, pt=[StrVal(idx=0, v=name)])))


def _chart(block: Block, kind: Kind, panel: Panel, texts: Texts) -> tuple[ChartBase, int]:
    """Return the chart of a panel and the rows that its numbers take."""
    if kind in ROWS:
        made = _rows_chart(block, kind, panel, texts)
        used = len(panel.categories)
    elif kind == "areas":
        made = _areas_chart(block, panel)
        used = len(panel.along)
    else:
        made = _numbers_chart(block, kind, panel, texts)
        used = max([len(panel.along), *(len(series.values) for series in panel.series)])
    across, upwards = (made.y_axis, made.x_axis) if kind in ROWS else (made.x_axis, made.y_axis)
    across.title = clean(panel.unit if kind in ROWS else panel.along_title) or None
    upwards.title = None if kind in ROWS else clean(panel.unit) or None
    for axis in (made.x_axis, made.y_axis):
        # Without this the axes of a new chart stay hidden in some programs.
        axis.delete = False
        axis.tickLblPos = "low"
    if kind in ROWS:
        # The rows run downwards: the high end of their axis is the bottom.
        made.y_axis.tickLblPos = "high"
    ends = scale(panel, kind, (0.0, 0.0), 12.0 / 2.54)
    made.y_axis.scaling.min, made.y_axis.scaling.max, made.y_axis.majorUnit = ends[:3]
    made.y_axis.number_format = number_code(ends[3])
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_hex(theme.GRID)))
    made.legend.position = "b"
    if len(panel.series) == 1:
        made.legend = None
    else:
        # The ends of intervals have the colour of their line.
        edges = [k for k, one in enumerate(made.series) if getattr(one, "edge", False)]
        made.legend.legendEntry = [LegendEntry(idx=k, delete=True) for k in edges]
    series = 1 if kind == "stacked" else len(panel.series)
    deep = len(panel.categories) * max(0.55, 0.32 * series) + 3.5 if kind in ROWS else _LEAST
    made.width, made.height = _WIDE, max(_LEAST, deep)
    return made, used + 1


def _hex(colour: str) -> str:
    return (colour or theme.INK).lstrip("#").upper()


def _rows_chart(block: Block, kind: Kind, panel: Panel, texts: Texts) -> BarChart:
    made = BarChart()
    made.type, made.grouping = "bar", "stacked" if kind == "stacked" else "clustered"
    made.gapWidth = 40
    made.overlap = 100 if kind == "stacked" else 0
    code = number_code(panel.decimals)
    names = [clean(name) for name in panel.categories]
    _, rows = block.add(texts.get("slides.table.category"), names, "General")
    for series in panel.series:
        drawn = _plotted(block, series, code)
        drawn.cat = _words(rows, names)
        whole = series.colour or theme.INK
        shade = whole if kind == "stacked" else tint(whole)
        drawn.graphicalProperties = GraphicalProperties(solidFill=_hex(shade))
        drawn.graphicalProperties.line.solidFill = _hex(whole)
        drawn.invertIfNegative = False
        drawn.dPt = [_hollow(k) for k, hollow in enumerate(series.hollow) if hollow]
        if kind != "stacked":
            drawn.errBars = _errors(block, series, code, texts, upwards=False)
        made.series.append(drawn)
    made.x_axis.scaling.orientation = "maxMin"
    made.y_axis.crosses = "max"
    return made


def _hollow(place: int) -> DataPoint:
    """Return the look of a value that is too close to call."""
    look = GraphicalProperties(solidFill=_hex(theme.PAPER))
    look.line.solidFill = _hex(theme.UNCLEAR)
    return DataPoint(idx=place, invertIfNegative=False, spPr=look)


def _plotted(block: Block, series: Series, code: str) -> Plotted:
    name = clean(series.name) or " "
    head, values = block.add(name, series.values, code)
    drawn = Plotted()
    drawn.tx = _label(head, name)
    drawn.val = _numbers(values, series.values, code)
    return drawn


class _Bars(ErrorBars):  # type: ignore[misc]  # openpyxl has no types
    """Error bars with their parts in the order of the file format, which strict readers insist on."""

    tagname = "errBars"
    __elements__ = ("errDir", "errBarType", "errValType", "noEndCap", "plus", "minus", "val", "spPr")
    __nested__ = ErrorBars.__nested__
    __attrs__ = ErrorBars.__attrs__


def _errors(block: Block, series: Series, code: str, texts: Texts, *, upwards: bool) -> ErrorBars | None:
    """Return the error bars of a series, with their lengths in columns of their own."""
    if not series.low or not series.high:
        return None
    name = clean(series.name)
    sides = []
    for key, lengths in zip(("plus", "minus"), series.lengths, strict=True):
        _, reference = block.add(texts.get(f"slides.{key}", name=name), lengths, code)
        sides.append(_numbers(reference, lengths, code))
    return _Bars(
        errDir="y" if upwards else None,
        errBarType="both",
        errValType="cust",
        noEndCap=False,
        plus=sides[0],
        minus=sides[1],
        spPr=GraphicalProperties(ln=LineProperties(solidFill=_hex(theme.INK), w=15875)),
    )


def _numbers_chart(block: Block, kind: Kind, panel: Panel, texts: Texts) -> ScatterChart:
    made = ScatterChart()
    made.style, made.scatterStyle = 13, "lineMarker"
    code = number_code(panel.decimals)
    shared = ""
    if panel.along:
        _, shared = block.add(clean(panel.along_title) or "x", panel.along, "General")
    for series in panel.series:
        along, places = panel.along, shared
        if series.along:
            along = series.along
            _, places = block.add(clean(panel.along_title) or "x", along, "General")
        points = (kind == "scatter" or bool(series.along)) and not series.joined
        drawn = _xy(block, clean(series.name) or " ", places, along, series.values, code)
        _look(drawn, _hex(series.colour), points=points, width=28575)
        made.series.append(drawn)
        if points:
            drawn.errBars = _errors(block, series, code, texts, upwards=True)
            continue
        for key, ends in (("low", series.low), ("high", series.high)):
            if any(value is not None for value in ends):
                name = texts.get(f"slides.{key}", name=clean(series.name))
                edge = _xy(block, name, places, along, ends, code)
                _look(edge, _hex(series.colour), points=False, width=9525)
                edge.edge = True
                made.series.append(edge)
    ends_across = scale(panel, "along", (0.0, 0.0), 12.0 / 2.54)
    made.x_axis.scaling.min, made.x_axis.scaling.max, made.x_axis.majorUnit = ends_across[:3]
    made.x_axis.number_format = number_code(ends_across[3])
    made.x_axis.majorGridlines = None
    return made


def _xy(
    block: Block, name: str, places: str, along: Sequence[float], values: Sequence[float | None], code: str
) -> Plotted:
    head, reference = block.add(name, values, code)
    drawn = XYSeries()
    drawn.tx = _label(head, name)
    across = _numbers(places, along, "General")
    drawn.xVal = AxDataSource(numRef=across.numRef)
    drawn.yVal = _numbers(reference, values, code)
    drawn.smooth = False
    return drawn


def _look(drawn: Plotted, colour: str, *, points: bool, width: int) -> None:
    if points:
        drawn.marker = Marker(symbol="circle", size=6)
        drawn.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
        drawn.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    else:
        drawn.marker = Marker(symbol="none")
        drawn.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=width))


def _areas_chart(block: Block, panel: Panel) -> AreaChart:
    made = AreaChart()
    made.grouping = "stacked"
    code = number_code(panel.decimals)
    _, places = block.add(clean(panel.along_title) or "x", panel.along, "General")
    for series in panel.series:
        drawn = _plotted(block, series, code)
        drawn.cat = AxDataSource(numRef=_numbers(places, panel.along, "General").numRef)
        drawn.graphicalProperties = GraphicalProperties(solidFill=_hex(series.colour))
        made.series.append(drawn)
    return made
