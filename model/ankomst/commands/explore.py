"""`ankomst explore`: the page in the browser that answers while levers are moved."""

from __future__ import annotations

import signal
import time
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.explorer.app import serve, warm_up
from ankomst.explorer.security import is_loopback
from ankomst.report.writers.streams import say

if TYPE_CHECKING:
    from ankomst.explorer.app import Explorer

WARNING = (
    "warning: {host} can be reached from other machines: anybody on the network can look at the page and "
    "start runs; there is no password. The default, 127.0.0.1, is this machine alone."
)


def explore(*, host: str, port: int, newcomers: int, browser: bool, quiet: bool) -> None:
    """Serve the explorer until Ctrl-C or the signal by which systems end a program."""
    tell = console.teller(quiet=quiet)

    def started(address: str, app: Explorer) -> None:
        if not is_loopback(host):
            say(WARNING.format(host=host))
        tell("Getting ready (the first time after an installation takes about a minute) ...")
        clock = time.perf_counter()
        warm_up(app)
        tell(f"Ready after {time.perf_counter() - clock:.0f} s.")
        # The address is the result of the command, and so on standard output.
        print(f"Open {address} in a browser; Ctrl-C ends the page.", flush=True)  # noqa: T201
        if browser:
            webbrowser.open(address)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        # Being stopped is how this command ends, before the first request too.
        with suppress(KeyboardInterrupt):
            serve(host, port, newcomers, started)
    finally:
        signal.signal(signal.SIGTERM, before)
    tell("The page is closed.")
