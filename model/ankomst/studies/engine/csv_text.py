"""Tables as CSV in which no text is a formula: a spreadsheet computes a cell that begins with `=`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ankomst.policy.tables.table_numbers import FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_RISKY: Final = re.compile(f"'*[{re.escape(''.join(FORMULA))}]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?")


def csv_text(table: pd.DataFrame, *, header: bool = True, digits: str | None = None) -> str:
    """Write a table as CSV.

    Parameters
    ----------
    table : DataFrame
    header : bool
    digits : str, optional
        Format of the numbers; exact if left out.

    Returns
    -------
    str
        A text that a spreadsheet would take for a formula has an apostrophe before it, as spreadsheets
        themselves mark a text; `as_written` takes it away. Numbers stay as they are.
    """
    safe = table.copy(deep=False)
    safe.columns = list(_marked(table.columns))
    for place, kind in enumerate(table.dtypes):
        if kind.kind == "O":  # texts of every type, and mixtures
            cells = table.iloc[:, place].tolist()
            if any(map(_is_risky, cells)):
                safe.isetitem(place, list(_marked(cells)))
    return safe.to_csv(index=False, header=header, lineterminator="\n", float_format=digits)


def as_written(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return texts of a CSV without the apostrophes that `csv_text` put before them."""
    marked = [isinstance(text, str) and text.startswith("'") and _is_risky(text[1:]) for text in texts]
    if any(marked):
        texts = texts.copy()
        texts.loc[marked] = texts.loc[marked].str[1:]
    return texts


def _marked(cells: Iterable[Any]) -> Iterable[Any]:
    return (f"'{cell}" if _is_risky(cell) else cell for cell in cells)


def _is_risky(cell: object) -> bool:
    return isinstance(cell, str) and _RISKY.match(cell) is not None and _NUMBER.fullmatch(cell) is None
