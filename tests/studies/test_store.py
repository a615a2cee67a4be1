"""Results on disk: whole or not at all, and nothing of the user's overwritten."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from tests.studies.support import scenario

from ankomst.errors import OutputError
from ankomst.studies import store
from ankomst.studies.folder import ResultsFolder

TABLE = pd.DataFrame({"name": ["æ", "b"], "value": [0.1, 2.0]})


def write(out: Path, *names: str) -> None:
    with ResultsFolder(out) as folder:
        folder.begin()
        folder.tables(dict.fromkeys(names, TABLE))
        folder.finish({"command": "test"})


def test_a_result_has_tables_and_a_manifest_with_their_hashes(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b", "one", "two")
    out = tmp_path / "a" / "b"
    content = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert sorted(content["files"]) == ["tables/one.csv", "tables/two.csv"]
    for name, digest in content["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "tables"]
    pd.testing.assert_frame_equal(pd.read_csv(out / "tables" / "one.csv"), TABLE)


def test_an_earlier_result_is_replaced_and_its_own_files_go(tmp_path: Path) -> None:
    write(tmp_path, "one", "two")
    (tmp_path / "my_notes.txt").write_text("kept", encoding="utf-8")
    write(tmp_path, "two", "three")
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["three.csv", "two.csv"]
    assert (tmp_path / "my_notes.txt").read_text(encoding="utf-8") == "kept"


def test_a_manifest_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    outside = tmp_path / "precious.csv"
    outside.write_text("kept", encoding="utf-8")
    out = tmp_path / "out"
    write(out, "one")
    manifest = out / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["files"] |= {"../precious.csv": "", str(outside): ""}
    manifest.write_text(json.dumps(content), encoding="utf-8")
    write(out, "one")
    assert outside.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"files": 3}'])
def test_a_broken_manifest_is_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    write(tmp_path, "one")
    assert json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["command"] == "test"


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="holds something else than a result"):
        write(tmp_path, "one")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(OutputError, match="is not a folder"):
        write(tmp_path / "thesis.txt", "one")


def test_a_study_that_fails_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    def fail(out: Path) -> None:
        with ResultsFolder(out):
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


def test_a_study_cut_off_while_writing_has_no_manifest_and_can_be_repeated(tmp_path: Path) -> None:
    def cut_off() -> None:
        with ResultsFolder(tmp_path) as folder:
            folder.begin()
            folder.tables({"one": TABLE})
            raise KeyboardInterrupt

    write(tmp_path, "one")
    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert not (tmp_path / "manifest.json").exists()
    write(tmp_path, "one")
    assert (tmp_path / "manifest.json").exists()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.txt"
    store.write_text(path, "first\n")
    assert path.stat().st_mode & 0o777 == 0o644

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


def test_a_manifest_is_enough_to_repeat_a_study() -> None:
    policy = scenario("one_year+grant_by_speed")
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
