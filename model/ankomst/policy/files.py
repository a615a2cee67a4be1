"""Reading files that people bring: regular files of bounded size only, with one sentence where that fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ankomst.errors import AnkomstError, nearest_name

_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"), (1, "bytes"))


def display_path(path: Path) -> str:
    """Return a path as shown to the user: relative to the working folder where it lies inside."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (OSError, ValueError, RuntimeError):
        return str(path)


def read_bytes(path: Path, *, most: int, kind: type[AnkomstError], wanted: str) -> bytes:
    """Return the content of a regular file.

    Parameters
    ----------
    path : Path
    most : int
        Bytes that the file may have.
    kind : type
        The error to raise.
    wanted : str
        What is expected there, such as "a YAML file"; it stands in the message.

    Raises
    ------
    AnkomstError
        The file is missing, a folder, a named pipe or a device, larger than `most`, or cannot be read.
    """
    where = display_path(path)
    try:
        # A named pipe is never opened: that would wait until somebody writes into it.
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise kind("is a folder", where=where, allowed=wanted)
        if not stat.S_ISREG(mode):
            raise kind("is not a regular file", where=where, allowed=wanted)
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            content = stream.read(most + 1)
    except FileNotFoundError:
        raise kind("the file does not exist", where=where, nearest=_nearest(path)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable path"
        raise kind(f"cannot be read ({reason})", where=where) from None
    if len(content) > most:
        size = next(f"{most / unit:g} {name}" for unit, name in _UNITS if most >= unit)
        raise kind(f"the file is larger than {size}", where=where, allowed=f"files of at most {size}")
    return content


def _nearest(path: Path) -> str:
    try:
        siblings = [file.name for file in path.parent.iterdir() if file.is_file()]
    except OSError:
        return ""
    return nearest_name(path.name, siblings)
