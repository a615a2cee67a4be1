"""Parts: Parquet files with about a hundred runs, one row a run, one column a family of numbers.

Written to a temporary file, then moved into place; every page has a checksum, every file its SHA-256 in the
ledger. Byte-stream splitting and zstd take a seventh off the bits of the numbers and cost little.
"""

from __future__ import annotations

import os
import re
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ankomst.errors import OutputError
from ankomst.studies.engine import store
from ankomst.studies.engine.registry import PlannedRun

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ankomst.studies.engine.registry import KnownRun
    from ankomst.studies.metrics.record import Layout

FOLDER = "runs"
RUNS = 100
"""Runs of a part."""
ENDING = ".parquet"
KEYS = ("id", "scenario", "draw", "replicate")
NAME = re.compile(r"part-(\d{5,})\.parquet")


def write_part(folder: Path, number: int, entries: Sequence[KnownRun], rows: Any, layout: Layout) -> Path:  # noqa: ANN401
    """Write a part.

    Parameters
    ----------
    folder : Path
        The folder of a batch.
    number : int
        Gives the file its name.
    entries : sequence of KnownRun
        Whose runs.
    rows : ndarray, shape (runs, layout.size)
    layout : Layout

    Raises
    ------
    OutputError
        The disk is full or the folder cannot be written.
    """
    path = folder / FOLDER / f"part-{number:05d}{ENDING}"
    table = _table(entries, np.ascontiguousarray(rows), layout)
    split = [f"{name}.list.element" for name in layout.families]
    what = "the part cannot be written: {}; everything finished so far is kept in the ledger"
    with store.whole(path, what, "space and the right to write, then the same command with --resume") as file:
        pq.write_table(
            table, file, compression="zstd", use_dictionary=False, use_byte_stream_split=split,
            write_statistics=False, write_page_checksum=True,
        )  # fmt: skip
        with file.open("r+b") as stream:
            os.fsync(stream.fileno())
    _settle(path.parent)
    return path


def is_part(name: str) -> bool:
    """Whether a file name is that of a part."""
    return number_of(name) is not None and name.endswith(ENDING)


def number_of(name: str) -> int | None:
    """Return the number in the name of a part, damaged ones that were put aside included; None for others."""
    found = NAME.match(name)
    return None if found is None else int(found[1])


def is_whole(path: Path, wanted: str) -> bool:
    """Whether a file has the checksum that it should have; one that the disk cannot give back has not.

    Raises
    ------
    PermissionError
    """
    try:
        return store.digest(path) == wanted
    except PermissionError:
        raise
    except OSError:
        return False


def read_ids(path: Path) -> list[str]:
    """Return the ids of the runs of a part, in its order."""
    return _keys(path, _read(path, ["id"]), "id", pa.string())


def read_runs(path: Path) -> list[PlannedRun]:
    """Return the runs of a part, in its order."""
    table = _read(path, list(KEYS))
    kinds = (pa.string(), pa.string(), pa.int64(), pa.int64())
    columns = [_keys(path, table, name, kind) for name, kind in zip(KEYS, kinds, strict=True)]
    return [PlannedRun(*key) for key in zip(*columns, strict=True)]


def sizes(path: Path) -> dict[str, int]:
    """Return how many numbers a run has in each family of a part; 0 where a column holds something else."""
    schema = _read(path, None).schema
    kinds = {name: schema.field(name).type for name in schema.names if name not in KEYS}
    return {name: kind.list_size if pa.types.is_fixed_size_list(kind) else 0 for name, kind in kinds.items()}


def read_rows(path: Path, layout: Layout) -> np.ndarray[Any, Any]:
    """Return all numbers of a part, shape (runs, layout.size)."""
    table = _read(path, list(layout.families))
    return np.concatenate(
        [_numbers(path, table, name, family.size) for name, family in layout.families.items()], axis=1
    )


def read_family(path: Path, layout: Layout, name: str) -> np.ndarray[Any, Any]:
    """Return one family of a part, shape (runs, family size)."""
    return _numbers(path, _read(path, [name]), name, layout.families[name].size)


def sums(path: Path) -> dict[str, int]:
    """Return the checksum of every run of a part by its id, whatever its layout."""
    table = _read(path, None)
    names = [name for name in table.column_names if name not in KEYS]
    rows = np.concatenate([_numbers(path, table, name) for name in names], axis=1)
    return {key: crc(row) for key, row in zip(_keys(path, table, "id", pa.string()), rows, strict=True)}


def crc(row: Any) -> int:  # noqa: ANN401 - an array
    """Return the checksum of a row, as the ledger keeps it."""
    return zlib.crc32(np.ascontiguousarray(row).tobytes())


def _settle(folder: Path) -> None:
    """Have a renaming outlive a power cut, where the file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _table(entries: Sequence[KnownRun], rows: np.ndarray[Any, Any], layout: Layout) -> pa.Table:
    columns: dict[str, Any] = {name: [getattr(entry, name) for entry in entries] for name in KEYS}
    for name, values in layout.split(rows).items():
        size = layout.families[name].size
        columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), size)
    return pa.table(columns)


def _read(path: Path, columns: list[str] | None) -> pa.Table:
    """Read columns of a part, or all; pages whose checksum is wrong are an error."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            missing = sorted({"id", *(columns or ())} - set(file.schema_arrow.names))
            if missing:
                raise OutputError(f"the part has no column {missing[0]}", where=str(path))
            return file.read(columns=columns)
    except (OSError, pa.ArrowException, ValueError, KeyError) as problem:
        first = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise OutputError(f"the part cannot be read: {first}", where=str(path)) from None


def _keys(path: Path, table: pa.Table, name: str, kind: pa.DataType) -> list[Any]:
    """Return a column that says whose the rows are."""
    column = table.column(name)
    if column.type != kind or column.null_count:
        raise OutputError(
            f"the part cannot be read: its column {name} does not hold what it should", where=str(path)
        )
    found: list[Any] = column.to_pylist()
    return found


def _numbers(path: Path, table: pa.Table, name: str, size: int | None = None) -> np.ndarray[Any, Any]:
    """Return a column of as many numbers a run as the layout says, or of any number."""
    column = table.column(name).combine_chunks()
    kind = column.type
    if (
        not pa.types.is_fixed_size_list(kind)
        or kind.value_type != pa.float64()
        or kind.list_size != (size or kind.list_size)
        or column.null_count
        or column.flatten().null_count
    ):
        raise OutputError(
            f"the part cannot be read: its column {name} does not hold what it should", where=str(path)
        )
    values = column.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(values).reshape(table.num_rows, kind.list_size)
