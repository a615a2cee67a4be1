"""Differences on a terminal, and who finally pays (docs/ODD.md 7.21)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ankomst.report.document.texts import number
from ankomst.report.writers.terminal import TerminalTable
from ankomst.simulation.payer_layers import ALL_MUNICIPALITIES, ALL_WITH_GRANTS, GROSS, SINGLE
from ankomst.studies.stats.intervals import probability_text
from ankomst.studies.stats.statistics import FEW_DRAWS, NOISE_ONLY, PROBABLY, UNCLEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from rich.console import Console

CLOSE, LIKELY = "?", "~"
MOST = 5
"""Scenarios that are shown."""
LAYER_NAMES = {
    GROSS: "before refunds and grants",
    SINGLE: "after them, one municipality alone",
    ALL_MUNICIPALITIES: "all municipalities, after the budget guarantee",
    ALL_WITH_GRANTS: "the same, grants outside the guarantee",
}


def cell(row: Mapping[Any, Any], *, sign: bool = True) -> str:
    """Write an estimate with the ends of its interval: '+0.52 [+0.41; +0.63]'; DKK in thousands."""
    unit = str(row["unit"])
    factor, decimals = (1.0, 2)
    if unit == "share":
        factor, decimals = (100.0, 1)
    elif unit.startswith("DKK") and row.get("measure") != "mvpf":
        factor, decimals = (0.001, 1)
    estimate, low, high = (factor * float(row[name]) for name in ("estimate", "low", "high"))
    text = number(estimate, decimals, sign=sign)
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    ends = (number(end, decimals, sign=sign) for end in (low, high))
    return f"{text} [{'; '.join(ends)}]"


def certainty(row: Mapping[Any, Any]) -> str:
    """Write the probability that a difference is above zero, and a mark where it is not clear."""
    if row["verdict"] in {NOISE_ONLY, FEW_DRAWS} or not math.isfinite(row["probability"]):
        return ""
    verdict = str(row["verdict"])
    mark = CLOSE if verdict == UNCLEAR else LIKELY if verdict.startswith(PROBABLY) else " "
    return f" {probability_text(row['probability'], int(row['draws']))} {mark}"


def show_payers(table: pd.DataFrame, screen: Console) -> None:
    """Print who finally pays, layer by layer, of the first scenarios."""
    screen.print(
        "\nWho finally pays: difference in net cost per newcomer in 1,000 DKK, before and after what "
        "municipalities and state settle between them; both together are the same in every layer"
    )
    printed = TerminalTable(("Layer",), ["Municipality", "State"])
    baseline = str(table["baseline"].iloc[0])
    # First those that differ from the baseline in their first part only, in a grid the period.
    scenarios = sorted(
        dict.fromkeys(table["scenario"].astype(str)),
        key=lambda name: name.partition("+")[2] != baseline.partition("+")[2],
    )
    for scenario in scenarios[:MOST]:
        printed.add_heading(str(scenario))
        rows = table[table["scenario"] == scenario]
        found = {(row["layer"], row["payer"]): row for row in rows.to_dict("records")}
        for layer, name in LAYER_NAMES.items():
            cells = [found[layer, payer] for payer in ("municipality", "state")]
            printed.add_row(f"  {name}", *(f"{cell(row)}{certainty(row)}" for row in cells))
    screen.print(printed)
    if len(scenarios) > MOST:
        screen.print(f"The other {len(scenarios) - MOST} scenarios stand in tables/payers.csv.")
