"""Every figure: axes with units, footer, marks of what is too close to call, clear errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ankomst.report.chart import theme
from ankomst.report.demo.figures import FIGURES, Drawn, draw_figures
from ankomst.report.document.context import Context
from ankomst.report.document.texts import load_texts

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

UNITS = ("month", "DKK", "%", "×", "percentage", "måned", "kr.", "procentpoint")


@pytest.fixture(name="drawn", scope="module")
def drawn_fixture(tables: dict[str, pd.DataFrame], context: Context) -> list[Drawn]:
    return draw_figures(tables, context)


def value_axes(figure: go.Figure) -> list[Any]:
    """Axes that hold numbers: those without fixed labels."""
    axes = [*figure.select_xaxes(), *figure.select_yaxes()]
    return [axis for axis in axes if axis.ticktext is None]


def points(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "scatter" and trace.x and trace.x[0] is not None]


def test_there_are_six_figures_with_title_lead_and_footer(drawn: list[Drawn], context: Context) -> None:
    assert len(drawn) == 6
    for item in drawn:
        assert item.title
        assert item.lead
        assert "12" in item.footer
        assert "95" in item.footer
        assert "Monte" in item.footer
        assert ("central draw" if context.texts.lang == "en" else "centrale trækning") in item.footer
        assert item.figure.layout.meta["title"] == item.title


def test_every_axis_of_numbers_has_a_title_with_a_unit(drawn: list[Drawn]) -> None:
    for item in drawn:
        titles = {axis.title.text for axis in value_axes(item.figure) if axis.title.text}
        assert titles, item.name
        assert all(any(unit.lower() in title.lower() for unit in UNITS) for title in titles), (
            item.name,
            titles,
        )
        labelled = [axis for axis in item.figure.select_yaxes() if axis.ticktext is not None]
        assert not labelled or labelled[0].title.text, item.name


def test_no_panel_is_empty(drawn: list[Drawn]) -> None:
    for item in drawn:
        panels = {(axis.plotly_name or "").replace("axis", "") for axis in item.figure.select_xaxes()}
        filled = {trace.xaxis or "x" for trace in points(item.figure)}
        assert filled == panels, item.name


def test_grant_effects_carry_the_note_on_elasticity(drawn: list[Drawn], context: Context) -> None:
    by_name = {item.name: item for item in drawn}
    for name in ("differences", "map", "grants"):
        assert context.elasticity_note() in by_name[name].footer


def test_the_elasticity_in_use_is_named(facts: dict[str, Any]) -> None:
    changed = Context(load_texts("da"), {**facts, "effort_elasticity": {"value": 0.45}})
    assert "0,45" in changed.elasticity_note()


@pytest.mark.parametrize("name", FIGURES)
def test_an_empty_table_is_a_clear_error(
    name: str, tables: dict[str, pd.DataFrame], context: Context
) -> None:
    table, draw, footer = FIGURES[name]
    for function in (draw, footer):
        with pytest.raises(ValueError, match=f"table '{table}' is empty"):
            function(tables[table].iloc[:0], context)
    with pytest.raises(ValueError, match=f"table '{table}' lacks the column.* estimate"):
        draw(tables[table].drop(columns="estimate"), context)


def test_a_missing_table_is_named(tables: dict[str, pd.DataFrame], context: Context) -> None:
    with pytest.raises(ValueError, match="table 'groups' is missing"):
        draw_figures({name: table for name, table in tables.items() if name != "groups"}, context)


def test_hollow_means_too_close_to_call(tables: dict[str, pd.DataFrame], context: Context) -> None:
    _, draw, _ = FIGURES["differences"]
    for trace in points(draw(tables["differences"], context)):
        if trace.error_x.array is None:
            continue
        low = np.array(trace.x) - np.array(trace.error_x.arrayminus)
        high = np.array(trace.x) + np.array(trace.error_x.array)
        hollow = trace.marker.color == theme.PAPER
        assert (((low <= 0) & (high >= 0)) == hollow).all()


def test_the_map_holds_every_combination_twice_in_the_baseline_period(
    tables: dict[str, pd.DataFrame], context: Context
) -> None:
    _, draw, _ = FIGURES["map"]
    shown = [trace for trace in points(draw(tables["differences"], context)) if trace.error_y.array]
    assert sum(len(trace.x) for trace in shown if trace.xaxis == "x") == 31
    assert sum(len(trace.x) for trace in shown if trace.xaxis == "x2") == 7


def test_employment_has_one_panel_without_paired_differences(
    tables: dict[str, pd.DataFrame], context: Context
) -> None:
    table, draw, _ = FIGURES["employment"]
    levels = tables[table][tables[table]["outcome"] == "employment_rate"]
    assert len(list(draw(tables[table], context).select_yaxes())) == 2
    assert len(list(draw(levels, context).select_yaxes())) == 1


def test_small_items_are_left_to_the_table(tables: dict[str, pd.DataFrame], context: Context) -> None:
    _, draw, footer = FIGURES["accounts"]
    labels = next(draw(tables["accounts"], context).select_yaxes()).ticktext
    assert context.texts.label("item", "basic_grant") in labels
    assert context.texts.label("item", "disability_pension") not in labels
    assert context.texts.get("table.number", number=3).lower() in footer(tables["accounts"], context).lower()


def test_unknown_names_are_shown_and_escaped(tables: dict[str, pd.DataFrame], context: Context) -> None:
    _, draw, _ = FIGURES["groups"]
    table = tables["groups"].replace({"group": {"refugee": "new<b>_group"}})
    labels = next(draw(table, context).select_yaxes()).ticktext
    assert "new&lt;b&gt; group" in labels


def test_colours_symbols_and_patterns_never_run_out() -> None:
    order = [f"p{number}" for number in range(40)]
    assert all(theme.colour(name, order).startswith("#") for name in [*order, "unknown"])
    assert all(theme.symbol(name, order) and theme.dash(name, order) for name in order)
    assert len({theme.symbol(name, order) for name in order[:8]}) == 8
    assert theme.fade("#0072B2", 0.5) == "rgba(0,114,178,0.5)"
