"""Programs that take turns on one core: the speed of a machine drifts, and then for all of them alike.

Every program is a process of its own. Two copies of the package in one process are not comparable: numba
takes far longer to recognise the arguments of the second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """A Python program that answers each line of JSON with one.

    Parameters
    ----------
    code : str
        The program; it prints one line when it is ready.
    checkout : Path
        The project whose package it imports.
    arguments
        For `sys.argv`.
    """

    def __init__(self, code: str, checkout: Path, *arguments: str) -> None:
        self.checkout = checkout
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join((str(checkout / "model"), str(ROOT)))},
        )
        self._answer()

    def ask(self, question: Any) -> Any:  # noqa: ANN401
        """Send a question and wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the program."""
        self._process.communicate()

    def _answer(self) -> Any:  # noqa: ANN401
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the program in {self.checkout} ended")
        return json.loads(line)


def stay_on_one_core() -> None:
    """Keep this process and those it starts on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
