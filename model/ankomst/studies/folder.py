"""The folder of a result: refused when it holds something else, whole or without a manifest."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from ankomst.errors import OutputError
from ankomst.studies import ledger, store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    import pandas as pd

MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"


class ResultsFolder:
    """A folder that a study writes into.

    It is claimed before the runs start, so that a folder that cannot be used costs no time. An earlier
    result is replaced only when the new one is complete in memory: its manifest goes first, the new manifest
    is written last, and files that only the earlier result had are removed.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OutputError
        The folder holds something that is no result, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: list[Path] = []
        self._made: list[Path] = []
        self._begun = False

    def __enter__(self) -> Self:
        held = names_in(self.path)
        if ledger.NAME in held:  # its runs may have taken a night
            raise OutputError(
                "the folder holds a batch and is left alone", where=str(self.path), allowed="--out DIR"
            )
        if held and not held & {MANIFEST, UNFINISHED}:
            raise OutputError(
                "the folder holds something else than a result and is left alone",
                where=str(self.path),
                allowed="a new or empty folder, or one with an earlier result's manifest.json (--out DIR)",
            )
        self._made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        store.make_folder(self.path / store.TABLES)
        store.write_text(self.path / UNFINISHED, "A study is being written here, or was cut off.\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._begun:  # nothing has been touched: leave the folder as it was found
            (self.path / UNFINISHED).unlink(missing_ok=True)
            with suppress(OSError):
                (self.path / store.TABLES).rmdir()
            with suppress(OSError):
                for folder in self._made:
                    folder.rmdir()

    def begin(self) -> None:
        """Take away the earlier result, its manifest first."""
        self._begun = True
        earlier = _files_of(self.path)
        (self.path / MANIFEST).unlink(missing_ok=True)
        for path in earlier:
            path.unlink(missing_ok=True)

    def add(self, *paths: Path) -> None:
        """Count files as part of the result."""
        self._written += paths

    def tables(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Write tidy tables as CSV."""
        self.add(*store.write_tables(self.path, tables))

    def finish(self, content: Mapping[str, Any]) -> Path:
        """Write the manifest with the SHA-256 of every file; the result is complete."""
        files = store.digests(self.path, self._written)
        done = store.write_manifest(self.path, {**content, "files": files})
        (self.path / UNFINISHED).unlink(missing_ok=True)
        return done


def names_in(path: Path) -> set[str]:
    """Return what a folder holds; nothing where there is none.

    Raises
    ------
    OutputError
        It is no folder, or cannot be read.
    """
    if path.exists() and not path.is_dir():
        raise OutputError("is not a folder", where=str(path), allowed="a folder, --out DIR")
    try:
        return {entry.name for entry in path.iterdir()} if path.exists() else set()
    except OSError as problem:
        raise OutputError(f"the folder cannot be read: {problem.strerror}", where=str(path)) from None


def read_manifest(folder: Path, allowed: str = "") -> dict[str, Any]:
    """Read the manifest of a result.

    Parameters
    ----------
    folder : Path
    allowed : str
        Advice where it cannot be read.

    Raises
    ------
    OutputError
        It is missing or damaged.
    """
    file = folder / MANIFEST
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OutputError("the manifest is missing", where=str(file), allowed=allowed) from None
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise OutputError("the manifest is damaged", where=str(file), allowed=allowed)
    return content


def _files_of(folder: Path) -> list[Path]:
    """Return the files that the manifest of an earlier result lists, inside the folder only."""
    try:
        names = [str(name) for name in read_manifest(folder)["files"]]
    except (OutputError, KeyError, TypeError):
        return []
    root = os.path.realpath(folder)
    paths = [folder / name for name in names]
    return [
        path
        for path in paths
        if os.path.realpath(path).startswith(root + os.sep) and path.is_file() and not path.is_symlink()
    ]
