"""Draws of the uncertain parameters from the table of a posterior, the packaged one or a file."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import ExperimentError, show
from ankomst.policy.files import display_path, read_bytes
from ankomst.policy.posterior import POSTERIOR, WEIGHT, posterior_layout
from ankomst.policy.tables.table_file import CsvTable, TableLayout, read_table
from ankomst.studies.design.parameter_draws import Draws, random_of, rows_of

if TYPE_CHECKING:
    from pathlib import Path

Array = np.ndarray[Any, Any]
MOST_CELLS = 20_000_000
"""Numbers that a Parquet table may hold: compressed, many can lie in a small file."""
_WANTED = "a table in CSV or Parquet (.csv, .parquet)"


def read_posterior(path: Path | None = None, *, number: int | None = None, seed: int = 1) -> Draws:
    """Read draws from a table with a row a draw and a column a parameter.

    Parameters
    ----------
    path : Path, optional
        CSV or Parquet. Columns bear dotted names; a column `weight` says how much a row counts. The packaged
        posterior if left out.
    number : int, optional
        Draws wanted; as many as there are rows if left out. Without weights a smaller number is drawn without
        replacement, because the first rows of a chain are like each other, and stays in the order of the
        file; all rows are taken as they stand. With weights rows are resampled systematically, so that a row
        can come several times.
    seed : int

    Raises
    ------
    ExperimentError
        The file is missing, empty, no table, or holds an unknown column, a gap, or a value out of range.
    """
    packaged, path = path is None, POSTERIOR if path is None else path
    where = path.name if packaged else display_path(path)
    layout = posterior_layout(ExperimentError)
    content = read_bytes(path, most=layout.most, kind=ExperimentError, wanted=_WANTED)
    ending = path.suffix.lower()
    if ending not in {".csv", ".parquet"}:
        raise ExperimentError(f"has the ending {show(path.suffix)}", where=where, allowed=_WANTED)
    table = (read_table if ending == ".csv" else _read_parquet)(content, layout, where)
    weights = table.numbers.pop(WEIGHT, None)
    if weights is not None and weights.sum() <= 0.0:
        raise ExperimentError(
            "all weights are 0", where=where, allowed="weights of 0 or more, not all of them 0"
        )
    names = tuple(table.numbers)
    if not names:
        raise ExperimentError("the table names no parameter", where=where, allowed=layout.columns_in_words)
    rows = _chosen(len(table), number, weights, random_of(seed), where)
    return Draws(
        "posterior",
        rows_of(names, [values[rows] for values in table.numbers.values()], len(rows)),
        names,
        {
            "from": "posterior",
            "file": path.name,
            "packaged": packaged,
            "sha256": hashlib.sha256(content).hexdigest(),
            "rows": len(table),
            "weighted": weights is not None,
            "number": len(rows),
            "seed": seed,
        },
    )


def _read_parquet(content: bytes, layout: TableLayout, where: str) -> CsvTable:
    """Read a table in Parquet; its rows are counted from 1, as it has no lines."""
    # Imported here, because tables in CSV do without it.
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        held = pq.ParquetFile(io.BytesIO(content)).metadata
        small = held.num_rows * held.num_columns <= MOST_CELLS
        frame = pd.read_parquet(io.BytesIO(content)) if small else pd.DataFrame()
    except Exception:  # noqa: BLE001 - pandas and pyarrow raise many kinds for what is no table
        raise ExperimentError(
            "is not a table that can be read" if content else "the file is empty",
            where=where,
            allowed=layout.columns_in_words,
        ) from None
    if not small:
        raise ExperimentError(
            f"the table holds more than {MOST_CELLS:,} numbers", where=where, allowed="fewer draws"
        )
    layout.check_names([str(name) for name in frame.columns], where)
    if frame.empty:
        raise ExperimentError("the table has no rows", where=where, allowed=layout.columns_in_words)
    frame.columns = frame.columns.map(str)
    numbers: dict[str, Array] = {}
    for column in layout.columns:
        if column.name not in frame.columns:
            continue
        kind = frame[column.name].dtype
        if not pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind):
            raise ExperimentError(f"the column {column.name} holds no numbers", where=where)
        values = frame[column.name].to_numpy(dtype=np.float64, na_value=np.nan)
        sound = (values >= column.low) & (values <= column.high)
        if column.kind == "whole":
            sound &= values == np.round(values)
        if not sound.all():
            row = int(np.argmin(sound))
            said = "is empty" if np.isnan(values[row]) else f"is {values[row]:.10g}"
            raise ExperimentError(
                f"{column.name} {said}", where=f"{where}, row {row + 1}", allowed=column.allowed
            )
        numbers[column.name] = values
    return CsvTable(where, tuple(range(1, len(frame) + 1)), {}, numbers)


def _chosen(
    rows: int, number: int | None, weights: Array | None, random: np.random.Generator, where: str
) -> Array:
    """Return the rows of the draws."""
    wanted = rows if number is None else number
    if wanted < 1:
        raise ExperimentError(f"the number of draws is {wanted}", where=where, allowed="1 or more")
    if weights is not None:
        edges = np.cumsum(weights) / weights.sum()
        at = (np.arange(wanted) + random.random()) / wanted
        found = np.searchsorted(edges, at, side="right")
        return np.asarray(
            np.minimum(found, np.flatnonzero(weights)[-1])
        )  # rounding can leave the last edge below 1
    if wanted > rows:
        raise ExperimentError(
            f"the table has {rows} rows, and {wanted} draws are asked for", where=where,
            allowed=f"a number up to {rows}, or a column weight, by which rows are drawn again",
        )  # fmt: skip
    return np.arange(rows) if wanted == rows else np.sort(random.choice(rows, wanted, replace=False))
