"""The command line that goes on with a study, from the one that began it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from ankomst.policy.places import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OUT = "--out"
HOW = ("--resume", "--restart")
"""Options that say what to do with what is in the folder."""


def going_on(command: str, *, out: Path | None = None, how: str = "--resume") -> str:
    """Return the command that goes on with a study: every option that was given, and `how`.

    Parameters
    ----------
    command : str
        The command as `store.command_line` gives it.
    out : Path, optional
        The folder of the study, where it may have been moved since; as typed if left out.
    how : str
        Option that says what to do with what is in the folder; empty for none.
    """
    try:
        words = shlex.split(command)
    except ValueError:  # of an earlier version, which did not quote
        words = command.split()
    end = words.index("--") if "--" in words else len(words)
    options, behind = words[:end], words[end:]
    kept: list[str] = []
    for k, word in enumerate(options):
        folder = word.startswith(f"{OUT}=") or word == OUT or options[k - 1 : k] == [OUT]
        if word not in {*HOW, how} and not (folder and out is not None):
            kept.append(word)
    kept += [OUT, str(out)] if out is not None else []
    kept += [how] if how else []
    return shlex.join([*kept, *behind])


def begun_by(manifest: Mapping[str, Any], kind: str) -> str:
    """Return the command that made a result: as typed, else what its manifest tells of it."""
    typed, word = str(manifest.get("command") or ""), COMMANDS.get(kind, kind)
    if typed.startswith(f"ankomst {word} "):
        return typed
    experiment = manifest.get("experiment")
    known = experiment if isinstance(experiment, dict) else {}
    file = known.get("file") or known.get("path")
    return f"ankomst {word} {shlex.quote(str(file))}" if file else f"ankomst {word}"
