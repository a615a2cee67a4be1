"""Recovery of truths on a made-up model; tests/benchmarks/recovery.py does it on the real one."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from tests.benchmarks.recovery import coverage, recover
from tests.studies.calibration_support import STUDY, MadeUp, study
from tests.studies.support import ROOT

from ankomst.studies.engine.evaluations import Evaluations, layout_of_measures
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.study_folder import StudyFolder
from ankomst.studies.engine.study_runs import StudyRuns

pytestmark = pytest.mark.usefixtures("no_thread_limit")
TRUTHS = 12


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("recovery")
    text = STUDY.replace("members: 24", "members: 120").replace("noise_replicates: 5", "noise_replicates: 40")
    wanted = dataclasses.replace(study(folder, text), measures=MadeUp())
    with StudyFolder(folder / "out", "recovery", resume=False, restart=False, say=print) as place:
        runs = StudyRuns(place, layout_of_measures(wanted.measures), Serial(), total=1)
        at = Evaluations(runs, wanted.measures, 1)
        found = recover(wanted, at, TRUTHS)
        prior = [run for run in at.planned.values() if run.scenario == "round 0"]
        assert len(prior) == 120, "the prior is simulated once for all truths"
    return found


def test_intervals_hold_the_truth_about_as_often_as_they_say(table: pd.DataFrame) -> None:
    rows = coverage(table).set_index("parameter")
    assert 0.75 <= rows.loc["all informed parameters", "inside"] <= 1.0
    assert rows.loc["all informed parameters", "truths"] == TRUTHS
    assert rows.loc["all informed parameters", "nominal"] == 0.9
    assert 0.75 <= rows.loc["all other free parameters", "inside"] <= 1.0


def test_a_truth_far_off_is_seen(table: pd.DataFrame) -> None:
    """The check can fail: truths of other people are held less often."""
    swapped = table.copy()
    mine = swapped["parameter"] == "job_finding.h0_refugee"
    swapped.loc[mine, "value"] = swapped.loc[mine, "value"].to_numpy()[::-1]
    inside = (swapped["low"] <= swapped["value"]) & (swapped["value"] <= swapped["high"])
    assert inside[mine].mean() < 0.7 < (table.loc[mine, "inside"] == "yes").mean()


def test_the_committed_table_is_of_the_shipped_method_and_within_bounds() -> None:
    rows = pd.read_csv(ROOT / "tests" / "benchmarks" / "recovery.csv").set_index("parameter")
    every = rows.loc["all informed parameters"]
    assert every["truths"] >= 20
    assert every["nominal"] == 0.9
    assert 0.80 <= every["inside"] <= 0.98
