"""Waiting for something to be so, as long as it takes on a busy machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

PATIENCE = 600.0
"""Seconds after which what should come counts as missing; only a test that hangs takes so long."""


def waited_for(true: Callable[[], object], process: subprocess.Popen[str] | None = None) -> None:
    """Wait until something is so.

    Parameters
    ----------
    true : callable
    process : Popen, optional
        Must be alive meanwhile.
    """
    until = time.monotonic() + PATIENCE
    while not true():
        assert process is None or process.poll() is None, "the process has ended"
        assert time.monotonic() < until, "it does not come true"
        time.sleep(0.02)
