"""What a validation says on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.report.document.context import records
from ankomst.report.document.texts import number
from ankomst.report.validation.page import validation_texts, verdict_words
from ankomst.report.writers.terminal import TerminalTable

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console


def show_validation(table: pd.DataFrame, screen: Console) -> None:
    """Print the model's interval beside every published figure."""
    texts = validation_texts("en")
    shown = TerminalTable(("Quantity",), ("Published", "Model", "Interval"), ("Verdict", "Residual"))
    last = ""
    for row in records(table):
        if row["case"] != last:
            last = row["case"]
            shown.add_heading(last)
        factor, decimals = (100.0, 1) if row["unit"] == "share" else (1.0, 1)
        low, middle, high = (factor * float(row[name]) for name in ("low", "median", "high"))
        published = [factor * float(row[f"published{name}"]) for name in ("", "_low", "_high")]
        said = number(published[0], decimals)
        if math.isnan(published[0]) and not math.isnan(published[1]):
            said = " to ".join(number(x, decimals) for x in published[1:])
        shown.add_row(
            f"  {row['label']}", said, number(middle, decimals),
            f"{number(low, decimals)} to {number(high, decimals)}",
            verdict_words(row, texts), row["residual"],
        )  # fmt: skip
    screen.print(shown)
    screen.print(f"Shares in per cent. {table['interval'].iloc[0]}, n = {int(table['n'].max())}.")
