"""The group of all commands: how errors and interruptions end a command, and how help lists commands."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from ankomst.commands.streams import flush, say
from ankomst.errors import AnkomstError

if TYPE_CHECKING:
    from typer._click import HelpFormatter

INTERRUPTED = 130
WHOLE = 1_000
"""More letters than the first sentence of any command has."""


class Group(TyperGroup):
    """Commands whose errors are one line each: what went wrong and what would do."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # noqa: ANN401 - as in the base
        """Run a command; an error of the input or the surroundings ends it with status 1."""
        try:
            return super().invoke(ctx)
        except AnkomstError as error:
            problems = [*map(str, error.problems)]
        except KeyboardInterrupt as stop:
            with suppress(OSError):  # the terminal may be closed
                say(str(stop) or "interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            flush()  # the reader has what it wanted
            raise typer.Exit(0) from None
        except OSError as error:
            problems = [f"{error.filename or 'file'}: {error.strerror or error}"]
        for problem in problems:
            say(f"error: {problem}")
        raise typer.Exit(1) from None

    def format_commands(self, ctx: typer.Context, formatter: HelpFormatter) -> None:  # type: ignore[override]
        """List the commands, each with the whole of its first sentence."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(WHOLE)) for name, command in commands if command]
            )
