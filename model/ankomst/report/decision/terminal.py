"""What a decision study says on a terminal."""

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


def show_decision(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    """Print what each table says."""
    for name, show in SHOWN.items():
        if name in tables:
            show(tables, screen)


def _robustness(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    table = TerminalTable(("Scenario",), ("mean", "interval", "worst tenth", "regret", "best in"))
    rows = records(tables["robustness"])
    last = ""
    for row in rows:
        if row["label"] != last:
            last = row["label"]
            table.add_heading(last)
        table.add_row(
            f"  {row['scenario']}", _short(row["mean"]), _span(row, "mean_"),
            _short(row["worst_decile"]), _short(row["mean_regret"]), f"{row['p_best']:.0%}",
        )  # fmt: skip
    screen.print(table)
    screen.print(f"Differences from the baseline. {rows[0]['interval']}.")


def _boxes(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    limits = records(tables["box_limits"]) if "box_limits" in tables else []
    for row in records(tables["boxes"]):
        screen.print(
            f"Where {row['question']} ({row['base_share']:.0%} of all points): {row['status']}",
        )
        for each in limits:
            if (each["question"], each["box"]) == (row["question"], row["box"]):
                name = parameter_name(each["factor"], "en")
                screen.print(f"  {name}: {_short(each['low'])} to {_short(each['high'])}")
        if not math.isnan(row["test_density"]):
            screen.print(
                f"  {row['test_density']:.0%} ({row['test_density_low']:.0%} to "
                f"{row['test_density_high']:.0%}) of the points inside that the search has not seen",
            )


def _thresholds(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    table = TerminalTable(("Threshold",), ("value", "interval"), ("unit", "status"))
    for row in records(tables["thresholds"]):
        known = not math.isnan(row["mean_threshold"])
        table.add_row(
            row["solve"], _short(row["mean_threshold"]) if known else "none in the range",
            f"{_end(row['low'])} to {_end(row['high'])}", row["unit"], row["status"],
        )  # fmt: skip
    screen.print(table)


def _information(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    table = TerminalTable(("Knowing",), ("DKK per newcomer", "interval"))
    rows = records(tables["information"])
    for row in rows:
        table.add_row(row["group"], f"{row['evppi']:,.0f}", f"{row['low']:,.0f} to {row['high']:,.0f}")
    screen.print(table)
    screen.print(f"{rows[0]['interval']}.")


def _dominance(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    table = TerminalTable(
        ("Shipped design", "by"),
        ("more work", "interval of work", "more cost", "interval of cost"),
        ("verdict",),
    )
    rows = records(tables["dominance"])
    for row in rows:
        table.add_row(
            row["design"], str(row["by"]), _short(row["gain"]), _span(row, "gain_"), _short(row["cost"]),
            _span(row, "cost_"), row["verdict"],
        )  # fmt: skip
    screen.print(table)
    if rows:
        screen.print(f"Design found by the search less the shipped one. {rows[0]['interval']}.")


SHOWN = {
    "robustness": _robustness, "boxes": _boxes, "thresholds": _thresholds, "information": _information,
    "dominance": _dominance,
}  # fmt: skip
"""What is printed of each table."""


def _short(value: float) -> str:
    value += 0.0  # no minus before a zero
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _span(row: Mapping[str, Any], prefix: str) -> str:
    return f"{_short(row[f'{prefix}low'])} to {_short(row[f'{prefix}high'])}"


def _end(value: float) -> str:
    return "beyond the range" if math.isnan(value) else _short(value)
