"""Model against published employment: misses are sorted, counted, drawn and never hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.presentation import run_samples as samples
from tests.presentation.reading import read, rows_of

from ankomst.report.document import history
from ankomst.report.document.run_context import RunContext
from ankomst.report.document.texts import load_texts
from ankomst.report.run.figure_history import MISS, draw_history
from ankomst.report.run.run_report import build_run_report

if TYPE_CHECKING:
    from pathlib import Path

    import plotly.graph_objects as go

Tables = dict[str, pd.DataFrame]


@pytest.fixture(name="found")
def found_fixture() -> Tables:
    return samples.history()


@pytest.fixture(name="told", params=["en", "da"])
def told_fixture(request: pytest.FixtureRequest) -> RunContext:
    return RunContext(load_texts(request.param), samples.run_facts())


@pytest.fixture(name="english")
def english_fixture() -> RunContext:
    return RunContext(load_texts("en"), samples.run_facts())


def orange(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.mode == "lines" and trace.line.color == MISS]


def test_misses_come_first_by_size_and_other_definitions_last(found: Tables) -> None:
    rows = history.history_rows(found["history"])
    assert rows["comparable"].tolist() == [True] * 7 + [False] * 2
    assert rows["size"].tolist()[:7] == sorted(rows["size"].tolist()[:7], reverse=True)
    assert rows["size"].tolist()[7:] == sorted(rows["size"].tolist()[7:], reverse=True)
    assert rows["miss"].tolist()[:4] == [True, True, True, False]


@pytest.mark.parametrize(("estimate", "miss"), [(0.29, False), (0.2901, True), (0.21, False), (0.2099, True)])
def test_four_points_are_a_hit_and_more_is_a_miss(found: Tables, estimate: float, miss: bool) -> None:
    one = found["history"].iloc[:1].assign(published=0.25, estimate=estimate)
    assert history.history_rows(one)["miss"].tolist() == [miss]


def test_hits_are_counted_and_the_largest_miss_is_said(found: Tables, english: RunContext) -> None:
    hits, largest, other = history.history_sentences(history.history_rows(found["history"]), english)
    assert hits.startswith("4 of 7 comparable published shares lie within 4 percentage points")
    assert "+9.6 percentage points" in largest
    assert "arrivals 2012, 36 months after arrival" in largest
    assert "published 20.5%, model 30.1%" in largest
    assert other.startswith("2 further shares are measured in another way")
    assert "+12.1" in other


def test_without_a_comparable_figure_no_hit_is_claimed(found: Tables, english: RunContext) -> None:
    rows = history.history_rows(found["history"].assign(comparable=False))
    first, second = history.history_sentences(rows, english)
    assert first == "No published share is measured in the way in which the model counts."
    assert second.startswith("9 further shares")


def test_shares_that_the_run_does_not_reach_are_counted_apart(found: Tables, english: RunContext) -> None:
    table = found["history"].copy()
    table.loc[5, ["estimate", "low", "high"]] = np.nan
    rows = history.history_rows(table)
    assert rows["unreached"].tolist() == [False] * 8 + [True]
    said = history.history_sentences(rows, english)
    assert said[0].startswith("4 of 6 ")
    assert said[-1] == "1 published shares lie beyond the months that were simulated."
    assert draw_history(table, found["cohorts"], english).figure.data


def test_a_distance_is_not_rounded_into_a_hit(english: RunContext) -> None:
    assert history.points(4.02, english) == "+4.02"
    assert history.points(-3.98, english) == "−3.98"
    assert history.points(6.21, english) == "+6.2"


def test_every_comparable_miss_is_drawn_and_written(found: Tables, told: RunContext) -> None:
    drawn = draw_history(found["history"], found["cohorts"], told)
    assert sorted(round(abs(trace.y[0] - trace.y[1]), 2) for trace in orange(drawn.figure)) == [
        4.02,
        6.2,
        9.6,
    ]
    written = {note.text for note in drawn.figure.layout.annotations}
    expected = {"+4.02", "+6.2", "+9.6"} if told.texts.lang == "en" else {"+4,02", "+6,2", "+9,6"}
    assert expected <= written
    diamonds = [
        trace for trace in drawn.figure.data if trace.mode == "markers" and trace.marker.symbol == "diamond"
    ]
    assert len(diamonds) == len(found["history"])


def test_every_cohort_has_a_panel_with_the_lines_that_something_is_published_beside(
    found: Tables, told: RunContext
) -> None:
    figure = draw_history(found["history"], found["cohorts"], told).figure
    panels = list(figure.select_xaxes())
    assert len(panels) == 10
    nothing = told.texts.get("run.history.nothing")
    assert sum(note.text == nothing for note in figure.layout.annotations) == 6
    lines = [
        trace for trace in figure.data if trace.mode == "lines" and trace.line.width == 2 and trace.customdata
    ]
    assert len(lines) == 9 * 4
    assert all(axis.range[0] == 0 for axis in figure.select_yaxes())


def test_shares_of_one_month_stand_beside_each_other(found: Tables, told: RunContext) -> None:
    figure = draw_history(found["history"], found["cohorts"], told).figure
    diamonds = [
        trace for trace in figure.data if trace.mode == "markers" and trace.marker.symbol == "diamond"
    ]
    places = [(trace.xaxis, trace.x[0]) for trace in diamonds]
    assert len(set(places)) == len(places)


def test_the_interval_of_a_published_share_is_drawn_where_it_is_known(
    found: Tables, told: RunContext
) -> None:
    figure = draw_history(found["history"], found["cohorts"], told).figure
    diamonds = [
        trace for trace in figure.data if trace.mode == "markers" and trace.marker.symbol == "diamond"
    ]
    assert sum(trace.error_y.array is not None for trace in diamonds) == 2


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_table_holds_every_share_largest_distance_first(tmp_path: Path, lang: str) -> None:
    tables = {**samples.run_tables(), **samples.history()}
    html, _ = read(build_run_report(tables, samples.run_facts(), tmp_path / "page.html", lang))
    rows = rows_of(html, "table-history")
    assert len(rows) == 9
    assert sum('class="miss"' in row for row in rows) == 3
    assert ("+9.6" if lang == "en" else "+9,6") in rows[0]
    assert ("in work; first in" if lang == "en" else "i arbejde; første gang") in rows[0]
    assert "Integration i tal 1, 2016" in rows[0]
    assert "4; 640" in rows[0]
    assert ("orientation only" if lang == "en" else "kun til orientering") in rows[-1]
    assert "2014–2015" in rows[-1]
    assert ("men, ages not stated" if lang == "en" else "mænd, alder ikke oplyst") in rows[-1]


def test_two_histories_get_a_part_each(tmp_path: Path) -> None:
    doubled = {
        name: pd.concat([table.assign(scenario="three_year"), table.assign(scenario="one_year")])
        for name, table in samples.history().items()
    }
    tables = {**samples.run_tables(), **doubled}
    html, reader = read(build_run_report(tables, samples.run_facts(), tmp_path / "page.html"))
    assert reader.tags.count("figure") == 6
    assert 'id="plot-history"' in html
    assert 'id="plot-history-2"' in html
    assert "Model against published employment: One-year introduction period" in html


def test_percentages_in_place_of_shares_and_missing_figures_are_errors(found: Tables) -> None:
    with pytest.raises(ValueError, match="values of published outside 0 to 1"):
        history.history_rows(found["history"].assign(published=29.0))
    with pytest.raises(ValueError, match="rows without a published share"):
        history.history_rows(found["history"].assign(published=np.nan))


def test_cohorts_are_named_and_ordered() -> None:
    assert history.cohort_key(2013.0) == history.cohort_key(2013) == "2013"
    assert history.cohort_name("2013-15") == "2013–15"
    assert history.cohort_order(["2015", "2013-15", "2013", "2010"]) == ["2010", "2013", "2013-15", "2015"]


def test_nobody_named_means_everybody(english: RunContext) -> None:
    assert history.origins_name(np.nan, english) == "All newcomers"
    assert (
        history.origins_name("refugee+reunified_with_refugee", english)
        == "Refugees + Reunified with a refugee"
    )
