"""`ankomst run`: levels, accounts and differences of scenarios of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.support import ROOT, TINY, ankomst, fails


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
        "differences.csv",
        "outcomes.csv",
    ]
    differences = pd.read_csv(out / "tables" / "differences.csv")
    assert set(differences["scenario"]) == {"one_year", "three_year+grant_by_speed"}
    assert set(differences["baseline"]) == {"three_year"}
    for said in ("three_year (baseline)", "Net cost in DKK", "Difference from three_year", "employment_rate"):
        assert said in answer.stdout
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["scenarios"]) == ["three_year", "one_year", "three_year+grant_by_speed"]


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
    ],
)
def test_what_it_cannot_do(arguments: tuple[str, ...], message: str) -> None:
    assert message in fails("run", *arguments, *TINY, "--quiet")
    assert not Path("results").exists() or list(Path("results").iterdir()) == []


def test_a_scenario_of_ones_own_may_build_on_the_projects() -> None:
    Path("mine.yaml").write_text("danish: {right_months: 60}\n", encoding="utf-8")
    answer = ankomst("run", "mine.yaml+grant_2017", *TINY, "--quiet")
    assert answer.exit_code == 0, answer.output
