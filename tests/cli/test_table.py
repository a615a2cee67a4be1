"""The layouts of a table: whole at every width, folded before it is divided, one table in a file."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.cli.terminal import assert_fits, assert_whole, on_terminal

from ankomst.report.writers.terminal import TerminalTable, fold

MINUS = "\N{MINUS SIGN}"
WORD = st.text("abcdefghijklmnopqrstuvwxyzæøå_+/", min_size=1, max_size=24)
TEXT = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
LABEL = st.text("abcdefghijklmnopqrstuvwxyzæøå0123456789_+ ", min_size=1, max_size=110)
CELL = st.floats(-1e7, 1e7).map(lambda value: f"{value:+,.1f} ±{abs(value) / 7:,.1f}")


@st.composite
def tables(draw: st.DrawFn) -> TerminalTable:
    table = TerminalTable(
        draw(st.lists(TEXT, min_size=1, max_size=2)),
        draw(st.lists(TEXT, min_size=1, max_size=8)),
        draw(st.lists(TEXT, max_size=3)),
        blocks=draw(st.booleans()),
    )
    for k in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            table.add_heading(draw(LABEL))
        labels = [f"{k} {draw(LABEL)}" for _ in table.labels]
        table.add_row(*labels, *[draw(CELL) for _ in table.numbers], *[draw(TEXT) for _ in table.words])
    return table


@given(table=tables(), width=st.integers(80, 200))
def test_nothing_is_cut_at_any_width(table: TerminalTable, width: int) -> None:
    text = on_terminal(table, width)
    assert_fits(text, width)
    assert_whole(table, text)


def costs(*scenarios: str) -> TerminalTable:
    table = TerminalTable(
        ("Scenario",), ("Months in work", "Net cost, municipality", "Net cost, state"), ("Verdict",)
    )
    for name in scenarios:
        table.add_row(name, "+0.52 ±0.11", f"{MINUS}81,995 ±1,838", "+40,717 ±2,410", "too close to call")
    return table


def test_a_table_that_fits_is_one_table() -> None:
    assert on_terminal(costs("one_year"), 100) == (
        "\n"
        " Scenario  Months in work  Net cost, municipality  Net cost, state  Verdict\n"
        " ────────  ──────────────  ──────────────────────  ───────────────  ─────────────────\n"
        f" one_year     +0.52 ±0.11          {MINUS}81,995 ±1,838   +40,717 ±2,410  too close to call\n"
        "\n"
    )


def test_titles_fold_before_words_and_words_before_columns_are_divided() -> None:
    assert on_terminal(costs("one_year"), 80) == (
        "\n"
        "                                Net cost,\n"
        " Scenario  Months in work    municipality  Net cost, state  Verdict\n"
        " ────────  ──────────────  ──────────────  ───────────────  ─────────────────\n"
        f" one_year     +0.52 ±0.11  {MINUS}81,995 ±1,838   +40,717 ±2,410  too close to call\n"
        "\n"
    )


def test_labels_are_repeated_in_every_part() -> None:
    text = on_terminal(costs("three_year+grant_2013", "one_year"), 60)
    assert text.count("three_year+grant_2013") == 2
    assert [line.split()[0] for line in text.splitlines() if line.startswith(" Scenario")] == ["Scenario"] * 2


def test_a_row_that_fits_nowhere_and_a_table_of_blocks_become_blocks() -> None:
    wanted = (
        "\n"
        " one_year\n"
        "   Months in work: +0.52 ±0.11\n"
        f"   Net cost, municipality: {MINUS}81,995 ±1,838\n"
        "   Net cost, state: +40,717 ±2,410\n"
        "   Verdict: too close to call\n"
        "\n"
    )
    assert on_terminal(costs("one_year"), 22).count(":") == 4
    table = costs("one_year")
    table.blocks = True
    assert on_terminal(table, 44) == wanted


def test_a_file_holds_one_table_as_wide_as_it_is() -> None:
    name = "a_scenario_with_a_name_as_long_as_a_line" * 5
    text = io.StringIO()
    console = Console(file=text, soft_wrap=True, width=80)
    console.print(costs(name))
    lines = text.getvalue().splitlines()
    assert len(lines) == 5
    assert lines[3].split()[:3] == [name, "+0.52", "±0.11"]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("  indented words fold", 12, ["  indented", "  words fold"]),
        ("three_year+grant_2013", 14, ["three_year+", "grant_2013"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("two\nlines", 10, ["two", "lines"]),
        ("", 5, [""]),
    ],
)
def test_text_folds_between_words_and_at_joints(text: str, width: int, lines: list[str]) -> None:
    assert fold(text, width) == lines
