"""Axes and places of the charts of slides: scales, titles and labels at sizes that can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_AXIS_CROSSES, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from ankomst.report.chart import theme
from ankomst.report.chart.chart_numbers import number_code, scale
from ankomst.report.chart.figure_words import clean
from ankomst.report.chart.native import ROWS
from ankomst.report.chart.text_size import folded, height, lines, text_width

if TYPE_CHECKING:
    from pptx.chart.axis import _BaseAxis
    from pptx.chart.chart import Chart as NativeChart
    from pptx.oxml.xmlchemy import BaseOxmlElement

    from ankomst.report.chart.native import Kind, Panel

LABEL: Final = 12
"""Points of every label of a chart."""
"""Kinds of charts whose panels have rows with labels."""


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Frame:
    """What a chart needs beside its panel.

    Parameters
    ----------
    box : Box
    labels : float
        Inches at the left for the labels of rows, or for the numbers of a vertical axis.
    named : bool
        Whether the rows have their labels here.
    ends, across : tuple of float
        Least and greatest number of the axis of values, and of the other axis of numbers; equal if the values
        themselves decide.
    """

    box: Box
    labels: float
    named: bool = True
    ends: tuple[float, float] = (0.0, 0.0)
    across: tuple[float, float] = (0.0, 0.0)


def rgb(colour: str) -> RGBColor:
    """Return a colour for an office file."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def add_part(parent: BaseOxmlElement, tag: str) -> BaseOxmlElement:
    """Add an element at the end of another one."""
    made = OxmlElement(tag)
    parent.append(made)
    return made


def lay_axes(chart: NativeChart, kind: Kind, panel: Panel, frame: Frame) -> None:
    """Set scales, labels and titles of the axes of a chart, and the place of its plot."""
    box = frame.box
    across = panel.unit if kind in ROWS else panel.along_title
    below = _bottom(across, max(0.4, box.width - frame.labels - 0.7))
    title = "" if kind in ROWS else panel.unit
    beside = height(_title_lines(title, box.height - below - 0.15), LABEL) + 0.06 if title else 0.0
    left = frame.labels + beside
    inner = Box(left, 0.1, max(0.4, box.width - left - 0.32), max(0.4, box.height - below - 0.1))
    values = chart.value_axis
    value_ends = scale(panel, kind, frame.ends, inner.width if kind in ROWS else inner.height)
    values.minimum_scale, values.maximum_scale, values.major_unit = value_ends[:3]
    _axis_look(values, number_code(value_ends[3]), grid=True)
    if kind in ROWS:
        chart.category_axis.reverse_order = True
        chart.category_axis.crosses = XL_AXIS_CROSSES.MAXIMUM
        _axis_look(chart.category_axis, "", grid=False)
        if not frame.named:
            chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        # The rows run downwards: the high end of their axis is the bottom. The line itself would stand above.
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        values.format.line.fill.background()
        _axis_title(values, across, inner.width)
        _place_title(values, across, inner, box)
    else:
        if kind != "areas":
            ends = scale(panel, "along", frame.across, inner.width)
            along = chart.category_axis
            along.minimum_scale, along.maximum_scale, along.major_unit = ends[:3]
            _axis_look(along, number_code(ends[3]), grid=kind == "scatter")
        else:
            _axis_look(chart.category_axis, "", grid=False)
        _axis_title(chart.category_axis, across, inner.width)
        _place_title(chart.category_axis, across, inner, box)
        _axis_title(values, title, inner.height)
    _lay(chart, inner, box)


def _bottom(title: str, width: float) -> float:
    return 0.32 + (height(_title_lines(title, width), LABEL) + 0.08 if title else 0.0)


def _title_lines(title: str, width: float) -> int:
    return min(3, lines(clean(title), LABEL, width))


def _axis_title(axis: _BaseAxis, text: str, width: float) -> None:
    if not text.strip():
        axis.has_title = False
        return
    axis.has_title = True
    frame = axis.axis_title.text_frame
    for k, line in enumerate(folded(clean(text), LABEL, width, 3)):
        paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.size = Pt(LABEL)
        run.font.bold = False
        run.font.color.rgb = rgb(theme.MUTED)


def _place_title(axis: _BaseAxis, text: str, inner: Box, box: Box) -> None:
    """Put the title of a horizontal axis below the numbers, in the middle of the plot."""
    if not text.strip():
        return
    said = folded(clean(text), LABEL, inner.width, 3)
    widest = max(text_width(line, LABEL) for line in said)
    left = inner.left + max(0.0, (inner.width - widest) / 2)
    top = inner.top + inner.height + 0.3
    title = axis._element.find(qn("c:title"))  # noqa: SLF001
    for old in title.findall(qn("c:layout")):
        title.remove(old)
    layout = OxmlElement("c:layout")
    manual = add_part(layout, "c:manualLayout")
    for tag, value in (
        ("c:xMode", "edge"), ("c:yMode", "edge"),
        ("c:x", f"{left / box.width:.4f}"), ("c:y", f"{top / box.height:.4f}"),
    ):  # fmt: skip
        add_part(manual, tag).set("val", value)
    words = title.find(qn("c:tx"))
    words.addnext(layout)


def _axis_look(axis: _BaseAxis, code: str, *, grid: bool) -> None:
    axis.has_major_gridlines = grid
    axis.has_minor_gridlines = False
    if grid:
        axis.major_gridlines.format.line.color.rgb = rgb(theme.GRID)
        axis.major_gridlines.format.line.width = Pt(0.75)
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.font.size = Pt(LABEL)
    axis.format.line.color.rgb = rgb(theme.RULE)
    if code:
        axis.tick_labels.number_format = code
        axis.tick_labels.number_format_is_linked = False


def _lay(chart: NativeChart, inner: Box, box: Box) -> None:
    """Say where the plot stands in the chart, so that rows of charts side by side are at the same height."""
    area = chart._chartSpace.chart.plotArea  # noqa: SLF001
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = OxmlElement("c:layout")
    manual = add_part(layout, "c:manualLayout")
    parts = (
        ("c:layoutTarget", "inner"), ("c:xMode", "edge"), ("c:yMode", "edge"),
        ("c:x", f"{inner.left / box.width:.4f}"), ("c:y", f"{inner.top / box.height:.4f}"),
        ("c:w", f"{inner.width / box.width:.4f}"), ("c:h", f"{inner.height / box.height:.4f}"),
    )  # fmt: skip
    for tag, value in parts:
        add_part(manual, tag).set("val", value)
    area.insert(0, layout)
