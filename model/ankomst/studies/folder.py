"""The folder of a result: refused when it holds something else, whole or without a manifest."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from ankomst.errors import OutputError
from ankomst.studies import store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    import pandas as pd

MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
BATCH = "ledger.sqlite"
"""Only a folder of `ankomst batch` has one; its runs took hours."""


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
        if self.path.exists() and not self.path.is_dir():
            raise OutputError("is not a folder", where=str(self.path), allowed="a folder, --out DIR")
        try:
            held = {entry.name for entry in self.path.iterdir()} if self.path.exists() else set()
        except OSError as problem:
            raise OutputError(
                f"the folder cannot be read: {problem.strerror}", where=str(self.path)
            ) from None
        if BATCH in held:
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
        store.results_folder(self.path)
        store.write_text(self.path / UNFINISHED, "A study is being written here, or was cut off.\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._begun:  # nothing has been touched: leave the folder as it was found
            (self.path / UNFINISHED).unlink(missing_ok=True)
            with suppress(OSError):
                (self.path / "tables").rmdir()
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
        files = {
            path.relative_to(self.path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self._written
        }
        done = store.write_manifest(self.path, {**content, "files": files})
        (self.path / UNFINISHED).unlink(missing_ok=True)
        return done


def _files_of(folder: Path) -> list[Path]:
    """Return the files that the manifest of an earlier result lists, inside the folder only."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = [str(name) for name in content["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    root = os.path.realpath(folder)
    paths = [folder / name for name in names]
    return [
        path
        for path in paths
        if os.path.realpath(path).startswith(root + os.sep) and path.is_file() and not path.is_symlink()
    ]
