"""`ankomst verify`: runs are repeated to the last bit, and whatever is damaged is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.studies.batch_support import FakePool, experiment, run

from ankomst.errors import OutputError, RunError
from ankomst.studies import runner, verify
from ankomst.studies.executors import Serial
from ankomst.studies.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.experiment import Experiment


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    monkeypatch.setattr(runner.store, "git_state", dict)


@pytest.fixture
def small(tmp_path: Path) -> Experiment:
    return experiment(tmp_path / "experiment", replicates=3)


def test_runs_are_repeated_to_the_last_bit(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out", Serial())
    told: list[tuple[int, int]] = []
    found = verify.verify(tmp_path / "out", small, sample=5, progress=lambda *both: told.append(both))
    assert [(one.same, one.detail) for one in found] == [(True, "same bits")] * 5
    assert len({(one.scenario, one.draw, one.replicate) for one in found}) == 5
    assert told == [(k, 5) for k in range(1, 6)]
    assert verify.verify(tmp_path / "out", small, sample=5) == found
    assert len(verify.verify(tmp_path / "out", small, sample=99)) == 12


def test_runs_that_are_not_what_they_should_be_are_named(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out", FakePool())
    found = verify.verify(tmp_path / "out", small, sample=2)
    assert not any(one.same for one in found)
    assert all(one.detail.endswith("numbers differ") for one in found)


def test_rows_that_wait_in_the_ledger_are_repeated_too(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(runner.BatchFolder, "flush", lambda *_: None)
        run(small, tmp_path / "out", Serial())
    assert all(one.same for one in verify.verify(tmp_path / "out", small, sample=3))
    with Ledger(tmp_path / "out" / "ledger.sqlite") as ledger:
        ledger._base.execute("UPDATE waiting SET row = x'00'")
    with pytest.raises(OutputError, match=r"12 rows in the ledger are damaged; allowed: .*--resume"):
        verify.verify(tmp_path / "out", small, sample=3)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("manifest gone", "manifest.json: the manifest is missing; allowed: .*--resume"),
        ("manifest short", "manifest.json: the manifest is damaged; allowed: .*--resume"),
        ("manifest list", "manifest.json: the manifest is damaged; allowed: .*--resume"),
        ("part gone", "part-00001.parquet: the part is missing; 12 runs cannot be read"),
        ("part short", "part-00001.parquet: the part is damaged; 12 runs cannot be read"),
    ],
)
def test_damage_is_said(small: Experiment, tmp_path: Path, damage: str, said: str) -> None:
    run(small, tmp_path / "out", FakePool())
    what, how = damage.split()
    path = tmp_path / "out" / ("manifest.json" if what == "manifest" else "runs/part-00001.parquet")
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(b"[]" if how == "list" else path.read_bytes()[:-50])
    with pytest.raises(OutputError, match=said):
        verify.verify(tmp_path / "out", small, sample=2)


def test_runs_of_other_code_or_another_experiment_are_refused(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small, tmp_path / "out", FakePool())
    other = experiment(tmp_path / "other", replicates=3, seed=9)
    with pytest.raises(OutputError, match="are not those of the experiment"):
        verify.verify(tmp_path / "out", other, sample=2)
    monkeypatch.setattr(verify, "code_version", lambda: "other")
    with pytest.raises(RunError, match="made by other code, data or packages"):
        verify.verify(tmp_path / "out", small, sample=2)


def test_a_batch_without_a_finished_run_is_refused(small: Experiment, tmp_path: Path) -> None:
    def fails(_: object) -> None:
        raise ValueError("no")

    run(small, tmp_path / "out", FakePool(fails))
    with pytest.raises(OutputError, match="no run is finished"):
        verify.verify(tmp_path / "out", small, sample=2)
