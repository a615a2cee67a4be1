"""The files of a folder that this program wrote, known by their hashes; others are left alone and named."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ankomst.errors import OutputError
from ankomst.studies.engine import store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

ELSEWHERE = "to move it elsewhere, or another folder (--out DIR)"
SHOWN = 5


class OwnFiles:
    """The files of a folder that this program wrote.

    Parameters
    ----------
    folder : Path
    known : mapping
        Name within the folder to the hashes (SHA-256, hex) that the file may have: after an interruption it
        is the earlier file or the next one.
    """

    def __init__(self, folder: Path, known: Mapping[str, Iterable[str]] | None = None) -> None:
        self.folder = folder
        self.known = {name: set(hashes) for name, hashes in (known or {}).items()}
        self.written: dict[str, str] = {}
        """What has been written now, with its hash."""

    def state(self, name: str) -> bool | None:
        """Whether a file is one that this program wrote; None where there is none.

        Raises
        ------
        OutputError
            It cannot be read, or its folder is a link or a file.
        """
        path = self._place(name)
        try:
            if not os.path.lexists(path):
                return None
            if not stat.S_ISREG(path.lstat().st_mode):  # a link too: it may lead anywhere
                return False
            return store.digest(path) in self.known.get(name, ())
        except OSError as problem:
            raise OutputError(
                f"cannot be read: {problem.strerror or problem}", where=str(path), allowed=ELSEWHERE
            ) from None

    def _place(self, name: str) -> Path:
        *folders, file = name.split("/")
        path = self.folder
        for folder in folders:
            path /= folder
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                raise OutputError(
                    "is not the folder that ankomst made and is left alone",
                    where=str(path), allowed=ELSEWHERE,
                )  # fmt: skip
        return path / file

    def refuse_changed(self, leave: Callable[[str], bool] = lambda _: False) -> None:
        """Stop where a file is not as it was written, or its folder is a link.

        Parameters
        ----------
        leave : callable
            Tells names of files that may have changed.

        Raises
        ------
        OutputError
            It names the file.
        """
        self._place(store.table_file("any"))
        for name in self.known:
            self._place(name)
            if not leave(name) and self.state(name) is False:
                raise OutputError(
                    "has changed since ankomst wrote it and is left alone",
                    where=str(self.folder / name), allowed=ELSEWHERE,
                )  # fmt: skip

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Stop where something that this program did not write has the name of a file to be written.

        Raises
        ------
        OutputError
            It names the file.
        """
        for name in names:
            if self.state(name) is False:
                raise OutputError(
                    "was not written by ankomst, has the name of a file of the result and is left alone",
                    where=str(self.folder / name), allowed=ELSEWHERE,
                )  # fmt: skip

    def enter(self, path: Path, temporary: Path) -> tuple[str, str] | None:
        """Note a file that is about to take its place, and return its name and hash; None outside the folder.

        Raises
        ------
        OutputError
            There is a file of that name that this program did not write.
        """
        if not path.is_relative_to(self.folder):
            return None
        name = path.relative_to(self.folder).as_posix()
        self.refuse_foreign([name])
        digest = store.digest(temporary)
        self.known.setdefault(name, set()).add(digest)
        self.written[name] = digest
        return name, digest

    def remove(self, names: Iterable[str]) -> None:
        """Take files away, those only that are as they were written.

        Raises
        ------
        OutputError
            The system refuses.
        """
        for name in names:
            path = self.folder / name
            if self.state(name):
                try:
                    path.unlink(missing_ok=True)
                except OSError as problem:
                    raise OutputError(
                        f"the file cannot be removed: {problem.strerror}", where=str(path)
                    ) from None

    def others(self, own: Iterable[str] = ()) -> list[str]:
        """Return what else lies in the folder, and in the folders of its files.

        Parameters
        ----------
        own : iterable of str
            Files and folders that are of this program though they have no hash.
        """
        mine = {*self.known, *own}
        folders = {"", *own, *(name.rpartition("/")[0] for name in self.known)}
        found = []
        for folder in sorted(folders):
            place = self.folder / folder
            if place.is_symlink() or not place.is_dir():
                continue
            for entry in sorted(place.iterdir()):
                name = entry.relative_to(self.folder).as_posix()
                below = entry.is_dir() and not entry.is_symlink()
                if name in mine or name in folders or store.TEMPORARY.fullmatch(entry.name):
                    continue
                found.append(f"{name}/" if below else name)
        return found

    def say_others(self, say: Callable[[str], None], own: Iterable[str] = ()) -> None:
        """Name what else lies in the folder, in one sentence."""
        found = self.others(own)
        if found:
            more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            say(f"{self.folder}: not part of the result and left as it is: {', '.join(found[:SHOWN])}{more}")
