"""What stands in a ledger: its tables, with the values that each column may hold, and its notes."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter

from ankomst.policy.kinds import Choice
from ankomst.studies.engine.manifest import STUDIES
from ankomst.studies.schema.experiment_record import Record
from ankomst.studies.schema.strict import Strict

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE parts (
    name TEXT PRIMARY KEY CHECK (name GLOB 'part-[0-9]*.parquet' AND instr(name, '/') = 0),
    sha256 TEXT NOT NULL, runs INTEGER NOT NULL CHECK (runs >= 0), bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
CREATE TABLE runs (
    id TEXT PRIMARY KEY, scenario TEXT NOT NULL,
    draw INTEGER NOT NULL CHECK (draw >= 0), replicate INTEGER NOT NULL CHECK (replicate >= 0),
    planned INTEGER NOT NULL DEFAULT 1 CHECK (planned IN (0, 1)),
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('done', 'failed', 'pending')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    seconds REAL CHECK (seconds BETWEEN 0 AND 1e9), crc INTEGER CHECK (crc BETWEEN 0 AND 4294967295),
    message TEXT NOT NULL DEFAULT '', trace TEXT NOT NULL DEFAULT '', part TEXT,
    CHECK (state <> 'done' OR crc IS NOT NULL)
) STRICT;
CREATE INDEX runs_state ON runs (state);
CREATE TABLE waiting (id TEXT PRIMARY KEY, row BLOB NOT NULL CHECK (length(row) % 8 = 0)) STRICT;
CREATE TABLE files (
    name TEXT NOT NULL CHECK (name GLOB '[A-Za-z0-9_]*' AND instr(name, '..') = 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64), PRIMARY KEY (name, sha256)
) STRICT;
"""
"""`files` lists what was written into the folder, before it takes its place; the last hash is the present."""


class Owner(Strict):
    """Who works, or worked last, in the folder."""

    process: int
    host: str
    start: str


_NOTES: dict[str, TypeAdapter[Any]] = {
    "kind": TypeAdapter(Annotated[str, Choice(STUDIES)]),
    "owner": TypeAdapter(Owner),
    "started": TypeAdapter(str),
    "code": TypeAdapter(str),
    "layout": TypeAdapter(str),
    "experiment": TypeAdapter(Annotated[dict[str, Any], AfterValidator(Record.model_validate)]),
    "asked": TypeAdapter(dict[str, Any]),
    "wall_seconds": TypeAdapter(Annotated[float, Field(ge=0.0, allow_inf_nan=False)]),
}
"""What each note of a ledger holds, as JSON."""


def check_note(key: str, value: object) -> None:
    """Raise ValueError where a note does not hold what it should."""
    if key in _NOTES:
        _NOTES[key].validate_python(value, strict=True)


@cache
def tables_wanted() -> dict[str, str]:
    """Return every table and index of a ledger with the text that makes it."""
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(SCHEMA)
        return tables_of(base)
    finally:
        base.close()


def tables_of(base: sqlite3.Connection) -> dict[str, str]:
    """Return every table, index, view and trigger of a database with the text that makes it."""
    found = base.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {str(name): str(text) for name, text in found}
