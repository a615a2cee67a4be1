"""`ankomst batch`, `status`, `compare`, `verify`, `export`: from start to end, and used wrongly."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.cli.support import ROOT, ankomst, fails

from ankomst.report.batch.terminal import cell

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = """kind: batch
title: Small
baseline: three_year+grant_2013
scenarios: [one_year, three_year+no_grant]
set: {population.arrival_years: 1, horizon.follow_up_months: 24}
newcomers_per_year: 60
replicates: 3
groups: [sex, [origin, sex]]
"""
FAILING = """kind: batch
baseline: three_year
scenarios:
  one_year: one_year
  broken: {scenario: three_year, set: {rules: denmark, accounts.budget_neutral: true}}
set: {population.arrival_years: 1, horizon.follow_up_months: 24}
newcomers_per_year: 60
replicates: 2
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like the project's, with a small batch that has been run."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "failing.yaml").write_text(FAILING, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        answer = ankomst("batch", "small.yaml", "--workers", "1", "--quiet")
        assert answer.exit_code == 0, answer.output
        assert not answer.output
        yield folder


@pytest.fixture(autouse=True)
def _inside(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)


@pytest.mark.compiled
def test_a_batch_leaves_tables_a_ledger_and_a_manifest() -> None:
    run = Path("results/small")
    assert {
        "differences",
        "levels",
        "economics",
        "ranking",
        "regret",
        "pareto",
        "years",
        "municipalities",
    } <= {file.stem for file in (run / "tables").glob("*.csv")}
    content = json.loads((run / "manifest.json").read_text())
    assert content["complete"]
    assert content["runs"] == {"done": 9, "failed": 0, "pending": 0}
    assert not (run / "failures.csv").exists()
    table = pd.read_csv(run / "tables" / "differences.csv")
    assert set(table["scenario"]) == {"one_year", "three_year+no_grant"}
    assert table["interval"].str.contains("replicates").all()


@pytest.mark.compiled
def test_a_finished_batch_is_neither_run_again_nor_thrown_away_unasked() -> None:
    before = Path("results/small/ledger.sqlite").read_bytes()
    said = fails("batch", "small.yaml")
    assert said.startswith("results/small: the folder holds a batch with 9 finished runs")
    assert "--resume" in said
    assert "--restart" in said
    assert Path("results/small/ledger.sqlite").read_bytes() == before
    assert "exclude each other" in fails("batch", "small.yaml", "--resume", "--restart")


@pytest.mark.compiled
def test_resuming_with_more_replicates_keeps_what_is_there() -> None:
    first = ankomst("batch", "small.yaml", "--workers", "1", "--out", "grown", "--json", "--quiet")
    assert json.loads(first.stdout)["runs"]["done"] == 9
    more = ankomst("batch", "small.yaml", "--workers", "1", "--out", "grown", "--replicates", "4", "--resume")
    assert more.exit_code == 0, more.output
    assert "12 runs" in more.stdout
    whole = ankomst("batch", "small.yaml", "--workers", "1", "--out", "whole", "--replicates", "4", "--quiet")
    assert whole.exit_code == 0
    for file in sorted(Path("whole/tables").iterdir()):
        assert file.read_bytes() == Path("grown/tables", file.name).read_bytes()


