"""What holds for every command: quick help, one-line errors, exit status, quiet pipes."""

from __future__ import annotations

import inspect
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.support import INTERRUPTIBLE, ROOT, TINY, TINY_DEMO, ankomst, fails
from tests.waiting import PATIENCE

from ankomst.cli import COMMANDS
from ankomst.commands.group import Command, Commands
from ankomst.commands.study import StudyOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAVY = ("numpy", "pandas", "numba", "mesa", "pydantic", "plotly", "scipy", "yaml", "rich")
SAYS_WHEN_IT_BEGINS = """
import sys
from ankomst.studies.batch import scenario_runs
once = scenario_runs.run_rows
def told(*given, **more):
    print("begun", file=sys.stderr, flush=True)
    return once(*given, **more)
scenario_runs.run_rows = told
"""


def test_the_command_line_imports_nothing_heavy() -> None:
    code = f"import sys, ankomst.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["params", "list", "--help"], ["rum"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['ankomst', *{words!r}]\n"
        "from ankomst.cli import main\n"
        "try: main()\n"
        f"finally: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    typer_reads_options = [] if words == ["--help"] else ["pydantic"]
    assert done.stderr.splitlines()[-1] in {"[]", str(typer_reads_options)}
    assert done.returncode == (2 if words == ["rum"] else 0)


def test_a_name_that_is_misspelt_brings_the_nearest() -> None:
    assert "No such command 'rum'. Did you mean 'run'" in ankomst("rum").stderr


def commands(group: Commands) -> Iterator[Command]:
    """Yield every command below a name."""
    for each in group.table.values():
        yield from [each] if isinstance(each, Command) else commands(each)


@pytest.mark.parametrize("command", [*commands(COMMANDS)], ids=lambda command: command.target)
def test_the_function_of_a_command_takes_its_options(command: Command) -> None:
    names = [each.name for each in command.options]
    assert len(names) == len(set(names))
    parameters = dict(inspect.signature(command.function()).parameters)
    takes = set(parameters) - {"options"}
    if "options" in parameters:
        assert set(names) - takes <= set(StudyOptions.__annotations__)
        assert takes <= set(names)
    else:
        assert takes == set(names)


def test_help_names_every_command() -> None:
    answer = ankomst("--help")
    assert answer.exit_code == 0
    assert all(name in answer.stdout for name in COMMANDS.table)
    for name in COMMANDS.table:
        assert ankomst(name, "--help").exit_code == 0


def test_the_version() -> None:
    from importlib.metadata import version

    assert ankomst("--version").stdout.strip() == f"ankomst {version('ankomst')}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", "--replicates", "0"), "--replicates"),
        (("demo", "--seed", "-1"), "--seed"),
        (("demo", "--seed", "one"), "--seed"),
        (("demo", "--workers", "0"), "--workers"),
        (("demo", "--newcomers", "11"), "--newcomers"),
        (("demo", "--newcomers", "60001"), "--newcomers"),
        (("run",), "SCENARIO"),
        (("run", "one_year", "--months", "0"), "--months"),
        (("check",), "scenario files"),
        (("check", "one_year", "--schema"), "scenario files"),
        (("params", "show"), "NAME"),
        (("nonsense",), "nonsense"),
        (("demo", "--nonsense"), "--nonsense"),
    ],
)
def test_wrong_usage_ends_with_status_2(arguments: tuple[str, ...], said: str) -> None:
    answer = ankomst(*arguments)
    assert answer.exit_code == 2
    assert said.lower() in answer.stderr.lower()
    assert "Traceback" not in answer.output


@pytest.mark.parametrize("command", ["demo", "run"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("danish.right_month=60", "did you mean 'right_months'"),
        ("danish.right_months=sixty", "right_months"),
        ("danish.right_months=1000", "allowed:"),
        ("danish.right_months", "is not of the form KEY=VALUE"),
        ("parameters.danish.drop_ot=0.1", "did you mean"),
    ],
)
def test_a_wrong_override_is_one_line(
    command: str, change: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = ["one_year"] if command == "run" else []
    assert message in fails(command, *scenario, "--set", change)
    assert list(tmp_path.iterdir()) == []


def test_an_override_twice_is_refused() -> None:
    line = fails("check", "one_year", "--set", "danish.class_hours=1", "--set", "danish.class_hours=2")
    assert line == "--set: the key danish.class_hours is set twice"


@pytest.mark.parametrize("words", [("demo", *TINY_DEMO), ("run", "one_year", *TINY)])
def test_a_folder_with_other_things_is_left_alone(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    line = fails(*words, "--out", str(tmp_path))
    assert "holds something else than a " in line
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_scenarios_the_message_says_where_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ankomst.policy.places.PROJECT", tmp_path / "elsewhere")
    assert "the folder 'scenarios' with three_year.yaml was not found" in fails("levers")
    assert "there is no experiment file 'one_vs_three_years'" in fails("demo", *TINY_DEMO)


@pytest.mark.compiled
def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "report.html")

    monkeypatch.setattr("ankomst.report.writing.write_story", full)
    line = fails("demo", *TINY_DEMO, "--quiet", "--out", str(tmp_path))
    assert line == "report.html: No space left on device"
    assert not (tmp_path / "report" / "manifest.json").exists()


def test_a_reader_that_goes_away_is_no_error() -> None:
    for command in ("params list", "check --schema", "month"):
        line = f"{sys.executable} -m ankomst.cli {command} | head -n 1"
        done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, cwd=ROOT, check=True)
        assert done.stderr == ""


@pytest.mark.compiled
def test_an_interruption_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    *python, code = INTERRUPTIBLE
    words = ["run", "one_year", "--out", str(tmp_path / "out"), "--newcomers", "600", "--replicates", "200"]
    with subprocess.Popen(
        [*python, SAYS_WHEN_IT_BEGINS + code, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stderr is not None
        assert "begun\n" in iter(process.stderr.readline, "")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert stdout == ""
    assert stderr.splitlines()[-1] == "interrupted"
    assert "Traceback" not in stderr
    assert not (tmp_path / "out").exists()
