"""Draws of the uncertain parameters from the table of a posterior, the packaged one or a file."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import ExperimentError, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.parameters import Parameter, load_registry, nearest_parameter, ranged
from ankomst.policy.posterior import POSTERIOR
from ankomst.studies.parameter_draws import Draws, random_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Array = np.ndarray[Any, Any]
WEIGHT = "weight"
"""Column of a posterior: how much a row counts."""
MOST_BYTES = 500_000_000
READERS: dict[str, Callable[[io.BytesIO], pd.DataFrame]] = {".csv": pd.read_csv, ".parquet": pd.read_parquet}


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
    table, digest = _read_table(path, where)
    weights = None
    if WEIGHT in table.columns:
        weights = _weights(table.pop(WEIGHT), where)
    names = _columns(table, where)
    registry = load_registry()
    columns = [_checked(registry[name], table[name], where) for name in names]
    rows = _chosen(len(table), number, weights, random_of(seed), where)
    return Draws(
        "posterior",
        rows_of(names, [column[rows] for column in columns], len(rows)),
        names,
        {
            "from": "posterior",
            "file": path.name,
            "packaged": packaged,
            "sha256": digest,
            "rows": len(table),
            "weighted": weights is not None,
            "number": len(rows),
            "seed": seed,
        },
    )


def _read_table(path: Path, where: str) -> tuple[pd.DataFrame, str]:
    """Return the table and the SHA-256 of its file."""
    if path.is_dir():
        raise ExperimentError(
            "is a folder", where=where, allowed="a table in CSV or Parquet (.csv, .parquet)"
        )
    ending = path.suffix.lower()
    if ending not in READERS:
        raise ExperimentError(
            f"has the ending {show(path.suffix)}",
            where=where,
            allowed="a table in CSV or Parquet (.csv, .parquet)",
        )
    content = _content(path, where)
    try:
        table = READERS[ending](io.BytesIO(content))
    except Exception:  # noqa: BLE001 - pandas and pyarrow raise many kinds for what is no table
        raise ExperimentError(
            "is not a table that can be read" if content.strip() else "the file is empty",
            where=where, allowed="a column a parameter and a row a draw, in CSV or Parquet",
        ) from None  # fmt: skip
    if table.empty:
        raise ExperimentError("the table has no rows", where=where, allowed="a row a draw")
    return table, hashlib.sha256(content).hexdigest()


def _content(path: Path, where: str) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise ExperimentError("the table is larger than 500 MB", where=where, allowed="at most 500 MB")
        return path.read_bytes()
    except FileNotFoundError:
        names = [file.name for file in path.parent.glob("*") if file.is_file()]
        near = nearest_name(path.name, names)
        raise ExperimentError(
            "the table of the posterior does not exist", where=where, nearest=near
        ) from None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else "no usable path"
        raise ExperimentError(f"cannot be read ({reason})", where=where) from None


def _columns(table: pd.DataFrame, where: str) -> tuple[str, ...]:
    """Return the parameters that the columns name, in the order of the registry."""
    registry = load_registry()
    known = ranged()
    for column in map(str, table.columns):
        if column in known:
            continue
        # pandas numbers a repeated column: name, name.1
        if column.rpartition(".")[0] in known:
            raise ExperimentError(
                f"the column {show(column.rpartition('.')[0], 80)} stands twice",
                where=where,
                allowed="every column once",
            )
        what = "is a parameter without a range" if column in registry else "is no parameter"
        raise ExperimentError(
            f"the column {show(column, 80)} {what}", where=where,
            allowed="dotted names of parameters with a range, and weight",
            nearest=nearest_parameter(column, [*known, WEIGHT]),
        )  # fmt: skip
    found = tuple(name for name in known if name in table.columns)
    if not found:
        raise ExperimentError("the table names no parameter", where=where, allowed="a column a parameter")
    return found


def _checked(parameter: Parameter, column: pd.Series[Any], where: str) -> Array:
    """Return a column's values after checking that all are numbers within the parameter's range."""
    values = _numbers(column, parameter.name, where)
    low, high = parameter.range or (-np.inf, np.inf)
    wrong = (values < low) | (values > high)
    what = "out of range"
    if parameter.integer and not wrong.any():
        wrong, what = values != np.floor(values), "not whole"
    if wrong.any():
        row = int(np.argmax(wrong))
        kind = "whole numbers" if parameter.integer else "numbers"
        raise ExperimentError(
            f"{parameter.name} is {values[row]:g} in row {row + 1}, which is {what}", where=where,
            allowed=f"{kind} from {low:g} to {high:g} ({parameter.unit})",
        )  # fmt: skip
    return values


def _numbers(column: pd.Series[Any], name: str, where: str) -> Array:
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~np.isfinite(values)
    if wrong.any():
        row = int(np.argmax(wrong))
        entry = column.iloc[row]
        found = "empty" if pd.isna(entry) else show(entry)
        raise ExperimentError(
            f"{name} is {found} in row {row + 1}", where=where, allowed="a finite number in every row"
        )
    return values


def _weights(column: pd.Series[Any], where: str) -> Array:
    weights = _numbers(column, WEIGHT, where)
    if (weights < 0.0).any():
        row = int(np.argmax(weights < 0.0))
        raise ExperimentError(
            f"weight is {weights[row]:g} in row {row + 1}", where=where, allowed="weights of 0 or more"
        )
    if weights.sum() <= 0.0:
        raise ExperimentError(
            "all weights are 0", where=where, allowed="weights of 0 or more, not all of them 0"
        )
    return weights


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
