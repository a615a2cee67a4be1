"""A plain installation: a command without its extra says in one sentence what to install."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from packaging.requirements import Requirement
from tests.cli.support import ROOT, TINY, ankomst, fails

from ankomst.policy.extras import EXTRAS, MissingExtraError, installed, need
from ankomst.studies.batch.export import write_export

if TYPE_CHECKING:
    from pathlib import Path

DISTRIBUTIONS = {"pptx": "python-pptx", "sklearn": "scikit-learn"}
"""Packages that are installed under another name than they are imported by."""


MODULES = sorted({module for modules in EXTRAS.values() for module in modules})


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be found that an extra brings."""
    for module in MODULES:
        monkeypatch.setitem(sys.modules, module, None)
    explorer = ("ankomst.explorer", "ankomst.commands.explore")
    for module in [name for name in sys.modules if name.startswith(explorer)]:
        monkeypatch.delitem(sys.modules, module)


def test_the_project_file_has_the_extras_that_the_program_names() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    brought = {name: {Requirement(line).name for line in lines} for name, lines in extras.items()}
    assert Requirement(extras["all"][0]).extras == set(EXTRAS)
    for extra, modules in EXTRAS.items():
        assert {DISTRIBUTIONS.get(module, module) for module in modules} <= brought[extra]


def test_an_extra_that_is_there_is_no_matter() -> None:
    for extra in EXTRAS:
        assert installed(extra)
        need(extra, "this")


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("arguments", "what", "extra"),
    [
        (("explore",), "the explorer", "explorer"),
        (("batch", "quick", "--scheduler", "local"), "a Dask cluster", "cluster"),
        (("report", ".", "--format", "html,pptx"), "--format pptx", "slides"),
        (("report", ".", "--format", "xlsx"), "--format xlsx", "workbook"),
        (("report", ".", "--format", "svg"), "--format svg", "images"),
        (("sensitivity", "sensitivity_one_vs_three_years", "--quick"), "an emulator", "studies"),
        (("decide", "decision_one_vs_three_years", "--quick"), "the value of information", "studies"),
        (("decide", "design_search", "--quick"), "a search for designs", "studies"),
    ],
)
def test_a_command_without_its_extra_says_what_to_install(
    arguments: tuple[str, ...], what: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = fails(*arguments)
    assert said == (
        f"{what} needs packages that a plain installation leaves out; "
        f'pip install "ankomst[{extra}]" brings them'
    )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("plain")
def test_a_workbook_of_tables_needs_its_extra_and_other_formats_do_not(tmp_path: Path) -> None:
    tables = {"one": lambda: iter([pd.DataFrame({"a": [1]})])}
    with pytest.raises(MissingExtraError, match=r"ankomst\[workbook\]"):
        write_export(tmp_path, tables, ["csv", "xlsx"])
    assert list(tmp_path.iterdir()) == []
    assert [path.name for path in write_export(tmp_path, tables, ["csv", "parquet"])] == [
        "one.csv", "one.parquet",
    ]  # fmt: skip


@pytest.mark.usefixtures("plain")
def test_the_doctor_names_the_extras_that_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = ankomst("doctor")
    assert answer.exit_code == 0
    line = " ".join(answer.stdout.partition("none  extras")[2].split())
    assert f'pip install "ankomst[{",".join(EXTRAS)}]"' in line


def test_a_plain_installation_runs_and_reports(tmp_path: Path) -> None:
    """In a process of its own: here, others have imported what it must do without."""
    start = (
        f"import sys; sys.modules.update(dict.fromkeys({MODULES!r})); from ankomst.cli import main; main()"
    )
    for arguments in (
        (
            "run",
            "one_year",
            "--baseline",
            "three_year",
            *TINY,
            "--out",
            "found",
            "--workers",
            "1",
            "--lang",
            "en",
        ),
        ("report", "found", "--lang", "en"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", start, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "found" / "report" / "report.html").is_file()
