"""`ankomst verify`: runs are repeated to the last bit, and whatever is damaged is said."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.studies.batch_support import FakePool, experiment, run

from ankomst.errors import OutputError, RunError
from ankomst.studies.batch import runner, verify
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.registry import Ledger
from ankomst.studies.engine.study_folder import StudyFolder

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.schema.experiment import Experiment


@pytest.fixture(autouse=True)
def one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {"levels": pd.DataFrame({"a": [1]})})
    monkeypatch.setattr(runner.store, "git_state", lambda: {"commit": None, "dirty": None})


@pytest.fixture
def small(tmp_path: Path) -> Experiment:
    return experiment(tmp_path / "experiment", replicates=3)


def test_runs_are_repeated_to_the_last_bit(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out", Serial())
    told: list[tuple[int, int]] = []
    found = verify.repeat(tmp_path / "out", small, sample=5, progress=lambda *both: told.append(both))
    assert [(one.same, one.detail) for one in found] == [(True, "same bits")] * 5
    assert len({(one.scenario, one.draw, one.replicate) for one in found}) == 5
    assert told == [(k, 5) for k in range(1, 6)]
    assert verify.repeat(tmp_path / "out", small, sample=5) == found
    assert len(verify.repeat(tmp_path / "out", small, sample=99)) == 12


def test_runs_that_are_not_what_they_should_be_are_named(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out", FakePool())
    found = verify.repeat(tmp_path / "out", small, sample=2)
    assert not any(one.same for one in found)
    assert all(one.detail.endswith("numbers differ") for one in found)


def test_rows_that_wait_in_the_ledger_are_repeated_too(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(StudyFolder, "flush", lambda *_: None)
        run(small, tmp_path / "out", Serial())
    assert all(one.same for one in verify.repeat(tmp_path / "out", small, sample=3))
    with Ledger(tmp_path / "out" / "ledger.sqlite") as ledger:
        ledger._base.execute("UPDATE waiting SET row = zeroblob(8)")
    for check in (lambda out: verify.repeat(out, small, sample=3), verify.whole):
        with pytest.raises(OutputError, match=r"12 rows in the ledger are damaged; allowed: .*--resume"):
            check(tmp_path / "out")


def test_every_file_and_stored_row_is_compared(small: Experiment, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(small, out, FakePool())
    assert vars(verify.whole(out)) == {"kind": "batch", "files": 2, "rows": 12}  # a table and a part


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("manifest gone", "manifest.json: the manifest is missing; allowed: .*--resume"),
        ("manifest short", "manifest.json: the manifest is damaged; allowed: .*--resume"),
        ("manifest list", "manifest.json: the manifest is damaged; allowed: .*--resume"),
        ("part gone", "part-00001.parquet: the part is missing; 12 runs cannot be read"),
        ("part short", "part-00001.parquet: the part is damaged; 12 runs cannot be read"),
        ("part pipe", "part-00001.parquet: the part is missing; 12 runs cannot be read"),
        (
            "table gone",
            r"files are not as they were written: tables/levels\.csv \(missing\); allowed:",
        ),
        ("table short", r"files are not as they were written: tables/levels\.csv; allowed: move"),
        ("table link", r"files are not as they were written: tables/levels\.csv; allowed: move"),
        ("table pipe", r"files are not as they were written: tables/levels\.csv; allowed: move"),
    ],
)
def test_damage_is_said(small: Experiment, tmp_path: Path, damage: str, said: str) -> None:
    run(small, tmp_path / "out", FakePool())
    what, how = damage.split()
    names = {"manifest": "manifest.json", "part": "runs/part-00001.parquet", "table": "tables/levels.csv"}
    path = tmp_path / "out" / names[what]
    content = path.read_bytes()
    path.unlink()
    if how == "pipe":
        os.mkfifo(path)
    elif how == "link":
        (tmp_path / "same").write_bytes(content)
        path.symlink_to(tmp_path / "same")
    elif how != "gone":
        path.write_bytes(b"[]" if how == "list" else content[:-1] if what == "table" else content[:-50])
    with pytest.raises(OutputError, match=said):
        verify.whole(tmp_path / "out")


def test_a_row_that_is_not_the_one_that_was_entered_is_found(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out", FakePool())
    with Ledger(tmp_path / "out" / "ledger.sqlite") as ledger:
        ledger._base.execute("UPDATE runs SET crc = crc - 1 WHERE replicate = 2")
    with pytest.raises(OutputError, match=r"part-00001\.parquet: the part does not hold the runs"):
        verify.whole(tmp_path / "out")


def test_runs_of_other_code_or_another_experiment_are_refused(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small, tmp_path / "out", FakePool())
    other = experiment(tmp_path / "other", replicates=3, seed=9)
    with pytest.raises(OutputError, match="are not those of the experiment"):
        verify.repeat(tmp_path / "out", other, sample=2)
    monkeypatch.setattr(verify, "code_version", lambda: "other")
    with pytest.raises(RunError, match="made by other code, data or packages"):
        verify.repeat(tmp_path / "out", small, sample=2)


def test_a_batch_without_a_finished_run_is_refused(small: Experiment, tmp_path: Path) -> None:
    def fails(_: object) -> None:
        raise ValueError("no")

    run(small, tmp_path / "out", FakePool(fails))
    with pytest.raises(OutputError, match="no run is finished"):
        verify.repeat(tmp_path / "out", small, sample=2)
