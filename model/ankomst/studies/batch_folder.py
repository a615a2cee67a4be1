"""The folder of a batch: claimed by one process, checked when it is opened again, never emptied unasked.

`ledger.sqlite` says what ran, `runs/` holds the numbers, `manifest.json` what a repetition needs, `tables/`
what the runs say, `failures.csv` what went wrong.
"""

from __future__ import annotations

import os
import platform
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from filelock import FileLock, Timeout

from ankomst.errors import OutputError
from ankomst.studies import folder, parts, store
from ankomst.studies.csv_text import csv_text
from ankomst.studies.ledger import NAME, DamagedLedgerError, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from ankomst.studies.plan import Plan

LOCK = ".lock"
LOCK_SECONDS = 0.3
"""Whoever only asks whether a batch is running holds the lock for a moment."""
FAILURES = "failures.csv"
JOURNAL = f"{NAME}-journal"
DAMAGED = ".damaged"
BATCH = "batch"
STATES = (("done", "finished"), ("failed", "failed"))
EARLY = {parts.FOLDER, store.TABLES, LOCK, JOURNAL}
"""What a batch that was killed before it had a ledger leaves behind."""


class BatchFolder:
    """A folder that a batch is run in.

    Parameters
    ----------
    path : Path
    resume : bool
        Go on with what is there.
    restart : bool
        Throw away what is there.
    say : callable
        Told in one sentence what was found damaged and what is done about it.
    kind : str
        Kind of the study, one of `experiment_kinds.KINDS`.

    Raises
    ------
    OutputError
        The folder holds something else, or finished runs and neither resume nor restart; another process
        works in it; it cannot be written.
    """

    ledger: Ledger

    def __init__(
        self, path: Path, *, resume: bool, restart: bool, say: Callable[[str], None], kind: str = BATCH
    ) -> None:
        self.path = path
        self.kind = kind
        self._resume, self._restart, self._say = resume, restart, say
        self._lock = FileLock(path / LOCK, timeout=LOCK_SECONDS)

    def __enter__(self) -> Self:
        self._refuse_others()
        # In this order: cut off in between, it is known as a batch.
        for name in (parts.FOLDER, store.TABLES) if self.kind == BATCH else (store.TABLES,):
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
        self.ledger.__exit__(kind, error, trace)
        self._lock.release()

    # -- opening -------------------------------------------------------------------------------------

    def _refuse_others(self) -> None:
        if not is_batch(self.path) and not _barely_begun(self.path):
            raise OutputError(
                f"the folder holds something else than a {self.kind} and is left alone",
                where=str(self.path),
                allowed=f"a new or empty folder, or one with an earlier {self.kind} (--out DIR)",
            )

    def _claim(self) -> None:
        try:
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
        path = self.path / NAME
        self._refuse_other_kind(path)
        if self._restart:
            self._clear()
        try:
            self.ledger = Ledger(path)
        except DamagedLedgerError as problem:
            if not self._resume:
                raise OutputError(
                    problem.what, where=problem.where, allowed="--resume, which makes it anew from runs/"
                ) from None
            for name in (JOURNAL, NAME):
                with suppress(FileNotFoundError):
                    (self.path / name).replace(self.path / f"{name}{DAMAGED}")
            self.ledger = Ledger(path)
            self._say(
                f"{problem.where}: {problem.what} (kept as {NAME}{DAMAGED}); it is made anew from the parts "
                f"in {parts.FOLDER}/"
            )
        try:
            self._refuse_finished()
            owner = {"process": os.getpid(), "host": platform.node(), "start": store.now()}
            self.ledger.note(kind=self.kind, owner=owner)
        except BaseException:
            self.ledger.__exit__(None, None, None)
            raise

    def _refuse_other_kind(self, path: Path) -> None:
        found = kind_of(path.parent)
        if found and found != self.kind:
            raise OutputError(
                f"the folder holds a {found} and is left alone", where=str(self.path), allowed="--out DIR"
            )

    def _refuse_finished(self) -> None:
        if self._resume or self._restart:
            return
        found = self.holds()
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
        runs = self.path / parts.FOLDER
        return sorted(path for path in runs.iterdir() if parts.is_part(path.name)) if runs.is_dir() else []

    def _clear(self) -> None:
        """Take away what batches wrote here, and nothing else."""
        runs, names = self.path / parts.FOLDER, (NAME, JOURNAL, folder.MANIFEST, FAILURES)
        gone = list((self.path / store.TABLES).glob("*.csv"))
        gone += [self.path / f"{name}{ending}" for name in names for ending in ("", DAMAGED)]
        if runs.is_dir():
            gone += [path for path in runs.iterdir() if parts.number_of(path.name) is not None]
        with _said(self.path):
            for path in gone:
                path.unlink(missing_ok=True)
            parts.clear_temporary(self.path)

    # -- mending -------------------------------------------------------------------------------------

    def mend(self, plan: Plan) -> None:
        """Find damaged and forgotten parts: their runs are pending again, or taken in.

        Call it once the plan is entered.
        """
        self.mend_files()
        with _said(self.path):
            self._mend_parts(plan)
        self.mend_rows()

    def mend_files(self) -> None:
        """Take away what was written half, and say that the manifest is damaged."""
        with _said(self.path):
            parts.clear_temporary(self.path)
            for name in (folder.MANIFEST, FAILURES):
                for path in self.path.glob(f".{name}.*"):
                    path.unlink(missing_ok=True)
            self._mend_manifest()

    def mend_rows(self) -> None:
        """Find damaged rows in the ledger: their runs are pending again."""
        torn = self.ledger.torn()
        if torn:
            self.ledger.retry(torn)
            self._say(f"{len(torn)} rows in {NAME} are damaged: their runs are run again")

    def _mend_parts(self, plan: Plan) -> None:
        known = self.ledger.parts()
        for name, (wanted, _) in known.items():
            path = self.path / parts.FOLDER / name
            if not path.is_file():
                self._lost(name, "is missing")
            elif not parts.is_whole(path, wanted):
                path.replace(path.with_name(name + DAMAGED))
                self._lost(name, f"is damaged (kept as {name}{DAMAGED})")
        homeless = self.ledger.homeless()
        for path in self._parts():
            if path.name not in known:
                homeless -= self._take_in(path, plan, homeless)

    def _lost(self, name: str, what: str) -> None:
        runs = self.ledger.lose(name)
        self._say(f"{self.path / parts.FOLDER / name}: the part {what}; its {runs} runs are run again")

    def _take_in(self, path: Path, plan: Plan, homeless: set[str]) -> set[str]:
        """Enter a part that was written when the ledger was lost or the process killed; return its runs."""
        try:
            ids = parts.read_ids(path)
            mine = [k for k, key in enumerate(ids) if key in homeless]
            rows = parts.read_rows(path, plan.layout) if mine else ()
        except OutputError:
            path.replace(path.with_name(path.name + DAMAGED))
            self._say(f"{path}: the part is damaged and no ledger knows it; kept as {path.name}{DAMAGED}")
            return set()
        if mine:
            keys, sums = [ids[k] for k in mine], [parts.crc(rows[k]) for k in mine]
            self.ledger.stored(path.name, store.digest(path), path.stat().st_size, keys, sums)
        return {ids[k] for k in mine}

    def _mend_manifest(self) -> None:
        if (self.path / folder.MANIFEST).is_file():
            try:
                folder.read_manifest(self.path)
            except OutputError as problem:
                self._say(f"{problem.where}: {problem.what} and is written anew; no run is lost")

    # -- writing -------------------------------------------------------------------------------------

    def flush(self, plan: Plan, most: int = parts.RUNS) -> None:
        """Put waiting rows into a part, in the order of the plan."""
        rows = self.ledger.waiting()
        entries = [entry for entry in self.ledger.entries_waiting() if entry.id in rows][:most]
        if not entries:
            return
        table = [rows[entry.id] for entry in entries]
        path = parts.write_part(self.path, self._next_number(), entries, table, plan.layout)
        sums = [entry.crc or 0 for entry in entries]
        self.ledger.stored(
            path.name, store.digest(path), path.stat().st_size, [entry.id for entry in entries], sums
        )

    def _next_number(self) -> int:
        taken = (parts.number_of(path.name) for path in (self.path / parts.FOLDER).iterdir())
        return max((number for number in taken if number is not None), default=0) + 1

    def write_manifest(self, content: Mapping[str, Any]) -> Path:
        """Write the manifest, whole or not at all."""
        return store.write_manifest(self.path, content)

    def write_failures(self) -> Path | None:
        """List the failed runs in failures.csv; without any the file is taken away."""
        path = self.path / FAILURES
        failed = self.ledger.entries("failed")
        if not failed:
            with _said(path):
                path.unlink(missing_ok=True)
            return None
        rows = [
            (run.scenario, run.draw, run.replicate, run.state, run.attempts, run.message, run.id)
            for run in failed
        ]
        names = ["scenario", "draw", "replicate", "status", "attempts", "message", "id"]
        return store.write_text(path, csv_text(pd.DataFrame(rows, columns=names)))


def is_batch(path: Path) -> bool:
    """Whether a folder holds a batch: a ledger, or parts whose ledger is lost.

    Raises
    ------
    OutputError
        It cannot be read.
    """
    held = folder.names_in(path)
    if held & {NAME, f"{NAME}{DAMAGED}"}:
        return True
    return parts.FOLDER in held and any(map(parts.is_part, folder.names_in(path / parts.FOLDER)))


def kind_of(path: Path) -> str:
    """Return the kind of study whose ledger a folder holds; empty where there is none that can be read."""
    if not (path / NAME).is_file():
        return ""
    with suppress(OutputError), Ledger(path / NAME, readonly=True) as ledger:
        return str(ledger.meta("kind") or BATCH)
    return ""


def _barely_begun(path: Path) -> bool:
    """Whether a folder is empty, or as a batch left it that was killed before it had a ledger."""
    held = folder.names_in(path)
    inside = held & {parts.FOLDER, store.TABLES}
    return held <= EARLY and not any(folder.names_in(path / name) for name in inside)


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
