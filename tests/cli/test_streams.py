"""Output in encodings that do not hold our signs, readers that go away, and `python -m ankomst`."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.support import ROOT, ankomst

from ankomst import cli
from ankomst.commands import console
from ankomst.report.writers.streams import as_json, as_shown, prepared_streams
from ankomst.report.writers.terminal import TerminalTable

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.TextIOWrapper):
    """A terminal of an encoding, whose bytes can be read."""

    def __init__(self, encoding: str) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding, errors="strict")

    def isatty(self) -> bool:
        return True

    def close(self) -> None:
        self.flush()


def said(monkeypatch: pytest.MonkeyPatch, encoding: str, *arguments: str) -> tuple[str, str, int]:
    """Run a command as a person does whose terminal has an encoding; return both streams and the status."""
    streams = Terminal(encoding), Terminal(encoding)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    monkeypatch.setattr(sys, "argv", ["ankomst", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    monkeypatch.undo()
    out, err = (stream.bytes.getvalue().decode(encoding) for stream in streams)
    return out, err, int(ended.value.code or 0)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp850", "latin-1", "utf-8"])
def test_no_command_ends_for_want_of_a_sign(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    out, err, status = said(monkeypatch, encoding, "check", "mentors")
    assert (err, status) == ("", 0)
    report = "Maalrettet" if encoding == "ascii" else "Målrettet"
    assert f"Task Force om integration: {report} integration - et" in " ".join(out.split())
    assert all(len(line) <= 80 for line in out.splitlines())
    out, err, status = said(monkeypatch, encoding, "params", "list", "--group", "danish")
    assert (err, status) == ("", 0)
    assert "Posterior 90 %: -0.759 to -0.0408" in out


@pytest.mark.parametrize(("encoding", "name"), [("ascii", "smoerrebroed"), ("cp1252", "smørrebrød")])
def test_an_error_is_said_in_any_encoding(encoding: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    out, err, status = said(monkeypatch, encoding, "check", "smørrebrød")
    assert status == 1
    assert err.startswith(f"error: there is no scenario file '{name}'")
    assert err.count("\n") == 1
    assert out.startswith(f"{name}: not usable")


@pytest.mark.parametrize("arguments", [("check", "mentors", "--json"), ("check", "--schema")])
def test_json_means_the_same_in_ascii(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    plain, _, status = said(monkeypatch, "ascii", *arguments)
    whole, _, _ = said(monkeypatch, "utf-8", *arguments)
    assert status == 0
    assert plain != whole
    assert json.loads(plain) == json.loads(whole)


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("\N{MINUS SIGN}5 ±0.1 – a…", "ascii", "-5 +/-0.1 - a..."),
        ("\N{MINUS SIGN}5 ±0.1 – a…", "cp1252", "-5 ±0.1 – a…"),
        ("Ærø, Ålborg, Œuvre, naïve", "ascii", "Aeroe, Aalborg, ?uvre, naive"),
        ("× ≤ ≥ → “x” ─ 语", "ascii", 'x <= >= -> "x" - ?'),
        ("a\udcffb", "utf-8", "a?b"),
    ],
)
def test_signs_have_plain_letters(text: str, encoding: str, shown: str) -> None:
    assert as_shown(text, encoding) == shown


def test_escapes_of_json_hold_what_lies_beyond_the_first_plane() -> None:
    text = json.dumps("ø “𝄞” \udcff", ensure_ascii=False)
    assert json.loads(as_json(text, "ascii")) == "ø “𝄞” \udcff"
    assert json.loads(as_json(text, "utf-8").encode()) == "ø “𝄞” \udcff"


def test_what_is_laid_out_is_as_wide_as_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal("ascii")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stdout", shown)
    with prepared_streams():
        table = TerminalTable(("Item",), ("Ærø", "±"))
        table.add_row("Tårnby", "12 ±3", "1")
        table.add_row("b", "1", "1,000 ±200")
        console.out_console().print(table)
    monkeypatch.undo()
    lines = shown.bytes.getvalue().decode("ascii").splitlines()
    assert [line for line in lines if line] == [
        " Item       Aeroe           +/-",
        " -------  -------  ------------",
        " Taarnby  12 +/-3             1",
        " b              1  1,000 +/-200",
    ]


@pytest.mark.parametrize("command", ["params list", "--help", "check none 2>&1"])
@pytest.mark.parametrize("reader", ["true", "head -c 1"])
def test_a_reader_that_goes_away_hears_nothing(command: str, reader: str) -> None:
    line = f"{sys.executable} -m ankomst {command} | {reader}"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr == ""


def test_the_package_can_be_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ankomst", "--version"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout == ankomst("--version").stdout
    wrong = subprocess.run(
        [sys.executable, "-m", "ankomst", "nonsense"], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "Usage: ankomst" in wrong.stderr
