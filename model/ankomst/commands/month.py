"""`ankomst month`: what happens in a simulated month."""

from __future__ import annotations

from ankomst.commands import console
from ankomst.report.writers.terminal import TerminalTable
from ankomst.simulation.engine import MONTH


def month(*, as_json: bool) -> None:
    """Print the month in the order in which it is carried out."""
    if as_json:
        console.print_json(
            [{"number": step.number, "name": step.name, "where": step.where} for step in MONTH]
        )
        return
    shown = TerminalTable(("",), (), ("",))
    for step in MONTH:
        shown.add_row(f"{step.number:>2} {step.name:<21}", step.where)
    console.out_console().print(shown)
