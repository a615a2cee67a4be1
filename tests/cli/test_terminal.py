"""Every command at 80, 100 and 120 columns: labels are kept and numbers are whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.support import ROOT, TINY, TINY_DEMO, ankomst
from tests.cli.terminal import WIDTHS, Recorder, assert_fits, assert_whole, assert_words, on_terminal
from tests.cli.test_drivers import DECISION, SENSITIVITY
from tests.cli.test_validate import SMALL as VALIDATION
from tests.presentation import calibration_samples, decision_samples, sensitivity_samples
from tests.studies.calibration_support import STUDY, TARGETS

from ankomst.commands import calibrate, console
from ankomst.commands.adopt import adopt
from ankomst.report.calibration.terminal import show_calibration
from ankomst.report.decision.terminal import show_decision
from ankomst.report.sensitivity.terminal import show_sensitivity
from ankomst.studies.calibration import adoption

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "three_year_with_no_result_grant_and_a_name_that_nobody_would_want_to_type_a_second_time"
BATCH = f"""kind: batch
title: Small
baseline: three_year+grant_2013
scenarios:
  one_year: one_year
  {LONG}: three_year+no_grant
set: {{population.arrival_years: 1, horizon.follow_up_months: 24}}
newcomers_per_year: 60
replicates: 3
groups: [sex, [origin, sex]]
"""
PAST = "rules: denmark\npopulation: {arrivals: {2011: 300, 2012: 200}}\n"
COMMANDS = {
    "demo": ("demo", *TINY_DEMO, "--lang", "en"),
    "run": ("run", "three_year", "one_year", *TINY[:-1], "5", "--lang", "en"),
    "run, decomposed": (
        "run",
        "one_year+lower_benefit",
        "--decompose",
        *TINY,
        "--out",
        "parts",
        "--lang",
        "en",
    ),
    "run, past": ("run", "past.yaml", *TINY[:-3], "150", "--replicates", "2", "--lang", "en"),
    "batch": ("batch", "small.yaml", "--resume"),
    "batch --dry-run": ("batch", "small.yaml", "--dry-run", "--out", "dry"),
    "compare": ("compare", "results/small"),
    "compare --by": ("compare", "results/small", "--by", "sex", "--by", "origin"),
    "status": ("status", "results/small"),
    "verify": ("verify", "results/small"),
    "export": ("export", "results/small"),
    "report": ("report", "results/small", "--format", "csv", "--lang", "en"),
    "calibrate --dry-run": ("calibrate", "calibration.yaml", "--dry-run"),
    "validate": ("validate", "validation.yaml", "--workers", "1"),
    "validate --dry-run": ("validate", "validation.yaml", "--dry-run"),
    "sensitivity --dry-run": ("sensitivity", "sensitivity.yaml", "--dry-run"),
    "decide --dry-run": ("decide", "decision.yaml", "--dry-run"),
    "params list": ("params", "list"),
    "params show": ("params", "show", "population.origin_shares"),
    "params check": ("params", "check"),
    "check": ("check", "mentors", "reform_2016", "one_year"),
    "doctor": ("doctor",),
    "month": ("month",),
    "benchmark": ("benchmark", "--newcomers", "300", "--out", "benchmark.csv"),
}
TABLES = {
    "demo": 2, "run": 6, "run, decomposed": 7, "run, past": 3, "batch": 4, "compare": 4, "compare --by": 6,
    "status": 1, "validate": 1, "verify": 1, "params list": 1, "params show": 1, "check": 3, "doctor": 1,
    "month": 1, "calibrate": 2, "sensitivity": 3, "decide": 4,
}  # fmt: skip
"""How many tables each prints; the others print sentences."""
HELP = (
    *((), ("demo",), ("run",), ("batch",), ("calibrate",), ("validate",), ("sensitivity",), ("decide",)),
    *(
        ("explore",),
        ("status",),
        ("compare",),
        ("verify",),
        ("export",),
        ("report",),
        ("check",),
        ("doctor",),
    ),
    *(("month",), ("levers",), ("adopt",), ("benchmark",), ("params",)),
    *(("params", "list"), ("params", "show"), ("params", "check")),
)
AT_ONCE = ("params list", "check", "month", "compare --by", "params show")
"""Commands that are quick enough to be started in a terminal of their own."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like the project's, with a small batch that has been run."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    for name, text in (
        ("small", BATCH), ("past", PAST), ("validation", VALIDATION), ("sensitivity", SENSITIVITY),
        ("decision", DECISION), ("calibration", STUDY), ("targets", TARGETS),
    ):  # fmt: skip
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        answer = ankomst("batch", "small.yaml", "--workers", "1", "--quiet")
        assert answer.exit_code == 0, answer.output
        yield folder


