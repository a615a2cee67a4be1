"""The folder of a result without a ledger: refused when it holds something else, whole or unfinished."""

from __future__ import annotations

import json
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationError
from pydantic_core import from_json

from ankomst.errors import OutputError
from ankomst.policy.files import read_bytes
from ankomst.studies.engine import manifest, registry, store
from ankomst.studies.engine.own_files import ELSEWHERE, OwnFiles
from ankomst.studies.schema.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from types import TracebackType

UNFINISHED = ".unfinished"
"""Lists the files of a result while it is being written: a line for each, before it takes its place."""
MOST_BYTES = 100_000_000


class Begun(Strict):
    """The first line of the list: what is being written."""

    ankomst: str
    kind: str


class ListedFile(Strict):
    """A further line: a file with its hash."""

    file: manifest.FileName
    sha256: manifest.Sha256


class ResultsFolder:
    """A folder that a command writes a result into.

    It is claimed before the runs start, so that a folder that cannot be used costs no time. Every file that
    is written in the block is listed with its hash. Files of an earlier result go with `begin`, or stay where
    the command adds to them; what neither the manifest nor the list of an interrupted command holds is left
    alone.

    Parameters
    ----------
    path : Path
    kind : str
        Of the result, see `manifest`.
    names : iterable of str
        Files that will be written, as far as they are known.
    say : callable
        Told in one sentence what else the folder holds.

    Raises
    ------
    OutputError
        The folder holds something else, or a file that has changed since it was written; it cannot be
        written.
    """

    def __init__(
        self, path: Path, kind: str, *, names: Iterable[str] = (), say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.path, self.kind = path, kind
        self._names, self._say = names, say
        self._made: list[Path] = []
        self._begun = self._interrupted = False
        self._earlier: dict[str, str] = {}
        self._block = ExitStack()

    def __enter__(self) -> Self:
        self._own = OwnFiles(self.path, self._known())
        self._own.refuse_changed()
        self._own.refuse_foreign([manifest.NAME, *self._names])
        self._made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        store.make_folder(self.path)
        known = [(name, digest) for name, hashes in self._own.known.items() for digest in sorted(hashes)]
        lines = [{"ankomst": store.version(), "kind": self.kind}, *(_line(*each) for each in known)]
        store.write_text(self.path / UNFINISHED, "".join(f"{json.dumps(line)}\n" for line in lines))
        self._block.enter_context(store.told_of(self._enter))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._block.close()
        if not self._begun:  # nothing has been touched: leave the folder as it was found
            if not self._interrupted:
                (self.path / UNFINISHED).unlink(missing_ok=True)
            with suppress(OSError):
                for folder in self._made:
                    folder.rmdir()

    def begin(self) -> None:
        """Take away the earlier result, its manifest first, and say what else there is."""
        self._begun, self._earlier = True, {}
        self._own.say_others(self._say, [UNFINISHED])
        store.clear_temporary(self.path, self.path / store.TABLES)
        self._own.remove([manifest.NAME])
        self._own.remove(self._own.known)

    def finish(self, content: Mapping[str, Any]) -> Path:
        """Write the manifest with the SHA-256 of every file; the result is complete."""
        earlier = {name: digest for name, digest in self._earlier.items() if self._own.state(name)}
        files = earlier | self._own.written
        done = manifest.write(self.path, {"kind": self.kind, **content, "files": files})
        (self.path / UNFINISHED).unlink(missing_ok=True)
        return done

    @property
    def written(self) -> list[Path]:
        """Return the files that have been written now."""
        return [self.path / name for name in self._own.written]

    def _enter(self, path: Path, temporary: Path) -> None:
        """List a file before it takes its place."""
        entered = self._own.enter(path, temporary)
        if entered is not None:
            self._begun = True
            with (self.path / UNFINISHED).open("a", encoding="utf-8") as stream:
                stream.write(f"{json.dumps(_line(*entered))}\n")

    def _known(self) -> dict[str, set[str]]:
        """Return the files of an earlier result and of an interrupted one; anything else is refused."""
        held = names_in(self.path)
        found = manifest.ours(self.path) if manifest.NAME in held else None
        begun = _unfinished(self.path) if UNFINISHED in held else None
        if UNFINISHED in held and begun is None:
            raise OutputError(
                "is no list of ankomst and is left alone",
                where=str(self.path / UNFINISHED),
                allowed=ELSEWHERE,
            )
        self._interrupted = begun is not None
        kinds = {each["kind"] for each in (found,) if each} | {each[0] for each in (begun,) if each}
        if registry.NAME in held:  # its runs may have taken a night
            kinds.add(manifest.BATCH)
        for kind in kinds - set(_replaceable(self.kind)):
            raise OutputError(
                f"the folder holds a {kind} and is left alone", where=str(self.path), allowed="--out DIR"
            )
        if not kinds and any(not store.TEMPORARY.fullmatch(name) for name in held):
            wanted = "result" if self.kind in manifest.SINGLE else self.kind
            raise OutputError(
                f"the folder holds something else than a {wanted} and is left alone",
                where=str(self.path),
                allowed=f"a new or empty folder, or one with an earlier {wanted} (--out DIR)",
            )
        known: dict[str, set[str]] = begun[1] if begun else {}
        if found:
            self._earlier = found.get("files", {})
            own = {manifest.NAME: store.digest(self.path / manifest.NAME)}
            for name, digest in (found.get("files", {}) | own).items():
                known.setdefault(name, set()).add(digest)
        return known


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


def _replaceable(kind: str) -> tuple[str, ...]:
    """Return the kinds of results that one of a kind may replace."""
    return manifest.SINGLE if kind in manifest.SINGLE else (kind,)


def _line(name: str, digest: str) -> dict[str, str]:
    return {"file": name, "sha256": digest}


def _unfinished(folder: Path) -> tuple[str, dict[str, set[str]]] | None:
    """Return kind and files of a result that was being written; None where the list is not one of ours."""
    wanted = "the list of an unfinished result"
    try:
        text = read_bytes(folder / UNFINISHED, most=MOST_BYTES, kind=OutputError, wanted=wanted)
        first, *lines = text.split(b"\n")[:-1] or [b""]  # a last line without an end was cut off
        kind = Begun.model_validate(from_json(first)).kind
        known: dict[str, set[str]] = {}
        for line in lines:
            entry = ListedFile.model_validate(from_json(line))
            known.setdefault(entry.file, set()).add(entry.sha256)
    except (OutputError, ValidationError, ValueError):
        return None
    return kind, known
