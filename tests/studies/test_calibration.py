"""Calibrations: loaded, run, cut off and resumed, and what their tables say."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import pytest
from tests.studies.calibration_support import STUDY, MadeUp, study
from tests.studies.support import ROOT
from tests.waiting import PATIENCE, waited_for

from ankomst.errors import AnkomstError, OutputError, RunError
from ankomst.policy.parameters import ranged, uncalibrated_values
from ankomst.studies.calibration.run import CalibrationResult, run_calibration
from ankomst.studies.calibration.study import load_calibration
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.engine.evaluation import evaluation
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.worker import carry_out

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("no_thread_limit")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> CalibrationResult:
    """Return a calibration of the made-up model."""
    folder = tmp_path_factory.mktemp("calibration")
    return run(folder, folder / "out", STUDY.replace("members: 24", "members: 200"))


def run(
    folder: Path,
    out: Path,
    text: str = STUDY,
    measures: MadeUp | None = None,
    **more: Any,  # noqa: ANN401
) -> CalibrationResult:
    made_up = dataclasses.replace(study(folder, text), measures=measures or MadeUp())
    # Quantities give units only, which a made-up model has as well.
    real = study(folder, text).measures.quantities
    object.__setattr__(made_up.measures, "quantities", real)
    object.__setattr__(made_up.measures, "runs", ("one",))
    return run_calibration(made_up, out, pool=more.pop("pool", Serial()), **more)


def numbers(out: Path) -> dict[str, bytes]:
    """Return every table, and the draws."""
    found = {path.name: path.read_bytes() for path in (out / "tables").glob("*.csv")}
    return found | {"posterior": (out / "posterior.csv").read_bytes()}


def test_the_fit_comes_nearer_and_narrows_only_what_the_figures_tell_of(done: CalibrationResult) -> None:
    rounds = done.tables["rounds"]
    assert rounds["distance_median"].iloc[-1] < 0.5 * rounds["distance_median"].iloc[0]
    parameters = done.tables["parameters"].set_index("parameter")
    assert parameters.loc["job_finding.h0_refugee", "narrowing"] > 0.5
    assert parameters.loc["job_finding.h0_refugee", "informed"] == "yes"
    assert parameters.loc["municipality.creaming", "informed"] == "no"
    kept = parameters[parameters["informed"] == "no"]
    assert kept["narrowing"].abs().max() == 0.0, "what is not informed keeps its prior draws"
    assert set(parameters.index) == set(ranged())


def test_tables_agree_with_the_draws(done: CalibrationResult) -> None:
    targets, predictive = done.tables["targets"], done.tables["predictive"]
    for row in targets.to_dict("records"):
        figures = predictive[row["target"]]
        assert row["low"] == pytest.approx(np.quantile(figures, 0.05))
        assert (row["inside"] == "yes") == (row["low"] <= row["value"] <= row["high"])
        assert row["n"] == len(figures) == 200
    facts = done.facts
    assert facts["inside"] == (targets["inside"] == "yes").sum()
    assert facts["half_width"] == (targets["width_ratio"] <= 0.5).sum()
    assert facts["evaluations"] == 5 + 200 * 3 + 10
    table = done.tables["parameters"].set_index("parameter")
    speed = done.posterior["danish.language_speed"]
    assert table.loc["danish.language_speed", "median"] == pytest.approx(speed.median())
    pairs = done.tables["correlations"]
    assert pairs["correlation"].abs().is_monotonic_decreasing


def test_sensitivities_are_those_of_the_made_up_model(done: CalibrationResult) -> None:
    table = done.tables["sensitivity"].set_index(["target", "parameter"])
    strong = table.loc[("employment_12", "job_finding.h0_refugee")]
    assert strong["correlation"] > 0.95
    assert strong["slope"] > 0.9
    assert abs(table.loc[("employment_12", "municipality.creaming"), "slope"]) < 0.1
    assert table.loc[("danish", "danish.drop_out"), "slope"] < -0.2


def test_the_posterior_is_read_as_draws_and_the_manifest_names_its_files(done: CalibrationResult) -> None:
    draws = read_posterior(done.path / "posterior.csv")
    assert len(draws.values) == 200
    assert set(draws.names) == set(ranged())
    manifest = json.loads((done.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "calibration"
    assert manifest["complete"] is True
    assert manifest["posterior"]["draws"] == 200
    assert set(manifest["central"]) == set(ranged())
    start = uncalibrated_values()
    kept = done.tables["parameters"].query("informed == 'no'")["parameter"]
    assert all(manifest["central"][name] == start[name] for name in kept)
    assert manifest["central"]["job_finding.h0_refugee"] != start["job_finding.h0_refugee"]
    assert {"posterior.csv", "tables/targets.csv"} <= set(manifest["files"])


class Stops(Serial):
    """A worker after whose tasks the process is cut off."""

    def __init__(self, after: int) -> None:
        self.left = after

    def submit(self, function: Any, argument: object) -> Future[Any]:  # noqa: ANN401
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().submit(function, argument)


@pytest.mark.parametrize("after", [3, 20, 40, 70])
def test_cut_off_and_resumed_is_bit_identical(tmp_path: Path, after: int) -> None:
    run(tmp_path, tmp_path / "whole")
    out = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, out, pool=Stops(after))
    again = run(tmp_path, out, resume=True)
    assert numbers(out) == numbers(tmp_path / "whole")
    assert again.facts["simulated_now"] == again.facts["evaluations"] - after


def test_a_failed_evaluation_leaves_the_ensemble_and_too_many_end_it(tmp_path: Path) -> None:
    done = run(tmp_path, tmp_path / "few", measures=MadeUp(fails=(10, 11)))
    assert len(done.posterior) == 22
    assert "made to fail" in (done.path / "failures.csv").read_text(encoding="utf-8")
    with pytest.raises(RunError, match="24 of 24 evaluations of the stage 'round 0' failed"):
        run(tmp_path, tmp_path / "all", measures=MadeUp(fails=(0,)))


def test_a_finished_calibration_is_not_overwritten_and_no_batch_is_made_of_it(tmp_path: Path) -> None:
    from ankomst.studies.engine.stored_runs import experiment_of

    run(tmp_path, tmp_path / "out")
    with pytest.raises(OutputError, match=r"holds a calibration with .* finished runs; allowed: --resume"):
        run(tmp_path, tmp_path / "out")
    with pytest.raises(OutputError, match="holds a calibration, no batch"):
        experiment_of(tmp_path / "out")
    assert run(tmp_path, tmp_path / "out", restart=True).facts["simulated_now"] > 0


def test_left_out_targets_are_predicted_and_not_fitted(tmp_path: Path) -> None:
    done = run(tmp_path, tmp_path / "out", STUDY + "leave_out: [danish]\n")
    table = done.tables["targets"].set_index("target")
    assert table["fitted"].to_dict() == {
        "employment_12": "yes",
        "employment_24": "yes",
        "danish": "no",
        "cut": "yes",
    }
    assert done.facts["distance"]["targets"] == 3


@pytest.mark.compiled
def test_killed_on_two_processes_and_resumed_on_one_the_real_model_gives_the_same_bits(
    tmp_path: Path,
) -> None:
    text = STUDY.replace("members: 24", "members: 20")
    first = run_calibration(study(tmp_path, text), tmp_path / "one", pool=Serial())
    assert first.facts["simulations"] == first.facts["evaluations"] * 3
    out = tmp_path / "two"
    words = ["calibrate", str(tmp_path / "small.yaml"), "--out", str(out), "--workers", "2", "--quiet"]
    command = [sys.executable, "-c", "from ankomst.cli import main; main()", *words]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, text=True) as process:
        waited_for(lambda: finished(out) >= 30, process)
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
    assert alive == []
    assert not (out / "posterior.csv").exists()
    kept = finished(out)
    again = run_calibration(study(tmp_path, text), out, pool=Serial(), resume=True)
    assert again.facts["simulated_now"] == again.facts["evaluations"] - kept
    assert numbers(out) == numbers(tmp_path / "one")


def finished(out: Path) -> int:
    """Return the evaluations that the ledger of a folder has kept."""
    try:
        with Ledger(out / NAME, readonly=True) as ledger:
            return ledger.counts()["done"]
    except OutputError:
        return 0


def test_an_evaluation_that_fails_says_why_and_ends_nothing() -> None:
    (report,) = carry_out(evaluation(MadeUp(fails=(1,)), {}, 1, 1)).runs
    assert report.row is None
    assert report.error == "ZeroDivisionError: made to fail"


def test_the_shipped_files_load() -> None:
    whole, quick = (
        load_calibration(ROOT / "experiments" / f"{name}.yaml")
        for name in ("calibration", "calibration_quick")
    )
    assert whole.free == quick.free
    assert len(whole.targets.entries) == 26
    assert whole.file.members >= 200
    assert all(name.partition(".")[0] not in {"levers", "economy"} for name in whole.free)


BROKEN = {
    "kind: batch": "kind is batch, which `ankomst batch FILE` runs; allowed: calibration",
    "members: 3": r"members is 3, which is out of range; allowed: a whole number from 20 to 100,?000",
    "memebrs: 30": "the key 'memebrs' is not known; .*did you mean 'members'",
    "targets: targts.yaml": "file of targets 'targts.yaml' does not exist; .*did you mean 'targets.yaml'",
    "free: [danish.language_sped]": "'danish.language_sped' matches no .*'danish.language_speed'",
    "baseline: tree_year": "baseline: .*did you mean 'three_year'",
    "leave_out: [cutt]": "leave_out: there is no target 'cutt'; .*did you mean 'cut'",
    "whole_sample: cut": r"whole_sample must be a list, not the text 'cut'; allowed: \[cut\]",
    "set: {benefits.levle: 1}": "levle.*did you mean 'level'",
    "steps: 0": "steps is 0, which is out of range",
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, line: str) -> None:
    key = line.partition(":")[0]
    kept = [text for text in STUDY.splitlines() if not text.startswith(f"{key}:")]
    with pytest.raises(AnkomstError) as error:
        study(tmp_path, "\n".join([*kept, line]) + "\n")
    assert re.search(BROKEN[line], str(error.value)), str(error.value)
    assert "small.yaml" in str(error.value)


def test_a_sample_too_small_for_a_target_is_said(tmp_path: Path) -> None:
    class Gap(MadeUp):
        def measure(self, draw: Any, seed: int, stream: int) -> np.ndarray[Any, Any]:  # noqa: ANN401
            found = super().measure(draw, seed, stream)
            found[2] = np.nan
            return found

    with pytest.raises(RunError, match=r"danish cannot be computed in every run .*too few newcomers"):
        run(tmp_path, tmp_path / "out", measures=Gap())
