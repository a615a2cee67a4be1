"""`ankomst adopt`: a calibration's posterior becomes the packaged one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.studies.calibration import adoption

if TYPE_CHECKING:
    from pathlib import Path


def adopt(*, folder: Path, quiet: bool, as_json: bool) -> None:
    """Package the posterior of a finished calibration; its central draw becomes the registry's values."""
    adopted = adoption.read_calibration(folder)
    changed = adoption.write_package(adopted)
    if as_json:
        console.print_json({"facts": adopted.facts, "central": adopted.central, "changed": changed})
    elif not quiet:
        screen = console.out_console()
        screen.print(f"{adopted.facts['draws']} draws of {len(adopted.central)} parameters are packaged.")
        for name, (before, after) in changed.items():
            screen.print(f"  {name}: {before:g} -> {after:g}")
        screen.print(
            "Write what rests on the values anew: ankomst benchmark; ankomst levers --out docs/levers.md"
        )
