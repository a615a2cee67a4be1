"""What commands say of files that they do not take, of several problems, and of what is not compared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.support import ROOT, TINY, ankomst, fails, problems

CLOSING = "one_year_result_grants_end"
"""A scenario that `check` warns about: its grants end with the year."""
FAULTS = ROOT / "tests" / "data" / "faults"
WRONG = """\
danish: {class_hours: 50, right_month: 3}
benefits: {refund: {active: 0,5, passive: 0.3}}
danish: {regional: 2}
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    monkeypatch.chdir(tmp_path)


def test_check_tells_all_problems_of_a_file_one_a_line() -> None:
    Path("mine.yaml").write_text(WRONG, encoding="utf-8")
    lines = problems("check", "mine.yaml")
    assert [line.partition(";")[0] for line in lines] == [
        "mine.yaml, line 1: danish.class_hours is 50, which is out of range",
        "mine.yaml, line 1: the key 'right_month' is not known in danish",
        "mine.yaml, line 2: benefits.refund.active is 0,5, where a comma begins the next entry",
        "mine.yaml, line 3: the key 'danish' stands twice (first in line 1)",
        "mine.yaml, line 3: danish.regional is 2, which is out of range",
    ]
    assert all("allowed: " in lines[k] for k in (0, 1, 4))
    assert problems("run", "mine.yaml", *TINY) == lines
    answer = ankomst("check", "mine.yaml", "one_year", "--json")
    assert answer.exit_code == 1
    entry, good = json.loads(answer.stdout)
    assert [each["sentence"] for each in entry["problems"]] == lines == entry["error"].splitlines()
    assert entry["problems"][0] == {
        "sentence": lines[0],
        "what": "danish.class_hours is 50, which is out of range",
        "where": "mine.yaml, line 1",
        "allowed": "a number from 0 to 37 (hours a week)",
        "nearest": "",
    }
    assert good["ok"]


def test_several_files_and_overrides_are_told_together() -> None:
    Path("mine.yaml").write_text("danish: {regional: 2}\n", encoding="utf-8")
    lines = problems("run", "mine.yaml", "one_yeer", "--baseline", "three_yeer", *TINY)
    assert [line.partition(" (nor")[0].partition(", which")[0] for line in lines] == [
        "mine.yaml, line 1: danish.regional is 2",
        "there is no scenario file 'one_yeer'",
        "there is no scenario file 'three_yeer'",
    ]
    twice = problems("check", "one_year", "--set", "x", "--set", "a=1", "--set", "a=2", "--set", "y")
    assert [line.partition(";")[0] for line in twice] == [
        "the override 'x' is not of the form KEY=VALUE",
        "the override 'y' is not of the form KEY=VALUE",
        "--set: the key a is set twice",
    ]


def test_faults_that_were_handed_in(tmp_path: Path) -> None:
    shutil.copy(FAULTS / "title_1001.yaml", tmp_path)
    assert fails("check", "title_1001.yaml") == (
        "title_1001.yaml, line 1: title is too long: 1,001 characters; "
        "allowed: text of at most 1,000 characters"
    )


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("quick", "quick.yaml, line 4: is an experiment of kind batch, not a scenario: `ankomst batch"),
        ("calibration_quick", "calibration, not a scenario: `ankomst calibrate calibration_quick` runs it"),
        ("experiments/validation.yaml", "`ankomst validate experiments/validation.yaml` runs it"),
        ("sensitivity_grants", "`ankomst sensitivity sensitivity_grants` runs it"),
        ("design_search", "`ankomst decide design_search` runs it"),
        ("experiments/targets/denmark_2013.yaml", "is a file of targets, not a scenario"),
    ],
)  # fmt: skip
def test_an_experiment_in_place_of_a_scenario(command: str, given: str, said: str) -> None:
    assert said in fails(command, given)


@pytest.mark.parametrize("command", ["batch", "calibrate", "validate", "sensitivity", "decide"])
@pytest.mark.parametrize("given", ["one_year", "scenarios/one_year.yaml"])
def test_a_scenario_in_place_of_an_experiment(command: str, given: str) -> None:
    said = fails(command, given)
    assert (
        f"is a scenario, not an experiment: `ankomst run {given}` runs it and `ankomst check {given}`" in said
    )


