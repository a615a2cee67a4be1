"""`ankomst check`: all files are looked at, and every wrong one gives its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.support import ROOT, ankomst, fails

from ankomst.policy.file_schema import schema_text

if TYPE_CHECKING:
    import pytest

SHIPPED = sorted(str(path) for path in (ROOT / "scenarios").glob("*.yaml"))
BROKEN = sorted(path.name for path in (ROOT / "tests" / "policy" / "broken").glob("*.yaml"))


def test_the_shipped_scenarios_are_sound() -> None:
    answer = ankomst("check", *SHIPPED)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[-1] == f"{len(SHIPPED)} of {len(SHIPPED)} scenarios are sound"
    assert answer.stderr == ""


def test_what_differs_from_the_reference_is_shown() -> None:
    answer = ankomst("check", "one_year", "three_year", "grant_by_speed", "no_grant")
    lines = answer.stdout.splitlines()
    assert lines[0] == "one_year: ok, One-year introduction period (Etårig introduktionsperiode)"
    assert len(lines[1].split()[-1]) == 64
    assert "  introduction_period.base_months: 12 (reference: 36)" in lines
    assert "  the reference policy: three_year+grant_2013" in lines
    assert "result_grants: none (reference: ordinary_job 46881.0;" in answer.stdout
    assert "ordinary_job {'0-12': 75000.0" in answer.stdout


def test_broken_files_give_a_line_each_and_good_ones_are_still_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT / "tests" / "policy" / "broken")
    answer = ankomst("check", *BROKEN, SHIPPED[0])
    assert answer.exit_code == 1
    errors = answer.stderr.splitlines()
    assert len(errors) == len(BROKEN)
    for name, line in zip(BROKEN, errors, strict=True):
        expected = Path(name).read_bytes().split(b"\n", 1)[0].decode().removeprefix("# expect: ")
        assert line == f"error: {expected}"
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
