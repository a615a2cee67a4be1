"""The folder of a study: claimed by one process, checked when it is opened again, never emptied unasked.

`ledger.sqlite` says what ran, `runs/` holds the numbers, `manifest.json` what a repetition needs, `tables/`
what the runs say, `failures.csv` what went wrong.
"""

from __future__ import annotations

import os
import platform
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from filelock import FileLock, Timeout

from ankomst.errors import OutputError
from ankomst.studies.engine import chunks, folder, manifest, store
from ankomst.studies.engine.csv_text import csv_text
from ankomst.studies.engine.manifest import BATCH
from ankomst.studies.engine.own_files import OwnFiles
from ankomst.studies.engine.registry import NAME, DamagedLedgerError, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from ankomst.studies.metrics.record import Layout

LOCK = ".lock"
LOCK_SECONDS = 0.3
"""Whoever only asks whether a study is running holds the lock for a moment."""
FAILURES = "failures.csv"
JOURNAL = f"{NAME}-journal"
DAMAGED = ".damaged"
STATES = (("done", "finished"), ("failed", "failed"))
EARLY = {chunks.FOLDER, store.TABLES, LOCK, NAME, JOURNAL}
"""What a study that was killed before it had a ledger leaves behind."""


class StudyFolder:
    """A folder that a study is run in.

    Parameters
    ----------
    path : Path
    kind : str
        Of the study, one of `manifest.STUDIES`.
    resume : bool
        Go on with what is there.
    restart : bool
        Throw away what is there: the files that manifest and ledger list, as they were written.
    say : callable
        Told in one sentence what was found damaged and what is done about it, and what is left as it is.

    Raises
    ------
    OutputError
        The folder holds something else, or finished runs and neither resume nor restart, or a file that has
        changed since it was written; another process works in it; it cannot be written.
    """

    ledger: Ledger

    def __init__(
        self, path: Path, kind: str, *, resume: bool, restart: bool, say: Callable[[str], None]
    ) -> None:
        self.path = path
        self.kind = kind
        self._resume, self._restart, self._say = resume, restart, say
        self._lock = FileLock(path / LOCK, timeout=LOCK_SECONDS)
        self._own = OwnFiles(path)
        self._block = ExitStack()

    def __enter__(self) -> Self:
        self._refuse_others()
        for name in (chunks.FOLDER, store.TABLES):  # cut off in between, it is known as barely begun
            store.make_folder(self.path / name)
        self._claim()
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._block.close()
        self.ledger.__exit__(kind, error, trace)
        self._lock.release()

    # -- opening -------------------------------------------------------------------------------------

    def _refuse_others(self) -> None:
        """Refuse a folder that neither a manifest nor a ledger says to be of this kind."""
        if _barely_begun(self.path):
            return
        found = manifest.ours(self.path)
        kinds = {found["kind"]} if found else set()
        if os.path.lexists(self.path / NAME):
            with suppress(DamagedLedgerError), Ledger(self.path / NAME, readonly=True) as ledger:
                kinds.add(ledger.meta("kind") or self.kind)
        if not kinds:
            raise OutputError(
                f"the folder holds something else than a {self.kind} and is left alone",
                where=str(self.path),
                allowed=f"a new or empty folder, or one with an earlier {self.kind} (--out DIR)",
            )
        for other in kinds - {self.kind}:
            raise OutputError(
                f"the folder holds a {other} and is left alone", where=str(self.path), allowed="--out DIR"
            )

    def _claim(self) -> None:
        try:
            with suppress(FileExistsError):  # the lock's own way does not leave the rights to the umask
                os.close(os.open(self.path / LOCK, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
            self._lock.acquire()
        except Timeout:
            raise OutputError(
                f"another {self.kind} is running in this folder{_owner(self.path)}",
                where=str(self.path),
                allowed="to wait for it, or another folder (--out DIR)",
            ) from None
        except OSError as problem:
            raise OutputError(
                f"the folder cannot be written: {problem.strerror}",
                where=str(self.path),
                allowed="a folder that can be written, --out DIR",
            ) from None

    def _open(self) -> None:
        asides = self._open_ledger()
        try:
            self._refuse_finished()
            self._own = OwnFiles(self.path, self._known())
            self._own.refuse_changed(_is_mended if self._resume else lambda _: False)
            for path in asides:
                self._list(path)
            if self._restart:
                self._clear()
            owner = {"process": os.getpid(), "host": platform.node(), "start": store.now()}
            self.ledger.note(kind=self.kind, owner=owner)
            self._block.enter_context(store.told_of(self._enter))
        except BaseException:
            self.ledger.__exit__(None, None, None)
            raise

    def _open_ledger(self) -> list[Path]:
        """Open the ledger; a damaged one is put aside where the study is resumed, and returned."""
        path = self.path / NAME
        try:
            self.ledger = Ledger(path)
        except DamagedLedgerError as problem:
            if not self._resume:
                raise OutputError(
                    problem.what, where=problem.where, allowed="--resume, which makes it anew from runs/"
                ) from None
            asides = [_aside(each) for each in (path, self.path / JOURNAL) if os.path.lexists(each)]
            self.ledger = Ledger(path)
            self._say(
                f"{problem.where}: {problem.what} (kept as {asides[0].name}); it is made anew from the parts "
                f"in {chunks.FOLDER}/"
            )
            return asides
        return []

    def _refuse_finished(self) -> None:
        if self._resume:
            return
        if self._restart:
            if self._parts() and not (self.ledger.parts() or sum(self.ledger.counts().values())):
                raise OutputError(
                    f"no ledger lists the parts in {chunks.FOLDER}/, so that they are left alone",
                    where=str(self.path), allowed="--resume, which makes the ledger anew; --out DIR",
                )  # fmt: skip
            return
        # A folder may have been copied without its ledger.
        finished = (manifest.ours(self.path) or {"complete": False}).get("complete", True)
        found = self.holds() or ("finished tables" if finished else "")
        if found:
            raise OutputError(
                f"the folder holds a {self.kind} with {found}",
                where=str(self.path),
                allowed="--resume to go on, --restart to throw them away, --out DIR for another folder",
            )

    def holds(self) -> str:
        """Say which runs the folder holds that are over; nothing where there are none."""
        counts = self.ledger.counts()
        found = [f"{counts[state]} {name} runs" for state, name in STATES if counts[state]]
        return " and ".join(found) or ("finished runs" if self._parts() else "")

    def _parts(self) -> list[Path]:
        runs = self.path / chunks.FOLDER
        return sorted(path for path in runs.iterdir() if chunks.is_part(path.name)) if runs.is_dir() else []

    # -- whose files ---------------------------------------------------------------------------------

    def _known(self) -> dict[str, set[str]]:
        """Return the files that ledger and manifest list, with the hashes that they may have."""
        known = {name: set(hashes) for name, hashes in self.ledger.files().items()}
        for name, (digest, _) in self.ledger.parts().items():
            known.setdefault(f"{chunks.FOLDER}/{name}", set()).add(digest)
        found = manifest.ours(self.path)
        if found:
            for name, digest in found.get("files", {}).items():
                known.setdefault(name, set()).add(digest)
            # A ledger that was made anew does not list the manifest.
            known.setdefault(manifest.NAME, {store.digest(self.path / manifest.NAME)})
        return known

    def _enter(self, path: Path, temporary: Path) -> None:
        """List a file before it takes its place."""
        entered = self._own.enter(path, temporary)
        if entered is not None:
            self.ledger.enter_file(*entered)

    def _list(self, path: Path) -> None:
        """List a file that was put aside, so that it can be thrown away."""
        with suppress(OSError):  # what cannot be read is not ours to remove
            name, digest = path.relative_to(self.path).as_posix(), store.digest(path)
            self._own.known.setdefault(name, set()).add(digest)
            self.ledger.enter_file(name, digest)

    def _clear(self) -> None:
        """Take away what studies wrote here, and nothing else."""
        with _said(self.path):
            self._own.say_others(self._say, EARLY)
            self._own.remove(self._own.known)
            self._clear_temporary()
        self.ledger.clear()
        self._own = OwnFiles(self.path)

    def _clear_temporary(self) -> None:
        store.clear_temporary(self.path, self.path / store.TABLES, self.path / chunks.FOLDER)

    # -- mending -------------------------------------------------------------------------------------

    def mend(self, layout: Layout) -> None:
        """Take away what was written half; make runs of damaged chunks pending, and take in forgotten chunks.

        Parameters
        ----------
        layout : Layout
            Of the study's rows.
        """
        with _said(self.path):
            self._clear_temporary()
            if self._own.state(manifest.NAME) is False:
                kept = _aside(self.path / manifest.NAME)
                self._list(kept)
                self._say(
                    f"{self.path / manifest.NAME}: the manifest is damaged and is written anew (kept as "
                    f"{kept.name}); no run is lost"
                )
            self._mend_parts(layout)

    def mend_rows(self, size: int) -> None:
        """Find damaged rows in the ledger: their runs are pending again.

        Parameters
        ----------
        size : int
            Numbers of a row.
        """
        torn = self.ledger.torn(size)
        if torn:
            self.ledger.retry(torn)
            self._say(f"{len(torn)} rows in {NAME} are damaged: their runs are run again")

    def _mend_parts(self, layout: Layout) -> None:
        known = self.ledger.parts()
        for name in self.ledger.parts_planned() - known.keys():
            self._lost(name, "is not listed")
        for name, (wanted, _) in known.items():
            path = self.path / chunks.FOLDER / name
            if not path.is_file():
                self._lost(name, "is missing")
            elif not chunks.is_whole(path, wanted) or not self._holds_its_runs(path):
                kept = _aside(path)
                self._list(kept)
                self._lost(name, f"is damaged (kept as {kept.name})")
        for path in () if self._restart else self._parts():
            if path.name not in known:
                self._take_in(path, layout)

    def _holds_its_runs(self, path: Path) -> bool:
        """Whether a whole chunk holds what the ledger says of it."""
        try:
            return self.ledger.sums(path.name).keys() <= {run.id for run in chunks.read_runs(path)}
        except OutputError:
            return False

    def _lost(self, name: str, what: str) -> None:
        runs = self.ledger.lose(name)
        self._say(f"{self.path / chunks.FOLDER / name}: the part {what}; its {runs} runs are run again")

    def _take_in(self, path: Path, layout: Layout) -> None:
        """Enter a chunk that was written when the ledger was lost or the process killed.

        One of an earlier plan whose rows are laid out in another way is left as it is.
        """
        try:
            if chunks.sizes(path) == {name: family.size for name, family in layout.families.items()}:
                runs, sums = (
                    chunks.read_runs(path),
                    [chunks.crc(row) for row in chunks.read_rows(path, layout)],
                )
                self.ledger.take_in(path.name, store.digest(path), path.stat().st_size, runs, sums)
        except OutputError:
            kept = _aside(path)
            self._list(kept)
            self._say(f"{path}: the part is damaged and no ledger knows it; kept as {kept.name}")

    # -- writing -------------------------------------------------------------------------------------

    def flush(self, layout: Layout) -> bool:
        """Put rows that wait in the ledger into a chunk, and say whether there were any."""
        rows = self.ledger.waiting()
        runs = [run for run in self.ledger.entries_waiting() if run.id in rows][: chunks.RUNS]
        if not runs:
            return False
        table = [rows[run.id] for run in runs]
        path = chunks.write_part(self.path, self._next_number(), runs, table, layout)
        sums = [run.crc or 0 for run in runs]
        self.ledger.stored(path.name, store.digest(path), path.stat().st_size, [run.id for run in runs], sums)
        return True

    def _next_number(self) -> int:
        taken = (chunks.number_of(path.name) for path in (self.path / chunks.FOLDER).iterdir())
        return max((number for number in taken if number is not None), default=0) + 1

    def write_manifest(self, content: Mapping[str, Any]) -> Path:
        """Write the manifest, whole or not at all."""
        return manifest.write(self.path, content)

    def finish(self, content: Mapping[str, Any]) -> Path:
        """Write the manifest of a finished study, with the SHA-256 of every file that was written now.

        What an earlier look at the folder had written and this one has not is taken away.
        """
        files = {name: digest for name, digest in self._own.written.items() if not _is_mended(name)}
        done = self.write_manifest({**content, "complete": True, "files": files})
        gone = [name for name in self._own.known if name not in self._own.written and not _is_mended(name)]
        self._own.remove(gone)
        self.ledger.forget_files(gone)
        return done

    def write_failures(self) -> Path | None:
        """List the failed runs in failures.csv; without any the file is taken away."""
        path = self.path / FAILURES
        failed = self.ledger.entries("failed")
        if not failed:
            self._own.remove([FAILURES])
            return None
        rows = [
            (run.scenario, run.draw, run.replicate, run.state, run.attempts, run.message, run.id)
            for run in failed
        ]
        names = ["scenario", "draw", "replicate", "status", "attempts", "message", "id"]
        return store.write_text(path, csv_text(pd.DataFrame(rows, columns=names)))


def kind_of(path: Path) -> str:
    """Return the kind of result in a folder, by its manifest or its ledger; empty where neither says."""
    found = manifest.ours(path)
    if found:
        return str(found["kind"])
    if (path / NAME).is_file():
        with suppress(DamagedLedgerError), Ledger(path / NAME, readonly=True) as ledger:
            return str(ledger.meta("kind") or BATCH)
    return ""


def _barely_begun(path: Path) -> bool:
    """Whether a folder is empty, or as a study left it that was killed before it had a ledger."""
    held = {name for name in folder.names_in(path) if not store.TEMPORARY.fullmatch(name)}
    inside = held & {chunks.FOLDER, store.TABLES}
    return (
        held <= EARLY
        and not any((path / name).is_symlink() for name in held)
        and not any(folder.names_in(path / name) for name in inside)
        and not any((path / name).stat().st_size for name in held & {LOCK, NAME})
    )


def _is_mended(name: str) -> bool:
    """Whether a file is mended where a study is resumed: parts, the manifest, and what was put aside."""
    return name == manifest.NAME or name.startswith(f"{chunks.FOLDER}/") or DAMAGED in name


def _aside(path: Path) -> Path:
    """Give a damaged file a name that tells so, and that no other file has."""
    kept, number = path.with_name(f"{path.name}{DAMAGED}"), 2
    while os.path.lexists(kept):
        kept, number = path.with_name(f"{path.name}{DAMAGED}-{number}"), number + 1
    path.replace(kept)
    return kept


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Say in one sentence what the system does not let us do with the files of a folder."""
    try:
        yield
    except OSError as problem:
        raise OutputError(
            f"the folder cannot be read or written: {problem.strerror or problem}",
            where=str(problem.filename or path),
            allowed="a folder whose files can be read and written, --out DIR",
        ) from None


def _owner(path: Path) -> str:
    """Say who works in a folder, where its ledger tells."""
    with suppress(OutputError), Ledger(path / NAME, readonly=True) as ledger:
        owner = ledger.meta("owner")
        if owner:
            return f" (process {owner['process']} on {owner['host']}, since {owner['start']})"
    return ""
