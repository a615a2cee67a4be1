"""The page of a run: structure, escaping, what is unclear, clear errors, both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.presentation import run_samples as samples
from tests.presentation.reading import read, rows_of

from ankomst.report.document.run_context import DAGGER, RunContext, folded, written
from ankomst.report.document.texts import load_texts
from ankomst.report.run.run_report import build_run_report

if TYPE_CHECKING:
    from pathlib import Path

Tables = dict[str, pd.DataFrame]
FIGURES = ("employment", "work", "cost", "accounts", "history", "decomposition", "decomposition-cost")
BAD = '<script>alert("x")</script>&'


@pytest.fixture(name="run", scope="module")
def run_fixture() -> Tables:
    return {**samples.run_tables(), **samples.history(), **samples.decomposition()}


@pytest.fixture(name="told", scope="module")
def told_fixture() -> dict[str, Any]:
    return {**samples.run_facts(), "extrapolated": True, "dated": True}


@pytest.fixture(name="page", scope="module", params=["en", "da"])
def page_fixture(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    run: Tables,
    told: dict[str, Any],
) -> Path:
    return build_run_report(
        run, told, tmp_path_factory.mktemp("run") / "new" / f"{request.param}.html", request.param
    )


def words(page: Path) -> str:
    return " ".join(" ".join(read(page)[1].texts).split())


def test_the_page_loads_nothing_from_outside(page: Path) -> None:
    html, reader = read(page)
    assert reader.loaded == []
    assert "link" not in reader.tags
    assert "default-src 'none'" in html
    assert html.count("plotly.js v") == 1
    assert [path.name for path in page.parent.iterdir()] == [page.name]


def test_the_page_has_every_part(page: Path) -> None:
    html, reader = read(page)
    assert reader.tags.count("figure") == len(FIGURES)
    assert all(f'id="plot-{name}"' in html for name in FIGURES)
    said = words(page)
    english = page.stem == "en"
    for title in samples.run_facts()["scenario_titles"].values():
        assert title[0] in said
        assert title[1] in said
    for sentence in (
        "Parameters are at the central draw of the posterior"
        if english
        else "Parametrene står ved posteriorens centrale trækning",
        "The introduction period lasts 12 months instead of 36 months."
        if english
        else "Introduktionsperioden varer 12",
        "rest on assumed values: learning.at_work and"
        if english
        else "hviler på antagne værdier: learning.at_work og",
        "and not the uncertainty of the parameters" if english else "ikke parametrenes usikkerhed",
        "rest partly on extrapolated rates" if english else "hviler til dels på ekstrapolerede satser",
        "follow the calendar month by month" if english else "følger kalenderen måned for måned",
        "the Shapley value" if english else "Shapley-værdien",
        "Every possible order counts." if english else "Alle mulige rækkefølger tæller med.",
        samples.run_facts()["command"],
        "0123abc",
    ):
        assert sentence in said, sentence


def test_no_text_is_left_unfilled(page: Path) -> None:
    said = words(page)
    assert not re.search(r"\{\w+\}", said)
    assert "nan" not in re.findall(r"\w+", said.lower())


def test_numbers_are_written_as_the_language_writes_them(page: Path) -> None:
    said = words(page)
    english = page.stem == "en"
    assert ("−0.70" if english else "−0,70") in said
    assert ("+83,749" if english else "+83.749") in said
    assert ("−0,70" if english else "−0.70") not in said


def test_differences_have_a_column_per_scenario_and_mark_what_is_unclear(page: Path) -> None:
    html, _ = read(page)
    rows = rows_of(html, "table-differences")
    assert all(row.count("<td") == 4 for row in rows)
    municipality, state, both = (row for row in rows if "DKK" in row or "kr." in row) and rows[4:7]
    assert municipality.count("≈") == 0
    assert "≈" in state.split("<td")[4]
    assert "≈" in both.split("<td")[3]


def test_a_scenario_that_rests_on_assumptions_is_marked_wherever_it_is_named(page: Path) -> None:
    html, _ = read(page)
    title = samples.run_facts()["scenario_titles"]["flexible_danish"][0 if page.stem == "en" else 1]
    marked = f"{title}\N{NO-BREAK SPACE}{DAGGER}"
    for table in ("differences", "net", "accounts"):
        assert marked in html.partition(f'id="table-{table}"')[2].partition("</table>")[0]
    assert marked in html.partition('class="box"')[2].partition("</section>")[0]


def test_net_cost_in_the_accounts_is_the_sum_of_the_items() -> None:
    accounts = samples.run_tables()["accounts"]
    for _, part in accounts.groupby(["scenario", "payer"]):
        net = part["item"] == "net_cost"
        assert part.loc[~net, "estimate"].sum() == pytest.approx(
            float(part.loc[net, "estimate"].iloc[0]), abs=3
        )


def test_the_parts_of_the_reform_stand_in_a_table_with_first_and_last(page: Path) -> None:
    html, _ = read(page)
    rows = rows_of(html, "table-decomposition")
    assert len(rows) == len(samples.PARTS) + 1
    assert ("first +1.68, last +1.12" if page.stem == "en" else "først +1,68, sidst +1,12") in rows[0]
    assert "<strong>" in rows[-1].split("<td")[1]
    assert ("no difference" if page.stem == "en" else "ingen forskel") in rows[4]


@pytest.mark.parametrize("lang", ["en", "da"])
def test_one_scenario_alone_has_a_page(tmp_path: Path, lang: str) -> None:
    tables, facts = samples.alone()
    html, reader = read(build_run_report(tables, facts, tmp_path / "page.html", lang))
    assert reader.tags.count("figure") == 2
    said = " ".join(reader.texts)
    assert load_texts(lang).get("word.baseline_mark") not in said
    assert 'id="table-differences"' not in html


def test_what_a_scenario_alone_changes_is_told_against_the_reference(tmp_path: Path) -> None:
    tables, facts = samples.alone()
    facts["changes"] = {"one_year": samples.changes()["one_year"]}
    said = words(build_run_report(tables, facts, tmp_path / "page.html"))
    assert "Reference value" in said
    assert "against the reference policy" in said


def test_a_scenario_that_changes_nothing_says_so(tmp_path: Path, run: Tables, told: dict[str, Any]) -> None:
    differences = run["differences"].copy()
    same = differences["scenario"] == "one_year"
    differences.loc[same, ["estimate", "low", "high"]] = 0.0
    differences.loc[same, "verdict"] = "no difference"
    told = {**told, "changes": {**told["changes"], "one_year": []}}
    page = build_run_report({**run, "differences": differences}, told, tmp_path / "page.html")
    said = words(page)
    assert "It changes nothing." in said
    assert "No difference in months in work: every pair of runs is equal." in said
    assert all("no difference" in row.split("<td")[3] for row in rows_of(read(page)[0], "table-differences"))


def test_texts_from_files_are_escaped(tmp_path: Path, run: Tables, told: dict[str, Any]) -> None:
    swap = {
        "flexible_danish": BAD,
        "reform_2016_benefit": BAD,
        "staff": BAD,
        "refugee": BAD,
        "assumption": BAD,
    }
    changed = {name: table.replace(swap) for name, table in run.items()}
    for column in ("definition", "source", "reason", "ages"):
        changed["history"][column] = BAD
    changed["decomposition"]["part_title_en"] = BAD
    changed["assumptions"][["lever", "name", "unit", "source"]] = BAD
    bad_change = {**told["changes"]["flexible_danish"][0], "key": BAD, "sentence_en": BAD, "source": BAD}
    bad_change |= {"before_en": BAD, "after_en": BAD, "rests_on": [BAD]}
    titles = {BAD if name == "flexible_danish" else name: (BAD, BAD, BAD) for name in samples.NAMES}
    bad = {**told, "title": BAD, "created": BAD, "command": BAD, "commit": BAD, "version": BAD, "seed": BAD}
    bad |= {"scenario_titles": titles, "changes": {"one_year": [], BAD: [bad_change]}, "notes": [BAD]}
    plain = read(build_run_report(run, told, tmp_path / "plain.html"))[1]
    html, reader = read(build_run_report(changed, bad, tmp_path / "bad.html"))
    assert "<script>alert" not in html
    assert reader.tags.count("script") == plain.tags.count("script")
    assert reader.loaded == []


@pytest.mark.parametrize("name", ["curves", "accounts", "differences", "cohorts", "assumptions"])
def test_a_missing_table_is_named(name: str, tmp_path: Path, run: Tables, told: dict[str, Any]) -> None:
    rest = {other: table for other, table in run.items() if other != name}
    with pytest.raises(ValueError, match=f"table '{name}' is missing"):
        build_run_report(rest, told, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("curves", "estimate"), ("accounts", "payer"), ("differences", "verdict"), ("assumptions", "grade"),
        ("history", "comparable"), ("cohorts", "origins"), ("decomposition", "first"),
    ],
)  # fmt: skip
def test_a_missing_column_is_named(
    name: str, column: str, tmp_path: Path, run: Tables, told: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=f"table '{name}' lacks the column.* {column}"):
        build_run_report({**run, name: run[name].drop(columns=column)}, told, tmp_path / "page.html")


@pytest.mark.parametrize("name", ["curves", "accounts", "differences"])
def test_a_scenario_without_rows_is_named(
    name: str, tmp_path: Path, run: Tables, told: dict[str, Any]
) -> None:
    table = run[name][run[name]["scenario"] != "one_year"]
    with pytest.raises(ValueError, match=f"table '{name}' has no rows with scenario = 'one_year'"):
        build_run_report({**run, name: table}, told, tmp_path / "page.html")


def test_parts_that_do_not_cover_an_outcome_are_an_error(
    tmp_path: Path, run: Tables, told: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="each part and the total once for months_employed"):
        build_run_report(
            {**run, "decomposition": run["decomposition"].iloc[1:]}, told, tmp_path / "page.html"
        )


@pytest.mark.parametrize("name", ["baseline", "changes", "scenario_titles"])
def test_a_missing_fact_is_named(name: str, tmp_path: Path, run: Tables, told: dict[str, Any]) -> None:
    rest = {other: value for other, value in told.items() if other != name}
    with pytest.raises(ValueError, match=f"lack {name}"):
        build_run_report(run, rest, tmp_path / "page.html")


def test_a_change_without_the_language_of_the_page_is_an_error(
    tmp_path: Path, run: Tables, told: dict[str, Any]
) -> None:
    change = {key: value for key, value in told["changes"]["one_year"][0].items() if key != "sentence_da"}
    bad = {**told, "changes": {**told["changes"], "one_year": [change]}}
    build_run_report(run, bad, tmp_path / "page.html", "en")
    with pytest.raises(ValueError, match="a change lacks sentence_da"):
        build_run_report(run, bad, tmp_path / "page_da.html", "da")


def test_optional_tables_without_rows_are_not_shown(
    tmp_path: Path, run: Tables, told: dict[str, Any]
) -> None:
    without = {
        name: table.iloc[:0] if name in {"history", "decomposition"} else table for name, table in run.items()
    }
    _, reader = read(build_run_report(without, told, tmp_path / "page.html"))
    assert reader.tags.count("figure") == 4


def test_sampled_orders_are_said_to_be_sampled(tmp_path: Path, run: Tables, told: dict[str, Any]) -> None:
    drawn = run["decomposition"].assign(orders="8 drawn in each replicate")
    said = words(build_run_report({**run, "decomposition": drawn}, told, tmp_path / "page.html"))
    assert "a sample of orders is drawn" in said


def test_the_baseline_comes_first_and_equal_titles_are_told_apart(told: dict[str, Any]) -> None:
    facts = {
        **told,
        "scenario_titles": {"three_year": ("Same", "Ens", ""), "one_year": ("Same", "Ens", "")},
    }
    context = RunContext(load_texts("en"), facts)
    assert context.scenarios[0] == samples.BASELINE
    assert context.name("one_year") == "Same (one_year)"
    assert context.marked("three_year") == "Same (three_year) (baseline)"


def test_values_of_tables_are_written_in_the_language_of_the_page(told: dict[str, Any]) -> None:
    context = RunContext(load_texts("da"), told)
    values = [1234.5, {"a": 0.25, "b": None}, "as it is", True, float("nan"), 12]
    expected = ["1.234,5", "a 0,25, b –", "as it is", "True", "–", "12"]
    assert [written(value, context) for value in values] == expected


def test_long_labels_are_folded_escaped_and_cut() -> None:
    label = folded("A title with <b>tags</b> that is far too long to stand in one line " * 3)
    assert label.count("<br>") == 2
    assert label.endswith("…")
    assert "<b>" not in label.replace("<br>", "")
