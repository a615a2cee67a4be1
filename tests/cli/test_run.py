"""`ankomst run`: levels, accounts and differences of scenarios of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.support import ROOT, TINY, ankomst, problems


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_two_scenarios_against_a_baseline() -> None:
    answer = ankomst("run", "one_year", "three_year+grant_by_speed", "--baseline", "three_year", *TINY)
    assert answer.exit_code == 0, answer.output
    out = Path("results") / "three_year_and_one_year_and_three_year+grant_by_speed"
    assert str(out) in answer.stdout.replace("\n", "")
    assert sorted(path.name for path in (out / "tables").iterdir()) == [
        "accounts.csv",
        "assumptions.csv",
        "curves.csv",
        "differences.csv",
        "outcomes.csv",
        "payers.csv",
    ]
    differences = pd.read_csv(out / "tables" / "differences.csv")
    assert set(differences["scenario"]) == {"one_year", "three_year+grant_by_speed"}
    assert set(differences["baseline"]) == {"three_year"}
    for said in ("three_year (baseline)", "Net cost in DKK", "Difference from three_year", "employment_rate"):
        assert said in answer.stdout
    # Net cost stands there as an account and as a difference, and each says what it holds.
    levels, _, compared = answer.stdout.partition("Difference from three_year")
    assert "net_cost" not in levels
    assert levels.count("Net cost in DKK per newcomer, discounted, without displaced workers") == 3
    assert "net cost discounted, displaced workers included" in compared
    assert compared.count("net_cost, both") == compared.count("  of which displacement") / 3 == 2
    # Two draws say nothing of a direction.
    assert set(differences["verdict"]) <= {"too few draws", "no difference"}
    assert "%" not in compared.partition("three_year+grant_by_speed")[2].replace("95 %", "")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["scenarios"]) == ["three_year", "one_year", "three_year+grant_by_speed"]
    assert manifest["kind"] == "run"
    assert {"run.html", "run_da.html", "facts.json", "tables/curves.csv"} <= set(manifest["files"])
    for page, word in (("run.html", "compared with"), ("run_da.html", "sammenlignet med")):
        text = (out / page).read_text(encoding="utf-8")
        assert word in text
        assert page in answer.stdout.replace("\n", "")
    accounts = pd.read_csv(out / "tables" / "accounts.csv")
    assert not accounts["extrapolated"].any()


def test_the_assumptions_behind_a_change_are_a_table() -> None:
    assert ankomst("run", "three_year", "mentors", *TINY, "--quiet", "--lang", "en").exit_code == 0
    out = Path("results") / "three_year_and_mentors"
    assert not (out / "run_da.html").exists()
    table = pd.read_csv(out / "tables" / "assumptions.csv").set_index("name")
    assert {"levers.b_mentor", "rates.lever_cost.mentor_per_month"} <= set(table.index)
    assert set(table["grade"]) == {"assumption"}
    assert table.loc["levers.b_mentor", "lever"] == "civil_society.mentor_share"


def test_a_verdict_stands_beside_its_probability() -> None:
    answer = ankomst("run", "three_year", "one_year", *TINY[:-3], "12", "--replicates", "1", "--lang", "en")
    table = pd.read_csv(Path("results") / "three_year_and_one_year" / "tables" / "differences.csv")
    row = table[(table["outcome"] == "net_cost") & (table["payer"] == "municipality")].iloc[0]
    assert (row["draws"], row["verdict"]) == (12, "higher")
    lines = answer.stdout.splitlines()
    k = next(k for k, line in enumerate(lines) if "net_cost, municipality" in line)
    assert lines[k].rstrip().endswith("higher (over 96 %)")
    # What displaced workers cost a payer stands right below what the payer pays.
    assert "of which displacement" in lines[k + 1]
    mine = table[(table["outcome"] == "displacement") & (table["payer"] == "municipality")].iloc[0]
    assert f"{mine['estimate']:+,.0f}".replace("-", "\N{MINUS SIGN}") in lines[k + 1]


def test_a_single_parameter_set_has_no_verdict() -> None:
    options = [*TINY[:-3], "point", "--replicates", "3", "--lang", "en"]
    answer = ankomst("run", "three_year", "one_year", *options)
    table = pd.read_csv(Path("results") / "three_year_and_one_year" / "tables" / "differences.csv")
    assert set(table["verdict"]) <= {"simulation noise only", "no difference"}
    assert "3 runs at the central draw" in answer.stdout
    assert "higher" not in answer.stdout
    page = (Path("results") / "three_year_and_one_year" / "run.html").read_text(encoding="utf-8")
    assert "simulation noise, and not the uncertainty of the parameters" in page


def test_the_first_scenario_is_the_baseline_and_json_is_one_document() -> None:
    answer = ankomst("run", "three_year", "one_year", *TINY, "--json", "--out", "mine", "--months", "18")
    document = json.loads(answer.stdout)
    assert document["results"] == "mine"
    assert document["settings"]["baseline"] == "three_year"
    assert {row["months"] for row in document["differences"]} == {18}
    assert {row["scenario"] for row in document["outcomes"]} == {"three_year", "one_year"}


def test_a_single_scenario_and_quiet() -> None:
    answer = ankomst("run", str(ROOT / "scenarios" / "one_year.yaml"), *TINY, "--quiet")
    assert (answer.exit_code, answer.output) == (0, "")
    assert not (Path("results") / "one_year" / "tables" / "differences.csv").exists()


@pytest.mark.compiled
def test_many_scenarios_have_a_short_folder() -> None:
    names = ("three_year", "one_year", "no_grant", "grant_2017", "grant_at_entry")
    assert ankomst("run", *names, *TINY, "--quiet").exit_code == 0
    assert [path.name for path in Path("results").iterdir()] == [
        "three_year_and_one_year_and_no_grant_and_2_more"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("one_yeer",), "did you mean 'one_year'"),
        (("one_year", "one_year"), "the scenario one_year is named twice"),
        (("one_year", "--baseline", "three_yeer"), "there is no scenario file"),
        (("one_year", "--months", "25"), "months=25 lies outside the follow-up; allowed: 1 to 24"),
        (("one_year+no_such",), "there is no scenario file"),
        (("one_year+three_year",), "introduction_period"),
        (("one_year", "--lang", "sv"), "there is no language 'sv'"),
        (("one_year", "--decompose"), "one_year has 1 part beside the baseline three_year"),
        (("three_year", "--decompose"), "--decompose takes one scenario apart, and 0 stand beside"),
        (("one_year", "mentors", "--decompose"), "--decompose takes one scenario apart, and 2 stand beside"),
        (
            ("one_year+mentors", "--decompose", "--baseline", "flexible_danish"),
            "are not one_year+mentors: they differ in danish.",
        ),
    ],
)
def test_what_it_cannot_do(arguments: tuple[str, ...], message: str) -> None:
    assert message in problems("run", *arguments, *TINY, "--quiet")[0]
    assert not Path("results").exists() or list(Path("results").iterdir()) == []


def test_a_scenario_of_ones_own_may_build_on_the_projects() -> None:
    Path("mine.yaml").write_text("danish: {right_months: 60}\n", encoding="utf-8")
    answer = ankomst("run", "mine.yaml+grant_2017", *TINY, "--quiet")
    assert answer.exit_code == 0, answer.output


def test_a_composition_is_taken_apart() -> None:
    answer = ankomst("run", "one_year+lower_benefit", "--decompose", *TINY)
    assert answer.exit_code == 0, answer.output
    assert "Taking 2 parts apart: 4 more runs" in answer.stderr
    assert "What each part adds to three_year, averaged over all orders" in answer.stdout
    out = Path("results") / "three_year_and_one_year+lower_benefit"
    table = pd.read_csv(out / "tables" / "decomposition.csv")
    assert list(dict.fromkeys(table["part"])) == ["one_year", "lower_benefit", "total"]
    differences = pd.read_csv(out / "tables" / "differences.csv")
    whole = table[table["part"] == "total"].set_index(["outcome", "payer"])["estimate"]
    for row in differences.to_dict("records"):
        if (row["outcome"], row["payer"]) in whole.index:
            assert whole[row["outcome"], row["payer"]] == pytest.approx(row["estimate"], rel=1e-12)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "tables/decomposition.csv" in manifest["files"]
    for page in ("run.html", "run_da.html"):
        assert 'id="figure-decomposition"' in (out / page).read_text(encoding="utf-8")


@pytest.mark.compiled
def test_a_file_with_a_list_is_taken_apart_against_a_baseline_of_ones_own() -> None:
    for name in ("one", "two"):
        key = "right_months: 60" if name == "one" else "evening_hours: 5"
        Path(f"{name}.yaml").write_text(f"danish: {{{key}}}\n", encoding="utf-8")
    Path("both.yaml").write_text("extends: [one, two.yaml]\n", encoding="utf-8")
    answer = ankomst("run", "both.yaml", "--decompose", "--baseline", "three_year", *TINY, "--quiet")
    assert (answer.exit_code, answer.output) == (0, "")
    table = pd.read_csv(Path("results") / "three_year_and_both" / "tables" / "decomposition.csv")
    assert set(table["part"]) == {"one", "two", "total"}


@pytest.mark.compiled
def test_dated_rules_are_held_against_published_figures() -> None:
    Path("past.yaml").write_text(
        "rules: denmark\npopulation: {arrivals: {2011: 300, 2012: 200}}\n", encoding="utf-8"
    )
    answer = ankomst("run", "past.yaml", *TINY, "--newcomers", "150")
    assert answer.exit_code == 0, answer.output
    assert "Model against published shares in work" in answer.stdout
    tables = Path("results") / "past" / "tables"
    history = pd.read_csv(tables / "history.csv")
    assert set(history["months"]) == {12, 24}
    assert set(pd.read_csv(tables / "cohorts.csv")["cohort"]) == {2011, 2012}
    assert pd.read_csv(tables / "accounts.csv")["extrapolated"].all()
    danish = (tables.parent / "run_da.html").read_text(encoding="utf-8")
    assert "folkeregisteret" in danish
    assert "population register" not in danish