@pytest.mark.compiled
def test_a_dry_run_says_how_much_there_is_to_do_and_writes_nothing() -> None:
    answer = ankomst("batch", "small.yaml", "--out", "dry", "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert "9 runs: 3 scenarios x 1 draws x 3 replicates" in answer.stdout
    assert "shadow runs" in answer.stdout
    assert "MB on disk" in answer.stdout
    assert not Path("dry").exists()
    found = json.loads(ankomst("batch", "small.yaml", "--dry-run", "--json").stdout)
    assert found["runs"] == found["finished"] == 9
    assert found["seconds_a_run"] > 0.0


@pytest.mark.compiled
def test_status_says_how_far_a_batch_is() -> None:
    assert "complete: 9 of 9 runs finished, 0 failed" in ankomst("status", "results/small").stdout
    facts = json.loads(ankomst("status", "results/small", "--json").stdout)
    assert facts["scenarios"]["one_year"] == {"done": 3, "failed": 0, "pending": 0}
    assert facts["running"] is False


@pytest.mark.compiled
def test_compare_asks_further_without_simulating() -> None:
    answer = ankomst(
        "compare", "results/small", "--baseline", "one_year", "--by", "origin,sex", "--level", "0.9"
    )
    assert answer.exit_code == 0, answer.output
    assert "Difference from one_year" in answer.stdout
    table = pd.read_csv("results/small/compare/tables/differences.csv")
    assert set(table["baseline"]) == {"one_year"}
    assert set(table["level"]) == {0.9}
    assert "origin+sex" in set(table["dimension"])
    content = json.loads(ankomst("compare", "results/small", "--outcome", "months_employed", "--json").stdout)
    assert {row["outcome"] for row in content["differences"]} == {"months_employed"}


@pytest.mark.compiled
def test_compare_by_a_group_prints_its_table() -> None:
    answer = ankomst("compare", "results/small", "--by", "sex", "--out", "by_sex")
    assert answer.exit_code == 0, answer.output
    shown = answer.stdout.partition("The same by sex\n")[2].partition("Economics")[0]
    assert " Sex " in shown
    assert "more differences in" not in answer.stdout
    table = pd.read_csv("by_sex/tables/differences.csv", keep_default_na=False)
    table = table[(table["dimension"] == "sex") & table["outcome"].isin(["months_employed", "net_cost"])]
    assert set(table["group"]) == {"male", "female"}
    wanted = [name for name in ("one_year", "three_year+no_grant") for name in (name, "male", "female")]
    rows = [line for line in shown.splitlines() if line.strip()][2:]
    assert [line.split()[0] for line in rows] == wanted
    for line, name in zip(rows, wanted, strict=True):
        if name not in {"male", "female"}:
            scenario = name
            continue
        mine = table[(table["scenario"] == scenario) & (table["group"] == name)]
        assert [cell(row) for row in mine.to_dict("records")] == re.findall(r"\S+ \[[^]]*\]", line)
    unasked = ankomst("compare", "results/small", "--out", "unasked").stdout
    assert "The same by" not in unasked
    assert "By sex, origin+sex: 176 more differences in tables/differences.csv" in unasked


@pytest.mark.compiled
def test_verify_repeats_runs_bit_by_bit_and_notices_a_flipped_one() -> None:
    answer = ankomst("verify", "results/small", "--sample", "2")
    assert answer.exit_code == 0, answer.output
    assert "2 of 2 repeated runs have the same bits" in answer.stdout
    (part,) = Path("results/small/runs").glob("*.parquet")
    kept = part.read_bytes()
    part.write_bytes(kept[:-100] + bytes([kept[-100] ^ 1]) + kept[-99:])
    try:
        said = fails("verify", "results/small")
        assert "the part is damaged" in said
        assert "--resume" in said
        assert "the part is damaged" in fails("compare", "results/small")
    finally:
        part.write_bytes(kept)


@pytest.mark.compiled
def test_export_writes_tidy_tables_in_three_formats() -> None:
    answer = ankomst("export", "results/small", "--format", "csv,parquet,xlsx", "--out", "exported")
    assert answer.exit_code == 0, answer.output
    table = pd.read_csv("exported/outcomes.csv")
    assert list(table.columns[:5]) == ["scenario", "draw", "replicate", "seed", "date"]
    assert len(table[table["outcome"] == "months_employed"]) == 9 * 2 * 18
    again = pd.read_parquet("exported/outcomes.parquet")
    pd.testing.assert_series_equal(again["value"], table["value"], check_exact=True)
    sheets = pd.read_excel("exported/tables.xlsx", sheet_name=None)
    assert {"outcomes", "accounts", "runs", "comparison_differences"} <= set(sheets)
    assert not [file for file in Path("exported").iterdir() if file.name.startswith(".")]


@pytest.mark.compiled
def test_a_failed_run_is_listed_and_the_rest_goes_on() -> None:
    answer = ankomst("batch", "failing.yaml", "--workers", "1")
    assert answer.exit_code == 3, answer.output
    assert "2 runs failed: 2 x " in answer.stderr
    assert "Traceback" not in answer.output
    listed = pd.read_csv("results/failing/failures.csv")
    assert list(listed["scenario"]) == ["broken", "broken"]
    assert listed["message"].str.contains("rules that hold for the whole run").all()
    table = pd.read_csv("results/failing/tables/differences.csv")
    found = table[table["dimension"] == "all"].groupby("scenario")["n"].max()
    assert found["one_year"] == 2
    assert found.get("broken", 0) == 0
    assert "2 failed" in ankomst("status", "results/failing").stdout
    assert ankomst("batch", "failing.yaml", "--workers", "1", "--retry-failed", "--quiet").exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("batch", "smal.yaml"), "small"),
        (("batch", "small.yaml", "--set", "danish.right_month=3"), "did you mean 'right_months'?"),
        (("batch", "small.yaml", "--out", "small.yaml"), "is not a folder"),
        (("batch", "small.yaml", "--out", "scenarios"), "something else than a batch"),
        (("status", "nowhere"), "there is no such folder"),
        (("compare", "scenarios"), "there is no batch in this folder"),
        (("compare", "results/small", "--baseline", "one_yeer"), "did you mean 'one_year'?"),
        (("compare", "results/small", "--by", "orgin"), "origin"),
        (("compare", "results/small", "--outcome", "net_costs"), "did you mean 'net_cost'?"),
        (("compare", "results/small", "--months", "13"), "24"),
        (("export", "results/small", "--format", "exel"), "csv, parquet, xlsx"),
        (("verify", "nowhere"), "there is no such folder"),
        (("run", "one_year", "--out", "results/small"), "holds a batch and is left alone"),
    ],
)
@pytest.mark.compiled
def test_a_mistake_gets_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    assert said in fails(*arguments)


@pytest.mark.compiled
def test_a_truncated_manifest_is_said_and_costs_nothing() -> None:
    manifest = Path("results/small/manifest.json")
    whole = manifest.read_text()
    manifest.write_text(whole[: len(whole) // 2])
    try:
        answer = ankomst("compare", "results/small")
        assert answer.exit_code == 0, answer.output
        assert "manifest is missing or damaged" in answer.stderr
        assert "manifest is damaged" in fails("verify", "results/small")
        again = ankomst("batch", "small.yaml", "--workers", "1", "--resume")
        assert again.exit_code == 0, again.output
        assert "manifest is damaged and is written anew" in again.stderr
        assert json.loads(manifest.read_text())["complete"]
    finally:
        if "complete" not in manifest.read_text():
            manifest.write_text(whole)
