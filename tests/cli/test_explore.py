"""`ankomst explore`: what it says before it serves and how it ends; the page is in tests/presentation."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.support import ankomst, fails
from tests.waiting import PATIENCE

from ankomst.commands import explore as command

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = fails("explore", "--port", port)
    assert f"the page cannot be served at 127.0.0.1, port {port}" in said
    assert "such as --port 8051" in said


def test_options_are_bounded() -> None:
    for wrong in (("--port", "70000"), ("--newcomers", "50"), ("--newcomers", "60000")):
        assert ankomst("explore", *wrong).exit_code == 2


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])  # noqa: S104
def test_another_address_than_this_machine_is_warned_of(
    host: str, warned: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []

    def serve(_: str, port: int, newcomers: int, started: Callable[[str, Any], None]) -> None:
        assert (port, newcomers) == (8050, 600)
        started("http://x:8050/", None)

    monkeypatch.setattr(command, "serve", serve)
    monkeypatch.setattr(command, "warm_up", lambda _: None)
    monkeypatch.setattr(command.webbrowser, "open", opened.append)
    before = signal.getsignal(signal.SIGTERM)
    command.explore(host=host, port=8050, newcomers=600, browser=True, quiet=False)
    said = capsys.readouterr()
    assert ("anybody on the network" in said.err) == warned
    assert said.out == "Open http://x:8050/ in a browser; Ctrl-C ends the page.\n"
    assert opened == ["http://x:8050/"]
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.compiled
def test_the_signal_that_ends_programs_ends_the_page() -> None:
    words = [sys.executable, "-m", "ankomst.cli", "explore", "--port", "0", "--newcomers", "100", "--quiet"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert "Open http://127.0.0.1:" in server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        _, complaints = server.communicate(timeout=PATIENCE)
    assert (server.returncode, complaints) == (0, "")
