"""Results on disk: tidy tables and a manifest that is enough to repeat them."""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import platform
import re
import secrets
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import OutputError
from ankomst.studies.engine.csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from ankomst.policy.scenario import Scenario

PACKAGES = (
    "SALib", "distributed", "mesa", "numba", "numpy", "optuna", "pandas", "plotly", "pyarrow", "pydantic",
    "scikit-learn", "scipy",
)  # fmt: skip
"""Packages that numbers come from; some belong to extras and may be missing."""
PACKAGE = Path(__file__).parents[2]
TABLES = "tables"
"""Folder of tidy tables, inside that of a study."""
FACTS = "facts.json"
"""What a page states beside its tables, in the folder of a study."""
TEMPORARY = re.compile(r"\.ankomst-[0-9a-f]{16}(\.\w+)?")
"""Name of a file that is being written: nobody else names a file so."""
_TOLD: ContextVar[Callable[[Path, Path], None] | None] = ContextVar("_TOLD", default=None)


def now() -> str:
    """Return the present time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def commit(git: Mapping[str, Any] | None = None) -> str:
    """Return the commit as pages show it, and whether files were changed: of a manifest's `git`, or now."""
    git = git_state() if git is None else git
    return (git["commit"] or "unknown")[:12] + (" with changes" if git["dirty"] else "")


def version() -> str:
    """Return the version of the package."""
    try:
        return metadata.version("ankomst")
    except metadata.PackageNotFoundError:
        return "unknown"


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that numbers come from, of those that are installed."""
    found = {}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def manifest(
    *,
    command: str,
    scenarios: Mapping[str, Scenario],
    settings: Mapping[str, Any],
    started: str,
) -> dict[str, Any]:
    """Describe a study: versions, code, scenarios with their full policy, seeds and times."""
    return {
        **made(started, command),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": package_versions(),
        "git": git_state(),
        "lock_sha256": _lock_hash(),
        "settings": dict(settings),
        "scenarios": {
            name: {
                "title": scenario.title,
                "policy_hash": scenario.policy_hash,
                "policy": scenario.model_dump(mode="json", exclude={"title", "title_da", "source"}),
            }
            for name, scenario in scenarios.items()
        },
        "parameters_sha256": digest(PACKAGE / "policy" / "data" / "parameters.yaml"),
        "rates_sha256": digest(PACKAGE / "policy" / "data" / "rates.yaml"),
    }


def made(started: str, command: str) -> dict[str, Any]:
    """Describe how any files were made: command, version, code and times."""
    return {
        "command": command,
        "ankomst": version(),
        "code_sha256": code_hash(PACKAGE, PACKAGE.rglob("*")),
        "start": started,
        "end": now(),
    }


def make_folder(path: Path) -> Path:
    """Make a folder, or say in one sentence why it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputError(
            f"the folder cannot be made: {problem.strerror}",
            where=str(path),
            allowed="a folder that can be written, --out DIR",
        ) from None
    return path


@contextmanager
def whole(
    path: Path, what: str = "the file cannot be written: {}", allowed: str = "a folder that can be written"
) -> Iterator[Path]:
    """Yield a temporary file beside a path; it takes the path's place when the block ends without an error.

    Parameters
    ----------
    path : Path
    what, allowed : str
        Sentence, with a place for the reason, and advice if the file cannot be written.

    Raises
    ------
    OutputError
        The system refuses, or there is something else than a file; `path` is as it was.
    """
    temporary: Path | None = None
    try:
        if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
            raise OutputError("is no regular file and is left alone", where=str(path), allowed=allowed)
        temporary = _new_file(path)
        yield temporary
        told = _TOLD.get()
        if told is not None:
            told(path, temporary)
        temporary.replace(path)
    except OSError as problem:  # those of Arrow are of this kind too
        raise OutputError(
            what.format(problem.strerror or problem), where=str(path), allowed=allowed
        ) from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()


def _new_file(path: Path) -> Path:
    """Make an empty file beside a path, with the rights that the umask leaves."""
    while True:
        place = path.with_name(f".ankomst-{secrets.token_hex(8)}{path.suffix}")
        with suppress(FileExistsError):
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            return place


