"""What the README tells people to do, done: its scenario, its commands, its Python."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ankomst.cli import app
from ankomst.policy.scenario import diff, load_scenario, reference_policy

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
LINES = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
BATCH = [line for line in LINES if re.search(r"\bquick\b", line)]
"""A session: each line needs what the one before it has made."""
PICTURES = [line for line in LINES if re.search(r"\b(batch|results/)\s?one_vs_three_years\b", line)]
"""How the pictures of the page were made: in minutes; done here with the small batch of the session."""
SERVED = "ankomst explore"
"""Goes on until it is stopped; tests/presentation/test_explorer_browser.py starts it."""
SMALLER = ["--newcomers", "60", "--replicates", "2", "--set", "population.arrival_years=1"]


def block(kind: str) -> str:
    (text,) = [text for name, text in BLOCKS if name == kind]
    return text


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like the project's, with the scenario of the README in it."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    (tmp_path / "my_first.yaml").write_text(block("yaml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_are_two_commands_to_start_with() -> None:
    assert [line for line in LINES if line.startswith("make")] == ["make demo", "make test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{line.split()[1]}:" in makefile for line in LINES if line.startswith("make"))


@pytest.mark.usefixtures("project")
def test_the_first_scenario_is_ten_lines_and_sound() -> None:
    assert len(block("yaml").splitlines()) == 10
    changed = {key for key, _, _ in diff(reference_policy(), load_scenario("my_first.yaml"))}
    assert {"introduction_period.base_months", "danish.workplace_hours", "result_grants"} <= changed


@pytest.mark.compiled
@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "line", [line for line in LINES if line.startswith("ankomst") and line not in {*BATCH, *PICTURES, SERVED}]
)
def test_a_command_does_what_it_says(line: str) -> None:
    arguments = shlex.split(line)[1:]
    # The last value of an option holds: a smaller sample, the same command.
    small = SMALLER if arguments[0] in {"run", "demo"} else []
    if arguments[0] == "demo":
        small = [*small, "--draws", "2"]
    if arguments[0] in {"sensitivity", "decide"}:  # an hour; small files of both go through tests/cli
        small = ["--dry-run", "--newcomers", "60"]
    answer = CliRunner().invoke(app, [*arguments, *small])
    assert answer.exit_code == 0, answer.output
    assert answer.stdout


@pytest.mark.compiled
@pytest.mark.usefixtures("project")
def test_a_batch_from_start_to_end() -> None:
    assert [line.split()[1] for line in BATCH] == [
        "batch",
        "batch",
        "status",
        "compare",
        "verify",
        "export",
        "report",
    ]
    for line in BATCH:
        arguments = shlex.split(line)[1:]
        small = ["--newcomers", "60", "--replicates", "2", "--workers", "1"] if "batch" in arguments else []
        answer = CliRunner().invoke(app, [*arguments, *small])
        assert answer.exit_code == 0, answer.output
        assert answer.stdout
    made = {path.name for path in Path("results/quick").iterdir()}
    assert {"ledger.sqlite", "manifest.json", "runs", "tables", "compare", "export", "report"} <= made
    reported = {path.name for path in Path("results/quick/report").iterdir()}
    wanted = {f"report{lang}.{kind}" for lang in ("", "_da") for kind in ("html", "pptx", "xlsx")}
    assert wanted | {"figures", "figures_da", "manifest.json"} == reported
    assert [line.split()[1] for line in PICTURES] == ["report", "batch", "report"]
    for line in PICTURES:
        arguments = shlex.split(line.replace("one_vs_three_years", "quick"))[1:]
        small = ["--dry-run"] if "batch" in arguments else ["--format", "csv", "--lang", "en"]
        answer = CliRunner().invoke(app, [*arguments, *small])
        assert answer.exit_code == 0, answer.output


def test_the_pictures_are_the_files_of_the_report_that_they_name() -> None:
    shown = re.findall(r"!\[.+?\]\((docs/pictures/\w+\.svg)\)", TEXT)
    assert len(shown) == 3
    for path in shown:
        picture = (ROOT / path).read_text(encoding="utf-8")
        assert picture.startswith("<svg")
        assert "one_vs_three_years" in picture  # the source line of the result
        assert len(picture) < 400_000


@pytest.mark.compiled
def test_the_python_runs_as_it_stands() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block("python")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for said in ("refugee", "net_cost", "probability", "verdict"):
        assert said in done.stdout


def test_every_command_and_common_option_is_named() -> None:
    listed = CliRunner().invoke(app, ["--help"]).stdout.split("Commands:")[1]
    for name in re.findall(r"^  (\w+) ", listed, re.MULTILINE):
        assert f"`ankomst {name}" in TEXT
    for option in re.findall(r"`(--[a-z]+)", TEXT.split("Common options:")[1].split("\n")[0]):
        assert option in CliRunner().invoke(app, ["run", "--help"]).stdout


def test_files_that_are_linked_exist() -> None:
    for page in (ROOT / "README.md", ROOT / "docs" / "results.md"):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / target).exists(), target
        for target in re.findall(r"`((?:model|scenarios|tests|docs)/[\w./]*)`", text):
            assert (ROOT / target).exists(), target
