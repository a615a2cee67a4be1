"""`ankomst status`: quick where another process holds the ledger, and the same for every kind of study."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.support import ankomst, fails
from tests.studies.batch_support import FakePool, experiment, run
from tests.studies.paired_support import MadeUp, ishigami, made_up

from ankomst.studies.batch import runner
from ankomst.studies.engine import registry
from ankomst.studies.engine.executors import Serial
from ankomst.studies.sensitivity.run import run_sensitivity

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.engine.worker import Task


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a batch that was cut off after three tasks, one of which failed."""
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    wanted = experiment(tmp_path, replicates=5)

    def stop(task: Task) -> None:
        if task.stream == 1:
            raise ValueError("no")

    def cut_off(over: int, _: int) -> None:
        if over == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(wanted, tmp_path / "out", FakePool(stop), progress=cut_off)
    return tmp_path / "out"


def test_a_batch_is_counted_by_scenario(batch: Path) -> None:
    facts = json.loads(ankomst("status", str(batch), "--json").stdout)
    assert facts["runs"] == {"done": 8, "failed": 4, "pending": 8}
    assert facts["scenarios"] == {
        name: {"done": 2, "failed": 1, "pending": 2}
        for name in (
            "three_year+grant_2013", "three_year+no_grant", "one_year+grant_2013", "one_year+no_grant",
        )
    }  # fmt: skip
    assert facts["seconds_of_cores"] == pytest.approx(8 * 0.01)
    assert facts["failures"] == ["4 x ValueError: no"]
    assert facts["running"] is False
    lines = ankomst("status", str(batch)).stdout.splitlines()
    assert lines[1] == "stopped: 8 of 20 runs finished, 4 failed"
    assert lines[-2] == "failed: 4 x ValueError: no"


@pytest.mark.parametrize("kind", ["batch", "sensitivity"])
def test_a_ledger_that_another_process_holds_gets_one_sentence_at_once(
    kind: str, batch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = batch
    if kind == "sensitivity":
        study = made_up(tmp_path, MadeUp(ishigami, 3, 0.1), (0.0, 1.0), methods="morris: {trajectories: 4}")
        folder = run_sensitivity(study, tmp_path / "other", pool=Serial()).path
    waits: list[float] = []
    real = sqlite3.connect

    def connect(*given: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401
        waits.append(options["timeout"])
        return real(*given, **options)

    holder = real(folder / registry.NAME, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(registry.sqlite3, "connect", connect)
        said = fails("status", str(folder))
    finally:
        holder.close()
    assert said == (
        f"{folder / registry.NAME}: another process holds the ledger and does not let go of it; "
        "allowed: the same command once that process is done or has ended"
    )
    assert sum(waits) <= 2.0, "of the five seconds that an answer may take"
    assert ankomst("status", str(folder)).exit_code == 0


def test_a_writer_that_reads_does_not_keep_status_from_answering(batch: Path) -> None:
    holder = sqlite3.connect(batch / registry.NAME, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")  # as a batch does while it enters runs
        assert "8 of 20 runs finished" in ankomst("status", str(batch)).stdout
    finally:
        holder.close()


def test_where_the_manifest_is_damaged_the_ledger_names_the_file(batch: Path) -> None:
    (batch / "manifest.json").write_text("{", encoding="utf-8")
    answer = ankomst("status", str(batch))
    assert answer.exit_code == 0
    again = answer.stdout.splitlines()[-1]
    assert again.startswith("Go on with: ankomst batch ")
    assert again.endswith(f"small.yaml --out {batch} --resume")
