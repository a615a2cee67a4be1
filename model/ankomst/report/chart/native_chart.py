"""Charts that an office program draws and edits itself, with their numbers inside."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_MARKER_STYLE,
)
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Inches, Pt

from ankomst.report.chart import theme
from ankomst.report.chart.chart_numbers import number_code, tint
from ankomst.report.chart.chart_workbook import error_columns, hold_as_text, place_errors
from ankomst.report.chart.figure_words import clean, one_line
from ankomst.report.chart.native import ROWS
from ankomst.report.chart.native_axes import LABEL, Frame, add_part, lay_axes, rgb
from ankomst.report.chart.text_size import FONT
from ankomst.report.document.texts import LOCALES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pptx.chart.chart import Chart as NativeChart
    from pptx.chart.series import _BaseSeries
    from pptx.oxml.xmlchemy import BaseOxmlElement
    from pptx.shapes.graphfrm import GraphicFrame
    from pptx.shapes.shapetree import SlideShapes

    from ankomst.report.chart.native import Kind, Panel, Series
    from ankomst.report.document.texts import Texts

_LONGEST: Final = 160


def add_chart(shapes: SlideShapes, kind: Kind, panel: Panel, frame: Frame, texts: Texts) -> NativeChart:
    """Add the chart of a panel to a slide.

    Parameters
    ----------
    shapes : SlideShapes
        Shapes of the slide.
    kind : Kind
    panel : Panel
    frame : Frame
    texts : Texts
        Language and words.

    Returns
    -------
    Chart
        Its cached numbers and its embedded workbook hold the values of the panel.
    """
    box = frame.box
    place = (Inches(box.left), Inches(box.top), Inches(box.width), Inches(box.height))
    if kind in ROWS:
        graphic = _rows_chart(shapes, kind, panel, place, texts)
    elif kind == "areas":
        graphic = _areas_chart(shapes, panel, place, texts)
    else:
        graphic = _numbers_chart(shapes, kind, panel, place, texts)
    hold_as_text(graphic.chart)
    graphic.name = clean(panel.title or panel.unit)[:80] or "Chart"
    said = texts.get("slides.chart_alt", title=clean(panel.title or panel.unit), unit=clean(panel.unit))
    graphic._element.nvGraphicFramePr.cNvPr.set("descr", said[:1000])  # noqa: SLF001  # there is no other way to it
    chart = graphic.chart
    chart.has_legend = False
    chart.has_title = False
    chart.font.size = Pt(LABEL)
    chart.font.name = FONT
    chart.font.color.rgb = rgb(theme.INK)
    _language(chart, texts.lang)
    lay_axes(chart, kind, panel, frame)
    return chart


def labelled(categories: Sequence[str]) -> list[str]:
    """Return the labels of rows as a chart holds them: without forbidden letters, and not without end."""
    said = [one_line(name) or " " for name in categories]
    return [
        name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}" for name in said
    ]


def _rows_chart(
    shapes: SlideShapes, kind: Kind, panel: Panel, place: tuple[int, ...], texts: Texts
) -> GraphicFrame:
    data = CategoryChartData(number_format=number_code(panel.decimals))
    data.categories = labelled(panel.categories)
    for series in panel.series:
        data.add_series(clean(series.name) or " ", list(series.values))  # no table
    stacked = kind == "stacked"
    form = XL_CHART_TYPE.BAR_STACKED if stacked else XL_CHART_TYPE.BAR_CLUSTERED
    graphic = shapes.add_chart(form, *place, data)
    plot = graphic.chart.plots[0]
    plot.gap_width = 35
    plot.overlap = 100 if stacked or single(panel) else -5
    for drawn, series in zip(plot.series, panel.series, strict=True):
        colour = series.colour or theme.INK
        drawn.invert_if_negative = False
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = rgb(colour if stacked else tint(colour))
        drawn.format.line.color.rgb = rgb(theme.PAPER if stacked else colour)
        drawn.format.line.width = Pt(0.75)
        for k, hollow in enumerate(series.hollow):
            if hollow and not stacked:
                point = drawn.points[k].format
                point.fill.solid()
                point.fill.fore_color.rgb = rgb(theme.PAPER)
                point.line.color.rgb = rgb(theme.UNCLEAR)
                point.line.width = Pt(1)
    if not stacked:
        _errors(graphic.chart, panel, texts, before="c:cat")
    return graphic


def single(panel: Panel) -> bool:
    """Tell whether no row has values of two series: their bars may take the whole row."""
    filled = [
        sum(value is not None for value in row)
        for row in zip(*(one.values for one in panel.series), strict=True)
    ]
    return max(filled, default=0) < 2


def _numbers_chart(
    shapes: SlideShapes, kind: Kind, panel: Panel, place: tuple[int, ...], texts: Texts
) -> GraphicFrame:
    data = XyChartData(number_format=number_code(panel.decimals))
    looks: list[tuple[str, str]] = []
    for series in panel.series:
        points = bool(series.along) and not series.joined
        _add_xy(data, clean(series.name) or " ", panel, series, series.values)
        looks.append(
            ("points" if points or (kind == "scatter" and not series.joined) else "line", series.colour)
        )
        if not points and kind == "lines":
            for key, ends in (("low", series.low), ("high", series.high)):
                if any(value is not None for value in ends):
                    _add_xy(data, texts.get(f"slides.{key}", name=clean(series.name)), panel, series, ends)
                    looks.append(("end", series.colour))
    graphic = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *place, data)
    many = max((len(series.values) for series in panel.series), default=0) > 40
    for drawn, (look, colour) in zip(graphic.chart.plots[0].series, looks, strict=True):
        _xy_look(drawn, look, colour or theme.INK, small=many)
    _errors(graphic.chart, panel, texts, before="c:xVal", look=looks)
    return graphic


def _add_xy(
    data: XyChartData, name: str, panel: Panel, series: Series, values: Sequence[float | None]
) -> None:
    made = data.add_series(name)
    for x, y in zip(series.along or panel.along, values, strict=True):
        if y is not None:
            made.add_data_point(x, y)


def _xy_look(drawn: _BaseSeries, look: str, colour: str, *, small: bool) -> None:
    drawn.smooth = False
    if look == "points":
        drawn.format.line.fill.background()
        drawn.marker.style = XL_MARKER_STYLE.CIRCLE
        drawn.marker.size = 5 if small else 9
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = rgb(colour)
        drawn.marker.format.line.color.rgb = rgb(theme.PAPER)
        return
    drawn.marker.style = XL_MARKER_STYLE.NONE
    drawn.format.line.color.rgb = rgb(colour)
    drawn.format.line.width = Pt(2.5 if look == "line" else 0.75)


def _areas_chart(shapes: SlideShapes, panel: Panel, place: tuple[int, ...], texts: Texts) -> GraphicFrame:
    data = CategoryChartData(number_format=number_code(panel.decimals))
    whole = all(float(x).is_integer() for x in panel.along)
    data.categories = [texts.number(x, 0 if whole else 1) for x in panel.along]
    for series in panel.series:
        data.add_series(clean(series.name) or " ", list(series.values))
    graphic = shapes.add_chart(XL_CHART_TYPE.AREA_STACKED, *place, data)
    for drawn, series in zip(graphic.chart.plots[0].series, panel.series, strict=True):
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = rgb(series.colour or theme.INK)
    # A label for each of 120 months would be a smear.
    every = max(1, math.ceil(len(panel.along) / 8))
    axis = graphic.chart.category_axis._element  # noqa: SLF001
    for tag in ("c:tickLblSkip", "c:tickMarkSkip"):
        mark = add_part(axis, tag)
        mark.set("val", str(every))
        no = axis.find(qn("c:noMultiLvlLbl"))
        if no is not None:
            no.addprevious(mark)
    return graphic


def _errors(
    chart: NativeChart, panel: Panel, texts: Texts, *, before: str, look: Sequence[tuple[str, str]] = ()
) -> None:
    """Put the intervals into the chart as error bars, and their lengths into its workbook."""
    columns = error_columns(panel, texts, flat=before == "c:xVal", looks=[name for name, _ in look])
    if not columns:
        return
    places = place_errors(chart, columns)
    plotted = list(chart.plots[0].series)
    for column, (plus, minus) in zip(columns, places, strict=True):
        element = plotted[column.series]._element  # noqa: SLF001
        bars = add_part(element, "c:errBars")
        element.find(qn(before)).addprevious(bars)
        if before == "c:xVal":
            add_part(bars, "c:errDir").set("val", "y")
        for tag, value in (("c:errBarType", "both"), ("c:errValType", "cust"), ("c:noEndCap", "0")):
            add_part(bars, tag).set("val", value)
        for tag, reference, values in (("c:plus", plus, column.plus), ("c:minus", minus, column.minus)):
            _numbers(add_part(bars, tag), reference, values)
        _stroke(bars, theme.INK, 1.5)


def _numbers(parent: BaseOxmlElement, reference: str, values: Sequence[float | None]) -> None:
    held = add_part(parent, "c:numRef")
    add_part(held, "c:f").text = reference
    cache = add_part(held, "c:numCache")
    add_part(cache, "c:formatCode").text = "General"
    add_part(cache, "c:ptCount").set("val", str(len(values)))
    for k, value in enumerate(values):
        if value is not None:
            point = add_part(cache, "c:pt")
            point.set("idx", str(k))
            add_part(point, "c:v").text = repr(float(value))


def _stroke(parent: BaseOxmlElement, colour: str, points: float) -> None:
    look = add_part(parent, "c:spPr")
    line = add_part(look, "a:ln")
    line.set("w", str(round(points * 12700)))
    fill = add_part(line, "a:solidFill")
    add_part(fill, "a:srgbClr").set("val", colour.lstrip("#").upper())


def _language(chart: NativeChart, lang: str) -> None:
    space = chart._chartSpace  # noqa: SLF001
    mark = OxmlElement("c:lang")
    mark.set("val", LOCALES[lang])
    date = space.find(qn("c:date1904"))
    if date is None:
        space.insert(0, mark)
    else:
        date.addnext(mark)
    for run in space.iter(qn("a:defRPr")):
        run.set("lang", LOCALES[lang])
