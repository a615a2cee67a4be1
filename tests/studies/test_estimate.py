"""What a batch will take, before it is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.studies.batch_support import FakePool, Killed, experiment, run

from ankomst.errors import RunError
from ankomst.studies.batch import estimate as estimating
from ankomst.studies.batch import runner
from ankomst.studies.batch.estimate import START_SECONDS, estimate
from ankomst.studies.batch.plan import plan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    monkeypatch.setattr(runner.store, "git_state", lambda: {"commit": None, "dirty": None})


def test_an_estimate_counts_runs_shadows_time_and_disk(tmp_path: Path) -> None:
    small = experiment(tmp_path, replicates=3)
    found = estimate(small, tmp_path / "out", workers=2)
    assert (found.runs, found.finished, found.most_runs, found.shadow_runs) == (12, 0, 12, 0)
    assert found.seconds_a_run > 0
    assert found.seconds == pytest.approx(12 * found.seconds_a_run / 2 + START_SECONDS)
    assert found.bytes == pytest.approx(12 * (8 * plan(small).layout.size * 0.88 + 400))
    assert not (tmp_path / "out").exists()


def test_what_is_finished_is_not_counted_again(tmp_path: Path) -> None:
    small, left = experiment(tmp_path, replicates=3), iter(range(2))

    def stop(_: object) -> None:
        if next(left, None) is None:
            raise Killed

    with pytest.raises(Killed):
        run(small, tmp_path / "out", FakePool(stop))
    found = estimate(small, tmp_path / "out", workers=1)
    assert (found.runs, found.finished) == (12, 8)
    assert found.seconds == pytest.approx(4 * found.seconds_a_run + START_SECONDS)


def test_shadow_runs_are_those_that_are_no_run_of_the_batch(tmp_path: Path) -> None:
    paying = ["one_year+grant_2013", "one_year+grant_by_speed"]
    found = estimate(experiment(tmp_path, replicates=2, scenarios=paying), tmp_path / "out", workers=1)
    assert found.shadow_runs == 4  # one each of the two periods, for two replicates
    off = experiment(tmp_path, replicates=2, scenarios=paying, deadweight=False)
    assert estimate(off, tmp_path / "out", workers=1).shadow_runs == 0


def test_a_precision_counts_up_to_its_cap(tmp_path: Path) -> None:
    wanted = {"outcome": "employment_rate", "half_width": 0.1, "at_most": 40, "step": 10}
    found = estimate(experiment(tmp_path, replicates=4, precision=wanted), tmp_path / "out", workers=1)
    assert (found.runs, found.most_runs) == (16, 160)


def test_a_baseline_that_cannot_be_run_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ankomst.studies.engine import scenario_work

    def broken(*_: object, **__: object) -> None:
        raise ValueError("no jobs")

    monkeypatch.setattr(scenario_work, "simulate", broken)
    with pytest.raises(
        RunError, match=r"the baseline three_year\+grant_2013 cannot be run: ValueError: no jobs"
    ):
        estimate(experiment(tmp_path), tmp_path / "out", workers=1)
    assert estimating.PROBE_NEWCOMERS > 0
