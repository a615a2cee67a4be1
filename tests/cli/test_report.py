"""`ankomst report`: every format of a batch, and what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.presentation import batch_samples
from typer.testing import CliRunner

from ankomst.cli import app

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    others = batch_samples.OTHERS[:1]
    return batch_samples.run(tmp_path_factory.mktemp("batch"), others=others, replicates=3, people=30)


def ankomst(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_every_document_and_the_numbers_of_every_figure_in_both_languages(
    batch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A bare name stands for a result in results/.
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mine").symlink_to(batch)
    monkeypatch.chdir(tmp_path)
    answer = ankomst("mine", "--format", "html,pptx,xlsx", "--out", tmp_path / "out", "--json")
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert said["problems"] == []
    made = {Path(file).relative_to(tmp_path / "out").as_posix() for file in said["files"]}
    assert {f"report{lang}.{kind}" for lang in ("", "_da") for kind in ("html", "pptx", "xlsx")} <= made
    assert {"figures/01_employment.csv", "figures_da/01_employment.csv"} <= made
    assert all((tmp_path / "out" / file).stat().st_size > 0 for file in made)


def test_without_a_browser_all_but_the_images_is_made_and_named(
    batch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    answer = ankomst(batch, "--format", "html,png", "--out", tmp_path / "out")
    assert answer.exit_code == 1
    named = f"Images need a Chromium, and BROWSER_PATH names {tmp_path / 'none'}, where there is no program"
    assert answer.stderr == f"error: {named}\n"
    assert str(tmp_path / "out" / "figures") in answer.stdout
    assert (tmp_path / "out" / "report.html").is_file()
    assert (tmp_path / "out" / "report_da.html").is_file()
    assert (tmp_path / "out" / "figures" / "01_employment.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "htm"), "did you mean 'html'"),
        (("--lang", "de"), "no language 'de'"),
        (("--scenario", "no_such"), "no scenario 'no_such'"),
        (("--geojson", "none.geojson"), "none.geojson: the file does not exist"),
    ],
)
def test_what_cannot_be_is_one_line_and_writes_nothing(
    batch: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    answer = ankomst(batch, *arguments, "--out", tmp_path / "out")
    assert answer.exit_code == 1
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_folders_that_hold_no_result_are_refused(batch: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    shutil.copytree(batch, tmp_path / "torn")
    next((tmp_path / "torn" / "runs").glob("*.parquet")).write_bytes(b"x")
    for name in ("none", "file", "empty", "torn"):
        answer = ankomst(tmp_path / name)
        assert answer.exit_code == 1, name
        assert answer.stderr.startswith("error: "), name
        assert answer.stderr.count("\n") == 1, name
    assert "damaged" in answer.stderr
