"""`params`, `doctor`, `month` and `benchmark`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.cli.support import ankomst, fails

from ankomst.policy.parameters import PACKAGED, load_registry
from ankomst.simulation.benchmark import YEARS, read_benchmark
from ankomst.simulation.engine import MONTH

if TYPE_CHECKING:
    from pathlib import Path


def test_parameters_are_listed_by_grade_and_group() -> None:
    everything = json.loads(ankomst("params", "list", "--json").stdout)
    assert [entry["name"] for entry in everything] == list(load_registry())
    some = json.loads(
        ankomst("params", "list", "--grade", "assumption", "--group", "danish", "--json").stdout
    )
    assert some
    assert all(entry["grade"] == "assumption" and entry["name"].startswith("danish.") for entry in some)
    table = ankomst("params", "list", "--group", "danish").stdout
    assert "danish.drop_out" in table
    assert "1/month" in table
    for words in ("Central", "Start", "Posterior 90 %", "Informed", "central draw of the posterior"):
        assert words in table
    known = {entry["name"]: entry for entry in everything}
    assert known["danish.drop_out"]["start"] == 0.012
    assert known["danish.drop_out"]["posterior"]["n"] >= 200
    assert known["population.age"]["posterior"] is None


def test_a_parameter_is_shown_with_its_source() -> None:
    shown = ankomst("params", "show", "job_finding.b_health").stdout
    assert "range               -1.4 to -0.2" in shown
    assert "grade               assumption" in shown
    assert "start value         -0.72" in shown
    assert "posterior 90 %" in shown
    table = ankomst("params", "show", "population.origin_shares").stdout
    assert "  refugee: 0.42" in table
    assert json.loads(ankomst("params", "show", "danish.drop_out", "--json").stdout)["unit"] == "1/month"


def test_a_wrong_name_brings_the_nearest() -> None:
    assert fails("params", "show", "danish.drop_ot") == (
        "there is no parameter 'danish.drop_ot'; did you mean 'danish.drop_out'?"
    )
    assert "did you mean 'assumption'" in fails("params", "list", "--grade", "asumption")
    assert "did you mean 'danish'" in fails("params", "list", "--group", "danis")


def test_the_registry_is_checked(tmp_path: Path) -> None:
    answer = ankomst("params", "check")
    assert answer.exit_code == 0
    assert answer.stdout.strip() == f"parameters.yaml: {len(load_registry())} parameters, sound"
    path = tmp_path / "mine.yaml"
    text = PACKAGED.read_text(encoding="utf-8")
    assert "unit: 1/month" in text
    path.write_text(
        text.replace("unit: 1/month", 'unit: ""').replace("grade: assumption", "grade: guess", 1), "utf-8"
    )
    wrong = ankomst("params", "check", str(path), "--json")
    assert wrong.exit_code == 1
    problems = json.loads(wrong.stdout)["problems"]
    assert any("has no unit" in problem for problem in problems)
    assert any("has the grade 'guess'" in problem for problem in problems)
    assert [f"error: {problem}" for problem in problems] == wrong.stderr.splitlines()
    assert "no_such.yaml" in fails("params", "check", str(tmp_path / "no_such.yaml"))


def test_the_doctor_finds_everything_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = ankomst("doctor", "--json")
    document = json.loads(answer.stdout)
    found = {entry["name"]: entry for entry in document["findings"]}
    assert (answer.exit_code, document["ok"]) == (0, True)
    assert {
        "python",
        "packages",
        "cores",
        "compiled month",
        "scenarios",
        "results folder",
        "tiny run",
    } <= set(found)
    assert "same results" in found["tiny run"]["detail"]
    assert "Everything needed is there." in ankomst("doctor").stdout


def test_the_doctor_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ankomst.policy.places.PROJECT", tmp_path / "elsewhere")
    monkeypatch.setattr("ankomst.commands.doctor.shutil.which", lambda _: None)
    answer = ankomst("doctor")
    assert answer.exit_code == 1
    assert "FAILS scenarios" in answer.stdout
    assert "none  chromium" in answer.stdout
    assert "Something needed is missing" in answer.stdout


def test_the_doctor_names_a_wrong_browser_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, right in (("none", False), ("chromium", True)):
        program = tmp_path / name
        if right:
            program.write_text("#!/bin/sh\n", encoding="utf-8")
            program.chmod(0o755)
        monkeypatch.setenv("BROWSER_PATH", str(program))
        findings = json.loads(ankomst("doctor", "--json").stdout)["findings"]
        (found,) = (entry for entry in findings if entry["name"] == "chromium")
        wrong = f"BROWSER_PATH names {program}, where there is no program; needed for image files only"
        assert (found["ok"], found["needed"], found["detail"]) == (
            right,
            False,
            str(program) if right else wrong,
        )


def test_the_month_is_printed_in_order() -> None:
    assert ankomst("month").stdout.splitlines() == [str(step) for step in MONTH]
    document = json.loads(ankomst("month", "--json").stdout)
    assert [entry["name"] for entry in document] == [step.name for step in MONTH]


@pytest.mark.compiled
def test_the_benchmark_table_is_estimated_anew(tmp_path: Path) -> None:
    path = tmp_path / "benchmark.csv"
    answer = ankomst("benchmark", "--newcomers", "300", "--out", str(path))
    assert answer.exit_code == 0, answer.output
    frame = pd.read_csv(path)
    assert len(frame) == 3 * 2 * 2 * YEARS
    assert read_benchmark(path).shape == read_benchmark().shape
    assert (frame["rate"] <= 1).all()
    assert "does not exist" in fails("benchmark", "--out", str(tmp_path / "no" / "file.csv"))
