"""The ledger of a batch: whole changes only, damage found, a full disk said."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ankomst.errors import OutputError
from ankomst.studies.engine.registry import DamagedLedgerError, Ledger, PlannedRun
from ankomst.studies.engine.worker import RunReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS = [PlannedRun(f"id{k}", f"s{k % 2}", 0, k // 2) for k in range(6)]
ROW = np.array([np.nan, -0.0, np.inf, -np.inf, 5e-324, 0.1])


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as found:
        found.plan(RUNS)
        yield found


def done(key: str) -> RunReport:
    return RunReport(key, 0.5, row=ROW)


def test_runs_go_from_pending_to_done_or_failed(ledger: Ledger) -> None:
    ledger.enter([done("id0"), RunReport("id1", 0.1, error="no", trace="Traceback")])
    assert ledger.counts() == {"done": 1, "failed": 1, "pending": 4}
    (failed,) = ledger.entries("failed")
    assert (failed.message, failed.trace, failed.attempts, failed.seconds) == ("no", "Traceback", 1, 0.1)
    assert ledger.retry() == 1
    assert ledger.ids("pending") == {run.id for run in RUNS} - {"id0"}
    ledger.enter([done("id1")])
    (entry,) = [entry for entry in ledger.entries("done") if entry.id == "id1"]
    assert (entry.message, entry.trace, entry.attempts) == ("", "", 2)


def test_rows_keep_their_bits(ledger: Ledger) -> None:
    payload = np.frombuffer(b"\x01\x00\x00\x00\x00\x00\xf8\x7f" + ROW.tobytes()[8:])  # a NaN with a payload
    ledger.enter([done("id0"), RunReport("id1", 0.1, row=payload)])
    assert ledger.waiting()["id0"].tobytes() == ROW.tobytes()
    assert ledger.waiting()["id1"].tobytes() == payload.tobytes()


def test_a_damaged_row_is_found(ledger: Ledger) -> None:
    ledger.enter([done("id0"), done("id1"), done("id2")])
    ledger._base.execute("UPDATE waiting SET row = zeroblob(48) WHERE id = 'id0'")
    ledger._base.execute("DELETE FROM waiting WHERE id = 'id1'")
    assert set(ledger.waiting()) == {"id2"}
    assert ledger.torn() == ["id0", "id1"]
    assert ledger.retry(ledger.torn()) == 2
    assert ledger.ids("done") == {"id2"}
    assert ledger.count_waiting() == 1


def test_parts_take_rows_over_and_give_runs_back_when_lost(ledger: Ledger) -> None:
    ledger.enter([done("id0"), done("id1"), done("id2")])
    ledger.stored("part-00001.parquet", "abc", 10, ["id0", "id1"], [1, 2])
    assert ledger.parts() == {"part-00001.parquet": ("abc", 2)}
    assert ledger.count_waiting() == 1
    assert [entry.part for entry in ledger.entries("done")] == ["part-00001.parquet"] * 2 + [None]
    ledger.plan(RUNS[1:])
    assert ledger.lose("part-00001.parquet") == 1  # of the two only one is in the plan
    assert ledger.parts() == {}
    assert ledger.ids("done") == {"id2"}


def test_runs_of_an_earlier_plan_stay_known_but_do_not_count(ledger: Ledger) -> None:
    ledger.enter([done("id0"), done("id5")])
    ledger.plan([*RUNS[:2], PlannedRun("new", "s0", 1, 0)], code="x")
    assert ledger.counts() == {"done": 1, "failed": 0, "pending": 2}
    assert [entry.id for entry in ledger.entries_waiting()] == ["id0"]
    assert (set(ledger.waiting()), ledger.count_waiting(), ledger.meta("code")) == ({"id0"}, 1, "x")
    ledger.plan(RUNS)
    assert ledger.ids("done") == {"id0", "id5"}
    assert set(ledger.waiting()) == {"id0", "id5"}


def test_a_change_is_whole_or_not_at_all(ledger: Ledger) -> None:
    broken = RunReport("id1", object(), row=ROW)  # type: ignore[arg-type] - sqlite refuses it
    with pytest.raises(OutputError):
        ledger.enter([done("id0"), broken])
    assert ledger.counts()["done"] == 0
    assert ledger.count_waiting() == 0
    ledger.enter([done("id0")])
    assert ledger.counts()["done"] == 1


def test_a_change_that_is_interrupted_is_taken_back(ledger: Ledger) -> None:
    def reports() -> Iterator[RunReport]:
        yield done("id0")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.enter(reports())  # type: ignore[arg-type]
    assert ledger.counts()["done"] == 0


def test_a_full_disk_is_said_and_loses_nothing(ledger: Ledger) -> None:
    ledger.enter([done("id0")])
    pages = ledger._base.execute("PRAGMA page_count").fetchone()[0]
    ledger._base.execute(f"PRAGMA max_page_count = {pages + 1}")
    big = RunReport("id1", 1.0, row=np.zeros(10_000))
    with pytest.raises(OutputError) as error:
        ledger.enter([big])
    assert str(error.value) == (
        f"{ledger.path}: the disk is full; everything finished so far is kept; "
        "allowed: free space, then the same command with --resume"
    )
    assert ledger.ids("done") == {"id0"}
    ledger._base.execute("PRAGMA max_page_count = 100000")
    ledger.enter([big])
    assert ledger.ids("done") == {"id0", "id1"}


@pytest.mark.parametrize("damage", ["garbage", "truncated", "overwritten"])
def test_a_damaged_file_is_told_from_one_that_cannot_be_used(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.plan([PlannedRun(f"id{k}", "s", 0, k) for k in range(400)])
        ledger.enter([done(f"id{k}") for k in range(400)])
    content = bytearray(path.read_bytes())
    if damage == "garbage":
        content = bytearray(b"not a ledger at all" * 1000)
    elif damage == "truncated":
        content = content[: len(content) // 2 // 4096 * 4096]
    else:
        content[4096:40_960] = b"\xff" * 36_864
    path.write_bytes(content)
    for readonly in (False, True):
        with pytest.raises(DamagedLedgerError, match=r"the ledger is damaged: [^;\n]+$"):
            Ledger(path, readonly=readonly)


def test_a_ledger_that_is_no_file_or_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").mkdir()
    (tmp_path / "loop.sqlite").symlink_to("loop.sqlite")
    for name, readonly, said in (
        ("ledger", False, "it is no regular file"), ("none", True, "unable to open database file"),
        ("loop", False, "it is no regular file"), ("loop", True, "it is no regular file"),
    ):  # fmt: skip
        with pytest.raises(OutputError, match=f"the ledger cannot be used: {said}"):
            Ledger(tmp_path / f"{name}.sqlite", readonly=readonly)
    assert not (tmp_path / "none.sqlite").exists()


def test_a_reader_changes_nothing(ledger: Ledger) -> None:
    with Ledger(ledger.path, readonly=True) as reader:
        assert reader.counts()["pending"] == 6
        with pytest.raises(OutputError, match="readonly"):
            reader.note(a=1)
        ledger.enter([done("id0")])  # a reader does not hold the writer up
        assert reader.counts()["done"] == 1


HALF_A_CHANGE = """
import os, signal, sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("PRAGMA cache_size = 1")
base.execute("BEGIN IMMEDIATE")
base.execute("UPDATE runs SET state = 'failed'")
base.executemany("INSERT INTO waiting VALUES (?, zeroblob(20000))", [(str(k),) for k in range(200)])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("readonly", [False, True])
def test_a_change_cut_off_by_a_kill_is_taken_back_by_whoever_opens_next(
    ledger: Ledger, tmp_path: Path, readonly: bool
) -> None:
    ledger.enter([done("id0")])
    killed = subprocess.run([sys.executable, "-c", HALF_A_CHANGE, str(ledger.path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    journal = tmp_path / "ledger.sqlite-journal"
    assert journal.stat().st_size > 0
    with Ledger(ledger.path, readonly=readonly) as again:
        assert again.counts() == {"done": 1, "failed": 0, "pending": 5}
        assert again.count_waiting() == 1
    assert not journal.exists() or journal.stat().st_size == 0


def test_values_are_noted_as_json(ledger: Ledger) -> None:
    owner = {"process": os.getpid(), "host": "here", "start": "now"}
    ledger.note(owner=owner, text="æøå")
    assert ledger.meta("owner") == owner
    assert ledger.meta("text") == "æøå"
    assert ledger.meta("unknown") is None


def test_a_ledger_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE runs (name TEXT)")
    other.close()
    before = path.read_bytes()
    for readonly in (True, False):
        with pytest.raises(DamagedLedgerError, match="its tables are not those of this version"):
            Ledger(path, readonly=readonly)
    assert path.read_bytes() == before


def test_a_ledger_takes_no_value_of_another_kind(ledger: Ledger) -> None:
    for change in (
        "UPDATE runs SET draw = 'first'",
        "UPDATE runs SET draw = -1",
        "UPDATE runs SET state = 'over'",
        "UPDATE runs SET state = 'done'",  # without a checksum
        "UPDATE runs SET seconds = 9e999",
        "UPDATE runs SET message = NULL",
        "INSERT INTO waiting VALUES ('id0', x'00')",
        "INSERT INTO waiting VALUES ('id0', 'text')",
        "INSERT INTO parts VALUES ('../part-1.parquet', '', 1, 1)",
        "INSERT INTO files VALUES ('../x', hex(zeroblob(32)))",
        "INSERT INTO files VALUES ('x', 'short')",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            ledger._base.execute(change)


def test_values_of_another_kind_in_the_file_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.plan(RUNS)
    tamper(path, "UPDATE runs SET attempts = 'many'")
    with pytest.raises(
        DamagedLedgerError, match=r"the ledger is damaged: non-INTEGER value in runs\.attempts"
    ):
        Ledger(path, readonly=True)


def tamper(path: Path, change: str) -> None:
    """Change a ledger as a program that does not care for its checks."""
    base = sqlite3.connect(path, isolation_level=None)
    kept = base.execute("SELECT sql FROM sqlite_master WHERE name = 'runs'").fetchone()[0]
    names = "scenario, draw, replicate, planned, state, attempts, seconds, crc, message, trace, part"
    loose = f"CREATE TABLE runs (id PRIMARY KEY, {names})"
    for text, version in ((loose, 1000), (kept, 1001)):
        base.execute("PRAGMA writable_schema = ON")
        base.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'runs'", (text,))
        base.execute(f"PRAGMA schema_version = {version}")
        base.close()
        base = sqlite3.connect(path, isolation_level=None)
        if text == loose:
            base.execute(change)
    base.close()


@pytest.mark.parametrize(
    ("key", "value"),
    [("owner", "3"), ("owner", '{"process": "x"}'), ("kind", '"web"'), ("started", "1"), ("experiment", "[]"),
     ("wall_seconds", "-1"), ("code", "{")],
)  # fmt: skip
def test_a_note_that_is_not_what_it_should_be_is_said(ledger: Ledger, key: str, value: str) -> None:
    ledger._base.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
    with pytest.raises(DamagedLedgerError, match=f"the ledger is damaged: its note '{key}' cannot be read"):
        ledger.meta(key)


def test_files_are_listed_with_every_hash_until_they_are_forgotten(ledger: Ledger) -> None:
    first, second = "1" * 64, "2" * 64
    for name, digest in (("a", first), ("tables/b.csv", first), ("a", second), ("a", first)):
        ledger.enter_file(name, digest)
    assert ledger.files() == {"tables/b.csv": [first], "a": [second, first]}
    ledger.forget_files(["a"])
    assert set(ledger.files()) == {"tables/b.csv"}
    ledger.clear()
    assert ledger.files() == {}
    assert ledger.entries() == []


def test_a_named_pipe_in_place_of_the_ledger_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ledger.sqlite")
    for readonly in (True, False):
        with pytest.raises(OutputError, match="it is no regular file"):
            Ledger(tmp_path / "ledger.sqlite", readonly=readonly)
