"""Replicates are added until a difference is known well enough: the same way each time, and up to a cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.studies.runs_fake import FakeRuns

from ankomst.studies.batch.runner import run_batch
from ankomst.studies.batch.stopping import half_width
from ankomst.studies.engine.executors import Serial
from ankomst.studies.schema.experiment import Experiment, load_experiment
from ankomst.studies.schema.experiment_file import PrecisionFile
from ankomst.studies.stats.intervals import paired

if TYPE_CHECKING:
    from pathlib import Path

FILE = """kind: batch
baseline: three_year
scenarios: [one_year]
set: {population.arrival_years: 1, horizon.follow_up_months: 24}
newcomers_per_year: 60
replicates: 4
outcomes: [months_employed, net_cost]
precision: {outcome: months_employed, half_width: WIDTH, at_most: 12, step: 4}
"""
WANTED = PrecisionFile.model_validate({"outcome": "months_employed", "half_width": 0.1})


def experiment(folder: Path, width: float) -> Experiment:
    path = folder / "stop.yaml"
    path.write_text(FILE.replace("WIDTH", str(width)), encoding="utf-8")
    return load_experiment(path)


def test_the_half_width_is_that_of_the_table_and_of_the_widest_scenario() -> None:
    rng = np.random.default_rng(1)
    runs = FakeRuns(("base", "narrow", "wide"), draws=1, replicates=8)
    values = {"base": 0.0, "narrow": rng.normal(0, 0.01, (1, 8)), "wide": rng.normal(0, 0.1, (1, 8))}
    for name, value in values.items():
        runs.outcome(name, "months_employed", value)
    found = paired(np.zeros((1, 1, 8)), values["wide"][None], 0.95)
    half, name = half_width(runs, WANTED, 0.95)
    assert name == "wide"
    assert half == pytest.approx(float(found["high"].iloc[0] - found["low"].iloc[0]) / 2)
    assert half_width(runs, WANTED.model_copy(update={"scenario": "narrow"}), 0.95)[1] == "narrow"


def test_with_draws_it_is_the_error_of_the_simulation_that_counts() -> None:
    rng = np.random.default_rng(2)
    runs = FakeRuns(("base", "a"), draws=10, replicates=4)
    runs.outcome("base", "months_employed", 0.0)
    runs.outcome("a", "months_employed", rng.normal(0, 10, (10, 1)) + rng.normal(0, 0.01, (10, 4)))
    assert half_width(runs, WANTED, 0.95)[0] < 0.01


def test_without_pairs_the_half_width_is_infinite() -> None:
    runs = FakeRuns(("base", "a"), draws=1, replicates=4)
    runs.outcome("a", "months_employed", np.nan)
    assert half_width(runs, WANTED, 0.95)[0] == np.inf


@pytest.mark.compiled
def test_a_precision_that_is_reached_ends_the_batch(tmp_path: Path) -> None:
    finished = run_batch(experiment(tmp_path, 1000.0), tmp_path / "out", pool=Serial())
    assert finished.replicates == 4
    assert finished.precision.startswith("precision reached")
    assert finished.counts["done"] == 8


@pytest.mark.compiled
def test_a_precision_out_of_reach_ends_at_the_cap_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    wanted = experiment(tmp_path, 0.0001)
    finished = run_batch(wanted, tmp_path / "out", pool=Serial(), say=said.append)
    assert finished.replicates == 12
    assert finished.precision.startswith("precision not reached")
    assert finished.counts["done"] == 24
    assert sum("4 more replicates" in line for line in said) == 2
    plain = wanted.model_copy(update={"precision": None, "replicates": 12})
    whole = run_batch(plain, tmp_path / "plain", pool=Serial())
    for name, table in finished.tables.items():
        assert table.equals(whole.tables[name]), name
    # Gone on with, it comes to the same end without a run.
    again = run_batch(wanted, tmp_path / "out", pool=Serial(), resume=True)
    assert again.replicates == 12
    assert again.counts == finished.counts
