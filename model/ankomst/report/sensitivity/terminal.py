"""What a sensitivity analysis says on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ankomst.report.document.context import records
from ankomst.report.document.parameter_names import parameter_name
from ankomst.report.writers.terminal import TerminalTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from rich.console import Console

SHOWN = 8
"""Factors that are printed of each quantity."""


def show_sensitivity(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    """Print the leading factors of every quantity."""
    for quantity in records(tables["quantities"]):
        rows = _leading(tables, quantity["quantity"])
        if not rows:
            continue
        values = [row["estimate"] if "estimate" in row else row["mu_star"] for row in rows]
        if all(map(math.isnan, values)):
            screen.print(f"{quantity['label']}: {rows[0]['interval']}.")
            continue
        name = "Total index" if "estimate" in rows[0] else "Mean effect over the range"
        table = TerminalTable((quantity["label"],), (name, "interval"))
        for row in rows[:SHOWN]:
            if "estimate" in row:
                cells = row["estimate"], row["low"], row["high"]
            else:
                cells = row["mu_star"], row["mu_star_low"], row["mu_star_high"]
            table.add_row(
                parameter_name(row["factor"], "en"), f"{cells[0]:.3g}", f"{cells[1]:.3g} to {cells[2]:.3g}"
            )
        screen.print(table)
        screen.print(f"{rows[0]['interval']}.")
    if "ranking" in tables:
        _ranking(records(tables["ranking"]), screen)


def _ranking(rows: list[dict[str, Any]], screen: Console) -> None:
    """Print how often each scenario is best."""
    table = TerminalTable(("Criterion", "Scenario"), ("best in", "interval", "mean rank"))
    for row in rows:
        table.add_row(
            row["criterion"], row["scenario"], f"{row['p_best']:.0%}",
            f"{row['low']:.0%} to {row['high']:.0%}", f"{row['mean_rank']:.1f}",
        )  # fmt: skip
    screen.print(table)
    screen.print(f"{rows[0]['interval']}.")


def _leading(tables: Mapping[str, pd.DataFrame], quantity: str) -> list[dict[str, Any]]:
    """Return the factors of a quantity by total index, or by effect where there are no indices."""
    if "sobol" in tables:
        table = tables["sobol"]
        mine = table[(table["quantity"] == quantity) & (table["index"] == "total")]
        mine = mine[mine["sample"] == mine["sample"].iloc[0]] if len(mine) else mine
        return records(mine.sort_values("estimate", ascending=False))
    if "morris" in tables:
        table = tables["morris"]
        return records(table[table["quantity"] == quantity].sort_values("mu_star", ascending=False))
    return []
