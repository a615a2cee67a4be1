"""Whose files lie in the folder of a batch: what is deleted, what is left, and what stops a command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.studies.batch_support import FakePool, bits, resumed, run

from ankomst.errors import OutputError
from ankomst.studies.batch import runner
from ankomst.studies.engine import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ankomst.studies.schema.experiment import Experiment

LEDGER = "ledger.sqlite"
RUNS = 40
pytestmark = pytest.mark.usefixtures("no_tables")


def part(out: Path, number: int) -> Path:
    return out / "runs" / f"part-{number:05d}.parquet"


def test_restart_throws_away_its_own_files_only(small: Experiment, tmp_path: Path, wanted: str) -> None:
    run(small, tmp_path)
    names = ("notes.txt", "runs/notes.txt", "tables/mine.csv", "runs/my.parquet", "ledger.sqlite.damaged")
    mine = [tmp_path / name for name in names]
    for path in mine:
        path.write_text("mine")
    pool, said = FakePool(), list[str]()
    run(small, tmp_path, pool, restart=True, say=said.append)
    assert len(pool.ids) == RUNS
    assert all(path.read_text() == "mine" for path in mine)
    left = "ledger.sqlite.damaged, notes.txt, runs/my.parquet, runs/notes.txt, tables/mine.csv"
    assert said == [f"{tmp_path}: not part of the result and left as it is: {left}"]
    assert sorted(path.name for path in (tmp_path / "runs").glob("part-*")) == [
        f"part-{k:05d}.parquet" for k in range(1, 5)
    ]
    assert bits(tmp_path, small) == wanted


def test_restart_throws_away_what_was_put_aside(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    part(tmp_path, 2).write_bytes(b"x")
    resumed(small, tmp_path)
    assert (tmp_path / "manifest.json.damaged").is_file()
    assert part(tmp_path, 2).with_suffix(".parquet.damaged").is_file()
    said: list[str] = []
    run(small, tmp_path, restart=True, say=said.append)
    assert said == []
    assert not list(tmp_path.rglob("*.damaged"))


CHANGED = ("manifest.json", "failures.csv", "runs/part-00002.parquet", "tables/levels.csv")


@pytest.mark.parametrize("how", ["changed", "link", "folder", "pipe"])
@pytest.mark.parametrize("name", CHANGED)
def test_a_file_that_has_changed_stops_a_restart(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, how: str
) -> None:
    fail = iter(range(RUNS))
    monkeypatch.setattr(runner, "tabulate", lambda *_: {"levels": pd.DataFrame({"a": [1]})})
    out, outside = tmp_path / "out", tmp_path / "precious"
    run(small, out, FailingPool(fail))
    outside.write_text("precious")
    path = out / name
    path.unlink()
    {
        "changed": lambda: path.write_text("mine"), "link": lambda: path.symlink_to(outside),
        "folder": path.mkdir, "pipe": lambda: os.mkfifo(path),
    }[how]()  # fmt: skip
    before, pool = listing(out), FakePool()
    with pytest.raises(OutputError) as error:
        run(small, out, pool, restart=True)
    assert str(error.value) == (
        f"{path}: has changed since ankomst wrote it and is left alone; allowed: to move it elsewhere, or "
        "another folder (--out DIR)"
    )
    assert pool.tasks == []
    assert listing(out) == before
    assert outside.read_text() == "precious"


class FailingPool(FakePool):
    """Workers of which the first fails."""

    def __init__(self, left: Iterator[int]) -> None:
        def fails(_: object) -> None:
            if next(left, None) == 0:
                raise ValueError("no")

        super().__init__(fails)


def listing(out: Path) -> dict[str, str]:
    """Return every file of a folder with its content, the ledger and its lock left out."""
    names = {path.relative_to(out).as_posix(): path for path in out.rglob("*")}
    return {
        name: path.read_bytes().hex() if path.is_file() else ""
        for name, path in names.items()
        if not name.startswith((LEDGER, ".lock"))
    }


def test_a_table_that_has_changed_stops_a_batch_that_is_resumed(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {"levels": pd.DataFrame({"a": [1]})})
    run(small, tmp_path)
    table = tmp_path / "tables" / "levels.csv"
    table.write_text("my own")
    with pytest.raises(OutputError, match=r"tables/levels\.csv: has changed since ankomst wrote it"):
        run(small, tmp_path, resume=True)
    assert table.read_text() == "my own"
    table.rename(tmp_path / "mine.csv")
    resumed(small, tmp_path)
    assert table.read_text() == "a\n1\n"


def test_tables_of_an_earlier_look_go_and_those_of_others_stay(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"a": [1]})
    monkeypatch.setattr(runner, "tabulate", lambda *_: {"levels": frame, "regret": frame})
    run(small, tmp_path)
    (tmp_path / "tables" / "mine.csv").write_text("mine")
    monkeypatch.setattr(runner, "tabulate", lambda *_: {"levels": frame})
    resumed(small, tmp_path)
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["levels.csv", "mine.csv"]
    monkeypatch.setattr(runner, "tabulate", lambda *_: {"levels": frame, "mine": frame})
    with pytest.raises(OutputError, match=r"tables/mine\.csv: was not written by ankomst"):
        run(small, tmp_path, resume=True)
    assert (tmp_path / "tables" / "mine.csv").read_text() == "mine"


def test_parts_that_no_ledger_lists_are_not_thrown_away(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path)
    (tmp_path / LEDGER).unlink()
    with pytest.raises(OutputError, match="no ledger lists the parts in runs/, so that they are left alone"):
        run(small, tmp_path, restart=True)
    resumed(small, tmp_path)
    pool = FakePool()
    run(small, tmp_path, pool, restart=True)
    assert len(pool.ids) == RUNS


@pytest.mark.parametrize("how", ["resume", "restart"])
@pytest.mark.parametrize("name", ["runs", "tables"])
def test_a_link_in_place_of_a_folder_is_not_followed(
    small: Experiment, tmp_path: Path, name: str, how: str
) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    run(small, out)
    (out / name).rename(outside)
    (out / name).symlink_to(outside)
    (outside / "x.csv").write_text("x")
    before = sorted(outside.iterdir())
    with pytest.raises(OutputError, match=f"out/{name}: is not the folder that ankomst made"):
        run(small, out, **{how: True})
    assert sorted(outside.iterdir()) == before


def test_finished_tables_without_a_ledger_are_not_replaced_unasked(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {"levels": pd.DataFrame({"a": [1]})})
    run(small, tmp_path)
    (tmp_path / LEDGER).unlink()
    for number in range(1, 5):
        part(tmp_path, number).unlink()
    with pytest.raises(OutputError, match="the folder holds a batch with finished tables; allowed: --resume"):
        run(small, tmp_path)
    run(small, tmp_path, restart=True)
    assert manifest.read(tmp_path)["runs"]["done"] == RUNS
