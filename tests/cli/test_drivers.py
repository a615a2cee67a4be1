"""`ankomst sensitivity` and `ankomst decide`: from start to end, and used wrongly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.cli.support import ankomst
from tests.studies.calibration_support import STUDY, TARGETS

from ankomst.commands.decide import decide
from ankomst.commands.sensitivity import sensitivity
from ankomst.commands.validate import validate
from ankomst.errors import ExperimentError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMON = """
baseline: three_year+grant_2013
scenarios: {one_year: one_year+grant_2013}
newcomers_per_year: 24
set: {horizon.follow_up_months: 12, population.arrival_years: 1}
"""
SENSITIVITY = f"""kind: sensitivity{COMMON}
title: Small
outcomes: [months_employed@12, net_cost.both@12]
factors: {{parameters: [danish.*, job_finding.sigma]}}
morris: {{trajectories: 4, replicates: 2}}
sobol: {{rows: 16, most: 2, replicates: 2}}
emulator: {{folds: 3}}
quick: {{morris.trajectories: 5, sobol: null, emulator: null}}
"""
DECISION = f"""kind: decision{COMMON}
title: Small
outcomes: [months_employed@12, net_cost.both@12]
draws: {{from: posterior, number: 30}}
replicates: 1
discovery:
  draws: {{from: prior, number: 30, parameters: [danish.*, job_finding.*]}}
  replicates: 1
  questions: [{{name: one year is cheaper, scenario: one_year, outcome: net_cost.both@12, side: below}}]
solve:
  draws: {{from: posterior, number: 4}}
  replicates: 1
  searches:
    - {{name: how high the benefit must be, change: benefits.level, low: 0.5, high: 1, points: 3,
        scenario: one_year, outcome: net_cost.both@12}}
information: {{cost: net_cost.both@12, groups: {{Danish: [danish.*]}}}}
designs: {{gain: months_employed@12, cost: net_cost.both@12, trials: 10, batch: 2, replicates: 2,
  fresh_replicates: 3, candidates: 2, shipped: [grant_2013, no_grant, grant_by_speed]}}
"""


def run(command: Callable[..., None], folder: Path, text: str, **options: object) -> Path:
    """Run a command on a small file."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    usual: dict[str, Any] = {
        "out": folder / "out", "quick": False, "resume": False, "restart": False, "changed": False,
        "dry_run": False, "workers": 1, "scheduler": None, "run_limit": 600.0, "seed": None,
        "newcomers": None, "changes": [], "lang": "en,da",
        "quiet": False, "as_json": False,
    }  # fmt: skip
    command(str(path), **usual | options)
    return folder / "out"


@pytest.mark.compiled
def test_sensitivity_writes_tables_and_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(sensitivity, tmp_path, SENSITIVITY)
    said = capsys.readouterr().out
    assert "Results are in" in said
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["complete"] is True
    assert manifest["kind"] == "sensitivity"
    assert {"sensitivity.html", "sensitivity_da.html", "tables/sobol.csv"} <= manifest["files"].keys()
    assert len(manifest["most"]) == 2
    morris = pd.read_csv(out / "tables" / "morris.csv")
    assert morris["n"].unique().tolist() == [4]
    with pytest.raises(OutputError, match="holds a sensitivity with"):
        run(sensitivity, tmp_path, SENSITIVITY)
    run(sensitivity, tmp_path, SENSITIVITY, resume=True, as_json=True, lang="en")
    found = json.loads(capsys.readouterr().out)
    assert {"morris", "sobol", "quantities"} <= found.keys()


@pytest.mark.compiled
def test_quick_dry_run_and_other_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(sensitivity, tmp_path, SENSITIVITY, quick=True, dry_run=True, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["evaluations"] == 5 * 12 * 2  # ten factors and the dummy; a point more than they are
    assert not (tmp_path / "out").exists()
    with pytest.raises(ExperimentError, match="which `ankomst decide FILE` runs"):
        run(sensitivity, tmp_path, DECISION)
    with pytest.raises(ExperimentError, match="which `ankomst sensitivity FILE` runs"):
        run(decide, tmp_path, SENSITIVITY)
    with pytest.raises(ExperimentError, match="which `ankomst sensitivity FILE` runs"):
        validate(
            str(tmp_path / "small.yaml"), out=None, resume=False, restart=False, changed=False,
            workers=1, scheduler=None, run_limit=600.0, seed=None, newcomers=None, changes=[], lang="en",
            quiet=True, as_json=False,
        )  # fmt: skip


@pytest.mark.compiled
def test_a_dry_run_of_a_calibration_counts_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(STUDY, encoding="utf-8")
    words = ("calibrate", str(tmp_path / "small.yaml"), "--out", str(tmp_path / "out"), "--dry-run")
    said = json.loads(ankomst(*words, "--json").stdout)
    # Five replicates at the start values, 24 members before and after two steps, ten at the central draw.
    assert [said[name] for name in ("targets", "free", "evaluations", "simulations")] == [4, 4, 87, 3 * 87]
    assert "; 3 runs an evaluation, 4 free parameters, 4 targets" in ankomst(*words).stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.compiled
def test_decide_writes_tables_and_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(decide, tmp_path, DECISION)
    assert "Results are in" in capsys.readouterr().out
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert {"decision.html", "decision_da.html", "tables/robustness.csv"} <= manifest["files"].keys()
    for name in ("robustness", "boxes", "thresholds", "threshold_curves", "information", "designs"):
        table = pd.read_csv(out / "tables" / f"{name}.csv")
        assert len(table)
        assert "interval" in table.columns
    run(decide, tmp_path, DECISION, resume=True, as_json=True, lang="da")
    found = json.loads(capsys.readouterr().out)
    assert found["search"]["tried"] == 10


@pytest.mark.parametrize("command", [sensitivity, decide])
def test_wrong_options_have_one_sentence(tmp_path: Path, command: Callable[..., None]) -> None:
    text = SENSITIVITY if command is sensitivity else DECISION
    with pytest.raises(ExperimentError, match="--resume and --restart exclude each other"):
        run(command, tmp_path, text, resume=True, restart=True)
    with pytest.raises(OutputError, match="there is no language 'dk'"):
        run(command, tmp_path, text, lang="dk")
    with pytest.raises(ExperimentError, match="is not known"):
        run(command, tmp_path, text, changes=["outcoms=[months_employed@12]"])
