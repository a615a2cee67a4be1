"""The group of all commands: how errors and interruptions end a command."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from ankomst.errors import AnkomstError

INTERRUPTED = 130


class Group(TyperGroup):
    """Commands whose errors are one line each: what went wrong and what would do."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # noqa: ANN401 - as in the base
        """Run a command; an error of the input or the surroundings ends it with status 1."""
        try:
            return super().invoke(ctx)
        except AnkomstError as error:
            problems = [*map(str, error.problems)]
        except KeyboardInterrupt as stop:
            typer.echo(str(stop) or "interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader has what it wanted; Python must not complain when it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            problems = [f"{error.filename or 'file'}: {error.strerror or error}"]
        for problem in problems:
            typer.echo(f"error: {problem}", err=True)
        raise typer.Exit(1) from None