@contextmanager
def told_of(told: Callable[[Path, Path], None]) -> Iterator[None]:
    """Have a function called with path and temporary file before any file in the block takes its place.

    What it raises stops the writing of that file; `path` is then as it was.
    """
    token = _TOLD.set(told)
    try:
        yield
    finally:
        _TOLD.reset(token)


def clear_temporary(*folders: Path) -> None:
    """Remove what a killed process had half written into some folders."""
    for folder in folders:
        for path in folder.iterdir() if folder.is_dir() else ():
            if TEMPORARY.fullmatch(path.name) and stat.S_ISREG(path.lstat().st_mode):
                path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write a file whole or not at all."""
    with whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    return path


def write_tables(out: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write tidy tables as CSV, in `tables/`."""
    make_folder(out / TABLES)
    return [write_text(out / table_file(name), csv_text(table)) for name, table in tables.items()]


def table_file(name: str) -> str:
    """Return the file of a table, within the folder of its result."""
    return f"{TABLES}/{name}.csv"


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as they are when they have been written as JSON and read again.

    Dates become texts, tuples lists, numbers that are none null.

    Raises
    ------
    TypeError
        A fact cannot be written as JSON: a table, for instance.
    """
    found: dict[str, Any] = json.loads(json.dumps(_simple(facts), allow_nan=False))
    return found


def _simple(value: object) -> object:
    """Return a value made of what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _simple(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_simple(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic | np.ndarray):
        return _simple(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def digest(path: Path) -> str:
    """Return the SHA-256 (hex) of a regular file.

    Raises
    ------
    OSError
        Also for a folder, a named pipe or a device, which is not read.
    """
    if not path.is_file():  # a named pipe is never opened: that would wait until somebody writes into it
        path.stat()
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def code_hash(
    folder: Path, files: Iterable[Path], start: str = "", read: Callable[[Path], bytes] = Path.read_bytes
) -> str:
    """Return the SHA-256 (hex) of a text and of the sources and data among some files, names included."""
    found = hashlib.sha256(start.encode())
    for path in sorted(file for file in files if file.suffix in {".py", ".yaml", ".csv"}):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(read(path))
    return found.hexdigest()


def instructions(path: Path) -> bytes:
    """Return what Python carries out of a source, without docstrings and lines; other files byte for byte.

    It is not read from the syntax tree: Python 3.11 cannot make two of them in two threads.
    """
    content = path.read_bytes()
    if path.suffix != ".py":
        return content
    return "".join(_of_code(compile(content, path.name, "exec", dont_inherit=True, optimize=2))).encode()


def _of_code(code: CodeType) -> Iterator[str]:
    yield repr((code.co_code, code.co_exceptiontable, code.co_flags))
    yield repr((code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount))
    yield repr((code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _of_code(constant)
        else:  # sets have no order
            yield repr(sorted(constant, key=repr) if isinstance(constant, frozenset) else constant)


def _lock_hash() -> str | None:
    lock = PACKAGE.parents[1] / "requirements.lock"
    return digest(lock) if lock.is_file() else None


def git_state() -> dict[str, Any]:
    """Commit and dirty flag of the checkout, where the package lies in one."""
    folder = PACKAGE.parents[1]
    if not (folder / ".git").exists():
        return {"commit": None, "dirty": None}
    with suppress(OSError, subprocess.SubprocessError):
        commit = _ask(folder, "rev-parse", "HEAD")
        dirty = bool(_ask(folder, "status", "--porcelain"))
        return {"commit": commit, "dirty": dirty}
    return {"commit": None, "dirty": None}


def _ask(folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "-C", str(folder), *arguments],  # noqa: S607 - git of the user's path
        capture_output=True, text=True, check=True, timeout=10,
    )  # fmt: skip
    return done.stdout.strip()


def command_line() -> str:
    """Return the command as it was typed, quoted for a shell."""
    return shlex.join(["ankomst", *sys.argv[1:]])
