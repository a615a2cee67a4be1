"""The command line started inside the test, in a folder of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from typer.testing import CliRunner

from ankomst.cli import app

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).resolve().parents[2]
TINY = (
    "--set", "population.arrival_years=1", "--set", "horizon.follow_up_months=24",
    "--newcomers", "40", "--draws", "2", "--replicates", "1",
)  # fmt: skip
TINY_DEMO = (*TINY[:-3], "3", "--replicates", "2", "--set", "months=[12, 24]", "--workers", "1")


_TAKE_NOTICE = """
import signal
from ankomst.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
for name in {"SIGHUP", "SIGTERM"} & set(dir(signal)):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
main()
"""
INTERRUPTIBLE = (sys.executable, "-c", _TAKE_NOTICE)
"""The program, taking notice of signals also where the tests were started with them ignored (nohup, &)."""


def ankomst(*arguments: str) -> Result:
    """Run a command as if it was typed; `stdout`, `stderr` and `exit_code` are in the answer."""
    with mock.patch.object(sys, "argv", ["ankomst", *arguments]):
        return CliRunner().invoke(app, list(arguments))


def fails(*arguments: str) -> str:
    """Return the one line on standard error of a command that ends with status 1."""
    (line,) = problems(*arguments)
    return line


def problems(*arguments: str) -> list[str]:
    """Return the problems on standard error, one a line, of a command that ends with status 1.

    Notes on the scenarios can stand before them.
    """
    answer = ankomst(*arguments)
    assert answer.exit_code == 1, answer.output
    lines = [line for line in answer.stderr.strip().splitlines() if not line.startswith("note: ")]
    assert all(line.startswith("error: ") for line in lines), answer.stderr
    return [line.removeprefix("error: ") for line in lines]
