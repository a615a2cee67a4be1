"""Axes of native charts hold every number, with its interval, however it was rounded."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from ankomst.report.chart.chart_numbers import scale
from ankomst.report.chart.native import ROWS, Chart, Kind, Panel, Series
from ankomst.report.chart.native_axes import Box, Frame
from ankomst.report.chart.native_chart import add_chart
from ankomst.report.document.texts import load_texts
from ankomst.report.writers.slide_pages import pages

NOISY = (0.1 + 0.2, 0.3, 100 * 0.29, 100 * 0.07, 1e-17, -1e-17, 0.1 + 0.2 - 0.3, 0.0, -0.0, 29.0, 1.0, -5.0)
NUMBER = (
    st.sampled_from(NOISY)
    | st.floats(-1000.0, 1000.0)
    | st.floats(-1e-6, 1e-6)
    | st.floats(-1e15, 1e15)
    | st.floats(-1e200, 1e200)
)
KINDS = get_args(Kind)


def panel(kind: str, rows: list[tuple[float, float, float]]) -> Panel:
    """Make a panel of two series: the rows, and the same backwards, with intervals from second to third."""
    low, value, high = zip(*(sorted(row) for row in rows), strict=True)
    parts = [(value, low, high), tuple(tuple(reversed(part)) for part in (value, low, high))]
    return Panel(
        "Panel", "Unit",
        tuple(
            Series(f"s{k}", *part, "#0072b2", along=part[0] if kind == "scatter" else ())
            for k, part in enumerate(parts)
        ),
        categories=tuple(f"row {k}" for k in range(len(value))) if kind in ROWS else (),
        along=() if kind in ROWS or kind == "scatter" else tuple(map(float, range(len(value)))),
    )  # fmt: skip


def held(kind: str, made: Panel) -> list[float]:
    """Return the numbers that the axis of values must hold."""
    if kind in {"stacked", "areas"}:
        rows = list(zip(*(one.values for one in made.series), strict=True))
        ends = [[sum(x for x in row if x > 0), sum(x for x in row if x < 0)] for row in rows]
        return [0.0, *(end for row in ends for end in row)]
    numbers = [x for one in made.series for part in (one.values, one.low, one.high) for x in part]
    return numbers + ([0.0] if kind in ROWS else [])


@pytest.mark.parametrize("kind", KINDS)
@given(rows=st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=6), room=st.floats(0.4, 12.0))
def test_no_axis_ends_before_its_numbers(
    kind: str, rows: list[tuple[float, float, float]], room: float
) -> None:
    made = panel(kind, rows)
    first, last, step, decimals = scale(made, kind, (0.0, 0.0), room)
    assert first < last
    assert first <= min(held(kind, made))
    assert max(held(kind, made)) <= last
    assert step > 0.0
    assert 0 <= decimals <= 6
    assert (last - first) / step <= 9.0


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ((0.1 + 0.2, 0.1), (0.0, 0.1 + 0.2)),  # not to 0.35 for the sake of a rounding error
        ((100 * 0.29, 20.0), (20.0, 30.0)),
        ((100 * 0.07, 0.0), (0.0, 100 * 0.07)),
        ((-0.1 - 0.2, -0.1), (-0.1 - 0.2, -0.1)),
        ((5.0, 5.0), (4.0, 6.0)),
        ((1e-17, -1e-17), (-1.0, 1.0)),
        ((0.3, 0.1 + 0.2), (-1.0, 1.5)),
        ((1e12, 1e12), (1e12 - 1000.0, 1e12 + 1000.0)),
        ((-4.0,), (-5.0, -3.0)),
        ((40.0,), (39.0, 41.0)),
    ],
)
def test_rounding_brings_no_step_and_equal_numbers_have_room(
    values: tuple[float, ...], ends: tuple[float, float]
) -> None:
    made = Panel("", "", (Series("a", values),), along=tuple(map(float, range(len(values)))))
    first, last, _, _ = scale(made, "lines", (0.0, 0.0), 4.0)
    assert (first, last) == ends


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "rows",
    [
        [(0.1, 0.1 + 0.2, 0.3), (0.2, 0.25, 0.1 + 0.2)],
        [(100 * 0.29, 100 * 0.07, 29.0), (7.0, 7.0, 7.0)],
        [(-1e-17, 0.0, 1e-17), (-1e-17, 5.0, 5.0)],
        [(-3e9, -1e9, 4e9)],
    ],
)
def test_the_axes_of_a_chart_on_a_slide_hold_what_it_plots(
    kind: Kind, rows: list[tuple[float, float, float]]
) -> None:
    made = panel(kind, rows)
    slides = Presentation()
    shapes = slides.slides.add_slide(slides.slide_layouts[6]).shapes
    texts = load_texts("en", "slides")
    (page,) = pages(Chart(kind, (made,)), texts)
    frame = Frame(Box(0.0, 0.0, 8.0, 4.0), 1.0, ends=page.ends[0] if page.ends else (0.0, 0.0))
    chart = add_chart(shapes, kind, made, frame, texts)
    axis = chart.value_axis
    assert axis.minimum_scale <= min(held(kind, made))
    assert axis.maximum_scale >= max(held(kind, made))
    drawn = [x for series in chart.plots[0].series for x in series.values if x is not None]
    assert all(axis.minimum_scale <= x <= axis.maximum_scale for x in drawn)
    assert math.isfinite(axis.major_unit)
