"""`ankomst validate`: from start to end, and used wrongly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.cli.support import fails

from ankomst.commands.validate import validate
from ankomst.errors import ExperimentError, OutputError, RunError
from ankomst.studies.metrics.validation_measures import ValidationMeasures

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """kind: validation
title: Small
cases: [slagelse, ringkobing_skjern]
draws: {from: prior, number: 2}
newcomers_per_year: 40
"""


def _run(folder: Path, **options: object) -> Path:
    path = folder / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    usual: dict[str, Any] = {
        "out": folder / "out", "resume": False, "restart": False, "changed": False, "workers": 1,
        "scheduler": None, "run_limit": 600.0,
        "seed": None, "newcomers": None, "changes": [], "lang": "en,da", "quiet": False, "as_json": False,
    }  # fmt: skip
    validate(str(path), **usual | options)
    return folder / "out"


@pytest.mark.compiled
def test_validate_writes_pages_and_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = _run(tmp_path)
    assert "slagelse" in capsys.readouterr().out
    table = pd.read_csv(out / "tables" / "validation.csv")
    assert set(table["case"]) == {"slagelse", "ringkobing_skjern"}
    assert (table.loc[table["judged"] == "value", "n"] == 2).all()
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {
        "facts.json", "validation.html", "validation_da.html", "tables/validation.csv",
    }  # fmt: skip
    with pytest.raises(OutputError, match="holds a validation with 2 finished runs"):
        _run(tmp_path)
    _run(tmp_path, resume=True, as_json=True, lang="da")
    said = json.loads(capsys.readouterr().out)
    assert said["residual"] is None
    assert said["validation"][0]["quantity"] == "slagelse_jobs"


@pytest.mark.compiled
def test_failed_evaluations_are_run_again_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (_run(tmp_path) / "tables" / "validation.csv").read_bytes()
    measured = list[int]()

    def fail(_: object, __: object, seed: int, stream: int) -> None:
        measured.append(stream)
        raise ValueError(f"made to fail with seed {seed}")

    again = tmp_path / "again"
    with monkeypatch.context() as broken:
        broken.setattr(ValidationMeasures, "measure", fail)
        with pytest.raises(RunError, match="2 of 2 evaluations"):
            _run(tmp_path, out=again)
    with pytest.raises(RunError, match="2 of 2 evaluations"):
        _run(tmp_path, out=again, resume=True)
    assert len(measured) == 2
    _run(tmp_path, out=again, retry_failed=True)
    assert (again / "tables" / "validation.csv").read_bytes() == whole


@pytest.mark.parametrize(
    "command", ["demo", "batch FILE", "calibrate FILE", "validate FILE", "sensitivity FILE", "decide FILE"]
)
def test_every_study_can_retry_what_failed(command: str) -> None:
    said = fails(*command.split(), "--retry-failed", "--restart")
    assert "--retry-failed and --restart exclude each other" in said


@pytest.mark.compiled
def test_a_dry_run_counts_evaluations_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = _run(tmp_path, dry_run=True, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert (said["out"], said["evaluations"]) == (str(out), 2)
    assert said["seconds"] == pytest.approx(2 * said["seconds_an_evaluation"])
    _run(tmp_path, dry_run=True)
    assert capsys.readouterr().out.startswith("2 evaluations, ")
    assert not out.exists()


def test_wrong_options_have_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match="--resume and --restart exclude each other"):
        _run(tmp_path, resume=True, restart=True)
    with pytest.raises(OutputError, match="there is no language 'dk'"):
        _run(tmp_path, lang="dk")
    with pytest.raises(ExperimentError, match="did you mean 'slagelse'"):
        _run(tmp_path, changes=["cases=[slagelsen]"])