@pytest.mark.parametrize(
    ("command", "given", "said"),
    [
        ("batch", "calibration_quick", "kind is calibration, which `ankomst calibrate FILE` runs"),
        ("calibrate", "quick", "kind is batch, which `ankomst batch FILE` runs"),
        ("validate", "design_search", "kind is decision, which `ankomst decide FILE` runs"),
        ("sensitivity", "validation", "kind is validation, which `ankomst validate FILE` runs"),
        ("decide", "sensitivity_grants", "kind is sensitivity, which `ankomst sensitivity FILE` runs"),
        ("batch", "three_year+one_year", "'three_year+one_year' is a scenario, not an experiment"),
        ("calibrate", "experiments/targets/denmark_2013.yaml", "is a file of targets, not an experiment"),
    ],
)
def test_an_experiment_of_another_kind(command: str, given: str, said: str) -> None:
    assert said in fails(command, given)


def test_a_kind_that_is_misspelt_and_a_file_that_only_looks_like_one() -> None:
    Path("mine.yaml").write_text("kind: bacth\nbaseline: three_year\n", encoding="utf-8")
    assert "is an experiment of kind batch, not a scenario" in fails("check", "mine.yaml")
    Path("mine.yaml").write_text("kind: whatever\n", encoding="utf-8")
    assert "is an experiment, not a scenario: `ankomst batch mine.yaml` or" in fails("check", "mine.yaml")
    Path("mine.yaml").write_text("title: only a title\n", encoding="utf-8")
    assert problems("batch", "mine.yaml")[0].startswith("mine.yaml: the file lacks the key 'kind'")
    Path("mine.yaml").write_text("kind: batch\ntargets: mine.yaml\n", encoding="utf-8")
    assert any("the key 'targets' is not known" in line for line in problems("batch", "mine.yaml"))
    Path("mine.yaml").write_text("kind: calibration\ntargets: experiments/quick.yaml\n", encoding="utf-8")
    assert "is an experiment, not a file of targets" in fails("calibrate", "mine.yaml")


@pytest.mark.compiled
def test_a_scenario_that_is_its_own_baseline_is_run_and_nothing_is_compared() -> None:
    answer = ankomst("run", CLOSING, "--baseline", CLOSING, *TINY, "--out", "mine", "--lang", "en")
    assert answer.exit_code == 0, answer.output
    assert f"note: {CLOSING} is its own baseline: nothing is compared." in answer.stderr.splitlines()
    assert f"note: {CLOSING}: the result grant for danish_test pays within 12 months" in answer.stderr
    assert "Difference from" not in answer.stdout
    assert not Path("mine/tables/differences.csv").exists()
    again = ankomst("run", "one_year", *TINY, "--out", "again", "--lang", "en")
    assert "its own baseline" not in again.stderr
    Path("same.yaml").write_text("introduction_period: {base_months: 12, max_months: 12}\n", encoding="utf-8")
    same = ankomst("run", "same", "--baseline", "one_year", *TINY, "--out", "same", "--lang", "en")
    assert (
        "note: one_year and same are the same policy: they differ in name only." in same.stderr.splitlines()
    )


def test_check_warns_on_the_terminal_and_in_json() -> None:
    Path("mine.yaml").write_text(
        "date: 2026-11-30\nresult_grants: [{outcome: danish_test, schedule: 30000, window_months: 12}]\n",
        "utf-8",
    )
    answer = ankomst("check", "mine.yaml")
    assert answer.exit_code == 0
    assert answer.stderr == ""
    lines = answer.stdout.splitlines()
    warnings = [line.strip().removeprefix("warning: ") for line in lines if line.startswith("  warning: ")]
    assert len(warnings) == 4
    for sentence, said in zip(
        warnings,
        ("rates are held up to", "changes rates only", "replaces all", "within 12 months"),
        strict=True,
    ):
        assert said in sentence
    (entry,) = json.loads(ankomst("check", "mine.yaml", "--json").stdout)
    assert entry["warnings"] == warnings
    assert json.loads(ankomst("check", "three_year", "--json").stdout)[0]["warnings"] == []
    assert ankomst("check", "mine.yaml", "--quiet").output == ""


@pytest.mark.compiled
def test_a_batch_notes_what_deserves_a_look_in_its_scenarios() -> None:
    text = (FAULTS / "exp_no_groups.yaml").read_text(encoding="utf-8")
    Path("mine.yaml").write_text(text.replace("[one_year]", f"[{CLOSING}]"), encoding="utf-8")
    answer = ankomst("batch", "mine.yaml", "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert f"note: {CLOSING}: the result grant for danish_test pays within 12 months" in answer.stderr
