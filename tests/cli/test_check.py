"""`ankomst check`: all files are looked at, and every wrong one gives its line."""

from __future__ import annotations

import json
import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from tests.cli.support import ROOT, ankomst, fails, problems
from tests.expected import expected

from ankomst.policy.arrivals import read_arrivals
from ankomst.policy.explain.differences import Explained
from ankomst.policy.explain.levers_page import levers_page
from ankomst.policy.file_schema import schema_text
from ankomst.policy.parameters import load_registry

SHIPPED = sorted(str(path) for path in (ROOT / "scenarios").glob("*.yaml"))
BROKEN = sorted(path.name for path in (ROOT / "tests" / "policy" / "broken").glob("*.yaml"))


def test_the_shipped_scenarios_are_sound() -> None:
    answer = ankomst("check", *SHIPPED)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[-1] == f"{len(SHIPPED)} of {len(SHIPPED)} scenarios are sound"
    assert answer.stderr == ""


def test_what_differs_from_the_reference_is_shown_in_words() -> None:
    answer = ankomst("check", "one_year", "three_year", "grant_by_speed", "no_grant", "mentors")
    lines = [re.sub(r"\s+", " ", line).strip() for line in answer.stdout.splitlines()]
    assert lines[0] == "one_year: ok, One-year introduction period (Etårig introduktionsperiode)"
    assert len(lines[1].split()[-1]) == 64
    assert "What changes Baseline: three_year+grant_2013 Scenario Source Rests on what is assumed" in lines
    assert "INTRODUCTION PERIOD" in lines
    assert "Length of the introduction period 36 months 12 months [1] danish.drop_out_after" in lines
    assert any(line.startswith("[1] Task Force om integration: Målrettet integration") for line in lines)
    assert "no change: the same policy as three_year+grant_2013" in lines
    assert any(line.startswith("Result grants: a passed Danish test 35,162 DKK") for line in lines)
    mentor = lines.index("Newcomers with a mentor none 30 % [1] levers.b_mentor")
    assert lines[mentor + 1] == "civil_society.mentor_share levers.mentor_language"
    assert lines[mentor + 2] == "lever_cost.mentor_per_month"


def test_any_scenario_can_be_the_baseline() -> None:
    answer = ankomst("check", "one_year+grant_by_speed", "--baseline", "one_year+no_grant")
    assert answer.exit_code == 0
    assert "Baseline: one_year+no_grant" in answer.stdout
    assert "introduction_period" not in answer.stdout
    assert "75,000 DKK in months 0-12" in answer.stdout
    assert "no scenario file 'one_yaer'" in fails("check", "one_year", "--baseline", "one_yaer")
    conflicts = problems("check", "one_year", "--baseline", "three_year+one_year")
    assert [line.partition(": ")[2].partition(" in ")[0] for line in conflicts] == [
        "introduction_period.base_months is set to 12 here but to 36",
        "introduction_period.max_months is set to 12 here but to 36",
    ]


def test_a_package_names_the_source_of_each_change_once() -> None:
    answer = ankomst("check", "reform_2016", "--set", "danish.class_hours=14")
    sources = re.findall(r"^\[(\d+)\] (.+)$", answer.stdout, re.MULTILINE)
    assert [int(number) for number, _ in sources] == list(range(1, len(sources) + 1))
    assert len({text for _, text in sources}) == len(sources)
    assert any(text.startswith("Law 665 of 8 June 2016") for _, text in sources)
    assert "--set" in {text for _, text in sources}
    assert "Benefit without children" in answer.stdout
    assert "5,945 DKK" in answer.stdout
    conflicts = problems("check", "reform_2016+three_year")
    assert len(conflicts) == 4  # the date, and three keys of the introduction period
    assert "date is set to 2013-07-01 here but to 2017-01-01 in" in conflicts[0]


def test_the_law_and_parameters_are_told(tmp_path: Path) -> None:
    answer = ankomst("check", "history_2010_2018", "--set", "parameters.job_finding.b_health=-0.5")
    said = re.sub(r"\s+", " ", answer.stdout)
    assert "RULES BY DATE" in said
    assert "from 1 July 2016: people who" in said
    central = f"{load_registry()['job_finding.b_health'].value:g}".replace("-", "−")
    assert f"job_finding.b_health {central} log hazard −0.5 log hazard" in said
    path = tmp_path / "own.yaml"
    path.write_text("dispersal: shares.csv\npopulation: {arrivals: arrivals.csv}", encoding="utf-8")
    (tmp_path / "shares.csv").write_text("code,share\n101,1\n", encoding="utf-8")
    (tmp_path / "arrivals.csv").write_text("year,people\n2015,9000\n", encoding="utf-8")
    assert "the table shares.csv" in ankomst("check", str(path)).stdout


