"""Figures of a run: marks of what is unclear, rows and panels, the account as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.presentation import run_samples as samples

from ankomst.report.chart import theme
from ankomst.report.chart.figure_decomposition import draw_decomposition
from ankomst.report.chart.figure_run_accounts import GROUPS, draw_accounts
from ankomst.report.chart.figure_scenarios import DIFFERENCE, draw_differences, draw_employment
from ankomst.report.chart.key import block_sample, key_html, line_sample, point_sample
from ankomst.report.document.run_context import RunContext
from ankomst.report.document.texts import load_texts
from ankomst.report.run.run_report import _plain
from ankomst.simulation.accounts import LEDGER

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from ankomst.report.document.page import Drawn

Tables = dict[str, pd.DataFrame]


@pytest.fixture(name="run", scope="module")
def run_fixture() -> Tables:
    return {
        name: _plain(table) for name, table in {**samples.run_tables(), **samples.decomposition()}.items()
    }


@pytest.fixture(name="told", params=["en", "da"], scope="module")
def told_fixture(request: pytest.FixtureRequest) -> RunContext:
    facts = samples.run_facts()
    titles = facts["scenario_titles"]
    facts["scenario_titles"] = {name: titles[name] for name in ("three_year", "one_year", "flexible_danish")}
    return RunContext(load_texts(request.param), {**facts, "resting_on_assumptions": {"flexible_danish"}})


def shown(figure: go.Figure) -> list[Any]:
    """Return points with an interval."""
    return [trace for trace in figure.data if trace.type == "scatter" and trace.error_x.array is not None]


def every(run: Tables, context: RunContext) -> list[Drawn]:
    return [
        draw_employment(run["curves"], context),
        *draw_differences(run["differences"], context),
        draw_accounts(run["accounts"], context),
        *draw_decomposition(run["decomposition"], context),
    ]


def test_every_figure_has_words_units_and_no_empty_panel(run: Tables, told: RunContext) -> None:
    units = ("month", "DKK", "%", "percentage", "måned", "kr.", "procentpoint")
    for item in every(run, told):
        assert item.title
        assert item.lead
        assert "n = 4" in item.footer
        assert "Monte" in item.footer
        assert item.key.startswith('<ul class="key">')
        axes = [*item.figure.select_xaxes(), *item.figure.select_yaxes()]
        titles = {axis.title.text for axis in axes if axis.ticktext is None and axis.title.text}
        assert titles
        assert all(any(unit.lower() in title.lower() for unit in units) for title in titles), titles
        panels = {(axis.plotly_name or "").replace("axis", "") for axis in item.figure.select_xaxes()}
        assert {trace.xaxis or "x" for trace in item.figure.data} == panels


def test_hollow_means_that_the_interval_holds_zero(run: Tables, told: RunContext) -> None:
    seen = set()
    for item in draw_differences(run["differences"], told):
        for trace in shown(item.figure):
            low = np.array(trace.x) - np.array(trace.error_x.arrayminus)
            high = np.array(trace.x) + np.array(trace.error_x.array)
            hollow = trace.marker.color == theme.PAPER
            seen.add(hollow)
            assert (((low <= 0) & (high >= 0)) == hollow).all()
    assert seen == {True, False}


def test_no_difference_at_all_has_a_mark_of_its_own(run: Tables, told: RunContext) -> None:
    _, money = draw_decomposition(run["decomposition"], told)
    crosses = [trace for trace in shown(money.figure) if trace.marker.symbol == "x-thin"]
    assert len(crosses) == 3
    assert told.texts.phrase("no difference") in crosses[0].customdata[0]
    assert told.texts.get("run.key.equal") in money.key


def test_shares_are_shown_in_points_and_money_in_thousands(run: Tables, told: RunContext) -> None:
    work, cost = draw_differences(run["differences"], told)
    table = run["differences"].set_index(["scenario", "outcome", "payer"])["estimate"]
    blue = told.line("one_year").colour
    (share,) = (
        trace.x[0] for trace in shown(work.figure) if trace.xaxis == "x2" and trace.marker.color == blue
    )
    assert share == pytest.approx(100 * table["one_year", "employment_rate", ""])
    (money,) = (
        trace.x[0] for trace in shown(cost.figure) if trace.xaxis == "x" and trace.marker.color == blue
    )
    assert money == pytest.approx(table["one_year", "net_cost", "municipality"] / 1000)


def test_bars_of_the_account_sum_to_net_cost(run: Tables, told: RunContext) -> None:
    figure = draw_accounts(run["accounts"], told).figure
    for panel in ("x", "x2", "x3"):
        sums = {}
        for trace in figure.data:
            if trace.type == "bar" and trace.xaxis == panel:
                for place, amount in zip(trace.y, trace.x, strict=True):
                    sums[place] = sums.get(place, 0.0) + amount
        net = {
            place: amount
            for trace in shown(figure)
            if trace.xaxis == panel
            for place, amount in zip(trace.y, trace.x, strict=True)
        }
        assert sums == pytest.approx(net, abs=0.01)


def test_every_item_that_somebody_public_pays_has_a_group() -> None:
    grouped = {item for items in GROUPS.values() for item in items}
    assert {item.name for item in LEDGER} - grouped <= {"wage", "self_employed_income"}


def test_an_item_without_a_group_is_shown_as_another(run: Tables, told: RunContext) -> None:
    accounts = run["accounts"].replace({"item": {"staff": "something_new"}})
    drawn = draw_accounts(accounts, told)
    assert told.texts.get("run.group.other") in drawn.key
    assert any("something new" in spoken for trace in drawn.figure.data for spoken in trace.customdata or ())


def test_paired_differences_of_employment_get_a_panel(run: Tables, told: RunContext) -> None:
    assert len(list(draw_employment(run["curves"], told).figure.select_yaxes())) == 1
    levels = run["curves"][run["curves"]["scenario"] != samples.BASELINE]
    paired = levels.assign(outcome=DIFFERENCE, estimate=0.01, low=-0.01, high=0.03)
    figure = draw_employment(pd.concat([run["curves"], paired]), told).figure
    assert len(list(figure.select_yaxes())) == 2
    assert sum(trace.line.width == 2 for trace in figure.data) == 5


def test_the_whole_reform_comes_last_and_parts_show_first_and_last(run: Tables, told: RunContext) -> None:
    work, money = draw_decomposition(run["decomposition"], told)
    for item in (work, money):
        labels = next(item.figure.select_yaxes()).ticktext
        assert labels[-1] == f"<b>{told.texts.get('run.decomposition.total')}</b>"
        assert len(labels) == len(samples.PARTS) + 1
    triangles = [trace for trace in work.figure.data if trace.marker.symbol == "triangle-right"]
    assert [len(trace.x) for trace in triangles] == [5, 5, 5]
    assert triangles[0].x[0] == pytest.approx(1.68)


def test_rows_are_as_high_as_their_labels(run: Tables, told: RunContext) -> None:
    long = {**told.titles, "one_year": ("A very long title " * 12, "En meget lang titel " * 12, "")}
    context = RunContext(told.texts, {**told.facts, "scenario_titles": long})
    short, high = (draw_differences(run["differences"], each)[0].figure for each in (told, context))
    assert high.layout.height > short.layout.height
    assert any("<br>" in label for label in next(high.select_yaxes()).ticktext)


def test_samples_of_the_key_are_drawings_that_are_not_read_aloud() -> None:
    html = key_html([(line_sample("#000000", "dot"), "a<b"), (point_sample("#000000", "diamond"), "c")])
    assert html.count('aria-hidden="true"') == 2
    assert "a&lt;b" in html
    assert 'fill="#0072B2"' in block_sample("#0072B2")
    assert 'fill="#0072B2"' not in block_sample("#0072B2", hatched=True)
