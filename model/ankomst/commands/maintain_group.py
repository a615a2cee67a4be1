"""Commands that few but maintainers need, with their options."""

# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ankomst.commands.options import Json, Quiet  # noqa: TC001 - typer reads them when it starts

maintain = typer.Typer(rich_markup_mode=None)


@maintain.command()
def month(as_json: Json = False) -> None:
    """Print what happens in a simulated month, in order."""
    from ankomst.commands.maintain import month as command

    command(as_json=as_json)


@maintain.command()
def levers(
    out: Annotated[Path | None, typer.Option(help="Markdown file (standard output if left out).")] = None,
) -> None:
    """Write the page of all levers (docs/levers.md) anew; for maintainers."""
    from ankomst.commands.maintain import levers as command

    command(out=out)


@maintain.command()
def adopt(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished calibration.")] = Path(
        "results/calibration"
    ),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Package a calibration's posterior, its central draw as the registry's values; for maintainers."""
    from ankomst.commands.maintain import adopt as command

    command(folder, quiet=quiet, as_json=as_json)


@maintain.command()
def benchmark(
    newcomers: Annotated[int, typer.Option(min=12, max=60_000, help="Simulated newcomers a year.")] = 40_000,
    out: Annotated[Path | None, typer.Option(help="CSV file (the packaged table if left out).")] = None,
    quiet: Quiet = False,
) -> None:
    """Estimate the table of expected results anew (grants above a benchmark); for maintainers."""
    from ankomst.commands.maintain import benchmark as command

    command(newcomers=newcomers, out=out, quiet=quiet)
