"""What a calibration says on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.report.document.context import records
from ankomst.report.writers.terminal import TerminalTable

if TYPE_CHECKING:
    from rich.console import Console

    from ankomst.studies.calibration.run import CalibrationResult

SHOWN = 12
"""Parameters that are printed."""


def show_calibration(done: CalibrationResult, screen: Console) -> None:
    """Print how well a calibration fits, and the parameters that the figures narrow most."""
    facts, level = done.facts, done.study.file.level
    table = TerminalTable(("Target",), ("published", "sd", "model", f"{level:.0%} interval", "width"), ("",))
    for row in records(done.tables["targets"]):
        table.add_row(
            row["target"], _short(row["value"]), _short(row["sd"]), _short(row["median"]),
            f"{_short(row['low'])} to {_short(row['high'])}", f"{row['width_ratio']:.2f}",
            "" if row["inside"] == "yes" else "outside",
        )  # fmt: skip
    screen.print(table)
    screen.print(
        f"The model's interval holds {facts['inside']} of {facts['total']} figures; {facts['half_width']} "
        "intervals are at most half as wide as before the fit (width: ratio to the prior's). "
        f"n = {len(done.posterior)} draws of the posterior, each with the luck of one country.",
    )
    distance = facts["distance"]
    screen.print(
        f"Chi-square on {distance['targets']} targets: {distance['posterior_mean']:.1f} for the "
        f"mean prediction, {distance['start']:.1f} at the start values, {distance['prior_mean']:.0f} before "
        "the fit.",
    )
    _parameters(done, screen)


def _parameters(done: CalibrationResult, screen: Console) -> None:
    rows = [row for row in records(done.tables["parameters"]) if row["informed"] == "yes"]
    rows.sort(key=lambda row: -row["narrowing"])
    level = done.study.file.level
    table = TerminalTable(
        ("Parameter",), ("start", "central", f"{level:.0%} of the posterior", "range", "narrower by")
    )
    for row in rows[:SHOWN]:
        table.add_row(
            row["parameter"], _short(row["start"]), _short(row["central"]),
            f"{_short(row['low'])} to {_short(row['high'])}",
            f"{_short(row['range_low'])} to {_short(row['range_high'])}", f"{row['narrowing']:.0%}",
        )  # fmt: skip
    screen.print(table)
    screen.print(
        f"{done.facts['informed']} of {done.facts['free']} free parameters are tied to some target "
        f"(the {min(SHOWN, len(rows))} that it narrows most are shown); about the others the figures say "
        "nothing: they keep their prior.",
    )


def _short(value: float) -> str:
    return f"{value:.3g}"
