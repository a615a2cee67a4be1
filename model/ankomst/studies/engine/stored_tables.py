"""Tidy tables as they stand in their files, so that what is made of them is the same from memory and disk."""

from __future__ import annotations

import ast
import io
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from ankomst.studies.engine.csv_text import as_written, csv_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_WHOLE: Final = re.compile(r"[+-]?\d{1,18}")
NAMES: Final = frozenset(
    (
        *("scenario", "baseline", "period", "design", "by", "case", "cohort", "origins", "origin", "sexes"),
        *("ages", "question", "solve", "criterion", "quantity", "factor", "factor_1", "factor_2", "group"),
        *("parameter", "other", "target", "part", "orders", "sample", "item", "payer", "name", "lever"),
    )
)
"""Columns that hold names: a scenario may be called 2017, and a name is no number."""


def read_table(source: Path | io.StringIO | io.BytesIO) -> pd.DataFrame:
    """Read a tidy table: exact numbers, names as texts, and nothing is a gap but an empty cell.

    Parameters
    ----------
    source : path or open file

    Raises
    ------
    ValueError
        It is no table, or it is not in UTF-8.
    OSError
    """
    table = pd.read_csv(source, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    return pd.DataFrame({name: _typed(table[name]) for name in table.columns}, index=table.index)


def _typed(column: pd.Series[str]) -> pd.Series[Any]:
    """Return a column with its numbers and truths; readers of pandas differ in a number's last bit."""
    texts = as_written(column.astype(object))
    known = texts[texts.notna()]
    if len(texts) and str(column.name) not in NAMES:
        if len(known) == len(texts) and set(known) <= {"True", "False"}:
            return texts == "True"
        if len(known) == len(texts) and all(map(_WHOLE.fullmatch, known)):
            return texts.map(int).astype("int64")
        try:
            return texts.map(float).astype("float64")
        except ValueError:
            pass
    return texts


def as_stored(table: pd.DataFrame, digits: str | None = None) -> pd.DataFrame:
    """Return a table as it is when it has been written and read again.

    Parameters
    ----------
    table : DataFrame
    digits : str, optional
        Format of its numbers in the file; exact if left out.
    """
    if len(table.columns) == 0:
        return table
    return read_table(io.StringIO(csv_text(table, digits=digits)))


def all_as_stored(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return tables by name as they are when they have been written and read again."""
    return {name: as_stored(table) for name, table in tables.items()}


def with_values(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of parameters with the numbers and mappings that its column `value` holds as texts."""
    if "value" not in table.columns or table["value"].dtype != object:
        return table
    return table.assign(value=table["value"].map(_value).astype(object))


def _value(text: object) -> object:
    try:
        return ast.literal_eval(str(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
