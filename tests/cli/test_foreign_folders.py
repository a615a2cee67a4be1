"""Folders that somebody else made: no command deletes or writes anything in them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.support import ROOT, TINY, TINY_DEMO, ankomst, fails

from ankomst.studies.engine import store

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parent / "foreign_folder"
BATCH = """kind: batch
baseline: three_year
scenarios: [one_year]
set: {population.arrival_years: 1, horizon.follow_up_months: 24}
newcomers_per_year: 24
replicates: 2
"""
VALIDATION = """kind: validation
cases: [slagelse]
draws: {from: prior, number: 2}
newcomers_per_year: 40
"""


def _written(files: dict[str, str]) -> Callable[[Path], None]:
    """Return what writes files, by their names."""

    def write(folder: Path) -> None:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")

    return write


def _json(**content: object) -> str:
    return json.dumps(content)


def _ours_in_part() -> str:
    """Return a manifest that says it is a run of ankomst, and lists a file of somebody else."""
    files = {"index.html": "0" * 64, "../outside.txt": "0" * 64}
    return _json(kind="run", ankomst="0.1.0", command="ankomst run", files=files)


def _database(folder: Path) -> None:
    base = sqlite3.connect(folder / "ledger.sqlite")
    base.execute("CREATE TABLE accounts (name TEXT, amount INTEGER)")
    base.execute("INSERT INTO accounts VALUES ('rent', -5000)")
    base.commit()
    base.close()


def _linked(folder: Path) -> None:
    (folder.parent / "library").mkdir()
    (folder.parent / "library" / "part-00001.parquet").write_text("theirs", encoding="utf-8")
    (folder / "runs").symlink_to(folder.parent / "library")
    (folder / "tables").symlink_to(folder.parent / "library")


FOREIGN: dict[str, Callable[[Path], object]] = {
    "web application": lambda folder: shutil.copytree(DATA, folder, dirs_exist_ok=True),
    "extension of a browser": _written(
        {"manifest.json": _json(manifest_version=3, name="x", version="1.0"), "background.js": "1"}
    ),
    "npm package": _written(
        {
            "package.json": _json(name="x", version="1.0.0", files=["dist"]), "dist/index.js": "1",
            "manifest.json": _json(name="x", kind="run", files={"dist/index.js": "0" * 64}),
        }
    ),
    "cargo crate": _written({"Cargo.toml": '[package]\nname = "x"\n', "src/main.rs": "fn main() {}\n"}),
    "python project": _written({"pyproject.toml": "[project]\n", "tables/levels.csv": "a,b\n1,2\n"}),
    "context of an image": _written({"Dockerfile": "FROM scratch\n", "failures.csv": "a\n1\n"}),
    "git repository": _written({".git/HEAD": "ref: refs/heads/main\n", "runs/model.bin": "1"}),
    "manifest that is half ours": _written({"manifest.json": _ours_in_part(), "index.html": "<html>"}),
    "accounts in SQLite": _database,
    "Parquet of another program": _written({"runs/part-00001.parquet": "PAR1"}),
    "links": _linked,
    "named pipe": lambda folder: os.mkfifo(folder / "manifest.json"),
    "unfinished list of another program": _written({".unfinished": "todo\n", "facts.json": "{}"}),
    "lock of another program": _written({".lock": "4711\n"}),
    "damaged manifest": _written({"manifest.json": '{"kind": "run", "ankomst": "0.1', "facts.json": "{}"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the commands need, and a batch that has been run."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    (folder / "batch.yaml").write_text(BATCH, encoding="utf-8")
    (folder / "validation.yaml").write_text(VALIDATION, encoding="utf-8")
    answer = ankomst(
        "batch", str(folder / "batch.yaml"), "--workers", "1", "-q", "--out", str(folder / "batch")
    )
    assert answer.exit_code == 0, answer.output
    return folder


def listing(folder: Path) -> dict[str, object]:
    """Return a folder and everything in it with content, rights and time of change."""
    found: dict[str, object] = {}
    for path in sorted([folder, *folder.rglob("*")]):
        facts = path.lstat()
        content = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
        found[str(path)] = (content, facts.st_mode, facts.st_mtime_ns)
    return found


@pytest.mark.compiled
@pytest.mark.parametrize("name", FOREIGN)
def test_nothing_is_deleted_or_written(
    name: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    folder = tmp_path / "theirs"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("precious", encoding="utf-8")
    FOREIGN[name](folder)
    before = listing(tmp_path)
    for command in (
        ("run", "one_year", *TINY),
        *(("demo", *TINY_DEMO, *option) for option in ((), ("--restart",))),
        *(("batch", "batch.yaml", *option) for option in ((), ("--restart",), ("--resume",))),
        *(("validate", "validation.yaml", *option) for option in ((), ("--restart",), ("--resume",))),
        *(("calibrate", "calibration_quick", "--members", "20", *option) for option in ((), ("--restart",))),
        ("report", "batch"),
        ("compare", "batch"),
        ("export", "batch"),
    ):
        said = fails(*command, "--out", str(folder))
        assert "left alone" in said, said
        assert str(folder) in said
        assert listing(tmp_path) == before, command


@pytest.mark.compiled
def test_the_folder_of_a_result_is_not_taken_for_that_of_another(place: Path) -> None:
    before = listing(place / "batch")
    for command, said in (
        (("run", "one_year", *TINY), "the folder holds a batch and is left alone"),
        (("validate", str(place / "validation.yaml"), "--restart"), "the folder holds a batch and is left"),
        (("report", str(place / "batch")), "the folder holds a batch and is left alone"),
        (("compare", str(place / "batch")), "the folder holds a batch and is left alone"),
        (("export", str(place / "batch")), "the folder holds a batch and is left alone"),
    ):
        assert said in fails(*command, "--out", str(place / "batch"))
        assert listing(place / "batch") == before


@pytest.mark.compiled
def test_a_report_that_was_edited_is_not_overwritten(tmp_path: Path) -> None:
    result, out = tmp_path / "run", tmp_path / "run" / "report"
    assert ankomst("run", "one_year", *TINY, "--lang", "en", "-q", "--out", str(result)).exit_code == 0
    command = ("report", str(result), "--lang", "en")
    for kind in ("html", "csv"):  # the second adds to the first
        assert ankomst(*command, "--format", kind, "-q").exit_code == 0
    said = ankomst("verify", str(out))
    assert said.exit_code == 0, said.output
    assert "files are as they were written; a report keeps no single runs" in " ".join(said.stdout.split())
    (out / "report.html").write_text("edited", encoding="utf-8")
    before = listing(out)
    for kind in ("html", "csv"):
        said_now = fails(*command, "--format", kind)
        assert said_now.startswith(f"{out / 'report.html'}: has changed since ankomst wrote it")
        assert listing(out) == before
    (out / "report.html").rename(out / "mine.html")
    assert ankomst(*command, "-q").exit_code == 0
    assert (out / "mine.html").read_text(encoding="utf-8") == "edited"
    assert ankomst("verify", str(result)).exit_code == 0


@pytest.mark.compiled
def test_the_same_command_into_the_same_folder_works_again(place: Path, tmp_path: Path) -> None:
    for command in (
        ("run", "one_year", *TINY, "--lang", "en"),
        ("compare", str(place / "batch")),
        ("export", str(place / "batch")),
    ):
        out = tmp_path / command[0]
        for _ in range(2):
            answer = ankomst(*command, "--out", str(out), "-q")
            assert answer.exit_code == 0, answer.output
            assert answer.output == ""
            assert "All " in ankomst("verify", str(out)).stdout
        (out / "mine.txt").write_text("mine", encoding="utf-8")
        answer = ankomst(*command, "--out", str(out))
        assert answer.exit_code == 0
        named = f"{out}: not part of the result and left as it is: mine.txt" in answer.stderr
        assert named == (command[0] != "export")  # an export adds files and takes none away
        assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"
        assert not [path for path in out.rglob("*") if store.TEMPORARY.fullmatch(path.name)]