def printed(name: str, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Return what a command prints."""
    screen = Recorder()
    monkeypatch.setattr(console, "out_console", lambda: screen)
    if name in SAMPLES:
        SAMPLES[name](screen)
    else:
        answer = ankomst(*COMMANDS[name])
        assert answer.exit_code == 0, answer.output
        assert not answer.stdout
    return screen


def calibration(screen: Any) -> None:  # noqa: ANN401 - a recorder in place of a console
    """Print a made-up calibration."""
    facts = calibration_samples.calibration_facts() | {
        "distance": {"targets": 26, "posterior_mean": 20.1, "start": 190.2, "prior_mean": 2000.0},
        "simulations": 12_345,
    }
    fitted: Any = SimpleNamespace(
        facts=facts, tables=calibration_samples.calibration_tables(), path=Path("results/calibration"),
        posterior=calibration_samples.posterior(), study=SimpleNamespace(file=SimpleNamespace(level=0.9)),
    )  # fmt: skip
    show_calibration(fitted, screen)
    study: Any = SimpleNamespace(evaluations=1234)
    screen.print(calibrate.COMMAND.ending(fitted, study, fitted.path, 3000.0, "calibration.html"))


def analysis(screen: Any) -> None:  # noqa: ANN401
    """Print a made-up sensitivity analysis."""
    show_sensitivity(sensitivity_samples.tables(), screen)


def decision(screen: Any) -> None:  # noqa: ANN401
    """Print a made-up decision."""
    tables = decision_samples.tables()
    tables["boxes"] = tables["boxes"].assign(status="a box was found")
    for name in ("information", "dominance"):
        tables[name] = tables[name].assign(interval="made up")
    show_decision(tables, screen)


def adopted(screen: Any) -> None:  # noqa: ANN401
    """Print what the adoption of a made-up calibration says."""
    found: Any = SimpleNamespace(facts={"draws": 200}, central={"danish.drop_out": 0.01})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adoption, "read_calibration", lambda _: found)
        patch.setattr(adoption, "write_package", lambda _: {"danish.drop_out": (0.012, 0.01)})
        adopt(folder=Path(), quiet=False, as_json=False)
    assert screen.printed


SAMPLES = {"calibrate": calibration, "sensitivity": analysis, "decide": decision, "adopt": adopted}
"""Commands that would take too long, or change the package."""


@pytest.mark.compiled
@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", [*COMMANDS, *SAMPLES])
def test_labels_are_kept_and_numbers_whole_at_every_width(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = printed(name, monkeypatch)
    assert screen.printed
    assert len(screen.tables) == TABLES.get(name, 0)
    for width in WIDTHS:
        for thing in screen.printed:
            text = on_terminal(thing, width)
            assert_fits(text, width)
            if isinstance(thing, str):
                assert_words(thing, text, width)
            else:
                assert_whole(thing, text)


@pytest.mark.compiled
def test_a_real_terminal_shows_the_same(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    program = (
        "import fcntl, struct, sys, termios\n"
        "from ankomst import cli\n"
        f"for width in {WIDTHS}:\n"
        "    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 50, width, 0, 0))\n"
        f"    for command in {[COMMANDS[name] for name in AT_ONCE]}:\n"
        "        cli.app(command, standalone_mode=False)\n"
        "        print('\\f', end='', flush=True)\n"
    )
    outside, inside = pty.openpty()
    mode = termios.tcgetattr(inside)
    mode[1] &= ~termios.ONLCR  # a line ends as the program ends it
    termios.tcsetattr(inside, termios.TCSANOW, mode)
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "LINES"}}
    child = subprocess.Popen(
        [sys.executable, "-c", program], cwd=place, stdin=inside, stdout=inside, stderr=subprocess.PIPE,
        env=environment | {"TERM": "xterm", "NO_COLOR": "1", "PYTHONPATH": str(ROOT / "model")},
    )  # fmt: skip
    os.close(inside)
    said = bytearray()
    with suppress(OSError):  # the end of the child is the end of the terminal
        while part := os.read(outside, 65_536):
            said += part
    os.close(outside)
    _, errors = child.communicate()
    assert (child.returncode, errors) == (0, b"")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).split("\f")
    screens = [printed(name, monkeypatch) for name in AT_ONCE]
    wanted = [
        "".join(on_terminal(thing, width) for thing in screen.printed)
        for width in WIDTHS
        for screen in screens
    ]
    assert shown == [*wanted, ""]


@pytest.mark.parametrize("width", WIDTHS)
def test_help_is_whole_at_every_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for words in HELP:
        text = ankomst(*words, "--help").stdout
        assert text.startswith("Usage:")
        assert_fits(text, width)
    commands = ankomst("--help").stdout.partition("Commands:")[2]
    assert set(re.findall(r"^  (\w+) ", commands, re.MULTILINE)) == {words[0] for words in HELP if words}
    assert "4 introduction periods times 8 designs of result grants." in " ".join(commands.split())
