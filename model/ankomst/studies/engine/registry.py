"""The registry of a study: an SQLite file that says which runs are pending, done or failed, and where.

Rows of finished runs wait here until about a hundred are together and go into a Parquet part. Every change
is one transaction, so that a process can be killed at any moment. One process writes; a rollback journal
works on network drives too, where a write-ahead log would not.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import zlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from pydantic_core import from_json

from ankomst.errors import OutputError
from ankomst.studies.engine.registry_schema import SCHEMA, check_note, tables_of, tables_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from ankomst.studies.engine.worker import RunReport

NAME = "ledger.sqlite"
PATIENCE = 30.0
"""Seconds to wait for another process: a network drive may be slow to let go."""
STATES = ("done", "failed", "pending")
NUMBER_BYTES = 8


@dataclass(frozen=True)
class PlannedRun:
    """A run that a study wants, under the name that its content has.

    Attributes
    ----------
    id : str
    scenario : str
        Of a batch; the stage of any other study.
    draw, replicate : int
        Of a batch; in any other study the place within its stage, and the random stream.
    """

    id: str
    scenario: str
    draw: int
    replicate: int


@dataclass(frozen=True)
class KnownRun:
    """A run as the ledger knows it."""

    id: str
    scenario: str
    draw: int
    replicate: int
    state: str
    attempts: int
    seconds: float | None
    crc: int | None
    message: str
    trace: str
    part: str | None


class Ledger:
    """The registry of one study.

    Parameters
    ----------
    path : Path
    readonly : bool
        Change nothing; the file must exist. What a killed process left half done is taken back all the same.
    patience : float
        Seconds to wait for another process that writes.

    Raises
    ------
    OutputError
        The file is damaged, held by another process, cannot be written, or the disk is full.
    """

    def __init__(self, path: Path, *, readonly: bool = False, patience: float = PATIENCE) -> None:
        self.path = path
        if os.path.lexists(path) and (not path.is_file() or (path.is_symlink() and not readonly)):
            raise OutputError("the ledger cannot be used: it is no regular file", where=str(path))
        if not readonly:  # SQLite itself would not leave the rights to the umask
            with contextlib.suppress(OSError):
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o666))
        with self._guard():
            # Never mode=ro: it cannot take back the half-done change of a killed process, and fails on it.
            mode = "rw" if readonly else "rwc"
            target = f"{path.absolute().as_uri()}?mode={mode}"
            self._base = sqlite3.connect(target, uri=True, timeout=patience, isolation_level=None)
        try:
            with self._guard():
                found = self._base.execute("PRAGMA quick_check").fetchone()[0]
                if found != "ok":
                    raise sqlite3.DatabaseError(found)  # noqa: TRY301 - said below, as other damage
                if readonly:
                    self._base.execute("PRAGMA query_only = ON")
                elif not tables_of(self._base):
                    self._base.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
                if tables_of(self._base) != tables_wanted():
                    raise sqlite3.DatabaseError("its tables are not those of this version")  # noqa: TRY301
        except BaseException:
            self._base.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    # -- what is known -------------------------------------------------------------------------------

    def meta(self, key: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return a noted value, or None."""
        found = self._ask("SELECT value FROM meta WHERE key = ?", key)
        if not found:
            return None
        try:
            value = from_json(found[0][0])
            check_note(key, value)
        except ValueError:
            raise DamagedLedgerError(
                f"the ledger is damaged: its note {key!r} cannot be read", where=str(self.path)
            ) from None
        return value

    def counts(self) -> dict[str, int]:
        """Return the planned runs by state."""
        found = dict(self._ask("SELECT state, count(*) FROM runs WHERE planned GROUP BY state"))
        return {state: int(found.get(state, 0)) for state in STATES}

    def tally(self) -> dict[str, dict[str, int]]:
        """Return the planned runs of each scenario by state, scenarios in the order in which they came."""
        query = (
            "SELECT scenario, state, count(*) FROM runs WHERE planned GROUP BY scenario, state "
            "ORDER BY min(rowid)"
        )
        found: dict[str, dict[str, int]] = {}
        for scenario, state, runs in self._ask(query):
            found.setdefault(scenario, dict.fromkeys(STATES, 0))[state] = int(runs)
        return found

    def seconds(self) -> float:
        """Return the seconds that all finished planned runs took, added up over the workers."""
        return float(self._ask("SELECT total(seconds) FROM runs WHERE planned AND state = 'done'")[0][0])

    def entries(self, state: str | None = None) -> list[KnownRun]:
        """Return the planned runs (in one state) by draw, replicate and scenario."""
        where = "planned AND state = ?" if state else "planned"
        return self._entries(where, *([state] if state else []))

    def entries_waiting(self) -> list[KnownRun]:
        """Return the planned runs whose rows are not in a part yet.

        Rows of an earlier plan may be laid out in another way: they stay here until that plan is run again.
        """
        return self._entries("planned AND id IN (SELECT id FROM waiting)")

    def _entries(self, where: str, *values: str) -> list[KnownRun]:
        columns = ", ".join(field.name for field in fields(KnownRun))
        query = f"SELECT {columns} FROM runs WHERE {where} ORDER BY draw, replicate, scenario"  # noqa: S608 - fixed
        return [KnownRun(*row) for row in self._ask(query, *values)]

    def ids(self, state: str) -> set[str]:
        """Return the ids of the planned runs in a state."""
        return {row[0] for row in self._ask("SELECT id FROM runs WHERE planned AND state = ?", state)}

    def parts(self) -> dict[str, tuple[str, int]]:
        """Return the checksum and the number of runs of every part."""
        rows = self._ask("SELECT name, sha256, runs FROM parts ORDER BY name")
        return {name: (digest, runs) for name, digest, runs in rows}

    def parts_planned(self) -> set[str]:
        """Return the parts that planned runs are said to be in."""
        query = "SELECT DISTINCT part FROM runs WHERE planned AND part IS NOT NULL"
        return {row[0] for row in self._ask(query)}

    def waiting(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the planned rows that are not in a part yet, by id; those that are damaged are left out."""
        query = (
            "SELECT waiting.id, row, crc FROM waiting JOIN runs ON runs.id = waiting.id "
            "WHERE planned ORDER BY waiting.id"
        )
        return {key: np.frombuffer(row) for key, row, crc in self._ask(query) if zlib.crc32(row) == crc}

    def sums(self, part: str | None) -> dict[str, int]:
        """Return the checksum of every finished run, of any plan, that is in a part, or that waits here."""
        return dict(
            self._ask("SELECT id, crc FROM runs WHERE state = 'done' AND part IS ? ORDER BY id", part)
        )

    def torn(self, size: int | None = None) -> list[str]:
        """Return the ids of the runs, of any plan, that are neither in a part nor whole in the ledger.

        Parameters
        ----------
        size : int, optional
            Numbers of a row of this plan; rows of any size if left out.
        """
        query = (
            "SELECT runs.id, row, crc, planned FROM runs LEFT JOIN waiting ON waiting.id = runs.id "
            "WHERE state = 'done' AND part IS NULL ORDER BY runs.id"
        )
        return [
            key
            for key, row, crc, planned in self._ask(query)
            if row is None
            or zlib.crc32(row) != crc
            or (planned and size is not None and len(row) != NUMBER_BYTES * size)
        ]

    def count_waiting(self) -> int:
        """Return the number of planned rows that are not in a part yet."""
        query = "SELECT count(*) FROM waiting JOIN runs ON runs.id = waiting.id WHERE planned"
        return int(self._ask(query)[0][0])

    def files(self) -> dict[str, list[str]]:
        """Return the hashes of every file that was written into the folder, the last written last."""
        found: dict[str, list[str]] = {}
        for name, digest in self._ask("SELECT name, sha256 FROM files ORDER BY rowid"):
            found.setdefault(name, []).append(digest)
        return found

    def _ask(self, query: str, *values: str | None) -> list[tuple[Any, ...]]:
        with self._guard():
            return self._base.execute(query, values).fetchall()

    # -- what changes --------------------------------------------------------------------------------

    def note(self, **values: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        """Note values under their names."""
        with self._change():
            self._note(values)

    def _note(self, values: Mapping[str, Any]) -> None:
        self._base.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [(key, json.dumps(value, ensure_ascii=False, default=str)) for key, value in values.items()],
        )

    def plan(self, runs: Iterable[PlannedRun], **notes: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        """Enter the runs of a plan; runs of earlier plans stay known, but no longer count.

        Parameters
        ----------
        runs : iterable of PlannedRun
        **notes
            Values that are noted in the same transaction.
        """
        rows = [(run.id, run.scenario, run.draw, run.replicate) for run in runs]
        with self._change():
            self._note(notes)
            self._base.execute("UPDATE runs SET planned = 0")
            self._base.executemany(
                "INSERT INTO runs (id, scenario, draw, replicate) VALUES (?, ?, ?, ?) ON CONFLICT (id) "
                "DO UPDATE SET planned = 1, scenario = excluded.scenario, draw = excluded.draw, "
                "replicate = excluded.replicate",
                rows,
            )

    def enter(self, reports: Sequence[RunReport]) -> None:
        """Enter finished and failed runs."""
        with self._change():
            for report in reports:
                if report.row is None:
                    self._base.execute(
                        "UPDATE runs SET state = 'failed', attempts = attempts + 1, seconds = ?, "
                        "message = ?, trace = ? WHERE id = ?",
                        (report.seconds, report.error, report.trace, report.id),
                    )
                    continue
                content = report.row.tobytes()
                self._base.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?)", (report.id, content))
                self._base.execute(
                    "UPDATE runs SET state = 'done', attempts = attempts + 1, seconds = ?, crc = ?, "
                    "message = '', trace = '', part = NULL WHERE id = ?",
                    (report.seconds, zlib.crc32(content), report.id),
                )

    def stored(self, name: str, digest: str, size: int, ids: Sequence[str], crcs: Sequence[int]) -> None:
        """Enter a part that is on disk; its rows need not wait any longer."""
        with self._change():
            self._base.execute(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", (name, digest, len(ids), size)
            )
            self._base.executemany(
                "UPDATE runs SET part = ?, state = 'done', crc = ?, message = '', trace = '' WHERE id = ?",
                [(name, crc, key) for key, crc in zip(ids, crcs, strict=True)],
            )
            self._base.executemany("DELETE FROM waiting WHERE id = ?", [(key,) for key in ids])

    def take_in(
        self, name: str, digest: str, size: int, runs: Sequence[PlannedRun], crcs: Sequence[int]
    ) -> None:
        """Enter a part that is on disk and in no list; runs that are in another part stay there."""
        with self._change():
            self._base.execute("INSERT INTO parts VALUES (?, ?, ?, ?)", (name, digest, len(runs), size))
            self._base.executemany(
                "INSERT INTO runs (id, scenario, draw, replicate, planned, state, crc, part) "
                "VALUES (?, ?, ?, ?, 0, 'done', ?, ?) ON CONFLICT (id) DO UPDATE SET state = 'done', "
                "crc = excluded.crc, part = excluded.part, message = '', trace = '' WHERE part IS NULL",
                [
                    (run.id, run.scenario, run.draw, run.replicate, crc, name)
                    for run, crc in zip(runs, crcs, strict=True)
                ],
            )
            self._base.execute(
                "DELETE FROM waiting WHERE id IN (SELECT id FROM runs WHERE part = ?)", (name,)
            )

    def enter_file(self, name: str, digest: str) -> None:
        """List a file that is about to take its place in the folder."""
        with self._change():
            self._base.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (name, digest))

    def forget_files(self, names: Iterable[str]) -> None:
        """List files no longer."""
        with self._change():
            self._base.executemany("DELETE FROM files WHERE name = ?", [(name,) for name in names])

    def clear(self) -> None:
        """Forget everything: runs, parts, files and notes."""
        with self._change():
            for table in ("runs", "waiting", "parts", "files", "meta"):
                self._base.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed

    def lose(self, name: str) -> int:
        """Forget a damaged part; its runs are pending again, and the number of planned ones is returned."""
        with self._change():
            (found,) = self._base.execute(
                "SELECT count(*) FROM runs WHERE planned AND part = ?", (name,)
            ).fetchone()
            self._base.execute(
                "UPDATE runs SET state = 'pending', part = NULL, crc = NULL WHERE part = ?", (name,)
            )
            self._base.execute("DELETE FROM parts WHERE name = ?", (name,))
        return int(found)

    def retry(self, ids: Iterable[str] | None = None) -> int:
        """Make failed runs pending again (or the runs given), and return how many."""
        with self._change():
            if ids is None:
                found = self._base.execute("UPDATE runs SET state = 'pending' WHERE state = 'failed'")
                return int(found.rowcount)
            keys = [(key,) for key in ids]
            self._base.executemany(
                "UPDATE runs SET state = 'pending', part = NULL, crc = NULL WHERE id = ?", keys
            )
            self._base.executemany("DELETE FROM waiting WHERE id = ?", keys)
        return len(keys)

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        """Carry out one transaction, whole or not at all."""
        with self._guard():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._base.execute("ROLLBACK")
                raise
            try:
                self._base.execute("COMMIT")
            except sqlite3.Error:
                with contextlib.suppress(sqlite3.Error):
                    self._base.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        """Say in one sentence what SQLite cannot do."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as problem:  # texts of a damaged file are no UTF-8
            said = str(problem)
            where = str(self.path)
            if "full" in said:
                raise OutputError(
                    "the disk is full; everything finished so far is kept",
                    where=where,
                    allowed="free space, then the same command with --resume",
                ) from None
            if getattr(problem, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise OutputError(
                    "another process holds the ledger and does not let go of it",
                    where=where,
                    allowed="the same command once that process is done or has ended",
                ) from None
            if isinstance(problem, sqlite3.OperationalError):
                raise OutputError(
                    f"the ledger cannot be used: {said}",
                    where=where,
                    allowed="a disk and a file that can be read and written, then the same command",
                ) from None
            raise DamagedLedgerError(f"the ledger is damaged: {said}", where=where) from None


class DamagedLedgerError(OutputError):
    """The ledger is no SQLite file any more; the parts beside it hold the runs."""
