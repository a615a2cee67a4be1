"""The commands of `ankomst params`, with their options."""

# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it when it starts
from typing import Annotated

import typer

from ankomst.commands.group import Group
from ankomst.commands.options import Json, Quiet  # noqa: TC001 - typer reads them when it starts

params = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The uncertain parameters: list, show and check them.",
)


@params.command("list")
def list_parameters(
    grade: Annotated[str | None, typer.Option(help="Only one grade, such as assumption.")] = None,
    group: Annotated[str | None, typer.Option(help="Only one group, such as danish.")] = None,
    as_json: Json = False,
) -> None:
    """List parameters: central and start value, posterior interval, range, grade and unit."""
    from ankomst.commands.params import list_parameters as command

    command(grade=grade, group=group, as_json=as_json)


@params.command("show")
def show_parameter(
    name: Annotated[str, typer.Argument(help="Such as danish.modules_per_hour.")], as_json: Json = False
) -> None:
    """Show one parameter with its source."""
    from ankomst.commands.params import show_parameter as command

    command(name, as_json=as_json)


@params.command("check")
def check_parameters(
    file: Annotated[Path | None, typer.Argument(help="A registry (the packaged one if left out).")] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check that every parameter has a unit, a grade, a range and, where it must, a source."""
    from ankomst.commands.params import check_parameters as command

    if not command(file, quiet=quiet, as_json=as_json):
        raise typer.Exit(1)
