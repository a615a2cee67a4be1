"""Results on disk: whole or not at all, and nothing of the user's overwritten."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.studies.batch_support import Killed
from tests.studies.support import scenario

from ankomst.errors import OutputError
from ankomst.studies.engine import manifest, store
from ankomst.studies.engine.folder import ResultsFolder
from ankomst.studies.engine.registry import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = pd.DataFrame({"name": ["æ", "b"], "value": [0.1, 2.0]})


@pytest.fixture(autouse=True)
def no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "git_state", lambda: {"commit": None, "dirty": None})


def content() -> dict[str, Any]:
    return store.manifest(command="ankomst run x", scenarios={}, settings={}, started=store.now())


def write(out: Path, *names: str, kind: str = "run", say: Callable[[str], None] = lambda _: None) -> None:
    planned = [store.table_file(name) for name in names]
    with ResultsFolder(out, kind, names=planned, say=say) as folder:
        folder.begin()
        store.write_tables(out, dict.fromkeys(names, TABLE))
        folder.finish(content())


def listing(out: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_a_result_has_tables_and_a_manifest_with_their_hashes(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b", "one", "two")
    out = tmp_path / "a" / "b"
    made = manifest.read(out)
    assert made["kind"] == "run"
    assert sorted(made["files"]) == ["tables/one.csv", "tables/two.csv"]
    for name, digest in made["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "tables"]
    pd.testing.assert_frame_equal(pd.read_csv(out / "tables" / "one.csv"), TABLE)


def test_an_earlier_result_is_replaced_and_its_own_files_go(tmp_path: Path) -> None:
    write(tmp_path, "one", "two")
    for name in ("my_notes.txt", "tables/mine.csv", "report/report.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("kept", encoding="utf-8")
    said: list[str] = []
    write(tmp_path, "two", "three", kind="run", say=said.append)
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == [
        "mine.csv",
        "three.csv",
        "two.csv",
    ]
    assert (tmp_path / "my_notes.txt").read_text(encoding="utf-8") == "kept"
    assert said == [
        f"{tmp_path}: not part of the result and left as it is: my_notes.txt, report/, tables/mine.csv"
    ]


def test_a_manifest_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    outside = tmp_path / "precious.csv"
    outside.write_text("kept", encoding="utf-8")
    digest = hashlib.sha256(b"kept").hexdigest()
    out = tmp_path / "out"
    for name in ("../precious.csv", str(outside), "tables/../../precious.csv", ".hidden", "a//b", "C:\\x"):
        write(out, "one")
        made = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        made["files"][name] = digest
        whole = (out / "manifest.json").read_text(encoding="utf-8")
        (out / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
        before = listing(tmp_path)
        with pytest.raises(OutputError, match="holds something else than a result"):
            write(out, "one")
        assert listing(tmp_path) == before
        (out / "manifest.json").write_text(whole, encoding="utf-8")


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"files": 3}', '{"kind": "run", "files": {}}'])
def test_a_folder_whose_manifest_is_damaged_or_of_another_program_is_left_alone(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match="holds something else than a result"):
        write(tmp_path, "one")
    assert listing(tmp_path) == {str(tmp_path / "manifest.json"): text.encode()}


@pytest.mark.parametrize("how", ["changed", "link", "folder", "pipe"])
def test_a_listed_file_that_has_changed_stops_the_command(tmp_path: Path, how: str) -> None:
    out, outside = tmp_path / "out", tmp_path / "precious"
    write(out, "one", "two")
    outside.write_text("precious", encoding="utf-8")
    path = out / "tables" / "two.csv"
    path.unlink()
    {
        "changed": lambda: path.write_text("mine"), "link": lambda: path.symlink_to(outside),
        "folder": path.mkdir, "pipe": lambda: os.mkfifo(path),
    }[how]()  # fmt: skip
    before = listing(tmp_path)
    with pytest.raises(OutputError) as caught:
        write(out, "one")
    assert str(caught.value) == (
        f"{path}: has changed since ankomst wrote it and is left alone; allowed: to move it elsewhere, or "
        "another folder (--out DIR)"
    )
    assert listing(tmp_path) == before


def test_a_link_in_place_of_the_tables_is_not_followed(tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    write(out, "one")
    (out / "tables").rename(outside)
    (out / "tables").symlink_to(outside)
    with pytest.raises(OutputError, match="out/tables: is not the folder that ankomst made"):
        write(out, "one")
    assert [path.name for path in outside.iterdir()] == ["one.csv"]


def test_a_file_of_ones_own_is_not_overwritten(tmp_path: Path) -> None:
    write(tmp_path, "one")
    mine = tmp_path / "tables" / "two.csv"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"tables/two\.csv: was not written by ankomst"):
        write(tmp_path, "one", "two")
    with ResultsFolder(tmp_path, "run") as folder:  # a name that is not known before
        folder.begin()
        with pytest.raises(OutputError, match=r"tables/two\.csv: was not written by ankomst"):
            store.write_tables(tmp_path, {"two": TABLE})
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("kind", ["report", "comparison", "export"])
def test_what_is_made_from_a_result_does_not_replace_it(tmp_path: Path, kind: str) -> None:
    write(tmp_path, "one")
    before = listing(tmp_path)
    with pytest.raises(OutputError, match=r"the folder holds a run and is left alone; allowed: --out DIR"):
        write(tmp_path, "two", kind=kind)
    assert listing(tmp_path) == before


def test_a_folder_can_be_added_to(tmp_path: Path) -> None:
    for name in ("one", "two", "one"):
        with ResultsFolder(tmp_path, "report") as folder:
            store.write_tables(tmp_path, {name: TABLE})
            folder.finish(store.made(store.now(), "ankomst report x"))
            assert folder.written == [tmp_path / "tables" / f"{name}.csv", tmp_path / "manifest.json"]
    made = manifest.read(tmp_path)
    assert set(made["files"]) == {"tables/one.csv", "tables/two.csv"}
    (tmp_path / "tables" / "two.csv").unlink()
    with ResultsFolder(tmp_path, "report") as folder:
        folder.finish(store.made(store.now(), "ankomst report x"))
    assert set(manifest.read(tmp_path)["files"]) == {"tables/one.csv"}


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="holds something else than a result"):
        write(tmp_path, "one")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(OutputError, match="is not a folder"):
        write(tmp_path / "thesis.txt", "one")


def test_a_study_that_fails_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    def fail(out: Path) -> None:
        with ResultsFolder(out, "run"):
            raise KeyboardInterrupt

    new = tmp_path / "new"
    with pytest.raises(KeyboardInterrupt):
        fail(new)
    assert not new.exists()
    write(new, "one")
    before = (new / "manifest.json").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        fail(new)
    assert (new / "manifest.json").read_bytes() == before
    assert sorted(path.name for path in new.iterdir()) == ["manifest.json", "tables"]


@pytest.mark.parametrize("at", range(1, 9))
def test_a_study_can_be_gone_at_any_point_and_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """A process that is gone leaves what it has written, and nothing that stops the next one."""
    write(tmp_path, "one", "two")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    left = iter(range(at))
    real = {name: getattr(Path, name) for name in ("unlink", "replace")}

    def gone(name: str) -> Callable[..., Any]:
        def act(*given: Any, **options: Any) -> Any:  # noqa: ANN401
            if next(left, None) is None:
                raise Killed
            return real[name](*given, **options)

        return act

    with monkeypatch.context() as patched:
        for name in real:
            patched.setattr(Path, name, gone(name))
        patched.setattr(ResultsFolder, "__exit__", lambda *_: None)
        with suppress(Killed):
            write(tmp_path, "two", "three", "four")
            patched.undo()
            pytest.fail("it was not stopped")
        store._TOLD.set(None)
    write(tmp_path, "two", "five")
    held = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert held == {"manifest.json", "mine.txt", "tables", "tables/two.csv", "tables/five.csv"}


@pytest.mark.parametrize(
    "text",
    ["A study is being written here.\n", "", '{"kind": "run"}\n', '{"ankomst": "0", "kind": "run"}\nx\n'],
)
def test_a_list_that_is_not_ours_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / ".unfinished").write_text(text, encoding="utf-8")
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    before = listing(tmp_path)
    with pytest.raises(OutputError, match=r"\.unfinished: is no list of ankomst"):
        write(tmp_path, "one")
    assert listing(tmp_path) == before


def test_a_list_whose_last_line_was_cut_off_is_ours(tmp_path: Path) -> None:
    write(tmp_path, "one")
    head = '{"ankomst": "0", "kind": "run"}\n'
    (tmp_path / ".unfinished").write_text(head + '{"file": "tables/ot', encoding="utf-8")
    write(tmp_path, "two")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "tables"]


@pytest.mark.parametrize(("mask", "rights"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664), (0o027, 0o640)])
def test_files_have_the_rights_that_the_umask_leaves(tmp_path: Path, mask: int, rights: int) -> None:
    before = os.umask(mask)
    try:
        write(tmp_path / "out", "one")
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            ledger.note(code="x")
    finally:
        os.umask(before)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {rights}


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.txt"
    store.write_text(path, "first\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        store.write_text(path, "second\n")
    assert path.read_text(encoding="utf-8") == "first\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere"
)
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be"):
        write(tmp_path / "out", "one")


def test_a_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(OutputError, match="the folder cannot be made: Permission denied"):
        write(tmp_path / "out", "one")


def test_a_manifest_is_enough_to_repeat_a_study(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = scenario("one_year+grant_by_speed")
    monkeypatch.undo()
    content = store.manifest(
        command="ankomst x", scenarios={"a": policy}, settings={"seed": 1}, started=store.now()
    )
    assert content["scenarios"]["a"]["policy_hash"] == policy.policy_hash
    assert content["scenarios"]["a"]["policy"]["introduction_period"]["base_months"] == 12
    assert set(content["packages"]) == set(store.PACKAGES)
    for name in ("code_sha256", "lock_sha256", "parameters_sha256", "rates_sha256"):
        assert len(content[name]) == 64
    assert set(content["git"]) == {"commit", "dirty"}
    assert content["start"] <= content["end"]
    assert content["ankomst"] == store.version()