def test_a_broken_table_makes_its_scenario_unusable(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    table = tmp_path / "table.csv"
    for key, text, problem in (
        (
            "population: {arrivals: table.csv}",
            "year,people\n2015,9000\n2017,1\n",
            "the year 2017 follows 2015",
        ),
        ("population: {municipalities: table.csv}", "code\n101\n", "table.csv"),
        ("dispersal: table.csv", "code,share\n999,1\n", "the code '999' is no municipality of this run"),
    ):
        path.write_text(key, encoding="utf-8")
        table.write_text(text, encoding="utf-8")
        read_arrivals.cache_clear()
        assert problem in fails("check", str(path))


def test_broken_files_give_all_their_lines_and_good_ones_are_still_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT / "tests" / "policy" / "broken")
    answer = ankomst("check", *BROKEN, SHIPPED[0])
    assert answer.exit_code == 1
    wanted = [line for name in BROKEN for line in expected(Path(name)).splitlines()]
    assert answer.stderr.splitlines() == [f"error: {line}" for line in wanted]
    assert answer.stdout.splitlines()[-1] == f"1 of {len(BROKEN) + 1} scenarios are sound"


def test_json_and_quiet() -> None:
    answer = ankomst("check", "one_year", "no_such_file", "--json")
    document = json.loads(answer.stdout)
    assert [entry["ok"] for entry in document] == [True, False]
    assert document[0]["differences"][0] == {
        "key": "introduction_period.base_months",
        "reference": 36,
        "value": 12,
    }
    assert document[0]["baseline"] == "three_year+grant_2013"
    change = document[0]["changes"][0]
    assert set(change) == {field.name for field in fields(Explained)}
    assert change["sentence_da"] == "Introduktionsperioden er 12 måneder i stedet for 36."
    assert change["rests_on"] == ["danish.drop_out_after"]
    assert document[1]["error"] in answer.stderr
    assert answer.exit_code == 1
    quiet = ankomst("check", "one_year", "--quiet", "--set", "danish.right_months=60")
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_the_schema_is_that_of_the_editors(tmp_path: Path) -> None:
    assert ankomst("check", "--schema").stdout == schema_text()
    path = tmp_path / "scenario.schema.json"
    assert ankomst("check", "--schema", "--out", str(path)).exit_code == 0
    assert path.read_text(encoding="utf-8") == schema_text()
    assert "does not exist" in fails("check", "--schema", "--out", str(tmp_path / "no" / "file.json"))


@pytest.mark.parametrize("command", [("check", "--schema"), ("levers",)])
def test_a_file_of_ones_own_is_not_overwritten(command: tuple[str, ...], tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / "thesis.md"
    assert ankomst(*command, "--out", str(path)).exit_code == 0
    written = path.read_bytes()
    path.write_bytes(written[:100])  # an earlier version of the same file
    link = tmp_path / "link"
    link.symlink_to(path)
    assert ankomst(*command, "--out", str(link)).exit_code == 0
    assert link.is_symlink()
    assert path.read_bytes() == written
    other.write_text("mine", encoding="utf-8")
    assert "holds something else and is left alone" in fails(*command, "--out", str(other))
    assert other.read_text(encoding="utf-8") == "mine"
    os.mkfifo(tmp_path / "pipe")
    for name, said in ((tmp_path, "is a folder"), (tmp_path / "pipe", "is not a regular file"),
                       (Path(os.devnull), "is not a regular file")):  # fmt: skip
        assert said in fails(*command, "--out", str(name))
    assert Path(os.devnull).is_char_device()


def test_the_page_of_levers_is_written(tmp_path: Path) -> None:
    page = levers_page(ROOT / "scenarios")
    assert ankomst("levers").stdout == page
    path = tmp_path / "levers.md"
    assert ankomst("levers", "--out", str(path)).exit_code == 0
    assert path.read_text(encoding="utf-8") == page
    assert "does not exist" in fails("levers", "--out", str(tmp_path / "no" / "levers.md"))
