"""Figures read back: their numbers as tidy rows, and the charts that slides and workbooks hold themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.presentation import story_samples as samples

from ankomst.report.chart.figure_data import chart_of, data_of
from ankomst.report.chart.figure_words import clean, entries, hexed, one_line, plain
from ankomst.report.chart.key import block_sample, key_html, line_sample, point_sample
from ankomst.report.chart.native import Chart, Panel, Series

if TYPE_CHECKING:
    from ankomst.report.document.page import Drawn

WITHOUT_CHART = {"interactions-sobol-1", "pairs", "sensitivity"}


def drawn(kind: str, name: str) -> Drawn:
    return next(item for item in samples.figures(kind, samples.EACH[kind]) if item.name == name)


def plotted(item: Drawn, axis: str) -> set[float]:
    found: set[float] = set()
    for trace in item.figure.data:
        for value in getattr(trace, axis, None) if getattr(trace, axis, None) is not None else ():
            if isinstance(value, int | float) and value == value:  # noqa: PLR0124  # NaN
                found.add(round(float(value), 9))
    return found


@pytest.mark.parametrize(("kind", "lang"), [*samples.EACH.items(), ("decision", "da")])
def test_every_figure_gives_its_own_numbers(kind: str, lang: str) -> None:
    for item in samples.figures(kind, lang):
        data = data_of(item)
        assert len(data), item.name
        assert not data.duplicated().any(), item.name
        words = data.select_dtypes(exclude="number")
        assert not words.map(lambda text: "<" in str(text) and ">" in str(text)).any(axis=None), item.name
        if "text" in data.columns or chart_of(item) is None:
            continue
        shapes = item.figure.layout.shapes or ()
        edges = {round(float(end), 9) for shape in shapes if shape.type == "rect" for end in
                 (shape.x0, shape.x1, shape.y0, shape.y1)}  # fmt: skip
        for axis in {"x", "y"} & set(data.columns):
            shown = {round(float(value), 9) for value in data[axis].dropna()}
            assert shown <= plotted(item, axis) | edges, (item.name, axis)
        if {"low", "high"} <= set(data.columns):
            pair = data.dropna(subset=["low", "high"])
            assert (pair["low"] <= pair["high"]).all(), item.name


@pytest.mark.parametrize("kind", samples.KINDS)
def test_charts_hold_nothing_but_the_numbers_of_the_figure(kind: str) -> None:
    for item in samples.figures(kind, samples.EACH[kind]):
        chart = chart_of(item)
        if item.name in WITHOUT_CHART:
            assert chart is None, item.name
            continue
        assert chart is not None, item.name
        data = data_of(item)
        value = "y" if chart.kind in {"lines", "scatter"} else "x"
        known = {round(float(number), 9) for number in data[value].dropna()}
        for panel in chart.panels:
            assert panel.unit, item.name
            assert panel.series, item.name
            length = len(panel.categories) or len(panel.along)
            assert len({series.name for series in panel.series}) == len(panel.series), item.name
            for series in panel.series:
                assert len(series.values) == (len(series.along) or length)
                assert len(series.low) in {0, len(series.values)}
                assert series.colour.startswith("#")
                assert {round(float(number), 9) for number in series.values if number is not None} <= known  # noqa: PD011
                assert any(number is not None for number in series.values)  # noqa: PD011


def test_a_band_becomes_the_interval_of_its_line() -> None:
    item = drawn("run", "employment")
    band, line = item.figure.data[:2]
    data = data_of(item)
    mine = data[data["series"] == plain(line.name)]
    half = len(band.x) // 2
    assert mine["x"].tolist() == list(line.x)
    assert mine["y"].tolist() == list(line.y)
    assert mine["high"].tolist() == list(band.y[:half])
    assert mine["low"].tolist() == list(band.y[half:])[::-1]
    chart = chart_of(item)
    assert chart is not None
    assert chart.kind == "lines"
    assert chart.panels[0].series[0].high == tuple(band.y[:half])
    assert chart.panels[0].along_title == "Months since arrival"


def test_error_bars_become_intervals_of_labelled_rows() -> None:
    item = drawn("run", "cost")
    data = data_of(item).set_index(["panel", "category"])
    assert set(data.index.get_level_values("panel")) == {
        f"Net cost, {payer} within 10 years" for payer in ("municipality", "state", "both together")
    }
    row = data.loc[("Net cost, state within 10 years", "One-year introduction period")]
    trace = next(
        one for one in item.figure.data if one.xaxis == "x2" and one.name == "One-year introduction period"
    )
    assert row["low"] == pytest.approx(trace.x[0] - trace.error_x.arrayminus[0])
    assert row["high"] == pytest.approx(trace.x[0] + trace.error_x.array[0])
    chart = chart_of(item)
    assert chart is not None
    assert chart.kind == "points"
    assert [panel.categories for panel in chart.panels] == [chart.panels[0].categories] * 3
    assert len(chart.panels[0].categories) == 3
    # The baseline has a row but no bar of its own; what is too close to call is hollow.
    assert len(chart.panels[0].series) == 2
    assert chart.panels[2].series[0].hollow == (False, True, False)


def test_names_come_from_the_key_where_a_trace_has_none() -> None:
    stacked = chart_of(drawn("run", "accounts"))
    assert stacked is not None
    assert stacked.kind == "stacked"
    assert not any(one.hollow for panel in stacked.panels for one in panel.series)
    assert "Refunds (state to municipality)" in {one.name for one in stacked.panels[0].series}
    published = data_of(drawn("validation", "barometer"))
    assert len(set(published["series"])) == 3
    assert published["series"].str.len().min() > 5
    tornado = data_of(drawn("sensitivity", "tornado-sobol-1"))
    key = {entry.name for entry in entries(drawn("sensitivity", "tornado-sobol-1").key)}
    assert len(set(tornado["series"])) == 2
    assert set(tornado["series"]) <= key


def test_bars_along_rows_become_intervals_and_frames_lines() -> None:
    fit = data_of(drawn("calibration", "predictive"))
    points = fit.dropna(subset=["x", "low"])
    assert len(points) == 26
    assert points[["low", "high"]].notna().all(axis=None)
    box = chart_of(drawn("decision", "box-one-year-cheaper-1"))
    assert box is not None
    frame = box.panels[0].series[-1]
    assert frame.joined
    assert frame.along[0] == frame.along[-1]


def test_cells_of_a_matrix_are_rows_with_their_column() -> None:
    data = data_of(drawn("calibration", "sensitivity"))
    trace = next(one for one in drawn("calibration", "sensitivity").figure.data if one.type == "heatmap")
    assert len(data) == np.isfinite(np.array(trace.z, dtype=float)).sum()
    pairs = data_of(drawn("calibration", "pairs"))
    assert pairs["x"].abs().max() <= 1
    assert not pairs["series"].str.isdigit().any()


def test_own_data_and_own_chart_are_taken_as_they_are() -> None:
    frame = pd.DataFrame({"x": [1.0]})
    chart = Chart("bars", (Panel("", "unit", (Series("one", (1.0,)),), ("row",)),))
    item = replace(drawn("run", "employment"), data=frame, chart=chart)
    assert data_of(item) is frame
    assert chart_of(item) is chart


def test_words_are_plain() -> None:
    assert plain("<b>% af tilskuds-<br>pengene</b>") == "% af tilskudspengene"
    assert plain("ind-<br>og udrejse") == "ind- og udrejse"
    assert plain("name<br><span style='font-size:10px'>key.name</span>", short=True) == "name"
    assert plain("a &lt; b") == "a < b"
    assert clean("a\x00b\x0bc\ud800") == "abc"
    assert one_line(" a\n b\N{NO-BREAK SPACE}c ") == "a b\N{NO-BREAK SPACE}c"
    assert hexed("rgba(0,114,178,0.5)") == "#0072b2"
    hollow = point_sample("#1d2733", "diamond", hollow=True)
    hatched = block_sample("#D55E00", hatched=True)
    key = key_html([(line_sample("#0072B2", "dash"), "x < y"), (hollow, "p"), (hatched, "b")])
    assert [(one.kind, one.colour, one.hollow, one.dashed, one.name) for one in entries(key)] == [
        ("line", "#0072b2", False, True, "x < y"),
        ("diamond", "#1d2733", True, False, "p"),
        ("block", "#d55e00", True, False, "b"),
    ]
